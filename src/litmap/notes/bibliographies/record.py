"""A bibliographic record as a block of a note: pairs of field and value, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from litmap.models import BibRecord, NoteBlock
from litmap.notes.builder import Builder
from litmap.notes.inline import Inline
from litmap.parsing.grammar import FOUR_FIGURES, YEAR_SINCE_1400
from litmap.parsing.markup import plain_text

Pairs = list[tuple[str, str]]
"""Fields: key, type, title, author (a pair each, 'Given Family'), year, venue, doi, arxiv, …"""

_SHOWN = ("year", "title", "venue")
_IDENTIFIERS = {"doi", "arxiv", "url", "pmid", "id"}
_PRINTED = {"title", "venue"}
"""Fields that programs fill with HTML: 'CO<sub>2</sub>', 'Cats &amp; dogs'."""
_LOCATING = {"author", "year", "venue", "volume"}
"""Fields that name a work without its title, as physicists cite."""
MAX_FAULTS = 20
"""Faults of one file that are told."""
_YEAR = re.compile(YEAR_SINCE_1400)
_FOUR_FIGURES = re.compile(FOUR_FIGURES)


Records = Iterable[tuple[Pairs, BibRecord]]
"""What was read of each record, and the record as it came."""


def record_block(pairs: Pairs, record: BibRecord) -> NoteBlock | None:
    """The record as a block of kind 'entry' on its line; None where no field names a work."""
    told = _filled(pairs)
    if not names_work(told):
        return None
    return NoteBlock("entry", shown_words(told), record.line, fields=tuple(told), record=record)


def _filled(pairs: Pairs) -> Pairs:
    """The fields that say something, titles and venues as they are printed."""
    return [
        (name, plain_text(value) if name in _PRINTED else value) for name, value in pairs if value
    ]


def names_work(pairs: Pairs) -> bool:
    """True for filled fields that hold a title, an identifier, an address or a journal's page."""
    names = {name for name, _ in pairs}
    return "title" in names or bool(_IDENTIFIERS & names) or names >= _LOCATING


def shown_words(pairs: Pairs) -> str:
    """A record as one line of text: authors, year, title, venue."""
    values = dict(reversed(pairs))  # the first of several values counts
    authors = ", ".join(value for name, value in pairs if name == "author")
    shown = _SHOWN if values.get("title") else (*_SHOWN, "volume", "pages")
    return ". ".join(filter(None, (authors, *(values.get(name, "") for name in shown))))


def add_entry(builder: Builder, pairs: Pairs, line: int) -> bool:
    """Adds a record that stands inside a note, below the note's heading; False for one without a
    work.
    """
    told = _filled(pairs)
    if names_work(told):
        builder.add("entry", Inline(shown_words(told)), line, *told)
        return True
    return False


def add_records(builder: Builder, records: Records, *, may_be_other: bool = True) -> None:
    """Adds records to a note; those that name no work are told.

    Where none names one and the file `may_be_other` than records, nothing is told.
    """
    read = [(record, record_block(pairs, record)) for pairs, record in records]
    blocks = [block for _, block in read if block]
    builder.blocks.extend(blocks)
    if blocks or not may_be_other:
        lost = (record.line for record, block in read if block is None and _says(record))
        faults = describe_faults((line, "a record without title and identifier") for line in lost)
        builder.broken = "; ".join(filter(None, (builder.broken, faults)))


def _says(record: BibRecord) -> bool:
    """False for an empty row of a table."""
    return any(value.strip() for _, value in record.fields)


def describe_faults(faults: Iterable[tuple[int, str]]) -> str:
    """What is broken in a file, by its lines: 'line 3: …; line 9: …'; '' where nothing is."""
    told = [f"line {line}: {reason}" for line, reason in sorted(faults)]
    more = [f"{len(told) - MAX_FAULTS:,} more"] if len(told) > MAX_FAULTS else []
    return "; ".join(told[:MAX_FAULTS] + more)


def first_filled(values: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The value of the first of these fields that is filled, else ''."""
    return next((values[name] for name in names if values.get(name)), "")


def year_in(text: str) -> str:
    """The first year in a text, '' where there is none."""
    match = _YEAR.search(text)
    return match.group() if match else ""


def four_figures_in(text: str) -> str:
    """The first four figures of a field that holds a year or date and nothing else."""
    match = _FOUR_FIGURES.search(text)
    return match.group() if match else ""
