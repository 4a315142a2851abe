"""Where a paper's text cites the entries of its reference list: '[12]', '(Keskar et al., 2016)',
a raised number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from litmap.models import Document, Reference
from litmap.references.citing_passages import (
    Paragraph,
    citable_paragraphs,
    make_finders,
    named_numbers,
    numbers_in_brackets,
    uses_square_brackets,
)

_RAISED = re.compile(
    r"(?:(?<=[^\W\d_]{3})|(?<=[^\W\d_][.,;:)”’]))(\d{1,3}(?:\s?[,–-]\s?\d{1,3})*)(?=[\s.,;:)]|$)"
)
"""Numbers right behind a word, or the sign that ends it: 'networks1,2', 'networks.3–5'."""
MIN_RAISED_SHARE = 0.5
"""Part of a list's entries that raised numbers name, where a paper cites so."""


@dataclass(frozen=True, slots=True)
class CitationMark:
    """A stretch of a block's text that cites entries of the reference list.

    `block` is its number on the page (`page` from 1, `block` from 0), `start` and `end` are offsets
    in its text, `entries` places in the list. What is broken over two blocks makes two marks.
    """

    page: int
    block: int
    start: int
    end: int
    entries: tuple[int, ...]


def citation_marks(document: Document, references: Sequence[Reference]) -> list[CitationMark]:
    """All places of a paper that cite an entry of its reference list, in the order of the text."""
    paragraphs = citable_paragraphs(document)
    square = uses_square_brackets(paragraphs)
    entries = _by_number(references)
    named = _named_marks(paragraphs, references, square=square)
    bracketed = [
        mark
        for paragraph in paragraphs
        for start, numbers in numbers_in_brackets(paragraph.text, square=square)
        for mark in _number_marks(paragraph, start, numbers, entries)
    ]
    raised = [
        mark
        for paragraph in paragraphs
        for match in _RAISED.finditer(paragraph.text)
        for mark in _number_marks(paragraph, match.start(1), match[1], entries)
    ]
    by_number = raised if _cites_raised(len(entries), bracketed, raised) else bracketed
    return sorted([*named, *by_number], key=lambda mark: (mark.page, mark.block, mark.start))


def _by_number(references: Sequence[Reference]) -> dict[int, list[int]]:
    """Places in the list by the number that an entry bears; lists of parts may repeat one."""
    entries: dict[int, list[int]] = {}
    for place, reference in enumerate(references):
        if reference.number.isdigit() and int(reference.number):
            entries.setdefault(int(reference.number), []).append(place)
    return entries


def _number_marks(
    paragraph: Paragraph, at: int, numbers: str, entries: Mapping[int, Sequence[int]]
) -> Iterator[CitationMark]:
    """The marks of a list of numbers that stands at an offset of the paragraph."""
    for (start, end), named in named_numbers(numbers):
        cited = tuple(entry for number in named for entry in entries.get(number, ()))
        if cited:
            yield from _marks_at(paragraph, at + start, at + end, cited)


def _named_marks(
    paragraphs: Sequence[Paragraph], references: Sequence[Reference], *, square: bool
) -> Iterator[CitationMark]:
    """The marks of entries without a number; a place that is found for several is one mark."""
    finders = [
        (entry, finder)
        for entry, reference in enumerate(references)
        if not reference.number.isdigit()
        for finder in make_finders(reference, references, square=square)
    ]
    for paragraph in paragraphs:
        cited: dict[tuple[int, int], dict[int, None]] = {}
        for entry, finder in finders:
            for place in finder.places(paragraph.text):
                cited.setdefault(place, {})[entry] = None
        for (start, end), entries in cited.items():
            yield from _marks_at(paragraph, start, end, tuple(entries))


def _marks_at(
    paragraph: Paragraph, start: int, end: int, entries: tuple[int, ...]
) -> Iterator[CitationMark]:
    """A mark for each block that a stretch of a paragraph lies in."""
    ends = [base for base, _, _ in paragraph.blocks[1:]] + [len(paragraph.text)]
    for (base, page, number), stop in zip(paragraph.blocks, ends, strict=True):
        first, last = max(start, base), min(end, stop)
        if first < last:
            yield CitationMark(page, number, first - base, last - base, entries)


def _cites_raised(
    numbered: int, bracketed: Sequence[CitationMark], raised: Sequence[CitationMark]
) -> bool:
    """Whether a paper cites by raised numbers: they name most of its numbered entries, and more of
    them than what stands in brackets.
    """
    named = len({entry for mark in raised for entry in mark.entries})
    others = len({entry for mark in bracketed for entry in mark.entries})
    return named > max(MIN_RAISED_SHARE * numbered, others)
