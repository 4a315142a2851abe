"""What would be sent to whom for citations, without sending it: `litmap read NOTE --searches`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from litmap.models import Citation, Lookups
from litmap.works import query_plan
from litmap.works.queries import SourceOptions, SourceQuery
from litmap.works.task import open_task

_FIXED = frozenset(
    {"select", "rows", "start", "max_results", "per-page", "format", "h", "sort", "limit", "fields",
     "mailto", "email", "tool", "corpus", "idtype", "pageSize", "size", "resultType", "wt", "fl"}
)  # fmt: skip
"""Parameters of queries that say nothing of a work."""


@dataclass(frozen=True, slots=True)
class PlannedSearch:
    """A request that a refresh would send where no earlier one is answered.

    `sent` is what it says of the works, `url` its whole address, `citations` the keys of those that
    it is for, `why` what of the notes names them.
    """

    source: str
    sent: str
    why: str
    url: str
    citations: tuple[str, ...]


def planned_searches(
    citations: Sequence[Citation], lookups: str = Lookups.ALL
) -> list[PlannedSearch]:
    """Every request that the look-up of these citations may begin with, in its order.

    A source that answers makes later ones superfluous; what is asked then comes from its answer
    (an identifier, a title as published), not from the notes.
    """
    tasks = [open_task(citation, lookups=lookups) for citation in citations]
    options = SourceOptions()
    searches: dict[str, PlannedSearch] = {}
    for step in query_plan.STEPS:
        for query in query_plan.queries_of(step, tasks, options):
            searches.setdefault(query.request.url, _planned(query))
    return list(searches.values())


def _planned(query: SourceQuery) -> PlannedSearch:
    named = [task.citation for task in query.tasks]
    why = ", ".join(dict.fromkeys(what_names(citation) for citation in named))
    url = query.request.url
    return PlannedSearch(query.source, sent(url), why, url, tuple(c.key for c in named))


def sent(url: str) -> str:
    """What an address says of works: its path beyond the service's own, and its words."""
    parts = urlsplit(url)
    words = [value for name, value in parse_qsl(parts.query) if name not in _FIXED]
    return " ".join(words) or unquote(f"{parts.hostname or ''}{parts.path}")


def what_names(citation: Citation) -> str:
    """What of the notes names the work: 'an identifier', 'a reference', 'a title', …"""
    reference = citation.reference
    if reference.ids:
        return "an identifier"
    if reference.urls:
        return "a link"
    if citation.kind in {"author-year", "name"}:
        return "people and a year" if reference.year else "people"
    return "a reference" if citation.sure else "a title"
