"""Figures and tables of a page: which rows are drawn inside a figure, which are a table's, by the
captions, drawings and rules around them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from litmap.parsing.captions import caption_kind
from litmap.parsing.table_cells import join_cells
from litmap.text.float_areas import (
    MAX_THICKNESS,
    Rect,
    are_near,
    find_drawings,
    find_rules,
    union,
)
from litmap.text.headings import is_known_heading, is_numbered_heading
from litmap.text.page_layout import PageLayout, Row
from litmap.text.style import Style, is_prose
from litmap.text.table_grid import read_cells
from litmap.text.table_rows import caption_end

MAX_DISTANCE = 60.0
"""Points between a drawing and its caption, or between two drawings of one figure."""
WRONG_SIDE = 40.0
"""Points that a float on the unusual side of its caption counts as farther away."""
MARGIN = 25.0
"""Points beside a drawing where the labels of its axes stand."""
MIN_WITHIN = 0.5
"""Share of a drawing's width above or below its caption's column."""
MAX_DRAWINGS = 80
SAME_HEIGHT = 3.0
"""Points between two pieces of one rule."""
MAX_PROSE = 15
"""Rows of prose inside a drawing; with more it is a box of text."""


_FIGURE_ROWS = frozenset({"figure", "math", "body", "table"})


@dataclass(slots=True)
class Float:
    """A caption with what belongs to it: its rows [first, last), its place, the same as
    wide as its column, and the area drawn.
    """

    kind: str
    first: int
    last: int
    rect: Rect
    reach: Rect
    area: Rect | None = None


def part_floats(page: PageLayout, style: Style) -> None:
    """Rows inside a figure become 'figure', rows between a table's rules 'table', and the cells of
    a table's rows are parted.
    """
    floats = list(_find_floats(page, style))
    if not floats:
        return
    for each in floats:
        _join_caption(page, each)
    _give_drawings(page, floats)
    ruled = _ruled_areas(page, floats)
    for each in floats:
        if each.kind == "figure" and each.area is not None:
            _mark_inside_figure(page, each, each.area, _free_rows(page, floats))
        elif (area := ruled.get(each.first)) is not None:
            _mark_between_rules(page, area, _free_rows(page, floats))
    for run in _table_runs(page):
        owner = _owner(page, floats, run)
        if owner is not None:
            _settle_run(page, run, owner.kind)
    for each in floats:
        if each.kind == "figure":
            area = each.area or ruled.get(each.first) or _mark_figure_of_rows(page, each)
            page.rows[each.first].drawn = area
    _drop_empty_rows(page)


def _find_floats(page: PageLayout, style: Style) -> Iterator[Float]:
    for first, row_class in enumerate(page.classes):
        if row_class == "caption" and (kind := caption_kind(page.rows[first].text)):
            last = _without_cells(page.rows, first, caption_end(page.rows, first, style))
            rect, column = _bounds(page.rows[first:last]), page.rows[first].column
            reach = (min(rect[0], column.x0), rect[1], max(rect[2], column.x1), rect[3])
            yield Float(kind, first, last, rect, reach)


def _without_cells(rows: Sequence[Row], first: int, last: int) -> int:
    """The end of a caption without the rows of a table that is set tight below it."""
    while last - 1 > first and rows[last - 1].gaps and not is_prose(rows[last - 1]):
        last -= 1
    return last


# ── what is drawn ────────────────────────────────────────────────────────────────────────────────
def _give_drawings(page: PageLayout, floats: Sequence[Float]) -> None:
    """Each drawing goes to the caption that it lies next to, the nearest first."""
    edges = set(_edge_rules(page))
    rest = find_drawings(mark for mark in page.marks if mark not in edges)[:MAX_DRAWINGS]
    while rest:
        found = [
            (_distance(each, drawing), i, j)
            for i, each in enumerate(floats)
            for j, drawing in enumerate(rest)
            if _is_reachable(page, each, drawing)
        ]
        if not found or min(found)[0] > MAX_DISTANCE:
            return
        _, i, j = min(found)
        drawing = rest.pop(j)
        area = floats[i].area
        floats[i].area = drawing if area is None else union([area, drawing])


def _edge_rules(page: PageLayout) -> Iterator[Rect]:
    """The rules above or below all text of a page, which run over every column: those of running
    heads and feet.
    """
    top, bottom = min(row.y0 for row in page.rows), max(row.y1 for row in page.rows)
    for rule in find_rules(page.marks):
        if rule[3] <= top or rule[1] >= bottom:
            yield rule


def _distance(each: Float, drawing: Rect) -> float:
    """Points from a drawing to a float; on the unusual side of its caption it is farther off."""
    if _shared_width(each.reach, drawing) < MIN_WITHIN * (drawing[2] - drawing[0]):
        return MAX_DISTANCE + 1
    if each.area is not None:
        return max(_gap(each.area, drawing, 0), _gap(each.area, drawing, 1))
    return _gap(each.rect, drawing, 1) + _side_cost(each, drawing) + _aside(each, drawing)


def _aside(each: Float, rect: Rect) -> float:
    """What it costs to stand not right above or below the caption's own words."""
    return 0.2 * max(0.0, _gap(each.rect, rect, 0))


def _side_cost(each: Float, rect: Rect) -> float:
    """What it costs to stand below a figure's or above a table's caption."""
    above = rect[1] + rect[3] < each.rect[1] + each.rect[3]
    usual = {"figure": above, "table": not above}.get(each.kind, True)
    return 0.0 if usual else WRONG_SIDE


def _is_reachable(page: PageLayout, each: Float, drawing: Rect) -> bool:
    """Whether neither prose nor a caption stands in the drawing's way to its caption."""
    if any(
        row_class == "caption" and _is_inside(row, drawing, 0.0)
        for row, row_class in zip(page.rows, page.classes, strict=True)
    ):
        return False
    return not _has_text_between(page, each.area or each.rect, drawing)


def _mark_inside_figure(page: PageLayout, each: Float, area: Rect, free: Sequence[int]) -> None:
    """Rows on the drawing, labels beside it and what stands between it and its caption."""
    reached = union([area, (area[0], min(area[1], each.rect[3]), area[2], area[3])])
    if area[3] <= each.rect[1] + 1:
        reached = (area[0], area[1], area[2], each.rect[1])
    inside = [i for i in free if _is_inside(page.rows[i], area, 3.0)]
    inside = list(_without_running_text(page, inside))
    if sum(is_prose(page.rows[i]) for i in inside) > MAX_PROSE:
        return
    beside = [
        i for i in free if not is_prose(page.rows[i]) and _is_inside(page.rows[i], reached, MARGIN)
    ]
    for i in {*inside, *beside}:
        page.classes[i] = "figure"


def _without_running_text(page: PageLayout, inside: Sequence[int]) -> Iterator[int]:
    """The rows but those of prose that goes on above or below the area: no figure cuts a
    paragraph.
    """
    within = set(inside)
    for run in _prose_runs(page):
        if not within.issuperset(run):
            within.difference_update(run)
    return iter(sorted(within))


def _prose_runs(page: PageLayout) -> Iterator[list[int]]:
    """The indices of rows of prose that follow each other closely in one column."""
    run: list[int] = []
    for i, row in enumerate(page.rows):
        if page.classes[i] != "body" or not is_prose(row):
            continue
        if run and not (run[-1] == i - 1 and _is_next(page.rows[i - 1], row)):
            yield run
            run = []
        run.append(i)
    if run:
        yield run


def _is_next(above: Row, row: Row) -> bool:
    """Whether a row stands right below another, as in a paragraph."""
    return above.column is row.column and 0 < row.baseline - above.baseline < 1.8 * row.size


def _free_rows(page: PageLayout, floats: Iterable[Float]) -> list[int]:
    """The rows that may be part of what a caption is about: no caption's own."""
    captions = {i for each in floats for i in range(each.first, each.last)}
    return [
        i
        for i, row_class in enumerate(page.classes)
        if row_class not in ("caption", "title") and i not in captions
    ]


# ── what stands between rules ────────────────────────────────────────────────────────────────────
def _ruled_areas(page: PageLayout, floats: Sequence[Float]) -> dict[int, Rect]:
    """The area of each float that has rules, by its caption's first row. Captions stand above their
    tables, unless more of the page's tables have an area of their own where all stand below;
    figures that are tables stand above.
    """
    sides = {each.first: _ruled_sides(page, each) for each in floats if each.kind == "table"}
    options = [
        {first: area for first, side in sides.items() if (area := side[usual] or side[1 - usual])}
        for usual in (0, 1)
    ]
    ruled = max(options, key=lambda option: len(set(option.values())))
    for each in floats:
        if each.kind == "figure" and each.area is None:
            below, above = _ruled_sides(page, each)
            area = above or below
            if area is not None and area not in ruled.values() and _holds_rules_alone(page, area):
                ruled[each.first] = area
    return ruled


def _holds_rules_alone(page: PageLayout, area: Rect) -> bool:
    """Whether nothing but rules is drawn in an area: it is a table and no plot with a grid."""
    return all(
        min(mark[2] - mark[0], mark[3] - mark[1]) <= MAX_THICKNESS
        for mark in page.marks
        if are_near(area, mark, 0.0)
    )


def _ruled_sides(page: PageLayout, each: Float) -> tuple[Rect | None, Rect | None]:
    """From the first to the last rule of the table below and above this caption; None where there
    is none.
    """
    rules = [r for r in find_rules(page.marks) if _gap(r, each.reach, 0) <= 0]
    below = [r for r in rules if r[1] >= each.rect[3] - 2]
    above = [r for r in reversed(rules) if r[3] <= each.rect[1] + 2]
    taken = [_rules_of_one_table(page, each.rect, side) for side in (below, above)]
    below_it, above_it = (union(rules) if len(rules) > 1 else None for rules in taken)
    return below_it, above_it


def _rules_of_one_table(page: PageLayout, caption: Rect, rules: Sequence[Rect]) -> list[Rect]:
    """The rules, nearest first, up to prose or a caption between two of them."""
    taken: list[Rect] = []
    last = caption
    first = [rule for rule in rules if abs(rule[1] - rules[0][1]) < SAME_HEIGHT]
    for rule in rules:
        if not taken and _gap(caption, rule, 1) > MAX_DISTANCE:
            break
        if _sticks_out(rule, union(first)):
            break
        if _has_text_between(page, last, rule) or _has_caption_between(page, last, rule):
            break
        taken.append(rule)
        last = rule
    return taken


def _sticks_out(rule: Rect, widest: Rect) -> bool:
    """Whether a rule is longer than the outer rule of a table, as one over the page's columns."""
    return rule[0] < widest[0] - MARGIN or rule[2] > widest[2] + MARGIN


def _mark_between_rules(page: PageLayout, area: Rect, free: Iterable[int]) -> None:
    for i in free:
        if page.classes[i] != "figure" and _is_inside(page.rows[i], area, 3.0):
            page.classes[i] = "table"


# ── rows of tables ───────────────────────────────────────────────────────────────────────────────
def _table_runs(page: PageLayout) -> Iterator[list[int]]:
    """The indices of rows of class 'table' that follow each other in one column."""
    run: list[int] = []
    for i, row_class in enumerate(page.classes):
        if run and (row_class != "table" or page.rows[i].column is not page.rows[run[-1]].column):
            yield run
            run = []
        if row_class == "table":
            run.append(i)
    if run:
        yield run


def _owner(page: PageLayout, floats: Iterable[Float], run: Sequence[int]) -> Float | None:
    """The float that a run of rows belongs to: the nearest caption without prose in between."""
    rect = _bounds([page.rows[i] for i in run])
    near = [
        (
            _gap(each.rect, rect, 1) + 2 * _side_cost(each, rect) + _aside(each, rect),
            each.first,
            each,
        )
        for each in floats
        if _gap(each.reach, rect, 0) <= 0 and not _has_text_between(page, each.rect, rect)
    ]
    return min(near, key=lambda found: found[:2])[2] if near else None


def _settle_run(page: PageLayout, run: Sequence[int], kind: str) -> None:
    """What was taken for a table's rows goes with its caption."""
    if kind == "figure":
        for i in run:
            page.classes[i] = "figure"
    elif kind == "table":
        rows = [page.rows[i] for i in run]
        for row, cells in zip(rows, read_cells(rows, _heights_of_rules(page, rows)), strict=True):
            row.text = join_cells(cells)
        _take_in_lines(rows)


def _heights_of_rules(page: PageLayout, rows: Sequence[Row]) -> list[float]:
    """Where rules go across half of some rows, also where they are drawn cell by cell."""
    left, _, right, _ = _bounds(rows)
    widths: Counter[int] = Counter()
    for x0, y0, x1, y1 in page.marks:
        if y1 - y0 <= MAX_THICKNESS:
            widths[round(y0)] += round(min(x1, right) - max(x0, left))
    return sorted(y for y, width in widths.items() if 2 * width > right - left)


def _take_in_lines(rows: Iterable[Row]) -> None:
    """Rows whose text went to the row above give it their place."""
    first: Row | None = None
    for row in rows:
        if row.text or first is None:
            first = row
        else:
            first.y1 = max(first.y1, row.y1)
            first.x0, first.x1 = min(first.x0, row.x0), max(first.x1, row.x1)


def _drop_empty_rows(page: PageLayout) -> None:
    kept = [i for i, row in enumerate(page.rows) if row.text]
    if len(kept) < len(page.rows):
        page.rows = [page.rows[i] for i in kept]
        page.classes = [page.classes[i] for i in kept]


# ── captions, and figures of rows ────────────────────────────────────────────────────────────────
def _join_caption(page: PageLayout, each: Float) -> None:
    """What stands between a caption's lines of prose is part of it: formulas, halves of
    fractions.
    """
    prose = [i for i in range(each.first, each.last) if is_prose(page.rows[i])]
    if each.kind == "box" or not prose:
        return
    for i in range(each.first + 1, prose[-1]):
        page.classes[i] = "caption"


def _mark_figure_of_rows(page: PageLayout, each: Float) -> Rect | None:
    """The place of a figure that is made of rows, as code and formulas are, or whose strokes touch
    those of another: the rows above its caption, else below, up to running text. Those between
    labels become 'figure'.
    """
    text = {i for run in _prose_runs(page) if len(run) > 1 for i in run}
    for indices in (range(each.first - 1, -1, -1), range(each.last, len(page.rows))):
        rows: list[int] = []
        for i in indices:
            if i in text or not _may_be_in_figure(page, each, i):
                break
            rows.append(i)
        labels = [at for at, i in enumerate(rows) if page.classes[i] == "figure"]
        for i in rows[: labels[-1]] if labels else ():
            if not is_prose(page.rows[i]):
                page.classes[i] = "figure"
        if labels or _fills_top(page, rows):
            return _bounds([page.rows[i] for i in rows])
    return None


def _may_be_in_figure(page: PageLayout, each: Float, i: int) -> bool:
    """Whether a row stands in the column of a figure's caption, or across the page, and is neither
    heading nor another caption.
    """
    column = page.rows[i].column
    here = column is page.rows[each.first].column or column.floating
    return here and page.classes[i] in _FIGURE_ROWS


def _fills_top(page: PageLayout, rows: Sequence[int]) -> bool:
    """Whether rows, from below to above, reach the top of their column: no text stands above
    them.
    """
    if not rows or rows[0] < rows[-1]:
        return False
    above = rows[-1] - 1
    return above < 0 or page.rows[above].column is not page.rows[rows[-1]].column


# ── geometry ─────────────────────────────────────────────────────────────────────────────────────
def _bounds(rows: Sequence[Row]) -> Rect:
    return union([(row.x0, row.y0, row.x1, row.y1) for row in rows])


def _gap(a: Rect, b: Rect, axis: int) -> float:
    """Points between two rectangles along an axis (0: across, 1: down); negative, they overlap."""
    return max(a[axis], b[axis]) - min(a[axis + 2], b[axis + 2])


def _is_inside(row: Row, area: Rect, margin: float) -> bool:
    middle = (row.y0 + row.y1) / 2
    return (
        area[0] - margin <= row.x0
        and row.x1 <= area[2] + margin
        and area[1] - margin / 2 <= middle <= area[3] + margin / 2
    )


def _rows_between(page: PageLayout, a: Rect, b: Rect, classes: Sequence[str]) -> Iterator[Row]:
    """Rows of these classes that stand between two rectangles, one above the other."""
    top, bottom = min(a[3], b[3]), max(a[1], b[1])
    for row, row_class in zip(page.rows, page.classes, strict=True):
        beside = row.x0 >= max(a[2], b[2]) or row.x1 <= min(a[0], b[0])
        if row_class in classes and not beside and top < (row.y0 + row.y1) / 2 < bottom:
            yield row


def _shared_width(a: Rect, b: Rect) -> float:
    return max(0.0, -_gap(a, b, 0))


def _has_text_between(page: PageLayout, a: Rect, b: Rect) -> bool:
    """Whether a section's heading or at least two rows of prose stand between two rectangles; one
    may be a label.
    """
    headings = _rows_between(page, a, b, ("heading",))
    if any(is_numbered_heading(row.text) or is_known_heading(row.text) for row in headings):
        return True
    prose = filter(is_prose, _rows_between(page, a, b, ("body", "footnote", "abstract")))
    return next(prose, None) is not None and next(prose, None) is not None


def _has_caption_between(page: PageLayout, a: Rect, b: Rect) -> bool:
    return next(_rows_between(page, a, b, ("caption",)), None) is not None
