"""How plain text was wrapped: at which width, and whether a line goes on with the one before."""

from __future__ import annotations

import re
from itertools import pairwise

from litmap.parsing.grammar import YEAR_SINCE_1800
from litmap.parsing.word_lists import load_pattern

_ENTRY = re.compile(rf"[^\W\d_][^\d()]{{1,80}}[ .,(]{{1,2}}\(?{YEAR_SINCE_1800}[a-z]?[).,:]")
_UNFINISHED = re.compile(
    rf"\s(?:{load_pattern('unfinished_line_ends', 'litmap.notes')})$"
    r"|\b[A-Z][a-z]{1,5}\. [A-Z][a-z]{1,5}\.$|\b[A-Z]\. ?[A-Z]\.$"
)
"""What no sentence or entry ends with: 'of', 'et al.', 'Phys. Rev.', 'A. M.'."""


MIN_FULL_SHARE = 0.6
"""Of the width: a shorter line did not end for want of room, even before a word in lower case."""
MIN_UNWRAPPED_CHARS = 45
"""In a text that was not wrapped, a line this short ends where its author ended it."""
MAX_WIDER = 1.4
"""How much wider than the others a paragraph may be wrapped."""


def continues(before: str, text: str, width: int) -> bool:
    """True where `text` goes on with the line `before`, because that one was full.

    `width` is `wrap_width`'s.
    """
    if not before:
        return False
    if has_open_bracket(before) or ends_in_hyphen(before):
        return True
    word = text.split(maxsplit=1)[0]
    in_sentence = continues_sentence(before, word)
    if not width:
        return in_sentence and len(before) > MIN_UNWRAPPED_CHARS
    if len(before) > MIN_FULL_SHARE * width and (in_sentence or is_unfinished(before)):
        return True
    if begins_entry(before, text) or ends_in_address(before):
        return False
    return is_full(before, text, width)


def is_full(before: str, text: str, width: int) -> bool:
    """True where the first word of `text` had no room any more on the line before."""
    if _chars_before_last_word(before) > width:
        return is_wider_paragraph(before, text, width)
    return len(before) + 1 + len(text.split(maxsplit=1)[0]) > width


def has_open_bracket(line: str) -> bool:
    """True where a quotation or bracket that begins on the line is still open at its end."""
    if len(line) < 30:
        return False
    quotes = line.count('"') % 2 == 1 or line.count("“") > line.count("”")
    return quotes or (line.rfind("(") > line.rfind(")") and len(line) - line.rfind("(") < 60)


def ends_in_hyphen(line: str) -> bool:
    """True for 'a word that is hyphen-'."""
    return line.endswith("-") and line[-2:-1].isalpha()


def continues_sentence(before: str, word: str) -> bool:
    """True where the next line's first word goes on with a sentence: 'we show' / 'that …', or where
    a comma stands between: 'Lake Letters,' / '12 (2001)'.
    """
    return before[-1] in ",،、" or (
        (word[0].islower() or word[0] in "(&") and before[-1] not in ".!?;:" and "://" not in word
    )


def is_unfinished(line: str) -> bool:
    """True for an end that ends no sentence: 'the work of', 'Smith et al.', 'Phys. Rev.'."""
    return bool(_UNFINISHED.search(line[-24:]))


def begins_entry(before: str, text: str) -> bool:
    """True for a reference after a full stop: 'J. Ecol. 12.' / 'Tilman, D. (1994). …'."""
    return before[-1] in ".)]/" and bool(_ENTRY.match(text.lstrip()))


def ends_in_address(line: str) -> bool:
    """True for words that end with an address: 'see https://example.org/a'."""
    return "://" in line.rsplit(maxsplit=1)[-1] and _chars_before_last_word(line) > 0


def is_wider_paragraph(before: str, text: str, width: int) -> bool:
    """True for lines longer than wrapped ones are, in a paragraph wrapped wider than the others."""
    return (
        _chars_before_last_word(before) < MAX_WIDER * width
        and before[-1].isalpha()
        and len(text) > 0.8 * width
    )


def _chars_before_last_word(line: str) -> int:
    """Length of the line without its last word, 0 where it has but one."""
    return len(line.rsplit(maxsplit=1)[0]) if " " in line.strip() else 0


def wrap_width(lines: list[str]) -> int:
    """The width at which the text was wrapped, 0 where each line is a paragraph of its own.

    Judged by the lines that surely go on (the next one begins in lower case): none of them had room
    for one word more.
    """
    needed = [
        len(line) + 1 + len(after.split(maxsplit=1)[0])
        for line, after in pairwise(lines)
        if _surely_goes_on(line, after)
    ]
    if len(needed) < 3:
        return _usual_length(lines)
    needed.sort()
    return max(needed[len(needed) // 10] - 1, needed[len(needed) // 2] - 14, 40)


def _surely_goes_on(line: str, after: str) -> bool:
    return 30 < len(line) < 130 and after.lstrip()[:1].islower() and line[-1] not in ".!?;:"


def _usual_length(lines: list[str]) -> int:
    """The length that most lines inside paragraphs nearly reach; 0 where there is none."""
    followed = [
        len(line) for line, after in pairwise(lines) if 40 <= len(line) <= 110 and after.strip()
    ]
    best, width = 0, 0
    for limit in range(50, 111):
        count = sum(1 for length in followed if limit - 12 < length <= limit)
        if count > best:
            best, width = count, limit
    return width - 2 if best >= 3 and best >= 0.4 * len(followed) else 0
