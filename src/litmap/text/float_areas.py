"""Where on a page something is drawn: pictures, plots and the rules of tables, as rectangles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Rect = tuple[float, float, float, float]
MAX_MARKS = 20_000
"""Strokes, fills and pictures of a page that are looked at; a plot may have a million."""
NEAR = 9.0
"""Points between two marks of one drawing."""
MIN_SIDE = 30.0
"""Points of the shorter side of a drawing."""
MAX_SHARE = 0.8
"""Share of the page's area from which on a mark is its background."""
MAX_THICKNESS, MIN_RULE = 2.5, 80.0
"""Height and width in points of a rule across a table."""
_PAINTS = frozenset({"fill-path", "stroke-path", "fill-image", "fill-shade", "fill-imgmask"})


def read_marks(page: Any) -> list[Rect]:
    """What is drawn on a PyMuPDF page, rules and pictures, a rectangle each; the page's own ground
    is left out.
    """
    width, height = float(page.rect.width), float(page.rect.height)
    largest = MAX_SHARE * width * height
    marks: list[Rect] = []
    for what, box in page.get_bboxlog()[:MAX_MARKS]:
        if what not in _PAINTS:
            continue
        x0, y0, x1, y1 = box
        if x0 < 0 or y0 < 0 or x1 > width or y1 > height:
            x0, y0, x1, y1 = max(x0, 0.0), max(y0, 0.0), min(x1, width), min(y1, height)
        if x1 >= x0 and y1 >= y0 and (x1 - x0) * (y1 - y0) <= largest:
            marks.append((x0, y0, x1, y1))
    return marks


def find_drawings(marks: Iterable[Rect]) -> list[Rect]:
    """The marks that lie near each other taken together: the rectangles of what is drawn."""
    groups: list[Rect] = []
    for mark in marks:
        if not groups or not _holds(groups[-1], mark):  # most strokes of a plot lie inside it
            groups = _with_mark(groups, mark)
    return [g for g in groups if min(g[2] - g[0], g[3] - g[1]) >= MIN_SIDE]


def _with_mark(groups: Sequence[Rect], mark: Rect) -> list[Rect]:
    """The groups with one more mark; those that it touches become one."""
    kept = [group for group in groups if not are_near(group, mark)]
    if len(kept) == len(groups):
        return [*kept, mark]
    joined = union([mark, *(group for group in groups if are_near(group, mark))])
    return [*kept, joined] if joined == mark or joined in groups else _with_mark(kept, joined)


def _holds(group: Rect, mark: Rect) -> bool:
    return (
        group[0] <= mark[0] and group[1] <= mark[1] and mark[2] <= group[2] and mark[3] <= group[3]
    )


def find_rules(marks: Iterable[Rect]) -> list[Rect]:
    """The rules across tables: long thin marks, from top to bottom."""
    rules = [m for m in marks if m[3] - m[1] <= MAX_THICKNESS and m[2] - m[0] >= MIN_RULE]
    return sorted(rules, key=lambda rule: rule[1])


def are_near(a: Rect, b: Rect, margin: float = NEAR) -> bool:
    """Whether two rectangles overlap or lie within `margin` points of each other."""
    return (
        a[0] - margin <= b[2]
        and b[0] - margin <= a[2]
        and a[1] - margin <= b[3]
        and b[1] - margin <= a[3]
    )


def union(rects: Sequence[Rect]) -> Rect:
    """The smallest rectangle around all of them."""
    lefts, tops, rights, bottoms = zip(*rects, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
