"""A mail server on loopback for tests: SMTP with STARTTLS, or TLS from the start, and logins."""

from __future__ import annotations

import base64
import contextlib
import datetime
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class MailServer:
    """A running one. `mails` are those it took, `log` the commands; `refuses` maps a command to an
    answer, `drops` is one after which it hangs up without an answer.
    """

    port: int = 0
    mails: list[bytes] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    drops: str = ""
    tls: ssl.SSLContext | None = None
    starttls: ssl.SSLContext | None = None
    users: dict[str, str] = field(default_factory=dict)


class _Session(socketserver.StreamRequestHandler):
    timeout = 60

    def setup(self):
        self.state: MailServer = self.server.state
        if self.state.tls:
            self.request = self.state.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self):
        self.say("220 here")
        while line := self.rfile.readline(2000):
            command = line.decode("ascii").strip()
            verb = command.split(" ")[0].upper()
            self.state.log.append(command)
            if verb in self.state.refuses:
                self.say(self.state.refuses[verb])
            elif verb == "DATA":
                if not self.take():
                    return
            elif verb == "STARTTLS":
                self.encrypt()
            elif verb == "AUTH":
                self.login(command)
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say(self.hello() if verb == "EHLO" else "250 OK")

    def hello(self):
        extras = ["STARTTLS"] * bool(self.state.starttls) + ["AUTH PLAIN"] * bool(self.state.users)
        lines = ["here", *extras]
        return "\r\n".join(
            f"250{' ' if n == len(lines) - 1 else '-'}{x}" for n, x in enumerate(lines)
        )

    def encrypt(self):
        self.say("220 go")
        self.request = self.state.starttls.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)

    def login(self, command):
        _, user, password = base64.b64decode(command.split(" ")[2]).decode().split("\0")
        is_right = self.state.users.get(user) == password
        self.say("235 welcome" if is_right else "535 wrong password")

    def take(self):
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b"."))
        if self.state.drops == "before":
            return False
        self.state.mails.append(b"".join(lines))
        if self.state.drops == "after":
            return False
        self.say(self.state.refuses.get("CONTENT", "250 taken"))
        return True


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    state: MailServer

    def handle_error(self, request, client_address):
        """A client that refuses the certificate is no error of the server's."""


@contextlib.contextmanager
def serve(**options):
    """A server that takes mails until the block ends."""
    state = MailServer(**options)
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.state = state
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of its own for localhost, as a file to be trusted, and a server's context."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    trusted, chain = folder / "trusted.pem", folder / "chain.pem"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    chain.write_bytes(private + trusted.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return trusted, context
