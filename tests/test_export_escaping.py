"""Whatever titles, names and notes hold, an export reads back as the same plain text in a reader of
its format that is not litmap's, and nothing in it is a command, a formula, a link or markup."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import unquote, urlsplit

import bibtexparser
import lxml.html
import pytest
import rispy
import yaml
from bibtexparser.middlewares import SeparateCoAuthors, SplitNameParts
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from litmap import exports, maps
from litmap.export_marks import MARKED_LINE
from litmap.models import Mention, Work
from litmap.parsing.markup import one_line
from litmap.parsing.person_names import split_name
from litmap.parsing.word_lists import load_words

PIECES = [
    *(r"\input{/etc/passwd}", r"\write18{id}", r"\csname x\endcsname", r"^^5cinput", r"$\input{x}$", r"$\alpha^2$"),
    *("{", "}", "\\", "\\{", "\\}", "%", "$", "$$", "&", "#", "_", "~", "^", '"', "@", "@article{x,", ",", "=", "and", " and "),
    *("\n", "\r\n", "\t", "\x00", "\x0b", "\u2028", "\u0085", "\u202e", "\u200b", "\ufeff", "\ud800", "\u0301", "é", "𝒜", "李"),
    *("TY  - JOUR\n", "ER  - ", "\nER  - \n", "TI  - ", "N1  - x", "---", "---\n", "...", "- ", "* ", "1. ", "1) ", "# ", "> ", "| a | b |", "    x"),
    *("=1+1", "+1", "-1", "@SUM(A1)", "＝1", ";=1", "; -1", "|=cmd", "'=1", "\t=1", '";=1', '"', '""'),
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</script>", "<!--", "-->", "]]>", "<![CDATA[", "&lt;", "&amp;", "&#60;"),
    *("[x](javascript:alert(1))", "![i](https://evil.example/p)", "[[x]]", "![[x]]", "[^1]", "[x]: y", "<https://evil.example>", "`x`", "`= 1`", "$= 1"),
    *("**b**", "_i_", "==h==", "~~s~~", "%%c%%", "^block", "#tag", "{{x}}", "{% x %}", "<% x %>", "<%* x %>", "a:: b", "://", "../x", "%00", "javascript:"),
]  # fmt: skip
TEXTS = st.lists(
    st.sampled_from(PIECES)
    | st.text(max_size=6)
    | st.sampled_from(["word", "Two words", " ", "2018"]),
    max_size=6,
).map("".join)
NAMES = TEXTS | st.sampled_from(
    ["Ada Marwick", "van der Berg, Laurens", "Sammy Davis Jr.", "World Health Organization"]
)
MENTIONS = st.builds(
    Mention, note=TEXTS, line=st.integers(1, 99), text=TEXTS, heading=st.lists(TEXTS, max_size=2).map(tuple), context=TEXTS
)  # fmt: skip
WORKS = st.builds(
    Work,
    id=st.sampled_from(["doi:", "arxiv:", "title:", ""]).flatmap(
        lambda kind: TEXTS.map(lambda text: kind + text)
    ),
    title=TEXTS,
    authors=st.lists(NAMES, max_size=3).map(tuple),
    year=st.none() | st.integers(1400, 2100),
    venue=TEXTS
    | st.sampled_from(["Nature", "PhD thesis", "Tech. Rep. 1", "Proceedings of X", "MIT Press"]),
    abstract=TEXTS,
    ids=st.lists(
        TEXTS.map(lambda text: f"doi:10.1000/{text}") | TEXTS.map(lambda text: f"arxiv:{text}"),
        max_size=2,
    ).map(tuple),
    urls=st.lists(
        TEXTS.map(lambda text: f"https://pub.example.org/{text}") | TEXTS, max_size=2
    ).map(tuple),
)
LIBRARIES = st.lists(st.tuples(WORKS, st.lists(MENTIONS, max_size=2)), min_size=1, max_size=3)
FORMATS = settings(max_examples=40, deadline=None)


def hostile(text: str) -> list[tuple[Work, list[Mention]]]:
    """A library with this text in every place."""
    work = Work(
        f"title:{text}",
        text,
        (text, text),
        2018,
        text,
        text,
        (f"doi:10.1000/{text}",),
        (f"https://x.example/{text}", text),
    )
    return [(work, [Mention(text, 3, text, (text, text), text)])]


EVERYWHERE = pytest.mark.parametrize("text", PIECES, ids=ascii)


# ── BibTeX ────────────────────────────────────────────────────────────────────────────────────────
PRINTED = {"&": "&", "%": "%", "$": "$", "#": "#", "_": "_"}
NAMED = {
    "backslash": "\\",
    "braceleft": "{",
    "braceright": "}",
    "asciitilde": "~",
    "asciicircum": "^",
}
MATH_COMMANDS = load_words("math_commands", "litmap.exports") | set(",;:!|{}_ ")


def read_tex(field: str) -> str:
    """The text that TeX prints of a field; fails at a command that does anything else."""
    out, at = [], 0
    while at < len(field):
        char = field[at]
        if char == "\\":
            name = re.compile(r"text([a-z]+)\{\}").match(field, at + 1)
            assert name or field[at + 1] in PRINTED, f"a command: {field[at : at + 30]!r}"
            out.append(NAMED[name[1]] if name else PRINTED[field[at + 1]])
            at = name.end() if name else at + 2
        elif char == "$":
            end = field.index("$", at + 1)
            math = field[at + 1 : end]
            assert all(c in MATH_COMMANDS for c in re.findall(r"\\([A-Za-z]+|.)", math)), math
            assert not re.search(r"\^\^|(?<!\\)[%#&~]", math)
            out.append(field[at : end + 1])
            at = end + 1
        elif char in "{}":  # they keep capitals and print nothing
            at += 1
        else:
            assert char not in "%#&_~^", f"{char} is live in {field!r}"
            out.append(char)
            at += 1
    return "".join(out)


def check_bibtex(library: list[tuple[Work, list[Mention]]]) -> None:
    text = exports.to_bibtex(library).removeprefix(MARKED_LINE)
    read = bibtexparser.parse_string(text)
    assert not read.failed_blocks
    assert len(read.blocks) == len(library), "text between the entries"
    named = bibtexparser.parse_string(
        text, append_middleware=[SeparateCoAuthors(), SplitNameParts()]
    )
    assert not named.failed_blocks
    for entry, parted, key, (work, _) in zip(
        read.entries,
        named.entries,
        exports.citation_keys([w for w, _ in library]),
        library,
        strict=True,
    ):
        assert entry.key == key
        fields = {field.key: field.value for field in entry.fields}
        assert fields.keys() <= {
            *(
                "title",
                "author",
                "year",
                "journal",
                "booktitle",
                "school",
                "institution",
                "publisher",
            ),
            *("howpublished", "doi", "eprint", "archiveprefix", "url", "abstract", "keywords"),
        }
        assert read_tex(fields.get("title", "")) == one_line(work.title)
        assert read_tex(fields.get("abstract", "")) == one_line(work.abstract)
        assert len(
            parted.fields_dict["author"].value if "author" in parted.fields_dict else []
        ) == sum(bool(one_line(author)) for author in work.authors)
        for name in ("doi", "eprint", "url"):
            assert not re.search(r"[\\{}^\s]", fields.get(name, ""))
        for value in fields.values():
            assert_braces_pair(value)


def assert_braces_pair(value: str) -> None:
    """As BibTeX counts: behind a backslash too."""
    depth = 0
    for char in value:
        depth += (char == "{") - (char == "}")
        assert depth >= 0, value
    assert depth == 0, value


@FORMATS
@given(LIBRARIES)
@example([(Work("a", "{}", ("{", "and")), [])])
def test_bibtex_prints_what_the_works_say(library):
    check_bibtex(library)


@EVERYWHERE
def test_no_piece_of_text_is_live_in_bibtex(text):
    check_bibtex(hostile(text))


# ── RIS ───────────────────────────────────────────────────────────────────────────────────────────
def check_ris(library: list[tuple[Work, list[Mention]]]) -> None:
    read = rispy.loads(exports.to_ris(library))
    assert len(read) == len(library)
    for entry, (work, mentions) in zip(read, library, strict=True):
        assert entry.get("title", "") == one_line(work.title)
        assert entry.get("abstract", "") == one_line(work.abstract)
        venue = entry.get("secondary_title", "") or entry.get("publisher", "")
        assert venue == one_line(work.venue)
        assert entry.get("year", "") == str(work.year or "")
        assert len(entry.get("authors", [])) == sum(bool(one_line(a)) for a in work.authors)
        assert entry.get("notes", []) == [one_line(f"{m.note}:{m.line}") for m in mentions]
        assert not entry.get("unknown_tag")


@FORMATS
@given(LIBRARIES)
def test_ris_says_what_the_works_say(library):
    check_ris(library)


@EVERYWHERE
def test_no_piece_of_text_begins_a_record_in_ris(text):
    check_ris(hostile(text))


# ── CSL-JSON ──────────────────────────────────────────────────────────────────────────────────────
def check_csl(library: list[tuple[Work, list[Mention]]]) -> None:
    text = exports.to_csl(library)
    text.encode()
    read = json.loads(text, parse_constant=pytest.fail)
    assert len(read) == len(library)
    for item, (work, _) in zip(read, library, strict=True):
        assert item["title"] == one_line(work.title)
        assert item.get("abstract", "") == one_line(work.abstract)
        names = [split_name(author) for author in work.authors if one_line(author)]
        assert [name.get("family") or name["literal"] for name in item.get("author", [])] == [
            n.family for n in names
        ]
        for value in strings(item):
            assert value == one_line(value)


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


@FORMATS
@given(LIBRARIES)
def test_csl_json_says_what_the_works_say(library):
    check_csl(library)


@EVERYWHERE
def test_any_piece_of_text_is_one_string_of_csl_json(text):
    check_csl(hostile(text))


# ── CSV ───────────────────────────────────────────────────────────────────────────────────────────
def check_csv(library: list[tuple[Work, list[Mention]]]) -> None:
    text = exports.to_csv(library)
    text.encode()
    rows = list(csv.DictReader(io.StringIO(text), strict=True))
    assert len(rows) == len(library)
    for row, (work, mentions) in zip(rows, library, strict=True):
        assert None not in row and None not in row.values()
        wanted = {
            "id": work.id,
            "title": work.title,
            "authors": "; ".join(work.authors),
            "venue": work.venue,
            "mentions": "; ".join(f"{m.note}:{m.line}" for m in mentions),
        }
        for name, value in wanted.items():
            assert row[name].replace("'", "") == one_line(value).replace("'", ""), name
        for value in row.values():
            for parted in (value, *value.split(";"), *value.split("|")):
                assert not re.match(r"[\s\"]*[=+\-@＝＋－＠]", parted), value


@FORMATS
@given(LIBRARIES)
def test_csv_says_what_the_works_say_and_calculates_nothing(library):
    check_csv(library)


@EVERYWHERE
def test_no_piece_of_text_is_a_formula(text):
    check_csv(hostile(text))


# ── Markdown ──────────────────────────────────────────────────────────────────────────────────────
QUIET = {
    *(
        "heading_open",
        "heading_close",
        "paragraph_open",
        "paragraph_close",
        "inline",
        "text",
        "text_special",
    ),
    *(
        "bullet_list_open",
        "bullet_list_close",
        "list_item_open",
        "list_item_close",
        "blockquote_open",
    ),
    *("blockquote_close", "link_open", "link_close", "code_inline", "softbreak", "hardbreak"),
}
RUN_BY_PROGRAMS = re.compile(r"<%|\{\{|\{%|`\s*=|`\s*\$=|%%|\[\[|(?<!\\)\$|==")
"""What Templater, Jekyll, Dataview and Obsidian look for in the source itself, in code too."""


def tokens(page: str) -> list[Token]:
    front, page = re.fullmatch(r"---\n(.*?)---\n<!--[^\n]*-->\n\n(.*)", page, re.S).groups()
    assert yaml.safe_load(front) == {"litmap": "export"}
    assert not RUN_BY_PROGRAMS.search(re.sub(r"\]\(<[^>]*>\)|^<\S*>$", "", page, flags=re.M)), page
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    found = []
    for token in reader.parse(page):
        found += [token, *(token.children or ())]
    return found


def check_notes(library: list[tuple[Work, list[Mention]]]) -> None:
    files = exports.to_notes(library)
    keys = exports.citation_keys([work for work, _ in library])
    for name, page in files.items():
        page.encode()
        assert re.fullmatch(r"(?:works|headings)/[a-z0-9-]+\.md|index\.md", name)
        for token in tokens(page):
            assert token.type in QUIET, f"{token.type} in {page}"
            if token.type == "link_open":
                check_link(str(token.attrs["href"]), library)
    for key, (work, mentions) in zip(keys, library, strict=True):
        read = tokens(files[f"works/{key}.md"])
        heading = next(b for a, b in pairwise(read) if a.type == "heading_open")
        assert shown(heading) == (one_line(work.title) or one_line(work.id))
        quoted = [
            after
            for token, after in zip(read, read[2:], strict=False)
            if token.type == "blockquote_open"
        ]
        contexts = [one_line(m.context or m.text)[:600].strip() for m in mentions]
        assert [shown(token).strip() for token in quoted] == [text for text in contexts if text]


def shown(token: Token) -> str:
    return "".join(
        " " if child.type == "softbreak" else child.content for child in token.children or ()
    )


def check_link(href: str, library: list[tuple[Work, list[Mention]]]) -> None:
    """To a page of the export, a note as it is called, or the work's own address."""
    parts = urlsplit(href)
    if parts.scheme in ("http", "https"):
        assert any(href.startswith(("https://doi.org/", "https://arxiv.org/", "https://openreview.net/", "https://pub.example.org", "https://x.example"))
                   or any(u.startswith(("http:", "https:")) for u in work.urls) for work, _ in library), href  # fmt: skip
        return
    assert not parts.scheme and not parts.netloc, href
    notes = {one_line(mention.note) for _, mentions in library for mention in mentions}
    assert unquote(href) in notes or re.fullmatch(
        r"(?:\.\./)?(?:works|headings)/[a-z0-9-]+\.md", href
    ), href


@FORMATS
@given(LIBRARIES)
def test_pages_show_what_the_works_say_and_nothing_in_them_is_live(library):
    check_notes(library)


@EVERYWHERE
def test_no_piece_of_text_is_markup_on_a_page(text):
    check_notes(hostile(text))


# ── maps ──────────────────────────────────────────────────────────────────────────────────────────
def check_maps(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()  # as the catalogue keeps it
    dots = [
        maps.Dot(f"{text}{i}", text, i / 7, (i * i % 5) / 5, (text,), text, text) for i in range(6)
    ]
    picture = maps.draw(dots, [(dots[0].work, dots[1].work)], title=text)
    root = ET.fromstring(maps.to_svg(picture, links=True).encode())
    assert not [
        n
        for n in root.iter()
        if n.tag.endswith("script") or any(a.startswith("on") for a in n.attrib)
    ]
    for node in root.iter():
        for name, value in node.attrib.items():
            assert not name.endswith("href") or value.startswith(("http://", "https://")), value
    page, plain = (
        lxml.html.fromstring(maps.to_html(picture)),
        lxml.html.fromstring(maps.to_html(maps.draw([], []))),
    )
    kinds = ("script", "iframe", "object", "link", "base", "form", "img", "meta")
    assert [len(page.findall(f".//{k}")) for k in kinds] == [
        len(plain.findall(f".//{k}")) for k in kinds
    ]


@settings(max_examples=15, deadline=None)
@given(TEXTS)
def test_a_map_shows_any_text_as_text(text):
    check_maps(text)


@EVERYWHERE
def test_no_piece_of_text_is_markup_on_a_map(text):
    check_maps(text)
