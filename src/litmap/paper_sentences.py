"""The sentences of a paper's text, each with its place: what summaries choose from and claims are
checked against.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from litmap.models import Document, Mark, PaperSentence, Span
from litmap.parsing.places import paragraph_place
from litmap.parsing.sentences import SUMMARY_SENTENCES, split_sentences
from litmap.parsing.terms import squash

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


MARKED_LOG_ODDS = 0.75
"""How much likelier a sentence that the reader marked is what is looked for: a prior, as the
logarithm of odds (Kraaij et al. 2002 weigh pages so), so that it counts as twice as likely. Looked
for on the evidence of half of the papers (`benchmarks/quality/marks.py`): the largest at which ten
marks at random cost no hit among three.
"""


# ── which of them the reader marked ───────────────────────────────────────────────────────────────
def weighing(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks by which the reader says that words matter: on words that this file has, not struck
    through.
    """
    return tuple(m for m in marks if m.text and not m.earlier and m.kind != "strikeout")


def marked_sentences(sentences: Sequence[PaperSentence], marks: Sequence[Mark]) -> frozenset[int]:
    """The rows of the sentences that the reader marked: of which half the letters are marked, or
    which hold half of a mark.
    """
    if not marks:
        return frozenset()
    letters = [squash(sentence.text) for sentence in sentences]
    starts = [0, *accumulate(map(len, letters))]
    whole = "".join(letters)
    found: set[int] = set()
    for mark in marks:
        wanted = squash(mark.text)
        for start in _occurrences(wanted, whole):
            rows = _held_by(start, start + len(wanted), starts)
            if any(_is_on(sentences[row], mark) for row in rows):
                found.update(rows)
                break
    return frozenset(found)


def _occurrences(wanted: str, whole: str) -> Iterator[int]:
    start = whole.find(wanted) if wanted else -1
    while start >= 0:
        yield start
        start = whole.find(wanted, start + 1)


def _held_by(start: int, end: int, starts: Sequence[int]) -> list[int]:
    """The rows of which half of the letters are among [start, end), or that hold half of these."""
    first, last = bisect_right(starts, start) - 1, bisect_left(starts, end)
    rows = []
    for row in range(first, last):
        own = starts[row + 1] - starts[row]
        shared = min(end, starts[row + 1]) - max(start, starts[row])
        if own and 2 * shared >= min(own, end - start):
            rows.append(row)
    return rows


def _is_on(sentence: PaperSentence, mark: Mark) -> bool:
    """Whether one of the sentence's lines is one of the mark's."""
    return any(
        page == other and y0 < bottom and top < y1 and x0 < right and left < x1
        for page, x0, y0, x1, y1 in sentence.rects
        for other, left, top, right, bottom in mark.rects
    )
