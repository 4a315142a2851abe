"""Serve the refresh on a schedule, with a Prefect server that is found or started."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from litmap.flows.leftovers import clear_leftovers
from litmap.flows.refresh import flow_parameters, refresh, scheduled_refresh
from litmap.flows.server import running_server
from prefect import get_client
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from litmap.errors import UsageError
from litmap.pipeline.scheduling import read_attempts
from litmap.schedules.due import is_due
from litmap.schedules.names import schedule_name
from litmap.schedules.times import Times
from litmap.settings import Settings

if TYPE_CHECKING:
    from prefect.schedules import Schedule

TELL_SECONDS = 0.3
STOP_SECONDS = 30.0
"""A refresh that is told to end keeps what it has done; then it is killed."""


def serve(settings: Settings, times: Times) -> None:
    """Serve the flow until stopped. Raises `UsageError` for a cron expression that Prefect cannot
    keep, `NoServerError`.
    """
    schedule = _prefect_schedule(times)
    if os.environ.get("PREFECT_LOGGING_LEVEL") == "CRITICAL":
        os.environ["PREFECT_LOGGING_LEVEL"] = (
            "INFO"  # runs are processes of their own, their log is read in the UI
        )
    name = schedule_name(settings.library)
    with running_server() as url:
        clear_leftovers(f"{refresh.name}/{name}", settings.library)
        print(f"Refreshing {settings.library} {times}; runs show at {url}", flush=True)
        try:
            asyncio.run(_serve(name, settings, times, schedule))
        except (KeyboardInterrupt, asyncio.CancelledError):
            print("litmap: the schedule has ended.", flush=True)
        finally:
            _end_runs()


async def _serve(name: str, settings: Settings, times: Times, schedule: Schedule) -> None:
    """Make the deployment, and run it when its time comes; once at first where one was missed."""
    runner = _Runner(name=name, limit=1)
    deployment: Any = await scheduled_refresh.ato_deployment(
        name=name,
        parameters=flow_parameters(settings),
        schedule=schedule,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    deployment.entrypoint = f"{refresh.fn.__module__}.scheduled_refresh"
    number = await runner.aadd_deployment(deployment)
    attempts = read_attempts(settings.library)
    if attempts and is_due(times, attempts, datetime.now(UTC)):
        async with get_client() as client:
            await client.create_flow_run_from_deployment(number)
    await runner.start()


class _Runner(Runner):
    """Prefect's runner, which SIGTERM ends as Ctrl-C does, its runs first: it waits for them."""

    async def start(self, *args: Any, **kwargs: Any) -> None:
        self._told: set[int | None] = set()
        self._serving = asyncio.current_task()
        self._here = asyncio.get_running_loop()
        await super().start(*args, **kwargs)

    def handle_sigterm(self, *args: Any, **kwargs: Any) -> None:
        self._here.call_soon_threadsafe(self._tell_runs)
        if self._serving is not None:
            self._here.call_soon_threadsafe(self._serving.cancel)

    def _tell_runs(self) -> None:
        """Tell each run once to end, also one that is only just being started."""
        for run in multiprocessing.active_children():
            if run.pid not in self._told:
                self._told.add(run.pid)
                run.terminate()
        self._here.call_later(TELL_SECONDS, self._tell_runs)


def _end_runs() -> None:
    """End the runs that are left, while the server that they report to is there."""
    runs = multiprocessing.active_children()
    for run in runs:
        run.terminate()
    for run in runs:
        run.join(STOP_SECONDS)
        run.kill()


def _prefect_schedule(times: Times) -> Schedule:
    """These times as Prefect keeps them. Raises `UsageError` for a cron expression that it cannot
    keep.
    """
    from prefect.schedules import Cron, Interval
    from prefect.server.schemas.schedules import CronSchedule

    if times.every:
        return Interval(times.span)
    try:
        schedule = Cron(times.cron, timezone=times.zone)
        asyncio.run(CronSchedule(cron=times.cron, timezone=times.zone).get_dates(1))
    except ValueError as error:
        message = f"--cron {times.cron!r}: Prefect cannot keep this expression: {error}"
        raise UsageError(message, subject=times.cron) from error
    return schedule
