"""Requests for many citations at once, and what is done with their answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from litmap.models import Request, Response
from litmap.works.record import Record
from litmap.works.sources import arxiv, core, europe_pmc, hal, openalex
from litmap.works.task import ResolutionTask


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What the user lends: a contact (an e-mail address), and API keys by service."""

    contact: str = ""
    keys: dict[str, str] = field(default_factory=dict)


Deliver = Callable[[ResolutionTask, Sequence[Record]], None]
"""Hands the records of an answer to a task."""
TasksByValue = dict[str, list[ResolutionTask]]
"""The tasks that want each id or title."""


def add_matching(task: ResolutionTask, records: Sequence[Record]) -> None:
    """Records found by an id or a title; the task keeps what is about it."""
    task.add_matching(records)


def add_by_people(task: ResolutionTask, records: Sequence[Record]) -> None:
    """Records found by people and year."""
    task.add_by_people(records)


def add_supplements(task: ResolutionTask, records: Sequence[Record]) -> None:
    """Records that add to a work already found: those of an answer that are of it."""
    task.add_supplements(records)


def add_confirmed(task: ResolutionTask, records: Sequence[Record]) -> None:
    """Records of the very page or id that the note gives, even where they do not repeat the id."""
    task.by_id.extend(records)


@dataclass(frozen=True, slots=True)
class SourceQuery:
    """A request to one source, and the tasks it is for.

    `read` parses the answer (WebError where it is none), `deliver` hands its records to each task.
    `split` gives smaller queries for one that is refused as malformed or too long; `retry` is sent
    where the answer is empty; `free` gives queries that cost nothing, for one that the day's
    credits do not pay for.
    """

    source: str
    request: Request
    tasks: tuple[ResolutionTask, ...]
    read: Callable[[Response], list[Record]]
    deliver: Deliver = add_matching
    split: Callable[[], list[SourceQuery]] | None = None
    retry: SourceQuery | None = None
    free: Callable[[], list[SourceQuery]] | None = None


class Source(Protocol):
    """A module of `works.sources` whose answers hold records."""

    NAME: str

    def parse(self, body: bytes) -> list[Record]:
        """The records of an answer. Raises `WebError` for what is none."""
        ...


def ask(
    source: Source,
    request: Request,
    tasks: Iterable[ResolutionTask],
    deliver: Deliver = add_matching,
) -> SourceQuery:
    """A request to a source whose answer its own parser reads."""
    return SourceQuery(source.NAME, request, tuple(tasks), lambda r: source.parse(r.body), deliver)


# ── many in one request ──────────────────────────────────────────────────────────────────────────
def tasks_by_value(
    tasks: Iterable[ResolutionTask], values: Callable[[ResolutionTask], Iterable[str]]
) -> TasksByValue:
    """The tasks by each of the values they want."""
    wanted: TasksByValue = {}
    for task in tasks:
        for value in values(task):
            wanted.setdefault(value, []).append(task)
    return wanted


def arxiv_ids(wanted: TasksByValue, deliver: Deliver = add_matching) -> list[SourceQuery]:
    """Look-ups of arXiv ids; an empty answer is asked for once more, a refused list is halved."""

    def query(ids: list[str]) -> SourceQuery:
        request = arxiv.request_for([i.removeprefix("arxiv:") for i in ids])
        return ask(arxiv, request, tasks_of(ids, wanted), deliver)

    return in_batches(list(wanted), arxiv.IDS_AT_ONCE, query, retry_empty=True)


def arxiv_titles(tasks: Sequence[ResolutionTask]) -> list[SourceQuery]:
    """A search at arXiv for the titles of these tasks."""
    return arxiv_titles_of(tasks_by_value(tasks, lambda task: [task.title]))


def arxiv_titles_of(wanted: TasksByValue) -> list[SourceQuery]:
    """A search at arXiv for phrases of titles."""

    def query(titles: list[str]) -> SourceQuery:
        request = arxiv.request_for_titles(titles)
        return ask(arxiv, request, tasks_of(titles, wanted))

    titles = [title for title in wanted if arxiv.phrase(title)]
    return in_batches(titles, arxiv.TITLES_AT_ONCE, query)


def openalex_ids(
    wanted: TasksByValue, options: SourceOptions, deliver: Deliver = add_matching
) -> list[SourceQuery]:
    """Look-ups at OpenAlex by DOI, PubMed id or its own id; arXiv ids count as DOIs."""
    queries: list[SourceQuery] = []
    for kind in ("doi", "pmid", "openalex"):

        def query(ids: list[str], corpus: str = openalex.CORPUS, kind: str = kind) -> SourceQuery:
            values = [_openalex_value(i) for i in ids]
            request = openalex.request_for(kind, values, options.keys, corpus)
            listed = ask(openalex, request, tasks_of(ids, wanted), deliver)
            return replace(listed, free=lambda: [single(i, kind) for i in ids])

        def single(ident: str, kind: str) -> SourceQuery:
            request = openalex.request_for_one(kind, _openalex_value(ident), options.keys)
            return ask(openalex, request, wanted[ident], deliver)

        ids = [i for i in wanted if _is_openalex_id(_as_doi(i), kind)]
        queries += in_batches(ids, openalex.AT_ONCE, query, plainer=partial(query, corpus=""))
    return queries


def europe_pmc_ids(wanted: TasksByValue, deliver: Deliver = add_matching) -> list[SourceQuery]:
    """Look-ups at Europe PMC by DOI, PubMed id or PubMed Central id."""

    def query(ids: list[str]) -> SourceQuery:
        request = europe_pmc.request_for(ids)
        return ask(europe_pmc, request, tasks_of(ids, wanted), deliver)

    ids = [ident for ident in wanted if europe_pmc.can_ask(ident)]
    return in_batches(ids, europe_pmc.AT_ONCE, query)


def repository_titles(wanted: TasksByValue, options: SourceOptions) -> list[SourceQuery]:
    """Searches for titles at HAL, and at CORE with a key: deposits without a DOI."""

    def at_hal(titles: list[str]) -> SourceQuery:
        request = hal.request_for_titles(titles)
        return ask(hal, request, tasks_of(titles, wanted))

    def at_core(titles: list[str]) -> SourceQuery:
        request = core.request_for_titles(titles, options.keys["core"])
        return ask(core, request, tasks_of(titles, wanted))

    queries = in_batches(list(wanted), hal.TITLES_AT_ONCE, at_hal)
    if options.keys.get("core"):
        queries += in_batches(list(wanted), core.AT_ONCE, at_core)
    return queries


def openalex_titles(tasks: Sequence[ResolutionTask], options: SourceOptions) -> list[SourceQuery]:
    """A search at OpenAlex for the titles of these tasks."""
    return openalex_titles_of(tasks_by_value(tasks, lambda task: [task.title]), options)


def openalex_titles_of(wanted: TasksByValue, options: SourceOptions) -> list[SourceQuery]:
    """A search at OpenAlex for works with all words of any of these titles."""

    def query(titles: list[str], corpus: str = openalex.CORPUS) -> SourceQuery:
        request = openalex.request_for_titles(titles, options.keys, corpus)
        return ask(openalex, request, tasks_of(titles, wanted))

    plainer = partial(query, corpus="")
    return in_batches(list(wanted), openalex.TITLES_AT_ONCE, query, plainer=plainer)


def _is_openalex_id(ident: str, kind: str) -> bool:
    return openalex.can_ask(ident) and ident.startswith(kind + ":")


def _as_doi(ident: str) -> str:
    """As OpenAlex names it: to it, arXiv ids are DOIs."""
    return f"doi:10.48550/arxiv.{ident[6:]}" if ident.startswith("arxiv:") else ident


def _openalex_value(ident: str) -> str:
    return _as_doi(ident).split(":", 1)[1]


def tasks_of(values: Iterable[str], wanted: TasksByValue) -> tuple[ResolutionTask, ...]:
    """The tasks that want any of the values, each once."""
    return tuple({id(task): task for value in values for task in wanted[value]}.values())


def in_batches(
    values: list[str],
    size: int,
    query: Callable[[list[str]], SourceQuery],
    *,
    plainer: Callable[[list[str]], SourceQuery] | None = None,
    retry_empty: bool = False,
) -> list[SourceQuery]:
    """One query for each `size` values; where one is refused, `plainer` is tried."""
    parts = [values[start : start + size] for start in range(0, len(values), size)]
    if plainer is not None:
        return [_with_plainer(part, query, plainer) for part in parts]
    return [_splittable(part, query, retry_empty=retry_empty) for part in parts]


def _with_plainer(
    values: list[str],
    query: Callable[[list[str]], SourceQuery],
    plainer: Callable[[list[str]], SourceQuery],
) -> SourceQuery:
    """The query for these values; the plainer one, which halves itself, where it is refused."""
    return replace(query(values), split=lambda: [_splittable(values, plainer, retry_empty=False)])


def _splittable(
    values: list[str], query: Callable[[list[str]], SourceQuery], *, retry_empty: bool
) -> SourceQuery:
    """The query for these values, which halves itself where it is refused."""
    middle = len(values) // 2

    def halves() -> list[SourceQuery]:
        return [
            _splittable(part, query, retry_empty=retry_empty)
            for part in (values[:middle], values[middle:])
        ]

    whole = query(values)
    if len(values) > 1:
        whole = replace(whole, split=halves)
    return replace(whole, retry=whole) if retry_empty else whole
