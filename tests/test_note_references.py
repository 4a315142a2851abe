"""Works that a paper cites in its footnotes or endnotes alone."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap import text
from litmap.models import Document, Page, TextBlock
from litmap.references import read_references
from litmap.references.notes import full_citations, notes


@pytest.mark.parametrize(
    ("note", "citations"),
    [
        (
            "See H. L. A. Olm, The Concept of Dikes (Emden: Kai Press, 1961), pp. 12-14; see also John "
            "Teich, A Theory of Sluices (Leer, 1971).",
            [
                "H. L. A. Olm, The Concept of Dikes (Emden: Kai Press, 1961), pp. 12-14",
                "John Teich, A Theory of Sluices (Leer, 1971).",
            ],
        ),
        (
            "Dazu siehe z. B.: Meyer, Ruth (1999): Häfen und Siele im Norden. Emden: Kai Verlag, S. 3.",
            ["Meyer, Ruth (1999): Häfen und Siele im Norden. Emden: Kai Verlag, S. 3."],
        ),
        (
            "Vgl. Max Olm, Deiche und Gesellschaft, Emden 1922, S. 12 f.; ders., Gesammelte Aufsätze "
            "zur Flut, Bd. 1, Leer 1920, S. 17; Kolk (Anm. 3), S. 5.",
            [
                "Max Olm, Deiche und Gesellschaft, Emden 1922, S. 12 f.",
                "ders., Gesammelte Aufsätze zur Flut, Bd. 1, Leer 1920, S. 17",
            ],
        ),
        (
            "M. OLM, Surveiller les digues, Paris, Quai, 1975, p. 23 ; voir aussi P. SIEL, La mer du "
            "Nord, Paris, Quai, 1979.",
            [
                "M. OLM, Surveiller les digues, Paris, Quai, 1975, p. 23",
                "P. SIEL, La mer du Nord, Paris, Quai, 1979.",
            ],
        ),
        ("См. Иванов И. И. История гаваней. М., 1999. С. 12.", ["Иванов И. И. История гаваней. М., 1999. С. 12."]),
        (
            "See Ida Tell, “Who Owns the Dike?”: Olm and the Sea, 33 DIKE & SLUICE L. REV. 995, 1037 "
            "(1992) (stating that dikes were owned by those who worked on them) (quoting OTTO OLM, "
            "GOVERNING THE DIKE 25 (1985)). The dikes are old. See id.",
            [
                "Ida Tell, “Who Owns the Dike?”: Olm and the Sea, 33 DIKE & SLUICE L. REV. 995, 1037 "
                "(1992)",
                "OTTO OLM, GOVERNING THE DIKE 25 (1985)",
            ],
        ),
        ("1 IDA TELL, A HISTORY OF DIKES (4th ed. rev. 1903).", ["IDA TELL, A HISTORY OF DIKES (4th ed. rev. 1903)."]),
        ("S. IDA TELL, THE SOURCES OF THE SEA 309 (2015).", ["S. IDA TELL, THE SOURCES OF THE SEA 309 (2015)."]),
        ("Olm Dike Co. v. Teich, 532 U.S. 223, 226 (2001); Board of Sluices v. Siel, 99 F.3d 12 (9th Cir. 1999).", []),
        ("Dike Protection Act of 1998, 42 U.S.C. § 7401.", []),
        ("Ebd., S. 12.", []),
        ("Siehe auch Schneider (2002: 95f.), wobei Schneider sich auf die Deiche beschränkt.", []),
        ("Olm, supra note 3, at 12 (1999).", []),
        ("Die Zahl der Häfen war 1999 noch höher als in den Jahren zuvor.", []),
    ],
)  # fmt: skip
def test_a_note_cites_works_in_full(note: str, citations: list[str]) -> None:
    assert full_citations(note) == citations


def document(*blocks: TextBlock) -> Document:
    return Document("0" * 64, (Page(1, 600, 800, blocks),))


def test_a_note_goes_on_in_the_next_block_and_two_stand_in_one() -> None:
    found = notes(
        document(
            TextBlock("footnote", "7 Olm, Deiche, Em-"),
            TextBlock("footnote", "den 1999. 8 Teich, Siele, Leer 1998."),
        )
    )
    assert [note.text for note in found] == [
        "Olm, Deiche, Emden 1999.",
        "Teich, Siele, Leer 1998.",
    ]
    (one, two) = notes(
        document(TextBlock("footnote", "7 Olm, Deiche, Emden 1999. 8 Teich, Siele, Leer 1998."))
    )
    assert (one.text, two.text) == ("Olm, Deiche, Emden 1999.", "Teich, Siele, Leer 1998.")


def test_a_block_that_begins_inside_of_a_note_is_cut_too() -> None:
    found = notes(
        document(
            TextBlock("footnote", "98 See Olm, supra note 4, at"),
            TextBlock(
                "footnote", "12. 99 Id. 100 532 U.S. 223 (2001). 101 “Dikes are old.” Teich, at 7."
            ),
        )
    )
    assert [note.text for note in found] == [
        "See Olm, supra note 4, at 12.",
        "Id.",
        "532 U.S. 223 (2001).",
        "“Dikes are old.” Teich, at 7.",
    ]


def test_endnotes_under_a_heading_are_notes() -> None:
    works = [
        "1. Hans Olm, Deiche und Siele im Norden (Emden: Kai, 1999), S. 3.",
        "2. Ute Teich, Häfen und Handel der Küste (Leer: Kai, 1998), S. 9.",
        "3. Vgl. Jan Siel, Fluten und Fische der See (Leer: Kai, 1997).",
        "4. Hans Olm, Deiche und Siele im Norden (Emden: Kai, 1999), S. 30.",
    ]
    blocks = [TextBlock("heading", "Anmerkungen"), *(TextBlock("body", work) for work in works)]
    found = read_references(document(*blocks))
    assert [reference.title for reference in found] == [
        "Deiche und Siele im Norden",
        "Häfen und Handel der Küste",
        "Fluten und Fische der See",
    ]


def test_a_paper_with_footnotes_alone_has_references(tmp_path: Path) -> None:
    pdf = pymupdf.open()
    people = [
        "Ruth Amber, Harbours of the north",
        "Otto Brandel, Sluices and their keepers",
        "Ida Cornwick, The price of salt",
        "Jan Dahlem, Letters from the coast",
    ]
    cited = []
    for number in range(1, 5):
        page = pdf.new_page()
        page.insert_text(
            (70, 60), "Dikes and sluices of the coast" if number == 1 else "", fontsize=16
        )
        for row in range(30):
            words = "The committee of the valley describes the price of grain in all four districts"
            page.insert_text((70, 90 + 13 * row), words, fontsize=11)
        cited.append(f"{people[number - 1]} (Emden: Kai Press, 196{number}), pp. 4-9.")
        page.insert_text((70, 740), f"{number} See {cited[-1]}", fontsize=8)
    pdf.save(tmp_path / "paper.pdf")
    found = read_references(text.extract(tmp_path / "paper.pdf", "0" * 64, ocr=False))
    assert [reference.raw for reference in found] == cited
    assert [reference.page for reference in found] == [1, 2, 3, 4]


@given(st.text())
def test_any_note_is_read(note: str) -> None:
    for citation in full_citations(note):
        assert citation in note
