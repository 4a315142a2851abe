"""What became of the library's works: asked about in a few requests for all of them, each answer
kept as it comes, so that a run that breaks off goes on where it was.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from litmap.catalogue import Catalogue, utc_now
from litmap.catalogue.entries import Entry, entries
from litmap.models import Lookups, NoticeKind
from litmap.paths import LibraryPaths
from litmap.pipeline.context import RunContext, age_days, nearly
from litmap.pipeline.open_catalogue import open_to_write
from litmap.pipeline.report import Progress, quiet
from litmap.settings import Settings, api_keys

if TYPE_CHECKING:
    from litmap.works.notices import NoticeQuery
    from litmap.works.record import Record

logger = logging.getLogger(__name__)

ROUNDS = (("arXiv", "OpenAlex"), ("Crossref",), ("Crossref",))
"""The services of each round. Crossref comes last: it is asked about the journal versions, too,
that the others told of, and at the end about those that it told of itself."""
ALONG = 0.5
"""Who is asked about one work is asked about all that have waited this share of the days."""


def ask_notices(catalogue: Catalogue, context: RunContext, *, all_now: bool = False) -> int:
    """Ask the services what became of the works that are due, of all with `all_now`; how many of
    their identifiers were answered. Offline, or where the settings send nothing, nobody is asked.
    """
    settings = context.settings
    if settings.offline or settings.lookups == Lookups.NONE:
        return 0
    answered = 0
    asked: set[tuple[str, str]] = set()
    days = 0.0 if all_now else settings.notices_days
    with context.open_client("notices") as client:
        for sources in ROUNDS:
            works = _works_by_ident(catalogue)
            open_ = {key: works[key] for key in works.keys() - asked if key[0] in sources}
            queries = [q for source in sources for q in _due(catalogue, source, open_, days)]
            asked |= {(query.source, ident) for query in queries for ident in query.idents}
            answered += _ask(catalogue, context, client, queries, works)
    return answered


def check_notices(settings: Settings, progress: Progress = quiet) -> dict[str, Any]:
    """Ask about all works of a library now; what is counted in the run's report. Raises `Busy`,
    `NoLibrary`.
    """
    context = RunContext(settings, LibraryPaths(settings.library), utc_now(), progress=progress)
    with open_to_write(settings) as catalogue:
        answered = ask_notices(catalogue, context, all_now=True)
    problems = [{"subject": p.subject, "reason": p.reason} for p in context.report.problems]
    return {"answered": answered, "problems": problems}


# ── what is due ──────────────────────────────────────────────────────────────────────────────────
def _works_by_ident(catalogue: Catalogue) -> dict[tuple[str, str], list[Entry]]:
    """The works that each service is to be asked about, by service and identifier."""
    from litmap.works.notices import idents_to_ask

    found: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries(catalogue):
        published = [n.doi for n in entry.notices if n.kind == NoticeKind.PUBLISHED and n.doi]
        wanted = idents_to_ask(entry.work, [f"doi:{doi}" for doi in published])
        for source, idents in wanted.items():
            for ident in idents:
                found.setdefault((source, ident), []).append(entry)
    return found


def _due(
    catalogue: Catalogue,
    source: str,
    works: Mapping[tuple[str, str], Sequence[Entry]],
    days: float,
) -> list[NoticeQuery]:
    """The requests to a service about what has waited for so many days, and what can go along."""
    from litmap.works.notices import plan_queries

    checks, found_at = catalogue.notice_checks(), _found_at(catalogue)
    ages = {
        ident: _age(checks.get((at, ident), ""), at, cited, found_at)
        for (at, ident), cited in sorted(works.items())
        if at == source
    }
    if all(age < nearly(days) for age in ages.values()):
        return []
    due = [ident for ident, age in ages.items() if age >= days * ALONG]
    return plan_queries(source, due, api_keys())


def _age(asked: str, source: str, works: Sequence[Entry], found_at: Mapping[str, str]) -> float:
    """Days since a service told of an identifier; infinitely many where it never did.

    arXiv told of a work's version when the work was found.
    """
    if not asked and source == "arXiv" and all(e.work.arxiv_version for e in works):
        asked = max((found_at.get(e.work.id, "") for e in works), default="")
    return age_days(asked) if asked else float("inf")


def _found_at(catalogue: Catalogue) -> dict[str, str]:
    """When the sources were last asked which works the notes mean, by work."""
    aliases = catalogue.aliases()
    times: dict[str, str] = {}
    for decided in catalogue.resolutions().values():
        if decided.work is not None and decided.status == "metadata-only":
            work = aliases.get(decided.work, decided.work)
            times[work] = max(times.get(work, ""), decided.time)
    return times


# ── asking, keeping ──────────────────────────────────────────────────────────────────────────────
def _ask(
    catalogue: Catalogue,
    context: RunContext,
    client: Any,
    queries: Sequence[NoticeQuery],
    works: Mapping[tuple[str, str], Sequence[Entry]],
) -> int:
    from litmap.works.notices import ask_about_notices

    logger.info("notices: %d requests", len(queries))
    total, done = sum(len(query.idents) for query in queries), 0
    for query, records in ask_about_notices(queries, client):
        with catalogue.write():
            _keep(catalogue, query, records, works, context.now)
            catalogue.put_notice_checks(query.source, query.idents, context.now)
        done += len(query.idents)
        context.progress("notices", done, total, query.source)
    return done


def _keep(
    catalogue: Catalogue,
    query: NoticeQuery,
    records: Sequence[Record],
    works: Mapping[tuple[str, str], Sequence[Entry]],
    now: str,
) -> None:
    """Keep what the records tell. Of a work that an answer leaves out, what was told before
    stays.
    """
    from litmap.works.notices import read_told, tell

    for ident, record in read_told(query, records).items():
        for entry in works[query.source, ident]:
            told = tell(entry.work, ident, record, entry.notices)
            catalogue.put_notices(entry.work.id, query.source, ident, told.notices, now)
            catalogue.add_to_work(entry.work.id, told.ids, told.arxiv_version)
