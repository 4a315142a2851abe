"""CSV: Zotero's export, and any table with a column of titles."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence

from litmap.models import BibRecord
from litmap.notes.bibliographies.record import (
    Pairs,
    Records,
    add_records,
    first_filled,
    four_figures_in,
)
from litmap.notes.builder import Builder
from litmap.notes.inline import Inline
from litmap.parsing.name_fields import given_name_first, split_plain_names
from litmap.parsing.table_columns import column_role

_AUTHORS = ("author full names", "author", "authors")
_DATES = ("publication year", "pubyear", "year", "date")
_VENUES = ("publication title", "journal", "journal/book", "source title", "publication", "venue")
_URLS = ("url", "link", "articleurl")
"""Columns as programs call them, the best first."""
_INVERTED = re.compile(r"\s*[^\s,]+,")
"""'Lund, Kim': a comma inside a name."""
_LISTS_FULL_NAMES = re.compile(
    r"\s*[^\s,]+ [^\s,]+(?: [^\s,]+)?(?:,\s*[^\s,]+ [^\s,]+(?: [^\s,]+)?)+\s*"
)
_SYNONYMS = {"authors": _AUTHORS, "year": _DATES, "venue": _VENUES, "url": _URLS}
_COLUMNS_BY_ROLE = {
    "title": "title",
    "authors": "authors",
    "year": "year",
    "date": "year",
    "venue": "venue",
    "address": "url",
    "topic": "topic",
}


def read_csv(text: str, builder: Builder) -> None:
    """Reads the rows into the builder. Raises ValueError where no column is called 'Title'."""
    try:
        if not _add_references(text, builder):
            add_records(builder, list(_records(text)))
    except csv.Error as error:
        raise ValueError(f"no CSV: {error}") from error


def _add_references(text: str, builder: Builder) -> bool:
    """Adds the rows of a table with whole references and no titles, as those of any note's table;
    False for any other table.
    """
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=_delimiter(text))
    roles = [column_role(name.strip()) for name in next(rows, [])]
    if "reference" not in roles or "title" in roles:
        return False
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=_delimiter(text))
    line = 1
    for row in rows:
        builder.add("cell", Inline("\u2003|\u2003".join(cell.strip() for cell in row)), line)
        line = rows.line_num + 1
    return True


def _records(text: str) -> Records:
    """What each row says, and the row as it came."""
    rows = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    headings = [name.strip().lstrip("\ufeff") for name in next(rows, [])]
    columns = [name.lower() for name in headings]
    aliases = _aliases(columns)
    if "title" not in columns and "title" not in aliases:
        raise ValueError("no column called 'Title'")
    records = []
    line = 2
    for row in rows:
        cells = dict(zip(columns, (cell.strip() for cell in row), strict=False))
        cells |= {name: cells.get(column, "") for name, column in aliases.items()}
        fields = tuple(zip(headings, row, strict=False))
        kind = cells.get("item type", "")
        record = BibRecord("csv", cells.get("key", ""), kind, fields, line=line)
        records.append((cells, record))
        line = rows.line_num + 1  # a cell may run over lines
    split = _splitter([first_filled(cells, _AUTHORS) for cells, _ in records])
    return [(_pairs(cells, split), record) for cells, record in records]


def _splitter(column: Sequence[str]) -> Callable[[str], list[str]]:
    """How the names of a column are parted: by semicolons where any cell has one, so that 'and'
    parts none; by commas where no cell shows that these stand inside names: 'Ann Lund, Bo Ito'.
    """
    if any(";" in cell for cell in column):
        return lambda cell: cell.split(";")
    if any(map(_INVERTED.match, column)):
        return split_plain_names
    return lambda cell: (
        cell.split(",") if _LISTS_FULL_NAMES.fullmatch(cell) else split_plain_names(cell)
    )


def _delimiter(text: str) -> str:
    """What parts the columns: a comma, or a semicolon or tab where the first line has more."""
    head = text.lstrip().partition("\n")[0]
    return max(",;\t", key=head.count)


def _aliases(columns: list[str]) -> dict[str, str]:
    """The columns of other languages by their English names: 'year' for 'año'."""
    aliases: dict[str, str] = {}
    for column in columns:
        name = _COLUMNS_BY_ROLE.get(column_role(column), "")
        if name and not any(known in columns for known in _SYNONYMS.get(name, (name,))):
            aliases.setdefault(name, column)
    return aliases


def _pairs(cells: dict[str, str], split: Callable[[str], list[str]]) -> Pairs:
    """What a row says; `split` parts its names."""
    names = split(first_filled(cells, _AUTHORS))
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
        ("url", first_filled(cells, _URLS)),
        ("topic", cells.get("topic", "")),
        ("volume", cells.get("volume", "")),
        ("pages", cells.get("pages", "")),
    ]
