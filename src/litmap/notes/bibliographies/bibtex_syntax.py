"""BibTeX's syntax as files have it: entries with their fields, and where they are broken.

BibTeX and its parsers leave out an entry that is never closed, lacks its key or lacks a comma. Here
what can be read of it is read: a value that never ends ends where the next field begins, and an
entry where another begins at the start of a line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

_BLOCK = re.compile(r"@[ \t]*([A-Za-z]\w*)\s*([{(])")
_BLOCK_AT_LINE_START = re.compile(r"(?m)^[ \t]*(?=@[ \t]*[A-Za-z]\w*\s*[{(])")
_KEY = re.compile(r"\s*((?:\\.|[^,={}\"\n\\])*+)")
_ADDRESS_AS_KEY = re.compile(r"\s*(https?://[^\s,{}\"\\]+)(?=\s*,)")
"""'@book{https://example.org/a?b=1,': its '=' stands behind no name of a field."""
_NAME = re.compile(r"([^\s{}(),=\"#%@']{1,60})\s*=\s*")
_NEXT_FIELD = re.compile(r"[,\n]\s*(?=[A-Za-z][\w.:+-]{1,40}\s*=\s*[\"{\w])")
_BETWEEN_FIELDS = re.compile(r"(?:[\s,]|%[^\n]*)*+")
_BARE_WORD = re.compile(r"[^\s,#{}()\"=]+")
_LETTER = re.compile(r"\w")
_BLANK = re.compile(r"\s*+")
_BRACE = re.compile(r"\\.|[{}]", re.S)
_BRACE_OR_ESCAPED = re.compile(r"[{}]")
_QUOTE_OR_BRACE = re.compile(r"(?<!\\)\"|\{")
_ENDS_VALUE = re.compile(
    r"\s*+(?:[,#]|[})]\s*+(?:[,})@]|\Z)|[})]\s*?\n|[A-Za-z][\w-]{1,40}\s*=|\Z)"
)
_EXTRA_CLOSING = re.compile(r"[})]\s*,\s*[A-Za-z][\w-]{1,40}\s*=\s*[\"{\d]")
_SWALLOWED_FIELD = re.compile(
    r",\s*(?:author|editor|title|booktitle|journal|journaltitle|year|date|volume|number|pages|"
    r"publisher|doi|url|abstract)\s*=\s*[\"{\d]",
    re.I,
)
_PARAGRAPH_END = re.compile(r"\n\s*?\n")
_PROSE = {"abstract", "annotation", "annote", "comment", "note", "file"}
"""Fields that may quote another entry."""
MAX_STRING = 2_000
"""Characters of an `@string`: each may hold the one before twice."""
MAX_PIECES = 200
"""Pieces joined by '#' in one value."""
MAX_QUOTES = 20
"""Quotation marks inside a value in quotes that are looked at for its end."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is broken in an entry, and the 1-based line on which the entry begins."""

    line: int
    reason: str


@dataclass(slots=True)
class BibEntry:
    """An entry as written: its fields in order, the values without their outer braces or quotes and
    with the names of `@string` resolved. `type` and the names of fields are in lower case.
    """

    type: str
    key: str
    line: int
    fields: list[tuple[str, str]] = field(default_factory=list)


def parse_bibtex(text: str) -> tuple[list[BibEntry], list[Fault]]:
    """The entries of a text in order, without comments and preambles, and what is broken in it."""
    parser = _Parser(text)
    return list(parser.entries()), parser.faults


class _Parser:
    """Goes from block to block."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults: list[Fault] = []
        self.strings: dict[str, str] = {}
        self._lines = [match.end() for match in re.finditer(r"\A|\n", text)]
        self._blocks = [match.end() for match in _BLOCK_AT_LINE_START.finditer(text)]

    def entries(self) -> Iterator[BibEntry]:
        """All entries; the strings are kept."""
        place = 0
        while head := _BLOCK.search(self.text, place):
            place = head.end()
            if not self._begins_block(head):
                continue
            kind = head.group(1).lower()
            block = _Block(self, head, self._limit(head.end()))
            if kind in {"comment", "preamble"}:
                place = block.end
                continue
            entry = BibEntry(kind, "", self.line_of(head.start()))
            if kind != "string":
                block.read_key(entry)
            block.read_fields(entry)
            place = block.place
            if kind == "string":
                self.strings.update((name, value[:MAX_STRING]) for name, value in entry.fields)
            else:
                yield entry

    def line_of(self, place: int) -> int:
        """The 1-based line of a place."""
        return bisect_right(self._lines, place)

    def _limit(self, place: int) -> int:
        """Where the next block begins at the start of a line."""
        index = bisect_right(self._blocks, place)
        return self._blocks[index] if index < len(self._blocks) else len(self.text)

    def _begins_block(self, head: re.Match[str]) -> bool:
        """False behind a '%', and for 'ask me @home (or not)' inside a line."""
        line = self.text[self._lines[self.line_of(head.start()) - 1] : head.start()].strip()
        return not line.startswith("%") and (head.group(2) == "{" or not line or line[-1] in "})")


class _Block:
    """What stands between the brackets of one block."""

    def __init__(self, parser: _Parser, head: re.Match[str], limit: int) -> None:
        self.parser, self.text, self.limit = parser, parser.text, limit
        self.opening = head.end() - 1
        self.place = head.end()
        self.closing = "}" if head.group(2) == "{" else ")"
        self.ends = self._match_braces(_BRACE)
        """Where each brace closes that is opened in the block."""
        if self.closing == "}" and self.opening not in self.ends:
            ends = self._match_braces(_BRACE_OR_ESCAPED)  # as BibTeX itself counts
            self.ends = ends if self.opening in ends else self.ends

    def _match_braces(self, brace: re.Pattern[str]) -> dict[int, int]:
        ends: dict[int, int] = {}
        opened: list[int] = []
        for match in brace.finditer(self.text, self.opening, self.limit):
            if match.group() == "{":
                opened.append(match.start())
            elif match.group() == "}" and opened:
                ends[opened.pop()] = match.start()
        return ends

    @property
    def end(self) -> int:
        """Where the block ends if it is closed, else the limit."""
        return self.ends.get(self.opening, self.limit)

    def _tell(self, entry: BibEntry, what: str) -> None:
        """Keeps the first fault of an entry."""
        if not self.parser.faults or self.parser.faults[-1].line != entry.line:
            name = f"{entry.key!r}" if entry.key else f"@{entry.type}"
            self.parser.faults.append(Fault(entry.line, f"{name}: {what}"))

    def read_key(self, entry: BibEntry) -> None:
        """Reads the key; what stands before '=' is the first field of an entry without one."""
        match = _KEY.match(self.text, self.place, self.limit)
        written = match.group(1).rstrip() if match else ""
        if match is None or not written:
            return
        if address := _ADDRESS_AS_KEY.match(self.text, self.place, self.limit):
            self.place, entry.key = address.end(), address.group(1)
            return
        self.place = match.start(1) + len(written)
        if self.text.startswith("=", match.end()):
            *key, name = written.split()
            entry.key = " ".join(key)
            self.place -= len(name)
        else:
            entry.key = written

    def read_fields(self, entry: BibEntry) -> None:
        """Reads the fields to the end of the block."""
        while True:
            self._skip(_BETWEEN_FIELDS)
            if self.place >= self.limit:
                self._tell(entry, "the entry is never closed")
                return
            sign = self.text[self.place]
            if sign == self.closing and not _EXTRA_CLOSING.match(self.text, self.place):
                self.place += 1
                return
            if sign in "})":
                self.place += 1
            elif name := _NAME.match(self.text, self.place, self.limit):
                self.place = name.end()
                entry.fields.append((name.group(1).lower(), self._value(entry, name.group(1))))
            else:
                self._tell(entry, f"no field: {self._leave_out()[:40]!r}")

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.place, self.limit)
        self.place = match.end() if match else self.place

    def _leave_out(self) -> str:
        """Goes on to the next field; what stands before it."""
        start = self.place
        self.place = self._next_field(start)
        return self.text[start : self.place].strip()

    def _next_field(self, place: int) -> int:
        """Where the next field or the end of the block follows."""
        end = self.end if self.end > place else self.limit
        match = _NEXT_FIELD.search(self.text, place, end)
        return match.start() if match else end

    def _value(self, entry: BibEntry, name: str) -> str:
        """The value that begins here: pieces joined by '#'; what is left before the next field
        belongs to it, too.
        """
        pieces = []
        while (piece := self._piece(name)) is not None:
            pieces.append(piece)
            self._skip(_BLANK)
            if not self.text.startswith("#", self.place):
                break
            self.place += 1
            self._skip(_BLANK)
        value = "".join(pieces[:MAX_PIECES])
        if piece is None and self.text.startswith(("{", '"'), self.place):
            self._tell(entry, f"the value of {name!r} is never closed")
            return value + self._value_without_end()
        if self.place < self.limit and not _ENDS_VALUE.match(self.text, self.place, self.limit):
            rest = self._leave_out()
            value = f"{value} {rest}".strip() if _LETTER.search(rest) else value
        return value

    def _piece(self, name: str) -> str | None:
        """What stands in braces or quotes, a number or string; None where none begins or it never
        ends.
        """
        start = self.place
        if self.text.startswith("{", start):
            end = self.ends.get(start)
        elif self.text.startswith('"', start):
            end = self._quote_end(start)
        else:
            word = _BARE_WORD.match(self.text, start, self.limit)
            self.place = word.end() if word else start
            return self.parser.strings.get(word.group().lower(), word.group()) if word else None
        if end is None or _holds_field(name, self.text[start:end]):
            return None
        self.place = end + 1
        return self.text[start + 1 : end]

    def _quote_end(self, start: int) -> int | None:
        """The mark that ends a value in quotes: the first behind which a value may end."""
        marks: list[int] = []
        place = start + 1
        while len(marks) < MAX_QUOTES:
            match = _QUOTE_OR_BRACE.search(self.text, place, self.limit)
            if match is None:
                break
            place = self.ends.get(match.start(), match.start()) + 1
            if match.group() == '"':
                marks.append(match.start())
                if _ENDS_VALUE.match(self.text, place, self.limit):
                    return match.start()
        return marks[0] if marks else None

    def _value_without_end(self) -> str:
        """What stands behind a brace or quote that is never closed, up to the next field or
        paragraph.
        """
        start = self.place + 1
        match = _NEXT_FIELD.search(self.text, start, self.limit)
        paragraph = _PARAGRAPH_END.search(self.text, start, match.start() if match else self.limit)
        self.place = match.start() if match else self.limit
        value = self.text[start : paragraph.start() if paragraph else self.place]
        return value.strip().rstrip('}",').strip()


def _holds_field(name: str, value: str) -> bool:
    """True for a value that runs on over the fields behind it: 'A title, year={2004}'."""
    return name.lower() not in _PROSE and "=" in value and bool(_SWALLOWED_FIELD.search(value))
