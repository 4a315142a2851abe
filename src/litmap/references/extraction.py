"""The reference lists of a paper: its lines → entries → fields."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from litmap.models import Document, Reference
from litmap.parsing.reference_strings import looks_like_reference, parse_reference
from litmap.references.lines import Columns, Line, line_number, reference_lists

_LABEL = re.compile(r"\s*\[(?:[^\W\d_][^\[\]]{1,60}?\d{2,4}[a-z]?|[A-Z][\w+&]{1,12})\]")
_OPENING = re.compile(
    r"\s*(?:[^\W\d_]+[’'\-\w]*(?: [^\W\d_]+[’'\-\w]*){0,3},? (?:[^\W\d_]\.|[^\W\d_]{2,})|"
    r"(?:[^\W\d_]\. ?-?){1,4}[^\W\d_]{2,}|[—–_-]{2,})"
)
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d[a-z]?(?!\d)")
MAX_ENTRY = 1500
"""Characters of one entry; longer ones are lists that could not be cut."""


def read_references(document: Document) -> list[Reference]:
    """The entries of all reference lists of a paper, in order, with `page`, `number` and what could be read of them.

    Entries are told by their numbers or labels where the list has them, else by the paragraphs of the extraction,
    repaired where a line goes on from the entry before it. Text that is no reference is left out.
    """
    found: list[Reference] = []
    for lines in reference_lists(document):
        numbered, entries = cut_entries(lines)
        found += _parse(entries, numbered=numbered)
    return found


def cut_entries(lines: Sequence[Line]) -> tuple[bool, list[list[Line]]]:
    """Whether the list has numbers or labels, and the lines of each entry."""
    numbers = _number_starts(lines)
    if numbers:
        return True, _group(lines, numbers)
    labels = {i for i, line in enumerate(lines) if _LABEL.match(line.text)}
    if len(labels) >= 3 and len(labels) * 9 >= len(lines):
        return True, _group(lines, labels)
    starts = {i for i, line in enumerate(lines) if line.begins}
    if len(starts) * 25 < len(lines) or any(one.block > two.block for one, two in pairwise(lines)):
        starts = _hanging_starts(lines) or _content_starts(lines)
    return False, _mend(_group(lines, starts))


def _group(lines: Sequence[Line], starts: set[int]) -> list[list[Line]]:
    entries: list[list[Line]] = []
    for i, line in enumerate(lines):
        if i in starts:
            entries.append([line])
        elif entries:
            entries[-1].append(line)
    return entries


def _number_starts(lines: Sequence[Line]) -> set[int]:
    """The lines whose numbers count upwards by one; the longest such chain, if it covers the list."""
    places: dict[int, list[int]] = {}
    for i, line in enumerate(lines):
        if (number := line_number(line.text)) is not None:
            places.setdefault(number, []).append(i)
    best: list[int] = []
    for first in sorted(places)[:3]:
        for start in places[first][:3]:
            chain, expected = [start], first + 1
            while True:
                nxt = next(
                    (
                        p
                        for step in (0, 1, 2)
                        if (p := _after(places.get(expected + step), chain[-1])) is not None
                    ),
                    None,
                )
                if nxt is None or nxt - chain[-1] > 60:
                    break
                chain.append(nxt)
                expected = (line_number(lines[nxt].text) or 0) + 1
            if len(chain) > len(best):
                best = chain
    if len(best) >= 3 and len(best) * 12 >= len(lines) and best[0] <= 6:
        return set(best)
    return set()


def _after(places: list[int] | None, at: int) -> int | None:
    """The first of the sorted places behind `at`."""
    if not places:
        return None
    i = bisect_right(places, at)
    return places[i] if i < len(places) else None


def _hanging_starts(lines: Sequence[Line]) -> set[int]:
    """Lines at the left edge of their column where others hang in."""
    columns = Columns(lines)
    indents = [columns.indent(line) for line in lines]
    starts = {i for i, indent in enumerate(indents) if indent < 3.5}
    hanging = sum(1 for indent in indents if 3.5 <= indent < 50)
    return starts if hanging >= 0.25 * len(lines) and len(starts) >= 2 else set()


def _content_starts(lines: Sequence[Line]) -> set[int]:
    """Lines that open like an entry after text that ended like one."""
    starts, so_far = set(), ""
    for i, line in enumerate(lines):
        ended = so_far.rstrip()
        complete = bool(_YEAR.search(ended)) and ended[-1:] in tuple('.)]”"')
        if not ended or (complete and _OPENING.match(line.text)):
            starts.add(i)
            so_far = line.text
        else:
            so_far += line.text
    return starts


def _mend(entries: Sequence[list[Line]]) -> list[list[Line]]:
    """Entries put together again that a page or column break, or a wrong guess at the indent, has cut."""
    mended: list[list[Line]] = []
    for entry in entries:
        if mended and _goes_on(mended[-1], entry):
            mended[-1] = mended[-1] + entry
        else:
            mended.append(list(entry))
    return mended


def _goes_on(before: Sequence[Line], entry: Sequence[Line]) -> bool:
    """Whether an entry is the rest of the one before it."""
    text, earlier = _text(entry).strip(), _text(before).rstrip()
    if len(earlier) > MAX_ENTRY or not text:
        return False
    if text[0].islower() and not re.match(
        r"(?:van|von|de|der|den|di|da|del|la|le|el|al|ten|ter|du|dos|bin|t)\b", text
    ):
        return True
    if earlier.endswith(("-", ",", ":", "(", " and", "&", " In", " in", "–", "/")):
        return True
    unfinished = not _YEAR.search(earlier) and not earlier.endswith((".", ")", "]"))
    return unfinished and not _OPENING.match(text)


def _text(entry: Sequence[Line]) -> str:
    """The lines of an entry as one text; hyphens at the end of a block's last line joined."""
    parts: list[str] = []
    for i, line in enumerate(entry):
        if i:
            before = parts[-1].rstrip()
            cut = line.block != entry[i - 1].block or before != parts[-1]
            if cut and before.endswith("-") and line.text[:1].islower():
                parts[-1] = before[:-1]
            elif cut and parts[-1] == before:
                parts.append(" ")
        parts.append(line.text)
    return " ".join("".join(parts).split())


def _parse(entries: Sequence[Sequence[Line]], *, numbered: bool) -> list[Reference]:
    found: list[tuple[Reference, float]] = []
    previous: tuple[str, ...] = ()
    for entry in entries:
        text = _text(entry)
        if len(text) < 12 or len(text) > 3 * MAX_ENTRY:
            continue
        reference = parse_reference(text, previous_authors=previous)
        likely = looks_like_reference(text[: 2 * MAX_ENTRY], reference)
        previous = reference.authors or previous
        found.append((replace(reference, page=entry[0].page), likely))
    floor = 0.02 if numbered else 0.12
    while found and found[-1][1] < (0.1 if numbered else 0.35):
        found.pop()
    return [reference for reference, likely in found if likely >= floor]
