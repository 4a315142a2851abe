"""Progress on the terminal: one bar a stage, plain lines where there is no terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Self

from litmap.cli.options import clean

TITLES = {
    "read": "Reading notes",
    "resolve": "Looking up works",
    "notices": "Asking for notices",
    "fetch": "Fetching PDFs",
    "extract": "Reading PDFs",
    "embed": "Embedding passages",
    "watch": "Looking for new papers",
    "build": "Building the index",
    "topics": "Filing and mapping",
    "summaries": "Summarising",
    "write": "Having texts written",
    "papers": "Reading papers",
    "sentences": "Comparing sentences",
    "check": "Checking claims",
}
EVERY = 10.0
"""Seconds between two lines of one stage where there is no terminal."""


class Bars:
    """A `Progress` for people; a context manager. Writes to standard error, so that output stays
    clean.
    """

    def __init__(self, *, silent: bool = False) -> None:
        self._silent = silent
        self._bars: Any = None
        self._tasks: dict[str, Any] = {}
        self._said: dict[str, float] = {}

    def __enter__(self) -> Self:
        if not self._silent and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
            )

            self._bars = Progress(
                TextColumn("{task.description:20}"),
                BarColumn(bar_width=30),
                MofNCompleteColumn(),
                TimeRemainingColumn(compact=True),
                TextColumn("{task.fields[text]}", markup=False, style="dim"),
                console=Console(stderr=True),
            )
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def __call__(self, stage: str, done: int, total: int, text: str = "") -> None:
        """Show how far a stage is."""
        text = clean(text)[:60]
        if self._bars is not None:
            if stage not in self._tasks:
                self._tasks[stage] = self._bars.add_task(
                    TITLES.get(stage, stage), total=None, text=""
                )
            counts = {"completed": done, "total": total or None} if done >= 0 else {}
            self._bars.update(self._tasks[stage], text=text, **counts)
        elif not self._silent:
            self._line(stage, done, total, text)

    def _line(self, stage: str, done: int, total: int, text: str) -> None:
        last = self._said.get(stage, 0.0)
        if time.monotonic() - last < EVERY and not (total and done == total):
            return
        self._said[stage] = time.monotonic()
        count = f"{done} of {total}" if total else str(done) if done > 0 else ""
        print(
            f"{TITLES.get(stage, stage):20} {count:12} {text}".rstrip(), file=sys.stderr, flush=True
        )
