"""What the tests of passages, vectors, index and builds share: a model that is a formula, and small
documents.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from litmap.models import Chunk, Document, Page, Span, TextBlock


class WordModel:
    """An `Encoder` whose tokens are words and marks (cut into pieces of four letters) and whose
    vectors are hashes.
    """

    name = "word-model"
    key = "word-model-1"

    def __init__(self, window: int = 64, dim: int = 16) -> None:
        self.window, self.dim = window, dim

    def offsets(self, text: str) -> list[tuple[int, int]]:
        return [m.span() for m in re.finditer(r"\w{1,4}|[^\w\s]", text)]

    def count(self, texts: Sequence[str]) -> list[int]:
        return [2 + len(self.offsets(t)) for t in texts]

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([unit(t, self.dim) for t in texts], dtype=np.float32).reshape(
            len(texts), self.dim
        )


def unit(text: str, dim: int = 16) -> np.ndarray:
    """A unit vector that depends on the text alone."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
    vector = np.random.default_rng(seed).standard_normal(dim)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def block(
    text: str, kind: str = "body", section: str = "", *, top: float = 0.0, continues: bool = False
) -> TextBlock:
    """A block with a line for every 40 characters, each line 10 points high."""
    spans = tuple(
        Span(i, min(len(text), i + 40), (72.0, top + i / 4, 300.0, top + i / 4 + 10))
        for i in range(0, len(text), 40)
    )
    return TextBlock(kind, text, spans, section, continues)


def document(*pages: Sequence[TextBlock], sha256: str = "ab" * 32) -> Document:
    """A document of these pages' blocks."""
    return Document(
        sha256, tuple(Page(n, 612, 792, tuple(blocks)) for n, blocks in enumerate(pages, 1))
    )


def chunks_of(source: str, texts: Sequence[str], kind: str = "body") -> list[Chunk]:
    """Chunks with these texts."""
    return [
        Chunk(source, i, t, kind, "1 Intro", i + 1, ((i + 1, 72.25, 10.5, 300.0, 20.75),))
        for i, t in enumerate(texts)
    ]
