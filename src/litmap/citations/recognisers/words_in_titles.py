"""Words that say whether a run of raised words is a title.

What is called after people, institutions, prizes.
"""

from __future__ import annotations

import re

from litmap.parsing.word_lists import load_words

TITLE_WORD = re.compile(r"[^\W\d_][\w'’-]*")
INNER_WORD = (
    r"(?:of|the|and|for|in|on|a|an|to|with|from|by|as|its|at|vs\.?|de|la|der|des|"
    r"du|und|is|are|we|not|without|&|–|-)"
)
"""What a title in title case has in lower case."""

LIST_OF_WORDS = re.compile(
    r"[A-ZÀ-Þ][\w’'-]+(?:, [A-ZÀ-Þ][\w’'-]+){0,3}, (?:and|&|or) "
    r"(?:[a-z]|[A-ZÀ-Þ][\w’'-]* [a-z]|Other |Its )"
)
"""How 'Ropes, Chains, and the Making of Harbours' goes on behind its first word."""


def _either_case(name: str) -> str:
    """The words of a list as alternatives, each also with a capital."""
    words = load_words(name)
    return "|".join(sorted(words | {word[0].upper() + word[1:] for word in words}))


NO_TITLE = re.compile(rf"\b(?:{_either_case('words_of_no_title')}|\w+day)\b")
EPONYM = re.compile(rf"\b(?:{_either_case('eponym_nouns')})$")
"""What is called after a person and is no work of theirs: "Zipf's law"."""


def raised_words(words: list[str]) -> list[str]:
    """The words with a capital, of three letters or more."""
    return [word for word in words if word[0].isupper() and len(word) > 2]
