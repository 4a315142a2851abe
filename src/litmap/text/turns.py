"""Pages turned so that lines run from left to right and from top to bottom, and turned back.

Nothing behind the reading of a page has to know that Arabic begins at the right edge, or that the
lines of Japanese may run downwards.
"""

from __future__ import annotations

from enum import Enum

Rect = tuple[float, float, float, float]


class Turn(Enum):
    """How a page was turned: not at all, mirrored (right edge to the left), or put on its side
    (the right edge on top).
    """

    UPRIGHT = "upright"
    MIRRORED = "mirrored"
    ON_ITS_SIDE = "on its side"


def turn_rect(rect: Rect, turn: Turn, width: float) -> Rect:
    """A place on a page as wide as `width` on the turned page, in points."""
    x0, y0, x1, y1 = rect
    if turn is Turn.MIRRORED:
        return (width - x1, y0, width - x0, y1)
    if turn is Turn.ON_ITS_SIDE:
        return (y0, width - x1, y1, width - x0)
    return rect


def turn_rect_back(rect: Rect, turn: Turn, width: float) -> Rect:
    """A place on a turned page where it stands on the page as printed, which is `width` wide."""
    x0, y0, x1, y1 = rect
    if turn is Turn.ON_ITS_SIDE:
        return (width - y1, x0, width - y0, x1)
    return turn_rect(rect, turn, width)
