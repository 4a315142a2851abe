"""What a search answers: passages and works with their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from litmap.models import Hit
from litmap.search.query import Facts, Query


@dataclass(frozen=True, slots=True)
class WorkHit:
    """A work as a result: its best passages, best first. `facts` is None for a note's own text,
    `work` then `note:<path>`.
    """

    work: str
    score: float
    hits: tuple[Hit, ...]
    facts: Facts | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """Passages and works that answer a query, best first.

    `close` is False where nothing resembles the query more than chance does: what is listed is then
    far off. `works` may be made only when looked at (`presenting.LazySequence`), from the build
    that was searched: look while it is open. `message` is a sentence for the reader where there is
    something to say, '' otherwise.
    """

    query: Query
    hits: tuple[Hit, ...] = ()
    works: Sequence[WorkHit] = ()
    close: bool = True
    message: str = ""
