"""Tables of papers: for each paper and each column one sentence of the paper, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from litmap import claims, tables
from litmap.catalogue.entries import Entry
from litmap.library.summary_view import cite, sentence_as_json
from litmap.models import Sentence
from litmap.parsing.places import sentence_place
from litmap.summaries.standing_alone import stands_alone

if TYPE_CHECKING:
    from litmap.language_models.writer import Writer
    from litmap.library.paper_texts import PaperTexts
    from litmap.models import Vectors

ABSTRACT = "abstract"
"""The place of a sentence of a paper of which only the abstract is here."""
LOOKED_AT = 12
"""Sentences of a paper that are compared with a column's words in meaning."""
MIN_LIKELY = tables.MIN_CERTAINTY / 2
"""How sure it has to be that a sentence answers for a language model to be given it."""
NO_TEXT = "no text of it is here"


@dataclass(frozen=True, slots=True)
class Cell:
    """One sentence of a paper, how sure it is that it answers, 0 to 1, and the number drawn out
    of it where one is asked for.
    """

    sentence: Sentence
    certainty: float
    number: tables.Number | None = None

    @property
    def place(self) -> str:
        """Where the sentence stands: 'p. 7', '§ Methods, ¶ 12', 'abstract'."""
        return sentence_place(self.sentence) or ABSTRACT

    @property
    def is_marked(self) -> bool:
        """Whether the reader marked the sentence."""
        return self.sentence.marked

    def as_json(self) -> dict[str, Any]:
        """A cell of `litmap table --json`."""
        number = self.number
        return {
            **sentence_as_json(self.sentence),
            "place": self.place,
            "strength": round(self.certainty, 3),
            "number": number and {"value": number.value, "unit": number.unit, "text": number.text},
        }


@dataclass(frozen=True, slots=True)
class Row:
    """A paper with its cells in the order of the columns, None for 'not said'; `why` tells why a
    paper without a text has none.
    """

    entry: Entry
    cells: tuple[Cell | None, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Papers × columns; `subject` is what was asked for."""

    subject: str
    columns: tuple[tables.Column, ...]
    rows: tuple[Row, ...]

    def as_json(self) -> dict[str, Any]:
        """The form of `litmap table --json`."""
        return {
            "subject": self.subject,
            "columns": [column.name for column in self.columns],
            "rows": [
                {
                    "work": row.entry.work.id,
                    "title": row.entry.work.title,
                    "cite": cite(row.entry.work),
                    "notices": list(row.entry.work.notices),
                    "why": row.why or None,
                    "cells": [cell and cell.as_json() for cell in row.cells],
                }
                for row in self.rows
            ],
        }


class _Nearest(NamedTuple):
    """The sentences of a paper that come nearest to a column's words."""

    paper: claims.CheckedPaper
    evidence: claims.Evidence


class TableMaker:
    """Fills tables from the papers of one build; with a `writer` its language model chooses the
    sentence for a column in words of one's own.
    """

    def __init__(self, texts: PaperTexts, writer: Writer | None = None) -> None:
        self._texts = texts
        self._writer = writer

    def make(self, subject: str, works: Sequence[str], columns: Sequence[tables.Column]) -> Table:
        """The table of these works, in this order."""
        papers = {work: paper for work in works if (paper := self._texts.paper(work))}
        own = [column for column in columns if not column.kind]
        nearest = self._nearest_sentences(own, list(papers.values()))
        is_understood = self._texts.model == tables.judged_with()
        encode = _Embedded(self._texts.encode) if is_understood else None
        read = {
            work: tables.ReadPaper(
                paper.text.sentences,
                self._texts.entries[work].work.title,
                stands_alone,
                encode,
                paper.text.marked,
            )
            for work, paper in papers.items()
        }
        if encode is not None:  # together: for many texts an encoder is faster
            known = [column for column in columns if column.kind]
            encode(
                [
                    text
                    for paper in read.values()
                    for column in known
                    for text in paper.texts_to_embed(column.kind, _may_answer(column, paper))
                ]
            )
        rows = []
        for work in works:
            entry = self._texts.entries[work]
            if work not in read:
                why = f"{NO_TEXT}: {entry.reason or entry.status}"
                rows.append(Row(entry, (None,) * len(columns), why))
                continue
            cells = (
                _known_cell(column, read[work], papers[work])
                if column.kind
                else self._own_cell(column, nearest[column.words, work])
                for column in columns
            )
            rows.append(Row(entry, tuple(cells)))
        return Table(subject, tuple(columns), tuple(rows))

    def _nearest_sentences(
        self, columns: Sequence[tables.Column], papers: Sequence[claims.CheckedPaper]
    ) -> Mapping[tuple[str, str], _Nearest]:
        """For each column in words of one's own, and each paper, the sentences nearest to it."""
        if not columns or not papers:
            return {}
        asked = self._texts.statements([column.words for column in columns])
        pairs = [(statement, paper) for statement in asked for paper in papers]
        found = self._texts.evidence(pairs, looked_at=LOOKED_AT)
        return {
            (statement.text, paper.work): _Nearest(paper, evidence)
            for (statement, paper), evidence in zip(pairs, found, strict=True)
        }

    def _own_cell(self, column: tables.Column, nearest: _Nearest) -> Cell | None:
        """The cell of a column in words of one's own: the nearest sentence, or the nearest one with
        a number, where it is near enough.
        """
        cells = self._own_cells(column, nearest)
        if self._writer is None:
            # a marked one that is not sure to answer stands in no other's way
            is_sure = (c for c in cells if c.certainty >= tables.MIN_CERTAINTY or not c.is_marked)
            best = next(is_sure, None)
            return best if best and best.certainty >= tables.MIN_CERTAINTY else None
        likely = [cell for cell in cells if cell.certainty >= MIN_LIKELY]
        chosen = self._writer.choose(column.words, [c.sentence for c in likely]) if likely else None
        return next((cell for cell in likely if cell.sentence == chosen), None)

    def _own_cells(self, column: tables.Column, nearest: _Nearest) -> Iterator[Cell]:
        """The sentences that may be a column's cell, the nearest first."""
        paper, evidence = nearest
        language = paper.text.language
        for row, cosine in zip(evidence.rows, evidence.cosines, strict=True):
            sentence = paper.sentence(row)
            number = tables.draw_number(sentence.text, column, language) if column.number else None
            if column.number and number is None:
                continue
            share = tables.share_of_words(sentence.text, column.words, self._texts.idf, language)
            sure = tables.certainty_of(tables.Near(cosine, share, evidence.strength))
            yield Cell(sentence, sure, number)


class _Embedded:
    """Texts' vectors, each made once."""

    def __init__(self, encode: tables.Encode) -> None:
        self._encode = encode
        self._vector_of: dict[str, Vectors] = {}

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """The unit vectors (n, dim) of texts."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vector_of]
        if new:
            self._vector_of.update(zip(new, self._encode(new), strict=True))
        return np.array([self._vector_of[text] for text in texts])


def _may_answer(column: tables.Column, read: tables.ReadPaper) -> tables.MayAnswer:
    """Whether a sentence can be a cell of a column: one with its number where one is asked for."""
    if not column.number:
        return lambda text: True
    return lambda text: tables.draw_number(text, column, read.language) is not None


def _known_cell(
    column: tables.Column, read: tables.ReadPaper, paper: claims.CheckedPaper
) -> Cell | None:
    """The cell of a column that is known by itself."""
    chosen = read.choose(column.kind, _may_answer(column, read))
    if chosen is None:
        return None
    sentence = paper.sentence(chosen.row)
    number = tables.draw_number(sentence.text, column, read.language) if column.number else None
    return Cell(sentence, chosen.certainty, number)
