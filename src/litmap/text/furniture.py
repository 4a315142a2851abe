"""What stands on a page but belongs to no text: running heads and feet, page numbers, stamps, publishers' notices.

A line at the top or bottom edge is furniture where its place is the same on many pages and its words repeat (numbers
left out) or count pages; what stands on page 1 alone is judged by its words.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from litmap.text.line import Line
from litmap.text.raw import RawPage

_NUMBER = re.compile(
    r"^[\s\-–—|•·()\[\]]*(?:page\s*)?(\d{1,4}|[ivxlc]{1,7})(?:\s*(?:of|/)\s*\d{1,4})?[\s\-–—|•·()\[\]]*$",
    re.I,
)
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\w#]+")
_NOTICE = re.compile(
    r"^\s*(?:proceedings of|appearing in|published (?:as|in)|under review|preprint|copyright|©|\(c\) ?\d{4}|"
    r"jmlr|journal of|transactions on|issn|isbn|vol(?:ume)?\b|arxiv:|accepted (?:as|to|for|at)|to appear in|"
    r"workshop track|submitted to|received\b|downloaded from|this content downloaded|all use subject|"
    r"permission to|doi:|https?://(?:dx\.)?doi\.org|manuscript|draft\b|technical report)|"
    r"\bconference proceedings vol|\bvol(?:ume)?\.? ?\d+.*\b(?:19|20)\d\d\b|©|\bpp?\. ?\d+[-–]\d+.*\b(?:19|20)\d\d\b",
    re.I,
)
EDGE = 0.12
"""Share of the page's height at its top and bottom in which furniture is looked for."""


def drop_furniture(pages: Sequence[RawPage]) -> None:
    """Removes furniture from the pages' lines, in place."""
    edges = [_edge_lines(page) for page in pages]
    places: dict[tuple[str, int], list[tuple[int, Line]]] = defaultdict(list)
    words: Counter[tuple[str, str]] = Counter()
    for index, found in enumerate(edges):
        for side, line in found:
            places[side[:3], round(line.base / 4)].append((index, line))
        for key in {(side[:3], _shape(line)) for side, line in found}:
            words[key] += 1
    slots = {key: _slot(key, places, words, len(pages)) for key in list(places)}
    for index, page in enumerate(pages):
        gone = {
            id(line)
            for side, line in edges[index]
            if _is_furniture(side, line, index, len(pages), slots, words)
        }
        if gone:
            page.lines = [line for line in page.lines if id(line) not in gone]


def _slot(
    key: tuple[str, int],
    places: dict[tuple[str, int], list[tuple[int, Line]]],
    words: Counter[tuple[str, str]],
    count: int,
) -> float | None:
    """The baseline of the running heads about this place, None where none are: half of what stands there repeats."""
    side, place = key
    here = [
        entry for near in (place - 1, place, place + 1) for entry in places.get((side, near), ())
    ]
    if count < 4 or len({page for page, _ in here}) < max(3, 0.4 * count):
        return None
    running = sum(
        1 for _, line in here if words[side, _shape(line)] > 1 or _NUMBER.match(line.text)
    )
    return _median([line.base for _, line in here]) if running * 2 >= len(here) else None


def _edge_lines(page: RawPage) -> list[tuple[str, Line]]:
    """The outermost rows of a page, at most three at each edge, each line with its side ('top 1' is the first row)."""
    found: list[tuple[str, Line]] = []
    lines = sorted(page.lines, key=lambda line: line.base)
    for side, ordered in (("top", lines), ("bottom", lines[::-1])):
        rows, last = 0, None
        for line in ordered:
            if last is None or abs(line.base - last) > 3:
                rows, last = rows + 1, line.base
            depth = (line.y1 if side == "top" else page.height - line.y0) / page.height
            if rows > 3 or depth > (EDGE if rows > 1 else 2 * EDGE):
                break
            found.append((f"{side} {rows}", line))
    return found


def _shape(line: Line) -> str:
    """What repeats: the words without numbers, in this size (a title is larger than the running head it gives)."""
    return f"{_LETTERS.sub('', _DIGITS.sub('#', line.text.lower()))[:80]} {round(line.size)}"


def _is_furniture(
    side: str,
    line: Line,
    index: int,
    count: int,
    slots: dict[tuple[str, int], float | None],
    words: Counter[tuple[str, str]],
) -> bool:
    if _NUMBER.match(line.text) and side.endswith("1"):
        return True
    outer, side = side.endswith("1"), side[:3]
    shape = _shape(line)
    repeats = words[side, shape]
    if len(shape) > 5 and repeats >= max(2, min(4, count // 4)) and not _is_sentence(line.text):
        return True
    if repeats >= max(3, count // 2):
        return True
    if (
        index <= 1
        and _NOTICE.search(line.text)
        and side == "top"
        and (outer or len(line.text) < 90)
    ):
        return True
    slot = slots.get((side, round(line.base / 4)))
    return slot is not None and abs(line.base - slot) < 3


def _is_sentence(text: str) -> bool:
    return len(text) > 90


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
