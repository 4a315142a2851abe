"""Ligatures and accents that a document's fonts hide: 'di↵erent', 'eYcient', 'signiÞcant',
'soluƟon', 'Me´ndez'.

A character that may stand for a ligature may be itself elsewhere, so that the words of the whole
document decide: a character that stands within words as no letter does, and leaves words of the
usual shape once it is spelt out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from litmap.parsing.word_lists import load_lines
from litmap.text.glyphs import (
    has_accent_between,
    join_between,
    settle,
    words_with_accent_behind,
)
from litmap.text.letter_pairs import MIN_LETTERS, read_shapes, surprise
from litmap.text.raw import RawPage

MIN_WORDS = 3
"""Different words with a ligature's character in them that tell of an encoding."""
MIN_SHAPED = 0.6
"""Share of the spelt-out words' letters that stand in words of a usual shape."""
MIN_ACCENTED = 2
"""Different words that tell that accents stand behind their letters."""
_VOWELS = frozenset("aeiouyäöüáéíóúàèùæœøå")
_OWN_CAPITALS = frozenset("VWXYZÆŒŽŌ")
"""Characters of the encodings that may stand for themselves at the beginning of a word."""
_GREEK = "Θ"
"""A letter of formulas; it stands for a ligature where others do."""
_UNSETTLED = "\ufffd␛␜␝␞␟"
MAX_LOOKED_AT = 30_000
"""Characters of a document in which 'V' to 'Z' within words are looked for."""
WORD_STARTS, WORD_ENDS = ("fi", "fl", "ti"), ("ff", "ft", "tt")
"""Ligatures with which words begin and end."""
CLEARER = 0.2
"""Bits a pair of letters by which a word's shape gains where its letter is a ligature."""
_CAMEL = re.compile(r"(?<![^\W_])[a-z]+[A-U][a-z]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding by its ligatures: the characters that are read, and what is printed."""

    name: str
    ligatures: Mapping[str, str]


@cache
def encodings() -> tuple[Encoding, ...]:
    """The encodings in `data/ligature_codes.txt`."""
    found: dict[str, dict[str, str]] = {}
    for line in load_lines("ligature_codes", "litmap.text"):
        name, sign, letters = line.split(" ")
        found.setdefault(name, {})[sign] = letters
    return tuple(Encoding(name, ligatures) for name, ligatures in found.items())


@cache
def _telling_signs() -> str:
    """The encodings' characters that are no small letters themselves, as 'ß' is."""
    signs = {sign for known in encodings() for sign in known.ligatures}
    return "".join(sorted(sign for sign in signs if not sign.islower() and sign not in _GREEK))


@cache
def _within_words(signs: str) -> re.Pattern[str]:
    """These characters between small letters, where no letter would be one; an apostrophe may be
    misread before a last s.
    """
    return re.compile(f"(?<=[a-zß-ÿ])[{signs}](?=[a-zß-ÿ])(?!s\\b)")


def mend_words(pages: Sequence[RawPage]) -> None:
    """Spells out the ligatures and joins the accents of a document's lines, in place.

    Accents stand behind their letters ('Schro¨dinger') where two words leave no other choice, else
    before them, as TeX writes them ('Schr¨odinger').
    """
    text = "\n".join([page.text for page in pages])
    ligatures = find_ligatures(text)
    loose = has_accent_between(text)
    unsettled = any(sign in text for sign in _UNSETTLED)
    if not (ligatures or loose or unsettled):
        return
    behind = loose and len(words_with_accent_behind(text)) >= MIN_ACCENTED
    for part in [part for page in pages for part in page.parts]:
        for line in part.lines:
            if ligatures:
                line.text = spell_out(line.text, ligatures)
            if loose and not line.text.isascii():
                line.text = join_between(line.text, behind=behind)
            if unsettled:
                line.text = settle(line.text)


# ── ligatures ────────────────────────────────────────────────────────────────────────────────────
def find_ligatures(text: str) -> dict[str, str]:
    """The characters that stand for ligatures in a document's words, and what they stand for.

    A document has fonts of several encodings; of those that read one character differently the one
    that fits better counts.
    """
    seen = _count_within_words(text)
    if not seen:
        return {}
    fitting = [
        (_fit(words, known), known)
        for known in encodings()
        if sum(seen[sign] for sign in known.ligatures) >= MIN_WORDS
        and (words := _telling_words(text, known))
    ]
    ligatures: dict[str, str] = {}
    for _, known in sorted(fitting, key=lambda pair: -pair[0]):
        if ligatures.keys().isdisjoint(known.ligatures):
            ligatures.update(known.ligatures)
    return ligatures


def _count_within_words(text: str) -> Counter[str]:
    """How often a character stands between small letters (`str.split` is the quick way)."""
    return Counter(
        sign
        for sign in _telling_signs()
        for before, after in pairwise(
            (text[:MAX_LOOKED_AT] if sign.isascii() else text).split(sign)
        )
        if before[-1:].islower() and after[:1].islower()
    )


def _telling_words(text: str, encoding: Encoding) -> list[str]:
    """The different words that tell of an encoding, none where they are too few or misshapen."""
    within = _within_words(_telling_signs())
    ascii_only = "V" in encoding.ligatures
    text = text[:MAX_LOOKED_AT] if ascii_only else text
    words = set(_words_with("".join(encoding.ligatures)).findall(text))
    words = {word for word in words if len(word) >= MIN_LETTERS and within.search(word)}
    if ascii_only:  # not 'McVey', nor names of programs: 'getValue', 'setName'
        words = {word for word in words if word[0].islower()}
        if len(set(_CAMEL.findall(text))) * 2 > len(words):
            return []
    if len(words) < MIN_WORDS:
        return []
    shapes = read_shapes(" ".join(spell_out(word, encoding.ligatures) for word in words))
    return sorted(words) if shapes.distinct and shapes.shaped_share >= MIN_SHAPED else []


def _fit(words: Iterable[str], encoding: Encoding) -> float:
    """Share of the ligatures before which a letter stands that may: 'fi' mostly before consonants,
    'ff' and 'fl' before vowels.
    """
    fits = [
        (letters[-1] == "i") != (after in _VOWELS)
        for word in words
        for sign, after in pairwise(word)
        if (letters := encoding.ligatures.get(sign))
    ]
    return sum(fits) / max(1, len(fits))


def spell_out(text: str, ligatures: Mapping[str, str]) -> str:
    """The text with the ligatures as letters, in words only."""
    return _words_with("".join(ligatures)).sub(lambda m: _spell_word(m[0], ligatures), text)


@cache
def _words_with(signs: str) -> re.Pattern[str]:
    """Finds words with one of these characters."""
    return re.compile(rf"(?<![^\W\d_])[^\W\d_]*[{signs}](?:[^\W\d_]|[{signs}])*")


def _spell_word(word: str, ligatures: Mapping[str, str]) -> str:
    spelt = ""
    for at, sign in enumerate(word):
        letters = ligatures.get(sign)
        if letters is None or not _is_ligature(word, at, letters):
            spelt += sign
        else:
            spelt += letters
    return spelt


def _is_ligature(word: str, at: int, letters: str) -> bool:
    """Whether a character of a word is a ligature: between small letters, before one ('Þrst'), or
    behind one where a word may end so ('oV').
    """
    before, sign, after = word[max(0, at - 1) : at], word[at], word[at + 1 : at + 2]
    if before and letters.startswith("ff") and before.lower() not in _VOWELS:
        return False  # 'k↵fk' of a formula
    if not after.islower():
        return not after and before.islower() and letters in WORD_ENDS
    if not before:
        starts = len(word) > 2 and letters.lower() in WORD_STARTS
        return starts and (sign not in _OWN_CAPITALS or _is_clearer(word, at, letters))
    if before.isupper():
        return at == 1 and word[at + 1 : at + 3].islower() and len(word) > MIN_LETTERS
    return True


def _is_clearer(word: str, at: int, letters: str) -> bool:
    """Whether a word's shape gains where its letter is a ligature: 'Wrst' does, 'West' does not."""
    return surprise(word[:at] + letters + word[at + 1 :]) + CLEARER < surprise(word)
