"""What tells a file that litmap exported, wherever it was moved and however it is called.

A notes folder often is the folder that exports are written to. What litmap wrote itself is no note:
it would come back as works that nobody cites. So each export says that it is one, in the way of its
format: a property of a page, a comment of BibTeX, a line before the first record of RIS, a `custom`
field of CSL-JSON, the first field of other JSON, a `generator` of HTML, a set of columns of a
table.
"""

from __future__ import annotations

import re

MARK = "litmap: export"
"""The words of the mark."""
MARKED_LINE = f"% {MARK} (litmap reads this file only where it is named, or without this line)\n"
"""The first line of a BibTeX or RIS file; what stands before the first record is read by none."""
CSL_MARK = {"litmap": "export"}
"""The `custom` field of each item of CSL-JSON."""
TABLE_COLUMNS = ("headings", "mentions", "notices")
"""Columns that no other program's table of works has all of."""
ANSWER_COLUMNS = ("work", "cite as", "why empty")
"""Columns that a table of what papers say has beside those asked for."""
HTML_MARK = f'<meta name="generator" content="{MARK}">'
HEAD_BYTES = 8_000
"""Bytes at the head of a file in which the mark is looked for."""

_MARKED = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?\s*(?:
      ---[ \t]*\r?\n                                        # properties of a page
        (?:(?!---)[^\n]*\n){0,100}?["']?litmap["']?:[ \t]*["']?export\b
    | (?:---.{0,4000}?\n---\s*)?<!--\ Written\ by\ `litmap\ export`
    | (?:[^\n]*\n){0,9}?%[ \t]*litmap:[ \t]export\b         # a comment
    | \{\s*"litmap":\s*"export"
    | \[\s*\{[^{}]{0,2000}?"custom":\s*\{\s*"litmap":\s*"export"
    | <.{0,1000}?<meta\ name="generator"\ content="litmap:\ export">
    )""",
    re.VERBOSE | re.DOTALL,
)


def is_export(data: bytes) -> bool:
    """Whether these bytes, or the first of a file, are of a file that litmap exported."""
    head = data[:HEAD_BYTES]
    return bool(_MARKED.match(head)) or _has_columns(head)


def _has_columns(head: bytes) -> bool:
    """True for a table of `litmap export`, also one that a spreadsheet saved with other signs."""
    first_row = head.split(b"\n", 1)[0].decode("utf-8", "replace").lower()
    cells = {cell.strip(' "\r\ufeff') for cell in re.split(r"[,;\t]", first_row)}
    return cells.issuperset(TABLE_COLUMNS) or cells.issuperset(ANSWER_COLUMNS)
