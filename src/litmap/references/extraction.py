"""The reference lists of a paper: its lines → entries → fields."""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from litmap.models import Document, Reference
from litmap.parsing.grammar import YEAR
from litmap.parsing.reference_strings.openings import opening_strength
from litmap.parsing.reference_strings.parser import parse_reference
from litmap.parsing.reference_strings.splitting import looks_like_reference
from litmap.references.lines import (
    MAX_HANGING,
    MIN_HANGING,
    SURE_OPENING,
    Columns,
    Line,
    line_number,
    reference_lists,
)
from litmap.references.notes import note_references

logger = logging.getLogger(__name__)

_LABEL = re.compile(r"\s*\[(?:[^\W\d_][^\[\]]{1,60}?\d{2,4}[a-z]?|[A-Z][\w+&]{1,12})\]")
_OPENING = re.compile(
    r"\s*(?:[^\W\d_]+[’'\-\w]*(?: [^\W\d_]+[’'\-\w]*){0,3},? (?:[^\W\d_]\.|[^\W\d_]{2,})|"
    r"(?:[^\W\d_]\. ?-?){1,4}[^\W\d_]{2,}|[—–_-]{2,})"
)
_YEAR = re.compile(rf"(?<!\d){YEAR}[a-z]?(?!\d)")
_PARTICLE = re.compile(r"(?:van|von|de|der|den|di|da|del|la|le|el|al|ten|ter|du|dos|bin|t)\b")
_OPEN_ENDS = ("-", ",", ":", "(", " and", "&", " In", " in", "–", "/")
MIN_ENTRY = 12
MAX_ENTRY = 1500
"""Characters of one entry; longer ones are lists that could not be cut."""
MAX_PLAIN = 300
"""Characters of an entry that is told by its name and year alone."""
MIN_PLAIN, MIN_PLAIN_NUMBERED = 0.05, 0.01
"""Scores of such entries."""
MAX_ENTRY_LINES = 60
"""Lines between two numbers of a list."""
MAX_MISSING = 2
"""Numbers of a list that may be missing one after another."""
MAX_LEADING = 6
"""Lines that may stand before the first number."""


def read_references(document: Document) -> list[Reference]:
    """The entries of all reference lists of a paper, in order, with `page`, `number` and what could
    be read of them.

    Entries are told by their numbers or labels where the list has them, else by the paragraphs of
    the extraction, repaired where a line goes on from the entry before it. Text that is no
    reference is left out. A paper without a list has the works that its notes cite in full.
    """
    references: list[Reference] = []
    lists = reference_lists(document)
    for lines in lists:
        numbered, entries = cut_entries(lines)
        references += _parse(entries, numbered=numbered)
    if not references:
        references = note_references(document)
    logger.debug("%s: %d references in %d lists", document.sha256, len(references), len(lists))
    return references


def cut_entries(lines: Sequence[Line]) -> tuple[bool, list[list[Line]]]:
    """Whether the list has numbers or labels, and the lines of each entry."""
    numbers = _number_starts(lines)
    if numbers:
        return True, _group(lines, numbers)
    labels = _label_starts(lines)
    if labels:
        return True, _group(lines, labels)
    starts = _paragraph_starts(lines) or _hanging_starts(lines) or _content_starts(lines)
    return False, _mend(_group(lines, starts))


def _label_starts(lines: Sequence[Line]) -> set[int]:
    """The lines with a label ('[Vap98]'), if there are three at least and one in nine."""
    labels = {i for i, line in enumerate(lines) if _LABEL.match(line.text)}
    return labels if len(labels) >= 3 and len(labels) * 9 >= len(lines) else set()


def _paragraph_starts(lines: Sequence[Line]) -> set[int]:
    """The lines that begin a paragraph of the extraction, if it has cut the list and kept its
    order but for a few lines.
    """
    starts = {i for i, line in enumerate(lines) if line.begins}
    out_of_order = sum(one.block > two.block for one, two in pairwise(lines))
    if out_of_order * 20 > len(lines) or len(starts) * 25 < len(lines):
        return set()
    return starts


def _group(lines: Sequence[Line], starts: set[int]) -> list[list[Line]]:
    entries: list[list[Line]] = []
    for i, line in enumerate(lines):
        if i in starts:
            entries.append([line])
        elif entries:
            entries[-1].append(line)
    return entries


def _number_starts(lines: Sequence[Line]) -> set[int]:
    """The longest chain of lines whose numbers count upwards, if it covers the list."""
    places: dict[int, list[int]] = {}
    for i, line in enumerate(lines):
        if (number := line_number(line.text)) is not None:
            places.setdefault(number, []).append(i)
    best: list[int] = []
    for first in sorted(places)[:3]:
        for start in places[first][:3]:
            chain = _count_upwards(places, first, start)
            if len(chain) > len(best):
                best = chain
    covers = len(best) >= 3 and len(best) * 12 >= len(lines)
    return set(best) if covers and best[0] <= MAX_LEADING else set()


def _count_upwards(places: dict[int, list[int]], number: int, line: int) -> list[int]:
    """The lines from `line` on that count upwards from `number`; some may be missing."""
    chain = [line]
    while True:
        step = _next_number(places, number, chain[-1])
        if step is None or step[1] - chain[-1] > MAX_ENTRY_LINES:
            return chain
        number = step[0]
        chain.append(step[1])


def _next_number(places: dict[int, list[int]], number: int, at: int) -> tuple[int, int] | None:
    """The nearest higher number that stands behind line `at`, with its line."""
    for following in range(number + 1, number + 2 + MAX_MISSING):
        line = _after(places.get(following), at)
        if line is not None:
            return following, line
    return None


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
    starts = {i for i, indent in enumerate(indents) if indent < MIN_HANGING}
    hanging = sum(1 for indent in indents if MIN_HANGING <= indent < MAX_HANGING)
    return starts if hanging >= 0.25 * len(lines) and len(starts) >= 2 else set()


def _content_starts(lines: Sequence[Line]) -> set[int]:
    """Lines that open like an entry after text that ended like one."""
    starts, entry = set(), ""
    for i, line in enumerate(lines):
        if not entry.strip() or (is_complete(entry.rstrip()) and opens_entry(line.text)):
            starts.add(i)
            entry = line.text
        else:
            entry += line.text
    return starts


def is_complete(entry: str) -> bool:
    """Whether a text may be a whole entry: it has a year and ends in a full stop or bracket."""
    return _YEAR.search(entry) is not None and entry[-1:] in tuple('.)]”"')


def opens_entry(text: str) -> bool:
    """Whether a line begins like an entry: a name, initials, or a dash for the same authors."""
    return _OPENING.match(text) is not None


def _mend(entries: Sequence[list[Line]]) -> list[list[Line]]:
    """Entries put together again that a page or column break, or a wrong guess at the indent, has
    cut.
    """
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
    if earlier.endswith(_OPEN_ENDS) or (text[0].islower() and not _PARTICLE.match(text)):
        return True
    unfinished = not _YEAR.search(earlier) and not earlier.endswith((".", ")", "]"))
    return unfinished and not opens_entry(text)


def _text(entry: Sequence[Line]) -> str:
    """The lines of an entry as one text; hyphens at the end of a block's last line joined."""
    parts: list[str] = []
    for i, line in enumerate(entry):
        if parts:
            before = parts[-1].rstrip()
            broken = line.block != entry[i - 1].block or before != parts[-1]
            if broken and before.endswith("-") and line.text[:1].islower():
                parts[-1] = before[:-1]
            elif broken and parts[-1] == before:
                parts.append(" ")
        parts.append(line.text)
    return " ".join("".join(parts).split())


def _parse(entries: Sequence[Sequence[Line]], *, numbered: bool) -> list[Reference]:
    """The entries' fields; what is hardly a reference is left out, more readily at the end."""
    scored = _score_entries(entries)
    min_score, min_last = (0.02, 0.1) if numbered else (0.12, 0.35)
    while scored and not _is_kept(*scored[-1], min_last, numbered=numbered):
        scored.pop()
    return [r for r, score in scored if _is_kept(r, score, min_score, numbered=numbered)]


def _is_kept(reference: Reference, score: float, at_least: float, *, numbered: bool) -> bool:
    """Whether what stands in a list is an entry: by its score, or by a year behind a number or a
    name ('Morwick M., 1962, PASP, 233, 95'), where nothing speaks against it.
    """
    if score >= at_least:
        return True
    if len(reference.raw) > MAX_PLAIN or not _YEAR.search(reference.raw):
        return False
    if numbered:
        return score >= MIN_PLAIN_NUMBERED
    return score >= MIN_PLAIN and opening_strength(reference.raw) >= SURE_OPENING


def _score_entries(entries: Sequence[Sequence[Line]]) -> list[tuple[Reference, float]]:
    """Each entry of a possible length with how likely it is a reference, in [0, 1]."""
    scored: list[tuple[Reference, float]] = []
    previous: tuple[str, ...] = ()
    for entry in entries:
        text = _text(entry)
        if MIN_ENTRY <= len(text) <= 3 * MAX_ENTRY:
            reference = parse_reference(text, previous_authors=previous)
            score = looks_like_reference(text[: 2 * MAX_ENTRY], reference)
            previous = reference.authors or previous
            scored.append((replace(reference, page=entry[0].page), score))
    return scored
