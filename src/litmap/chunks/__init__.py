"""Documents, abstracts and notes to passages, cut by the embedding model's own tokenizer so that
nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from litmap.chunks.cutting import Budget, Tokenized, cut_stretch
from litmap.chunks.float_cutting import cut_float
from litmap.chunks.floats import read_floats
from litmap.chunks.flow import Flow, Stretch, read_flow
from litmap.chunks.marks import section_of_mark, text_of_mark
from litmap.models import TEXT_PREFIX, Chunk, Document, Mark
from litmap.protocols import Encoder

__all__ = [
    "CHUNKER",
    "OVERLAP",
    "TARGET",
    "cut",
    "cut_marks",
    "cut_text",
    "embedding_text",
    "is_embedded",
]

CHUNKER = "4"
"""Changes with every change of what the passages are; part of a source's fingerprint."""
TARGET = 200
OVERLAP = 40
MIN_SECTION = 48
"""A section with fewer tokens than this stands with the one that follows it."""
SPARE = 24
"""Passages with room for so many more tokens are not counted again: cut out of its text a passage
has at most a few tokens more, where a word was cut through.
"""
_PAPER = ("body", "references", "figure", "table")
_MAX_CONTEXT = 160
"""Characters of the title and of the section that are embedded with an abstract or a note's
passage.
"""


def cut(
    document: Document, encoder: Encoder, *, target_tokens: int = TARGET, overlap: int = OVERLAP
) -> list[Chunk]:
    """The passages of a PDF's text: verbatim, in reading order, each with its section, page and
    lines.

    None has more tokens than `encoder.window`. Passages of the reference list have kind
    'references', captions of figures 'figure', tables with their captions 'table', all others
    'body'; figures and tables come last. Raises ValueError where a budget makes no sense.
    """
    source = document.sha256 if document.kind == "pdf" else TEXT_PREFIX + document.sha256
    floats, blocks = read_floats(document)
    chunks = _Cutter(read_flow(document, blocks), source, encoder).chunks(target_tokens, overlap)
    texts = [piece for each in floats for piece in cut_float(each, encoder, target_tokens)]
    chunks += [
        Chunk(source, 0, text.text, text.kind, text.section, text.page, text.rects)
        for text in texts
    ]
    return [replace(chunk, ordinal=i) for i, chunk in enumerate(chunks)]


def cut_text(
    text: str,
    source: str,
    encoder: Encoder,
    kind: str = "abstract",
    *,
    title: str = "",
    section: str = "",
    target_tokens: int = TARGET,
    overlap: int = OVERLAP,
) -> list[Chunk]:
    """The passages of a text without pages: an abstract, or the prose of a note below one heading
    (`section`).

    With its context (`embedding_text(chunk, title)`) none has more tokens than `encoder.window`.
    """
    flow = Flow(text, [Stretch(0, len(text), section, references=False)])
    chunks = _Cutter(flow, source, encoder, _context(title, section)).chunks(target_tokens, overlap)
    return [Chunk(c.source, c.ordinal, c.text, kind, c.section) for c in chunks]


def cut_marks(
    marks: Sequence[Mark], source: str, encoder: Encoder, *, title: str = ""
) -> list[Chunk]:
    """The passages of what a reader marked in a work: one a mark, more where it is long, each with
    the mark's place among them as `ordinal`. A mark of an earlier version has no page, for its page
    is another PDF's; its section says so.
    """
    passages = []
    for number, mark in enumerate(marks):
        section, page = section_of_mark(mark), 0 if mark.earlier else mark.page
        cut = cut_text(text_of_mark(mark), source, encoder, "mark", title=title, section=section)
        rects = () if mark.earlier else mark.rects
        passages += [Chunk(source, number, c.text, c.kind, c.section, page, rects) for c in cut]
    return passages


def is_embedded(chunk: Chunk) -> bool:
    """Whether a passage gets a vector: those of reference lists do not, names and titles are found
    by their words.
    """
    return chunk.kind != "references"


def embedding_text(chunk: Chunk, title: str = "") -> str:
    """What is embedded for a passage: of a paper's text the passage alone; of an abstract or a
    note, which are short, with the work's title and the heading before it. Both are what was
    measured to find more (benchmarks/RESULTS.md).
    """
    context = "" if chunk.kind in _PAPER else _context(title, chunk.section)
    return f"{context}\n{chunk.text}" if context else chunk.text


def _context(title: str, section: str) -> str:
    parts = (_short(title), _short(section))
    return ". ".join(p.rstrip(".") for p in parts if p)


def _short(text: str) -> str:
    text = re.sub(r"\s+", " ", text[: 4 * _MAX_CONTEXT]).strip()
    if len(text) <= _MAX_CONTEXT:
        return text
    return text[:_MAX_CONTEXT].rsplit(" ", 1)[0]


class _Cutter:
    """Cuts one flow of text; `context` is embedded before each of its passages."""

    def __init__(self, flow: Flow, source: str, encoder: Encoder, context: str = "") -> None:
        self.flow, self.source, self.encoder = flow, source, encoder
        self.tokenized = Tokenized(
            flow.text, encoder.offsets(flow.text) if flow.text.strip() else []
        )
        self._before = f"{context}\n" if context else ""
        self._taken = encoder.count([context])[0]  # with the special ones

    def chunks(self, target: int, overlap: int) -> list[Chunk]:
        """The passages, numbered from 0."""
        if not 0 <= overlap < target:
            raise ValueError(
                f"an overlap of {overlap} tokens does not go with passages of {target}"
            )
        if not self.flow.text.strip():
            return []
        fitting: list[_Passage] = []
        unsure: list[_Passage] = []
        for stretch in self._stretches():
            for passage in self._passages(stretch, target, overlap):
                (fitting if self._has_room(passage) else unsure).append(passage)
        fitting += self._fit(unsure)
        fitting.sort(key=lambda p: (p.start, p.end))
        return [replace(p.chunk, ordinal=i) for i, p in enumerate(fitting)]

    def _fit(self, passages: list[_Passage]) -> list[_Passage]:
        """The passages counted with their context; those beyond the window are halved."""
        fitting: list[_Passage] = []
        while passages:  # context and passage nearly always add up: one round is the rule
            sizes = self.encoder.count([self._before + p.chunk.text for p in passages])
            halves: list[_Passage] = []
            for passage, size in zip(passages, sizes, strict=True):
                if size <= self.encoder.window or len(passage.chunk.text) == 1:
                    fitting.append(passage)
                else:
                    halves += self._halves(passage)
            passages = halves
        return fitting

    def _has_room(self, passage: _Passage) -> bool:
        """Whether the passage fits by far, by the tokens of the whole text and of its context."""
        return (
            self.tokenized.count(passage.start, passage.end) + self._taken + SPARE
            <= self.encoder.window
        )

    def _stretches(self) -> list[Stretch]:
        """The stretches, those of few tokens put together with the one that follows."""
        merged: list[Stretch] = []
        for new in self.flow.stretches:
            old = merged[-1] if merged else None
            if (
                old
                and old.references == new.references
                and self.tokenized.count(old.start, old.end) < MIN_SECTION
            ):
                merged[-1] = Stretch(old.start, new.end, new.section or old.section, new.references)
            else:
                merged.append(new)
        return merged

    def _passages(self, stretch: Stretch, target: int, overlap: int) -> list[_Passage]:
        most = self.encoder.window - self._taken
        if most < self.encoder.window // 8:
            raise ValueError(
                f"the model's window of {self.encoder.window} tokens leaves no room for passages"
            )
        shared = 0 if stretch.references else min(overlap, most // 4)
        budget = Budget(min(target, most), most, shared, whole=stretch.references)
        ranges = cut_stretch(self.tokenized, stretch.start, stretch.end, budget)
        passages = (self._passage(stretch, start, end) for start, end in ranges)
        return [p for p in passages if p is not None]

    def _passage(self, stretch: Stretch, start: int, end: int) -> _Passage | None:
        """The stretch's characters [start, end) without the white space around them."""
        text = self.flow.text[start:end]
        start += len(text) - len(text.lstrip())
        text = text.strip()
        if not text:
            return None
        end = start + len(text)
        kind = "references" if stretch.references else "body"
        page, rects = self.flow.page_at(start), self.flow.rects(start, end)
        return _Passage(
            start, end, stretch, Chunk(self.source, 0, text, kind, stretch.section, page, rects)
        )

    def _halves(self, passage: _Passage) -> list[_Passage]:
        text = passage.chunk.text
        middle = text.rfind(" ", 1, len(text) // 2 + 1)
        middle = passage.start + (middle if middle > 0 else len(text) // 2)
        both = ((passage.start, middle), (middle, passage.end))
        return [p for p in (self._passage(passage.stretch, a, b) for a, b in both) if p is not None]


@dataclass(frozen=True, slots=True)
class _Passage:
    start: int
    end: int
    stretch: Stretch
    chunk: Chunk
