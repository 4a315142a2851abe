"""Colours by their parts and their everyday names."""

from __future__ import annotations

import colorsys
import re

_HEX = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})")
PALE = 0.12
"""Below this saturation a colour is a grey."""
_HUES = ((20, "red"), (45, "orange"), (70, "yellow"), (170, "green"), (255, "blue"),
         (330, "violet"), (361, "red"))  # fmt: skip
"""Degrees of the colour circle below which a hue bears the name."""


def rgb(colour: str) -> tuple[float, float, float] | None:
    """The parts of '#rrggbb', each from 0 to 1; None for what is no colour.

    >>> rgb("#ff0033"), rgb("red")
    ((1.0, 0.0, 0.2), None)
    """
    found = _HEX.fullmatch(colour)
    if found is None:
        return None
    red, green, blue = (int(part, 16) / 255 for part in found.groups())
    return red, green, blue


def colour_name(colour: str) -> str:
    """'yellow' for '#ffd54a': one of red, orange, yellow, green, blue, violet, gray; '' for what is
    no colour.

    >>> colour_name("#ffff00"), colour_name("#a0c0ff"), colour_name("#777777"), colour_name("")
    ('yellow', 'blue', 'gray', '')
    """
    parts = rgb(colour)
    if parts is None:
        return ""
    hue, _, _ = colorsys.rgb_to_hls(*parts)
    if max(parts) - min(parts) < PALE:
        return "gray"
    return next(name for below, name in _HUES if 360 * hue < below)
