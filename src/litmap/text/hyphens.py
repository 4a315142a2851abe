"""Lines joined to running text; hyphens at line ends judged by the document's own words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_TAIL = re.compile(r"([^\W\d_]+(?:[-’'][^\W\d_]+)*)-$")
_HEAD = re.compile(r"^[^\W\d_]+")
_FIRST_HALVES_WORDS = """
self well so one two three four five six high low large small long short half ill worst best full real state
data time quasi semi zero single first second third cross near mean end hand fine finite non
"""
_FIRST_HALVES = frozenset(_FIRST_HALVES_WORDS.split())
_PREFIXES_WORDS = """
over under pre sub multi inter intra super meta hyper counter out up anti trans micro macro
"""
_PREFIXES = frozenset(_PREFIXES_WORDS.split())
_LISTED = frozenset(["and", "or", "to", "und", "et"])
# Endings that are no words: what stands before them was broken by the typesetter.
_ENDING = re.compile(
    r"(?:tions?|sions?|ings?|ments?|ness|ity|ities|able|ible|ally|ously|ized?|ises?|ed|ly|ers?|ance|ence)$"
)


class Vocabulary:
    """Words of a document as printed inside its lines, whole and hyphenated; halves at line breaks left out."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.words: Counter[str] = Counter()
        broken = False
        for line in lines:
            found = _WORD.findall(line.lower())
            if broken and found:
                found = found[1:]
            broken = line.endswith("-")
            if broken and found:
                found.pop()
            self.words.update(found)
            for word in found:
                if "-" in word:
                    self.words.update(part for part in word.split("-") if len(part) > 2)

    def keeps_hyphen(self, first: str, second: str) -> bool:
        """Whether the hyphen between two halves of a broken word belongs to the word."""
        first, second = first.lower(), second.lower()
        joined, hyphenated = self.words[first + second], self.words[f"{first}-{second}"]
        if joined != hyphenated:
            return hyphenated > joined
        if "-" in first:
            tail = first.rsplit("-", 1)[1]
            return not self.words[tail + second] and bool(self.words[tail] and self.words[second])
        if first in _FIRST_HALVES and self.words[second]:
            return True
        if first.endswith("ly") and len(first) > 4 and self.words[second]:
            return True
        if first in _PREFIXES or len(first) < 3 or len(second) < 3 or _ENDING.fullmatch(second):
            return False
        return self.words[first] >= 2 and self.words[second] >= 2


def join(first: str, second: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """What is left of a line's text, and what stands between it and the next line ('' or a space)."""
    if not first.endswith("-"):
        return first, " " if first else ""
    tail, head = _TAIL.search(first[-60:]), _HEAD.match(second)
    if tail is None or head is None or first.endswith("--"):
        return first, "" if first[-2:-1].isalnum() and second[:1].isalnum() else " "
    if head[0] in _LISTED:
        return first, " "
    # A capital after a small letter begins a name (Kullback-Leibler); in words set in capitals it is a break.
    if head[0][0].isupper() and not (tail[1].isupper() and head[0].isupper() and len(head[0]) > 1):
        return first, ""
    if vocabulary.keeps_hyphen(tail[1], head[0]):
        return first, ""
    return first[:-1], ""
