"""Does a work belong under no heading at all?

Being far from every heading says little: plain similarities hardly tell (AUROC .52 to .71 on the collections tried).
What tells is whether the works around it are filed: among the works of a subject that the outline lacks none is, while
every heading's works have filed ones among them. The share of filed works is carried along the neighbour graph, as
in learning from positive and unlabelled examples (Elkan and Noto 2008), and joined with how weakly the best heading
speaks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from litmap.topics.evidence import Floats
from litmap.topics.scoring import Scores, returns

ENOUGH = 10  # filed works that show what belonging looks like
REACH = (
    0.9  # how far filing is carried here; farther than in `scoring`, since only its share counts
)
STEPS = 40
LONELY, WEAK, UNLEARNT, BIAS = 1.0, 0.5, 0.5, 3.5


def fits_none(graph: Any, scores: Scores, labels: Floats) -> Floats:
    """(n,) chance that a work belongs under no heading."""
    filed = np.asarray(labels.any(axis=1), dtype=np.bool_)
    usual = (
        filed
        if filed.sum() >= ENOUGH
        else ~filed
        if (~filed).sum() >= 3
        else np.ones(len(filed), dtype=np.bool_)
    )
    weak = _standard(-scores.prior.max(axis=1), usual)
    level = WEAK * weak
    if filed.any():
        lonely = _standard(-filed_share(graph, filed), usual)
        unlearnt = _standard(-scores.learnt.max(axis=1), usual)
        level = LONELY * lonely + WEAK * weak + UNLEARNT * unlearnt
    return np.asarray(1.0 / (1.0 + np.exp(BIAS - level)))


def filed_share(graph: Any, filed: NDArray[np.bool_]) -> Floats:
    """(n,) share of filed works among those a walk along the graph meets, the work itself left out."""
    both = np.stack([filed.astype(float), np.ones(len(filed))], axis=1)
    state = both.copy()
    for _ in range(STEPS):
        state = both + REACH * (graph @ state)
    met = state - returns(graph, REACH)[:, None] * both
    return np.asarray(met[:, 0] / np.maximum(met[:, 1], 1e-9))


def _standard(values: Floats, usual: NDArray[np.bool_]) -> Floats:
    """On the scale of the usual works' differences, by median and quartiles so that strays do not hide."""
    low, middle, high = np.quantile(values[usual], [0.25, 0.5, 0.75])
    return np.asarray(np.clip((values - middle) / (0.74 * (high - low) + 1e-9), -6.0, 6.0))
