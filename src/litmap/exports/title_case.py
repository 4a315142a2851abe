"""Which words of a title keep their capitals when a style sets it in lower case.

BibTeX's and BibLaTeX's styles print an English title in sentence case, but what stands in braces.
So braces belong around proper names, acronyms and formulas, and around nothing else, or no style
can choose its case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.parsing.word_lists import load_words

MIN_WORD_CHARS = 4
"""Shorter words are small ones in every kind of title and say nothing of its case."""
_WORD = re.compile(r"[^\s\-–—/:;,.!?()\[\]\"“”„«»‘]+")
"""A word, or a part of one between hyphens; an apostrophe stands within."""
_ENDS_CLAUSE = re.compile(r"[:.?!–—]\s*[\"“„«‘(]*$|^[\"“„«‘(]*$")
_POSSESSIVE = re.compile(r"[’']s?$")
MAX_SHOUTED = 0.7
"""A larger share of words in capitals only is a title that shouts: its capitals mean nothing."""


def protected_words(title: str) -> list[tuple[int, int]]:
    """Where the words [start, end) stand that keep their capitals, in order."""
    words = [(match.start(), match.end()) for match in _WORD.finditer(title)]
    texts = [title[start:end] for start, end in words]
    if _shouts(texts):
        return []
    in_sentence_case = is_sentence_case(texts) or is_german(texts)
    return [
        (start, end)
        for (start, end), word in zip(words, texts, strict=True)
        if has_inner_capital(word)
        or is_lone_capital(word)
        or is_named_after_people(word)
        or (in_sentence_case and word[:1].isupper() and not _begins_clause(title, start))
    ]


def is_sentence_case(words: Sequence[str]) -> bool:
    """True where most words behind the first begin small: 'Learning to speak in Danish towns'."""
    long = [word for word in words[1:] if len(word) >= MIN_WORD_CHARS and word[0].isalpha()]
    small = sum(word[0].islower() for word in long)
    return small * 2 > len(long)


def is_german(words: Sequence[str]) -> bool:
    """True where nouns have capitals of their own: 'Akten und Erinnerung'."""
    return not load_words("german_small_words", "litmap.exports").isdisjoint(words)


def has_inner_capital(word: str) -> bool:
    """'DNA', 'mRNA', 'iPhone', 'McDonald', 'GPT4', 'H2O'; not 'Learning'."""
    return any(char.isupper() for char in _POSSESSIVE.sub("", word)[1:])


def is_lone_capital(word: str) -> bool:
    """The letter of 'Vitamin C' and 'Plan B', and 'I'; not the article 'A'."""
    return len(word) == 1 and word.isupper() and word != "A"


def is_named_after_people(word: str) -> bool:
    """'Bayesian', 'Markov', 'Gaussian'."""
    name = _POSSESSIVE.sub("", word)
    return name[:1].isupper() and name.lower() in load_words("names_in_titles", "litmap.exports")


def _shouts(words: Sequence[str]) -> bool:
    long = [word for word in words if len(word) >= MIN_WORD_CHARS]
    return len(long) > 1 and sum(word.isupper() for word in long) > MAX_SHOUTED * len(long)


def _begins_clause(title: str, start: int) -> bool:
    """True at the title's beginning and behind a colon, where styles keep capitals themselves."""
    return bool(_ENDS_CLAUSE.search(title[:start].rstrip()))
