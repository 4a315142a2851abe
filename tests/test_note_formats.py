"""The decisions inside the readers of notes, each with the examples that made it; and the table of
formats.
"""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest

from litmap.citations import find_citations
from litmap.errors import NoteError
from litmap.notes import builder, discovery, parse_note, read_notes
from litmap.notes import formats as note_formats
from litmap.notes.bibliographies import linking
from litmap.notes.builder import Builder
from litmap.notes.formats import FORMATS, NoteFormat, detect_format, html, markdown
from litmap.notes.formats import line_wrapping as wrapping
from litmap.notes.formats import mail_and_dumps as mail
from litmap.notes.formats import plain_headings as headings
from litmap.notes.inline import Inline, is_literal_mark
from litmap.parsing.name_fields import given_name_first


# ── the table of formats ─────────────────────────────────────────────────────────────────────────
def test_each_file_ending_and_each_name_belongs_to_one_format() -> None:
    suffixes = [suffix for row in FORMATS for suffix in row.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert len({row.name for row in FORMATS}) == len(FORMATS)
    assert all(suffix == suffix.lower() for suffix in suffixes)
    assert all(suffix == "" or suffix.startswith(".") for suffix in suffixes)


@pytest.mark.parametrize(
    ("text", "suffix", "name"),
    [
        ("<!DOCTYPE html><p>x", ".txt", "html"),
        ("<html><body>x", ".md", "html"),
        ("== A ==\n\n== B ==\n", ".md", "mediawiki"),
        ("\\documentclass{article}\n", ".txt", "latex"),
        ("\\documentclass{article}\n", ".md", "markdown"),
        ("@article{key,\n title={T}}\n", "", "bibtex"),
        ("TY  - JOUR\nTI  - T\n", ".txt", "ris"),
        ("PMID- 123\n", ".txt", "ris"),
        ("* A\n* B\n[[https://a.org][x]]\n", ".txt", "org"),
        (".. _b: http://b.org\n", ".txt", "rst"),
        ("## A heading\n", ".txt", "markdown"),
        ("words\n", ".txt", "text"),
        ("words\n", ".unknown", "text"),
        ("words\n", ".md", "markdown"),
        ("## A heading\n", ".org", "org"),
        ("<html>", ".ipynb", "notebook"),
        ("{}", ".json", "csl"),
        ("a,b", ".csv", "csv"),
        ("<a/>", ".rdf", "refxml"),
    ],
)
def test_a_format_is_told_by_the_ending_and_where_that_is_open_by_the_form(
    text: str, suffix: str, name: str
) -> None:
    assert detect_format(text, suffix).name == name


def test_a_new_format_needs_one_row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def read_shout(text: str, note: Builder) -> None:
        for number, line in enumerate(text.split("\n"), 1):
            if line.startswith("!"):
                note.heading(1, Inline(line.strip("! ")), number)
            else:
                note.add("paragraph", Inline(line), number)

    row = NoteFormat("shout", (".shout",), read_shout, lambda text: text.startswith("!!!"))
    monkeypatch.setattr(note_formats, "FORMATS", (row, *FORMATS))
    monkeypatch.setitem(note_formats.BY_SUFFIX, ".shout", row)
    monkeypatch.setitem(note_formats.BY_NAME, "shout", row)
    for name in ("a.shout", "b.txt"):
        (tmp_path / name).write_text("!!! Topic\nwords")
    notes, problems = read_notes([tmp_path])
    assert problems == []
    assert [note.format for note in notes] == ["shout", "shout"]
    assert [note.headings[0].path for note in notes] == [("Topic",)] * 2


@pytest.mark.parametrize("suffix", [suffix for row in FORMATS for suffix in row.suffixes])
def test_files_of_every_ending_are_found_in_a_folder(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"notes{suffix}").write_text("words")
    files, _ = discovery.find_note_files([tmp_path])
    assert [file.path.name for file in files] == [f"notes{suffix}"]


# ── reading and skipping ─────────────────────────────────────────────────────────────────────────
def test_what_is_no_note_raises_a_note_error_that_names_it() -> None:
    with pytest.raises(NoteError, match="not a valid notebook") as caught:
        parse_note("{not json", "deep/book.ipynb", ".ipynb")
    assert caught.value.subject == "deep/book.ipynb"


def test_the_log_says_what_was_read_as_what_and_what_was_skipped_but_no_text(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.md").write_text("# Secret subject\n\nSecret words [@key].\n")
    (tmp_path / "refs.bib").write_text("@article{key, title={Secret title}}\n")
    (tmp_path / "bad.ipynb").write_text("Secret")
    (tmp_path / "data.json").write_text('"Secret"')
    with caplog.at_level(logging.DEBUG, logger="litmap.notes"):
        read_notes([tmp_path])
    log = "\n".join(entry.getMessage() for entry in caplog.records)
    assert re.search(r"a\.md: read as markdown", log)
    assert re.search(r"bad\.ipynb: skipped", log)
    assert re.search(r"data\.json: skipped", log)
    assert re.search(r"a\.md cites from .*refs\.bib", log)
    assert "read 2 notes of 4 files, 1 problems" in log
    assert "Secret" not in log


def test_a_table_with_a_cell_too_large_is_one_problem(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('Title\n"' + "x" * 200_000 + '"\n')
    (tmp_path / "b.md").write_text("words")
    notes, problems = read_notes([tmp_path / "a.csv", tmp_path / "b.md"])
    assert [note.format for note in notes] == ["markdown"]
    assert [problem.reason for problem in problems] == [
        "no CSV: field larger than field limit (131072)"
    ]


def test_what_is_ignored_in_the_current_folder_is_ignored_further_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / ".litmapignore").write_text("draft*.md\n")
    for name in ("draft1.md", "a/draft2.md", "a/b/draft3.md", "a/b/kept.md"):
        (tmp_path / name).write_text("words")
    monkeypatch.chdir(tmp_path)
    files, _ = discovery.find_note_files(["."])
    assert [file.path.as_posix() for file in files] == ["a/b/kept.md"]


def test_a_link_inside_a_link_without_definition_keeps_its_place() -> None:
    note, _ = parse_note("See [the [page](http://a.org)][nowhere] again.\n", "n.md")
    block = note.blocks[0]
    assert block.text == "See [the page][nowhere] again."
    assert [(block.text[link.start : link.end], link.target) for link in block.links] == [
        ("page", "http://a.org")
    ]


@pytest.mark.parametrize("suffix", [".md", ".wiki", ".org", ".rst", ".tex", ".html", ".txt"])
@pytest.mark.parametrize("text", ["a [](b)", "  a [[b|]] ", "a<ref>b</ref>", "a <a href='b'> </a>"])
def test_a_link_without_words_at_the_end_of_a_block_stands_in_it(text: str, suffix: str) -> None:
    note, _ = parse_note(text, f"n{suffix}", suffix)
    for block in note.blocks:
        for link in block.links:
            assert 0 <= link.start <= link.end <= len(block.text)


def test_a_library_of_litmap_is_no_folder_of_notes(tmp_path: Path) -> None:
    for name in ("library/CURRENT", "library/catalogue.sqlite", "library/a.md", "notes/CURRENT"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "notes" / "b.md").write_text("words")
    files, _ = discovery.find_note_files([tmp_path])
    assert [file.path.name for file in files] == ["b.md"]


# ── headings ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "text",
    [
        "References", "3. References", "IV) Bibliography", "My annotated references",
        "References and further reading", "Papers cited here", "**Links:**", "Literaturverzeichnis",
        "Références bibliographiques", "参考文献", "External links", "📚 References",
    ],
)  # fmt: skip
def test_headings_that_name_no_subject(text: str) -> None:
    assert builder.names_no_subject(text)


@pytest.mark.parametrize(
    "text", ["Reference frames", "Linking numbers", "Notes on topology", "Sources of error", ""]
)
def test_headings_that_name_one(text: str) -> None:
    assert not builder.names_no_subject(text)


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("Top", 3, True),
        ("A long heading of many words", 10, False),
        ("A long heading of many words", 17, True),
        ("Short", 70, False),
        ("SHORT", 70, True),
    ],
)
def test_an_underline_is_about_as_long_as_its_heading(
    text: str, width: int, expected: bool
) -> None:
    assert headings.is_length_of_underline(text, width) is expected


@pytest.mark.parametrize(
    ("predicate", "line", "expected"),
    [
        (headings.is_in_capitals, "FIRST THING", True),
        (headings.is_in_capitals, "A.1", False),
        (headings.is_in_capitals, "GPT-2 / BERT (340M) 12%", False),
        (headings.is_in_capitals, "    SET IN", False),
        (headings.is_numbered_heading, "2.1 Methods", True),
        (headings.is_numbered_heading, "1. A whole sentence.", False),
        (headings.is_numbered_heading, "3 Smith and Jones 2001", False),
        (headings.east_asian_heading, "一、涡激振动", (4, "涡激振动")),
        (headings.east_asian_heading, "（二）数值模拟", (5, "数值模拟")),
        (headings.east_asian_heading, "第2章 方言の分類", (2, "方言の分類")),
        (headings.east_asian_heading, "第三节 研究方法", (3, "研究方法")),
        (headings.east_asian_heading, "제1장 교육과 평가", (2, "교육과 평가")),
        (headings.east_asian_heading, "1．调谐质量阻尼器", (6, "调谐质量阻尼器")),
        (headings.east_asian_heading, "一、先读这一篇，再读下一篇。", None),
        (headings.east_asian_heading, "1. Methods", None),
        (headings.is_column_one_heading, "Related work", True),
        (headings.is_column_one_heading, "   set in", False),
        (headings.is_column_one_heading, "It ends here.", False),
        (headings.is_column_one_heading, "[12] an entry", False),
        (headings.is_label, "Vision:", True),
        (headings.is_label, "- Vision:", False),
        (headings.is_label, "So he said: this and that:", False),
        (headings.is_leading_phrase, "Optimisation", True),
        (headings.is_leading_phrase, "a line in lower case", False),
        (headings.is_leading_phrase, "Smith 2001", False),
        (headings.is_leading_phrase, "It ends here.", False),
        (headings.is_title, "A page about networks", True),
        (headings.is_title, "https://a.org", False),
        (headings.is_title, "- an item", False),
        (headings.is_section_name, "Further reading", True),
        (headings.is_section_name, "Theory of deep networks", True),
        (headings.is_section_name, "Robustness, privacy and fairness", True),
        (headings.is_section_name, "Deep Residual Learning for Image Recognition", False),
        (headings.is_section_name, "This is a sentence", False),
        (headings.is_section_name, "Kernel methods", False),
        (headings.is_short_phrase, "Kernel methods", True),
        (headings.is_short_phrase, "See the course page", False),
    ],
)  # fmt: skip
def test_lines_that_may_be_headings(predicate: object, line: str, expected: bool) -> None:
    assert callable(predicate)
    assert predicate(line) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Deep RL", "", "A much longer line below it"], True),
        (["Deep Learning", "", "A much longer line below it"], False),
        (["Tuning", "", "Short"], False),
        (["Vanishing gradients", "", "Exploding gradients", "", "A much longer line below"], False),
    ],
)
def test_a_short_line_above_a_longer_one_opens_a_section(lines: list[str], expected: bool) -> None:
    number = 2 if len(lines) > 3 else 0
    assert headings.opens_section(lines, number) is expected


def test_a_phrase_leads_items_or_a_longer_line() -> None:
    assert headings.leads_paragraph(["Optimisation", "- an item"], 0)
    assert headings.leads_paragraph(["Optimisation", "words " * 20], 0)
    assert not headings.leads_paragraph(["Optimisation", "a short line"], 0)
    assert not headings.leads_paragraph(["text above", "Optimisation", "- an item"], 1)


# ── how lines go on ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("predicate", "arguments", "expected"),
    [
        (wrapping.ends_in_hyphen, ("a word that is hyphen-",), True),
        (wrapping.ends_in_hyphen, ("a dash -",), False),
        (wrapping.has_open_bracket, ("a remark of some length (that is not over",), True),
        (wrapping.has_open_bracket, ("a remark of some length (that is over)",), False),
        (wrapping.has_open_bracket, ("he says “that it is not over yet",), True),
        (wrapping.continues_sentence, ("we show", "that"), True),
        (wrapping.continues_sentence, ("we show.", "that"), False),
        (wrapping.continues_sentence, ("we show", "http://a.org"), False),
        (wrapping.continues_sentence, ("we show", "Theorem"), False),
        (wrapping.is_unfinished, ("the work of",), True),
        (wrapping.is_unfinished, ("as shown by Smith et al.",), True),
        (wrapping.is_unfinished, ("appeared in Phys. Rev.",), True),
        (wrapping.is_unfinished, ("it is finished",), False),
        (wrapping.begins_entry, ("Journal of Ecology 12.", "Tilman, D. (1994). Title."), True),
        (wrapping.begins_entry, ("Journal of Ecology", "Tilman, D. (1994). Title."), False),
        (wrapping.ends_in_address, ("see https://example.org/a",), True),
        (wrapping.ends_in_address, ("https://example.org/a",), False),
    ],
)  # fmt: skip
def test_whether_a_line_goes_on(
    predicate: object, arguments: tuple[str, ...], expected: bool
) -> None:
    assert callable(predicate)
    assert predicate(*arguments) is expected


# ── marks, rows, names ───────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("mark", "before", "after", "expected"),
    [
        ("*", " ", " ", True),
        ("_", "e", "c", True),
        ("*", "2", "3", True),
        ("*", "a", "b", False),
        ("==", "=", " ", True),
        ("*", " ", "T", False),
        ("**", "2", "3", False),
    ],
)
def test_signs_that_are_no_emphasis(mark: str, before: str, after: str, expected: bool) -> None:
    assert is_literal_mark(mark, before, after) is expected


@pytest.mark.parametrize(
    ("text", "below", "expected"),
    [
        ("| a | b |", "", True),
        ("a | b", "---|---", True),
        ("a | b", "", False),
        ("[[Page|alias]] and `a|b`", "", False),
    ],
)
def test_rows_of_tables_in_markdown(text: str, below: str, expected: bool) -> None:
    assert markdown.is_table_row(text, below) is expected


def test_lines_that_begin_nothing_in_markdown() -> None:
    assert markdown.is_surely_prose("words")
    assert not markdown.is_surely_prose("a) item")
    assert not markdown.is_surely_prose("a | b")
    assert not markdown.is_surely_prose("# heading")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Tilman, David", "David Tilman"),
        ("Davis, Jr., Sammy", "Sammy Davis Jr."),
        ("David Tilman", "David Tilman"),
        ("Tilman,", "Tilman"),
    ],
)
def test_names_are_turned_to_begin_with_the_given_one(name: str, expected: str) -> None:
    assert given_name_first(name) == expected


def test_signatures_are_told_by_their_mark() -> None:
    assert mail.is_signature_mark("-- ")
    assert not mail.is_signature_mark("--- ")


@pytest.mark.parametrize(
    ("text", "suffix", "expected"),
    [
        ("as [@key2001] says", ".md", True),
        (r"as \citep[p. 3]{key} says", ".tex", True),
        (":cite:`key`", ".rst", True),
        ("cite:key", ".org", True),
        ("write to me@example.org", ".md", False),
    ],
)
def test_notes_that_cite_by_key(text: str, suffix: str, expected: bool) -> None:
    note, _ = parse_note(text, "n" + suffix, suffix)
    assert linking.cites_by_key(note) is expected


@pytest.mark.parametrize(
    ("path", "expected"), [("a.json", True), ("notes", True), ("a.md", False), ("a.bib", False)]
)
def test_files_that_may_well_be_no_notes(path: str, expected: bool) -> None:
    assert discovery.is_optional_note(Path(path)) is expected


PAGES = {
    "a wiki's page, pasted, takes levels from its contents": (
        "Deep learning\n\nContents\n 1 History [hide]\n 2 Methods\n 2.1 Kernels\n\n"
        "History [edit]\nwords\n\nKernels [edit]\nmore\n\nMethods [edit]\nend\n",
        [
            ("Deep learning",),
            ("Deep learning", "History"),
            ("Deep learning", "History", "Kernels"),
            ("Deep learning", "Methods"),
        ],
        ["words", "more", "end"],
    ),
    "a line alone above underlined headings is the page's title": (
        "My page\n\nOne\n---\ntext\n\nTwo\n---\ntext\nReferences\n\nentry\n",
        [("My page",), ("My page", "One"), ("My page", "Two")],
        ["text", "text", "References", "entry"],
    ),
    "on a page of single lines headings are told from titles": (
        "My reading\n\nFurther reading\n\nDeep Residual Learning for Image Recognition\n\n"
        "Theory of networks\n\nUnderstanding deep learning requires rethinking generalization\n\n"
        "Deep RL\n\nA much longer line than the heading above it\n",
        [("My reading",), ("My reading", "Theory of networks"), ("My reading", "Deep RL")],
        [
            "Deep Residual Learning for Image Recognition",
            "Understanding deep learning requires rethinking generalization",
            "A much longer line than the heading above it",
        ],
    ),
    "a line over a heading and dots below a sentence are no text": (
        "======\n Top\n======\n\nSub\n***\ntext\n\nA sentence of words\n...\n",
        [("Top",), ("Top", "Sub")],
        ["text", "A sentence of words", "..."],
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_headings_of_whole_pages_of_plain_text(name: str) -> None:
    text, paths, prose = PAGES[name]
    note, _ = parse_note(text, "n.txt", ".txt")
    assert [heading.path for heading in note.headings] == paths
    assert [block.text for block in note.blocks if block.kind != "heading"] == prose


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ('<div class="menu">', True),
        ('<div class="menus">', False),
        ('<div class="reference menu">', False),
        ('<div class="referencetooltip">', True),
        ('<div id="toc">', True),
        ('<div role="banner">', True),
        ('<p hidden="">', True),
        ('<p style="display: none">', True),
        ('<article class="menu">', False),
    ],
)
def test_boilerplate_of_web_pages(tag: str, expected: bool) -> None:
    import lxml.html

    assert html.is_boilerplate(lxml.html.fragment_fromstring(tag)) is expected


def test_mods_names_authors_identifiers_and_the_host() -> None:
    record = (
        '<mods><titleInfo type="translated"><title>No</title></titleInfo>'
        "<titleInfo><title>T</title><subTitle>S</subTitle></titleInfo>"
        "<name><namePart>Roe, Ann</namePart></name>"
        "<name><namePart>Ed</namePart><role><roleTerm>edt</roleTerm></role></name>"
        '<identifier type="arXiv">1611.03530</identifier><identifier type="pmid">12</identifier>'
        '<identifier type="uri">http://u.org</identifier><identifier>x</identifier>'
        '<relatedItem type="host"><titleInfo><title>J</title></titleInfo>'
        "<part><date>2001</date></part></relatedItem></mods>"
    )
    note, _ = parse_note(record, "n.xml", ".xml")
    assert note.blocks[0].fields == (
        ("title", "T: S"),
        ("author", "Ann Roe"),
        ("year", "2001"),
        ("venue", "J"),
        ("arxiv", "1611.03530"),
        ("pmid", "12"),
        ("url", "http://u.org"),
    )


@pytest.mark.parametrize(("indent", "lines"), [(None, [1, 1, 1]), (1, [6, 7, 8])])
def test_lines_of_a_notebook_are_those_of_its_file(indent: int | None, lines: list[int]) -> None:
    source = ["See arXiv:1706.90762\n", "and doi:10.1000/182\n", "and doi:10.1000/183"]
    cells = [{"cell_type": "markdown", "source": source}, {"cell_type": ["odd"], "source": "x"}]
    text = json.dumps({"cells": cells, "worksheets": [{"cells": 3}]}, indent=indent)
    note, _ = parse_note(text, "a.ipynb", ".ipynb")
    mentions = [m for c in find_citations([note]) for m in c.mentions]
    assert sorted(mention.line for mention in mentions) == lines
    if indent:
        written = text.splitlines()
        assert all(m.text.split(":")[-1] in written[m.line - 1] for m in mentions)


def test_halves_of_characters_become_question_marks() -> None:
    note, _ = parse_note(r'[{"title": "A \ud800 and \ud835\udc9c"}]', "a.json", ".json")
    assert dict(note.blocks[0].fields)["title"] == "A ? and 𝒜"


def test_a_line_that_is_no_rule_costs_itself(tmp_path: Path) -> None:
    (tmp_path / ".litmapignore").write_text("[z-a]\nprivate.md\n")
    for name in ("a.md", "private.md"):
        (tmp_path / name).write_text("# A\n\nText.\n")
    notes, problems = read_notes([tmp_path])
    assert [Path(note.path).name for note in notes] == ["a.md"]
    assert ["[z-a]" in problem.reason for problem in problems] == [True]


# ── the documentation ────────────────────────────────────────────────────────────────────────────
def test_the_page_of_note_formats_names_every_ending() -> None:
    page = Path(__file__).parents[1] / "docs" / "reference" / "note-formats.md"
    told = set(re.findall(r"`(\.\w+)`", page.read_text("utf-8")))
    read = {suffix for row in FORMATS for suffix in row.suffixes if suffix}
    assert read <= told
    assert told - read <= set(discovery._UNREAD)
