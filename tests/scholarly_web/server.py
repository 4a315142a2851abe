"""The server: a forward proxy on loopback that ends TLS itself and answers in the hosts' names."""

from __future__ import annotations

import contextlib
import email.utils
import gzip
import re
import select
import socket
import struct
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from . import challenges, politeness, services
from .answers import Answer, Question, html, missing
from .certificates import Authority
from .faults import EMPTY_KINDS, Fault, spoil
from .log import Entry, Log
from .works import WORKS, ScholarlyWork

GROUPS = (
    "default", "arxiv", "crossref", "openalex", "s2", "dblp", "unpaywall", "openreview", "ncbi",
    "europepmc", "biorxiv", "zenodo", "wayback", "core", "osf", "openalex-files",
)  # fmt: skip
KEYS = {"openalex": "test-openalex-key", "core": "test-core-key", "s2": "test-s2-key"}
"""Keys that the services take; any other is refused where one is wanted."""


class ScholarlyWeb:
    """A running server. What tests set: `faults` (rules, the first that fits counts), `challenges`
    (names of `challenges.HOSTS`, or patterns of hosts), `enforce` (whoever breaks a service's rule
    gets 429), `pages` (answers by address, before any service), `hosts` (who answers for further
    hosts), `credits` (OpenAlex's day).
    """

    def __init__(self, port: int, authority: Authority, works: Sequence[ScholarlyWork]) -> None:
        self.port = port
        self.authority = authority
        self.works = tuple(works)
        self.log = Log()
        self.stopping = threading.Event()
        self.reset()

    def reset(self) -> None:
        """As at the start, with an empty log."""
        self.faults: list[Fault] = []
        self.challenges: set[str] = set()
        self.enforce = False
        self.pages: dict[str, Answer] = {}
        self.hosts: dict[str, services.Handler] = {}
        self.credits = 1_000
        self.spent = 0
        self.log.clear()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What makes a client come here instead of the web, without pauses between requests."""
        local = "127.0.0.1,localhost,::1"
        return {
            **dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), self.base),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), local),
            "SSL_CERT_FILE": str(self.authority.certificate),
            "LITMAP_REQUEST_INTERVALS": ",".join(f"{group}=0" for group in GROUPS),
            "LITMAP_CONTACT": "reader@example.org",
        }

    def broken_rules(self) -> list[str]:
        """Everything impolite so far, one sentence each."""
        return politeness.broken_rules(self.log.entries())

    # ── answers ──
    def knows(self, host: str) -> bool:
        """Whether the host exists; others cannot be reached."""
        named = (urlsplit(url).hostname for url in self.pages)
        return self._handler(host) is not None or host in named

    def _handler(self, host: str) -> services.Handler | None:
        return self.hosts.get(host) or services.handler_of(self, host)

    def answer(self, question: Question, entry: Entry) -> Answer:
        """What the host sends, faults and challenges included; they are noted in the entry."""
        kind = challenges.challenge_of(question, self.challenges)
        if kind:
            entry.challenge = kind
            return challenges.page_of(kind)
        if self.enforce:
            broken = politeness.broken_rule(self.log.before(), entry)
            if broken:
                return html(broken, status=429).with_headers(Retry_After=1)
        fault = self._fault(question)
        found = self._answer(question, is_empty=fault is not None and fault.kind in EMPTY_KINDS)
        found = _compressed(_conditional(found, question.headers), question.headers)
        if found.status == 200 and challenges_itself(found):
            entry.challenge = "pmc-pow"
        if fault is None or fault.kind in EMPTY_KINDS:
            entry.fault = fault.kind if fault else ""
            return found
        return self._spoiled(fault, found, question, entry)

    def _answer(self, question: Question, *, is_empty: bool) -> Answer:
        url = f"{question.scheme}://{question.host}{question.target}"
        if url in self.pages:
            return self.pages[url]
        handler = self._handler(question.host)
        if handler is None:
            return missing()
        return handler(services.Empty(self) if is_empty else self, question)

    def _spoiled(self, fault: Fault, found: Answer, question: Question, entry: Entry) -> Answer:
        entry.fault = fault.kind
        if fault.kind in challenges.PAGES:
            entry.challenge = fault.kind
        answer = spoil(fault, found, question, self.base)
        return replace(answer, work=answer.work or found.work)

    def _fault(self, question: Question) -> Fault | None:
        """The first rule that fits and is not used up."""
        for fault in self.faults:
            if fault.is_about_connections or not fault.fits(question.host, question.target):
                continue
            if (fault.is_about_files or fault.is_about_bodies) and not self._has_body(
                fault, question
            ):
                continue
            if fault.applies(question.url):
                return fault
        return None

    def _has_body(self, fault: Fault, question: Question) -> bool:
        spent = self.spent
        found = self._answer(question, is_empty=False)
        self.spent = spent  # only looked at
        return found.is_pdf if fault.is_about_files else len(found.body) > 1

    def connection_fault(self, host: str) -> Fault | None:
        """A rule about connections to the host that applies now."""
        for fault in self.faults:
            if fault.is_about_connections and fault.fits(host, "") and fault.applies(host):
                return fault
        return None


def challenges_itself(answer: Answer) -> bool:
    """PMC's own page in place of a PDF."""
    return answer.headers.get("X-Challenge") == "pmc-pow"


@contextlib.contextmanager
def serve(works: Sequence[ScholarlyWork] = WORKS) -> Iterator[ScholarlyWeb]:
    """A server while the context is open; no thread outlives it."""
    with tempfile.TemporaryDirectory(prefix="litmap-web-") as folder:
        server = _Server(("127.0.0.1", 0), _Door)
        web = ScholarlyWeb(server.server_address[1], Authority(Path(folder)), works)
        server.web = web
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield web
        finally:
            web.stopping.set()
            server.shutdown()
            thread.join()
            server.hang_up()
            server.server_close()  # joins the threads of connections


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    web: ScholarlyWeb

    def __init__(self, *args: object) -> None:
        self.sockets: set[socket.socket] = set()
        self.guard = threading.Lock()
        super().__init__(*args)  # type: ignore[arg-type]

    def hang_up(self) -> None:
        """End every connection, so that its thread ends."""
        with self.guard:
            for connection in self.sockets:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def process_request(self, request, client_address):
        with self.guard:
            self.sockets.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        with self.guard:
            self.sockets.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        """A client that hangs up is no news."""


class _Door(BaseHTTPRequestHandler):
    """One connection: plain requests with a full address, or CONNECT and then TLS."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "scholarly-web", ""
    timeout = 60
    server: _Server
    tunnel = ""
    is_flawed = False

    def do_CONNECT(self):
        """Open a tunnel to ourselves in the name of a known host."""
        host = self.path.rpartition(":")[0].lower()
        web = self.server.web
        fault = web.connection_fault(host)
        kind = fault.kind if fault else ""
        if kind == "refuse":
            self.close_connection = True
            return
        if kind == "dns" or not web.knows(host):
            self._send_plainly(502, f"{host}: no such host\n")
            return
        flaw = str(fault.options.get("variant", "unknown-ca")) if fault else ""
        self.send_response_only(200, "Connection established")
        self.end_headers()
        context = web.authority.context(host, flaw)
        with self.server.guard:
            self.server.sockets.discard(self.connection)
            self.connection = context.wrap_socket(
                self.connection, server_side=True, do_handshake_on_connect=False
            )
            self.server.sockets.add(self.connection)
        self.connection.do_handshake()
        self.rfile = self.connection.makefile("rb", -1)
        self.wfile = self.connection.makefile("wb", 0)
        self.tunnel, self.is_flawed, self.close_connection = host, bool(flaw), False

    def _send_plainly(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def do_GET(self):
        """Answer in the name of the host that was asked for, and note it."""
        parts = urlsplit(self.path)
        host = (self.tunnel or parts.hostname or "127.0.0.1").lower()
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {name.lower(): value for name, value in self.headers.items()}
        web = self.server.web
        if not self.tunnel and host != "127.0.0.1" and not web.knows(host):
            self._send_plainly(502, f"{host}: no such host\n")
            return
        entry = web.log.begin(host, target, self.command, headers)
        entry.insecure = self.is_flawed
        try:
            self._answer(web, host, target, headers, entry)
        finally:
            web.log.end()

    do_HEAD = do_POST = do_GET  # noqa: N815 - the names that http.server looks for

    def _answer(self, web, host, target, headers: Mapping[str, str], entry: Entry) -> None:
        length = int(headers.get("content-length", "0") or 0)
        body = self.rfile.read(length) if length else b""
        scheme = "https" if self.tunnel else "http"
        question = Question(host, target, self.command, scheme, headers, body)
        answer = web.answer(question, entry)
        entry.status, entry.type, entry.work = answer.status, answer.type, answer.work
        entry.retry_after = _seconds(answer.headers.get("Retry-After", ""))
        self._send(answer, entry)

    def _send(self, answer: Answer, entry: Entry) -> None:
        how = answer.delivery
        if not how.silent:
            self._send_head(answer)
            if self.command != "HEAD":
                body = answer.body if how.cut is None else answer.body[: how.cut]
                self._send_body(body, how.block, how.pause, entry)
                self._send_endlessly(how.endless, entry)
        if how.hold:
            self._wait_for_client()
        entry.complete = how.cut is None and not how.silent
        if how.reset:
            reset = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        if how.cut is not None or how.endless or how.hold or how.length is not None:
            self.close_connection = True

    def _send_head(self, answer: Answer) -> None:
        how = answer.delivery
        self.send_response(answer.status)
        for name, value in {"Content-Type": answer.type, **answer.headers}.items():
            self.send_header(name, value.encode("utf-8").decode("latin-1"))
        if how.endless:
            self.send_header("Connection", "close")
        elif answer.status != 304:
            length = len(answer.body) if how.length is None else how.length
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _send_body(self, body: bytes, block: int, pause: float, entry: Entry) -> None:
        step = block or max(len(body), 1)
        for start in range(0, len(body), step):
            if start and pause and self.server.web.stopping.wait(pause):
                return
            self.wfile.write(body[start : start + step])
            entry.bytes += len(body[start : start + step])

    def _send_endlessly(self, size: int, entry: Entry) -> None:
        while entry.bytes < size and not self.server.web.stopping.is_set():
            self.wfile.write(bytes(65_536))
            entry.bytes += 65_536

    def _wait_for_client(self) -> None:
        """Until the client hangs up."""
        for _ in range(1_200):
            ready, _, _ = select.select([self.connection], [], [], 0.05)
            if ready or self.server.web.stopping.is_set():
                return

    def finish(self):
        """Close what CONNECT opened too."""
        with contextlib.suppress(OSError, ValueError):
            super().finish()
        with self.server.guard:
            self.server.sockets.discard(self.connection)
        with contextlib.suppress(OSError):
            self.connection.close()

    def log_message(self, *args):
        """Say nothing: the log has it."""


def _conditional(answer: Answer, headers: Mapping[str, str]) -> Answer:
    """304 where the client has the file, 206 where it wants a part."""
    mark, stamp = answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
    if answer.status != 200 or not mark:
        return answer
    had = headers.get("if-none-match")
    if had == mark or (had is None and stamp and headers.get("if-modified-since") == stamp):
        return replace(answer, status=304, body=b"")
    span = re.fullmatch(r"bytes=(\d+)-(\d*)", headers.get("range", ""))
    if not span or headers.get("if-range", mark) not in {mark, stamp}:
        return answer
    size = len(answer.body)
    first = int(span[1])
    if first >= size:
        head = {"Content-Range": f"bytes */{size}"}
        return replace(answer, status=416, body=b"", headers={**answer.headers, **head})
    last = min(int(span[2] or size - 1), size - 1)
    head = {**answer.headers, "Content-Range": f"bytes {first}-{last}/{size}"}
    return replace(answer, status=206, body=answer.body[first : last + 1], headers=head)


def _compressed(answer: Answer, headers: Mapping[str, str]) -> Answer:
    """Texts are compressed for those who take it, files are not."""
    is_text = re.match(r"text/|application/(?:\S+\+)?(?:json|xml)", answer.type)
    if "ETag" in answer.headers or not is_text or "gzip" not in headers.get("accept-encoding", ""):
        return answer
    if len(answer.body) < 200:
        return answer
    body = gzip.compress(answer.body, compresslevel=1, mtime=0)
    return replace(answer, body=body).with_headers(Content_Encoding="gzip")


def _seconds(value: str) -> float:
    """Of a Retry-After header."""
    if re.fullmatch(r"[\d.]+", value):
        return float(value)
    if value:
        with contextlib.suppress(TypeError, ValueError):
            return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    return 0.0
