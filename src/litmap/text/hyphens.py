"""Lines joined to running text; hyphens at line ends judged by the document's own words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from litmap.parsing.word_lists import load_words
from litmap.text.script_words import are_joined

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_TAIL = re.compile(r"([^\W\d_]+(?:[-’'][^\W\d_]+)*)-$")
_HEAD = re.compile(r"^[^\W\d_]+")
_FIRST_HALVES = load_words("first_halves", "litmap.text")
_PREFIXES = load_words("prefixes", "litmap.text")
_CONJUNCTIONS = frozenset(["and", "or", "to", "und", "et"])
_ENDING = re.compile(
    r"(?:tions?|sions?|ings?|ments?|ness|ity|ities|able|ible|ally|ously|ized?|ises?|ed|ly|ers?|"
    r"ance|ence)$"
)
"""Endings that are no words: what stands before them was broken by the typesetter."""
MAX_TAIL = 60
"""Characters at a line's end in which its last word is looked for."""


class Vocabulary:
    """Words of a document as printed inside its lines, whole and hyphenated; halves at line breaks
    left out.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        words = list(_whole_words(lines))
        parts = chain.from_iterable(word.split("-") for word in words if "-" in word)
        self.counts = Counter(words)
        self.counts.update(part for part in parts if len(part) > 2)

    def keeps_hyphen(self, first: str, second: str) -> bool:
        """Whether the hyphen between two halves of a broken word belongs to the word."""
        first, second = first.lower(), second.lower()
        joined, hyphenated = self.counts[first + second], self.counts[f"{first}-{second}"]
        if joined != hyphenated:
            return hyphenated > joined
        if "-" in first:
            return self._are_words_apart(first.rsplit("-", 1)[1], second)
        if self.counts[second] and (first in _FIRST_HALVES or is_adverb(first)):
            return True
        if first in _PREFIXES or is_broken_syllable(first, second):
            return False
        return self.counts[first] >= 2 and self.counts[second] >= 2

    def _are_words_apart(self, first: str, second: str) -> bool:
        """Whether both halves are words of the document, but not their join ('state-of-the-' and
        'art').
        """
        known = self.counts[first] > 0 and self.counts[second] > 0
        return known and not self.counts[first + second]


def _whole_words(lines: Iterable[str]) -> Iterator[str]:
    """The words of lines in lower case, halves at line breaks left out."""
    broken = False
    for line in lines:
        words = _WORD.findall(line.lower())
        if broken:
            del words[:1]
        broken = line.endswith("-")
        if broken:
            del words[-1:]
        yield from words


def is_adverb(word: str) -> bool:
    """Whether a word is an adverb that stands before another with a hyphen: 'randomly-drawn'."""
    return word.endswith("ly") and len(word) > 4


def is_broken_syllable(first: str, second: str) -> bool:
    """Whether a half is no word: under three letters, or only an ending ('exten-', 'sions')."""
    return len(first) < 3 or len(second) < 3 or _ENDING.fullmatch(second) is not None


def join(first: str, second: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """A line's text without a hyphen of the typesetter's, and what stands before the next line (''
    or a space).
    """
    if not first.endswith("-"):
        return first, " " if first and not are_joined(first, second) else ""
    tail, head = _TAIL.search(first[-MAX_TAIL:]), _HEAD.match(second)
    if tail is None or head is None or first.endswith("--"):
        return first, "" if is_number_range(first, second) else " "
    if head[0] in _CONJUNCTIONS:
        return first, " "
    if is_name_after_hyphen(tail[1], head[0]) or vocabulary.keeps_hyphen(tail[1], head[0]):
        return first, ""
    return first[:-1], ""


def is_number_range(first: str, second: str) -> bool:
    """Whether letters or digits that are no words touch the hyphen: '12-' and '15'."""
    return first[-2:-1].isalnum() and second[:1].isalnum()


def is_name_after_hyphen(tail: str, head: str) -> bool:
    """Whether a capital begins a name ('Kullback-' and 'Leibler'); in words set in capitals it is a
    break.
    """
    all_capitals = tail.isupper() and head.isupper() and len(head) > 1
    return head[0].isupper() and not all_capitals
