"""Vectors of short texts that stand in build after build: headings, the sentences of summaries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from litmap.builds import KeptResults, key_of

if TYPE_CHECKING:
    from litmap.models import Vectors
    from litmap.protocols import Encoder


class KeptVectors:
    """An `Encoder` that keeps the vector of each text. A text has one vector, whatever it is
    embedded beside.
    """

    def __init__(self, encoder: Encoder, kept: KeptResults) -> None:
        self.name, self.key, self.dim, self.window = (
            encoder.name,
            encoder.key,
            encoder.dim,
            encoder.window,
        )
        self._encoder, self._kept = encoder, kept

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode`."""
        import numpy as np

        keys = [key_of(f"vector {self.key}", text) for text in texts]
        kept = self._kept.read(keys)
        found = {key: v for key, value in kept.items() if len(v := read_vector(value)) == self.dim}
        missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in found}
        if missing:
            made = self._encoder.encode(list(missing.values()))
            new = dict(zip(missing, made, strict=True))
            self._kept.keep({key: row.astype("<f4").tobytes() for key, row in new.items()})
            found |= new
        rows = [found[key] for key in keys]
        return np.array(rows, np.float32).reshape(len(rows), self.dim)

    def count(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder.count`."""
        return self._encoder.count(texts)

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """See `Encoder.offsets`."""
        return self._encoder.offsets(text)


def read_vector(value: bytes) -> Vectors:
    """The vector of kept bytes, float32 (dim,)."""
    import numpy as np

    return np.frombuffer(value[: len(value) // 4 * 4], "<f4").astype(np.float32)
