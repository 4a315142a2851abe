"""What readers are told once: kept in order, delivered to each channel, read or not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.catalogue import Catalogue
from litmap.models import Event, EventKind, Work

NOW, LATER = "2026-11-29T10:00:00Z", "2026-12-06T10:00:00Z"
CAME = Event(EventKind.CAME, "doi:10.1/olm", "Salt and sleep", (("Sleep", "Salt"),), NOW)
FAILED = Event(EventKind.FAILED, "doi:10.1/elm", "Rest", (), LATER, {"reason": "no answer"})


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue.create(tmp_path / "catalogue.sqlite") as opened:
        yield opened


def test_events_come_back_as_they_were_with_ids_that_grow(catalogue):
    catalogue.put_events([CAME, FAILED])
    first, second = catalogue.events()
    assert replace(first, id=0) == CAME
    assert replace(second, id=0) == FAILED
    assert 0 < first.id < second.id
    assert catalogue.events(since=LATER) == [second]


def test_a_channel_is_given_an_event_once_and_others_still_have_theirs(catalogue):
    catalogue.put_events([CAME, FAILED])
    first, second = catalogue.undelivered("mail")
    catalogue.put_deliveries("mail", [first.id], NOW)
    catalogue.put_deliveries("mail", [first.id], LATER)
    assert catalogue.undelivered("mail") == [second]
    assert catalogue.undelivered("atom") == [first, second]


def test_an_event_is_new_until_it_is_read(catalogue):
    catalogue.put_events([CAME])
    (event,) = catalogue.events()
    assert not event.is_read
    catalogue.mark_read([event.id])
    assert catalogue.events()[0].is_read
    catalogue.mark_read([event.id], is_read=False)
    assert not catalogue.events()[0].is_read


def test_events_and_what_they_were_made_from_are_kept_together_or_not_at_all(catalogue):
    def killed():
        with catalogue.write():
            catalogue.put_events([CAME])
            catalogue.put_told("works", {CAME.subject: {"status": "fetched"}})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    assert catalogue.events() == []
    assert catalogue.told("works") == {}


def test_what_was_told_is_replaced_part_by_part(catalogue):
    catalogue.put_told("works", {"a": {"status": "failed"}, "b": 1})
    catalogue.put_told("coverage", {"a": 0.5})
    catalogue.put_told("works", {"a": {"status": "fetched"}})
    assert catalogue.told("works") == {"a": {"status": "fetched"}}
    assert catalogue.told("coverage") == {"a": 0.5}


def test_a_renamed_work_takes_what_was_told_of_it_along(catalogue):
    work = Work("title:1", "Salt")
    catalogue.put_work(work, "note", NOW)
    catalogue.put_events([replace(CAME, subject=work.id)])
    catalogue.put_told("works", {work.id: 1})
    catalogue.rename_work(work.id, Work("doi:10.1/olm", "Salt"), NOW)
    assert catalogue.events()[0].subject == "doi:10.1/olm"
    assert catalogue.told("works") == {"doi:10.1/olm": 1}


@pytest.fixture(scope="module")
def shared_catalogue(tmp_path_factory):
    with Catalogue.create(tmp_path_factory.mktemp("told") / "catalogue.sqlite") as opened:
        yield opened


@given(title=st.text(), heading=st.lists(st.text(), max_size=3), detail=st.text())
def test_any_text_that_can_be_written_comes_back(title, heading, detail, shared_catalogue):
    told = Event(EventKind.CAME, "doi:1", title, (tuple(heading),), NOW, {"reason": detail})
    shared_catalogue.put_events([told])
    assert replace(shared_catalogue.events()[-1], id=0) == told
