"""Notes of every format read into headings, blocks, links and lines; bad files cost only
themselves.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.errors import NoteError
from litmap.models import Note
from litmap.notes import parse_note, read_notes
from litmap.notes.formats import FORMATS


def read(text: str, suffix: str = ".md") -> Note:
    return parse_note(text, f"note{suffix}", suffix)[0]


def paths(note: Note) -> list[tuple[str, ...]]:
    return [heading.path for heading in note.headings]


def targets(note: Note) -> list[tuple[str, str, int]]:
    return [(link.text, link.target, link.line) for block in note.blocks for link in block.links]


def test_markdown_headings_nest_and_reference_lists_open_no_topic() -> None:
    note = read(
        "# A\n\ntext\n\n## B\n\n### References\n\n* one entry here\n\n## C "
        "##\n\nSetext\n------\n\nend\n"
    )
    assert paths(note) == [("A",), ("A", "B"), ("A", "C"), ("A", "Setext")]
    entry = next(block for block in note.blocks if block.text == "one entry here")
    assert entry.heading == ("A", "B")
    assert ("list", "references") in entry.fields
    assert note.headings[0].prose == "text"


def test_markdown_links_of_every_kind_have_text_target_and_line() -> None:
    text = (
        'See [one *em*](http://a.org/x_(y) "t"),\n[two][lab] and [lab]\n<http://c.org> [[Page|'
        "alias]] [[@key]]\n"
        '<a href="http://d.org">four</a> ![img](i.png)\n\n[lab]: http://b.org\n'
    )
    assert targets(read(text)) == [
        ("one em", "http://a.org/x_(y)", 1),
        ("two", "http://b.org", 2),
        ("lab", "http://b.org", 2),
        ("alias", "[[Page]]", 3),
        ("@key", "[[@key]]", 3),
        ("four", "http://d.org", 4),
    ]


def test_a_link_over_two_lines_keeps_places_and_lines() -> None:
    note = read(
        "* Keskar. [On Large-Batch Training\n  and Sharp "
        "Minima](https://arxiv.org/abs/1609.04836). *arXiv*\n"
    )
    block = note.blocks[0]
    link = block.links[0]
    assert block.text[link.start : link.end] == "On Large-Batch Training and Sharp Minima"
    assert block.line_starts[:2] == (0, block.text.index("and Sharp"))


def test_code_comments_and_shortcodes_are_no_prose() -> None:
    note = read(
        "a\n\n```python\nhttps://arxiv.org/abs/1111.11111\n```\n\n<!-- hidden\nhttps://x.org "
        "-->\n\n{{< toc >}}\n%% obsidian %%\nb\n"
    )
    assert [block.text for block in note.blocks] == ["a", "b"]
    assert note.blocks[-1].line == 12


def test_bibtex_in_a_fence_is_read() -> None:
    note = read(
        "text\n\n```bibtex\n@article{k, title={A Title}, author={Doe, Jane}, year=2001}\n```\n"
    )
    assert ("title", "A Title") in note.blocks[-1].fields
    assert note.blocks[-1].line == 4


def test_front_matter_gives_title_bibliography_and_a_literature_note_its_entry() -> None:
    note = read("---\ntitle: T\nbibliography: [refs.bib, more.bib]\ndoi: 10.1000/x\n---\nbody\n")
    assert note.title == "T"
    assert note.uses == ("refs.bib", "more.bib")
    assert any(
        block.kind == "entry" and ("doi", "10.1000/x") in block.fields for block in note.blocks
    )
    assert read('+++\ntitle = "Hugo"\n+++\nbody').title == "Hugo"


@pytest.mark.parametrize(
    "head",
    [
        "---\ntitle: [unclosed\nx: y: z\n---\n",
        "---\ntitle: no end\nmore: x\n\n",
        "+++\ntitle = \n+++\n",
    ],
)
def test_broken_front_matter_is_told_and_the_rest_read(head: str) -> None:
    note, broken = parse_note(head + "# H\n\nbody text\n", "n.md", ".md")
    assert broken
    assert ("H",) in paths(note)
    assert note.blocks[-1].text == "body text"


def test_lists_tables_callouts_and_tasks() -> None:
    note = read(
        "> [!note] Mind\n> this\n\n1. first\n   goes on\n2. [x] done\n   - inner\n\n| a | b |\n|"
        "---|---|\n| [x](http://x.org) | c |\n"
    )
    assert [(block.kind, block.text) for block in note.blocks] == [
        ("paragraph", "Mind this"),
        ("item", "first goes on"),
        ("item", "done"),
        ("item", "inner"),
        ("cell", "a\u2003|\u2003b"),
        ("cell", "x\u2003|\u2003c"),
    ]


def test_plain_text_headings_underlined_in_capitals_numbered_or_labelled() -> None:
    assert paths(read("Top\n===\n\nOne\n---\n\ntext here\n\nTwo\n---\n\ntext\n", ".txt")) == [
        ("Top",),
        ("Top", "One"),
        ("Top", "Two"),
    ]
    assert paths(
        read("FIRST THING\n\nsome text below it\n\nSECOND THING\n\nmore text\n", ".txt")
    ) == [
        ("FIRST THING",),
        ("SECOND THING",),
    ]
    assert paths(
        read(
            "1. Intro\n\nSome text that is below.\n\n2. Methods\n\nOther text that is below.\n",
            ".txt",
        )
    ) == [
        ("Intro",),
        ("Methods",),
    ]
    assert paths(read("Vision:\n- a\n- b\n\nSpeech:\n- c\n", ".txt")) == [("Vision",), ("Speech",)]


def test_plain_text_lines_are_joined_only_where_they_were_wrapped() -> None:
    text = (
        "The first paragraph of this note is wrapped at about seventy columns so\nthat its lines "
        "are full and go on below, as\n"
        "mail programs and editors have always done it when they fill the text\nof a paragraph.\n\n"
        "Short line one\nShort line two\n    and a remark that is set in below it\nShort line "
        "three\n"
    )
    note = read(text, ".txt")
    assert [block.line for block in note.blocks] == [1, 6, 7, 9]
    assert note.blocks[2].text == "Short line two and a remark that is set in below it"


def test_numbered_links_of_a_text_browser_are_put_back() -> None:
    text = (
        "Title of page\n\n   See [1]the paper on nets, and [2]this.\n   More about [3]that "
        "thing.\n\nReferences\n\n   1. http://a.org/1\n   2. http://b.org/2\n   3. "
        "http://c.org/3\n"
    )
    assert [(text.strip(), target) for text, target, _ in targets(read(text, ".txt"))] == [
        ("the paper on nets, and", "http://a.org/1"),
        ("this", "http://b.org/2"),
        ("that thing", "http://c.org/3"),
    ]


def test_org_rst_latex_html_and_notebook_share_one_form() -> None:
    org = read(
        "* H\n** TODO Sub :tag:\n- [[http://a.org][A *b*]] and [cite:@k1;@k2] cite:k3\n", ".org"
    )
    assert paths(org) == [("H",), ("H", "Sub")]
    assert "[@k1; @k2]" in org.blocks[-1].text and "@k3" in org.blocks[-1].text
    rst = read(
        "Title\n=====\n\n`A <http://a.org>`_ and b_ [Key]_ :cite:`k`\n\n.. _b: http://b.org\n.. "
        "[Key] An entry.\n",
        ".rst",
    )
    assert [target for _, target, _ in targets(rst)] == ["http://a.org", "http://b.org"]
    assert rst.blocks[-1].kind == "definition"
    tex = read(
        "\\section{S}\nA \\citep[p.~3]{k1,k2} \\href{http://a.org}{text} % "
        "c\n\n\\begin{equation}x\\end{equation}\nB\\'ezout\n",
        ".tex",
    )
    assert paths(tex) == [("S",)]
    assert "[@k1; @k2]" in tex.blocks[1].text and "% c" not in tex.blocks[1].text
    assert any("Bézout" in block.text for block in tex.blocks)
    html = read(
        "<html><body><nav><a href='http://n.org'>n</a></nav><h1>T</h1><p>Go <a "
        "href='http://a.org'>there</a></p>\n<ul><li>one</li></ul></body></html>",
        ".html",
    )
    assert paths(html) == [("T",)]
    assert targets(html) == [("there", "http://a.org", 1)]
    book = read(
        '{"cells": [\n {"cell_type": "markdown", "source": [\n  "# N\\n",\n  "see '
        '[a](http://a.org)"]},\n {"cell_type": "code", "source": ["x"]}]}',
        ".ipynb",
    )
    assert paths(book) == [("N",)]
    assert targets(book) == [("a", "http://a.org", 4)]


def test_reference_files_become_entries() -> None:
    bib = read(
        '@string{j = "J"}\n@article{a, title={{The} {\\"U}ber "Title"}, author={de la Cruz, Ana '
        'and M{\\"u}ller, K.}, journal=j, year=2001, eprint={1204.5678}, '
        "archivePrefix={arXiv}}\n@book{b, title={Broken\n",
        ".bib",
    )
    fields = bib.blocks[0].fields
    assert ("author", "Ana de la Cruz") in fields and ("author", "K. Müller") in fields
    assert (
        ("title", 'The Über "Title"') in fields
        and ("venue", "J") in fields
        and ("arxiv", "1204.5678") in fields
    )
    ris = read(
        "TY  - JOUR\nTI  - T\nAU  - Doe, J.\nPY  - 1999/01\nDO  - 10.1/x\nER  - \nTY  - BOOK\nT1  "
        "- U\n",
        ".ris",
    )
    assert [dict(block.fields)["title"] for block in ris.blocks] == ["T", "U"]
    csl = read(
        '[{"id": "a", "title": "T", "author": [{"family": "Doe", "given": "J."}], "issued": '
        '{"date-parts": [[2001]]}, "DOI": "10.1/x"}]',
        ".json",
    )
    assert ("year", "2001") in csl.blocks[0].fields
    csv = read(
        '"Key","Title","Author","Publication Year","DOI"\n"A","T, x","Doe, J.; Roe, '
        'R.","2001","10.1/x"\n',
        ".csv",
    )
    assert ("author", "R. Roe") in csv.blocks[0].fields


def test_folders_are_walked_and_what_is_hidden_or_ignored_is_left_out(tmp_path: Path) -> None:
    for name in (
        "a.md",
        "sub/b.txt",
        ".hidden/c.md",
        "node_modules/d.md",
        "drafts/e.md",
        "sub/f.tmp.md",
        "image.png",
        "data.json",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# t\n\nSome words.\n")
    (tmp_path / ".litmapignore").write_text("drafts/\n*.tmp.md\n")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    notes, problems = read_notes([tmp_path])
    assert sorted(Path(note.path).name for note in notes) == ["a.md", "b.txt"]
    assert problems == []


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("utf16.txt", "Überschrift naïve 中文".encode("utf-16"), "Überschrift naïve 中文"),
        (
            "utf16le.txt",
            "Some words in UTF-16 without a mark".encode("utf-16-le"),
            "Some words in UTF-16 without a mark",
        ),
        ("bom.md", b"\xef\xbb\xbf# Head", "Head"),
        ("latin.txt", "Gödel und Möbius".encode("latin-1"), "Gödel und Möbius"),
        ("mixed.txt", "Gödel ".encode() + "Möbius".encode("latin-1"), "Gödel Möbius"),
        ("cr.txt", b"one line\r\ranother", "one line"),
    ],
)
def test_encodings(tmp_path: Path, name: str, data: bytes, expected: str) -> None:
    (tmp_path / name).write_bytes(data)
    notes, _ = read_notes([tmp_path / name])
    assert notes[0].blocks[0].text == expected


def test_each_bad_file_is_one_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 50)
    (tmp_path / "fake.md").write_bytes(b"%PDF-1.4\n\x00\x01\x02\x03")
    (tmp_path / "bad.ipynb").write_text("{not json")
    (tmp_path / "empty.md").write_text("")
    (tmp_path / "gone.md").write_text("x")
    (tmp_path / "good.md").write_text("fine")
    original = Path.read_bytes

    def vanish(self: Path) -> bytes:
        if self.name == "gone.md":
            raise FileNotFoundError(2, "No such file or directory")
        return original(self)

    monkeypatch.setattr(Path, "read_bytes", vanish)
    notes, problems = read_notes([tmp_path, tmp_path / "missing.md"])
    assert sorted(Path(note.path).name for note in notes) == ["empty.md", "good.md"]
    assert sorted(Path(problem.subject).name for problem in problems) == [
        "bad.ipynb",
        "binary.txt",
        "fake.md",
        "gone.md",
        "missing.md",
    ]
    assert all(problem.reason for problem in problems)


def test_stdin_and_named_files() -> None:
    notes, problems = read_notes(
        ["-"], stdin=b"# From a pipe\n\nsee https://arxiv.org/abs/1706.03762\n"
    )
    assert problems == []
    assert notes[0].path == "-"
    assert paths(notes[0]) == [("From a pipe",)]


def test_a_bibliography_beside_a_note_serves_only_for_its_keys(tmp_path: Path) -> None:
    (tmp_path / "n.md").write_text("---\nbibliography: refs\n---\nA claim [@k].\n")
    (tmp_path / "refs.bib").write_text(
        "@article{k, title={A Title of Sorts}, year=2001}\n@article{z, title={Z}, year=2002}\n"
    )
    notes, _ = read_notes([tmp_path])
    by_name = {Path(note.path).name: note for note in notes}
    assert by_name["n.md"].uses == (by_name["refs.bib"].path,)
    assert by_name["refs.bib"].lookup
    named, _ = read_notes([tmp_path / "n.md", tmp_path / "refs.bib"])
    assert not any(note.lookup for note in named)


MAY_REFUSE = {".ipynb", ".yaml", ".json", ".csv", ".html", ".xml", ".rtf", ".opml", ".enex",
              ".mm", ".canvas", ".enw"} | {
    row.suffixes[0] for row in FORMATS if row.unpack
}  # fmt: skip


@pytest.mark.parametrize("suffix", [row.suffixes[0] for row in FORMATS if row.suffixes])
@settings(max_examples=25, deadline=None)
@given(
    text=st.text(
        alphabet=st.sampled_from(list("ab1 \n\t#*-_=[](){}<>@|\\`'\"~:;.,/$%&!^+éß中\u2028\x0c")),
        max_size=300,
    )
)
def test_any_text_in_any_format_is_read_or_refused(suffix: str, text: str) -> None:
    try:
        note, _ = parse_note(text, "x" + suffix, suffix)
    except NoteError:
        assert suffix in MAY_REFUSE
        return
    lines = text.count("\n") + text.count("\x0c") + 1  # as decoding counts them
    for block in note.blocks:
        assert 1 <= block.line <= lines + 1
        assert list(block.line_starts) == sorted(block.line_starts)
        for link in block.links:
            assert 0 <= link.start <= link.end <= len(block.text)


BOMBS = {
    "brackets": "[" * 33_000,
    "links": "[a](" * 10_000,
    "stars": "*a_" * 13_000,
    "quotes": "> " * 16_000,
    "wiki": "[[a" * 13_000,
    "tags": "<a href=" * 6_000,
    "one line": "word " * 66_000,
    "pipes": "|a" * 16_000,
    "braces": "\\cite{" * 6_000,
    "dashes": "- " * 16_000,
    "colons": "a: " * 16_000,
    "equals": "=" * 33_000 + "\n" + "a\n=\n" * 3_000,
    "blank": "\n" * 66_000,
    "numbers": "\n".join(f"{n}. http://a.org/{n}" for n in range(3_000)),
    "nested html": "<div>" * 6_000,
    "titles": "The Quick Brown Fox Jumps over The " * 1_000,
    "names": "Smith, Jones, Brown and " * 2_000 + "Green 2001",
    "years": "(Smith 2001; " * 3_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_text_takes_linear_time(name: str) -> None:
    from litmap.citations import find_citations

    suffixes = (
        [".html"]
        if name == "nested html"
        else [".md", ".txt"]
        if name in {"titles", "names", "years", "one line"}
        else [".md", ".txt", ".org", ".rst", ".tex"]
    )
    for suffix in suffixes:
        start = time.process_time()
        note, _ = parse_note(BOMBS[name], "bomb" + suffix, suffix)
        find_citations([note])
        assert time.process_time() - start < 8, suffix


WIKI = """== Oscillations ==
''The Sleepwalkers'' by Koestler,<ref name="k">{{cite book |last=Koestler |first=Arthur |title=The Act of Creation
 |year=1964 |publisher=Hutchinson}}</ref> and [https://doi.org/10.1103/PhysRevLett.81.1562 Super-K 1998] with {{arxiv|2007.14792}}.
* again<ref name="k" /> and [[Seesaw mechanism|seesaw]]

{{cite journal | vauthors = Fukuda Y, Hayakawa T | title = Evidence for oscillation | journal = Phys. Rev. Lett. | date = 24 August 1998 | doi = 10.1103/x.81 }}

== Masses ==
{| class="wikitable"
! what !! who
|-
| limit || [http://arxiv.org/abs/2105.08533 KATRIN 2022]
|}
[[Category:Physics]]
"""


@pytest.mark.parametrize("suffix", [".wiki", ".txt", ".md"])
def test_mediawiki_is_told_by_its_headings_and_read_with_notes_and_records(suffix: str) -> None:
    note = read(WIKI, suffix)
    assert note.format == "mediawiki"
    assert paths(note) == [("Oscillations",), ("Masses",)]
    entries = [dict(block.fields) for block in note.blocks if block.kind == "entry"]
    assert [(e["title"], e["year"], e["key"]) for e in entries if e.get("key")] == [
        ("The Act of Creation", "1964", "k")
    ]
    journal = next(block for block in note.blocks if ("doi", "10.1103/x.81") in block.fields)
    assert [value for name, value in journal.fields if name == "author"] == [
        "Y Fukuda",
        "T Hayakawa",
    ]
    assert journal.line == 6
    assert ("Super-K 1998", "https://doi.org/10.1103/PhysRevLett.81.1562", 3) in targets(note)
    assert ("KATRIN 2022", "http://arxiv.org/abs/2105.08533", 12) in targets(note)
    assert any(("emphasis", "The Sleepwalkers") in block.fields for block in note.blocks)
    assert any("arXiv:2007.14792" in block.text for block in note.blocks)


@pytest.mark.parametrize("piece", ["[[a|", "<ref>", "{{cite ", "''"])
def test_broken_wiki_text_is_read_in_linear_time(piece: str) -> None:
    start = time.process_time()
    read("== A ==\n" + piece * 8000 + "\n== B ==\n", ".wiki")
    assert time.process_time() - start < 5


ZOTERO_RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="http://www.zotero.org/namespaces/export#"
 xmlns:dcterms="http://purl.org/dc/terms/" xmlns:bib="http://purl.org/net/biblio#" xmlns:foaf="http://xmlns.com/foaf/0.1/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
 <bib:Article rdf:about="http://example.org/a">
  <z:itemType>journalArticle</z:itemType><dcterms:isPartOf rdf:resource="urn:issn:1"/>
  <bib:authors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Tilman</foaf:surname><foaf:givenName>David</foaf:givenName></foaf:Person></rdf:li></rdf:Seq></bib:authors>
  <dc:title>Competition and biodiversity</dc:title><dc:date>March 1994</dc:date>
  <dc:identifier><dcterms:URI><rdf:value>https://www.jstor.org/stable/1939377</rdf:value></dcterms:URI></dc:identifier>
 </bib:Article>
 <bib:Journal rdf:about="urn:issn:1"><dc:title>Ecology</dc:title><dc:identifier>DOI 10.2307/1939377</dc:identifier></bib:Journal>
 <z:Attachment rdf:about="#x"><z:itemType>attachment</z:itemType><dc:title>PDF</dc:title></z:Attachment>
</rdf:RDF>"""
ENDNOTE = """<xml><records><record><rec-number>7</rec-number><ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal">Tilman, David</style></author></authors></contributors>
<titles><title><style face="normal">Competition and biodiversity</style></title><secondary-title>Ecology</secondary-title></titles>
<dates><year>1994</year></dates><electronic-resource-num>10.2307/1939377</electronic-resource-num></record></records></xml>"""
MODS = """<modsCollection xmlns="http://www.loc.gov/mods/v3"><mods ID="tilman1994"><titleInfo><title>Competition and biodiversity</title></titleInfo>
<name type="personal"><namePart type="given">David</namePart><namePart type="family">Tilman</namePart><role><roleTerm>aut</roleTerm></role></name>
<originInfo><dateIssued>1994</dateIssued></originInfo><identifier type="doi">10.2307/1939377</identifier>
<relatedItem type="host"><titleInfo><title>Ecology</title></titleInfo></relatedItem></mods></modsCollection>"""


@pytest.mark.parametrize(
    ("text", "suffix"), [(ZOTERO_RDF, ".rdf"), (ENDNOTE, ".xml"), (MODS, ".xml")]
)
def test_reference_files_in_xml(text: str, suffix: str) -> None:
    blocks = read(text, suffix).blocks
    assert len(blocks) == 1
    fields = dict(blocks[0].fields)
    assert fields["title"] == "Competition and biodiversity"
    assert (fields["author"], fields["year"], fields["venue"]) == (
        "David Tilman",
        "1994",
        "Ecology",
    )
    assert fields["doi"] == "10.2307/1939377"


@pytest.mark.parametrize(
    "text",
    ["<a><b>no references</b></a>", "no XML", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", ""],
)
def test_xml_without_references_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(NoteError, match="XML"):
        read(text, ".xml")


def test_italics_are_kept_in_every_format() -> None:
    for suffix, text in {
        ".md": "See *The Act of Creation* again.", ".org": "See /The Act of Creation/ again.",
        ".rst": "See *The Act of Creation* again.", ".tex": "See \\emph{The Act of Creation} again.",
        ".html": "<p>See <i>The Act of Creation</i> again.</p>", ".txt": "See _The Act of Creation_ again.",
    }.items():  # fmt: skip
        assert any(
            ("emphasis", "The Act of Creation") in block.fields
            for block in read(text, suffix).blocks
        ), suffix


def test_links_that_cannot_be_followed_hide_nothing_and_are_told(tmp_path: Path) -> None:
    for name in ("a.md", "n.md", "z.md"):
        (tmp_path / name).write_text("text")
    (tmp_path / "loop.md").symlink_to("loop.md")
    (tmp_path / "m-loop").symlink_to("m-loop")
    (tmp_path / "one").symlink_to("other")
    (tmp_path / "other").symlink_to("one")
    (tmp_path / "gone.md").symlink_to("nowhere.md")
    (tmp_path / "gone").symlink_to("/not/mounted")
    (tmp_path / "up").symlink_to(tmp_path)
    (tmp_path / "picture.png").symlink_to("no-note.png")
    (tmp_path / ".#lock.md").symlink_to("user@host.123")
    notes, problems = read_notes([tmp_path])
    assert [Path(note.path).name for note in notes] == ["a.md", "n.md", "z.md"]
    names = ["gone", "gone.md", "loop.md", "m-loop", "one", "other"]
    assert sorted(Path(problem.subject).name for problem in problems) == names
    assert all("cannot be followed" in problem.reason for problem in problems)


def test_an_ignore_file_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text("text")
    (tmp_path / ".litmapignore").write_text("b.md")

    read_text = Path.read_text

    def fail(self: Path, *options: str, **named: str) -> str:
        if self.name == ".litmapignore":
            raise OSError(5, "Input/output error")
        return read_text(self, *options, **named)

    monkeypatch.setattr(Path, "read_text", fail)
    notes, problems = read_notes([tmp_path])
    assert len(notes) == 1
    assert [Path(problem.subject).name for problem in problems] == [".litmapignore"]
