"""Lists of phrases as one pattern, in scripts that part their words and in those that do not."""

from __future__ import annotations

import re
from collections.abc import Iterable

from litmap.parsing.terms import has_unspaced


def phrases_pattern(phrases: Iterable[str], *, begins: bool = False) -> re.Pattern[str]:
    """What finds any of these phrases in text of their case: as whole words where the script has
    words, the longest first, '*' for the rest of a word; `begins`: only at a text's beginning.
    """
    longest = sorted(set(phrases), key=lambda p: (-len(p), p))
    spaced = (p for p in longest if not has_unspaced(p))
    words = "|".join(re.escape(p).replace(r"\*", r"\w*") for p in spaced)
    signs = "|".join(re.escape(p) for p in longest if has_unspaced(p))
    bordered = words and rf"(?<!\w)(?:{words})(?!\w)"
    either = "|".join(part for part in (bordered, signs) if part)
    return re.compile(rf"(?:{either})" if not begins else rf"^(?:{either})")
