"""The search itself: parse, filter, gather candidates, fuse, and show passages and works with their
reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from litmap.models import Hit
from litmap.operating_system import call_after_fork
from litmap.parsing.terms import plain_text
from litmap.protocols import Encoder
from litmap.search.candidates import (
    BackgroundSample,
    Evidence,
    KeywordScores,
    embed_query,
    gather,
    is_multilingual,
    passage_scores,
    sample_background,
    score_keywords,
    unit_mean,
    work_scores,
)
from litmap.search.cited import CitingWords
from litmap.search.filters import allowed_rows
from litmap.search.highlighting import Marker
from litmap.search.presenting import HitPresenter, LazySequence, term_coverage, unmarked
from litmap.search.protocols import PassageRows, VectorRows, WordRows
from litmap.search.query import DEFAULT_KINDS, Facts, Query, parse_query
from litmap.search.quotations import locate_quotation
from litmap.search.ranking import Weights, best_three, first_of_each, highest
from litmap.search.reranking import RERANK_DEPTH, Reranker
from litmap.search.results import Results, WorkHit

if TYPE_CHECKING:
    from litmap.search.protocols import Floats, Ints, Mask

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


CLOSER_OUTSIDE = "Closer passages lie outside your filters; these are the closest within."


class _KeywordThreads:
    """A few threads for all searchers. A forked process has none of its parent's, and gets threads
    of its own.
    """

    def __init__(self) -> None:
        self.begin()
        call_after_fork(self.begin)

    def begin(self) -> None:
        self.pool = ThreadPoolExecutor(4, thread_name_prefix="litmap-words")


_KEYWORD_THREADS = _KeywordThreads()


@dataclass(frozen=True)
class _RankedQuestion:
    """A query as it is ranked: its vector and its words, and which rows may answer."""

    text: str
    vector: Floats
    keyword_scores: Callable[[], KeywordScores]
    allowed: Mask
    named: Sequence[str] = ()
    limit: int = 10
    per_work: int = 3


@dataclass(frozen=True)
class Searcher:
    """Searches one build. Opened parts in, results out; keeps nothing of a query, so threads may
    share it.
    """

    encoder: Encoder
    vectors: VectorRows
    keywords: WordRows
    passages: PassageRows
    facts: Mapping[str, Facts] = field(default_factory=dict)
    weights: Weights = field(default_factory=Weights)
    reranker: Reranker | None = None
    citing: CitingWords | None = None

    def search(self, text: str | Query, limit: int = 10, per_work: int = 3) -> Results:
        """The best `limit` passages and the best `limit` works, each work with up to `per_work` of
        its passages.

        Raises `SearchError` where the query cannot be answered as it stands; a filter that lets
        nothing through is an answer with a message.
        """
        query = parse_query(text) if isinstance(text, str) else text
        allowed, message = allowed_rows(query, self.keywords, self.passages, self.facts)
        if message:
            return Results(query, message=message)
        if not query.text:
            return self._list_filtered(query, allowed, limit)
        named = self._named_works(query)
        if query.only_ids:
            return self._find_identifier(query, allowed, named, limit)
        keyword_scores = self._start_keyword_scores(query.text, allowed)
        vector = embed_query(self.encoder, query.text)
        results = self._rank(
            query,
            _RankedQuestion(query.text, vector, keyword_scores, allowed, named, limit, per_work),
        )
        return replace(results, message=" ".join((*query.remarks, results.message)).strip())

    def rank_works(
        self, text: str, limit: int = 100, method: str = "fused"
    ) -> list[tuple[str, float]]:
        """The works that answer a text, with scores, best first; no syntax, no passages.

        'fused' is how `search` ranks works; 'dense' takes the best cosine of a work's passages
        alone, 'keyword' the BM25 of its whole text.
        """
        allowed = self.keywords.rows_of(kinds=DEFAULT_KINDS)
        if method == "keyword":
            whole = self.keywords.work_scores(text)
            ranked = sorted(
                ((float(whole[n]), int(n)) for n in highest(whole, limit)),
                key=lambda w: (-w[0], w[1]),
            )
            return [(self.keywords.work_ids[number], score) for score, number in ranked]
        keyword_scores = self._start_keyword_scores(text, allowed)
        evidence = self._gather_evidence(embed_query(self.encoder, text), keyword_scores, allowed)
        if method == "dense":
            works, best = best_three(evidence.works, evidence.cosines)
            totals = best[:, 0]
        else:
            works, totals = work_scores(evidence, self.weights)
        return [
            (self.keywords.work_ids[n], score)
            for n, score in self._work_order(works, totals, ())[:limit]
        ]

    def marker(self, text: str, phrases: Sequence[str] = ()) -> Marker:
        """Finds a query's words in passages; they weigh by their rarity in the library."""
        words = list(dict.fromkeys(self.keywords.words_of(text)))
        return Marker({word.name: self.keywords.idf(word) for word in words}, phrases, words)

    def count_allowed(self, query: Query) -> int:
        """The number of passages that a query's filters let through."""
        return int(allowed_rows(query, self.keywords, self.passages, self.facts)[0].sum())

    def more_like(
        self, *, rows: Sequence[int] = (), works: Sequence[str] = (), limit: int = 10
    ) -> Results:
        """Passages and works like these passages (`rows`) or works, which are left out
        themselves.
        """
        chosen = np.union1d(
            np.asarray(rows, np.int64),
            np.flatnonzero(self.keywords.rows_of(works=works, kinds=("body", "abstract"))),
        )
        query = Query(raw="")
        if not chosen.size:
            return Results(query, message="There is no text of these to compare with.")
        own = {p.work for p in self.passages.passages(rows)} if rows else set()
        left_out = self.keywords.rows_of(works=[*works, *own])
        allowed = self.keywords.rows_of(kinds=query.kinds) & ~left_out
        if not allowed.any():
            return Results(query, message="There is nothing else in the library.")
        sample = self.passages.passages(chosen[:: max(1, chosen.size // 12)][:12])
        text = " ".join(p.chunk.text for p in sample)
        vector = unit_mean(self.vectors.vectors(chosen))
        if not vector.any():  # a reference list has no vector
            vector = embed_query(self.encoder, text)
        return self._rank(
            query,
            _RankedQuestion(
                text, vector, self._start_keyword_scores(text, allowed), allowed, limit=limit
            ),
        )

    def locate(self, quotation: str, limit: int = 5) -> Results:
        """Where a quotation is from, typos and broken lines allowed; see
        `quotations.locate_quotation`.
        """
        hits = locate_quotation(
            quotation,
            self.encoder,
            vectors=self.vectors,
            keywords=self.keywords,
            passages=self.passages,
            limit=limit,
        )
        message = "" if hits else "This quotation is in none of the library's texts."
        by_work: dict[str, list[Hit]] = {}
        for hit in hits:
            by_work.setdefault(hit.work or hit.chunk.source, []).append(hit)
        works = tuple(
            WorkHit(w, own[0].score, tuple(own), self.facts.get(w)) for w, own in by_work.items()
        )
        return Results(Query(raw=quotation), tuple(hits), works, close=bool(hits), message=message)

    def _rank(self, query: Query, question: _RankedQuestion) -> Results:
        limit, per_work = question.limit, question.per_work
        evidence = self._gather_evidence(question.vector, question.keyword_scores, question.allowed)
        if not evidence.rows.size:
            return Results(
                query, close=False, message="No passage has anything to do with the query."
            )
        scores = passage_scores(evidence, self.weights)
        totals: Floats | None = None
        marker = self.marker(question.text, query.phrases)
        order = np.lexsort((evidence.rows, -scores))
        if self.reranker is not None and query.text:
            order, scores, totals = self._rerank(self.reranker, query.text, evidence, order)
        shown = HitPresenter(
            self.passages,
            evidence.rows,
            scores,
            evidence.cosines,
            marker,
            self.keywords.languages_of,
        )
        hits = shown.first(order.tolist(), limit)

        def works() -> list[WorkHit]:
            numbers, own = (
                work_scores(evidence, self.weights)
                if totals is None
                else (np.unique(evidence.works), totals)
            )
            best = self._work_order(numbers, own, question.named)[:limit]
            return self._group_by_work(shown, evidence.works[order], order, best, per_work)

        grouped = LazySequence(min(limit, np.unique(evidence.works).size), works)
        return self._with_closeness(
            Results(query, tuple(hits), grouped),
            float(evidence.cosines.max()),
            marker,
            question.vector,
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
        ids = [self.keywords.work_ids[number] for number, _ in best]
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
        passages = self.passages.passages(evidence.rows[read])
        given = np.asarray(reranker.score(text, [p.chunk.text for p in passages]), np.float32)
        scores = np.empty(evidence.rows.size, np.float32)
        scores[order] = given.min() - 1 - np.arange(order.size, dtype=np.float32)
        scores[read] = given
        totals = scores[first_of_each(evidence.works, scores)]
        return np.lexsort((evidence.rows, -scores)), scores, totals

    def _start_keyword_scores(self, text: str, allowed: Mask) -> Callable[[], KeywordScores]:
        """What the words say, worked out on another thread while this one embeds the text."""
        return _KEYWORD_THREADS.pool.submit(
            score_keywords,
            text,
            allowed,
            self.keywords,
            by_match=self._is_multilingual,
            citing=self.citing,
        ).result

    def _gather_evidence(
        self, vector: Floats, keyword_scores: Callable[[], KeywordScores], allowed: Mask
    ) -> Evidence:
        works = self.keywords.works
        return gather(
            vector,
            keyword_scores,
            allowed,
            background=self._background,
            vectors=self.vectors,
            works=works,
        )

    @cached_property
    def _is_multilingual(self) -> bool:
        return is_multilingual(self.encoder)

    @cached_property
    def _background(self) -> BackgroundSample:
        return sample_background(self.vectors, self.keywords)

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
        self, results: Results, cosine: float, marker: Marker, vector: Floats
    ) -> Results:
        """The results with an honest word where nothing is close, by meaning or by words.

        The measures are those of a best passage of the whole library; the best of a few that
        filters let through lies farther off though it is on the subject.
        """
        if self._is_near(cosine):
            return results
        languages = self.keywords.languages_of([hit.row for hit in results.hits])
        if any(
            _covers_terms(hit, marker, language, cosine)
            for hit, language in zip(results.hits, languages, strict=True)
        ):
            return results
        if results.query.is_restricted and self._is_near(self._best_cosine(results.query, vector)):
            return replace(results, message=CLOSER_OUTSIDE)
        message = "Nothing in the library is close to this; these are the closest passages."
        return replace(results, close=False, message=message)

    def _best_cosine(self, query: Query, vector: Floats) -> float:
        """The best cosine of all passages of the kinds asked for, whatever is filtered."""
        of_kinds = self.keywords.rows_of(kinds=query.kinds)
        cosines, _ = self.vectors.search(vector[None, :], 1, of_kinds)
        return float(cosines[0, 0])

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
        first = {
            self.keywords.work_numbers[work] for work in named if work in self.keywords.work_numbers
        }
        behind = (
            np.array([work not in first for work in works.tolist()])
            if first
            else np.zeros(works.size, bool)
        )
        order = np.lexsort((works, -totals, behind))
        return list(zip(works[order].tolist(), totals[order].tolist(), strict=True))

    def _list_filtered(self, query: Query, allowed: Mask, limit: int, message: str = "") -> Results:
        """What filters alone let through: each work's first passage, newest works first."""
        rows = np.flatnonzero(allowed)
        numbers, first = np.unique(self.keywords.works[rows], return_index=True)
        ids = [self.keywords.work_ids[n] for n in numbers.tolist()]
        years = [(self.facts[w].year or 0) if w in self.facts else 0 for w in ids]
        order = sorted(range(len(ids)), key=lambda i: (-years[i], ids[i]))[:limit]
        passages = self.passages.passages([int(rows[first[i]]) for i in order])
        hits = tuple(unmarked(p) for p in passages)
        works = tuple(
            WorkHit(ids[i], 0.0, (hit,), self.facts.get(ids[i]))
            for i, hit in zip(order, hits, strict=True)
        )
        return Results(query, hits, works, message=message)

    def _find_identifier(
        self, query: Query, allowed: Mask, named: Sequence[str], limit: int
    ) -> Results:
        """A query that is an identifier and nothing else."""
        rows = allowed & self.keywords.rows_of(works=named)
        if named and rows.any():
            return self._list_filtered(query, rows, limit)
        ids = ", ".join(query.ids)
        where = "is known, but has no text here" if named else "is not in the library"
        mentioned = replace(query, ids=(), phrases=tuple(i.split(":", 1)[1] for i in query.ids))
        mentioned = replace(mentioned, kinds=(*DEFAULT_KINDS, "references"))
        mask, none = allowed_rows(mentioned, self.keywords, self.passages, self.facts)
        if none:
            return Results(query, message=f"{ids} {where}, and no text names it.", close=False)
        return self._list_filtered(query, mask, limit, f"{ids} {where}; these passages name it.")


def _covers_terms(hit: Hit, marker: Marker, language: str, cosine: float) -> bool:
    """Whether the passage holds enough of the query's words, and one of several only where meaning
    speaks for it.
    """
    if term_coverage(hit, marker, language) < (
        MIN_TERM_COVERAGE if len(hit.words) < MANY_TERMS else MIN_COVERAGE_OF_MANY
    ):
        return False
    return cosine >= MIN_COSINE or len(hit.words) > 1 or len(marker.weights) == 1
