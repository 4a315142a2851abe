"""Scheduled refreshes as systemd's units of the user: a timer, and the service that it starts."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from litmap.errors import UsageError
from litmap.schedules.cron_fields import DAYS, HOURS, MINUTES, MONTHS, Days, read_fields
from litmap.schedules.jobs import (
    Job,
    check_removable,
    check_text,
    must_run,
    remove_files,
    run_program,
    times_of,
    wake_minutes,
    why_not,
    writing,
)
from litmap.schedules.times import Times
from litmap.written_files import WrittenFiles

MARK = "# litmap: "
"""Begins the line of a service that has the times as the user wrote them."""
WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


class Systemd:
    """systemd's manager of the user, which also starts what was missed."""

    title = "systemd"

    @staticmethod
    def check() -> None:
        """Raises `UsageError` where the user's manager does not answer."""
        must_run("systemctl", "--user", "show-environment")

    @staticmethod
    def install(job: Job, files: WrittenFiles, *, force: bool) -> list[str]:
        """Write both units, and have the timer run from now on and after each start."""
        unit, folder = _unit(job.name), _folder()
        contents = {f"{unit}.service": service_text(job), f"{unit}.timer": timer_text(job)}
        encoded = {name: text.encode() for name, text in contents.items()}
        was_there = False
        try:
            with writing(files, folder, encoded, force=force) as was_there:
                _enable(unit, was_there=was_there)
        except UsageError:
            why_not(lambda: run_program("systemctl", "--user", "daemon-reload"))
            if was_there:
                why_not(lambda: run_program("systemctl", "--user", "restart", f"{unit}.timer"))
            raise
        return [
            f"{folder / unit}.timer starts it, {folder / unit}.service says what.",
            f"What it prints: `journalctl --user -u {unit}`.",
            _linger(),
        ]

    @staticmethod
    def uninstall(name: str, files: WrittenFiles, *, force: bool) -> str | None:
        """Stop the timer and remove both units."""
        unit = _folder() / _unit(name)
        paths = [p for end in ("timer", "service") if (p := Path(f"{unit}.{end}")).exists()]
        if not paths:
            return None
        check_removable(files, paths, force=force)
        _disable(_unit(name))
        remove_files(paths)
        return why_not(lambda: must_run("systemctl", "--user", "daemon-reload"))

    @staticmethod
    def find(name: str) -> Times | None:
        """The times in the service's first lines."""
        try:
            text = (_folder() / f"{_unit(name)}.service").read_text(encoding="utf-8")
        except (OSError, ValueError):
            return None
        lines = [line.removeprefix(MARK) for line in text.splitlines() if line.startswith(MARK)]
        try:
            return times_of([str(word) for word in json.loads(lines[0])]) if lines else None
        except (ValueError, TypeError):
            return None

    @staticmethod
    def trouble(name: str) -> str:
        """Whether the timer is there, comes again after the next start, and runs."""
        timer = f"{_unit(name)}.timer"
        if not (_folder() / timer).exists():
            return "its timer is missing"
        Systemd.check()
        for question in ("is-enabled", "is-active"):
            done = run_program("systemctl", "--user", question, timer)
            if done.returncode:
                return f"its timer is {done.stdout.strip() or 'unknown to systemd'}"
        return ""


def _enable(unit: str, *, was_there: bool) -> None:
    """Have the timer run; where that fails, it does not run if it did not before."""
    try:
        must_run("systemctl", "--user", "daemon-reload")
        must_run("systemctl", "--user", "enable", f"{unit}.timer")
        must_run("systemctl", "--user", "restart", f"{unit}.timer")
    except (UsageError, KeyboardInterrupt):
        if not was_there:
            _disable(unit)
        raise


def _disable(unit: str) -> None:
    """Stop the timer, also one whose file is gone, which cannot be disabled."""
    if why_not(lambda: must_run("systemctl", "--user", "disable", "--now", f"{unit}.timer")):
        why_not(lambda: run_program("systemctl", "--user", "stop", f"{unit}.timer"))


def service_text(job: Job) -> str:
    """The service: what is started."""
    check_text([*job.command, *job.environment.values()])
    program, *arguments = job.command
    variables = [f'Environment="{_value(f"{n}={v}")}"' for n, v in job.environment.items()]
    return "\n".join(
        [
            MARK + json.dumps(job.times.options),
            "[Unit]",
            f"Description=Refresh of the litmap library {_percent(str(job.library))}",
            "",
            "[Service]",
            "Type=oneshot",
            "Nice=10",
            *variables,
            f'ExecStart="{_value(program)}" {" ".join(_argument(a) for a in arguments)}',
            "",
        ]
    )


def timer_text(job: Job) -> str:
    """The timer: when it is started, and at once where a time was missed."""
    lines = [f"OnCalendar={line}" for line in calendar_lines(job.times)]
    return "\n".join(
        [
            "[Unit]",
            f"Description=Times of the litmap library {_percent(str(job.library))}",
            "",
            "[Timer]",
            *lines,
            "Persistent=true",
            "",
            "[Install]",
            "WantedBy=timers.target",
            "",
        ]
    )


def calendar_lines(times: Times) -> list[str]:
    """The times as systemd's calendar events, which name their time zone."""
    if times.every:
        return [f"*:0/{wake_minutes(times)}"]
    fields = read_fields(times.cron)
    hours, minutes = _listed(fields.hours, HOURS), _listed(fields.minutes, MINUTES)
    months = _listed(fields.months, MONTHS)
    time = f"{hours}:{minutes}:00 {times.zone}"
    return [
        f"{_weekdays(days)}*-{months}-{_listed(days.of_month, DAYS)} {time}" for days in fields.days
    ]


def _weekdays(days: Days) -> str:
    return ",".join(WEEKDAYS[d] for d in sorted(days.of_week)) + " " if days.of_week else ""


def _listed(values: Iterable[int] | None, every: range) -> str:
    """Numbers as systemd lists them; '*' for all."""
    numbers = sorted(every if values is None else values)
    return "*" if numbers == list(every) else ",".join(f"{n:02}" for n in numbers)


def _linger() -> str:
    """Let the user's units run while nobody is logged in; what became of that."""
    if shutil.which("loginctl") and run_program("loginctl", "enable-linger").returncode == 0:
        return "It runs while you are logged out, too (lingering is on)."
    return (
        "It runs only while you are logged in: an administrator lets it run always with "
        "`loginctl enable-linger YOU`."
    )


def _unit(name: str) -> str:
    return f"litmap-{name}"


def _folder() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "systemd" / "user"


def _percent(text: str) -> str:
    """Text in which systemd replaces nothing of its own."""
    return text.replace("%", "%%")


def _value(text: str) -> str:
    """Text within systemd's double quotation marks."""
    return _percent(text).replace("\\", "\\\\").replace('"', '\\"')


def _argument(text: str) -> str:
    """One argument of a command, in which no variable is replaced."""
    return f'"{_value(text).replace("$", "$$")}"'
