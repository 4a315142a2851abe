"""Quoted phrases of the query languages that come from Lucene's: Europe PMC, HAL, CORE."""

from __future__ import annotations

import re

MAX_LETTERS = 300
"""Letters of a title that stand in a query."""


def can_quote(value: str) -> bool:
    """Whether a value may stand between quotation marks: no blank, mark or backslash is in it."""
    return not re.search(r"[\s\"\\]", value)


def phrase(title: str) -> str:
    """A title's words as a quoted phrase holds them."""
    return " ".join(re.sub(r"[^\w'’-]+", " ", title).split())[:MAX_LETTERS]
