"""RIS, and PubMed's nbib: tagged lines, a record from its first tag to the next record's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from litmap.models import BibRecord
from litmap.notes.bibliographies.record import (
    Pairs,
    add_records,
    four_figures_in,
)
from litmap.notes.builder import Builder
from litmap.parsing.name_fields import given_name_first, split_at_commas
from litmap.parsing.word_lists import load_pattern

TaggedLines = list[tuple[str, str]]
"""Tags and values of a record in the order of the file."""

_TAGS = load_pattern("ris_tags", "litmap.notes")
_TAGGED_LINE = re.compile(
    rf"(?:([A-Z][A-Z0-9]{{1,3}})\s{{1,4}}[-–](?!\S[-–])|\s*({_TAGS})\s{{0,4}}[-–])\s*(.*)$"
)
"""'TY  - JOUR'; known tags also set in, and without the blanks."""
_START = re.compile(r"\s*(?:TY\s{0,3}[-–]|PMID\s?- ?\d)|(?:.{0,200}\n){1,9}?TY  - [A-Z]{3,12}\s*\n")
_DOI_START = re.compile(r"10\.\d{4}")
_AND = re.compile(r"\s+and\s+")
_FIRST_TAGS = {"TY", "PMID"}
_LAST_TAGS = {"ER", "EF"}
_YEARS = ("PY", "Y1", "DA", "DP", "YR")
_VENUES = ("JO", "T2", "JF", "JA", "J2", "BT", "PB")
_VENUES_OF_NBIB = ("JT", "TA")
_AUTHORS = ("FAU", "AU", "A1", "A2", "ED")
_URLS = ("UR", "L1", "L2", "L3", "LK")


def is_ris(text: str) -> bool:
    """True for text that begins as a record of RIS or nbib does."""
    return bool(_START.match(text))


def read_ris(text: str, builder: Builder) -> None:
    """Reads the records of a RIS or nbib file into the builder, each on the line of its first
    tag.
    """
    records = (read_tagged(tags, line) for tags, line in _records(text) if tags)
    add_records(builder, records, may_be_other=False)


def read_tagged(lines: TaggedLines, line: int) -> tuple[Pairs, BibRecord]:
    """What a record says, and the record as it came."""
    tags = _Tags(lines)
    record = BibRecord("ris", tags.first("ID"), tags.first("TY", "PT"), tuple(lines), line=line)
    return _pairs(tags), record


def _records(text: str) -> Iterator[tuple[TaggedLines, int]]:
    """Records and the lines on which they begin; a damaged one ends where the next begins."""
    held: list[tuple[str, list[str]]] = []
    first = 1
    for number, line in enumerate(text.split("\n"), 1):
        match = _TAGGED_LINE.match(line.rstrip())
        tag = match.group(1) or match.group(2) if match else ""
        if tag in _LAST_TAGS or _begins_record(tag, held) or _ends_nbib_record(line, held):
            yield _joined(held), first
            held = []
        if match and tag not in _LAST_TAGS:
            first = first if held else number
            held.append((tag, [match.group(3).strip()]))
        elif held and line.strip() and not match:
            held[-1][1].append(line.strip())  # the value goes on in the next line
    yield _joined(held), first


def _joined(held: Sequence[tuple[str, list[str]]]) -> TaggedLines:
    return [(tag, " ".join(values)) for tag, values in held]


def _begins_record(tag: str, held: Sequence[tuple[str, list[str]]]) -> bool:
    """True for a first tag behind a record that has one: its last tag is missing."""
    return tag in _FIRST_TAGS and any(other in _FIRST_TAGS for other, _ in held)


def _ends_nbib_record(line: str, held: Sequence[tuple[str, list[str]]]) -> bool:
    """True for the blank line after a record of nbib, which has no last tag."""
    return not line.strip() and bool(held) and held[0][0] == "PMID"


class _Tags:
    """The values of a record by tag."""

    def __init__(self, lines: TaggedLines) -> None:
        self.values: dict[str, list[str]] = {}
        for tag, value in lines:
            self.values.setdefault(tag, []).append(value)

    def first(self, *tags: str) -> str:
        """The first value of the first of these tags whose first value is filled, else ''."""
        values = (self.values[tag][0] for tag in tags if tag in self.values)
        return next(filter(None, values), "")

    def all_of(self, tags: Iterable[str]) -> Iterator[str]:
        """All values of these tags, one tag after the other."""
        for tag in tags:
            yield from self.values.get(tag, [])

    def all_of_first(self, tags: Iterable[str]) -> list[str]:
        """All values of the first of these tags that the record has."""
        return next((self.values[tag] for tag in tags if tag in self.values), [])


def _pairs(tags: _Tags) -> Pairs:
    venues = _VENUES_OF_NBIB if "PMID" in tags.values else _VENUES
    return [
        ("key", tags.first("ID")),
        ("type", tags.first("TY", "PT").lower()),
        ("title", tags.first("TI", "T1", "CT", "BT")),
        *(("author", name) for value in tags.all_of_first(_AUTHORS) for name in _names(value)),
        ("year", four_figures_in(tags.first(*_YEARS))),
        ("venue", tags.first(*venues)),
        ("doi", _doi(tags)),
        ("pmid", _pmid(tags)),
        ("pmcid", tags.first("PMC")),
        ("abstract", tags.first("AB", "N2")),
        ("note", tags.first("N1")),
        ("volume", tags.first("VL", "VI")),
        ("pages", tags.first("SP", "PG")),
        *(("url", url) for url in tags.all_of(_URLS) if url.startswith("http")),
    ]


def _names(value: str) -> list[str]:
    """The names of one line: one, or several that semicolons or commas part."""
    names = value.split(";")
    if len(names) == 1:
        both = _AND.split(value)
        names = both if all("," in name for name in both) else split_at_commas(value)
    return [given_name_first(name) for name in names if name.strip()]


def _doi(tags: _Tags) -> str:
    """The DOI of its own field, or the one that nbib marks as such: '10.1/x [doi]'."""
    marked = (value.split()[0] for value in tags.all_of(("AID", "LID")) if "[doi]" in value)
    doi = tags.first("DO", "M3") or next(marked, "")
    return doi if _DOI_START.search(doi) else ""


def _pmid(tags: _Tags) -> str:
    """PubMed's number: of nbib, or the accession number of a RIS record from PubMed."""
    if pmid := tags.first("PMID"):
        return pmid
    return tags.first("AN") if tags.first("DB").lower() == "pubmed" else ""
