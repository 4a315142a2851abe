r"""Regular expressions of names and years, to be put together to those of mentions; and how to look
for them fast.

`re` skips a text in one step to the next place where an expression may match only if this begins
with a single set of characters; every other is tried at each character. So what is sought in every
block begins with such a set and looks back for the rest ('(?<![\w-].)'), or is tried only where a
cheaper expression says that it may begin (`matches_at`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litmap.parsing.word_lists import load_pattern

VENUE = r"(?:e|bio)?[A-Z][A-Za-z&+-]{1,14}\.?(?:\s[A-Z][A-Za-z.]{0,14}){0,3}"
WORK_NOUN = rf"(?:{load_pattern('work_nouns')}|review article)"
"""What a work is called.

'review article' comes last, so that 'review' is taken for the whole where it is enough.
"""
BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))
"""Everything that `\\s` stands for."""
_KEY = re.compile(r"(?<![\w.])@\w")


def whole_year(figures: str, turn: int = 40) -> str:
    """'67' is '1967' and '17' is '2017', as far as two figures tell.

    Below `turn` the century is this one.
    """
    return ("20" if int(figures) < turn else "19") + figures if len(figures) == 2 else figures


def cites_by_key(text: str) -> bool:
    """Whether a citekey ('@doe1999') stands in a text."""
    return "@" in text and _KEY.search(text) is not None


def matches_at(
    starts: re.Pattern[str], pattern: re.Pattern[str], text: str, position: int = 0
) -> Iterator[re.Match[str]]:
    """What `pattern.finditer` gives, if wherever `pattern` matches `starts` does as well.

    No match is empty.
    """
    while start := starts.search(text, position):
        match = pattern.match(text, start.start())
        if match:
            yield match
        position = match.end() if match else start.start() + 1
