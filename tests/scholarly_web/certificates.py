"""A certificate authority that lives as long as the server, and contexts for any host: right ones,
and ones with a flaw.
"""

from __future__ import annotations

import datetime as dt
import ssl
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FLAWS = ("unknown-ca", "expired", "wrong-host")


class Authority:
    """Signs for every host. `certificate` is the file that a client must trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._contexts: dict[tuple[str, str], ssl.SSLContext] = {}
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._root_key = ec.generate_private_key(ec.SECP256R1())
        self._stranger = ec.generate_private_key(ec.SECP256R1())
        self.certificate = folder / "authority.pem"
        root = self._root().sign(self._root_key, hashes.SHA256())
        self.certificate.write_bytes(root.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str, flaw: str = "") -> ssl.SSLContext:
        """A server's context for a host, made once."""
        with self._lock:
            if (host, flaw) not in self._contexts:
                self._contexts[host, flaw] = self._make(host, flaw)
            return self._contexts[host, flaw]

    def _make(self, host: str, flaw: str) -> ssl.SSLContext:
        name = "another.example.org" if flaw == "wrong-host" else host
        age = 400 if flaw == "expired" else 0
        signer = self._stranger if flaw == "unknown-ca" else self._root_key
        leaf = (
            self._draft(self._key.public_key(), _name(name[:60]), signer, age)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(signer, hashes.SHA256())
        )
        secret = self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        chain = self._folder / "chain.pem"
        chain.touch(mode=0o600)
        chain.write_bytes(leaf.public_bytes(serialization.Encoding.PEM) + secret)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        chain.unlink()
        return context

    def _root(self) -> x509.CertificateBuilder:
        signs = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        return (
            self._draft(self._root_key.public_key(), _name(_ROOT), self._root_key, 0)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(signs, critical=True)
        )

    def _draft(self, public, subject, signer, age_days):
        now = dt.datetime.now(dt.UTC) - dt.timedelta(days=age_days)
        return (
            x509.CertificateBuilder(_name(_ROOT), subject, public, x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(days=7))
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
                critical=False,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )


_ROOT = "litmap tests, this process only"


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
