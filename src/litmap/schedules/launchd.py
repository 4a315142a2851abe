"""Scheduled refreshes as an agent of launchd, on macOS."""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import Any

from litmap.errors import UsageError
from litmap.schedules.cron_fields import read_fields
from litmap.schedules.jobs import (
    WAKE_MINUTES,
    Job,
    check_program,
    check_removable,
    check_text,
    remove_files,
    run_program,
    times_of,
    wake_minutes,
    why_not,
    writing,
)
from litmap.schedules.times import Times, is_local
from litmap.written_files import WrittenFiles

MAX_ENTRIES = 100
"""More times than these are asked for every quarter of an hour instead."""


class Launchd:
    """launchd's agents of the user, which run while the user is logged in."""

    title = "launchd"

    @staticmethod
    def check() -> None:
        """Raises `UsageError` where its program is missing."""
        check_program("launchctl")

    @staticmethod
    def install(job: Job, files: WrittenFiles, *, force: bool) -> list[str]:
        """Write the agent and load it; it looks at once whether a refresh was missed."""
        path = _path(job.name)
        was_there = False
        try:
            with writing(files, path.parent, {path.name: agent(job)}, force=force) as was_there:
                run_program("launchctl", "unload", str(path))
                _load(path, job.name)
        except (UsageError, KeyboardInterrupt):
            if was_there:
                why_not(lambda: run_program("launchctl", "load", "-w", str(path)))
            raise
        return [
            f"{path} starts it.",
            f"What it prints: {_log(job.name)}.",
            "It runs while you are logged in.",
        ]

    @staticmethod
    def uninstall(name: str, files: WrittenFiles, *, force: bool) -> str | None:
        """Unload the agent and remove it."""
        path = _path(name)
        if not path.exists():
            return None
        check_removable(files, [path], force=force)
        untold = why_not(lambda: run_program("launchctl", "unload", "-w", str(path)))
        remove_files([path])
        return untold

    @staticmethod
    def find(name: str) -> Times | None:
        """The times in the agent's command."""
        try:
            return times_of(plistlib.loads(_path(name).read_bytes())["ProgramArguments"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    @staticmethod
    def trouble(name: str) -> str:
        """Whether the agent is loaded."""
        done = run_program("launchctl", "list", _label(name))
        return "its agent is not loaded in this session" if done.returncode else ""


def _load(path: Path, name: str) -> None:
    """Load an agent; it is not loaded where that fails. Raises `UsageError`."""
    try:
        _must_load(path, name)
    except (UsageError, KeyboardInterrupt):
        why_not(lambda: run_program("launchctl", "unload", str(path)))
        raise


def _must_load(path: Path, name: str) -> None:
    """Raises `UsageError` where launchd does not have the agent then: `launchctl load` ends with
    success also where it failed ('Load failed: 5: Input/output error').
    """
    load = ("launchctl", "load", "-w", str(path))
    done = run_program(*load)
    if done.returncode or run_program("launchctl", "list", _label(name)).returncode:
        said = " ".join(f"{done.stderr} {done.stdout}".split()) or "the agent is not loaded"
        raise UsageError(f"`{' '.join(load)}` failed: {said}", subject="launchctl")


def agent(job: Job) -> bytes:
    """The agent's property list."""
    check_text([*job.command, *job.environment.values()])
    described: dict[str, Any] = {
        "Label": _label(job.name),
        "ProgramArguments": job.command,
        "EnvironmentVariables": dict(job.environment),
        "ProcessType": "Background",
        "RunAtLoad": True,
        "StandardOutPath": str(_log(job.name)),
        "StandardErrorPath": str(_log(job.name)),
    }
    return plistlib.dumps(described | starts(job.times))


def starts(times: Times) -> dict[str, Any]:
    """When launchd starts it: at the times where it can name them, else every few minutes."""
    if times.every:
        return {"StartInterval": 60 * wake_minutes(times)}
    fields = read_fields(times.cron)
    entries = [
        {"Minute": minute, "Hour": hour}
        | ({"Month": month} if month else {})
        | ({"Day": day} if day else {})
        | ({"Weekday": weekday} if weekday is not None else {})
        for minute, hour, month, days in fields.entries()
        for day in sorted(days.of_month or [0])
        for weekday in (sorted(days.of_week) if days.of_week else [None])
    ]
    if not is_local(times) or len(entries) > MAX_ENTRIES:
        return {"StartInterval": 60 * WAKE_MINUTES}
    return {"StartCalendarInterval": entries}


def _label(name: str) -> str:
    return f"litmap.{name}"


def _path(name: str) -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{_label(name)}.plist"


def _log(name: str) -> Path:
    return Path.home() / "Library" / "Logs" / f"{_label(name)}.log"
