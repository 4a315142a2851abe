"""Whether a refresh is due: what was missed is made up for once, whoever made up for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from typing import NamedTuple

from litmap.schedules.times import Times

ENDED = ("done", "failed")


class Attempt(NamedTuple):
    """A refresh that was started: by a schedule or by hand. `state` as the catalogue has it."""

    started: datetime
    finished: datetime | None
    state: str

    @property
    def end(self) -> datetime:
        """When it ended, as far as is known."""
        return self.finished or self.started


def last_counted(attempts: Sequence[Attempt]) -> Attempt | None:
    """Of attempts, newest first, the last that counts as a refresh: one that came to its end, or
    the second of two that were cut short, so that what ends with the machine is tried again once.
    """
    for attempt, before in zip_longest(attempts, attempts[1:]):
        if attempt.state in ENDED or (before and before.state not in ENDED):
            return attempt
    return None


def is_made_up_for(time: datetime, attempts: Sequence[Attempt]) -> bool:
    """Whether what was due at a time has been done: a refresh has ended since."""
    counted = last_counted(attempts)
    return counted is not None and counted.end >= time


def is_due(times: Times, attempts: Sequence[Attempt], now: datetime) -> bool:
    """Whether the schedule has come since the last refresh; always where there was none."""
    counted = last_counted(attempts)
    if counted is None:
        return True
    if times.every:
        return now >= counted.started + times.span
    return not is_made_up_for(times.latest_until(now), attempts)


def next_time(times: Times, attempts: Sequence[Attempt], now: datetime) -> datetime:
    """When the next refresh comes; now where one is due."""
    if is_due(times, attempts, now):
        return now
    counted = last_counted(attempts)
    return times.next_after(now, counted.started if counted else None)
