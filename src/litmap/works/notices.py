"""What became of works since they were found: retractions, corrections, newer versions, the journal
version of a preprint. Asked about by identifiers alone, as many in one request as a service takes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

from litmap.errors import WebError
from litmap.host_pool import PerHostPool
from litmap.models import Notice, NoticeKind, Request, Work
from litmap.parsing.notices import doi_url, read_notice
from litmap.parsing.title_similarity import title_similarity
from litmap.protocols import Client
from litmap.works.record import Record
from litmap.works.sources import arxiv, crossref, openalex

logger = logging.getLogger(__name__)

MAX_NOTICES = 20
"""Notices of one work from one service that are kept."""
MAX_IDS = 3
"""Identifiers of one work that one service is asked about."""
SAME_TITLE = 0.9
"""How near a title must be for a work that a service takes for the same as a preprint."""
_REFUSED = frozenset({400, 413, 414, 422})
"""HTTP status codes of a query that is malformed or too long."""
_AT_DATACITE = "doi:10.48550/"


@dataclass(frozen=True, slots=True)
class NoticeQuery:
    """One request about many works. `idents` are what is asked about, as `Work.ids`; `smaller`
    gives the queries to send where the service refuses this one; `is_last` after an empty answer
    was asked for again.
    """

    source: str
    idents: tuple[str, ...]
    request: Request
    read: Callable[[bytes], list[Record]]
    smaller: Callable[[], list[NoticeQuery]]
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What a service tells of one work. `ids` are further identifiers of it, `arxiv_version` its
    newest version there.
    """

    source: str
    notices: tuple[Notice, ...] = ()
    ids: tuple[str, ...] = ()
    arxiv_version: int | None = None


# ── what to ask ──────────────────────────────────────────────────────────────────────────────────
def idents_to_ask(work: Work, published: Sequence[str] = ()) -> Mapping[str, tuple[str, ...]]:
    """The identifiers of a work that each service is to be asked about; `published` are DOIs that
    a preprint was published under.

    OpenAlex is asked about what Crossref does not know: preprints on arXiv, and works with no more
    than a PubMed id.
    """
    dois = [i for i in (*work.ids, *published) if i.startswith("doi:")]
    at_crossref = [d for d in dois if crossref.registers(d[4:]) and crossref.can_list(d[4:])]
    at_arxiv = [i for i in work.ids if i.startswith("arxiv:")]
    others = [i for i in work.ids if i.startswith("pmid:")] if not at_crossref else []
    at_openalex = [*(at_arxiv if not at_crossref else []), *others]
    wanted = {arxiv.NAME: at_arxiv, openalex.NAME: at_openalex, crossref.NAME: at_crossref}
    return {source: tuple(dict.fromkeys(ids))[:MAX_IDS] for source, ids in wanted.items() if ids}


def plan_queries(
    source: str, idents: Iterable[str], keys: Mapping[str, str] | None = None
) -> list[NoticeQuery]:
    """The requests about these identifiers, as few as the service allows."""
    services: dict[str, tuple[Callable[[Sequence[str]], NoticeQuery], int]] = {
        arxiv.NAME: (_at_arxiv, arxiv.IDS_AT_ONCE),
        openalex.NAME: (partial(_at_openalex, keys=keys), openalex.AT_ONCE),
        crossref.NAME: (_at_crossref, crossref.NOTICES_AT_ONCE),
    }
    make, size = services[source]
    queries = []
    for listed in _by_kind(source, idents):
        queries += [make(listed[i : i + size]) for i in range(0, len(listed), size)]
    return queries


def _by_kind(source: str, idents: Iterable[str]) -> list[list[str]]:
    """What may stand in one list: OpenAlex takes one kind of identifier at a time."""
    kinds: dict[str, list[str]] = {}
    for ident in idents:
        kinds.setdefault(ident.partition(":")[0] if source == openalex.NAME else "", []).append(
            ident
        )
    return list(kinds.values())


def _at_arxiv(idents: Sequence[str]) -> NoticeQuery:
    request = arxiv.request_for([i.removeprefix("arxiv:") for i in idents])
    smaller = partial(_halves, idents, _at_arxiv)
    return NoticeQuery(arxiv.NAME, tuple(idents), request, arxiv.parse, smaller)


def _at_openalex(idents: Sequence[str], keys: Mapping[str, str] | None = None) -> NoticeQuery:
    kind = "pmid" if idents[0].startswith("pmid:") else "doi"
    values = [i.removeprefix("pmid:") for i in idents]
    values = [f"10.48550/{v.replace(':', '.')}" if v.startswith("arxiv:") else v for v in values]
    request = openalex.request_for(kind, values, keys)
    smaller = partial(_halves, idents, partial(_at_openalex, keys=keys))
    return NoticeQuery(openalex.NAME, tuple(idents), request, openalex.parse, smaller)


def _at_crossref(idents: Sequence[str], *, selected: bool = True) -> NoticeQuery:
    request = crossref.request_for_notices(
        [i.removeprefix("doi:") for i in idents], selected=selected
    )
    whole = partial(_at_crossref, selected=False)
    smaller = (lambda: [whole(idents)]) if selected else partial(_halves, idents, whole)
    return NoticeQuery(crossref.NAME, tuple(idents), request, crossref.parse, smaller)


def _halves(
    idents: Sequence[str], make: Callable[[Sequence[str]], NoticeQuery]
) -> list[NoticeQuery]:
    middle = len(idents) // 2
    return [make(part) for part in (idents[:middle], idents[middle:])] if middle else []


# ── asking ───────────────────────────────────────────────────────────────────────────────────────
def ask_about_notices(
    queries: Iterable[NoticeQuery], client: Client
) -> Iterator[tuple[NoticeQuery, list[Record]]]:
    """Each query that was answered, with its records, as the answers come; hosts are asked in
    parallel, each in its pace. One that fails costs only itself and is left out.
    """
    with PerHostPool[NoticeQuery, list[Record]]() as pool:

        def send(query: NoticeQuery) -> None:
            host = urlsplit(query.request.url).hostname or query.source
            pool.submit(host, query, lambda: query.read(client.get(query.request).body))

        for query in queries:
            send(query)
        for query, records, error in pool.results():
            again = _sent_again(query, records, error)
            for smaller in again:
                send(smaller)
            if error is not None and not isinstance(error, WebError):
                raise error
            if not again and (error is None or _is_refused(error)):  # nobody can be asked that
                yield query, records or []


def _is_refused(error: BaseException | None) -> bool:
    return isinstance(error, WebError) and error.status in _REFUSED


def _sent_again(
    query: NoticeQuery, records: list[Record] | None, error: BaseException | None
) -> list[NoticeQuery]:
    """What to send instead of a query that was refused, or came back oddly empty."""
    if error is None:  # the arXiv API is known for empty answers
        return [] if records or query.is_last else [replace(query, is_last=True)]
    logger.info("%s told nothing of %d works: %s", query.source, len(query.idents), error)
    return query.smaller() if _is_refused(error) else []


# ── what the answers tell ────────────────────────────────────────────────────────────────────────
def read_told(query: NoticeQuery, records: Iterable[Record]) -> dict[str, Record]:
    """The records of an answer by the identifier asked about; what was not asked about is left
    out, and so is what two records claim to be.
    """
    asked = frozenset(query.idents)
    found: dict[str, list[Record]] = {}
    for record in records:
        for ident in asked.intersection(_own_ids(record)):
            found.setdefault(ident, []).append(record)
    return {ident: listed[0] for ident, listed in found.items() if len(listed) == 1}


def _own_ids(record: Record) -> tuple[str, ...]:
    """The identifiers of the work itself: at arXiv and Crossref the first one alone."""
    return record.ids if record.source == openalex.NAME else record.ids[:1]


def tell(work: Work, ident: str, record: Record, known: Iterable[Notice] = ()) -> Told:
    """What a record, found by `ident`, tells of a work; `known` are its notices so far.

    A published version is no news under a DOI that the work goes by already; but what was told once
    is told on.
    """
    before = {notice.text for notice in known}
    notices = [replace(read_notice(text), source=record.source) for text in record.notices]
    published = _published_version(work, ident, record)
    if published and (_is_unknown(work, published) or published.text in before):
        notices.append(published)
    if version := _newest_version(record):
        notices.append(version)
    ids = (f"doi:{published.doi}",) if published and published.doi else ()
    return Told(record.source, _without_repeats(notices), ids, record.arxiv_version)


def _published_version(work: Work, ident: str, record: Record) -> Notice | None:
    """Where a preprint was published, as its record says."""
    doi = _published_doi(work, ident, record)
    venue = record.venue if record.venue not in {"", arxiv.NAME} else ""
    if record.source == crossref.NAME:
        venue = ""  # that of the preprint's server
    if not doi and (record.source != arxiv.NAME or not venue):
        return None
    where = f"published in {venue[:150]}" if venue else "published"
    bare = doi.removeprefix("doi:")
    text = f"{where}, doi:{bare}" if bare else where
    return Notice(NoticeKind.PUBLISHED, text, "", bare, doi_url(bare), record.source)


def _published_doi(work: Work, ident: str, record: Record) -> str:
    if record.source != openalex.NAME:
        return record.published_as
    if not ident.startswith("arxiv:") or title_similarity(record.title, work.title) < SAME_TITLE:
        return ""
    dois = (i for i in record.ids if i.startswith("doi:") and crossref.registers(i[4:]))
    return next((doi for doi in dois if not doi.startswith(_AT_DATACITE)), "")


def _is_unknown(work: Work, published: Notice) -> bool:
    """Whether the library does not know yet that a preprint was published.

    A DOI that it goes by does not say so where it stands at arXiv still: when a work is looked up
    again, that may bring the DOI before anybody has asked what became of it.
    """
    if published.doi and work.venue != arxiv.NAME:
        return f"doi:{published.doi}" not in work.ids
    return work.venue in {"", arxiv.NAME}


def _newest_version(record: Record) -> Notice | None:
    """The newest version on arXiv, where it is not the first."""
    version = record.arxiv_version
    if record.source != arxiv.NAME or not version or version < 2:
        return None
    on = f" of {record.updated}" if record.updated else ""
    url = f"https://arxiv.org/abs/{record.ids[0].removeprefix('arxiv:')}v{version}"
    return Notice(
        NoticeKind.VERSION, f"version {version}{on} is on arXiv", record.updated, "", url,
        record.source, version,
    )  # fmt: skip


def _without_repeats(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """The notices, those of one kind at one place once: a publisher and Retraction Watch tell of
    the same retraction.
    """
    by_place: dict[tuple[NoticeKind, str], Notice] = {}
    for notice in notices:
        place = notice.doi or notice.text
        by_place.setdefault((notice.kind, place), notice)
    return tuple(by_place.values())[:MAX_NOTICES]
