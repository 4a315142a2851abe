"""Boilerplate: running headers and footers, page numbers, stamps, publishers' notices.

A line at the top or bottom edge is boilerplate where its place is the same on many pages and its
words repeat (numbers left out) or count pages; what stands on page 1 alone is judged by its words.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from litmap.parsing.grammar import YEAR_SINCE_1900
from litmap.text.line import Line
from litmap.text.raw import RawPage

_NUMBER = re.compile(
    r"^[\s\-–—|•·()\[\]]*(?:page\s*)?(\d{1,4}|[ivxlc]{1,7})(?:\s*(?:of|/)\s*\d{1,4})?[\s\-–—|"
    r"•·()\[\]]*$",
    re.I,
)
_DIGITS = re.compile(r"\d+")
_NO_WORDS = re.compile(r"[^\w#]+")
_NOTICE = re.compile(
    r"^\s*(?:proceedings of|appearing in|published (?:as|in)|under review|preprint|copyright|©|"
    r"\(c\) ?\d{4}|"
    r"jmlr|journal of|transactions on|issn|isbn|vol(?:ume)?\b|arxiv:|accepted (?:as|to|for|at)|"
    r"to appear in|"
    r"workshop track|submitted to|received\b|downloaded from|this content downloaded|"
    r"all use subject|"
    r"permission to|doi:|https?://(?:dx\.)?doi\.org|manuscript|draft\b|technical report)|"
    rf"\bconference proceedings vol|\bvol(?:ume)?\.? ?\d+.*\b{YEAR_SINCE_1900}\b|©|"
    rf"\bpp?\. ?\d+[-–]\d+.*\b{YEAR_SINCE_1900}\b",
    re.I,
)
EDGE = 0.12
"""Share of the page's height at its top and bottom in which boilerplate is looked for."""
MAX_ROWS = 3
"""Rows at each edge that are looked at."""
MAX_NOTICE = 90
"""Characters of a publisher's notice below the first row, and of what repeats without being a
sentence.
"""

MAX_LARGER = 1.3
"""How much larger than the other running heads one of them may be set."""


@dataclass(frozen=True, slots=True)
class EdgeLine:
    """A line near the edge `side` ('top' or 'bottom') of a page; `row` 1 is the outermost.

    `slot` is its place in steps of four points, `wording` what repeats from page to page.
    """

    side: str
    row: int
    line: Line
    slot: tuple[str, int]
    wording: tuple[str, str]


def _edge_line(side: str, row: int, line: Line) -> EdgeLine:
    return EdgeLine(side, row, line, (side, round(line.baseline / 4)), (side, _shape(line)))


@dataclass(slots=True)
class _Document:
    """What the edges of all pages have in common.

    `running` gives the baseline of the running heads at a place and their size, None where there
    are none; `repeats` on how many pages a wording stands.
    """

    pages: int
    running: dict[tuple[str, int], tuple[float, float] | None]
    repeats: Counter[tuple[str, str]]


def strip_boilerplate(pages: Sequence[RawPage]) -> None:
    """Removes boilerplate from the pages' lines, in place."""
    edges = [_edge_lines(page) for page in pages]
    document = _compare_edges(edges)
    for index, page in enumerate(pages):
        dropped = {id(e.line) for e in edges[index] if _is_boilerplate(e, index, document)}
        if dropped:
            page.lines = [line for line in page.lines if id(line) not in dropped]


def _compare_edges(edges: Sequence[Sequence[EdgeLine]]) -> _Document:
    places: dict[tuple[str, int], list[tuple[int, EdgeLine]]] = defaultdict(list)
    repeats: Counter[tuple[str, str]] = Counter()
    for index, lines in enumerate(edges):
        for edge in lines:
            places[edge.slot].append((index, edge))
        repeats.update({edge.wording for edge in lines})
    running = {slot: _running_heads(slot, places, repeats, len(edges)) for slot in list(places)}
    return _Document(len(edges), running, repeats)


def _running_heads(
    slot: tuple[str, int],
    places: dict[tuple[str, int], list[tuple[int, EdgeLine]]],
    repeats: Counter[tuple[str, str]],
    pages: int,
) -> tuple[float, float] | None:
    """Baseline and size of the running heads about this place, None where none are: half of what
    stands there repeats.
    """
    side, place = slot
    near = [e for step in (-1, 0, 1) for e in places.get((side, place + step), ())]
    if pages < 4 or len({page for page, _ in near}) < max(3, 0.4 * pages):
        return None
    running = sum(
        1 for _, edge in near if repeats[edge.wording] > 1 or is_page_number(edge.line.text)
    )
    if running * 2 < len(near):
        return None
    return _median([e.line.baseline for _, e in near]), _median([e.line.size for _, e in near])


def _edge_lines(page: RawPage) -> list[EdgeLine]:
    """The lines of the outermost rows of a page, at most three at each edge."""
    lines = sorted(page.lines, key=lambda line: line.baseline)
    return [
        *_rows_from("top", lines, page.height),
        *_rows_from("bottom", lines[::-1], page.height),
    ]


def _rows_from(side: str, lines: Sequence[Line], height: float) -> list[EdgeLine]:
    edge: list[EdgeLine] = []
    row, last = 0, None
    for line in lines:
        if last is None or abs(line.baseline - last) > 3:
            row, last = row + 1, line.baseline
        depth = (line.y1 if side == "top" else height - line.y0) / height
        if row > MAX_ROWS or depth > (EDGE if row > 1 else 2 * EDGE):
            break
        edge.append(_edge_line(side, row, line))
    return edge


def _shape(line: Line) -> str:
    """What repeats: the words without numbers, in this size (a title is larger than the running
    head it gives).
    """
    words = _NO_WORDS.sub("", _DIGITS.sub("#", line.text.lower()))
    return f"{words[:80]} {round(line.size)}"


def _is_boilerplate(edge: EdgeLine, index: int, document: _Document) -> bool:
    """Whether a line of page `index` (0-based) is a number, repeats, or is a notice or head."""
    return (
        (edge.row == 1 and is_page_number(edge.line.text))
        or _repeats(edge, document)
        or (index <= 1 and edge.side == "top" and _is_notice_at(edge))
        or _is_in_running_slot(edge, document)
    )


def is_page_number(text: str) -> bool:
    """Whether a line is nothing but a page's number: '12', '– iv –', 'Page 3 of 10'."""
    return _NUMBER.match(text) is not None


def is_notice(text: str) -> bool:
    """Whether a line is a publisher's notice: 'Under review as a conference paper', '© 2019'."""
    return _NOTICE.search(text) is not None


def _is_notice_at(edge: EdgeLine) -> bool:
    return is_notice(edge.line.text) and (edge.row == 1 or len(edge.line.text) < MAX_NOTICE)


def _repeats(edge: EdgeLine, document: _Document) -> bool:
    """Whether the wording stands on half of the pages, or, where it has words and is no sentence,
    on some.
    """
    repeats = document.repeats[edge.wording]
    if repeats >= max(3, document.pages // 2):
        return True
    return (
        len(edge.wording[1]) > 5
        and repeats >= max(2, min(4, document.pages // 4))
        and len(edge.line.text) <= MAX_NOTICE
    )


def _is_in_running_slot(edge: EdgeLine, document: _Document) -> bool:
    """Whether a line stands where the running heads do, in their size: a title there is larger."""
    running = document.running.get(edge.slot)
    if running is None:
        return False
    baseline, size = running
    return abs(edge.line.baseline - baseline) < 3 and edge.line.size < MAX_LARGER * size


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
