"""The app's page 'Check' without a browser: its findings, a draft, and the reader's word."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from litmap.library import Library
from litmap.ui import check, check_runs
from litmap.ui.check_runs import CheckRun, DraftFile

SAID = "sheep were sold on the markets of Upper Hessia in winter"


@pytest.fixture
def page(monkeypatch, state, example_library):
    """Draws the page for a library, once its check is done."""
    testing = pytest.importorskip("streamlit.testing.v1")
    monkeypatch.setattr(check, "SOON_S", 240.0)
    monkeypatch.setenv("LITMAP_STATE", str(state))

    def script() -> None:
        import streamlit

        from litmap.ui import check, frame, navigation

        streamlit.navigation(navigation.make_pages(frame.guarded), position="hidden")
        frame.guarded(check.page)()

    def drawn(library: Path = example_library, **session: str) -> object:
        monkeypatch.setenv("LITMAP_LIBRARY", str(library))
        app = testing.AppTest.from_function(script, default_timeout=240)
        for key, value in session.items():
            app.session_state[key.replace("_", "-")] = value
        return app.run()

    return drawn


def words(app) -> str:
    assert not app.exception
    kinds = ("header", "markdown", "caption", "info", "warning", "error")
    return "\n".join(str(e.value) for kind in kinds for e in getattr(app, kind))


@pytest.fixture
def sentence(example_library):
    """A sentence of a draft that quotes a paper of the example library with words it has not."""
    with Library.open(example_library) as opened:
        work = next(e.work for e in opened.works() if e.pdf and e.work.identifier("arxiv"))
    return f"[{work.title}](https://arxiv.org/abs/{work.identifier('arxiv')}) says “{SAID}”."


def pasted(app, text: str):
    app.text_area[0].set_value(text)
    return app.button[0].click().run()


def test_all_that_the_notes_say_is_shown_by_note_with_its_line(page, example_library) -> None:
    text = words(page(check_finding="all"))
    assert "edit_note: learning\\-theory\\.md" in text
    assert "line " in text
    assert "The paper speaks of this" in text
    assert ":orange-background[" in text, "the chosen sentence is marked"


def test_what_should_be_looked_at_comes_first(page) -> None:
    app = page()
    assert app.session_state["check-finding"] == "troubles"
    assert "The paper speaks of this" not in words(app)


def test_a_pasted_draft_is_checked(page, sentence) -> None:
    app = page(check_of="draft")
    assert "not kept" in words(app)
    text = words(pasted(app, f"# Draft\n\n{sentence}\n"))
    assert "draft\\.txt" in text
    assert "stands nowhere in the text that was read" in text


def test_a_draft_that_says_nothing_of_the_library_is_told_so(page) -> None:
    assert "No sentence here says something" in words(pasted(page(check_of="draft"), "Good day."))


def test_the_readers_word_is_kept_and_taken_back(
    page, sentence, example_library, tmp_path, monkeypatch
) -> None:
    root = tmp_path / "library"
    shutil.copytree(example_library, root)
    monkeypatch.setattr("litmap.ui.state.may_change", lambda: True)
    app = pasted(page(root, check_of="draft"), sentence)
    app.checkbox[0].check().run()
    assert "Nothing to look at here among 1 claim" in words(app)
    with Library.open(root) as library:
        assert len(library.looked()) == 1
    app.session_state["check-finding"] = "looked"
    app.run()
    assert SAID in words(app).replace("\\", "")
    app.checkbox[0].uncheck().run()
    with Library.open(root) as library:
        assert library.looked() == frozenset()


def test_without_the_token_nothing_is_kept(page, sentence, example_library) -> None:
    app = pasted(page(check_of="draft"), sentence)
    assert app.checkbox[0].disabled
    assert "open the address with the token" in words(app)
    with Library.open(example_library) as library:
        check._keep_word(library, (library.works()[0].work.id, "They slept."), True)  # all the same
        assert library.looked() == frozenset()


def test_a_check_that_fails_is_told_in_words_and_tried_again(page, monkeypatch) -> None:
    monkeypatch.setattr(check_runs, "_claims_of", lambda *_: 1 / 0)
    app = pasted(page(check_of="draft"), "This one fails (Olm 1999).")
    assert any("Something went wrong" in e.value for e in app.error)
    monkeypatch.undo()


def test_the_files_of_a_draft_are_read_under_their_names_and_gone_afterwards(
    example_library, at_examples, sentence, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Library.open(example_library) as library:
        run = CheckRun(library, (DraftFile("draft.md", sentence.encode()),))
        assert run.wait(240)
        assert run.failure is None
        assert {f.claim.note for f in run.results.findings} == {"draft.md"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("draft.tex", "draft.tex"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\draft.docx", "draft.docx"),
        ("..", "draft.txt"),
        ("\x00a\nb.md", "a b.md"),
    ],
)
def test_a_file_has_a_name_and_no_folder(given, kept) -> None:
    assert check._named(given, b"").name == kept
