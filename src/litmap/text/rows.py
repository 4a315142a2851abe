"""Lines of a column → rows: fragments on one baseline, with the scripts and limits that belong to
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from litmap.text.line import Line
from litmap.text.page_layout import Column, Row
from litmap.text.raw import MIN_STRIP

MAX_STUB = 12
"""Characters of a fragment that may be a script, half a fraction or a sum's limit."""
MAX_SPREAD_MATH = 0.5
"""Share of signs of maths in a word of running text."""
MIN_STUB_OVERLAP = 0.35
"""Share of a stub's height by which it overlaps the row that it belongs to."""


def merge_fragments(lines: Sequence[Line]) -> list[Line]:
    """Pieces of one printed line, which PyMuPDF parts at wide spaces, put together again."""
    merged: list[Line] = []
    for line in lines:
        if merged and _continues_line(merged[-1], line):
            merged[-1] = _joined(merged[-1], line)
        else:
            merged.append(line)
    return merged


def _continues_line(last: Line, line: Line) -> bool:
    return (
        last.block == line.block
        and abs(last.baseline - line.baseline) < 0.15 * line.size
        and -0.5 * line.size < line.x0 - last.x1 < 1.0 * max(line.size, last.size)
    )


def _joined(last: Line, line: Line) -> Line:
    """One line of two fragments, which stay as they are."""
    a, b = len(last.text), len(line.text)
    near = line.x0 - last.x1 < 0.08 * line.size
    between = "" if near and not _has_space_between(last, line) else " "
    of_most = line if b > a else last
    return replace(
        last,
        text=f"{last.text}{between}{line.text}",
        x1=max(last.x1, line.x1),
        y0=min(last.y0, line.y0),
        y1=max(last.y1, line.y1),
        size=of_most.size,
        font=of_most.font,
        bold=(last.bold * a + line.bold * b) / (a + b),
        italic=(last.italic * a + line.italic * b) / (a + b),
        math=(last.math * a + line.math * b) / (a + b),
        largest=max(last.largest, line.largest),
        spaced=(last.spaced[0], line.spaced[1]),
        strips=_strips_of_both(last, line),
    )


def _strips_of_both(last: Line, line: Line) -> tuple[tuple[int, float, float], ...]:
    """The wide strips of two fragments that become one, and the one between them."""
    wide = line.x0 - last.x1 > MIN_STRIP * line.size
    if not (wide or last.strips or line.strips):
        return ()
    words = len(last.text.split())
    between = ((words, last.x1, line.x0),) if wide else ()
    return (*last.strips, *between, *((words + n, a, b) for n, a, b in line.strips))


def _has_space_between(last: Line, line: Line) -> bool:
    """Whether the file has a space between two fragments, however narrow it is printed."""
    return last.spaced[1] or line.spaced[0]


def group_rows(column: Column) -> list[Row]:
    """The column's lines by baseline, from top to bottom; scripts and fraction parts join their
    row.
    """
    groups: list[list[Line]] = []
    for line in sorted(column.lines, key=lambda line: (line.baseline, line.x0)):
        for group in reversed(groups[-3:]):
            if abs(line.baseline - group[0].baseline) < 0.35 * min(line.size, group[0].size) + 0.5:
                group.append(line)
                break
        else:
            groups.append([line])
    return [_make_row(group, column) for group in _join_stubs(groups)]


def _join_stubs(groups: list[list[Line]]) -> list[list[Line]]:
    """Stubs (a script, half a fraction, a sum's limit) joined to the row that they overlap in
    height.
    """
    if len(groups) < 2:
        return groups
    mains = [_longest(group) for group in groups]
    chars = [sum(len(line.text) for line in group) for group in groups]
    merged: list[list[Line]] = [[] for _ in groups]
    for i, group in enumerate(groups):
        target = i if chars[i] > MAX_STUB else _row_of_stub(i, groups, mains, chars)
        merged[target] += group
    return [group for group in merged if group]


def _row_of_stub(
    i: int, groups: Sequence[list[Line]], mains: Sequence[Line], chars: Sequence[int]
) -> int:
    """The index of the group, two rows away at most, that a stub overlaps most; `i` where none."""
    stub = groups[i]
    _, y0, _, y1 = _bounds(stub)
    best, share = i, MIN_STUB_OVERLAP
    for j in (i - 2, i - 1, i + 1, i + 2):
        if not 0 <= j < len(groups) or chars[j] <= max(MAX_STUB, chars[i]):
            continue
        main = mains[j]
        if main.x0 - 30 < stub[0].x0 < main.x1 + 30:
            overlap = (min(y1, main.y1) - max(y0, main.y0)) / max(y1 - y0, 1.0)
            if overlap > share:
                best, share = j, overlap
    return best


def is_spread(group: Sequence[Line], column: Column) -> bool:
    """Whether fragments are the words of one justified line, before a long address: they stand at
    equal distances and fill the column to its right edge.

    The cells of a row are left-aligned, so that their distances differ.
    """
    gaps = [b.x0 - a.x1 for a, b in pairwise(group)]
    widest, size = max(gaps), group[0].size
    flush = abs(group[-1].x1 - column.x1) < 0.3 * size
    even = widest - min(gaps) < 0.15 * size
    if not flush or not even or any(line.math > MAX_SPREAD_MATH for line in group):
        return False
    words = [line.text for line in group]
    return len(gaps) > 1 or not any(" " in text or text[-1].isdigit() for text in words)


def _longest(group: Sequence[Line]) -> Line:
    return max(group, key=lambda line: len(line.text))


def _make_row(group: list[Line], column: Column) -> Row:
    if len(group) == 1:
        line = group[0]
        return Row(
            group, column, line.x0, line.y0, line.x1, line.y1, line.baseline, line.size, line.text,
            line.bold, line.italic, line.math, 0, line.font, line.bold_prefix,
            line.largest or line.size,
        )  # fmt: skip
    group.sort(key=lambda line: line.x0)
    main = _longest(group)
    text, gaps = join_fragments(group, main)
    if gaps and not column.floating and is_spread(group, column):
        gaps = 0
    x0, y0, x1, y1 = _bounds(group)
    return Row(
        lines=group,
        column=column,
        x0=x0,
        y0=y0,
        x1=x1,
        y1=y1,
        baseline=main.baseline,
        size=main.size,
        text=text,
        bold=_mean_share(group, [line.bold for line in group]),
        italic=_mean_share(group, [line.italic for line in group]),
        math=_mean_share(group, [line.math for line in group]),
        gaps=gaps,
        font=main.font,
        bold_prefix=group[0].bold_prefix,
        largest=max(line.largest or line.size for line in group),
    )


def _bounds(lines: Sequence[Line]) -> tuple[float, float, float, float]:
    return (
        min(line.x0 for line in lines),
        min(line.y0 for line in lines),
        max(line.x1 for line in lines),
        max(line.y1 for line in lines),
    )


def _mean_share(lines: Sequence[Line], shares: Sequence[float]) -> float:
    """The mean of the lines' shares, weighted by their characters."""
    chars = [len(line.text) for line in lines]
    weighted = sum(share * count for share, count in zip(shares, chars, strict=True))
    return weighted / sum(chars)


def join_fragments(group: Sequence[Line], main: Line) -> tuple[str, int]:
    """The fragments' text and the number of wide white strips between them; scripts stand without a
    space.
    """
    text, gaps = group[0].text, 0
    for a, b in pairwise(group):
        space = b.x0 - a.x1
        is_script = -0.3 * b.size < space < 0.08 * main.size and b.size < 0.9 * main.size
        text += b.text if is_script else " " + b.text
        gaps += space > main.size
    return text, gaps
