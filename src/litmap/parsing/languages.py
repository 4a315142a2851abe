"""Which language a text is written in, as far as a heuristic has to know: English or another."""

from __future__ import annotations

import re
from functools import lru_cache

from litmap.parsing.grammar import UNSPACED
from litmap.parsing.word_lists import load_words

MAX_LENGTH = 600
"""Characters that are looked at."""
_WORD = re.compile(r"[^\W\d_]+")
_OTHER_LETTERS = re.compile(rf"[{UNSPACED}А-яЁёЄєІіЇїҐґ]")
_ENGLISH = load_words("english_words")
_OTHER = load_words("words_of_other_languages")


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
