"""The title on the first pages, among banners, labels, names and cover pages."""

from pathlib import Path

import pymupdf
import pytest

from litmap.text.document import extract
from litmap.text.title_wording import (
    banner_share,
    has_address,
    is_article_label,
    is_spaced_out,
    names_share,
)

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
