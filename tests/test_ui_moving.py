"""Papers moved to another heading in the app: by the reader's word, and in the notes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from litmap.catalogue import Catalogue
from litmap.library import Library
from litmap.paths import LibraryPaths
from litmap.pipeline import kept_places
from litmap.settings import load_settings
from tests.own_notes import library_with_notes


@pytest.fixture
def library(example_library, tmp_path):
    return library_with_notes(example_library, tmp_path)


@pytest.fixture
def page(monkeypatch, state, library):
    """Draws a paper's page, or what can be done with several papers."""
    testing = pytest.importorskip("streamlit.testing.v1")
    monkeypatch.setenv("LITMAP_STATE", str(state))
    monkeypatch.setenv("LITMAP_LIBRARY", str(library))
    monkeypatch.setattr("litmap.ui.state.may_change", lambda: True)
    monkeypatch.setattr("litmap.ui.state._warm", lambda _: None)  # nothing here is searched for

    def script(ids: list[str]) -> None:
        import streamlit

        from litmap.ui import chosen_papers, frame, kept_words, navigation, paper, state

        streamlit.navigation(navigation.make_pages(frame.guarded), position="hidden")
        if len(ids) == 1:
            streamlit.query_params["work"] = ids[0]
            frame.guarded(paper.page)()
        else:
            library = state.library()
            kept_words.offer_refresh(library)
            chosen_papers.draw(library, [library.work(one) for one in ids])

    return lambda *ids: testing.AppTest.from_function(
        script, default_timeout=240, args=(list(ids),)
    ).run()


def words(app) -> str:
    assert not app.exception
    kinds = ("header", "markdown", "caption", "info", "success", "warning", "error", "code")
    text = "\n".join(str(e.value) for kind in kinds for e in getattr(app, kind))
    return text.replace("\\", "")


def button(app, key):
    return next(b for b in app.button if b.key == key)


def pick(library, count=1):
    """Works with one list item each, and a heading that they are not under."""
    with Library.open(library) as opened:
        found = []
        for entry in opened.works():
            to = next((p for p in opened.places if p not in entry.headings), None)
            if (
                to
                and len(opened.moved_notes([entry.work.id], to).moved) == len(entry.mentions) == 1
            ):
                found.append((entry, to))
        return found[:count]


def stands(library, work):
    with Library.open(library) as opened:
        return opened.work(work).headings


def test_a_paper_is_moved_by_word_and_goes_back(page, library) -> None:
    [(entry, to)] = pick(library)
    app = page(entry.work.id)
    app.selectbox(key="move-to-paper").set_value(to).run()
    assert "This would change in your notes" in words(app)
    button(app, "move-word-paper").click().run()
    text = words(app)
    assert stands(library, entry.work.id) == (to,)
    assert "By your word; your notes have it under" in text
    assert "topics, summaries and the map from the next refresh on" in text
    assert [b.label for b in app.button].count("Refresh now") == 1
    assert app.selectbox(key="move-to-paper").value is None
    button(app, f"move-back-{entry.work.id}").click().run()
    assert "By your word" not in words(app)
    assert stands(library, entry.work.id) == entry.headings


def test_a_paper_is_moved_in_its_note_and_the_note_is_put_back(page, library) -> None:
    [(entry, to)] = pick(library)
    with Library.open(library) as opened:
        told = opened.moved_notes([entry.work.id], to)
    app = page(entry.work.id)
    app.selectbox(key="move-to-paper").set_value(to).run()
    button(app, "move-notes-paper").click().run()
    assert "Your notes are changed" in words(app)
    for path, data in told.new.items():
        assert Path(path).read_bytes() == data
    button(app, "kept-word-back").click().run()
    assert "Your notes are as they were" in words(app)
    for path in told.new:
        assert Path(path).read_bytes() == told.old[path]


def test_a_note_that_changed_meanwhile_is_refused_and_the_word_still_kept(page, library) -> None:
    [(entry, to)] = pick(library)
    app = page(entry.work.id)
    app.selectbox(key="move-to-paper").set_value(to).run()
    note = Path(entry.mentions[0].note)
    note.write_bytes(note.read_bytes() + b"more\n")
    button(app, "move-notes-paper").click().run()
    assert "just changed by another program" in " ".join(t.value for t in app.toast).replace(
        "\\", ""
    )
    app.selectbox(key="move-to-paper").set_value(to).run()
    assert "was edited since the last refresh" in words(app)
    button(app, "move-word-paper").click().run()
    assert stands(library, entry.work.id) == (to,)


def test_chosen_papers_are_moved_together(page, library) -> None:
    (one, to), (two, _) = pick(library, 2)
    ids = [one.work.id, two.work.id]
    app = page(*ids)
    app.selectbox(key="move-to-chosen").set_value(to).run()
    button(app, "move-word-chosen").click().run()
    assert f"2 papers → “{' › '.join(to)}”" in words(app)
    assert [stands(library, work) for work in ids] == [(to,), (to,)]


def test_a_word_that_waits_is_said_on_the_page(page, library) -> None:
    [(entry, to)] = pick(library)
    settings = load_settings({"library": library}, environment={})
    kept_places.move(settings, [entry.work.id], to)
    with _catalogue(library) as catalogue:
        notes = [_without(note, to) for note in catalogue.notes()]
        with catalogue.write():
            catalogue.put_notes(notes, catalogue.citations())
    text = words(page(entry.work.id))
    assert f"You moved it to {' › '.join(to)}, which your notes no longer have" in text


def _catalogue(library):
    return Catalogue.create(LibraryPaths(library).catalogue)


def _without(note, path):
    return replace(note, headings=tuple(h for h in note.headings if h.path != path))


def test_who_may_not_change_anything_is_told_how(page, library, monkeypatch) -> None:
    monkeypatch.setattr("litmap.ui.state.may_change", lambda: False)
    [(entry, _)] = pick(library)
    app = page(entry.work.id)
    assert "To move a paper, open the address with the token" in words(app)
    assert not any(s.key == "move-to-paper" for s in app.selectbox)
