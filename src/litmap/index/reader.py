"""Opening and searching the index of a build."""

from __future__ import annotations

import logging
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
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
    Halves = NDArray[np.float16]

logger = logging.getLogger(__name__)

MAX_EXACT_ROWS = 100_000
"""Up to this many rows (of a part, or allowed by a filter) every vector is compared."""
HAMMING_CANDIDATES = 8000
"""Beyond it, how many rows are taken by Hamming distance, from signs that are all in memory."""
SHORTLIST = 1500
"""How many of those, by the query's own components against the signs, are fetched and compared
exactly.
"""
MAX_GATHERED_ROWS = 4000
"""So few allowed rows are gathered and compared one by one, whatever the size of the index."""
SPARE_ROWS = 16
"""Rows taken beyond the k wanted, so that equal scores are put in order of row."""
FOLDER = "vectors"


def load_faiss() -> Any:
    """FAISS, imported when first needed (its stubs do not know its Python side)."""
    import faiss

    return faiss


class VectorIndex:
    """The vectors of a build, opened without reading them. Searching is safe from many threads at
    once.
    """

    def __init__(self, parts: list[Part], dim: int) -> None:
        self.parts = parts
        self.dim = dim

    @classmethod
    def open(cls, folder: Path) -> VectorIndex:
        """The index in a build's folder. Raises DamagedBuild naming the file that cannot be
        read.
        """
        import numpy as np

        home = folder / FOLDER
        dead = _load(home / "dead.npy")
        parts = [
            Part(home, name, dead)
            for name in ("base", "delta")
            if (home / f"{name}.rows.npy").exists()
        ]
        dim = _load(home / "dim.npy")
        if dim.shape != (1,) or any(p.dim != int(dim[0]) for p in parts):
            raise _damaged(home / "dim.npy", "does not fit the vectors")
        return cls([p for p in parts if len(p.rows)], int(np.asarray(dim)[0]))

    def __len__(self) -> int:
        return sum(p.living for p in self.parts)

    @property
    def rows(self) -> Rows:
        """int64, ascending: the rows that have a vector."""
        import numpy as np

        return np.concatenate([np.empty(0, np.int64), *(p.rows[p.alive()] for p in self.parts)])

    def search(
        self, vectors: Vectors, k: int, allowed: Mask | None = None, *, exact: bool = False
    ) -> tuple[Vectors, Rows]:
        """The `k` rows most similar to each of the unit vectors (q, dim), best first, ties by row.

        `allowed`, a mask over the library's rows (rows beyond its end are not allowed), limits the
        search itself, so that k rows are found wherever so many are allowed. Returns cosines,
        float32 (q, k), and rows, int64 (q, k); places that stay empty have -inf and -1. `exact`
        compares every vector however many there are.
        """
        import numpy as np

        queries = np.ascontiguousarray(vectors, dtype=np.float32)
        if queries.ndim != 2 or queries.shape[1] != self.dim:
            raise ValueError(
                f"vectors of shape {queries.shape} do not fit an index of {self.dim} dimensions"
            )
        with _faiss_threads(1 if len(queries) < 4 else 0):
            answers = [
                list(p.search(queries, k + SPARE_ROWS, allowed, exact=exact)) for p in self.parts
            ]
        scores = np.full((len(queries), k), -np.inf, dtype=np.float32)
        rows = np.full((len(queries), k), -1, dtype=np.int64)
        for i, own in enumerate(zip(*answers, strict=True)):
            score, row = (
                own[0] if len(own) == 1 else (np.concatenate(a) for a in zip(*own, strict=True))
            )
            best = np.lexsort((row, -score))[:k]
            scores[i, : len(best)], rows[i, : len(best)] = score[best], row[best]
        return scores, rows

    def vectors(self, rows: Rows) -> Vectors:
        """The vectors of these rows, float32 (n, dim), exact to float16; zeros, near to nothing,
        for a row without.
        """
        import numpy as np

        wanted = np.asarray(rows, dtype=np.int64)
        result = np.zeros((len(wanted), self.dim), dtype=np.float32)
        for part in self.parts:
            present, places = part.find(wanted)
            if len(places) == len(wanted):
                result = part.decoded(places)
            elif len(places):
                result[present] = part.decoded(places)
        result /= np.sqrt(np.einsum("ij,ij->i", result, result))[:, None].clip(1e-12)
        return result


class Part:
    """Rows and vectors of one part; a place is a position in it."""

    def __init__(self, home: Path, name: str, dead: Rows) -> None:
        import numpy as np

        self.home, self.name = home, name
        self.rows: Rows = _load(home / f"{name}.rows.npy")
        self.index = _read(home / f"{name}.f16")
        self.dim = int(self.index.d)
        if self.index.ntotal != len(self.rows):
            raise _damaged(
                home / f"{name}.f16", f"holds {self.index.ntotal} vectors for {len(self.rows)} rows"
            )
        self.halves = float16_view(self.index, self.dim)
        self._bytes = self.halves.view(np.uint8)
        signs = home / f"{name}.signs"
        self.signs: Any = _read(signs, binary=True) if signs.exists() else None
        _prefetch_file(home / f"{name}.f16" if self.signs is None else signs)
        self.rotation: Vectors | None = (
            _load(home / f"{name}.turn.npy") if self.signs is not None else None
        )
        self._prefetch = (
            RowPrefetcher(home / f"{name}.f16", len(self.rows), 2 * self.dim)
            if self.signs is not None
            else None
        )
        present, self.dead = self._places(dead)
        self.living = len(self.rows) - int(np.count_nonzero(present))

    def _places(self, rows: Rows) -> tuple[Mask, Rows]:
        """Which of `rows` are in this part, and the places of those."""
        import numpy as np

        places = np.searchsorted(self.rows, rows)
        present = places < len(self.rows)
        present[present] = self.rows[places[present]] == rows[present]
        return present, places[present]

    def find(self, rows: Rows) -> tuple[Mask, Rows]:
        """Which of `rows` live in this part, and their places."""
        import numpy as np

        present, places = self._places(rows)
        if len(self.dead):
            living = ~np.isin(places, self.dead)
            present[present] = living
            places = places[living]
        return present, places

    def alive(self) -> Mask:
        """For each place whether its row lives."""
        import numpy as np

        mask = np.ones(len(self.rows), dtype=bool)
        mask[self.dead] = False
        return mask

    def search(
        self, queries: Vectors, k: int, allowed: Mask | None, *, exact: bool
    ) -> Iterator[tuple[Vectors, Rows]]:
        """For each query the scores, float32, and rows of its `k` best, in no order among equals;
        fewer of few.

        A vector's score is summed in one way wherever it stands, so equal vectors have equal
        scores.
        """
        import numpy as np

        mask = self._permitted(allowed)
        count = self.living if allowed is None or mask is None else int(np.count_nonzero(mask))
        if allowed is not None and mask is not None and count <= max(MAX_GATHERED_ROWS, k):
            logger.debug("%s: %d allowed rows gathered and compared", self.name, count)
            places = np.flatnonzero(mask)
            yield from (self._ranked(query, places, k) for query in queries)
            return
        if self.signs is None or exact or count <= MAX_EXACT_ROWS:
            logger.debug("%s: %d rows scanned", self.name, count)
            yield from self._scan(queries, k, mask)
        else:
            logger.debug("%s: %d rows shortlisted by signs", self.name, count)
            yield from (
                self._ranked(query, self._shortlist_by_signs(query, k, mask), k)
                for query in queries
            )

    def _permitted(self, allowed: Mask | None) -> Mask | None:
        """For each place whether it may be found; None where all may."""
        import numpy as np

        if allowed is None:
            return self.alive() if len(self.dead) else None
        mask = np.zeros(len(self.rows), dtype=bool)
        covered = int(np.searchsorted(self.rows, len(allowed)))
        mask[:covered] = allowed[self.rows[:covered]]
        mask[self.dead] = False
        return mask

    def _scan(self, queries: Vectors, k: int, mask: Mask | None) -> Iterator[tuple[Vectors, Rows]]:
        parameters, _keep = _search_parameters(mask)
        count = min(k, len(self.rows))
        for begin in range(0, len(queries), 256):
            scores, places = self.index.search(
                queries[begin : begin + 256], count, params=parameters
            )
            yield from (
                (s[p >= 0], self.rows[p[p >= 0]]) for s, p in zip(scores, places, strict=True)
            )

    def _shortlist_by_signs(self, query: Vectors, k: int, mask: Mask | None) -> Rows:
        """The places to compare exactly, ascending: by Hamming distance, then by the sum of the
        query's components with each row's signs, which tells near from nearer much better and reads
        nothing that is not in memory.
        """
        import numpy as np

        parameters, _keep = _search_parameters(mask)
        assert self.signs is not None and self.rotation is not None  # noqa: S101 - tells the type checker
        rotated = query @ self.rotation[:-1]
        asked = np.packbits(rotated > self.rotation[-1], bitorder="little")
        _, nearest = self.signs.search(
            asked[None], min(max(HAMMING_CANDIDATES, 20 * k), len(self.rows)), params=parameters
        )
        places: Rows = nearest[0][nearest[0] >= 0]
        kept = max(SHORTLIST, 4 * k)
        if len(places) > kept:
            sums = asymmetric_dot(self._signs[places], rotated)
            places = places[np.argpartition(sums, len(sums) - kept)[len(sums) - kept :]]
        return np.sort(places)

    @cached_property
    def _signs(self) -> NDArray[np.uint8]:
        """The mapped signs, uint8 (n, bytes)."""
        signs: NDArray[np.uint8] = load_faiss().rev_swig_ptr(
            self.signs.xb.data(), self.signs.ntotal * self.signs.code_size
        )
        return signs.reshape(self.signs.ntotal, self.signs.code_size)

    def _ranked(self, query: Vectors, places: Rows, k: int) -> tuple[Vectors, Rows]:
        """Scores and rows of the `k` best of these places."""
        gathered = _empty_index(self.dim)
        gathered.add_sa_codes(self._codes(places))
        scores, order = gathered.search(query[None], min(k, max(1, len(places))))
        kept = order[0] >= 0
        return scores[0][kept], self.rows[places[order[0][kept]]]

    def decoded(self, places: Rows) -> Vectors:
        """The vectors at these places, float32 (n, dim)."""
        with _faiss_threads(1):
            vectors: Vectors = self.index.sa_decode(self._codes(places))
        return vectors

    def _codes(self, places: Rows) -> NDArray[np.uint8]:
        if self._prefetch is not None:
            self._prefetch(places)
        return self._bytes[places]


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


def _empty_index(dim: int) -> Any:
    faiss = load_faiss()
    return faiss.IndexScalarQuantizer(
        dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )


def asymmetric_dot(signs: NDArray[np.uint8], rotated: Vectors) -> Vectors:
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


@contextmanager
def _faiss_threads(count: int) -> Iterator[None]:
    """Let FAISS use so many threads here (0: as many as it likes): one query is over before a
    second thread wakes.
    """
    faiss = load_faiss()
    before = faiss.omp_get_max_threads()
    if not count or count == before:
        yield
        return
    faiss.omp_set_num_threads(count)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


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


def _read(path: Path, *, binary: bool = False) -> Any:
    faiss = load_faiss()
    read = faiss.read_index_binary if binary else faiss.read_index
    try:
        index = read(str(path), faiss.IO_FLAG_MMAP_IFC)
    except (RuntimeError, OSError) as error:
        raise _damaged(path, str(error).splitlines()[0]) from error
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


def _load(path: Path) -> Any:
    try:
        return load_array(path, mapped=path.stat().st_size > 1 << 16)
    except (OSError, ValueError) as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, why: str) -> DamagedBuild:
    message = (
        f"the vector index is damaged: {path.name}: {why}. `litmap doctor --fix` builds it again."
    )
    return DamagedBuild(message, subject=str(path))


def sign_bits(vectors: Vectors, rotation: Vectors) -> NDArray[np.uint8]:
    """One bit a dimension, uint8 (n, bytes): the sign of the centred and rotated vectors (n, dim).

    `rotation` (dim + 1, 8 * bytes) has the rotation and below it the rotated centre.
    """
    import numpy as np

    return np.packbits(vectors @ rotation[:-1] > rotation[-1], axis=1, bitorder="little")
