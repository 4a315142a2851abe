"""Unsure works settled and fields corrected in the app: the catalogue has it at once."""

from __future__ import annotations

import shutil

import pytest

from litmap.catalogue import Catalogue
from litmap.library import Library
from litmap.library.settling import agreements
from litmap.models import Citation, Mention, Reference, Resolution, Work
from litmap.pipeline import kept_places
from litmap.pipeline.overrides import correct, decisions, settle
from litmap.settings import load_settings

NOW = "2026-11-28T10:00:00Z"
UNSURE = Work("title:0", "Tides in deep water")
RIGHT = Work(
    "doi:10.9999/tides",
    "Tides of <b>deep</b> water",
    authors=("Mira Okafor", "Jan Tveit"),
    year=2015,
    venue="Journal of Harbours",
    ids=("doi:10.9999/tides",),
)
OTHER = Work("arxiv:2001.00001", "Deep water", authors=("Ann Other",), year=2020)
SAID = Reference("Okafor 2015, tides", "Tides of deep water", ("Okafor",), 2015)


@pytest.fixture
def library(example_library, tmp_path):
    """A copy of the example library with an unsure work."""
    root = tmp_path / "library"
    shutil.copytree(example_library, root)
    mention = Mention("n.md", 7, "Okafor 2015", ("Harbours",), "see *Okafor* 2015 on tides", "x")
    with Catalogue.create(root / "catalogue.sqlite") as catalogue, catalogue.write():
        citation = Citation("k", "title", SAID, (mention,))
        catalogue.put_notes(catalogue.notes(), [*catalogue.citations(), citation])
        catalogue.put_resolution(Resolution("k", UNSURE, "unsure", "two", (RIGHT, OTHER)), NOW)
    return root


@pytest.fixture
def page(draw_page, library):
    """Draws the page 'To settle'; or a paper's form to correct it."""

    def script(work: str) -> None:
        import streamlit

        from litmap.ui import frame, kept_words, navigation, settling, state

        streamlit.navigation(navigation.make_pages(frame.guarded), position="hidden")
        if work:
            opened = state.library()
            kept_words.offer_refresh(opened)
            settling.correct_form(opened, opened.work(work))
        else:
            frame.guarded(settling.page)()

    return lambda work="": draw_page(library, script, work)


def words(app) -> str:
    assert not app.exception
    kinds = ("header", "markdown", "caption", "info", "success", "warning", "error")
    return "\n".join(str(e.value) for kind in kinds for e in getattr(app, kind))


def plain(app) -> str:
    return words(app).replace("\\", "")


def press(app, key):
    return next(b for b in app.button if str(b.key).startswith(key)).click().run()


def works(library):
    with Library.open(library) as opened:
        return {entry.work.id: entry for entry in opened.works()}


def settings_of(library):
    return load_settings({"library": library}, environment={})


def test_each_field_of_a_candidate_is_held_against_the_note() -> None:
    assert [(row.field, row.stands) for row in agreements([SAID], RIGHT)] == [
        ("Title", "same"),
        ("Authors", "same"),
        ("Year", "same"),
        ("Venue", "not in your notes"),
    ]
    assert [row.stands for row in agreements([SAID], OTHER)] == [
        "differs",
        "differs",
        "differs",
        "not in your notes",
    ]
    assert {row.stands for row in agreements([], RIGHT)} == {"not in your notes"}


def test_the_page_shows_the_note_with_its_line_and_both_candidates_escaped(page) -> None:
    text = words(page())
    assert "n.md, line 7" in text.replace("\\", "")
    assert "Tides of \\<b\\>deep" in text
    assert "**Deep water**" in text
    assert "Authors: Mira Okafor and Jan Tveit" in text
    assert ":orange[:material/close:] differs" in text


def test_this_one_takes_effect_at_once_and_a_refresh_is_offered(page, library) -> None:
    app = press(page(), f"settle-{UNSURE.id}-{RIGHT.id}")
    assert "“Okafor 2015” is “" in words(app)
    assert "Okafor 2015" not in [heading.value for heading in app.header]
    assert any(b.label == "Refresh now" for b in app.button)
    entry = works(library)[RIGHT.id]
    assert (entry.status, entry.work.year) == ("pending", 2015)


def test_a_choice_that_is_taken_back_is_to_settle_again(page, library) -> None:
    press(page(), f"settle-{UNSURE.id}-{RIGHT.id}")
    press(page(RIGHT.id), f"unsay-{RIGHT.id}-")
    text = words(page())
    assert "**Deep water**" in text
    assert works(library)[UNSURE.id].candidates == (RIGHT, OTHER)


def test_what_the_notes_name_and_nobody_knows_is_shown_to_be_named(page, library) -> None:
    unknown = Mention("n.md", 9, "Sagun, eigenvalues", ("Harbours",), "see Sagun, eigenvalues", "x")
    with Catalogue.create(library / "catalogue.sqlite") as catalogue, catalogue.write():
        said = Citation("u", "title", Reference("Sagun, eigenvalues", "Eigenvalues"), (unknown,))
        catalogue.put_notes(catalogue.notes(), [*catalogue.citations(), said])
        catalogue.put_resolution(Resolution("u", None, "not-found", "nobody knows it"), NOW)
    app = page()
    text = words(app).replace("\\", "")
    assert "Named in your notes, not found" in text
    assert "n.md, line 9" in text
    press(app, "settle-none-u")
    assert "n.md, line 9" not in plain(page())


def test_none_of_these_takes_the_work_out(page, library) -> None:
    press(page(), f"settle-none-{UNSURE.id}")
    assert not {UNSURE.id, RIGHT.id, OTHER.id} & works(library).keys()


def test_an_identifier_of_the_readers_own_is_looked_up_by_the_next_refresh(page, library) -> None:
    app = page()
    app.text_input(key=f"settle-id-{UNSURE.id}").set_value("https://arxiv.org/abs/1611.03530").run()
    press(app, f"settle-other-{UNSURE.id}")
    assert works(library)[UNSURE.id].reason == "you said that it is arxiv:1611.03530"


def test_what_is_no_identifier_changes_nothing_and_is_said(page, library) -> None:
    app = page()
    app.text_input(key=f"settle-id-{UNSURE.id}").set_value("the right one").run()
    app = press(app, f"settle-other-{UNSURE.id}")
    assert "nor an identifier" in app.toast[0].value
    assert works(library)[UNSURE.id].status == "unsure"


def test_a_visitor_without_the_token_settles_nothing(page, library, monkeypatch) -> None:
    app = page()
    monkeypatch.setattr("litmap.ui.state.may_change", lambda: False)
    app = press(app, f"settle-{UNSURE.id}-{RIGHT.id}")
    assert all(b.disabled for b in app.button if str(b.key).startswith("settle-"))
    assert works(library)[UNSURE.id].status == "unsure"


def test_fields_are_corrected_and_taken_back(page, library) -> None:
    work = next(e.work for e in works(library).values() if e.pdf and e.work.year)
    app = page(work.id)
    next(t for t in app.text_input if t.label == "Year").set_value("1999")
    next(t for t in app.text_input if t.label == "DOI").set_value("https://doi.org/10.9999/X")
    app = press(app, f"correct-{work.id}-go")
    corrected = works(library)[work.id].work
    assert (corrected.year, corrected.identifier("doi")) == (1999, "10.9999/x")
    assert corrected.title == work.title
    assert [d["field"] for d in decisions(settings_of(library))] == ["doi", "year"]
    app = press(app, f"unsay-{work.id}-year")
    assert "Taken back: the year is 1999." in plain(app)
    half = works(library)[work.id].work
    assert (half.year, half.identifier("doi")) == (work.year, "10.9999/x")
    assert [d["field"] for d in decisions(settings_of(library))] == ["doi"]
    press(app, f"unsay-{work.id}-doi")
    assert works(library)[work.id].work == work


def test_each_word_is_taken_back_alone_and_says_what_it_was(page, library) -> None:
    """A choice between candidates, a field and a move: the three kinds of a word."""
    settings = settings_of(library)
    settle(settings, UNSURE.id, RIGHT.id)
    correct(settings, RIGHT.id, ["authors=Mira Okafor; Jan *Tveit*"])
    with Library.open(library) as opened:
        kept_places.move(settings, [RIGHT.id], opened.places[0])
    app = page(RIGHT.id)
    labels = [b.label for b in app.button if str(b.key).startswith("unsay-")]
    assert labels == [
        "Take back which work is meant",
        "Take back the authors",
        "Take back the move",
    ]
    assert f"it is {RIGHT.id}" in plain(app)
    assert "Jan \\*Tveit\\*" in words(app)
    press(app, f"unsay-{RIGHT.id}-heading")
    assert [d["field"] for d in decisions(settings)] == ["", "authors"]
    app = press(page(RIGHT.id), f"unsay-{RIGHT.id}--")
    assert "It is among those to settle again" in app.success[0].value
    assert [d["field"] for d in decisions(settings)] == ["authors"]


def test_a_word_of_two_citations_of_a_work_is_one_line(page, library) -> None:
    settings = settings_of(library)
    with Catalogue.create(library / "catalogue.sqlite") as catalogue, catalogue.write():
        mention = Mention("m.md", 1, "Tides", ("Harbours",), "Tides", "y")
        again = Citation("again", "title", SAID, (mention,))
        catalogue.put_notes(catalogue.notes(), [*catalogue.citations(), again])
        catalogue.put_resolution(Resolution("again", UNSURE, "unsure", "two", (RIGHT,)), NOW)
    settle(settings, UNSURE.id, RIGHT.id)
    assert len(decisions(settings)) == 2
    app = page(RIGHT.id)
    assert len([b for b in app.button if str(b.key).startswith("unsay-")]) == 1
    press(app, f"unsay-{RIGHT.id}--")
    assert decisions(settings) == []


def test_a_corrected_doi_has_the_pdf_looked_for_again(library) -> None:
    missing = next(e for e in works(library).values() if e.tried and not e.pdfs)
    correct(settings_of(library), missing.work.id, ["doi=10.9999/another"])
    entry = works(library)[missing.work.id]
    assert not entry.tried
    assert entry.work.identifier("doi") == "10.9999/another"
