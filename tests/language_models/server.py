"""A server that answers as OpenAI's does, well or badly."""

from __future__ import annotations

import json
import threading
import zlib
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "sk-a-secret-of-the-tests"
BEHAVIOURS = {}
HOSTILE = []
"""Names of the models that give no answer at all, whatever is asked."""


class Site:
    """A running server. `base` is what stands in `llm_url`."""

    def __init__(self, server):
        self.port = server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}/v1"
        self.say = "Nothing."
        self.models = ["kind"]
        self.asked = []
        self.ended = threading.Event()

    def text(self, messages):
        return self.say(messages) if callable(self.say) else self.say


def behaviour(name, *, hostile=False):
    def register(function):
        BEHAVIOURS[name] = function
        if hostile:
            HOSTILE.append(name)
        return function

    return register


def chunk(text="", **choice):
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None, **choice}]}


def event(record):
    return b"data: " + json.dumps(record).encode() + b"\n\n"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"  # a body ends with its connection
    site: Site

    def do_GET(self):
        self.site.asked.append((self.path, dict(self.headers), None))
        body = json.dumps({"data": [{"id": name} for name in self.site.models]}).encode()
        self.begin("application/json") if self.path == "/v1/models" else self.begin(status=404)
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = json.loads(body)
        self.site.asked.append((self.path, dict(self.headers), request))
        with suppress(OSError):  # the client went away, as it should
            BEHAVIOURS[request["model"]](self, request)

    def begin(self, kind="text/event-stream", status=200, **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, *parts):
        for part in parts:
            self.wfile.write(part if isinstance(part, bytes) else event(part))
            self.wfile.flush()

    def send_json(self, record, status=200, **headers):
        self.begin("application/json", status, **headers)
        self.wfile.write(json.dumps(record).encode())

    def log_message(self, *args):
        pass


# ── kind ones ─────────────────────────────────────────────────────────────────────────────────────
@behaviour("kind")
def _kind(handler, request):
    """Streams what it has to say in small pieces, as llama.cpp and Ollama do."""
    text = handler.site.text(request["messages"])
    handler.begin()
    handler.send(b": hello\n\n", {"choices": [{"delta": {"role": "assistant"}}]})
    handler.send(*(chunk(text[at : at + 7]) for at in range(0, len(text), 7)))
    handler.send({"choices": [{"delta": {}, "finish_reason": "stop"}]}, b"data: [DONE]\n\n")


@behaviour("kind-bytes")
def _kind_bytes(handler, request):
    """Cuts its stream in the midst of characters and line ends, as networks do."""
    text = handler.site.text(request["messages"])
    record = json.dumps(chunk(text, finish_reason="stop"), ensure_ascii=False)
    stream = f"data: {record}\r\n\r\ndata: [DONE]\r\n\r\n".encode()
    handler.begin()
    handler.send(*(stream[at : at + 1] for at in range(len(stream))))


@behaviour("kind-whole")
def _kind_whole(handler, request):
    """Knows no streams and answers in one piece."""
    text = handler.site.text(request["messages"])
    message = {"role": "assistant", "content": text}
    handler.send_json({"choices": [{"message": message, "finish_reason": "stop"}]})


@behaviour("kind-without-end")
def _kind_without_end(handler, request):
    """Ends without [DONE] and without the last empty line."""
    text = handler.site.text(request["messages"])
    handler.begin()
    handler.send(event(chunk(text, finish_reason="stop")).rstrip())


@behaviour("picky")
def _picky(handler, request):
    """Refuses the options that services' newer models refuse."""
    refused = next((name for name in ("max_tokens", "temperature") if name in request), "")
    if refused:
        said = "Unsupported parameters: 'max_tokens', 'temperature'"
        return handler.send_json({"error": {"message": said}}, 400)
    return _kind(handler, request)


@behaviour("busy-once")
def _busy_once(handler, request):
    """Asks to wait a moment, then answers."""
    if len(handler.site.asked) == 1:
        return handler.send_json({"error": {"message": "busy"}}, 429, Retry_After="0.05")
    return _kind(handler, request)


# ── hostile ones ──────────────────────────────────────────────────────────────────────────────────
@behaviour("endless", hostile=True)
def _endless(handler, request):
    handler.begin()
    while not handler.site.ended.is_set():
        handler.send(chunk("The paper shows more and more [1]. " * 20))


@behaviour("endless-comments", hostile=True)
def _endless_comments(handler, request):
    handler.begin()
    while not handler.site.ended.is_set():
        handler.send(b": still thinking\n\n" * 2000)


@behaviour("huge-line", hostile=True)
def _huge_line(handler, request):
    handler.begin()
    handler.send(b"data: ")
    while not handler.site.ended.is_set():
        handler.send(b"a" * 65536)


@behaviour("huge-event", hostile=True)
def _huge_event(handler, request):
    handler.begin()
    while not handler.site.ended.is_set():
        handler.send(b"data: a\n" * 8192)


@behaviour("huge-json", hostile=True)
def _huge_json(handler, request):
    handler.begin("application/json")
    handler.send(b'{"choices": [{"message": {"content": "')
    while not handler.site.ended.is_set():
        handler.send(b"a\\n" * 65536)


@behaviour("deep-json", hostile=True)
def _deep_json(handler, request):
    handler.begin("application/json")
    handler.send(b'{"choices": ' + b"[" * 200_000)


@behaviour("gzip-bomb", hostile=True)
def _gzip_bomb(handler, request):
    packer = zlib.compressobj(wbits=31)
    handler.begin(Content_Encoding="gzip")
    handler.send(packer.compress(b"data: "))
    for _ in range(50):
        handler.send(packer.compress(b"0" * 1_000_000))
    handler.send(packer.flush())


@behaviour("silent", hostile=True)
def _silent(handler, request):
    handler.site.ended.wait()


@behaviour("silent-after-head", hostile=True)
def _silent_after_head(handler, request):
    handler.begin()
    handler.send(b": wait\n\n")
    handler.site.ended.wait()


@behaviour("slow-bytes", hostile=True)
def _slow_bytes(handler, request):
    handler.begin()
    while not handler.site.ended.wait(0.05):
        handler.send(b" ")


@behaviour("breaks-off", hostile=True)
def _breaks_off(handler, request):
    handler.begin()
    handler.send(chunk("The paper shows that "), b'data: {"choices": [{"del')


@behaviour("breaks-off-between-events", hostile=True)
def _breaks_off_between_events(handler, request):
    handler.begin()
    handler.send(chunk("The paper shows this [1]. The other"))


@behaviour("wrong-json", hostile=True)
def _wrong_json(handler, request):
    handler.begin()
    handler.send(b"data: {'choices': [None]}\n\ndata: [DONE]\n\n")


@behaviour("huge-number", hostile=True)
def _huge_number(handler, request):
    handler.begin()
    handler.send(b'data: {"choices": ' + b"9" * 10_000 + b"}\n\ndata: [DONE]\n\n")


@behaviour("html", hostile=True)
def _html(handler, request):
    handler.begin("text/html")
    handler.send(b"<!doctype html><script>alert(1)</script><p>The paper shows this [1].")


@behaviour("empty", hostile=True)
def _empty(handler, request):
    handler.begin()


@behaviour("no-utf-8", hostile=True)
def _no_utf8(handler, request):
    handler.begin()
    handler.send(b"\xff\xfe\x00\xd8" * 100)


@behaviour("error-event", hostile=True)
def _error_event(handler, request):
    handler.begin()
    key = handler.headers.get("Authorization", "").removeprefix("Bearer ")
    handler.send({"error": {"message": f"out of memory \x1b[2J {key} " + "a" * 5000}})


@behaviour("redirect-elsewhere", hostile=True)
def _redirect_elsewhere(handler, request):
    handler.begin(status=307, Location=f"http://localhost:{handler.site.port}/elsewhere")


@behaviour("redirect-to-metadata", hostile=True)
def _redirect_to_metadata(handler, request):
    handler.begin(status=302, Location="http://169.254.169.254/latest/meta-data/")


@behaviour("redirect-here", hostile=True)
def _redirect_here(handler, request):
    handler.begin(status=308, Location="/v1/chat/completions")


def _status(status):
    def answer(handler, request):
        key = handler.headers.get("Authorization", "")
        handler.send_json({"error": {"message": f"refused: {key}"}}, status)

    return answer


for _number in (201, 204, 400, 401, 403, 404, 413, 429, 500, 503):
    behaviour(f"status-{_number}", hostile=True)(_status(_number))


@behaviour("talks-on-after-refusal", hostile=True)
def _talks_on(handler, request):
    handler.begin("application/json", 500)
    while not handler.site.ended.is_set():
        handler.send(b"a" * 65536)


@contextmanager
def serve():
    """A running `Site`; every answer under way ends with it."""

    class Own(Handler):
        pass

    class Server(ThreadingHTTPServer):
        daemon_threads = False
        block_on_close = True

        def handle_error(self, request, client_address):
            pass

    server = Server(("127.0.0.1", 0), Own)
    Own.site = site = Site(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        site.ended.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
