"""Letters set apart are words, and words behind signs stand apart."""

import pymupdf
import pytest

from litmap.text import extract
from litmap.text.letter_spacing import join_letters, part_bare, part_small_words

PROSE = "The river carries sand from the hills to the sea and builds a delta where the water slows down. "


def read(folder, *lines):
    """The text of a page with these lines: pieces of text, each with its letter spacing in points."""
    pdf = pymupdf.open()
    page = pdf.new_page()
    page.insert_font(fontname="helv")
    drawn = []
    for i, pieces in enumerate([*lines, *[[(PROSE, 0)]] * 6]):
        shown = " ".join(f"{space} Tc ({words}) Tj" for words, space in pieces)
        drawn.append(f"BT /helv 10 Tf 1 0 0 1 72 {760 - 14 * i} Tm {shown} ET")
    xref = pdf.get_new_xref()
    pdf.update_object(xref, "<<>>")
    pdf.update_stream(xref, "\n".join(drawn).encode("cp1252"))
    page.set_contents(xref)
    pdf.save(folder / "a.pdf")
    document = extract(folder / "a.pdf", "x", ocr=False)
    return " ".join(block.text for block in document.pages[0].blocks)


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ([("INTRODUCTION AND METHODS", 5)], "INTRODUCTION AND METHODS"),
        ([("A B S T R A C T   O F   T H E   T H E S I S", 0)], "ABSTRACT OF THE THESIS"),
        ([("Das ist ", 0), ("gesperrt gesetzter", 2), (" Text, wie er war.", 0)],
         "Das ist gesperrt gesetzter Text, wie er war."),
        ([("Wir nennen eine ", 0), ("freie", 3), (" Handlung das, was geschieht.", 0)],
         "Wir nennen eine freie Handlung das, was geschieht."),
        ([("R\xe9sum\xe9 de la th\xe8se", 4)], "Résumé de la thèse"),
        ([("L i t e r a t u r", 0)], "Literatur"),
        ([("Z U S A M M E N F A S S U N G", 0)], "ZUSAMMENFASSUNG"),
    ],
)  # fmt: skip
def test_letters_set_apart_are_read_as_words(pieces, words, tmp_path):
    assert words in read(tmp_path, pieces)


@pytest.mark.parametrize(
    "line",
    ["a b c d e f", "X X X X X", "w x y z", "A C G T T G C A", "A B B A B A B A", "1 2 3 4 5 6", "i j k l m n"],
)  # fmt: skip
def test_rows_of_single_letters_stay_apart(line, tmp_path):
    assert line in read(tmp_path, [(f"There are {line} in it", 0)])


def test_a_run_that_is_not_among_the_painted_letters_stays():
    assert join_letters("g e s p e r r t", []) == "g e s p e r r t"
    assert part_bare("o↵ and o↵the", [], 10) == "o↵ and o↵the"


@pytest.mark.parametrize(
    ("glued", "apart"),
    [
        ("by ∥x∥and ⟨a, b⟩where w⊤the", "by ∥x∥ and ⟨a, b⟩ where w⊤ the"),
        ("∥xij∥ and w⊤xi, ∥sup, n → ∞für alle", "∥xij∥ and w⊤xi, ∥sup, n → ∞ für alle"),
        ("x⊤An and ⟩f", "x⊤An and ⟩f"),
    ],
)
def test_small_words_behind_signs_of_formulas_stand_apart(glued, apart):
    assert part_small_words(glued) == apart
