"""The app's page 'New papers' without a browser: the list, and the reader's two answers."""

from __future__ import annotations

import shutil

import pytest

from litmap.catalogue import Catalogue
from litmap.library import Library
from litmap.models import Candidate, Work
from litmap.paths import LibraryPaths
from litmap.pipeline.new_papers import event_of

SHOWN = "2026-11-30T06:00:00Z"
FOUND = Candidate(
    Work("arxiv:2611.01234", "Salt <script>alert(1)</script> *and* [sleep](javascript:x)", ("Ada Olm",), 2026, "arXiv", "We $slept$.", ("arxiv:2611.01234",)),
    "2026-11-27", "arXiv cs.LG", ("Sleep", "Salt"), 0.5, "like this one of yours: Berg 2009", SHOWN, shown=SHOWN,
)  # fmt: skip


@pytest.fixture
def library(example_library, tmp_path):
    """A copy of the example library with one new paper."""
    copied = shutil.copytree(example_library, tmp_path / "library")
    with Catalogue.create(LibraryPaths(copied).catalogue) as catalogue, catalogue.write():
        catalogue.put_candidates([FOUND])
        catalogue.put_events([event_of(FOUND)])
    return copied


@pytest.fixture
def page(monkeypatch, state, library, tmp_path):
    testing = pytest.importorskip("streamlit.testing.v1")
    monkeypatch.setenv("LITMAP_STATE", str(state))
    monkeypatch.setenv("LITMAP_LIBRARY", str(library))
    monkeypatch.setenv("LITMAP_WATCH_INBOX", str(tmp_path / "inbox.md"))

    def script(name: str) -> None:
        import streamlit

        from litmap.ui import frame, navigation, new_papers, news

        streamlit.navigation(navigation.make_pages(frame.guarded), position="hidden")
        frame.guarded({"new": new_papers.page, "news": news.page}[name])()

    def drawn(name: str = "new", *, may_change: bool = True):
        monkeypatch.setattr("litmap.ui.state.may_change", lambda: may_change)
        return testing.AppTest.from_function(script, default_timeout=240, args=(name,)).run()

    return drawn


def words(app) -> str:
    assert not app.exception
    return "\n".join(
        str(e.value)
        for kind in ("markdown", "caption", "info", "header")
        for e in getattr(app, kind)
    )


def button(app, name):
    return next(b for b in app.button if b.label == name)


def test_a_new_paper_stands_below_its_heading_with_why_and_as_text(page) -> None:
    text = words(page())
    assert "Salt" in text
    assert "like this one of yours\\: Berg 2009" in text
    assert "<script>" not in text
    assert "[sleep](javascript:" not in text


@pytest.mark.parametrize("name", ["new", "news"])
def test_a_paper_is_written_into_the_inbox_note(page, library, tmp_path, name) -> None:
    words(button(page(name), "Into my inbox note").click().run())
    assert "arxiv.org/abs/2611.01234" in (tmp_path / "inbox.md").read_text()
    with Library.open(library) as opened:
        assert opened.candidates() == []


def test_a_refused_paper_goes(page, library, tmp_path) -> None:
    button(page(), "Not this").click().run()
    assert not (tmp_path / "inbox.md").exists()
    with Library.open(library) as opened:
        assert opened.candidates() == []
        assert [c.state for c in opened.candidates(all_states=True)] == ["refused"]


def test_without_the_token_nothing_is_kept(page, library, tmp_path) -> None:
    app = page(may_change=False)
    assert all(b.disabled for b in app.button)
    assert "token" in words(app)
