"""Candidates of a query and what speaks for each of them, in comparable units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from litmap.parsing.terms import QueryWord
from litmap.protocols import Encoder, QueryEncoder
from litmap.search.parts import Found, Question
from litmap.search.protocols import VectorRows, WordRows
from litmap.search.query import DEFAULT_KINDS
from litmap.search.ranking import (
    Scale,
    Weights,
    best_three,
    first_of_each,
    hubness,
    products,
    smooth,
)
from litmap.word_counts import Asked, WordCounts, idf_of

if TYPE_CHECKING:
    from litmap.search.protocols import Floats, Ints

MAX_SMOOTHED_WORKS = 100
"""Works, best first, whose words are smoothed over their likes; the others stay behind them."""
BACKGROUND_SIZE = 1000
"""Passages whose cosines tell what is usual for a query."""
FULL_WEIGHT_PASSAGES = 10
"""Passages beyond the first from which a work's second and third best count in full: an abstract's
second half need not be about what is asked, a paper that is has several passages about it.
"""
FULL_WEIGHT_MATCH = 0.4
"""Best BM25 of a passage, in parts of the rarity of the question's words together, from which words
count in full beside a multilingual model, and below it by the square of their share of it. A
question in the words of a paper has .6 to 1.5; in other words than any paper, or in another
language than the paper that answers, .15 to .4, and what is first by words then shares odd ones.
"""
MULTILINGUAL_PROBE = "Сегодня учёные читают книги. Οι άνθρωποι γράφουν σήμερα."
"""Plain words in scripts that a model of one language cuts into single letters."""


@dataclass(frozen=True)
class BackgroundSample:
    """Passages spread evenly over the library, which tell what is usual: vectors (n, dim) and their
    works' numbers.
    """

    vectors: Floats
    works: Ints


class VectorsOfRows(Protocol):
    """Where the vectors of rows can be had."""

    def vectors(self, rows: Ints) -> Floats:
        """float32 (n, dim)."""
        ...


@dataclass(frozen=True)
class Evidence:
    """Candidate rows with their work's number and what speaks for each; (n,) arrays.

    `meaning` and `words` are standard scores over all that is searched: 3 is three deviations above
    a usual passage. `whole` are the standard scores of their works' whole texts, `sizes` the
    passages of their works, `cited` the standard scores of the best sentences that cite their works
    (-inf without one). `scale` is that of the cosines.
    """

    rows: Ints
    works: Ints
    cosines: Floats
    meaning: Floats
    words: Floats
    whole: Floats
    sizes: Ints
    scale: Scale
    vectors: VectorsOfRows
    background: BackgroundSample
    cited: Floats | None = None


def embed_query(encoder: Encoder, text: str) -> Floats:
    """The query as a unit vector (dim,); a text beyond the model's window is the mean of its
    windows.
    """
    return unit_mean(encode_queries(encoder, _windows(encoder, text)))


def encode_queries(encoder: Encoder, texts: Sequence[str]) -> Floats:
    """Unit vectors (n, dim) of texts that ask, as the model has them."""
    encode = encoder.encode_queries if isinstance(encoder, QueryEncoder) else encoder.encode
    return encode(texts)


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


def sample_places(count: int) -> Ints:
    """The places of up to `BACKGROUND_SIZE` of so many passages, spread evenly."""
    return np.arange(0, count, max(1, count // BACKGROUND_SIZE))[:BACKGROUND_SIZE]


def sample_background(
    vectors: VectorRows, keywords: WordRows, kinds: Sequence[str] = DEFAULT_KINDS
) -> BackgroundSample:
    """Up to `BACKGROUND_SIZE` passages of the library, of kinds that have a vector."""
    embedded = np.flatnonzero(keywords.rows_of(kinds=kinds))
    rows = embedded[sample_places(embedded.size)]
    return BackgroundSample(vectors.vectors(rows), keywords.works[rows].astype(np.int64))


def is_multilingual(encoder: Encoder) -> bool:
    """Whether a model knows words of many languages: it cuts them into few pieces."""
    letters = sum(character.isalpha() for character in MULTILINGUAL_PROBE)
    return encoder.count([MULTILINGUAL_PROBE])[0] < letters / 2


def match_trust(best: float, asked: Asked, counts: WordCounts) -> float:
    """The share of their weight that words have whose best passage scores `best`."""
    rarity = sum(
        idf_of(counts.passages, held)
        for word, held in zip(asked.keys, counts.held.tolist(), strict=True)
        if isinstance(word, QueryWord)
    )
    return min(1.0, best / (FULL_WEIGHT_MATCH * rarity)) ** 2 if rarity > 0 else 1.0


def weigh(
    found: Found,
    question: Question,
    background: BackgroundSample,
    vectors: VectorsOfRows,
    *,
    by_match: bool = False,
) -> Evidence:
    """What was found as standard scores; with `by_match` words count by how much of the question
    the best passage holds.
    """
    counts = question.counts
    scale = Scale.of(products(background.vectors, question.vector))
    of_rows = Scale.of_sums(found.row_sums)
    of_works = Scale.of_sums(found.work_sums)
    trust = match_trust(found.best_match, question.asked, counts) if by_match else 1.0
    return Evidence(
        rows=found.rows,
        works=found.works,
        cosines=found.cosines,
        meaning=scale.apply(found.cosines),
        words=trust * of_rows.apply(found.words),
        whole=trust * of_works.apply(found.whole),
        sizes=found.sizes,
        scale=scale,
        vectors=vectors,
        background=background,
        cited=None if found.cited is None else _times(trust, of_rows.apply(found.cited)),
    )


def _times(trust: float, scores: Floats) -> Floats:
    """Standard scores that count by `trust`; what is not there stays so."""
    return np.where(np.isneginf(scores), scores, np.float32(trust) * scores)


def passage_scores(evidence: Evidence, weights: Weights) -> Floats:
    """One score for each candidate row."""
    fused = weights.meaning * evidence.meaning + weights.words * evidence.words
    scores: Floats = fused + weights.work * evidence.whole
    return scores


def work_scores(evidence: Evidence, weights: Weights) -> tuple[Ints, Floats]:
    """Numbers of the candidates' works, ascending, and one score for each: its best passages and
    its whole text.
    """
    works, meaning = best_three(evidence.works, evidence.meaning)
    _, words = best_three(evidence.works, evidence.words)
    first = np.unique(evidence.works, return_index=True)[1]
    lift = _citing_lift(evidence, first, words[:, 0]) * weights.words
    others = weights.others * np.minimum(
        1, (evidence.sizes[first] - 1) / FULL_WEIGHT_PASSAGES
    ).astype(np.float32)
    meant = weights.meaning * _with_others(meaning, others)
    keyword_scores = (
        weights.words * _with_others(words, others) + weights.whole * evidence.whole[first]
    )
    fused: Floats = (meant + keyword_scores + lift).astype(np.float32)
    top = np.sort(np.argsort(-fused, kind="stable")[:MAX_SMOOTHED_WORKS])
    nearest = evidence.vectors.vectors(
        evidence.rows[first_of_each(evidence.works, evidence.cosines)[top]]
    )
    smoothed = smooth(
        keyword_scores[top].astype(np.float32), nearest, weights.neighbours, weights.nearest
    )
    hub = hubness(
        nearest, works[top], evidence.background.vectors[::2], evidence.background.works[::2]
    )
    totals = (
        meant[top]
        + smoothed
        + lift[top]
        - weights.meaning * weights.csls_penalty / evidence.scale.deviation * hub
    )
    fused = np.minimum(fused, totals.min(initial=np.inf))
    fused[top] = totals
    return works, fused


def _citing_lift(evidence: Evidence, first: Ints, words: Floats) -> Floats:
    """By how much the best sentence that cites a candidate work says more, by words, than its best
    passage (`words`); `first` are the places of each work's first candidate.
    """
    if evidence.cited is None:
        return np.zeros_like(words)
    lift: Floats = np.maximum(0, evidence.cited[first] - words)
    return lift


def _with_others(best: Floats, share: Floats) -> Floats:
    """Best scores (n, 3) of works as one for each: the best, with this share of the other two's
    mean in its place.
    """
    total: Floats = best[:, 0] + share * (best[:, 1:].mean(axis=1) - best[:, 0])
    return total
