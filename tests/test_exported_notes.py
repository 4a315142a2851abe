"""Notes as word processors, note programs and mail programs export them."""

from __future__ import annotations

import base64
import io
import json
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.citations import find_citations
from litmap.errors import NoteError
from litmap.models import Citation, Note
from litmap.notes import parse_note, read_notes
from litmap.notes.formats import FORMATS
from litmap.notes.reader import parse_file
from litmap.notes.record_lines import people_in, property_of

PACKED = [row.suffixes[0] for row in FORMATS if row.unpack]
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{path}:1.0"'
    for name, path in [("office", "office"), ("text", "text"), ("style", "style")]
)
CITATION = {
    "citationItems": [
        {
            "id": 7,
            "itemData": {
                "type": "article-journal",
                "title": "Queues in large stations",
                "container-title": "Station Letters",
                "DOI": "10.5555/sl.2011.9",
                "author": [
                    {"family": "Hart", "given": "Lena"},
                    {"family": "Vogel", "given": "Jo"},
                ],
                "issued": {"date-parts": [["2011", 3]]},
            },
        }
    ]
}


def read(text: str, suffix: str) -> Note:
    return parse_note(text, f"n{suffix}", suffix)[0]


def works(note: Note) -> dict[str, Citation]:
    """The sure works of a note by their titles."""
    return {c.reference.title: c for c in find_citations([note]) if c.sure}


def archive(**parts: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return data.getvalue()


def docx(body: str, **parts: str) -> bytes:
    styles = f'<w:styles {W}><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style></w:styles>'
    document = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    return archive(word__document_xml=document, word__styles_xml=styles, **parts)


def paragraph(inside: str, style: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{inside}</w:p>'


def run(text: str, *, italic: bool = False) -> str:
    return f"<w:r><w:rPr>{'<w:i/>' if italic else ''}</w:rPr><w:t>{text}</w:t></w:r>"


def field(code: str, shown: str) -> str:
    marks = [
        f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
    ]
    code = code.replace("&", "&amp;").replace("<", "&lt;")
    return f"{marks[0]}<w:r><w:instrText>{code}</w:instrText></w:r>{marks[1]}{run(shown)}{marks[2]}"


# ── word processors ──────────────────────────────────────────────────────────────────────────────
def test_word_tells_headings_by_style_in_every_language_notes_and_paragraphs_as_lines() -> None:
    note_mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    notes = f'<w:footnotes {W}><w:footnote w:id="2"><w:p>{run("Ode, K. (2014). Lamps in the fog. ")}{run("Lamp Letters", italic=True)}{run(", 2(1), 1-9.")}</w:p></w:footnote></w:footnotes>'
    body = paragraph(run("Seen"), "berschrift1") + paragraph(run("Fog matters") + note_mark)
    note, broken = parse_file(docx(body, word__footnotes_xml=notes), "n.docx", ".docx")
    assert broken == ""
    found = works(note)["Lamps in the fog"]
    assert {mention.heading for mention in found.mentions} == {("Seen",)}
    assert {mention.line for mention in found.mentions} == {2, 3}


@pytest.mark.parametrize(
    "inside",
    [
        field(f"ADDIN ZOTERO_ITEM CSL_CITATION {json.dumps(CITATION)}", "(Hart &amp; Vogel, 2011)"),
        f'<w:sdt><w:sdtPr><w:tag w:val="MENDELEY_CITATION_v3_{base64.b64encode(json.dumps(CITATION).encode()).decode()}"/></w:sdtPr><w:sdtContent>{run("(Hart &amp; Vogel, 2011)")}</w:sdtContent></w:sdt>',
        field(
            "ADDIN EN.CITE <EndNote><Cite><record><titles><title>Queues in large stations</title></titles>"
            "<contributors><authors><author>Hart, Lena</author><author>Vogel, Jo</author></authors></contributors>"
            "<dates><year>2011</year></dates></record></Cite></EndNote>",
            "(Hart &amp; Vogel, 2011)",
        ),
    ],
    ids=["Zotero", "Mendeley", "EndNote"],
)
def test_the_records_behind_citations_in_word_are_read(inside: str) -> None:
    note, _ = parse_file(docx(paragraph(inside)), "n.docx", ".docx")
    assert list(works(note)) == ["Queues in large stations"]
    assert works(note)["Queues in large stations"].reference.authors == ("Lena Hart", "Jo Vogel")


def test_opendocument_tells_headings_lists_notes_and_bibliography_marks() -> None:
    content = (
        f"<office:document-content {ODF}><office:body><office:text>"
        '<text:h text:outline-level="1">Locks</text:h><text:list><text:list-item><text:p>Prado, H. (2018). '
        "Canals in the rain. Water Letters, 2(1), 1-9.</text:p></text:list-item></text:list>"
        '<text:p>See <text:bibliography-mark text:author="Ode, Kim" text:title="Lamps of the sea" '
        'text:year="2014">[1]</text:bibliography-mark></text:p>'
        "</office:text></office:body></office:document-content>"
    )
    note, _ = parse_file(archive(content_xml=content), "n.odt", ".odt")
    assert {"Canals in the rain", "Lamps of the sea"} <= set(works(note))
    assert all(block.heading == ("Locks",) for block in note.blocks)


RTF = r"""{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset204 Times;}}{\stylesheet{\s1 heading 1;}}{\info{\title No title}}
\pard\s1 Deiche f\'fcr H\u228?fen\par
\pard\plain {\field{\*\fldinst{HYPERLINK "https://doi.org/10.5555/d.1"}}{\fldrslt{Sand}}} and {\i Mud and peat} {\f0 \'c4\'ee\'ec}\par}"""


def test_rtf_tells_headings_by_style_letters_by_font_links_and_italics() -> None:
    note = read(RTF, ".rtf")
    assert [heading.path for heading in note.headings] == [("Deiche für Häfen",)]
    text = note.blocks[-1]
    assert (text.text, text.line) == ("Sand and Mud and peat Дом", 2)
    assert [(link.text, link.target) for link in text.links] == [
        ("Sand", "https://doi.org/10.5555/d.1")
    ]
    assert ("emphasis", "Mud and peat") in text.fields


# ── hostile files ────────────────────────────────────────────────────────────────────────────────
BILLION = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    f"<w:document {W}><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
)


@pytest.mark.parametrize(
    ("data", "suffix", "reason"),
    [
        (b"PK\x03\x04 and nothing", ".docx", "not a Word document"),
        (archive(a="b"), ".docx", "no text in it"),
        (archive(word__document_xml=BILLION), ".docx", "entities of its own"),
        (archive(content_xml=BILLION), ".odt", "entities of its own"),
        (archive(word__document_xml="<a>" * 5_000), ".docx", "damaged"),
        (b"no mailbox", ".mbox", "no line begins a mail"),
    ],
)
def test_damaged_and_hostile_files_are_refused_with_a_reason(
    data: bytes, suffix: str, reason: str
) -> None:
    with pytest.raises(NoteError, match=reason):
        parse_file(data, "n" + suffix, suffix)


def test_an_archive_that_unpacks_to_gigabytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("litmap.notes.formats.packed_xml.MAX_PART", 1_000_000)
    with pytest.raises(NoteError, match="larger than"):
        parse_file(archive(word__document_xml=" " * 2_000_000), "n.docx", ".docx")


@pytest.mark.parametrize(
    "text",
    [
        "{\\rtf1" + "{" * 50_000,
        "{\\rtf1" + "{\\field{\\*\\fldinst{HYPERLINK " * 10_000,
        "{\\rtf1" + "\\'e4\\u228?" * 30_000,
    ],
    ids=["groups", "fields", "letters"],
)
def test_hostile_rtf_takes_linear_time(text: str) -> None:
    start = time.process_time()
    read(text, ".rtf")
    assert time.process_time() - start < 8


MARKS = [
    "_",
    "*",
    "[",
    "<<",
    "@",
    "#cite(<",
    "footnote:[",
    "//",
    "''",
    '"a":',
    "??",
    "|",
    "link:",
    "$",
    "`",
]


@pytest.mark.parametrize("suffix", [".adoc", ".typ", ".textile", ".tid"])
@pytest.mark.parametrize("mark", MARKS)
def test_hostile_marks_take_linear_time(suffix: str, mark: str) -> None:
    start = time.process_time()
    read((mark + "a ") * 8_000, suffix)
    read((mark + "a ") * 50 + "\n" + f"{mark}\n" * 5_000, suffix)
    assert time.process_time() - start < 8


@pytest.mark.parametrize("suffix", PACKED)
@settings(max_examples=30, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(suffix: str, data: bytes) -> None:
    try:
        note, _ = parse_file(data, "n" + suffix, suffix)
    except NoteError:
        return
    assert all(block.line >= 1 for block in note.blocks)


# ── outlines and note programs ───────────────────────────────────────────────────────────────────
def test_lines_of_opml_that_hold_others_are_headings_and_references_are_none() -> None:
    text = """<opml version="2.0"><body><outline text="Heat"><outline text="Pumps">
<outline text="Keane, P. (2009). Pumps for cold schools. Heat Letters, 6(1), 4-12."><outline text="only five"/></outline>
</outline></outline></body></opml>"""
    note = read(text, ".opml")
    (mention,) = works(note)["Pumps for cold schools"].mentions
    assert (mention.heading, mention.line) == (("Heat", "Pumps"), 2)


ROAM = [
    {
        "title": "@hart2011",
        "children": [
            {"string": "Title:: Queues in large stations", "uid": "a"},
            {"string": "Author(s):: [[Lena Hart]], [[Jo Vogel]]"},
            {"string": "Publication:: [[Station Letters]]"},
            {"string": "Date:: [[March 3rd, 2011]]"},
        ],
    },
    {
        "title": "Peat",
        "children": [
            {
                "string": "**Fire**",
                "children": [
                    {
                        "string": "Ilves, A. (2018). Mud and its memory. __River Letters__, 5(2), 1-12."
                    }
                ],
            }
        ],
    },
]


def test_pages_of_roam_are_records_or_topics() -> None:
    found = works(read(json.dumps(ROAM), ".json"))
    record = found["Queues in large stations"].reference
    assert (record.authors, record.year, record.venue) == (
        ("Lena Hart", "Jo Vogel"),
        2011,
        "Station Letters",
    )
    assert found["Mud and its memory"].mentions[0].heading == ("Peat", "Fire")


def test_json_of_logseq_gives_pages_and_blocks() -> None:
    blocks = [
        {"content": "Reiss, A. (2017). Traces of salt. *Snail Letters*, 4(1), 2-9.", "children": []}
    ]
    graph = {
        "version": 1,
        "blocks": [{"page-name": "snails", "properties": None, "children": blocks}],
    }
    assert works(read(json.dumps(graph), ".json"))["Traces of salt"].mentions[0].heading == (
        "snails",
    )


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("title:: @How lakes freeze", "title", "@How lakes freeze"),
        ("- Author(s):: [[A B]]", "author(s)", "[[A B]]"),
        ("> **FirstAuthor**:: Marsh, Kim  ", "firstauthor", "Marsh, Kim"),
        ("> > **Title**:: Ponds", "title", "Ponds"),
        ("- Title::No blank", "", ""),
        ("std::vector is no property", "", ""),
        ("a sentence:: with colons", "a sentence", "with colons"),
    ],
)
def test_properties_are_told_by_two_colons(line: str, name: str, value: str) -> None:
    found = property_of(line)
    assert (found.name if found else "", found.value if found else "") == (name, value)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("[[Ann Doe]], [[Bo Roe]]", ["Ann Doe", "Bo Roe"]),
        ("Doe, Ann; Roe, Bo", ["Ann Doe", "Bo Roe"]),
        ("Ann Doe and Bo Roe", ["Ann Doe", "Bo Roe"]),
        ("Ann Doe, Bo Roe & Cy Poe", ["Ann Doe", "Bo Roe", "Cy Poe"]),
        ("Doe, Ann", ["Ann Doe"]),
        ("Doe, A., Roe, B.", ["A. Doe", "B. Roe"]),
    ],
)
def test_people_of_a_property(value: str, names: list[str]) -> None:
    assert people_in(value) == names


@pytest.mark.parametrize(
    "text",
    [
        "title:: My garden\nauthor:: [[Me]]\ndate:: 2021-03-04\n\n- beans\n",
        "---\ntitle: My garden of many beans\nauthor: Me Myself\ndate: 2021-03-04\n---\nBeans.\n",
        "---\ntitle: My garden of many beans\nauthors: [Me]\ntags: [a]\n---\nBeans.\n",
    ],
)
def test_a_page_of_the_readers_own_is_no_work(text: str) -> None:
    assert works(read(text, ".md")) == {}


@pytest.mark.parametrize(
    "head",
    [
        "title: Rivers in the dark\ncitekey: marsh2014\ndate: 2014-01-02",
        "title: Rivers in the dark\nauthors: [Kim Marsh]\nyear: 2014",
        "Title: Rivers in the dark\nAuthors: [[Kim Marsh]], [[Lia Tengku]]\nJournal: River Letters\nYear: 2014",
        "title: Rivers in the dark\ncreators:\n  - firstName: Kim\n    lastName: Marsh\nitemType: journalArticle\ndate: 2014-05-02",
        "titel: Rivers in the dark\nautoren: [Kim Marsh]\njahr: 2014",
    ],
)
def test_the_front_matter_of_a_literature_note_is_its_work(head: str) -> None:
    assert list(works(read(f"---\n{head}\n---\n\nGood.\n", ".md"))) == ["Rivers in the dark"]


def test_links_that_only_zotero_can_follow_leave_their_words() -> None:
    text = "“slow” ([Marsh and Tengku, 2013, p. 8](zotero://select/library/items/K)) ([pdf](zotero://open-pdf/library/items/M?page=8))"
    (found,) = find_citations([read(text, ".md")])
    assert (found.reference.authors, found.reference.year) == (("Marsh", "Tengku"), 2013)


def test_items_of_zoteros_report_are_works_and_their_notes_are_read() -> None:
    rows = "".join(
        f"<tr><th>{name}</th><td>{value}</td></tr>"
        for name, value in [
            ("Eintragsart", "Zeitschriftenartikel"),
            ("Autor", "Jonas Brandt"),
            ("Datum", "2016"),
            ("Titel der Publikation", "Hausblätter"),
            ("Hinzugefügt am", "2.3.2020"),
        ]
    )
    notes = '<ul class="notes"><li><p>Compare Raman (2017).</p></li></ul><ul class="attachments"><li>Brandt 2016.pdf</li></ul>'
    page = f'<html><body><ul class="report"><li class="item"><h2>Langsame Aufzüge in alten Häusern</h2><table>{rows}</table>{notes}</li></ul></body></html>'
    note = read(page, ".html")
    reference = works(note)["Langsame Aufzüge in alten Häusern"].reference
    assert (reference.authors, reference.year, reference.venue) == (
        ("Jonas Brandt",),
        2016,
        "Hausblätter",
    )
    assert [block.text for block in note.blocks if block.kind != "entry"] == [
        "Compare Raman (2017)."
    ]


def test_notes_of_evernote_are_headings_with_their_lines() -> None:
    text = """<?xml version="1.0"?>
<en-export><note><title>Peat</title><content><![CDATA[<en-note>
<div>Keane, P. (2006). Peat for cold houses. <i>Heat Letters</i>, 3(1), 4–12.</div></en-note>]]></content>
<resource><data encoding="base64">AA
BB</data></resource></note></en-export>"""
    (mention,) = works(read(text, ".enex"))["Peat for cold houses"].mentions
    assert (mention.heading, mention.line) == (("Peat",), 3)


# ── markup ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".adoc", "= Notes\n\n== Wood\nOld <<keane07>>.\n\n[bibliography]\n== References\n* [[[keane07]]] Keane, P. (2007). Wood for cold schools. _Heat Letters_, 3(1), 4-12.\n"),
        (".adoc", "== Wood\nOld.footnote:[Keane, P. (2007). Wood for cold schools. _Heat Letters_, 3(1), 4-12.]\n"),
        (".typ", "= Wood\nOld #footnote[Keane, P. (2007). Wood for cold schools. _Heat Letters_, 3(1), 4--12.]\n"),
        (".textile", "h2. Wood\n\nOld[1].\n\nfn1. Keane, P. (2007). Wood for cold schools. _Heat Letters_, 3(1), 4-12.\n"),
        (".tid", "title: Wood\n\n* Keane, P. (2007). Wood for cold schools. //Heat Letters//, 3(1), 4-12.\n"),
    ],
)  # fmt: skip
def test_references_in_lists_and_footnotes_stand_under_their_heading(
    suffix: str, text: str
) -> None:
    found = works(read(text, suffix))
    assert list(found) == ["Wood for cold schools"]
    assert ("Wood",) in {
        mention.heading[-1:] for mention in found["Wood for cold schools"].mentions
    }


HAYAGRIVA = """keane07:
  type: article
  title: Wood for cold schools
  author: ["Keane, Pat", "Nyberg, Bo"]
  date: 2007-03
  parent:
    type: periodical
    title: Heat Letters
  serial-number:
    doi: 10.5555/hl.2007.3
"""


@pytest.mark.parametrize("cited", ["@keane07", "@keane07[p. 3]", "#cite(<keane07>, form: \"prose\")"])  # fmt: skip
def test_typst_cites_from_hayagriva(tmp_path: Path, cited: str) -> None:
    (tmp_path / "a.typ").write_text(
        f'= Wood\nOld {cited}.\n#bibliography("works.yml", style: "apa")\n'
    )
    (tmp_path / "works.yml").write_text(HAYAGRIVA)
    notes, problems = read_notes([tmp_path / "a.typ"])
    assert problems == []
    (found,) = find_citations(notes)
    assert found.reference.ids == ("doi:10.5555/hl.2007.3",)
    assert found.reference.authors == ("Pat Keane", "Bo Nyberg")
    assert found.reference.venue == "Heat Letters"
    assert ("Wood",) in {mention.heading for mention in found.mentions}


@pytest.mark.parametrize(
    "template",
    [
        "{{Literatur |Autor=Frida Kolb |Titel=Drachen über dem Deich |Jahr=2013}}",
        "{{Ouvrage|prénom1=Frida|nom1=Kolb|titre=Drachen über dem Deich|année=2013}}",
        "{{cita libro|apellidos=Kolb|nombre=Frida|título=Drachen über dem Deich|año=2013}}",
        "{{cita pubblicazione|nome=Frida|cognome=Kolb|titolo=Drachen über dem Deich|anno=2013}}",
        "{{Citeer boek|achternaam=Kolb|voornaam=Frida|titel=Drachen über dem Deich|jaar=2013}}",
        "{{книга|автор=Frida Kolb|заглавие=Drachen über dem Deich|год=2013}}",
    ],
)
def test_citation_templates_of_other_wikipedias(template: str) -> None:
    reference = works(read(f"== A ==\n* {template}\n", ".wiki"))["Drachen über dem Deich"].reference
    assert (reference.authors, reference.year) == (("Frida Kolb",), 2013)


@pytest.mark.parametrize(
    "cited",
    [
        "[[cite:&keane07]]",
        "[[citep:see &keane07 p. 3]]",
        "cite:keane07",
        "[cite:@other,@keane07]",
        "[cite/t:@other;@keane07]",
    ],
)
def test_org_cites_in_every_way(tmp_path: Path, cited: str) -> None:
    (tmp_path / "a.org").write_text(f"* Wood\nOld {cited}.\n")
    (tmp_path / "a.bib").write_text(
        "@article{keane07, author={Keane, P.}, title={Wood for schools}, year=2007}"
    )
    notes, _ = read_notes([tmp_path / "a.org"])
    assert "Wood for schools" in {c.reference.title for c in find_citations(notes)}


# ── mail ─────────────────────────────────────────────────────────────────────────────────────────
MAIL = """From: a@example.org
To: b@example.org
Subject: =?utf-8?Q?Fwd:_Lekt=C3=BCre?=
Date: Mon, 4 Mar 2019 10:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b1"

--b1
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

Lies=20=
bitte das hier.

Kolb, F. (2013). Deiche f=FCr kleine H=E4fen. Journal of Wind, 3(1), 3-9.
--b1
Content-Type: text/html; charset="iso-8859-1"

<p>Other words</p>
--b1--
"""


def test_a_mail_without_subject_has_none_and_blank_lines_above_its_text_count() -> None:
    note, _ = parse_note("Content-Type: text/enriched\n\n\n\nOn the upkeep\n", "x.eml", ".eml")
    assert [(block.line, block.text) for block in note.blocks] == [(5, "On the upkeep")]


def test_a_subject_in_no_charset_stands_as_it_is_written() -> None:
    data = MAIL.encode().replace(b"?utf-8?", b"?ut\xef\xbf\xbdf?")
    note, _ = parse_file(data, "a.eml", ".eml")
    assert "Kolb, F. (2013). Deiche" in " ".join(b.text for b in note.blocks)


@pytest.mark.parametrize(("suffix", "above"), [(".eml", 0), (".mbox", 1)])
def test_a_mails_plain_part_is_decoded_and_keeps_its_lines(suffix: str, above: int) -> None:
    text = MAIL if not above else f"From a@example.org Mon Mar  4 10:00:00 2019\n{MAIL}"
    note, _ = parse_file(text.encode(), "m" + suffix, suffix)
    (mention,) = works(note)["Deiche für kleine Häfen"].mentions
    assert (mention.heading, mention.line) == (("Lektüre",), 15 + above)
    assert "Other" not in " ".join(block.text for block in note.blocks)


# ── what is not read ─────────────────────────────────────────────────────────────────────────────
def test_a_file_whose_format_is_not_read_is_told_with_what_to_do_and_assets_are_not(
    tmp_path: Path,
) -> None:
    for name in (
        "a.pages",
        "b.xlsx",
        "c.png",
        ".hidden.doc",
        "~$d.docx",
        "e.zip",
        "f.json",
        "g.yml",
    ):
        (tmp_path / name).write_bytes(b"PK\x03\x04")
    notes, problems = read_notes([tmp_path])
    assert notes == []
    told = {Path(problem.subject).name: problem.reason for problem in problems}
    assert told == {
        "a.pages": "this format is not read: export it as Word (.docx)",
        "b.xlsx": "this format is not read: save the sheet as .csv",
    }


def test_of_many_files_that_are_not_read_the_first_are_told(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number}.doc").write_bytes(b"x")
    _, problems = read_notes([tmp_path])
    assert len(problems) == 11
    assert problems[-1].reason == "20 more files are not read"


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("title:: @How lakes freeze\nauthors:: [[Helga Strand]]\nyear:: 2001\n", "[[@How lakes freeze]]"),
        ("title:: @How lakes freeze\nauthors:: [[Helga Strand]]\nyear:: 2001\n", "{{embed [[@How lakes freeze]]}}"),
        ("---\ntitle: How lakes freeze\ncitekey: strand2001\nauthors: [Helga Strand]\nyear: 2001\n---\n", "[[@strand2001]]"),
        ("---\ntitle: How lakes freeze\nCitation Key: strand2001\nauthors: [Helga Strand]\nyear: 2001\n---\n", "[@strand2001, p. 3]"),
    ],
)  # fmt: skip
def test_a_link_to_the_page_of_a_work_is_a_mention_of_it(
    tmp_path: Path, page: str, link: str
) -> None:
    (tmp_path / "page.md").write_text(page)
    (tmp_path / "day.md").write_text(f"# Ice\n\nSee {link} for the cold.\n")
    (found,) = find_citations(read_notes([tmp_path])[0])
    assert found.reference.title == "How lakes freeze"
    assert ("Ice",) in {mention.heading for mention in found.mentions}
