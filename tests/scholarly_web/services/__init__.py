"""The services, one file each: `HOSTS` and `answer(web, question)`. What belongs to none of them is
a publisher's page or file.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from urllib.parse import urlsplit

from ..answers import Answer, Question
from ..works import ScholarlyWork
from . import (
    arxiv,
    biorxiv,
    core,
    crossref,
    datacite,
    dblp,
    doi,
    econstor,
    europe_pmc,
    hal,
    nber,
    ncbi,
    openalex,
    openreview,
    osf,
    proceedings,
    publishers,
    semantic_scholar,
    unpaywall,
    wayback,
    zenodo,
)

Handler = Callable[..., Answer]
MODULES = (
    arxiv, biorxiv, core, crossref, datacite, dblp, doi, econstor, europe_pmc, hal, nber, ncbi,
    openalex, openreview, osf, proceedings, semantic_scholar, unpaywall, wayback, zenodo,
)  # fmt: skip
HANDLERS: dict[str, Handler] = {host: m.answer for m in MODULES for host in m.HOSTS}


def handler_of(web, host: str) -> Handler | None:
    """Who answers for a host; None where there is no such host."""
    if host in HANDLERS:
        return HANDLERS[host]
    return publishers.answer if host in _publishers(web.works) else None


@functools.cache
def _publishers(works: tuple[ScholarlyWork, ...]) -> frozenset[str]:
    urls = [url for w in works for url in (w.landing_page, *w.files, *w.pages)]
    return frozenset(urlsplit(url).hostname or "" for url in urls)


class Empty:
    """A server whose searches find nothing."""

    def __init__(self, web) -> None:
        self._web = web
        self.works: tuple[ScholarlyWork, ...] = ()

    def __getattr__(self, name: str):
        return getattr(self._web, name)


def ask(web, url: str) -> Answer:
    """What the web has at an address, without a client."""
    parts = urlsplit(url)
    handler = handler_of(web, parts.hostname or "")
    assert handler is not None, url
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return handler(web, Question(parts.hostname or "", target))
