"""Install a library's schedule with the system, look it up, and take it back."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from litmap.errors import UsageError
from litmap.schedules.crontab import Crontab
from litmap.schedules.jobs import Job, Manager, why_not
from litmap.schedules.launchd import Launchd
from litmap.schedules.systemd import Systemd
from litmap.schedules.times import Times
from litmap.written_files import WrittenFiles

MANAGERS: dict[str, Manager] = {m.title: m for m in (Systemd(), Launchd(), Crontab())}
"""In the order in which they are asked whether they are there."""


def choose(title: str | None = None) -> Manager:
    """The manager of this name, or the first that is there. Raises `UsageError`."""
    if title is not None:
        untold = why_not(MANAGERS[title].check)
        if untold:
            raise UsageError(f"{title} can keep no schedule: {untold}", subject=title)
        return MANAGERS[title]
    for manager in _possible():
        if not why_not(manager.check):
            return manager
    raise UsageError(
        "neither systemd (of the user), launchd nor cron answers here: start "
        "`litmap schedule --due …` with what starts programs on this system"
    )


def install(
    job: Job, files: WrittenFiles, *, title: str | None = None, force: bool = False
) -> tuple[str, list[str]]:
    """Have a library refreshed at its times; by whom, and what the user should know. What another
    manager was told before is taken back.
    """
    manager = choose(title)
    told = manager.install(job, files, force=force)
    others = [other for other, _ in find(job.name) if other is not manager]
    untold = [other.uninstall(job.name, files, force=force) for other in others]
    return manager.title, [*(f"Taken back, but {why}." for why in untold if why), *told]


def uninstall(name: str, files: WrittenFiles, *, force: bool = False) -> dict[str, str]:
    """Take a library's schedule back everywhere: from whom → why that could not be told, '' where
    it was. Raises `UsageError`.
    """
    untold = {m.title: m.uninstall(name, files, force=force) for m in _present()}
    return {title: why for title, why in untold.items() if why is not None}


def find(name: str) -> list[tuple[Manager, Times]]:
    """Who was told to refresh a library, and when."""
    found = ((manager, manager.find(name)) for manager in _present())
    return [(manager, times) for manager, times in found if times is not None]


def trouble(manager: Manager, name: str) -> str:
    """What keeps an installed schedule from being kept, in words that follow 'but'; '' where
    nothing does.
    """
    try:
        return manager.trouble(name)
    except UsageError as error:
        return f"whether it does cannot be asked: {error.message}"


def _possible() -> Sequence[Manager]:
    return [m for m in MANAGERS.values() if m.title != "launchd" or sys.platform == "darwin"]


def _present() -> list[Manager]:
    """Those whose files can be looked at: cron's only where its program is there."""
    return [m for m in MANAGERS.values() if m.title != "cron" or not why_not(m.check)]
