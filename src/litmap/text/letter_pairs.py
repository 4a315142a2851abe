"""How usual the letters of a word are behind each other, and signs: is this a word of any language?

The judgement needs no language: pairs of letters are pooled over dozens of them
(`data/letter_pairs.txt`). Words of a language that is not among them score like the others; letters
that stand for other letters, as in a font that names its glyphs wrongly, do not.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from litmap.parsing.word_lists import load_lines, load_words

_FOLDED = str.maketrans("ßæøđłıþðœəςڪیێېھۀہەک", "saodlitdoeσكيييههههك")
"""Letters that have no decomposition, and forms of one letter."""
_OTHER = re.compile(r"[^\x00-\x7f]+")
_BORDER = "_"
_BASE = 36
_HALF_BIT = 0.5
MIN_LETTERS = 4
"""Letters of a word that is judged; symbols of formulas have fewer."""
MAX_BITS = 4.5
"""Bits a pair of letters above which a word has the shape of none (words of a language: 3.2 to 4.2,
shuffled letters: 5 to 6.5)."""
_ACRONYM = re.compile(r"[A-Z](?<!\w[A-Z])(?:[A-Z]{1,3}|[A-Z]{0,5}\d[A-Z0-9]*)\b")
_REPEATED = re.compile(r"(.)\1{3}")
"""Four times the same letter."""


@dataclass(frozen=True, slots=True)
class Script:
    """An alphabet: `words` finds its words, `bits` tells how surprising a pair of letters is."""

    name: str
    words: re.Pattern[str]
    bits: Mapping[tuple[str, str], float]


@cache
def scripts() -> tuple[Script, ...]:
    """The alphabets whose pairs of letters are known, Latin first."""
    rows = [line.split(" ") for line in load_lines("letter_pairs", "litmap.text")]
    return tuple(_read_scripts(rows))


def _read_scripts(rows: list[list[str]]) -> Iterator[Script]:
    at = 0
    while at < len(rows):
        name, letters = rows[at]
        alphabet = _BORDER + letters
        bits = {
            (first, second): _HALF_BIT * int(value, _BASE)
            for first, values in rows[at + 1 : at + 1 + len(alphabet)]
            for second, value in zip(alphabet, values, strict=True)
        }
        yield Script(name, re.compile(f"[{letters}]{{{MIN_LETTERS},}}"), bits)
        at += 1 + len(alphabet)


def fold(text: str) -> str:
    """Small letters without their marks, each form of a letter as one: 'Ørsted' → 'orsted'."""
    text = text.lower()
    if text.isascii():
        return text
    return _OTHER.sub(_fold_run, unicodedata.normalize("NFKD", text))


def _fold_run(run: re.Match[str]) -> str:
    """Letters other than ASCII's as `fold` writes them."""
    return _fold_letters(run[0])


@lru_cache(maxsize=20_000)
def _fold_letters(text: str) -> str:
    return "".join([c for c in text if not unicodedata.combining(c)]).translate(_FOLDED)


@dataclass(frozen=True, slots=True)
class WordShapes:
    """What the words of a text, of four letters and more and no acronyms, look like.

    `distinct` different words, of whose letters `shaped_share` stand in words that could be of a
    language; `shaped` letters do in the whole text. `alphabet` letters occur. `turned`: by how many
    bits a pair the words read better backwards; below 0 where they read forwards.
    """

    script: str = ""
    distinct: int = 0
    shaped: int = 0
    shaped_share: float = 1.0
    alphabet: int = 0
    turned: float = 0.0


def read_shapes(text: str) -> WordShapes:
    """The words of the script that most of the text is written in."""
    script, words = _find_words(fold(_ACRONYM.sub(" ", text)))
    counts = Counter(words)
    bits = {word: both for word in counts if (both := _surprise(script.name, word)) is not None}
    distinct_letters = distinct_shaped = shaped = pairs = 0
    turned = 0.0
    for word, (forward, backward) in bits.items():
        turned += forward - backward
        distinct_letters += len(word)
        pairs += len(word) + 1
        if forward <= MAX_BITS * (len(word) + 1):
            distinct_shaped += len(word)
            shaped += counts[word] * len(word)
    return WordShapes(
        script=script.name,
        distinct=len(bits),
        shaped=shaped,
        shaped_share=distinct_shaped / distinct_letters if bits else 1.0,
        alphabet=len(set().union(*bits)),
        turned=turned / pairs if bits else 0.0,
    )


def surprise(word: str) -> float:
    """Bits a pair of letters of a Latin word of any length, high where another sign is in it."""
    framed = f"{_BORDER}{fold(word)}{_BORDER}"
    bits = scripts()[0].bits
    return sum(bits.get(pair, 2 * MAX_BITS) for pair in pairwise(framed)) / (len(framed) - 1)


def _find_words(folded: str) -> tuple[Script, list[str]]:
    """The script of most letters, Latin where none has more, and its words."""
    latin, *others = scripts()
    words = latin.words.findall(folded)
    letters = sum(map(len, words))
    found = latin, words
    if len(folded) - len(folded.encode("ascii", "ignore")) <= letters:
        return found
    for script in others:
        words = script.words.findall(folded)
        if (count := sum(map(len, words))) > letters:
            found, letters = (script, words), count
    return found


@lru_cache(maxsize=20_000)
def _surprise(script: str, word: str) -> tuple[float, float] | None:
    """Bits of a word with its borders, read forwards and backwards; None where one letter stands
    in it four times in a row.
    """
    if _REPEATED.search(word):
        return None
    bits_of = _bits(script).__getitem__
    framed = f"{_BORDER}{word}{_BORDER}"
    return sum(map(bits_of, pairwise(framed))), sum(map(bits_of, pairwise(framed[::-1])))


@cache
def _bits(script: str) -> Mapping[tuple[str, str], float]:
    return next(known.bits for known in scripts() if known.name == script)


@cache
def common_signs() -> frozenset[str]:
    """The commonest signs of Chinese, Japanese and Korean."""
    return frozenset("".join(load_words("common_signs", "litmap.text")))
