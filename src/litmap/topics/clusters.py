"""Groups among the works that fit no heading."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from litmap.topics.evidence import Floats


def cluster(points: Floats, cites: Any, smallest: int = 3) -> NDArray[np.int64]:
    """A group for each of n works (unit rows), -1 for a work that stands alone. Deterministic."""
    from sklearn.cluster import KMeans

    n = len(points)
    if n < smallest:
        return np.full(n, -1, dtype=np.int64)
    best: tuple[float, NDArray[np.int64]] = (-2.0, np.zeros(n, dtype=np.int64))
    for k in range(2, min(n // smallest, 12) + 1):
        found = KMeans(k, n_init=4, random_state=0).fit_predict(points).astype(np.int64)
        quality = _silhouette(points, found)
        if quality > best[0]:
            best = (quality, found)
    sizes = np.bincount(best[1])
    keep = np.flatnonzero(sizes >= smallest)
    number = {int(group): i for i, group in enumerate(keep)}
    return np.array([number.get(int(group), -1) for group in best[1]], dtype=np.int64)


def _silhouette(points: Floats, found: NDArray[np.int64]) -> float:
    from sklearn.metrics import silhouette_score

    return float(silhouette_score(points, found, metric="cosine")) if len(set(found.tolist())) > 1 else -1.0
