"""Searching one library whose files are here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from litmap.protocols import Encoder
from litmap.search.candidates import embed_query, unit_mean, work_scores
from litmap.search.cited import CitingWords
from litmap.search.parts import LocalPart, Permission
from litmap.search.protocols import PassageRows, SearchPart, VectorRows, WordRows
from litmap.search.query import DEFAULT_KINDS, Facts, Query
from litmap.search.ranking import Weights, best_three, highest
from litmap.search.reranking import Reranker
from litmap.search.results import Results
from litmap.search.searching import PartsSearch

if TYPE_CHECKING:
    from litmap.search.protocols import Mask


@dataclass(frozen=True)
class Searcher(PartsSearch):
    """Searches one build."""

    encoder: Encoder
    vector_rows: VectorRows
    keywords: WordRows
    passage_rows: PassageRows
    facts: Mapping[str, Facts] = field(default_factory=dict)
    weights: Weights = field(default_factory=Weights)
    reranker: Reranker | None = None
    citing: CitingWords | None = None

    @cached_property
    def part(self) -> LocalPart:
        """The library."""
        return LocalPart(
            self.vector_rows, self.keywords, self.passage_rows, self.facts, self.citing
        )

    @property
    def parts(self) -> Sequence[SearchPart]:
        """The library alone."""
        return (self.part,)

    def rank_works(
        self, text: str, limit: int = 100, method: str = "fused"
    ) -> list[tuple[str, float]]:
        """The works that answer a text, with scores, best first; no syntax, no passages.

        'fused' is how `search` ranks works; 'dense' takes the best cosine of a work's passages
        alone, 'keyword' the BM25 of its whole text.
        """
        if method == "keyword":
            whole = self.keywords.work_scores(text)
            ranked = sorted(
                ((float(whole[n]), int(n)) for n in highest(whole, limit)),
                key=lambda w: (-w[0], w[1]),
            )
            return [(self.work_id(number), score) for score, number in ranked]
        question = self.question(text, embed_query(self.encoder, text))
        evidence = self.evidence(_only(self.keywords.rows_of(kinds=DEFAULT_KINDS)), question)
        if method == "dense":
            works, best = best_three(evidence.works, evidence.cosines)
            totals = best[:, 0]
        else:
            works, totals = work_scores(evidence, self.weights)
        return [
            (self.work_id(n), score) for n, score in self._work_order(works, totals, ())[:limit]
        ]

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
        own = {p.work for p in self.passages(rows)} if rows else set()
        left_out = self.keywords.rows_of(works=[*works, *own])
        allowed = self.keywords.rows_of(kinds=query.kinds) & ~left_out
        if not allowed.any():
            return Results(query, message="There is nothing else in the library.")
        sample = self.passages(chosen[:: max(1, chosen.size // 12)][:12])
        text = " ".join(p.chunk.text for p in sample)
        vector = unit_mean(self.vectors(chosen))
        if not vector.any():  # a reference list has no vector
            vector = embed_query(self.encoder, text)
        return self._rank(query, self.question(text, vector), _only(allowed), limit=limit)


def _only(allowed: Mask) -> list[Permission]:
    return [Permission(int(np.count_nonzero(allowed)), mask=allowed)]
