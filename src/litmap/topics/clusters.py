"""Groups among the works that fit no heading, as coarse as the reader's own headings."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from litmap.topics.evidence import Floats, centred
from litmap.topics.scoring import neighbour_graph

Groups = NDArray[np.int64]

MIN_NEIGHBOURS, MAX_NEIGHBOURS = 3, 25
"""Neighbours in the graph: half the root of the number of works, within these."""
COARSE_RESOLUTION, DEFAULT_RESOLUTION = 1.0, 1.4
"""Resolutions of the modularity: where headings tell the size, and where none does."""
COMMUNITY_WEIGHT = 1 / 3
"""Weight of the number of communities beside that which the headings' size gives."""
HALF_WEIGHT_WORKS = 50.0
"""Works with which it has half of that."""
RESOLUTION_STEP = 1.5
"""By so much the resolution is raised until there are groups enough to be merged."""


def cluster(
    points: Floats,
    cites: Any,
    *,
    target_cluster_size: float | None = None,
    smallest: int = 3,
    cluster_count: int | None = None,
) -> Groups:
    """A group for each of n works (unit rows (n, d)), -1 for a work that stands alone.

    Louvain communities (Blondel et al. 2008) of the neighbour graph, as coarse as there are still
    enough of them, merged by Ward's criterion, then each work moved to the nearest centre
    (spherical k-means). `cluster_count` groups if told; else the weighted geometric mean of two
    estimates: as many as headings of the `target_cluster_size` would be, and the communities of
    plain modularity, which count the more the more works there are. Deterministic for the same rows
    in the same order.
    """
    n = len(points)
    if n < 2 * smallest:
        return np.full(n, 0 if n >= smallest and _is_close(points) else -1, dtype=np.int64)
    rows = centred(points)
    neighbours = int(np.clip(round(np.sqrt(n) / 2), MIN_NEIGHBOURS, MAX_NEIGHBOURS))
    graph = neighbour_graph(rows, cites, min(neighbours, n - 1), normalise=False)
    if cluster_count is None and target_cluster_size is None:
        return _numbered(_refine(rows, _communities(graph, DEFAULT_RESOLUTION)), smallest)
    coarse = _communities(graph, COARSE_RESOLUTION)
    if cluster_count is None:
        natural = len(np.unique(_refine(rows, coarse)))
        by_headings = n / max(target_cluster_size or 1.0, 1.0)
        weight = COMMUNITY_WEIGHT * n / (n + HALF_WEIGHT_WORKS)
        cluster_count = round(_weighted_mean(natural, by_headings, weight))
    cluster_count = int(np.clip(cluster_count, 1, n // smallest))
    return _numbered(
        _refine(
            rows, _merge(rows, _refine_resolution(graph, coarse, cluster_count), cluster_count)
        ),
        smallest,
    )


def _weighted_mean(natural: float, usual: float, weight: float) -> float:
    """The geometric mean of both counts, the first weighing `weight` and the second 1."""
    return float(
        np.exp((weight * np.log(max(natural, 1.0)) + np.log(max(usual, 1.0))) / (1.0 + weight))
    )


def target_cluster_size(sizes: NDArray[np.float64]) -> float | None:
    """The size of headings that hold these numbers of works, None where none holds one.

    Works divided by the effective number of headings (the exponential of their entropy, Hill 1973),
    so that a few tiny headings beside large ones count little.
    """
    held = sizes[sizes >= 1.0]
    if not len(held):
        return None
    share = held / held.sum()
    return float(held.sum() / np.exp(-(share * np.log(share)).sum()))


def _refine_resolution(graph: Any, groups: Groups, cluster_count: int) -> Groups:
    """The coarsest communities of which there are at least `cluster_count`, from those `groups` by
    plain modularity.
    """
    resolution = COARSE_RESOLUTION
    for _ in range(12):
        if groups.max() + 1 >= cluster_count:
            break
        resolution *= RESOLUTION_STEP
        groups = _communities(graph, resolution)
    return groups


def _is_close(points: Floats) -> bool:
    similarity = points @ points.T
    return bool(similarity[np.triu_indices(len(points), 1)].mean() > 0.2)


def _communities(graph: Any, resolution: float) -> Groups:
    import networkx

    net = networkx.from_scipy_sparse_array(graph)
    out = np.zeros(graph.shape[0], dtype=np.int64)
    for number, members in enumerate(
        networkx.community.louvain_communities(net, resolution=resolution, seed=0)
    ):
        out[list(members)] = number
    return out


def _merge(rows: Floats, groups: Groups, cluster_count: int) -> Groups:
    """The two groups whose union costs least (Ward 1963) become one until there are no more than
    `cluster_count`.
    """
    names, groups = np.unique(groups, return_inverse=True)
    sizes = np.bincount(groups).astype(float)
    centres = np.stack([rows[groups == g].mean(axis=0) for g in range(len(names))])
    alive = list(range(len(names)))
    while len(alive) > cluster_count:
        gap = ((centres[alive][:, None] - centres[alive][None]) ** 2).sum(axis=2)
        size = sizes[alive]
        cost = gap * (size[:, None] * size[None] / (size[:, None] + size[None]))
        np.fill_diagonal(cost, np.inf)
        i, j = (alive[int(k)] for k in np.unravel_index(int(cost.argmin()), cost.shape))
        centres[i] = (sizes[i] * centres[i] + sizes[j] * centres[j]) / (sizes[i] + sizes[j])
        sizes[i] += sizes[j]
        groups[groups == j] = i
        alive.remove(j)
    return np.asarray(groups, dtype=np.int64)


def _refine(rows: Floats, groups: Groups, rounds: int = 5) -> Groups:
    for _ in range(rounds):
        names = np.unique(groups)
        centres = np.stack([rows[groups == g].mean(axis=0) for g in names])
        centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
        moved = names[(rows @ centres.T).argmax(axis=1)]
        if (moved == groups).all():
            break
        groups = moved
    return groups


def _numbered(groups: Groups, smallest: int) -> Groups:
    """Groups numbered by size, the largest 0; works of groups below `smallest` get -1."""
    names, sizes = np.unique(groups, return_counts=True)
    order = sorted(
        range(len(names)), key=lambda i: (-sizes[i], int(np.flatnonzero(groups == names[i])[0]))
    )
    number = {int(names[i]): k for k, i in enumerate(i for i in order if sizes[i] >= smallest)}
    return np.array([number.get(int(g), -1) for g in groups], dtype=np.int64)
