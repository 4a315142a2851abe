"""The fields of a cron expression as sets, for systems that name times in words of their own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from itertools import product
from typing import NamedTuple

MINUTES, HOURS, DAYS, MONTHS = range(60), range(24), range(1, 32), range(1, 13)


class Days(NamedTuple):
    """Days of a month (1 to 31) and of a week (0 is Sunday) that both must fit; None for any."""

    of_month: frozenset[int] | None
    of_week: frozenset[int] | None


class CronFields(NamedTuple):
    """Minutes, hours and months, and the days, of which one must fit."""

    minutes: frozenset[int]
    hours: frozenset[int]
    months: frozenset[int]
    days: tuple[Days, ...]

    def entries(self) -> product[tuple[int, int, int | None, Days]]:
        """Each minute, hour and month (None for any) with each of the days."""
        months = [None] if len(self.months) == len(MONTHS) else sorted(self.months)
        return product(sorted(self.minutes), sorted(self.hours), months, self.days)


def read_fields(cron: str) -> CronFields:
    """The fields of an expression that `read_times` accepted.

    Days that only cron can name, the last one (L) or the second Friday (fri#2), become any day:
    whether a refresh is due is asked again when it is started.
    """
    from cronsim import CronSim

    read = CronSim(cron, datetime.now(UTC))
    weekdays = {d % 7 if isinstance(d, int) else d for d in read.weekdays}
    of_month, of_week = _plain(read.days, set(DAYS)), _plain(weekdays, set(range(7)))
    if read.day_and or None in (of_month, of_week):
        days: tuple[Days, ...] = (Days(of_month, of_week),)
    else:  # as cron has it: where both are named, either will do
        days = (Days(of_month, None), Days(None, of_week))
    return CronFields(frozenset(read.minutes), frozenset(read.hours), frozenset(read.months), days)


def _plain(values: Collection[object], every: set[int]) -> frozenset[int] | None:
    """The values as numbers; None where they are all, or some are no number of a day."""
    numbers = {v for v in values if isinstance(v, int) and v in every}
    return None if numbers == every or len(numbers) != len(values) else frozenset(numbers)
