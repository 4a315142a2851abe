"""Text that runs up or down a page: tables, pages set sideways, stamps, labels of axes."""

import pymupdf
import pytest

from litmap.text import extract

PROSE = (
    "The river carries sand from the hills to the sea and builds a delta where the water slows down and "
    "the grains come to rest. Each flood lays a new sheet upon the old ones and so the land grows outward. "
)
OTHER = (
    "Markets of the old town were moved to the quay when the wall fell and merchants from the north "
    "arrived with furs and amber in autumn, as the books of the guild say of them. "
)
CAPTION = "Table 3: Households of Yarlsby by year of entry"
ROWS = [("Region", "Count", "Share", "Mean")] + [
    (f"Region{name} west", f"{i}1.17", f"{i}2.27", f"{i}3.37") for i, name in enumerate("ABCDEFGH")
]
SIDES = (90, 270)


def write(page, rect, words, times=1, rotate=0):
    page.insert_textbox(rect, words * times, fontsize=10, fontname="tiro", rotate=rotate)


def write_table(page, angle, x, caption=CAPTION, rows=ROWS):
    """A table whose lines run up from the foot of the page (90) or down from its head (270)."""
    along, across, y = (-1, 1, 760) if angle == 90 else (1, -1, 80)

    def put(right, down, words):
        place = (x + across * down, y + along * right)
        page.insert_text(place, words, fontsize=9, fontname="helv", rotate=angle)

    put(0, 0, caption)
    for i, cells in enumerate(rows):
        for j, cell in enumerate(cells):
            put(80 * j, 24 + 16 * i, cell)


def read(folder, draw, **size):
    """The blocks of the second page of three, which `draw` has drawn."""
    pdf = pymupdf.open()
    first = pdf.new_page()
    first.insert_text((100, 80), "Harbours and the price of salt", fontsize=18, fontname="tibo")
    write(first, (70, 110, 525, 760), PROSE, 8)
    draw(pdf.new_page(**size))
    write(pdf.new_page(), (70, 60, 525, 760), PROSE, 8)
    pdf.save(folder / "a.pdf")
    document = extract(folder / "a.pdf", "x", ocr=False)
    assert document.title == "Harbours and the price of salt"
    return document.pages[1].blocks


def texts(blocks, kind):
    return [block.text for block in blocks if block.kind == kind]


@pytest.mark.parametrize("angle", SIDES)
@pytest.mark.parametrize("head", ["", "Annals of Coastal Life"])
def test_a_table_set_sideways_is_read_row_by_row(angle, head, tmp_path):
    def draw(page):
        page.insert_text((250, 30), head, fontsize=8)
        write_table(page, angle, 120 if angle == 90 else 480)

    blocks = read(tmp_path, draw)
    assert texts(blocks, "caption") == [CAPTION]
    assert texts(blocks, "table") == ["\n".join(" | ".join(row) for row in ROWS)]
    caption = next(block for block in blocks if block.kind == "caption")
    x0, y0, x1, y1 = caption.spans[0].rect  # where it is printed: narrow and high
    assert x1 - x0 < 20
    assert y1 - y0 > 150
    assert (y1 > 755 and x0 < 121 < x1) if angle == 90 else (y0 < 85 and x0 < 480 < x1)


@pytest.mark.parametrize("angle", SIDES)
def test_a_table_set_sideways_between_two_columns_parts_them(angle, tmp_path):
    def draw(page):
        write(page, (60, 60, 200, 780), PROSE, 3)
        write(page, (395, 60, 535, 780), OTHER, 3)
        write_table(page, angle, 240 if angle == 90 else 370)

    blocks = read(tmp_path, draw)
    body = " ".join(texts(blocks, "body"))
    assert "when the wall fell and merchants" in body
    assert body.index("builds a delta") < body.index("Markets of the old town")
    assert texts(blocks, "caption") == [CAPTION]
    assert " | ".join(ROWS[3]) in texts(blocks, "table")[0]


@pytest.mark.parametrize("angle", SIDES)
def test_a_table_set_sideways_under_an_upright_caption(angle, tmp_path):
    def draw(page):
        page.insert_text((80, 50), CAPTION, fontsize=10)
        write_table(page, angle, 120 if angle == 90 else 480, caption="")

    blocks = read(tmp_path, draw)
    assert texts(blocks, "caption") == [CAPTION]
    assert all(cell in "".join(texts(blocks, "table")) for row in ROWS for cell in row)


@pytest.mark.parametrize("angle", SIDES)
def test_a_page_of_prose_set_sideways_is_read_line_by_line(angle, tmp_path):
    blocks = read(tmp_path, lambda page: write(page, (70, 60, 525, 780), PROSE, 6, rotate=angle))
    assert (PROSE * 2).strip() in " ".join(texts(blocks, "body"))
    x0, y0, x1, y1 = blocks[0].spans[0].rect
    assert x1 - x0 < 20
    assert y1 - y0 > 500


@pytest.mark.parametrize("turn", [90, 270])
def test_a_page_that_the_file_turns_upright_is_read_as_it_is_seen(turn, tmp_path):
    def draw(page):
        write(page, (60, 70, 780, 525) if turn == 0 else (70, 60, 525, 780), PROSE, 6, rotate=turn)
        page.set_rotation(turn)

    blocks = read(tmp_path, draw)
    assert (PROSE * 2).strip() in " ".join(texts(blocks, "body"))


def test_stamps_at_the_margin_stay_out_of_a_page_set_sideways(tmp_path):
    def draw(page):
        page.insert_text(
            (30, 700), "arXiv:1706.03762v5  [cs.CL]  6 Dec 2017", fontsize=16, rotate=90
        )
        notice = "Downloaded from the library of the harbour on a day in May"
        page.insert_text((585, 600), notice, fontsize=6, rotate=90)
        write_table(page, 90, 120)

    everything = " ".join(block.text for block in read(tmp_path, draw))
    assert "Region" in everything
    assert "arXiv" not in everything
    assert "Downloaded" not in everything


def test_labels_of_axes_and_ticks_are_not_read(tmp_path):
    def draw(page):
        write(page, (70, 60, 525, 300), PROSE, 3)
        for panel in range(6):
            x, y = 100 + 80 * panel, 700
            page.insert_text((x, y), "Accuracy of all the models in percent", fontsize=7, rotate=90)
            for tick in range(4):
                page.insert_text((x + 12 * tick, 760), f"class {tick}", fontsize=6, rotate=90)

    everything = " ".join(block.text for block in read(tmp_path, draw))
    assert "Accuracy" not in everything
    assert "class" not in everything
