"""The lines of a document's reference lists, with their places."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from litmap.models import Document, TextBlock

HEADING = re.compile(
    r"^(?:(?:\d{1,2}|[IVX]{1,5}|[A-Z])[.)]?\s+)?(?:supplementa(?:ry|l) |additional |further |main )?"
    r"(?:references?(?: and notes| cited| list)?|bibliograph(?:y|ie|ia)|bibliografía|bibliographical references|"
    r"literature(?: cited)?|works cited|cited (?:literature|works)|literatur(?:verzeichnis)?|références|referencias|"
    r"reference list|sources|参考文献|список литературы)\s*[.:]?$",
    re.I,
)
_AFTER_LIST = re.compile(
    r"^(?:(?:\d{1,2}|[IVX]{1,5}|[A-Z])[.)]?\s+)?(?:appendi(?:x|ces)|supplement|supporting|acknowledge?ments?|proofs?|"
    r"additional|author|biograph|index\b|figure|table|methods\b)",
    re.I,
)
_BRACKETED = re.compile(r"\s*\[\s?(\d{1,4})\s?\]")
_FLOAT = re.compile(r"(?:figure|fig\.|table|algorithm|box|scheme|plate)\s*[\dIVX]", re.I)
_STRAY = ("table", "math", "body", "footnote", "caption")
_NUMBER = re.compile(r"\s*(?:[\[(]\s?(\d{1,4})\s?[\])]|(\d{1,3})[.)]?(?=\s+[^\W\d_]))")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: its text (with the space or the joined hyphen at its end), page, rectangle and column.

    `begins` says that the extraction took it as the first line of a paragraph or entry.
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
    found = []
    for i, span in enumerate(block.spans):
        end = block.spans[i + 1].start if i + 1 < len(block.spans) else len(block.text)
        found.append(
            Line(
                block.text[span.start : end], page, span.rect, i == 0 and not block.continues, index
            )
        )
    return found


def reference_lists(document: Document) -> list[list[Line]]:
    """The reference lists of a document, in order; a heading between two makes them two."""
    lists = _marked_lists(document)
    if sum(len(found) for found in lists) < 4:
        return _headed_lists(document) or _numbered_lists(document) or lists
    return lists


def _marked_lists(document: Document) -> list[list[Line]]:
    """Lists that the extraction marked, with the lines inside them that it took for tables, formulas or captions."""
    lists: list[list[Line]] = []
    current: list[Line] = []
    strays: list[Line] = []
    index = 0
    for page in document.pages:
        if not any(block.kind == "reference" for block in page.blocks):
            index += len(page.blocks)
            continue
        floats = any(block.kind == "caption" and _FLOAT.match(block.text) for block in page.blocks)
        for block in page.blocks:
            index += 1
            if block.kind == "reference":
                current += block_lines(block, page.number, index)
            elif block.kind in ("heading", "title") and current:
                lists.append(_with_strays(current, strays))
                current, strays = [], []
            elif (
                block.kind in _STRAY
                and not (floats and block.kind == "table")
                and not _FLOAT.match(block.text)
            ):
                strays += block_lines(block, page.number, index)
    return [*lists, _with_strays(current, strays)] if current else lists


def _with_strays(lines: Sequence[Line], strays: Sequence[Line]) -> list[Line]:
    """The lines of a list with those that stand between them in the same column of the page, in reading order."""
    columns = Columns(lines)
    pages = {line.page for line in lines}
    down = columns.arrange([stray for stray in strays if stray.page in pages])
    inside: dict[int, Line] = {}
    for stray in (*down, *reversed(down)):
        if id(stray) not in inside and columns.holds(stray):
            columns.take(stray)
            inside[id(stray)] = stray
    return columns.arrange([*lines, *inside.values()]) if inside else list(lines)


class Columns:
    """The columns of a list on each page: where they begin and end, and in what order they are read."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._edges: dict[int, list[float]] = {}
        self._boxes: dict[tuple[int, int], tuple[float, float, float, float]] = {}
        self.learn(lines)

    def learn(self, lines: Sequence[Line]) -> None:
        """Take in the columns of further pages."""
        for page in dict.fromkeys(line.page for line in lines):
            here = [line.rect for line in lines if line.page == page]
            wide = [rect[0] for rect in here if rect[2] - rect[0] > 100]
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
        return x0 >= box[0] - 4 and x1 <= box[2] + 6 and y0 >= box[1] - 22 and y1 <= box[3] + 22

    def arrange(self, lines: Sequence[Line]) -> list[Line]:
        """The lines by page, column and height."""
        return sorted(
            lines, key=lambda line: (*self.of(line), round(line.rect[3] / 3), line.rect[0])
        )


def _left_edges(places: Sequence[float]) -> list[float]:
    """The left edges of columns: gaps of more than 70 points between the places where lines begin."""
    ordered = sorted(places)
    edges = ordered[:1]
    for one, two in itertools.pairwise(ordered):
        if two - one > 70:
            edges.append(two)
    return edges


def _headed_lists(document: Document) -> list[list[Line]]:
    """Lists under a heading that the extraction left in the body."""
    lists: list[list[Line]] = []
    current: list[Line] | None = None
    index = 0
    for page in document.pages:
        for block in page.blocks:
            index += 1
            lines = block_lines(block, page.number, index)
            first = lines[0].text.strip()
            if HEADING.match(first):
                if current:
                    lists.append(current)
                current = [
                    Line(x.text, x.page, x.rect, i == 0, x.block) for i, x in enumerate(lines[1:])
                ]
            elif current is not None and (
                block.kind in ("heading", "title") or (len(lines) == 1 and _AFTER_LIST.match(first))
            ):
                if current:
                    lists.append(current)
                current = None
            elif current is not None and block.kind not in ("caption", "footnote"):
                current += lines
    if current:
        lists.append(current)
    return lists


def _numbered_lists(document: Document) -> list[list[Line]]:
    """The longest run of lines numbered upwards from 1 in the later part of a document without a heading.

    Body text may stand between two entries, where the list fills the foot of both columns.
    """
    lines: list[Line] = []
    index = 0
    columns = Columns(())
    for page in document.pages:
        here: list[Line] = []
        for block in page.blocks:
            index += 1
            if block.kind not in ("title", "abstract"):
                here += block_lines(block, page.number, index)
        columns.learn(here)
        lines += columns.arrange(here)
    numbers = {
        i: int(match[1]) for i, line in enumerate(lines) if (match := _BRACKETED.match(line.text))
    }
    if len(numbers) < 5:
        numbers = {
            i: number
            for i, line in enumerate(lines)
            if (number := line_number(line.text)) is not None
        }
    best: list[int] = []
    for start in [i for i, number in numbers.items() if number == 1][-40:]:
        chain = [start]
        for i, number in numbers.items():
            if i > chain[-1] and i - chain[-1] < 250 and number == numbers[chain[-1]] + 1:
                chain.append(i)
        if len(chain) > len(best):
            best = chain
    closing = len(best) >= 3 and best[-1] > len(lines) - 12  # a short list that ends the paper
    if (len(best) < 5 and not closing) or best[0] < len(lines) * 0.3:
        return []
    return [_with_rests(lines, best, columns)]


def _with_rests(lines: Sequence[Line], chain: Sequence[int], columns: Columns) -> list[Line]:
    """The numbered lines and, below and above each, the lines that hang in and touch it."""
    taken = set(chain)
    for step in (1, -1):
        for first in chain:
            i = first + step
            while 0 <= i < len(lines) and i not in taken and abs(i - first) < 14:
                line, near = lines[i], lines[i - step]
                touches = (
                    columns.of(line) == columns.of(near) and abs(line.rect[1] - near.rect[1]) < 22
                )
                if not touches or (
                    line.rect[0] < lines[first].rect[0] + 3 and line.block != lines[first].block
                ):
                    break
                taken.add(i)
                i += step
    return [lines[i] for i in sorted(taken)]


def line_number(text: str) -> int | None:
    """The number an entry begins with: '[12]', '(12)', '12.', '12 '; None where there is none."""
    match = _NUMBER.match(text)
    return int(match[1] or match[2]) if match else None
