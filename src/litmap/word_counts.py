"""What a query asks of the words of a library, and how often they are held there: what BM25 weighs
by, added up over the parts of a library and over libraries.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from litmap.parsing.terms import QueryWord, pair_keys, query_words, term_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float32]

LONG_QUERY_WORDS = 80
"""Different words from which a query is as long as a passage."""
PAIR_WEIGHT = 0.2
"""How much a pair counts beside a word: its words have been counted already."""
MAX_JUDGED_WORDS = 20
"""Words of a query from which its language is judged."""
STOP_WORD_RATE = 0.3
"""Share of a language's passages that a stop word is taken to stand in."""


SUM_UNIT = 1 / 512
"""Scores are added up as whole multiples of it: such sums are exact, so they are the same however
passages are spread over segments and machines.
"""
SUMMED_AT_ONCE = 1 << 16
"""Scores that stay in a core's cache while they are added up."""
SAMPLED_PASSAGES = 500_000
"""Passages, about, whose scores are added up to tell what is usual, where there are many more."""


@dataclass(frozen=True, slots=True)
class Sums:
    """How high the scores of so many texts are: their sum and the sum of their squares, in units of
    `SUM_UNIT`. Those of several parts add up.
    """

    count: int = 0
    total: int = 0
    squares: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.count + other.count, self.total + other.total, self.squares + other.squares
        )


@dataclass(frozen=True, slots=True)
class Bm25:
    """How much repeats (`k1`) and length (`b`) count, and with what power beyond the first a word's
    rarity.
    """

    k1: float = 1.5
    b: float = 0.75
    rarity: float = 0.0

    @classmethod
    def for_query(cls, length: int) -> Bm25:
        """The parameters for a query of so many different words.

        A short query's words are each telling, so repeats saturate early; in a passage given as a
        query many words match by chance, above all common ones and in long texts, so rarity and
        length count for more. Measured, see benchmarks/RESULTS.md.
        """
        share = min(1.0, length / LONG_QUERY_WORDS)
        return cls(0.9 + 1.1 * share, 0.6 + 0.3 * share, share)


PAIR_BM25 = Bm25(0.9, 0.4)
"""How repeats and length count for pairs of neighbouring words."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked up: words and (by their keys) pairs of neighbours, with the weight of each and
    how it is scored.
    """

    keys: tuple[QueryWord | int, ...]
    weights: tuple[float, ...]
    bm25: tuple[Bm25, ...]

    @classmethod
    def of(
        cls,
        words: Mapping[QueryWord, float],
        pairs: Mapping[int, float],
        bm25: Bm25 | None = None,
    ) -> Asked:
        """These words and pairs; words are scored as those of a query of so many, or as `bm25`
        says.
        """
        own = bm25 or Bm25.for_query(len(words))
        return cls(
            (*words, *pairs),
            (*words.values(), *pairs.values()),
            (own,) * len(words) + (PAIR_BM25,) * len(pairs),
        )


@dataclass(frozen=True, slots=True)
class WordCounts:
    """How often an index holds what is asked for, and what it has in all. Those of several indexes
    that share no work add up to those of one.

    `held` (asked,) are the passages that hold each, `held_works` the works.
    """

    passages: int
    length: int
    works: int
    held: Ints
    held_works: Ints

    def __add__(self, other: WordCounts) -> WordCounts:
        return WordCounts(
            self.passages + other.passages,
            self.length + other.length,
            self.works + other.works,
            self.held + other.held,
            self.held_works + other.held_works,
        )

    @property
    def mean_length(self) -> float:
        """Words of a passage."""
        return self.length / self.passages if self.passages else 1.0

    @property
    def mean_work_length(self) -> float:
        """Words of a work."""
        return self.length / max(self.works, 1)


def idf_of(total: int, holding: int) -> float:
    """BM25's weight of a word that so many of all passages hold; 0 where a damaged build says that
    more hold it than there are.
    """
    if not total or holding > total:
        return 0.0
    return float(np.log1p((total - holding + 0.5) / (holding + 0.5)))


def ask(words: Sequence[QueryWord], languages: Sequence[str], bm25: Bm25 | None = None) -> Asked:
    """The words of a query, each weighing as often as it stands there, and the pairs of
    neighbours in each language.
    """
    weights: dict[QueryWord, float] = {}
    for word in words:
        weights[word] = weights.get(word, 0.0) + 1.0
    pairs: dict[int, float] = {}
    for language in languages:
        own = [term_key(term) for word in words if (term := word.term_in(language))]
        of_language: dict[int, float] = {}
        for key in pair_keys(own):
            of_language[key] = of_language.get(key, 0.0) + PAIR_WEIGHT
        for key, weight in of_language.items():
            pairs[key] = max(pairs.get(key, 0.0), weight)
    return Asked.of(weights, pairs, bm25)


def first_words(text: str, languages: tuple[str, ...]) -> list[QueryWord]:
    """The different words of a query by which its language is judged."""
    return list(dict.fromkeys(query_words(text, languages)[:MAX_JUDGED_WORDS]))


def judge_language(text: str, sizes: Mapping[str, int], held: Sequence[Mapping[str, int]]) -> str:
    """The language of a query, of those that passages are in: the one in whose passages its words
    are most usual. `sizes` are the passages of each language, `held` those that hold each
    word (see `KeywordIndex.held_by_language`).
    """
    languages = tuple(sizes)
    likelihoods = np.zeros(len(languages))
    for word, own in zip(first_words(text, languages), held, strict=True):
        rates = [
            (own.get(language, 0) + 0.1) / (sizes[language] + 1)
            if word.term_in(language)
            else STOP_WORD_RATE
            for language in languages
        ]
        likelihoods += np.log(rates)
    return languages[int(np.argmax(likelihoods))]


def sampled_share(passages: int) -> int:
    """Of how many works one is in the sample of a library with so many passages."""
    return max(1, passages // SAMPLED_PASSAGES)


def is_sampled(work: str, every: int) -> bool:
    """Whether a work is in the sample of one in `every`: told by its id alone, so that it is in
    that of every library it stands in.
    """
    return zlib.crc32(work.encode("utf-8", "surrogatepass")) % every == 0


def exact_sums(scores: Floats, count: int) -> Sums:
    """The sums of scores, which are those of so many texts."""
    total = squares = 0
    for begin in range(0, scores.size, SUMMED_AT_ONCE):
        some = scores[begin : begin + SUMMED_AT_ONCE]
        units = np.rint(some * np.float32(1 / SUM_UNIT)).astype(np.float64)
        total += int(units.sum())
        squares += int(np.einsum("i,i->", units, units))
    return Sums(count, total, squares)
