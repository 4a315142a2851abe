"""Who may speak to the app: the names it answers to, and the token that opens it.

A check in front of Streamlit's server (ASGI). It refuses, before anything of the app is reached,

- a request whose Host is not one of the app's own names and port, or whose Origin is not that same
  address: a page that rebinds its name to 127.0.0.1, and pages of other ports of this machine;
- a request without the token, which the first address carries and a cookie keeps from then on.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
TOKEN = "token"  # noqa: S105 - the parameter's name
SAFE_HEADERS = (
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
OVERWRITTEN = frozenset(name for name, _ in SAFE_HEADERS)
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>litmap</title>
<body style="font: 16px/1.5 sans-serif; max-width: 36em; margin: 4em auto">
<h1>litmap</h1>
{text}
</body></html>
"""
TOKENLESS = (
    "<p>This app opens with the address that <code>litmap app</code> printed in its terminal: the "
    "one that ends in <code>?token=…</code>. Open that address once; this browser then stays "
    'let in until the app is started again.</p><p>Did you just open it? <a href="/">Go on.</a></p>'
)
WRONG_ADDRESS = (
    "<p>This app does not answer under this name or port, nor to pages of other addresses. Open "
    "the "
    "address that <code>litmap app</code> printed; <code>litmap app --host NAME</code> adds a "
    "name.</p>"
)


def new_token() -> str:
    """A token of 256 random bits."""
    return secrets.token_urlsafe(32)


def allowed_hosts(port: int, names: Sequence[str] = ()) -> frozenset[str]:
    """The Host headers the app answers to: loopback with its port, and the names added.

    An added name counts with the app's port and without one (a proxy at the standard port); one
    that has a port of its own counts with that port alone.
    """
    hosts = {f"{name}:{port}" for name in LOOPBACK_NAMES}
    if port == 80:
        hosts.update(LOOPBACK_NAMES)
    for name in names:
        lowered = name.lower()
        if has_port(lowered):
            hosts.add(lowered)
        else:
            written = f"[{lowered}]" if is_address(lowered) and ":" in lowered else lowered
            hosts |= {written, f"{written}:{port}"}
    return frozenset(hosts)


def is_loopback_host(host: str) -> bool:
    """Whether a Host header names this machine itself: the browser runs on it, or came through a
    tunnel that its user opened.
    """
    name = host.lower().rpartition(":")[0] if has_port(host) else host.lower()
    return name in LOOPBACK_NAMES


def has_port(name: str) -> bool:
    """Whether `name:8080` or `[::1]:8080`; `::1` has none."""
    return not is_address(name.strip("[]")) and urlsplit(f"//{name}").port is not None


def is_address(name: str) -> bool:
    """Whether the name is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Access:
    """What the app demands of a request."""

    token: str
    port: int
    hosts: frozenset[str]
    reading_needs_token: bool = True

    @property
    def cookie(self) -> str:
        """The cookie's name: of its port, as cookies are shared by all ports of a host."""
        return f"litmap-{self.port}"

    def is_own_host(self, headers: Headers) -> bool:
        """Whether the one Host header is a name of the app with its port."""
        hosts = headers.all(b"host")
        return len(hosts) == 1 and hosts[0].lower() in self.hosts

    def is_own_origin(self, headers: Headers) -> bool:
        """Whether no other address's page asks: by Origin where sent, by Sec-Fetch-Site else.

        A link from elsewhere that opens the app in its tab is let through: the cookie does not come
        with it, and the page that has the link cannot read what is shown.
        """
        host = headers.first(b"host").lower()
        for origin in headers.all(b"origin"):
            if origin.lower() not in (f"http://{host}", f"https://{host}"):
                return False
        if headers.first(b"sec-fetch-site") not in ("same-site", "cross-site"):
            return True
        return (
            headers.first(b"sec-fetch-mode") == "navigate"
            and headers.first(b"sec-fetch-dest") == "document"
        )

    def is_token(self, given: str) -> bool:
        """Whether this is the token, compared in constant time."""
        return hmac.compare_digest(
            given.encode("utf-8", "surrogatepass"), self.token.encode("utf-8")
        )

    def holds_token(self, cookies: Mapping[str, str]) -> bool:
        """Whether the cookies hold the token."""
        return self.is_token(cookies.get(self.cookie, ""))


_current: list[Access] = []


def current() -> Access | None:
    """What this process's server demands; None where nothing was said, as in a bare Streamlit."""
    return _current[0] if _current else None


def set_current(access: Access) -> None:
    """Say what this process's server demands."""
    _current[:] = [access]


class Headers:
    """A request's headers, names in lower case as ASGI gives them."""

    def __init__(self, scope: Scope) -> None:
        self._pairs: Sequence[tuple[bytes, bytes]] = scope.get("headers", ())

    def all(self, name: bytes) -> list[str]:
        """Every value of the header."""
        return [value.decode("latin-1") for key, value in self._pairs if key == name]

    def first(self, name: bytes) -> str:
        """The first value of the header, or nothing."""
        return next(iter(self.all(name)), "")

    def cookies(self) -> dict[str, str]:
        """The cookies; what is not `name=value` among them, as other ports may set, is passed
        over.
        """
        pairs = (part.strip().partition("=") for part in "; ".join(self.all(b"cookie")).split(";"))
        return {name: value for name, sign, value in pairs if sign}


class Gate:
    """ASGI application that lets through to another what `Access` allows."""

    def __init__(self, application: Application, access: Access) -> None:
        self.application = application
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.application(scope, receive, send)
            return
        headers = Headers(scope)
        if not (self.access.is_own_host(headers) and self.access.is_own_origin(headers)):
            logger.warning("refused a request under a foreign address")
            await _refuse(scope, receive, send, WRONG_ADDRESS)
            return
        given = _tokens(scope) if scope["type"] == "http" else []
        if any(self.access.is_token(token) for token in given):
            await self._let_in(scope, send)
        elif self.access.holds_token(headers.cookies()) or self._is_open(given):
            await self.application(scope, receive, _with_safe_headers(send))
        else:
            logger.info("refused a request without the token")
            await _refuse(scope, receive, send, TOKENLESS)

    def _is_open(self, given: Sequence[str]) -> bool:
        return not (self.access.reading_needs_token or given)

    async def _let_in(self, scope: Scope, send: Send) -> None:
        """Keep the token in a cookie and send the browser to the address without it."""
        cookie = f"{self.access.cookie}={self.access.token}; HttpOnly; SameSite=Strict; Path=/"
        headers = [
            (b"location", _without_token(scope).encode("ascii")),
            (b"set-cookie", cookie.encode("ascii")),
            (b"cache-control", b"no-store"),
        ]
        await _answer(send, 303, headers, b"")


def _parameters(scope: Scope) -> list[tuple[str, str]]:
    text = bytes(scope.get("query_string", b"")).decode("latin-1")
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=100)
    except ValueError:  # more of them than any page has
        return []


def _tokens(scope: Scope) -> list[str]:
    return [value for name, value in _parameters(scope) if name == TOKEN]


def _without_token(scope: Scope) -> str:
    """Path and query of the request without the token; never an address elsewhere."""
    path = "/" + quote(str(scope["path"]).lstrip("/\\"), safe="/")
    rest = urlencode([pair for pair in _parameters(scope) if pair[0] != TOKEN])
    return f"{path}?{rest}" if rest else path


def _with_safe_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", ()) if _may_stay(pair[0].lower())]
            message = {**message, "headers": [*kept, *SAFE_HEADERS]}
        await send(message)

    return sent


def _may_stay(name: bytes) -> bool:
    """Whether a header of Streamlit's is sent on: those that invite other pages are not."""
    return name not in OVERWRITTEN and not name.startswith(b"access-control-")


async def _refuse(scope: Scope, receive: Receive, send: Send, text: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})  # before accepting: 403
        return
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]
    await _answer(send, 403, headers, PAGE.format(text=text).encode("utf-8"))


async def _answer(
    send: Send, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes
) -> None:
    length = (b"content-length", str(len(body)).encode("ascii"))
    start = {"type": "http.response.start", "status": status}
    await send({**start, "headers": [*headers, length, *SAFE_HEADERS]})
    await send({"type": "http.response.body", "body": body})


__all__ = ["Access", "Gate", "allowed_hosts", "current", "new_token", "set_current"]
