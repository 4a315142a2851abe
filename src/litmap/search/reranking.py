"""The optional second stage: a cross-encoder reads query and passage together and orders the best
passages anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

RERANK_DEPTH = 50
"""Passages that a second stage reads."""


class Reranker(Protocol):
    """Scores passages for a query, higher is better (`litmap.vectors.load_reranker`)."""

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """One score for each text."""
        ...
