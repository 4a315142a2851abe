"""Words of a text as search sees them: found with their place, folded, stemmed. A leaf: imports
nothing of litmap.

A word is a run of letters, digits and their combining marks; `_`, hyphens and apostrophes part
words. Folding is NFKD without the marks of Latin letters, then casefold, so 'Poincaré' meets
'Poincare' and the ligature 'ﬁ' meets 'fi'. English words are stemmed (Porter2); stop words are left
out. Scripts written without spaces (Han, kana, Thai, Lao, Khmer, Myanmar) give overlapping pairs of
characters instead, which needs no dictionary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from threading import local
from typing import TYPE_CHECKING, Protocol

from litmap.parsing.word_lists import load_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_WORD = 64
"""Characters of a word that count; what is longer is a key, a hash or a broken text layer."""

STOP_WORDS = load_words("stop_words")

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
    "\uf900-\ufaff\U00020000-\U0003134f]+"
)
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


def find_words(text: str) -> Iterator[Word]:
    """The words of `text` in order, stop words included with an empty term."""
    for match in pattern_for(text).finditer(text):
        start, surface = match.start(), match.group()
        if surface.isascii():
            yield Word(start, match.end(), index_term(surface))
            continue
        for begin, end in _pieces(surface):
            yield Word(start + begin, start + end, index_term(surface[begin:end]))


def index_terms(text: str) -> list[str]:
    """The terms of `text` in order, repeated as often as they occur, stop words left out."""
    return [word.term for word in find_words(text) if word.term]


def pattern_for(text: str) -> re.Pattern[str]:
    """What finds the words of this text; a simpler and faster one where it is plain ASCII."""
    return _ASCII_WORD if text.isascii() else WORD


def has_unspaced(text: str) -> bool:
    """Whether a script without spaces occurs in `text`, so that its words are pairs of
    characters.
    """
    return not text.isascii() and _UNSPACED.search(text) is not None


def term_keys(text: str) -> list[int]:
    """`key_of` each term of `text`; the form the keyword index stores."""
    found: list[int] = []
    for surface in pattern_for(text).findall(text):
        if surface.isascii():
            key = _key_of_surface(surface)
            if key:
                found.append(key)
        else:
            found.extend(k for a, b in _pieces(surface) if (k := _key_of_surface(surface[a:b])))
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
def index_term(surface: str) -> str:
    """The term a word is searched by: folded and stemmed, '' for a stop word."""
    folded = fold_case(surface)[:LONGEST_WORD]
    if folded in STOP_WORDS:
        return ""
    if folded.isascii() and folded.isalpha():
        return _stemmer().stemWord(folded)
    return folded


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
def _key_of_surface(surface: str) -> int:
    term = index_term(surface)
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


def plain_text(text: str) -> str:
    """`text` for comparing phrases: words hyphenated at a line's end joined, folded, single spaces,
    no punctuation.
    """
    joined = _HYPHEN_BREAK.sub("", text)
    return " ".join(fold_case(surface) for surface in pattern_for(joined).findall(joined))


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


def _stemmer() -> _Stemmer:
    """One stemmer a thread: PyStemmer's objects are not safe to share."""
    stemmer: _Stemmer | None = getattr(_OF_THREAD, "stemmer", None)
    if stemmer is None:
        import Stemmer  # type: ignore[import-not-found]  # has no type information

        stemmer = _OF_THREAD.stemmer = Stemmer.Stemmer("english", 0)
    return stemmer
