"""Lines joined to running text; hyphens at line ends judged by the document's own words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_TAIL = re.compile(r"([^\W\d_]+(?:[-’'][^\W\d_]+)*)-$")
_HEAD = re.compile(r"^[^\W\d_]+")
_KEEPS = frozenset(
    ["self", "well", "non", "semi", "quasi", "multi", "cross", "high", "low", "long", "short", "one", "two", "three", "four", "first", "second", "third", "half", "full", "large", "small", "real", "time", "state", "data", "model", "over", "under", "near", "mean", "worst", "best", "fine", "hand", "end", "zero", "single", "double", "mini", "pre", "post", "sub", "super", "meta", "hyper", "ever", "so", "then", "all", "co", "anti", "inter", "intra", "counter", "ill", "so-called"]
)
_ALWAYS = frozenset(["self", "well", "so", "one", "two", "three", "four", "high", "low", "large", "small", "long", "short", "half", "ill", "worst", "best"])


class Vocabulary:
    """Words of a document as printed inside its lines, whole and hyphenated."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.words: Counter[str] = Counter()
        for line in lines:
            found = _WORD.findall(line.lower())
            if line.endswith("-") and found:
                found.pop()
            self.words.update(found)
            for word in found:
                if "-" in word:
                    self.words.update(word.split("-"))

    def keeps_hyphen(self, first: str, second: str) -> bool:
        """Whether the hyphen between two halves of a broken word belongs to the word."""
        first, second = first.lower(), second.lower()
        joined, hyphenated = self.words[first + second], self.words[f"{first}-{second}"]
        if joined != hyphenated:
            return hyphenated > joined
        if "-" in first:
            tail = first.rsplit("-", 1)[1]
            return not self.words[tail + second] and bool(self.words[tail] and self.words[second])
        if first in _ALWAYS:
            return True
        return bool(self.words[first] and self.words[second]) and len(first) > 2 and len(second) > 2


def join(first: str, second: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """What is left of a line's text, and what stands between it and the next line ('' or a space)."""
    if not first.endswith("-"):
        return first, " " if first else ""
    tail, head = _TAIL.search(first), _HEAD.match(second)
    if tail is None or head is None or first.endswith("--"):
        return first, "" if head is not None and first[-2:-1].isalnum() else " "
    if head[0][0].isupper() or vocabulary.keeps_hyphen(tail[1], head[0]):
        return first, ""
    return first[:-1], ""
