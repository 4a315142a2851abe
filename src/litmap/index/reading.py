"""Opening and searching the index of a build."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmap.errors import DamagedBuild

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from litmap.models import Vectors

    Rows = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Halves = NDArray[np.float16]

EXACT = 100_000
"""Up to this many rows (of a part, or allowed by a filter) every vector is compared."""
SHORTLIST = 4000
"""Beyond it, how many rows are taken by their signs and then compared exactly."""
FEW = 4000
"""So few allowed rows are gathered and compared one by one, whatever the size of the index."""
SPARE = 16
"""Rows taken beyond the k wanted, so that ties and roundings are settled by the last, exact comparison."""
FOLDER = "vectors"


def library() -> Any:
    """FAISS, imported when first needed (its stubs do not know its Python side)."""
    import faiss

    return faiss


class VectorIndex:
    """The vectors of a build, opened without reading them. Searching is safe from many threads at once."""

    def __init__(self, parts: list[Part], dim: int) -> None:
        self.parts = parts
        self.dim = dim

    @classmethod
    def open(cls, folder: Path) -> VectorIndex:
        """The index in a build's folder. Raises DamagedBuild naming the file that cannot be read."""
        import numpy as np

        home = folder / FOLDER
        dead = _load(home / "dead.npy")
        parts = [Part(home, name, dead) for name in ("base", "delta") if (home / f"{name}.rows.npy").exists()]
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
        self, vectors: Vectors, k: int, allowed: Rows | None = None, *, exact: bool = False
    ) -> tuple[Vectors, Rows]:
        """The `k` rows most similar to each of the unit vectors (q, dim), best first, ties by row.

        `allowed` (int64, ascending) limits the search itself, so that k rows are found wherever so many are allowed.
        Returns cosines, float32 (q, k), and rows, int64 (q, k); places that stay empty have -inf and -1. `exact`
        compares every vector however many there are.
        """
        import numpy as np

        queries = np.ascontiguousarray(vectors, dtype=np.float32)
        if queries.ndim != 2 or queries.shape[1] != self.dim:
            raise ValueError(f"vectors of shape {queries.shape} do not fit an index of {self.dim} dimensions")
        with _threads(1 if len(queries) < 4 else 0):
            found = [list(p.candidates(queries, k, allowed, exact=exact)) for p in self.parts]
        scores = np.full((len(queries), k), -np.inf, dtype=np.float32)
        rows = np.full((len(queries), k), -1, dtype=np.int64)
        for i, query in enumerate(queries):
            own = [self._score(p, f[i], query, k) for p, f in zip(self.parts, found, strict=True)]
            if not own:
                break
            score, row = (np.concatenate(a) for a in zip(*own, strict=True))
            best = np.lexsort((row, -score))[:k]
            scores[i, : len(best)], rows[i, : len(best)] = score[best], row[best]
        return scores, rows

    @staticmethod
    def _score(part: Part, places: Rows, query: Vectors, k: int) -> tuple[Vectors, Rows]:
        """Products summed in double precision: the same for a vector in whatever part and place it stands."""
        import numpy as np

        if len(places) > k + SPARE:
            rough = products(part.halves[places].astype(np.float32), query)
            places = places[np.argpartition(-rough, k + SPARE - 1)[: k + SPARE]]
        exact = products(part.halves[places].astype(np.float64), query.astype(np.float64))
        return exact.astype(np.float32), part.rows[places]

    def vectors(self, rows: Rows) -> Vectors:
        """The vectors of these rows, float32 (n, dim), exact to float16. Raises KeyError for a row not here."""
        import numpy as np

        wanted = np.asarray(rows, dtype=np.int64)
        result = np.empty((len(wanted), self.dim), dtype=np.float32)
        missing = np.ones(len(wanted), dtype=bool)
        for part in self.parts:
            here, places = part.find(wanted)
            result[here] = part.halves[places]
            missing[here] = False
        if missing.any():
            raise KeyError(int(wanted[missing][0]))
        result /= np.linalg.norm(result, axis=1, keepdims=True).clip(1e-12)
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
            raise _damaged(home / f"{name}.f16", f"holds {self.index.ntotal} vectors for {len(self.rows)} rows")
        self.halves = codes(self.index, self.dim)
        signs = home / f"{name}.signs"
        self.signs = _read(signs, binary=True) if signs.exists() else None
        self.turn: Vectors | None = _load(home / f"{name}.turn.npy") if self.signs is not None else None
        here, self.dead = self._places(dead)
        self.living = len(self.rows) - int(np.count_nonzero(here))

    def _places(self, rows: Rows) -> tuple[Mask, Rows]:
        """Which of `rows` are in this part, and the places of those."""
        import numpy as np

        places = np.searchsorted(self.rows, rows)
        here = places < len(self.rows)
        here[here] = self.rows[places[here]] == rows[here]
        return here, places[here]

    def find(self, rows: Rows) -> tuple[Mask, Rows]:
        """Which of `rows` live in this part, and their places."""
        import numpy as np

        here, places = self._places(rows)
        if len(self.dead):
            living = ~np.isin(places, self.dead)
            here[here] = living
            places = places[living]
        return here, places

    def alive(self) -> Mask:
        """For each place whether its row lives."""
        import numpy as np

        mask = np.ones(len(self.rows), dtype=bool)
        mask[self.dead] = False
        return mask

    def candidates(self, queries: Vectors, k: int, allowed: Rows | None, *, exact: bool) -> Iterator[Rows]:
        """For each query the places that may be among its k best."""
        import numpy as np

        places = None if allowed is None else self.find(allowed)[1]
        if places is not None and len(places) <= max(FEW, k):
            yield from (places for _ in queries)
            return
        mask = None
        if places is not None:
            mask = np.zeros(len(self.rows), dtype=bool)
            mask[places] = True
        elif len(self.dead):
            mask = self.alive()
        count = self.living if places is None else len(places)
        if self.signs is None or exact or count <= EXACT:
            yield from self._scan(queries, k, mask)
        else:
            yield from (self._by_signs(query, k, mask) for query in queries)

    def _scan(self, queries: Vectors, k: int, mask: Mask | None) -> Iterator[Rows]:
        parameters, _keep = _selector(mask)
        some = min(k + SPARE, len(self.rows))
        for begin in range(0, len(queries), 256):
            _, found = self.index.search(queries[begin : begin + 256], some, params=parameters)
            yield from (row[row >= 0] for row in found)

    def _by_signs(self, query: Vectors, k: int, mask: Mask | None) -> Rows:
        import numpy as np

        parameters, _keep = _selector(mask)
        assert self.signs is not None and self.turn is not None
        some = min(max(SHORTLIST, 20 * k), len(self.rows))
        _, found = self.signs.search(to_signs(query[None], self.turn), some, params=parameters)
        places: Rows = np.sort(found[0][found[0] >= 0])
        return places


def products(vectors: NDArray[Any], query: NDArray[Any]) -> NDArray[Any]:
    """The product of each row with the query, summed on this thread alone: waking others takes longer than the sum."""
    import numpy as np

    result: NDArray[Any] = np.einsum("ij,j->i", vectors, query)
    return result


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Let FAISS use so many threads here (0: as many as it likes): one query is over before a second thread wakes."""
    faiss = library()
    before = faiss.omp_get_max_threads()
    if not count or count == before:
        yield
        return
    faiss.omp_set_num_threads(count)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _selector(mask: Mask | None) -> tuple[Any, Any]:
    """FAISS parameters that limit a search to the places in the mask, and what must live as long as they."""
    import numpy as np

    if mask is None:
        return None, None
    faiss = library()
    selector = faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little"))
    return faiss.SearchParameters(sel=selector), selector


def _read(path: Path, *, binary: bool = False) -> Any:
    faiss = library()
    read = faiss.read_index_binary if binary else faiss.read_index
    try:
        index = read(str(path), faiss.IO_FLAG_MMAP_IFC)
    except (RuntimeError, OSError) as error:
        raise _damaged(path, str(error).splitlines()[0]) from error
    if binary:
        index.use_heap = False  # counting is faster than a heap for a long list
    return index


def codes(index: Any, dim: int) -> Halves:
    """The mapped float16 vectors (n, dim), without copying them."""
    import numpy as np

    if not index.ntotal:
        return np.empty((0, dim), dtype=np.float16)
    view: Halves = library().rev_swig_ptr(index.codes.data(), index.ntotal * 2 * dim).view(np.float16)
    return view.reshape(index.ntotal, dim)


def _load(path: Path) -> Any:
    import numpy as np

    try:
        return np.load(path, mmap_mode="r" if path.stat().st_size > 1 << 16 else None, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, why: str) -> DamagedBuild:
    message = f"the vector index is damaged: {path.name}: {why}. `litmap doctor --fix` builds it again."
    return DamagedBuild(message, subject=str(path))


def to_signs(vectors: Vectors, turn: Vectors) -> NDArray[np.uint8]:
    """One bit a dimension, uint8 (n, bytes): the sign of the centred and turned vector.

    `turn` has the rotation, dim rows, and below it the turned centre.
    """
    import numpy as np

    return np.packbits(vectors @ turn[:-1] > turn[-1], axis=1, bitorder="little")
