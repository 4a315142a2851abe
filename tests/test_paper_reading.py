"""What the reader of one paper is given: its words with their places, and what it cites."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from litmap.catalogue.entries import Entry
from litmap.library.reading import cited_works
from litmap.models import Document, Reference, Work
from litmap.references import WorkIndex, citation_marks
from litmap.ui import reading_routes
from tests.test_references import DOLL, HARDIN, PAINE, block, document


def cited_text(paper: Document, references: list[Reference]) -> list[tuple[str, tuple[int, ...]]]:
    """What each mark covers, and the entries it cites."""
    return [
        (paper.pages[m.page - 1].blocks[m.block].text[m.start : m.end], m.entries)
        for m in citation_marks(paper, references)
    ]


def numbered(count: int) -> list[Reference]:
    return [Reference(raw=f"[{n}] Title {n}.", number=str(n)) for n in range(1, count + 1)]


def test_each_number_in_brackets_is_a_mark() -> None:
    paper = document([block("body", ["As shown before [3, 7–9], and again [12]."])])
    assert cited_text(paper, numbered(12)) == [
        ("3", (2,)),
        ("7–9", (6, 7, 8)),
        ("12", (11,)),
    ]


def test_names_with_a_year_are_a_mark() -> None:
    keskar = Reference(raw="Keskar 2016", authors=("Nitish Keskar", "A. B", "C. D"), year=2016)
    paper = document([block("body", ["Sharp minima (Keskar et al., 2016) are said to be worse."])])
    assert cited_text(paper, [keskar]) == [("Keskar et al., 2016", (0,))]


def test_a_mark_over_a_page_break_is_two() -> None:
    keskar = Reference(raw="Keskar 2016", authors=("Nitish Keskar", "A. B", "C. D"), year=2016)
    paper = document(
        [block("body", ["Sharp minima (Keskar et"])],
        [block("body", ["al., 2016) are worse."], continues=True)],
    )
    assert cited_text(paper, [keskar]) == [("Keskar et", (0,)), ("al., 2016", (0,))]
    assert [m.page for m in citation_marks(paper, [keskar])] == [1, 2]


def test_raised_numbers_cite_where_they_name_most_of_the_list() -> None:
    paper = document([block("body", ["Deep networks1,2 learn features.3 Others4 do not."])])
    assert cited_text(paper, numbered(4)) == [
        ("1", (0,)),
        ("2", (1,)),
        ("3", (2,)),
        ("4", (3,)),
    ]


def test_a_number_behind_a_word_cites_nothing_in_a_paper_with_brackets() -> None:
    paper = document([block("body", ["The model ResNet50 of [1] and [2] beats ResNet2 of [3]."])])
    assert [text for text, _ in cited_text(paper, numbered(3))] == ["1", "2", "3"]


def listed_paper() -> Document:
    """A paper that cites two of three works on its first page."""
    return document(
        [block("body", ["Smoke harms 𝑥 (Doll and Hill, 1950), commons fail (Hardin, 1968)."])],
        [
            block("heading", ["References"]),
            *(
                block("reference", lines, y=120 + 60 * at)
                for at, lines in enumerate((DOLL, HARDIN, PAINE))
            ),
        ],
    )


def test_an_entry_knows_its_place_and_its_work() -> None:
    paper = listed_paper()
    work = Work("doi:10.1/commons", "The tragedy of the commons", ("Garrett Hardin",), 1968)
    entry = Entry(work=work, status="fetched", reason="")
    cited = cited_works(paper, WorkIndex([work]), {work.id: entry})
    assert [listed.entry for listed in cited.listed] == [None, entry, None]
    assert [(c.reference.page, c.block, c.start) for c in cited.listed] == [
        (2, 1, 0),
        (2, 2, 0),
        (2, 3, 0),
    ]


def test_offsets_count_as_the_browser_counts() -> None:
    paper = listed_paper()
    data = reading_routes.cited_data(cited_works(paper, WorkIndex([]), {}), paper)
    text = paper.pages[0].blocks[0].text.encode("utf-16-le")
    page, _, start, end, entries = data["marks"][0]
    assert text[2 * start : 2 * end].decode("utf-16-le") == "Doll and Hill, 1950"
    assert (page, entries) == (1, (0,))
    assert data["entries"][0]["title"] == "Smoking and carcinoma of the lung"


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=40), min_size=1, max_size=5), max_size=6))
def test_the_lines_of_a_block_are_its_text(parts: list[list[str]]) -> None:
    blocks = [block("body", lines, y=100 + 70 * at) for at, lines in enumerate(parts)]
    data = json.loads(json.dumps(reading_routes.text_data(document(blocks))))
    drawn = ["".join(line[0] for line in lines) for _, _, lines in data["pages"][0]["blocks"]]
    assert drawn == [b.text for b in blocks]
