"""When a refresh is due: time zones, summer time, what was missed and who made up for it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.errors import UsageError
from litmap.schedules.due import Attempt, is_due, is_made_up_for, next_time
from litmap.schedules.names import schedule_name
from litmap.schedules.times import Times, local_zone, read_times

BERLIN = ZoneInfo("Europe/Berlin")
MONDAYS = Times(cron="0 6 * * 1", zone="Europe/Berlin")
MONDAY = datetime(2026, 11, 30, 6, tzinfo=BERLIN)
DAY = timedelta(days=1)


# ── what is written ───────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "wrong",
    [
        {"every": "soon"},
        {"every": "0s"},
        {"every": "-6h"},
        {"every": "9999999w"},
        {"cron": "every monday"},
        {"cron": "61 * * * *"},
        {"cron": "0 6 32 * *"},
        {"cron": "0 0 6 * * 1"},
        {"cron": "0 6 * * 1", "zone": "Europe/Atlantis"},
        {"cron": "0 6 * * 1", "zone": "../etc/passwd"},
    ],
)
def test_a_schedule_that_cannot_be_read_is_refused(wrong):
    with pytest.raises(UsageError, match="is no"):
        read_times(**wrong)


@pytest.mark.parametrize("cron", ["0 6 31 2 *", "0 0 31 4,6,9,11 *", "*/10 * 30 feb *"])
def test_a_day_that_never_comes_is_refused(cron):
    with pytest.raises(UsageError, match="never comes"):
        read_times(cron=cron)


def test_a_time_zone_goes_with_cron_only():
    with pytest.raises(UsageError, match="goes with --cron"):
        read_times(every="6h", zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("setting", "zone"),
    [
        ("America/New_York", "America/New_York"),
        (":Europe/Berlin", "Europe/Berlin"),
        ("EST5EDT", "EST5EDT"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", None),
    ],
)
def test_the_time_zone_of_the_machine_is_found_or_asked_for(setting, zone, monkeypatch):
    monkeypatch.setenv("TZ", setting)
    if zone:
        assert local_zone() == zone
        assert read_times(cron="0 6 * * *").zone == zone
    else:
        with pytest.raises(UsageError, match="--timezone"):
            local_zone()


@pytest.mark.parametrize("given", [{"cron": " 0  6 * * mon ", "zone": "UTC"}, {"every": " 6h "}])
def test_the_options_say_the_same_again(given):
    times = read_times(**given)
    words = iter(times.options)
    options = {name.removeprefix("--"): value for name, value in zip(words, words, strict=True)}
    zone = options.pop("timezone", None)
    assert read_times(**options, zone=zone) == times


def test_two_libraries_of_one_name_have_two_schedules(tmp_path):
    one, other = (schedule_name(tmp_path / place / "papers") for place in "ab")
    assert one != other
    assert one.startswith("papers-")
    assert schedule_name(tmp_path / "Ü'; rm -rf $HOME").isascii()


# ── summer time ───────────────────────────────────────────────────────────────────────────────────
NIGHTS = Times(cron="30 2 * * *", zone="Europe/Berlin")


def test_a_time_that_summer_time_leaps_over_comes_after_the_leap():
    evening = datetime(2026, 3, 28, 20, tzinfo=BERLIN)
    first = NIGHTS.next_after(evening)
    assert first.astimezone(UTC) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert NIGHTS.next_after(first).astimezone(UTC) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_a_time_that_comes_twice_in_autumn_comes_once():
    first = NIGHTS.next_after(datetime(2026, 10, 24, 20, tzinfo=BERLIN))
    assert first.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert NIGHTS.next_after(first).astimezone(UTC) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_the_latest_time_is_the_one_before_the_next(moment):
    for times in (NIGHTS, MONDAYS, Times(cron="*/20 1-3 * 3,10 *", zone="Europe/Berlin")):
        latest = times.latest_until(moment)
        assert latest <= moment < times.next_after(moment)
        assert times.next_after(latest) > moment


# ── due or not ────────────────────────────────────────────────────────────────────────────────────
def attempt(started, state="done", minutes=10):
    finished = None if state == "running" else started + timedelta(minutes=minutes)
    return Attempt(started, finished, state)


def test_without_a_refresh_one_is_due():
    assert is_due(MONDAYS, [], MONDAY)


def test_what_was_missed_is_due_once():
    """The machine was off for three Mondays."""
    before, now = attempt(MONDAY - 28 * DAY), MONDAY + 2 * DAY
    assert is_due(MONDAYS, [before], now)
    assert next_time(MONDAYS, [before], now) == now
    made_up = attempt(now)
    assert not is_due(MONDAYS, [made_up, before], now + DAY)
    assert next_time(MONDAYS, [made_up, before], now + DAY) == MONDAY + 7 * DAY


def test_a_refresh_by_hand_makes_up_for_a_missed_one_and_not_for_the_next():
    by_hand = attempt(MONDAY + timedelta(hours=3))
    assert not is_due(MONDAYS, [by_hand], MONDAY + DAY)
    assert is_due(MONDAYS, [by_hand], MONDAY + 7 * DAY)


def test_one_that_ran_when_the_time_came_makes_up_for_it():
    long = attempt(MONDAY - timedelta(hours=1), minutes=90)
    assert is_made_up_for(MONDAY, [long])
    assert not is_due(MONDAYS, [long], MONDAY + DAY)


def test_a_failed_refresh_counts():
    """Its retries are its own; it does not start again and again."""
    assert not is_due(MONDAYS, [attempt(MONDAY, "failed")], MONDAY + DAY)


@pytest.mark.parametrize("state", ["interrupted", "running"])
def test_one_that_ended_with_the_machine_is_tried_again_once(state):
    before = attempt(MONDAY - 7 * DAY)
    cut = attempt(MONDAY, state)
    assert is_due(MONDAYS, [cut, before], MONDAY + DAY)
    again = attempt(MONDAY + DAY, state)
    assert not is_due(MONDAYS, [again, cut, before], MONDAY + 2 * DAY)


def test_a_span_of_time_is_counted_from_the_last_start():
    times, last = Times(every="6h"), attempt(MONDAY)
    assert not is_due(times, [last], MONDAY + timedelta(hours=5, minutes=59))
    assert is_due(times, [last], MONDAY + timedelta(hours=6))
    assert next_time(times, [last], MONDAY + timedelta(hours=1)) == MONDAY + timedelta(hours=6)
