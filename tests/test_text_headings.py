"""Headings of sections by their words and numbers, in several languages and scripts."""

import pytest

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
