"""RIS, and PubMed's nbib: tagged lines, a record from its first tag to the next record's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from litmap.models import BibRecord
from litmap.notes.bibliographies.record import (
    Pairs,
    add_records,
    four_figures_in,
    given_name_first,
)
from litmap.notes.builder import Builder

TaggedLines = list[tuple[str, str]]
"""Tags and values of a record in the order of the file."""

_TAGGED_LINE = re.compile(r"^([A-Z][A-Z0-9]{1,3})\s{0,2}-\s?(.*)$")
_START = re.compile(r"\ufeff?\s*TY  ?- |\s*PMID\s?- ?\d")
_DOI_START = re.compile(r"10\.\d{4}")
_FIRST_TAGS = {"TY", "PMID"}
_LAST_TAG = "ER"
_YEARS = ("PY", "Y1", "DA", "DP", "YR")
_VENUES = ("JO", "T2", "JF", "JA", "PB")
_VENUES_OF_NBIB = ("JT", "TA")
_AUTHORS = ("FAU", "AU", "A1")
_URLS = ("UR", "L1", "L2", "LK")


def is_ris(text: str) -> bool:
    """True for text that begins as a record of RIS or nbib does."""
    return bool(_START.match(text))


def read_ris(text: str, builder: Builder) -> None:
    """Reads the records of a RIS or nbib file into the builder, each on the line of its first
    tag.
    """
    add_records(builder, (_read(tags, line) for tags, line in _records(text)))


def _read(lines: TaggedLines, line: int) -> tuple[Pairs, BibRecord]:
    """What a record says, and the record as it came."""
    tags = _Tags(lines)
    record = BibRecord("ris", tags.first("ID"), tags.first("TY", "PT"), tuple(lines), line=line)
    return _pairs(tags), record


def _records(text: str) -> Iterator[tuple[TaggedLines, int]]:
    """Records and the lines on which they begin; a damaged one ends where the next begins."""
    held: TaggedLines = []
    first = 1
    for number, line in enumerate(text.split("\n"), 1):
        match = _TAGGED_LINE.match(line.rstrip())
        tag = match.group(1) if match else ""
        if tag in _FIRST_TAGS or tag == _LAST_TAG or _ends_nbib_record(line, held):
            yield held, first
            held = []
        if tag in _FIRST_TAGS:
            first = number
        if tag != _LAST_TAG:
            _add_line(held, match, line)
    yield held, first


def _ends_nbib_record(line: str, held: TaggedLines) -> bool:
    """True for the blank line after a record of nbib, which has no last tag."""
    return not line.strip() and bool(held) and held[0][0] == "PMID"


def _add_line(held: TaggedLines, match: re.Match[str] | None, line: str) -> None:
    """Adds a tagged line, or one that is set in and goes on with the value before."""
    if match:
        held.append((match.group(1), match.group(2).strip()))
    elif held and line.startswith((" ", "\t")):
        tag, value = held[-1]
        held[-1] = (tag, f"{value} {line.strip()}")


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
        *(("author", given_name_first(name)) for name in tags.all_of_first(_AUTHORS)),
        ("year", four_figures_in(tags.first(*_YEARS))),
        ("venue", tags.first(*venues)),
        ("doi", _doi(tags)),
        ("pmid", _pmid(tags)),
        ("pmcid", tags.first("PMC")),
        ("abstract", tags.first("AB", "N2")),
        *(("url", url) for url in tags.all_of(_URLS) if url.startswith("http")),
    ]


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
