"""One segment of a vector index: its files, opened and searched."""

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmap.array_files import load_array
from litmap.errors import DamagedBuild

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from litmap.models import Vectors

    Rows = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Bytes = NDArray[np.uint8]
    Halves = NDArray[np.float16]

FOLDER = "vectors"
STATE = "vectors.json"
FORMAT = 1
TURN = "turn.npy"
LINKED = ("rows.npy", "f16", "signs")
"""Files of a segment that never change."""


def load_faiss() -> Any:
    """FAISS, imported when first needed (its stubs do not know its Python side)."""
    import faiss

    return faiss


def read_state(home: Path) -> tuple[int, list[str]]:
    """Dimensions and names of the segments of the index in this folder. Raises DamagedBuild."""
    path = home / STATE
    if not path.exists() and (home / "dim.npy").exists():  # before there were segments
        names = [n for n in ("base", "delta") if (home / f"{n}.rows.npy").exists()]
        return int(load(home / "dim.npy").reshape(-1)[0]), names
    try:
        state = json.loads(path.read_text("utf-8"))
        if state["format"] != FORMAT:
            raise damaged(path, f"has format {state['format']}, not {FORMAT}")
        return int(state["dim"]), [str(name) for name in state["segments"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(path, f"cannot be read ({error!r})") from error


def read_dead(home: Path, name: str) -> Rows:
    """Rows of a segment that are gone, int64, ascending. Raises DamagedBuild."""
    import numpy as np

    path = home / f"{name}.dead.npy"
    if name == "base" and not path.exists():  # before there were segments
        path = home / "dead.npy"
    rows: Rows = load(path) if path.exists() else np.empty(0, np.int64)
    return rows


def read_rotation(home: Path) -> Vectors | None:
    """The rotation that the signs of all segments were taken after, (dim + 1, 8 * bytes), with the
    turned centre below; None where no segment has signs yet. Raises DamagedBuild.
    """
    path = home / TURN
    if not path.exists():
        path = home / "base.turn.npy"  # before there were segments
    rotation: Vectors | None = load(path) if path.exists() else None
    return rotation


class Segment:
    """Rows and vectors of one segment; a place is a position in it. `dead` are places."""

    def __init__(self, home: Path, name: str) -> None:
        import numpy as np

        self.home, self.name = home, name
        self.rows: Rows = load(home / f"{name}.rows.npy")
        self.index = _read(home / f"{name}.f16")
        self.dim = int(self.index.d)
        if self.index.ntotal != len(self.rows):
            raise damaged(
                home / f"{name}.f16", f"holds {self.index.ntotal} vectors for {len(self.rows)} rows"
            )
        self.halves = float16_view(self.index, self.dim)
        self.codes: Bytes = self.halves.view(np.uint8)
        signs = home / f"{name}.signs"
        self._signs: Any = _read(signs, binary=True) if signs.exists() else None
        _prefetch_file(home / f"{name}.f16" if self._signs is None else signs)
        self._prefetch = (
            RowPrefetcher(home / f"{name}.f16", len(self.rows), 2 * self.dim)
            if self._signs is not None
            else None
        )
        self.dead = self.find(read_dead(home, name), with_dead=True)[1]
        self.living = len(self.rows) - len(self.dead)

    @property
    def has_signs(self) -> bool:
        """Whether nearest rows can be told by signs."""
        return self._signs is not None

    @cached_property
    def signs(self) -> Bytes:
        """The mapped signs, uint8 (n, bytes); only where there are any."""
        signs: Bytes = load_faiss().rev_swig_ptr(
            self._signs.xb.data(), self._signs.ntotal * self._signs.code_size
        )
        return signs.reshape(self._signs.ntotal, self._signs.code_size)

    def find(self, rows: Rows, *, with_dead: bool = False) -> tuple[Mask, Rows]:
        """Which of `rows` live in this segment, and their places."""
        import numpy as np

        places = np.searchsorted(self.rows, rows)
        present = places < len(self.rows)
        present[present] = self.rows[places[present]] == rows[present]
        places = places[present]
        if not with_dead and len(self.dead):
            living = ~np.isin(places, self.dead)
            present[present] = living
            places = places[living]
        return present, places

    def permitted(self, allowed: Mask | None) -> Mask | None:
        """For each place whether it may be found; None where all may."""
        import numpy as np

        if allowed is None:
            if not len(self.dead):
                return None
            mask = np.ones(len(self.rows), dtype=bool)
        else:
            mask = np.zeros(len(self.rows), dtype=bool)
            covered = int(np.searchsorted(self.rows, len(allowed)))
            np.take(allowed, self.rows[:covered], out=mask[:covered], mode="clip")
        mask[self.dead] = False
        return mask

    def scan(self, queries: Vectors, k: int, mask: Mask | None) -> Iterator[tuple[Vectors, Rows]]:
        """For each query the scores, float32, and rows of its `k` best of all that are permitted;
        fewer of few, in no order among equals.
        """
        parameters, _keep = _search_parameters(mask)
        count = min(k, len(self.rows))
        for begin in range(0, len(queries), 256):
            scores, places = self.index.search(
                queries[begin : begin + 256], count, params=parameters
            )
            yield from (
                (s[p >= 0], self.rows[p[p >= 0]]) for s, p in zip(scores, places, strict=True)
            )

    def nearest_by_signs(
        self, bits: Bytes, count: int, mask: Mask | None
    ) -> tuple[NDArray[np.int32], Rows]:
        """Hamming distances and places of the permitted rows whose signs differ least from `bits`
        (bytes,), at most `count`.
        """
        parameters, _keep = _search_parameters(mask)
        distances, places = self._signs.search(
            bits[None], min(count, len(self.rows)), params=parameters
        )
        found = places[0] >= 0
        return distances[0][found], places[0][found]

    def ranked(self, query: Vectors, places: Rows, k: int) -> tuple[Vectors, Rows]:
        """Scores and rows of the `k` best of these places."""
        gathered = empty_index(self.dim)
        gathered.add_sa_codes(self._gathered(places))
        scores, order = gathered.search(query[None], min(k, max(1, len(places))))
        kept = order[0] >= 0
        return scores[0][kept], self.rows[places[order[0][kept]]]

    def decoded(self, places: Rows) -> Vectors:
        """The vectors at these places, float32 (n, dim)."""
        vectors: Vectors = self.index.sa_decode(self._gathered(places))
        return vectors

    def _gathered(self, places: Rows) -> Bytes:
        if self._prefetch is not None:
            self._prefetch(places)
        return self.codes[places]


class RowPrefetcher:
    """Asks for the pages of rows of a mapped file that are about to be read, all at once: one after
    the other a thousand pages that are not in memory take a hundred milliseconds, together ten.
    """

    def __init__(self, path: Path, rows: int, size: int) -> None:
        self._file = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._file)
        self._size = size
        self._first = os.fstat(self._file).st_size - rows * size
        self._advise = getattr(os, "posix_fadvise", None)

    def __call__(self, places: Rows) -> None:
        """Start reading the rows at these places."""
        if self._advise is not None:
            for begin in (places * self._size + self._first).tolist():
                self._advise(self._file, begin, self._size, os.POSIX_FADV_WILLNEED)


def _search_parameters(mask: Mask | None) -> tuple[Any, Any]:
    """FAISS parameters that limit a search to the places in the mask, and what must live as long as
    they.
    """
    import numpy as np

    if mask is None:
        return None, None
    faiss = load_faiss()
    selector = faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little"))
    return faiss.SearchParameters(sel=selector), selector


def empty_index(dim: int) -> Any:
    """A FAISS index of float16 vectors, compared by their products."""
    faiss = load_faiss()
    return faiss.IndexScalarQuantizer(
        dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )


def _read(path: Path, *, binary: bool = False) -> Any:
    faiss = load_faiss()
    read = faiss.read_index_binary if binary else faiss.read_index
    try:
        index = read(str(path), faiss.IO_FLAG_MMAP_IFC)
    except (RuntimeError, OSError) as error:
        raise damaged(path, str(error).splitlines()[0]) from error
    if binary:
        index.use_heap = False  # counting is faster than a heap for a long list
    return index


def _prefetch_file(path: Path) -> None:
    """Let the system read a file that every search goes through: FAISS maps it such that each page
    is read alone.
    """
    if hasattr(os, "posix_fadvise"):
        file = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_WILLNEED)
        finally:
            os.close(file)


def float16_view(index: Any, dim: int) -> Halves:
    """The mapped float16 vectors (n, dim), without copying them."""
    import numpy as np

    if not index.ntotal:
        return np.empty((0, dim), dtype=np.float16)
    view: Halves = (
        load_faiss().rev_swig_ptr(index.codes.data(), index.ntotal * 2 * dim).view(np.float16)
    )
    return view.reshape(index.ntotal, dim)


def load(path: Path) -> Any:
    """An array of the index, mapped where it is large. Raises DamagedBuild."""
    try:
        return load_array(path, mapped=path.stat().st_size > 1 << 16)
    except (OSError, ValueError) as error:
        raise damaged(path, str(error)) from error


def damaged(path: Path, why: str) -> DamagedBuild:
    """The error that names the file and the way out."""
    message = (
        f"the vector index is damaged: {path.name}: {why}. `litmap doctor --fix` builds it again."
    )
    return DamagedBuild(message, subject=str(path))


def sign_bits(vectors: Vectors, rotation: Vectors) -> Bytes:
    """One bit a dimension, uint8 (n, bytes): the sign of the centred and rotated vectors (n, dim).

    `rotation` (dim + 1, 8 * bytes) has the rotation and below it the rotated centre.
    """
    import numpy as np

    return np.packbits(vectors @ rotation[:-1] > rotation[-1], axis=1, bitorder="little")


def asymmetric_dot(signs: Bytes, rotated: Vectors) -> Vectors:
    """The products (n,) of a rotated query with rows of sign bits, up to a term equal for all.

    `signs` are uint8 (n, bytes), a bit a dimension, `rotated` is float32 (8 * bytes,): of each row
    the sum of the components whose bit is 1. Asymmetric distance: Gordo et al., 'Asymmetric
    distances for binary embeddings' (2014); RaBitQ (Gao and Long, 2024) rests on the same product.
    """
    import numpy as np

    width = signs.shape[1]
    bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little").astype(
        np.float32
    )
    table = (
        rotated.reshape(width, 8) @ bits.T
    ).ravel()  # for each byte of a row the sums of all its values
    sums: Vectors = np.take(table, signs + 256 * np.arange(width, dtype=np.int32)).sum(axis=1)
    return sums


def joined(found: Sequence[tuple[Any, Any]]) -> tuple[Any, Any]:
    """Pairs of arrays, each kind one after the other."""
    import numpy as np

    if len(found) == 1:
        return found[0]
    return np.concatenate([f for f, _ in found]), np.concatenate([s for _, s in found])
