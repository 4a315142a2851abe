"""Which language a text is written in, and what a language asks of search: its stemmer, its own
letters, its stop words.

English is what is assumed where nothing tells otherwise, and how words of languages without rules
are read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from litmap.parsing.grammar import UNSPACED
from litmap.parsing.word_lists import load_words

ENGLISH = "en"
MAX_LENGTH = 600
"""Characters that are looked at."""
MIN_ENGLISH_SHARE = 0.25
"""Share of stop words among a text's words from which it is English beyond doubt: other languages'
texts, of whose small words some are spelled like English ones, stay below half of it.
"""
MIN_LETTERS = 20
"""Letters of a text in Latin script from which it is asked about at all."""
MIN_LETTERS_UNLISTED, MAX_ENGLISH_SHARE = 60, 0.05
"""Letters at least, and share of English stop words at most, of a text that is taken for a language
whose small words are not known here.
"""
SAMPLE_PIECES, SAMPLE_PIECE_LENGTH = 8, 300
"""How many pieces of a document, spread evenly, and how many characters of each are looked at."""
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_OTHER_LETTERS = re.compile(rf"[{UNSPACED}А-яЁёЄєІіЇїҐґ]")
_ENGLISH = load_words("english_words")
_OTHER = load_words("words_of_other_languages")
LANGUAGES_WITH_STOP_WORDS = ("ar", "de", "es", "fr", "it", "nl", "pl", "pt", "ru", "sv", "tr")
"""Languages with a list of stop words, beside English."""


@dataclass(frozen=True, slots=True)
class LanguageRules:
    """How the words of a language are read: Snowball's `stemmer`, whether its script is Latin, and
    the `letters` with marks that are letters of their own there.
    """

    code: str
    stemmer: str
    is_latin: bool
    letters: frozenset[str] = frozenset()
    stop_words: frozenset[str] = frozenset()


@cache
def language_rules() -> dict[str, LanguageRules]:
    """The rules by language code (ISO 639-1)."""
    rules = {}
    for line in load_words("language_rules"):
        code, stemmer, script, *letters = line.split()
        rules[code] = LanguageRules(
            code, stemmer, script == "latin", frozenset(letters), stop_words_of(code)
        )
    return rules


def rules_code(language: str) -> str:
    """The language whose rules hold for this one: itself or, where it has none, English."""
    return language if language in language_rules() else ENGLISH


@cache
def stop_words_of(language: str) -> frozenset[str]:
    """The stop words of a language, in lower case; none where there is no list."""
    if language == ENGLISH:
        return load_words("stop_words")
    return (
        load_words(f"stop_words_{language}")
        if language in LANGUAGES_WITH_STOP_WORDS
        else frozenset()
    )


@lru_cache(maxsize=2048)
def is_english(text: str) -> bool:
    """False for a text that has more small words of other languages than of English, or other
    letters; one without any is taken for English.
    """
    text = text[:MAX_LENGTH]
    if _OTHER_LETTERS.search(text):
        return False
    words = _WORD.findall(text.lower())
    return sum(word in _ENGLISH for word in words) >= sum(word in _OTHER for word in words)


def language_of(text: str) -> str:
    """The language of a text as its ISO 639-1 code; English where nothing tells otherwise.

    Small words tell English. Else py3langid's model is asked (Lui and Baldwin, 'langid.py: An
    off-the-shelf language identification tool', 2012), and believed where small words agree.
    """
    words = _WORD.findall(text.lower())
    if not words or _is_surely_english(words):
        return ENGLISH
    letters = sum(map(len, words))
    latin = len(_LATIN.findall(text))
    if 2 * latin > letters and letters < MIN_LETTERS:
        return ENGLISH
    import py3langid  # type: ignore[import-untyped]  # has no type information

    language = str(py3langid.classify(text)[0])
    if 2 * latin <= letters:
        return language
    return language if _agrees(language, words) else ENGLISH


def document_language(texts: Sequence[str]) -> str:
    """The language of a document, from pieces of its passages."""
    step = max(1, len(texts) // SAMPLE_PIECES)
    return language_of("\n".join(text[:SAMPLE_PIECE_LENGTH] for text in texts[::step]))


def passage_language(text: str, language: str) -> str:
    """The language of a passage in a document of this language: an English abstract is English."""
    if language == ENGLISH:
        return language
    words = _WORD.findall(text.lower())
    return ENGLISH if words and _is_surely_english(words) else language


def _is_surely_english(words: Sequence[str]) -> bool:
    return _stop_share(ENGLISH, words) >= MIN_ENGLISH_SHARE


def _agrees(language: str, words: Sequence[str]) -> bool:
    """Whether the small words do not speak against a language: its own are there where they are
    known, and more of them than of English ones.
    """
    english = _stop_share(ENGLISH, words)
    if language in LANGUAGES_WITH_STOP_WORDS:
        return _stop_share(language, words) > english
    return english < MAX_ENGLISH_SHARE and sum(map(len, words)) >= MIN_LETTERS_UNLISTED


def _stop_share(language: str, words: Sequence[str]) -> float:
    listed = stop_words_of(language)
    return sum(word in listed for word in words) / len(words)
