"""Citations to works: identifiers first, many in one request; then titles; then what is still
missing of each work.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from litmap.errors import Exhausted, NotFound, WebError
from litmap.host_pool import PerHostPool
from litmap.models import Citation, Lookups, Resolution, Work
from litmap.parsing.title_similarity import normalise_title
from litmap.protocols import Client
from litmap.works import query_plan
from litmap.works.note_context import CitedInNote, resolve_from_note
from litmap.works.queries import SourceOptions, SourceQuery
from litmap.works.record import Record
from litmap.works.resume import EarlierAnswer
from litmap.works.task import ResolutionTask, open_task

logger = logging.getLogger(__name__)

Progress = Callable[[int, int, str], None]
"""Told (done, total, what is asked)."""


def resolve(
    citations: Sequence[Citation],
    client: Client,
    *,
    now: str,
    known: Mapping[str, Resolution] | None = None,
    chosen_ids: Mapping[str, str] | None = None,
    earlier: Mapping[str, EarlierAnswer] | None = None,
    lookups: str = Lookups.ALL,
    contact: str = "",
    keys: Mapping[str, str] | None = None,
    sources: Collection[str] | None = None,
    progress: Progress | None = None,
) -> Iterator[Resolution]:
    """One `Resolution` a citation, as they are finished; hosts are asked in parallel, each in its
    pace.

    `known` holds resolutions that still count (by citation key): they come back as they are.
    `chosen_ids` holds ids that the user chose (by citation key), `earlier` what an earlier run
    learned where some source did not answer: only such sources are asked again. `lookups` is what
    may be asked about: see `works.disclosure`. `contact` is the
    e-mail that Unpaywall wants, `keys` API keys by service ('openalex', 's2'); `sources` names the
    only ones to ask ('Crossref', …), all if None. What cannot be looked up now comes back 'failed'
    or 'pending'; nothing is raised for it.
    """
    known, chosen_ids, earlier = known or {}, chosen_ids or {}, earlier or {}
    resolutions = [known[c.key] for c in citations if c.key in known]
    yield from resolutions
    tasks = [
        open_task(c, chosen_ids.get(c.key, ""), earlier.get(c.key), lookups)
        for c in citations
        if c.key not in known
    ]
    logger.info("resolving %d citations, %d are known", len(tasks), len(resolutions))
    run = _Run(client, progress, total=len(tasks))
    options = SourceOptions(contact=contact, keys=dict(keys or {}))
    for step in query_plan.STEPS:
        waiting = []
        for task in tasks:
            if query_plan.is_complete(task):
                run.done += 1
                resolutions.append(task.resolution(now))
                yield resolutions[-1]
            else:
                waiting.append(task)
        tasks = waiting
        queries = query_plan.queries_of(step, tasks, options)
        queries = [q for q in queries if sources is None or q.source in sources]
        queries = _due(queries)
        logger.debug("%s: %d queries for %d citations", step.__name__, len(queries), len(tasks))
        run.send(queries)
    yield from _last_resolutions(tasks, resolutions, citations, now)


def _due(queries: Iterable[SourceQuery]) -> list[SourceQuery]:
    """The queries of the tasks that may ask these sources in this run."""
    due = []
    for query in queries:
        tasks = [t for t in query.tasks if t.may_ask(query.source)]
        if tasks:
            due.append(replace(query, tasks=tuple(tasks)))
    return due


def _last_resolutions(
    tasks: Sequence[ResolutionTask],
    resolutions: Sequence[Resolution],
    citations: Sequence[Citation],
    now: str,
) -> Iterator[Resolution]:
    """What the tasks amount to after the last step, decided by what the notes cite beside them
    where it is open.
    """
    last = [task.resolution(now) for task in tasks]
    sure = [r.work for r in [*resolutions, *last] if r.work and r.status == "metadata-only"]
    cited = {ident: work for work in sure for ident in work.ids}
    last = [
        _cited_elsewhere(resolution, cited, task.wanted.year)
        for task, resolution in zip(tasks, last, strict=True)
    ]
    by_key = {citation.key: citation for citation in citations}
    in_notes = CitedInNote(
        (by_key[r.citation], r) for r in [*resolutions, *last] if r.citation in by_key
    )
    for task, resolution in zip(tasks, last, strict=True):
        yield resolve_from_note(resolution, task.citation, in_notes)


def _cited_elsewhere(
    resolution: Resolution, cited: Mapping[str, Work], year: int | None
) -> Resolution:
    """Of several works that may be meant, the one that the notes cite at another place too.

    Not one of another year where there is a candidate of the very year: then two works of these
    people are cited.
    """
    candidates = resolution.candidates
    if resolution.status != "unsure" or resolution.work in candidates:
        return resolution  # where the work is a candidate, the note contradicts itself
    work = _only_cited(candidates, cited, year)
    if work is None or (work.year != year and any(c.year == year for c in candidates)):
        return resolution
    logger.debug("%s: %s is cited elsewhere in the notes", resolution.citation, work.id)
    reason = "fits the people and year, and is cited elsewhere in the notes"
    return replace(resolution, work=work, status="metadata-only", reason=reason, candidates=())


def _only_cited(
    candidates: Iterable[Work], cited: Mapping[str, Work], year: int | None
) -> Work | None:
    """The one candidate that is cited; of several the one of the very year; None where that leaves
    none or more.
    """
    works = {
        work.id: work
        for candidate in candidates
        for ident in (candidate.id, *candidate.ids)
        if (work := cited.get(ident)) is not None
    }
    if len(works) > 1:
        works = {ident: work for ident, work in works.items() if work.year == year}
    return next(iter(works.values())) if len(works) == 1 else None


def with_file_metadata(citation: Citation, title: str, ids: Sequence[str]) -> Citation | None:
    """The citation with what the fetched file says of itself, to be resolved again; None where that
    adds nothing.

    Some notes give only the address of a PDF; its title or the stamp on its first page then tells
    which work it is.
    """
    reference = citation.reference
    known = bool(reference.title) and citation.kind != "pdf"
    title = title if len(normalise_title(title).split()) >= 2 else ""
    if known or not (title or ids):
        return None
    return replace(
        citation,
        reference=replace(reference, title=title or reference.title, ids=(*reference.ids, *ids)),
    )


@dataclass
class _Run:
    """Sends queries, to each host in turn, and hands the records to their tasks."""

    client: Client
    progress: Progress | None
    total: int
    done: int = 0

    def send(self, queries: Sequence[SourceQuery]) -> None:
        """Send all; one that is refused as malformed is split, one that comes back oddly empty is
        sent again.
        """
        with PerHostPool[SourceQuery, list[Record]]() as pool:
            for query in _without_repeats(queries):
                self._submit(pool, query)
            for query, records, error in pool.results():
                if self.progress is not None:
                    self.progress(self.done, self.total, query.source)
                for task in query.tasks:
                    task.asked.setdefault(query.source, "")
                if error is not None:
                    self._handle_failure(pool, query, error)
                else:
                    self._handle_answer(pool, query, records or [])

    def _submit(self, pool: PerHostPool[SourceQuery, list[Record]], query: SourceQuery) -> None:
        host = urlsplit(query.request.url).hostname or query.source
        pool.submit(host, query, lambda: query.read(self.client.get(query.request)))

    def _handle_answer(
        self,
        pool: PerHostPool[SourceQuery, list[Record]],
        query: SourceQuery,
        records: list[Record],
    ) -> None:
        logger.debug(
            "%s: %d records for %d citations", query.source, len(records), len(query.tasks)
        )
        if query.retry is not None and not records:  # the arXiv API is known for empty answers
            self._submit(pool, query.retry)
            return
        for task in query.tasks:
            query.deliver(task, records)

    def _handle_failure(
        self,
        pool: PerHostPool[SourceQuery, list[Record]],
        query: SourceQuery,
        error: BaseException,
    ) -> None:
        if not isinstance(error, WebError):
            raise error
        if isinstance(error, NotFound):
            return
        if error.status in _REFUSED and query.split is not None:
            logger.debug("%s refused a query (%s): split", query.source, error.status)
            for part in query.split():
                self._submit(pool, part)
            return
        if isinstance(error, Exhausted) and query.free is not None:
            logger.debug("%s: the day's credits are used up; asked one by one", query.source)
            for part in query.free():
                self._submit(pool, part)
            return
        logger.info("%s did not answer for %d citations: %s", query.source, len(query.tasks), error)
        for task in query.tasks:
            task.fail(query.source, error)


_REFUSED = frozenset({400, 413, 414, 422})
"""HTTP status codes of a query that is malformed or too long."""


def _without_repeats(queries: Iterable[SourceQuery]) -> list[SourceQuery]:
    """The queries, those for one address as one for all their tasks."""
    by_url: dict[str, SourceQuery] = {}
    for query in queries:
        same = by_url.get(query.request.url)
        by_url[query.request.url] = (
            replace(same, tasks=(*same.tasks, *query.tasks)) if same else query
        )
    return list(by_url.values())
