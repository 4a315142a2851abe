"""What a refresh did, and how it tells of its progress."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

from litmap.models import Problem
from litmap.parsing.markup import escape_markdown, markdown_advice


class Progress(Protocol):
    """Told how far a stage is; `text` says what it is at or waits for."""

    def __call__(self, stage: str, done: int, total: int, text: str = "") -> None:
        """`total` is 0 where it is not known; a `done` of -1 says only what it waits for."""
        ...


def quiet(stage: str, done: int, total: int, text: str = "") -> None:
    """Progress that shows nothing."""


# Not beside the flow: Prefect sends flows to other processes with all that stands beside them.
_SHOWN: ContextVar[Progress] = ContextVar("progress", default=quiet)


@contextmanager
def showing(progress: Progress) -> Iterator[None]:
    """What runs in this context tells its progress to `progress`."""
    token = _SHOWN.set(progress)
    try:
        yield
    finally:
        _SHOWN.reset(token)


def current_progress() -> Progress:
    """The innermost `showing`, or one that shows nothing."""
    return _SHOWN.get()


@contextmanager
def timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Keep how long the block took under `name`."""
    started = time.monotonic()
    yield
    seconds[name] = time.monotonic() - started


@dataclass
class Report:
    """Counts, seconds by stage, what is new or gone (titles), and what went wrong with single
    subjects.
    """

    counts: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    changes: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For the catalogue, `--json` and the app."""
        return {
            "counts": self.counts,
            "seconds": {name: round(value, 2) for name, value in dict(self.seconds).items()},
            "changes": self.changes,
            "problems": [{"subject": p.subject, "reason": p.reason} for p in self.problems],
        }

    def as_markdown(self) -> str:
        """For Prefect's UI."""
        statuses = self.counts.get("by_status", {})
        lines = [
            "# Refresh",
            "",
            "| | works |",
            "| --- | --- |",
            *(f"| {k} | {v} |" for k, v in statuses.items()),
            "",
        ]
        lines += [
            "| stage | seconds |",
            "| --- | --- |",
            *(f"| {k} | {v:.1f} |" for k, v in self.seconds.items()),
            "",
        ]
        for what, titles in self.changes.items():
            lines += [f"## {what}", "", *(f"- {escape_markdown(t)}" for t in titles[:100]), ""]
        if self.problems:
            lines += [
                "## Problems",
                "",
                *(
                    f"- {escape_markdown(p.subject)}: {markdown_advice(p.reason)}"
                    for p in self.problems[:100]
                ),
            ]
        return "\n".join(lines)
