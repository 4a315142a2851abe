"""Answers questions with the library's own sentences, or says that it has none."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from litmap import answers
from litmap.catalogue.entries import Entry
from litmap.library.results import SearchHit, show_hit
from litmap.library.summary_view import sentence_with_work
from litmap.models import Answer, AnswerPart, Hit, Sentence
from litmap.parsing.languages import language_of
from litmap.parsing.sentences import SUMMARY_SENTENCES, split_sentences
from litmap.search import Query, parse_question
from litmap.search.candidates import embed_query
from litmap.summaries.standing_alone import needs_no_neighbour
from litmap.writing import Task

if TYPE_CHECKING:
    from litmap.language_models.writer import Writer
    from litmap.library.paper_texts import PaperTexts
    from litmap.search.highlighting import Marker

Floats = NDArray[np.float64]

logger = logging.getLogger(__name__)

PASSAGES, WORKS, OF_WORK = 24, 10, 4
"""The best passages, and the best works with their best passages, whose sentences are looked at."""
PARTS = 5
"""Things said in an answer, unless more are asked for."""
TRY = "Ask in other words, with the names the papers use, or search for the nearest passages."
"""What to do where nothing is answered."""
NOTES_BESIDE = 2
"""Passages of the reader's own notes that stand beside an answer."""
MAX_BELOW_BEST = 1.5
"""How far below the best sentence another may stand and still be shown."""
MAX_BELOW_BEST_OFFERED = 4.0
"""The same for a sentence that is offered to a language model, which chooses itself."""
QUOTED = 20
"""Sentences that are quoted at most."""


@dataclass(frozen=True, slots=True)
class Passages:
    """The passages that a search finds for a question, the best first, with their languages; `best`
    is the best work, `message` what the search has to say. It looked through `searched` passages.
    """

    query: Query
    hits: tuple[Hit, ...]
    languages: Sequence[str]
    best: str
    marker: Marker
    message: str
    searched: int

    def held(self, text: str, language: str) -> set[str]:
        """The words of the question that a text holds."""
        return {name for _, _, name in self.marker.places(text, language)}

    def share(self, held: Collection[str]) -> float:
        """The share that some of the question's words have of all, by their rarity."""
        weights = self.marker.weights
        total = fsum(weights.values())
        return fsum(weights[name] for name in held) / total if total else 0.0


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

    def __init__(self, texts: PaperTexts) -> None:
        self._texts = texts
        self._entries = texts.entries
        self._searcher = texts.searcher

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
        found = self.find(query, MAX_BELOW_BEST_OFFERED if writer else MAX_BELOW_BEST)
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

    def find(self, query: Query, max_below: float = MAX_BELOW_BEST_OFFERED) -> Findings:
        """The sentences that come nearest to a question, down to so far below the best, or why it
        is not answered.
        """
        passages = self.passages(query)
        if not passages.hits:
            return Findings(query, refused=f"{passages.message} {TRY}".strip())
        closeness = self.closeness(passages)
        logger.info("closeness %.2f: %s", closeness.probability, closeness)
        if not closeness.is_enough:
            return Findings(query, refused=self._nothing(query), closeness=closeness)
        candidates = self.candidates(passages)
        chosen = [candidates[place] for place in answers.worth_embedding(candidates)]
        vectors = self.encoded(query.text, [candidate.text for candidate in chosen])
        relevance = answers.relevance(chosen, vectors[1:] @ vectors[0])
        found = self._quotations(chosen, vectors[1:], relevance, max_below)
        quotations = tuple(islice(found, QUOTED))
        return Findings(query, quotations, "" if quotations else self._nothing(query), closeness)

    def _nothing(self, query: Query) -> str:
        """Why there is no answer, and what to do."""
        why = "Nothing in your papers is close enough to this question to answer it."
        foreign = language_of(query.text) not in self._searcher.passages_by_language
        return f"{why} {'Ask in the language of your papers. ' if foreign else ''}{TRY}"

    def passages(self, query: Query) -> Passages:
        """The passages that a search finds for a question."""
        results = self._searcher.search(query, limit=PASSAGES, per_work=OF_WORK)
        hits = {hit.row: hit for hit in results.hits if hit.work}
        for work in results.works[:WORKS]:
            hits |= {hit.row: hit for hit in work.hits if hit.row not in hits}
        languages = self._searcher.languages_of(list(hits))
        best = results.works[0].work if results.works else ""
        marker = self._searcher.marker(query.text)
        searched = self._searcher.count_allowed(query)
        return Passages(
            query, tuple(hits.values()), languages, best, marker, results.message, searched
        )

    def closeness(self, passages: Passages) -> answers.Closeness:
        """How near the best passages come to the question."""
        held: set[str] = set()
        for hit, language in zip(passages.hits, passages.languages, strict=True):
            if hit.work == passages.best:
                held |= passages.held(hit.chunk.text, language)
        return answers.Closeness(
            similarity=max(float(np.nan_to_num(hit.similarity)) for hit in passages.hits),
            covered=passages.share(held),
            size=passages.searched,
        )

    def candidates(self, passages: Passages) -> list[answers.Candidate]:
        """The sentences of some passages, each once."""
        asked = answers.asked_for(passages.query.text)
        found: dict[tuple[str, str], answers.Candidate] = {}
        marked = {w: [one.text for one in self._texts.marked(w)] for w in _works(passages)}
        for hit, language in zip(passages.hits, passages.languages, strict=True):
            for text in _sentences(hit.chunk.text):
                if (hit.work, text) in found or answers.is_question(text):
                    continue
                found[hit.work, text] = answers.Candidate(
                    text=text,
                    work=hit.work,
                    covered=passages.share(passages.held(text, language)),
                    similarity=float(np.nan_to_num(hit.similarity)),
                    passage=hit.score,
                    gives=answers.gives(asked, text),
                    is_alone=needs_no_neighbour(text, language),
                    is_caption=hit.chunk.kind == "figure",
                    is_marked=any(m in text or text in m for m in marked[hit.work]),
                )
        return list(found.values())

    def encoded(self, question: str, texts: Sequence[str]) -> Floats:
        """Unit vectors (1 + n, dim) of the question and some sentences."""
        asked = embed_query(self._searcher.encoder, question)
        return np.vstack([asked[None, :], self._searcher.encoder.encode(texts)]).astype(np.float64)

    def _query(self, question: str, heading: str) -> Query:
        query = parse_question(question)
        return replace(query, headings=(*query.headings, heading)) if heading else query

    # ── places ────────────────────────────────────────────────────────────────────────────────────
    def _quotations(
        self,
        candidates: Sequence[answers.Candidate],
        vectors: Floats,
        relevance: Floats,
        max_below: float,
    ) -> Iterator[Quotation]:
        """The best candidates as sentences with their places, those left out that no text has
        whole.
        """
        order = np.argsort(-relevance, kind="stable").tolist()
        enough = relevance[order[0]] - max_below
        seen: set[str] = set()
        for place in order:
            sentence = self.sentence(candidates[place]) if relevance[place] >= enough else None
            if sentence is not None and sentence.text not in seen:
                seen.add(sentence.text)
                yield Quotation(sentence, vectors[place], float(relevance[place]))

    def sentence(self, candidate: answers.Candidate) -> Sentence | None:
        """The sentence of its paper that a candidate is, has or is a piece of; passages begin and
        end in the middle of one, or with a title.
        """
        paper = self._texts.paper(candidate.work)
        sentences = paper.text.sentences if paper else ()
        fitting = [
            one for one in sentences if one.text in candidate.text or candidate.text in one.text
        ]
        if not fitting:
            return None
        best = max(fitting, key=lambda one: min(len(one.text), len(candidate.text)))
        is_record = self._entries[candidate.work].pdf is None
        place = "abstract" if is_record else best.place
        marked = best in self._texts.marked(candidate.work)
        return Sentence(best.text, candidate.work, best.page, best.rects, place, marked=marked)

    def _notes(self, query: Query) -> tuple[SearchHit, ...]:
        """What the reader's own notes say."""
        results = self._searcher.search(replace(query, kinds=("note",)), limit=NOTES_BESIDE)
        hits = results.hits if results.close else ()
        return tuple(show_hit(hit, rank, self._entries) for rank, hit in enumerate(hits, 1))


def _works(passages: Passages) -> set[str]:
    return {hit.work for hit in passages.hits}


def _sentences(text: str) -> list[str]:
    """The sentences of a passage, blanks between words as one."""
    flat = " ".join(text.split())
    return [flat[start:end].strip() for start, end in split_sentences(flat, SUMMARY_SENTENCES)]
