"""Where a paper belongs by its text, in words: chances of a heading hold where it fits one of them,
and that it fits none has a chance of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from litmap.parsing.percentages import chance_words
from litmap.ui import formatting

if TYPE_CHECKING:
    from litmap.models import Filing, HeadingPath

LEAST_NAMED = 0.05
"""Chance from which another heading is named."""
MAX_NAMED = 3


def suggested(filing: Filing) -> str:
    """Markdown that says where a paper belongs by its text."""
    chance = chance_words(filing.confidence)
    if filing.suggested is None:
        return f"By its text it probably fits none of your headings ({chance} confidence)."
    place = formatting.escape(formatting.path(filing.suggested))
    return f"By its text: **{place}** ({chance} confidence)"


def others(filing: Filing, named: Collection[HeadingPath] = ()) -> str:
    """Markdown of the headings beside the suggested one, without those that are named; '' where
    none is likely.
    """
    near = [
        f"{formatting.escape(formatting.path(other.heading[-1:]))} {chance_words(other.confidence)}"
        for other in filing.alternatives
        if other.confidence >= LEAST_NAMED and other.heading not in named
    ]
    if not near:
        return ""
    lead = "Or" if filing.suggested else "If it belongs under one of them, then most likely"
    return f"{lead}: {', '.join(near[:MAX_NAMED])}"
