"""The stages joined to the store: each method of `RefreshRun` reads the catalogue, calls one stage, writes the catalogue.

Their order stands in the flow (`flows/refresh.py`); without Prefect, call them in that order:

    with RefreshRun(load_settings({"notes": ["notes/"], "library": "index"})) as run:
        run.read_notes()
        run.resolve(run.unresolved())
        for batch in run.papers():  # as they arrive from the network
            run.extract(batch)
            run.embed(batch)
        run.build()
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from litmap import lock
from litmap.catalogue import Catalogue, Decided, utc_now
from litmap.catalogue.entries import Entry, entries, provisional
from litmap.catalogue.records import storable
from litmap.errors import LitmapError, PdfError, UsageError
from litmap.logs import kept_log
from litmap.models import Citation, Document, Note, Problem, Resolution
from litmap.operating_system import peak_memory
from litmap.paths import LibraryPaths
from litmap.pipeline import reading_list
from litmap.pipeline.acquisition import MAX_BATCH, PRELOAD_AFTER, Acquisition, age_days, open_client
from litmap.pipeline.pending_pdfs import note_reading, text_version, unread
from litmap.pipeline.report import Progress, Report, quiet
from litmap.pipeline.warmup import Warmup
from litmap.protocols import Encoder
from litmap.settings import Settings, api_keys

if TYPE_CHECKING:
    from litmap.pipeline.build import BuildReport
    from litmap.pipeline.embedder import Embedder

__all__ = ["RefreshRun", "add_dropped", "check", "rebuild", "refresh"]


class RefreshRun:
    """One refresh of one library, the only writer while it is open. Use as a context manager.

    Raises `Busy` where another process writes the library. A failure costs its own subject: it is noted in
    `report.problems` and the run goes on. However it ends, what was done is kept and readers see the last whole build.
    """

    def __init__(self, settings: Settings, progress: Progress = quiet) -> None:
        self.settings = settings
        self.progress = progress
        self.paths = LibraryPaths(settings.library)
        self.report = Report()
        self.notes: list[Note] = []
        self._stack = ExitStack()
        self._read = 0
        self._fetch_error: Exception | None = None
        self._kept = False
        self._loading = threading.Lock()
        self._warmup = Warmup(lambda: self.encoder)

    def __enter__(self) -> Self:
        self.now = utc_now()
        with ExitStack() as stack:
            stack.enter_context(lock.writer(self.paths.lock, self.now))
            stack.enter_context(kept_log(self.paths.logs, self.now))
            self.catalogue = stack.enter_context(Catalogue.create(self.paths.catalogue))
            for folder in (
                self.paths.pdfs,
                self.paths.partial,
                self.paths.papers,
                self.paths.builds,
            ):
                folder.mkdir(parents=True, exist_ok=True)
            self.run = self.catalogue.start_run(self.now)
            self._acquisition = Acquisition(
                self.settings, self.paths, self.report, self.progress, self.now
            )
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
        if isinstance(error, LitmapError):
            self.report.problems.append(Problem(error.subject, error.message))
        self._acquisition.stop()
        self._warmup.wait()
        with self._stack:
            self.report.counts["memory_megabytes"] = peak_memory()
            self.catalogue.update_run(
                self.run,
                self.report.as_json(),
                state=state,
                finished=utc_now(),
                problems=self.report.problems,
            )

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            spent = time.monotonic() - started
            self.report.seconds[name] = self.report.seconds.get(name, 0.0) + spent
            self.catalogue.update_run(
                self.run, self.report.as_json(), problems=self.report.problems
            )

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
            gone = [n for n in names if n != "-" and not Path(n).expanduser().exists()]
            if gone:  # a folder that is not mounted today must not empty the library
                raise UsageError(
                    f"no notes at {', '.join(gone)}: bring them back, or name the notes that are left"
                )
            self.progress("read", 0, 0, ", ".join(names))
            stdin = sys.stdin.buffer.read() if "-" in names else None
            read, problems = notes.read_notes([n if n == "-" else Path(n) for n in names], stdin)
            self.notes = [replace(note, path=storable(note.path)) for note in read]
            self.report.problems += problems
            if not self.notes:
                why = problems[0].reason if problems else "no note in a format litmap reads"
                raise UsageError(f"no note could be read in {', '.join(names)}: {why}")
            found = citations.find_citations(self.notes)
            with self.catalogue.write():
                self.catalogue.put_notes(self.notes, found)
                again = [] if "-" in names else [str(Path(n).resolve()) for n in names]
                self.catalogue.put_fact("notes", again)
            self.report.counts |= {"notes": len(self.notes), "citations": len(found)}
            self.progress("read", len(self.notes), len(self.notes), f"{len(found)} citations")

    def keep_notes(self) -> None:
        """Go on with the notes as they were last read, for a run that is not about them."""
        self.notes, self._kept = self.catalogue.notes(), True

    # ── citations → works ───────────────────────────────────────────────────────────────────────────────────────────
    def unresolved(self) -> list[Citation]:
        """The citations to ask the sources about now: new ones, failed ones, and those whose answer has grown old."""
        known = self.catalogue.resolutions()
        return [
            c for c in self.catalogue.citations() if c.key not in known or self._due(known[c.key])
        ]

    def _due(self, decided: Decided) -> bool:
        if decided.status in {"failed", "pending"}:
            return True
        days = (
            self.settings.recheck_days
            if decided.work and decided.status == "metadata-only"
            else self.settings.retry_days
        )
        return age_days(decided.time) >= days

    def resolve(self, citations: Sequence[Citation]) -> None:
        """Ask the sources about these citations; what they say is kept as it comes, and one work becomes one."""
        from litmap import works

        if self.settings.offline or not citations:
            return
        with self._stage("resolve"), open_client(self.settings, "resolve", self.progress) as client:
            found = works.resolve(
                citations, client, now=self.now, chosen_ids=self.catalogue.decisions(), contact=self.settings.contact,
                keys=api_keys(), progress=lambda done, total, text: self.progress("resolve", done, total, text),
            )  # fmt: skip
            keepers, by_key = self.catalogue.works_with_user_data(), {c.key: c for c in citations}
            for done, resolution in enumerate(found, 1):
                former = self._former(by_key[resolution.citation])
                with self.catalogue.write():
                    if not self._is_worse(resolution):
                        self.catalogue.put_resolution(resolution, self.now)
                        if former in keepers and resolution.work is not None:
                            self.catalogue.rename_work(former, resolution.work, self.now)
                self.progress(
                    "resolve",
                    done,
                    len(citations),
                    resolution.work.title if resolution.work else "",
                )
            self._merge()

    def _former(self, citation: Citation) -> str:
        """The id under which a citation's work went before a source knew it; '' where one did.

        The user may have dropped its PDF or corrected it under that id.
        """
        before = self.catalogue.resolution(citation.key)
        if before is None:
            return provisional(citation.reference).id
        return before.work or "" if before.status != "metadata-only" else ""

    def _is_worse(self, resolution: Resolution) -> bool:
        """Whether a source failed today and more is known of it: that stays with its age, so it is asked again."""
        before = self.catalogue.resolution(resolution.citation)
        nothing = {"failed", "pending"}
        if before is None or resolution.status not in nothing:
            return False
        return before.status not in nothing or (resolution.work is None and before.work is not None)

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
        here = {r.work.id for r in split if r.work is not None}
        split += [
            Resolution("", known.get(i), "fetched", "")
            for i in sorted(self.catalogue.dropped() - here)
        ]
        with self.catalogue.write():
            for old, new in zip(split, works.merge(split), strict=True):
                if old.work is not None and new.work is not None and old.work != new.work:
                    self.catalogue.rename_work(old.work.id, new.work, self.now)

    # ── works → PDFs ────────────────────────────────────────────────────────────────────────────────────────────────
    def fetch(self) -> None:
        """File the drop folder's PDFs and fetch those the works lack. Meant to run in a thread beside `papers`."""
        self._acquisition.run()

    def papers(self, start: Callable[[], Any] | None = None) -> Iterator[list[str]]:
        """Batches of PDFs (sha256) to be read and embedded: those left from before, then what `fetch` brings.

        `start` begins `fetch` elsewhere and returns what has a `result()`; by default a thread of this process. What
        the fetching raises is kept for the end of `build`: it costs what had not arrived, not what had.
        """
        fetching = start() if start else self._acquisition.start()
        waiting = unread(self.catalogue, self.paths, self.settings)
        if len(waiting) >= PRELOAD_AFTER:
            self._warmup.start()
        yield from (waiting[i : i + MAX_BATCH] for i in range(0, len(waiting), MAX_BATCH))
        done = set(waiting)
        for batch in self._acquisition.batches(self._warmup.start):
            fresh = [sha for sha in dict.fromkeys(batch) if sha not in done]
            done |= set(fresh)
            if fresh:
                yield fresh
        try:
            fetching.result()
        except Exception as error:  # noqa: BLE001 - raised once what is here is built
            self._fetch_error = error
        self._merge()  # files may have told which works they are

    # ── PDFs → text → vectors ───────────────────────────────────────────────────────────────────────────────────────
    def extract(self, batch: Sequence[str]) -> None:
        """Read PDFs to text, each in a process with limits; the text is cached by content."""
        from litmap import text
        from litmap.builds import replace_file

        with self._stage("extract"):
            settings = self.settings
            found = text.extract_many(
                [(sha, self.paths.pdf(sha)) for sha in batch],
                workers=settings.workers, timeout_s=settings.pdf_seconds,
                memory_bytes=settings.memory_megabytes * 1_000_000, ocr=settings.ocr,
            )  # fmt: skip
            for sha, document in found:
                if isinstance(document, PdfError):
                    self.report.problems.append(Problem(sha, document.message))
                    with self.catalogue.write():
                        self.catalogue.put_text(sha, text.EXTRACTOR, "failed", document.message, 0)
                        note_reading(self.catalogue, settings, sha, document)
                else:
                    path = self.paths.text(sha)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    replace_file(path, text.dumps(document))
                    with self.catalogue.write():
                        self.catalogue.put_text(
                            sha,
                            text.EXTRACTOR,
                            document.quality,
                            document.reason,
                            len(document.pages),
                        )
                        note_reading(self.catalogue, settings, sha, None)
                self._read += 1
                self.progress(
                    "extract",
                    self._read,
                    0,
                    document.title if isinstance(document, Document) else "",
                )

    def embed(self, batch: Sequence[str]) -> None:
        """Cut texts into passages and give each its vector; vectors are cached by content and model."""
        from litmap.pipeline import passages

        with self._stage("embed"):
            texts = self.catalogue.texts(text_version())
            groups = []
            for sha in batch:
                if texts.get(sha, ("",))[0] in passages.READABLE:
                    with suppress(
                        PdfError
                    ):  # damaged since it was read: the build notices, and has it read again
                        groups.append(
                            self.embedder.texts(passages.cut_pdf(self.paths, sha, self.encoder))
                        )
            self.embedder.ensure(groups)

    @cached_property
    def encoder(self) -> Encoder:
        """The embedding model. Raises `ModelError`."""
        with (
            self._loading
        ):  # the thread of `Warmup` asks too, and from Python 3.12 on cached_property lets both in
            return self._loaded

    @cached_property
    def _loaded(self) -> Encoder:
        from litmap import vectors

        settings = self.settings
        models = settings.state / "models"
        return vectors.load_encoder(
            settings.model,
            models_dir=models,
            backend=settings.backend,
            threads=settings.threads or None,
        )

    @cached_property
    def embedder(self) -> Embedder:
        """The model with its cache."""
        from litmap.pipeline.embedder import Embedder
        from litmap.vectors import VectorCache

        cache = VectorCache(self.paths.vectors, self.encoder.key)
        return Embedder(
            self.encoder, cache, lambda done: self.progress("embed", done, 0, "passages")
        )

    # ── everything → the build that readers open ────────────────────────────────────────────────────────────────────
    def build(self, *, fresh: bool = False) -> None:
        """Publish a build that holds what the catalogue says now; an unchanged library builds nothing.

        With `fresh` nothing is taken over from the last build. Raises at its end what the fetching raised.
        """
        from litmap.pipeline.passages import damaged_texts

        with self._stage("build"):
            found = entries(self.catalogue)
            self._count(found)
            try:
                made = self._make(found, fresh=fresh)
            except PdfError:  # a text in the cache that is damaged: all such are read again
                damaged = damaged_texts(self.paths, found, self.catalogue.texts(text_version()))
                if not damaged:
                    raise
                self.extract(damaged)
                made = self._make(found, fresh=fresh)
            self.report.counts |= made.counts
            self.report.seconds |= made.seconds
            self.report.changes |= made.changes
        if self._fetch_error is not None:
            raise self._fetch_error

    def _make(self, found: Sequence[Entry], *, fresh: bool) -> BuildReport:
        from litmap.pipeline import passages
        from litmap.pipeline.build import kept_notes, make_build

        texts = self.catalogue.texts(text_version())
        wanted = passages.wanted_sources(
            self.paths, found, self.notes, texts, self.encoder, abstracts=self.settings.abstracts
        )
        if self._kept:
            wanted |= kept_notes(self.paths, self.encoder)
        return make_build(
            self.paths, found, self.notes, texts, wanted, self.embedder,
            facts={"model": self.settings.model, "extractor": text_version()}, progress=self.progress, fresh=fresh,
            identify=reading_list.identifier(self.catalogue, self.settings, self.now, self.progress, self.report.problems),
        )  # fmt: skip

    def _count(self, found: Sequence[Entry]) -> None:
        by_status = Counter(e.status for e in found)
        self.report.counts |= {
            "works": len(found),
            "mentions": sum(len(e.mentions) for e in found),
            "by_status": dict(sorted(by_status.items())),
            "failed": by_status["failed"],
        }


def check(settings: Settings, *, now: bool = True) -> None:
    """What can be said before anything is started. Raises `UsageError` for notes not there, `Busy` if `now`."""
    for name in settings.notes:
        if name != "-" and not Path(name).exists():
            raise UsageError(f"no file or folder of notes {name}", subject=name)
    paths = LibraryPaths(settings.library)
    if not settings.notes and not paths.catalogue.exists():
        raise UsageError("which notes? name files or folders: `litmap refresh NOTES…`")
    if now and lock.is_held(paths.lock):
        with lock.writer(paths.lock, utc_now()):
            pass


def refresh(settings: Settings, progress: Progress = quiet) -> dict[str, Any]:
    """The whole refresh without Prefect; the run's report."""
    with RefreshRun(settings, progress) as run:
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
    from litmap.pipeline.build import built_with

    model = (
        built_with(LibraryPaths(settings.library)) or settings.model
    )  # another one is a refresh's affair
    with RefreshRun(replace(settings, offline=True, model=model), progress) as run:
        try:
            run.read_notes()
        except UsageError:  # out of reach today, or read from standard input
            run.keep_notes()
        for batch in run.papers():
            run.extract(batch)
            run.embed(batch)
        run.build(fresh=fresh)
    return run.report.as_json()
