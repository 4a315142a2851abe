"""Vectors kept by content, so that no passage is ever embedded twice."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from litmap.array_files import load_array
from litmap.atomic_files import written_aside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litmap.models import Vectors


def texts_key(texts: Sequence[str]) -> str:
    """A key that names exactly these texts in this order: what was embedded, whatever it was made
    from.
    """
    digest = hashlib.sha256()
    for text in texts:
        content = text.encode("utf-8", "replace")
        digest.update(len(content).to_bytes(8, "little"))
        digest.update(content)
    return digest.hexdigest()


class VectorCache:
    """Arrays of unit vectors by key, one `.npy` file each, in `folder/<model_key>/ab/ab….npy`.

    `model_key` is the encoder's `key` (name and checksum of the weights). A key should name all
    that the vectors depend on: `texts_key` of the embedded texts does; so does a PDF's sha256 with
    the chunker's version and title.
    """

    def __init__(self, folder: Path, model_key: str) -> None:
        self.folder = folder / model_key

    def path(self, key: str) -> Path:
        """Where the vectors with this key are; the key's own characters never become part of a
        path.
        """
        name = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
        return self.folder / name[:2] / f"{name}.npy"

    def get(self, key: str) -> Vectors | None:
        """float32 (n, dim), or None where there is none, or one that cannot be read (it is made
        again).
        """
        import numpy as np

        try:
            array: Vectors = load_array(self.path(key), kinds="f", dimensions=2)
        except (OSError, ValueError):
            return None
        if array.dtype != np.float32 or not np.isfinite(array).all():
            return None
        return array

    def put(self, key: str, vectors: Vectors) -> None:
        """Keep the vectors; written aside and renamed. Raises OSError on a full disk."""
        import numpy as np

        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_aside(path) as aside, aside.open("wb") as file:
            np.save(file, np.ascontiguousarray(vectors, dtype=np.float32), allow_pickle=False)
