"""How far a refresh is, in a file of the library while it runs: the app shows it, whoever started
the refresh.
"""

from __future__ import annotations

import json
import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from litmap import lock
from litmap.atomic_files import remove_abandoned
from litmap.paths import LibraryPaths
from litmap.pipeline.report import Progress

SECONDS_BETWEEN = 0.5
"""Between two writings of what a stage says."""
MAX_BYTES = 1 << 16
MAX_CHARS = 200
"""Of what a stage says it is at."""


@dataclass(frozen=True, slots=True)
class StageProgress:
    """A stage with how far it is: `total` is 0 where that is not known, `text` what it is at."""

    name: str
    done: int = 0
    total: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class RunProgress:
    """The stages that have begun, in that order, and the one that said something last."""

    stages: tuple[StageProgress, ...] = ()
    last: str = ""


class KeptProgress:
    """A `Progress` that writes a file, too, from `begin` to `end`. A disk that is full costs the
    file alone.
    """

    def __init__(self, path: Path, shown: Progress) -> None:
        self._path, self._shown = path, shown
        self._stages: dict[str, StageProgress] = {}
        self._started = ""
        self._written: dict[str, float] = {}
        self._lock = threading.Lock()  # PDFs are fetched in a thread beside the others

    def begin(self, started: str) -> None:
        """Write from now on, for the run that began at this time."""
        remove_abandoned(self._path.parent, f".{self._path.name}.")
        self._started = started

    def end(self) -> None:
        """Write no more; the file goes."""
        with self._lock:
            self._started = ""
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def __call__(self, stage: str, done: int, total: int, text: str = "") -> None:
        """See `Progress`."""
        self._shown(stage, done, total, text)
        with self._lock:
            before = self._stages.get(stage, StageProgress(stage))
            if done < 0:  # it waits
                done, total = before.done, before.total
            self._stages[stage] = StageProgress(stage, done, total, text[:MAX_CHARS])
            now = time.monotonic()
            is_due = now - self._written.get(stage, -SECONDS_BETWEEN) >= SECONDS_BETWEEN
            if self._started and (is_due or 0 < total <= done):
                self._written[stage] = now
                self._write(stage)

    def _write(self, last: str) -> None:
        stages = [[s.name, s.done, s.total, s.text] for s in self._stages.values()]
        told = {"started": self._started, "last": last, "stages": stages}
        aside = self._path.with_name(f".{self._path.name}.{os.getpid()}.new")
        with suppress(OSError):
            aside.write_text(json.dumps(told), encoding="utf-8")
            aside.replace(self._path)


def read_progress(paths: LibraryPaths) -> RunProgress:
    """How far the refresh is that writes this library now; nothing where none does, or it has not
    said anything yet.
    """
    if not lock.is_held(paths.lock):
        return RunProgress()
    try:
        with paths.progress.open("rb") as file:
            told = json.loads(file.read(MAX_BYTES))
        if told["started"] != lock.holder(paths.lock).get("started"):
            return RunProgress()  # of a run that was killed
        stages = [StageProgress(str(n), int(d), int(t), str(x)) for n, d, t, x in told["stages"]]
        return RunProgress(tuple(stages), str(told["last"]))
    except (OSError, ValueError, TypeError, KeyError):
        return RunProgress()
