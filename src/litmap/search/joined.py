"""Searching several libraries as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from litmap.protocols import Encoder
from litmap.search.protocols import SearchPart
from litmap.search.query import Facts
from litmap.search.ranking import Weights
from litmap.search.reranking import Reranker
from litmap.search.searching import PartsSearch


@dataclass(frozen=True)
class JoinedSearcher(PartsSearch):
    """Searches parts as if all their passages stood in one, scores included."""

    encoder: Encoder
    joined: Sequence[SearchPart]
    facts: Mapping[str, Facts]
    weights: Weights = field(default_factory=Weights)
    reranker: Reranker | None = None

    @property
    def parts(self) -> Sequence[SearchPart]:
        """The libraries."""
        return self.joined
