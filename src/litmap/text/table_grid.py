"""The rows of a table as cells below each other: narrow white strips that go through its rows part
cells too, and an empty cell keeps its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from litmap.parsing.table_cells import count_heads
from litmap.text.line import Line
from litmap.text.page_layout import Row
from litmap.text.raw import MIN_STRIP
from litmap.text.rows import join_fragments

MAX_COVERED = 0.25
"""Share of a table's other rows that may have text where a narrow strip parts two cells."""
MIN_FILLED = 0.6
"""Share of the most cells of a row that a row has which tells where columns stand."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell and where it stands, in points."""

    text: str
    x0: float
    x1: float


def read_cells(rows: Sequence[Row], rules: Sequence[float] = ()) -> list[list[str]]:
    """The cells of each row of a table; '' where a row of several cells leaves out a column.

    Lines that are one row between two of the `rules` (heights in points) stand together in the
    first of them, the others have no cells.
    """
    pieces = [_pieces(row) for row in rows]
    cells = [_cells_of(row, pieces, at) for at, row in enumerate(rows)]
    columns = _find_columns(cells)
    grid = [_placed(row, columns) for row in cells]
    for begin, end in _bands(rows, rules):
        if is_one_row(grid[begin:end]):
            grid[begin] = [
                " ".join(filter(None, cell)) for cell in zip(*grid[begin:end], strict=True)
            ]
            grid[begin + 1 : end] = [[] for _ in range(begin + 1, end)]
    heads = count_heads(grid)
    return [
        row if at < heads or not row else _without_last_empty(row) for at, row in enumerate(grid)
    ]


def _bands(rows: Sequence[Row], rules: Sequence[float]) -> list[tuple[int, int]]:
    """The rows [begin, end) between two rules, two of them at least."""
    above = [sum(rule < (row.y0 + row.y1) / 2 for rule in rules) for row in rows]
    edges = [0, *(i for i in range(1, len(rows)) if above[i] != above[i - 1]), len(rows)]
    return [(a, b) for a, b in pairwise(edges) if b - a > 1 and above[a] > 0]


def is_one_row(band: Sequence[Sequence[str]]) -> bool:
    """Whether lines of a table between two rules are one row, some cells of which have several
    lines: each cell is set to the middle of the row for itself, or most have one line, beside
    which others begin or go on.
    """
    if len(set(map(len, band))) > 1 or len(band[0]) < 2:
        return False
    lines = [{i for i, row in enumerate(band) if row[k]} for k in range(len(band[0]))]
    filled = [column for column in lines if column]
    several = Counter(frozenset(column) for column in filled if len(column) > 1)
    fullest = max(several, key=len, default=frozenset[int]())
    apart = sum(count for column, count in several.items() if not column <= fullest)
    if apart and 2 * max(several.values()) <= several.total():
        return True
    single = [column for column in filled if len(column) == 1]
    in_line = len(set(map(frozenset, single))) == 1 and single[0] != {len(band) - 1}
    return in_line and 2 * len(single) > len(filled)


def _pieces(row: Row) -> list[Line]:
    """The row's fragments, parted at their wide strips."""
    return [piece for line in row.lines for piece in _parted(line)]


def _parted(line: Line) -> list[Line]:
    words = line.text.split()
    strips = [strip for strip in line.strips if 0 < strip[0] < len(words)]
    if not strips:
        return [line]
    ends = [*(n for n, _, _ in strips), len(words)]
    lefts = [line.x0, *(right for _, _, right in strips)]
    rights = [*(left for _, left, _ in strips), line.x1]
    return [
        replace(line, text=" ".join(words[begin:end]), x0=x0, x1=x1, strips=())
        for begin, end, x0, x1 in zip([0, *ends], ends, lefts, rights, strict=False)
    ]


def _cells_of(row: Row, pieces: Sequence[Sequence[Line]], at: int) -> list[Cell]:
    """The row's pieces between white strips wider than an em, or narrow ones that go on through the
    other rows.
    """
    groups = [[pieces[at][0]]]
    others = [other for k, other in enumerate(pieces) if k != at]
    for a, b in pairwise(pieces[at]):
        gap = b.x0 - a.x1
        narrow = gap > MIN_STRIP * row.size and _is_border(others, a, b)
        if gap > row.size or narrow:
            groups.append([])
        groups[-1].append(b)
    return [
        Cell(
            join_fragments(group, max(group, key=lambda line: len(line.text)))[0],
            min(line.x0 for line in group),
            max(line.x1 for line in group),
        )
        for group in groups
    ]


def _is_border(others: Sequence[Sequence[Line]], a: Line, b: Line) -> bool:
    """Whether the strip between two pieces goes on through the other rows, and cells stand on both
    its sides: in half of them at least, and hardly one has text in it.
    """
    x = (a.x1 + b.x0) / 2
    covered = sum(any(line.x0 < x < line.x1 for line in row) for row in others)
    beside = [
        sum(any(line.x0 < side.x1 and line.x1 > side.x0 for line in row) for row in others)
        for side in (a, b)
    ]
    return covered <= MAX_COVERED * len(others) and 2 * min(beside) >= len(others) > 0


def _find_columns(rows: Sequence[Sequence[Cell]]) -> list[tuple[float, float]]:
    """From where to where the columns reach, by the rows with most cells; none where fewer are
    left than a row has cells, as those of different columns overlap.
    """
    most = max(map(len, rows), default=0)
    for least in (MIN_FILLED * most, most):
        columns = _joined(cell for row in rows if len(row) >= least for cell in row)
        if len(columns) >= most > 1:
            return columns
    return []


def _joined(cells: Iterable[Cell]) -> list[tuple[float, float]]:
    """The stretches across that cells take, those that overlap as one."""
    columns: list[tuple[float, float]] = []
    for cell in sorted(cells, key=lambda cell: cell.x0):
        if columns and cell.x0 <= columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], cell.x1))
        else:
            columns.append((cell.x0, cell.x1))
    return columns


def _placed(cells: Sequence[Cell], columns: Sequence[tuple[float, float]]) -> list[str]:
    """The row's cells in their columns; as they are where two would share one, or a single cell
    stands in the first.
    """
    texts = [cell.text for cell in cells]
    at = [_column_of(cell, columns) for cell in cells] if columns else []
    if len(set(at)) < len(cells) or at == [0]:
        return texts
    placed = [""] * len(columns)
    for column, text in zip(at, texts, strict=True):
        placed[column] = text
    return placed


def _column_of(cell: Cell, columns: Sequence[tuple[float, float]]) -> int:
    """The column that a cell shares most with, or lies nearest to."""
    return max(
        range(len(columns)),
        key=lambda i: min(cell.x1, columns[i][1]) - max(cell.x0, columns[i][0]),
    )


def _without_last_empty(row: Sequence[str]) -> list[str]:
    filled = [at for at, text in enumerate(row) if text]
    return list(row[: filled[-1] + 1]) if filled else list(row)
