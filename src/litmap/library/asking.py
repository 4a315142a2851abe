"""Answers questions with the library's own sentences, or says that it has none."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from litmap import answers
from litmap.catalogue.entries import Entry
from litmap.errors import PdfError
from litmap.library.results import SearchHit, show_hit
from litmap.library.summary_view import sentence_with_work
from litmap.models import Answer, AnswerPart, Document, Hit, PaperSentence, PdfFile, Sentence
from litmap.paper_sentences import paper_sentences
from litmap.parsing.languages import ENGLISH
from litmap.parsing.person_names import family_name
from litmap.parsing.sentences import SUMMARY_SENTENCES, split_sentences
from litmap.parsing.terms import plain_text
from litmap.search import Query, parse_question
from litmap.search.candidates import embed_query
from litmap.summaries.standing_alone import needs_no_neighbour
from litmap.writing import Task

if TYPE_CHECKING:
    from litmap.library.writing import Writer
    from litmap.search import Results, Searcher
    from litmap.search.highlighting import Marker

Floats = NDArray[np.float64]

logger = logging.getLogger(__name__)

PASSAGES, WORKS, OF_WORK = 24, 10, 4
"""The best passages, and the best works with their best passages, whose sentences are looked at."""
PARTS = 5
"""Things said in an answer, unless more are asked for."""
NOTES_BESIDE = 2
"""Passages of the reader's own notes that stand beside an answer."""
QUOTED_KINDS = frozenset({"body", "abstract", "caption", "footnote"})
"""Kinds of blocks whose sentences may answer."""
MAX_BELOW_BEST = 3.0
"""How far below the best sentence another may stand and still be quoted."""
QUOTED = 20
"""Sentences that are quoted at most, whether shown or given to a language model."""
_CAPITALISED = re.compile(r"\b[^\W\d_a-z][\w’'-]+")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A sentence of a paper for a question: its vector (dim,) and how well it answers, comparable
    within the question.
    """

    sentence: Sentence
    vector: Floats
    relevance: float


@dataclass(frozen=True, slots=True)
class Findings:
    """What the library has on a question: its sentences, the best first, `refused` why there is no
    answer ('' where there is one), and the search behind it.
    """

    query: Query
    quotations: tuple[Quotation, ...] = ()
    refused: str = ""
    closeness: answers.Closeness | None = None


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer as the command and the app show it, with what the reader's own notes say."""

    answer: Answer
    notes: tuple[SearchHit, ...]
    entries: Mapping[str, Entry]

    def as_json(self) -> dict[str, Any]:
        """The form of `litmap ask --json`."""
        answer = self.answer
        return {
            "answer": [
                {
                    "text": part.text,
                    "sources": [sentence_with_work(s, self.entries) for s in part.sources],
                }
                for part in answer.parts
            ],
            "refused": answer.refused or None,
            "dropped": answer.dropped,
            "notes": [
                {"text": hit.quotation, "note": hit.note, "line": hit.line} for hit in self.notes
            ],
        }


class Asker:
    """Answers questions from one build of a library; threads may share it."""

    def __init__(
        self,
        entries: Mapping[str, Entry],
        read: Callable[[PdfFile], Document],
        searcher: Searcher,
    ) -> None:
        self._entries = entries
        self._read = read
        self._searcher = searcher
        self._texts: dict[str, Mapping[str, PaperSentence]] = {}

    def ask(
        self,
        question: str,
        *,
        limit: int = PARTS,
        heading: str = "",
        writer: Writer | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> AnswerView:
        """An answer of quotations; with a `writer` one that it writes from them, and of which
        `on_text` is told the pieces, unchecked, as they come. Raises `SearchError` where nothing is
        asked, and `WebError` from the writer.
        """
        query = self._query(question, heading)
        found = self.find(query)
        notes = self._notes(query)
        if found.refused:
            return AnswerView(Answer(question, refused=found.refused), notes, self._entries)
        if writer is not None:
            sources = [quotation.sentence for quotation in found.quotations]
            text = writer.write(Task.QUESTION, query.text, sources, count=limit, on_text=on_text)
            answer = Answer(question, text.parts, text.refused, text.dropped)
            return AnswerView(answer, notes, self._entries)
        quotations = found.quotations
        groups = answers.group_sentences(
            [quotation.sentence.work for quotation in quotations],
            np.array([quotation.vector for quotation in quotations]),
            limit,
        )
        parts = [
            AnswerPart(
                quotations[group.lead].sentence.text,
                tuple(quotations[member].sentence for member in group.members),
            )
            for group in groups
        ]
        return AnswerView(Answer(question, tuple(parts)), notes, self._entries)

    def find(self, query: Query) -> Findings:
        """The sentences that come nearest to a question, whether or not they answer it."""
        results = self._searcher.search(query, limit=PASSAGES, per_work=OF_WORK)
        hits = _passages(results)
        candidates = self._candidates(query, hits) if hits else []
        if not candidates:
            return Findings(query, refused=_nothing(results.message if not hits else ""))
        chosen = [candidates[place] for place in answers.worth_embedding(candidates)]
        vectors = self._encoded(query.text, [candidate.text for candidate in chosen])
        cosines = vectors[1:] @ vectors[0]
        relevance = answers.relevance(chosen, cosines)
        order = np.argsort(-relevance, kind="stable").tolist()
        closeness = _closeness(chosen, cosines, order)
        found = self._quotations(chosen, vectors[1:], relevance, order)
        quotations = tuple(islice(found, QUOTED))
        refused = "" if quotations and answers.is_answered(closeness) else _nothing()
        return Findings(query, quotations, refused, closeness)

    def _query(self, question: str, heading: str) -> Query:
        query = parse_question(question)
        return replace(query, headings=(*query.headings, heading)) if heading else query

    def _encoded(self, question: str, texts: Sequence[str]) -> Floats:
        """Unit vectors (1 + n, dim) of the question and some sentences."""
        asked = embed_query(self._searcher.encoder, question)
        return np.vstack([asked[None, :], self._searcher.encoder.encode(texts)]).astype(np.float64)

    # ── candidates ────────────────────────────────────────────────────────────────────────────────
    def _candidates(self, query: Query, hits: Sequence[Hit]) -> list[answers.Candidate]:
        """The sentences of some passages, each once."""
        marker = self._searcher.marker(query.text)
        asked = answers.asked_for(query.text)
        languages = self._searcher.keywords.languages_of([hit.row for hit in hits])
        best = _best_scores(hits)
        named = {work for work in best if self._is_named(query, work)}
        found: dict[tuple[str, str], answers.Candidate] = {}
        for hit, language in zip(hits, languages, strict=True):
            whole = _covered(hit.chunk.text, marker, language)
            for text in _sentences(hit.chunk.text):
                if (hit.work, text) in found or answers.is_question(text):
                    continue
                found[hit.work, text] = answers.Candidate(
                    text=text,
                    work=hit.work,
                    row=hit.row,
                    covered=_covered(text, marker, language),
                    passage_covered=whole,
                    similarity=float(np.nan_to_num(hit.similarity)),
                    passage=hit.score,
                    work_score=best[hit.work],
                    is_named=hit.work in named,
                    gives=answers.gives(asked, text, language),
                    is_alone=needs_no_neighbour(text, language),
                )
        return list(found.values())

    def _is_named(self, query: Query, work: str) -> bool:
        """Whether a question names a work: by an identifier, its title, or an author's family
        name.
        """
        own = self._entries[work].work
        if {own.id, *own.ids} & set(query.ids):
            return True
        title = plain_text(own.title)
        if len(title.split()) > 1 and title in plain_text(query.text):
            return True
        words = {word.casefold() for word in _CAPITALISED.findall(query.text)}
        return any(family_name(author).casefold() in words for author in own.authors[:2])

    # ── places ────────────────────────────────────────────────────────────────────────────────────
    def _quotations(
        self,
        candidates: Sequence[answers.Candidate],
        vectors: Floats,
        relevance: Floats,
        order: Sequence[int],
    ) -> Iterator[Quotation]:
        """The best candidates as sentences with their places, those left out that no text has
        whole.
        """
        enough = relevance[order[0]] - MAX_BELOW_BEST
        for place in order:
            sentence = self._sentence(candidates[place]) if relevance[place] >= enough else None
            if sentence is not None:
                yield Quotation(sentence, vectors[place], float(relevance[place]))

    def _sentence(self, candidate: answers.Candidate) -> Sentence | None:
        """A candidate with its page and lines; None where it is no whole sentence of its paper."""
        pdf = self._entries[candidate.work].pdf
        if pdf is None:
            return Sentence(candidate.text, candidate.work, 0)
        found = self._sentences_of(candidate.work, pdf).get(candidate.text)
        if found is None:
            return None
        return Sentence(found.text, candidate.work, found.page, found.rects, found.place)

    def _sentences_of(self, work: str, pdf: PdfFile) -> Mapping[str, PaperSentence]:
        """A paper's sentences by their texts."""
        if work not in self._texts:
            try:
                sentences = paper_sentences(self._read(pdf), QUOTED_KINDS)
            except PdfError as error:
                logger.info("%s: %s", work, error)
                sentences = []
            self._texts[work] = {sentence.text: sentence for sentence in sentences}
        return self._texts[work]

    def _notes(self, query: Query) -> tuple[SearchHit, ...]:
        """What the reader's own notes say."""
        results = self._searcher.search(replace(query, kinds=("note",)), limit=NOTES_BESIDE)
        hits = results.hits if results.close else ()
        return tuple(show_hit(hit, rank, self._entries) for rank, hit in enumerate(hits, 1))


def _passages(results: Results) -> list[Hit]:
    """The passages whose sentences are looked at: the best, and the best of the best works."""
    found = {hit.row: hit for hit in results.hits if hit.work}
    for work in results.works[:WORKS]:
        found |= {hit.row: hit for hit in work.hits if hit.work and hit.row not in found}
    return list(found.values())


def _best_scores(hits: Sequence[Hit]) -> dict[str, float]:
    """The score of each work's best passage."""
    best: dict[str, float] = {}
    for hit in hits:
        best[hit.work] = max(hit.score, best.get(hit.work, -np.inf))
    return best


def _sentences(text: str) -> list[str]:
    """The sentences of a passage, blanks between words as one."""
    flat = " ".join(text.split())
    return [flat[start:end].strip() for start, end in split_sentences(flat, SUMMARY_SENTENCES)]


def _covered(text: str, marker: Marker, language: str = ENGLISH) -> float:
    """The share of a question's words, by their rarity, that a text holds."""
    held = {name for _, _, name in marker.places(text, language)}
    total = fsum(marker.weights.values())
    return fsum(marker.weights[name] for name in held) / total if total else 0.0


def _closeness(
    candidates: Sequence[answers.Candidate], cosines: Floats, order: Sequence[int]
) -> answers.Closeness:
    """How near the candidates come to the question."""
    first = candidates[order[0]]
    return answers.Closeness(
        sentence=float(cosines.max()),
        passage=max(candidate.similarity for candidate in candidates),
        sentence_covered=first.covered,
        passage_covered=max(candidate.passage_covered for candidate in candidates),
        work_covered=first.passage_covered,
    )


def _nothing(why: str = "") -> str:
    """Why there is no answer, and what to do."""
    return (
        f"{why or 'Nothing in your papers is close enough to this question to answer it.'} "
        "Ask in other words, with the names the papers use, or look at the nearest passages with "
        "`litmap search`."
    )
