"""The lines of a document's reference lists, with their places."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from litmap.models import Document, Page, TextBlock
from litmap.parsing.reference_headings import may_name_reference_list
from litmap.parsing.reference_strings.openings import opening_strength

_AFTER_LIST = re.compile(
    r"^(?:(?:\d{1,2}|[IVX]{1,5}|[A-Z])[.)]?\s+)?(?:appendi(?:x|ces)|supplement|supporting|"
    r"acknowledge?ments?|proofs?|"
    r"additional|author|biograph|index\b|figure|table|methods\b)",
    re.I,
)
_BRACKETED = re.compile(r"\s*\[\s?(\d{1,4})\s?\]")
_FLOAT = re.compile(r"(?:figure|fig\.|table|algorithm|box|scheme|plate)\s*[\dIVX]", re.I)
_NOT_IN_LIST = ("caption", "footnote")
_STRAY = ("table", "math", "body", "footnote", "caption")
MIN_HANGING, MAX_HANGING = 3.5, 50.0
"""Points by which the lines of an entry hang in."""
MAYBE_OPENING = -0.5
"""Strength with which a line that stands at the edge may open an entry."""
SURE_OPENING = 0.6
"""Strength with which a line opens an entry that was taken for a table's."""
MIN_LINES = 4
"""Lines of the lists that the extraction marked; with fewer they are looked for anew."""
MIN_NUMBERED = 5
"""Entries of a numbered list without a heading."""
MIN_CLOSING = 3
"""The same where the list ends the paper."""
MAX_STARTS = 40
"""Lines numbered 1 that are tried as a list's first."""
MAX_NUMBER_GAP = 250
"""Lines between two numbers of a list that text interrupts."""
MAX_ENTRY_LINES = 14
"""Lines that hang in below or above a number."""
MIN_WIDTH = 100
"""Points of a line that tells where its column begins."""
MIN_COLUMN_GAP = 70
"""Points between the places where the lines of two columns begin."""
MAX_LEADING = 22
"""Points between two lines that touch."""
_NUMBER = re.compile(r"\s*(?:[\[(]\s?(\d{1,4})\s?[\])]|(\d{1,3})[.)]?(?=\s+[^\W\d_]))")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: its text (with the space or the joined hyphen at its end), page, rectangle.

    `begins` says that the extraction took it as the first line of a paragraph or entry; `block` is
    the number of its block in the document.
    """

    text: str
    page: int
    rect: tuple[float, float, float, float]
    begins: bool
    block: int


def block_lines(block: TextBlock, page: int, index: int) -> list[Line]:
    """The lines of a block; joined one after another they give its text again."""
    if not block.spans:
        return [Line(block.text, page, (0.0, 0.0, 0.0, 0.0), not block.continues, index)]
    lines = []
    for i, span in enumerate(block.spans):
        end = block.spans[i + 1].start if i + 1 < len(block.spans) else len(block.text)
        begins = i == 0 and not block.continues
        lines.append(Line(block.text[span.start : end], page, span.rect, begins, index))
    return lines


def _numbered_blocks(document: Document) -> Iterator[tuple[Page, TextBlock, int]]:
    """All blocks with their page and their number in the document, from 1."""
    index = 0
    for page in document.pages:
        for block in page.blocks:
            index += 1
            yield page, block, index


def reference_lists(document: Document) -> list[list[Line]]:
    """The reference lists of a document, in order; a heading between two makes them two."""
    marked = _marked_lists(document)
    if sum(map(len, marked)) >= MIN_LINES:
        return marked
    return _headed_lists(document) or _numbered_lists(document) or marked


# ── marked by the extraction ─────────────────────────────────────────────────────────────────────
def _marked_lists(document: Document) -> list[list[Line]]:
    """Lists that the extraction marked, with the lines inside them that it took for tables,
    formulas or captions.
    """
    lists: list[list[Line]] = []
    current: list[Line] = []
    strays: list[Line] = []
    pages = {page.number for page in document.pages if _has_references(page)}
    with_figures = {page.number for page in document.pages if _has_figures(page)}
    for page, block, index in _numbered_blocks(document):
        if page.number not in pages:
            continue
        if block.kind == "reference":
            current += block_lines(block, page.number, index)
        elif block.kind in ("heading", "title") and current:
            lists.append(_with_strays(current, strays))
            current, strays = [], []
        elif _may_be_stray(block, figures=page.number in with_figures):
            strays += block_lines(block, page.number, index)
    return [*lists, _with_strays(current, strays)] if current else lists


def _has_references(page: Page) -> bool:
    return any(block.kind == "reference" for block in page.blocks)


def _has_figures(page: Page) -> bool:
    return any(block.kind == "caption" and _FLOAT.match(block.text) for block in page.blocks)


def _may_be_stray(block: TextBlock, *, figures: bool) -> bool:
    """Whether a block may hold lines of the list: no figure's caption, and no table on a page with
    figures.
    """
    return (
        block.kind in _STRAY
        and not (figures and block.kind == "table")
        and not _FLOAT.match(block.text)
    )


def _with_strays(lines: Sequence[Line], strays: Sequence[Line]) -> list[Line]:
    """The lines of a list with those that stand between them in the same column of the page, in
    reading order.
    """
    columns = Columns(lines)
    pages = {line.page for line in lines}
    hanging = sum(1 for line in lines if columns.indent(line) >= MIN_HANGING)
    hangs = hanging * 5 >= len(lines)
    down = columns.arrange([stray for stray in strays if stray.page in pages])
    inside: dict[int, Line] = {}
    for stray in (*down, *reversed(down)):
        if id(stray) not in inside and columns.holds(stray):
            columns.take(stray)
            inside[id(stray)] = replace(stray, begins=_begins_entry(stray, columns, hangs=hangs))
    return columns.arrange([*lines, *inside.values()]) if inside else list(lines)


def _begins_entry(stray: Line, columns: Columns, *, hangs: bool) -> bool:
    """Whether an entry begins with a line that was taken for a table's or note's: at the edge of a
    list whose other lines hang in, else by its name.
    """
    strength = opening_strength(stray.text)
    if hangs:
        return columns.indent(stray) < MIN_HANGING and strength >= MAYBE_OPENING
    return strength >= SURE_OPENING


class Columns:
    """The columns of a list on each page: where they begin and end, and in what order they are
    read.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self._edges: dict[int, list[float]] = {}
        self._boxes: dict[tuple[int, int], tuple[float, float, float, float]] = {}
        self.learn(lines)

    def learn(self, lines: Sequence[Line]) -> None:
        """Take in the columns of further pages."""
        for page in dict.fromkeys(line.page for line in lines):
            here = [line.rect for line in lines if line.page == page]
            wide = [rect[0] for rect in here if rect[2] - rect[0] > MIN_WIDTH]
            self._edges[page] = _left_edges(wide or [rect[0] for rect in here])
        for line in lines:
            self.take(line)

    def take(self, line: Line) -> None:
        """Widen the line's column so that it holds the line."""
        key = self.of(line)
        box = self._boxes.get(key, line.rect)
        self._boxes[key] = (
            min(box[0], line.rect[0]),
            min(box[1], line.rect[1]),
            max(box[2], line.rect[2]),
            max(box[3], line.rect[3]),
        )

    def of(self, line: Line) -> tuple[int, int]:
        """Page and number of the column in which a line begins."""
        edges = self._edges.get(line.page, [0.0])
        return line.page, max(0, sum(1 for edge in edges if edge <= line.rect[0] + 4) - 1)

    def indent(self, line: Line) -> float:
        """How far a line begins from the left edge of its column, in points."""
        return line.rect[0] - self._boxes.get(self.of(line), line.rect)[0]

    def holds(self, line: Line) -> bool:
        """Whether a line stands within the column between lines of the list."""
        box = self._boxes.get(self.of(line))
        if box is None:
            return False
        x0, y0, x1, y1 = line.rect
        return (
            x0 >= box[0] - 4
            and x1 <= box[2] + 6
            and y0 >= box[1] - MAX_LEADING
            and y1 <= box[3] + MAX_LEADING
        )

    def arrange(self, lines: Sequence[Line]) -> list[Line]:
        """The lines by page, column and height."""
        return sorted(
            lines, key=lambda line: (*self.of(line), round(line.rect[3] / 3), line.rect[0])
        )


def _left_edges(places: Sequence[float]) -> list[float]:
    """The left edges of columns: wide gaps between the places where lines begin."""
    ordered = sorted(places)
    edges = ordered[:1]
    for one, two in itertools.pairwise(ordered):
        if two - one > MIN_COLUMN_GAP:
            edges.append(two)
    return edges


# ── under a heading ──────────────────────────────────────────────────────────────────────────────
def _headed_lists(document: Document) -> list[list[Line]]:
    """Lists under a heading that the extraction left in the body."""
    lists: list[list[Line]] = []
    current: list[Line] | None = None
    for page, block, index in _numbered_blocks(document):
        lines = block_lines(block, page.number, index)
        if may_name_reference_list(lines[0].text.strip()):
            current = [replace(line, begins=i == 0) for i, line in enumerate(lines[1:])]
            lists.append(current)
        elif current is not None and _ends_list(block, lines):
            current = None
        elif current is not None and block.kind not in _NOT_IN_LIST:
            current += lines
    return [found for found in lists if found]


def _ends_list(block: TextBlock, lines: Sequence[Line]) -> bool:
    """Whether a block is a heading, or a line that says what follows a list: 'Appendix', 'Author
    …'.
    """
    if block.kind in ("heading", "title"):
        return True
    return len(lines) == 1 and _AFTER_LIST.match(lines[0].text.strip()) is not None


# ── by their numbers alone ───────────────────────────────────────────────────────────────────────
def _numbered_lists(document: Document) -> list[list[Line]]:
    """The longest run of lines numbered upwards from 1 in the later part of a document without a
    heading.

    Body text may stand between two entries, where the list fills the foot of both columns.
    """
    lines, columns = _arranged_lines(document)
    chain = _longest_chain(_line_numbers(lines))
    if not _is_list(chain, len(lines)):
        return []
    return [_with_hanging_lines(lines, chain, columns)]


def _arranged_lines(document: Document) -> tuple[list[Line], Columns]:
    """All lines but those of title and abstract, page by page in their columns, and the columns."""
    by_page: dict[int, list[Line]] = {}
    for page, block, index in _numbered_blocks(document):
        if block.kind not in ("title", "abstract"):
            by_page.setdefault(page.number, []).extend(block_lines(block, page.number, index))
    columns = Columns(())
    lines: list[Line] = []
    for page_lines in by_page.values():
        columns.learn(page_lines)
        lines += columns.arrange(page_lines)
    return lines, columns


def _line_numbers(lines: Sequence[Line]) -> dict[int, int]:
    """The numbers that lines begin with, by the line's index: those in square brackets, if there
    are five.
    """
    bracketed = {
        i: int(match[1]) for i, line in enumerate(lines) if (match := _BRACKETED.match(line.text))
    }
    if len(bracketed) >= MIN_NUMBERED:
        return bracketed
    numbers = {i: line_number(line.text) for i, line in enumerate(lines)}
    return {i: number for i, number in numbers.items() if number is not None}


def _longest_chain(numbers: dict[int, int]) -> list[int]:
    """The indices of lines that count upwards from 1, the longest such run."""
    best: list[int] = []
    for start in [i for i, number in numbers.items() if number == 1][-MAX_STARTS:]:
        chain = [start]
        for i, number in numbers.items():
            near = 0 < i - chain[-1] < MAX_NUMBER_GAP
            if near and number == numbers[chain[-1]] + 1:
                chain.append(i)
        if len(chain) > len(best):
            best = chain
    return best


def _is_list(chain: Sequence[int], lines: int) -> bool:
    """Whether a chain is long enough, or ends the paper, and stands in its later part."""
    closing = len(chain) >= MIN_CLOSING and chain[-1] > lines - 12
    return (closing or len(chain) >= MIN_NUMBERED) and chain[0] >= lines * 0.3


def _with_hanging_lines(
    lines: Sequence[Line], chain: Sequence[int], columns: Columns
) -> list[Line]:
    """The numbered lines and, below and above each, the lines that hang in and touch it."""
    taken = set(chain)
    for step in (1, -1):
        for first in chain:
            i = first + step
            while 0 <= i < len(lines) and i not in taken and abs(i - first) < MAX_ENTRY_LINES:
                if not _belongs_to_entry(lines[i], lines[i - step], lines[first], columns):
                    break
                taken.add(i)
                i += step
    return [lines[i] for i in sorted(taken)]


def _belongs_to_entry(line: Line, near: Line, first: Line, columns: Columns) -> bool:
    """Whether a line touches the one near it and hangs in below the entry's first, or is of its
    block.
    """
    touches = (
        columns.of(line) == columns.of(near) and abs(line.rect[1] - near.rect[1]) < MAX_LEADING
    )
    hangs = line.rect[0] >= first.rect[0] + 3 or line.block == first.block
    return touches and hangs


def line_number(text: str) -> int | None:
    """The number an entry begins with: '[12]', '(12)', '12.', '12 '; None where there is none."""
    match = _NUMBER.match(text)
    return int(match[1] or match[2]) if match else None
