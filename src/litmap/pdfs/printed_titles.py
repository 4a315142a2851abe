"""Where a title is printed: alone, inside a line of others, or behind 'Erratum to:'."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate

from litmap.parsing.word_lists import load_words

_LETTERS = str.maketrans(
    {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ﬁ": "fi", "ﬂ": "fl"}
)
_LOOKED_THROUGH = 60_000
"""Characters of a text in which a title is looked for."""
_MAX_SPOTS = 3
"""Places of one title that are looked at."""
_TOP = 1_500
"""Letters and digits at the beginning of a text in which a paper's own title stands."""
_MAX_LABEL = 8
"""Letters before a title in its line that are a number or 'Title', no sentence and no name."""
_PARTS = re.compile(r"[:?–—]\s|\s-\s")
"""Where a part of a title begins."""
_MAX_OPENING = 90
"""Letters before a title in its line that may be 'Reply to Marwick and van der Berg on'."""


def squash(text: str) -> str:
    """Letters and digits only, lower-case, without accents: line breaks do not matter."""
    text = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return "".join(c for c in text if c.isalnum())


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where a title is printed, everything squashed: the rest of its line before and behind
    it, the lines above and below, and the offset in the text.
    """

    at: int
    before: str
    behind: str
    above: str
    below: str

    @property
    def is_head(self) -> bool:
        """Whether the title stands where a paper's own stands: at the top, in a line of its own."""
        return self.at < _TOP and len(self.before) <= _MAX_LABEL and not self.is_in_contents

    @property
    def is_in_contents(self) -> bool:
        """Whether a page's number ends the line, as in a table of contents."""
        return self.behind.isdigit() and len(self.behind) > 1

    @property
    def is_of_notice(self) -> bool:
        """Whether words before, above or behind the title say that the file is about the paper."""
        if len(self.before) <= _MAX_OPENING and self.before.startswith(_openings()):
            return True
        alone = [self.behind] if self.behind else [self.below]
        return any(map(is_notice_line, alone if self.before else [self.above, *alone]))


def find_spots(title: str, text: str) -> Iterator[Spot]:
    """The first places where a title is printed, letter by letter, over however many lines."""
    wanted, lines = squash(title), _squashed_lines(text)
    starts, whole = list(accumulate(map(len, lines), initial=0)), "".join(lines)
    at = whole.find(wanted) if wanted else -1
    for _ in range(_MAX_SPOTS):
        if at < 0:
            return
        end = at + len(wanted)
        first = bisect_right(starts, at) - 1
        last = bisect_left(starts, end) - 1
        yield Spot(
            at,
            whole[starts[first] : at],
            whole[end : starts[last + 1]],
            lines[first - 1] if first else "",
            lines[last + 1] if last + 1 < len(lines) else "",
        )
        at = whole.find(wanted, end)


@lru_cache(maxsize=1)
def _squashed_lines(text: str) -> tuple[str, ...]:
    """The lines that hold letters or digits; one file is compared with many titles."""
    return tuple(filter(None, map(squash, text[:_LOOKED_THROUGH].splitlines())))


def is_notice_line(line: str) -> bool:
    """Whether a squashed line is nothing but 'Erratum', 'Supplementary material for'."""
    return any(line.startswith(words) and len(line) <= len(words) + 4 for words in _notices())


def names_notice(title: str) -> bool:
    """Whether a title, or its part behind a colon, is that of a notice, a reply or a supplement:
    'Erratum to …', 'Marshes: a reply to …'.
    """
    return any(squash(part).startswith(_openings()) for part in _PARTS.split(title))


@cache
def _notices() -> frozenset[str]:
    return frozenset(map(squash, load_words("notices", "litmap.pdfs")))


@cache
def _openings() -> tuple[str, ...]:
    return tuple(_notices() | set(map(squash, load_words("replies", "litmap.pdfs"))))
