"""The texts of a library's papers, ready to be compared with what is said or asked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from litmap import claims
from litmap.catalogue.entries import Entry
from litmap.errors import PdfError
from litmap.models import Document, Mark, Page, PaperSentence, PdfFile, TextBlock
from litmap.paper_sentences import marked_sentences, paper_sentences, weighing
from litmap.search.candidates import BackgroundSample, encode_queries, sample_background

if TYPE_CHECKING:
    from litmap.builds import Build
    from litmap.models import Vectors
    from litmap.protocols import Encoder
    from litmap.search import Searcher
    from litmap.search.protocols import VectorRows, WordRows

Floats = NDArray[np.float64]

logger = logging.getLogger(__name__)

EVIDENCE_KINDS = frozenset({"body", "abstract", "caption", "footnote"})
"""Kinds of blocks whose sentences may bear something out: no reference list, no heading."""
MAX_PAPERS = 300
"""Papers that are held ready, those asked for last."""
EMBEDDED_AT_ONCE = 2048
"""Sentences embedded between two words on how many are: enough of them that an encoder takes its
engine for many texts, which is three times as fast as the one for a few.
"""
_PASSAGE_KINDS = ("body", "abstract")


class PaperTexts:
    """The papers of one build with their sentences, and how near they come to a statement. Use
    from any thread.
    """

    def __init__(
        self,
        entries: Mapping[str, Entry],
        read: Callable[[PdfFile], Document],
        build: Build,
        searcher: Searcher,
        marks: Mapping[str, Sequence[Mark]] | None = None,
    ) -> None:
        self.entries = entries
        self._marks = marks or {}
        self.searcher = searcher
        self._read = read
        self._build = build
        self._vectors: VectorRows = searcher.vector_rows
        self._keywords: WordRows = searcher.keywords
        self._encoder: Encoder = searcher.encoder
        self._usual: tuple[claims.Statement, Floats, Floats] | None = None
        self._kept_paper = lru_cache(MAX_PAPERS)(self._load)
        self._kept_passages = lru_cache(MAX_PAPERS)(self._load_passages)

    def statements(self, texts: Sequence[str]) -> list[claims.Statement]:
        """What is said or asked, embedded."""
        vectors = encode_queries(self._encoder, texts).astype(np.float64)
        return [claims.Statement(*one) for one in zip(texts, vectors, strict=True)]

    @property
    def model(self) -> str:
        """The key of the model that texts are embedded with (`Encoder.key`)."""
        return self._encoder.key

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The unit vectors (n, dim) of sentences."""
        return self._encoder.encode(texts)

    def paper(self, work: str) -> claims.CheckedPaper | None:
        """A work's full text, or its abstract where that is all there is; None where there is
        neither.
        """
        return self._kept_paper(work)

    def evidence(
        self,
        pairs: Sequence[tuple[claims.Statement, claims.CheckedPaper]],
        tell: Callable[[int, int], object] | None = None,
        *,
        looked_at: int = claims.SHORTLIST,
    ) -> list[claims.Evidence]:
        """For each statement the sentences of its paper that come nearest to it, and its strength.

        Each sentence that is looked at, so many for each statement, is embedded once; `tell` learns
        how many are and of how many.
        """
        lists = [
            claims.shortlist(said, paper.text, self._keywords.idf, most=looked_at)
            for said, paper in pairs
        ]
        texts = [
            [paper.text.sentences[row].text for row in short.rows.tolist()]
            for (_, paper), short in zip(pairs, lists, strict=True)
        ]
        wanted = list(dict.fromkeys(text for own in texts for text in own))
        vector_of: dict[str, Vectors] = {}
        for first in range(0, len(wanted), EMBEDDED_AT_ONCE):
            some = wanted[first : first + EMBEDDED_AT_ONCE]
            vector_of.update(zip(some, self._encoder.encode(some), strict=True))
            if tell is not None:
                tell(len(vector_of), len(wanted))
        found = []
        for (said, paper), short, own in zip(pairs, lists, texts, strict=True):
            vectors = np.array([vector_of[text] for text in own])
            rows = claims.rank_evidence(said, paper.text, short, vectors)
            cosines = dict(zip(short.rows.tolist(), (vectors @ said.vector).tolist(), strict=True))
            found.append(
                claims.Evidence(
                    tuple(rows),
                    self.strength(said, paper.work),
                    tuple(cosines[row] for row in rows),
                )
            )
        return found

    def marked(self, work: str) -> list[PaperSentence]:
        """The sentences of a work that the reader marked."""
        paper = self.paper(work) if self._marks.get(work) else None
        return [paper.text.sentences[row] for row in sorted(paper.text.marked)] if paper else []

    def idf(self, term: str) -> float:
        """How rare a term is among the library's passages."""
        return self._keywords.idf(term)

    def passages(self, work: str) -> Floats:
        """The vectors (n, dim) of a work's passages."""
        return self._kept_passages(work)

    def strength(self, statement: claims.Statement, work: str) -> float:
        """How near a work comes to a statement beside the library's other works, 0 to 1."""
        usual, words = self._usual_for(statement)
        number = self._keywords.work_numbers.get(work, -1)
        cohort = claims.Cohort(usual[self._background.works != number], words)
        own_words = float(words[number]) if number >= 0 else 0.0
        own = self.passages(work) @ statement.vector
        return claims.strength(claims.nearness(own, own_words, cohort))

    @cached_property
    def _background(self) -> BackgroundSample:
        return sample_background(self._vectors, self._keywords, _PASSAGE_KINDS)

    def _usual_for(self, statement: claims.Statement) -> tuple[Floats, Floats]:
        """Cosines of the background's passages with a statement, and all works' scores for its
        words; kept for the statement asked last, for its works come one after another.
        """
        kept = self._usual
        if kept is None or kept[0] is not statement:
            cosines = self._background.vectors.astype(np.float64) @ statement.vector
            words = np.asarray(self._keywords.work_scores(statement.text), np.float64)
            kept = self._usual = (statement, cosines, words)
        return kept[1:]

    def _load(self, name: str) -> claims.CheckedPaper | None:
        entry = self.entries[name]
        document = self._document(entry)
        if document is None:
            return None
        sentences = paper_sentences(document, EVIDENCE_KINDS)
        if not sentences:
            return None
        work = entry.work
        held = _passages_of(sentences, self._build, self._rows(work.id))
        marked = marked_sentences(sentences, weighing(self._marks.get(work.id, ())))
        text = claims.PaperText(sentences, self.passages(work.id), held, marked)
        return claims.CheckedPaper(work.id, text, (work.title, *work.other_titles))

    def _document(self, entry: Entry) -> Document | None:
        if entry.pdf is None:
            abstract = entry.work.abstract
            blocks = (TextBlock("abstract", abstract),)
            return Document("", (Page(0, 0, 0, blocks),)) if abstract else None
        try:
            return self._read(entry.pdf)
        except PdfError as error:
            logger.info("%s: %s", entry.work.id, error)
            return None

    def _rows(self, work: str) -> NDArray[np.int64]:
        """The rows of a work's passages."""
        return np.flatnonzero(self._keywords.rows_of(works=[work], kinds=_PASSAGE_KINDS))

    def _load_passages(self, work: str) -> Floats:
        return np.asarray(self._vectors.vectors(self._rows(work)), np.float64)


def _passages_of(
    sentences: Sequence[PaperSentence], build: Build, rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """For each sentence the number of the passage among `rows` that holds its first line, -1 for
    none.
    """
    number_of: dict[tuple[float, ...], int] = {}
    for number, passage in enumerate(build.passages(rows)):
        for rect in passage.chunk.rects:
            number_of.setdefault(tuple(rect), number)
    firsts = [tuple(s.rects[0]) if s.rects else () for s in sentences]
    return np.array([number_of.get(first, -1) for first in firsts], np.int64)
