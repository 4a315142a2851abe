"""Words of running text in any script: also without capitals, or without spaces."""

from __future__ import annotations

import re

EAST_ASIAN = re.compile("[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
"""A sign of Chinese, Japanese or Korean."""
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
_WIDE_MARK = "\u3000-\u303f\uff00-\uffef"
_WIDE_BREAK = re.compile(rf"[{_WIDE_MARK}]|{_SPACELESS.pattern}")
_SMALL_WORD = re.compile(r"\b[a-z]{3,}\b")
_WORD = re.compile(r"\b[^\W\d_A-Z]{3,}\b")
SIGNS_PER_WORD = 4
"""Signs of a script without spaces that count as one word."""


def count_words(text: str) -> int:
    """Words of running text: of three small letters or more, or of a script without capitals.

    Where words are not parted, four signs count as one.
    """
    if text.isascii():
        return len(_SMALL_WORD.findall(text))
    spaceless = len(_SPACELESS.findall(text))
    words = _SPACELESS.sub(" ", text) if spaceless else text
    small = sum(1 for word in _WORD.findall(words) if word == word.lower())
    return small + spaceless // SIGNS_PER_WORD


def are_joined(first: str, second: str) -> bool:
    """Whether a line goes on without a space: '相' and '談', '日期。' and '老人'."""
    if first.isascii() or second.isascii():
        return False
    return bool(_WIDE_BREAK.match(first[-1:]) and _WIDE_BREAK.match(second[:1]))
