"""Boxes of small print beside a front page's title: 'Received', the number of the issue, terms."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from litmap.text.line import Line
from litmap.text.script_words import count_words

MIN_LARGER = 1.25
"""How much larger than the page's usual print a title is that has a box beside it."""
MAX_SMALLER = 0.8
"""The box's print as a share of the title's."""
MAX_DISTANCE = 2.2
"""Distance of a title's baselines in sizes of its print."""
MIN_LETTERS = 4
"""Letters of a line of large print; an initial of the text has fewer."""
MAX_WORDS = 5
"""Small words of a line of a box; more are running text in a column of its own."""


def set_apart_boxes(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The lines of boxes beside large print above the text, and the others: printed at one height,
    title and box would be read as one line.
    """
    beside: set[int] = set()
    text = min((line.y0 for line in lines if _is_running_text(line)), default=math.inf)
    for run in _large_runs(lines):
        if run[0].y0 > text:
            continue
        box = [line for line in lines if _is_beside(line, run)]
        if not any(map(_is_running_text, box)):
            beside.update(map(id, box))
    return (
        [line for line in lines if id(line) in beside],
        [line for line in lines if id(line) not in beside],
    )


def _is_running_text(line: Line) -> bool:
    return count_words(line.text) > MAX_WORDS


def _large_runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """The lines of large print, one run for each that go on below each other in one size."""
    usual = _usual_size(lines)
    large = [line for line in lines if line.size > MIN_LARGER * usual and _is_worded(line)]
    run: list[Line] = []
    for line in sorted(large, key=lambda line: line.baseline):
        if run and not _goes_on(run[-1], line):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _usual_size(lines: Sequence[Line]) -> float:
    """The size of the middle one of all characters."""
    ordered = sorted(lines, key=lambda line: line.size)
    half, seen = sum(len(line.text) for line in ordered) / 2, 0
    for line in ordered:
        seen += len(line.text)
        if seen >= half:
            return line.size
    return 0.0


def _is_worded(line: Line) -> bool:
    return sum(map(str.isalpha, line.text)) >= MIN_LETTERS


def _goes_on(line: Line, below: Line) -> bool:
    near = below.baseline - line.baseline < MAX_DISTANCE * line.size
    overlap = min(line.x1, below.x1) > max(line.x0, below.x0)
    return near and overlap and abs(line.size - below.size) < 0.08 * line.size


def _is_beside(line: Line, run: Sequence[Line]) -> bool:
    """Whether a line in much smaller print stands left or right of all of a run, at its height."""
    size = run[0].size
    top, bottom = min(r.y0 for r in run), max(r.y1 for r in run)
    if line.size > MAX_SMALLER * size or not top < (line.y0 + line.y1) / 2 < bottom:
        return False
    gap = 0.4 * size
    return line.x1 < min(r.x0 for r in run) - gap or line.x0 > max(r.x1 for r in run) + gap
