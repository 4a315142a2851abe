"""Mails and text browsers' dumps: heads, quote marks, signatures and numbered lists of links."""

from __future__ import annotations

import re

from litmap.notes.builder import Builder

_LINK_LINE = re.compile(
    r"\s*\[?(\d{1,4})[\].:)]{1,2}\s+<?((?:https?|ftp|mailto|file|android-app|"
    r"javascript):\S+?)>?\s*$"
)
MARKER = re.compile(r"\[(\d{1,4})\]")
_BOILERPLATE = re.compile(
    r"\(button\)|\[\S{1,80}\.(?:png|jpe?g|gif|svg|webp)\]|_{10,}"
    r"|\[(?:INS|USEMAP|IMG|LINK)[:\]]|IFRAME: ?\S*",
    re.I,
)
_BOILERPLATE_SIGNS = ("[", "(", "_", ":")
_HEADER_LINE = re.compile(r"[A-Z][\w-]{1,30}: \S|\s+\S")
_HEADER_NAMES = {"from", "to", "subject", "date", "message-id"}
REPLY_MARK = re.compile(r"^(?:(?:re|fwd?|aw):\s*)+", re.I)
_QUOTE_MARK = re.compile(r"^(?:>\s?)+")
_SUBJECT = "subject:"
MIN_HEADER_NAMES = 3
"""Of `_HEADER_NAMES`; with fewer it is no mail."""
_LINK_END = re.compile(r"\s{3,}|\[\d|[.;:!?](?:\s|$)|\s\(")
MAX_LINK_CHARS = 160
"""In which the end of a link is looked for."""
MAX_ENDLESS_LINK_CHARS = 100
"""Taken where none is found."""
MIN_LINKS = 3
MIN_MARKED_LINKS = 2
"""Links of a list, and those of them that the text marks.

With fewer it is no text browser's dump.
"""


def strip_mail_header(lines: list[str], builder: Builder) -> None:
    """Takes the header, the quote marks and the signature off a mail; its subject is the title."""
    size = _header_size(lines)
    if not size:
        return
    for line in lines[:size]:
        if line.lower().startswith(_SUBJECT) and not builder.title:
            builder.set_root(REPLY_MARK.sub("", line[len(_SUBJECT) :].strip()))
    end = next((n for n in range(size, len(lines)) if is_signature_mark(lines[n])), len(lines))
    body = [_QUOTE_MARK.sub("", line) for line in lines[size:end]]
    lines[:] = [""] * size + body + [""] * (len(lines) - end)


def _header_size(lines: list[str]) -> int:
    """The number of lines at the head that stand as those of a mail do.

    0 where they are no mail's.
    """
    size = next((n for n, line in enumerate(lines) if not _HEADER_LINE.match(line)), len(lines))
    names = {line.split(":")[0].lower() for line in lines[:size]}
    return size if len(names & _HEADER_NAMES) >= MIN_HEADER_NAMES else 0


def is_signature_mark(line: str) -> bool:
    """True for the '-- ' above a signature."""
    return line.rstrip() == "--"


def strip_link_list(lines: list[str]) -> dict[str, str]:
    """The numbered links at the end of a text browser's dump, taken out of the lines."""
    matches = {
        number: match
        for number, line in enumerate(lines)
        if ":" in line and (match := _LINK_LINE.match(line))
    }
    links: dict[str, str] = {}
    for match in matches.values():
        links.setdefault(match.group(1), match.group(2))
    marked = _marked_numbers(lines[: min(matches, default=0)])
    if len(links) < MIN_LINKS or len(marked & set(links)) < MIN_MARKED_LINKS:
        return {}
    for number, match in matches.items():
        if match.group(1) in marked or not match.group(2).startswith("http"):
            lines[number] = ""
    return links


def _marked_numbers(lines: list[str]) -> set[str]:
    """The numbers in brackets, as a dump marks links: '[3]that thing'."""
    return {number for line in lines if "[" in line for number in MARKER.findall(line)}


def strip_boilerplate(line: str) -> str:
    """The line with blanks where a text browser shows buttons and images."""
    if any(sign in line for sign in _BOILERPLATE_SIGNS):
        return _BOILERPLATE.sub(lambda match: " " * len(match.group()), line)
    return line


def words_after(text: str, start: int) -> str:
    """The words after a dump's link marker, as far as the link may reach."""
    after = text[start : start + MAX_LINK_CHARS]
    lead = len(after) - len(after.lstrip())
    stop = _LINK_END.search(after, lead)
    return after[: stop.start() if stop else min(len(after), lead + MAX_ENDLESS_LINK_CHARS)]
