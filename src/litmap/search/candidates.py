"""Candidates of a query and what speaks for each of them, in comparable units."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from litmap.protocols import Encoder, QueryEncoder
from litmap.search.cited import CitingWords
from litmap.search.protocols import VectorRows, WordRows
from litmap.search.query import DEFAULT_KINDS
from litmap.search.ranking import (
    Scale,
    Weights,
    best_three,
    first_of_each,
    highest,
    hubness,
    products,
    smooth,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from litmap.search.protocols import Floats, Ints, Mask

logger = logging.getLogger(__name__)

CANDIDATES_PER_RANKING = 300
"""Passages taken from each of the two rankings; what neither holds among its first 300 is not
shown.
"""
MAX_SMOOTHED_WORKS = 100
"""Works, best first, whose words are smoothed over their likes; the others stay behind them."""
MIN_POST_FILTER_SHARE = 0.6
"""Share of rows allowed from which a search is not filtered but its answer is."""
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

    `sizes` has the passages of each of the keyword index's works.
    """

    vectors: Floats
    works: Ints
    sizes: Ints


@dataclass(frozen=True)
class Evidence:
    """Candidate rows with their work's number and what speaks for each; (n,) arrays.

    `meaning` and `words` are standard scores over the library: 3 is three deviations above a usual
    passage. `whole` are the standard scores of the works' whole texts, one for each of the keyword
    index's works. `scale` is that of the cosines.
    """

    rows: Ints
    works: Ints
    cosines: Floats
    meaning: Floats
    words: Floats
    whole: Floats
    scale: Scale
    vectors: VectorRows
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


def sample_background(
    vectors: VectorRows, keywords: WordRows, kinds: Sequence[str] = DEFAULT_KINDS
) -> BackgroundSample:
    """Up to `BACKGROUND_SIZE` passages of the library, of kinds that have a vector."""
    living = np.flatnonzero(keywords.rows_of())
    embedded = np.flatnonzero(keywords.rows_of(kinds=kinds))
    rows = embedded[:: max(1, embedded.size // BACKGROUND_SIZE)][:BACKGROUND_SIZE]
    works = keywords.works
    sizes = np.bincount(works[living], minlength=len(keywords.work_ids))
    return BackgroundSample(vectors.vectors(rows), works[rows].astype(np.int64), sizes)


@dataclass(frozen=True)
class KeywordScores:
    """BM25 of a query's words.

    `scores` (rows,) are of every row and `scale` is theirs; `best` are the allowed rows that score
    highest, ascending; `whole` (works,) are the standard scores of the works' whole texts, `cited`
    those of the best sentence that cites each. `trust` is how much of its weight this evidence has:
    see `FULL_WEIGHT_MATCH`.
    """

    scores: Floats
    scale: Scale
    best: Ints
    whole: Floats
    trust: float = 1.0
    cited: Floats | None = None


def is_multilingual(encoder: Encoder) -> bool:
    """Whether a model knows words of many languages: it cuts them into few pieces."""
    letters = sum(character.isalpha() for character in MULTILINGUAL_PROBE)
    return encoder.count([MULTILINGUAL_PROBE])[0] < letters / 2


def score_keywords(
    text: str,
    allowed: Mask,
    keywords: WordRows,
    *,
    by_match: bool = False,
    citing: CitingWords | None = None,
) -> KeywordScores:
    """BM25 of a text's words, by passage, by work and by what `citing` sentences say of it; with
    `by_match` they count by how much of the text a passage holds.

    Needs no vector, so it can be worked out while the text is embedded.
    """
    scores, whole = keywords.all_scores(text)
    permitted = np.where(allowed, scores, np.float32(0))
    best = highest(permitted, CANDIDATES_PER_RANKING)
    trust = _match_trust(text, float(permitted.max(initial=0)), keywords) if by_match else 1.0
    scale = Scale.of(scores)
    cited = citing.best(text, scale) if citing is not None else None
    return KeywordScores(scores, scale, best, Scale.of(whole).apply(whole), trust, cited)


def _match_trust(text: str, best: float, keywords: WordRows) -> float:
    """The share of their weight that words have whose best passage scores `best`."""
    rarity = sum(keywords.idf(word) for word in dict.fromkeys(keywords.words_of(text)))
    return min(1.0, best / (FULL_WEIGHT_MATCH * rarity)) ** 2 if rarity > 0 else 1.0


def gather(
    vector: Floats,
    keyword_scores: Callable[[], KeywordScores],
    allowed: Mask,
    *,
    background: BackgroundSample,
    vectors: VectorRows,
    works: NDArray[np.int32],
) -> Evidence:
    """The allowed rows that rank high by meaning or by words, with both kinds of evidence for each.

    `keyword_scores` is asked last, for it may still be at work. `works` has each row's work.
    """
    near, near_cosines = _nearest(vector, allowed, vectors)
    scale = Scale.of(products(background.vectors, vector))
    by_words = keyword_scores()
    rows = np.union1d(near, by_words.best).astype(np.int64)
    logger.debug(
        "%d candidates: %d by meaning, %d by words", rows.size, near.size, by_words.best.size
    )
    cosines = np.empty(rows.size, np.float32)
    known = np.searchsorted(rows, near)
    cosines[known] = near_cosines
    other = np.ones(rows.size, bool)
    other[known] = False
    cosines[other] = products(vectors.vectors(rows[other]), vector)
    return Evidence(
        rows=rows,
        works=works[rows].astype(np.int64),
        cosines=cosines,
        meaning=scale.apply(cosines),
        words=by_words.trust * by_words.scale.apply(by_words.scores[rows]),
        whole=by_words.trust * by_words.whole,
        scale=scale,
        vectors=vectors,
        background=background,
        cited=None if by_words.cited is None else by_words.trust * by_words.cited,
    )


def _nearest(vector: Floats, allowed: Mask, vectors: VectorRows) -> tuple[Ints, Floats]:
    """The `CANDIDATES_PER_RANKING` allowed rows most similar to the vector, and their cosines.

    Where nearly everything is allowed it is faster to ask for more and drop the rest; the rows are
    the same.
    """
    share = np.count_nonzero(allowed) / max(allowed.size, 1)
    if share > MIN_POST_FILTER_SHARE:
        asked = int(1.2 * CANDIDATES_PER_RANKING / share) + 50
        scores, rows = (part[0] for part in vectors.search(vector[None, :], asked))
        kept = (rows >= 0) & (rows < allowed.size)
        kept[kept] = allowed[rows[kept]]
        if np.count_nonzero(kept) >= CANDIDATES_PER_RANKING or rows[-1] < 0:
            logger.debug("vector search filtered afterwards: %.0f %% of rows allowed", 100 * share)
            return rows[kept][:CANDIDATES_PER_RANKING], scores[kept][:CANDIDATES_PER_RANKING]
    logger.debug("vector search filtered inside: %.0f %% of rows allowed", 100 * share)
    scores, rows = (
        part[0] for part in vectors.search(vector[None, :], CANDIDATES_PER_RANKING, allowed)
    )
    return rows[rows >= 0], scores[rows >= 0]


def passage_scores(evidence: Evidence, weights: Weights) -> Floats:
    """One score for each candidate row."""
    fused = weights.meaning * evidence.meaning + weights.words * evidence.words
    scores: Floats = fused + weights.work * evidence.whole[evidence.works]
    return scores


def work_scores(evidence: Evidence, weights: Weights) -> tuple[Ints, Floats]:
    """Numbers of the candidates' works, ascending, and one score for each: its best passages and
    its whole text.
    """
    works, meaning = best_three(evidence.works, evidence.meaning)
    _, words = best_three(evidence.works, evidence.words)
    lift = _citing_lift(evidence, words[:, 0]) * weights.words
    others = weights.others * np.minimum(
        1, (evidence.background.sizes[works] - 1) / FULL_WEIGHT_PASSAGES
    ).astype(np.float32)
    meant = weights.meaning * _with_others(meaning, others)
    keyword_scores = (
        weights.words * _with_others(words, others) + weights.whole * evidence.whole[works]
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


def _citing_lift(evidence: Evidence, words: Floats) -> Floats:
    """By how much the best sentence that cites a candidate work says more, by words, than its best
    passage (`words`).
    """
    if evidence.cited is None:
        return np.zeros_like(words)
    lift: Floats = np.maximum(0, evidence.cited[np.unique(evidence.works)] - words)
    return lift


def _with_others(best: Floats, share: Floats) -> Floats:
    """Best scores (n, 3) of works as one for each: the best, with this share of the other two's
    mean in its place.
    """
    total: Floats = best[:, 0] + share * (best[:, 1:].mean(axis=1) - best[:, 0])
    return total
