"""How sure is sure: scores become chances that hold, measured on the works the reader filed."""

from __future__ import annotations

import numpy as np

from litmap.topics.evidence import Floats
from litmap.topics.scoring import softmax

PRIOR_SHARPNESS = 0.9
"""Sharpness over the collections tried, for libraries with few filed works."""
PRIOR_WEIGHT = 20.0
"""Filed works that weigh as much as `PRIOR_SHARPNESS`."""

ACCEPTED_SHARE = 0.25
"""Share of disagreements in which the suggestion is as good as the reader's own heading. Among 245
papers whose second best places were marked by hand it was 0.28; chances are chances that a reader
accepts, not that they said the same.
"""


def fit_sharpness(scores: Floats, labels: Floats) -> float:
    """The factor for which the softmax of the scores is as sure, on average, as it is right about
    the filed works (or as good as right).

    Each filed work is judged as if it were not filed; one that is alone under its headings is left
    out, for without it nothing there could be learnt. Judged so, a work has one example less than a
    new one has: errors are taken to fall with the root of the number of examples. With few works
    the factor stays close to the usual one.
    """
    many = (labels > 0).sum(axis=0) > 1
    judged = (labels[:, many] > 0).any(axis=1)
    n = int(judged.sum())
    if n == 0:
        return PRIOR_SHARPNESS
    own, right = scores[judged], labels[judged] > 0
    hits = float(right[np.arange(n), own.argmax(axis=1)].mean())
    examples = n / float(many.sum())
    missed = (
        (1.0 - ACCEPTED_SHARE)
        * (1.0 - hits)
        * float(np.sqrt(max(examples - 1.0, 1.0) / max(examples, 1.0)))
    )
    grid = np.geomspace(0.1, 6.0, 60)
    sure = np.array([softmax(factor * own).max(axis=1).mean() for factor in grid])
    fitted = float(grid[int(np.argmin(np.abs(1.0 - missed - sure)))])
    return float(
        np.exp((n * np.log(fitted) + PRIOR_WEIGHT * np.log(PRIOR_SHARPNESS)) / (n + PRIOR_WEIGHT))
    )


def resolution(filed: int) -> float:
    """The smallest chance that `filed` works can tell from none, by Laplace's rule of succession.

    After n tries that all went well, one in n + 2 is expected to go wrong; the works that weigh as
    the usual count.
    """
    return 1.0 / (filed + PRIOR_WEIGHT + 2.0)
