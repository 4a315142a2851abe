"""From evidence to a score for each work under each heading, with the reader's own filings as
examples.

Two learners share one prior, what the headings' texts say. A Gaussian-process regression (Rasmussen
and Williams 2006, section 2.2; leave-one-out by their equation 5.12) learns from the works the
reader filed, and 'learning with local and global consistency' (Zhou et al. 2004) carries the
filings along nearest neighbours and citations. Both answer for a filed work as if it were not
filed, so that confidence is measured honestly and misfits can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from litmap.topics.evidence import Evidence, Floats, unit

NOISE = 1.0
"""Variance of a filing in the regression: how much one may be the reader's whim."""
PROPAGATION_ALPHA = 0.8
"""How far a filing travels along the graph (alpha of Zhou et al.)."""
NEIGHBOURS = 10
MAX_EXACT_WORKS = 1500
"""Works up to which matrices are inverted rather than approximated."""
SEED_WEIGHT = 6.0
"""Weight of a filing against the prior of an unfiled work, in the graph."""
WORD_WEIGHT = 0.5
"""Weight of the words' latent dimensions against vectors, in the kernel."""


@dataclass(frozen=True, slots=True)
class Scores:
    """`prior`, `learnt` and `spread` are (n, m), each as if the work itself were not filed. `filed`
    is the mean number of filed works a heading has.
    """

    prior: Floats
    learnt: Floats
    spread: Floats
    filed: float

    def total(self) -> Floats:
        """(n, m): both learners on one scale; the regression counts only as far as there is
        something to learn from.
        """
        share = self.filed / (self.filed + 0.5)
        return share * row_scores(self.learnt) + (2.0 - share) * row_scores(
            np.log(np.maximum(self.spread, 1e-6))
        )


def softmax(scores: Floats) -> Floats:
    """Rows that sum to one."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def row_scores(scores: Floats) -> Floats:
    """Each work's scores on one scale."""
    return np.asarray(
        (scores - scores.mean(axis=1, keepdims=True)) / (scores.std(axis=1, keepdims=True) + 1e-9)
    )


def features(evidence: Evidence, word_weight: float = WORD_WEIGHT) -> Floats:
    """(n, d) all views side by side, unit rows: the space in which works are near or far."""
    parts = [evidence.meaning, word_weight * evidence.latent]
    if evidence.body.any():
        parts += [evidence.body, word_weight * evidence.body_latent]
    return unit(np.concatenate(parts, axis=1))


def neighbour_graph(
    points: Floats, cites: Any, neighbours: int = NEIGHBOURS, *, normalise: bool = True
) -> Any:
    """Sparse symmetric (n, n): cosines of nearest neighbours, raised by citations; normalised by
    degree if asked.
    """
    from scipy import sparse

    n = len(points)
    k = min(neighbours, n - 1)
    if k < 1:
        return sparse.csr_matrix((n, n))
    near = np.empty((n, k), dtype=np.int64)
    cosine = np.empty((n, k))
    for start in range(0, n, 1024):
        block = points[start : start + 1024] @ points.T
        block[np.arange(len(block)), np.arange(start, start + len(block))] = -2.0
        top = np.argpartition(-block, k - 1, axis=1)[:, :k]
        near[start : start + 1024] = top
        cosine[start : start + 1024] = np.take_along_axis(block, top, axis=1)
    rows = np.repeat(np.arange(n), k)
    graph = sparse.csr_matrix((np.maximum(cosine, 0.0).ravel(), (rows, near.ravel())), shape=(n, n))
    graph = graph.maximum(graph.T)
    if cites is not None and cites.nnz and graph.nnz:
        graph = graph + 0.5 * float(graph.data.mean()) * cites
    if not normalise:
        return graph.tocsr()
    degree = np.asarray(graph.sum(axis=1)).ravel()
    scale = sparse.diags(1.0 / np.sqrt(np.where(degree > 0, degree, 1.0)))
    return (scale @ graph @ scale).tocsr()


def regress(points: Floats, prior: Floats, labels: Floats) -> Floats:
    """(n, m) the regression's posterior mean; for a filed work, with its own filing left out."""
    filed = np.flatnonzero(labels.any(axis=1))
    if not len(filed):
        return prior
    target = labels[filed] - prior[filed]
    kernel = points @ points[filed].T
    inverse = np.linalg.inv(kernel[filed] + NOISE * np.eye(len(filed)))
    weights = inverse @ target
    out = prior + kernel @ weights
    out[filed] = labels[filed] - weights / np.diag(inverse)[:, None]
    return np.asarray(out)


def propagate(graph: Any, prior: Floats, labels: Floats) -> Floats:
    """(n, m) filings and prior carried along the graph; for a filed work, with its own filing left
    out.
    """
    seeds = np.where(labels.any(axis=1, keepdims=True), SEED_WEIGHT * labels, prior)
    state = seeds.copy()
    for _ in range(40):
        state = seeds + PROPAGATION_ALPHA * (graph @ state)
    return np.asarray(
        state - return_probabilities(graph, PROPAGATION_ALPHA)[:, None] * (seeds - prior)
    )


def return_probabilities(graph: Any, reach: float) -> Floats:
    """(n,) how much of what a work sends along the graph comes back to it: the diagonal of (1 -
    reach graph)^-1.

    Exact for small libraries; for larger ones, where walks seldom come back, the first four steps.
    """
    n = graph.shape[0]
    if n <= MAX_EXACT_WORKS:
        return np.asarray(np.diag(np.linalg.inv(np.eye(n) - reach * graph.toarray())))
    twice = graph @ graph
    steps = (graph.multiply(graph), twice.multiply(graph), twice.multiply(twice))
    first_steps = 1.0 + sum(
        reach**k * np.asarray(step.sum(axis=1)).ravel() for k, step in enumerate(steps, 2)
    )
    return np.asarray(first_steps)


def score(evidence: Evidence, points: Floats, graph: Any, labels: Floats) -> Scores:
    """Scores of every work under every heading. `labels` (n, m): each filed work's headings, rows
    summing to one.

    The headings' texts are trusted sharply while nothing is filed, and less with every example.
    """
    filed = float(labels.sum() / max(1, labels.shape[1]))
    prior = softmax((1.0 + 1.0 / (1.0 + filed)) * evidence.headings)
    return Scores(
        evidence.headings, regress(points, prior, labels), propagate(graph, prior, labels), filed
    )
