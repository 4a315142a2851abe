"""PDFs as they arrive: from the drop folder and from the web, in a thread beside the reading and
embedding of them.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from litmap.catalogue import Catalogue, Decided, Fetched
from litmap.catalogue.entries import Entry, entries
from litmap.models import Citation, Fetch, Lookups, Problem, Resolution, Work
from litmap.pipeline.context import RunContext, age_days, nearly
from litmap.pipeline.dropped_lookups import look_up_dropped
from litmap.pipeline.dropped_pdfs import file_dropped, is_lost, open_store
from litmap.settings import Settings, api_keys

if TYPE_CHECKING:
    from litmap.pdfs.fetch import FindLookups
    from litmap.web import WebClient

logger = logging.getLogger(__name__)

MAX_BATCH = 64
"""PDFs read and embedded together at most: enough to keep every core busy. A kill costs little:
each text is kept as it is read, and vectors a few at a time."""
PRELOAD_AFTER = 3
"""PDFs from which the fastest engine is wanted, which takes seconds to load."""
BATCH_WAIT_SECONDS = 5.0
"""Seconds an arrived PDF waits for others to fill its batch."""
FILES_OF_OPENALEX = "content.openalex.org"
KEY_HINT = "a free key in OPENALEX_API_KEY (openalex.org/settings/api) gets a hundred a day"
STOP_SECONDS = 5.0
"""How long a stopped run waits for the transfer under way; what it leaves is resumed by the next
run."""


class Acquisition:
    """Brings PDFs into the library, once; with `only`, those of these works (ids) alone.

    It has a connection to the catalogue of its own, in the thread that calls `run`: an arrived PDF
    is recorded at once, whatever else is going on.
    """

    def __init__(self, context: RunContext, only: frozenset[str] | None = None) -> None:
        self.context = context
        self.only = only
        self._arrived: queue.Queue[str | None] = queue.Queue()
        self._stop = threading.Event()
        self._client: WebClient | None = None

    def stop(self) -> None:
        """End the transfers under way, if there are any."""
        self._stop.set()
        if self._client is not None:
            self._client.close()

    def run(self) -> None:
        """File the drop folder's PDFs and fetch those the works lack."""
        from litmap import text

        started = time.monotonic()
        try:
            with Catalogue.create(self.context.paths.catalogue) as catalogue:
                self._bring(catalogue)
        finally:
            seconds = self.context.report.seconds
            seconds["fetch"] = seconds.get("fetch", 0.0) + time.monotonic() - started
            logger.info("fetch: %.1f s", time.monotonic() - started)
            self._arrived.put(None)
            text.stop_preview_worker()

    def _bring(self, catalogue: Catalogue) -> None:
        if self.only is None:
            file_dropped(catalogue, self.context, self._arrived.put)
        if self.context.settings.offline:
            return
        if self.only is None:
            look_up_dropped(catalogue, self.context)
        self._fetch(catalogue)

    def batches(self, several: Callable[[], None]) -> Iterator[list[str]]:
        """What arrives, in full batches, or what is there once the oldest has waited long enough.

        `several` is called when there are several, well before the batch is full.
        """
        batch: list[str] = []
        oldest = 0.0
        while True:
            try:
                sha = self._arrived.get(timeout=0.5)
            except queue.Empty:
                if batch and time.monotonic() - oldest > BATCH_WAIT_SECONDS:
                    yield batch
                    batch = []
                continue
            if sha is None:
                break
            oldest = oldest if batch else time.monotonic()
            batch.append(sha)
            if len(batch) == PRELOAD_AFTER:
                several()
            if len(batch) == MAX_BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _fetch(self, catalogue: Catalogue) -> None:
        from litmap import text

        context = self.context
        with context.open_client("fetch") as client:
            self._client = client
            tried = catalogue.fetches()
            wanted = [e for e in entries(catalogue) if self._is_due(e, tried.get(e.work.id))]
            logger.info("fetch: the PDFs of %d works are wanted", len(wanted))
            known = {
                e.work.id: e.pdfs[0] for e in wanted if e.pdfs and not is_lost(context.paths, e)
            }
            told: list[Citation] = []
            by_id = {e.work.id: e.work for e in wanted}
            kept_elsewhere = 0
            outcomes = context.collaborators.fetch_pdfs(
                [e.work for e in wanted],
                client,
                store=open_store(context.paths),
                known=known,
                now=context.now,
                read_preview=text.preview_in_worker,
                find_lookups=_find_lookups(context.settings),
            )
            for done, outcome in enumerate(outcomes, 1):
                logger.debug("%s: %s, %s", outcome.work, outcome.status, outcome.reason)
                with catalogue.write():
                    catalogue.put_fetch(outcome, context.now)
                context.progress("fetch", done, len(wanted), outcome.reason)
                kept_elsewhere += outcome.pdf is None and _has_keyed_file(by_id[outcome.work])
                if outcome.pdf is not None:
                    self._arrived.put(outcome.pdf.sha256)
                    told += _told_by_file(catalogue, outcome)
                if self._stop.is_set():
                    logger.info("fetch: stopped after %d of %d works", done, len(wanted))
                    break
            self._resolve_told(catalogue, client, told)
            self._tell_of_key(kept_elsewhere)

    def _tell_of_key(self, count: int) -> None:
        """Say how many PDFs a key would have given, in the run that tried for them."""
        if count and "openalex" not in api_keys():
            works = "a work that was" if count == 1 else f"{count} works that were"
            hint = f"keeps PDFs of {works} not had elsewhere: {KEY_HINT}"
            self.context.report.problems.append(Problem(FILES_OF_OPENALEX, hint))

    def _resolve_told(
        self, catalogue: Catalogue, client: WebClient, told: Sequence[Citation]
    ) -> None:
        """Ask the sources about citations that gave only an address, with what their files say of
        themselves.
        """
        context = self.context
        for resolution in context.collaborators.resolve(
            told, client, now=context.now, contact=context.settings.contact
        ):
            before = catalogue.resolution(resolution.citation)
            work = resolution.work
            if work is None or not _is_identified(resolution, before):
                continue
            with catalogue.write():
                catalogue.put_resolution(resolution, context.now)
                if before is not None and before.work is not None:
                    catalogue.rename_work(before.work, work, context.now)

    def _is_due(self, entry: Entry, last: Fetched | None) -> bool:
        """Whether a work's PDF is to be asked for in this refresh."""
        if self.only is not None and entry.work.id not in self.only:
            return False
        if last is None:
            return entry.status != "unsure"  # which work it is must be settled first
        if _is_to_be_retried(last) or is_lost(self.context.paths, entry):
            return True
        settings = self.context.settings
        has_pdf = entry.pdf is not None and entry.pdf.has_pages
        days = settings.recheck_days if has_pdf else settings.retry_days
        return _has_newer_version(entry) or age_days(last.time) >= nearly(days)


def _has_keyed_file(work: Work) -> bool:
    """Whether a service keeps a work's PDF for holders of a key."""
    return any(at.kind == "keyed" for at in work.locations)


def _is_known(decided: Decided | None) -> bool:
    """Whether a source knows the work of a citation."""
    return decided is not None and decided.status == "metadata-only"


def _find_lookups(settings: Settings) -> FindLookups | None:
    """The services that may be asked where the known places of a work fail; they are told ids and
    addresses.
    """
    if settings.lookups == Lookups.NONE:
        return None
    from litmap import works

    return partial(works.place_lookups, contact=settings.contact)


def _is_identified(resolution: Resolution, before: Decided | None) -> bool:
    """Whether a source knows the work of a citation that had one by its address alone."""
    return resolution.status == "metadata-only" and before is not None and before.work is not None


def _is_to_be_retried(last: Fetched) -> bool:
    """Whether the last fetch ended in a way that says nothing of the next."""
    return last.transient or last.status in {"failed", "pending"}


def _has_newer_version(entry: Entry) -> bool:
    """Whether arXiv has a newer version than the library's file, as far as its version is known."""
    if entry.pdf is None or not entry.pdf.version:
        return False
    return (entry.work.arxiv_version or 0) > entry.pdf.version


def _told_by_file(catalogue: Catalogue, outcome: Fetch) -> list[Citation]:
    """Citations that gave only an address, of whose work no source knows yet, with what the fetched
    file says of itself.
    """
    from litmap import works

    cited = [
        citation
        for citation in catalogue.citations_of(outcome.work)
        if not _is_known(catalogue.resolution(citation.key))
    ]
    told = (works.with_file_metadata(citation, outcome.title, outcome.ids) for citation in cited)
    return [citation for citation in told if citation is not None]
