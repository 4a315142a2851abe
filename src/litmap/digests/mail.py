"""A digest as a mail (RFC 5322): plain text and HTML, nothing from elsewhere, no line of a header
that others wrote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Self

from litmap.digests.digest import Digest
from litmap.digests.html_page import to_html
from litmap.digests.plain import headline, shorten, to_text

MAX_SUBJECT = 200
"""Characters of a subject."""
_ADDRESS = re.compile(
    r"(?![-.])(?!.*\.\.)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}(?<!\.)@[A-Za-z0-9][A-Za-z0-9.-]{0,250}"
)


@dataclass(frozen=True, slots=True)
class MailAddress:
    """'me@example.org' in its two parts; nothing that a header or a server could read otherwise."""

    user: str
    domain: str

    @classmethod
    def read(cls, text: str) -> Self:
        """The address. Raises ValueError where it is none."""
        if not _ADDRESS.fullmatch(text):
            raise ValueError(f"{text!r} is no mail address")
        user, _, domain = text.rpartition("@")
        return cls(user, domain)

    def __str__(self) -> str:
        return f"{self.user}@{self.domain}"


def to_mail(
    digest: Digest, recipient: MailAddress, sender: MailAddress, name: str, time: str
) -> EmailMessage:
    """The mail: `name` tells it from all others, in its Message-ID, by which what was sent twice is
    known to be one; `time` (UTC ISO 8601) is its date.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = f"<{re.sub(r'[^A-Za-z0-9.-]', '-', name)}@{sender.domain}>"
    mail["Date"] = datetime.fromisoformat(time)
    mail["From"] = Address("litmap", sender.user, sender.domain)
    mail["To"] = Address("", recipient.user, recipient.domain)
    mail["Subject"] = shorten(f"litmap: {headline(digest) or 'no news'}", MAX_SUBJECT)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(to_text(digest))
    mail.add_alternative(to_html(digest), subtype="html")
    return mail
