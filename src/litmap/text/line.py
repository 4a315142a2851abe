"""A line of a page as PyMuPDF gives it, with its characters' sizes and styles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Line:
    """A line (or a fragment of one) of a page. `size`: the font size of most of its letters, in
    points.

    `bold`, `italic` and `math` are shares of its characters in [0, 1]. `baseline` is the y of its
    baseline, `bold_prefix` the number of bold characters it begins with, `largest` the largest font
    size in it, `spaced` whether the file has a space before and behind it. `strips`: white strips
    within it wider than the spaces of running text, as (words before, left, right).
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    size: float
    bold: float = 0.0
    italic: float = 0.0
    math: float = 0.0
    font: str = ""
    block: int = 0
    bold_prefix: int = 0
    largest: float = 0.0
    spaced: tuple[bool, bool] = (False, False)
    strips: tuple[tuple[int, float, float], ...] = ()

    @property
    def rect(self) -> tuple[float, float, float, float]:
        """(x0, y0, x1, y1)."""
        return (self.x0, self.y0, self.x1, self.y1)

    @property
    def width(self) -> float:
        """Width in points."""
        return self.x1 - self.x0
