"""Two papers side by side: do they say the same, or the opposite?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np

from litmap.models import Sentence
from litmap.parsing.languages import ENGLISH, language_of
from litmap.parsing.phrases import phrases_pattern
from litmap.parsing.word_lists import load_lines
from litmap.summaries.choice import Floats

MIN_LIKENESS = 0.68
"""Cosine from which two sentences speak of the same."""
MAX_LIKENESS = 0.97
"""Cosine above which one is the other's copy: two versions of one text."""

Pattern = re.Pattern[str]


def compare(sentences: Sequence[Sentence], points: Floats) -> list[tuple[Sentence, Sentence]]:
    """Pairs of sentences of different works that speak of the same, the nearest first, each work in
    one pair; `points` (n, dim) are their vectors.
    """
    similarity = points @ points.T
    rows, columns = np.nonzero(np.triu(similarity, 1) >= MIN_LIKENESS)
    found = sorted(
        zip(rows.tolist(), columns.tolist(), strict=True), key=lambda p: (-similarity[p], p)
    )
    pairs: list[tuple[Sentence, Sentence]] = []
    taken: set[str] = set()
    for i, j in found:
        one, two = sentences[i], sentences[j]
        is_free = one.work != two.work and not {one.work, two.work} & taken
        if is_free and similarity[i, j] <= MAX_LIKENESS:
            pairs.append((one, two))
            taken |= {one.work, two.work}
    return pairs


def are_opposed(one: str, two: str) -> bool:
    """Does a word of one turn what the other says: 'does not', 'worse' where it has 'better'?

    Only of two sentences that speak of the same. Languages without a list are read as English.
    """
    first, second = one.casefold(), two.casefold()
    negations, opposites = _turning_words(language_of(f"{one} {two}"))
    if bool(negations.search(first)) != bool(negations.search(second)):
        return True
    return any(
        (left.search(first) and right.search(second) and not left.search(second))
        or (right.search(first) and left.search(second) and not right.search(second))
        for left, right in opposites
    )


@cache
def _turning_words(language: str) -> tuple[Pattern, list[tuple[Pattern, Pattern]]]:
    """What finds a language's negations, and its words with their opposites."""
    lines = [line.split(" ", 1) for line in load_lines("opposites", "litmap.summaries")]
    code = language if language in {code for code, _ in lines} else ENGLISH
    own = [pair.split("|") for own_code, pair in lines if own_code == code]
    negations = phrases_pattern(word for word, other in own if not other)
    return negations, [(phrases_pattern([a]), phrases_pattern([b])) for a, b in own if b]
