"""One polite request to each service that litmap asks: `litmap doctor --live`.

For a person with a connection: the services change, and what they answer today stands nowhere else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from litmap.errors import Blocked, Challenged, Exhausted, NotFound, SlowDown, WebError
from litmap.models import Request
from litmap.protocols import Client
from litmap.works.queries import Source
from litmap.works.sources import (
    arxiv,
    core,
    crossref,
    dblp,
    econbiz,
    europe_pmc,
    hal,
    openalex,
    openreview,
    openrxiv,
    osf,
    pmc,
    semantic_scholar,
    unpaywall,
    wayback,
    zenodo,
)

logger = logging.getLogger(__name__)

DOI = "10.1371/journal.pone.0000308"
"""An open paper that the general services and those of biology know."""
ARXIV_ID = "1706.03762"
PREPRINT = "10.1101/2020.09.09.20191205"
RECORD = "10.5281/zenodo.3509134"
OSF_DOI = "10.31234/osf.io/mky9j"
HAL_TITLE = "Deep learning"
ECONOMICS_TITLE = "Monetary policy and inequality"
"""Works, and titles of many, that the repositories know; where one has gone, the answer says that
it is not known.
"""


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """What a service answered. `ok`: with what was asked for; `text` says what came back and what
    that means.
    """

    service: str
    ok: bool
    text: str


@dataclass(frozen=True, slots=True)
class _Question:
    """A request, and how many works or places its answer names."""

    service: str
    request: Request
    count: Callable[[bytes], int]


def _records_of(source: Source, request: Request) -> _Question:
    return _Question(source.NAME, request, lambda body: len(source.parse(body)))


def _questions(contact: str, keys: Mapping[str, str]) -> Iterator[_Question]:
    yield _records_of(arxiv, arxiv.request_for([ARXIV_ID]))
    yield _records_of(crossref, crossref.request_for(DOI))
    yield _records_of(openalex, openalex.request_for_one("doi", DOI, keys))
    yield _records_of(semantic_scholar, semantic_scholar.request_for(f"DOI:{DOI}", keys))
    yield _records_of(dblp, dblp.request_for("attention is all you need"))
    yield _records_of(openreview, openreview.request_for("rJXMpikCZ", openreview.HOSTS[0]))
    yield _records_of(hal, hal.request_for_titles([HAL_TITLE]))
    yield _records_of(openrxiv, openrxiv.request_for(PREPRINT))
    yield _records_of(econbiz, econbiz.request_for_title(ECONOMICS_TITLE))
    yield _Question(zenodo.NAME, zenodo.request_for(RECORD), lambda body: len(zenodo.files(body)))
    yield _Question(
        osf.NAME, osf.request_for(OSF_DOI), lambda body: osf.file_request(body) is not None
    )
    if key := keys.get("core"):
        yield _records_of(core, core.request_for_dois([DOI], key))
    yield _records_of(europe_pmc, europe_pmc.request_for([f"doi:{DOI}"]))
    yield _Question(
        "PubMed Central's bucket",
        pmc.request_for_files("PMC1805685"),
        lambda body: len(pmc.parse_files(body)),
    )
    yield _Question(
        "the web archive",
        wayback.request_for("https://example.org/"),
        lambda body: len(wayback.parse(body)),
    )
    if contact:
        yield _records_of(pmc, pmc.request_for("doi", [DOI], contact))
        yield _records_of(unpaywall, unpaywall.request_for(DOI, contact))


def live_checks(
    client: Client, *, contact: str = "", keys: Mapping[str, str] | None = None
) -> Iterator[LiveCheck]:
    """Ask each service once, one after the other, in its pace."""
    for question in _questions(contact, keys or {}):
        logger.info("%s: %s", question.service, question.request.url)
        yield _ask(client, question)


def _ask(client: Client, question: _Question) -> LiveCheck:
    try:
        found = question.count(client.get(question.request).body)
    except WebError as error:
        return LiveCheck(question.service, False, f"{error.message}: {meaning(error)}")
    if not found:
        return LiveCheck(question.service, False, "answers, but in another form than litmap reads")
    return LiveCheck(question.service, True, f"answers as expected ({found} found)")


def meaning(error: WebError) -> str:
    """What a refusal means for a refresh."""
    for kind, text in _MEANINGS:
        if isinstance(error, kind):
            return text
    return "works that it alone knows are asked about again in the next refresh"


_MEANINGS: tuple[tuple[type[WebError], str], ...] = (
    (Challenged, "it wants a browser; it is left alone for a day and others are asked"),
    (Exhausted, "nothing more today; what it alone knows is asked for again later"),
    (SlowDown, "too busy for callers without a key now; it is asked again later"),
    (Blocked, "it refuses programs; others are asked"),
    (NotFound, "it does not know the work that it was asked for, or its address has changed"),
)
