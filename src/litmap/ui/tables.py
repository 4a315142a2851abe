"""Tables of papers as Markdown tables: a passage's caption, its rows, every cell escaped. No
Streamlit here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from litmap.parsing.captions import caption_kind
from litmap.parsing.table_cells import CELL_MARK, count_heads, is_number, split_cells, to_grid
from litmap.ui import formatting


def read_passage(text: str) -> tuple[str, list[list[str]]]:
    """The caption of a table's passage, and its rows; none where it holds no cells.

    A passage is a caption and below it rows with a line each; one line alone may be either.
    """
    first, *lines = text.split("\n")
    if CELL_MARK in first and not caption_kind(first):
        first, lines = "", [first, *lines]
    if not any(CELL_MARK in f" {line} " for line in lines):
        return text, []
    return first, [split_cells(line) for line in lines]


def draw(rows: Sequence[Sequence[str]], words: Iterable[str] = ()) -> str:
    """Markdown of a table: the first row as its head, further heads bold, columns of numbers to the
    right, these words bold.
    """
    grid, words = to_grid(rows), list(words)
    heads = count_heads(rows)
    cells = [[formatting.embolden(cell, words).strip() for cell in row] for row in grid]
    for at in range(1, heads):
        cells[at] = [f"**{formatting.escape(cell)}**" if cell else "" for cell in grid[at]]
    rule = [
        "---:" if _is_of_numbers(column[heads:]) else "---" for column in zip(*grid, strict=True)
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in (cells[0], rule, *cells[1:]))


def _is_of_numbers(column: Sequence[str]) -> bool:
    """Whether most of a column's cells are numbers."""
    filled = [cell for cell in column if cell]
    return 2 * sum(map(is_number, filled)) > len(filled)
