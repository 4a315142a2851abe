"""Mails as they are saved (.eml, .mbox) and web archives (.mht): parts, encodings, alternatives."""

from __future__ import annotations

import contextlib
import email
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from itertools import pairwise

from litmap.notes.builder import Builder
from litmap.notes.decoding import decode
from litmap.notes.formats.html import read_html_block
from litmap.notes.formats.mail_and_dumps import REPLY_MARK
from litmap.notes.formats.plain import read_plain

_FROM_LINE = re.compile(rb"(?m)^From \S.{0,300}\d{4}\r?$")
_HEAD = ("From: a sender", "To: a reader", "Date: a day")
_AS_IT_STANDS = {"", "7bit", "8bit", "binary"}
MAX_MESSAGES = 20_000
"""Messages of one mailbox."""
MAX_PARTS = 200
"""Parts of one message."""
_SOFT_BREAK = re.compile(r"=[ \t]*$")


def read_eml(data: bytes, builder: Builder) -> None:
    """Reads one mail into the builder. Raises ValueError for binary data."""
    _read_message(data, 0, builder)


def read_mbox(data: bytes, builder: Builder) -> None:
    """Reads the mails of a mailbox into the builder. Raises ValueError for what is none."""
    starts = [match.start() for match in _FROM_LINE.finditer(data)][:MAX_MESSAGES]
    if not starts:
        raise ValueError("not a mailbox: no line begins a mail ('From …')")
    lines = data.count(b"\n", 0, starts[0])
    for begin, end in pairwise([*starts, len(data)]):
        body = data.find(b"\n", begin) + 1 or end
        _read_message(data[body:end], lines + 1, builder)
        lines += data.count(b"\n", begin, end)


def _read_message(data: bytes, lines_above: int, builder: Builder) -> None:
    """Reads a mail that begins behind so many lines of its file."""
    message = email.message_from_bytes(data)
    own = Builder()
    if not message.is_multipart() and _encoding(message) in _AS_IT_STANDS and _is_plain(message):
        read_plain(decode(data)[0], own)
        builder.add_from(own, lambda line: line + lines_above)
        return
    text = decode(data)[0]
    position = 0
    for part in list(_shown_parts(message))[:MAX_PARTS]:
        raw = _raw(part)
        found = text.find(raw[:2_000], position) if raw else -1
        position = max(found, position)
        first = lines_above + text.count("\n", 0, position) + 1
        _read_part(message, part, first, builder)


def _encoding(part: Message) -> str:
    return str(part.get("Content-Transfer-Encoding", "")).strip().lower()


def _is_plain(part: Message) -> bool:
    return part.get_content_type() == "text/plain"


def _raw(part: Message) -> str:
    """A part as it stands in the file."""
    payload = part.get_payload(decode=False)
    return payload.replace("\r\n", "\n").strip() if isinstance(payload, str) else ""


def _shown_parts(part: Message) -> Iterator[Message]:
    """The texts of a message: of alternatives the plain one where it says something."""
    todo = [part]
    while todo:
        part = todo.pop()
        payload = part.get_payload() if part.is_multipart() else None
        below = [p for p in payload if isinstance(p, Message)] if isinstance(payload, list) else []
        if part.get_content_subtype() == "alternative" and below:
            below = [_best(below)]
        if below:
            todo += reversed(below)
        elif part.get_content_maintype() == "text" and not _is_attached(part):
            yield part


def _best(alternatives: list[Message]) -> Message:
    """The plain text, else the last that is a text, or holds one."""
    plain = (part for part in alternatives if _is_plain(part) and _content(part).strip())
    return next(plain, alternatives[-1])


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"


def _content(part: Message) -> str:
    """The text of a part, its encodings undone, from where `_raw` begins."""
    try:
        data = part.get_payload(decode=True)
        data = data if isinstance(data, bytes) else b""
        charset = part.get_content_charset() or "utf-8"
        text = data.decode("utf-8" if charset in {"us-ascii", "utf-8"} else charset, "replace")
    except (LookupError, ValueError, AttributeError):
        text = str(part.get_payload())
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _read_part(message: Message, part: Message, first: int, builder: Builder) -> None:
    """Reads a part whose text begins on this line of the file."""
    content = _content(part)
    subject = REPLY_MARK.sub("", _subject(message))
    lines = _source_lines(part, content, first)
    own = Builder()
    if part.get_content_subtype() == "html":
        if subject:
            own.set_root(subject)
        read_html_block(content, own, 1)
        builder.add_from(own, lambda line: lines[min(max(line, 1), len(lines)) - 1])
        return
    head = [*_HEAD, *([f"Subject: {subject}"] if subject else [])]  # by which a mail is known
    read_plain("\n".join([*head, "", content]), own)
    above = len(head) + 1
    builder.add_from(own, lambda line: lines[min(max(line - above, 1), len(lines)) - 1])


def _subject(message: Message) -> str:
    """The subject on one line, its encoded words undone."""
    written = str(message.get("Subject", ""))
    with contextlib.suppress(MessageError, LookupError, ValueError):  # as it is written
        written = str(make_header(decode_header(written)))
    return " ".join(written.split())


def _source_lines(part: Message, content: str, first: int) -> list[int]:
    """For each line of a text the line of the file on which it begins."""
    count = content.count("\n") + 1
    encoding = _encoding(part)
    if encoding == "base64":
        return [first] * count
    if encoding != "quoted-printable":
        return list(range(first, first + count))
    lines: list[int] = []
    begins = True
    for number, line in enumerate(_raw(part).split("\n"), first):
        if begins:
            lines.append(number)
        begins = not _SOFT_BREAK.search(line)
    return lines + [lines[-1] if lines else first] * (count - len(lines))
