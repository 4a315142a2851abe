"""Papers without a PDF: JATS, HTML and EPUB from the drop folder to search, summaries and the app."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from litmap.examples import PAPERS

import litmap.ui
from litmap import pdfs, text
from litmap.cli import main
from litmap.errors import NotFound, WebError
from litmap.library import Library
from litmap.library.results import place_of
from litmap.models import Chunk, Download, Location, Response, Work
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

CLAIM = "In this paper, we show how warm lakes drive perch from the shore into deep and cold water."


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
        f"<sec><title>Introduction</title><p>{SENTENCES} {CLAIM}</p></sec>"
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
    assert len(marked) == 1  # beside the result, in which the query's words are bold
    assert not any("<b>" in m or "](javascript" in m for m in shown)


# ── fetched where no PDF can be had ──────────────────────────────────────────────────────────────
ARXIV_PDF, ARXIV_HTML = (
    "https://export.arxiv.org/pdf/2401.01234v2",
    "https://arxiv.org/html/2401.01234v2",
)
ARTICLE = latexml(section("Introduction", *[SENTENCES] * 6))


class Web:
    """Answers by address: bytes, or an error; what is not there is not found."""

    def __init__(self, **answers):
        self.answers = {
            ARXIV_PDF: answers.get("pdf"),
            ARXIV_HTML: answers.get("html"),
            JATS_URL: answers.get("jats"),
        }
        self.asked = []

    def _answer(self, url):
        self.asked.append(url)
        answer = self.answers.get(url) or NotFound("not there (404)")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def get(self, request):
        return Response(request.url, 200, {}, self._answer(request.url))

    def download(self, url, partial, *, etag="", last_modified="", limit=None):
        content = self._answer(url)
        partial.write_bytes(content)
        return Download(url, 200, {}, partial, len(content), hashlib.sha256(content).hexdigest())


JATS_URL = "https://epmc.example.org/PMC1/fullTextXML"
LAKES = Work(
    "arxiv:2401.01234",
    "Slow lakes of the north",
    ("Ingrid Sund",),
    2024,
    ids=("arxiv:2401.01234",),
    arxiv_version=2,
)
PERCH = Work("doi:10.5555/lake.1", "Warm lakes and Perca", ("Ingrid Sund", "Pavel Orlik"), ids=("doi:10.5555/lake.1",),
             locations=(Location(JATS_URL, "jats", "Europe PMC", "open"),))  # fmt: skip


def fetch(tmp_path, work, known=None, **answers):
    paths, web = LibraryPaths(tmp_path), Web(**answers)
    store = pdfs.Store(paths.root, paths.pdf, paths.partial, paths.aside)
    [outcome] = pdfs.fetch(
        [work], web, store=store, now="2026-11-28T12:00:00Z", read_preview=text.read_preview,
        known={work.id: known} if known else None,
    )  # fmt: skip
    return outcome, web.asked


def test_arxivs_html_is_taken_where_there_is_no_pdf_and_only_there(tmp_path):
    outcome, asked = fetch(tmp_path, LAKES, html=ARTICLE)
    assert asked == [ARXIV_PDF, ARXIV_HTML]
    assert (outcome.status, outcome.pdf.ending, outcome.pdf.version) == ("fetched", ".html", 2)
    assert "no PDF could be had" in outcome.reason
    assert not outcome.transient
    assert (tmp_path / outcome.pdf.path).read_bytes() == ARTICLE
    pdf = sorted(PAPERS.glob("*.pdf"))[0].read_bytes()
    outcome, asked = fetch(
        tmp_path / "other", replace(LAKES, title="", authors=()), pdf=pdf, html=ARTICLE
    )
    assert asked == [ARXIV_PDF]
    assert outcome.pdf.has_pages


def test_jats_that_a_source_names_is_taken_and_checked(tmp_path):
    outcome, asked = fetch(tmp_path, PERCH, jats=paper())
    assert asked[-1] == JATS_URL
    assert (outcome.status, outcome.pdf.ending) == ("fetched", ".xml")
    other = replace(PERCH, id="title:x", title="Deep sea vents", authors=("Bo Chen",), ids=())
    outcome, _ = fetch(tmp_path, other, jats=paper())
    assert (outcome.status, outcome.pdf) == ("unsure", None)
    assert list((tmp_path / "aside").glob("*.xml"))


def test_a_text_is_kept_while_its_pdf_is_asked_for_again(tmp_path):
    slow = WebError("no answer in time", transient=True)
    first, _ = fetch(tmp_path, LAKES, pdf=slow, html=ARTICLE)
    assert first.transient  # the next refresh asks for the PDF
    again, asked = fetch(tmp_path, LAKES, known=first.pdf, html=ARTICLE)
    assert asked == [ARXIV_PDF, ARXIV_HTML]
    assert (again.status, again.pdf.sha256) == ("fetched", first.pdf.sha256)
    gone, _ = fetch(tmp_path, LAKES, known=first.pdf)
    assert (gone.status, gone.pdf) == ("fetched", first.pdf)
    by_hand = replace(first.pdf, url="", version=None)
    kept, asked = fetch(tmp_path, LAKES, known=by_hand, html=ARTICLE)
    assert (asked, kept.pdf) == ([ARXIV_PDF], by_hand)


def test_a_page_without_the_article_is_no_text_and_not_asked_for_by_every_refresh(tmp_path):
    page = b"<html><body><h1>HTML is not available for the source</h1></body></html>"
    outcome, _ = fetch(tmp_path, LAKES, html=page)
    assert (outcome.status, outcome.transient) == ("metadata-only", False)
