"""Both titles of a line that is two of them.

'Wasserstein GAN and Improved Training of Wasserstein GANs'.
"""

from __future__ import annotations

import re

from litmap.citations.recognisers.attributed_titles import RUN_TOGETHER
from litmap.citations.recognisers.title_scoring import SMALL_WORDS, TitleCandidate
from litmap.citations.recognisers.words_in_titles import NO_TITLE, TITLE_WORD, raised_words

CANDIDATE_SCORE = 0.55
MIN_LENGTH = 10
MIN_RAISED_SHARE = 0.8
MAX_PAIR_LENGTH = 600
"""Characters that two titles have at most.

Each place where a longer text may be cut would be read in full.
"""
_JOINT = re.compile(r"\s(?:and|&|/|//|\+|vs\.?)\s(?=[A-ZÀ-Þ])")
_OPENING_WORDS = frozenset({"The", "A", "An", "On", "Why", "How"})
_OPEN_ENDS = frozenset({"of", "the", "in", "for", "and", "to", "with", "on", "a"})


def joined_titles(text: str) -> list[TitleCandidate]:
    """Both titles of a line that is two titles; [] for any other."""
    if len(text) > MAX_PAIR_LENGTH or RUN_TOGETHER.search(text):
        return []
    for joint in _JOINT.finditer(text):
        one, two = text[: joint.start()].strip(" .,;"), text[joint.end() :].strip(" .,;")
        strong = joint.group().strip() in {"/", "+", "//", "vs.", "vs"}
        if not strong and not may_be_two(one, two):
            continue
        if is_whole_title(one, min_words=2) and is_whole_title(two, min_words=2 if strong else 3):
            first, second = text.find(one), text.find(two, joint.end())
            return [_candidate(one, first), _candidate(two, second)]
    return []


def _candidate(title: str, start: int) -> TitleCandidate:
    return TitleCandidate(title, start, start + len(title), CANDIDATE_SCORE)


def may_be_two(one: str, two: str) -> bool:
    """True where the second shares a raised word of the first, or opens as titles do.

    'Neural Networks and Deep Learning' is one.
    """
    words = two.split()
    return bool(_stems(raised_words(one.split())) & _stems(words)) or words[0] in _OPENING_WORDS


def _stems(words: list[str]) -> set[str]:
    """The first six letters of words that say something, without the plural's s."""
    folded = (word.lower() for word in words)
    return {word[:6].rstrip("s") for word in folded if word not in SMALL_WORDS}


def is_whole_title(text: str, *, min_words: int) -> bool:
    """True for a title in title case of `min_words` words or more that does not break off."""
    words = TITLE_WORD.findall(text)
    if len(words) < min_words or len(text) < MIN_LENGTH or not text[0].isupper():
        return False
    if text.count(",") > 1 or words[-1].lower() in _OPEN_ENDS or NO_TITLE.search(text):
        return False
    content = [word for word in words if len(word) > 3]
    return is_mostly_raised(content)


def is_mostly_raised(words: list[str]) -> bool:
    """True where four of five words have a capital."""
    raised = sum(1 for word in words if word[0].isupper())
    return raised >= MIN_RAISED_SHARE * len(words) > 0
