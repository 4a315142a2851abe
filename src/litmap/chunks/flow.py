"""A document as one string: paragraphs in reading order, each character with its page and line."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from litmap.models import Document, TextBlock

Rect = tuple[int, float, float, float, float]
_NO_TEXT = frozenset({"heading", "front", "figure"})
"""Headings name what follows; names, addresses and cover pages are nobody's passage, nor is
what is written inside figures."""
_IN_FLOW = frozenset({"body", "abstract", "reference", "math"})


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch [start, end) of the string that stays together: same section, and either references
    or not.
    """

    start: int
    end: int
    section: str
    references: bool


@dataclass(slots=True)
class Flow:
    """The string, its stretches, and where pages and lines begin in it."""

    text: str = ""
    stretches: list[Stretch] = field(default_factory=list)
    pages: list[tuple[int, int]] = field(default_factory=list)
    lines: list[tuple[int, int, Rect]] = field(default_factory=list)

    def page_at(self, offset: int) -> int:
        """The page of the character at `offset`; 0 where there are no pages."""
        position = bisect_left(self.pages, (offset + 1, 0)) - 1
        return self.pages[position][1] if position >= 0 else 0

    def rects(self, start: int, end: int) -> tuple[Rect, ...]:
        """One rectangle for each line that has a character in [start, end)."""
        position = max(0, bisect_left(self.lines, (start, -1, (0, 0.0, 0.0, 0.0, 0.0))) - 1)
        rects = []
        while position < len(self.lines) and self.lines[position][0] < end:
            if self.lines[position][1] > start:
                rects.append(self.lines[position][2])
            position += 1
        return tuple(rects)


@dataclass(slots=True)
class _Paragraph:
    section: str
    kind: str
    pieces: list[tuple[int, TextBlock]]


def read_flow(document: Document, left_out: Collection[int] = ()) -> Flow:
    """The document's paragraphs as one string; without the blocks whose `id` is in `left_out`, and
    without what is written inside figures.

    A paragraph that goes on over a column or page break is put together, also around the captions,
    tables and footnotes that stand between its parts; headings are no text of their own but the
    name of what follows, and what stands around the title (kind 'front') is left out.
    """
    paragraphs: list[_Paragraph] = []
    last: _Paragraph | None = None
    for page in document.pages:
        for block in page.blocks:
            if block.kind in _NO_TEXT or id(block) in left_out or not block.text.strip():
                continue
            if last is not None and _goes_on(last, block):
                last.pieces.append((page.number, block))
                continue
            paragraph = _Paragraph(block.section, block.kind, [(page.number, block)])
            paragraphs.append(paragraph)
            if block.kind in _IN_FLOW:
                last = paragraph
    return _join(paragraphs)


def _goes_on(last: _Paragraph, block: TextBlock) -> bool:
    """Whether a block is the next part of the last paragraph, both in a list or neither."""
    both = (last.kind == "reference") == (block.kind == "reference")
    return block.continues and block.kind in _IN_FLOW and both


def _join(paragraphs: Iterable[_Paragraph]) -> Flow:
    flow = Flow()
    parts: list[str] = []
    length = 0
    for paragraph in paragraphs:
        begin = length
        for number, block in paragraph.pieces:
            if length > begin:
                parts[-1] = " "
            flow.pages.append((length, number))
            _add_lines(flow, length, number, block)
            parts += [block.text, "\n"]
            length += len(block.text) + 1
        _add_stretch(flow, begin, length, paragraph)
    flow.text = "".join(parts)
    return flow


def _add_lines(flow: Flow, offset: int, page: int, block: TextBlock) -> None:
    for span in sorted(block.spans, key=lambda s: s.start):
        start, end = max(0, span.start), min(len(block.text), span.end)
        if start < end:
            flow.lines.append((offset + start, offset + end, (page, *span.rect)))


def _add_stretch(flow: Flow, start: int, end: int, paragraph: _Paragraph) -> None:
    references = paragraph.kind == "reference"
    if flow.stretches:
        before = flow.stretches[-1]
        if before.references == references and (references or before.section == paragraph.section):
            flow.stretches[-1] = Stretch(before.start, end, before.section, references)
            return
    flow.stretches.append(Stretch(start, end, paragraph.section, references))
