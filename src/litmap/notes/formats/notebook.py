"""Jupyter notebooks: the Markdown cells; lines are those of the .ipynb file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from litmap.notes.builder import Builder
from litmap.notes.formats.markdown import read_markdown
from litmap.notes.nesting import load_json

_KINDS_WITH_TEXT = {"markdown", "raw", "heading"}
_NOT_BLANK = re.compile(r"\S")


def read_notebook(text: str, builder: Builder) -> None:
    """Reads a notebook's Markdown and raw cells into the builder.

    Raises ValueError for what is no notebook.
    """
    lines: list[str] = []
    places: list[int] = []
    finder = PlaceFinder(text)
    for cell in _cells(text):
        for line in _source_lines(cell):
            lines.append(line.rstrip("\n"))
            places.append(finder.line_of(line))
        lines.append("")  # a cell ends the block
        places.append(places[-1] if places else 1)
    inner = Builder()
    read_markdown("\n".join(lines), inner)
    builder.add_from(inner, lambda line: place_of(places, line))


def _cells(text: str) -> Iterator[dict[str, Any]]:
    """The cells that hold text. Raises ValueError where there are none of any kind."""
    try:
        data = load_json(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not a valid notebook (line {error.lineno})") from error
    cells = _all_cells(data) if isinstance(data, dict) else None
    if not isinstance(cells, list):
        raise ValueError("not a notebook: it has no cells")  # noqa: TRY004 (the file's fault)
    for cell in cells:
        if isinstance(cell, dict) and str(cell.get("cell_type")) in _KINDS_WITH_TEXT:
            yield cell


def _all_cells(data: dict[str, Any]) -> Any:
    """The cells of a notebook; before version 4 they stand in worksheets."""
    cells, sheets = data.get("cells"), data.get("worksheets")
    if cells is not None or not isinstance(sheets, list):
        return cells
    lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for cells in lists if isinstance(cells, list) for cell in cells]


def _source_lines(cell: dict[str, Any]) -> list[str]:
    """The lines of a cell with their line ends; the source is a text or a list of its lines."""
    source = cell.get("source", "")
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    return text.splitlines(keepends=True)


def place_of(places: list[int], line: int) -> int:
    """The file's line of a line of the cells; both are counted from 1."""
    return places[min(max(line - 1, 0), len(places) - 1)] if places else 1


class PlaceFinder:
    """Finds the file's line on which a source line stands, going forward only."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.line = 1

    def line_of(self, source: str) -> int:
        """The 1-based line; the last known one where the JSON writes the text in another way."""
        if not _NOT_BLANK.search(source):
            return self.line
        for ascii_only in (True, False):
            written = json.dumps(source, ensure_ascii=ascii_only)[1:-1]
            start = self.text.find(written, self.position)
            if start >= 0:
                self.line += self.text.count("\n", self.position, start)
                self.position = start + len(written)
                break
        return self.line
