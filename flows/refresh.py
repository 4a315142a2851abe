"""The refresh as a Prefect flow: each stage a task on a batch, in the order of `RefreshRun.stages`.

With a Prefect server (`PREFECT_API_URL`, or one started by `litmap schedule`) runs, stages and
failures show in its UI; without one the flow runs in this process beside a temporary server.
"""

from __future__ import annotations

import dataclasses
import logging
import os
from pathlib import Path
from typing import Any

os.environ.setdefault(
    "PREFECT_LOGGING_LEVEL", "CRITICAL"
)  # the command prints what went wrong itself
if any(os.environ.get(name) for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")):
    for name in (
        "NO_PROXY",
        "no_proxy",
    ):  # Prefect's server is on loopback; a proxy cannot reach it
        hosts = [h for h in os.environ.get(name, "").split(",") if h]
        os.environ[name] = ",".join(dict.fromkeys([*hosts, "127.0.0.1", "localhost"]))

from litmap.flows.ends_with_parent import end_with_parent
from litmap.flows.server import running_server
from litmap.flows.workers import collaborators
from prefect import State, flow, runtime, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed

from litmap.errors import Busy
from litmap.pipeline import RefreshRun
from litmap.pipeline.report import Progress, current_progress, quiet, showing
from litmap.pipeline.scheduling import read_attempts
from litmap.pipeline.stages import Stage
from litmap.schedules.due import is_made_up_for
from litmap.settings import Settings, load_settings

logger = logging.getLogger(__name__)

RETRIES = 2
RETRY_SECONDS = 600
"""Until a failed refresh of a schedule is tried again: a disk or network may be back by then."""
MOST_SECONDS = 24 * 3600
"""A refresh of a schedule that takes longer hangs."""


@task(cache_policy=NO_CACHE, persist_result=False)
def run_stage(stage: Stage) -> None:
    """One stage of a refresh, on a batch where it has one; shown under the stage's name."""
    stage()


def _task_of(stage: Stage) -> Any:
    return run_stage.with_options(name=stage.name)


def _run_name() -> str:
    """What a run is called in Prefect's pages."""
    library = runtime.flow_run.parameters.get("library") or load_settings().library
    return f"refresh {library}"


@flow(
    name="refresh",
    flow_run_name=_run_name,
    persist_result=False,
    validate_parameters=False,
)
def refresh(
    library: str | None = None,
    notes: list[str] | None = None,
    options: dict[str, Any] | None = None,
) -> dict[str, Any] | State[None]:
    """Bring a library up to date with its notes; the run's report. Parameters override the
    settings. A run of a schedule that another refresh has made up for, or is writing, is skipped.
    """
    end_with_parent()  # a run of a schedule is a process of its own
    settings = load_settings({**(options or {}), "library": library, "notes": notes or None})
    if runtime.deployment.id is None:  # started by hand, in this process
        return _refreshed(settings)
    due, is_first = runtime.flow_run.scheduled_start_time, runtime.flow_run.run_count <= 1
    if is_first and is_made_up_for(due, read_attempts(settings.library)):
        return _skipped(f"{settings.library} was refreshed since this run was due.")
    try:
        return _refreshed(settings)
    except Busy as busy:
        return _skipped(busy.message)


scheduled_refresh = refresh.with_options(
    retries=RETRIES, retry_delay_seconds=RETRY_SECONDS, timeout_seconds=MOST_SECONDS
)
"""What schedules and work pools run. A second try goes on where the first one stopped."""


def _skipped(why: str) -> State[None]:
    """The end of a run that had nothing to do, told in Prefect's pages."""
    logger.info("skipped: %s", why)
    return Completed(name="Skipped", message=why)


def _refreshed(settings: Settings) -> dict[str, Any]:
    """Run the stages; the run's report."""
    with RefreshRun(settings, current_progress(), collaborators()) as run:
        for stage in run.stages(beside=lambda stage: _task_of(stage).submit(stage)):
            _task_of(stage)(stage)
    create_markdown_artifact(
        run.report.as_markdown(), key="litmap-refresh", description="What this refresh did"
    )
    return run.report.as_json()


def flow_parameters(settings: Settings) -> dict[str, Any]:
    """The flow's parameters for these settings, with absolute paths: a scheduled run starts
    anywhere.
    """
    options = dataclasses.asdict(
        settings
    )  # all: an option's default, too, overrides a file the flow would find
    options.pop("notes")
    options["state"] = str(settings.state.resolve())
    options["library"] = str(settings.library.resolve())
    notes = [n if n == "-" else str(Path(n).resolve()) for n in settings.notes]
    return {"library": options.pop("library"), "notes": notes or None, "options": options}


def run(settings: Settings, progress: Progress = quiet) -> dict[str, Any]:
    """Run the flow in this process with these settings; the run's report. Raises `NoServerError`
    where Prefect's server does not start.
    """
    with showing(progress), running_server("--no-ui", "--no-scheduler", "--no-late-runs"):
        report: dict[str, Any] = refresh(**flow_parameters(settings))
    return report
