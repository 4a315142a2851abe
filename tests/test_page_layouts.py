"""Layouts of pages: columns of every number and width, what stands across or below them."""

from itertools import pairwise
from pathlib import Path

import pymupdf
import pytest

from litmap import text
from litmap.models import Document
from litmap.text.columns import find_gutter, split_columns
from litmap.text.line import Line
from litmap.text.page_layout import Column
from litmap.text.pymupdf_open import text_flags
from litmap.text.raw import is_sideways, read_page
from litmap.text.rows import is_spread, merge_fragments

WORDS = {
    "english": "the river authority describes a larger share of income when two measures are taken "
    "together although figures are not complete and it is still disputed",
    "german": "die Mehrheit der Befragten bestätigt eine Entwicklung der Dörfer wie Gespräche "
    "zeigen und ein älterer Bestand erklärt Regeln unter Bedingungen des Versuchs",
    "french": "la majorité des personnes interrogées confirme le développement des villages comme "
    "le montrent les entretiens et un ancien fonds explique les règles",
    "turkish": "büyük bölümü araştırmanın sonuçları gösteriyor ki köylerin gelişimi yavaş olmuş "
    "eski kayıtlar kuralları açıklamaktadır bütün ilçelerde",
}


class Typesetter:
    """Sets numbered words into boxes, line by line, and remembers them in their order."""

    def __init__(self, size=9.0, font="tiro", language="english", justified=True):
        self.pdf = pymupdf.open()
        self.size, self.justified = size, justified
        self.font, self.bold = pymupdf.Font(font), pymupdf.Font("hebo")
        self.words = WORDS[language].split()
        self.printed: list[str] = []
        self.add_page()

    def add_page(self):
        self.page = self.pdf.new_page(width=595, height=842)

    def word_after(self):
        """The next word; now and then a common one, so that the language is known."""
        count = len(self.printed)
        return f"{self.words[count % len(self.words)]}" + ("" if count % 2 else str(count))

    def next_word(self):
        self.printed.append(self.word_after())
        return self.printed[-1]

    def write(self, x, y, words, width=0.0, font=None, size=None):
        font, size = font or self.font, size or self.size
        gap = font.text_length(" ", size)
        if width and len(words) > 1:
            gap = (width - sum(font.text_length(w, size) for w in words)) / (len(words) - 1)
        writer = pymupdf.TextWriter(self.page.rect)
        for word in words:
            writer.append((x, y), word, font=font, fontsize=size)
            x += font.text_length(word, size) + gap
        writer.write_text(self.page)

    def fill(self, x0, y0, x1, y1):
        """Paragraphs of six lines from y0 to y1."""
        y, row, width = y0 + self.size, 0, x1 - x0
        while y < y1:
            indent = 10 if row % 6 == 0 else 0
            line = [self.next_word()]
            room = (width - indent) * (0.6 if row % 6 == 5 else 1)
            while self.font.text_length(" ".join([*line, self.word_after()]), self.size) < room:
                line.append(self.next_word())
            justify = self.justified and row % 6 != 5
            self.write(x0 + indent, y, line, (width - indent) if justify else 0)
            y, row = y + 1.2 * self.size, row + 1

    def put(self, x, y, words, font=None, size=None):
        """A line of given words."""
        self.printed += words.split()
        self.write(x, y, words.split(), font=font, size=size)

    def centre(self, y, words, size):
        width = self.bold.text_length(words, size)
        self.put(297 - width / 2, y, words, self.bold, size)

    def read(self, folder: Path) -> Document:
        self.pdf.save(folder / "page.pdf")
        return text.extract(folder / "page.pdf", "0" * 64, ocr=False)


def words_of(document):
    return " ".join(b.text for p in document.pages for b in p.blocks).split()


def share_in_order(document, printed):
    """The share of words that are followed by the word printed next."""
    read = words_of(document)
    pairs = set(pairwise(read))
    wanted = list(pairwise(printed))
    return sum(pair in pairs for pair in wanted) / len(wanted)


@pytest.mark.parametrize(
    ("edges", "size", "font", "language", "justified"),
    [
        ([(50, 205), (220, 375), (390, 545)], 9, "tiro", "english", True),
        ([(50, 205), (217, 372), (384, 539)], 8, "helv", "german", False),
        ([(40, 160), (170, 290), (300, 420), (430, 550)], 7.5, "helv", "french", True),
        ([(36, 132), (143, 239), (250, 346), (357, 453), (464, 560)], 7, "tiro", "english", False),
        ([(45, 330), (345, 550)], 9, "tiro", "french", True),
        ([(45, 190), (205, 550)], 9, "helv", "german", True),
        ([(45, 150), (165, 345), (360, 550)], 8, "tiro", "french", False),
    ],
)
def test_columns_of_any_number_and_width_are_read_one_by_one(
    tmp_path, edges, size, font, language, justified
):
    setter = Typesetter(size, font, language, justified)
    setter.centre(60, "Harbour Towns", 16)
    setter.centre(80, "Ada Marwick", 10)
    for x0, x1 in edges:
        setter.fill(x0, 110, x1, 780)
    assert share_in_order(setter.read(tmp_path), setter.printed) > 0.97


def test_a_headline_over_two_of_three_columns(tmp_path):
    setter = Typesetter(8)
    setter.put(50, 70, "Salt and tar over two columns", setter.bold, 15)
    setter.fill(50, 90, 205, 780)
    setter.fill(220, 90, 375, 780)
    setter.fill(390, 50, 545, 780)
    assert share_in_order(setter.read(tmp_path), setter.printed) > 0.97


def test_columns_at_the_foot_of_a_page_in_one_column(tmp_path):
    setter = Typesetter(9)
    setter.fill(60, 50, 535, 560)
    setter.fill(60, 590, 290, 690)
    setter.fill(305, 590, 535, 690)
    assert share_in_order(setter.read(tmp_path), setter.printed) > 0.97


def test_a_list_in_two_columns_at_the_foot(tmp_path):
    setter = Typesetter(9)
    setter.fill(60, 50, 535, 560)
    setter.put(60, 590, "Schriften", setter.bold)
    for x, count in ((60, 4), (305, 3)):
        for i in range(count):
            setter.write(x, 605 + 20 * i, [setter.next_word() for _ in range(6)])
            setter.write(x + 9, 615 + 20 * i, [setter.next_word() for _ in range(3)])
    assert share_in_order(setter.read(tmp_path), setter.printed) > 0.97


@pytest.mark.parametrize("heading", ["About the Authors", "Danksagung", "Nota biográfica"])
def test_what_stands_under_both_columns_comes_after_them(tmp_path, heading):
    setter = Typesetter(9)
    setter.fill(50, 60, 290, 600)
    setter.fill(305, 60, 545, 560)
    setter.put(50, 640, heading, setter.bold)
    setter.fill(50, 650, 545, 720)
    assert share_in_order(setter.read(tmp_path), setter.printed) > 0.97


def words_at(y, *spots, size=10.0):
    return [Line(word, x0, y - 8, x1, y + 2, y, size) for word, x0, x1 in spots]


@pytest.mark.parametrize(
    ("spots", "spread"),
    [
        ([("does", 60, 80), ("not.", 120, 140), ("Retrieved", 180, 220), ("from", 260, 300)], True),
        ([("Retrieved", 60, 100), ("from", 280, 300)], True),
        ([("Stockwell", 60, 100), ("1997", 280, 300)], False),
        ([("ResNet", 60, 90), ("76.1", 140, 160), ("92.9", 240, 260)], False),
        ([("alpha", 60, 80), ("beta", 120, 140), ("gamma", 240, 300)], False),
    ],
)
def test_the_words_of_a_line_spread_wide_are_no_cells(spots, spread):
    assert is_spread(words_at(100, *spots), Column(60, 300)) is spread


def test_a_space_of_no_size_parts_words():
    first, second = words_at(100, ("quiet", 60, 80), ("majority", 80.1, 110))
    second.spaced = (True, False)
    assert merge_fragments([first, second])[0].text == "quiet majority"
    first, second = words_at(100, ("quiet", 60, 80), ("ly", 80.1, 90))
    assert merge_fragments([first, second])[0].text == "quietly"


def test_the_points_of_a_plot_are_no_column():
    lines = [
        Line("G GGG GG GGGG G", 340 + 3 * (i % 7), 100 + 5 * i, 430, 108 + 5 * i, 107 + 5 * i, 9.0)
        for i in range(20)
    ]
    lines += [
        Line("G GGG GG GGGG G", 472 + 4 * (i % 9), 100 + 5 * i, 540, 108 + 5 * i, 107 + 5 * i, 9.0)
        for i in range(20)
    ]
    lines.append(Line("Figure 3: all of the points", 60, 300, 540, 310, 308, 9.0))
    assert find_gutter(lines) is None
    assert len(split_columns(lines)) == 1


def test_short_lines_of_which_none_fills_its_column_are_no_column():
    def lines(x0, x1, count):
        rows = [100.0 + 12 * i for i in range(count)]
        return [Line("words of a list", x0, y - 8, x1, y + 2, y, 10.0) for y in rows]

    assert find_gutter(lines(60, 290, 6) + lines(302, 318, 6)[1:] + lines(338, 358, 1)) is None


def test_equal_words_are_compared_with_their_neighbours_only(tmp_path):
    pdf = pymupdf.open()
    page = pdf.new_page()
    for row in range(40):
        for column in range(10):
            page.insert_text((50 + 50 * column, 40 + 18 * row), "the quay", fontsize=9)
    page.insert_text((50.3, 40.2), "the quay", fontsize=9)  # a shadow
    raw = read_page(page, 1, text_flags())
    assert [line.text for line in raw.lines] == ["the quay"] * 400


@pytest.mark.parametrize(
    ("rotated", "upright", "turn", "sideways"),
    [
        (["Table 3: Households by year", "Morwick 71", "6.65", "52.94", "61.30"], 22, 0, True),
        (["One sentence on a page that the file turns."], 0, 90, True),
        (["arXiv:1706.03762v5 [cs.CL] 6 Dec 2017"], 0, 0, False),
        (["Test error of the network", "Loss"], 3000, 0, False),
        (["Tafel 2", "a", "b", "c", "d", "e"], 400, 90, False),
    ],
)
def test_a_sideways_page_is_told_from_stamps_and_axes(rotated, upright, turn, sideways):
    lines = [Line(words, 78, 100, 92, 400, 400, 10.0) for words in rotated]
    assert is_sideways(lines, upright, turn) is sideways
