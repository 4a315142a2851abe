"""The sentences of a paper's text, each with its place: what summaries choose from and claims are
checked against.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from litmap.models import Document, PaperSentence, Span
from litmap.parsing.places import paragraph_place
from litmap.parsing.sentences import SUMMARY_SENTENCES, split_sentences

Rect = tuple[int, float, float, float, float]

PROSE = frozenset({"body", "abstract"})
"""Kinds of blocks that are the paper's running text."""
MAX_PARAGRAPH = 20_000
"""Characters of a paragraph that are cut into sentences."""


@dataclass(slots=True)
class _Paragraph:
    section: str
    kind: str
    text: str = ""
    starts: list[int] = field(default_factory=list)
    rects: list[Rect] = field(default_factory=list)

    def add(self, number: int, block_text: str, spans: tuple[Span, ...]) -> None:
        base = len(self.text) + bool(self.text)
        text = block_text.replace("\n", " ")
        self.text = f"{self.text} {text}" if self.text else text
        for span in spans:
            self.starts.append(base + span.start)
            self.rects.append((number, *span.rect))

    def lines(self, start: int, end: int) -> tuple[Rect, ...]:
        """The rectangles of the lines that hold these characters."""
        first = max(0, bisect_right(self.starts, start) - 1)
        last = bisect_left(self.starts, end)
        return tuple(self.rects[first:last])


def _paragraphs(document: Document, kinds: Collection[str]) -> Iterable[_Paragraph]:
    """The paragraphs in the order in which they begin; one that goes on behind a caption or a
    footnote is one.
    """
    found: list[_Paragraph] = []
    last: dict[str, _Paragraph] = {}
    for page in document.pages:
        for block in page.blocks:
            if block.kind not in kinds:
                continue
            if not block.continues or block.kind not in last:
                last[block.kind] = _Paragraph(block.section, block.kind)
                found.append(last[block.kind])
            last[block.kind].add(page.number, block.text, block.spans)
    return found


def paper_sentences(document: Document, kinds: Collection[str] = PROSE) -> list[PaperSentence]:
    """The sentences of the blocks of these kinds in reading order, those that run over a page break
    in one piece. Of a paragraph at most 20,000 characters are read.
    """
    found: list[PaperSentence] = []
    for number, paragraph in enumerate(_paragraphs(document, kinds)):
        text = paragraph.text[:MAX_PARAGRAPH]
        for start, end in split_sentences(text, SUMMARY_SENTENCES):
            raw = text[start:end]
            rects = paragraph.lines(start + len(raw) - len(raw.lstrip()), end)
            page = rects[0][0] if rects else 0
            is_paged = document.kind == "pdf"
            found.append(
                PaperSentence(
                    text=" ".join(raw.split()),
                    page=page,
                    rects=rects,
                    kind=paragraph.kind,
                    section=paragraph.section,
                    paragraph=number,
                    place="" if is_paged else paragraph_place(page, paragraph.section),
                )
            )
    return found
