"""Words of a text as search sees them: found with their place, folded, stemmed, each by the rules
of its text's language.

A word is a run of letters, digits and their combining marks; `_`, hyphens and apostrophes part
words. Folding is NFKD without the marks of letters, then casefold, so 'Poincaré' meets 'Poincare'
and the ligature 'ﬁ' meets 'fi'; letters that are letters of their own in a language ('ä' in German)
are kept there. Words are stemmed (Snowball's stemmers); stop words are left out. Scripts written
without spaces (Han, kana, Thai, Lao, Khmer, Myanmar) and Hangul, whose words end in particles, give
overlapping pairs of characters instead, which needs no dictionary.

Each document holds the terms of its own language, so a query's words are looked up as each language
of a library would write them (`query_words`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import pairwise
from threading import local
from typing import TYPE_CHECKING, NamedTuple, Protocol

from litmap.parsing.languages import (
    ENGLISH,
    LanguageRules,
    language_rules,
    rules_code,
    stop_words_of,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_WORD = 64
"""Characters of a word that count; what is longer is a key, a hash or a broken text layer."""

STOP_WORDS = stop_words_of(ENGLISH)
NEAR_WEIGHT = 0.5
"""How much a word counts that has other marks than the query's: 'Muller' for 'Müller'."""

_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f"
    "\u0962\u0963"
    "\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03"
    "\u0b3c-\u0b57"
    "\u0b82\u0bbe-\u0bcd\u0c00-\u0c03\u0c3e-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03"
    "\u0d3e-\u0d4d\u0e31"
    "\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3"
)
WORD = re.compile(f"[^\\W_][^\\W_{_MARKS}]*(?:[{_MARKS}]+[^\\W_{_MARKS}]*)*")
_ASCII_WORD = re.compile("[0-9A-Za-z]+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003134f]+"
)
_NO_SPACE_AT = re.compile(  # Hangul has words with spaces between them
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003134f]"
)
_NO_SPACE = re.compile(f"(?<={_NO_SPACE_AT.pattern}) (?={_NO_SPACE_AT.pattern})")
_SCRIPT_CHANGE = re.compile(
    f"(?<={_NO_SPACE_AT.pattern})(?![\\s]|{_NO_SPACE_AT.pattern}|$)"
    f"|(?<=[^\\s])(?<!{_NO_SPACE_AT.pattern})(?={_NO_SPACE_AT.pattern})"
)
_UMLAUT_LETTERS = "äöü"
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
DOTLESS = ("tr",)
"""Languages in which 'I' is the capital of 'ı' and 'İ' that of 'i'."""
_HYPHEN_BREAK = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]\s*\n\s*(?=[^\W\d_])")


_OF_THREAD = local()
_TURN = 6364136223846793005
_POSITIVE = (1 << 63) - 1


class _Stemmer(Protocol):
    def stemWord(self, word: str, /) -> str: ...  # noqa: N802 - PyStemmer's name


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: its offsets there and the term it is searched by ('' for a stop word)."""

    start: int
    end: int
    term: str


class Form(NamedTuple):
    """What documents hold of a query's word: a term, how much it counts, and the languages of the
    documents in which it stands for the word (None: all).
    """

    term: str
    weight: float = 1.0
    languages: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word of a query with its forms; `name` stands for it: its term in English, where it has
    one.
    """

    name: str
    forms: tuple[Form, ...]

    @property
    def is_one_term(self) -> bool:
        """Whether it is the same single term in all documents."""
        return len(self.forms) == 1 and self.forms[0].languages is None

    def term_in(self, language: str) -> str:
        """Its own term in documents of a language; '' where it is a stop word there."""
        own = (f for f in self.forms if f.languages is None or language in f.languages)
        return next((form.term for form in own if form.weight == 1.0), "")


def find_words(text: str, language: str = ENGLISH) -> Iterator[Word]:
    """The words of `text` in order, stop words included with an empty term."""
    for start, end in _word_spans(text):
        yield Word(start, end, index_term(text[start:end], language))


def _word_spans(text: str) -> Iterator[tuple[int, int]]:
    for match in pattern_for(text).finditer(text):
        start, surface = match.start(), match.group()
        if surface.isascii():
            yield match.span()
        else:
            yield from ((start + a, start + b) for a, b in _pieces(surface))


def is_one_word(text: str) -> bool:
    """Whether a text has a single word, or a single pair of characters."""
    return len(list(_word_spans(text))) == 1


def index_terms(text: str, language: str = ENGLISH) -> list[str]:
    """The terms of `text` in order, repeated as often as they occur, stop words left out."""
    return [word.term for word in find_words(text, language) if word.term]


def query_words(
    text: str, languages: tuple[str, ...] = (ENGLISH,), own: str | None = None
) -> list[QueryWord]:
    """The words of a query in order, as documents of these languages hold them; stop words of its
    `own` language, where that is known, and words that are stop words in all, are left out.
    """
    surfaces = [text[a:b] for a, b in _word_spans(text)]
    if own is not None:
        surfaces = [surface for surface in surfaces if index_term(surface, own)]
    return [word for s in surfaces if (word := _query_word(s, languages)) is not None]


@lru_cache(maxsize=1 << 14)
def _query_word(surface: str, languages: tuple[str, ...]) -> QueryWord | None:
    """The word's terms, and behind them its near ones, each with the languages that have it."""
    holders: dict[tuple[float, str], set[str]] = {}
    for language in languages:
        term = index_term(surface, language)
        if term:
            holders.setdefault((1.0, term), set()).add(language)
            for near in near_terms(surface, language):
                holders.setdefault((NEAR_WEIGHT, near), set()).add(language)
    if not holders:
        return None
    forms = tuple(
        Form(term, weight, None if len(own) == len(languages) else frozenset(own))
        for (weight, term), own in sorted(holders.items(), key=lambda item: -item[0][0])
    )
    return QueryWord(index_term(surface) or fold_case(surface), forms)


def near_terms(surface: str, language: str = ENGLISH) -> list[str]:
    """Terms of the same word with other marks: without its letters' marks, with one more, or with
    'ue' for 'ü'.
    """
    term = index_term(surface, language)
    others = [] if surface.isascii() else [_spelled_out(surface)]
    rules = language_rules().get(language)
    if term and rules and rules.letters:
        folded, plain = _fold_by(surface, rules), fold_case(surface)
        others += [plain] if plain != folded else _with_one_mark(plain, rules.letters)
    near = dict.fromkeys(index_term(other, language) for other in others)
    return [other for other in near if other and other != term]


def _with_one_mark(word: str, letters: Iterable[str]) -> list[str]:
    """The word with each of its letters in turn as one of these letters with marks."""
    return [
        word[:i] + letter + word[i + 1 :]
        for i, character in enumerate(word)
        for letter in sorted(letters)
        if _without_marks(letter) == character
    ]


def _spelled_out(surface: str) -> str:
    """A word with 'ae', 'oe' and 'ue' for its umlauts."""
    return unicodedata.normalize("NFC", surface).translate(_UMLAUTS)


def pattern_for(text: str) -> re.Pattern[str]:
    """What finds the words of this text; a simpler and faster one where it is plain ASCII."""
    return _ASCII_WORD if text.isascii() else WORD


def has_unspaced(text: str) -> bool:
    """Whether a script without spaces occurs in `text`, so that its words are pairs of
    characters.
    """
    return not text.isascii() and _UNSPACED.search(text) is not None


def term_keys(text: str, language: str = ENGLISH) -> list[int]:
    """`key_of` each term of `text`; the form the keyword index stores."""
    found: list[int] = []
    for surface in pattern_for(text).findall(text):
        if surface.isascii():
            key = _key_of_surface(surface, language)
            if key:
                found.append(key)
        else:
            pieces = (surface[a:b] for a, b in _pieces(surface))
            found.extend(k for piece in pieces if (k := _key_of_surface(piece, language)))
    return found


def pair_keys(found: Sequence[int]) -> list[int]:
    """A key for each two neighbouring words, from their keys in order: 'neural network' is more
    than its two words.
    """
    return [(first * _TURN + second) & _POSITIVE for first, second in pairwise(found)]


def pair_keys_of(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """`pairs` for arrays: a key for each first word with its second, int64 (n,)."""
    import numpy as np

    keys: NDArray[np.int64] = (first * np.int64(_TURN) + second) & np.int64(
        _POSITIVE
    )  # overflow keeps the low bits
    return keys


@lru_cache(maxsize=1 << 17)
def index_term(surface: str, language: str = ENGLISH) -> str:
    """The term a word is searched by in texts of a language: folded and stemmed, '' for a stop
    word.
    """
    code = rules_code(language)
    if code != ENGLISH and (language_rules()[code].is_latin or not surface.isascii()):
        return _foreign_term(surface, language_rules()[code])
    folded = fold_case(surface)[:LONGEST_WORD]
    if folded in STOP_WORDS:
        return ""
    if folded.isascii() and folded.isalpha():
        return _stemmer("english").stemWord(folded)
    return folded


def _foreign_term(surface: str, rules: LanguageRules) -> str:
    """The term of a word in the script of a language other than English."""
    folded = _fold_by(surface, rules)[:LONGEST_WORD]
    if folded in _folded_stop_words(rules.code):
        return ""
    if not folded.isalpha() or _UNSPACED.search(folded):
        return folded
    stem = _stemmer(rules.stemmer).stemWord(folded)
    return _with_umlauts(folded, stem) if rules.code == "de" else stem


@cache
def _folded_stop_words(language: str) -> frozenset[str]:
    rules = language_rules()[language]
    return frozenset(_fold_by(word, rules) for word in rules.stop_words)


def _fold_by(surface: str, rules: LanguageRules) -> str:
    """`surface` in one spelling, but for the letters of the language."""
    if not rules.letters:
        return fold_case(surface)
    composed = unicodedata.normalize("NFKC", surface)
    if rules.code in DOTLESS:
        composed = composed.replace("İ", "i").replace("I", "ı")
    lower = composed.lower()
    return "".join(c if c in rules.letters else fold_case(c) for c in lower)


def _with_umlauts(word: str, stem: str) -> str:
    """The stem with the umlauts of its word, which Snowball's German stemmer takes off; 'ue' it
    reads as 'ü'. 'Müller' and 'Mueller' are 'müll', 'Muller' is 'mull'.
    """
    kept: list[str] = []
    at = 0
    for letter in stem:
        if word[at : at + 1] == "e" != letter and kept and kept[-1] in "aou":
            kept[-1] = {"a": "ä", "o": "ö", "u": "ü"}[kept[-1]]
            at += 1
        own = word[at : at + 1]
        kept.append(own if own in _UMLAUT_LETTERS and _without_marks(own) == letter else letter)
        at += 2 if own == "ß" else 1
    return "".join(kept)


def _without_marks(letter: str) -> str:
    """A letter without its marks; the dotless 'ı' is 'i'."""
    return "i" if letter == "ı" else fold_case(letter)


@lru_cache(maxsize=1 << 17)
def term_key(term: str) -> int:
    """A 63-bit number that stands for the term on disk; two of a million terms share one once in 10
    million indexes.
    """
    return (
        int.from_bytes(blake2b(term.encode("utf-8", "replace"), digest_size=8).digest(), "little")
        >> 1
    )


@lru_cache(maxsize=1 << 18)
def _key_of_surface(surface: str, language: str = ENGLISH) -> int:
    term = index_term(surface, language)
    return term_key(term) if term else 0


def fold_case(text: str) -> str:
    """`text` in one spelling: compatibility forms resolved, marks of Latin letters dropped,
    casefolded.
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    kept = "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFKC", kept).casefold()


def squash(text: str) -> str:
    """A text's letters and digits, without case, ligatures and blanks."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def plain_text(text: str) -> str:
    """`text` for comparing phrases: words hyphenated at a line's end joined, folded, single spaces,
    no punctuation; no spaces between characters of a script without them.
    """
    joined = _HYPHEN_BREAK.sub("", text) if "\n" in text else text
    if joined.isascii():
        return " ".join(_ASCII_WORD.findall(joined.lower()))
    plain = " ".join(fold_case(surface) for surface in WORD.findall(joined))
    if not has_unspaced(plain):
        return plain
    return _SCRIPT_CHANGE.sub(" ", _NO_SPACE.sub("", plain))


def holds_phrase(plain: str, phrase: str) -> bool:
    """Whether a phrase stands in a text, both as `plain_text` gives them; as whole words, where the
    script has words.
    """
    begins = "" if _NO_SPACE_AT.match(phrase[:1]) else " "
    ends = "" if _NO_SPACE_AT.match(phrase[-1:]) else " "
    return f"{begins}{phrase}{ends}" in f" {plain} "


def plain_places(text: str) -> tuple[str, list[int]]:
    """`plain` of a text without broken lines, and for each of its characters the offset in `text`
    it comes from.
    """
    pieces: list[str] = []
    places: list[int] = []
    for match in WORD.finditer(text):
        folded = fold_case(match.group())
        if pieces:
            pieces.append(" ")
            places.append(match.start())
        pieces.append(folded)
        last = match.end() - 1
        places.extend(min(match.start() + i, last) for i in range(len(folded)))
    return "".join(pieces), places


def _pieces(surface: str) -> Iterator[tuple[int, int]]:
    """A run of letters cut where scripts without spaces begin and end; these give pairs of
    characters.
    """
    last = 0
    for match in _UNSPACED.finditer(surface):
        start, end = match.span()
        if start > last:
            yield last, start
        if end - start == 1:
            yield start, end
        else:
            yield from ((i, i + 2) for i in range(start, end - 1))
        last = end
    if last < len(surface):
        yield last, len(surface)


def _stemmer(algorithm: str) -> _Stemmer:
    """One stemmer a thread and language: PyStemmer's objects are not safe to share."""
    stemmers: dict[str, _Stemmer] | None = getattr(_OF_THREAD, "stemmers", None)
    if stemmers is None:
        stemmers = _OF_THREAD.stemmers = {}
    stemmer = stemmers.get(algorithm)
    if stemmer is None:
        import Stemmer  # type: ignore[import-not-found]  # has no type information

        stemmer = stemmers[algorithm] = Stemmer.Stemmer(algorithm, 0)
    return stemmer
