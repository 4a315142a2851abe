"""Does a work belong under no heading at all?

Being far from every heading says little: plain similarities hardly tell (AUROC .52 to .71 on the
collections tried). What tells is whether the works around it are filed: among the works of a
subject that the outline lacks none is, while every heading's works have filed ones among them. The
share of filed works is carried along the neighbour graph, as in learning from positive and
unlabelled examples (Elkan and Noto 2008), and joined with how weakly the best heading speaks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from litmap.topics.evidence import Floats
from litmap.topics.scoring import Scores, return_probabilities

MIN_REFERENCE_WORKS = 10
"""Filed works that show what belonging looks like."""
WALK_REACH = 0.9
"""How far filing is carried here; farther than in `scoring`, since only its share counts."""
WALK_STEPS = 40
LONELY_WEIGHT, WEAK_WEIGHT, UNLEARNT_WEIGHT, BIAS = 1.0, 0.5, 0.5, 3.5


def fits_none(graph: Any, scores: Scores, labels: Floats) -> Floats:
    """(n,) chance that a work belongs under no heading."""
    filed = np.asarray(labels.any(axis=1), dtype=np.bool_)
    reference = (
        filed
        if filed.sum() >= MIN_REFERENCE_WORKS
        else ~filed
        if (~filed).sum() >= 3
        else np.ones(len(filed), dtype=np.bool_)
    )
    weak = _robust_scores(-scores.prior.max(axis=1), reference)
    level = WEAK_WEIGHT * weak
    if filed.any():
        lonely = _robust_scores(-filed_share(graph, filed), reference)
        unlearnt = _robust_scores(-scores.learnt.max(axis=1), reference)
        level = LONELY_WEIGHT * lonely + WEAK_WEIGHT * weak + UNLEARNT_WEIGHT * unlearnt
    return np.asarray(1.0 / (1.0 + np.exp(BIAS - level)))


def filed_share(graph: Any, filed: NDArray[np.bool_]) -> Floats:
    """(n,) share of filed works among those a walk along the graph meets, the work itself left
    out.
    """
    both = np.stack([filed.astype(float), np.ones(len(filed))], axis=1)
    state = both.copy()
    for _ in range(WALK_STEPS):
        state = both + WALK_REACH * (graph @ state)
    met = state - return_probabilities(graph, WALK_REACH)[:, None] * both
    return np.asarray(met[:, 0] / np.maximum(met[:, 1], 1e-9))


def _robust_scores(values: Floats, reference: NDArray[np.bool_]) -> Floats:
    """On the scale of the usual works' differences, by median and quartiles so that strays do not
    hide.
    """
    low, middle, high = np.quantile(values[reference], [0.25, 0.5, 0.75])
    return np.asarray(np.clip((values - middle) / (0.74 * (high - low) + 1e-9), -6.0, 6.0))
