"""The steps after a work is found: which services are asked where an open copy of it lies, only for
works of which none is known. They are told ids, and EconBiz the title under which a work is
published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from litmap.works.phrases import can_quote
from litmap.works.queries import (
    SourceOptions,
    SourceQuery,
    TasksByValue,
    add_supplements,
    ask,
    europe_pmc_ids,
    in_batches,
    tasks_by_value,
    tasks_of,
)
from litmap.works.sources import (
    core,
    crossref,
    econbiz,
    europe_pmc,
    hal,
    openrxiv,
    pmc,
    unpaywall,
)
from litmap.works.task import ResolutionTask

Tasks = Sequence[ResolutionTask]

MAX_IDS = 2
"""Ids of one work that a service is asked about: a preprint's and its published version's."""


def published_versions(tasks: Tasks, options: SourceOptions) -> list[SourceQuery]:
    """BioRxiv and medRxiv, for preprints of which no published version is known."""
    queries = []
    for task in without_open_copy(tasks):
        preprint = openrxiv.unpublished(_crossref_dois(task))
        if preprint:
            request = openrxiv.request_for(preprint)
            queries.append(ask(openrxiv, request, (task,), add_supplements))
    return queries


def biomedical_copies(tasks: Tasks, options: SourceOptions) -> list[SourceQuery]:
    """Europe PMC: free places, full texts and abstracts."""
    wanted = tasks_by_value(without_open_copy(tasks), _ids_for_europe_pmc)
    return europe_pmc_ids(wanted, add_supplements)


def _ids_for_europe_pmc(task: ResolutionTask) -> list[str]:
    """The surest ids of a work that Europe PMC has not told of."""
    if any(record.source == europe_pmc.NAME for record in task.known_records()):
        return []
    kinds = (_known_of_kind(task, "pmcid"), _known_of_kind(task, "pmid"), _as_ids(task))
    return next((ids[:MAX_IDS] for ids in kinds if ids), [])


def pmc_articles(tasks: Tasks, options: SourceOptions) -> list[SourceQuery]:
    """NCBI itself: which works are in PubMed Central."""
    if not options.contact:
        return []
    lacking = [task for task in without_open_copy(tasks) if not _known_of_kind(task, "pmcid")]
    wanted = tasks_by_value(
        lacking, lambda task: [*_known_of_kind(task, "pmid"), *_as_ids(task)][:1]
    )
    queries: list[SourceQuery] = []
    for kind in ("pmid", "doi"):

        def query(ids: list[str], kind: str = kind) -> SourceQuery:
            values = [ident.partition(":")[2] for ident in ids]
            request = pmc.request_for(kind, values, options.contact)
            return ask(pmc, request, tasks_of(ids, wanted), add_supplements)

        ids = [i for i in wanted if i.startswith(f"{kind}:") and pmc.can_ask(i)]
        queries += in_batches(ids, pmc.AT_ONCE, query)
    return queries


def repository_copies(tasks: Tasks, options: SourceOptions) -> list[SourceQuery]:
    """HAL, and CORE for who has a key: deposits of works that are closed at their publisher's."""
    wanted = tasks_by_value(without_open_copy(tasks), lambda task: _crossref_dois(task)[:MAX_IDS])
    queries = hal_dois(wanted)
    key = options.keys.get("core", "")
    return [*queries, *core_dois(wanted, key)] if key else queries


def hal_dois(wanted: TasksByValue) -> list[SourceQuery]:
    """Look-ups at HAL by DOI."""

    def query(dois: list[str]) -> SourceQuery:
        request = hal.request_for_dois(dois)
        return ask(hal, request, tasks_of(dois, wanted), add_supplements)

    return in_batches([doi for doi in wanted if can_quote(doi)], hal.DOIS_AT_ONCE, query)


def core_dois(wanted: TasksByValue, key: str) -> list[SourceQuery]:
    """Look-ups at CORE by DOI."""

    def query(dois: list[str]) -> SourceQuery:
        request = core.request_for_dois(dois, key)
        return ask(core, request, tasks_of(dois, wanted), add_supplements)

    return in_batches([doi for doi in wanted if can_quote(doi)], core.AT_ONCE, query)


def working_papers(tasks: Tasks, options: SourceOptions) -> list[SourceQuery]:
    """EconBiz, for papers at SSRN, of which many lie open at EconStor or at an institute."""
    queries = []
    for task in without_open_copy(tasks):
        if task.may_search() and any(map(econbiz.can_ask, _crossref_dois(task))):
            title = task.records()[0].title
            request = econbiz.request_for_title(title)
            queries.append(ask(econbiz, request, (task,), add_supplements))
    return queries


def open_copies(tasks: Tasks, options: SourceOptions) -> list[SourceQuery]:
    """Unpaywall, one DOI at a time."""
    if not options.contact:
        return []
    queries = []
    for task in without_open_copy(tasks):
        doi = next(iter(_crossref_dois(task)), "")
        if doi:
            request = unpaywall.request_for(doi, options.contact)
            queries.append(ask(unpaywall, request, (task,), add_supplements))
    return queries


COPY_STEPS: tuple[Callable[[Tasks, SourceOptions], list[SourceQuery]], ...] = (
    published_versions,
    biomedical_copies,
    pmc_articles,
    repository_copies,
    working_papers,
    open_copies,
)
"""In the order of asking: first who tells of other ids, then who takes many ids in one request."""


# ── what is known of a work ──────────────────────────────────────────────────────────────────────
def without_open_copy(tasks: Iterable[ResolutionTask]) -> list[ResolutionTask]:
    """The tasks whose work was found, and of which no open file is known."""
    return [task for task in tasks if task.records() and not _has_open_copy(task)]


def _has_open_copy(task: ResolutionTask) -> bool:
    return any(at.is_open_pdf for record in task.known_records() for at in record.locations)


def _known_of_kind(task: ResolutionTask, kind: str) -> list[str]:
    """The ids of a kind that the records of a work tell."""
    ids = (ident for record in task.known_records() for ident in record.ids)
    return list(dict.fromkeys(ident for ident in ids if ident.startswith(f"{kind}:")))


def _as_ids(task: ResolutionTask) -> list[str]:
    return [ident for ident in _known_of_kind(task, "doi") if crossref.registers(ident[4:])]


def _crossref_dois(task: ResolutionTask) -> list[str]:
    return [ident[4:] for ident in _as_ids(task)]
