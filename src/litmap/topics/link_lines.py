"""Links to the pages of works as a note has them: in a block at its end, or behind its references.
Nothing is written here; `litmap.pipeline.note_moves` writes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from litmap.parsing.note_links import LinkForm
from litmap.topics.notice_lines import find_paragraph
from litmap.topics.patch import Line, NoteLines, join_lines

_CLOSING_TAGS = re.compile(rb"\s*(?:</(?:body|html)>\s*)+\Z", re.I)
_LINE_TAIL = re.compile(r"(?: \^[A-Za-z0-9-]{1,99}| ?\\| \+)\Z")
"""What must stay last in a line: Obsidian's name of a paragraph, a line break of Markdown or
AsciiDoc.
"""
_DEFINES_ADDRESS = re.compile(r"\s{0,3}\[[^\]^][^\]]*\]:")
"""'[1]: https://…' in Markdown."""
_SENTENCE_END = re.compile(r"[.!?][)\]'\"*_]{0,4}\Z|://\S+\Z")
"""How a line ends behind which a link stands in no sentence: with one, or with an address."""


class LineLink(NamedTuple):
    """A link to a page, to go behind the reference at a line (from 1). `key` names the work."""

    line: int
    key: str
    address: str


def add_block(note: NoteLines, form: LinkForm, items: Sequence[str]) -> bytes | None:
    """A note with a block of these links (lines as the format has them) at its end; None where its
    encoding lacks a character of them.
    """
    opening, closing = ([tag] if tag else [] for tag in form.around)
    gap = [""] * form.spaced
    texts = [form.begin, *gap, *opening, *items, *closing, *gap, form.end]
    lines = [note.encode(Line(text.encode("utf-8"), note.line_end)) for text in [*gap, *texts]]
    block = [line for line in lines if line is not None]
    if len(block) < len(lines):
        return None
    return join_lines(note, (), {_end_of_text(note): block})


def _end_of_text(note: NoteLines) -> int:
    """The line (from 0) before which the block goes: the tags that close a page of HTML, else the
    end.
    """
    for i, line in enumerate(note.lines):
        if line.content.lstrip().lower().startswith((b"</body>", b"</html>")):
            rest = b"".join(map(b"".join, note.lines[i:]))
            return i if _CLOSING_TAGS.match(rest) else len(note.lines)
    return len(note.lines)


def add_line_links(
    note: NoteLines, form: LinkForm, links: Sequence[LineLink]
) -> tuple[bytes | None, list[LineLink]]:
    """A note with links behind its references, and the links that find no place; None where its
    encoding lacks a character of one.

    A link goes to the end of the paragraph or list item where that cites at one line alone, else to
    the end of the sentence, or of the line where that ends with one. Beside others it has its key.
    """
    cited = sorted({link.line - 1 for link in links})
    there: dict[int, list[LineLink]] = {}
    left = []
    for link in links:
        at = _line_of(note.texts, link.line - 1, cited)
        if at is None:
            left.append(link)
        elif link.key not in {other.key for other in there.setdefault(at, [])}:
            there[at].append(link)
    lines = list(note.lines)
    for i, own in there.items():
        names = ["litmap"] if len(own) == 1 else [f"litmap: {link.key}" for link in own]
        texts = [
            form.inline.format(name=name, address=link.address)
            for name, link in zip(names, own, strict=True)
        ]
        line = note.encode(Line(_with_links(note.texts[i], texts).encode(), lines[i].end))
        if line is None:
            return None, left
        lines[i] = Line(line.content, lines[i].end)
    return note.data(lines), left


def _line_of(texts: Sequence[str], i: int, cited: Sequence[int]) -> int | None:
    """The line (from 0) whose end takes the link of a reference at line `i`."""
    place = find_paragraph(texts, i)
    if place is None:
        return None
    last = place.end - 1
    is_alone = sum(place.first <= line < place.end for line in cited) == 1
    ends = (k for k in range(i, last) if _SENTENCE_END.search(texts[k].rstrip()))
    at = last if is_alone else next(ends, last)
    text = texts[at].rstrip()
    return None if _DEFINES_ADDRESS.match(text) or text.endswith("::") else at


def _with_links(text: str, links: Sequence[str]) -> str:
    body = text.rstrip()
    found = _LINE_TAIL.search(body, max(0, len(body) - 101))
    at = found.start() if found else len(body)
    return f"{text[:at]}{''.join(links)}{text[at:]}"
