"""Files that name a work and are another: replies, errata, templates, lists; and what a file that
goes away takes with it.
"""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from litmap import pdfs
from litmap.catalogue.entries import Entry, entries
from litmap.cli.write_commands import missing_fields, tell_file
from litmap.models import Resolution, Work
from litmap.paths import LibraryPaths
from litmap.pdfs.drop_folder import own_ids
from litmap.pdfs.printed_titles import find_spots, names_notice
from litmap.pdfs.verify import Verdict, is_readable, verify
from litmap.pipeline import RefreshRun
from litmap.pipeline.collaborators import Collaborators
from litmap.settings import load_settings
from litmap.text import Preview
from litmap.text.own_ids import is_in_sentence
from tests.marked_up import write_epub

NOW = "2026-11-20T12:00:00Z"
DOI = "doi:10.5555/el.2021.33"
TITLE = "Salt and Silence: Marsh Plants after the Dams"
PEOPLE = ("Edda Kowalczyk", "Tomás Iriarte", "Miriam Oduya")
WORK = Work(DOI, TITLE, PEOPLE, 2021, ids=(DOI,))
BYLINE = "Edda Kowalczyk, Tomás Iriarte and Miriam Oduya"
PROSE = "\n\n" + "We study how the marshes respond to dams, and we find that the soil changes. " * 9
CITED = f"Kowalczyk, E., Iriarte, T. & Oduya, M. {TITLE}. Estuarine Letters 12 (2021)."


def look(*lines, title=None, ids=(DOI,)):
    title = lines[0] if title is None else title
    return Preview(title, "\n\n".join(lines) + PROSE, ids, metadata_title="", pages=3)


KINDS = {
    "the paper": (look(TITLE, BYLINE), Verdict.RIGHT),
    "the paper without its DOI": (look(TITLE, BYLINE, ids=()), Verdict.RIGHT),
    "the paper below the name of a section": (
        look("Research article", TITLE, BYLINE),
        Verdict.RIGHT,
    ),
    "the retracted paper itself": (look(f"RETRACTED ARTICLE: {TITLE}", BYLINE), Verdict.RIGHT),
    "the paper behind a repository's page": (
        look("Northmouth Research Repository Online", TITLE, BYLINE, f"Citation: {CITED}"),
        Verdict.RIGHT,
    ),
    "the paper behind a page that only cites it": (
        look("Estuarine Letters", f"Recommended citation: {CITED}"),
        Verdict.RIGHT,
    ),
    "an erratum": (look("Erratum", TITLE, BYLINE, title=TITLE), Verdict.WRONG),
    "a correction": (look(f"Author Correction: {TITLE}", BYLINE), Verdict.WRONG),
    "a correction in German": (look(f"Berichtigung zu: {TITLE}", BYLINE), Verdict.WRONG),
    "a correction in Chinese": (look(f"更正：{TITLE}", BYLINE), Verdict.WRONG),
    "a retraction notice": (look(f"Retraction Note: {TITLE}", BYLINE), Verdict.WRONG),
    "a reply": (look(f"Comment on “{TITLE}”", "Jorge Velasco"), Verdict.WRONG),
    "a reply to people": (
        look("Marshes Are Loud: a reply to Kowalczyk, Iriarte and Oduya", "Jorge Velasco"),
        Verdict.WRONG,
    ),
    "a review in Spanish": (look(f"Reseña de {TITLE}", "Lucía Ferrán"), Verdict.WRONG),
    "a supplement": (
        look("Supplementary Information for", TITLE, BYLINE, title=TITLE),
        Verdict.WRONG,
    ),
    "a supplement named below the title": (
        look(TITLE, "Matériel supplémentaire", BYLINE),
        Verdict.WRONG,
    ),
    "a template's footer": (
        look("Grain Prices in Three Baltic Ports", "Pille Tamm"),
        Verdict.WRONG,
    ),
    "a footer of one of its own people": (
        look("Grain Prices in Three Baltic Ports", "Miriam Oduya"),
        Verdict.UNSURE,
    ),
    "an article about it": (
        look("When the marsh goes quiet", "By Hal Dorsey. Edda Kowalczyk walks through reeds."),
        Verdict.UNSURE,
    ),
    "an author's thesis": (
        look("Plants at the Edge of the Sea", "Miriam Oduya", f"Papers: I. {CITED}"),
        Verdict.WRONG,
    ),
    "a table of contents": (
        look("Estuaries", f"{TITLE} ..... 33", BYLINE, "Tides and Time ..... 48", ids=()),
        Verdict.WRONG,
    ),
    "a later paper that names it": (
        look("Silence Again: Ten Years of Plants", BYLINE, f"We extend {TITLE} (2021).", ids=()),
        Verdict.WRONG,
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_title_and_people_outweigh_an_identifier_that_contradicts_them(kind):
    preview, verdict = KINDS[kind]
    assert verify(preview, WORK) == verdict


@pytest.mark.parametrize("kind", [k for k, (_, v) in KINDS.items() if v == Verdict.WRONG])
def test_a_trusted_address_makes_no_other_paper_the_right_one(kind):
    assert verify(KINDS[kind][0], WORK, trusted=True) == Verdict.WRONG


def test_a_notice_is_the_right_file_of_the_notice():
    notice = replace(WORK, title=f"Erratum to: {TITLE}")
    assert verify(look(notice.title, BYLINE), notice) == Verdict.RIGHT


def test_the_readers_words_for_a_link_contradict_no_identifier():
    one = Work(DOI, "the quiet marsh paper", ids=(DOI,))
    assert verify(look(TITLE, BYLINE), one) == Verdict.RIGHT


def test_a_text_in_another_script_contradicts_no_identifier():
    text = "堤坝之后的盐沼植物研究与寂静的湿地 " * 30
    assert (
        verify(replace(look(""), title="堤坝 之后 的 盐沼 植物", text=text), WORK) == Verdict.RIGHT
    )


@pytest.mark.parametrize(
    ("before", "cites"),
    [
        ("As was shown in ", True),
        ("This article is a reply to the paper with ", True),
        ("data are available at https://", True),
        ("Garden Letters 3, 2019. https://", False),
        ("To cite this article: ", False),
        ("", False),
        ("Article ", False),
    ],
)
def test_a_doi_in_a_sentence_is_no_papers_own(before, cites):
    assert is_in_sentence(before) is cites


def test_of_several_dois_none_is_the_files_own_and_no_other_works():
    one, two = "doi:10.5555/a", "doi:10.5555/b"
    assert own_ids(look("A", ids=(one,)), {}) == (one,)
    assert own_ids(look("A", ids=(one, two, "arxiv:1706.90762")), {}) == ("arxiv:1706.90762",)
    assert own_ids(look("A", ids=(DOI,)), {DOI: WORK}) == ()


@pytest.mark.parametrize(
    ("line", "is_head", "is_of_notice"),
    [
        (f"Title: {TITLE}", True, False),
        (f"{TITLE} ..... 33", False, False),
        (f"as she told in {TITLE}", False, False),
        (f"Reply to Kowalczyk et al.: {TITLE}", False, True),
        (f"{TITLE} (Corrigendum)", True, True),
    ],
)
def test_a_title_stands_alone_in_a_line_or_beside_a_word_that_says_what_it_is(
    line, is_head, is_of_notice
):
    (spot,) = find_spots(TITLE, f"\n{line}\n")
    assert (spot.is_head, spot.is_of_notice) == (is_head, is_of_notice)


@pytest.mark.parametrize(
    ("title", "is_one"),
    [
        ("Retraction notice to “Salt”", True),
        ("Ответ на статью о солончаках", True),
        ("Salt: a response to Reed", True),
        ("RETRACTED: Salt", False),
        ("Error correction in marshes", False),
    ],
)
def test_titles_of_notices_and_replies(title, is_one):
    assert names_notice(title) is is_one


@pytest.mark.parametrize(
    "text",
    [
        "Estudiamos cómo las marismas del norte responden a la construcción de presas. ",
        "Studiamo come le paludi del nord rispondono alla costruzione di una diga. ",
        "Badamy, jak bagna na północy się zmieniają oraz że nie jest to przez wodę. ",
    ],
)
def test_texts_of_many_languages_can_be_read(text):
    assert is_readable(text * 9)


# ── the library ───────────────────────────────────────────────────────────────────────────────────
NOTES = f"# Marshes\n\n- Kowalczyk, E. and Oduya, M. (2021). {TITLE}. {DOI}\n"


@pytest.fixture
def settings(tmp_path, state):
    note = tmp_path / "marsh.md"
    note.write_text(NOTES, "utf-8")
    return load_settings(
        {"library": tmp_path / "library", "notes": (str(note),), "state": state, "offline": True}
    )


def make_pdf(path, *lines):
    pymupdf = pytest.importorskip("pymupdf")
    with pymupdf.open() as pdf:
        page = pdf.new_page()
        for n, (line, size) in enumerate(zip(lines, (18, 11, 10, 9), strict=False)):
            page.insert_textbox((60, 60 + 70 * n, 530, 800), line, fontsize=size)
        pdf.save(path)


def works_after_filing(settings, *, files):
    """The library's works by title, once the drop folder holds just these files."""
    papers = LibraryPaths(settings.library).papers
    shutil.rmtree(papers, ignore_errors=True)
    papers.mkdir(parents=True)
    for name, lines in files.items():
        make_pdf(papers / name, *lines)
    with RefreshRun(settings) as run:
        run.read_notes()
        list(run.pdf_batches())
        problems = [(Path(p.subject).name, p.reason) for p in run.report.problems]
        return {e.work.title: e for e in entries(run.catalogue)}, problems


PAPER = (TITLE, BYLINE, PROSE, "Estuarine Letters 12. https://doi.org/10.5555/el.2021.33")
OTHER = ("Grain Prices in Three Ports", "Miriam Oduya", PROSE, PAPER[-1])


def test_a_file_that_leaves_the_drop_folder_takes_what_it_did_with_it(settings):
    works, problems = works_after_filing(settings, files={"a.pdf": PAPER})
    assert (works[TITLE].status, problems) == ("fetched", [])
    works, _ = works_after_filing(settings, files={})
    assert (works[TITLE].status, works[TITLE].pdf, works[TITLE].dropped) == ("pending", None, False)


def test_a_file_that_is_replaced_counts_as_what_it_is_now(settings):
    works_after_filing(settings, files={"a.pdf": PAPER})
    lichens = ("Lichens on the Harbour Wall", "Jo Rowe", PROSE)
    works, _ = works_after_filing(settings, files={"a.pdf": lichens})
    assert works[TITLE].pdf is None and works[lichens[0]].status == "fetched"
    works, _ = works_after_filing(settings, files={"a.pdf": PAPER})
    assert works.keys() == {TITLE} and works[TITLE].status == "fetched"


def test_a_doubt_is_told_by_the_report_and_the_works_and_mended_by_a_name(settings):
    works, problems = works_after_filing(settings, files={"a.pdf": OTHER})
    assert works[OTHER[0]].status == "fetched" and DOI not in works[OTHER[0]].work.ids
    ((file, reason),) = problems
    assert (works[TITLE].status, works[TITLE].reason, file) == ("unsure", reason, "a.pdf")
    assert "10.5555_el.2021.33.pdf" in reason
    works, _ = works_after_filing(settings, files={"10.5555_el.2021.33.pdf": OTHER})
    assert works.keys() == {TITLE} and works[TITLE].status == "fetched"
    works, _ = works_after_filing(settings, files={})
    assert (works[TITLE].status, works[TITLE].reason.partition(":")[0]) == (
        "pending",
        "not looked up yet",
    )


def test_a_work_keeps_the_file_that_another_name_of_the_folder_still_gives(settings):
    works_after_filing(settings, files={"a.pdf": PAPER, "b.pdf": PAPER[:3]})
    works, _ = works_after_filing(settings, files={"b.pdf": PAPER[:3]})
    assert works[TITLE].status == "fetched"


def test_verify_is_what_the_drop_folder_goes_by(tmp_path):
    paths = LibraryPaths(tmp_path / "lib")
    store = pdfs.Store(paths.root, paths.pdf, paths.partial, paths.aside)
    file = tmp_path / "x.pdf"
    file.write_bytes(b"%PDF-1.5")
    for kind, (preview, verdict) in KINDS.items():
        (adopted,) = pdfs.adopt(
            [file], [WORK], store=store, now=NOW, read_preview=lambda _, p=preview: p
        )
        assert (adopted.new_work is None) == (verdict == Verdict.RIGHT), kind
        assert bool(adopted.doubtful) == (verdict == Verdict.UNSURE), kind


# ── what no note cites is looked up ───────────────────────────────────────────────────────────────
PORTS = ("Grain Prices in Three Baltic Ports", "Pille Tamm", PROSE)
KNOWN = Work("doi:10.5555/ports", PORTS[0], ("Pille Tamm",), 2019, ids=("doi:10.5555/ports",))


def look_up(settings, lines, answers, **changed):
    """The one work of a file and what was sent, in a refresh whose sources know `answers`: works
    by identifier or title.
    """
    asked = []

    def resolve(citations, *_, **options):
        for citation in citations:
            reference = citation.reference
            asked.append((reference.ids, reference.title))
            work = answers.get(reference.ids[0] if reference.ids else reference.title)
            status = "metadata-only" if work else "not-found"
            yield Resolution(citation.key, work, status, "")

    papers = LibraryPaths(settings.library).papers
    papers.mkdir(parents=True, exist_ok=True)
    if not any(papers.iterdir()):
        make_pdf(papers / "a.pdf", *lines)
    online = replace(settings, offline=False, notes=(), **changed)
    nothing = Collaborators(resolve=resolve, fetch_pdfs=lambda *_, **__: iter(()))
    with RefreshRun(online, collaborators=nothing) as run:
        list(run.pdf_batches())
        (entry,) = entries(run.catalogue)
        return entry, asked


def test_a_file_that_no_note_cites_is_looked_up_once_by_its_title(settings):
    entry, asked = look_up(settings, PORTS, {PORTS[0]: KNOWN})
    assert (entry.work.authors, entry.work.year, entry.status) == (("Pille Tamm",), 2019, "fetched")
    assert asked == [((), PORTS[0])]
    _, asked = look_up(settings, PORTS, {})
    assert asked == []


def test_a_text_without_pages_is_looked_up_too(settings):
    papers = LibraryPaths(settings.library).papers
    papers.mkdir(parents=True)
    write_epub(papers / "a.epub", [("Ports", f"<p>{PROSE}</p>")], title=PORTS[0])
    _, asked = look_up(settings, (), {})
    assert asked[-1] == ((), PORTS[0])


def test_its_identifier_is_asked_first_and_counts_where_the_page_agrees(settings):
    lines = (*PORTS, "Port Studies 2. https://doi.org/10.5555/ports")
    entry, asked = look_up(settings, lines, {KNOWN.id: KNOWN})
    assert (entry.work.id, entry.work.year, asked) == (KNOWN.id, 2019, [((KNOWN.id,), "")])


def test_an_identifier_of_another_work_is_taken_off(settings):
    lines = (*PORTS, "https://doi.org/10.5555/el.2021.33")
    entry, asked = look_up(settings, lines, {DOI: WORK, PORTS[0]: KNOWN})
    assert (entry.work.id, entry.work.title) == (KNOWN.id, PORTS[0])
    assert asked == [((DOI,), ""), ((), PORTS[0])]


def test_a_file_that_nobody_knows_keeps_its_title_and_is_not_asked_about_again(settings):
    lines = (*PORTS, "https://doi.org/10.5555/el.2021.33")
    entry, _ = look_up(settings, lines, {DOI: WORK})
    assert (entry.work.title, entry.work.ids, entry.status) == (PORTS[0], (), "fetched")
    assert look_up(settings, lines, {})[1] == []


@pytest.mark.parametrize(
    ("lookups", "sent"),
    [
        ("none", []),
        ("identifiers", [((KNOWN.id,), "")]),
        ("references", [((KNOWN.id,), "")]),
        ("all", [((KNOWN.id,), ""), ((), PORTS[0])]),
    ],
)
def test_no_more_of_a_file_is_sent_than_the_settings_say(settings, lookups, sent):
    lines = (*PORTS, "Port Studies 2. https://doi.org/10.5555/ports")
    assert look_up(settings, lines, {}, lookups=lookups)[1] == sent


def test_add_tells_where_a_file_went_what_is_missing_and_how_to_correct_it():
    entry = Entry(Work("title:1", "Ports"), "fetched", "", dropped=True)
    told = tell_file("a.pdf", entry)
    assert "a work of its own" in told and "Missing: authors, year" in told
    assert "litmap resolve title:1 --set authors=… --set year=…" in told and "papers/a.pdf" in told
    assert missing_fields(WORK) == []
    assert "your notes cite" in tell_file("a.pdf", Entry(WORK, "fetched", "", citations=("c",)))
