"""The app's page 'News' without a browser: weeks, headings, what is read, and what others wrote."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date

import pytest

from litmap.catalogue import Catalogue
from litmap.library import Library
from litmap.models import Event, EventKind
from litmap.ui import news

FIRST, SECOND = "2026-11-04T12:00:00Z", "2026-11-11T12:00:00Z"
SAID = {"sentences": [{"text": "Salt <b>helped</b>.", "place": "p. 2", "page": 2, "rects": []}]}
GONE = Event(
    EventKind.NOTICE, "doi:10.1/gone", "Gone *work*", (("Elsewhere",),), FIRST, {"notice": "retracted"}
)  # fmt: skip


@pytest.fixture
def library(example_library, tmp_path):
    """A copy of the example library with news of two weeks."""
    root = tmp_path / "library"
    shutil.copytree(example_library, root)
    with Library.open(root) as opened:
        entry = next(e for e in opened.works() if e.pdf and e.headings)
    came = Event(
        EventKind.CAME, entry.work.id, entry.work.title, entry.headings, SECOND, {**SAID, "pages": 4}
    )  # fmt: skip
    with Catalogue.create(root / "catalogue.sqlite") as catalogue, catalogue.write():
        catalogue.put_events([GONE, came])
    return root


@pytest.fixture
def page(draw_page, library):
    """Draws the page."""

    def script() -> None:
        import streamlit

        from litmap.ui import frame, navigation, news

        streamlit.navigation(navigation.make_pages(frame.guarded), position="hidden")
        frame.guarded(news.page)()

    return lambda shown=library: draw_page(shown, script)


def words(app) -> str:
    assert not app.exception
    kinds = ("header", "subheader", "markdown", "caption", "info", "warning", "error")
    return "\n".join(str(e.value) for kind in kinds for e in getattr(app, kind))


def events_of(library, *, read):
    with Library.open(library) as opened:
        return [event for event in opened.news() if event.is_read == read]


def press(app, key):
    return next(button for button in app.button if str(button.key).startswith(key)).click().run()


def test_the_latest_week_comes_first_and_what_others_wrote_is_escaped(page) -> None:
    text = words(page())
    assert text.index("Week of 9 November 2026") < text.index("Week of 2 November 2026")
    assert "Gone \\*work\\*" in text
    assert "\\<b\\>helped" in text
    assert ":red-badge[Notice] Retracted" in text


def test_a_work_is_marked_as_read_and_as_new_again(page, library) -> None:
    app = press(page(), "news-toggle-")
    assert len(events_of(library, read=True)) == 1
    assert "Week of 9 November" not in words(app)
    app.session_state["news-of"] = "all"
    app.run()
    assert "Week of 9 November" in words(app)
    press(app, "news-toggle-")
    assert events_of(library, read=True) == []


def test_all_is_marked_as_read_at_once(page, library) -> None:
    app = press(page(), "news-mark-all")
    assert events_of(library, read=False) == []
    assert "You have read all of it" in words(app)


def test_only_the_kinds_that_are_asked_for_are_shown_and_marked(page, library) -> None:
    app = page()
    app.session_state["news-kinds-unread"] = ["notice"]
    app.run()
    assert "Week of 9 November" not in words(app)
    press(app, "news-mark-all")
    assert [event.kind for event in events_of(library, read=True)] == [EventKind.NOTICE]


def test_without_the_token_nothing_is_marked(page, library, monkeypatch) -> None:
    monkeypatch.setattr("litmap.ui.state.may_change", lambda: False)
    app = page()
    assert "open the address with the token" in words(app)
    assert [button for button in app.button if "toggle" in str(button.key)] == []
    with Library.open(library) as opened:
        news._mark(opened, [event.id for event in opened.news()], is_read=True)  # all the same
    assert events_of(library, read=True) == []


def test_a_library_without_news_says_when_there_will_be_some(page, example_library) -> None:
    assert "No news yet" in words(page(example_library))


def test_a_week_begins_on_monday_by_the_clock_of_this_machine(monkeypatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert news.week_of("2026-11-08T16:00:00Z") == date(2026, 11, 9)
        assert news.week_of("2026-11-08T14:00:00Z") == date(2026, 11, 2)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_items_of_a_week_stand_by_heading_in_the_order_of_the_notes(library) -> None:
    with Library.open(library) as opened:
        first, last = opened.heading_order[0], opened.heading_order[-1]
        events = [
            replace(GONE, subject=f"s{n}", headings=(path,), id=n)
            for n, path in enumerate([last, first, last], 1)
        ]
        rows = list(news.rows_of(opened, events))
    assert [row.section.heading for row in rows] == [first, last, last]
