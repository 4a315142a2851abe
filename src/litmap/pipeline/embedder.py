"""Gives passages their vectors, from the cache where it can."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from litmap import chunks
from litmap.models import Chunk
from litmap.protocols import Encoder
from litmap.vectors import VectorCache, prepare, texts_key

if TYPE_CHECKING:
    from litmap.models import Vectors

logger = logging.getLogger(__name__)

EMBED_BATCH = 2048
"""Passages embedded in one go: enough to sort by length, few enough to hold."""
SAMPLE_TEXTS = 24
"""Passages embedded to tell what all of them will cost."""


class Embedder:
    """Gives passages their vectors, from the cache where it can; no passage is ever embedded
    twice.
    """

    def __init__(
        self,
        encoder: Encoder,
        cache: VectorCache,
        progress: Callable[[int, int, str], None] = lambda done, total, text: None,
        at_once: int = EMBED_BATCH,
    ) -> None:
        self.encoder = encoder
        self.cache = cache
        self.progress = progress
        self.at_once = at_once
        self.embedded = 0
        self.expected = 0
        self._recalled: dict[str, Vectors] = {}

    def texts(self, passages: Sequence[Chunk], title: str = "") -> list[str]:
        """What is embedded for these passages of one source: a text for each that
        `chunks.is_embedded`.
        """
        return [chunks.embedding_text(c, title) for c in passages if chunks.is_embedded(c)]

    def announce(self, groups: Iterable[list[str]]) -> None:
        """Say what it will cost to embed the groups that the cache does not have: their passages,
        and the time by a sample of them.
        """
        missing = [g for g in groups if g and not self.cache.path(texts_key(g)).exists()]
        texts = [text for group in missing for text in group]
        self.expected = self.embedded + len(texts)
        sample = texts[:: max(1, len(texts) // SAMPLE_TEXTS)][:SAMPLE_TEXTS]
        if len(texts) <= SAMPLE_TEXTS:
            return
        prepare(self.encoder)
        self.encoder.encode(sample[:1])  # what loads at the first text is not paid again
        begun = time.monotonic()
        self.encoder.encode(sample)
        seconds = time.monotonic() - begun
        minutes = seconds / 60 * sum(map(len, texts)) / max(1, sum(map(len, sample)))
        cost = f"{len(texts)} passages anew: about {max(1, round(minutes))} min"
        logger.info(
            "embedding %s, with %s; the last build serves till then", cost, self.encoder.name
        )
        self.progress(self.embedded, self.expected, cost)

    def ensure(self, groups: Iterable[list[str]]) -> None:
        """Embed each group of texts that the cache does not have; small groups go to the model
        together.
        """
        waiting: list[list[str]] = []
        size = 0
        for group in groups:
            if group and not self.cache.path(texts_key(group)).exists():
                waiting.append(group)
                size += len(group)
            if size >= self.at_once:
                self._encode(waiting)
                waiting, size = [], 0
        self._encode(waiting)

    def _encode(self, groups: list[list[str]]) -> None:
        if not groups:
            return
        vectors = self._encode_new([t for group in groups for t in group])
        first = 0
        for group in groups:
            self.cache.put(texts_key(group), vectors[first : first + len(group)])
            first += len(group)
        self.embedded += first
        self.progress(self.embedded, self.expected, "passages")

    def recall(self, groups: Iterable[list[str]]) -> None:
        """Take the vectors of single texts from these groups, as far as the cache has them: of a
        note that was edited most passages stay.
        """
        self._recalled = {}
        for group in groups:
            found = self.cache.get(texts_key(group))
            if found is not None and len(found) == len(group):
                self._recalled |= zip(group, found, strict=True)

    def _encode_new(self, texts: list[str]) -> Vectors:
        new = [text for text in texts if text not in self._recalled]
        if len(new) == len(texts):
            return self.encoder.encode(texts)
        import numpy as np

        known = self._recalled | dict(zip(new, self.encoder.encode(new), strict=True))
        return np.array([known[text] for text in texts], np.float32)

    def vectors(self, texts: list[str]) -> Vectors:
        """float32 (len(texts), dim) of one group."""
        found = self.cache.get(texts_key(texts))
        if found is None or len(found) != len(texts):
            found = self.encoder.encode(texts)
            self.cache.put(texts_key(texts), found)
        return found
