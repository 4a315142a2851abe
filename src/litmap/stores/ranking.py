"""Rows as the stores ask for them and give them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litmap.index.ranking import unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from litmap.models import Vectors

    Rows = NDArray[np.int64]


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
