"""Lines that run from right to left or downwards are read as they are written."""

import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.text import extract
from litmap.text.turns import Turn, turn_rect, turn_rect_back
from litmap.text.writing_direction import Sign, read_as_seen


def print_signs(seen, size=10.0, painted="from the left"):
    """Signs beside each other as they are seen from left to right, ten points wide each."""
    signs = [
        Sign(c, size * i, size * (i + 1), 100.0, size, (size * i, 90.0, size * (i + 1), 102.0))
        for i, c in enumerate(seen)
    ]
    return signs if painted == "from the left" else signs[::-1]


@pytest.mark.parametrize("painted", ["from the left", "from the right"])
@pytest.mark.parametrize(
    ("seen", "read"),
    [
        ("םלוע םולש", "שלום עולם"),
        (".םלוע םולש", "שלום עולם."),
        ("ךרדה לע Velmora 12 םולש", "שלום Velmora 12 על הדרך"),
        ("ךרדה לע Velmora 2.1 םולש", "שלום Velmora 2.1 על הדרך"),
        ("1995 תנשב", "בשנת 1995"),
        (".Quill ةغل ىلع", "على لغة Quill."),
        ("طيسب CSV فلم يف", "في ملف CSV بسيط"),
    ],
)
def test_what_is_seen_is_turned_into_what_is_read(seen, read, painted):
    assert read_as_seen(print_signs(seen, painted=painted), right_to_left=True) == read


def test_words_quoted_in_a_line_from_the_left_are_turned_alone():
    signs = print_signs("the word םולש means peace")
    assert read_as_seen(signs, right_to_left=False) == "the word שלום means peace"


def test_a_ligature_and_a_mark_stay_with_their_letter():
    lam = Sign("ل", 10, 20, 100, 10, (10, 90, 20, 102))
    alef = Sign("ا", 20, 20, 100, 10, (20, 90, 20, 102))
    mark = Sign("\u064b", 12, 12, 96, 10, (12, 86, 12, 98))
    he = Sign("ه", 20, 30, 100, 10, (20, 90, 30, 102))
    assert read_as_seen([he, lam, alef, mark], right_to_left=True) == "هلا\u064b"


@given(
    st.tuples(*[st.floats(0, 900) for _ in range(4)]),
    st.sampled_from(Turn),
    st.tuples(st.floats(100, 1000), st.floats(100, 1000)),
)
def test_a_place_turned_is_turned_back(rect, turn, size):
    back = turn_rect_back(turn_rect(rect, turn, size), turn, size)
    assert back == pytest.approx(rect, abs=1e-6)


PARAGRAPH = (
    "בכל אביב נפגשו אנשי הכפר ליד הנהר (ראו Velmora 2.1) כדי להחליט על השדות המשותפים. לדברי "
    "הזקנים גובה המים העיד יותר מכל לוח שנה, ראו טבלה 12."
)


def test_hebrew_in_two_columns_is_read_from_the_right(tmp_path):
    pdf = pymupdf.open()
    page = pdf.new_page()
    for x, label in ((310, "ימין"), (60, "שמאל")):
        paragraphs = "".join(f'<p dir="rtl">{label} {i}: {PARAGRAPH}</p>' for i in range(1, 8))
        page.insert_htmlbox(pymupdf.Rect(x, 72, x + 230, 700), paragraphs)
    pdf.save(tmp_path / "paper.pdf")
    document = extract(tmp_path / "paper.pdf", "0" * 64, ocr=False)
    if "\ufffd" in page.get_text() or not document.pages[0].blocks:
        pytest.skip("no font with Hebrew letters")
    assert document.quality == "text"
    texts = [block.text for block in document.pages[0].blocks]
    whole = " ".join(texts)
    assert whole.count(PARAGRAPH) == 14
    assert whole.index("ימין 7") < whole.index("שמאל 1")
    first, last = document.pages[0].blocks[0], document.pages[0].blocks[-1]
    assert first.spans[0].rect[0] > 300 > last.spans[0].rect[2]
    assert all(x0 < x1 for x0, _, x1, _ in (span.rect for span in first.spans))


JAPANESE = (
    "本稿では谷間の村における共有地の使い方について述べる。村人は毎年春になると川辺に集まり、"
    "種まきの日を相談した。年寄りたちは暦よりも水の高さのほうが確かだと考えていた。私たちは三年の"
    "あいだに四十の家を訪ね、いつ畑を耕し始めたかを書き留めた。"
)
CHINESE = (
    "每年春天村民都會在河邊集合商量當年的播種日期。老人們認為水位的高低比任何曆書都更可靠。這些"
    "帳本後來被送到地方檔案館至今仍可以閱讀。我們在三年內訪問了四十戶人家。"
)


@pytest.mark.parametrize(
    ("text", "font"), [(JAPANESE, "japan"), (CHINESE, "china-t"), (CHINESE, "japan")]
)
@pytest.mark.parametrize("rows", [20, 31])
def test_vertical_lines_are_read_downwards_from_the_right(text, font, rows, tmp_path):
    pdf = pymupdf.open()
    page = pdf.new_page()
    for i, c in enumerate(text):
        column, row = divmod(i, rows)
        page.insert_text((500 - 20 * column, 90 + 12.5 * row), c, fontname=font, fontsize=12)
    pdf.save(tmp_path / "paper.pdf")
    document = extract(tmp_path / "paper.pdf", "0" * 64, ocr=False)
    page = document.pages[0]
    assert "".join("".join(b.text.split()) for b in page.blocks) == text
    assert page.width < page.height
    assert page.blocks[0].spans[0].rect == pytest.approx((500, 80, 512, 80 + 12.5 * rows), abs=8)


def test_horizontal_chinese_is_left_as_it_is(tmp_path):
    pdf = pymupdf.open()
    page = pdf.new_page()
    for i in range(0, len(CHINESE), 24):
        page.insert_text((72, 90 + i), CHINESE[i : i + 24], fontname="china-t", fontsize=12)
    pdf.save(tmp_path / "paper.pdf")
    document = extract(tmp_path / "paper.pdf", "0" * 64, ocr=False)
    assert "".join("".join(b.text.split()) for b in document.pages[0].blocks) == CHINESE
