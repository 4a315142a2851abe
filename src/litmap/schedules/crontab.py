"""Scheduled refreshes as lines of the user's crontab, between two comments of the library."""

from __future__ import annotations

import re
import shlex

from litmap.errors import UsageError
from litmap.schedules.jobs import (
    Job,
    check_program,
    check_text,
    must_run,
    run_program,
    times_of,
    wake_minutes,
)
from litmap.schedules.times import Times, is_local
from litmap.written_files import WrittenFiles

ASK = "7-59/15 * * * *"
"""When cron asks whether a refresh was missed, for it makes up for none by itself."""


class Crontab:
    """cron, on any Unix."""

    title = "cron"

    @staticmethod
    def check() -> None:
        """Raises `UsageError` where its program is missing."""
        check_program("crontab")

    @staticmethod
    def install(job: Job, files: WrittenFiles, *, force: bool) -> list[str]:
        """Put the job's lines in; other lines of the crontab stay as they are."""
        must_run("crontab", "-", given=with_block(_read(), job.name, lines(job)))
        return [
            "`crontab -l` shows it.",
            "It runs while you are logged out, too, and makes up for what was missed within a "
            "quarter of an hour.",
        ]

    @staticmethod
    def uninstall(name: str, files: WrittenFiles, *, force: bool) -> str | None:
        """Take the job's lines out."""
        try:
            before = _read()
        except UsageError:  # one who may have no crontab has no line in it
            return None
        after = with_block(before, name, [])
        if after == before:
            return None
        must_run("crontab", "-", given=after)
        return ""

    @staticmethod
    def find(name: str) -> Times | None:
        """The times in the job's last line."""
        try:
            block = _block(_read().splitlines(), name)
            return times_of(shlex.split(block[-2].replace("\\%", "%"))) if block else None
        except (UsageError, ValueError):
            return None

    @staticmethod
    def trouble(name: str) -> str:
        """Whether all of the job's lines stand as they do, none of them as a comment."""
        inner = _block(_read().splitlines(), name)[1:-1]
        made_comments = any(line.lstrip().startswith("#") for line in inner)
        return "its lines of the crontab were made comments" if made_comments else ""


def lines(job: Job) -> list[str]:
    """The job's lines: one for its times, where cron can name them, one for what was missed."""
    check_text([*job.command, *job.environment.values()])
    variables = [f"{name}={shlex.quote(value)}" for name, value in job.environment.items()]
    command = " ".join([*variables, shlex.join(job.command)]).replace("%", "\\%")
    if job.times.every:
        return [f"*/{wake_minutes(job.times)} * * * * {command}"]
    own = [f"{job.times.cron} {command}"] if _can_be_named(job.times) else []
    return [*own, f"{ASK} {command}"]


def with_block(text: str, name: str, block: list[str]) -> str:
    """A crontab in which these lines stand for the library, in the place of those before."""
    kept = text.splitlines()
    old = _block(kept, name)
    if old:
        start = kept.index(old[0])
        del kept[start : start + len(old)]
    new = [_begin(name), *block, _end(name)] if block else []
    return "".join(f"{line}\n" for line in [*kept, *new])


def _block(text: list[str], name: str) -> list[str]:
    """The lines from the library's first comment to its last; [] where one is missing."""
    if _begin(name) not in text or _end(name) not in text:
        return []
    return text[text.index(_begin(name)) : text.index(_end(name)) + 1]


def _begin(name: str) -> str:
    return f"# litmap {name}: begin"


def _end(name: str) -> str:
    return f"# litmap {name}: end"


def _read() -> str:
    """The user's crontab; '' where there is none. Raises `UsageError` where it cannot be read."""
    done = run_program("crontab", "-l")
    if done.returncode and "no crontab" not in done.stderr.lower():
        raise UsageError(f"`crontab -l` failed: {done.stderr.strip()}", subject="crontab")
    return done.stdout if not done.returncode else ""


def _can_be_named(times: Times) -> bool:
    """Whether cron keeps this time zone, and knows all of the expression: numbers and names."""
    _, _, of_month, _, of_week = times.cron.split()
    return is_local(times) and not re.search(r"#|\dL|\bLW?\b", f"{of_month} {of_week}", re.I)
