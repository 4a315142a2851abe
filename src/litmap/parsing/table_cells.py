"""A table's row as one line of text, 'ResNet | 76.1 | 92.9', and back to its cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

CELL_MARK = " | "
"""Between two cells of a table's row."""
MAX_HEADS = 3
"""Rows that may name a table's columns."""


def join_cells(cells: Iterable[str]) -> str:
    """The cells as one line; an empty one stays empty between its marks."""
    return CELL_MARK.join(" ".join(cell.split()) for cell in cells).strip()


def split_cells(row: str) -> list[str]:
    """The cells of such a line, '' where one is empty."""
    return [cell.strip() for cell in f" {row} ".split(CELL_MARK)]


def count_heads(rows: Sequence[Sequence[str]]) -> int:
    """How many of the rows name the columns: those before the first with a number of its own, three
    at most; one row at least is left.
    """
    for at, row in enumerate(rows[: MAX_HEADS + 1]):
        if any(is_number(cell) for cell in row[1:]) and not names_columns_by_numbers(rows, at):
            return min(max(at, 1), len(rows) - 1)
    return max(0, min(1, len(rows) - 1))


def names_columns_by_numbers(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Whether a row holds years, sizes or folds that name columns: nothing stands before them, and
    something before the numbers below.
    """
    first, *cells = rows[at]
    below = next((row for row in rows[at + 1 :] if any(map(is_number, row[1:]))), ("",))
    return not first and all(map(is_number, cells)) and bool(below[0])


def is_number(cell: str) -> bool:
    """Whether a cell holds a figure: '76.1', '−0.3 ± 0.1', '(12 %)'."""
    return any(c.isdigit() for c in cell) and sum(c.isalpha() for c in cell) <= 2


def to_grid(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The rows with as many cells each: a head lacks what stands in the corner, so that its cells
    stand above the last columns; others lack their last.
    """
    width = max(map(len, rows), default=0)
    heads = count_heads(rows)
    return [
        [""] * (width - len(row)) + [*row] if at < heads else [*row] + [""] * (width - len(row))
        for at, row in enumerate(rows)
    ]
