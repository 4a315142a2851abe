"""Tables as cells below each other: where a strip parts two, which lines are one row."""

from __future__ import annotations

import pytest

from litmap.parsing.table_cells import count_heads, split_cells
from litmap.text.line import Line
from litmap.text.page_layout import Column, Row
from litmap.text.rows import group_rows
from litmap.text.table_grid import is_one_row, read_cells


def rows_of(*lines: list[tuple[str, float, float]]) -> list[Row]:
    """Rows 12 points apart of pieces (text, left, right); a '|' in a text is a narrow strip of five
    points in the middle of it.
    """
    column = Column(0, 600)
    for at, pieces in enumerate(lines):
        y = 100.0 + 12 * at
        for text, x0, x1 in pieces:
            before = len(text.split("|")[0].split())
            middle = (x0 + x1) / 2
            strips = ((before, middle - 2.5, middle + 2.5),) if "|" in text else ()
            words = text.replace("|", " ")
            column.lines.append(Line(words, x0, y - 8, x1, y, y, 10, strips=strips))
    return group_rows(column)


def test_narrow_strips_that_go_through_a_tables_rows_part_its_cells() -> None:
    rows = rows_of(
        [("Net", 10, 40), ("CLFM|LSM", 100, 155)],
        [("Films", 10, 40), ("1.09|1.94", 100, 155)],
        [("Books and plays", 10, 80), ("2.22|3.40", 100, 155)],
    )
    assert read_cells(rows) == [
        ["Net", "CLFM", "LSM"],
        ["Films", "1.09", "1.94"],
        ["Books and plays", "2.22", "3.40"],
    ]


def test_a_wide_space_in_one_cell_parts_nothing() -> None:
    rows = rows_of(
        [("Loss", 10, 40), ("Recall", 200, 240)],
        [("BPR", 10, 40), ("0.6", 200, 240)],
        [("Cross-entropy|100", 10, 120), ("0.7", 200, 240)],
        [("TOP1", 10, 40), ("0.8", 200, 240)],
    )
    assert [row[0] for row in read_cells(rows)] == ["Loss", "BPR", "Cross-entropy 100", "TOP1"]


def test_an_empty_cell_keeps_its_place_and_the_last_ones_go() -> None:
    rows = rows_of(
        [("Top 1", 100, 130), ("Top 5", 200, 230), ("Time", 300, 330)],
        [("VGG", 10, 40), ("7", 100, 110), ("8", 200, 210), ("9", 300, 310)],
        [("Inception", 10, 60), ("6", 200, 210)],
        [("All nets of the second kind together", 10, 190)],
    )
    assert read_cells(rows) == [
        ["", "Top 1", "Top 5", "Time"],
        ["VGG", "7", "8", "9"],
        ["Inception", "", "6"],
        ["All nets of the second kind together"],
    ]


def test_lines_of_one_row_between_rules_stand_together() -> None:
    rows = rows_of(
        [("Task", 10, 40), ("Directed", 100, 150), ("Undirected", 200, 250)],
        [("Inference", 100, 150)],
        [("Training", 10, 50), ("Sampling", 200, 250)],
        [("needed", 100, 140)],
    )
    merged = ["Training", "Inference needed", "Sampling"]
    assert read_cells(rows, [95, 107, 145]) == [
        ["Task", "Directed", "Undirected"], merged, [], [],
    ]  # fmt: skip
    assert len(read_cells(rows)[1:]) == 3, "without rules nothing is put together"


@pytest.mark.parametrize(
    ("band", "expected"),
    [
        (["ad--", "--bc", "ad--", "--bc"], True),  # each cell set to the middle for itself
        (["-b-", "-bc", "a-d", "-b-", "a-d", "-b-"], True),  # five lines beside three and two
        (["-1---", "a2bc-", "-3---"], True),  # one long cell beside short ones
        (["abcd", "a---"], True),  # a label that goes on below
        (["abcd", "abcd", "abcd"], False),
        (["-bcd", "a---", "-bcd"], False),  # a label for two rows
        (["--cd", "ab--", "--cd", "a-cd"], False),  # a label of two lines and a count for rows
        (["abcd", "---d", "abc-", "---d"], False),  # fractions in one column
        (["a---", "abcd"], False),  # a title above a row
        (["abcd", "ab-d", "a-cd"], False),  # empty cells
        (["a", "b"], False),
    ],
)
def test_lines_between_rules_are_one_row_by_where_they_have_cells(band, expected) -> None:
    assert is_one_row([[c.replace("-", "") for c in row] for row in band]) is expected


@pytest.mark.parametrize(
    ("rows", "heads"),
    [
        (["Net | Error", "ResNet | 7.1"], 1),
        (["d", "| 5 | 8 | 11", "c", "4 | 84.6 | 84.1 | 83.3"], 3),
        (["Land | Einwohner", "| 1990 | 2000", "Peru | 21.6 | 26.5"], 2),
        (["| 2019 | 2020", "Wheat | 3.1 | 2.9"], 1),
        (["Net | Depth | Error", "ResNet | 18 | 30.2", "| 34 | 26.7"], 1),
        (["Fold", "1 | 2 | 3", "0.91 | 0.92 | 0.90"], 1),
        (["7 | 8", "| 9"], 1),
    ],
    ids=["names", "sizes below a name", "years", "years alone", "a group's second row",
         "nothing before the numbers below", "no names"],
)  # fmt: skip
def test_heads_are_the_rows_that_name_columns(rows, heads):
    assert count_heads([split_cells(row) for row in rows]) == heads
