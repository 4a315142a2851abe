"""Reference entries of a block.

An item of a reference list, a line of its own, a stretch of running text.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from litmap.citations.recognisers.bib_records import field
from litmap.citations.recognisers.entry_reader import (
    MAX_LEADING_WORDS,
    ReferenceEntry,
    leading_words,
    read_entry,
)
from litmap.citations.recognisers.inner_references import (
    behind_label,
    inner_references,
    is_sure_and_titled,
)
from litmap.citations.recognisers.linked_titles import read_linked_title
from litmap.citations.recognisers.marked_entries import MarkedEntry, better_of, marked_entries
from litmap.citations.recognisers.name_lists import is_names_alone
from litmap.citations.recognisers.nameless_references import find_nameless
from litmap.citations.recognisers.patterns import cites_by_key
from litmap.citations.recognisers.reference_shape import (
    DATE_FIRST,
    IN_FULL,
    REPEATED_AUTHORS,
    WITH_INITIALS,
    is_dated,
    may_be_reference,
)
from litmap.citations.recognisers.reference_signs import (
    is_unspaced,
    opens_with_unspaced_names,
)
from litmap.citations.recognisers.standards import find_standards
from litmap.citations.recognisers.whole_titles import TAG_LINE
from litmap.models import Link, NoteBlock
from litmap.parsing.grammar import CITED_YEAR, UPPER
from litmap.parsing.word_lists import load_pattern

ITEM_FLOOR, REPEATED_ITEM_FLOOR = 0.25, 0.05
"""Least scores in a reference list, where most is a reference.

Less behind a dash for the authors.
"""
REPEATED_FLOOR, INVERTED_FLOOR, SHORT_FLOOR, PARAGRAPH_FLOOR = 0.4, 0.5, 0.6, 0.72
"""Least scores of a block outside lists.

Behind a dash, with 'Doe, J.' first, of a short item, of any other.
"""
CELL_FLOOR, LINE_FLOOR, TWO_LINES_FLOOR = 0.6, 0.66, 0.75
"""Least scores of a cell, a line, a stretch of running text, and a line with the one that goes on
with it.
"""
MIN_ITEM_LENGTH, MAX_PARAGRAPH_LENGTH = 8, 1600
MAX_SHORT_ITEM_LENGTH = 300
MIN_REST = 30
"""Characters behind an entry in which another one is looked for."""
MAX_NAMES_LENGTH = 250
"""Characters of the names before a title in italics."""

_BACKLINK = re.compile(
    r"^\s*(?:\^|↑)\s*(?:(?:[a-z]{1,2}|\d+\.\d+|[\^↑])\s+)*|^\s*Jump up(?: to)?:?\s*[\^↑]?\s*"
)
_INVERTED = re.compile(
    rf"(?:{DATE_FIRST})?[\W\d]{{0,8}}(?:[{UPPER}][\w'’-]+,? (?:[{UPPER}]\.?[ -]?){{1,3}}[,;&(. ]|"
    rf"(?:[{UPPER}]\. ?){{1,3}}[{UPPER}][\w'’-]+(?:,| and| &))"
)
_SEMICOLON = re.compile(
    rf"(?<=[\d).\]»”])\s?;\s+(?:(?:{load_pattern('reference_signals')}|"
    rf"{load_pattern('words_between_references')})[ :]\s?)?(?=[{UPPER}«“\"])",
    re.I,
)
_NAMES_FIRST = re.compile(f"(?:{WITH_INITIALS}|{IN_FULL})")
MAX_JOINED = 8
"""References of one footnote that are looked at."""
_YEAR = re.compile(rf"\b{CITED_YEAR}\b")
_CELL = re.compile(r"[^\u2003]{12,}")


class Segment(NamedTuple):
    """A stretch of a block that is read as one line: its offsets in the block's text."""

    start: int
    end: int


def segments_of(block: NoteBlock) -> list[Segment]:
    """The deliberate lines of a block; most blocks have one."""
    if not block.fields and len(block.line_starts) < 2 and block.text:
        return [Segment(0, len(block.text))]
    offsets = _deliberate_breaks(block)
    if not offsets and block.text:
        return [Segment(0, len(block.text))]
    inner = sorted(offset for offset in offsets if 0 < offset < len(block.text))
    edges = itertools.pairwise([0, *inner, len(block.text)])
    return [Segment(start, end) for start, end in edges if end > start]


def _deliberate_breaks(block: NoteBlock) -> set[int]:
    """Where lines begin whose break was meant."""
    breaks = field(block, "breaks")
    offsets = {int(part) for part in breaks.split() if part.isdigit()} if breaks else set()
    if len(block.line_starts) > 1 and "[" in block.text:
        offsets.update(_tagged_lines(block))
    return offsets


def _tagged_lines(block: NoteBlock) -> Iterator[int]:
    """Where lines begin with a venue's tag: "[SOSP'83] Hints for …"."""
    for start in block.line_starts[1:]:
        if TAG_LINE.match(block.text, start):
            yield start


def find_reference_entries(
    block: NoteBlock, previous_authors: Sequence[str], *, in_list: bool
) -> Iterator[ReferenceEntry]:
    """Entries of a block, each in its own stretch; `in_list` where the block stands in a list of
    references.

    `previous_authors` are those of the entry before, for which a dash may stand.
    """
    entries = list(_references(block, previous_authors, in_list=in_list))
    standards = find_standards(block)
    if standards:
        entries = [one for one in entries if not any(map(one.overlaps, standards))] + standards
    nameless = [one for one in find_nameless(block) if not any(map(one.overlaps, entries))]
    yield from sorted([*entries, *nameless], key=lambda entry: entry.start)


def _references(
    block: NoteBlock, previous_authors: Sequence[str], *, in_list: bool
) -> Iterator[ReferenceEntry]:
    """The entries that people or a marked title tell."""
    linked = _with_linked_titles(block) if block.links else []
    if linked:
        yield from linked
        return
    lead = _backlink_length(block.text) if in_list else 0
    if in_list:
        lines = _listed_lines(block)
        if lines:
            yield from lines
            return
        entry = _read_item(block, lead, previous_authors)
        if entry:
            yield entry
            return
    if not is_dated(block.text):
        return  # nothing outside lists is an entry then, nor any part of it
    if cites_by_key(block.text) and not in_list:
        yield from _in_text(block, marked_entries(block, 0, len(block.text)))
        return
    yield from _outside_lists(block, lead, previous_authors)


def _with_linked_titles(block: NoteBlock) -> list[ReferenceEntry]:
    """The entries of a block whose every line begins with a linked title; else none."""
    lines = segments_of(block)
    if block.kind == "cell" or len(block.links) < len(lines):
        return []
    starts = [line.start for line in lines]
    links_of: dict[int, list[Link]] = defaultdict(list)
    for link in block.links:
        links_of[bisect_right(starts, link.start) - 1].append(link)
    entries = []
    for place, line in enumerate(lines):
        own = replace(block, links=tuple(links_of[place])) if len(lines) > 1 else block
        entry = read_linked_title(own, *line)
        if entry is None:
            return []
        entries.append(entry)
    return entries


def _backlink_length(text: str) -> int:
    """Characters of the signs that lead back from a note to its place: '^ a b', 'Jump up to:'."""
    backlink = _BACKLINK.match(text)
    return backlink.end() if backlink else 0


def _listed_lines(block: NoteBlock) -> list[ReferenceEntry]:
    """The entries of a list that stand on lines of one paragraph, in scripts whose names tell where
    an entry begins; none unless each line is one.
    """
    lines = list(itertools.pairwise((*block.line_starts, len(block.text))))
    if len(lines) < 2 or not is_unspaced(block.text):
        return []
    if not all(opens_with_unspaced_names(block.text[a:b]) for a, b in lines):
        return []
    entries = [read_entry(block, a, b, (), floor=ITEM_FLOOR) for a, b in lines]
    found = [entry for entry in entries if entry is not None]
    return found if len(found) == len(lines) else []


def _read_item(
    block: NoteBlock, lead: int, previous_authors: Sequence[str]
) -> ReferenceEntry | None:
    """The entry that an item of a reference list is as a whole."""
    if len(block.text) - lead < MIN_ITEM_LENGTH:
        return None
    floor = REPEATED_ITEM_FLOOR if _repeats_authors(block, previous_authors) else ITEM_FLOOR
    return read_entry(block, lead, len(block.text), previous_authors, floor=floor)


def _repeats_authors(block: NoteBlock, previous_authors: Sequence[str]) -> bool:
    """True where a dash stands for the authors of the entry before."""
    return bool(previous_authors) and REPEATED_AUTHORS.match(block.text) is not None


def _outside_lists(
    block: NoteBlock, lead: int, previous_authors: Sequence[str]
) -> Iterator[ReferenceEntry]:
    """Entries of a block that is no item of a list.

    The whole, its cells, its lines, or stretches of it.
    """
    lines = segments_of(block)
    if len(block.text) > MAX_PARAGRAPH_LENGTH and len(lines) < 2:
        return
    if block.kind == "cell":
        yield from _in_cells(block)
    elif len(lines) == 1:
        floor = _block_floor(block, previous_authors)
        several = _on_lines(block, lead) or _joined_by_semicolons(block, lead)
        if several:
            yield from several
            return
        whole = read_entry(block, lead, len(block.text), previous_authors, floor=floor)
        labelled = behind_label(block, whole, lead, len(block.text))
        if labelled:
            yield from labelled
            return
        marked = marked_entries(block, lead, len(block.text))
        if whole is None:
            yield from _in_text(block, marked)
            return
        entries = better_of(whole, marked, block.text, lead)
        yield from entries
        end = max(one.end for one in entries)
        if len(block.text) - end > MIN_REST:
            yield from inner_references(block, end, len(block.text))
    else:
        yield from _by_lines(block, lines, previous_authors)


def _on_lines(block: NoteBlock, lead: int) -> list[ReferenceEntry]:
    """The references of a paragraph that begins a line for each, with names; none unless all of
    them are.
    """
    starts = [place for place in block.line_starts if _NAMES_FIRST.match(block.text, place)]
    if len(starts) < 2 or starts[0] != block.line_starts[0]:
        return []
    entries = []
    for start, end in itertools.pairwise([max(lead, starts[0]), *starts[1:], len(block.text)]):
        entry = read_entry(block, start, end, (), floor=LINE_FLOOR)
        if entry is None or not is_sure_and_titled(entry):
            return []
        entries.append(entry)
    return entries


def _joined_by_semicolons(block: NoteBlock, lead: int) -> list[ReferenceEntry]:
    """The references of a footnote that parts them by semicolons; none unless each part is one."""
    if "; " not in block.text:
        return []
    cuts = [match.span() for match in _SEMICOLON.finditer(block.text, lead)]
    if not 0 < len(cuts) < MAX_JOINED:
        return []
    edges = [lead, *itertools.chain.from_iterable(cuts), len(block.text)]
    entries = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        entry = read_entry(block, start, end, (), floor=LINE_FLOOR)
        if entry is None or not is_sure_and_titled(entry):
            return []
        entries.append(entry)
    return entries


def _block_floor(block: NoteBlock, previous_authors: Sequence[str]) -> float:
    """The least score of a block that is one reference: the surer its form, the lower."""
    if _repeats_authors(block, previous_authors):
        return REPEATED_FLOOR
    start = leading_words(block.text[:MAX_LEADING_WORDS])
    if _INVERTED.match(block.text, start) or _has_title_behind_names(block):
        return INVERTED_FLOOR
    is_short = block.kind == "item" and len(block.text) < MAX_SHORT_ITEM_LENGTH
    return SHORT_FLOOR if is_short else PARAGRAPH_FLOOR


def _has_title_behind_names(block: NoteBlock) -> bool:
    """True for names with a title in italics right behind: 'NIEMI Kaisa. *Varjot*. Turku: …'."""
    title = field(block, "emphasis")
    start = block.text.find(title) if title else -1
    return 0 < start <= MAX_NAMES_LENGTH and is_names_alone(block.text[:start])


def _in_cells(block: NoteBlock) -> Iterator[ReferenceEntry]:
    """Entries that fill a cell of a table's row."""
    for cell in _CELL.finditer(block.text):
        entry = read_entry(block, *cell.span(), (), floor=CELL_FLOOR)
        yield from better_of(entry, marked_entries(block, *cell.span()), block.text, cell.start())


def _by_lines(
    block: NoteBlock, lines: Sequence[Segment], previous_authors: Sequence[str]
) -> Iterator[ReferenceEntry]:
    """Entries on lines of their own inside a block, each perhaps with the line that goes on with
    it.
    """
    index = 0
    while index < len(lines):
        line, following = lines[index], lines[index + 1 : index + 2]
        entry = None
        if following and _goes_on(block.text, line, following[0]):
            end = following[0].end
            entry = read_entry(block, line.start, end, previous_authors, floor=TWO_LINES_FLOOR)
        index += 2 if entry else 1
        if entry is None:
            entry = read_entry(block, line.start, line.end, previous_authors, floor=LINE_FLOOR)
        yield from better_of(entry, marked_entries(block, *line), block.text, line.start)


def _goes_on(text: str, line: Segment, following: Segment) -> bool:
    """True where a line may go on with the one before.

    It begins no reference, and not both have a year.
    """
    if all(_YEAR.search(text, part.start, part.end) for part in (line, following)):
        return False
    return not may_be_reference(text[following.start : following.end])


def _in_text(block: NoteBlock, marked_ones: Sequence[MarkedEntry]) -> list[ReferenceEntry]:
    """What stands in running text: titles that are marked, and whole references beside them."""
    marked = [one.entry for one in marked_ones]
    others = (
        entry
        for entry in inner_references(block, 0, len(block.text))
        if not any(entry.start < one.end and one.start < entry.end for one in marked)
    )
    return sorted([*marked, *others], key=lambda entry: entry.start)
