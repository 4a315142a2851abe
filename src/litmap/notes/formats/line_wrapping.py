"""How plain text was wrapped: at which width, and whether a line goes on with the one before."""

from __future__ import annotations

import re
from itertools import pairwise

_ENTRY = re.compile(r"[^\W\d_][^\d()]{1,80}[ .,(]{1,2}\(?(?:1[89]|20)\d\d[a-z]?[).,:]")
_UNFINISHED = re.compile(
    r"\s(?:of|the|and|a|an|in|on|for|with|by|to|from|or|at|as|der|die|das|und|für|von|de|la|le|et|&|et al\.)$"
    r"|\b[A-Z][a-z]{1,5}\. [A-Z][a-z]{1,5}\.$|\b[A-Z]\. ?[A-Z]\.$"
)
"""What no sentence or entry ends with: 'of', 'et al.', 'Phys. Rev.', 'A. M.'."""


def goes_on(before: str, text: str, width: int) -> bool:
    """True where `text` goes on with the line `before`, because that one was full; `width` is `wrap_width`'s."""
    if not before:
        return False
    start = text.lstrip()
    word = start.split(maxsplit=1)[0]
    if _is_open(before) or (before.endswith("-") and before[-2:-1].isalpha()):
        return True
    continues = (
        (word[0].islower() or word[0] in "(&") and before[-1] not in ".!?;:" and "://" not in word
    )
    if not width:
        return continues and len(before) > 45
    if continues and len(before) > 0.6 * width:
        return True
    full = len(before.rsplit(maxsplit=1)[0]) if " " in before.strip() else 0
    if _UNFINISHED.search(before[-24:]) and len(before) > 0.6 * width:
        return True
    if (_ENTRY.match(start) and before[-1] in ".)]/") or (
        "://" in before.rsplit(maxsplit=1)[-1] and full
    ):
        return (
            False  # a reference after a full stop, or what follows an address at the end of a line
        )
    if (
        full > width
    ):  # longer than wrapped lines are, unless this paragraph is wrapped wider than the others
        return full < 1.4 * width and before[-1].isalpha() and len(text) > 0.8 * width
    return len(before) + 1 + len(word) > width


def _is_open(line: str) -> bool:
    """True where a quotation or bracket that begins on the line is still open at its end."""
    if len(line) < 30:
        return False
    quotes = line.count('"') % 2 == 1 or line.count("“") > line.count("”")
    return quotes or (line.rfind("(") > line.rfind(")") and len(line) - line.rfind("(") < 60)


def wrap_width(lines: list[str]) -> int:
    """The width at which the text was wrapped, 0 where each line is a paragraph of its own.

    Judged by the lines that surely go on (the next one begins in lower case): none of them had room for one word more.
    """
    needed = []
    for line, after in pairwise(lines):
        start = after.lstrip()
        if (
            len(line) > 30
            and start[:1].islower()
            and len(line) < 130
            and not re.search(r"[.!?;:]$", line)
        ):
            needed.append(len(line) + 1 + len(start.split(maxsplit=1)[0]))
    if len(needed) < 3:
        return _usual_length(lines)
    needed.sort()
    return max(needed[len(needed) // 10] - 1, needed[len(needed) // 2] - 14, 40)


def _usual_length(lines: list[str]) -> int:
    """The length that most lines inside paragraphs come close to from below, 0 where they come close to none."""
    followed = [
        len(line) for line, after in pairwise(lines) if 40 <= len(line) <= 110 and after.strip()
    ]
    best, width = 0, 0
    for limit in range(50, 111):
        count = sum(1 for length in followed if limit - 12 < length <= limit)
        if count > best:
            best, width = count, limit
    return width - 2 if best >= 3 and best >= 0.4 * len(followed) else 0
