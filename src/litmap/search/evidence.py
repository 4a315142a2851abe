"""Candidates of a query and what speaks for each of them, in comparable units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from litmap.models import Encoder
from litmap.search.parts import VectorRows, WordRows
from litmap.search.ranking import Scale, Weights, best_of_each, first_of_each, highest, products, smooth

if TYPE_CHECKING:
    from litmap.search.parts import Floats, Ints, Mask

CANDIDATES = 300
"""Passages taken from each of the two rankings; what neither holds among its first 300 is not shown."""
SMOOTHED = 100
"""Works, best first, whose words are smoothed over their likes; the others stay behind them."""
MOSTLY = 0.6
"""Share of rows allowed from which a search is not filtered but its answer is."""
SAMPLE = 1000
"""Passages whose cosines tell what is usual for a query."""


@dataclass(frozen=True)
class Evidence:
    """Candidate rows with their work's number and what speaks for each; (n,) arrays.

    `meaning` and `words` are standard scores over the library: 3 is three deviations above a usual passage.
    `whole` are the standard scores of the works' whole texts, one for each of the keyword index's works.
    """

    rows: Ints
    works: Ints
    cosines: Floats
    meaning: Floats
    words: Floats
    whole: Floats
    vectors: Floats


def embed_query(encoder: Encoder, text: str) -> Floats:
    """The query as a unit vector (dim,); a text beyond the model's window is the mean of its windows."""
    return unit_mean(encoder.encode(_windows(encoder, text)))


def unit_mean(vectors: Floats) -> Floats:
    """The mean of vectors (n, dim), normalised again."""
    mean = vectors.mean(axis=0)
    unit: Floats = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return unit


def _windows(encoder: Encoder, text: str) -> list[str]:
    if len(text) < encoder.window - 2:  # a token has at least one character
        return [text]
    spans = encoder.offsets(text)
    size = max(encoder.window - 2, 1)
    if len(spans) <= size:
        return [text]
    step = -(-len(spans) // -(-len(spans) // size))
    pieces = [spans[i : i + step] for i in range(0, len(spans), step)]
    return [text[piece[0][0] : piece[-1][1]] for piece in pieces]


def usual_vectors(vectors: VectorRows, rows: Ints) -> Floats:
    """Vectors of up to `SAMPLE` rows spread evenly over the library."""
    if not rows.size:
        return vectors.vectors(rows)
    return vectors.vectors(rows[:: max(1, rows.size // SAMPLE)][:SAMPLE])


def gather(
    vector: Floats, text: str, allowed: Mask, *, usual: Floats, vectors: VectorRows, keywords: WordRows
) -> Evidence:
    """The allowed rows that rank high by meaning or by words, with both kinds of evidence for each."""
    by_words, whole = keywords.all_scores(text)
    scale = Scale.of(by_words)
    matching = np.where(allowed, by_words, np.float32(0))
    rows = np.union1d(_nearest(vector, allowed, vectors), highest(matching, CANDIDATES)).astype(np.int64)
    own = vectors.vectors(rows)
    cosines = products(own, vector)
    return Evidence(
        rows=rows,
        works=keywords.works[rows].astype(np.int64),
        cosines=cosines,
        meaning=Scale.of(products(usual, vector)).apply(cosines),
        words=scale.apply(by_words[rows]),
        whole=Scale.of(whole).apply(whole),
        vectors=own,
    )


def _nearest(vector: Floats, allowed: Mask, vectors: VectorRows) -> Ints:
    """The `CANDIDATES` allowed rows most similar to the vector.

    Where nearly everything is allowed it is faster to ask for more and drop the rest; the rows are the same.
    """
    share = np.count_nonzero(allowed) / max(allowed.size, 1)
    if share > MOSTLY:
        asked = int(1.2 * CANDIDATES / share) + 50
        found = vectors.search(vector[None, :], asked)[1][0]
        rows = found[(found >= 0) & (found < allowed.size)]
        rows = rows[allowed[rows]]
        if rows.size >= CANDIDATES or found[-1] < 0:
            nearest: Ints = rows[:CANDIDATES]
            return nearest
    found = vectors.search(vector[None, :], CANDIDATES, np.flatnonzero(allowed))[1][0]
    kept: Ints = found[found >= 0]
    return kept


def passage_scores(evidence: Evidence, weights: Weights) -> Floats:
    """One score for each candidate row."""
    fused = weights.meaning * evidence.meaning + weights.words * evidence.words
    scores: Floats = fused + weights.work * evidence.whole[evidence.works]
    return scores


def work_scores(evidence: Evidence, weights: Weights) -> tuple[Ints, Floats]:
    """Numbers of the candidates' works, ascending, and one score for each: its best passages and its whole text."""
    shares = (1 - weights.others, weights.others / 2, weights.others / 2)
    works, meaning = best_of_each(evidence.works, evidence.meaning, shares)
    _, by_words = best_of_each(evidence.works, evidence.words, shares)
    by_words = weights.words * by_words + weights.whole * evidence.whole[works]
    fused = (weights.meaning * meaning + by_words).astype(np.float32)
    top = np.sort(np.argsort(-fused, kind="stable")[:SMOOTHED])
    nearest = evidence.vectors[first_of_each(evidence.works, evidence.cosines)[top]]
    smoothed = smooth(by_words[top].astype(np.float32), nearest, weights.neighbours, weights.nearest)
    totals = weights.meaning * meaning[top] + smoothed
    fused = np.minimum(fused, totals.min(initial=np.inf))
    fused[top] = totals
    return works, fused
