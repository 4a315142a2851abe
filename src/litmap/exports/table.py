"""CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from litmap.export_marks import TABLE_COLUMNS
from litmap.exports.csl_items import NAME_FIELDS, Item, family_of, names_of, text_of, year_of
from litmap.exports.keys import LibraryWork, authors_of, web_address
from litmap.exports.publications import Publication, publications
from litmap.parsing.markup import one_line

_FORMULA = re.compile(r"(^\s*|[;|]\s*)(?=[\s\"]*[=+\-@＝＋－＠])")
"""Where a spreadsheet may see a formula begin: in a cell, or behind a ';' where that parts cells;
there a quotation mark, which a CSV doubles, is an empty text and hides nothing.
"""
COLUMNS = (
    "key",
    "id",
    "title",
    "authors",
    "year",
    "venue",
    "arxiv",
    "doi",
    "url",
    *TABLE_COLUMNS,
)
_FIELDS = {
    "type": "type",
    "editor": "editors",
    "volume": "volume",
    "issue": "issue",
    "number": "number",
    "page": "pages",
    "publisher": "publisher",
    "ISBN": "isbn",
    "keyword": "keywords",
    "abstract": "abstract",
}
"""Field of an item → its column, where a work has it."""
_IN_COLUMNS = {
    "title", "author", "issued", "container-title", "archive", "archive_location", "DOI", "URL",
    "custom", "id",
}  # fmt: skip
"""Fields of an item that stand in the columns that every table has."""


def to_csv(works: Sequence[LibraryWork]) -> str:
    """A table with a header, one row a work; several values in one cell are separated by '; '.

    Every field of the user's records that the first columns do not hold has a column of its own.
    What a spreadsheet would take for a formula gets an apostrophe in front, because titles come
    from outside.
    """
    published = publications(works, "csv")
    cells = [_more_cells(publication) for publication in published]
    more = [*dict.fromkeys(name for row in cells for name in row)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, *(escape_cell(name) for name in more)])
    for publication, row in zip(published, cells, strict=True):
        values = [*_first_cells(publication), *(row.get(name, "") for name in more)]
        writer.writerow([escape_cell(value) for value in values])
    return out.getvalue()


def _first_cells(publication: Publication) -> tuple[str, ...]:
    work, item, mentions = publication.work, publication.item, publication.mentions
    is_arxiv = text_of(item, "archive").lower() == "arxiv"
    return (
        publication.key,
        work.id,
        text_of(item, "title"),
        _people(item, "author") if publication.record else "; ".join(authors_of(work)),
        str(year_of(item) or ""),
        text_of(item, "container-title") or text_of(item, "publisher"),
        text_of(item, "archive_location") if is_arxiv else work.identifier("arxiv") or "",
        text_of(item, "DOI"),
        text_of(item, "URL") or web_address(work),
        "; ".join(publication.headings),
        "; ".join(f"{mention.note}:{mention.line}" for mention in mentions),
        "; ".join(work.notices),
    )


def _more_cells(publication: Publication) -> dict[str, str]:
    """What the first columns do not hold, by column; of litmap's own knowledge only the type."""
    item = publication.item if publication.record else {"type": publication.item["type"]}
    cells = {}
    for name, value in item.items():
        if name in NAME_FIELDS and name not in _IN_COLUMNS:
            cells[_FIELDS.get(name, name)] = _people(item, name)
        elif name not in _IN_COLUMNS and isinstance(value, (str, int, float)):
            cells[_FIELDS.get(name, name)] = text_of(item, name)
    if publication.tags:
        cells["tags"] = "; ".join(publication.tags)
    custom = item.get("custom")
    for name, value in custom.items() if isinstance(custom, dict) else ():
        if name not in cells and name not in COLUMNS and isinstance(value, (str, int, float)):
            cells[name] = one_line(str(value))
    return {name: cells[name] for name in cells if cells[name]}


def _people(item: Item, field: str) -> str:
    """'Given Family Suffix' of each, an organisation as it is."""
    names = (
        " ".join(filter(None, (n.get("given"), family_of(n) or n.get("literal"), n.get("suffix"))))
        for n in names_of(item, field)
    )
    return "; ".join(name for name in names if name != "others")


def escape_cell(value: str) -> str:
    """A cell in one line, with an apostrophe before what a spreadsheet would take for a formula."""
    return _FORMULA.sub(r"\1'", one_line(value))
