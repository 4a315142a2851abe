from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.quality import reference_lists
from litmap.models import Document, Page, Reference, Span, TextBlock, Work
from litmap.references import (
    citing_passages,
    find_uncited_works,
    link,
    read_references,
    uncited_by_heading,
)
from litmap.references.citing_passages import find_number
from litmap.references.extraction import is_complete, opens_entry
from litmap.references.lines import line_number


def block(
    kind: str,
    lines: list[str],
    *,
    x: float = 72,
    y: float = 100,
    hang: float = 0,
    continues: bool = False,
) -> TextBlock:
    """A block whose lines stand below each other; `hang` sets in all but the first."""
    text, spans = "", []
    for i, line in enumerate(lines):
        start = len(text)
        text += line + (" " if i + 1 < len(lines) else "")
        left = x + (hang if i else 0)
        spans.append(Span(start, len(text), (left, y + 12 * i, left + 220, y + 12 * i + 10)))
    return TextBlock(kind, text, tuple(spans), continues=continues)


def document(*pages: list[TextBlock]) -> Document:
    return Document(
        "0" * 64, tuple(Page(i, 612, 792, tuple(blocks)) for i, blocks in enumerate(pages, 1))
    )


DOLL = ["Doll R, Hill AB. Smoking and carcinoma", "of the lung. Br Med J. 1950;2:739."]
HARDIN = ["Hardin G. The tragedy of the commons.", "Science. 1968;162:1243."]
PAINE = ["Paine RT. Food web complexity and species", "diversity. Am Nat. 1966;100:65."]
TITLES = [
    "Smoking and carcinoma of the lung",
    "The tragedy of the commons",
    "Food web complexity and species diversity",
]


def titles(found: list[Reference]) -> list[str]:
    return [reference.title for reference in found]


def test_entries_the_extraction_marked() -> None:
    blocks = [
        block("reference", lines, y=100 + 40 * i, hang=10)
        for i, lines in enumerate((DOLL, HARDIN, PAINE))
    ]
    found = read_references(document([block("heading", ["References"])], blocks))
    assert titles(found) == TITLES
    assert [reference.page for reference in found] == [2, 2, 2]
    assert [reference.year for reference in found] == [1950, 1968, 1966]


def test_an_entry_cut_by_a_page_break_is_one() -> None:
    first = [block("reference", DOLL), block("reference", HARDIN[:1], y=700)]
    second = [block("reference", HARDIN[1:], continues=True), block("reference", PAINE, y=140)]
    found = read_references(document(first, second))
    assert titles(found) == TITLES
    assert [reference.page for reference in found] == [1, 1, 2]


def test_numbers_decide_where_blocks_are_wrong() -> None:
    lines = [
        f"[{i}] {entry[0]}" if j == 0 else part
        for i, entry in enumerate((DOLL, HARDIN, PAINE), 1)
        for j, part in enumerate(entry)
    ]
    one = read_references(document([block("reference", lines, hang=0)]))
    assert titles(one) == TITLES
    assert [reference.number for reference in one] == ["1", "2", "3"]


def test_a_list_left_in_the_body_is_found_by_its_heading() -> None:
    body = [
        block("body", [*DOLL], y=140, hang=12),
        block("body", [*HARDIN], y=180, hang=12),
        block("body", PAINE, y=220, hang=12),
    ]
    found = read_references(
        document(
            [
                block("body", ["Some text that is no list."]),
                block("body", ["REFERENCES"], y=120),
                *body,
            ]
        )
    )
    assert titles(found) == TITLES


def test_a_numbered_list_without_a_heading_is_found() -> None:
    entries = [
        *(DOLL, HARDIN, PAINE),
        ["Doe A. A fourth work. Nature. 2001;1:1."],
        ["Roe B. A fifth. Science. 2002;2:2."],
    ]
    prose = [
        block("body", ["The text goes on for some lines here."] * 4, y=60 + 60 * i)
        for i in range(6)
    ]
    listed = [
        block("body", [f"[{i}] {lines[0]}", *lines[1:]], y=100 + 30 * i, hang=14)
        for i, lines in enumerate(entries, 1)
    ]
    found = read_references(document(prose, listed))
    assert titles(found)[:3] == TITLES
    assert len(found) == 5


def test_lines_taken_for_a_table_come_back_to_their_entry() -> None:
    blocks = [
        block("reference", [*DOLL, HARDIN[0]], hang=10),
        block("reference", PAINE[1:], x=82, y=100 + 12 * 5),
        block("table", [HARDIN[1]], x=82, y=100 + 12 * 3),
        block("table", [PAINE[0]], y=100 + 12 * 4),
        block(
            "reference",
            ["Connell JH. Diversity in tropical rain", "forests. Science. 1978;199:1302."],
            y=100 + 12 * 6,
            hang=10,
        ),
    ]
    blocks[0] = TextBlock(
        "reference",
        blocks[0].text,
        (
            *blocks[0].spans[:2],
            Span(blocks[0].spans[2].start, blocks[0].spans[2].end, (72, 124, 292, 134)),
        ),
    )
    found = read_references(document(blocks))
    assert titles(found) == [*TITLES, "Diversity in tropical rain forests"]


def test_what_is_no_reference_is_left_out() -> None:
    tail = block("reference", ["19, rue Alfred Nobel, 4 pl. Jussieu"], y=300)
    found = read_references(
        document(
            [
                block("reference", DOLL),
                block("reference", HARDIN, y=140),
                block("reference", PAINE, y=180),
                tail,
            ]
        )
    )
    assert titles(found) == TITLES
    assert read_references(document([block("body", ["No list here."])])) == []
    assert read_references(Document("x", ())) == []


WORKS = [
    Work(
        "arxiv:1611.03530",
        "Understanding deep learning requires rethinking generalization",
        ("Chiyuan Zhang", "Samy Bengio"),
        2017,
        ids=("arxiv:1611.03530",),
    ),
    Work(
        "doi:10.1/still",
        "Understanding deep learning (still) requires rethinking generalization",
        ("Chiyuan Zhang",),
        2021,
        ids=("doi:10.1/still",),
    ),
    Work(
        "w:nature",
        "Deep learning",
        ("Yann LeCun", "Yoshua Bengio", "Geoffrey Hinton"),
        2015,
        "Nature",
    ),
    Work(
        "w:book",
        "Deep Learning",
        ("Ian Goodfellow", "Yoshua Bengio", "Aaron Courville"),
        2016,
        "MIT Press",
    ),
    Work(
        "w:saddle",
        "Escaping from Saddle Points: Online Stochastic Gradient for Tensor Decomposition",
        ("Rong Ge", "Furong Huang"),
        2015,
    ),
    Work(
        "w:hinton",
        "A fast learning algorithm for deep belief nets",
        ("Geoffrey Hinton", "Simon Osindero", "Yee-Whye Teh"),
        2006,
        "Neural Computation",
    ),
]


def ref(
    title: str = "", authors: tuple[str, ...] = (), year: int | None = None, **more: object
) -> Reference:
    return Reference(title, title, authors, year, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reference", "cited"),
    [
        (ref("anything", ("X Y",), 2017, ids=("arxiv:1611.03530",)), None),
        (ref("", (), None, ids=("arxiv:1611.03530",)), "arxiv:1611.03530"),
        (
            ref(
                "Understanding Deep Learning requires re-thinking generalization",
                ("C. Zhang",),
                2016,
            ),
            "arxiv:1611.03530",
        ),
        (
            ref(
                "Understanding deep learning (still) requires rethinking generalization",
                ("C. Zhang",),
                2021,
            ),
            "doi:10.1/still",
        ),
        (ref("Deep learning", ("Y. LeCun", "Y. Bengio", "G. Hinton"), 2015), "w:nature"),
        (ref("Deep learning", ("I. Goodfellow",), 2016), "w:book"),
        (ref("Deep learning", (), 2015), None),
        (ref("Deep learning", ("J. Schmidhuber",), 2015), None),
        (
            ref(
                "Escaping from saddle points—online stochastic gradient for tensor decomposition",
                ("R. Ge",),
                2015,
            ),
            "w:saddle",
        ),
        (ref("Escaping from saddle points", ("R. Ge",), 2015), "w:saddle"),
        (ref("How to escape saddle points efficiently", ("C. Jin", "R. Ge"), 2017), None),
        (
            ref(
                "Understanding deep learning requires rethinking generalization: a survey",
                ("C. Zhang",),
                2017,
            ),
            None,
        ),
        (
            ref("", ("G. Hinton", "S. Osindero", "Y.-W. Teh"), 2006, venue="Neural Comput."),
            "w:hinton",
        ),
        (ref("", ("G. Hinton", "S. Osindero"), 2006), None),
        (ref("", ("G. Hinton", "S. Osindero", "Y.-W. Teh"), 2006, venue="Science"), None),
    ],
)
def test_a_reference_names_the_right_work_or_none(reference: Reference, cited: str | None) -> None:
    found = link({"paper": [reference]}, WORKS)
    assert [edge.cited for edge in found] == ([cited] if cited else [])


def test_each_edge_once_and_none_to_itself() -> None:
    both = [ref("A fast learning algorithm for deep belief nets", ("G. Hinton",), 2006)] * 2
    assert [(e.citing, e.cited) for e in link({"a": both, "w:hinton": both}, WORKS)] == [
        ("a", "w:hinton")
    ]


def test_linking_five_thousand_papers_takes_seconds() -> None:
    works = [
        Work(
            f"w:{i}",
            f"On the {i} kinds of things and their order",
            (f"Ann Author{i % 97}",),
            1990 + i % 30,
        )
        for i in range(5000)
    ]
    lists = {
        w.id: [
            ref(
                f"on the {j} kinds of things and their order.",
                (f"A. Author{j % 97}",),
                1990 + j % 30,
            )
            for j in range(i, i + 10)
        ]
        for i, w in enumerate(works[:2000])
    }
    begin = time.process_time()
    assert len(link(lists, works)) == 2000 * 9
    assert time.process_time() - begin < 20


def test_missing_groups_spellings_and_ranks_by_papers() -> None:
    lists = {
        "a": [
            ref(
                "Deep residual learning for image recognition",
                ("Kaiming He",),
                2016,
                ids=("arxiv:1512.03385",),
                page=9,
                number="4",
            )
        ],
        "b": [ref("Deep residual learning for image recognition", ("K. He", "X. Zhang"), 2015)],
        "c": [
            ref("Deep residual learning", (), 2016, ids=("arxiv:1512.03385",)),
            ref("The tragedy of the commons", ("G. Hardin",), 1968),
        ],
        "d": [
            ref("Tragedy of the commons", ("G. Hardin",), 1968),
            ref("Cited once only", ("X. Y",), 2000),
            *[ref("Deep learning", ("Y. LeCun",), 2015)],
        ],
        "e": [ref("Deep learning", ("Yann LeCun",), 2015)],
    }
    headings = {"a": [("Vision",)], "b": [("Vision",), ("Vision",)], "c": [("Theory", "Depth")]}
    found = find_uncited_works(lists, WORKS, headings)
    first = found[0]
    assert first.key == "arxiv:1512.03385"
    assert first.citing == ("a", "b", "c")
    assert (first.reference.title, first.reference.ids) == (
        "Deep residual learning for image recognition",
        ("arxiv:1512.03385",),
    )
    assert (first.places[0].page, first.places[0].number) == (9, "4")
    assert first.headings == ((("Vision",), 2), (("Theory", "Depth"), 1))
    assert [m.reference.title.lower().removeprefix("the ") for m in found[1:]] == [
        "tragedy of the commons"
    ]
    assert uncited_by_heading(found)[("Vision",)][0][1] == 2


BODY = [
    "Deep nets memorise noise [3, 5–7]. This was shown by Zhang et al. (2017a) with care. Nothing "
    "is cited here. ",
    "Flat minima help (Hochreiter and Schmidhuber, 1997; Keskar et al., 2017). In Eq. (3) the "
    "bound holds [HS97].",
]


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        (ref("", ("A B",), 2000, number="6"), "Deep nets memorise noise [3, 5–7]."),
        (ref("", ("A B",), 2000, number="8"), None),
        (
            ref("", ("Chiyuan Zhang", "S. Bengio", "M. Hardt"), 2017, year_suffix="a"),
            "This was shown by Zhang et al. (2017a) with care.",
        ),
        (ref("", ("Chiyuan Zhang", "S. Bengio", "M. Hardt"), 2017, year_suffix="b"), None),
        (
            ref("", ("S. Hochreiter", "J. Schmidhuber"), 1997),
            "Flat minima help (Hochreiter and Schmidhuber, 1997; Keskar et al., 2017).",
        ),
        (
            ref("", ("S. Hochreiter", "J. Schmidhuber"), 1997, number="HS97"),
            "In Eq. (3) the bound holds [HS97].",
        ),
        (
            ref("", ("N. Keskar", "D. Mudigere", "J. Nocedal"), 2017),
            "Flat minima help (Hochreiter and Schmidhuber, 1997; Keskar et al., 2017).",
        ),
        (ref("", ("N. Keskar",), 2016), None),
    ],
)
def test_passages_that_cite_an_entry(reference: Reference, sentence: str | None) -> None:
    paper = document([block("body", [BODY[0]])], [block("body", [BODY[1]])])
    found = citing_passages(paper, reference, work="w:1")
    if sentence is None:
        assert found == []
        return
    assert sentence in [passage.text for passage in found]
    hit = next(passage for passage in found if passage.text == sentence)
    assert hit.work == "w:1"
    assert hit.page == (1 if sentence in BODY[0] else 2)
    assert hit.rects and hit.rects[0][0] == hit.page


def test_a_sentence_over_a_page_break_has_both_pages() -> None:
    paper = document(
        [block("body", ["The bound of"], y=700)],
        [block("body", ["Keskar (2016) is loose. Next."], continues=True)],
    )
    found = citing_passages(paper, ref("", ("N. Keskar",), 2016))
    assert [passage.text for passage in found] == ["The bound of Keskar (2016) is loose."]
    assert [rect[0] for rect in found[0].rects] == [1, 2]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=40), min_size=1, max_size=5), max_size=8),
    st.sampled_from(["reference", "body", "table"]),
)
def test_any_document_is_read(parts: list[list[str]], kind: str) -> None:
    blocks = [block(kind, lines, y=100 + 70 * i) for i, lines in enumerate(parts)]
    for reference in read_references(document([block("heading", ["References"]), *blocks])):
        citing_passages(document(blocks), reference)


@pytest.mark.skipif(
    reference_lists.shared() is None, reason="the shared papers are not here (LITMAP_SHARED)"
)
def test_real_lists_against_hand_made_keys() -> None:
    from litmap.text import extract

    base = reference_lists.shared()
    assert base is not None
    keys = [
        "andoni2014polynomials",
        "lin2017cheap",
        "pmlr-v38-tian15",
        "zhou2018universality",
        "audibert2007plugin",
        "hinton2006dbn",
    ]
    documents = {
        key: extract(Path(base) / "papers" / "files" / f"{key}.pdf", key, ocr=False) for key in keys
    }
    shares = reference_lists.rates(reference_lists.measure(documents)["all"])
    assert shares["f1"] >= 0.97, shares
    assert shares["title"] >= 0.93, shares
    assert shares["year"] >= 0.97, shares


@pytest.mark.parametrize(
    ("numbers", "number", "cited"),
    [
        ("3, 7–9", 8, True),
        ("3, 7–9", 6, False),
        ("12", 12, True),
        ("1–900", 8, False),
    ],
)
def test_numbers_and_ranges_name_entries(numbers: str, number: int, cited: bool) -> None:
    assert (find_number(numbers, number) is not None) is cited


@pytest.mark.parametrize(
    ("judge", "text", "expected"),
    [
        (is_complete, "Marwick, A. Lattice gardens. Journal, 2017.", True),
        (is_complete, "Marwick, A. Lattice gardens. Journal,", False),
        (is_complete, "Marwick, A. Lattice gardens.", False),
        (opens_entry, "Marwick, Ada and Berg, L.", True),
        (opens_entry, "A. B. Marwick", True),
        (opens_entry, "—— Lattice gardens", True),
        (opens_entry, "12–15, 2017.", False),
        (line_number, "[12] Marwick", 12),
        (line_number, "(3) Marwick", 3),
        (line_number, "7. Marwick", 7),
        (line_number, "1998. Marwick", None),
    ],
)
def test_a_line_of_a_list_is_judged_by_its_words(
    judge: Callable[[str], object], text: str, expected: object
) -> None:
    assert judge(text) == expected
