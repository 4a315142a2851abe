"""What a row of a page is, and what a block begins with: each judgement with its examples."""

import pytest

from litmap.parsing.captions import CAPTION, caption_kind
from litmap.text.blocks import is_item
from litmap.text.boilerplate import is_notice, is_page_number
from litmap.text.footnotes import opens_notes
from litmap.text.formulas import is_limit, is_mostly_signs
from litmap.text.headings import (
    can_open_heading,
    is_heading_wording,
    is_known_heading,
    is_numbered_heading,
)
from litmap.text.hyphens import is_adverb, is_broken_syllable, is_name_after_hyphen, is_number_range
from litmap.text.own_ids import is_file_name
from litmap.text.page_layout import Column, PageLayout, Row
from litmap.text.raw import is_footnote_mark
from litmap.text.reading_order import opens_text
from litmap.text.reference_entries import (
    entry_starts,
    starts_by_first_line_indent,
    starts_by_gaps,
    starts_by_hanging_indent,
    starts_by_labels,
    starts_by_numbers,
)
from litmap.text.row_classifier import PAGE_PASSES, ROW_CLASSIFIERS, classify_rows
from litmap.text.style import Style
from litmap.text.table_rows import is_foreign_print, is_fragment, is_row_of_cells, is_row_of_numbers

STYLE = Style(10.0, 12.0, frozenset({"Times"}))
COLUMN = Column(50, 300)


def row(text, y=100.0, x0=50.0, x1=290.0, *, size=10.0, font="Times", column=COLUMN, **fields):
    return Row([], column, x0, y - 8, x1, y + 2, y, size, text, font=font, largest=size, **fields)


@pytest.mark.parametrize(
    ("judge", "text", "expected"),
    [
        (is_page_number, "12", True),
        (is_page_number, "– iv –", True),
        (is_page_number, "Page 3 of 10", True),
        (is_page_number, "2 Related work", False),
        (is_notice, "Under review as a conference paper at ICLR 2019", True),
        (is_notice, "© 2019 The Authors", True),
        (is_notice, "We review the proceedings", False),
        (is_known_heading, "5. Related Work", True),
        (is_known_heading, "Materials and Methods", True),
        (is_known_heading, "Results of the third kind on sheaves", False),
        (is_numbered_heading, "3.2 Training", True),
        (is_numbered_heading, "B.1 Proof of the lemma", True),
        (is_numbered_heading, "2019 was a year", False),
        (is_numbered_heading, "3 Apples, pears,", False),
        (can_open_heading, "Deep networks", True),
        (can_open_heading, "Theorem 3", False),
        (can_open_heading, "which is shown by", False),
        (can_open_heading, "Given the following:", False),
        (is_heading_wording, "Learning with noise", True),
        (is_heading_wording, "Ada Marwick ada@example.org", False),
        (is_mostly_signs, "x = y + z", True),
        (is_mostly_signs, "the loss of the network", False),
        (is_limit, "i=1", True),
        (is_limit, "where", False),
        (is_item, "• fast", True),
        (is_item, "(ii) convex", True),
        (is_item, "3.5 points", False),
        (is_row_of_numbers, "0.1 −2.5 (±3) 7 %", True),
        (is_row_of_numbers, "in 1997 there were 3", False),
        (is_file_name, "paper-final.dvi", True),
        (is_file_name, "Microsoft Word - draft7", True),
        (is_file_name, "Attention Is All You Need", False),
        (opens_text, "A B S T R A C T", True),
        (opens_text, "1 Introduction", True),
        (opens_text, "Abstraction in art", False),
        (is_adverb, "randomly", True),
        (is_adverb, "only", False),
    ],
)
def test_a_line_is_judged_by_its_words(judge, text, expected):
    assert judge(text) is expected


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("Figure 3: Loss over time", "mark"),
        ("TABLE II", "end"),
        ("Fig. 2a shows", "loose"),
        ("Algorithm 1 (greedy)", "mark"),
        ("In Figure 3 we", None),
        ("Table of contents", None),
    ],
)
def test_a_captions_label_tells_what_follows_its_number(text, group):
    match = CAPTION.match(text)
    assert (match is None) is (group is None)
    assert match is None or match[group] is not None


@pytest.mark.parametrize(
    ("judge", "first", "second", "expected"),
    [
        (is_broken_syllable, "exten", "sions", True),
        (is_broken_syllable, "data", "set", False),
        (is_name_after_hyphen, "Kullback", "Leibler", True),
        (is_name_after_hyphen, "CONVO", "LUTIONAL", False),
        (is_name_after_hyphen, "infor", "mation", False),
        (is_number_range, "pages 12-", "15 and", True),
        (is_number_range, "as –-", "follows", False),
    ],
)
def test_two_halves_at_a_line_end(judge, first, second, expected):
    assert judge(first, second) is expected


@pytest.mark.parametrize(
    ("text", "before", "expected"),
    [
        ("3", ["as shown"], True),
        ("∗", ["Ada Marwick"], True),
        ("2", ["x"], False),
        ("th", ["the 19"], False),
        ("1", ["end."], True),
    ],
)
def test_a_superscript_after_a_word_is_a_footnote_mark(text, before, expected):
    assert is_footnote_mark(text, before) is expected


@pytest.mark.parametrize(
    ("text", "set_off", "below_caption", "expected"),
    [
        ("∗ Equal contribution", False, False, True),
        ("∗ Equal contribution", False, True, False),
        ("∗ Equal contribution", True, True, True),
        ("We thank Ada.", True, False, True),
        ("We thank Ada.", False, False, False),
    ],
)
def test_footnotes_begin_with_a_mark_or_a_distance(text, set_off, below_caption, expected):
    assert opens_notes(text, set_off=set_off, below_caption=below_caption) is expected


def test_fragments_are_cells_numbers_and_labels_but_no_sentence():
    assert is_row_of_cells(row("ResNet 76.1 92.9", gaps=2), STYLE)
    assert is_fragment(row("ResNet 76.1 92.9", gaps=2), "body", STYLE)
    assert is_fragment(row("Input layer", size=7.0, font="Helvetica"), "body", STYLE)
    assert is_fragment(row("Input layer", size=7.0, font="Helvetica"), "heading", STYLE)
    assert not is_fragment(row("we train the network with noise"), "body", STYLE)
    assert not is_foreign_print(row("Input layer"), STYLE)


def test_rows_of_a_page_get_their_classes():
    lines = [
        row("2 Setting", 100, x1=100, bold=1.0),
        row("we write the loss of the network as a sum of terms", 124),
        row("that we bound one after the other in what follows here", 136),
        row("L = x + y", 160, 120, 200),
        row("where all terms but the last are bounded by a constant", 184),
        row("Figure 1: The loss falls", 220),
        row("1 We thank the reviewers for their help with this", 600, size=8.0),
    ]
    page = PageLayout(3, 350, 700, lines)
    classify_rows(page, STYLE)
    assert page.classes == ["heading", "body", "body", "math", "body", "caption", "footnote"]


def test_the_order_of_the_judgements_is_written_down():
    assert [name for name, _ in ROW_CLASSIFIERS] == [
        "table", "caption", "heading", "heading", "math",
    ]  # fmt: skip
    assert len(PAGE_PASSES) == 6


NUMBERED_LIST = [row(f"{n}. Author {n}. Title.", 100 + 20 * n) for n in range(1, 6)]
LABELLED_LIST = [row(f"[Abc{n}x] Author. Title.", 100 + 20 * n) for n in range(1, 6)]
HANGING_LIST = [
    row("Author A. Title that goes", 100), row("on here.", 112, 70),
    row("Borne B. Title that goes", 124), row("on here.", 136, 70),
]  # fmt: skip


@pytest.mark.parametrize(
    ("find", "rows", "expected"),
    [
        (starts_by_numbers, NUMBERED_LIST, [True] * 5),
        (starts_by_numbers, LABELLED_LIST, None),
        (starts_by_labels, LABELLED_LIST, [True] * 5),
        (starts_by_labels, HANGING_LIST, None),
        (starts_by_hanging_indent, HANGING_LIST, [True, False, True, False]),
        (starts_by_hanging_indent, NUMBERED_LIST, None),
        (starts_by_first_line_indent, NUMBERED_LIST, None),
    ],
)
def test_each_way_of_finding_entries_says_when_it_does_not_fit(find, rows, expected):
    assert find(rows, STYLE) == expected


def test_entries_are_parted_by_white_space_where_nothing_else_tells():
    rows = [row("Author A. Title that goes", 100), row("on", 112), row("Borne B. Title", 140)]
    assert starts_by_gaps(rows, STYLE) == [True, False, True]


def test_entries_whose_words_nobody_can_read_are_parted_by_their_indents():
    """The font of an old file gives no digits and no brackets: neither names nor years are left."""
    texts = ("ffx fl qu ry l rn ng", "nd c nc pts f w")
    rows = [row(texts[i % 2], 100 + 12 * i, 50.0 if i % 2 == 0 else 62.0, 290.0) for i in range(40)]
    assert entry_starts(rows, STYLE) == [True, False] * 20


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Figure 3: Loss over time", "figure"),
        ("Table IV. Values", "table"),
        ("Algorithm 1 (greedy)", "box"),
        ("Abb. 3: Verlauf", "figure"),
        ("Tabelle 4. Werte", "table"),
        ("Tableau 1 : Valeurs", "table"),
        ("Cuadro 3. Valores", "table"),
        ("Рис. 1. Схема", "figure"),
        ("Таблица 2 — Данные", "table"),
        ("图 3.2：结构", "figure"),
        ("表 2 实验结果", "table"),
        ("그림 1. 모델", "figure"),
        ("2. ábra. A hálózat", "figure"),
        ("1 lentelė. Rezultatai", "table"),
        ("الشكل 1: مخطط", "figure"),
        ("Tables show that", ""),
        ("表现为一种", ""),
        ("In Figure 3 we", ""),
    ],
)
def test_a_label_tells_what_a_caption_is_of(text, kind):
    assert caption_kind(text) == kind
