"""Suggestions as a patch: entries of an inbox moved below the heading they belong under. Nothing is written here."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from litmap.models import Filing, HeadingPath, Mention
from litmap.topics.outline import has_subject

MIN_CONFIDENCE = 0.5
_MARK = re.compile(r"^\s*(?:#{1,6}\s+|\*+\s+|=+\s*|<h[1-6][^>]*>|\\(?:sub)*section\*?\{)")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)]|\[\d{1,3}\])\s+\S")
_RULE = re.compile(r"^\s*([=\-~^\"'*#+])\1{2,}\s*$")


class Cited(Protocol):
    """A work of the library with the places that cite it."""

    @property
    def mentions(self) -> Sequence[Mention]:
        """Where the notes cite the work."""
        ...


def patch(
    texts: Mapping[str, str],
    cited: Mapping[str, Cited],
    filings: Iterable[Filing],
    *,
    at_least: float = MIN_CONFIDENCE,
) -> str:
    """A unified diff of the notes ({path: text}), '' where there is nothing to move.

    Moved is a list item or a line of its own that cites a work filed under no subject ('Inbox', 'To read'), when the
    suggestion is at least `at_least` sure, the heading stands in a note, and all works of that line belong there too.
    """
    wanted = {
        f.work: f.suggested for f in filings if _moves(f, at_least) and f.suggested is not None
    }
    everywhere = [(work, m) for work, entry in cited.items() for m in entry.mentions]
    lines = {path: text.splitlines(keepends=True) for path, text in texts.items()}
    cut: dict[str, set[int]] = {}
    add: dict[tuple[str, int], list[str]] = {}
    for note, text in lines.items():
        for first, last, goal in _units(note, text, everywhere, wanted):
            place = _place(goal, note, lines, everywhere)
            if place is None:
                continue
            cut.setdefault(note, set()).update(range(first, last))
            add.setdefault(place, []).extend(_ended(line) for line in text[first:last])
    out: list[str] = []
    for note in sorted({*cut, *(place[0] for place in add)}):
        old = lines[note]
        new: list[str] = []
        for i in range(len(old) + 1):
            moved = add.get((note, i), [])
            if moved and new:
                new[-1] = _ended(new[-1])
            new += moved
            if i < len(old) and i not in cut.get(note, ()):
                new.append(old[i])
        out += _diff(note, old, new)
    return "".join(out)


def _moves(filing: Filing, at_least: float) -> bool:
    return filing.confidence >= at_least and not any(
        has_subject(path[-1]) for path in filing.noted if path
    )


def _ended(line: str) -> str:
    return line if line.endswith("\n") else line + "\n"


def _diff(note: str, old: Sequence[str], new: Sequence[str]) -> list[str]:
    place = note.lstrip("/")  # `patch` takes no absolute names: such notes are named from the root
    lines = difflib.unified_diff(old, new, f"a/{place}", f"b/{place}")
    return [
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    ]


def _units(
    note: str,
    lines: Sequence[str],
    everywhere: Sequence[tuple[str, Mention]],
    wanted: Mapping[str, HeadingPath],
) -> list[tuple[int, int, HeadingPath]]:
    """(first, after last, heading) of the items whose works all go to one heading; lines count from 0."""
    by_line: dict[int, set[str]] = {}
    for work, mention in everywhere:
        if mention.note == note and 0 < mention.line <= len(lines):
            by_line.setdefault(mention.line - 1, set()).add(work)
    found = []
    for first in sorted(by_line):
        if not _starts_item(lines, first):
            continue
        last = first + 1
        while (
            last < len(lines)
            and lines[last].strip()
            and lines[last][0] in " \t"
            and not _ITEM.match(lines[last])
        ):
            last += 1
        works = set().union(*(by_line.get(i, set()) for i in range(first, last)))
        goals = {wanted.get(work) for work in works}
        goal = goals.pop()
        if not goals and goal is not None:
            found.append((first, last, goal))
    return found


def _starts_item(lines: Sequence[str], i: int) -> bool:
    if _MARK.match(lines[i]) and not _ITEM.match(lines[i]):
        return False
    if i + 1 < len(lines) and _RULE.match(lines[i + 1]):
        return False
    alone = (i == 0 or not lines[i - 1].strip()) and (
        i + 1 == len(lines) or not lines[i + 1].strip()
    )
    return bool(_ITEM.match(lines[i])) or alone


def _place(
    goal: HeadingPath,
    note: str,
    lines: Mapping[str, Sequence[str]],
    everywhere: Sequence[tuple[str, Mention]],
) -> tuple[str, int] | None:
    """(note, line from 0 to insert before): after the heading's last entry, or below the heading itself."""
    here = [
        (m.note != note, m.note, m.line)
        for _, m in everywhere
        if tuple(m.heading) == goal and m.note in lines
    ]
    if here:
        first = min(here)[:2]
        line = max(row[2] for row in here if row[:2] == first)
        text = lines[first[1]]
        while line < len(text) and text[line].strip() and not _MARK.match(text[line]):
            line += 1
        return first[1], min(line, len(text))
    for path in sorted(lines, key=lambda p: (p != note, p)):
        found = _heading_line(goal[-1], lines[path])
        if found is not None:
            return path, found
    return None


def _heading_line(name: str, lines: Sequence[str]) -> int | None:
    """The line after the heading of this name and the blank lines below it."""
    wanted = " ".join(name.split()).casefold()
    for i, line in enumerate(lines):
        below = i + 1 < len(lines) and bool(_RULE.match(lines[i + 1]))
        text = _MARK.sub("", line).strip().rstrip("#=}*: ").strip()
        if " ".join(text.split()).casefold() == wanted and (below or _MARK.match(line)):
            after = i + (2 if below else 1)
            while after < len(lines) and not lines[after].strip():
                after += 1
            return after
    return None
