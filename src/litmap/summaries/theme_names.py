"""What a theme is called: the noun phrases of its papers' titles that tell it from the others."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from litmap.models import Summary
from litmap.parsing.languages import ENGLISH, language_of, stop_words_of
from litmap.parsing.word_lists import load_words

PHRASES = 2
"""Phrases that name a theme."""
MAX_WORDS = 3
"""Words of a phrase."""
LENGTH_BONUS = (1.0, 1.6, 1.8)
"""How much more a phrase of two or three words tells than one word."""
TEXT_SHARE = 0.4
"""What a paper whose summary has a phrase counts beside one whose title has it."""
SHOWN_IN_TEXT = 10
"""What a way to write a phrase counts in running text beside one in a title, where all words may
have capitals.
"""
MIN_CLOSING = 0.3
"""Share of a word's uses at the end of a noun phrase from which it is taken for a noun."""
_ADVERB = "ly"
_STEM = 7
"""Letters by which words are told apart: 'network', 'networks'."""
_TOKEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[^\w\s]")

Phrase = tuple[str, ...]
"""The beginnings of its words."""


@dataclass(frozen=True)
class _Texts:
    """The phrases of a paper's title and of its summary."""

    title: frozenset[Phrase]
    text: frozenset[Phrase]


class ThemeNamer:
    """What the papers of a library say, counted once."""

    def __init__(self, papers: Mapping[str, Summary]) -> None:
        self._shown: dict[Phrase, Counter[str]] = {}
        nouns = _nouns(papers.values())
        self._texts = {work: self._read(paper, nouns) for work, paper in papers.items()}
        self._papers_with = Counter(p for own in self._texts.values() for p in own.title | own.text)

    def _read(self, paper: Summary, nouns: Collection[str]) -> _Texts:
        text = " ".join(sentence.text for sentence in paper.sentences)
        return _Texts(
            frozenset(self._phrases(paper.title, nouns, is_title=True)),
            frozenset(self._phrases(text, nouns)),
        )

    def _phrases(
        self, text: str, nouns: Collection[str], *, is_title: bool = False
    ) -> Iterator[Phrase]:
        """The phrases of a text; kept as running text writes them, else without capitals."""
        for words in noun_phrases(text, nouns):
            phrase = tuple(word.casefold()[:_STEM] for word in words)
            shown = " ".join(map(_without_capital, words) if is_title else words)
            self._shown.setdefault(phrase, Counter())[shown] += 1 if is_title else SHOWN_IN_TEXT
            yield phrase

    def names(self, themes: Sequence[Sequence[str]]) -> list[str]:
        """Each theme, given by its works, by the noun phrases of their titles that most of them
        have in title or summary, and few of the other themes' and of all papers; '' for a theme
        alone.
        """
        if len(themes) < 2:
            return [""] * len(themes)
        counts = [self._counts(works) for works in themes]
        return [self._name(i, counts) for i in range(len(themes))]

    def _counts(self, works: Sequence[str]) -> dict[Phrase, float]:
        """How many of the works have each phrase of their titles."""
        own = [self._texts[work] for work in works]
        return {
            phrase: sum(
                1.0 if phrase in paper.title else TEXT_SHARE * (phrase in paper.text)
                for paper in own
            )
            for phrase in sorted({phrase for paper in own for phrase in paper.title})
        }

    def _name(self, number: int, counts: Sequence[Mapping[Phrase, float]]) -> str:
        score = {phrase: self._score(phrase, number, counts) for phrase in counts[number]}
        chosen: list[Phrase] = []
        for phrase in sorted(score, key=lambda p: (-score[p], p)):
            if len(chosen) < PHRASES and not any(set(phrase) & set(other) for other in chosen):
                chosen.append(phrase)
        return ", ".join(
            min(self._shown[p].items(), key=lambda s: (-s[1], s[0]))[0] for p in chosen
        )

    def _score(
        self, phrase: Phrase, number: int, counts: Sequence[Mapping[Phrase, float]]
    ) -> float:
        own = counts[number][phrase]
        share = own / sum(theme.get(phrase, 0.0) for theme in counts)
        rarity = math.log((2 + len(self._texts)) / (1 + self._papers_with[phrase]))
        return own * share**2 * rarity * LENGTH_BONUS[len(phrase) - 1]


def noun_phrases(text: str, nouns: Collection[str]) -> Iterator[tuple[str, ...]]:
    """The phrases of one to three words, none of them a stop word, that end in a noun."""
    language = language_of(text)
    stop = stop_words_of(language) | stop_words_of(ENGLISH)
    verbs = load_words("verbs_of_papers", "litmap.summaries") | _plain_words()
    run: list[str] = []
    for token in [*_TOKEN.findall(text), "."]:
        folded = token.casefold()
        is_plain = folded in stop or folded in verbs or folded.endswith(_ADVERB)
        if token[0].isalpha() and len(token) > 1 and not is_plain:
            run.append(token)
            if folded[:_STEM] in nouns or language != ENGLISH:
                yield from (tuple(run[-size:]) for size in range(1, min(MAX_WORDS, len(run)) + 1))
        else:
            run = []


def _nouns(papers: Collection[Summary]) -> set[str]:
    """The beginnings of words that papers use as nouns: what follows is no further word of the
    phrase ('of networks with', 'the network is'), and what stands before is no subject ('it
    requires').
    """
    uses: Counter[str] = Counter()
    closing: Counter[str] = Counter()
    closes, before = _around_nouns()
    for paper in papers:
        for text in (paper.title, *(sentence.text for sentence in paper.sentences)):
            tokens = ["", *(t.casefold() for t in _TOKEN.findall(text)), "."]
            for last, word, following in zip(tokens, tokens[1:], tokens[2:], strict=False):
                stem = word[:_STEM]
                uses[stem] += 1
                is_end = following in closes or not following[0].isalnum()
                closing[stem] += is_end and last not in before
    return {stem for stem, count in uses.items() if closing[stem] >= MIN_CLOSING * count}


def _around_nouns() -> tuple[frozenset[str], frozenset[str]]:
    """Words that stand right behind a noun phrase, and words behind which a verb stands."""
    lines = [line.split() for line in sorted(load_words("around_nouns", "litmap.summaries"))]
    behind, before = (
        frozenset(word for kind, word in lines if kind == own) for own in ("behind", "before-verbs")
    )
    return behind, before


def _plain_words() -> frozenset[str]:
    return load_words("plain_title_words")


def _without_capital(word: str) -> str:
    """In lower case where only the first letters of its parts are capitals: 'Decision-Theoretic',
    not 'ReLU'.
    """
    return word.lower() if all(part[1:].islower() for part in word.split("-")) else word
