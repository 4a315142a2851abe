"""Suggestions as a patch: entries of an inbox moved below the heading they belong under. Nothing is
written here.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import NamedTuple, Protocol

from litmap.models import Filing, HeadingPath, Mention
from litmap.topics.outline import has_subject

MIN_CONFIDENCE = 0.5
"""How sure a suggestion must be to be written into a patch."""
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

    Moved is a list item or a line of its own that cites a work filed under no subject ('Inbox', 'To
    read'), when the suggestion is at least `at_least` sure, the heading stands in a note, and all
    works of that line belong there too.
    """
    goals = {
        filing.work: filing.suggested
        for filing in filings
        if filing.suggested is not None and _is_to_be_moved(filing, at_least)
    }
    mentions = [(work, m) for work, entry in cited.items() for m in entry.mentions]
    lines = {path: text.splitlines(keepends=True) for path, text in texts.items()}
    cut: dict[str, set[int]] = {}
    moved: dict[str, dict[int, list[str]]] = {}
    for note, text in lines.items():
        for item in _find_items(note, text, mentions, goals):
            place = _find_place(item.heading, note, lines, mentions)
            if place is None:
                continue
            target, at = place
            cut.setdefault(note, set()).update(range(item.first, item.end))
            arriving = moved.setdefault(target, {}).setdefault(at, [])
            arriving.extend(_with_line_end(line) for line in text[item.first : item.end])
    diffs: list[str] = []
    for note in sorted({*cut, *moved}):
        new = _rewrite(lines[note], cut.get(note, set()), moved.get(note, {}))
        diffs += _diff(note, lines[note], new)
    return "".join(diffs)


def _rewrite(old: Sequence[str], cut: Set[int], moved: Mapping[int, Sequence[str]]) -> list[str]:
    """A note's lines without those that are `cut`, and with those `moved` before a line's
    number.
    """
    new: list[str] = []
    for i in range(len(old) + 1):
        arriving = moved.get(i, ())
        if arriving and new:
            new[-1] = _with_line_end(new[-1])
        new += arriving
        if i < len(old) and i not in cut:
            new.append(old[i])
    return new


def _is_to_be_moved(filing: Filing, at_least: float) -> bool:
    """Whether the suggestion is sure enough and the work stands under no subject yet."""
    return filing.confidence >= at_least and not any(
        has_subject(path[-1]) for path in filing.noted if path
    )


def _with_line_end(line: str) -> str:
    return line if line.endswith("\n") else line + "\n"


def _diff(note: str, old: Sequence[str], new: Sequence[str]) -> list[str]:
    place = note.lstrip("/")  # `patch` takes no absolute names: such notes are named from the root
    lines = difflib.unified_diff(old, new, f"a/{place}", f"b/{place}")
    return [
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
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
    items = []
    for first in sorted(works_of_line):
        if not _starts_item(lines, first):
            continue
        end = _item_end(lines, first)
        works = set().union(*(works_of_line.get(i, set()) for i in range(first, end)))
        headings = {goals.get(work) for work in works}
        heading = headings.pop()
        if not headings and heading is not None:
            items.append(_Item(first, end, heading))
    return items


def _item_end(lines: Sequence[str], first: int) -> int:
    """The line after an item: lines that are indented and begin no item go on with it."""
    end = first + 1
    while end < len(lines) and _goes_on(lines[end]):
        end += 1
    return end


def _goes_on(line: str) -> bool:
    return bool(line.strip()) and line[0] in " \t" and not _ITEM.match(line)


def _starts_item(lines: Sequence[str], i: int) -> bool:
    """Whether a line begins a list item or stands alone; a heading does neither."""
    if _MARK.match(lines[i]) and not _ITEM.match(lines[i]):
        return False
    if _is_underlined(lines, i):
        return False
    return bool(_ITEM.match(lines[i])) or _stands_alone(lines, i)


def _stands_alone(lines: Sequence[str], i: int) -> bool:
    """Whether the lines before and after are blank or there are none."""
    before = i == 0 or not lines[i - 1].strip()
    return before and (i + 1 == len(lines) or not lines[i + 1].strip())


def _is_underlined(lines: Sequence[str], i: int) -> bool:
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
        return nearest[1], _end_of_entry(lines[nearest[1]], last)
    for path in sorted(lines, key=lambda p: (p != note, p)):
        line = _heading_line(heading[-1], lines[path])
        if line is not None:
            return path, line
    return None


def _end_of_entry(lines: Sequence[str], line: int) -> int:
    """The line after the paragraph that goes on at `line`, from 0."""
    while line < len(lines) and lines[line].strip() and not _MARK.match(lines[line]):
        line += 1
    return min(line, len(lines))


def _heading_line(name: str, lines: Sequence[str]) -> int | None:
    """The line after the heading of this name and the blank lines below it."""
    wanted = " ".join(name.split()).casefold()
    for i, line in enumerate(lines):
        underlined = _is_underlined(lines, i)
        text = _MARK.sub("", line).strip().rstrip("#=}*: ").strip()
        if " ".join(text.split()).casefold() != wanted or not (underlined or _MARK.match(line)):
            continue
        after = i + (2 if underlined else 1)
        while after < len(lines) and not lines[after].strip():
            after += 1
        return after
    return None
