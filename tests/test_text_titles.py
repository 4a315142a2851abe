"""The title on the first pages, among banners, labels, names and cover pages."""

from pathlib import Path

import pymupdf
import pytest

from litmap.chunks.flow import read_flow
from litmap.models import Document
from litmap.text.document import extract
from litmap.text.line import Line
from litmap.text.side_boxes import set_apart_boxes
from litmap.text.title_wording import (
    banner_share,
    has_address,
    is_article_label,
    is_spaced_out,
    names_share,
)
from litmap.text.titles import is_volume_head

PROSE = (
    "The mills along the upper river were built by three families who shared the water by turns. "
    "Every autumn they met in the chapel and drew lots for the days on which each wheel would run. "
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Case Report", True),
        ("CHAPTER 8", True),
        ("Kapitel 3.", True),
        ("Caso clínico", True),
        ("Клинический случай", True),
        ("第三章", True),
        ("症例報告", True),
        ("Original Article / Artículo original", True),
        ("A case report of quiet mills", False),
        ("Chapters of a long war", False),
    ],
)
def test_labels_of_articles_are_told_from_titles(text: str, expected: bool) -> None:
    assert is_article_label(text) is expected


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Ada Marlow, J. van Dyck and P. Ortega", 1.0, 1.0),
        ("by Ada Marlow", 1.0, 1.0),
        ("Jan Ricker* / Petra Holm (Wien)", 1.0, 1.0),
        ("欧阳澄 林若溪", 1.0, 1.0),
        ("И. Орлов, А. Речкин", 1.0, 1.0),
        ("山谷村落的公共土地", 0.0, 0.0),
        ("Mills and chapels in the hills", 0.0, 0.5),
        ("What do workers think about groupwork?", 0.0, 0.0),
    ],
)
def test_rows_of_names_are_known_by_their_build(text: str, low: float, high: float) -> None:
    assert low <= names_share(text) <= high


@pytest.mark.parametrize(
    ("text", "is_banner"),
    [
        ("Working Paper Series No. 14", True),
        ("Zeitschrift, 20. Jahrgang, Heft 2", True),
        ("Вестник университета, том 7", True),
        ("Mills and chapels in the hills", False),
    ],
)
def test_banners_are_made_of_banner_words(text: str, is_banner: bool) -> None:
    assert (banner_share(text) >= 0.4) is is_banner


def test_addresses_and_letters_set_apart_are_seen() -> None:
    assert has_address("Institut für Talkunde, Hauptstraße 7")
    assert has_address("东华大学 历史系")
    assert not has_address("Trust and risk")
    assert is_spaced_out("C OA ST AL RE SEARC H")
    assert not is_spaced_out("On the use of an old mill")


Row = tuple[str, float, str]


def write_paper(path: Path, *pages: list[Row]) -> Path:
    """Rows of (text, size, font) from the top of each page, then text that fills it."""
    document = pymupdf.open()
    for rows in pages:
        page, y = document.new_page(), 60.0
        for text, size, font in rows:
            y += 1.35 * size if text else 14
            page.insert_text((60, y), text, fontname=font, fontsize=size)
        if rows is pages[-1]:
            for line in range(30):
                place = (60, y + 40 + 13 * line)
                words = PROSE.split()
                at = line * 7 % len(words)
                page.insert_text(place, " ".join((words + words)[at : at + 15]), fontsize=10)
    document.save(path)
    return path


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            [("Ada Marlow, Piet Ricker", 17, "hebo"), ("", 0, ""), ("Mills by turns", 15, "hebo")],
            id="names in larger print above",
        ),
        pytest.param(
            [
                ("Fallbericht", 15, "hebo"),
                ("Mills by turns", 15, "hebo"),
                ("Ada Marlow", 11, "helv"),
            ],
            id="a label in the title's print",
        ),
        pytest.param(
            [
                ("Cuadernos de trabajo", 21, "hebo"),
                ("de la Facultad de Historia", 21, "hebo"),
                ("", 0, ""),
                ("", 0, ""),
                ("Mills by turns", 15, "hebo"),
                ("Ada Marlow", 11, "helv"),
            ],
            id="a series in larger print",
        ),
        pytest.param(
            [
                ("R I V E R  S T U D I E S", 19, "hebo"),
                ("", 0, ""),
                ("", 0, ""),
                ("Mills by turns", 15, "hebo"),
                ("Ada Marlow", 11, "helv"),
            ],
            id="a journal in spaced capitals",
        ),
        pytest.param(
            [("Chapter 8", 18, "hebo"), ("", 0, ""), ("Mills by turns", 16, "hebo")],
            id="a chapter's number",
        ),
    ],
)
def test_the_title_is_found_among_what_stands_around_it(tmp_path: Path, rows: list[Row]) -> None:
    path = write_paper(tmp_path / "paper.pdf", [*rows, ("", 0, ""), ("Abstract", 10.5, "hebo")])
    assert extract(path, "0" * 64, ocr=False).title == "Mills by turns"


def read(path: Path) -> Document:
    return extract(path, "0" * 64, ocr=False)


def texts(document: Document, kind: str) -> list[str]:
    return [b.text for page in document.pages for b in page.blocks if b.kind == kind]


def test_names_and_addresses_are_no_passage_but_stay_in_the_text(tmp_path: Path) -> None:
    rows = [
        ("Mills by turns in the upper valley", 16, "hebo"),
        ("", 0, ""),
        ("Ada Marlow and Piet Ricker", 11, "helv"),
        ("Department of History, University of Altenmoor", 9.5, "helv"),
        ("marlow@altenmoor.edu", 9.5, "helv"),
        ("", 0, ""),
        ("", 0, ""),
        ("1 Introduction", 12, "hebo"),
    ]
    document = read(write_paper(tmp_path / "paper.pdf", rows))
    assert "Altenmoor" in " ".join(texts(document, "front"))
    passages = read_flow(document).text
    assert "Altenmoor" not in passages
    assert "chapel" in passages


REPOSITORY = [
    ("Altenmoor Open Access Repository", 18, "hebo"),
    ("", 0, ""),
    ("Mills by turns in the upper valley", 16, "hebo"),
    ("Marlow, Ada", 11, "helv"),
    ("", 0, ""),
    ("Suggested Citation: Marlow, A. (2009). Mills by turns. Valley Studies 3, 1-9.", 9, "helv"),
    ("Terms of use: this document is made available for personal reading.", 8, "helv"),
]
MANUSCRIPT = [
    ("This is the author's accepted manuscript of the following article:", 12, "helv"),
    ("", 0, ""),
    ("Marlow, A. (2009). Mills by turns. Valley Studies 3, 1-9.", 10, "helv"),
    ("", 0, ""),
    ("General rights: copyright and moral rights are retained by the authors.", 9, "helv"),
    ("Downloaded from research.altenmoor.edu", 9, "helv"),
]


@pytest.mark.parametrize("cover", [REPOSITORY, MANUSCRIPT], ids=["repository", "manuscript"])
def test_a_cover_page_gives_no_passage_and_the_title_is_the_papers(
    tmp_path: Path, cover: list[Row]
) -> None:
    paper = [
        ("Mills by turns in the upper valley", 16, "hebo"),
        ("Ada Marlow", 11, "helv"),
        ("", 0, ""),
        ("Abstract", 10.5, "hebo"),
    ]
    document = read(write_paper(tmp_path / "paper.pdf", cover, paper))
    assert document.title == "Mills by turns in the upper valley"
    passages = read_flow(document).text
    assert "2009" not in passages
    assert "Altenmoor" not in passages
    assert "chapel" in passages


GERMAN = (
    "Die Mühlen am oberen Fluss gehörten drei Familien, die sich das Wasser teilten. Im Herbst "
    "traf man sich in der Kapelle und zog Lose für die Tage, an denen die Räder liefen. "
)


@pytest.mark.parametrize("english_first", [True, False])
@pytest.mark.parametrize("run_in", [True, False])
def test_of_abstracts_in_two_languages_the_papers_own_comes_first(
    tmp_path: Path, english_first: bool, run_in: bool
) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_htmlbox(
        pymupdf.Rect(60, 50, 530, 90), "<b style='font-size:18px'>Mühlen im Tal</b>"
    )
    abstracts = [("Abstract", PROSE * 2), ("Zusammenfassung", GERMAN * 2)]
    y = 110
    for name, words in abstracts if english_first else abstracts[::-1]:
        head = f"<b>{name}:</b> " if run_in else f"<p><b>{name}</b></p>"
        box = pymupdf.Rect(60, y, 530, y + 110)
        page.insert_htmlbox(box, f"<div style='font-size:9px'>{head}{words}</div>")
        y += 120
    box = pymupdf.Rect(60, y, 530, 800)
    page.insert_htmlbox(
        box, f"<p><b>1 Einleitung</b></p><div style='font-size:11px'>{GERMAN * 5}</div>"
    )
    document.save(tmp_path / "paper.pdf")
    found = texts(read(tmp_path / "paper.pdf"), "abstract")
    assert len(found) == 2
    assert "Mühlen" in found[0]
    assert "mills" in found[1]


SIDE = [
    "River Studies",
    "2018, Vol. 4(2)",
    "Reprints and permissions:",
    "DOI: 10.9999/rs.2018.42",
]


@pytest.mark.parametrize("x", [430, 20], ids=["right", "left"])
@pytest.mark.parametrize("size", [16, 22], ids=["large", "very large"])
def test_a_box_of_small_print_beside_the_title_is_no_part_of_it(
    tmp_path: Path, x: float, size: float
) -> None:
    left = 60 if x > 60 else 150
    document = pymupdf.open()
    page = document.new_page()
    for i, row in enumerate(["Mills by turns", "in the hills of", "the upper valley"]):
        page.insert_text((left, 90 + 1.2 * size * i), row, fontname="hebo", fontsize=size)
    for i, row in enumerate(SIDE):
        page.insert_text((x, 88 + 9 * i), row, fontsize=7)
    page.insert_text((left, 200), "Ada Marlow", fontsize=11)
    page.insert_text((60, 230), "Abstract", fontname="hebo", fontsize=10)
    page.insert_textbox(pymupdf.Rect(60, 240, 530, 760), PROSE * 15, fontsize=10)
    document.save(tmp_path / "paper.pdf")
    found = read(tmp_path / "paper.pdf")
    assert found.title == "Mills by turns in the hills of the upper valley"
    assert "Reprints" not in read_flow(found).text


def test_running_text_in_a_column_beside_a_heading_is_no_box() -> None:
    heading = Line("Harvest and water", 60, 90, 250, 110, 106, 16.0)
    words = "the mills were built by three families who shared"
    column = [Line(words, 310, 80 + 12 * i, 530, 90 + 12 * i, 88 + 12 * i, 10.0) for i in range(9)]
    beside, others = set_apart_boxes([heading, *column])
    assert beside == []
    assert len(others) == 10


def test_large_signs_within_the_text_have_no_box_beside_them() -> None:
    words = "the mills were built by three families who shared"
    text = [Line(words, 60, 80 + 12 * i, 530, 90 + 12 * i, 88 + 12 * i, 10.0) for i in range(9)]
    sign = Line("Loss = F(x)", 60, 190, 250, 210, 206, 16.0)
    beside, _ = set_apart_boxes([*text, sign, Line("of practice", 300, 196, 400, 206, 204, 10.0)])
    assert beside == []


def test_a_title_that_stands_where_later_pages_have_their_running_head_stays(
    tmp_path: Path,
) -> None:
    document = pymupdf.open()
    for number in range(1, 6):
        page = document.new_page()
        head = "Mills by turns in the hills" if number == 1 else f"Marlow et al {number}"
        page.insert_text((60, 52), head, fontname="hebo", fontsize=16 if number == 1 else 9)
        page.insert_textbox(pymupdf.Rect(60, 90, 530, 760), PROSE * 14, fontsize=10)
    document.save(tmp_path / "paper.pdf")
    assert read(tmp_path / "paper.pdf").title == "Mills by turns in the hills"


@pytest.mark.parametrize(
    ("head", "is_journal"),
    [
        ("riverstudies201812", True),
        ("riverstudies1998vol4", True),
        ("riverstudies12", False),
        ("riverstudies", False),
        ("marlowriverstudies2018", False),
    ],
)
def test_a_running_head_with_its_year_names_the_journal(head: str, is_journal: bool) -> None:
    assert is_volume_head("riverstudies", head) is is_journal
