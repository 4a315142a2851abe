"""Headings of sections by their words and numbers, in several languages and scripts."""

import pymupdf
import pytest

from litmap.text.blocks import find_run_in
from litmap.text.document import extract
from litmap.text.headings import is_known_heading, is_numbered_heading
from litmap.text.line import Line
from litmap.text.page_layout import Column
from litmap.text.row_context import RowContext, row_context
from litmap.text.rows import group_rows
from litmap.text.style import Style
from litmap.text.table_rows import is_contents_entry


@pytest.mark.parametrize(
    "text",
    [
        "Fazit und Ausblick",
        "Erstes Kapitel",
        "Zweiter Teil: Die Mühlen",
        "Chapitre II",
        "Глава 2",
        "ЗАКЛЮЧЕНИЕ",
        "3. Materiales y métodos",
        "IV. Wnioski",
        "Z U S A M M E N F A S S U N G",
        "【摘要】",
        "结 论",
        "五、结语",
        "おわりに",
        "제1장 서론",
        "المقدمة",
    ],
)
def test_names_and_numbers_of_parts_are_headings_in_many_languages(text: str) -> None:
    assert is_known_heading(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 引言", True),
        ("2.1研究对象", True),
        ("一、村落的水利", True),
        ("（二）村民的集会", True),
        ("第三章 公共土地", True),
        ("第2節　谷間の村", True),
        ("제2장 마을의 물", True),
        ("2. Über die Mühlen", True),
        ("3.1 „Wasser“ im Dorf", True),
        ("§ 4 Étude des moulins", True),
        ("2 Методы сбора", True),
        ("1990年春天，村民在河边集合。", False),
        ("三个村庄都有水车", False),
        ("3 mills stood here", False),
        ("12.5 of them were dry,", False),
    ],
)
def test_numbered_headings_of_other_scripts(text: str, expected: bool) -> None:
    assert is_numbered_heading(text) is expected


@pytest.mark.parametrize(
    "text", ["The conclusions of the third committee", "结论是明确的", "Fazits"]
)
def test_sentences_that_begin_like_a_section_name_are_none(text: str) -> None:
    assert not is_known_heading(text)


def row_context_of(*pieces: tuple[str, float, float]) -> RowContext:
    """A row of pieces (text, left, right) alone in its column."""
    column = Column(72, 540)
    column.lines = [Line(text, x0, 90, x1, 102, 100, 12) for text, x0, x1 in pieces]
    (row,) = group_rows(column)
    return row_context([row], 0, [], Style(10, 12, frozenset()))


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([("A", 72, 80), ("PROOFS FOR SECTION 3", 98, 240)], False),
        ([("4", 72, 78), ("Beweis von Satz 2", 98, 200)], False),
        ([("B", 72, 80), ("Détails de l’expérience 12", 98, 260)], False),
        ([("A.2", 72, 90), ("Доказательство теоремы 5", 110, 280)], False),
        ([("Acknowledgements of all", 72, 240), ("17", 520, 532)], True),
        ([("3 Harbours of the north", 72, 240), ("8", 526, 532)], True),
    ],
)
def test_a_number_that_ends_a_heading_is_no_page_of_a_table_of_contents(pieces, expected) -> None:
    assert is_contents_entry(row_context_of(*pieces)) is expected


@pytest.mark.parametrize(
    ("text", "bold", "head"),
    [
        ("Results. We found more mills than ever.", 8, "Results"),
        ("Sample size and design. We asked all of them.", 23, "Sample size and design"),
        ("Sample size and design. We asked all of them.", 20, "Sample size and design"),
        ("Improve or localize: This paper shows a way.", 20, "Improve or localize"),
        ("Stichprobe. Alle Dörfer wurden befragt.", 10, "Stichprobe"),
        ("Méthodes: Nous avons compté les moulins.", 9, "Méthodes"),
        ("Обсуждение. Мы сравнили все деревни.", 11, "Обсуждение"),
        ("研究方法。我们访问了三个村庄。", 5, "研究方法"),
        ("結果：村の水車は三つあった。", 3, "結果"),
        ("水车：村里有三座水车，两座已停。", 3, ""),
        ("Theorem 1 (Convexity). Assume the mask is known.", 22, ""),
        ("Proof. By Lemma 2 the sum is finite.", 6, ""),
        ("Input: The samples of all rounds.", 6, ""),
        ("Acme: A mill that grinds at night.", 5, ""),
        ("Batch normalization is used in every layer.", 19, ""),
        ("Meyer, R. and Olm, P. The mills of Emden.", 21, ""),
        ("R. Meyer. The mills of Emden, 1984.", 9, ""),
        ("Emden 1984. The year of the great flood.", 11, ""),
        ("3. Mills. The mills stood at the river.", 9, ""),
        ("(ii) Mills. The mills stood at the river.", 11, ""),
        ("Convergence. since both are bounded.", 12, ""),
        ("(IHDP). The data of the programme are open.", 7, ""),
        ("The whole row is bold. And all of it", 36, ""),
    ],
)
def test_bold_words_with_a_stop_that_open_a_paragraph_are_its_heading(text, bold, head) -> None:
    assert find_run_in(text, bold) == head


def test_a_heading_in_a_paragraph_names_it_within_its_section_and_stays_in_the_text(
    tmp_path,
) -> None:
    pdf = pymupdf.open()
    words = "The mills of the river grind at night when all of the water comes down from the hills."
    for title, *heads in (
        ("A Study of River Mills and Their Owners", "1 Introduction", "2 Rivers"),
        ("", "4 Experiments", "5 Conclusion"),
    ):
        page, y = pdf.new_page(), 90.0
        page.insert_text((72, 50), title, fontsize=20, fontname="tibo")
        for head in heads:
            page.insert_text((72, y), head, fontsize=12, fontname="tibo")
            y += 30
            for run_in in ("", "Sample size.", "Data and tools."):
                page.insert_text((72, y), run_in, fontsize=10, fontname="tibo")
                x = 72 + pymupdf.get_text_length(run_in + " ", "tibo", 10) * bool(run_in)
                page.insert_text((x, y), words[:70], fontsize=10, fontname="tiro")
                for row in range(1, 5):
                    page.insert_text((72, y + 12 * row), words, fontsize=10, fontname="tiro")
                y += 80
    pdf.save(tmp_path / "paper.pdf")
    page = extract(tmp_path / "paper.pdf", "0" * 64, ocr=False).pages[1]
    found = [(b.section, b.text[:14]) for b in page.blocks if b.kind == "body"]
    assert found == [
        ("4 Experiments", "The mills of t"),
        ("4 Experiments › Sample size", "Sample size. T"),
        ("4 Experiments › Data and tools", "Data and tools"),
        ("5 Conclusion", "The mills of t"),
        ("5 Conclusion › Sample size", "Sample size. T"),
        ("5 Conclusion › Data and tools", "Data and tools"),
    ]
