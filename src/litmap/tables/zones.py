"""Which part of an abstract an English sentence reads like: background, objective, method, result.

A logistic regression over words and pairs of words, learnt on the 2,189 abstracts of CSAbstruct
(Cohan et al. 2019; `benchmarks/quality/tables.py`). Written as the word or pair, then its weight
for each part.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from litmap.parsing.word_lists import load_lines

ZONES = ("background", "objective", "method", "result")
START, NUMBER = "^", "0"
"""Stand for a sentence's beginning and for any number."""
INTERCEPT = "intercept"
FLOOR = 0.01
"""Probability below which one part is as unlikely as another."""
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d[\d.,]*%?")


def grams(text: str) -> Iterator[str]:
    """A sentence's words and pairs of neighbouring words, with '_' between them."""
    words = (NUMBER if word[0].isdigit() else word for word in _TOKEN.findall(text.casefold()))
    tokens = [START, *words]
    yield from tokens[1:]
    yield from ("_".join(pair) for pair in pairwise(tokens))


def zone_scores(text: str) -> list[float]:
    """Logarithms of the probabilities of `ZONES`, above what they are by chance."""
    weights = _weights()
    found = [weights[gram] for gram in set(grams(text)) if gram in weights]
    sums = [sum(values) for values in zip(weights[INTERCEPT], *found, strict=True)]
    peak = max(sums)
    shares = [math.exp(value - peak) for value in sums]
    total = sum(shares)
    return [math.log((share / total + FLOOR) * len(ZONES)) for share in shares]


@cache
def _weights() -> dict[str, tuple[float, ...]]:
    rows = (line.split() for line in load_lines("zone_weights", "litmap.tables"))
    return {gram: tuple(map(float, values)) for gram, *values in rows}
