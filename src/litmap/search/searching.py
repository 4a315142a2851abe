"""The search itself: parse, filter, gather candidates of all parts, fuse, and show passages and
works with their reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, reduce
from itertools import pairwise
from operator import add
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from litmap.models import Hit, Passage
from litmap.parsing.terms import QueryWord, plain_text, query_words
from litmap.protocols import Encoder
from litmap.search.candidates import (
    BackgroundSample,
    Evidence,
    embed_query,
    is_multilingual,
    passage_scores,
    sample_places,
    weigh,
    work_scores,
)
from litmap.search.highlighting import Marker
from litmap.search.parts import Found, Permission, Question
from litmap.search.presenting import HitPresenter, LazySequence, term_coverage, unmarked
from litmap.search.protocols import SearchPart
from litmap.search.query import ALL_KINDS, DEFAULT_KINDS, Facts, Query, parse_query
from litmap.search.quotations import align_quotation, words_wanted
from litmap.search.ranking import Weights, first_of_each, highest
from litmap.search.reranking import RERANK_DEPTH, Reranker
from litmap.search.results import Results, WorkHit
from litmap.side_by_side import Threads
from litmap.word_counts import Asked, Sums, WordCounts, ask, idf_of, judge_language

if TYPE_CHECKING:
    from litmap.search.protocols import Floats, Ints

T = TypeVar("T")

MIN_CLOSE_SHARE = 0.35
"""How far the best cosine must lie between that of any two passages of the library (0) and identity
(1) to count as close. Calibrated on test collections asked their own and each other's questions:
see benchmarks/RESULTS.md.
"""
CLOSE_COSINE = 0.46
"""A best cosine that is close however alike the library's passages are: on the same test
collections at most one in a hundred questions of a foreign field has it, and one or two in a
hundred of the library's own have not. Holds for models that spread texts like MiniLM (see
`MAX_SPREAD_COSINE`).
"""
MAX_SPREAD_COSINE = 0.4
"""A usual cosine up to which a model spreads texts: one about a single topic gets to .35, other
models begin at .7.
"""
MIN_COSINE = 0.25
"""A best cosine below which nothing is close by its meaning, nor by one of several words."""
MIN_TERM_COVERAGE = 0.75
"""Share of the query's words, weighted by rarity, that one passage must hold to count as close in
words.
"""
MANY_TERMS = 8
MIN_COVERAGE_OF_MANY = 0.5
"""The same for a passage that holds so many different words of the query: a quotation's typos are
its rarest words.
"""
QUOTATION_BY_WORDS = 60
QUOTATION_BY_MEANING = 20
"""Passages to be compared letter by letter with a quotation, from the two rankings."""

CLOSER_OUTSIDE = "Closer passages lie outside your filters; these are the closest within."

PARTS = Threads(16, "search")
"""Ask several parts at once; those of other machines are waited for."""


class PartsSearch:
    """Searches parts as one. Opened parts in, results out; keeps nothing of a query, so threads may
    share it.

    Rows and works of all parts are numbered through: each part's follow those of the one before.
    """

    encoder: Encoder
    facts: Mapping[str, Facts]
    weights: Weights
    reranker: Reranker | None

    @property
    def parts(self) -> Sequence[SearchPart]:
        """What is searched."""
        raise NotImplementedError

    # ── all parts as one ─────────────────────────────────────────────────────────────────────────
    @cached_property
    def first_rows(self) -> Ints:
        """The row at which each part begins, and the one behind the last."""
        return np.cumsum([0, *(part.rows for part in self.parts)], dtype=np.int64)

    @cached_property
    def _first_works(self) -> Ints:
        return np.cumsum([0, *(len(part.work_ids) for part in self.parts)], dtype=np.int64)

    def _each(self, work: Callable[..., T], *items: Sequence[object]) -> list[T]:
        return PARTS.each(work, self.parts, *items)

    def work_id(self, number: int) -> str:
        """The id of a work by its number."""
        part = int(np.searchsorted(self._first_works, number, side="right")) - 1
        return self.parts[part].work_ids[number - int(self._first_works[part])]

    def _of_each_part(self, rows: Ints) -> list[tuple[SearchPart, Ints, Ints]]:
        """For each part that has any of these rows: their places, and what it calls them."""
        wanted = np.asarray(rows, np.int64)
        part_of = np.searchsorted(self.first_rows, wanted, side="right") - 1
        places = ((n, np.flatnonzero(part_of == n)) for n in np.unique(part_of).tolist())
        return [(self.parts[n], own, wanted[own] - self.first_rows[n]) for n, own in places]

    def passages(self, rows: Sequence[int] | Ints) -> list[Passage]:
        """The passages of these rows, in their order."""
        wanted = np.asarray(rows, np.int64)
        found: dict[int, Passage] = {}
        for part, places, own in self._of_each_part(wanted):
            for place, passage in zip(places.tolist(), part.passages(own), strict=True):
                found[place] = replace(passage, row=int(wanted[place]))
        return [found[place] for place in range(wanted.size)]

    def vectors(self, rows: Ints) -> Floats:
        """The vectors of these rows, float32 (n, dim)."""
        result = np.zeros((len(rows), self.encoder.dim), np.float32)
        for part, places, own in self._of_each_part(rows):
            result[places] = part.vectors(own)
        return result

    def languages_of(self, rows: Sequence[int] | Ints) -> list[str]:
        """The language by whose rules each of these rows is read."""
        found: dict[int, str] = {}
        for part, places, own in self._of_each_part(np.asarray(rows, np.int64)):
            found |= zip(places.tolist(), part.languages_of(own), strict=True)
        return [found[place] for place in range(len(rows))]

    @cached_property
    def passages_by_language(self) -> Mapping[str, int]:
        """How many passages are read by the rules of each language, English first."""
        sizes: dict[str, int] = {}
        for part in self.parts:
            for language, count in part.passages_by_language.items():
                sizes[language] = sizes.get(language, 0) + count
        return dict(sorted(sizes.items(), key=lambda item: (item[0] != "en", item[0])))

    @cached_property
    def _background(self) -> BackgroundSample:
        """Passages spread evenly over all parts."""
        firsts = np.cumsum([0, *(part.embedded for part in self.parts)], dtype=np.int64)
        places = sample_places(int(firsts[-1]))
        own = [
            places[(places >= first) & (places < end)] - first
            for first, end in pairwise(firsts.tolist())
        ]
        samples = self._each(lambda part, some: part.sample(some), own)
        works = [w + first for (_, w), first in zip(samples, self._first_works[:-1], strict=True)]
        return BackgroundSample(np.concatenate([v for v, _ in samples]), np.concatenate(works))

    # ── searches ─────────────────────────────────────────────────────────────────────────────────
    def search(self, text: str | Query, limit: int = 10, per_work: int = 3) -> Results:
        """The best `limit` passages and the best `limit` works, each work with up to `per_work` of
        its passages.

        Raises `SearchError` where the query cannot be answered as it stands; a filter that lets
        nothing through is an answer with a message.
        """
        query = parse_query(text) if isinstance(text, str) else text
        permissions = self._permit(query)
        if not any(permission.count for permission in permissions):
            return Results(query, message=_why_none(permissions))
        if not query.text:
            return self._list_filtered(query, permissions, limit)
        named = self._named_works(query)
        if query.only_ids:
            return self._find_identifier(query, named, limit)
        question = self.question(query.text, embed_query(self.encoder, query.text))
        results = self._rank(query, question, permissions, named, limit, per_work)
        return replace(results, message=" ".join((*query.remarks, results.message)).strip())

    def _permit(self, query: Query, works: Sequence[str] | None = None) -> list[Permission]:
        return self._each(lambda part: part.permit(query, works))

    def count_allowed(self, query: Query) -> int:
        """The number of passages that a query's filters let through."""
        return sum(permission.count for permission in self._permit(query))

    def words_of(self, text: str) -> list[QueryWord]:
        """The words of a query in order, as the languages of what is searched write them; without
        the stop words of the query's own language.
        """
        sizes = self.passages_by_language
        languages = tuple(sizes)
        if len(languages) == 1:
            return query_words(text, languages)
        counted = self._each(lambda part: part.held_by_language(text, languages))
        held = [
            {language: sum(own.get(language, 0) for own in word) for language in languages}
            for word in zip(*counted, strict=True)
        ]
        return query_words(text, languages, judge_language(text, sizes, held))

    def count(self, asked: Asked) -> WordCounts:
        """How many passages and works hold what is asked for."""
        counts: list[WordCounts] = self._each(lambda part: part.count(asked))
        return reduce(add, counts)

    def question(
        self, text: str, vector: Floats, by_meaning: int | None = None, by_words: int | None = None
    ) -> Question:
        """A text as it is searched for, with its unit vector (dim,)."""
        asked = ask(self.words_of(text), tuple(self.passages_by_language))
        question = Question(text, vector, asked, self.count(asked))
        if by_meaning is None or by_words is None:
            return question
        return replace(question, by_meaning=by_meaning, by_words=by_words)

    def find(self, permissions: Sequence[Permission], question: Question) -> Found:
        """The candidates of all parts."""
        parts: list[Found] = self._each(lambda part, own: part.find(own, question), permissions)
        if len(parts) == 1:
            return parts[0]
        return _best_of(_joined(parts, self.first_rows, self._first_works), question)

    def evidence(self, permissions: Sequence[Permission], question: Question) -> Evidence:
        """What speaks for each of the candidates of all parts."""
        found = self.find(permissions, question)
        return weigh(found, question, self._background, self, by_match=self._is_multilingual)

    def marker(self, text: str, phrases: Sequence[str] = ()) -> Marker:
        """Finds a query's words in passages; they weigh by their rarity in what is searched."""
        asked = ask(self.words_of(text), tuple(self.passages_by_language))
        return _marker(asked, self.count(asked), phrases)

    def locate(self, quotation: str, limit: int = 5) -> Results:
        """Where a quotation is from, typos and broken lines allowed; see
        `quotations.align_quotation`.
        """
        text = words_wanted(quotation)
        question = self.question(
            text, embed_query(self.encoder, text), QUOTATION_BY_MEANING, QUOTATION_BY_WORDS
        )
        rows = self.find(self._permit(Query(raw=text, kinds=ALL_KINDS)), question).rows
        candidates = list(zip(self.passages(rows), self.languages_of(rows), strict=True))
        hits = align_quotation(text, candidates, _words_in(question.asked))[:limit]
        message = "" if hits else "This quotation is in none of the library's texts."
        by_work: dict[str, list[Hit]] = {}
        for hit in hits:
            by_work.setdefault(hit.work or hit.chunk.source, []).append(hit)
        works = tuple(
            WorkHit(w, own[0].score, tuple(own), self.facts.get(w)) for w, own in by_work.items()
        )
        return Results(Query(raw=quotation), tuple(hits), works, close=bool(hits), message=message)

    def _rank(
        self,
        query: Query,
        question: Question,
        permissions: Sequence[Permission],
        named: Sequence[str] = (),
        limit: int = 10,
        per_work: int = 3,
    ) -> Results:
        evidence = self.evidence(permissions, question)
        if not evidence.rows.size:
            return Results(
                query, close=False, message="No passage has anything to do with the query."
            )
        scores = passage_scores(evidence, self.weights)
        totals: Floats | None = None
        marker = _marker(question.asked, question.counts, query.phrases)
        order = np.lexsort((evidence.rows, -scores))
        if self.reranker is not None and query.text:
            order, scores, totals = self._rerank(self.reranker, query.text, evidence, order)
        shown = HitPresenter(
            self, evidence.rows, scores, evidence.cosines, marker, self.languages_of
        )
        hits = shown.first(order.tolist(), limit)

        def works() -> list[WorkHit]:
            numbers, own = (
                work_scores(evidence, self.weights)
                if totals is None
                else (np.unique(evidence.works), totals)
            )
            best = self._work_order(numbers, own, named)[:limit]
            return self._group_by_work(shown, evidence.works[order], order, best, per_work)

        grouped = LazySequence(min(limit, np.unique(evidence.works).size), works)
        return self._with_closeness(
            Results(query, tuple(hits), grouped), float(evidence.cosines.max()), marker, question
        )

    def _group_by_work(
        self,
        shown: HitPresenter,
        works: Ints,
        order: Ints,
        best: Sequence[tuple[int, float]],
        per_work: int,
    ) -> list[WorkHit]:
        """The best works, each with its best passages; `works` are the candidates' works in their
        `order`.
        """
        own = [
            order[np.flatnonzero(works == number)[: per_work + 1]].tolist() for number, _ in best
        ]
        shown.hits([place for places in own for place in places])  # all in one reading
        ids = [self.work_id(number) for number, _ in best]
        return [
            WorkHit(work, score, tuple(shown.first(places, per_work)), self.facts.get(work))
            for work, (_, score), places in zip(ids, best, own, strict=True)
        ]

    def _rerank(
        self, reranker: Reranker, text: str, evidence: Evidence, order: Ints
    ) -> tuple[Ints, Floats, Floats]:
        """Order and scores with the best passages as the second stage sees them, the others behind
        them.

        A work stands where its best passage does.
        """
        read = order[:RERANK_DEPTH]
        passages = self.passages(evidence.rows[read])
        given = np.asarray(reranker.score(text, [p.chunk.text for p in passages]), np.float32)
        scores = np.empty(evidence.rows.size, np.float32)
        scores[order] = given.min() - 1 - np.arange(order.size, dtype=np.float32)
        scores[read] = given
        totals = scores[first_of_each(evidence.works, scores)]
        return np.lexsort((evidence.rows, -scores)), scores, totals

    # ── whether anything is close ────────────────────────────────────────────────────────────────
    @cached_property
    def _is_multilingual(self) -> bool:
        return is_multilingual(self.encoder)

    @cached_property
    def _background_cosine(self) -> float:
        """The mean cosine of two different passages of the library, from the squared length of
        their mean.
        """
        n = len(self._background.vectors)
        squared = float(np.square(self._background.vectors.mean(axis=0)).sum()) if n else 0.0
        return max(0.0, (n * squared - 1) / (n - 1)) if n > 1 else 0.0

    def _is_near(self, cosine: float) -> bool:
        """Whether a best cosine tells that the library has something on the query."""
        background = self._background_cosine
        enough = background + MIN_CLOSE_SHARE * (1 - background)
        return cosine >= max(
            MIN_COSINE, min(enough, CLOSE_COSINE) if background <= MAX_SPREAD_COSINE else enough
        )

    def _with_closeness(
        self, results: Results, cosine: float, marker: Marker, question: Question
    ) -> Results:
        """The results with an honest word where nothing is close, by meaning or by words.

        The measures are those of a best passage of the whole library; the best of a few that
        filters let through lies farther off though it is on the subject.
        """
        if self._is_near(cosine):
            return results
        languages = self.languages_of([hit.row for hit in results.hits])
        if any(
            _covers_terms(hit, marker, language, cosine)
            for hit, language in zip(results.hits, languages, strict=True)
        ):
            return results
        if results.query.is_restricted and self._is_near(
            self._best_cosine(results.query, question)
        ):
            return replace(results, message=CLOSER_OUTSIDE)
        message = "Nothing in the library is close to this; these are the closest passages."
        return replace(results, close=False, message=message)

    def _best_cosine(self, query: Query, question: Question) -> float:
        """The best cosine of all passages of the kinds asked for, whatever is filtered."""
        unfiltered = self._permit(Query(raw="", kinds=query.kinds))
        found = self.find(unfiltered, replace(question, by_meaning=1, by_words=0))
        return float(found.cosines.max(initial=-1.0))

    # ── works by name, and lists ─────────────────────────────────────────────────────────────────
    @cached_property
    def _titles(self) -> dict[str, str]:
        return {plain_text(work.title): work.id for work in self.facts.values() if work.title}

    def _named_works(self, query: Query) -> list[str]:
        """Works that the query names by an identifier or by their whole title."""
        ids = set(query.ids)
        named = (
            [work.id for work in self.facts.values() if work.id in ids or ids & set(work.ids)]
            if ids
            else []
        )
        by_title = self._titles.get(plain_text(query.text))
        return list(dict.fromkeys([*named, *([by_title] if by_title else [])]))

    def _work_order(
        self, works: Ints, totals: Floats, named: Sequence[str]
    ) -> list[tuple[int, float]]:
        """Works with their scores, best first, those that the query names before all others."""
        numbers = works.tolist()
        behind = np.array([not named or self.work_id(work) not in named for work in numbers], bool)
        order = np.lexsort((works, -totals, behind))
        return list(zip(works[order].tolist(), totals[order].tolist(), strict=True))

    def _list_filtered(
        self, query: Query, permissions: Sequence[Permission], limit: int, message: str = ""
    ) -> Results:
        """What filters alone let through: each work's first passage, newest works first."""
        found = self._each(lambda part, own: part.first_passages(own, limit), permissions)
        firsts = [
            (int(row) + int(first_row), self.work_id(int(work) + int(first_work)))
            for (rows, works), first_row, first_work in zip(
                found, self.first_rows[:-1], self._first_works[:-1], strict=True
            )
            for row, work in zip(rows.tolist(), works.tolist(), strict=True)
        ]
        firsts.sort(key=lambda first: (-self._year(first[1]), first[1]))
        passages = self.passages([row for row, _ in firsts[:limit]])
        hits = tuple(unmarked(p) for p in passages)
        works = tuple(
            WorkHit(work, 0.0, (hit,), self.facts.get(work))
            for (_, work), hit in zip(firsts, hits, strict=False)
        )
        return Results(query, hits, works, message=message)

    def _year(self, work: str) -> int:
        return (self.facts[work].year or 0) if work in self.facts else 0

    def _find_identifier(self, query: Query, named: Sequence[str], limit: int) -> Results:
        """A query that is an identifier and nothing else."""
        if named:
            permissions = self._permit(query, named)
            if any(permission.count for permission in permissions):
                return self._list_filtered(query, permissions, limit)
        ids = ", ".join(query.ids)
        where = "is known, but has no text here" if named else "is not in the library"
        mentioned = replace(query, ids=(), phrases=tuple(i.split(":", 1)[1] for i in query.ids))
        mentioned = replace(mentioned, kinds=(*DEFAULT_KINDS, "references"))
        permissions = self._permit(mentioned)
        if not any(permission.count for permission in permissions):
            return Results(query, message=f"{ids} {where}, and no text names it.", close=False)
        return self._list_filtered(
            query, permissions, limit, f"{ids} {where}; these passages name it."
        )


def _why_none(permissions: Sequence[Permission]) -> str:
    """Why filters let nothing through of any part."""
    return next((p.message for p in permissions if p.message), "Nothing matches the filters.")


def _joined(parts: Sequence[Found], first_rows: Ints, first_works: Ints) -> Found:
    """What was found in all parts, rows and works numbered through."""
    starts = list(zip(parts, first_rows.tolist(), first_works.tolist(), strict=False))
    return Found(
        rows=np.concatenate([part.rows + row for part, row, _ in starts]),
        works=np.concatenate([part.works + work for part, _, work in starts]),
        cosines=np.concatenate([part.cosines for part in parts]),
        words=np.concatenate([part.words for part in parts]),
        whole=np.concatenate([part.whole for part in parts]),
        sizes=np.concatenate([part.sizes for part in parts]),
        best_match=max(part.best_match for part in parts),
        row_sums=sum((part.row_sums for part in parts), Sums()),
        work_sums=sum((part.work_sums for part in parts), Sums()),
    )


def _best_of(found: Found, question: Question) -> Found:
    """Those of the candidates that one index of all parts would have found."""
    by_meaning = np.lexsort((found.rows, -found.cosines))[: question.by_meaning]
    by_words = highest(found.words, question.by_words)
    kept = np.union1d(by_meaning, by_words)
    return replace(
        found,
        rows=found.rows[kept],
        works=found.works[kept],
        cosines=found.cosines[kept],
        words=found.words[kept],
        whole=found.whole[kept],
        sizes=found.sizes[kept],
    )


def _words_in(asked: Asked) -> list[QueryWord]:
    return [key for key in asked.keys if isinstance(key, QueryWord)]


def _marker(asked: Asked, counts: WordCounts, phrases: Sequence[str]) -> Marker:
    """Finds what was asked for in passages."""
    words = _words_in(asked)
    held = counts.held[: len(words)].tolist()
    weights = {
        word.name: idf_of(counts.passages, own) for word, own in zip(words, held, strict=True)
    }
    return Marker(weights, phrases, words)


def _covers_terms(hit: Hit, marker: Marker, language: str, cosine: float) -> bool:
    """Whether the passage holds enough of the query's words, and one of several only where meaning
    speaks for it.
    """
    if term_coverage(hit, marker, language) < (
        MIN_TERM_COVERAGE if len(hit.words) < MANY_TERMS else MIN_COVERAGE_OF_MANY
    ):
        return False
    return cosine >= MIN_COSINE or len(hit.words) > 1 or len(marker.weights) == 1
