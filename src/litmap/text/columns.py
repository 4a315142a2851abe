"""Columns of a page: gutters found by the white space that long lines leave, bands cut by what
crosses them.

A page is cut into bands by the lines that cross a gutter; in each band the columns are read one
after the other. The same is done within a column, so that three columns are two cuts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from litmap.parsing.captions import CAPTION
from litmap.text.line import Line
from litmap.text.page_layout import Column
from litmap.text.script_words import count_words

Gutter = tuple[float, float]
"""The x-range of the white strip between two columns, in points."""
Band = tuple[bool, list[Line]]
"""Whether its lines are read across the gutter, and the lines from top to bottom."""

_WORD = re.compile(r"[^\W\d_]{3,}")
MIN_LINE = 12
"""Characters that a line of running text exceeds."""
MIN_BESIDE = 5
"""Rows that stand side by side about a gutter."""
MIN_NARROW = 18
"""Characters in the middle line of a column that is a third of its region or less; a table's cells
hold fewer.
"""
MAX_DEPTH = 4
"""Cuts within cuts: four columns in three cuts, and what stands across some of them."""
MAX_STARTS = 8
"""Places that are tried as the left edge of a column."""


def split_columns(
    lines: Sequence[Line],
    usual: Sequence[Gutter] = (),
    found: list[Gutter] | None = None,
    depth: int = 0,
) -> list[Column]:
    """The lines cut into columns, in reading order; a band across the page is a column of its own.

    `usual`: the document's gutters, for pages that show none of their own. Gutters that the lines
    show are added to `found`.
    """
    if not lines:
        return []
    left, right = _extent(lines)
    own = find_gutter(lines) if depth < MAX_DEPTH else None
    if own is not None and found is not None:
        found.append(own)
    gutter = own or _choose_usual(lines, usual)
    if gutter is None:
        return [Column(*_text_extent(lines, left, right), list(lines))]
    others = () if own else [other for other in usual if other != gutter]
    columns: list[Column] = []
    for across, band in _cut_bands(lines, gutter):
        if across:
            floating = not _has_prose(band) and len(band) > 3
            columns.append(Column(left, right, band, floating=floating))
            continue
        for side in _sides(band, gutter):
            columns += split_columns(side, others, found, depth + 1)
    return columns


def _choose_usual(lines: Sequence[Line], usual: Sequence[Gutter]) -> Gutter | None:
    """The document's gutter that lines without one of their own agree with, None where none."""
    agreeing = [gutter for gutter in usual if _agrees_with(lines, gutter)]
    return agreeing[0] if agreeing else None


def _sides(band: Sequence[Line], gutter: Gutter) -> tuple[list[Line], list[Line]]:
    """A band's lines left and right of the gutter's middle."""
    middle = (gutter[0] + gutter[1]) / 2
    left: list[Line] = []
    right: list[Line] = []
    for line in band:
        (left if (line.x0 + line.x1) / 2 < middle else right).append(line)
    return left, right


def _extent(lines: Sequence[Line]) -> tuple[float, float]:
    return min(line.x0 for line in lines), max(line.x1 for line in lines)


def _text_extent(lines: Sequence[Line], left: float, right: float) -> tuple[float, float]:
    """The edges of running text: where most long lines begin and end; formulas that stick out do
    not count.
    """
    long = [line for line in lines if line.width > 0.7 * (right - left) and len(line.text) > 15]
    if len(long) < 4:
        return left, right
    starts, ends = sorted(line.x0 for line in long), sorted(line.x1 for line in long)
    return starts[len(starts) // 8], ends[-1 - len(ends) // 8]


def find_gutter(lines: Sequence[Line]) -> Gutter | None:
    """The x-range of the white strip between two columns of running text, None where there is one
    column.

    Both columns beside the strip must hold at least five lines that fill half of them and stand
    beside lines of the other. Of three columns' two gutters the one that fewer lines cross.
    """
    if len(lines) < 2 * MIN_BESIDE:
        return None
    left, right = _extent(lines)
    width = right - left
    if width < 150:
        return None
    long = [line for line in lines if len(line.text) > MIN_LINE]
    best: Gutter | None = None
    best_score = -len(lines) * 4
    for start in _common_starts(long, left + 0.1 * width, right - 0.1 * width):
        gutter, score = _score_gutter(long, start, left, right)
        if score > best_score:
            best, best_score = gutter, score
    return best


def _common_starts(lines: Sequence[Line], low: float, high: float) -> list[int]:
    """The places between `low` and `high` at which most lines begin."""
    starts = Counter(round(line.x0) for line in lines if low < line.x0 < high)
    return [start for start, _ in starts.most_common(MAX_STARTS)]


def _score_gutter(
    long: Sequence[Line], start: int, left: float, right: float
) -> tuple[Gutter | None, int]:
    """The gutter left of x `start` and how many rows stand side by side about it, less those that
    cross it beside others; (None, 0) where too few.
    """
    x = start - 2
    before = [line for line in long if line.x1 <= x + 1 and line.width > 0.5 * (x - line.x0)]
    opening = [line for line in long if x <= line.x0 <= x + 4 * line.size]
    if len(before) < MIN_BESIDE or len(opening) < MIN_BESIDE:
        return None, 0
    end = _upper(line.x1 for line in opening)
    after = [line for line in opening if line.width > 0.5 * (end - x)]
    crossing = [line for line in long if line.x0 < x - 15 and line.x1 > x + 15]
    score = _side_by_side(before, after)
    if score < MIN_BESIDE:
        score = _rows_of_lists(long, opening, crossing, x)
    if score < max(MIN_BESIDE, 0.1 * len(crossing)):
        return None, 0
    width = min(x - _lower(line.x0 for line in before), end - x)
    if width < 0.35 * (right - left) and not _are_narrow_columns(before, after, crossing, x):
        return None, 0
    gutter = (max(line.x1 for line in before), float(start))
    return gutter, score - 3 * _count_beside(crossing, after)


def _rows_of_lists(
    long: Sequence[Line], opening: Sequence[Line], crossing: Sequence[Line], x: float
) -> int:
    """How many rows stand side by side about x, short ones too, where nothing crosses it among
    them: two columns of a list, whose entries end in short lines, at the foot of a page.
    """
    top, bottom = min(line.y0 for line in opening), max(line.y1 for line in opening)
    beside = [line for line in long if line.x1 <= x + 1 and top - 1 < line.baseline < bottom + 1]
    filled = sum(1 for line in beside if line.width > 0.5 * (x - line.x0))
    if filled * 2 < len(beside) or not (_share_edges(beside) and _share_edges(opening)):
        return 0
    if any(top < line.baseline < bottom for line in crossing):
        return 0
    return _side_by_side(beside, opening)


def _are_narrow_columns(
    before: Sequence[Line], after: Sequence[Line], crossing: Sequence[Line], x: float
) -> bool:
    """Whether what stands left and right of x is running text in columns narrower than those of
    most papers, and no table: a strip as wide as a letter, crossed by hardly a line.
    """
    if not after:
        return False
    size = after[len(after) // 2].size
    if x + 2 - _upper(line.x1 for line in before) < 0.6 * size:
        return False
    top, bottom = min(line.y0 for line in after), max(line.y1 for line in after)
    within = sum(1 for line in crossing if top < line.baseline < bottom)
    return (
        within <= 0.15 * len(after)
        and _share_edges(after)
        and _is_running_text(before)
        and _is_running_text(after)
    )


def _share_edges(lines: Sequence[Line]) -> bool:
    """Whether most lines begin at one of two left edges, as text and its indents do; the points
    of a plot do not.
    """
    edges = Counter(round(line.x0) for line in lines).most_common(2)
    return sum(count for _, count in edges) >= 0.6 * len(lines)


def _lower(values: Iterable[float]) -> float:
    """The value that nine in ten exceed."""
    ordered = sorted(values)
    return ordered[len(ordered) // 10]


def _upper(values: Iterable[float]) -> float:
    """The value that nine in ten do not exceed."""
    ordered = sorted(values)
    return ordered[-1 - len(ordered) // 10]


def _is_running_text(lines: Sequence[Line]) -> bool:
    """Whether the long lines of a narrow column are text and no cells: line below line at one
    distance, each of some length.
    """
    lengths = sorted(len(line.text) for line in lines)
    if lengths[len(lengths) // 2] < MIN_NARROW:
        return False
    rows = sorted(line.baseline for line in lines)
    steps = [b - a for a, b in pairwise(rows) if b - a > 1]
    if not steps:
        return False
    size = sorted(line.size for line in lines)[len(lines) // 2]
    close = sum(1 for step in steps if step < 3.5 * size)  # rows spread wide are no long lines
    return close >= 0.5 * len(steps)


def _count_crossing(lines: Sequence[Line], gutter: Gutter, by: float) -> int:
    return sum(1 for line in lines if line.x0 < gutter[0] - by and line.x1 > gutter[1] + by)


def _agrees_with(lines: Sequence[Line], gutter: Gutter) -> bool:
    """Whether a page without a gutter agrees with the document's: few lines cross it, both sides
    hold some.
    """
    long = [line for line in lines if len(line.text) > MIN_LINE]
    crossing = _count_crossing(long, gutter, 10)
    left = sum(1 for line in long if line.x1 <= gutter[1] + 1)
    right = sum(1 for line in long if line.x0 >= gutter[0] - 1)
    return min(left, right) >= 2 and crossing <= 0.5 * (left + right)


def _side_by_side(before: Sequence[Line], after: Sequence[Line]) -> int:
    """How many rows stand beside each other: lines of one side that overlap a line of the other in
    height.
    """
    if len(before) < 3 or len(after) < 3:
        return 0
    return min(_count_beside(before, after), _count_beside(after, before))


def _count_beside(side: Sequence[Line], others: Sequence[Line]) -> int:
    middles = sorted((line.y0 + line.y1) / 2 for line in others)
    count = 0
    for line in side:
        at = bisect_left(middles, line.y0 - 0.4 * line.size)
        count += at < len(middles) and middles[at] < line.y1 + 0.4 * line.size
    return count


def _cut_bands(lines: Sequence[Line], gutter: Gutter) -> list[Band]:
    """The lines from top to bottom as runs that cross the gutter or do not."""
    ordered = sorted(lines, key=lambda line: line.baseline)
    right = [line for line in lines if line.x0 >= gutter[0] - 2]
    across = [_crosses(line, gutter) and not _sticks_out(line, right) for line in ordered]
    _join_neighbours(ordered, across)
    bands: list[Band] = []
    for line, is_across in zip(ordered, across, strict=True):
        if not bands or bands[-1][0] != is_across:
            bands.append((is_across, []))
        bands[-1][1].append(line)
    return _free_floats(bands, gutter)


def _join_neighbours(ordered: Sequence[Line], across: list[bool]) -> None:
    """Adds to what crosses the gutter the lines that stand alone on their height and belong to it:
    a title centred over three columns, the heading right above it, its short last line.
    """
    alone = _find_alone(ordered)
    centre = sum(_extent(ordered)) / 2
    edges = Counter(round(line.x0) for line in ordered)
    for i, line in enumerate(ordered):
        if alone[i] and edges[round(line.x0)] < 3 and _is_centred(line, centre):
            across[i] = True
    for i in range(1, len(ordered)):
        if across[i - 1] and alone[i] and _is_last_line(ordered[i - 1], ordered[i]):
            across[i] = True
    for i in range(len(ordered) - 2, -1, -1):
        if across[i + 1] and alone[i] and not across[i] and _is_nearer_below(ordered, i):
            across[i] = True


def _find_alone(ordered: Sequence[Line]) -> list[bool]:
    """Which of the lines (from top to bottom) no other line stands beside."""
    return [
        not any(
            abs(other.baseline - line.baseline) < 0.6 * line.size
            for other in (*ordered[max(0, i - 3) : i], *ordered[i + 1 : i + 4])
        )
        for i, line in enumerate(ordered)
    ]


def _is_centred(line: Line, centre: float) -> bool:
    return abs((line.x0 + line.x1) / 2 - centre) < line.size


def _is_last_line(last: Line, line: Line) -> bool:
    """Whether a line ends the paragraph of the full line above it."""
    return (
        line.baseline - last.baseline < 1.45 * line.size
        and abs(line.size - last.size) < 0.3
        and line.x0 < last.x0 + line.size
        and line.x1 < last.x1
    )


def _is_nearer_below(ordered: Sequence[Line], i: int) -> bool:
    """Whether white space parts a line from what stands above it, and less of it from what stands
    below: a heading, or the first of two footnotes.
    """
    line, below = ordered[i], ordered[i + 1]
    gap = below.baseline - line.baseline
    if gap > 2.5 * line.size:
        return False
    return i == 0 or line.baseline - ordered[i - 1].baseline > 1.3 * gap


def _crosses(line: Line, gutter: Gutter) -> bool:
    return line.x0 < gutter[0] - 4 and line.x1 > gutter[1] + 4


def _sticks_out(line: Line, right: Sequence[Line]) -> bool:
    """Whether a line of the right column stands beside it: then it is a formula too wide for its
    column.
    """
    return any(o.y0 < line.baseline - 1 and o.y1 > line.y0 + 2 for o in right)


def _free_floats(bands: Sequence[Band], gutter: Gutter) -> list[Band]:
    """Floats as wide as the page are read across: pieces without prose next to a caption across the
    page.
    """
    freed: list[Band] = []
    for i, (across, band) in enumerate(bands):
        if across:
            freed.append((across, band))
            continue
        pieces = _cut_at_white_strips(band)
        for piece, is_float in zip(pieces, _find_floats(bands, i, pieces, gutter), strict=True):
            if freed and freed[-1][0] == is_float and not is_float:
                freed[-1][1].extend(piece)
            else:
                freed.append((is_float, piece))
    return freed


def _find_floats(
    bands: Sequence[Band], i: int, pieces: Sequence[list[Line]], gutter: Gutter
) -> list[bool]:
    """Which pieces of band `i` are floats: the first below a caption, the last ones above a
    caption.
    """
    floats = [False] * len(pieces)
    if i and any(CAPTION.match(line.text) for line in bands[i - 1][1]):
        floats[0] = _may_be_float(pieces[0], gutter)
    if i + 1 < len(bands) and CAPTION.match(bands[i + 1][1][0].text):
        for k in range(len(pieces) - 1, -1, -1):
            if not _may_be_float(pieces[k], gutter):
                break
            floats[k] = True
    return floats


def _may_be_float(piece: Sequence[Line], gutter: Gutter) -> bool:
    """Whether a piece may be part of a float across the page: no prose, no columns of text, and no
    caption in one of the columns, which is that of a figure or table there.
    """
    return (
        not _has_prose(piece)
        and not _shows_gutter(piece, gutter)
        and not any(not _crosses(line, gutter) and _begins_caption(line.text) for line in piece)
    )


def _begins_caption(text: str) -> bool:
    label = CAPTION.match(text)
    return label is not None and label["mark"] is not None


def _shows_gutter(lines: Sequence[Line], gutter: Gutter) -> bool:
    """Whether lines of running text fill the columns on both sides of the gutter, and hardly one
    stands across.
    """
    left, right = _extent(lines)
    prose = [line for line in lines if len(_WORD.findall(line.text)) >= 3]
    before = [line for line in prose if line.x1 <= gutter[1] + 1]
    after = [line for line in prose if line.x0 >= gutter[0] - 1]
    full_before = sum(1 for line in before if line.width > 0.8 * (gutter[0] - left))
    full_after = sum(1 for line in after if line.width > 0.8 * (right - gutter[1]))
    return min(full_before, full_after) >= 3 > _count_crossing(prose, gutter, 10)


def _cut_at_white_strips(band: Sequence[Line]) -> list[list[Line]]:
    """A band cut where white space goes across the page."""
    sizes = sorted(line.size for line in band)
    spacing = 1.2 * sizes[len(sizes) // 2]
    pieces: list[list[Line]] = []
    lowest = -1e9
    for line in sorted(band, key=lambda line: line.y0):
        if not pieces or line.y0 - lowest > 0.9 * spacing:
            pieces.append([])
        pieces[-1].append(line)
        lowest = max(lowest, line.y1)
    return pieces


def _has_prose(lines: Sequence[Line]) -> bool:
    """Whether a quarter of the lines (three at least) are full lines of running text."""
    full = sorted(line.width for line in lines)[-1 - len(lines) // 10]
    prose = [line for line in lines if count_words(line.text) >= 5 and line.width > 0.93 * full]
    return len(prose) > max(2, 0.25 * len(lines))
