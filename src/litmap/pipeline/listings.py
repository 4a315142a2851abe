"""The listings of new papers that the settings name, and how each is asked: once a day or week,
through the polite client.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from litmap.catalogue import WatchedListing
from litmap.models import Lookups
from litmap.protocols import Client
from litmap.settings import Settings
from litmap.works.listings import (
    NewPaper,
    arxiv_days,
    journal_feed,
    openalex_new,
    openrxiv_days,
)

DAILY, WEEKLY = 1, 7
FIRST_DAYS = 7
"""Days that are looked through when a listing is asked for the first time."""
WINDOW_DAYS = 60
"""Days that OpenAlex is asked about, which hears of works late; what appeared before is not new."""
ANNOUNCED_DAYS = 7
"""Days within which arXiv announces a paper; older ones on its lists were revised."""
MAX_PAGES = 20
"""Answers of one listing that are read in one run."""
MAX_AHEAD_DAYS = 400
"""Journals date their issues ahead, but not by years."""

Ask = Callable[[Client, str, str], Iterator[NewPaper]]
"""The papers between two days (ISO 8601)."""


@dataclass(frozen=True)
class Listing:
    """What is watched: a `name` for people ('arXiv cs.LG'), every how many `days` it is asked, and
    the `person` whose papers it lists ('' for none).
    """

    name: str
    days: int
    ask: Ask
    person: str = ""

    def is_due(self, last: WatchedListing | None, today: date) -> bool:
        """Whether it is to be asked today; one asked in the future was asked under a wrong
        clock.
        """
        if last is None:
            return True
        passed = (today - date.fromisoformat(last.time[:10])).days
        return passed >= self.days or passed < 0

    def papers(
        self, client: Client, last: WatchedListing | None, today: date
    ) -> Iterator[NewPaper]:
        """What appeared since it was last looked through. Raises `WebError`."""
        since = today - timedelta(FIRST_DAYS)
        if last is not None:
            since = min(date.fromisoformat(last.until), today)
        oldest = today - timedelta(WINDOW_DAYS)
        newest = today + timedelta(MAX_AHEAD_DAYS)
        for paper in self.ask(client, max(since, oldest).isoformat(), today.isoformat()):
            if not paper.day or oldest.isoformat() <= paper.day <= newest.isoformat():
                yield paper


def listings(
    settings: Settings, cited: Sequence[str], keys: Mapping[str, str] | None = None
) -> list[Listing]:
    """All that is watched, in the order of the settings. `cited` are the library's works at
    OpenAlex ('openalex:W1').
    """
    found = [Listing(f"arXiv {c}", DAILY, _arxiv(c)) for c in settings.watch_arxiv]
    for server, categories in (
        ("biorxiv", settings.watch_biorxiv),
        ("medrxiv", settings.watch_medrxiv),
    ):
        name = openrxiv_days.NAMES[server]
        found += [Listing(f"{name} {c}", DAILY, _openrxiv(server, c)) for c in categories]
    if settings.watch_citing and settings.lookups != Lookups.NONE:
        found.append(Listing("works that cite yours", DAILY, _citing(cited, keys)))
    found += [Listing(f"by {p}", WEEKLY, _author(p, keys), p) for p in settings.watch_authors]
    found += [Listing(url, DAILY, _feed(url)) for url in settings.watch_feeds]
    return found


def _arxiv(category: str) -> Ask:
    def ask(client: Client, since: str, until: str) -> Iterator[NewPaper]:
        oldest = (date.fromisoformat(since) - timedelta(ANNOUNCED_DAYS)).isoformat()
        yield from (paper for paper in pages(client, since) if paper.day >= oldest)

    def pages(client: Client, since: str) -> Iterator[NewPaper]:
        page = arxiv_days.parse(client.get(arxiv_days.request_for(category, since)).body)
        yield from page.papers
        for _ in range(MAX_PAGES - 1):
            if not page.more:
                return
            page = arxiv_days.parse(client.get(arxiv_days.request_for_more(page.more)).body)
            yield from page.papers

    return ask


def _openrxiv(server: str, category: str) -> Ask:
    def ask(client: Client, since: str, until: str) -> Iterator[NewPaper]:
        cursor = "0"
        for _ in range(MAX_PAGES):
            request = openrxiv_days.request_for(server, category, since, until, cursor)
            page = openrxiv_days.parse(client.get(request).body)
            yield from page.papers
            if not page.more:
                return
            cursor = page.more

    return ask


def _citing(cited: Sequence[str], keys: Mapping[str, str] | None) -> Ask:
    def ask(client: Client, since: str, until: str) -> Iterator[NewPaper]:
        for start in range(0, len(cited), openalex_new.AT_ONCE):
            part = cited[start : start + openalex_new.AT_ONCE]
            request = openalex_new.request_for_citing(part, _window(until), keys)
            yield from openalex_new.parse(client.get(request).body).papers

    return ask


def _author(person: str, keys: Mapping[str, str] | None) -> Ask:
    def ask(client: Client, since: str, until: str) -> Iterator[NewPaper]:
        request = openalex_new.request_for_author(person, _window(until), keys)
        papers = openalex_new.parse(client.get(request).body).papers
        yield from (paper for paper in papers if openalex_new.is_by(paper, person))

    return ask


def _feed(address: str) -> Ask:
    def ask(client: Client, since: str, until: str) -> Iterator[NewPaper]:
        body = client.get(journal_feed.request_for(address)).body
        yield from journal_feed.parse(body, address).papers

    return ask


def _window(until: str) -> str:
    return (date.fromisoformat(until) - timedelta(WINDOW_DAYS)).isoformat()
