"""The simulation of thirty weeks reads what litmap writes, and sees every kind of mistake."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.living.news_read import Line, read_feed, read_mail, read_page
from benchmarks.living.thirty_weeks import judge
from benchmarks.living.world import CHANGES, LEFT, SHOWN, START, Told, World, path_of
from benchmarks.reliability.disturbances import INJECTED
from litmap.digests import MailAddress, make_digest, to_atom, to_mail, to_markdown
from litmap.models import Event, EventKind

NOW = "2027-01-11T06:00:00Z"
SLEEP, TALKS = ("What lives", "Sleep"), ("Talks",)
EVENTS = [
    Event(EventKind.CAME, "doi:10.1/a", "Salt *and* [sleep]_1", (SLEEP,), NOW, {"status": "fetched", "pages": 4}, id=1),
    Event(EventKind.NOTICE, "doi:10.1/a", "Salt *and* [sleep]_1", (SLEEP,), NOW, {"kind": "retracted", "notice": "retracted on 2027-01-08"}, id=2),
    Event(EventKind.CANDIDATE, "doi:10.1/b", "Naps & noise", (SLEEP,), NOW, {"url": "https://doi.org/10.1/b", "why": "like this one of yours: Olm 2020"}, id=3),
    Event(EventKind.THIN, "Talks", "Talks", (TALKS,), NOW, {"works": 2, "with_text": 2, "before": {"works": 3, "with_text": 3}}, id=4),
]  # fmt: skip
LINES = {
    Line("What lives › Sleep", "Added from your notes", "Salt *and* [sleep]_1"),
    Line("What lives › Sleep", "Retracted", "Salt *and* [sleep]_1"),
    Line("What lives › Sleep", "New paper", "Naps & noise"),
    Line("Talks", "Thin heading", ""),
}


def test_each_event_is_read_from_a_page_a_feed_and_a_mail(tmp_path):
    digest = make_digest(EVENTS)
    page, feed = tmp_path / "page.md", tmp_path / "news.atom"
    page.write_text(to_markdown(digest), "utf-8")
    feed.write_text(to_atom(EVENTS, "library", "l", NOW), "utf-8")
    me = MailAddress.read("me@example.org")
    name, mailed = read_mail(bytes(to_mail(digest, me, me, "digest-1", NOW)))
    fed = [line for lines in read_feed(feed).values() for line in lines]
    for lines in (read_page(page), fed, mailed):
        assert len(lines) == len(LINES)
        assert set(lines) == LINES
    assert name == "<digest-1@example.org>"


ONE, OTHER = Told(3, "A", "New", "On salt"), Told(4, "B", "Corrected", "On sleep")


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ([ONE, OTHER], {}),
        ([ONE], {"missed": 1}),
        ([ONE, OTHER, OTHER], {"doubled": 1}),
        ([ONE, OTHER, OTHER._replace(week=5)], {"doubled": 1}),
        ([ONE, OTHER._replace(week=5)], {"wrong week": 1}),
        ([ONE._replace(heading="C"), OTHER], {"wrong heading": 1}),
        ([ONE, OTHER, Told(4, "B", "New", "On sleep")], {"not to be told": 1}),
    ],
)
def test_each_kind_of_mistake_is_counted_as_such(told, wrong):
    found = judge([ONE, OTHER], told)
    assert {name: n for name, n in found.items() if n and name != "right"} == wrong


def weeks_of(seed, weeks=30):
    world = World(seed)
    notes = [world.notes()]
    for _ in range(weeks):
        world.advance()
        notes.append(world.notes())
    return world, notes


def test_a_seed_gives_the_same_weeks_with_every_kind_of_event_once():
    world, notes = weeks_of(0)
    again, notes_again = weeks_of(0)
    assert (world.truth, notes) == (again.truth, notes_again)
    labels = {told.label for told in world.truth}
    assert labels == {
        "Added from your notes",
        "Full text",
        "Thin heading",
        SHOWN,
        LEFT,
        *CHANGES.values(),
    }
    once = [told for told in world.truth if told.label not in {CHANGES["version"], LEFT}]
    assert len({(t.label, t.title) for t in once}) == len(once)
    assert {told.heading for told in world.truth} <= set(map(path_of, world.cited.values()))


def test_a_new_paper_that_filing_dropped_is_not_to_be_told():
    world, _ = weeks_of(0)
    shown = [told for told in world.truth if told.label == SHOWN]
    (work,) = (w for w in world.works.values() if w.title == shown[0].title)
    before = len(world.truth)
    world.leave_out({f"arxiv:{work.arxiv}" if work.arxiv else f"doi:{work.doi}"})
    assert (world.left_out, len(world.truth)) == (1, before - 1)
    assert shown[0] not in world.truth


def test_litmap_has_the_clock_that_is_set_also_in_what_its_commands_import():
    code = (
        "from litmap.catalogue import utc_now\n"
        "from litmap.pipeline.context import age_days\n"
        "import datetime, time\n"
        "print(utc_now(), age_days(utc_now()), time.time())\n"
        "assert type(datetime.datetime.now()) is datetime.datetime\n"
    )
    ahead = (START - datetime.now(UTC)).total_seconds()
    environment = {**os.environ, "PYTHONPATH": str(INJECTED), "DISTURB_CLOCK": str(ahead)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    now, age, seconds = done.stdout.split()
    assert (
        timedelta(0)
        <= datetime.fromisoformat(now) - START + timedelta(seconds=1)
        < timedelta(minutes=2)
    )
    assert abs(float(age)) < 0.001
    assert abs(float(seconds) - START.timestamp()) < 120
