"""How sure is sure: scores become probabilities that hold, measured on the works the reader filed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from litmap.topics.evidence import Floats
from litmap.topics.scoring import softmax

DEFAULT_SHARPNESS = 1.0  # fitted over several collections, for libraries with few filed works
DEFAULT_WEIGHT = 30.0  # filed works that weigh as much as the default


def fit_sharpness(scores: Floats, labels: Floats) -> float:
    """The factor whose softmax of the scores is likeliest to give the filed works' headings.

    Where few are filed it stays close to the default (a log-normal prior worth `DEFAULT_WEIGHT` works).
    """
    filed = labels.any(axis=1)
    grid = np.geomspace(0.2, 5.0, 41)
    losses: NDArray[np.float64] = DEFAULT_WEIGHT * np.log(grid / DEFAULT_SHARPNESS) ** 2
    if filed.any():
        for i, factor in enumerate(grid):
            chance = (softmax(factor * scores[filed]) * (labels[filed] > 0)).sum(axis=1)
            losses[i] -= np.log(np.maximum(chance, 1e-9)).sum()
    return float(grid[int(np.argmin(losses))])
