"""CSV: Zotero's export, and any table with a column of titles."""

from __future__ import annotations

import csv
import io
import re

from litmap.models import BibRecord
from litmap.notes.bibliographies.record import (
    Pairs,
    add_records,
    first_filled,
    four_figures_in,
    given_name_first,
)
from litmap.notes.builder import Builder

_BETWEEN_NAMES = re.compile(r";| and ")
_AUTHORS = ("author", "authors")
_DATES = ("publication year", "year", "date")
_VENUES = ("publication title", "journal", "venue")


def read_csv(text: str, builder: Builder) -> None:
    """Reads the rows into the builder. Raises ValueError where no column is called 'Title'."""
    try:
        add_records(builder, _records(text))
    except csv.Error as error:
        raise ValueError(f"no CSV: {error}") from error


def _records(text: str) -> list[tuple[Pairs, BibRecord]]:
    """What each row says, and the row as it came."""
    rows = csv.reader(io.StringIO(text))
    headings = [name.strip().lstrip("\ufeff") for name in next(rows, [])]
    columns = [name.lower() for name in headings]
    if "title" not in columns:
        raise ValueError("no column called 'Title'")
    records = []
    line = 2
    for row in rows:
        cells = dict(zip(columns, (cell.strip() for cell in row), strict=False))
        fields = tuple(zip(headings, row, strict=False))
        kind = cells.get("item type", "")
        record = BibRecord("csv", cells.get("key", ""), kind, fields, line=line)
        records.append((_pairs(cells), record))
        line = rows.line_num + 1  # a cell may run over lines
    return records


def _pairs(cells: dict[str, str]) -> Pairs:
    names = _BETWEEN_NAMES.split(first_filled(cells, _AUTHORS))
    return [
        ("key", cells.get("key", "")),
        ("type", cells.get("item type", "")),
        ("title", cells.get("title", "")),
        *(("author", given_name_first(name)) for name in names if name.strip()),
        ("year", four_figures_in(first_filled(cells, _DATES))),
        ("venue", first_filled(cells, _VENUES)),
        ("doi", cells.get("doi", "")),
        ("arxiv", cells.get("arxiv", "")),
        ("pmid", cells.get("pmid", "")),
        ("url", first_filled(cells, ("url", "link"))),
    ]
