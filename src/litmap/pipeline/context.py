"""What the parts of one refresh share."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from litmap.models import Problem
from litmap.pipeline.collaborators import Collaborators
from litmap.pipeline.report import Progress, Report, quiet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from litmap.paths import LibraryPaths
    from litmap.settings import Settings
    from litmap.web import WebClient


@dataclass(frozen=True)
class RunContext:
    """Settings, paths, collaborators and the report of one refresh; `now` is when it began."""

    settings: Settings
    paths: LibraryPaths
    now: str
    collaborators: Collaborators = field(default_factory=Collaborators)
    report: Report = field(default_factory=Report)
    progress: Progress = quiet

    @contextmanager
    def open_client(self, stage: str) -> Iterator[WebClient]:
        """The web client of these settings; its waits show in the progress of `stage`, hosts that
        ask for a browser in the report.
        """
        with self.collaborators.open_client(self.settings, stage, self.progress) as client:
            try:
                yield client
            finally:
                self.report.problems += [
                    Problem(host, reason) for host, reason in client.challenged.items()
                ]


def age_days(time_text: str) -> float:
    """Days since a time of the catalogue."""
    then = datetime.strptime(time_text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return (datetime.now(UTC) - then) / timedelta(days=1)
