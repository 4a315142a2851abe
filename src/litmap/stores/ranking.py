"""What the searches of the stores share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from litmap.models import Vectors

    Rows = NDArray[np.int64]

SPARE_ROWS = 16
"""Rows asked for beyond the k wanted, so that equal scores are put in order of row, and what is
near in half precision is in the order of single precision."""


def queries_of(vectors: Vectors, dim: int) -> Vectors:
    """The queries, float32 (q, dim). Raises ValueError for another shape."""
    import numpy as np

    queries = np.ascontiguousarray(vectors, dtype=np.float32)
    if queries.ndim != 2 or queries.shape[1] != dim:
        raise ValueError(f"vectors of shape {queries.shape} do not fit a store of {dim} dimensions")
    return queries


def best(found: list[tuple[Vectors, Rows]], k: int) -> tuple[Vectors, Rows]:
    """Scores (q, k) and rows (q, k) of each query's best, ties by row; -inf and -1 where there are
    fewer.
    """
    import numpy as np

    scores = np.full((len(found), k), -np.inf, dtype=np.float32)
    rows = np.full((len(found), k), -1, dtype=np.int64)
    for i, (own, at) in enumerate(found):
        order = np.lexsort((at, -own))[:k]
        scores[i, : len(order)], rows[i, : len(order)] = own[order], at[order]
    return scores, rows


def unit(vectors: Vectors) -> Vectors:
    """The vectors with length one; zeros stay."""
    import numpy as np

    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    result: Vectors = vectors / lengths[:, None].clip(1e-12)
    return result


def placed(wanted: Rows, rows: Rows, vectors: Vectors, dim: int) -> Vectors:
    """The vectors of the `wanted` rows, float32 (n, dim), from those of some `rows`; zeros for the
    others.
    """
    import numpy as np

    result = np.zeros((len(wanted), dim), dtype=np.float32)
    if not len(rows):
        return result
    order = np.argsort(rows)
    places = np.searchsorted(rows[order], wanted).clip(0, len(rows) - 1)
    present = rows[order][places] == wanted
    result[present] = unit(vectors)[order[places[present]]]
    return result


def runs(rows: Rows) -> list[tuple[int, int]]:
    """Ascending rows as runs (first, last) without gaps."""
    import numpy as np

    if not len(rows):
        return []
    breaks = np.flatnonzero(np.diff(rows) != 1)
    firsts = rows[np.concatenate([[0], breaks + 1])]
    lasts = rows[np.concatenate([breaks, [len(rows) - 1]])]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))
