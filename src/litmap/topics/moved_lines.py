"""Papers moved in the notes by the reader's word: their lines go below another heading. Nothing is
written here; `litmap.pipeline.note_moves` writes.

A line goes where that is safe alone: it is a list item of its own, or stands alone, and cites what
is to be moved and nothing else. What is indented below it goes with it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from litmap.models import Heading, HeadingPath, Mention
from litmap.topics.patch import (
    Line,
    Move,
    NoteLines,
    arriving_lines,
    can_move,
    end_of_entry,
    end_of_front_matter,
    is_item,
    is_underlined,
    item_end,
    join_lines,
    starts_item,
)

NO_LINES = "its note has no lines that can be moved (HTML, a document, UTF-16)"
IN_TEXT = "it stands in running text, in a table or in the note's properties"
SHARED = "its line cites other works too"
INDENTED = "its line belongs to the one above it"
NO_PLACE = "the heading stands in no note whose lines can be changed"
NOT_WHOLE = "the heading's note does not take its line (line ends, encoding)"
MISREAD = "litmap would then read the notes otherwise"
"""Why a line stays."""
_INDENT = re.compile(r"[ \t]*")


class LeftMention(NamedTuple):
    """A place of a work that stays where it is, and why."""

    work: str
    mention: Mention
    why: str


class LineMove(NamedTuple):
    """A place of a work whose line goes below the heading."""

    work: str
    mention: Mention
    move: Move


@dataclass(frozen=True)
class LineMover:
    """Finds which lines go below `to`. `notes` are those whose lines can be moved, `headings` the
    headings of each, `cited` all works with their places in them.
    """

    to: HeadingPath
    notes: Mapping[str, NoteLines]
    headings: Mapping[str, Sequence[Heading]]
    cited: Sequence[tuple[str, Mention]]

    def plan(
        self, wanted: Sequence[tuple[str, Mention]]
    ) -> tuple[list[LineMove], list[LeftMention]]:
        """The places of works (id, place) that go, and those that stay."""
        works = {work for work, _ in wanted}
        going, left = [], []
        for work, mention in wanted:
            found = self._move(mention, works)
            if isinstance(found, str):
                left.append(LeftMention(work, mention, found))
            else:
                going.append(LineMove(work, mention, found))
        return going, left

    @cached_property
    def _works(self) -> Mapping[tuple[str, int], set[str]]:
        """The works that each line (from 0) of a note cites."""
        found: dict[tuple[str, int], set[str]] = {}
        for work, mention in self.cited:
            found.setdefault((mention.note, mention.line - 1), set()).add(work)
        return found

    def _move(self, mention: Mention, works: Set[str]) -> Move | str:
        """The move of one place, or why it stays."""
        note = self.notes.get(mention.note)
        if note is None or mention.line > len(note.lines):
            return NO_LINES
        first = item_start(note.texts, mention.line - 1)
        if first is None:
            return IN_TEXT
        end = item_end(note.texts, first)
        cited = (self._works.get((mention.note, i), set()) for i in range(first, end))
        if not set().union(*cited) <= works:
            return SHARED
        return self._to_a_place(mention.note, first, end)

    def _to_a_place(self, note: str, first: int, end: int) -> Move | str:
        """The move into the first note that takes the lines, their own before the others by name;
        else why none does.
        """
        why = NO_PLACE
        for path in sorted(self.notes, key=lambda other: (other != note, other)):
            place = self._place(path)
            if place is None:
                continue
            move = Move(note, first, end, path, place.at)
            if _indent(self.notes[note].texts[first]) != place.indent:
                why = INDENTED
            elif can_move(self.notes, move):
                return move
            else:
                why = NOT_WHOLE
        return why

    def _place(self, path: str) -> _Place | None:
        """After the heading's last entry in a note, or below the heading."""
        texts = self.notes[path].texts
        own = [m.line - 1 for _, m in self.cited if m.note == path and m.heading == self.to]
        entries = [i for line in own if (i := item_start(texts, line)) is not None]
        if entries:
            last = max(entries)
            end = max(item_end(texts, last), end_of_entry(texts, last))
            return _Place(end, _indent(texts[last]))
        line = next((h.line for h in self.headings[path] if h.path == self.to), len(texts) + 1)
        if line > len(texts):
            return None
        after = line + is_underlined(texts, line - 1)
        while after < len(texts) and not texts[after].strip():
            after += 1
        return _Place(after, "")


class _Place(NamedTuple):
    """The line (from 0) to insert before, and the indent of the entries there."""

    at: int
    indent: str


def item_start(texts: Sequence[str], i: int) -> int | None:
    """The line at which the list item around line `i` begins, or `i` where it stands alone; None in
    running text and in the properties on top.
    """
    if not 0 <= i < len(texts) or i < end_of_front_matter(texts):
        return None
    first = i
    while first and _indent(texts[first]) and texts[first].strip() and not is_item(texts[first]):
        first -= 1
    if is_item(texts[first]) and item_end(texts, first) > i:
        return first
    return i if starts_item(texts, i) else None


def _indent(text: str) -> str:
    found = _INDENT.match(text)
    return found[0] if found else ""


def rewrite_lines(notes: Mapping[str, NoteLines], moves: Iterable[Move]) -> dict[str, bytes]:
    """The bytes of each note that the moves change ({path: bytes}), each line once. A blank line
    parts what is moved from lines that it would otherwise run on with.
    """
    moves = list(_outermost(moves))
    cut: dict[str, set[int]] = {}
    going: dict[str, dict[int, list[Move]]] = {}
    for move in moves:
        cut.setdefault(move.note, set()).update(range(move.first, move.end))
        going.setdefault(move.target, {}).setdefault(move.at, []).append(move)
    new = {}
    for path in sorted({*cut, *going}):
        gone = cut.get(path, set())
        arriving = {at: _arriving(notes, ms, gone) for at, ms in going.get(path, {}).items()}
        new[path] = join_lines(notes[path], gone, arriving)
    return new


def _outermost(moves: Iterable[Move]) -> Iterator[Move]:
    """The moves in the order of the lines, without those of lines that another one takes along."""
    end: dict[str, int] = {}
    for move in sorted(set(moves), key=lambda m: (m.note, m.first, -m.end)):
        if move.first >= end.get(move.note, 0):
            end[move.note] = move.end
            yield move


def _arriving(
    notes: Mapping[str, NoteLines], moves: Sequence[Move], gone: Collection[int]
) -> list[Line]:
    """The lines that are moved to one place, with blank lines where they are needed."""
    target, at = notes[moves[0].target], moves[0].at
    blank = Line(b"", target.line_end)
    before = next((target.texts[i] for i in range(at - 1, -1, -1) if i not in gone), "")
    lines: list[Line] = []
    for move in moves:
        texts = notes[move.note].texts
        lines += [blank] if _run_on(before, texts[move.first]) else []
        lines += arriving_lines(notes, move)
        before = texts[move.end - 1]
    after = next((target.texts[i] for i in range(at, len(target.lines)) if i not in gone), "")
    return [*lines, blank] if _run_on(before, after) else lines


def _run_on(one: str, two: str) -> bool:
    """Whether two lines below each other are no list and would be read as one paragraph."""
    in_list = is_item(two) and (is_item(one) or bool(_indent(one)))
    return bool(one.strip() and two.strip()) and not in_list
