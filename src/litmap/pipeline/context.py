"""What the parts of one refresh share."""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from litmap.models import Problem
from litmap.pipeline.collaborators import Collaborators
from litmap.pipeline.report import Progress, Report, quiet
from litmap.settings import api_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from litmap.paths import LibraryPaths
    from litmap.settings import Settings
    from litmap.web import WebClient

OPENALEX = "api.openalex.org"
OPENALEX_HINT = (
    "; a free key of OpenAlex in OPENALEX_API_KEY (openalex.org/settings/api) gives ten times as "
    "many searches a day"
)


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
                self._report_refusals(client)

    def _report_refusals(self, client: WebClient) -> None:
        """Each host that gave no more in this run, once in the report."""
        told = {problem.subject for problem in self.report.problems}
        for host, reason in {**client.exhausted, **client.challenged}.items():
            if host not in told:
                hint = OPENALEX_HINT if host == OPENALEX and "openalex" not in api_keys() else ""
                self.report.problems.append(Problem(host, reason + hint))


MAX_AHEAD_DAYS = 1.0
"""A time of the catalogue that lies further ahead was noted while the clock was wrong."""


NEAR_DAYS, NEAR_SHARE = 0.5, 0.1
"""What lacks half a day, or a tenth of its days, is due: a weekly refresh does not come on the
minute, and what waits a week is not to wait two because it came some hours earlier."""


def nearly(days: float) -> float:
    """From which age on (in days) something that is asked about every so many days is due."""
    return days - min(NEAR_DAYS, days * NEAR_SHARE)


def age_days(time_text: str) -> float:
    """Days since a time of the catalogue; infinitely many where it lies so far ahead that nobody
    knows (`MAX_AHEAD_DAYS`): what was learned then is asked about again, and not when it comes.
    """
    then = datetime.strptime(time_text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    days = (datetime.now(UTC) - then) / timedelta(days=1)
    return math.inf if days < -MAX_AHEAD_DAYS else days
