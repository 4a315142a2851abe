"""What litmap refuses to ask for: other schemes, internal addresses, names that lead to them.
Sockets are pinned.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpcore2

from litmap.errors import Unsafe, WebError

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){0,20}\.?")
_INTERNAL_NAMES = (
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "home.arpa",
    "onion",
    "test",
)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""The IPv6 addresses that the open internet routes; all others are local or translated (RFC
4291).
"""
_NOT_ROUTED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.88.99.0/24",  # 6to4 relays, given up (RFC 7526)
        "2001::/23",  # protocol assignments, Teredo among them (RFC 2928, 4380)
        "3fff::/20",  # documentation (RFC 9637)
    )
)
"""Networks that no web server lives in, whatever `is_global` of this Python says."""
_ISATAP = (0x00005EFE, 0x02005EFE)
"""Upper halves of interface ids that end in an IPv4 address (RFC 5214)."""


@dataclass(frozen=True, slots=True)
class Address:
    """A URL taken apart and found safe to ask for. `host` is ASCII and lower-case; `target` path
    and query.
    """

    url: str
    scheme: str
    host: str
    port: int
    target: str


class Allowed:
    """Hosts, `host:port`s, addresses and networks that the user allows although they are
    internal.
    """

    def __init__(self, entries: Iterable[str] = ()) -> None:
        self._names: set[str] = set()
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        for entry in entries:
            text = entry.strip().lower()
            try:
                self._networks.append(ipaddress.ip_network(text.strip("[]"), strict=False))
            except ValueError:
                self._names.add(text)

    def name(self, host: str, port: int) -> bool:
        """Whether this host, with this port, is allowed by name or as a literal address."""
        if host in self._names or f"{host}:{port}" in self._names:
            return True
        ip = literal(host)
        return ip is not None and self.ip(ip)

    def ip(self, ip: IP) -> bool:
        """Whether this address is in an allowed network."""
        return any(ip in network for network in self._networks if network.version == ip.version)


def literal(host: str) -> IP | None:
    """The address a host is a spelling of (`127.1`, `0x7f000001`, `[::1]`), or None for a name."""
    text = host.strip("[]").partition("%")[0].rstrip(".")
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        pass
    if not re.fullmatch(r"[0-9a-fx.]{1,40}", text):
        return None
    try:
        return ipaddress.ip_address(socket.inet_aton(text))
    except (OSError, ValueError):
        return None


def is_on_this_machine(host: str) -> bool:
    """Whether a host is a loopback address, or 'localhost' and leads to nothing else."""
    ip = literal(host)
    if ip is not None:
        return ip.is_loopback
    if host != "localhost" and not host.endswith(".localhost"):
        return False
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    addresses = {str(entry[4][0]).partition("%")[0] for entry in found}
    return bool(addresses) and all(ipaddress.ip_address(a).is_loopback for a in addresses)


def is_public(ip: IP) -> bool:
    """True for an address of the open internet.

    An IPv6 address that embeds an IPv4 address (mapped, NAT64, 6to4, ISATAP) is as public as that
    one; IPv4-compatible and IPv4-translated ones, Teredo and site-local addresses are not.
    """
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = _embedded_ipv4(ip)
        if embedded is not None:
            return is_public(embedded)
        if ip not in _GLOBAL_UNICAST:
            return False
    in_dead_network = any(ip in n for n in _NOT_ROUTED if n.version == ip.version)
    return ip.is_global and not ip.is_multicast and not in_dead_network


def _embedded_ipv4(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that packets to this IPv6 address go on to, or None."""
    if ip in _NAT64 or (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def check_url(url: str, allowed: Allowed, base: str = "") -> Address:
    """The address of a URL (joined to `base` where relative). Raises `Unsafe`, naming why, where it
    is refused.
    """
    text = url.strip()
    if _FORBIDDEN.search(text):
        text = re.sub(
            r"[\x00-\x20\x7f]", lambda m: "" if m.group() in "\t\r\n\0" else quote(m.group()), text
        )
    try:
        text = urljoin(base, text) if base else text
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").lower()
    except ValueError as error:
        raise Unsafe(f"not a valid address: {url[:200]!r}", subject=url[:500]) from error
    if parts.scheme not in {"http", "https"}:
        raise Unsafe(
            f"refused: {parts.scheme or 'no'} address (only http and https): {text[:200]}",
            subject=text[:500],
        )
    if "\\" in parts.netloc or "@" in parts.netloc:
        raise Unsafe(
            f"refused: an address with a user name or backslash: {text[:200]}", subject=text[:500]
        )
    host = _ascii(host, text)
    port = port or (443 if parts.scheme == "https" else 80)
    if not allowed.name(host, port):
        _check_host(host, text)
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]|")
    shown = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme] == port
    return Address(
        f"{parts.scheme}://{shown}{'' if usual else f':{port}'}{target}",
        parts.scheme,
        host,
        port,
        target,
    )


def _ascii(host: str, url: str) -> str:
    if not host:
        raise Unsafe(f"an address without a host: {url[:200]}", subject=url[:500])
    if literal(host) is not None:
        if "%" in host:  # a zone: only an address of this machine's own links has one
            raise Unsafe(f"refused: {host[:100]} is an internal address", subject=url[:500])
        return host
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise Unsafe(f"not a valid host name: {host[:100]!r}", subject=url[:500]) from error
    if not _NAME.fullmatch(host):
        raise Unsafe(f"not a valid host name: {host[:100]!r}", subject=url[:500])
    return host.rstrip(".")


def _check_host(host: str, url: str) -> None:
    ip = literal(host)
    if ip is not None:
        if not is_public(ip):
            raise Unsafe(f"refused: {host} is an internal address", subject=url[:500])
        return
    last = host.rsplit(".", 1)[-1]
    if "." not in host or last in _INTERNAL_NAMES or host.endswith(".home.arpa"):
        raise Unsafe(f"refused: {host} is a name of an internal network", subject=url[:500])


# ── sockets ───────────────────────────────────────────────────────────────────────────────────────
class Deadline(threading.local):
    """The moment (monotonic seconds) by which this thread's request must be done, whatever drips
    in.
    """

    at: float = float("inf")

    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.at - time.monotonic())


class _TimedStream(httpcore2.NetworkStream):
    """A stream whose every read and write ends by the thread's deadline."""

    def __init__(self, inner: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def _timeout(self, timeout: float | None, kind: type[Exception]) -> float | None:
        left = self._deadline.left()
        if left <= 0:
            raise kind("the whole answer took too long")
        return left if timeout is None else min(timeout, left) if left != float("inf") else timeout

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._timeout(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._timeout(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        timeout = self._timeout(timeout, httpcore2.ConnectTimeout)
        return _TimedStream(
            self._inner.start_tls(ssl_context, server_hostname, timeout), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class Network(httpcore2.NetworkBackend):
    """Opens sockets. Without a proxy a name is resolved once, every address checked, and the socket
    bound to one.

    So a name that changes its answer between check and use (rebinding) gains nothing. With
    `proxied` the only peer is the user's own proxy, which resolves names itself.
    """

    def __init__(self, allowed: Allowed, deadline: Deadline, *, proxied: bool) -> None:
        self._allowed = allowed
        self._deadline = deadline
        self._proxied = proxied
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A socket to the host (the proxy's, where one is used)."""
        targets: Sequence[str] = [host] if self._proxied else self.resolve(host, port)
        error: Exception | None = None
        for target in targets[:4]:
            try:
                stream = self._inner.connect_tcp(
                    target, port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failure:
                error = failure
            else:
                return _TimedStream(stream, self._deadline)
        raise error or httpcore2.ConnectError(f"{host}: no address")

    def resolve(self, host: str, port: int) -> list[str]:
        """Addresses of a host, all of them public or allowed. Raises `Unsafe` otherwise, `WebError`
        for no address.
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise WebError(f"{host}: the name is not known ({error})", subject=host) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not self._allowed.name(host, port):
            for address in addresses:
                ip = ipaddress.ip_address(address.partition("%")[0])
                if not (is_public(ip) or self._allowed.ip(ip)):
                    raise Unsafe(
                        f"refused: {host} leads to the internal address {address}", subject=host
                    )
        return addresses

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.NetworkStream:
        """Never."""
        raise Unsafe("refused: a socket of this machine", subject=path)

    def sleep(self, seconds: float) -> None:
        """As the plain backend."""
        self._inner.sleep(seconds)
