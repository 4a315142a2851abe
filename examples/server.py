"""A stand-in for the scholarly web on loopback: a forward proxy that ends TLS itself and answers as
the services do.

The demo reaches it as it would reach the web through a proxy (HTTPS_PROXY, SSL_CERT_FILE), so that
everything else is the real code path with the real host names. The certificate authority is made at
start and forgotten at the end; nothing outside the hosts of `answers.HANDLERS` is answered, and
nothing is ever sent out. `python -m examples.server` serves until interrupted and prints the
environment to use.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import ssl
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from . import MANIFEST, NOTES, PAPERS
from .answers import HANDLERS, Answer, Shelf, answer

__all__ = ["MANIFEST", "NOTES", "PAPERS", "serve"]

_GROUPS = (
    "default", "arxiv", "crossref", "openalex", "s2", "dblp", "unpaywall", "openreview",
    "europepmc", "ncbi", "wayback",
)  # fmt: skip


@contextlib.contextmanager
def serve() -> Iterator[dict[str, str]]:
    """Serve while the context is open; gives the environment that makes a client come here instead
    of the web.

    Beside proxy and certificate it sets the request intervals to 0 (no service is being asked) and
    a contact address.
    """
    with tempfile.TemporaryDirectory(prefix="litmap-demo-") as folder:
        authority, tls = _certificates(Path(folder))
        server = _Server(("127.0.0.1", 0), _Door)
        server.shelf, server.tls = Shelf.load(), tls
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        thread.start()
        proxy = f"http://127.0.0.1:{server.server_address[1]}"
        local = "127.0.0.1,localhost,::1"
        try:
            yield {
                **dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), proxy),
                **dict.fromkeys(("NO_PROXY", "no_proxy"), local),
                "SSL_CERT_FILE": str(authority),
                "LITMAP_REQUEST_INTERVALS": ",".join(f"{group}=0" for group in _GROUPS),
                "LITMAP_CONTACT": "reader@example.org",
            }
        finally:
            server.shutdown()
            server.server_close()
            thread.join(5)


class _Server(ThreadingHTTPServer):
    """Threads for clients; what they share."""

    daemon_threads = True
    shelf: Shelf
    tls: ssl.SSLContext

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


class _Door(BaseHTTPRequestHandler):
    """One connection: plain requests with a full URL, or CONNECT and then TLS."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "litmap-examples", ""
    timeout = 60
    server: _Server
    tunnel = ""

    def do_CONNECT(self) -> None:
        """Open a tunnel to ourselves in the name of a known host."""
        host = self.path.rpartition(":")[0].lower()
        if host not in HANDLERS:
            self._send(Answer(502, f"{host}: not part of the demo's web\n".encode(), "text/plain"))
            self.close_connection = True
            return
        self.send_response_only(200, "Connection established")
        self.end_headers()
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb", -1)
        self.wfile = self.connection.makefile("wb", 0)
        self.tunnel, self.close_connection = host, False

    def do_GET(self) -> None:
        """Answer in the name of the host that was asked for."""
        parts = urlsplit(self.path)
        host = self.tunnel or (parts.hostname or "")
        found = answer(self.server.shelf, host, parts.path, dict(parse_qsl(parts.query)))
        self._send(
            found or Answer(502, f"{host}: not part of the demo's web\n".encode(), "text/plain")
        )

    do_HEAD = do_GET  # noqa: N815 - the name http.server looks for

    def _send(self, found: Answer) -> None:
        status, body, more = found.status, found.body, dict(found.headers)
        mark = more.get("ETag", "")
        span = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if mark and self.headers.get("If-None-Match") == mark:
            status, body = 304, b""
        elif (
            mark
            and span
            and self.headers.get("If-Range", mark) == mark
            and int(span[1]) < len(body)
        ):
            last = min(int(span[2] or len(body) - 1), len(body) - 1)
            more["Content-Range"] = f"bytes {span[1]}-{last}/{len(body)}"
            status, body = 206, body[int(span[1]) : last + 1]
        self.send_response(status)
        for name, value in {"Content-Type": found.type, **more}.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def finish(self) -> None:
        """Close what CONNECT opened too."""
        with contextlib.suppress(OSError, ValueError):
            super().finish()
        with contextlib.suppress(OSError):
            self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Say nothing."""


def _certificates(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A fresh authority's certificate as a file, and a server context for all hosts. No private key
    outlives this.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    now = dt.datetime.now(dt.UTC)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "litmap examples, this process only")]
    )

    def draft(public: ec.EllipticCurvePublicKey, subject: x509.Name) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder(root_name, subject, public, x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(days=7))
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
                critical=False,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )

    signs = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
        key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    root = (
        draft(root_key.public_key(), root_name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(signs, critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        draft(key.public_key(), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "examples")]))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host) for host in HANDLERS]), critical=False
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    authority, chain = folder / "authority.pem", folder / "chain.pem"
    authority.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.touch(mode=0o600)
    chain.write_bytes(leaf.public_bytes(serialization.Encoding.PEM) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    chain.unlink()
    return authority, context


def main() -> None:
    """Serve until interrupted."""
    with serve() as environment:
        print(
            "\n".join(f"export {name}={value}" for name, value in environment.items()), flush=True
        )
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
