"""When a library is refreshed: a cron expression in a time zone, or a span of time."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from litmap.errors import UsageError

CRON_FIELDS = 5
MOST = timedelta(days=3650)
"""The longest span of time between two refreshes."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass(frozen=True, slots=True)
class Times:
    """Either `cron` in the time zone `zone`, or `every`; as the user wrote them."""

    cron: str = ""
    every: str = ""
    zone: str = ""

    @property
    def span(self) -> timedelta:
        """`every` as a span of time."""
        return _span(self.every)

    @property
    def options(self) -> list[str]:
        """As options of `litmap schedule`."""
        if self.every:
            return ["--every", self.every]
        return ["--cron", self.cron, "--timezone", self.zone]

    def __str__(self) -> str:
        return f"every {self.every}" if self.every else f"at {self.cron!r} ({self.zone})"

    def next_after(self, moment: datetime, last: datetime | None = None) -> datetime:
        """When a refresh is due next, `last` being when the last one started."""
        if self.every:
            return max(moment, last + self.span) if last else moment
        return _cron_time(self.cron, moment.astimezone(ZoneInfo(self.zone)))

    def latest_until(self, moment: datetime) -> datetime:
        """The last time of a cron expression at or before a moment."""
        until = moment.astimezone(ZoneInfo(self.zone)) + timedelta(minutes=1)
        latest = _cron_time(self.cron, until, reverse=True)
        while latest > moment:
            latest = _cron_time(self.cron, latest, reverse=True)
        return latest


def read_times(
    *, cron: str | None = None, every: str | None = None, zone: str | None = None
) -> Times:
    """The times that options name; a cron expression is in this machine's time zone where none is
    named. Raises `UsageError` for what cannot be read, a zone that is not known, and an expression
    that no day fits: '0 6 31 2 *'.
    """
    if every is not None:
        if zone:
            raise UsageError("--timezone goes with --cron: a span of time has none", subject=zone)
        _span(every)
        return Times(every=every.strip())
    times = Times(
        cron=" ".join((cron or "").split()), zone=_checked(zone) if zone else local_zone()
    )
    _check_cron(times)
    return times


def _span(every: str) -> timedelta:
    match = re.fullmatch(r"\s*(\d{1,6}(?:\.\d{1,3})?)\s*([smhdw])\s*", every)
    span = timedelta(seconds=float(match[1]) * _UNITS[match[2]]) if match else timedelta()
    if not span or span > MOST:
        message = f"--every {every!r} is no time span: write 30m, 6h or 1d"
        raise UsageError(message, subject=every)
    return span


def _check_cron(times: Times) -> None:
    from cronsim import CronSimError

    wrong = UsageError(
        f"--cron {times.cron!r} is no cron expression (minute hour day month weekday)",
        subject=times.cron,
    )
    if len(times.cron.split()) != CRON_FIELDS:
        raise wrong
    try:
        times.next_after(datetime.now(UTC))
    except CronSimError as error:
        never = str(error) == "Bad day-of-month" and _day_can_be_read(times.cron)
        raise _never(times.cron) if never else wrong from error
    except StopIteration as error:
        raise _never(times.cron) from error


def _day_can_be_read(cron: str) -> bool:
    """Whether the day can be read by itself, so that the months are what does not fit it."""
    from cronsim import CronSim, CronSimError

    try:
        CronSim(f"0 0 {cron.split()[2]} * *", datetime.now(UTC))
    except CronSimError:
        return False
    return True


def _never(cron: str) -> UsageError:
    message = f"--cron {cron!r} never comes: no day is one of these days of these months"
    return UsageError(message, subject=cron)


def _cron_time(cron: str, moment: datetime, *, reverse: bool = False) -> datetime:
    """The next time of the expression behind a moment, or the one before it, as cron keeps them:
    one that summer time leaps over comes right after the leap, one that comes twice comes once.
    """
    from cronsim import CronSim

    return next(CronSim(cron, moment, reverse=reverse))


def _checked(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (OSError, ValueError, LookupError) as error:
        message = f"--timezone {zone!r} is no time zone: write Europe/Berlin or UTC"
        raise UsageError(message, subject=zone) from error
    return zone


def is_local(times: Times) -> bool:
    """Whether the times are in this machine's time zone."""
    try:
        return times.zone == local_zone()
    except UsageError:
        return False


def local_zone() -> str:
    """The name of this machine's time zone, 'Europe/Berlin'. Raises `UsageError` where it has none,
    as with `TZ='CET-1CEST'`.
    """
    from tzlocal import reload_localzone

    try:
        zone = str(reload_localzone())
        ZoneInfo(zone)
    except (OSError, ValueError, LookupError) as error:
        raise UsageError(
            "this machine's time zone has no name that a schedule can be kept by: name one, such "
            "as --timezone Europe/Berlin, or set TZ",
            subject=os.environ.get("TZ", ""),
        ) from error
    return zone
