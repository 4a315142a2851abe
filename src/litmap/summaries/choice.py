"""Which sentences say what a paper is about: features, their weights, and a choice without
repetition.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from litmap.parsing.grammar import ET_AL_WORDS
from litmap.parsing.languages import ENGLISH, stop_words_of
from litmap.parsing.sentence_roles import roles_said, section_role
from litmap.summaries.sentences import Candidate, phrase_pattern, words_of
from litmap.summaries.standing_alone import points_back, points_inside

Floats = NDArray[np.float64]

_CUE = re.compile(
    r"\b(?:we (?:show|propose|present|prove|introduce|study|investigate|demonstrate|find|develop|"
    r"establish|provide"
    r"|consider|analy[sz]e|derive|describe|explore|give|obtain|argue|observe|examine|address|"
    r"design|report|conclude|characteri[sz]e)"
    r"|(?:this|our|the present) (?:paper|work|article|study|letter|survey|review|chapter|result|"
    r"results|approach|method"
    r"|algorithm|analysis|model|findings?|contributions?)|in (?:this|the present) (?:paper|work|"
    r"article|study|letter)"
    r"|results (?:show|suggest|indicate|demonstrate)|contributions?|outperforms?|state[- ]of[- ]"
    r"the[- ]art|novel)\b",
    re.I,
)
_CITES = re.compile(rf"\[\d|\(\d{{4}}\)|\b{ET_AL_WORDS}\b|, \d{{4}}[);]")
_WE = re.compile(r"\b(?:we|our)\b", re.I)
_OWN_VOICE = re.compile(r"^(?:in this (?:paper|work)|this paper|our|we)\b", re.I)
WEIGHTS: Mapping[str, float] = {
    "centre": 1.07,
    "title": 1.81,
    "cue": 0.4,
    "introduction": 0.37,
    "conclusion": 0.52,
    "related": -0.13,
    "aside": -0.85,
    "start": 0.17,
    "back": -0.2,
    "inner": -0.46,
    "length": -0.41,
    "limits": -0.19,
    "in question": 0.32,
    "in approach": -0.36,
    "in data": -0.54,
    "depth": 0.37,
    "cites": -0.37,
    "own voice": 0.14,
    "digits": -0.23,
}
"""Learnt by random search for the ROUGE of whole summaries against the abstracts of 102 papers that
are not among those that `benchmarks/quality/summaries.py` judges by.
"""
MARKED = 0.5
"""What a sentence's own score gains where the reader marked it."""
SALIENCE_SHARE = 0.62
"""Weight of a sentence's own score beside the pairs of words that it adds."""
TITLE_PAIRS = 2.6
"""How much more a pair of words counts that the title has."""
SECTION_SHARES: Mapping[str, float] = {
    "introduction": 1.1,
    "conclusion": 1.0,
    "body": 0.45,
    "related": 0.2,
    "aside": 0.05,
    "abstract": 1.0,
}
"""How much a pair of words counts by where its sentences stand."""
NEIGHBOUR = 0.2
"""What a sentence gains beside a chosen one: two in a row read as one thought."""
MAX_LIKENESS = 0.7
"""Cosine above which a sentence repeats another."""
_PREFIX = 7
"""Letters by which words are told apart: 'network', 'networks'."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Sentences with their scores (n,), how alike they are (n, n), and which pairs of words each
    has: bool (n, pairs), with the pairs' weights (pairs,).
    """

    candidates: Sequence[Candidate]
    scores: Floats
    similarity: Floats
    pairs: NDArray[np.bool_]
    weights: Floats


def tfidf(sentences: Sequence[Sequence[str]]) -> tuple[Floats, dict[str, int]]:
    """(n, terms) unit rows of log-tf times idf over the paper's own sentences, and each term's
    column.
    """
    column: dict[str, int] = {}
    for words in sentences:
        for word in words:
            if len(word) > 2:
                column.setdefault(word[:_PREFIX], len(column))
    counts = np.zeros((len(sentences), max(1, len(column))))
    for i, words in enumerate(sentences):
        for word in words:
            if len(word) > 2:
                counts[i, column[word[:_PREFIX]]] += 1.0
    df = (counts > 0).sum(axis=0)
    matrix = np.log1p(counts) * np.log((1 + len(sentences)) / (1 + df))
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.divide(matrix, norms, out=np.zeros_like(matrix), where=norms > 0), column


def has_cue(candidate: Candidate) -> bool:
    """Whether the sentence says what its paper does: 'we show', 'in dieser Arbeit'."""
    pattern = _cues(candidate.language)
    return bool(pattern.search(candidate.text))


def is_in_own_voice(candidate: Candidate) -> bool:
    """Whether the paper speaks of itself: by a cue, or in English by 'we' and 'our'."""
    is_english = candidate.language == ENGLISH
    return has_cue(candidate) or (is_english and bool(_WE.search(candidate.text)))


@cache
def _cues(language: str) -> re.Pattern[str]:
    return phrase_pattern("cue_phrases", language) or _CUE


def features(candidates: Sequence[Candidate], similarity: Floats, to_title: Floats) -> Floats:
    """(n, len(WEIGHTS)); `similarity` (n,) is to the paper's centre and `to_title` (n,) to its
    title.
    """
    out = np.zeros((len(candidates), len(WEIGHTS)))
    for i, c in enumerate(candidates):
        role = section_role(c.heading)
        out[i] = (
            similarity[i],
            to_title[i],
            has_cue(c),
            c.section == "introduction",
            c.section == "conclusion",
            c.section == "related",
            c.section == "aside",
            1.0 - c.inside,
            points_back(c.text, c.language),
            points_inside(c.text),
            min(len(c.words), 30) / 30,
            "limits" in roles_said(c.text, c.language),
            role == "question",
            role == "approach",
            role == "data",
            c.depth,
            bool(_CITES.search(c.text)),
            bool(_OWN_VOICE.match(c.text)),
            any(map(str.isdigit, c.text)),
        )
    return out


def rank(
    sentences: Sequence[Candidate], chosen: Sequence[Candidate], title: str, most: int
) -> Ranked:
    """Those of the `chosen` sentences that say most of the paper, `most` of them, in their order.

    All `sentences` count for what the paper is about.
    """
    if not chosen:
        return Ranked((), np.zeros(0), np.zeros((0, 0)), np.zeros((0, 0), bool), np.zeros(0))
    row = {id(sentence): i for i, sentence in enumerate(sentences)}
    matrix, column = tfidf([sentence.words for sentence in sentences])
    centre = matrix.mean(axis=0)
    centre /= np.linalg.norm(centre) or 1.0
    matrix = matrix[[row[id(sentence)] for sentence in chosen]]
    to_title = matrix @ _title_vector(title, column, matrix.shape[1])
    scores = features(chosen, _scaled(matrix @ centre), to_title) @ np.array([*WEIGHTS.values()])
    scores = scores + MARKED * np.array([c.marked for c in chosen], np.float64)
    keep = np.sort(np.argsort(-scores, kind="stable")[:most])
    own, matrix = [chosen[i] for i in keep], matrix[keep]
    pairs, weights = _weigh_pairs(sentences, own, title)
    return Ranked(own, scores[keep], matrix @ matrix.T, pairs, weights)


def pairs_of(words: Sequence[str], language: str = ENGLISH) -> set[tuple[str, str]]:
    """Neighbouring words of a sentence, not both stop words."""
    stop = stop_words_of(language)
    short = [(w if w in stop else w[:_PREFIX]) for w in words]
    return {pair for pair in pairwise(short) if not (pair[0] in stop and pair[1] in stop)}


def _weigh_pairs(
    sentences: Sequence[Candidate], own: Sequence[Candidate], title: str
) -> tuple[NDArray[np.bool_], Floats]:
    """Which pairs of words these sentences have, and how much each says of the paper: the more
    sentences have it, above all of introduction and conclusion.
    """
    has = [pairs_of(sentence.words, sentence.language) for sentence in own]
    column = {pair: i for i, pair in enumerate(dict.fromkeys(p for s in has for p in sorted(s)))}
    counts = np.zeros(len(column))
    for sentence in sentences:
        share = SECTION_SHARES[sentence.section]
        for pair in pairs_of(sentence.words, sentence.language):
            if pair in column:
                counts[column[pair]] += share
    in_title = {word[:_PREFIX] for word in words_of(title)}
    pairs = np.zeros((len(own), len(column)), bool)
    for i, held in enumerate(has):
        pairs[i, [column[pair] for pair in held]] = True
    is_title = [one in in_title and two in in_title for one, two in column]
    return pairs, np.log1p(counts) * np.where(is_title, TITLE_PAIRS, 1.0)


def pick(
    ranked: Ranked, most: int, words: int | None = None, allowed: Sequence[int] | None = None
) -> list[int]:
    """Rows, best first: at most `most`, and about `words` words, of the `allowed` rows.

    Greedy: each new sentence adds most pairs of words a word that no chosen one has (concepts of
    Gillick and Favre 2009) beside its own score.
    """
    if not ranked.candidates:
        return []
    lengths = np.array([max(1, len(c.words)) for c in ranked.candidates])
    order = np.array([c.order for c in ranked.candidates])
    added = ranked.pairs * ranked.weights
    norm = float((added.sum(axis=1) / lengths).max()) or 1.0
    is_open = np.zeros(len(lengths), bool)
    is_open[list(allowed) if allowed is not None else slice(None)] = True
    chosen: list[int] = []
    used = 0
    while is_open.any() and len(chosen) < most and (words is None or used < words):
        gain = SALIENCE_SHARE * ranked.scores + added.sum(axis=1) / lengths / norm
        if chosen:
            near = np.abs(order[:, None] - order[chosen][None, :]).min(axis=1) <= 1
            gain = gain + NEIGHBOUR * near
        best = int(np.argmax(np.where(is_open, gain, -np.inf)))
        is_open[best] = False
        if any(ranked.similarity[best, other] > MAX_LIKENESS for other in chosen):
            continue
        chosen.append(best)
        used += int(lengths[best])
        added[:, ranked.pairs[best]] = 0.0
    return chosen


def _title_vector(title: str, column: Mapping[str, int], terms: int) -> Floats:
    """The title as a unit vector (terms,) over the words of the paper."""
    vector = np.zeros(terms)
    for word in words_of(title):
        if len(word) > 2 and word[:_PREFIX] in column:
            vector[column[word[:_PREFIX]]] = 1.0
    vector /= np.linalg.norm(vector) or 1.0
    return vector


def _scaled(values: Floats) -> Floats:
    low, high = float(values.min()), float(values.max())
    return np.asarray((values - low) / (high - low)) if high > low else np.zeros_like(values)
