"""A row with what stands around it: what the classifiers of rows are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from litmap.text.page_layout import Row
from litmap.text.style import Style

FAR = 1e9
"""The gap above the first row of a column, in points."""


@dataclass(slots=True)
class RowContext:
    """Row `index` of a page's rows, `before` the classes of the rows above it.

    `above` is the row above in the same column, None where there is none; `gap` the distance of
    their baselines and `spacing` the usual one at this row's size, in points.
    """

    rows: Sequence[Row]
    index: int
    before: Sequence[str]
    style: Style
    row: Row
    above: Row | None
    gap: float
    spacing: float

    @property
    def below(self) -> Row | None:
        """The row below in the same column."""
        at = self.index + 1
        if at < len(self.rows) and self.rows[at].column is self.row.column:
            return self.rows[at]
        return None

    def is_set_off(self, factor: float) -> bool:
        """Whether the gap above is wider than `factor` times the usual one."""
        return self.gap > factor * self.spacing


def row_context(rows: Sequence[Row], index: int, before: Sequence[str], style: Style) -> RowContext:
    """The context of row `index`, the classes of the rows above it being known."""
    row = rows[index]
    above = rows[index - 1] if index and rows[index - 1].column is row.column else None
    gap = FAR if above is None else row.baseline - above.baseline
    return RowContext(rows, index, before, style, row, above, gap, style.spacing(row))
