"""Groups among the works that fit no heading, as coarse as the reader's own headings."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from litmap.topics.evidence import Floats, centred
from litmap.topics.scoring import neighbour_graph

Groups = NDArray[np.int64]

NEIGHBOURS = 15
FINE, USUAL = 2.0, 1.5  # resolutions of the modularity: for groups to be merged, and where no heading tells the size


def cluster(points: Floats, cites: Any, *, usual_size: float | None = None, smallest: int = 3) -> Groups:
    """A group for each of n works (unit rows (n, d)), -1 for a work that stands alone.

    Louvain communities (Blondel et al. 2008) of the neighbour graph, merged by Ward's criterion until they are as
    many as headings of the `usual_size` would be, then each work moved to the nearest centre (spherical k-means).
    Deterministic for the same rows in the same order.
    """
    n = len(points)
    if n < 2 * smallest:
        return np.full(n, 0 if n >= smallest and _close(points) else -1, dtype=np.int64)
    rows = centred(points)
    graph = neighbour_graph(rows, cites, max(3, min(NEIGHBOURS, n // 4)), normalise=False)
    found = _communities(graph, USUAL if usual_size is None else FINE)
    if usual_size is not None:
        found = _merge(rows, found, max(1, round(n / max(usual_size, 1.0))))
    return _numbered(_refine(rows, found), smallest)


def _close(points: Floats) -> bool:
    likeness = points @ points.T
    return bool(likeness[np.triu_indices(len(points), 1)].mean() > 0.2)


def _communities(graph: Any, resolution: float) -> Groups:
    import networkx

    net = networkx.from_scipy_sparse_array(graph)
    out = np.zeros(graph.shape[0], dtype=np.int64)
    for number, members in enumerate(networkx.community.louvain_communities(net, resolution=resolution, seed=0)):
        out[list(members)] = number
    return out


def _merge(rows: Floats, found: Groups, many: int) -> Groups:
    """The two groups whose union costs least (Ward 1963) become one until there are no more than `many`."""
    names, found = np.unique(found, return_inverse=True)
    sizes = np.bincount(found).astype(float)
    centres = np.stack([rows[found == g].mean(axis=0) for g in range(len(names))])
    alive = list(range(len(names)))
    while len(alive) > many:
        gap = ((centres[alive][:, None] - centres[alive][None]) ** 2).sum(axis=2)
        size = sizes[alive]
        cost = gap * (size[:, None] * size[None] / (size[:, None] + size[None]))
        np.fill_diagonal(cost, np.inf)
        i, j = (alive[int(k)] for k in np.unravel_index(int(cost.argmin()), cost.shape))
        centres[i] = (sizes[i] * centres[i] + sizes[j] * centres[j]) / (sizes[i] + sizes[j])
        sizes[i] += sizes[j]
        found[found == j] = i
        alive.remove(j)
    return np.asarray(found, dtype=np.int64)


def _refine(rows: Floats, found: Groups, rounds: int = 5) -> Groups:
    for _ in range(rounds):
        names = np.unique(found)
        centres = np.stack([rows[found == g].mean(axis=0) for g in names])
        centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
        moved = names[(rows @ centres.T).argmax(axis=1)]
        if (moved == found).all():
            break
        found = moved
    return found


def _numbered(found: Groups, smallest: int) -> Groups:
    """Groups numbered by size, the largest 0; works of groups below `smallest` get -1."""
    names, sizes = np.unique(found, return_counts=True)
    order = sorted(range(len(names)), key=lambda i: (-sizes[i], int(np.flatnonzero(found == names[i])[0])))
    number = {int(names[i]): k for k, i in enumerate(i for i in order if sizes[i] >= smallest)}
    return np.array([number.get(int(g), -1) for g in found], dtype=np.int64)
