"""Lines made anew from single characters, where PyMuPDF's own lines cannot be trusted.

That is so for old bitmap fonts (Type 3), whose nominal size is a fraction of a point so that every
kern looks like a space ("con v en tional"), and for OCR, which reads across columns and gives every
line a size of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import Any

from litmap.text.glyphs import clean
from litmap.text.line import Line

_LETTER_WIDTHS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        (500, 555, 444, 555, 444, 305, 500, 555, 278, 305, 528, 278, 833, 555, 500, 555, 528, 392, 394, 389, 555, 528,
         722, 528, 528, 444),
        strict=True,
    )
)  # fmt: skip
"""Widths of Computer Modern's small letters, in thousandths of the font size; other text faces come
near.
"""
_OT1 = {"\\": "“", '"': "”", "{": "–", "|": "—", "\x7f": "¨", "\x13": "´", "\x12": "`", " ": ""}
_DIGITS = {chr(i): str(i) for i in range(9)} | {"\t": "9", " ": "9"}
_ACCENTS = frozenset("¨´`ˆ˜ˇ˚")


@dataclass(slots=True)
class Char:
    """A character with its place; `baseline` is the y of its baseline."""

    c: str
    x0: float
    x1: float
    baseline: float
    size: float


def read_chars(page: Any, textpage: Any) -> list[Char]:
    """The upright characters of a page's PyMuPDF text page, with the sizes that its fonts claim."""
    chars: list[Char] = []
    for block in page.get_text("rawdict", textpage=textpage)["blocks"]:
        for line in block.get("lines", ()):
            if abs(line["dir"][1]) > 0.1:
                continue
            for span in line["spans"]:
                size = span["size"]
                for char in span["chars"]:
                    x0, _, x1, _ = char["bbox"]
                    if not char["c"].isspace() or (size < 3 and not char.get("synthetic")):
                        chars.append(Char(char["c"], x0, x1, char["origin"][1], size))
    return chars


def regroup(chars: Sequence[Char]) -> list[Line]:
    """Characters → words → lines; a line ends at a strip wider than one and a half letters."""
    if not chars:
        return []
    if sorted([char.size for char in chars])[len(chars) // 2] < 3:
        _measure_sizes(chars)
        _decode_ot1(chars)
    size = sorted([char.size for char in chars])[len(chars) // 2]
    lines: list[Line] = []
    for group in _group_by_baseline(chars, size):
        lines += _cut_at_gaps(group)
    return _level_sizes(lines)


def _measure_sizes(chars: Sequence[Char]) -> None:
    """Sizes by the width of letters, for each baseline where it holds enough of them, else the
    page's.
    """
    usual = _size_of(_known_widths(chars)) or 10.0
    groups: dict[int, list[Char]] = {}
    for char in chars:
        groups.setdefault(round(char.baseline * 2), []).append(char)
    for group in groups.values():
        known = _known_widths(group)
        size = _size_of(known) if len(known) >= 12 else None
        for char in group:
            char.size = size or usual


def _decode_ot1(chars: Sequence[Char]) -> None:
    """Codes of TeX's own encoding (OT1), which bitmap fonts give away as they are, to the signs
    they print.

    Some of these fonts number their digits 0 to 9: seen by a text with commas and full stops but
    without any digit.
    """
    seen = {char.c for char in chars}
    digits = {",", "."} <= seen and not seen & set("123456789")
    for char in chars:
        if digits and char.c in _DIGITS:
            char.c = _DIGITS[char.c]
        else:
            char.c = _OT1.get(char.c, char.c)


def _known_widths(chars: Sequence[Char]) -> list[tuple[float, int]]:
    """The widths of small letters, as printed and in thousandths of their size."""
    return [
        (char.x1 - char.x0, _LETTER_WIDTHS[char.c]) for char in chars if char.c in _LETTER_WIDTHS
    ]


def _size_of(known: Sequence[tuple[float, int]]) -> float | None:
    if not known:
        return None
    printed, usual = map(sum, zip(*known, strict=True))
    return round(1000 * printed / usual, 1)


def _group_by_baseline(chars: Sequence[Char], size: float) -> list[list[Char]]:
    """Characters by baseline; those a script's height away stay apart and are joined as scripts
    later.
    """
    groups: list[list[Char]] = []
    for char in sorted(chars, key=attrgetter("baseline", "x0")):
        if groups and char.baseline - groups[-1][0].baseline < 0.18 * size:
            groups[-1].append(char)
        else:
            groups.append([char])
    return groups


def _cut_at_gaps(group: list[Char]) -> list[Line]:
    group.sort(key=attrgetter("x0"))
    lines: list[Line] = []
    part: list[Char] = [group[0]]
    text = [group[0].c]
    for last, char in pairwise(group):
        gap = char.x0 - last.x1
        size = max(char.size, last.size)
        if gap > 1.5 * size:
            lines += _make_line(part, "".join(text))
            part, text = [], []
        elif gap > 0.16 * size:
            text.append(" ")
        part.append(char)
        if char.c in _ACCENTS and gap < -0.2 * size:
            text.insert(len(text) - 1, char.c)  # `clean` joins an accent to the letter after it
        else:
            text.append(char.c)
    return lines + _make_line(part, "".join(text))


def _make_line(part: Sequence[Char], text: str) -> list[Line]:
    text = clean(text)
    if not text:
        return []
    size = sorted([char.size for char in part])[len(part) // 2]
    baseline = sorted([char.baseline for char in part])[len(part) // 2]
    x0, x1 = part[0].x0, max([char.x1 for char in part])
    y0, y1 = baseline - 0.75 * size, baseline + 0.22 * size
    return [Line(text, x0, y0, x1, y1, baseline, round(size, 1))]


def _level_sizes(lines: list[Line]) -> list[Line]:
    """Sizes measured from images scatter: those within a quarter of the usual one are made equal to
    it.
    """
    weights: dict[float, int] = {}
    for line in lines:
        weights[line.size] = weights.get(line.size, 0) + len(line.text)
    half, seen, usual = sum(weights.values()) / 2, 0, 0.0
    for size in sorted(weights):
        seen += weights[size]
        if seen >= half:
            usual = size
            break
    for line in lines:
        if abs(line.size - usual) < 0.22 * usual:
            line.size = usual
    return lines
