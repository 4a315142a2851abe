"""Tables of papers as files: CSV, XLSX, Markdown, LaTeX, JSON.

What papers say comes from outside: no cell can be taken for a formula, end a row, or give TeX a
command.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from litmap.errors import UsageError
from litmap.export_marks import ANSWER_COLUMNS, CSL_MARK, MARK, MARKED_LINE
from litmap.exports.bibtex import escape as escape_latex
from litmap.exports.table import escape_cell
from litmap.library.summary_view import cite
from litmap.library.table import Cell, Row, Table
from litmap.parsing.markup import escape_markdown, one_line

MAX_CELL = 32_000
"""Characters of a cell of a spreadsheet, which holds 32,767."""
CELL_WIDTH, NARROW_WIDTH = 50, 12
"""Widths of a sheet's columns, in characters."""
PAGE_WIDTH = 0.97
"""Share of a line of LaTeX that the columns of a table take together."""


def _head(table: Table) -> list[str]:
    """The names of the columns of a sheet: of each one asked for the sentence, its place and, where
    asked for, the number and its unit.
    """
    names = [*ANSWER_COLUMNS[:2], "title", "year"]
    for column in table.columns:
        names += [column.name, f"{column.name}: place"]
        if column.number:
            names += [f"{column.name}: number", f"{column.name}: unit"]
    return [*names, "notices", ANSWER_COLUMNS[2]]


def _values(table: Table, row: Row) -> Iterator[str | float]:
    work = row.entry.work
    yield from (work.id, cite(work), work.title, work.year or "")
    for column, cell in zip(table.columns, row.cells, strict=True):
        yield from (cell.sentence.text, cell.place) if cell else ("", "")
        if column.number:
            number = cell.number if cell else None
            yield from (number.value, number.unit) if number else ("", "")
    yield from ("; ".join(work.notices), row.why)


def to_csv(table: Table) -> bytes:
    """A row a paper; empty where nothing is said."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([escape_cell(name) for name in _head(table)])
    for row in table.rows:
        values = _values(table, row)
        writer.writerow([escape_cell(v) if isinstance(v, str) else f"{v:.10g}" for v in values])
    return out.getvalue().encode()


def to_xlsx(table: Table) -> bytes:
    """A sheet with a row a paper; all text is written as text, never as a formula or a link."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("papers")
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        asked = {column.name for column in table.columns} | {"title"}
        for place, name in enumerate(_head(table)):
            sheet.set_column(place, place, CELL_WIDTH if name in asked else NARROW_WIDTH)
            sheet.write_string(0, place, one_line(name)[:MAX_CELL], bold)
        for line, row in enumerate(table.rows, 1):
            for place, value in enumerate(_values(table, row)):
                if isinstance(value, str):
                    sheet.write_string(line, place, one_line(value)[:MAX_CELL], wrapped)
                else:
                    sheet.write_number(line, place, value, wrapped)
        sheet.freeze_panes(1, 2)
    return out.getvalue()


def to_markdown(table: Table) -> bytes:
    """A table with a row a paper; behind each sentence its place in brackets."""
    head = ["paper", *(column.name for column in table.columns)]
    lines = [
        f"---\n{MARK}\n---\n",
        f"| {' | '.join(map(escape_markdown, head))} |",
        f"| {' | '.join('---' for _ in head)} |",
    ]
    for row in table.rows:
        cells = [escape_markdown(cite(row.entry.work)), *map(_markdown_cell, row.cells)]
        lines.append(f"| {' | '.join(cells)} |")
    return ("\n".join([*lines, *_markdown_list(table)]) + "\n").encode()


def _markdown_cell(cell: Cell | None) -> str:
    if cell is None:
        return ""
    drawn = f"**{escape_markdown(cell.number.text)}** " if cell.number else ""
    return f"{drawn}{escape_markdown(cell.sentence.text)} ({escape_markdown(cell.place)})"


def _markdown_list(table: Table) -> Iterator[str]:
    """The papers by their titles, with what is to be known of them."""
    yield ""
    for row in table.rows:
        said = [row.entry.work.title, *row.entry.work.notices, *filter(None, [row.why])]
        yield f"- {escape_markdown(cite(row.entry.work))}: {escape_markdown('. '.join(said))}"


def to_latex(table: Table) -> bytes:
    """A `longtable` to be put into a document that loads the package of this name. Each row begins
    with an empty group, for behind a row's end TeX takes a bracket or a star for an option.
    """
    width = PAGE_WIDTH / (len(table.columns) + 0.5)
    shape = "".join(
        f"p{{{share:.3f}\\linewidth}}" for share in (width / 2, *[width] * len(table.columns))
    )
    head = ["paper", *(column.name for column in table.columns)]
    lines = [
        f"{MARKED_LINE}% \\usepackage{{longtable}}",
        f"\\begin{{longtable}}{{{shape}}}",
        f"{' & '.join(map(escape_latex, head))} \\\\",
        "\\hline\\endhead",
    ]
    for row in table.rows:
        cells = [escape_latex(cite(row.entry.work)), *map(_latex_cell, row.cells)]
        lines.append(f"{{}}{' & '.join(cells)} \\\\")
    return ("\n".join([*lines, "\\end{longtable}"]) + "\n").encode()


def _latex_cell(cell: Cell | None) -> str:
    if cell is None:
        return ""
    drawn = f"\\textbf{{{escape_latex(cell.number.text)}}} " if cell.number else ""
    return f"{drawn}{escape_latex(cell.sentence.text)} ({escape_latex(cell.place)})"


def to_json(table: Table) -> bytes:
    """The form of `litmap table --json`, marked as an export."""
    return (
        json.dumps({**CSL_MARK, **table.as_json()}, ensure_ascii=False, indent=1) + "\n"
    ).encode()


FORMATS: dict[str, Callable[[Table], bytes]] = {
    "csv": to_csv,
    "xlsx": to_xlsx,
    "markdown": to_markdown,
    "latex": to_latex,
    "json": to_json,
}
"""Name of a format → the bytes of such a file."""
SUFFIXES = {".csv": "csv", ".xlsx": "xlsx", ".md": "markdown", ".tex": "latex", ".json": "json"}


def format_of(out: Path) -> str:
    """The format that a file's ending names. Raises UsageError for another ending."""
    found = SUFFIXES.get(out.suffix.lower())
    if found is None:
        raise UsageError(f"{out}: a table is a {', '.join(SUFFIXES)} file", subject=str(out))
    return found
