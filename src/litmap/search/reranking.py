"""The optional second stage: a cross-encoder reads query and passage together and orders the best
passages anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from litmap.errors import ModelError

RERANK_DEPTH = 50
"""Passages that a second stage reads."""


class Reranker(Protocol):
    """Scores passages for a query, higher is better."""

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """One score for each text."""
        ...


class CrossEncoderReranker:
    """Any cross-encoder that sentence-transformers can load."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            raise ModelError(
                "A second stage needs sentence-transformers: pip install sentence-transformers"
            ) from error
        try:
            self._model = CrossEncoder(name)
        except Exception as error:
            raise ModelError(
                f"The cross-encoder {name!r} cannot be loaded ({type(error).__name__}: {error}). "
                f"Give the folder of a "
                "downloaded one, a name that the hub knows, or leave the second stage off.",
                subject=name,
            ) from error

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """The model's scores, 16 texts at a time."""
        scores = self._model.predict(
            [(query, text) for text in texts], batch_size=16, show_progress_bar=False
        )
        return [float(score) for score in scores]


def load_reranker(name: str) -> Reranker:
    """The cross-encoder called `name` (a folder or a hub's name). Raises `ModelError` with the ways
    out.
    """
    return CrossEncoderReranker(name)
