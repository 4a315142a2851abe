"""How a share is said in per cent: never 0 or 100 where it is a chance."""

from __future__ import annotations


def chance_words(chance: float) -> str:
    """'37%'; '<1%' and '>99%' at the ends, for a chance that was estimated is never sure."""
    percent = round(100 * chance)
    if percent < 1:
        return "<1%"
    return ">99%" if percent > 99 else f"{percent}%"
