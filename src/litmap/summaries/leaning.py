"""How likely does an English sentence lean on what stands around it?

For what no kind of `standing_alone` names: 'the fluctuations' that were told before, a result that
says too little. A logistic regression learnt on sentences of papers that were read one by one
(`benchmarks/quality/standing_alone.py`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache

from litmap.parsing.languages import ENGLISH, stop_words_of
from litmap.parsing.phrases import phrases_pattern
from litmap.parsing.word_lists import load_lines
from litmap.summaries.acronyms import acronyms, unexplained
from litmap.summaries.sentences import words_of

MAX_CHANCE = 0.16
"""Chance of leaning above which a sentence is not shown: of those judged by hand that are below it,
in papers left out of the learning, 4 of 100 lean.
"""
MAX_CHANCE_ALONE = 0.25
"""The same for a paper without an abstract, of which nothing else would be shown."""
NEIGHBOURS = 2
"""Sentences before it, in its section, that a sentence is compared with."""
FEW_WORDS = 4
"""Words that not every paper has below which a sentence says little."""
_STEM = 6
"""Letters by which words are told apart: 'network', 'networks'."""
_TOKEN = re.compile(r"[\w’'-]+|[^\w\s]")
_ING = re.compile(r"\w+ing\b")
_HYPHEN = re.compile(r"\w-\w")
_COMPLETED = frozenset(("of", "that", "which"))
"""'the loss of networks': what follows says which."""
_AUXILIARIES = frozenset(
    ("is", "are", "was", "were", "be", "been", "has", "have", "had", "can", "could", "may", "might")
) | {"will", "would"}
_THAN = re.compile(r"^ than\b")

INTERCEPT = 1.37
WEIGHTS: Mapping[str, float] = {
    "title": -2.14,
    "length": -0.67,
    "hyphens": -0.20,
    "claims": -0.53,
    "names itself": -0.69,
    "compares": 0.14,
    "weighs": 0.79,
    "begins with -ing": 0.88,
    "near the beginning": -0.79,
    "known from before": 0.78,
    "unsaid": 0.32,
    "coined": 0.35,
    "says little": 1.63,
}
"""Learnt on the sentences of `benchmarks/data/standing_alone.json`."""


def leaning(
    text: str,
    title: str,
    before: Sequence[str],
    coined: Collection[str] = (),
    language: str = ENGLISH,
) -> float:
    """From 0 to 1: how likely a reader who knows the paper's title, and not the sentences `before`
    it in its section, is left asking which thing is meant; 0 for languages other than English, of
    which nothing was learnt. `coined` are the paper's own acronyms.
    """
    if language != ENGLISH:
        return 0.0
    found = features(text, title, before, coined)
    total = INTERCEPT + sum(WEIGHTS[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-total))


def features(
    text: str, title: str, before: Sequence[str], coined: Collection[str] = ()
) -> dict[str, float]:
    """What speaks for and against leaning, by name."""
    folded = text.casefold()
    in_title, own = _stems(title), _stems(text)
    nearby = _stems(" ".join(before[-NEIGHBOURS:])) - in_title
    things = list(_unsaid_things(folded, in_title))
    plain = {word[:_STEM] for word in _pattern("plain").findall(folded)}
    return {
        "title": len(own & in_title) / max(1, len(in_title)),
        "length": math.log(max(1, len(words_of(text)))),
        "hyphens": len(_HYPHEN.findall(text)),
        "claims": _count("claims", folded),
        "names itself": _count("names-itself", folded),
        "compares": _count("compares", folded),
        "weighs": _count("weighs", folded),
        "begins with -ing": float(bool(_ING.match(folded))),
        "near the beginning": float(len(before) < NEIGHBOURS),
        "known from before": sum(thing in nearby for thing in things),
        "unsaid": len(things),
        "coined": len(unexplained(text) & (set(coined) - acronyms(title))),
        "says little": float(len(own - plain) < FEW_WORDS),
    }


def _stems(text: str) -> set[str]:
    """The beginnings of a text's words without stop words."""
    stop = stop_words_of(ENGLISH)
    return {word[:_STEM] for word in words_of(text) if len(word) > 2 and word not in stop}


def _unsaid_things(folded: str, known: Collection[str]) -> Iterator[str]:
    """The nouns behind 'the' that neither the title nor the sentence has said before, and that
    nothing behind them completes: 'the fluctuations'.
    """
    words = _TOKEN.findall(folded)
    for number, word in enumerate(words):
        if word == "the":
            noun, follows = _noun_from(words, number + 1)
            said = {earlier[:_STEM] for earlier in words[:number]}
            if noun and noun not in said and noun not in known and follows not in _COMPLETED:
                yield noun


def _noun_from(words: Sequence[str], start: int) -> tuple[str, str]:
    """The last word of the run of content words that begins here, cut, and what follows it."""
    stop = stop_words_of(ENGLISH)
    noun = ""
    for word in words[start:]:
        if word in stop or word in _AUXILIARIES or not word[0].isalnum():
            return noun, word
        noun = word[:_STEM]
    return noun, ""


def _count(kind: str, folded: str) -> int:
    found = _pattern(kind).finditer(folded)
    return min(3, sum(not _THAN.match(folded[match.end() :][:6]) for match in found))


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    lines = (line.split(" ", 1) for line in load_lines("leaning_phrases", "litmap.summaries"))
    return phrases_pattern((phrase for own, phrase in lines if own == kind))
