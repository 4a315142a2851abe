"""Mails on their way: to a server by SMTP (RFC 5321), encrypted but on this machine, or to this
machine's own sendmail.
"""

from __future__ import annotations

import logging
import re
import shutil
import smtplib
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Self
from urllib.parse import unquote, urlsplit

from litmap.errors import Unconfirmed, Unsafe, WebError
from litmap.web.safety import is_on_this_machine

logger = logging.getLogger(__name__)

SECONDS = 60.0
"""Most seconds for one step of sending."""
_PORTS = {"smtp": 587, "smtps": 465}
_SENDMAIL_PLACES = "/usr/sbin:/usr/lib:/usr/local/sbin"
_MAX_SAID = 200
"""Characters of what a server says that are told."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are given to. `scheme` is 'smtp' (STARTTLS) or 'smtps' (TLS from the start)."""

    scheme: str
    host: str
    port: int
    user: str = ""

    @classmethod
    def read(cls, address: str) -> Self:
        """The server of an address: 'smtp://user@host:587'. Raises `Unsafe` where it is none, or
        holds a password.
        """
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError as error:
            raise Unsafe(f"{address!r} is no address of a mail server", subject=address) from error
        if parts.password is not None:
            raise Unsafe(
                "a mail server's password does not belong into its address: put it into the "
                "environment as LITMAP_SMTP_PASSWORD",
                subject=parts.hostname or "",
            )
        if parts.scheme not in _PORTS or not parts.hostname or parts.path not in {"", "/"}:
            raise Unsafe(
                f"{address!r} is no address of a mail server: write smtp://user@host:587 or "
                "smtps://user@host",
                subject=address,
            )
        user = unquote(parts.username or "")
        return cls(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], user)


def send(
    mail: EmailMessage, sender: str, recipient: str, server: MailServer, password: str = ""
) -> None:
    """Give a mail to a server.

    Raises `Unsafe` where it offers no encryption and is not on this machine, `WebError` where it
    did not take the mail, and `Unconfirmed` where it had all of it and did not answer.
    """
    with _told(server.host), _connected(server, password) as connection:
        connection.ehlo_or_helo_if_needed()
        _expect(connection.mail(sender), server.host)
        _expect(connection.rcpt(recipient), server.host)
        try:
            code, answer = connection.data(bytes(mail))
        except smtplib.SMTPDataError:
            raise  # the server answered: it did not take it
        except (OSError, smtplib.SMTPException) as error:
            raise Unconfirmed(
                f"{server.host} did not say whether it took the mail ({_said(error)})",
                subject=server.host,
            ) from error
        _expect((code, answer), server.host)
        with suppress(OSError, smtplib.SMTPException):
            connection.quit()
    logger.info("mail %s: taken by %s", mail["Message-ID"], server.host)


@contextmanager
def _connected(server: MailServer, password: str) -> Iterator[smtplib.SMTP]:
    """A connection that is encrypted, or does not leave this machine, logged in where the server
    has a user.
    """
    is_here = is_on_this_machine(server.host)
    context = ssl.create_default_context()
    connection = (
        smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
        if server.scheme == "smtps"
        else smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    )
    try:
        if server.scheme == "smtp" and not is_here:
            connection.ehlo()
            if not connection.has_extn("starttls"):
                message = f"{server.host} offers no encryption: nothing is sent to it in the clear"
                raise Unsafe(message, subject=server.host)
            connection.starttls(context=context)
        if server.user:
            connection.login(server.user, password)
        yield connection
    finally:
        connection.close()


@contextmanager
def _told(host: str) -> Iterator[None]:
    """What goes wrong with a server, in its words, as litmap's own error."""
    try:
        yield
    except ssl.SSLError as error:
        message = f"{host}: its certificate or encryption fails ({_said(error)})"
        raise Unsafe(message, subject=host) from error
    except (OSError, smtplib.SMTPException) as error:
        raise WebError(f"{host} did not take the mail: {_said(error)}", subject=host) from error


def _expect(answer: tuple[int, bytes], host: str) -> None:
    code, said = answer
    if code not in {250, 251}:
        raise smtplib.SMTPResponseException(code, said)


def _said(error: Exception) -> str:
    """What a server said, on one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        raw = error.smtp_error
        text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
        text = f"{error.smtp_code} {text}"
    else:
        text = str(error) or type(error).__name__
    return " ".join(re.sub(r"[^ -~]", " ", text).split())[:_MAX_SAID]


def send_locally(mail: EmailMessage, sender: str, recipient: str) -> None:
    """Give a mail to this machine's sendmail. Raises `WebError` where there is none, or it
    refuses.
    """
    program = shutil.which("sendmail") or shutil.which("sendmail", path=_SENDMAIL_PLACES)
    if program is None:
        raise WebError(
            "there is no sendmail on this machine: name a mail server, smtp = "
            '"smtp://user@host:587" below [digest]',
            subject="sendmail",
            transient=False,
        )
    try:
        subprocess.run(  # noqa: S603 - no shell; addresses are checked and behind '--'
            [program, "-i", "-f", sender, "--", recipient],
            input=bytes(mail),
            check=True,
            capture_output=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise Unconfirmed("sendmail did not end in time", subject="sendmail") from error
    except (OSError, subprocess.CalledProcessError) as error:
        said = _said(OSError((getattr(error, "stderr", b"") or b"").decode("utf-8", "replace")))
        raise WebError(f"sendmail failed: {said}", subject="sendmail") from error
    logger.info("mail %s: given to sendmail", mail["Message-ID"])
