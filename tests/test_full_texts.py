"""Papers without a PDF: JATS, HTML and EPUB from the drop folder to search, summaries and the app."""

import shutil
from pathlib import Path

import pytest
from litmap.examples import PAPERS

import litmap.ui
from litmap.cli import main
from litmap.library import Library
from litmap.library.results import place_of
from litmap.models import Chunk
from litmap.parsing.places import page_place, paragraph_place
from litmap.paths import LibraryPaths
from litmap.pipeline import add_dropped
from litmap.settings import load_settings
from litmap.ui import access, formatting
from tests.marked_up import SENTENCES, jats, latexml, section, write_epub

DEEP = (
    "Perch fed on drifting amphipods below the thermocline during every August of the survey. "
    "We show that the perch left the surface when amphipods became scarce in warm water. "
    "The <b>catch</b> [x](javascript:alert(1)) fell by half within two seasons of heat."
)


@pytest.fixture
def settings(tmp_path):
    notes = tmp_path / "lakes.md"
    notes.write_text(
        "# Warm lakes\n\n- Sund and Orlik (2020). Warm lakes and Perca. https://doi.org/10.5555/lake.1\n"
    )
    state = tmp_path / "state"
    return load_settings(
        {"library": tmp_path / "library", "notes": (str(notes),), "state": state, "offline": True}
    )


def paper():
    escaped = DEEP.replace("<", "&lt;").replace(">", "&gt;")
    body = (
        f"<sec><title>Introduction</title><p>{SENTENCES}</p></sec>"
        f"<sec><title>Results</title><p>{SENTENCES}</p><p>{escaped}</p></sec>"
    )
    return jats(body=body)


def drop(settings, name, content):
    papers = LibraryPaths(settings.library).papers
    papers.mkdir(parents=True, exist_ok=True)
    (papers / name).write_bytes(content)
    return add_dropped(settings)


@pytest.fixture
def with_text(settings):
    from litmap.pipeline import RefreshRun

    with RefreshRun(settings) as run:
        run.read_notes()
    report = drop(settings, "article.xml", paper())
    assert not report["problems"]
    return settings


def test_a_text_is_found_cited_by_section_and_paragraph(with_text, capsys):
    with Library.open(settings=with_text) as library:
        (entry,) = library.works()
        assert (entry.status, entry.work.id) == ("fetched", "doi:10.5555/lake.1")
        assert (entry.pdf.ending, entry.pdf.pages, entry.pdf.has_pages) == (".xml", 4, False)
        assert library.pdf_path(entry.pdf).read_bytes() == paper()
        hit = library.search("perch left the surface when amphipods became scarce").hits[0]
        assert hit.place == "§ Results, ¶ 4"
        record = hit.as_json()
        assert (record["place"], record["page"], record["paragraph"]) == (hit.place, 0, 4)
        assert (record["rects"], record["spans"], record["section"]) == ([], [], "Results")
        assert (
            library.locate("fed on drifting amphipods below the thermocline").hits[0].place
            == hit.place
        )
        sentences = library.summary(entry.work.id).as_json()["sentences"]
        assert sentences
        assert all(s["place"].startswith("§ ") and s["page"] == 0 for s in sentences)
    assert main(["search", "amphipods became scarce", "--library", str(with_text.library)]) == 0
    assert "§ Results, ¶ 4" in capsys.readouterr().out


def test_a_pdf_takes_the_place_of_a_text_and_a_text_never_that_of_a_pdf(with_text):
    pdf = sorted(PAPERS.glob("*.pdf"))[0]
    shutil.copy(pdf, LibraryPaths(with_text.library).papers / "10.5555_lake.1.pdf")
    add_dropped(with_text)
    with Library.open(settings=with_text) as library:
        (entry,) = library.works()
        assert entry.pdf.has_pages
        assert library.search("amphipods").hits[0].has_page
    drop(with_text, "article again.xml", paper() + b"\n")
    with Library.open(settings=with_text) as library:
        (entry,) = library.works()
        assert entry.pdf.has_pages
        assert len(entry.pdfs) == 3


def test_pages_and_books_in_the_drop_folder_are_works_with_their_people(settings, tmp_path):
    content = latexml(section("Introduction", *[SENTENCES] * 6))
    drop(settings, "saved.html", content)
    frames = LibraryPaths(settings.library).papers / "saved_files"
    frames.mkdir()
    (frames / "frame.html").write_text("<html><body>ad</body></html>")
    path = write_epub(tmp_path / "book.epub", [("One", f"<p>{SENTENCES}</p>")])
    report = drop(settings, "book.epub", path.read_bytes())
    assert not report["problems"]
    with Library.open(settings=settings) as library:
        found = {e.work.title: (e.work.authors, e.pdf.ending) for e in library.works() if e.pdf}
    assert found == {
        "Slow lakes of the north": (("Ingrid Sund",), ".html"),
        "The book of lakes": (("Ingrid Sund",), ".epub"),
    }


def test_add_takes_texts_under_their_true_ending(settings, tmp_path):
    file = tmp_path / "download"
    file.write_bytes(paper())
    assert main(["add", str(file), "--library", str(settings.library), "--json"]) == 0
    papers = LibraryPaths(settings.library).papers
    assert [path.name for path in papers.iterdir()] == ["download.xml"]
    file.write_text("nothing of the kind")
    assert main(["add", str(file), "--library", str(settings.library), "--json"]) == 2


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (page_place(7), "p. 7"),
        (page_place(0), ""),
        (paragraph_place(12, "2 Methods"), "§ 2 Methods, ¶ 12"),
        (paragraph_place(3), "¶ 3"),
        (paragraph_place(0, "Methods"), ""),
        (place_of(Chunk("text:aa", 0, "x", section="A", page=2)), "§ A, ¶ 2"),
        (place_of(Chunk("aa", 0, "x", section="A", page=2)), "p. 2"),
    ],
)
def test_places_are_said_by_page_or_by_section_and_paragraph(place, said):
    assert place == said


def test_long_names_of_sections_are_cut_at_a_word():
    place = paragraph_place(1, "word " * 40)
    assert place.startswith("§ word word")
    assert place.endswith("word …, ¶ 1")


@pytest.mark.parametrize(
    ("text", "passage", "span"),
    [
        ("One. Two. Three.", "Two.", (5, 9)),
        ("One. Two.", "Zero. One. Two. Three.", (0, 9)),
        ("One.", "Two.", (0, 0)),
        ("One.", "", (0, 0)),
    ],
)
def test_a_passage_is_found_in_its_paragraph(text, passage, span):
    assert formatting.find_passage(text, passage) == span


def test_the_app_shows_the_paragraphs_with_the_passage_marked_and_all_escaped(
    with_text, monkeypatch
):
    testing = pytest.importorskip("streamlit.testing.v1")
    monkeypatch.setenv("LITMAP_LIBRARY", str(with_text.library))
    monkeypatch.setattr(access, "_current", [access.Access("token", 1, frozenset())])
    monkeypatch.setattr(access.Access, "holds_token", lambda *_: False)
    app = testing.AppTest.from_file(
        str(Path(litmap.ui.__file__).parent / "app.py"), default_timeout=240
    )
    app.query_params["q"] = "perch left the surface when amphipods became scarce"
    app.run()
    assert not app.exception
    shown = [m.value for m in app.markdown]
    captions = [c.value for c in app.caption]
    assert "¶ 4" in captions
    assert any("Results" in b.label for b in app.button)
    marked = [m for m in shown if ":orange-background[" in m and "amphipods became scarce" in m]
    assert len(marked) == 2  # the result, and the paragraph beside it
    assert not any("<b>" in m or "](javascript" in m for m in shown)
