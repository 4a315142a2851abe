"""The commands that are disturbed, each with the place it starts from and the way to its end.

A place is one folder with a library, notes, exports and the user's state. Each command starts from
a copy of the place as it was prepared for it, at the same path every time, since notes are known by
their paths.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from litmap.examples import PAPERS, server

from benchmarks.reliability.end_state import State, read_state
from benchmarks.reliability.processes import Process, Starter

TOPICS = """\
# Why does deep learning work?

## Generalisation

- [When Counting Parameters Stops Counting](https://arxiv.org/abs/1611.00000): random labels fit.

## Loss surfaces

- [Mostly Saddles](https://arxiv.org/abs/1502.00000). Bad minima are rare.
- Copperstitch (arXiv 1703.00000): rescaling changes the Hessian and not the function.

## Optimisation and implicit bias

- Gradient Descent Leans Towards the Margin. Nettlecombe and Wrenfold, 2018. arXiv:1806.00000.
- [Life at the edge of stability](https://arxiv.org/abs/2105.00000v2)
"""
INBOX = """\
# Inbox

- https://arxiv.org/abs/1905.00000
- https://arxiv.org/abs/2201.00000
"""
LATER = """\
# Wide networks

- Frozen features, arXiv:1806.10000, and *Folding the Line: Why Depth Buys Oscillations* (2016).
"""
DROPPED = PAPERS / "applegarth2019tickets.pdf"
"""A paper that the notes do not cite."""
DISK = 1 << 30
"""Bytes of the file system in memory that a place is on."""
SECONDS = 300
"""No command here takes so long; one that does is a failure."""


@dataclass(frozen=True)
class Place:
    """Where one trial happens."""

    root: Path

    @property
    def library(self) -> Path:
        """The library's folder."""
        return self.root / "library"

    @property
    def notes(self) -> Path:
        """The user's notes."""
        return self.root / "notes"

    @property
    def exports(self) -> Path:
        """Where exports go."""
        return self.root / "exports"

    def state(self) -> State:
        """All that is here now."""
        return read_state(self.library, self.notes, self.exports)

    def files(self) -> dict[Path, bytes]:
        """The user's own files: notes and exports; those with a hidden name are being written."""
        folders = (self.notes, self.exports)
        found = [p for folder in folders for p in folder.rglob("*") if p.is_file()]
        return {p: p.read_bytes() for p in found if not p.name.startswith(".")}


@dataclass(frozen=True)
class Step:
    """One command of the way back. With `may_fail` its exit code does not matter."""

    words: Sequence[str]
    may_fail: bool = False


@dataclass(frozen=True)
class Scenario:
    """A command that is disturbed, and those that a user would run after it. '{root}' in words is
    the place.
    """

    name: str
    words: Sequence[str]
    prepare: Callable[[Place, Callable[[Sequence[str]], None]], None]
    again: Sequence[Step] = ()
    before: Sequence[Sequence[str]] = ()
    """Commands that are run before it where nothing is disturbed, and beside it where it is."""
    anew: bool = False
    """Whether it cannot be forked."""

    @property
    def recovery(self) -> Sequence[Step]:
        """What a user runs after a disturbance: the same once more, where nothing else is said."""
        return self.again or (Step(self.words),)


LIBRARY = ("--library", "{root}/library")
REFRESH = ("refresh", "{root}/notes", *LIBRARY)
PLAIN_REFRESH = (*REFRESH, "--no-prefect")
APPLY = ("topics", "--apply", *LIBRARY)
UNDO = ("topics", "--undo", *LIBRARY)
ADD = ("add", str(DROPPED), *LIBRARY)
BIB = ("export", "{root}/exports/works.bib", *LIBRARY)
VAULT = ("export", "{root}/exports/vault", *LIBRARY)

Run = Callable[[Sequence[str]], None]


def _first(place: Place, run: Run) -> None:
    """A library of the first notes."""
    place.notes.mkdir()
    place.exports.mkdir()
    (place.notes / "topics.md").write_text(TOPICS, "utf-8")
    (place.notes / "inbox.md").write_text(INBOX, "utf-8")
    run(PLAIN_REFRESH)


def _with_news(place: Place, run: Run) -> None:
    """The same, a new note and a PDF in the drop folder."""
    _first(place, run)
    (place.notes / "later.md").write_text(LATER, "utf-8")
    shutil.copy(DROPPED, place.library / "papers" / "dropped.pdf")


def _exported(place: Place, run: Run) -> None:
    """Exports of the first library, and a library that has grown since."""
    _first(place, run)
    run(BIB)
    run(VAULT)
    (place.notes / "later.md").write_text(LATER, "utf-8")
    run(PLAIN_REFRESH)


def _applied(place: Place, run: Run) -> None:
    """Notes whose lines were moved."""
    _first(place, run)
    run(APPLY)


SCENARIOS = {
    s.name: s
    for s in (
        Scenario("refresh", PLAIN_REFRESH, _with_news),
        Scenario("refresh under Prefect", REFRESH, _with_news, (Step(PLAIN_REFRESH),), anew=True),
        Scenario("add", ADD, _first),
        Scenario("export to .bib", BIB, _exported),
        Scenario("export to a vault", VAULT, _exported),
        Scenario("topics --apply", APPLY, _first, (Step(UNDO, may_fail=True), Step(APPLY))),
        Scenario("topics --undo", UNDO, _applied, (Step(UNDO, may_fail=True),)),
    )
}

PAIRS = {
    s.name: s
    for s in (
        Scenario(
            "refresh, export to .bib beside it", PLAIN_REFRESH, _with_news,
            (Step(PLAIN_REFRESH), Step(BIB)), (BIB,),
        ),
        Scenario(
            "refresh, topics --apply beside it", PLAIN_REFRESH, _first,
            (Step(UNDO, may_fail=True), Step(PLAIN_REFRESH), Step(APPLY)), (APPLY,),
        ),
        Scenario(
            "refresh, add beside it", PLAIN_REFRESH, _with_news,
            (Step(ADD), Step(PLAIN_REFRESH)), (ADD,),
        ),
    )
}  # fmt: skip


@contextmanager
def open_workplace() -> Iterator[Workplace]:
    """A workplace on a file system in memory where that may be mounted, with the examples' web."""
    with tempfile.TemporaryDirectory() as scratch, server.serve() as web:
        os.environ.update(web)
        work = Workplace(Path(scratch))
        work.root.chmod(0o755)  # other users look in
        work.place.root.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(work.place.root)]
        work.mounted = os.geteuid() == 0 and not subprocess.run(mount, check=False).returncode
        try:
            yield work
        finally:
            work.close()
            if work.mounted:
                subprocess.run(["umount", "--lazy", str(work.place.root)], check=True)


class Workplace:
    """A folder with the places as prepared, and the one in which trials happen, one at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.place = Place(root / "trial")
        self.mounted = False
        self._models = root / "models"
        self._models.mkdir()
        self._starter = Starter()

    def close(self) -> None:
        """End what was started."""
        self._starter.close()

    def limit(self, more: int | None) -> None:
        """Leave only so many bytes free in the place, which is a file system in memory."""
        size = DISK if more is None else self.used() + more
        subprocess.run(["mount", "-o", f"remount,size={size}", str(self.place.root)], check=True)

    def used(self) -> int:
        """Bytes that are taken where the place is."""
        status = os.statvfs(self.place.root)
        return (status.f_blocks - status.f_bfree) * status.f_frsize

    def _fill(self, words: Sequence[str]) -> list[str]:
        return [word.replace("{root}", str(self.place.root)) for word in words]

    def start(
        self,
        scenario: Scenario,
        more: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
    ) -> Process:
        """Start the scenario's command with more in its environment; anew where there are words
        `before` it, or where it must.
        """
        words, environment = self._fill(scenario.words), {**self._environment(), **(more or {})}
        if before or scenario.anew:
            return self._starter.start(words, environment, before)
        return self._starter.fork(words, environment)

    def _environment(self) -> dict[str, str]:
        """The one here, with a state folder in the place, one home of Prefect's."""
        own = {
            "LITMAP_STATE": str(self.place.root / "state"),
            "PREFECT_HOME": str(self.root / "prefect"),
        }
        return {**os.environ, **own}

    def run(self, words: Sequence[str]) -> tuple[int, str]:
        """Run a command to its end: its exit code and what it said of errors."""
        process = self._starter.fork(self._fill(words), self._environment())
        if not process.wait(SECONDS):
            process.send(signal.SIGKILL, to_all=True)
            process.wait(SECONDS)
        return process.poll() or 0, process.errors()

    def must_run(self, words: Sequence[str]) -> None:
        """The same; raises where it fails."""
        code, errors = self.run(words)
        if code:
            raise RuntimeError(f"{' '.join(words)} ended with {code}: {errors}")

    def prepare(self, scenario: Scenario) -> None:
        """Make the place that the scenario starts from, and keep it."""
        kept = self._kept(scenario)
        if not kept.exists():
            self._empty()
            scenario.prepare(self.place, self.must_run)
            shutil.copytree(self.place.root, kept, symlinks=True)

    def restore(self, scenario: Scenario) -> None:
        """The place as it was prepared."""
        self._clear()
        shutil.copytree(self._kept(scenario), self.place.root, symlinks=True, dirs_exist_ok=True)

    def _kept(self, scenario: Scenario) -> Path:
        return self.root / "prepared" / scenario.prepare.__name__.strip("_")

    def _empty(self) -> None:
        self._clear()
        (self.place.root / "state").mkdir(parents=True)
        (self.place.root / "state" / "models").symlink_to(self._models)

    def _clear(self) -> None:
        """Empty the place; the folder itself may be a file system of its own."""
        self.place.root.mkdir(exist_ok=True)
        for path in self.place.root.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
