"""PDFs as they arrive: from the drop folder and from the web, in a thread beside the reading and embedding of them."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from litmap.catalogue import Catalogue, Fetched
from litmap.catalogue.entries import Entry, entries
from litmap.models import Citation, Fetch, Problem, Work
from litmap.parsing.title_similarity import normalise_title
from litmap.paths import LibraryPaths
from litmap.pipeline.report import Progress, Report
from litmap.settings import Settings

if TYPE_CHECKING:
    from litmap.pdfs import Adopted, Store
    from litmap.web import WebClient

MAX_BATCH = 64
"""PDFs read and embedded together at most: enough to keep every core busy. A kill costs little: each text is kept as it
is read, and vectors a few at a time."""
PRELOAD_AFTER = 3
"""PDFs from which the fastest engine is wanted, which takes seconds to load."""
BATCH_WAIT_SECONDS = 5.0
"""Seconds an arrived PDF waits for others to fill its batch."""
STOP_SECONDS = 5.0
"""How long a stopped run waits for the transfer under way; what it leaves is resumed by the next run."""


@contextmanager
def open_client(settings: Settings, stage: str, progress: Progress) -> Iterator[WebClient]:
    """The web client of these settings; its waits show in the progress of `stage`."""
    from litmap.web import WebClient

    def on_wait(host: str, seconds: float, why: str) -> None:
        progress(stage, -1, 0, f"waiting {seconds:.0f} s for {host}: {why}")

    with WebClient(
        settings.contact, settings.state, settings.paces, settings.allow, on_wait=on_wait
    ) as client:
        yield client


class Acquisition:
    """Brings PDFs into the library. It has a connection to the catalogue of its own, in the thread that calls `run`:
    an arrived PDF is recorded at once, whatever else is going on.
    """

    def __init__(
        self, settings: Settings, paths: LibraryPaths, report: Report, progress: Progress, now: str
    ) -> None:
        self.settings, self.paths, self.report, self.progress, self.now = (
            settings,
            paths,
            report,
            progress,
            now,
        )
        self._arrived: queue.Queue[str | None] = queue.Queue()
        self._stop = threading.Event()
        self._client: WebClient | None = None
        self._thread: _Thread | None = None

    def start(self) -> _Thread:
        """`run` in a thread of this process."""
        self._thread = _Thread(self.run)
        self._thread.start()
        return self._thread

    def stop(self) -> None:
        """End the transfers under way, if there are any."""
        self._stop.set()
        if self._client is not None:
            self._client.close()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def run(self) -> None:
        """File the drop folder's PDFs and fetch those the works lack."""
        from litmap import text

        started = time.monotonic()
        try:
            with Catalogue.create(self.paths.catalogue) as catalogue:
                self._adopt(catalogue)
                if not self.settings.offline:
                    self._fetch(catalogue)
        finally:
            self.report.seconds["fetch"] = time.monotonic() - started
            self._arrived.put(None)
            text.stop_preview_worker()

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

    def _store(self) -> Store:
        from litmap import pdfs

        return pdfs.Store(self.paths.root, self.paths.pdf, self.paths.partial, self.paths.aside)

    def _fetch(self, catalogue: Catalogue) -> None:
        from litmap import pdfs, text

        with open_client(self.settings, "fetch", self.progress) as client:
            self._client = client
            self._note_versions(catalogue, client)
            tried = catalogue.fetches()
            wanted = [e for e in entries(catalogue) if self._is_due(e, tried.get(e.work.id))]
            known = {e.work.id: e.pdfs[0] for e in wanted if e.pdfs and not self._is_lost(e)}
            works = [e.work for e in wanted]
            read_preview = text.preview_in_worker
            told: list[Citation] = []
            outcomes = pdfs.fetch(
                works,
                client,
                store=self._store(),
                known=known,
                now=self.now,
                read_preview=read_preview,
            )
            for done, outcome in enumerate(outcomes, 1):
                with catalogue.write():
                    catalogue.put_fetch(outcome, self.now)
                self.progress("fetch", done, len(wanted), outcome.reason)
                if outcome.pdf is not None:
                    self._arrived.put(outcome.pdf.sha256)
                    told += self._told(catalogue, outcome)
                if self._stop.is_set():
                    break
            self._resolve_told(catalogue, client, told)

    def _told(self, catalogue: Catalogue, outcome: Fetch) -> list[Citation]:
        """Citations that gave only an address, with what the fetched file says of itself."""
        from litmap import works

        cited = catalogue.citations_of(outcome.work)
        told = (
            works.with_file_metadata(citation, outcome.title, outcome.ids) for citation in cited
        )
        return [citation for citation in told if citation is not None]

    def _resolve_told(
        self, catalogue: Catalogue, client: WebClient, told: Sequence[Citation]
    ) -> None:
        from litmap import works

        for resolution in works.resolve(told, client, now=self.now, contact=self.settings.contact):
            before = catalogue.resolution(resolution.citation)
            if (
                resolution.work is None
                or resolution.status != "metadata-only"
                or before is None
                or before.work is None
            ):
                continue
            with catalogue.write():
                catalogue.put_resolution(resolution, self.now)
                catalogue.rename_work(before.work, resolution.work, self.now)

    def _note_versions(self, catalogue: Catalogue, client: WebClient) -> None:
        """Ask arXiv, many ids a request, which of the fetched papers have a newer version."""
        from litmap import works

        here = {
            e.work.id: e.work for e in entries(catalogue) if e.pdfs and e.work.identifier("arxiv")
        }
        for work_id, version in works.newest_versions(here.values(), client).items():
            if version > (here[work_id].arxiv_version or 0):
                with catalogue.write():
                    catalogue.put_work(
                        replace(here[work_id], arxiv_version=version), "note", self.now
                    )

    def _is_due(self, entry: Entry, last: Fetched | None) -> bool:
        if last is None and entry.status == "unsure":  # which work it is must be settled first
            return False
        if (
            last is None
            or last.transient
            or last.status in {"failed", "pending"}
            or self._is_lost(entry)
        ):
            return True
        days = self.settings.recheck_days if entry.pdfs else self.settings.retry_days
        newer = (
            entry.pdf is not None and (entry.work.arxiv_version or 0) > (entry.pdf.version or 0) > 0
        )
        return newer or age_days(last.time) >= days

    def _is_lost(self, entry: Entry) -> bool:
        """Whether the library's file of it is gone or cut short."""
        try:
            return (
                entry.pdf is not None
                and self.paths.pdf(entry.pdf.sha256).stat().st_size != entry.pdf.bytes
            )
        except OSError:
            return True

    def _adopt(self, catalogue: Catalogue) -> None:
        """Match the PDFs of the drop folder to the works cited; what matches none becomes a work of its own.

        A file is looked at once, and again where the library's copy is lost or its work may be cited by now.
        """
        from litmap import pdfs, text

        stamps, before = _stamps(self.paths.papers), _filed(catalogue)
        if not stamps and not before:
            return
        known = entries(catalogue)
        cited = {e.work.id: e.work for e in known if e.citations}
        lost = {e.work.id for e in known if self._is_lost(e)}
        again = (
            _to_look_at_again(catalogue, set(before.values()) - cited.keys(), cited.values()) | lost
        )
        again |= {""} if lost else set()
        new = [
            path
            for path, stamp in stamps.items()
            if before.get(stamp) in again or stamp not in before
        ]
        filed = {stamp: before[stamp] for stamp in stamps.values() if stamp in before}
        here, works = {e.work.id for e in known if e.pdfs} - lost, list(cited.values())
        taken_out = set(before.values()) - {"", *(e.work.id for e in known)}
        try:
            for adopted in pdfs.adopt(
                new, works, store=self._store(), now=self.now, read_preview=text.preview_in_worker
            ):
                if isinstance(
                    adopted, Problem
                ):  # it stays in the folder, and is told again until it is mended
                    self.report.problems.append(adopted)
                    continue
                stamp = stamps[adopted.file]
                if adopted.new_work is not None and before.get(stamp) in taken_out:
                    continue  # by the user's word, and it is not what is cited now
                self._file(catalogue, adopted, before.get(stamp, ""), cited)
                filed[stamp] = adopted.fetch.work
                if adopted.fetch.pdf is not None and before.get(stamp) not in here:
                    self._arrived.put(adopted.fetch.pdf.sha256)
        finally:
            if filed != before:
                with catalogue.write():
                    catalogue.put_fact("dropped", filed)

    def _file(
        self, catalogue: Catalogue, adopted: Adopted, before: str, cited: Mapping[str, Work]
    ) -> None:
        """Keep whose file it is; `before` is the work it was filed as until now, '' for none."""
        work = adopted.fetch.work
        with catalogue.write():
            if adopted.new_work is not None:
                catalogue.put_work(adopted.new_work, "drop", self.now)
            catalogue.put_fetch(adopted.fetch, self.now)
            if adopted.new_work is None and before and before not in cited:
                catalogue.rename_work(before, cited[work], self.now)


class _Thread(threading.Thread):
    """A daemon thread whose `result` raises what its work raised."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self._error = error

    def result(self) -> None:
        """Wait for the end; raises what the work raised."""
        self.join()
        if self._error is not None:
            raise self._error


def _filed(catalogue: Catalogue) -> dict[str, str]:
    """The drop folder's files that were filed, by their stamps, each with its work's id of today."""
    fact, aliases = catalogue.fact("dropped", {}), catalogue.aliases()
    filed = (
        fact if isinstance(fact, dict) else dict.fromkeys(fact, "")
    )  # an older litmap kept the stamps alone
    return {stamp: aliases.get(work, work) for stamp, work in filed.items()}


def _to_look_at_again(
    catalogue: Catalogue, filed: Iterable[str], cited: Iterable[Work]
) -> set[str]:
    """Of works that files were filed as and no note cites, those that may be cited under another id: the file tells."""
    titles, ids, works = set(), set(), catalogue.works()
    for work in cited:
        titles |= {normalise_title(title) for title in (work.title, *work.other_titles)}
        ids |= set(work.ids)
    return {
        w
        for w in filed
        if w in works and (normalise_title(works[w].title) in titles or ids & {*works[w].ids})
    }


def age_days(time_text: str) -> float:
    """Days since a time of the catalogue."""
    then = datetime.strptime(time_text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return (datetime.now(UTC) - then) / timedelta(days=1)


def _stamps(folder: Path) -> dict[Path, str]:
    """The PDFs in a folder, each with what changes when it changes; what is gone by now is left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        with suppress(OSError):
            if path.suffix.lower() == ".pdf" and path.is_file():
                stat = path.stat()
                found[path] = f"{path}:{stat.st_size}:{stat.st_mtime_ns}"
    return found
