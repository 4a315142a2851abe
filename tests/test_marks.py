"""What a reader marks in PDFs: read from the file, found again in a newer version, kept, shown and
searched.

The PDFs are those of the examples, marked as a PDF reader does it.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pymupdf
import pytest
from hypothesis import given
from hypothesis import settings as at_most
from hypothesis import strategies as st
from litmap.examples import PAPERS

from litmap import claims, exports, text
from litmap.builds import open_build
from litmap.catalogue import Catalogue
from litmap.catalogue.entries import entries
from litmap.export_marks import is_export
from litmap.library import Library
from litmap.models import Document, Mark, Page, PaperSentence, Span, TextBlock, Work
from litmap.paper_sentences import marked_sentences, weighing
from litmap.parsing.terms import squash
from litmap.paths import LibraryPaths
from litmap.pipeline import RefreshRun
from litmap.pipeline.collaborators import Collaborators, _extract_texts
from litmap.settings import load_settings
from litmap.text import annotations
from litmap.text.annotations import (
    MAX_TEXT,
    Word,
    clean_text,
    colour_of,
    have_same_text,
    join_boxes,
    join_words,
    mark_from_plain,
    mark_to_plain,
    read_date,
    read_marks,
    repeats,
    words_under,
)
from litmap.text.codec import MALFORMED
from litmap.text.hyphens import Vocabulary
from litmap.text.page_image import draw_page

PAPER = sorted(PAPERS.glob("*.pdf"))[0]
HOSTILE = "look: <script>alert(1)</script> [x](javascript:y) \x00\u202e **b**"
SHA = "a" * 64


def mark_words(page, first, last, *, add="add_highlight_annot", comment="", colour=(1, 0.8, 0)):
    """Mark the page's words first to last, one quadrilateral each; the words."""
    words = page.get_text("words")[first:last]
    annotation = getattr(page, add)([pymupdf.Rect(word[:4]).quad for word in words])
    annotation.set_colors(stroke=colour)
    annotation.set_info(content=comment, title="Ada", modDate="D:20261104101500+01'00'")
    annotation.update()
    return " ".join(word[4] for word in words)


def marked_copy(target, *, source=PAPER, comment="so it is", page=1):
    """A copy of a paper with a highlight and its comment; the words under it."""
    with pymupdf.open(source) as pdf:
        words = mark_words(pdf[page], 40, 52, comment=comment)
        pdf.save(target)
    return words


# ── reading ───────────────────────────────────────────────────────────────────────────────────────
def test_marks_have_their_words_comment_colour_author_time_and_place(tmp_path):
    with pymupdf.open(PAPER) as pdf:
        under = mark_words(pdf[0], 64, 70, comment="see this")
        mark_words(pdf[0], 30, 34, add="add_underline_annot", colour=(0, 0, 1))
        mark_words(pdf[0], 20, 22, add="add_strikeout_annot")
        mark_words(pdf[0], 80, 82, add="add_squiggly_annot")
        pdf[1].add_text_annot((50, 300), "a note on the page")
        pdf[1].add_freetext_annot((100, 400, 200, 430), "typed onto the page")
        pdf[1].add_ink_annot([[(10, 10), (40, 40)]])
        pdf.save(tmp_path / "a.pdf")
    marks = read_marks(tmp_path / "a.pdf", SHA)
    assert [(m.kind, m.page) for m in marks] == [
        ("strikeout", 1), ("underline", 1), ("highlight", 1), ("squiggly", 1), ("note", 2), ("note", 2),
    ]  # fmt: skip
    one = marks[2]
    assert (one.text, one.comment, one.author) == (under, "see this", "Ada")
    assert (one.colour, one.time, one.file) == ("#ffcc00", "2026-11-04T09:15:00Z", SHA)
    assert all(page == 1 and x0 < x1 and y0 < y1 for page, x0, y0, x1, y1 in one.rects)
    assert len(one.rects) < 6, "the boxes of words on a line are one"
    assert [m.comment for m in marks[4:]] == ["a note on the page", "typed onto the page"]
    assert marks[1].colour == "#0000ff"


def test_a_word_broken_at_a_line_end_is_whole_under_a_mark():
    words = [Word("gener-", (0, 0, 9, 9), 1), Word("alise", (0, 10, 9, 19), 2), Word("well", (10, 10, 19, 19), 2)]  # fmt: skip
    assert join_words(words, Vocabulary(["they generalise well"])) == "generalise well"
    assert join_words(words[:1], Vocabulary([])) == "gener-"


def test_replies_stand_below_the_comment_and_states_do_not(tmp_path):
    with pymupdf.open(PAPER) as pdf:
        page = pdf[0]
        mark_words(page, 64, 70, comment="is it so?")
        parent = page.first_annot.xref
        for words, state in (("yes, see p. 3", ""), ("Accepted set by Ada", "Review")):
            reply = page.add_text_annot((60, 60), words)
            pdf.xref_set_key(reply.xref, "IRT", f"{parent} 0 R")
            if state:
                pdf.xref_set_key(reply.xref, "StateModel", f"({state})")
        pdf.save(tmp_path / "a.pdf")
    (mark,) = read_marks(tmp_path / "a.pdf", SHA)
    assert mark.comment == "is it so?\nyes, see p. 3"


def test_hidden_marks_and_empty_ones_are_none(tmp_path):
    with pymupdf.open(PAPER) as pdf:
        mark_words(pdf[0], 64, 70)
        page = pdf[0]
        page.first_annot.set_flags(pymupdf.PDF_ANNOT_IS_HIDDEN)
        page.add_text_annot((50, 50), "")
        pdf.save(tmp_path / "a.pdf")
    assert read_marks(tmp_path / "a.pdf", SHA) == []


def test_annotations_without_end_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(annotations, "MAX_MARKS", 20)
    monkeypatch.setattr(annotations, "MAX_VISITED", 30)
    with pymupdf.open(PAPER) as pdf:
        for number in range(25):
            pdf[0].add_text_annot((50, 50), f"{number} " + "x" * (20 if number else 30_000))
            pdf[1].add_text_annot((50, 50), f"{number}")
        pdf.save(tmp_path / "a.pdf")
    marks = read_marks(tmp_path / "a.pdf", SHA)
    assert len(marks) == 20
    assert max(len(mark.comment) for mark in marks) <= MAX_TEXT


def test_what_is_no_pdf_has_no_marks_and_a_damaged_one_costs_itself(tmp_path):
    (tmp_path / "a.html").write_text("<p>no PDF</p>")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7\nrubbish")
    marked_copy(tmp_path / "c.pdf")
    files = [(name, tmp_path / name) for name in ("a.html", "b.pdf", "c.pdf")]
    found = dict(text.read_marks_many(files))
    assert found["a.html"] == () and len(found["c.pdf"]) == 1
    assert "rubbish" not in str(found["b.pdf"]) and isinstance(found["b.pdf"], Exception)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("D:20261104101500+01'00'", "2026-11-04T09:15:00Z"),
        ("D:20261104", "2026-11-04T00:00:00Z"),
        ("20261104101500Z", "2026-11-04T10:15:00Z"),
        ("D:20261399", ""),
        ("yesterday", ""),
        ("D:00010101000000+23'59'", ""),
    ],
)
def test_dates_of_pdfs_are_read(written, read):
    assert read_date(written) == read


@pytest.mark.parametrize(
    ("parts", "colour"),
    [
        ((1, 1, 0), "#ffff00"),
        ((0.5,), "#808080"),
        ((0, 0, 1, 0), "#ffff00"),
        ((), ""),
        ((7, -1, 0), "#ff0000"),
        ((float("nan"), 0, 0), ""),
    ],
)
def test_colours_of_pdfs_are_read(parts, colour):
    assert colour_of(parts) == colour or (colour == "" and colour_of(parts) in {"", "#000000"})


def test_a_comment_that_repeats_the_marked_words_is_none():
    assert repeats("Flat minima\n generalise", "flat minima generalise.")
    assert not repeats("do they?", "flat minima generalise")


boxes = st.tuples(
    st.floats(0, 400), st.floats(0, 600), st.floats(0.5, 200), st.floats(0.5, 40)
).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))


@at_most(max_examples=40, deadline=None)
@given(st.lists(boxes, max_size=30), st.lists(boxes, max_size=12), st.randoms())
def test_the_words_under_quads_keep_the_pages_order_whatever_the_quads_order(words, quads, random):
    page = [Word(f"w{number}", box, number // 5) for number, box in enumerate(words)]
    under = words_under(page, quads)
    assert under == [word for word in page if word in under]
    shuffled = random.sample(quads, len(quads))
    assert words_under(page, shuffled) == under
    assert set(under) <= set(words_under(page, [*quads, (0, 0, 1000, 1000)])), (
        "more quads, more words"
    )


@at_most(max_examples=40, deadline=None)
@given(st.lists(boxes, min_size=1, max_size=30))
def test_a_quad_around_a_word_holds_it_and_joined_boxes_hold_what_theirs_did(words):
    page = [Word(f"w{number}", box) for number, box in enumerate(words)]
    assert words_under(page, words) == page
    joined = join_boxes(words)
    assert len(joined) <= len(words)
    assert set(words_under(page, joined)) == set(page)


@at_most(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_texts_of_marks_are_clean_and_cleaning_is_done_once(written):
    clean = clean_text(written)
    assert clean_text(clean) == clean
    assert all(sign == "\n" or sign.isprintable() or sign.isspace() for sign in clean)


@at_most(max_examples=40, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=12))
def test_a_child_that_sends_anything_gives_marks_or_a_known_error(plain):
    try:
        mark = mark_from_plain(plain, SHA)
    except MALFORMED:
        return
    assert mark_from_plain(mark_to_plain(mark), SHA) == mark


# ── the same text, another text ───────────────────────────────────────────────────────────────────
def test_copies_that_differ_in_marks_alone_have_the_same_text(tmp_path):
    marked_copy(tmp_path / "a.pdf")
    with pymupdf.open(tmp_path / "a.pdf") as pdf:
        pdf[0].add_freetext_annot((100, 100, 200, 130), "typed onto the page")
        pdf.save(tmp_path / "b.pdf", garbage=3, deflate=True)
    assert have_same_text(PAPER, tmp_path / "a.pdf")
    assert have_same_text(PAPER, tmp_path / "b.pdf")
    assert not have_same_text(PAPER, sorted(PAPERS.glob("*.pdf"))[1])
    assert "typed onto" not in str(text.extract(tmp_path / "b.pdf", SHA)), "a note is no text"


def document(*pages, sha256="b" * 64):
    """Pages of one block a text, lines of thirty characters."""

    def block(words):
        spans = [
            Span(at, min(at + 30, len(words)), (50.0, 100.0 + at, 350.0, 110.0 + at))
            for at in range(0, len(words), 30)
        ]  # fmt: skip
        return TextBlock("body", words, tuple(spans), section="Results")

    built = [Page(n, 400, 600, tuple(map(block, texts))) for n, texts in enumerate(pages, 1)]
    return Document(sha256, tuple(built))


FLAT = "Flat minima generalise better than sharp ones, which was measured on three data sets."
MARK = Mark("highlight", 1, "ﬂat minima generalise better than sharp ones", "hm", "#ffff00",
            rects=((1, 1, 2, 3, 4),), file=SHA)  # fmt: skip


def test_a_mark_is_found_again_where_its_text_stands_in_a_newer_version():
    new = document(["Another beginning."], [f"It was said before. {FLAT}"])
    (found,) = text.anchor([MARK], new)
    assert (found.page, found.section, found.moved, found.earlier) == (2, "Results", True, False)
    assert found.text == "Flat minima generalise better than sharp ones,"
    assert found.file == new.sha256 and len(found.rects) == 3
    assert found.rects[0][:3] == (2, 250.0, 100.0), "from the twentieth of thirty characters on"


def test_a_mark_whose_middle_was_changed_is_found_by_its_ends():
    begin = "It begins with a clause that is long enough to be found alone, says"
    end = "and ends with a clause of its own that was not changed at all."
    long, changed = f"{begin} this, {end}", f"{begin} something else altogether, {end}"
    (found,) = text.anchor([replace(MARK, text=long)], document([changed]))
    assert found.text == changed and not found.earlier


def test_a_mark_that_a_newer_version_lacks_stays_with_its_page_in_the_earlier_one():
    (gone,) = text.anchor([MARK], document(["Nothing of it is here."]))
    assert gone == replace(MARK, earlier=True)
    often = document(["A bound.", "A bound."])
    (short,) = text.anchor([replace(MARK, text="a bound")], often)
    assert short.earlier, "a short text that stands there twice says nothing"


def test_a_mark_of_the_same_file_keeps_its_place_and_gets_the_texts_own_words():
    own = replace(MARK, text="generalise bet ter", page=1)
    (same,) = text.anchor([own], document([FLAT], sha256=SHA))
    assert (same.text, same.rects, same.moved) == ("generalise better", MARK.rects, False)


def test_marks_stand_in_order_each_once_and_earlier_ones_last():
    other = replace(MARK, page=3, comment="")
    earlier = replace(MARK, text="gone", page=1, earlier=True)
    copy = replace(MARK, file="c" * 64, page=2)
    assert text.in_order([other, earlier, MARK, copy]) == [MARK, other, earlier]


# ── a library ─────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def settings(tmp_path, state):
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# Ridges\n\nWhat I think of it is written here.\n")
    (tmp_path / "library" / "papers").mkdir(parents=True)
    return load_settings(
        {"library": tmp_path / "library", "notes": (str(notes),), "state": state, "offline": True}
    )


def refreshed(settings):
    """A whole refresh; the files that were read, and what the build holds."""
    read = []

    def extract(batch):
        read.extend(sha for sha, _ in batch.files)
        return _extract_texts(batch)

    with RefreshRun(settings, collaborators=Collaborators(extract_texts=extract)) as run:
        for stage in run.stages():
            stage()
        (entry,) = [e for e in entries(run.catalogue) if e.pdfs]
    return read, entry


def test_marks_are_kept_searched_and_follow_the_file_that_is_marked_in_place(settings):
    file = settings.library / "papers" / "ridge.pdf"
    shutil.copy(PAPER, file)
    read, before = refreshed(settings)
    assert read == [before.pdf.sha256]
    with Library.open(settings=settings) as library:
        assert library.marks(before.work.id) == []

    words = marked_copy(file, comment="why is that <b>so</b>? zebrafish")
    read, after = refreshed(settings)
    assert read == [], "only the marks are read anew"
    assert after.work.id == before.work.id and after.dropped
    assert [p.sha256 for p in after.pdfs] != [before.pdf.sha256] and len(after.pdfs) == 1
    with Library.open(settings=settings) as library:
        (mark,) = library.marks(after.work.id)
        assert squash(mark.text) == squash(words)
        assert (mark.page, mark.file, mark.earlier) == (2, after.pdf.sha256, False)
        (hit,) = library.search("in:marks zebrafish").hits
        assert hit.chunk.kind == "mark" and hit.page == 2 and hit.rects
        assert hit.entry.work.id == after.work.id and "zebrafish" in hit.chunk.text
        assert library.search("zebrafish").hits[0].chunk.kind == "mark"
        build = library.build_id
    refreshed(settings)
    with Library.open(settings=settings) as library:
        assert library.build_id == build, "nothing changed"

    shutil.copy(PAPER, file)  # the mark is taken off again
    refreshed(settings)
    with Library.open(settings=settings) as library:
        assert library.marks(after.work.id) == []
        assert library.search("in:marks zebrafish").hits == ()


def test_a_newer_version_keeps_the_marks_of_the_earlier_one(settings, tmp_path):
    file = settings.library / "papers" / "ridge.pdf"
    with pymupdf.open(PAPER) as pdf:
        words = mark_words(pdf[1], 40, 52, comment="kept")
        mark_words(pdf[0], 64, 70, comment="gone with its page")
        pdf.save(file)
    refreshed(settings)
    with pymupdf.open(PAPER) as pdf:  # the new version has a page before, and lost some words
        pdf[0].add_redact_annot(pymupdf.Rect(40, 120, 400, 560))
        pdf[0].apply_redactions()
        pdf.new_page(1).insert_text((60, 80), "A page that is new in this version of it")
        pdf.save(file)
    _, entry = refreshed(settings)
    assert len(entry.pdfs) == 2
    with Library.open(settings=settings) as library:
        found, earlier = library.marks(entry.work.id)
        assert squash(words) in squash(found.text)
        assert (found.page, found.moved, found.comment) == (3, True, "kept")
        assert (earlier.page, earlier.earlier) == (1, True)
        assert library.tints(entry.pdf.sha256, 3)[0][1] == "#ffcc00"
        file, tints = library.pdf_path(entry.pdf), library.tints(entry.pdf.sha256, 3)
        assert draw_page(file, 3, tints=tints) != draw_page(file, 3), (
            "its colour is on the new page"
        )
        (hit,) = library.search("in:marks gone").hits[:1]
        assert (hit.page, hit.place) == (0, "in an earlier version, p. 1")


def test_marks_are_kept_by_the_catalogue_and_what_has_none_is_looked_at_once(tmp_path):
    with Catalogue.create(tmp_path / "catalogue.sqlite") as catalogue:
        with catalogue.write():
            catalogue.put_marks(SHA, [MARK], "1")
            catalogue.put_marks("b" * 64, [], "1")
        assert catalogue.marks() == {SHA: (MARK,)}
        assert catalogue.looked_for_marks("1") == {SHA, "b" * 64}
        assert catalogue.looked_for_marks("2") == set()


def test_hostile_words_of_a_mark_are_shown_as_they_are(settings, monkeypatch):
    from streamlit.testing.v1 import AppTest

    marked_copy(settings.library / "papers" / "ridge.pdf", comment=HOSTILE)
    _, entry = refreshed(settings)

    def page(root, work):
        from litmap.library import Library
        from litmap.ui import marks

        with Library.open(root) as library:
            marks.what_you_marked(library, library.work(work))

    test = AppTest.from_function(
        page, args=(str(settings.library), entry.work.id), default_timeout=30
    )
    test.run()
    assert not test.exception
    shown = "\n".join(element.value for element in (*test.markdown, *test.caption))
    assert "What you marked" in test.header[0].value
    assert "<script>" not in shown.replace("\\<", "") and "](javascript" not in shown
    assert "highlighted · orange" in shown or "highlighted · yellow" in shown
    assert test.button[0].label == "p. 2"


def test_exported_pages_have_the_marks_with_page_and_colour_and_nothing_of_them_is_markup(tmp_path):
    work = Work("doi:10.1/olm", "Salt and sleep")
    marks = {
        work.id: [replace(MARK, comment=HOSTILE), replace(MARK, page=4, comment="", earlier=True)]
    }
    pages = exports.to_notes([(work, ())], marks)
    (page,) = [page for name, page in pages.items() if name.startswith("works/")]
    assert "- p. 1: highlight, yellow\n  > ﬂat minima" in page
    assert "- p. 4 of an earlier version: highlight, yellow" in page
    assert "<script>" not in page.replace("\\<", "") and "](javascript" not in page.replace(
        "\\]", ""
    )
    told = json.loads(pages["marks.json"])
    assert is_export(pages["marks.json"].encode())
    assert [(m["work"], m["page"], m["colour_name"], m["earlier"]) for m in told["marks"]] == [
        (work.id, 1, "yellow", False), (work.id, 4, "yellow", True),
    ]  # fmt: skip
    assert told["marks"][0]["comment"] == HOSTILE and told["marks"][0]["rects"] == [[1, 1, 2, 3, 4]]
    assert "marks.json" not in exports.to_notes([(work, ())])


# ── what they weigh ───────────────────────────────────────────────────────────────────────────────
def sentence(words, row=0, page=1):
    rects = ((page, 50.0, 100.0 + 12 * row, 350.0, 110.0 + 12 * row),)
    return PaperSentence(words, page, rects, "body", "Results", 0)


def test_a_sentence_is_marked_by_half_of_it_or_by_words_of_it():
    said = [
        sentence("Bees dance.", 0),
        sentence(FLAT, 1),
        sentence("Wasps do not do it at all.", 2),
    ]
    marked = {
        "generalise better": {1},
        "not three words": set(),
        f"{FLAT} Wasps": {1},
        f"dance. {FLAT} Wasps do not do it at all.": {0, 1, 2},
    }
    for words, rows in marked.items():
        mark = replace(MARK, text=words, rects=((1, 40, 99, 360, 200),))
        assert marked_sentences(said, [mark]) == rows, words


def test_words_that_stand_on_two_pages_are_marked_on_theirs():
    said = [sentence("It is so.", 0, 1), sentence("It is so.", 0, 2)]
    mark = replace(MARK, text="it is so", page=2, rects=((2, 60, 101, 200, 109),))
    assert marked_sentences(said, [mark]) == {1}


def test_what_is_struck_through_or_gone_or_a_note_alone_weighs_nothing():
    gone = replace(MARK, earlier=True)
    struck = replace(MARK, kind="strikeout")
    note = replace(MARK, kind="note", text="")
    assert weighing([gone, struck, note, MARK]) == (MARK,)


words_of_marks = st.text("ab c.", min_size=1, max_size=12)


@at_most(max_examples=60, deadline=None)
@given(st.lists(words_of_marks, max_size=6), st.lists(words_of_marks, max_size=4))
def test_marks_of_any_words_name_sentences_that_share_some(texts, marked):
    said = [sentence(words, row) for row, words in enumerate(texts)]
    marks = [replace(MARK, text=words, rects=((1, 0, 0, 500, 500),)) for words in marked]
    rows = marked_sentences(said, marks)
    assert rows <= set(range(len(said)))
    letters = "".join(map(squash, texts))
    for row, words in enumerate(texts):
        own = squash(words)
        if own and words in marked and letters.find(own) == letters.rfind(own):
            assert row in rows


def test_the_marked_one_of_two_like_sentences_is_the_evidence_and_a_far_one_is_not():
    texts = [
        "Flat minima generalise well in small networks.",
        "Bees dance in the dark of the hive.",
    ]
    said = [sentence(words, row) for row, words in enumerate([*texts, "A table.", texts[0]])]
    statement = claims.Statement("flat minima generalise", np.ones(2) / np.sqrt(2))
    vectors = np.array([[0.7, 0.7], [-0.7, 0.7], [0.0, 1.0], [0.7, 0.7]])

    def nearest(*marked):
        held = np.zeros(4, np.int64)
        paper = claims.PaperText(said, np.ones((1, 2)), held, frozenset(marked))
        short = claims.shortlist(statement, paper, lambda term: 1.0)
        return claims.rank_evidence(statement, paper, short, vectors[short.rows])[0]

    unmarked = nearest()
    other = 3 - unmarked
    assert {unmarked, other} == {0, 3}
    assert nearest(other) == other
    assert nearest(1) == unmarked, "a mark does not stand for what it does not say"


@pytest.mark.slow
def test_a_mark_changes_its_papers_summary_alone_and_says_so(settings):
    folder = settings.library / "papers"
    shutil.copy(PAPER, folder / "ridge.pdf")
    shutil.copy(sorted(PAPERS.glob("*.pdf"))[1], folder / "other.pdf")

    def summaries(*, fresh=False):
        with RefreshRun(settings) as run:
            for stage in run.stages(fresh=fresh):
                stage()
            works = {pdf.sha256: e.work.id for e in entries(run.catalogue) for pdf in e.pdfs}
        with open_build(LibraryPaths(settings.library)) as build:
            found = build.read_json("summaries")
        ridge = works[sha256((folder / "ridge.pdf").read_bytes()).hexdigest()]
        return ridge, found.pop(ridge)["sentences"], found

    ridge, own, others = summaries()
    made = {file: file.stat().st_mtime_ns for file in settings.library.rglob("*.summary-*")}
    assert not any(s["marked"] for s in own)
    one = next(s for s in own if s["page"] == 1)
    with pymupdf.open(PAPER) as pdf:
        page = pdf[one["page"] - 1]
        page.add_highlight_annot(page.search_for(" ".join(one["text"].split()[:5]), quads=True))
        pdf.save(folder / "ridge.pdf")
    same, marked, rest = summaries()
    assert same == ridge
    assert [s["text"] for s in marked if s["marked"]] == [one["text"]]
    now = {file: file.stat().st_mtime_ns for file in settings.library.rglob("*.summary-*")}
    assert len(now.keys() - made.keys()) == 1, "one paper's summary was made anew"
    assert {file: now[file] for file in made} == made
    assert {k: v for k, v in rest.items() if not k.startswith("topic:")} == {
        k: v for k, v in others.items() if not k.startswith("topic:")
    }
    with Library.open(settings=settings) as library:
        view = library.summary(ridge)
        assert [s["text"] for s in view.as_json()["sentences"] if s["marked"]] == [one["text"]]

    shutil.rmtree(settings.library / "texts")
    (settings.library / "results.sqlite").unlink()
    assert summaries(fresh=True) == (ridge, marked, rest), "as from scratch"
