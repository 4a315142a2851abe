"""What to show of a passage: the sentence that answers best, the words that hit, the lines where it
stands.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from math import fsum

from litmap.models import Chunk
from litmap.parsing.languages import ENGLISH
from litmap.parsing.sentences import SHOWN_SENTENCES, split_sentences
from litmap.parsing.terms import (
    Form,
    QueryWord,
    find_words,
    has_unspaced,
    holds_phrase,
    index_term,
    pattern_for,
    plain_text,
)

Rect = tuple[int, float, float, float, float]


def sentences(text: str) -> list[tuple[int, int]]:
    """Offsets of the sentences of `text`, in order, without the blanks around them; long ones stay
    whole.
    """
    return [_strip_span(text, *span) for span in split_sentences(text, SHOWN_SENTENCES)]


def _strip_span(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


class Marker:
    """Finds a query's words in texts; remembers for each spelling whether it is one, so that many
    texts are quick.

    `weights` are those of the words by their names; a word's forms in the languages of texts are
    those of `words`, or its name alone.
    """

    def __init__(
        self,
        weights: Mapping[str, float],
        phrases: Sequence[str] = (),
        words: Sequence[QueryWord] = (),
    ) -> None:
        self.weights = weights
        self.phrases = [plain for phrase in phrases if (plain := plain_text(phrase))]
        self._words = words or [QueryWord(name, (Form(name),)) for name in weights]
        self._total = sum(weights.values()) or 1.0
        self._finders: dict[str, _Finder] = {}

    def _finder(self, language: str) -> _Finder:
        if language not in self._finders:
            self._finders[language] = _Finder(self._words, language)
        return self._finders[language]

    def places(self, text: str, language: str = ENGLISH) -> list[tuple[int, int, str]]:
        """(start, end, name) of every word of `text` that is a word of the query; the text is read
        by the rules of its language.
        """
        return self._finder(language).places(text)

    def names(self, spellings: Iterable[str], language: str = ENGLISH) -> set[str]:
        """The names of the query's words that are written so in texts of a language."""
        names = self._finder(language).names
        return {names[t] for s in spellings if (t := index_term(s, language)) in names}

    def best_sentence(self, text: str, places: Sequence[tuple[int, int, str]]) -> tuple[int, int]:
        """Offsets of the sentence that holds most of the weighted terms; a phrase outweighs all of
        them.

        Each term counts once, and long sentences a little less, for a list that names everything
        answers nothing. (0, 0) for an empty text; the first sentence where no term occurs, and of
        equally good ones.
        """
        spans = sentences(text)
        if not spans:
            return 0, 0
        return max(spans, key=lambda span: (self._value(text, span, places), -span[0]))

    def _value(
        self, text: str, span: tuple[int, int], places: Sequence[tuple[int, int, str]]
    ) -> float:
        start, end = span
        held = {term for begin, _, term in places if start <= begin < end}
        # a set has no order: only a sum that is rounded once is the same in every run
        value = fsum(self.weights[term] for term in held) / self._total
        if self.phrases:
            plain = plain_text(text[start:end])
            value += sum(holds_phrase(plain, phrase) for phrase in self.phrases)
        return value / (1 + max(0, end - start - 200) / 1000)


class _Finder:
    """Finds a query's words in the texts of one language."""

    def __init__(self, words: Iterable[QueryWord], language: str) -> None:
        self._language = language
        self.names: dict[str, str] = {}
        """The name of each term's word; a word's own term goes before what is near another."""
        for form, name in sorted(
            ((form, word.name) for word in words for form in word.forms),
            key=lambda pair: -pair[0].weight,
        ):
            if form.languages is None or language in form.languages:
                self.names.setdefault(form.term, name)
        self._beginnings = _beginnings(self.names)
        self._seen: set[str] = set()
        self._found: dict[str, str] = {}

    def places(self, text: str) -> list[tuple[int, int, str]]:
        """(start, end, name) of every word of `text` that is one of the query's."""
        if has_unspaced(text):
            words = find_words(text, self._language)
            return [(w.start, w.end, self.names[w.term]) for w in words if w.term in self.names]
        surfaces = set(pattern_for(text).findall(text))
        self._learn(surfaces - self._seen)
        return sorted(
            (start, end, self._found[surface])
            for surface in surfaces & self._found.keys()
            for start, end in _occurrences(surface, text)
        )

    def _learn(self, surfaces: Set[str]) -> None:
        """Remember which of these spellings are words of the query."""
        self._seen |= surfaces
        for surface in surfaces:
            if surface[:2] in self._beginnings or not surface[:2].isascii():
                term = index_term(surface, self._language)
                if term in self.names:
                    self._found[surface] = self.names[term]


def _occurrences(surface: str, text: str) -> Iterator[tuple[int, int]]:
    """Offsets at which a word stands in a text by itself, not inside another word."""
    at = text.find(surface)
    while at >= 0:
        end = at + len(surface)
        begins = at == 0 or not _goes_on(text[at - 1])
        if begins and (end == len(text) or not _goes_on(text[end])):
            yield at, end
        at = text.find(surface, end)


def _beginnings(terms: Iterable[str]) -> set[str]:
    """The first two letters of any plain spelling of these terms: stemming changes none of them but
    y and i.
    """
    firsts = {term[:2] for term in terms}
    firsts |= {
        first + letter for first in firsts if len(first) == 1 for letter in "ei"
    }  # 'aed' becomes 'a'
    firsts |= {
        first[:1] + "yi"["yi".index(first[1]) - 1] for first in firsts if first[1:] in {"y", "i"}
    }
    return {
        own
        for first in firsts
        for own in (first, first.upper(), first.title(), first[:1] + first[1:].upper())
    }


def _goes_on(character: str) -> bool:
    """Whether a character beside a word belongs to it: a letter, a digit, or a mark on one."""
    return character.isalnum() or (
        not character.isascii() and unicodedata.category(character).startswith("M")
    )


def hit_words(text: str, places: Sequence[tuple[int, int, str]]) -> tuple[str, ...]:
    """The words found, as `text` writes them, each term once."""
    spelling: dict[str, str] = {}
    for start, end, term in places:
        spelling.setdefault(term, text[start:end])
    return tuple(spelling.values())


def marks(text: str, terms: Collection[str]) -> list[tuple[int, int]]:
    """Offsets of every word of `text` that is among the terms (of `terms.terms`), for a display
    that marks them.
    """
    return [(start, end) for start, end, _ in Marker(dict.fromkeys(terms, 1.0)).places(text)]


def lines_of(chunk: Chunk, start: int, end: int) -> tuple[Rect, ...]:
    """The rectangles of the lines where `chunk.text[start:end]` stands.

    A chunk keeps its lines' rectangles but not where each begins in the text, so that is reckoned:
    a line holds characters in proportion to its width over its height. Good to about one line; all
    lines where there are few. Paragraphs of a text without pages are parted by line breaks.
    """
    rects = chunk.rects
    if chunk.has_paragraphs:
        first, last = (
            chunk.text.count("\n", 0, start),
            chunk.text.count("\n", 0, max(start, end - 1)),
        )
        return rects[first : last + 1]
    if len(rects) <= 2 or end <= start or (start == 0 and end >= len(chunk.text)):
        return rects
    sizes = [max(x1 - x0, 1.0) / max(y1 - y0, 1.0) for _, x0, y0, x1, y1 in rects]
    scale = len(chunk.text) / sum(sizes)
    chosen: list[Rect] = []
    at = 0.0
    for rect, size in zip(rects, sizes, strict=True):
        length = size * scale
        if min(end, at + length) - max(start, at) > min(0.15 * length, 0.5 * (end - start)):
            chosen.append(rect)
        at += length
    return tuple(chosen) or (
        rects[min(int(start / scale / max(sum(sizes), 1e-9) * len(rects)), len(rects) - 1)],
    )
