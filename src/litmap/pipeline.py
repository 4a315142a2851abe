"""The stages joined to the store: each method of `Refresh` reads the catalogue, calls one stage, writes the catalogue.

Their order stands in the flow (`flows/refresh.py`); without Prefect, call them in that order:

    with Refresh(load_settings({"notes": ["notes/"], "library": "index"})) as run:
        run.read_notes()
        run.resolve(run.unresolved())
        for batch in run.papers():  # as they arrive from the network
            run.extract(batch)
            run.embed(batch)
        run.build()
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from litmap import lock
from litmap.catalogue import Catalogue, Decided, Fetched, utc_now
from litmap.errors import LitmapError, PdfError, UsageError
from litmap.layout import Layout
from litmap.models import Citation, Document, Encoder, Note, Problem, Resolution
from litmap.report import Progress, Report, peak_memory, quiet
from litmap.settings import Settings
from litmap.shelf import Entry, entries

if TYPE_CHECKING:
    from litmap.assemble import Embedder
    from litmap.web import WebClient

__all__ = ["Refresh", "add_dropped", "rebuild", "refresh"]

BATCH = 16
"""PDFs read and embedded together: enough to keep every core busy, few enough that a kill costs little."""
STOP_SECONDS = 5.0
"""How long a stopped run waits for the transfer under way; what it leaves is resumed by the next run."""
PATIENCE = 5.0
"""Seconds an arrived PDF waits for others to fill its batch."""


class Refresh:
    """One refresh of one library, the only writer while it is open. Use as a context manager.

    Raises `Busy` where another process writes the library. A failure costs its own subject: it is noted in
    `report.problems` and the run goes on. However it ends, what was done is kept and readers see the last whole build.
    """

    def __init__(self, settings: Settings, progress: Progress = quiet) -> None:
        self.settings = settings
        self.progress = progress
        self.layout = Layout(settings.library)
        self.report = Report()
        self.notes: list[Note] = []
        self._stack = ExitStack()
        self._arrived: queue.Queue[str | None] = queue.Queue()
        self._stop = threading.Event()
        self._fetching: _Thread | None = None
        self._read = 0

    def __enter__(self) -> Self:
        self.now = utc_now()
        with ExitStack() as stack:
            stack.enter_context(lock.writer(self.layout.lock, self.now))
            self.catalogue = stack.enter_context(Catalogue.create(self.layout.catalogue))
            for folder in (self.layout.pdfs, self.layout.partial, self.layout.papers, self.layout.builds):
                folder.mkdir(parents=True, exist_ok=True)
            self.run = self.catalogue.start_run(self.now)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        state = "done" if kind is None else "failed" if issubclass(kind, Exception) else "interrupted"
        if isinstance(error, LitmapError):
            self.report.problems.append(Problem(error.subject, error.message))
        self._stop.set()
        if kind is not None and self._fetching is not None:
            self._fetching.join(STOP_SECONDS)
        with self._stack:
            self.report.counts["memory_megabytes"] = peak_memory()
            self.catalogue.update_run(
                self.run, self.report.as_json(), state=state, finished=utc_now(), problems=self.report.problems
            )

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            spent = time.monotonic() - started
            self.report.seconds[name] = self.report.seconds.get(name, 0.0) + spent
            self.catalogue.update_run(self.run, self.report.as_json(), problems=self.report.problems)

    # ── notes → citations ───────────────────────────────────────────────────────────────────────────────────────────
    def read_notes(self) -> None:
        """Read the notes and replace the catalogue's notes and citations by what they say now.

        Without notes in the settings, those of the last refresh. Raises `UsageError` where there are none, and
        where not one note could be read (so that a folder not mounted today does not empty the library).
        """
        from litmap import citations, notes

        with self._stage("read"):
            names = list(self.settings.notes) or self.catalogue.fact("notes", [])
            if not names:
                raise UsageError("which notes? name files or folders: `litmap refresh NOTES…`")
            self.progress("read", 0, 0, ", ".join(names))
            stdin = sys.stdin.buffer.read() if "-" in names else None
            self.notes, problems = notes.read_notes([n if n == "-" else Path(n) for n in names], stdin)
            self.report.problems += problems
            if not self.notes:
                why = problems[0].reason if problems else "no note in a format litmap reads"
                raise UsageError(f"no note could be read in {', '.join(names)}: {why}")
            found = citations.find_citations(self.notes)
            with self.catalogue.write():
                self.catalogue.put_notes(self.notes, found)
                if "-" not in names:
                    self.catalogue.put_fact("notes", [str(Path(n).resolve()) for n in names])
            self.report.counts |= {"notes": len(self.notes), "citations": len(found)}
            self.progress("read", len(self.notes), len(self.notes), f"{len(found)} citations")

    # ── citations → works ───────────────────────────────────────────────────────────────────────────────────────────
    def unresolved(self) -> list[Citation]:
        """The citations to ask the sources about now: new ones, failed ones, and those whose answer has grown old."""
        known = self.catalogue.resolutions()
        return [c for c in self.catalogue.citations() if c.key not in known or self._due(known[c.key])]

    def _due(self, decided: Decided) -> bool:
        if decided.status in {"failed", "pending"}:
            return True
        days = (
            self.settings.recheck_days
            if decided.work and decided.status == "metadata-only"
            else self.settings.retry_days
        )
        return _age_days(decided.time) >= days

    def resolve(self, citations: Sequence[Citation]) -> None:
        """Ask the sources about these citations; what they say is kept as it comes, and one work becomes one."""
        from litmap import works

        if self.settings.offline or not citations:
            return
        with self._stage("resolve"), self._client("resolve") as client:
            found = works.resolve(
                citations, client, now=self.now, settled=self.catalogue.decisions(), contact=self.settings.contact,
                keys=_keys(), progress=lambda done, total, text: self.progress("resolve", done, total, text),
            )  # fmt: skip
            for done, resolution in enumerate(found, 1):
                with self.catalogue.write():
                    self.catalogue.put_resolution(self._keep_work(resolution), self.now)
                self.progress("resolve", done, len(citations), resolution.work.title if resolution.work else "")
            self._merge()

    def _keep_work(self, resolution: Resolution) -> Resolution:
        """A source that failed today takes nothing from what is known of the citation."""
        before = self.catalogue.resolution(resolution.citation)
        if (
            resolution.status in {"failed", "pending"}
            and before is not None
            and before.status not in {"failed", "pending"}
        ):
            known = self.catalogue.works().get(before.work or "")
            return Resolution(before.citation, known, before.status, before.reason, before.candidates)
        return resolution

    def _merge(self) -> None:
        """Citations that turned out to be one work share it from now on."""
        from litmap import works

        known, aliases = self.catalogue.works(), self.catalogue.aliases()
        cited = {c.key for c in self.catalogue.citations()}
        split = [
            Resolution(d.citation, known.get(aliases.get(d.work, d.work)), d.status, d.reason)
            for d in self.catalogue.resolutions().values()
            if d.work is not None and d.citation in cited
        ]
        with self.catalogue.write():
            for old, new in zip(split, works.merge(split), strict=True):
                if old.work is not None and new.work is not None and old.work != new.work:
                    self.catalogue.rename_work(old.work.id, new.work, self.now)

    # ── works → PDFs ────────────────────────────────────────────────────────────────────────────────────────────────
    def fetch(self) -> None:
        """File the drop folder's PDFs and fetch those the works lack. Meant to run in a thread beside `papers`.

        It has its own connection to the catalogue: an arrived PDF is recorded at once, whatever else is going on.
        """
        try:
            started = time.monotonic()
            with Catalogue.create(self.layout.catalogue) as catalogue:
                self._adopt(catalogue)
                if not self.settings.offline:
                    self._fetch(catalogue)
            self.report.seconds["fetch"] = time.monotonic() - started
        finally:
            self._arrived.put(None)

    def _fetch(self, catalogue: Catalogue) -> None:
        from litmap import pdfs, text

        with self._client("fetch") as client:
            self._note_versions(catalogue, client)
            tried = catalogue.fetches()
            wanted = [e for e in entries(catalogue) if self._fetch_due(e, tried.get(e.work.id))]
            known = {e.work.id: e.pdfs[0] for e in wanted if e.pdfs}
            store = pdfs.Store(self.layout.root, self.layout.pdf, self.layout.partial, self.layout.aside)
            outcomes = pdfs.fetch(
                [e.work for e in wanted], client, store=store, known=known, now=self.now, peek=text.peek
            )
            for done, outcome in enumerate(outcomes, 1):
                with catalogue.write():
                    catalogue.put_fetch(outcome, self.now)
                self.progress("fetch", done, len(wanted), outcome.reason)
                if outcome.pdf is not None:
                    self._arrived.put(outcome.pdf.sha256)
                if self._stop.is_set():
                    break

    def _note_versions(self, catalogue: Catalogue, client: WebClient) -> None:
        """Ask arXiv, many ids a request, which of the fetched papers have a newer version."""
        from litmap import works

        here = {e.work.id: e.work for e in entries(catalogue) if e.pdfs and e.work.identifier("arxiv")}
        for work_id, version in works.newest_versions(here.values(), client).items():
            if version > (here[work_id].arxiv_version or 0):
                with catalogue.write():
                    catalogue.put_work(replace(here[work_id], arxiv_version=version), "note", self.now)

    def _fetch_due(self, entry: Entry, last: Fetched | None) -> bool:
        if last is None or last.transient or last.status in {"failed", "pending"}:
            return True
        days = self.settings.recheck_days if entry.pdfs else self.settings.retry_days
        newer = entry.pdf is not None and (entry.work.arxiv_version or 0) > (entry.pdf.version or 0) > 0
        return newer or _age_days(last.time) >= days

    def _adopt(self, catalogue: Catalogue) -> None:
        """Match the PDFs of the drop folder to their works; what matches none becomes a work of its own."""
        from litmap import pdfs, text

        files = sorted(p for p in self.layout.papers.rglob("*") if p.is_file() and p.suffix.lower() == ".pdf")
        seen = set(catalogue.fact("dropped", []))
        new = [p for p in files if _stamp(p) not in seen]
        if not new:
            return
        works = [e.work for e in entries(catalogue)]
        store = pdfs.Store(self.layout.root, self.layout.pdf, self.layout.partial, self.layout.aside)
        for adopted in pdfs.adopt(new, works, store=store, now=self.now, peek=text.peek_apart):
            with catalogue.write():
                if isinstance(adopted, Problem):
                    self.report.problems.append(adopted)
                else:
                    if adopted.new_work is not None:
                        catalogue.put_work(adopted.new_work, "drop", self.now)
                    catalogue.put_fetch(adopted.fetch, self.now)
                    if adopted.fetch.pdf is not None:
                        self._arrived.put(adopted.fetch.pdf.sha256)
        with catalogue.write():
            catalogue.put_fact("dropped", [_stamp(p) for p in files])

    def papers(self, start: Callable[[], Any] | None = None) -> Iterator[list[str]]:
        """Batches of PDFs (sha256) to be read and embedded: those left from before, then what `fetch` brings.

        `start` begins the fetching elsewhere and returns what has a `result()`; by default a thread of this process.
        Raises what the fetching raised, at the end.
        """
        waiting = [sha for sha in self._current_pdfs() if sha not in self.catalogue.texts(text_version())]
        yield from (waiting[i : i + BATCH] for i in range(0, len(waiting), BATCH))
        fetching = (start or self._start_fetching)()
        done = set(waiting)
        for batch in self._batches():
            fresh = [sha for sha in dict.fromkeys(batch) if sha not in done]
            done |= set(fresh)
            if fresh:
                yield fresh
        fetching.result()

    def _start_fetching(self) -> Any:
        thread = _Thread(self.fetch)
        thread.start()
        self._fetching = thread
        return thread

    def _batches(self) -> Iterator[list[str]]:
        """What arrives, in full batches, or what is there once the oldest has waited long enough."""
        batch: list[str] = []
        oldest = 0.0
        while True:
            try:
                sha = self._arrived.get(timeout=0.5)
            except queue.Empty:
                if batch and time.monotonic() - oldest > PATIENCE:
                    yield batch
                    batch = []
                continue
            if sha is None:
                break
            oldest = oldest if batch else time.monotonic()
            batch.append(sha)
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _current_pdfs(self) -> list[str]:
        """The newest PDF of each work."""
        return list(dict.fromkeys(e.pdf.sha256 for e in entries(self.catalogue) if e.pdf))

    # ── PDFs → text → vectors ───────────────────────────────────────────────────────────────────────────────────────
    def extract(self, batch: Sequence[str]) -> None:
        """Read PDFs to text, each in a process with limits; the text is cached by content."""
        from litmap import text
        from litmap.builds import replace_file

        with self._stage("extract"):
            settings = self.settings
            found = text.extract_many(
                [(sha, self.layout.pdf(sha)) for sha in batch],
                workers=settings.workers, timeout_s=settings.pdf_seconds,
                memory_bytes=settings.memory_megabytes * 1_000_000, ocr=settings.ocr,
            )  # fmt: skip
            for sha, document in found:
                if isinstance(document, PdfError):
                    self.report.problems.append(Problem(sha, document.message))
                    with self.catalogue.write():
                        self.catalogue.put_text(sha, text.EXTRACTOR, "failed", document.message, 0)
                else:
                    path = self.layout.text(sha)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    replace_file(path, text.dumps(document))
                    with self.catalogue.write():
                        self.catalogue.put_text(
                            sha, text.EXTRACTOR, document.quality, document.reason, len(document.pages)
                        )
                self._read += 1
                self.progress("extract", self._read, 0, document.title if isinstance(document, Document) else "")

    def embed(self, batch: Sequence[str]) -> None:
        """Cut texts into passages and give each its vector; vectors are cached by content and model."""
        from litmap import assemble, chunks

        with self._stage("embed"):
            titles = {e.pdf.sha256: e.work.title for e in entries(self.catalogue) if e.pdf}
            groups = []
            for sha in batch:
                document = assemble.load_document(self.layout, sha)
                if document is not None and document.quality in assemble.READABLE:
                    title = titles.get(sha, "")
                    cut = chunks.cut(document, self.encoder, title=title)
                    groups.append(self.embedder.texts(cut, title))
            self.embedder.ensure(groups)

    @cached_property
    def encoder(self) -> Encoder:
        """The embedding model. Raises `ModelError`."""
        from litmap import vectors

        settings = self.settings
        models = settings.state / "models"
        return vectors.load_encoder(
            settings.model, models_dir=models, backend=settings.backend, threads=settings.threads or None
        )

    @cached_property
    def embedder(self) -> Embedder:
        """The model with its cache."""
        from litmap.assemble import Embedder
        from litmap.vectors import VectorCache

        cache = VectorCache(self.layout.vectors, str(getattr(self.encoder, "key", self.encoder.name)))
        return Embedder(self.encoder, cache, lambda done: self.progress("embed", done, 0, "passages"))

    # ── everything → the build that readers open ────────────────────────────────────────────────────────────────────
    def build(self, *, fresh: bool = False) -> None:
        """Publish a build that holds what the catalogue says now; an unchanged library builds nothing.

        With `fresh` nothing is taken over from the last build.
        """
        from litmap import assemble
        from litmap.make import make_build

        with self._stage("build"):
            found = entries(self.catalogue)
            self._count(found)
            texts = self.catalogue.texts(text_version())
            wanted = assemble.wanted_sources(
                self.layout, found, self.notes, texts, self.encoder, abstracts=self.settings.abstracts
            )
            made = make_build(
                self.layout, found, self.notes, texts, wanted, self.embedder,
                facts={"model": self.settings.model, "extractor": text_version()}, progress=self.progress, fresh=fresh,
            )  # fmt: skip
            self.report.counts |= made.counts
            self.report.seconds |= made.seconds
            self.report.changes |= made.changes

    def _count(self, found: Sequence[Entry]) -> None:
        by_status = Counter(e.status for e in found)
        self.report.counts |= {
            "works": len(found),
            "mentions": sum(len(e.mentions) for e in found),
            "by_status": dict(sorted(by_status.items())),
            "failed": by_status["failed"],
        }

    @contextmanager
    def _client(self, stage: str) -> Iterator[WebClient]:
        from litmap.web import WebClient

        def on_wait(host: str, seconds: float, why: str) -> None:
            self.progress(stage, -1, 0, f"waiting {seconds:.0f} s for {host}: {why}")

        settings = self.settings
        with WebClient(settings.contact, settings.state, settings.paces, settings.allow, on_wait=on_wait) as client:
            yield client


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


def refresh(settings: Settings, progress: Progress = quiet) -> dict[str, Any]:
    """The whole refresh without Prefect; the run's report."""
    with Refresh(settings, progress) as run:
        run.read_notes()
        run.resolve(run.unresolved())
        for batch in run.papers():
            run.extract(batch)
            run.embed(batch)
        run.build()
    return run.report.as_json()


def rebuild(settings: Settings, progress: Progress = quiet) -> dict[str, Any]:
    """Build anew from the catalogue and the caches, without the network; the old build serves until then."""
    return _offline(settings, progress, fresh=True)


def add_dropped(settings: Settings, progress: Progress = quiet) -> dict[str, Any]:
    """File what lies in the drop folder, without the network; there need not be notes."""
    return _offline(settings, progress, fresh=False)


def _offline(settings: Settings, progress: Progress, *, fresh: bool) -> dict[str, Any]:
    with Refresh(replace(settings, offline=True), progress) as run:
        with suppress(UsageError):  # the notes may be out of reach today
            run.read_notes()
        for batch in run.papers():
            run.extract(batch)
            run.embed(batch)
        run.build(fresh=fresh)
    return run.report.as_json()


def _keys() -> dict[str, str]:
    """API keys from the environment; none is needed."""
    names = {"openalex": "OPENALEX_API_KEY", "s2": "S2_API_KEY"}
    return {service: os.environ[name] for service, name in names.items() if os.environ.get(name)}


def text_version() -> str:
    """The extractor's version; texts of another are extracted again."""
    from litmap import text

    return text.EXTRACTOR


def _stamp(path: Path) -> str:
    stat = path.stat()
    return f"{path}:{stat.st_size}:{stat.st_mtime_ns}"


def _age_days(time_text: str) -> float:
    then = datetime.strptime(time_text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return (datetime.now(UTC) - then) / timedelta(days=1)


def _remove(path: Path) -> None:
    import shutil

    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
