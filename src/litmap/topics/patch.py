"""Suggestions as moved lines: entries of an inbox go below the heading they belong under. Nothing
is written here; `litmap.pipeline.note_moves` writes.

Notes are bytes. Lines end where the reader of notes ends them, so that line numbers agree; a moved
line takes the line end and the encoding of the note it goes to, and no other byte changes.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, Protocol

from litmap.models import Filing, HeadingPath, Mention
from litmap.parsing.heading_subjects import has_subject

MIN_CONFIDENCE = 0.5
"""How sure a suggestion must be to move a line."""
BOM = b"\xef\xbb\xbf"
_LINE = re.compile(rb"([^\r\n\x0b\x0c]*)(\r\n|[\r\n\x0b\x0c]|\Z)")
_MARK = re.compile(r"^\s*(?:#{1,6}\s+|\*+\s+|=+\s*|<h[1-6][^>]*>|\\(?:sub)*section\*?\{)")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)]|\[\d{1,3}\])\s+\S")
_RULE = re.compile(r"^\s*([=\-~^\"'*#+])\1{2,}\s*$")


class Cited(Protocol):
    """A work of the library with the places that cite it."""

    @property
    def mentions(self) -> Sequence[Mention]:
        """Where the notes cite the work."""
        ...


class Line(NamedTuple):
    """A line of a note: its bytes, and those that end it (b'' for a last one without)."""

    content: bytes
    end: bytes


class NoteLines:
    """A note's bytes as lines, the encoding in which it is written and the line end it uses."""

    def __init__(self, data: bytes) -> None:
        self.mark = BOM if data.startswith(BOM) else b""
        found = _LINE.findall(data[len(self.mark) :])
        self.lines = [Line(*pair) for pair in found if pair != (b"", b"")]

    @cached_property
    def texts(self) -> list[str]:
        """The lines as text without their ends, as the reader of notes reads them."""
        return [_decode(line.content) for line in self.lines]

    @cached_property
    def line_end(self) -> bytes:
        """The line end that most lines have; that of Unix for a note of one line."""
        ends = Counter(line.end for line in self.lines if line.end in (b"\n", b"\r\n", b"\r"))
        return ends.most_common(1)[0][0] if ends else b"\n"

    @cached_property
    def encoding(self) -> str:
        """'utf-8', 'cp1252', or '' for a note that mixes them."""
        content = b"".join(line.content for line in self.lines)
        if _is_utf8(content):
            return "utf-8"
        kept = content.decode("utf-8", "ignore").encode()
        return "cp1252" if kept.isascii() else ""

    def is_line_start(self, i: int) -> bool:
        """Whether a line of the file begins at i; a form feed within a line begins none."""
        return i == 0 or self.lines[i - 1].end in {b"", b"\n", b"\r\n", self.line_end}

    def encode(self, line: Line) -> Line | None:
        """A line as this note would have it; None where its encoding lacks a character of it."""
        if self.encoding == "" or line.content.isascii():
            return Line(line.content, self.line_end)
        try:
            return Line(_decode(line.content).encode(self.encoding), self.line_end)
        except UnicodeEncodeError:
            return None

    def data(self, lines: Sequence[Line] | None = None) -> bytes:
        """The note's bytes, with other lines where they are given."""
        return self.mark + b"".join(map(b"".join, self.lines if lines is None else lines))


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode(content: bytes) -> str:
    """UTF-8; single bytes that are not are Windows-1252, or Latin-1 where that has none."""
    text = content.decode("utf-8", "surrogateescape")
    return "".join(_unescaped(c) if 0xDC80 <= ord(c) <= 0xDCFF else c for c in text)


def _unescaped(char: str) -> str:
    byte = bytes([ord(char) - 0xDC00])
    try:
        return byte.decode("cp1252")
    except UnicodeDecodeError:
        return byte.decode("latin-1")


class Move(NamedTuple):
    """Lines `first` to before `end` (from 0) of `note` go before line `at` of `target`."""

    note: str
    first: int
    end: int
    target: str
    at: int


def is_movable(data: bytes) -> bool:
    """Whether lines of a note can be moved as bytes: not in UTF-16 or UTF-32."""
    return b"\0" not in data and not data.startswith((b"\xff\xfe", b"\xfe\xff"))


def move_lines(
    notes: Mapping[str, bytes],
    cited: Mapping[str, Cited],
    filings: Iterable[Filing],
    *,
    at_least: float = MIN_CONFIDENCE,
) -> dict[str, bytes]:
    """The new bytes of each note that changes, by path ({path: bytes} as it is now).

    Moved is a list item or a line of its own that cites a work filed under no subject ('Inbox', 'To
    read'), when the suggestion is at least `at_least` sure, the heading stands in a note, and all
    works of that line belong there too. A line that the other note's encoding cannot hold stays.
    """
    lines = {path: NoteLines(data) for path, data in notes.items() if is_movable(data)}
    return rewrite(lines, plan_moves(lines, cited, filings, at_least=at_least))


def plan_moves(
    notes: Mapping[str, NoteLines],
    cited: Mapping[str, Cited],
    filings: Iterable[Filing],
    *,
    at_least: float = MIN_CONFIDENCE,
) -> list[Move]:
    """Which lines go where, by note and line."""
    goals = {
        filing.work: filing.suggested
        for filing in filings
        if filing.suggested is not None and _is_to_be_moved(filing, at_least)
    }
    mentions = [(work, m) for work, entry in cited.items() for m in entry.mentions]
    texts = {path: note.texts for path, note in notes.items()}
    moves = []
    for path, text in texts.items():
        for item in _find_items(path, text, mentions, goals):
            place = _find_place(item.heading, path, texts, mentions)
            if place is not None and can_move(notes, move := Move(path, *item[:2], *place)):
                moves.append(move)
    return moves


def can_move(notes: Mapping[str, NoteLines], move: Move) -> bool:
    """Whether whole lines go to another place between lines, in an encoding that holds them."""
    source, target = notes[move.note], notes[move.target]
    if move.note == move.target and move.first <= move.at <= move.end:
        return False
    starts = all(map(source.is_line_start, range(move.first, move.end + 1)))
    if not starts or not target.is_line_start(move.at):
        return False
    return source is target or None not in map(target.encode, source.lines[move.first : move.end])


def rewrite(notes: Mapping[str, NoteLines], moves: Sequence[Move]) -> dict[str, bytes]:
    """The bytes of each note that the moves change."""
    cut: dict[str, set[int]] = {}
    arriving: dict[str, dict[int, list[Line]]] = {}
    for move in moves:
        cut.setdefault(move.note, set()).update(range(move.first, move.end))
        place = arriving.setdefault(move.target, {}).setdefault(move.at, [])
        place += arriving_lines(notes, move)
    changed = sorted({*cut, *arriving})
    return {
        path: join_lines(notes[path], cut.get(path, ()), arriving.get(path, {})) for path in changed
    }


def arriving_lines(notes: Mapping[str, NoteLines], move: Move) -> list[Line]:
    """The lines of a move as the note to which they go would have them."""
    source, target = notes[move.note], notes[move.target]
    lines = source.lines[move.first : move.end]
    if source is target:
        return [Line(line.content, line.end or target.line_end) for line in lines]
    return [encoded for line in lines if (encoded := target.encode(line)) is not None]


def join_lines(
    note: NoteLines, cut: Iterable[int], arriving: Mapping[int, Sequence[Line]]
) -> bytes:
    """A note's bytes without the lines that are `cut`, and with others before a line's number.

    A note whose last line has no line end has none afterwards, where lines were put behind it.
    """
    gone = set(cut)
    new: list[Line] = []
    for i in range(len(note.lines) + 1):
        if arriving.get(i) and new and not new[-1].end:
            new[-1] = Line(new[-1].content, note.line_end)
            *others, last = arriving[i]
            new += [*others, Line(last.content, b"")]
        else:
            new += arriving.get(i, ())
        if i < len(note.lines) and i not in gone:
            new.append(note.lines[i])
    return note.data(new)


def _is_to_be_moved(filing: Filing, at_least: float) -> bool:
    """Whether the suggestion is sure enough and the work stands under no subject yet."""
    return filing.confidence >= at_least and not any(
        has_subject(path[-1]) for path in filing.noted if path
    )


def patch(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> bytes:
    """A unified diff of the notes that change, to be looked at; b'' where none does."""
    return b"".join(line for path in sorted(new) for line in _diff(path, old[path], new[path]))


def _diff(note: str, old: bytes, new: bytes) -> list[bytes]:
    place = note.lstrip("/").encode("utf-8", "surrogateescape")
    end = b"\t" if b" " in place else b""  # else `patch` takes the name to end at the blank
    lines = difflib.diff_bytes(
        difflib.unified_diff,
        re.findall(rb"[^\n]*\n|[^\n]+", old),
        re.findall(rb"[^\n]*\n|[^\n]+", new),
        b"a/" + place + end,
        b"b/" + place + end,
    )
    return [
        line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
        for line in lines
    ]


class _Item(NamedTuple):
    """Lines `first` to before `end` (from 0) that cite works which all go to one heading."""

    first: int
    end: int
    heading: HeadingPath


def _find_items(
    note: str,
    lines: Sequence[str],
    mentions: Sequence[tuple[str, Mention]],
    goals: Mapping[str, HeadingPath],
) -> list[_Item]:
    """The items of a note whose works all go to one heading."""
    works_of_line: dict[int, set[str]] = {}
    for work, mention in mentions:
        if mention.note == note and 0 < mention.line <= len(lines):
            works_of_line.setdefault(mention.line - 1, set()).add(work)
    items: list[_Item] = []
    body = end_of_front_matter(lines)
    for first in sorted(works_of_line):
        if first < max(body, items[-1].end if items else 0) or not starts_item(lines, first):
            continue
        end = item_end(lines, first)
        works = set().union(*(works_of_line.get(i, set()) for i in range(first, end)))
        headings = {goals.get(work) for work in works}
        heading = headings.pop()
        if not headings and heading is not None:
            items.append(_Item(first, end, heading))
    return items


def end_of_front_matter(lines: Sequence[str]) -> int:
    """The line after a note's YAML front matter, from 0; 0 without one."""
    if not lines or lines[0].rstrip() != "---":
        return 0
    ends = (i for i, line in enumerate(lines[1:], 1) if line.rstrip() in {"---", "..."})
    return next(ends, -1) + 1


def item_end(lines: Sequence[str], first: int) -> int:
    """The line after an item and all that is indented below it, items of its own too; after a line
    that stands alone the next.
    """
    end = i = first + 1
    while i < len(lines) and is_item(lines[first]) and _is_below(lines[i], lines[first]):
        i += 1
        if lines[i - 1].strip():
            end = i
    return end


def _is_below(line: str, item: str) -> bool:
    """Whether a line is blank or indented more than an item."""
    indents = (len(text) - len(text.lstrip(" \t")) for text in (line, item))
    return not line.strip() or next(indents) > next(indents)


def is_item(line: str) -> bool:
    """Whether a line begins a list item."""
    return _ITEM.match(line) is not None


def starts_item(lines: Sequence[str], i: int) -> bool:
    """Whether a line begins a list item or stands alone; a heading does neither."""
    if _MARK.match(lines[i]) and not _ITEM.match(lines[i]):
        return False
    if is_underlined(lines, i):
        return False
    return bool(_ITEM.match(lines[i])) or _stands_alone(lines, i)


def _stands_alone(lines: Sequence[str], i: int) -> bool:
    """Whether the lines before and after are blank or there are none."""
    before = i == 0 or not lines[i - 1].strip()
    return before and (i + 1 == len(lines) or not lines[i + 1].strip())


def is_underlined(lines: Sequence[str], i: int) -> bool:
    """Whether a line is a heading by the rule below it."""
    return i + 1 < len(lines) and bool(_RULE.match(lines[i + 1]))


def _find_place(
    heading: HeadingPath,
    note: str,
    lines: Mapping[str, Sequence[str]],
    mentions: Sequence[tuple[str, Mention]],
) -> tuple[str, int] | None:
    """(note, line from 0 to insert before): after the heading's last entry, or below the heading.

    The item's own note comes first, then the others by name; None where no note has the heading.
    """
    entries = [
        (m.note != note, m.note, m.line)
        for _, m in mentions
        if tuple(m.heading) == heading and m.note in lines
    ]
    if entries:
        nearest = min(entries)[:2]
        last = max(line for *where, line in entries if tuple(where) == nearest)
        return nearest[1], end_of_entry(lines[nearest[1]], last)
    for path in sorted(lines, key=lambda p: (p != note, p)):
        line = _heading_line(heading[-1], lines[path])
        if line is not None:
            return path, line
    return None


def end_of_entry(lines: Sequence[str], line: int) -> int:
    """The line after the paragraph that goes on at `line`, from 0."""
    while line < len(lines) and lines[line].strip() and not _MARK.match(lines[line]):
        line += 1
    return min(line, len(lines))


def _heading_line(name: str, lines: Sequence[str]) -> int | None:
    """The line after the heading of this name and the blank lines below it."""
    wanted = " ".join(name.split()).casefold()
    for i, line in enumerate(lines):
        underlined = is_underlined(lines, i)
        text = _MARK.sub("", line).strip().rstrip("#=}*: ").strip()
        if " ".join(text.split()).casefold() != wanted or not (underlined or _MARK.match(line)):
            continue
        after = i + (2 if underlined else 1)
        while after < len(lines) and not lines[after].strip():
            after += 1
        return after
    return None
