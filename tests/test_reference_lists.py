"""Reference lists in small PDFs made here: where they begin, end, and are cut into entries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pymupdf
import pytest

from litmap import text
from litmap.models import Reference
from litmap.references import read_references

PROSE = (
    "The northern survey describes the price of grain in all four districts,",
    "and this holds for both regions, although the figures are not complete.",
    "A smaller team has followed the same question with letters and ledgers",
    "for the first time since the reform, and comes to the same answer here.",
)
NAMES = ("Amber", "Brandel", "Cornwick", "Dahlem", "Engstrand", "Fahrholt", "Grauwald", "Hollin")
ENTRIES = tuple(
    (
        f"{name}, Ruth/Olm, Peter ({1984 + 3 * i}): Hafen und Handel im langen Jahrhundert des",
        f"Nordens. In: Zeitschrift für Flusskunde {12 + i}, S. {40 + i}-{59 + i}.",
    )
    for i, name in enumerate(NAMES)
)


class Paper:
    """A PDF in the making: rows set one below the other at x = 70 + `indent`."""

    def __init__(self) -> None:
        self.pdf = pymupdf.open()
        self.y = 900.0
        self.row("Rivers and their harbours", size=18, font="hebo", after=12)
        self.row("1 Introduction", size=12, font="hebo", after=4)
        for _ in range(10):
            self.paragraph(PROSE)

    def row(
        self, words: str, *, size: float = 10, font: str = "helv", indent: float = 0,
        before: float = 0, after: float = 0, x: float = 70,
    ) -> None:  # fmt: skip
        """One row, on a new page where the last is full."""
        self.y += before + 1.2 * size
        if self.y > 780:
            self.page = self.pdf.new_page()
            self.y = 80.0
        self.page.insert_text((x + indent, self.y), words, fontsize=size, fontname=font)
        self.y += after

    def paragraph(
        self, rows: Sequence[str], *, hang: float = 0, after: float = 4, **print_: object
    ) -> None:
        """Some rows, the first at the edge, the others set in by `hang`."""
        for i, words in enumerate(rows):
            self.row(words, indent=hang if i else 0, **print_)  # type: ignore[arg-type]
        self.y += after

    def references(self, folder: Path) -> list[Reference]:
        """What is read of it."""
        self.pdf.save(folder / "paper.pdf")
        return read_references(text.extract(folder / "paper.pdf", "0" * 64, ocr=False))


@pytest.fixture
def paper() -> Paper:
    return Paper()


def squeezed(entries: Sequence[Sequence[str]]) -> list[str]:
    return ["".join("".join(rows).replace("-", "").split()) for rows in entries]


def raws(found: Sequence[Reference]) -> list[str]:
    return ["".join(reference.raw.replace("-", "").split()) for reference in found]


def add_list(paper: Paper, *, hang: float = 18, after: float = 0) -> None:
    for entry in ENTRIES:
        paper.paragraph(entry, hang=hang, after=after)


@pytest.mark.parametrize(
    "heading",
    [
        "Literatur- und Quellenverzeichnis",
        "Bibliographie / Bibliography",
        "Riferimenti bibliografici",
        "Literatuurlijst",
        "Felhasznált irodalom",
    ],
)
@pytest.mark.parametrize("font", ["hebo", "helv"])
def test_a_list_is_found_under_its_name_in_bold_or_in_the_print_of_the_text(
    paper: Paper, heading: str, font: str, tmp_path: Path
) -> None:
    paper.row(heading.replace("á", "a"), font=font)
    add_list(paper)
    assert raws(paper.references(tmp_path)) == squeezed(ENTRIES)


def test_a_part_of_a_list_has_a_heading_and_the_list_goes_on(paper: Paper, tmp_path: Path) -> None:
    paper.row("Literatur", font="hebo", size=12, before=8, after=4)
    for entry in ENTRIES[:4]:
        paper.paragraph(entry, hang=18, after=0)
    paper.row("Zeitschriften", font="hebo", before=8, after=4)
    for entry in ENTRIES[4:]:
        paper.paragraph(entry, hang=18, after=0)
    assert raws(paper.references(tmp_path)) == squeezed(ENTRIES)


def test_an_appendix_behind_the_list_is_none_of_it(paper: Paper, tmp_path: Path) -> None:
    paper.row("Literatur", font="hebo", size=12, before=8, after=4)
    add_list(paper)
    paper.row("Anhang: Die Häfen", font="hebo", size=12, before=8, after=4)
    paper.paragraph(["Emden 1962, 1974; Leer 1980, 1982; Norden 1983; Aurich 1990, 1991."])
    assert raws(paper.references(tmp_path)) == squeezed(ENTRIES)


def test_labels_and_titles_above_entries_do_not_end_the_list(paper: Paper, tmp_path: Path) -> None:
    paper.row("Literaturverzeichnis", font="hebo", size=14, before=8, after=8)
    labelled = []
    for name, entry in zip(NAMES, ENTRIES, strict=True):
        paper.row(f"{name} u. a. 1999", font="hebo", before=4)
        paper.paragraph(entry, hang=0)
        labelled.append([f"{name} u. a. 1999", *entry])
    assert raws(paper.references(tmp_path)) == squeezed(labelled)


def test_numbered_conclusions_without_years_are_no_list(paper: Paper, tmp_path: Path) -> None:
    for i in range(1, 9):
        paper.paragraph(
            [
                f"{i}. The ledgers were kept in every parish, and they are complete",
                "for the whole of the valley.",
            ]
        )
    assert paper.references(tmp_path) == []


def add_heading(paper: Paper) -> None:
    paper.row("Literatur", font="hebo", size=12, before=8, after=4)


def test_a_list_whose_edge_drifts_is_cut_at_its_hanging_indents(
    paper: Paper, tmp_path: Path
) -> None:
    add_heading(paper)
    for i, entry in enumerate(ENTRIES):
        paper.row(entry[0], indent=2.5 * i)
        paper.row(entry[1], indent=2.5 * i + 20)
    assert raws(paper.references(tmp_path)) == squeezed(ENTRIES)


def test_entries_without_indent_or_gap_are_cut_by_their_words(paper: Paper, tmp_path: Path) -> None:
    add_heading(paper)
    for entry in ENTRIES:
        paper.paragraph(entry, after=0)
    assert raws(paper.references(tmp_path)) == squeezed(ENTRIES)


def test_rows_that_open_like_an_entry_are_its_end_where_they_hang_in(
    paper: Paper, tmp_path: Path
) -> None:
    add_heading(paper)
    entries = [
        (f"{name}, Ruth; Ost, Jan; Olm, Peter; Hagen, Ute; Brüne, Karl; Wiese, Anna und", last)
        for name, last in (
            (name, "Teich, Otto (1999): Wehre. In: Flüsse 3, S. 4-9.") for name in NAMES
        )
    ]
    for entry in entries:
        paper.paragraph(entry, hang=16, after=0)
    assert raws(paper.references(tmp_path)) == squeezed(entries)


@pytest.mark.parametrize(
    "style",
    [
        "{} R. E., 19{}, ApJ, 254, 568",
        "{}, R., & Olm, P. 19{}, A&A, 210, L45",
        "{} R E, 19{}, Icarus 12, 4",
    ],
)
def test_entries_of_one_line_without_full_stop_are_entries(
    paper: Paper, style: str, tmp_path: Path
) -> None:
    add_heading(paper)
    lines = [[style.format(name, 61 + i)] for i, name in enumerate(NAMES * 2)]
    for line in lines:
        paper.row(line[0])
    assert raws(paper.references(tmp_path)) == squeezed(lines)


def test_what_is_said_of_the_author_in_another_print_is_none_of_the_list(
    paper: Paper, tmp_path: Path
) -> None:
    add_heading(paper)
    add_list(paper)
    paper.paragraph(
        ["Ruth Amber is a lecturer at the University of the Lower Harbour.", "Address: Quay 2, Emden."],
        size=11, before=30,
    )  # fmt: skip
    assert raws(paper.references(tmp_path)) == squeezed(ENTRIES)


def test_a_publishers_series_in_another_print_is_none_of_the_list(
    paper: Paper, tmp_path: Path
) -> None:
    add_heading(paper)
    add_list(paper)
    paper.y = 900
    for i, name in enumerate(NAMES):
        paper.paragraph(
            [f"Anna {name}: Deiche und Siele, Band {i}", f"19{70 + i}, Emden, Kai Verlag"], size=7
        )
    assert raws(paper.references(tmp_path)) == squeezed(ENTRIES)


STEP = (
    "Now for a fixed i in the set we can choose a point z of the ball, since the",
    "difference of both sides is bounded by the largest of their sums, as above.",
    "Hence the matrix is positive definite and its least eigenvalue is not zero.",
)


@pytest.mark.parametrize(
    "heading",
    [
        [("A", 0), ("PROOFS FOR SECTION 3", 20)],
        [("B", 0), ("Proof of Theorem 2", 20)],
        [("7", 0), ("Beweis von Satz 4", 20)],
        [],
    ],
    ids=["capitals", "letter", "German", "none"],
)
@pytest.mark.parametrize("number", ["({})", "{}.", "Step {}:"])
def test_numbered_steps_of_a_proof_behind_a_list_are_none_of_it(
    paper: Paper, tmp_path: Path, heading: list[tuple[str, float]], number: str
) -> None:
    add_heading(paper)
    add_list(paper)
    paper.y = 900
    for words, indent in heading:
        paper.row(words, size=12, indent=indent, after=-14.4 if indent == 0 else 6)
    for i in range(1, 7):
        paper.paragraph([f"{number.format(i)} {STEP[0]}", *STEP[1:]])
        paper.row(f"a(x) + b(y) = c(z) ({i})", indent=120, after=6)
    assert raws(paper.references(tmp_path)) == squeezed(ENTRIES)
