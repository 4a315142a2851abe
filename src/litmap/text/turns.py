"""Pages turned so that lines run from left to right and from top to bottom, and turned back.

Nothing behind the reading of a page has to know that Arabic begins at the right edge, or that the
lines of Japanese may run downwards.
"""

from __future__ import annotations

from enum import Enum

Rect = tuple[float, float, float, float]


class Turn(Enum):
    """How a page was turned: not at all, mirrored (right edge to the left), or put on a side, with
    the right edge on top (its lines run downwards) or the left one (they run upwards).
    """

    UPRIGHT = "upright"
    MIRRORED = "mirrored"
    ON_ITS_SIDE = "on its side"
    ON_ITS_OTHER_SIDE = "on its other side"

    @property
    def on_a_side(self) -> bool:
        """Whether the turned page is as wide as the printed one is high."""
        return self in (Turn.ON_ITS_SIDE, Turn.ON_ITS_OTHER_SIDE)


def turn_rect(rect: Rect, turn: Turn, size: tuple[float, float]) -> Rect:
    """A place on a page of this width and height on the turned page, in points."""
    x0, y0, x1, y1 = rect
    width, height = size
    if turn is Turn.MIRRORED:
        return (width - x1, y0, width - x0, y1)
    if turn is Turn.ON_ITS_SIDE:
        return (y0, width - x1, y1, width - x0)
    if turn is Turn.ON_ITS_OTHER_SIDE:
        return (height - y1, x0, height - y0, x1)
    return rect


def turn_rect_back(rect: Rect, turn: Turn, size: tuple[float, float]) -> Rect:
    """A place on a turned page where it stands on the page as printed, of this width and height."""
    x0, y0, x1, y1 = rect
    width, height = size
    if turn is Turn.ON_ITS_SIDE:
        return (width - y1, x0, width - y0, x1)
    if turn is Turn.ON_ITS_OTHER_SIDE:
        return (y0, height - x1, y1, height - x0)
    return turn_rect(rect, turn, size)
