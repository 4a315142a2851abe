"""Text that runs up or down a page: tables and whole pages set sideways are turned to be read,
stamps at the margin and the labels of axes are not.
"""

from __future__ import annotations

from collections.abc import Sequence

from litmap.parsing.captions import CAPTION
from litmap.text.line import Line
from litmap.text.own_ids import ARXIV_STAMP
from litmap.text.raw import MIN_CHARS, MIN_SIDEWAYS, RawPage, RotatedLine, count_chars
from litmap.text.script_words import count_words
from litmap.text.turns import Turn, turn_rect, turn_rect_back

MARGIN = 0.07
"""Share of a page's width at its edges in which a line by itself is a stamp."""
MIN_WORDS = 4
"""Words of a line of prose."""


def stand_up(page: RawPage) -> None:
    """Turns what is set sideways so that it reads from left to right, in place: the page where it
    has no other text, else a part of it.
    """
    turn, lines = _lines_of_one_direction(page.rotated)
    size = (page.width, page.height)
    for rotated in lines:
        _turn_line(rotated, turn, size)
    stamps = {id(line) for line in find_stamps([r.line for r in lines], page.width)}
    read = [r.line for r in lines if id(r.line) not in stamps]
    if not (page.is_sideways or has_own_text(read)):
        page.is_sideways = False
        return
    kept = {id(line) for line in read}
    page.aside = [r.line.text for r in page.rotated if id(r.line) not in kept]
    page.rotated, page.is_sideways = [], False
    if page.chars >= MIN_CHARS:
        page.sideways = RawPage(page.number, page.height, page.width, read, turn=turn)
        places = [turn_rect_back(line.rect, turn, size) for line in read]
        page.strip = (min(x0 for x0, *_ in places), max(x1 for _, _, x1, _ in places))
        return
    page.aside += [line.text for line in page.lines]
    page.lines, page.turn = read, turn
    page.width, page.height = page.height, page.width


def _lines_of_one_direction(rotated: Sequence[RotatedLine]) -> tuple[Turn, list[RotatedLine]]:
    """The lines that run upwards or those that run downwards, whichever are more."""
    up = [r for r in rotated if r.down < -0.9]
    down = [r for r in rotated if r.down > 0.9]
    if count_chars([r.line for r in up]) >= count_chars([r.line for r in down]):
        return Turn.ON_ITS_OTHER_SIDE, up
    return Turn.ON_ITS_SIDE, down


def _turn_line(rotated: RotatedLine, turn: Turn, size: tuple[float, float]) -> None:
    line = rotated.line
    line.x0, line.y0, line.x1, line.y1 = turn_rect(line.rect, turn, size)
    runs_down = turn is Turn.ON_ITS_SIDE
    line.baseline = size[0] - rotated.baseline if runs_down else rotated.baseline


def find_stamps(lines: Sequence[Line], height: float) -> list[Line]:
    """Of turned lines on a page of this height those that were printed on its margin: arXiv's
    stamp, and lines by themselves at the edge ('Downloaded from …').
    """
    edge = MARGIN * height
    return [
        line
        for line in lines
        if ARXIV_STAMP.match(line.text)
        or (not edge < (line.y0 + line.y1) / 2 < height - edge and _is_alone(line, lines))
    ]


def _is_alone(line: Line, lines: Sequence[Line]) -> bool:
    """Whether no other row is nearer than two lines."""
    return not any(_are_neighbours(line, other) for other in lines)


def _are_neighbours(line: Line, other: Line) -> bool:
    """Whether two lines stand on rows next to each other."""
    return 0.3 * line.size < abs(line.baseline - other.baseline) < 2 * line.size


def has_own_text(lines: Sequence[Line]) -> bool:
    """Whether rotated lines on a page of upright text are read: a table or figure with its caption,
    or a paragraph; labels of axes, each by itself, are neither.
    """
    if any(CAPTION.match(line.text) for line in lines):
        return True
    wordy = [line for line in lines if count_words(line.text) >= MIN_WORDS]
    stacked = [
        line
        for line in wordy
        if any(
            _are_neighbours(line, other) and line.x0 < other.x1 and other.x0 < line.x1
            for other in wordy
        )
    ]
    return len(stacked) >= MIN_SIDEWAYS
