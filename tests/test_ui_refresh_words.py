"""A refresh in words for readers: its stages as they go, what it did, whether it is offline."""

from __future__ import annotations

import json

import pytest

from litmap import lock
from litmap.library import Library
from litmap.paths import LibraryPaths
from litmap.pipeline.kept_progress import KeptProgress, RunProgress, StageProgress, read_progress
from litmap.pipeline.report import quiet
from litmap.ui import refresh_words
from litmap.ui.refresh_words import Step

NOW = "2026-01-01T00:00:00Z"
testing = pytest.importorskip("streamlit.testing.v1")


@pytest.fixture
def paths(tmp_path, monkeypatch, state):
    monkeypatch.setenv("LITMAP_LIBRARY", str(tmp_path))
    monkeypatch.setenv("LITMAP_STATE", str(state))
    return LibraryPaths(tmp_path)


@pytest.fixture
def going(paths):
    """The progress of a refresh that holds the library's lock."""
    with lock.writer(paths.lock, NOW):
        progress = KeptProgress(paths.progress, quiet)
        progress.begin(NOW)
        yield progress
        progress.end()


def test_what_a_refresh_says_is_kept_while_it_runs(paths, going) -> None:
    told: list[tuple[object, ...]] = []
    going._shown = lambda *said: told.append(said)
    going("read", 0, 0, "a.md")
    going("read", 4, 4, "30 citations")
    going("fetch", 2, 28, "from arXiv")
    read = StageProgress("read", 4, 4, "30 citations")
    fetch = StageProgress("fetch", 2, 28, "from arXiv")
    assert read_progress(paths) == RunProgress((read, fetch), "fetch")
    assert len(told) == 3, "the terminal is told, too"
    going("notices", -1, 0, "waiting 9 s for api.crossref.org: it is busy")
    assert read_progress(paths).stages[-1].text.startswith("waiting 9 s")
    going.end()
    assert not paths.progress.exists()


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", json.dumps({"started": NOW}), '{"stages": [[1]]}']
)
def test_a_file_that_is_damaged_or_of_another_run_tells_nothing(paths, content) -> None:
    with lock.writer(paths.lock, NOW):
        paths.progress.write_text(content)
        assert read_progress(paths) == RunProgress()
        other = {"started": "2025", "last": "read", "stages": [["read", 1, 1, ""]]}
        paths.progress.write_text(json.dumps(other))
        assert read_progress(paths) == RunProgress()


def test_of_a_run_that_ended_nothing_is_told(paths, going) -> None:
    going("read", 1, 1)
    kept = paths.progress.read_bytes()
    assert read_progress(paths).stages
    going.end()
    paths.progress.write_bytes(kept)
    with lock.writer(paths.root / "other.lock", NOW):
        assert read_progress(LibraryPaths(paths.root / "absent")) == RunProgress()


def test_stages_are_over_when_another_goes_on_but_for_those_that_go_on_at_once() -> None:
    stages = (
        StageProgress("read", 4, 4, "30 citations"),
        StageProgress("resolve", 29, 30, "A title"),
        StageProgress("fetch", 7, 28, "from arXiv"),
        StageProgress("extract", 3, 0, "A title"),
        StageProgress("embed", 60, 0, "passages"),
    )
    assert refresh_words.steps(RunProgress(stages, "extract")) == [
        Step("Reading your notes", "4 notes, 30 citations", is_over=True),
        Step("Looking up the works they cite", "29 citations", is_over=True),
        Step("Looking for free PDFs", "7 of 28 works, from arXiv", is_over=False, share=0.25),
        Step("Reading the PDFs", "3 PDFs, A title", is_over=False),
        Step("Preparing passages for search", "60 passages", is_over=False),
    ]


def test_every_count_and_part_of_a_real_refresh_has_words(example_library) -> None:
    with Library.open(example_library) as library:
        report = library.runs(1)[0].report
    known = {name for parts in refresh_words.TIMES.values() for name in parts} | {"build"}
    assert set(report["seconds"]) <= known
    done = " ".join(refresh_words.what_was_done(report["counts"]))
    assert "Your notes cite 28 works in 34 places of 4 notes." in done
    assert "can be searched, all of them new." in done
    assert "_" not in done
    assert any(
        words.startswith("reading PDFs ") for words in refresh_words.how_long(report["seconds"])
    )


def test_papers_that_the_reader_added_are_not_called_cited() -> None:
    counts = {"works": 14, "cited": 11, "mentions": 18, "notes": 3}
    assert refresh_words.what_was_done(counts)[0] == (
        "Your notes cite 11 works in 18 places of 3 notes. You added 3 others."
    )


def test_numbers_are_told_in_sentences() -> None:
    counts = {
        "works": 1, "mentions": 2, "passages": 300, "new_passages": 12, "model_before": "old",
        "news": 1, "new_papers": 2, "looked_through": 120, "offline": 1, "marks": 1,
        "delivered": {"mail": 3}, "memory_megabytes": 800, "build": "x",
        "written": {"by": "m", "summaries": 3, "of_summaries": 4, "labels": 0, "of_labels": 1},
    }  # fmt: skip
    assert refresh_words.what_was_done(counts) == [
        "Your notes cite 1 work in 2 places.",
        "300 passages can be searched, 12 of them new.",
        "Search uses another model than before (old), so all passages were prepared anew.",
        "1 mark of yours in PDFs is new.",
        "1 piece of news.",
        "2 new papers to look at, of 120 looked through.",
        "3 of 5 texts written by m are shown.",
        "mail was told 3 of your news.",
        "It was offline: nothing was asked of the network.",
    ]
    assert refresh_words.what_was_done({}) == []


def shown(page) -> str:
    kinds = ("markdown", "caption", "title")
    return "\n".join(str(e.value) for kind in kinds for e in getattr(page, kind))


def test_the_stages_of_a_first_refresh_are_shown_as_it_goes(going) -> None:
    def script():
        from litmap.ui import first_steps

        first_steps.welcome()

    page = testing.AppTest.from_function(script, default_timeout=240).run()
    assert "about to begin" in shown(page)
    going("read", 4, 4, "30 citations")
    going("topics", 0, 28)
    page.run()
    assert not page.exception
    assert ":green[:material/check:] Reading your notes :gray[4 notes, 30 citations]" in shown(page)
    (bar,) = page.get("progress")
    assert "Filing papers under your headings" in str(bar.proto)


def test_whether_it_is_offline_is_kept_until_the_page_is_visited_again(paths) -> None:
    def script():
        import streamlit as st

        from litmap.ui import refresh_process

        if st.radio("Page", ["here", "elsewhere"]) == "here":
            refresh_process.offline_box()

    page = testing.AppTest.from_function(script, default_timeout=240).run()
    assert not page.checkbox[0].value
    page.checkbox[0].check().run()
    page.radio[0].set_value("elsewhere").run()
    assert not page.checkbox
    page.radio[0].set_value("here").run()
    assert page.checkbox[0].value


def test_the_settings_say_whether_it_is_offline_at_first(paths, monkeypatch) -> None:
    monkeypatch.setenv("LITMAP_OFFLINE", "true")

    def script():
        from litmap.ui import refresh_process

        refresh_process.offline_box()

    page = testing.AppTest.from_function(script, default_timeout=240).run()
    assert page.checkbox[0].value
