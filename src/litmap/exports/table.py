"""CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from litmap.export_marks import TABLE_COLUMNS
from litmap.exports.keys import WorkMentions, citation_keys, headings_of, web_address
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


def to_csv(works: Sequence[WorkMentions]) -> str:
    """A table with a header, one row a work; several values in one cell are separated by '; '.

    What a spreadsheet would take for a formula gets an apostrophe in front, because titles come
    from outside.
    """
    keys = citation_keys([work for work, _ in works])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for key, (work, mentions) in zip(keys, works, strict=True):
        row = (
            key,
            work.id,
            work.title,
            "; ".join(work.authors),
            str(work.year or ""),
            work.venue,
            work.identifier("arxiv") or "",
            work.identifier("doi") or "",
            web_address(work),
            "; ".join(" / ".join(heading) for heading in headings_of(mentions)),
            "; ".join(f"{mention.note}:{mention.line}" for mention in mentions),
            "; ".join(work.notices),
        )
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: str) -> str:
    return _FORMULA.sub(r"\1'", one_line(value))
