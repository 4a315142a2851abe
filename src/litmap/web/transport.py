"""One HTTP exchange: pools (direct or through the user's proxy), bounded decoding, errors in
litmap's words.
"""

from __future__ import annotations

import contextlib
import os
import re
import ssl
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
import httpcore2

from litmap.errors import TooLarge, Unsafe, WebError
from litmap.web.safety import Address, Allowed, Deadline, Network


class Slow(WebError):
    """No answer, or no end of it, in time: trying again costs as much, so it is done once only."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may cost. Seconds and bytes; `slowest` is bytes a second, averaged after the
    first `grace`; `first` is how long the first byte may take, `idle` any other (the first as well
    where `first` is 0).
    """

    connect: float = 15.0
    first: float = 0.0
    idle: float = 30.0
    total: float = 90.0
    download_total: float = 900.0
    slowest: float = 1024.0
    grace: float = 20.0
    redirects: int = 10
    attempts: int = 4
    backoff: float = 1.5
    patience: float = 120.0
    file: int = 200_000_000
    page: int = 3_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """Head of an answer and its body as a stream of decoded blocks."""

    status: int
    headers: Mapping[str, str]
    blocks: Iterator[bytes]


class Transport:
    """Sends single requests; follows nothing, waits for nobody. Safe between threads. `direct`
    asks no proxy, whatever the environment says.
    """

    def __init__(
        self, allowed: Allowed, limits: Limits, agent: str, *, direct: bool = False
    ) -> None:
        self._limits = limits
        self._agent = agent
        self._deadline = Deadline()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._pools: dict[str, httpcore2.ConnectionPool] = {}
        self._allowed = allowed
        self._proxies = {} if direct else getproxies()
        self._tls = _tls()

    def rest(self, seconds: float) -> None:
        """Wait, as long as this is not closed."""
        self._closed.wait(seconds)

    def close(self) -> None:
        """Close every connection."""
        self._closed.set()
        with self._lock:
            for pool in self._pools.values():
                with contextlib.suppress(Exception):
                    pool.close()
            self._pools.clear()

    @contextlib.contextmanager
    def send(
        self,
        address: Address,
        headers: Mapping[str, str],
        *,
        total: float,
        limit: int,
        once: bool,
        post: bytes | None = None,
    ) -> Iterator[Answer]:
        """GET an address, or send `post` to it; the answer's body is read while the context is
        open. `once` closes the connection afterwards.

        Raises `Unsafe` for a bad certificate, an internal address or a body above `limit` bytes,
        and `WebError`.
        """
        rows = {
            "Host": address.url.split("/")[2],
            "User-Agent": self._agent,
            "Accept-Encoding": "gzip, deflate",
            **({"Connection": "close"} if once else {}),
            **headers,
        }
        url = httpcore2.URL(
            scheme=address.scheme, host=address.host, port=address.port, target=address.target
        )
        wait = {
            "connect": self._limits.connect,
            "read": self._limits.first or self._limits.idle,
            "write": self._limits.idle,
            "pool": total,
        }
        if post is not None:
            rows["Content-Length"] = str(len(post))
        request = httpcore2.Request(
            "GET" if post is None else "POST",
            url,
            headers=list(rows.items()),
            content=post,
            extensions={"timeout": wait},
        )
        end = self._deadline.at = time.monotonic() + total
        try:
            with _translated(address):
                response = self._pool(address).handle_request(request)
                try:
                    found = {
                        k.decode("latin-1").lower(): v.decode("latin-1")
                        for k, v in response.headers
                    }
                    raw = self._paced(response.iter_stream(), end)
                    yield Answer(
                        response.status,
                        found,
                        _within(
                            limit, found, _decoded(raw, found.get("content-encoding", ""), limit)
                        ),
                    )
                finally:
                    response.close()
        finally:
            self._deadline.at = float("inf")

    def _paced(self, blocks: Iterator[bytes], end: float) -> Iterator[bytes]:
        """The blocks, as long as they come at a reasonable speed and before `end` (monotonic)."""
        started, size = time.monotonic(), 0
        for block in blocks:
            size += len(block)
            spent = time.monotonic() - started
            if self._deadline.left() <= 0:
                raise httpcore2.ReadTimeout("the whole answer took too long")
            if spent > self._limits.grace and size / spent < self._limits.slowest:
                raise httpcore2.ReadTimeout(f"only {size} bytes in {spent:.0f} s")
            yield block
            self._deadline.at = min(end, time.monotonic() + self._limits.idle)

    def _pool(self, address: Address) -> httpcore2.ConnectionPool:
        proxy = self._proxy_for(address)
        with self._lock:
            if proxy not in self._pools:
                self._pools[proxy] = self._make_pool(proxy)
            return self._pools[proxy]

    def _proxy_for(self, address: Address) -> str:
        proxy = self._proxies.get(address.scheme) or self._proxies.get("all") or ""
        if (
            not proxy
            or proxy_bypass(f"{address.host}:{address.port}")
            or proxy_bypass(address.host)
        ):
            return ""
        return proxy if "://" in proxy else f"http://{proxy}"

    def _make_pool(self, proxy: str) -> httpcore2.ConnectionPool:
        network = Network(self._allowed, self._deadline, proxied=bool(proxy))
        if not proxy:
            return httpcore2.ConnectionPool(
                ssl_context=self._tls,
                max_connections=200,
                keepalive_expiry=20.0,
                network_backend=network,
            )
        parts = urlsplit(proxy)
        auth = (parts.username or "", parts.password or "") if parts.username else None
        bare = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        if parts.scheme.startswith("socks"):
            raise WebError(
                "a SOCKS proxy is configured; litmap speaks to HTTP proxies only", subject=bare
            )
        return httpcore2.HTTPProxy(
            bare,
            proxy_auth=auth,
            proxy_headers=[("User-Agent", self._agent)],
            ssl_context=self._tls,
            max_connections=200,
            keepalive_expiry=20.0,
            network_backend=network,
        )


def _tls() -> ssl.SSLContext:
    """Certificates as the user's environment says (SSL_CERT_FILE, SSL_CERT_DIR), else certifi's.
    Always verified.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folder:
        return ssl.create_default_context(cafile=file or None, capath=folder or None)
    return ssl.create_default_context(cafile=certifi.where())


@contextlib.contextmanager
def _translated(address: Address) -> Iterator[None]:
    host = address.host
    try:
        yield
    except httpcore2.ProxyError as error:
        raise Slow(
            f"{host}: the proxy could not reach it ({error})", subject=address.url
        ) from error
    except httpcore2.ConnectTimeout as error:
        raise Slow(f"{host} did not take the connection in time", subject=address.url) from error
    except httpcore2.ConnectError as error:
        if isinstance(error.__cause__, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY" in str(
            error
        ):
            raise Unsafe(
                f"{host}: its certificate is not valid ({error})", subject=address.url
            ) from error
        raise WebError(f"{host} could not be reached ({error})", subject=address.url) from error
    except httpcore2.TimeoutException as error:
        detail = f" ({error})" if str(error) else ""
        raise Slow(f"{host} was too slow{detail}", subject=address.url) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError, ssl.SSLError, OSError) as error:
        raise WebError(f"{host}: the answer broke off ({error})", subject=address.url) from error


def _within(limit: int, headers: Mapping[str, str], blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The body; raises `TooLarge` before its first byte where the headers announce more."""
    size = _announced_size(headers)
    if size > limit:
        raise TooLarge(f"larger than the limit of {limit:,} bytes: it announces {size:,}")
    yield from blocks


def _announced_size(headers: Mapping[str, str]) -> int:
    """Bytes of the whole file, which Content-Range tells of a part, or of the answer; else 0."""
    whole = re.fullmatch(r"bytes [0-9-]+/([0-9]{1,18})", headers.get("content-range", "").strip())
    length = re.fullmatch(r"([0-9]{1,18})", headers.get("content-length", "").strip())
    return max(int(match.group(1)) if match else 0 for match in (whole, length))


def _decoded(blocks: Iterator[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """The body, decompressed in bounded steps. Raises `Unsafe` above `limit` bytes."""
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        yield from _bounded(blocks, limit)
    elif name in {"gzip", "x-gzip", "deflate"}:
        yield from _bounded(_inflated(blocks, name), limit)
    else:
        raise WebError(f"an encoding that was not asked for: {name[:40]!r}", transient=False)


def _bounded(blocks: Iterator[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for block in blocks:
        size += len(block)
        if size > limit:
            raise TooLarge(f"larger than the limit of {limit:,} bytes")
        yield block


def _inflated(blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    machine: zlib._Decompress | None = None
    try:
        for block in blocks:
            if machine is None:
                raw = name == "deflate" and not (
                    len(block) > 1 and block[0] & 15 == 8 and block[:2] != b"\x08"
                )
                machine = zlib.decompressobj(-zlib.MAX_WBITS if raw else zlib.MAX_WBITS | 32)
            data = block
            while data:
                yield machine.decompress(data, 1 << 18)
                data = machine.unconsumed_tail
        if machine is not None:
            yield machine.flush()
            if not machine.eof:
                raise httpcore2.RemoteProtocolError("the compressed body is cut short")
    except zlib.error as error:
        raise httpcore2.RemoteProtocolError(f"the compressed body is damaged: {error}") from error
