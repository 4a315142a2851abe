"""What searches of vectors share, wherever the vectors stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from litmap.models import Vectors

    Rows = NDArray[np.int64]

SPARE_ROWS = 16
"""Rows taken beyond the k wanted, so that equal scores are put in order of row, and what is near in
half precision in the order of single precision.
"""


def queries_of(vectors: Vectors, dim: int) -> Vectors:
    """The queries, float32 (q, dim). Raises ValueError for another shape."""
    import numpy as np

    queries = np.ascontiguousarray(vectors, dtype=np.float32)
    if queries.ndim != 2 or queries.shape[1] != dim:
        raise ValueError(
            f"vectors of shape {queries.shape} do not fit an index of {dim} dimensions"
        )
    return queries


def best(found: Iterable[tuple[Vectors, Rows]], queries: int, k: int) -> tuple[Vectors, Rows]:
    """Scores (q, k) and rows (q, k) of the best of each of so many queries, ties by row; -inf and
    -1 where there are fewer.
    """
    import numpy as np

    scores = np.full((queries, k), -np.inf, dtype=np.float32)
    rows = np.full((queries, k), -1, dtype=np.int64)
    for i, (own, at) in enumerate(found):
        order = np.lexsort((at, -own))[:k]
        scores[i, : len(order)], rows[i, : len(order)] = own[order], at[order]
    return scores, rows


def unit(vectors: Vectors) -> Vectors:
    """The vectors with length one; zeros stay, near to nothing."""
    import numpy as np

    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    result: Vectors = vectors / lengths[:, None].clip(1e-12)
    return result
