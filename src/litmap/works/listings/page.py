"""What a listing gives: papers with the day on which they appeared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from litmap.works.record import Record

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class NewPaper:
    """A record, the `day` on which the paper appeared (ISO 8601, '' where it is not told), and the
    works that it `cites`, as far as the listing tells ('openalex:W1').
    """

    record: Record
    day: str = ""
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListingPage:
    """Papers of one answer; `more` asks for the next one ('' where this is the last)."""

    papers: Sequence[NewPaper]
    more: str = ""


def day_of(value: str) -> str:
    """The day (ISO 8601) that a text begins with; '' where it begins with none."""
    match = _DAY.match(value.strip())
    if match is None:
        return ""
    try:
        return date.fromisoformat(match.group()).isoformat()
    except ValueError:
        return ""
