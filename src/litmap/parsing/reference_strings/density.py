"""How dense names, numbers and marks stand in a text: references are told from prose by it."""

from __future__ import annotations

_MARKS = frozenset(".,:;()[]/&–„“”«»\"'‘’、。，：；（）《》「」")
_OPENING = "([„“\"«'‘’《「"
MAX_WORD = 14
"""Letters a word in the mean; in scripts without spaces there are more."""


def reference_density(text: str) -> float:
    """Marks, and words with a capital or a digit, for each word; references have more than prose.

    Lists have 0.8 and more, nine paragraphs of ten less than 0.6, in English and German. Where no
    spaces are, marks and digits are counted for each letter.
    """
    words = text.split()
    letters = sum(map(str.isalpha, text))
    if not words or not letters:
        return 0.0
    marks = sum(c in _MARKS for c in text)
    if letters > MAX_WORD * len(words):
        return 2 * (marks + sum(map(str.isdigit, text))) / letters + 0.4
    return (sum(map(_is_named, words)) + marks) / len(words)


def _is_named(word: str) -> bool:
    return word.lstrip(_OPENING)[:1].isupper() or any(map(str.isdigit, word))
