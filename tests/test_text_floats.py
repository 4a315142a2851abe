"""Figures and tables on a page: what is drawn, what is a cell, whose caption it is."""

from __future__ import annotations

import pymupdf
import pytest

from litmap.text.document import extract
from litmap.text.float_areas import find_drawings, find_rules

PROSE = "The loss of the network falls with every step until nothing more is learned from the data."


class Paper:
    """The second page of a paper, written from top to bottom."""

    y = 80.0

    def __init__(self) -> None:
        self.pdf = pymupdf.open()
        self.page = self.pdf.new_page(width=612, height=792)
        self.page.insert_text((72, 50), "A Study of Learning Rates in Networks", fontsize=20)
        self.line("Abstract", font="tibo", size=11)
        self.prose(6, "We ask what " + PROSE.lower())
        self.line("1 Introduction", font="tibo", size=11)
        self.prose(20, "Of old, " + PROSE.lower())
        self.page = self.pdf.new_page(width=612, height=792)
        self.y = 80.0

    def prose(self, rows: int = 6, text: str = PROSE) -> None:
        for _ in range(rows):
            self.page.insert_text((72, self.y), text, fontsize=10, fontname="tiro")
            self.y += 12
        self.y += 14

    def line(self, text: str, x: float = 72, size: float = 9, font: str = "tiro") -> None:
        self.page.insert_text((x, self.y), text, fontsize=size, fontname=font)
        self.y += 14

    def plot(self, labels: list[str], height: float = 120) -> None:
        top = self.y
        self.page.draw_rect((150, top, 450, top + height))
        for i, label in enumerate(labels):
            at = (160, top + 15 + i * 14)
            self.page.insert_text(at, label, fontsize=10, fontname="tiro")
        self.page.insert_text((130, top + 60), "0.5", fontsize=7, fontname="helv")
        self.page.insert_text((250, top + height + 12), "epochs", fontsize=8, fontname="helv")
        self.y = top + height + 30

    def table(self, rows: list[list[str]], *, ruled: bool = True) -> None:
        for at, row in enumerate(rows):
            if ruled and at in (0, 1):
                self.page.draw_line((72, self.y - 10), (540, self.y - 10))
            for i, cell in enumerate(row):
                spot = (76 + i * 150, self.y)
                self.page.insert_text(spot, cell, fontsize=9, fontname="tiro")
            self.y += 13
        if ruled:
            self.page.draw_line((72, self.y - 9), (540, self.y - 9))
        self.y += 16

    def read(self, folder) -> list:
        path = folder / "paper.pdf"
        self.pdf.save(path)
        return list(extract(path, "0" * 64, ocr=False).pages[1].blocks)


def texts(blocks: list, *kinds: str) -> str:
    return "\n".join(block.text for block in blocks if block.kind in kinds)


@pytest.mark.parametrize(
    "caption", ["Figure 1: The loss of both.", "Abb. 1: Der Verlust.", "Рис. 1. Потери сети."]
)
def test_what_is_written_inside_a_drawing_belongs_to_its_figure(tmp_path, caption):
    paper = Paper()
    paper.prose()
    paper.plot(["Training Function f(x) of the first model", "Testing Function f(x)"])
    font = "tiro" if caption.isascii() else "notos"
    if font == "notos":
        paper.page.insert_htmlbox((72, paper.y - 10, 540, paper.y + 8), caption)
        paper.y += 20
    else:
        paper.line(caption)
    paper.y += 10
    paper.prose()
    blocks = paper.read(tmp_path)
    assert "Testing Function" in texts(blocks, "figure")
    assert "epochs" in texts(blocks, "figure")
    assert "Function" not in texts(blocks, "body", "caption", "table", "heading")
    assert texts(blocks, "body").count("The loss of the network") == 12
    (found,) = [block for block in blocks if block.kind == "caption"]
    assert found.spans[-1].start == found.spans[-1].end  # what is drawn
    assert found.spans[-1].rect[0] == pytest.approx(150, abs=2)


@pytest.mark.parametrize("ruled", [True, False])
@pytest.mark.parametrize("below", [True, False])
def test_cells_of_a_table_are_parted_and_its_rows_stay_together(tmp_path, ruled, below):
    rows = [["Model", "top-1", "top-5"], ["ResNet", "76.1", "92.9"], ["VGG", "71.3", "90.1"]]
    paper = Paper()
    paper.prose()
    if not below:
        paper.line("Table 1: Accuracy on held-out data.")
        paper.y += 6
    paper.table(rows, ruled=ruled)
    if below:
        paper.line("Table 1: Accuracy on held-out data.")
        paper.y += 6
    paper.prose()
    blocks = paper.read(tmp_path)
    assert texts(blocks, "table").split("\n") == [" | ".join(row) for row in rows]
    assert texts(blocks, "caption") == "Table 1: Accuracy on held-out data."
    assert texts(blocks, "body").count("The loss of the network") == 12


def test_cells_of_words_between_rules_are_a_table(tmp_path):
    rows = [
        ["Region", "What is grown there", "By whom"],
        ["North of the river", "rye and barley", "smallholders of the old"],
        ["South", "vines on terraces", "monks and their tenants"],
    ]
    paper = Paper()
    paper.prose()
    paper.line("Table 2. Crops by region.")
    paper.y += 6
    paper.table(rows)
    paper.prose()
    blocks = paper.read(tmp_path)
    assert texts(blocks, "table").split("\n") == [" | ".join(row) for row in rows]


@pytest.mark.parametrize("heading", ["3.1. Random Initializations", "4 Results"])
def test_a_table_ends_at_the_captions_and_headings_around_it(tmp_path, heading):
    """The second caption is in two rows and the tables' rules are as far off as one table's."""
    paper = Paper()
    paper.table([["Model", "top-1"], ["ResNet", "76.1"], ["VGG", "71.3"]])
    paper.line("Table 1. The error on held-out data that is reached")
    paper.y -= 3
    paper.line("by a change of the scale of the first weights.")
    paper.y += 8
    paper.line(heading, font="tibo", size=11)
    paper.y += 8
    paper.table([["Layer", "scale"], ["first", "0.1"], ["second", "0.2"]])
    paper.line("Table 2. The scale of each layer.")
    paper.y += 10
    paper.prose()
    blocks = paper.read(tmp_path)
    assert texts(blocks, "heading") == heading
    assert texts(blocks, "caption").split("\n") == [
        "Table 1. The error on held-out data that is reached by a change of the scale of the first"
        " weights.",
        "Table 2. The scale of each layer.",
    ]
    assert len(texts(blocks, "table").split("\n")) == 6


@pytest.mark.parametrize("kind", ["plot", "table"])
def test_a_rule_below_the_running_head_belongs_to_no_float(tmp_path, kind):
    paper = Paper()
    paper.page.draw_line((55, 57), (542, 57), width=0.5)
    column = "The loss of the network falls with every step until then."
    if kind == "plot":
        paper.page.draw_rect((90, 64, 280, 170))
        paper.page.insert_text((100, 80), "Training error", fontsize=8, fontname="helv")
    else:
        for y in (66, 80, 170):
            paper.page.draw_line((55, y), (289, y), width=0.5)
        for y in range(76, 168, 13):
            paper.page.insert_text((60, y), "rye", fontsize=9, fontname="tiro")
            paper.page.insert_text((200, y), "76.1", fontsize=9, fontname="tiro")
    label = {"plot": "Figure", "table": "Table"}[kind]
    paper.page.insert_text((55, 190), f"{label} 1. The loss by steps.", fontsize=9, fontname="tiro")
    for x, first in ((55, 220), (307, 76)):
        for y in range(first, 700, 12):
            paper.page.insert_text((x, y), column, fontsize=9.5, fontname="tiro")
        paper.page.insert_text((x, y + 28), "5. Conclusion", fontsize=11, fontname="tibo")
    blocks = paper.read(tmp_path)
    rows = len(range(220, 700, 12)) + len(range(76, 700, 12))
    assert texts(blocks, "body").count("The loss of the network") == rows
    assert texts(blocks, "caption") == f"{label} 1. The loss by steps."


def test_a_box_of_prose_with_a_caption_near_stays_text(tmp_path):
    paper = Paper()
    top = paper.y - 14
    paper.prose(20)
    paper.page.draw_rect((60, top, 545, paper.y - 10))
    paper.y += 10
    paper.line("Figure 2: A view of the harbour.")
    paper.y += 10
    paper.prose()
    blocks = paper.read(tmp_path)
    assert texts(blocks, "body").count("The loss of the network") == 26


def test_marks_near_each_other_are_one_drawing_and_rules_are_long_and_thin():
    bars = [(100 + 12 * i, 200 - 9 * i, 108 + 12 * i, 300) for i in range(8)]
    assert find_drawings([*bars, (400, 400, 405, 402)]) == [(100, 137, 192, 300)]
    rule = (72, 100, 540, 100.5)
    assert find_rules([rule, (72, 90, 100, 90.5), (72, 80, 540, 95)]) == [rule]


def test_a_formula_between_the_lines_of_a_caption_belongs_to_it(tmp_path):
    paper = Paper()
    paper.prose()
    paper.plot(["Training Function", "Testing Function"])
    rows = ["Figure 1: The errors of both networks fall with every step of the",
            "y = ( a1, b2 ) = c(d(x) e), x = (x1, . . . , x4) + 3 (y1 + y2) - 7",
            "where all of the numbers stand for the weights of the second layer."]  # fmt: skip
    for row in rows:
        paper.page.insert_text((100, paper.y), row, fontsize=8, fontname="tiro")
        paper.y += 9.5
    paper.y += 30
    paper.prose()
    (caption,) = [b.text for b in paper.read(tmp_path) if b.kind == "caption"]
    assert caption.startswith("Figure 1: The errors")
    assert caption.endswith("of the second layer.")


@pytest.mark.parametrize("labels", [("Table 1: ", "Table 2: "), ("Tabelle 1. ", "Tabelle 2. ")])
@pytest.mark.parametrize("above", [True, False])
def test_of_two_tables_each_caption_has_its_own_on_the_same_side(tmp_path, labels, above):
    paper = Paper()
    paper.prose()
    paper.y += 20
    for label, net in zip(labels, ("VGG", "AlexNet"), strict=True):
        caption = f"{label}Errors of {net} in percent."
        if above:
            paper.line(caption)
        paper.table([["Net", "1 (2)", "3 (4)"], [net, "7.1 (8.2)", "6.0 (7.7)"]])
        if not above:
            paper.line(caption)
            paper.y += 4
    paper.y += 20
    paper.prose()
    from litmap.chunks.floats import read_floats
    from litmap.models import Document, Page

    page = Page(2, 612, 792, tuple(paper.read(tmp_path)))
    tables, _ = read_floats(Document("0" * 64, (page,)))
    assert [(t.caption[:9], t.rows[-1][0].split(" | ")[0]) for t in tables] == [
        (labels[0][:9], "VGG"),
        (labels[1][:9], "AlexNet"),
    ]


@pytest.mark.parametrize(
    ("around", "page", "owners"),
    [
        ("tc", "ctc", ["", "x"]),
        ("ct", "ctc", ["x", ""]),
        ("tc", "ctct", ["x", "x"]),
        ("ct", "tctc", ["x", "x"]),
        ("ct", "tct", ["x x"]),
    ],
    ids=["below: the first is a picture", "above: the last is a picture", "above on this page",
         "below on this page", "one goes on from the page before"],
)  # fmt: skip
def test_captions_stand_on_the_side_where_they_stand_in_the_document(around, page, owners):
    from litmap.chunks.floats import read_floats
    from litmap.models import Document, Page, TextBlock

    def pages():
        for number, signs in enumerate((around, page), 1):
            kinds = [("table", "x") if s == "t" else ("caption", "Table 1: On it.") for s in signs]
            yield Page(number, 612, 792, tuple(TextBlock(kind, text) for kind, text in kinds))

    tables, _ = read_floats(Document("0" * 64, tuple(pages())))
    found = [" ".join(row for row, _ in table.rows) for table in tables if table.page == 2]
    assert found == owners


@pytest.mark.parametrize(
    "rows",
    [
        ["for (int i = 0; i < n; i++) {", "    sum += x[i] * w[i];", "}"],
        ["def f(x):", "    return x[0] + 1", "print(f([2]))"],
        ["S -> NP VP", "NP -> N | D N", "VP -> V NP"],
    ],
    ids=["C", "Python", "grammar"],
)
def test_a_figure_of_code_at_the_top_of_its_page_has_a_place(tmp_path, rows):
    paper = Paper()
    for row in rows:
        paper.line(row, x=120, font="cour", size=9)
    paper.y += 10
    paper.line("Figure 1: A program that was made by the model.")
    paper.y += 16
    paper.prose()
    (caption,) = [b for b in paper.read(tmp_path) if b.kind == "caption"]
    drawn = caption.spans[-1]
    assert drawn.start == drawn.end
    left, top, right, bottom = drawn.rect
    assert 110 < left < 125
    assert right > 180
    assert 60 < top < 80
    assert 100 < bottom < 125


def test_a_table_in_the_next_column_is_no_part_of_a_figure(tmp_path):
    paper = Paper()
    page, words = paper.page, PROSE.split()
    for x0, y0 in ((60, 300), (320, 360)):
        for i in range(24):
            row = " ".join(words[i % 7 : i % 7 + 9])
            page.insert_text((x0, y0 + 12 * i), row, fontsize=9, fontname="tiro")
    for i in range(6):  # a plot in the right column
        page.draw_rect((330, 60 + 20 * i, 540, 200 + 20 * i))
    page.insert_text((320, 330), "Figure 3: The loss of both networks.", fontsize=9)
    for y in (70, 90, 110, 130, 150):  # a ruled table beside it
        page.draw_line((62, y), (322, y))
    for x in (62, 150, 240, 322):
        page.draw_line((x, 70), (x, 150))
    for i, row in enumerate([("Net", "Top", "All"), ("VGG", "7", "8"), ("Inc", "6", "5")]):
        for k, cell in enumerate(row):
            page.insert_text((70 + 88 * k, 84 + 20 * i), cell, fontsize=9, fontname="tiro")
    page.insert_text((60, 175), "Table 2: Errors of the networks in percent.", fontsize=9)
    page.insert_text((60, 200), "the errors of the second network are as large as", fontsize=9)
    page.insert_text((60, 212), "those of the first one where nothing more is learned", fontsize=9)
    blocks = paper.read(tmp_path)
    assert "VGG | 7 | 8" in texts(blocks, "table")
    assert "second network" in texts(blocks, "body")
