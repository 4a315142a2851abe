"""One point a paper: near where the texts are near, heading by heading, and where it was last
time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from litmap.models import Vectors

Floats = NDArray[np.float64]

NEIGHBOURS = 12
"""Nearest papers that attract each paper."""
ROUNDS = 300
"""Rounds of a first map; half as many where places are known."""
NEGATIVE_SAMPLES = 12
"""Random points each point is pushed away from in a round."""
GROUP_PULL = 0.6
"""Weight of the heading against the text in what counts as near."""
MIN_DOT_DISTANCE = 0.25
"""Least distance of two dots, as a share of that on a grid of them all."""
MIN_PINNED_SHARE = 0.7
"""With at least this share of known places, they stay exactly where they were."""


def project(
    vectors: Vectors,
    ids: Sequence[str],
    *,
    groups: Sequence[str | None] | None = None,
    previous: Mapping[str, tuple[float, float]] | None = None,
    seed: int = 0,
) -> NDArray[np.float32]:
    """float32 (n, 2): a place for each of n papers, most of them within [-1, 1].

    `vectors` (n, d) have one row a paper, `ids` name the papers, `groups` the heading of each (None
    for none). `previous` are the places of the last map by id. Where it knows most of the papers
    they stay exactly there and only new ones look for a place; else all move, starting from where
    they were, and the picture is turned and scaled back onto the old one. Leave a paper out of
    `previous` to let it move (its heading changed). The same input gives the same places. The
    method is UMAP's (McInnes et al. 2018): attraction along the edges of a neighbour graph,
    repulsion from random points, both in bulk.
    """
    n = len(vectors)
    if n == 0:
        return np.zeros((0, 2), dtype=np.float32)
    old = _known_places(ids, previous or {})
    known = np.isfinite(old[:, 0])
    points = _with_groups(np.asarray(vectors, dtype=np.float64), groups)
    near, weight = _neighbours(points)
    pinned = known if known.mean() >= MIN_PINNED_SHARE else np.zeros(n, dtype=bool)
    start = _start(points, old, known, near, weight)
    if n < 3:
        return start.astype(np.float32)
    rounds = ROUNDS if not known.any() else ROUNDS // 2
    places = _settle(start, near, weight, pinned, rounds, np.random.default_rng(seed))
    if not known.any():
        places = _framed(places)
    elif not pinned.any() and known.sum() > 2:
        places = _aligned(places, old, known)
    return _apart(places, pinned).astype(np.float32)


def _known_places(ids: Sequence[str], previous: Mapping[str, tuple[float, float]]) -> Floats:
    """(n, 2) places of the last map, NaN where there is none or one that is not finite."""
    old = np.full((len(ids), 2), np.nan)
    for i, key in enumerate(ids):
        place = previous.get(key)
        if place is not None and np.isfinite(place).all():
            old[i] = place
    return old


def _with_groups(points: Floats, groups: Sequence[str | None] | None) -> Floats:
    """Unit rows, centred, with a block of columns that says which heading a paper stands under."""
    rows = points - points.mean(axis=0)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    names = sorted({g for g in groups or () if g is not None})
    if not names or groups is None:
        return np.asarray(rows)
    pull = np.zeros_like(rows)
    own = np.zeros((len(rows), len(names)))
    for j, name in enumerate(names):
        members = [i for i, group in enumerate(groups) if group == name]
        centre = rows[members].mean(axis=0, keepdims=True)
        pull[members] = centre / np.maximum(np.linalg.norm(centre, axis=1, keepdims=True), 1e-9)
        own[members, j] = 1.0
    out = np.concatenate([rows, GROUP_PULL * pull, 0.5 * GROUP_PULL * own], axis=1)
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9))


def _neighbours(points: Floats) -> tuple[NDArray[np.int64], Floats]:
    """(n, k) nearest rows by cosine, nearest first, and how strongly each attracts, in (0, 1]."""
    n = len(points)
    k = min(NEIGHBOURS, n - 1)
    near = np.zeros((n, max(k, 0)), dtype=np.int64)
    weight = np.zeros((n, max(k, 0)))
    if k < 1:
        return near, weight
    narrow = points.astype(np.float32)
    for start in range(0, n, 1024):
        block = narrow[start : start + 1024] @ narrow.T
        rows = np.arange(len(block))
        block[rows, rows + start] = -2.0
        top = np.argpartition(-block, k - 1, axis=1)[:, :k]
        cosine = np.take_along_axis(block, top, axis=1)
        order = np.argsort(-cosine, axis=1, kind="stable")
        near[start : start + 1024] = np.take_along_axis(top, order, axis=1)
        sorted_cosine = np.take_along_axis(cosine, order, axis=1)
        far = np.maximum(sorted_cosine[:, :1] - sorted_cosine, 0.0)
        weight[start : start + 1024] = np.exp(
            -far / np.maximum(far.mean(axis=1, keepdims=True), 1e-6)
        )
    return near, weight


def _start(
    points: Floats, old: Floats, known: NDArray[np.bool_], near: NDArray[np.int64], weight: Floats
) -> Floats:
    """Known places as they were; new points amid their known neighbours; all by principal axes on a
    first map.
    """
    if not known.any():
        axes = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)[2][:2]
        axes = axes * np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])[:, None]
        flat = (points - points.mean(axis=0)) @ axes.T
        if flat.shape[1] < 2:
            flat = np.pad(flat, ((0, 0), (0, 2 - flat.shape[1])))
        return np.asarray(flat / (np.abs(flat).max() + 1e-9) * _reach(len(points)))
    start = old.copy()
    middle = old[known].mean(axis=0)
    for i in np.flatnonzero(~known):
        friends = [(near[i, p], weight[i, p]) for p in range(near.shape[1]) if known[near[i, p]]][
            :5
        ]
        if friends:
            rows, pull = zip(*friends, strict=True)
            start[i] = np.average(old[list(rows)], axis=0, weights=np.asarray(pull))
        else:
            start[i] = middle
    return np.asarray(start)


def _reach(n: int) -> float:
    """Half the side of a square in which n points have room."""
    return float(max(1.0, 0.75 * np.sqrt(n)))


def _settle(
    start: Floats,
    near: NDArray[np.int64],
    weight: Floats,
    pinned: NDArray[np.bool_],
    rounds: int,
    draw: np.random.Generator,
) -> Floats:
    """Move the points that are not pinned until neighbours are close and others apart."""
    from scipy import sparse

    n, k = near.shape
    scale = 1.0
    places = start.copy()
    if pinned.any() or np.abs(start).max() <= 2.0:
        scale = _reach(n)
        places = places * scale
    places += draw.normal(0.0, 0.01, places.shape) * (~pinned)[:, None]
    graph = sparse.csr_matrix(
        (weight.ravel(), (np.repeat(np.arange(n), k), near.ravel())), shape=(n, n)
    )
    both: Any = sparse.coo_matrix(graph + graph.T)
    head, tail, pull = both.row, both.col, both.data
    pull = pull / pull.max()
    free = (~pinned)[:, None]
    for turn in range(rounds):
        rate = 1.0 - turn / rounds
        gap = places[head] - places[tail]
        square = (gap**2).sum(axis=1)
        force = -2.0 * pull / (1.0 + square)
        move = _sum_rows(head, np.clip(force[:, None] * gap, -4, 4), n) * 0.5
        other = draw.integers(0, n, (n, NEGATIVE_SAMPLES))
        apart = places[:, None, :] - places[other]
        distance = (apart**2).sum(axis=2)
        push = 2.0 / ((0.01 + distance) * (1.0 + distance))
        push[other == np.arange(n)[:, None]] = 0.0
        move += np.clip(push[:, :, None] * apart, -4, 4).sum(axis=1) * (k / NEGATIVE_SAMPLES)
        places = places + free * np.clip(0.15 * rate * move, -2.0, 2.0)
    return np.asarray(np.where(pinned[:, None], start, places / scale))


def _sum_rows(rows: NDArray[np.int64], values: Floats, n: int) -> Floats:
    return np.stack(
        [np.bincount(rows, values[:, d], minlength=n) for d in range(values.shape[1])], axis=1
    )


def _framed(places: Floats) -> Floats:
    """Around the origin, 98 of 100 points within [-1, 1]; a stray far out is brought to the
    border.
    """
    places = places - np.median(places, axis=0)
    reach = float(np.quantile(np.abs(places), 0.98)) or 1.0
    out = places / reach
    length = np.maximum(np.abs(out).max(axis=1, keepdims=True), 1e-9)
    return np.asarray(
        np.where(length > 1.0, out / length * (1.0 + 0.1 * np.tanh(length - 1.0)), out)
    )


def _apart(places: Floats, pinned: NDArray[np.bool_], rounds: int = 60) -> Floats:
    """Dots that would cover each other pushed apart, those that are pinned left where they are."""
    from scipy.spatial import cKDTree

    n = len(places)
    least = MIN_DOT_DISTANCE * 2.0 / np.sqrt(n)
    free = np.where(pinned, 0.0, 1.0)
    for _ in range(rounds):
        pairs = cKDTree(places).query_pairs(least, output_type="ndarray")
        pairs = pairs[(free[pairs[:, 0]] + free[pairs[:, 1]]) > 0]
        if not len(pairs):
            break
        one, two = pairs[:, 0], pairs[:, 1]
        gap = places[one] - places[two]
        length = np.linalg.norm(gap, axis=1)
        turn = (
            one * 2.399963 + two
        ) % 6.283185  # a direction for dots that lie on one another, the same each time
        way = np.where(length[:, None] > 1e-9, gap, np.stack([np.cos(turn), np.sin(turn)], axis=1))
        way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
        share = free[one] + free[two]
        push = way * ((least * 1.02 - length) / share)[:, None]
        move = _sum_rows(one, push * free[one][:, None], n) - _sum_rows(
            two, push * free[two][:, None], n
        )
        places = places + np.clip(0.6 * move, -least, least)
    return places


def _aligned(places: Floats, old: Floats, known: NDArray[np.bool_]) -> Floats:
    """Turned, mirrored, scaled and moved to lie on the old places as well as it can
    (Procrustes).
    """
    here, there = places[known], old[known]
    centre, target = here.mean(axis=0), there.mean(axis=0)
    left, values, right = np.linalg.svd((here - centre).T @ (there - target))
    spread = float(((here - centre) ** 2).sum()) or 1.0
    return np.asarray((places - centre) @ (left @ right) * (values.sum() / spread) + target)
