from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.chunks import cut, cut_text, embedding_text
from litmap.parsing.sentences import sentence_ends
from tests.index_parts import WordModel, block, document

PROSE = (
    "We train a network. It has two layers, e.g. one hidden layer as in Fig. 3. Its width is 4.5 "
    "times larger. "
)


def sentences(text: str) -> list[str]:
    ends = sentence_ends(text)
    return [text[a:b].strip() for a, b in zip([0, *ends], ends, strict=False) if text[a:b].strip()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One ends. Two ends! Does three? Yes.", ["One ends.", "Two ends!", "Does three?", "Yes."]),
        (
            "See Fig. 3 and Eq. (4), i.e. the loss. Then stop.",
            ["See Fig. 3 and Eq. (4), i.e. the loss.", "Then stop."],
        ),
        (
            "J. Smith and K. L. Jones agree. So do we.",
            ["J. Smith and K. L. Jones agree.", "So do we."],
        ),
        (
            "Proved by Du et al. (2019) for width n. We extend it.",
            ["Proved by Du et al. (2019) for width n.", "We extend it."],
        ),
        ("As noted by Du et al. We differ.", ["As noted by Du et al.", "We differ."]),
        ("The rate is 0.5 vs. 1.2 there. Fine.", ["The rate is 0.5 vs. 1.2 there.", "Fine."]),
        ("He said “it works.” Then left.", ["He said “it works.”", "Then left."]),
        ("No mark\nNew paragraph", ["No mark", "New paragraph"]),
        ("这是一句。这是另一句。", ["这是一句。", "这是另一句。"]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab .!?\nA1,。(”-", max_size=400), st.integers(1, 30), st.integers(0, 10))
def test_a_text_is_covered_by_its_passages_and_none_is_beyond_the_window(
    text: str, target: int, overlap: int
) -> None:
    model = WordModel(window=40)
    chunks = cut_text(
        text, "note:x", model, "note", target_tokens=target + overlap, overlap=overlap
    )
    assert [c.ordinal for c in chunks] == list(range(len(chunks)))
    assert all(n <= model.window for n in model.count([embedding_text(c) for c in chunks]))
    position = 0
    for chunk in (
        chunks
    ):  # each is verbatim, they come in order, and between them is nothing but white space
        start = text.find(chunk.text, max(0, position - 1000)) if position == 0 else -1
        for candidate in range(position, -1, -1):
            if text.startswith(chunk.text, candidate) and not text[position:candidate].strip():
                start = candidate
                break
        after = position + len(text[position:]) - len(text[position:].lstrip())
        start = after if text.startswith(chunk.text, after) else start
        assert start >= 0
        assert not text[position:start].strip()
        position = max(position, start + len(chunk.text))
    assert not text[position:].strip()


def test_no_token_of_a_document_is_lost_and_overlap_is_whole_sentences() -> None:
    model = WordModel(window=64)
    body = " ".join(f"Sentence number {i} speaks of topic {i}." for i in range(80))
    chunks = cut(document([block(body)]), model, target_tokens=40, overlap=12)
    assert max(model.count([embedding_text(c, "A title") for c in chunks])) <= 64
    for i in range(80):
        assert any(f"Sentence number {i} speaks of topic {i}." in c.text for c in chunks)
    for one, two in itertools.pairwise(chunks):
        first = two.text.split(". ")[0]
        assert first in one.text  # the overlap
    sizes = [len(model.offsets(c.text)) for c in chunks]
    assert min(sizes) > 20  # evenly cut: no small rest


def test_a_long_title_and_section_leave_room_and_still_nothing_is_cut() -> None:
    model = WordModel(window=128)
    title, section = "Very " * 200 + "long", "Section " * 90
    chunks = cut_text(PROSE * 40, "abstract:doi:1", model, title=title, section=section)
    texts = [embedding_text(c, title) for c in chunks]
    assert max(model.count(texts)) <= 128
    assert "".join(c.text for c in chunks).count("We train a network.") >= 40


def test_a_window_without_room_for_a_passage_is_refused() -> None:
    with pytest.raises(ValueError, match="no room"):
        cut_text(
            PROSE,
            "note:x",
            WordModel(window=16),
            title="many words that fill the whole window of this model",
        )
    with pytest.raises(ValueError, match="overlap"):
        cut(document([block(PROSE)]), WordModel(), target_tokens=10, overlap=10)


def test_a_sentence_over_a_page_break_has_rectangles_on_both_pages() -> None:
    first = block("The loss falls until the very end of the first page and then it", top=700)
    float_ = block("Figure 1: A curve.", "caption", top=20)
    second = block("goes on falling. Another sentence.", top=60, continues=True)
    chunk, figure = cut(document([first], [float_, second]), WordModel(window=128))
    assert "first page and then it goes on falling." in chunk.text
    assert chunk.page == 1
    assert {r[0] for r in chunk.rects} == {1, 2}
    assert (figure.kind, figure.text) == ("figure", "Figure 1: A curve.")


def test_rectangles_are_those_of_the_passage_s_lines_only() -> None:
    text = "a" * 39 + "." + " " + "B" * 38 + "." + " " + "C" * 100 + "."
    chunks = cut(document([block(text)]), WordModel(window=30), target_tokens=12, overlap=0)
    assert chunks[0].text == "a" * 39 + "."
    assert [r[2] for r in chunks[0].rects] == [0.0]  # its top: the first line alone
    assert all(c.rects for c in chunks)


def test_sections_references_and_headings() -> None:
    blocks = [
        block("A Title", "title"),
        block("1 Introduction", "heading", "1 Introduction"),
        block(PROSE * 6, section="1 Introduction"),
        block("2 Method", "heading", "2 Method"),
        block(PROSE * 6, section="2 Method"),
        *(
            block(f"[{i}] A. Author. A paper on {i}. 19{i:02d}.", "reference", "References")
            for i in range(40)
        ),
        block(PROSE * 6, section="A Proofs"),
    ]
    chunks = cut(document(blocks), WordModel(window=128), target_tokens=60, overlap=15)
    assert {c.section for c in chunks} >= {"1 Introduction", "2 Method", "References", "A Proofs"}
    assert {c.kind for c in chunks if c.section == "References"} == {"references"}
    assert {c.kind for c in chunks if c.section != "References"} == {"body"}
    entries = "\n".join(c.text for c in chunks if c.kind == "references")
    assert entries.count("A paper on 7.") == 1  # entries are whole and not repeated
    assert all(c.text.startswith("[") for c in chunks if c.kind == "references")
    assert not any("2 Method" in c.text for c in chunks)


def test_a_small_section_stands_with_the_next_one() -> None:
    blocks = [
        block("Keywords: nets.", section="Keywords"),
        block(PROSE * 3, section="1 Introduction"),
    ]
    chunks = cut(document(blocks), WordModel(window=128))
    assert chunks[0].text.startswith("Keywords: nets.")
    assert chunks[0].section == "1 Introduction"


def test_an_empty_document_has_no_passages() -> None:
    assert cut(document([]), WordModel()) == []
    assert cut(document([block("  \n ")]), WordModel()) == []
    assert cut_text(" \n", "note:x", WordModel()) == []


def test_words_without_end_are_cut_in_linear_time() -> None:
    model = WordModel(window=64)
    start = time.process_time()
    chunks = cut_text("x" * 400_000 + "." * 200_000 + " a." * 50_000, "note:x", model)
    assert time.process_time() - start < 20
    assert max(model.count([c.text for c in chunks])) <= 64
    assert max(len(c.text) for c in chunks) <= 4000


def test_embedding_text_has_the_context_once() -> None:
    (chunk,) = cut_text(
        "An abstract of one sentence.",
        "abstract:doi:1",
        WordModel(),
        title="T.",
        section="Abstract",
    )
    assert embedding_text(chunk, "T.") == "T. Abstract\nAn abstract of one sentence."
    assert embedding_text(chunk) == "Abstract\nAn abstract of one sentence."
    (chunk,) = cut(document([block(PROSE, section="1 Introduction")]), WordModel(window=128))
    assert embedding_text(chunk, "T.") == chunk.text  # a paper's passages are found better without


def table_of(rows: int, caption: str = "Table 2: Top-1 accuracy on ImageNet.") -> list:
    cells = "\n".join(
        ["Model | top-1 | top-5", *(f"ResNet-{i} | {70 + i}.1 | 9{i % 10}.2" for i in range(rows))]
    )
    return [block(caption, "caption", top=50), block(cells, "table", top=80)]


def test_a_table_is_a_passage_of_its_own_with_its_caption_and_rows() -> None:
    blocks = [block(PROSE), *table_of(3), block("And then the text goes on.")]
    body, table = cut(document(blocks), WordModel(window=128))
    assert (body.kind, table.kind) == ("body", "table")
    assert "ResNet" not in body.text
    assert table.text.split("\n")[1:3] == ["Model | top-1 | top-5", "ResNet-0 | 70.1 | 90.2"]
    assert len(table.rects) == 1  # around all of it


def test_each_passage_of_a_long_table_says_what_its_columns_are() -> None:
    model = WordModel(window=80)
    tables = cut(document(table_of(60)), model, target_tokens=60, overlap=8)
    assert len(tables) > 5
    assert all("Model | top-1 | top-5" in chunk.text for chunk in tables)
    assert all("accuracy on ImageNet" in chunk.text for chunk in tables)
    assert max(model.count([embedding_text(chunk) for chunk in tables])) <= 80
    rows = [line for chunk in tables for line in chunk.text.split("\n") if "ResNet" in line]
    assert rows == [f"ResNet-{i} | {70 + i}.1 | 9{i % 10}.2" for i in range(60)]


def test_what_is_written_inside_a_figure_is_no_passage() -> None:
    blocks = [
        block(PROSE),
        block("epochs\nTraining Function\n0.5 1.0", "figure"),
        block("Figure 4: The loss of both functions.", "caption"),
    ]
    chunks = cut(document(blocks), WordModel(window=128))
    assert [chunk.kind for chunk in chunks] == ["body", "figure"]
    assert not any("Training Function" in chunk.text for chunk in chunks)


def test_tables_stand_above_or_below_their_captions_and_algorithms_are_text() -> None:
    first, second = table_of(2), table_of(2, "Table 3: Others.")
    below = [first[1], first[0], second[1], second[0]]
    for blocks in ([*first, *second], below):
        one, two = cut(document(blocks), WordModel(window=128))
        assert (one.kind, two.kind) == ("table", "table")
        assert "ResNet-1" in one.text and "ResNet-1" in two.text
    (box,) = cut(document([block("Algorithm 1: Descent.", "caption")]), WordModel(window=128))
    assert box.kind == "body"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(alphabet="ab1 |.\n", min_size=1, max_size=120), min_size=1, max_size=12),
    st.integers(4, 40),
)
def test_no_row_of_a_table_is_lost_and_none_is_beyond_the_window(rows: list[str], target: int):
    model = WordModel(window=48)
    blocks = [block("Table 1: Cells.", "caption"), block("\n".join(rows), "table")]
    chunks = cut(document(blocks), model, target_tokens=target, overlap=2)
    assert all(n <= model.window for n in model.count([embedding_text(c) for c in chunks]))
    kept = "".join("".join(chunk.text.split()) for chunk in chunks)
    assert all("".join(row.split())[:20] in kept for row in "\n".join(rows).split("\n"))
