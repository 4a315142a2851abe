"""The page model that the stages hand on: columns, rows, and a page with its rows and their
classes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from litmap.text.line import Line
from litmap.text.script_words import count_words


@dataclass(slots=True)
class Column:
    """Lines read from top to bottom between x0 and x1 (points).

    `floating`: a table or figure as wide as the page.
    """

    x0: float
    x1: float
    lines: list[Line] = field(default_factory=list)
    floating: bool = False

    @property
    def width(self) -> float:
        """Width in points."""
        return self.x1 - self.x0


@dataclass(slots=True)
class Row:
    """Fragments on one baseline of one column, left to right; fields as those of `Line`.

    `words`: small words of three letters or more; `gaps`: white strips wider than an em between
    fragments; `drawn`: of a caption the area of its figure.
    """

    lines: list[Line]
    column: Column
    x0: float = 0.0
    y0: float = 0.0
    x1: float = 0.0
    y1: float = 0.0
    baseline: float = 0.0
    size: float = 0.0
    text: str = ""
    bold: float = 0.0
    italic: float = 0.0
    math: float = 0.0
    gaps: int = 0
    font: str = ""
    bold_prefix: int = 0
    largest: float = 0.0
    words: int = -1
    drawn: tuple[float, float, float, float] | None = None

    def __post_init__(self) -> None:
        if self.words < 0:
            self.words = count_words(self.text)

    @property
    def width(self) -> float:
        """Width in points."""
        return self.x1 - self.x0


@dataclass(slots=True)
class PageLayout:
    """A page as the stages after the reading order see it; width and height in points.

    `rows` stand in reading order; `classes`, parallel to them, are empty until the rows are
    classified. `front`: the first page with text, on which title and names stand. `marks`:
    rectangles of what is drawn, read only on pages with captions.
    """

    number: int
    width: float
    height: float
    rows: list[Row] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    front: bool = False
    marks: list[tuple[float, float, float, float]] = field(default_factory=list)
