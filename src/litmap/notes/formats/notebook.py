"""Jupyter notebooks: the Markdown cells; lines are those of the .ipynb file."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from litmap.models import Heading, NoteBlock
from litmap.notes.builder import Builder
from litmap.notes.formats.markdown import read_markdown


def read_notebook(text: str, builder: Builder) -> None:
    """Reads a notebook's Markdown and raw cells into the builder. Raises ValueError for what is no notebook."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not a valid notebook (line {error.lineno})") from error
    cells = data.get("cells") if isinstance(data, dict) else None
    if cells is None and isinstance(data, dict) and isinstance(data.get("worksheets"), list):
        cells = [
            cell
            for sheet in data["worksheets"]
            if isinstance(sheet, dict)
            for cell in sheet.get("cells", [])
        ]
    if not isinstance(cells, list):
        raise ValueError("not a notebook: it has no cells")  # noqa: TRY004
    lines: list[str] = []
    places: list[int] = []
    finder = _Places(text)
    for cell in cells:
        if isinstance(cell, dict) and cell.get("cell_type") in {"markdown", "raw", "heading"}:
            source = _source(cell)
            for line in source:
                lines.append(line.rstrip("\n"))
                places.append(finder.line_of(line))
            lines.append("")
            places.append(places[-1] if places else 1)
    inner = Builder()
    read_markdown("\n".join(lines), inner)
    builder.title = inner.title
    builder.blocks = [_moved(block, places) for block in inner.blocks]
    builder.adopt(
        [
            Heading(heading.path, _place(places, heading.line), heading.prose)
            for heading in inner.note("", "", "", "").headings
        ]
    )


def _source(cell: dict[str, Any]) -> list[str]:
    source = cell.get("source", "")
    if isinstance(source, list):
        return "".join(str(part) for part in source).splitlines(keepends=True)
    return str(source).splitlines(keepends=True)


def _place(places: list[int], line: int) -> int:
    return places[min(max(line - 1, 0), len(places) - 1)] if places else 1


def _moved(block: NoteBlock, places: list[int]) -> NoteBlock:
    """The block with lines of the file. Cell lines stand one a file line, so offsets between them stay."""
    links = tuple(replace(link, line=_place(places, link.line)) for link in block.links)
    return replace(block, line=_place(places, block.line), links=links)


class _Places:
    """Finds the file's line on which a source line stands, going forward only."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1

    def line_of(self, source: str) -> int:
        """The 1-based line; the last known one where the JSON writes the text in another way."""
        for ascii_only in (True, False):
            wanted = json.dumps(source, ensure_ascii=ascii_only)[1:-1]
            found = self.text.find(wanted, self.at) if re.search(r"\S", source) else -1
            if found >= 0:
                self.line += self.text.count("\n", self.at, found)
                self.at = found + len(wanted)
                break
        return self.line
