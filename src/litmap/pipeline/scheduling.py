"""What a library's schedule needs: the refreshes that it has seen, and what the system starts."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from litmap.catalogue import Catalogue, Run
from litmap.errors import LibraryError
from litmap.paths import LibraryPaths
from litmap.schedules.due import Attempt
from litmap.schedules.jobs import Job, passed_environment
from litmap.schedules.names import schedule_name
from litmap.schedules.times import Times
from litmap.settings import FILE, Settings, setting_variables

LISTED = 200
"""The last runs among which they are: `litmap watch` makes one for each edit."""
LOOKED_AT = 5
"""The last refreshes that are looked at: the newest that counts is among the first three."""


def read_attempts(library: Path) -> list[Attempt]:
    """The last refreshes, the newest first; none where there is no library that can be read."""
    try:
        with Catalogue.open(LibraryPaths(library).catalogue) as catalogue:
            asked = [run for run in catalogue.runs(LISTED) if not _was_offline(run)]
            return [as_attempt(run) for run in asked[:LOOKED_AT]]
    except LibraryError:
        return []


def _was_offline(run: Run) -> bool:
    """Whether a run asked nothing of the network, so that it made up for no scheduled one."""
    return bool(run.report.get("counts", {}).get("offline"))


def as_attempt(run: Run) -> Attempt:
    """A refresh as the schedule sees it."""
    finished = datetime.fromisoformat(run.finished) if run.finished else None
    return Attempt(datetime.fromisoformat(run.started), finished, run.state)


def job_of(settings: Settings, times: Times, config: Path | None = None) -> Job:
    """The job that the system is told of: full paths, and this environment's settings."""
    file = config or (Path(FILE) if Path(FILE).is_file() else None)
    return Job(
        schedule_name(settings.library),
        settings.library.resolve(),
        times,
        ("--config", str(file.absolute())) if file else (),
        passed_environment(os.environ, setting_variables(os.environ)),
    )
