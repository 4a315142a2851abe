"""Mails and text browsers' dumps: their heads, quote marks, signatures and numbered lists of links."""

from __future__ import annotations

import re

from litmap.notes.builder import Builder

_LINK_LINE = re.compile(
    r"\s*\[?(\d{1,4})[\].:)]{1,2}\s+<?((?:https?|ftp|mailto|file|android-app|javascript):\S+?)>?\s*$"
)
MARKER = re.compile(r"\[(\d{1,4})\]")
_FURNITURE = re.compile(
    r"\(button\)|\[\S{1,80}\.(?:png|jpe?g|gif|svg|webp)\]|_{10,}|\[(?:INS|USEMAP|IMG|LINK)[:\]]|IFRAME: ?\S*",
    re.I,
)


def take_mail_off(lines: list[str], builder: Builder) -> None:
    """Takes the head, the quote marks and the signature off a mail; its subject is the title."""
    head = 0
    while head < len(lines) and re.match(r"[A-Z][\w-]{1,30}: \S|\s+\S", lines[head]):
        head += 1
    names = {line.split(":")[0].lower() for line in lines[:head]}
    if len(names & {"from", "to", "subject", "date", "message-id"}) < 3:
        return
    for number in range(head):
        if lines[number].lower().startswith("subject:") and not builder.title:
            builder.set_root(
                re.sub(r"^(?:(?:re|fwd?|aw):\s*)+", "", lines[number][8:].strip(), flags=re.I)
            )
        lines[number] = ""
    end = next(
        (n for n in range(head, len(lines)) if lines[n].rstrip() == "--" or lines[n] == "-- "),
        len(lines),
    )
    lines[end:] = [""] * (len(lines) - end)
    for number in range(head, end):
        lines[number] = re.sub(r"^(?:>\s?)+", "", lines[number])


def take_link_list(lines: list[str]) -> dict[str, str]:
    """The numbered links at the end of a text browser's dump, taken out of the lines."""
    found: dict[str, str] = {}
    places = []
    for number, line in enumerate(lines):
        if "://" in line or ":" in line:
            match = _LINK_LINE.match(line)
            if match:
                found.setdefault(match.group(1), match.group(2))
                places.append(number)
    body_marks = {
        m
        for number, line in enumerate(lines)
        if "[" in line
        for m in MARKER.findall(line)
        if number < (places[0] if places else 0)
    }
    if len(found) < 3 or len(body_marks & set(found)) < 2:
        return {}
    for number in places:
        match = _LINK_LINE.match(lines[number])
        lines[number] = (
            ""
            if match and (match.group(1) in body_marks or not match.group(2).startswith("http"))
            else lines[number]
        )
    return found


def take_furniture_off(line: str) -> str:
    """The line with blanks where a text browser shows buttons and images."""
    if "[" in line or "(" in line or "_" in line or ":" in line:
        return _FURNITURE.sub(lambda match: " " * len(match.group()), line)
    return line


def words_after(text: str, start: int) -> str:
    """The words after a dump's link marker, as far as the link may reach."""
    rest = text[start : start + 160]
    lead = len(rest) - len(rest.lstrip())
    stop = re.search(r"\s{3,}|\[\d|[.;:!?](?:\s|$)|\s\(", rest[lead:])
    return rest[: lead + (stop.start() if stop else min(len(rest) - lead, 100))]
