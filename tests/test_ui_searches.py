"""The reader's searches in the app: kept, offered, renamed, removed, forgotten."""

from __future__ import annotations

import shutil

import pytest

from litmap.pipeline import kept_searches
from litmap.settings import load_settings
from litmap.ui import frame, state

testing = pytest.importorskip("streamlit.testing.v1")


@pytest.fixture
def library(example_library, tmp_path, state_folder, monkeypatch):
    root = tmp_path / "library"
    shutil.copytree(example_library, root, ignore=shutil.ignore_patterns("searches.sqlite*"))
    monkeypatch.setenv("LITMAP_LIBRARY", str(root))
    monkeypatch.setattr(state, "may_change", lambda: True)
    monkeypatch.setattr(frame.access, "current", object)
    return load_settings()


@pytest.fixture
def state_folder(state, monkeypatch):
    monkeypatch.setenv("LITMAP_STATE", str(state))


def draw(**parameters):
    app = testing.AppTest.from_file(str(frame.HERE / "app.py"), default_timeout=240)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def press(app, label):
    app = next(b for b in app.button if label in b.label).click().run()
    assert not app.exception
    return app


def labels(app):
    return " ".join(link.label for link in app.get("page_link")).replace("\\", "")


def test_a_search_is_kept_offered_and_taken_back(library) -> None:
    app = draw(q="flat minima", by="paper", years="2015..2018")
    app.text_input(key="keep-search-name").input("Flat *ones*")
    press(app, "Keep this search")
    (kept,) = kept_searches.saved(library)
    assert kept.fields == {"q": "flat minima", "by": "paper", "years": "2015..2018"}
    start = draw()
    assert "Flat *ones*" in labels(start)
    assert "flat minima year:2015..2018 (papers)" in labels(start), "the last ones are offered too"
    start.text_input(key="searches-new-name").input("Flat")
    press(start, "Rename")
    assert [search.name for search in kept_searches.saved(library)] == ["Flat"]
    press(start, "Forget them")
    assert kept_searches.last(library) == []
    press(start, "Remove")
    assert kept_searches.saved(library) == []


def test_who_has_no_token_leaves_and_sees_no_search(library, monkeypatch) -> None:
    kept_searches.save(library, "mine", {"q": "rain"})
    monkeypatch.setattr(state, "may_change", lambda: False)
    draw(q="flat minima")
    assert kept_searches.last(library) == []
    assert "mine" not in labels(draw())
