"""Serve the refresh on a schedule, with a Prefect server that is found or started."""

from __future__ import annotations

import asyncio
import os
import re
import warnings
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from litmap.flows.refresh import flow_parameters, refresh
from litmap.flows.server import running_server

from litmap.errors import UsageError
from litmap.settings import Settings

if TYPE_CHECKING:
    from prefect.schedules import Schedule

CRON_FIELDS = 5
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def serve(settings: Settings, *, cron: str | None = None, every: str | None = None) -> None:
    """Serve the flow until stopped. Raises `UsageError` for a schedule that cannot be read."""
    schedule = _by_interval(every or "") if cron is None else _by_cron(cron, _local_zone())
    if os.environ.get("PREFECT_LOGGING_LEVEL") == "CRITICAL":
        os.environ["PREFECT_LOGGING_LEVEL"] = (
            "INFO"  # runs are processes of their own, their log is read in the UI
        )
    warnings.filterwarnings(
        "ignore", message=".*Runner.astop", category=RuntimeWarning
    )  # Prefect's own handler of SIGTERM
    with running_server() as url:
        when = f"every {every}" if cron is None else f"at {cron!r} ({schedule.timezone})"
        print(f"Refreshing {settings.library} {when}; runs show at {url}", flush=True)
        refresh.serve(
            name=re.sub(r"[^\w.-]+", "-", settings.library.resolve().name) or "litmap",
            parameters=flow_parameters(settings),
            limit=1,
            print_starting_message=False,
            entrypoint_type=_module_path(),
            schedule=schedule,
        )


def _by_cron(cron: str, zone: str) -> Schedule:
    """The schedule of a cron expression in a time zone. Raises `UsageError` for one that cannot be
    read, and one that no day fits: '0 6 31 2 *'.
    """
    from prefect.schedules import Cron
    from prefect.server.schemas.schedules import CronSchedule

    try:
        schedule = Cron(cron, timezone=zone)
        fields = cron.split()
    except ValueError:
        fields = []
    if len(fields) != CRON_FIELDS:
        raise UsageError(
            f"--cron {cron!r} is no cron expression (minute hour day month weekday)", subject=cron
        )
    try:
        asyncio.run(CronSchedule(cron=cron, timezone=zone).get_dates(1))
    except ValueError as error:
        raise UsageError(
            f"--cron {cron!r} never comes: no day is one of these days of these months",
            subject=cron,
        ) from error
    return schedule


def _by_interval(every: str) -> Schedule:
    """The schedule of a time span such as '6h'. Raises `UsageError` for one that cannot be read."""
    from prefect.schedules import Interval

    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhdw])\s*", every)
    if not match or float(match[1]) <= 0:
        raise UsageError(f"--every {every!r} is no time span: write 30m, 6h or 1d", subject=every)
    return Interval(timedelta(seconds=float(match[1]) * _UNITS[match[2]]))


def _local_zone() -> str:
    """The name of this machine's time zone, 'Europe/Berlin'. Raises `UsageError` where it has none,
    as with `TZ='CET-1CEST'`.
    """
    from tzlocal import reload_localzone

    try:
        zone = str(reload_localzone())
        ZoneInfo(zone)
    except (OSError, ValueError, LookupError) as error:
        raise UsageError(
            "this machine's time zone has no name that a schedule can be kept by: set TZ to one, "
            "such as TZ=Europe/Berlin",
            subject=os.environ.get("TZ", ""),
        ) from error
    return zone


def _module_path() -> Any:
    from prefect.types.entrypoint import EntrypointType

    return EntrypointType.MODULE_PATH
