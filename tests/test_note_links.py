"""Links from the notes to the pages of their works: read by nobody as citations, written and taken
out to the byte, refused where the user's own words would be lost.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from litmap.catalogue import Catalogue
from litmap.catalogue.entries import Entry
from litmap.citations import find_citations
from litmap.cli import main
from litmap.errors import LibraryError, UsageError
from litmap.exports.backlinks import find_pages, to_notes
from litmap.library import Library
from litmap.library.linked_notes import (
    ADDRESS,
    ENCODING,
    MISREAD,
    NO_LINE,
    NO_PAGE,
    NO_PLACE,
    NOT_DONE,
    SYMLINK,
    _Linker,
    with_links,
)
from litmap.models import Resolution, Work
from litmap.notes import read_notes
from litmap.parsing import note_links
from litmap.parsing.note_links import FORMS, broken_block, cut_links, without_links
from litmap.paths import LibraryPaths
from litmap.settings import load_settings
from litmap.topics.link_lines import LineLink, add_block, add_line_links
from litmap.topics.patch import NoteLines

ONE, TWO = "https://arxiv.org/abs/2001.00001", "https://arxiv.org/abs/2001.00002"
W1 = Work("arxiv:2001.00001", "Lamps [and] `moths` * {x} $y$ | z_", ("Ada Berg",), 2020)
W2 = Work("arxiv:2001.00002", "Why moths — and bees — turn", ("Bo Lin", "Cy Ek", "Di Fo"), 2020)
ENDINGS = {"markdown": ".md", "html": ".html", "org": ".org", "rst": ".rst", "asciidoc": ".adoc",
           "latex": ".tex", "text": ".txt"}  # fmt: skip
NOTES = {
    "markdown": f"# Ants\n\n- a {ONE}\n- b {TWO}\n",
    "html": f"<html><body><h1>Ants</h1>\n<p>a <a href='{ONE}'>x</a> {TWO}</p>\n</body>\n</html>\n",
    "org": f"* Ants\n\n- a {ONE}\n- b {TWO}\n",
    "rst": f"Ants\n====\n\n- a {ONE}\n- b {TWO}\n",
    "asciidoc": f"= Notes\n\n== Ants\n\n* a {ONE}\n* b {TWO}\n",
    "latex": f"\\section{{Ants}}\n\na \\url{{{ONE}}}\n\nb \\url{{{TWO}}}\n",
    "text": f"ANTS\n\na {ONE}\n\nb {TWO}\n",
}
ADDRESSES = ["../works/a1.md", "../p%20x/works/berg2020lamps.md", "/abs/works/z.md"]


# ── bytes ─────────────────────────────────────────────────────────────────────────────────────────
def items(form, addresses=ADDRESSES):
    titles = (W1.title, W2.title.replace("—", "-"), "litmap")
    return [
        form.item.format(title=form.escape(title), address=address)
        for title, address in zip(titles, addresses, strict=False)
    ]


LINES = st.sampled_from(
    [
        "",
        "",
        "a",
        "- b",
        "  ",
        "# c",
        "caf\xe9",
        "litmap",
        "<!-- litmap -->",
        "</body>",
        "</html>",
        "```",
    ]
)


@st.composite
def contents(draw):
    """Bytes of notes: every line end, with a mark, without a last line end."""
    ends = st.sampled_from(draw(st.sampled_from([["\n"], ["\n", "\r\n"], ["\r\n"], ["\r"]])))
    parts = draw(st.lists(st.tuples(LINES, ends)))
    text = "".join(line + end for line, end in parts)
    text = text.rstrip("\r\n") if draw(st.booleans()) else text
    mark = draw(st.sampled_from([b"", codecs.BOM_UTF8]))
    return mark * bool(text) + text.encode(draw(st.sampled_from(["utf-8", "cp1252"])))


@given(contents(), st.sampled_from(sorted(FORMS)), st.integers(1, 3))
def test_a_block_is_taken_out_to_the_byte(data, name, count):
    form = FORMS[name]
    written = add_block(NoteLines(data), form, items(form)[:count])
    assert written != data
    assert broken_block(written) is None
    assert without_links(written) == cut_links(written)[0] == data
    assert add_block(NoteLines(cut_links(written)[0]), form, items(form)[:count]) == written


@given(contents(), st.sampled_from(sorted(n for n, f in FORMS.items() if f.inline)), st.data())
def test_links_in_lines_are_taken_out_to_the_byte(data, name, drawn):
    form, note = FORMS[name], NoteLines(data)
    links = [
        LineLink(drawn.draw(st.integers(1, len(note.lines) + 1)), key, f"../works/{key}.md")
        for key in ("a1", "berg2020lamps")
    ]
    written, left = add_line_links(note, form, links)
    assert without_links(written) == data
    assert (written == data) == (len(left) == len(links))
    assert NoteLines(written).lines[len(note.lines) :] == []


@given(st.binary(max_size=60), st.sampled_from(sorted(FORMS)))
def test_any_bytes_are_read(data, name):
    form = FORMS[name]
    marks = [form.begin.encode(), form.end.encode(), items(form)[0].encode()]
    for mark in marks:
        for broken in (data + mark, mark + b"\n" + data, data + b"\n" + mark + b"\n" + data):
            assert without_links(without_links(broken)) == without_links(broken)
            broken_block(broken)


@pytest.mark.parametrize("name", sorted(FORMS))
def test_text_behind_the_block_keeps_its_lines(name):
    form, data = FORMS[name], b"a\nb\n"
    written = add_block(NoteLines(data), form, items(form)) + b"more\n"
    read = without_links(written)
    assert b"litmap" not in read
    assert read.split(b"\n").index(b"more") == written.split(b"\n").index(b"more")
    assert cut_links(written)[0] == b"a\nb\nmore\n"


def damaged(name, change):
    form = FORMS[name]
    lines = add_block(NoteLines(b"a\n"), form, items(form)).decode().splitlines()
    begin, end = lines.index(form.begin), lines.index(form.end)
    return change(lines, begin, end), begin, end


def replaced(lines, i, text):
    return [*lines[:i], *text, *lines[i + 1 :]]


@pytest.mark.parametrize("name", sorted(FORMS))
@pytest.mark.parametrize(
    ("change", "why", "where"),
    [
        (lambda ls, b, e: replaced(ls, e, []), note_links.NO_END, lambda b, e: b),
        (lambda ls, b, e: replaced(ls, b, []), note_links.NO_BEGIN, lambda b, e: e - 1),
        (lambda ls, b, e: ls + ls[b : e + 1], note_links.DOUBLED, lambda b, e: e + 1),
        (lambda ls, b, e: replaced(ls, e, [ls[e], ls[e]]), note_links.DOUBLED, lambda b, e: e + 1),
        (lambda ls, b, e: replaced(ls, b, [ls[b] + " mine"]), note_links.CHANGED, lambda b, e: b),
        (lambda ls, b, e: replaced(ls, e, ["my words", ls[e]]), note_links.FOREIGN, lambda b, e: e),
        (lambda ls, b, e: [ls[e], ls[b]], note_links.NO_END, lambda b, e: 1),
    ],
)  # fmt: skip
def test_a_damaged_block_is_told_with_its_line(name, change, why, where):
    lines, begin, end = damaged(name, change)
    assert broken_block("\n".join(lines).encode()) == (where(begin, end) + 1, why)


def test_what_was_written_into_the_block_by_hand_is_read():
    lines, _, _ = damaged("markdown", lambda ls, b, e: replaced(ls, e, [f"- mine {ONE}", ls[e]]))
    assert (
        without_links("\n".join(lines).encode()).strip()
        == f"a\n\n\n\n\n\n\n\n- mine {ONE}".encode()
    )


# ── notes ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def link(tmp_path):
    """What becomes of notes ({name: bytes}) that cite the works of these pages."""
    pages = tmp_path / "pages"
    for name, text in to_notes([(W1, []), (W2, [])]).items():
        (pages / name).parent.mkdir(parents=True, exist_ok=True)
        (pages / name).write_text(text, "utf-8")

    def linked(files, *, inline=False, works=(W1, W2), to=pages):
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        read, _ = read_notes([tmp_path / name for name in files])
        mentions = {c.key: c.mentions for c in find_citations(read)}
        cited = [Entry(w, "fetched", "", mentions=mentions.get(w.id, ())) for w in works]
        old = {n.path: Path(n.path).read_bytes() for n in read if n.format in FORMS}
        found = find_pages(to, works) if to else {}
        told = with_links(old, read, cited, found, inline=inline)
        new = {Path(path).name: data for path, data in told.new.items()}
        return new, [(place.line, place.why) for place in told.left]

    return linked


@pytest.mark.parametrize("inline", [False, True])
@pytest.mark.parametrize("name", sorted(FORMS))
def test_a_note_with_links_is_read_as_without(link, tmp_path, name, inline):
    file, data = f"n{ENDINGS[name]}", NOTES[name].encode()
    new, left = link({file: data}, inline=inline)
    before = read_notes([tmp_path / file])
    if inline and not FORMS[name].inline:
        assert (new, left) == ({}, [(0, NO_LINE)])
        return
    assert left == []
    assert new[file].count(b"pages/works/berg2020lamps.md") == 1
    (tmp_path / file).write_bytes(new[file])
    assert read_notes([tmp_path / file]) == before
    assert before[0][0].sha256 == hashlib.sha256(data).hexdigest()
    assert link({file: new[file]}, inline=inline) == ({}, [])
    assert link({file: new[file]}, to=None) == ({file: data}, [])


def test_the_other_kind_takes_the_place_of_the_first(link):
    data = NOTES["markdown"].encode()
    block, lines = (link({"n.md": data}, inline=inline)[0]["n.md"] for inline in (False, True))
    assert link({"n.md": block}, inline=True)[0]["n.md"] == lines
    assert link({"n.md": lines})[0]["n.md"] == block


def test_a_block_follows_what_the_note_cites(link):
    block = link({"n.md": NOTES["markdown"].encode()})[0]["n.md"]
    fewer = block.replace(f"- b {TWO}\n".encode(), b"")
    assert link({"n.md": fewer})[0]["n.md"].count(b"/works/") == 1
    none = fewer.replace(ONE.encode(), b"x")
    assert link({"n.md": none})[0]["n.md"] == b"# Ants\n\n- a x\n"


@pytest.mark.parametrize("inline", [False, True])
def test_what_was_appended_behind_the_block_comes_before_it(link, inline):
    block = link({"n.md": f"- a {ONE}\n".encode()})[0]["n.md"]
    new = link({"n.md": block + f"- b {TWO}\n".encode()}, inline=inline)[0]["n.md"]
    assert cut_links(new)[0] == f"- a {ONE}\n- b {TWO}\n".encode()
    assert new.count(b"/works/") == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # to the end of an item or paragraph that cites at one line; of the sentence else
        (f"- a {ONE}\n  more", f"- a {ONE}\n  more@1"),
        (f"See {ONE}\nand {TWO}\nfor more.", f"See {ONE}@1\nand {TWO}@2\nfor more."),
        (f"See {ONE} and\nalso\n{TWO} for\nmore.", f"See {ONE} and\nalso\n{TWO} for\nmore.@+1@+2"),
        (f"See {ONE} and {TWO}.", f"See {ONE} and {TWO}.@+1@+2"),
        # what must stay last stays last
        (f"- a {ONE} ^ab-1", f"- a {ONE}@1 ^ab-1"),
        (f"- a {ONE}  ", f"- a {ONE}@1  "),
        (f"a {ONE}\\\nb", f"a {ONE}\\\nb@1"),
    ],
)
def test_where_links_in_lines_stand(link, before, after):
    keys = {"1": "berg2020lamps", "2": "lin2020moths"}
    for sign, key in keys.items():
        after = after.replace(f"@+{sign}", f" [litmap: {key}](<pages/works/{key}.md>)")
        after = after.replace(f"@{sign}", f" [litmap](<pages/works/{key}.md>)")
    assert link({"n.md": before.encode()}, inline=True) == ({"n.md": after.encode()}, [])


def test_a_link_with_which_the_note_reads_otherwise_is_left_out_and_the_others_stand(
    link, monkeypatch
):
    monkeypatch.setattr(_Linker, "_reading", lambda _, data: b"berg2020lamps" in data)
    new, left = link({"n.md": f"- {ONE}\n- {TWO}\n- c\n\n{TWO}\n".encode()}, inline=True)
    there = "[litmap](<pages/works/lin2020moths.md>)"
    assert new["n.md"] == f"- {ONE}\n- {TWO} {there}\n- c\n\n{TWO} {there}\n".encode()
    assert left == [(1, MISREAD)]


@pytest.mark.parametrize(
    "note",
    [f"# On {ONE}\n", f"| a | b |\n| --- | --- |\n| c | {ONE} |\n", f"> a {ONE}\n",
     f"On {ONE}\n====\n", f"---\nurl: {ONE}\n---\n\na\n"],
)  # fmt: skip
def test_no_link_stands_in_headings_tables_quotations_and_properties(link, note):
    new, left = link({"n.md": note.encode()}, inline=True)
    assert new == {}
    assert set(left) <= {(left[0][0], NO_PLACE)} if left else True
    assert link({"n.md": note.encode()})[0] != {}


def test_the_block_of_a_page_of_html_stands_before_its_last_tags(link):
    new = link({"n.html": NOTES["html"].encode()})[0]["n.html"]
    assert new.endswith(b"-->\n</body>\n</html>\n")
    assert b"<ul>\n<li><a href=" in new


def test_titles_mean_nothing_in_the_note(link):
    new = link({"n.md": NOTES["markdown"].encode()})[0]["n.md"].decode()
    html = MarkdownIt("commonmark", {"html": True}).render(new)
    assert f'<a href="pages/works/berg2020lamps.md">{W1.title} (Berg 2020)</a>' in html
    assert html.count("<li>") == 4


def test_an_encoding_without_a_character_is_told(link):
    data = f"caf\xe9 {ONE}\n\n{TWO}\n".encode("cp1252")
    work = Work("arxiv:2001.00002", "Мотыльки", (), 2020)
    assert link({"n.txt": data}, works=(W1, work)) == ({}, [(0, ENCODING)])
    assert len(link({"n.txt": data}, works=(W1,))[0]) == 1


def test_a_work_without_a_page_is_told(link, tmp_path):
    (tmp_path / "pages" / "works" / "lin2020moths.md").unlink()
    new, left = link({"n.md": NOTES["markdown"].encode()})
    assert new["n.md"].count(b"/works/") == 1
    assert left == [(4, NO_PAGE)]


def test_formats_without_links_are_told(link):
    data = NOTES["markdown"].encode()
    assert link({"n.mdx": data}) == ({}, [(0, NOT_DONE)])
    assert link({"n.textile": f"a {ONE}\n".encode()}) == ({}, [(0, NOT_DONE)])


def test_a_symbolic_link_is_told(link, tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "m.md").write_bytes(NOTES["markdown"].encode())
    (tmp_path / "n.md").symlink_to(tmp_path / "far" / "m.md")
    assert link({"n.md": NOTES["markdown"].encode()}) == ({}, [(0, SYMLINK)])


def test_a_damaged_block_leaves_its_note_alone_and_others_get_links(link):
    block = link({"n.md": NOTES["markdown"].encode()})[0]["n.md"]
    broken = block.replace(b"litmap: end of", b"litmap - end of")
    new, left = link({"n.md": broken, "m.md": f"- {ONE}\n".encode()})
    assert (list(new), left) == (["m.md"], [(6, note_links.NO_END)])


def test_a_folder_that_a_link_cannot_name_is_told(link, tmp_path):
    (tmp_path / "pages").rename(tmp_path / "p]x")
    data = {"n.org": NOTES["org"].encode(), "n.md": NOTES["markdown"].encode()}
    new, left = link(data, to=tmp_path / "p]x")
    assert (list(new), left) == (["n.md"], [(3, ADDRESS), (4, ADDRESS)])
    assert b"(<p%5Dx/works/" in new["n.md"]


def test_a_lone_line_end_that_would_not_come_out_is_refused(link):
    data = f"- {ONE}\n- b\n- c\r".encode()
    assert link({"n.md": data}) == ({}, [(0, MISREAD)])


def test_pages_that_are_missing_or_another_file_are_no_pages(tmp_path):
    with pytest.raises(UsageError, match="write them first"):
        find_pages(tmp_path, [W1])
    (tmp_path / "works").mkdir()
    (tmp_path / "works" / "mine.md").write_text("`arxiv:2001.00001`\n")
    with pytest.raises(UsageError, match="no pages of works"):
        find_pages(tmp_path, [W1])


# ── in a library ──────────────────────────────────────────────────────────────────────────────────
TEXT = f"# Ants\r\n\r\n- a {ONE}\r\n- b"


@pytest.fixture
def note(tmp_path):
    path = tmp_path / "notes" / "n.md"
    path.parent.mkdir()
    path.write_bytes(codecs.BOM_UTF8 + TEXT.encode())
    return path


@pytest.fixture
def settings(note, tmp_path):
    settings = load_settings(
        {"library": tmp_path / "library", "state": tmp_path / "state"}, environment={}
    )
    read, _ = read_notes([note])
    catalogue_path = LibraryPaths(settings.library).catalogue
    with Catalogue.create(catalogue_path) as catalogue, catalogue.write():
        citations = find_citations(read)
        catalogue.put_notes(read, citations)
        for one in citations:
            work = Work(one.key, one.key, ids=one.reference.ids)
            found = Resolution(one.key, work, "metadata-only", "")
            catalogue.put_resolution(found, "2026-11-28T10:00:00Z")
    return settings


@pytest.fixture
def litmap(settings, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("LITMAP_STATE", str(tmp_path / "state"))

    def run(*args):
        code = main([*args, "--library", str(settings.library)])
        told = capsys.readouterr()
        return code, told.out or told.err

    return run


def test_links_are_shown_applied_taken_out_and_undone(litmap, note, tmp_path):
    pages, before = str(tmp_path / "pages"), note.read_bytes()
    assert litmap("export", pages)[0] == 0
    code, told = litmap("links", pages, "--patch", "--json")
    assert (code, json.loads(told)["notes"], json.loads(told)["left"]) == (0, [str(note)], [])
    assert "../pages/works/" in json.loads(told)["patch"]
    assert note.read_bytes() == before
    assert "litmap links --undo" in litmap("links", pages, "--apply")[1]
    block = note.read_bytes()
    assert block.count(b"\r\n") == block.count(b"\n") > 8
    assert "Nothing to change" in litmap("links", pages, "--apply")[1]
    litmap("links", pages, "--apply", "--inline")
    assert b" [litmap](<../pages/works/" in note.read_bytes()
    assert litmap("links", "--undo")[0] == 0
    assert note.read_bytes() == block
    litmap("links", "--remove", "--apply")
    assert note.read_bytes() == before


def test_what_is_asked_must_make_sense(litmap, tmp_path):
    assert litmap("links", "--apply")[0] == 2
    assert litmap("links", str(tmp_path), "--remove", "--apply")[0] == 2
    code, told = litmap("links", str(tmp_path), "--patch")
    assert (code, "litmap export" in told) == (2, True)


def test_a_note_edited_between_is_refused_and_a_block_is_no_edit(settings, litmap, note, tmp_path):
    pages = tmp_path / "pages"
    litmap("export", str(pages))
    litmap("links", str(pages), "--apply")
    with Library.open(settings=settings) as library:
        assert library.linked_notes(pages).new == {}
        note.write_bytes(note.read_bytes() + b"\r\nmore\r\n")
        with pytest.raises(LibraryError, match="was edited since the last refresh"):
            library.linked_notes(pages)


def test_a_note_that_cannot_be_written_changes_none(litmap, note, tmp_path):
    litmap("export", str(tmp_path / "pages"))
    os.link(note, tmp_path / "other")
    before = note.read_bytes()
    code, told = litmap("links", str(tmp_path / "pages"), "--apply")
    assert (code, "another hard link" in told) == (1, True)
    assert note.read_bytes() == before
