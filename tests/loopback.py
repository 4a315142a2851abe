"""A small HTTP server on 127.0.0.1 for tests: answers are functions, requests are remembered."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site:
    """`answers` maps a path to bytes, or to a function of the handler that sends what it likes."""

    def __init__(self, server):
        self.port = server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.answers = {}
        self.asked = []

    def paths(self):
        return [path for path, _, _ in self.asked]


def send(handler, body=b"", status=200, **headers):
    handler.send_response(status)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    headers.setdefault("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def serve(host="127.0.0.1"):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            site.asked.append((self.path, dict(self.headers), time.time()))
            answer = site.answers.get(self.path, site.answers.get("*"))
            if answer is None:
                send(self, b"not here", 404)
            elif isinstance(answer, bytes):
                send(self, answer)
            else:
                answer(self)

        def log_message(self, *args):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            pass

    server = Server((host, 0), Handler)
    site = Site(server)
    site.base = f"http://{host}:{site.port}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
