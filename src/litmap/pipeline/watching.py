"""Notes that are watched: what is edited is in the library seconds later.

An edit is brought in offline: the notes are read, what is known already of their works is used, and
a build is published. What only the network can tell is asked once the notes have been quiet for a
moment, and at most every so many minutes. The model stays loaded between the two.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from litmap.catalogue import Catalogue
from litmap.catalogue.entries import entries
from litmap.errors import Busy, LitmapError, UsageError
from litmap.export_marks import HEAD_BYTES, is_export
from litmap.models import Problem
from litmap.paths import LibraryPaths
from litmap.pipeline import resolution
from litmap.pipeline.collaborators import Collaborators
from litmap.pipeline.refresh import RefreshRun, check
from litmap.pipeline.report import Progress, Report, quiet
from litmap.protocols import Encoder
from litmap.settings import Settings

logger = logging.getLogger(__name__)

SETTLE_MS = 300
"""An edit is over when nothing has changed for so long: editors write in several steps."""
LONGEST_SETTLE_MS = 2_000
"""Edits that never pause are brought in after so long."""
QUIET_SECONDS = 10.0
"""So long after the last edit nobody is asked of the network: a reference may be half typed."""
BUSY_SECONDS = 1.0
"""How often it is looked whether another process still writes the library."""
LONGEST_PAUSE = 24 * 3600.0
"""After so long the network is asked again without an edit: what was not found may be by now."""
BREAK_POINTS = frozenset({"extract", "embed", "confirm", "identify", "watch", "build"})
"""Stages before which the network's part gives way to an edit."""
LEFT_TO_NETWORK = frozenset({"deliver", "write"})
"""Stages that wait for the network's part: nobody wants a mail for each edit."""

Say = Callable[[str], None]
Stamps = dict[str, tuple[int, int, int]]


@dataclass
class NetworkTimes:
    """When the network is to be asked: something waits for it, the notes are quiet, and the last
    time was so many seconds ago. Times are those of a clock in seconds.
    """

    interval: float
    edited: float = float("-inf")
    asked: float = float("-inf")
    is_wanted: bool = True

    def is_due(self, now: float) -> bool:
        """Whether to ask now."""
        is_quiet = now - self.edited >= QUIET_SECONDS
        pause = self.interval if self.is_wanted else max(self.interval, LONGEST_PAUSE)
        return is_quiet and now - self.asked >= pause


class NoteWatch:
    """Keeps a library up with its notes until it is stopped.

    `say` is told in one line what became of each edit, and of what goes wrong, which ends nothing
    as long as changes can be heard of.
    """

    def __init__(
        self,
        settings: Settings,
        say: Say,
        progress: Progress = quiet,
        collaborators: Collaborators | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        self.say = say
        self.progress = progress
        self.paths = LibraryPaths(settings.library)
        self._clock = clock
        given = collaborators or Collaborators()
        self._load = given.load_encoder
        self.collaborators = replace(given, load_encoder=lambda _: self._encoder)
        self.network = NetworkTimes(settings.network_minutes * 60)
        self._edits: queue.Queue[None] = queue.Queue()
        self._failure: LitmapError | None = None
        self._told: frozenset[tuple[str, str]] = frozenset()
        self._stamps: Stamps = {}

    @cached_property
    def _encoder(self) -> Encoder:
        return self._load(self.settings)

    @property
    def roots(self) -> list[str]:
        """The files and folders that are watched: those of the settings, else of the last
        refresh.
        """
        if self.settings.notes:
            return list(self.settings.notes)
        with Catalogue.open(self.paths.catalogue) as catalogue:
            return catalogue.note_roots()

    def run(self) -> None:
        """Watch until `KeyboardInterrupt`. Raises `UsageError` and `NoLibrary` where there are no
        notes to watch, `LitmapError` where their changes cannot be heard of (any more).
        """
        check(self.settings, now=False)
        check_package()
        roots = self.roots
        if not roots or "-" in roots:
            raise UsageError("name files or folders of notes to watch: `litmap watch NOTES…`")
        with self._watching(roots):
            self.say(f"watching {', '.join(roots)}")
            self._update(at_start=True)
            while True:
                self.wait_and_update()

    def wait_and_update(self, seconds: float = 1.0) -> bool:
        """Wait so long for an edit and bring it in; without one, ask the network if that is due.
        Whether there was an edit. Raises `LitmapError` where changes are heard of no more.
        """
        try:
            self._edits.get(timeout=seconds)
        except queue.Empty:
            if not self.settings.offline and self.network.is_due(self._clock()):
                self._ask_network()
            return False
        while not self._edits.empty():
            self._edits.get_nowait()
        if self._failure is not None:
            raise self._failure
        return self._update()

    # ── one edit ──────────────────────────────────────────────────────────────────────────────────
    def _update(self, *, at_start: bool = False) -> bool:
        stamps = stamp_notes(self.roots, self.paths.root)
        changed = sorted(
            name
            for name in stamps.keys() | self._stamps.keys()
            if stamps.get(name) != self._stamps.get(name)
        )
        if not changed and not at_start:
            return False
        self.network.edited = self._clock() if not at_start else float("-inf")
        started = time.monotonic()
        report = self._refresh(replace(self.settings, offline=True))
        if report is None:
            return False
        self._stamps = stamps
        what = "all notes" if at_start else _few(changed)
        self.say(f"{what}: {_outcome(report)} ({time.monotonic() - started:.1f} s)")
        self.network.is_wanted = self.network.is_wanted or self._waits_for_network()
        return True

    def _waits_for_network(self) -> bool:
        """Whether the notes cite what nobody was asked about, or a PDF was not tried for."""
        with Catalogue.open(self.paths.catalogue) as catalogue:
            known = catalogue.resolutions()
            asked_for = resolution.unresolved(catalogue, self.settings)
            is_new = any(citation.key not in known for citation in asked_for)
            return is_new or any(entry.status == "pending" for entry in entries(catalogue))

    # ── the network ───────────────────────────────────────────────────────────────────────────────
    def _ask_network(self) -> None:
        started = time.monotonic()
        self.network.asked = self._clock()
        report = self._refresh(self.settings, gives_way=True)
        if report is None:
            return
        self.network.is_wanted = self._waits_for_network() or not self._edits.empty()
        self.say(f"looked up: {_outcome(report)} ({time.monotonic() - started:.1f} s)")

    # ── both ──────────────────────────────────────────────────────────────────────────────────────
    def _refresh(self, settings: Settings, *, gives_way: bool = False) -> Report | None:
        """One refresh, once nobody else writes the library; None where it failed, which is said."""
        is_told = False
        while True:
            try:
                return self._try(settings, gives_way=gives_way)
            except Busy as error:
                if not is_told:
                    self.say(f"waiting: {error.message}")
                is_told = True
                time.sleep(BUSY_SECONDS)

    def _try(self, settings: Settings, *, gives_way: bool) -> Report | None:
        """One refresh; None where it failed, which is said. Raises `Busy`."""
        try:
            with RefreshRun(settings, self.progress, self.collaborators) as run:
                for stage in run.stages():
                    if not gives_way and stage.name in LEFT_TO_NETWORK:
                        continue
                    if gives_way and stage.name in BREAK_POINTS and not self._edits.empty():
                        logger.info("an edit comes first: stopped before %s", stage.name)
                        break
                    stage()
        except Busy:
            raise
        except LitmapError as error:
            self.say(f"! {error.message}")
            return None
        except Exception as error:
            logger.exception("the notes could not be brought in")
            self.say(f"! this went wrong: {type(error).__name__}: {error}")
            return None
        self._tell(run.report.problems)
        return run.report

    def _tell(self, problems: Sequence[Problem]) -> None:
        """Say what went wrong with single notes and works, as long as it is not known."""
        now = frozenset((p.subject, p.reason) for p in problems)
        for subject, reason in sorted(now - self._told):
            self.say(f"! {subject}: {reason}")
        self._told = now

    # ── changes of files ──────────────────────────────────────────────────────────────────────────
    @contextmanager
    def _watching(self, roots: Sequence[str]) -> Iterator[None]:
        """Tells of changes below the roots, in threads that end with the block."""
        stop = threading.Event()
        threads = [
            threading.Thread(target=self._follow, args=(places, recursive, stop), daemon=True)
            for places, recursive in places_to_watch(roots)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(5)

    def _follow(self, places: Sequence[Path], recursive: bool, stop: threading.Event) -> None:
        """The body of a thread: its failure is left to the one that waits for edits."""
        try:
            self._hear_changes(places, recursive, stop)
        except BaseException as error:  # a panic of the Rust below is no Exception
            logger.debug("the notes are followed no more", exc_info=True)
            self._failure = LitmapError(
                f"changes of {', '.join(map(str, places))} are heard of no more: "
                f"{str(error) or type(error).__name__}"
            )
            self._edits.put(None)

    def _hear_changes(self, places: Sequence[Path], recursive: bool, stop: threading.Event) -> None:
        import watchfiles

        library = self.paths.root.resolve()

        def is_outside(change: watchfiles.Change, path: str) -> bool:
            return not Path(path).resolve().is_relative_to(library)

        while not stop.is_set():
            try:
                for _ in watchfiles.watch(
                    *places,
                    watch_filter=is_outside,
                    debounce=LONGEST_SETTLE_MS,
                    step=SETTLE_MS,
                    stop_event=stop,
                    recursive=recursive,
                    ignore_permission_denied=True,
                ):
                    self._edits.put(None)
            except (OSError, RuntimeError) as error:
                if not is_away(error, places):
                    raise
                logger.warning("cannot watch %s: %s", ", ".join(map(str, places)), error)
                self._edits.put(None)
                stop.wait(5)


def check_package() -> None:
    """Raises `LitmapError` where the package that tells of changes cannot be loaded."""
    try:
        import watchfiles  # noqa: F401
    except ImportError as error:
        raise LitmapError(
            f"watching notes needs a package that cannot be loaded ({error}). "
            "To fix this: pip install watchfiles"
        ) from error


def is_away(error: Exception, places: Sequence[Path]) -> bool:
    """Whether a folder went away, which may come back: no other failure heals by waiting."""
    return isinstance(error, FileNotFoundError) or not all(map(os.path.isdir, places))


def places_to_watch(roots: Sequence[str]) -> list[tuple[list[Path], bool]]:
    """Which folders to watch, and whether with what is below them. Of a file its folder is watched:
    editors put a new file in its place.
    """
    paths = [Path(root).resolve() for root in roots]
    folders = [path for path in paths if path.is_dir()]
    parents = list(dict.fromkeys(path.parent for path in paths if not path.is_dir()))
    parents = [p for p in parents if not any(p.is_relative_to(folder) for folder in folders)]
    return [(places, deep) for places, deep in ((folders, True), (parents, False)) if places]


def stamp_notes(roots: Sequence[str], library: Path) -> Stamps:
    """What tells whether the notes changed: each file that may be one, with its size, time and
    inode. Files beside them that editors keep for a moment, the library's own and its exports are
    none.
    """
    from litmap.notes import find_note_files, may_be_note

    own = library.resolve()
    stamps = {}
    for file in find_note_files([Path(root) for root in roots])[0]:
        try:
            if not may_be_note(file) or file.path.resolve().is_relative_to(own):
                continue
            if not file.by_user and _is_own_export(file.path):
                continue
            status = file.path.stat()
        except OSError:  # gone meanwhile
            continue
        stamps[file.shown] = (status.st_size, status.st_mtime_ns, status.st_ino)
    return stamps


def _is_own_export(path: Path) -> bool:
    with path.open("rb") as file:
        return is_export(file.read(HEAD_BYTES))


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(Path(name).name for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def _outcome(report: Report) -> str:
    """What a refresh came to, in a few words."""
    counts = report.counts
    if "works" not in counts:
        return "in part, for an edit comes first"
    parts = [f"{counts.get('works', 0)} works", f"{counts.get('passages', 0)} passages"]
    new = [title for titles in report.changes.values() for title in titles]
    return ", ".join(parts) + (f"; changed: {'; '.join(new[:3])}" if new else "")
