"""One refresh of one library: the stages joined to the store, in the order that `RefreshRun.stages`
gives.

`refresh` calls them one after the other; `flows/refresh.py` makes each a task of Prefect's.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property, partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from litmap import lock, stores
from litmap.catalogue import Catalogue, utc_now
from litmap.catalogue.entries import Entry, entries
from litmap.catalogue.place import settle_place
from litmap.errors import LitmapError, PdfError, UsageError
from litmap.logs import kept_log
from litmap.models import Citation, Document, Note, Problem
from litmap.operating_system import peak_memory
from litmap.paths import LibraryPaths
from litmap.pipeline import note_reading, notices, reading_list, resolution
from litmap.pipeline.acquisition import MAX_BATCH, PRELOAD_AFTER, STOP_SECONDS, Acquisition
from litmap.pipeline.batches import EmbeddingBatch, ExtractionBatch
from litmap.pipeline.collaborators import Collaborators
from litmap.pipeline.context import RunContext
from litmap.pipeline.deliveries import as_problems, channels, deliver
from litmap.pipeline.kept_progress import KeptProgress
from litmap.pipeline.known_titles import gather_titles, unconfirmed_titles
from litmap.pipeline.pending_pdfs import describe_failure, describe_text, text_version, unread
from litmap.pipeline.report import Progress, Report, quiet
from litmap.pipeline.stages import Running, Stage, StageThread
from litmap.pipeline.warmup import Warmup
from litmap.protocols import Encoder
from litmap.settings import Settings

if TYPE_CHECKING:
    from litmap.pipeline.distribution import Workers
    from litmap.pipeline.embedder import Embedder
    from litmap.pipeline.inputs import BuildInputs
    from litmap.works import KnownTitles

T = TypeVar("T")

logger = logging.getLogger(__name__)

__all__ = ["RefreshRun", "add_dropped", "check", "rebuild", "refresh"]


class RefreshRun:
    """One refresh of one library, the only writer while it is open. Use as a context manager.

    Raises `Busy` where another process writes the library. A failure costs its own subject: it is
    noted in `report.problems` and the run goes on. However it ends, what was done is kept and
    readers see the last whole build.
    """

    def __init__(
        self,
        settings: Settings,
        progress: Progress = quiet,
        collaborators: Collaborators | None = None,
    ) -> None:
        self.settings = settings
        self.paths = LibraryPaths(settings.library)
        self.progress = KeptProgress(self.paths.progress, progress)
        self.collaborators = collaborators or Collaborators()
        self.report = Report()
        self._notes: Sequence[Note] | None = None
        self._kept_notes: frozenset[str] = frozenset()
        self._keeps_notes = False
        self._stack = ExitStack()
        self._threads: list[StageThread] = []
        self._extracted = 0
        self._confirmed: frozenset[str] = frozenset()
        self._fetch_error: Exception | None = None
        self._loading = threading.Lock()
        self._warmup = Warmup(lambda: self.collaborators.prepare(self.encoder))

    def __enter__(self) -> Self:
        self.now = self.collaborators.clock()
        with ExitStack() as stack:
            stack.enter_context(lock.writer(self.paths.lock, self.now))
            stack.enter_context(kept_log(self.paths.logs, self.now))
            self.progress.begin(self.now)
            stack.callback(self.progress.end)
            settings = self.settings
            settle_place(
                self.paths.catalogue, settings.catalogue_address, settings.catalogue_schema
            )
            self.catalogue = stack.enter_context(Catalogue.create(self.paths.catalogue))
            self.catalogue.hold()
            for folder in (
                self.paths.pdfs,
                self.paths.partial,
                self.paths.papers,
                self.paths.builds,
            ):
                folder.mkdir(parents=True, exist_ok=True)
            from litmap.pdfs.store import clear_leftovers

            clear_leftovers(self.paths.partial, time.time())
            self.run = self.catalogue.start_run(self.now)
            self._context = RunContext(
                self.settings, self.paths, self.now, self.collaborators, self.report, self.progress
            )
            self._acquisition = Acquisition(self._context)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        state = (
            "done" if kind is None else "failed" if issubclass(kind, Exception) else "interrupted"
        )
        logger.info("refresh of %s: %s", self.paths.root, state)
        if isinstance(error, LitmapError):
            self.report.problems.append(Problem(error.subject, error.message))
        self._acquisition.stop()
        for thread in self._threads:
            thread.join(STOP_SECONDS)
        self._warmup.wait()
        if self.settings.offline:
            self.report.counts["offline"] = 1
        with self._stack:
            self.report.counts["memory_megabytes"] = peak_memory()
            if self.settings.workers_runner != "here":
                self._leave_workers()
            self.catalogue.update_run(
                self.run,
                self.report.as_json(),
                state=state,
                finished=utc_now(),
                problems=self.report.problems,
            )

    def _leave_workers(self) -> None:
        """Count what workers did; what this process did in their place ends with the run."""
        from litmap import text

        text.stop_idle_readers()
        if workers := self.__dict__.get("workers"):  # only where there were any
            self.report.counts["workers"] = workers.counts.as_json()

    def stages(
        self,
        *,
        beside: Callable[[Stage], Running] | None = None,
        notes_required: bool = True,
        fresh: bool = False,
    ) -> Iterator[Stage]:
        """The stages in their order; call each before the next is asked for.

        PDFs are fetched while those that have arrived are read and embedded: `beside` starts that
        stage elsewhere, by default in a thread of this process. Without `notes_required`, notes
        that are out of reach stay as they were last read. With `fresh`, nothing is taken over from
        the last build.
        """
        _ = self.encoder  # one that cannot be had is told before anybody is asked for anything
        yield Stage("read_notes", self.read_notes if notes_required else self.read_notes_or_keep)
        yield Stage("resolve", lambda: self.resolve(self.unresolved()))
        yield Stage("notices", self.ask_notices)
        yield from self._reading(self.pdf_batches(beside))  # begins to fetch
        yield Stage("confirm", self.confirm_titles)
        yield from self._reading(self.confirmed_batches(beside))
        yield Stage("identify", self.identify_reading_list)
        if self.settings.is_watching and not self.settings.offline:
            yield Stage("watch", self.watch)
        yield Stage("build", partial(self.build, fresh=fresh))
        yield Stage("tell", self.tell)
        if channels(self.settings):
            yield Stage("deliver", self.deliver)
        if self.settings.llm_summaries or self.settings.llm_labels:
            yield Stage("write", self.write)

    def _reading(self, batches: Iterator[list[str]]) -> Iterator[Stage]:
        for batch in batches:
            yield Stage("extract", partial(self.extract, batch), tuple(batch))
            yield Stage("embed", partial(self.embed, batch), tuple(batch))

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            spent = time.monotonic() - started
            logger.info("%s: %.1f s", name, spent)
            self.report.seconds[name] = self.report.seconds.get(name, 0.0) + spent
            self.catalogue.update_run(
                self.run, self.report.as_json(), problems=self.report.problems
            )

    # ── notes → citations → works ─────────────────────────────────────────────────────────────────
    def read_notes(self) -> None:
        """Read the notes and replace the catalogue's notes and citations by what they say now.

        Notes that cannot be read this time stay as they were last read. Raises `UsageError`: see
        `note_reading.read_notes`.
        """
        with self._stage("read"):
            reading = note_reading.read_notes(self.catalogue, self._context)
            self._notes, self._kept_notes = reading.notes, reading.kept

    def read_notes_or_keep(self) -> None:
        """Read the notes; where they are out of reach, go on with what is known of them."""
        try:
            self.read_notes()
        except UsageError as error:  # out of reach today, or read from standard input
            logger.warning("notes as last read: %s", error)
            self._keeps_notes = True

    def unresolved(self) -> list[Citation]:
        """The citations to ask about now: new ones, failed ones, and those whose answer has grown
        old.
        """
        return resolution.unresolved(self.catalogue, self.settings)

    def resolve(self, citations: Sequence[Citation]) -> None:
        """Ask the sources about these citations, but for titles that the library knows; offline,
        nothing.
        """
        if self.settings.offline or not citations:
            return
        with self._stage("resolve"):
            known = self._known_titles(citations)
            resolution.resolve(self.catalogue, self._context, citations, known)
            resolution.join_works(self.catalogue, self.now)

    def ask_notices(self) -> None:
        """Ask what became of the works that are due: retracted, corrected, revised, published;
        offline, nothing.
        """
        if self.settings.offline:
            return
        with self._stage("notices"):
            notices.ask_notices(self.catalogue, self._context)

    def confirm_titles(self) -> None:
        """See whether lines that may be titles are works of the library or stand in the reference
        lists of its papers; offline, those of which a source would be asked wait.
        """
        with self._stage("confirm"):
            open_titles = unconfirmed_titles(self.catalogue)
            known = self._known_titles(open_titles)
            found = [c for c in open_titles if known and known.find(c.reference)]
            logger.info("confirm: %d of %d titles are known", len(found), len(open_titles))
            if not found:
                return
            resolution.resolve(self.catalogue, self._context, found, known)
            resolution.join_works(self.catalogue, self.now)
            keys = {c.key for c in found}
            self._confirmed = frozenset(
                e.work.id for e in entries(self.catalogue) if keys.intersection(e.citations)
            )

    def _known_titles(self, citations: Sequence[Citation]) -> KnownTitles | None:
        """The titles that the library knows; None where no citation asks for them."""
        from litmap import citations as reading
        from litmap.works import may_be_known

        if not any(map(may_be_known, citations)):
            return None
        records = reading.records_beside(self._notes or ())
        return self._with_whole_texts(lambda: gather_titles(self.catalogue, self._context, records))

    # ── works → PDFs ──────────────────────────────────────────────────────────────────────────────
    def fetch(self) -> None:
        """File the drop folder's PDFs and fetch those the works lack. Meant to run beside
        `pdf_batches`.
        """
        self._acquisition.run()

    def pdf_batches(self, beside: Callable[[Stage], Running] | None = None) -> Iterator[list[str]]:
        """Batches of PDFs (sha256) to be read and embedded: those left from before, then what
        `fetch` brings.

        `beside` begins `fetch` elsewhere, by default in a thread of this process. What the fetching
        raises is kept for the end of `build`: it costs what had not arrived, not what had.
        """
        yield from self._batches(beside)

    def confirmed_batches(
        self, beside: Callable[[Stage], Running] | None = None
    ) -> Iterator[list[str]]:
        """As `pdf_batches`, of the works that `confirm_titles` found."""
        if self._confirmed and not self.settings.offline and self._fetch_error is None:
            self._acquisition = Acquisition(self._context, only=self._confirmed)
            yield from self._batches(beside)

    def _batches(self, beside: Callable[[Stage], Running] | None) -> Iterator[list[str]]:
        fetching = (beside or self._start_thread)(Stage("fetch", self.fetch))
        waiting = unread(self.catalogue, self.paths, self.settings)
        if len(waiting) >= PRELOAD_AFTER:
            self._warmup.start()
        done = set(waiting)
        while waiting:
            most = MAX_BATCH if self.workers is None else self.workers.papers_at_once()
            yield waiting[:most]
            waiting = waiting[most:]
        for batch in self._acquisition.batches(self._warmup.start):
            fresh = [sha for sha in dict.fromkeys(batch) if sha not in done]
            done |= set(fresh)
            if fresh:
                yield fresh
        try:
            fetching.result()
        except Exception as error:  # noqa: BLE001 - raised once what is here is built
            logger.warning("fetching broke off: %s", error)
            self._fetch_error = error
        resolution.join_works(self.catalogue, self.now)  # files may have told which works they are
        self._read_marks()

    def _read_marks(self) -> None:
        """Read what the reader marked in PDFs that were not looked into yet."""
        from litmap.pipeline.marks import read_marks

        with self._stage("marks"):
            self.report.counts["marks"] = self.report.counts.get("marks", 0) + read_marks(
                self.catalogue, self._context
            )

    def _start_thread(self, stage: Stage) -> StageThread:
        thread = StageThread(stage)
        self._threads.append(thread)
        thread.start()
        return thread

    # ── PDFs → text → vectors ─────────────────────────────────────────────────────────────────────
    def extract(self, shas: Sequence[str]) -> None:
        """Read PDFs to text, each in a process with limits; the text is cached by content."""
        from litmap.pipeline.marked_copies import reuse_texts

        with self._stage("extract"):
            shas = reuse_texts(self.catalogue, self.paths, shas)
            batch = ExtractionBatch.plan(shas, self.paths, self.settings)
            logger.info("extract: %d PDFs", len(batch.files))
            read = self.workers.read if self.workers else self.collaborators.extract_texts
            for sha, outcome in read(batch):
                self._keep_text(sha, outcome)
                self._extracted += 1
                title = outcome.title if isinstance(outcome, Document) else ""
                self.progress("extract", self._extracted, 0, title)

    def _keep_text(self, sha: str, outcome: Document | PdfError) -> None:
        """Keep a text, or why there is none."""
        from litmap.pipeline.text_cache import TextCache

        if isinstance(outcome, PdfError):
            logger.warning("%s could not be read: %s", sha, outcome)
            self.report.problems.append(Problem(sha, outcome.message))
            before = self.catalogue.text(sha)
            record = describe_failure(sha, outcome, self.settings, before)
        else:
            TextCache(self.paths).save(outcome)
            record = describe_text(sha, outcome)
        with self.catalogue.write():
            self.catalogue.put_text(record)

    def embed(self, shas: Sequence[str]) -> None:
        """Cut texts into passages and give each its vector; vectors are cached by content and
        model.
        """
        from litmap.pipeline.passages import embed_batch

        with self._stage("embed"):
            texts = self.catalogue.texts(text_version())
            readable = tuple(sha for sha in shas if sha in texts and texts[sha].is_readable)
            logger.info("embed: %d texts", len(readable))
            embed_batch(EmbeddingBatch(readable, self.paths), self.embedder)

    @cached_property
    def encoder(self) -> Encoder:
        """The embedding model. Raises `ModelError`."""
        with (
            self._loading
        ):  # `Warmup` asks too, and from Python 3.12 on cached_property lets both in
            return self._loaded

    @cached_property
    def _loaded(self) -> Encoder:
        return self.collaborators.load_encoder(self.settings)

    @cached_property
    def embedder(self) -> Embedder:
        """The model with its cache."""
        from litmap.pipeline.embedder import Embedder
        from litmap.vectors import VectorCache

        cache = VectorCache(self.paths.vectors, self.encoder.key)
        told = partial(self.progress, "embed")
        if self.workers is None:
            return Embedder(self.encoder, cache, told)
        from litmap.pipeline.distribution import WorkersEncoder

        encoder = WorkersEncoder(self.encoder, self.workers)
        return Embedder(encoder, cache, told, self.workers.texts_at_once())

    @cached_property
    def workers(self) -> Workers | None:
        """Those who read and embed in this process's place; None where it does so itself."""
        if self.settings.workers_runner == "here":
            return None
        runner = self._stack.enter_context(self.collaborators.open_workers(self.settings))
        if runner is None:
            return None
        from litmap.pipeline.distribution import Workers

        return Workers(runner, self.settings, lambda text: self.progress("workers", -1, 0, text))

    # ── everything → the build that readers open ──────────────────────────────────────────────────
    def identify_reading_list(self) -> None:
        """Ask the sources about works that the papers cite and the notes do not; offline, nothing.

        Nothing is asked either where the build is up to date: the list would not be written anew.
        """
        if self.settings.offline:
            return
        with self._stage("identify"):
            uncited = self._with_whole_texts(self._uncited_works)
            reading_list.identify(self.catalogue, self._context, uncited)

    def _uncited_works(self) -> list[Any]:
        from litmap import references
        from litmap.pipeline.analysis import reference_lists
        from litmap.pipeline.build import plan_build

        inputs = self._inputs()
        with plan_build(inputs) as plan:
            if plan.is_current:
                return []
        lists = reference_lists(inputs.text_cache, inputs.readable_pdfs)
        return references.find_uncited_works(lists, [e.work for e in inputs.entries])

    def watch(self) -> None:
        """Look through the listings of new papers that the settings name, each once a day or week,
        and keep what fits the notes' headings. A failure goes to the report's problems.
        """
        from litmap.pipeline.new_papers import keep_new_papers

        with self._stage("watch"):
            try:
                self._with_whole_texts(
                    lambda: keep_new_papers(self.catalogue, self._context, self._inputs())
                )
            except LitmapError as error:
                logger.warning("new papers: %s", error)
                self.report.problems.append(Problem("new papers", error.message))

    def build(self, *, fresh: bool = False) -> None:
        """Publish a build that holds what the catalogue says now; an unchanged library builds
        nothing.

        Where the notes were not read in this run, the build holds them as they were last read.
        Raises `UsageError` where that cannot be had, and at its end what the fetching raised.
        """
        from litmap.pipeline.build import make_build

        with self._stage("build"):
            inputs = self._inputs()
            self._count(inputs.entries)
            self._check_notes(inputs)
            made = self._with_whole_texts(
                lambda: make_build(self._inputs(), progress=self.progress, fresh=fresh)
            )
            self.report.counts |= made.counts
            self.report.seconds |= made.seconds
            self.report.changes |= made.changes
        if self._fetch_error is not None:
            raise self._fetch_error

    def tell(self) -> None:
        """Keep what happened in the library since this was done last; see `events.tell`."""
        from litmap.pipeline.events import tell

        with self._stage("tell"):
            told = tell(self.catalogue, self.paths, self.now)
            logger.info("tell: %s", "from now on" if told is None else f"{told} events")
            self.report.counts["news"] = told

    def deliver(self) -> None:
        """Give the channels of the settings the news that they were not given yet."""
        with self._stage("deliver"):
            done = deliver(self.catalogue, self.settings, self.now)
            self.report.counts["delivered"] = {d.channel: d.events for d in done}
            self.report.problems += as_problems(done)

    def write(self) -> None:
        """Have the language model of the settings write summaries and labels for the build, which
        is published by now; what fails costs itself.
        """
        from litmap.pipeline.written_texts import write_texts

        with self._stage("write"):
            write_texts(self._context, self.encoder, entries(self.catalogue))

    def _inputs(self) -> BuildInputs:
        from litmap.pipeline.inputs import gather_inputs

        return gather_inputs(
            self.catalogue,
            self.settings,
            self.embedder,
            notes=self._notes,
            kept_notes=self._kept_notes,
            summariser=self.collaborators.summariser,
        )

    def _check_notes(self, inputs: BuildInputs) -> None:
        """See that no build comes about without the notes' passages by a call that was
        forgotten.
        """
        from litmap.pipeline.build import holds_note_passages

        if holds_note_passages(inputs):
            return
        why = "the notes were not read, and the last index does not hold their text"
        if not self._keeps_notes:
            raise UsageError(f"{why}: call read_notes() before build()")
        self.report.problems.append(
            Problem("notes", f"{why}: search finds none of it until they are read again")
        )

    def _with_whole_texts(self, work: Callable[[], T]) -> T:
        """Do the work; where a kept text is damaged, read all such PDFs again and do it once
        more.
        """
        from litmap.pipeline.text_cache import TextCache

        try:
            return work()
        except PdfError:
            shas = filter(None, self._inputs().readable_pdfs.values())
            damaged = TextCache(self.paths).damaged(shas)
            if not damaged:
                raise
            logger.warning("%d kept texts are damaged and read again", len(damaged))
            self.extract(damaged)
            return work()

    def _count(self, works: Sequence[Entry]) -> None:
        by_status = Counter(e.status for e in works)
        self.report.counts |= {
            "works": len(works),
            "cited": sum(bool(e.mentions) for e in works),
            "mentions": sum(len(e.mentions) for e in works),
            "by_status": dict(sorted(by_status.items())),
            "failed": by_status["failed"],
        }


def check(settings: Settings, *, now: bool = True) -> None:
    """What can be said before anything is started. Raises `UsageError` for notes not there or a
    store that cannot be, `Busy` if `now`.
    """
    stores.choose(settings.store_vectors, settings.store_address, settings.library)
    for name in settings.notes:
        if name != "-" and not os.path.exists(name):  # noqa: PTH110 (never raises)
            raise UsageError(f"no file or folder of notes {name}", subject=name)
    paths = LibraryPaths(settings.library)
    if not settings.notes and not paths.has_catalogue():
        raise UsageError("which notes? name files or folders: `litmap refresh NOTES…`")
    if now and lock.is_held(paths.lock):
        with lock.writer(paths.lock, utc_now()):
            pass


def refresh(
    settings: Settings, progress: Progress = quiet, collaborators: Collaborators | None = None
) -> dict[str, Any]:
    """The whole refresh without Prefect; the run's report."""
    with RefreshRun(settings, progress, collaborators) as run:
        for stage in run.stages():
            stage()
    return run.report.as_json()


def rebuild(settings: Settings, progress: Progress = quiet) -> dict[str, Any]:
    """Build anew from the catalogue and the caches, without the network; the old build serves until
    then.
    """
    return _offline(settings, progress, fresh=True)


def add_dropped(settings: Settings, progress: Progress = quiet) -> dict[str, Any]:
    """File what lies in the drop folder, without the network; there need not be notes."""
    return _offline(settings, progress, fresh=False)


def _offline(settings: Settings, progress: Progress, *, fresh: bool) -> dict[str, Any]:
    from litmap.pipeline.build import built_with

    model = built_with(LibraryPaths(settings.library)) or settings.model
    settings = replace(settings, offline=True, model=model)  # another model is a refresh's affair
    with RefreshRun(settings, progress) as run:
        for stage in run.stages(notes_required=False, fresh=fresh):
            stage()
    return run.report.as_json()
