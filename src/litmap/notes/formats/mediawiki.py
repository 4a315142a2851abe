"""MediaWiki text, with <ref> notes and {{cite …}} templates (mwparserfromhell)."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from litmap.models import Link
from litmap.notes.bibliographies.record import Pairs, first_filled, year_in
from litmap.notes.block_reader import BlockReader
from litmap.notes.builder import Builder
from litmap.notes.inline import Inline
from litmap.parsing.name_fields import split_plain_names
from litmap.parsing.word_lists import load_pattern, load_words

_HEADING = re.compile(r"(={1,6})\s*([^\n]{1,200}?)\s*\1\s*$")
_BOLD = re.compile(r"\s*'''(?!')([^'\[\]{}\n]{1,200})'''(?!')")
_ITEM = re.compile(r"([*#:;]+)\s*(.*)$")
_ROW = re.compile(r"\s*[|!](?![}+-])\s?(.*)$")
_NO_PROSE = re.compile(
    r"\s*(?:\{\||\|\}|\|-|\|\+|__\w+__\s*$|\[\[(?:Category|File|Image|Datei|Kategorie):)", re.I
)
"""The frame of a table, a switch such as '__TOC__', a category or an image."""
_CELL_BORDER = re.compile(r"\|\||!!")
_REF = re.compile(r"<ref\b[^<>/]*>")
_HEADING_LINE = re.compile(r"(?m)^(={2,6})[ \t]?[^=\n]{1,150}?[ \t]?\1[ \t]*$")
_MARKDOWN_HEADING = re.compile(r"(?m)^#{2,5} \S")
_CITE = re.compile(
    r"(?:(?:cite|citation|cita|citar|citer|citeer|cytuj|citace)[ _]\w[\w ]*"
    rf"|{load_pattern('mediawiki_citation_templates', 'litmap.notes')})$",
    re.I,
)
_IDENTIFIER = {"arxiv": "arXiv:", "doi": "doi:", "pmid": "PMID ", "pmc": "PMC"}
"""Template of an identifier → what stands before it in the text."""
_KINDS = dict.fromkeys(
    ("web", "news", "internetquelle", "lien web", "webbref", "cita web", "citar web"), "webpage"
) | {"av media": "video"}
_NUMBERED = re.compile(r"([^\d]*?)[ _-]?(\d{0,3})(-[^\d]+)?$")
_IDENTIFYING = {"title", "doi", "arxiv", "pmid"}
_SHOWN = {"author", "title", "venue", "year"}
_NOT_SHOWN_TAGS = {"nowiki", "math", "syntaxhighlight", "source", "gallery"}
_ITALIC_TAGS = {"i", "em", "cite"}
MAX_BLOCK_CHARS = 50_000
MAX_UNCLOSED = 60
"""Characters of a block that are parsed, and how much of it may be open.

What is beyond is taken as it is written.
"""
MAX_OPEN_LINES = 400
"""Lines for which a block is held while a template or note in it is open."""
MAX_TAG_DEPTH = 20
MAX_PARAMETER = 40
"""Characters of a parameter's name."""
MAX_AUTHORS = 30
"""Authors that a template numbers: last1, first1, last2, …"""


def is_mediawiki(text: str) -> bool:
    """True for text with two headings '== Heading ==', and fewer of Markdown's."""
    head = text[:40_000]
    if "==" not in head:
        return False
    headings = len(_HEADING_LINE.findall(head))
    return headings >= 2 and len(_MARKDOWN_HEADING.findall(head)) < headings


def read_mediawiki(text: str, builder: Builder) -> None:
    """Reads wiki text into the builder."""
    _WikiReader(builder, text.split("\n")).read()


class _WikiReader(BlockReader):
    """Reads lines; a block is held as long as a template or note in it is open, too."""

    def __init__(self, builder: Builder, lines: list[str]) -> None:
        super().__init__(builder, lines)
        self.open = 0
        """Templates and notes of the held block that are not closed yet."""
        self.notes = 0
        """Notes without a name so far."""

    def read(self) -> None:
        """Reads all lines."""
        for number, line in enumerate(self.lines):
            if self.held and self.open > 0 and len(self.held) < MAX_OPEN_LINES:
                self.go_on(line)
            elif not line.strip() or _NO_PROSE.match(line):
                self.flush()
            else:
                self.line(number, line)
        self.flush()

    def line(self, number: int, line: str) -> None:
        """Takes a line that begins something, or goes on with a paragraph."""
        if match := _HEADING.match(line):
            self.heading(len(match.group(1)), match.group(2), number)
        elif match := _ITEM.match(line):
            depth = len(match.group(1)) - 1
            self.begin(
                "item", number, match.group(2), *((("indent", str(depth)),) if depth else ())
            )
        elif match := _ROW.match(line):
            cells = (cell.strip() for cell in _CELL_BORDER.split(match.group(1)))
            self.begin("cell", number, "\u2003|\u2003".join(cells))
        elif self.held and self.kind == "paragraph":
            self.go_on(line)
        else:
            self.begin("paragraph", number, line)

    def begin(self, kind: str, number: int, line: str, *fields: tuple[str, str]) -> None:
        """Begins a block."""
        self.hold(number, line.strip(), kind, *fields)
        self.count_open(line)

    def go_on(self, line: str) -> None:
        """Goes on with the block."""
        self.held.append(line.strip())
        self.count_open(line)

    def count_open(self, line: str) -> None:
        """Counts what a line opens and closes."""
        self.open += line.count("{{") - line.count("}}")
        self.open += len(_REF.findall(line)) - line.count("</ref>")

    def flush(self) -> None:
        """Adds the held block."""
        self.open = 0
        super().flush()

    def inline(self, raw: str, number: int) -> Inline:
        """The text of a stretch; records in it become blocks of their own."""
        import mwparserfromhell
        from mwparserfromhell.parser import ParserError

        writer = _Writer(self, number)
        nodes: Any = [raw]
        if _is_sound(raw):
            with suppress(ParserError, RecursionError):
                nodes = mwparserfromhell.parse(raw, skip_style_tags=False).nodes
        writer.walk(nodes, 0)
        inline = writer.done()
        if lead := _BOLD.match(raw):
            inline.lead = lead.group(1)
        return inline

    def note(self, name: str, contents: Any, number: int) -> str:
        """Adds what a <ref> holds; gives the label under which the text cites it."""
        self.notes += not name
        label = name or f"ref-{self.notes}"
        if not contents:
            return label
        templates = [t for t in contents.filter_templates() if _CITE.match(str(t.name).strip())]
        if templates:
            self.record(templates[0], number, label)
        else:
            inline = self.inline(str(contents), number)
            self.builder.add("definition", inline, number + 1, ("footnote", label))
        return label

    def record(self, template: Any, number: int, key: str = "") -> None:
        """Adds a {{cite …}} as a record."""
        pairs = _pairs(template)
        if any(name in _IDENTIFYING for name, _ in pairs):
            text = ". ".join(value for name, value in pairs if name in _SHOWN)
            self.builder.add("entry", Inline(text), number + 1, ("key", key), *pairs)


class _Writer:
    """Puts the nodes of one stretch together as plain text with links, emphasis and line starts."""

    def __init__(self, wiki: _WikiReader, number: int) -> None:
        self.wiki, self.number = wiki, number
        self.parts: list[str] = []
        self.size = 0
        self.out = Inline()

    def walk(self, nodes: Any, depth: int) -> None:
        """Takes nodes one after the other.

        Line breaks inside what is not shown count all the same.
        """
        for node in nodes:
            before = len(self.out.starts)
            self._take(node, depth)
            if depth == 0:
                for _ in range(str(node).count("\n") - (len(self.out.starts) - before)):
                    self.newline()

    def _take(self, node: Any, depth: int) -> None:
        construct = _CONSTRUCTS.get(type(node).__name__)
        if construct:
            construct(self, node, depth)

    def text(self, node: Any, _: int) -> None:
        """Text between markup."""
        self.put(str(node))

    def wikilink(self, node: Any, _: int) -> None:
        """'[[Page]]', '[[Page|words]]'."""
        shown = str(node.text if node.text is not None else node.title)
        self.link(" ".join(shown.replace("''", "").split()), f"[[{str(node.title).strip()}]]")

    def external_link(self, node: Any, depth: int) -> None:
        """'[http://… words]', or a bare address."""
        url = "".join(str(node.url).split())
        if node.title is None:
            self.put(url)
            return
        begin = self.size
        self.walk(node.title.nodes, depth + 1)
        words = "".join(self.parts)[begin:].strip()
        self.out.links.append(Link(words, url, self.line, begin, self.size))

    def template(self, node: Any, _: int) -> None:
        """A record, or an identifier; nothing is shown of other templates."""
        name = str(node.name).strip().lower()
        if _CITE.match(name):
            self.wiki.record(node, self.line - 1)
        elif name in _IDENTIFIER and node.params:
            self.put(_IDENTIFIER[name] + " ".join(str(node.params[0].value).split()))

    def entity(self, node: Any, _: int) -> None:
        """'&nbsp;'."""
        self.put(" ".join(node.normalize().split("\n")))

    def tag(self, node: Any, depth: int) -> None:
        """A note, a line break, italics, or another element whose text is shown."""
        name = str(node.tag).strip().lower()
        if name == "ref":
            self.ref(node)
        elif name in {"br", "hr"}:
            self.put(" ")
        elif name not in _NOT_SHOWN_TAGS and node.contents and depth < MAX_TAG_DEPTH:
            begin = self.size
            self.walk(node.contents.nodes, depth + 1)
            if name in _ITALIC_TAGS:
                self.out.emphasis.append("".join(self.parts)[begin:])

    def ref(self, node: Any) -> None:
        """'<ref name="x">…</ref>': a link without words to its note."""
        name = str(node.get("name").value if node.has("name") else "").strip("\"' ")
        self.link("", f"[^{self.wiki.note(name, node.contents, self.line - 1)}]")

    @property
    def line(self) -> int:
        """The 1-based line that is being written."""
        return self.number + len(self.out.starts)

    def put(self, text: str) -> None:
        """Adds text; line breaks become blanks."""
        for index, piece in enumerate(text.split("\n")):
            if index:
                self.newline()
            self.parts.append(piece)
            self.size += len(piece)

    def newline(self) -> None:
        """Begins the next source line."""
        self.parts.append(" ")
        self.size += 1
        self.out.starts.append(self.size)

    def link(self, shown: str, target: str) -> None:
        """Adds a link's words."""
        begin = self.size
        self.put(shown)
        self.out.links.append(Link(shown, target, self.line, begin, self.size))

    def done(self) -> Inline:
        """The finished stretch."""
        self.out.text = "".join(self.parts)
        return self.out


_CONSTRUCTS: dict[str, Callable[[_Writer, Any, int], None]] = {
    "str": _Writer.text,
    "Text": _Writer.text,
    "Wikilink": _Writer.wikilink,
    "ExternalLink": _Writer.external_link,
    "Template": _Writer.template,
    "Tag": _Writer.tag,
    "HTMLEntity": _Writer.entity,
}
"""mwparserfromhell's nodes → how they are read; of others nothing is shown."""


def _is_sound(raw: str) -> bool:
    """False for what the parser takes for ever on: too long, or with much that is never closed."""
    if len(raw) > MAX_BLOCK_CHARS:
        return False
    pairs = (("[", "]"), ("{{", "}}"), ("<!--", "-->"))
    tags = len(re.findall(r"<[A-Za-z]", raw)) - len(re.findall(r"</|/>", raw))
    return tags <= MAX_UNCLOSED and all(
        raw.count(begin) - raw.count(end) <= MAX_UNCLOSED for begin, end in pairs
    )


def _pairs(template: Any) -> Pairs:
    """The fields of a {{cite …}} as a record's."""
    filled = [param for param in template.params if str(param.value).strip()]
    raw = {_parameter(str(param.name)): param.value for param in reversed(filled)}
    values = {name: " ".join(value.strip_code().split()) for name, value in raw.items()}
    kind = str(template.name).strip().lower().removeprefix("cite").strip(" _")
    pairs = [
        ("type", _KINDS.get(kind, kind)),
        ("title", values.get("title", "").strip("\"“”'")),
        *(("author", name) for name in _authors(values)),
        ("year", year_in(first_filled(values, ("year", "date")))),
        ("venue", first_filled(values, ("venue", "publisher"))),
        *((name, values.get(name, "")) for name in ("volume", "pages", "doi", "pmid")),
        ("pmcid", _pmcid(values.get("pmc", ""))),
        ("arxiv", first_filled(values, ("arxiv", "eprint"))),
        ("url", _web_address(str(raw.get("url", "")).strip())),
    ]
    return [(name, value) for name, value in pairs if value]


@cache
def _fields() -> dict[str, str]:
    """The field that a parameter gives, by its name."""
    rows = (line.split(" ", 1) for line in load_words("mediawiki_parameters", "litmap.notes"))
    return {name: field for field, name in rows}


def _parameter(name: str) -> str:
    """The field a parameter gives, with its number: 'last2' for 'nom2', 'author2-last'; any other
    name as it is.
    """
    name = name.strip().lower()[:MAX_PARAMETER]
    match = _NUMBERED.match(name)
    field = _fields().get(match.group(1) + (match.group(3) or "")) if match else None
    return f"{field}{match.group(2)}" if match and field else name


def _pmcid(number: str) -> str:
    """'PMC123' from '123' or 'PMC123'."""
    return "PMC" + number.removeprefix("PMC") if number else ""


def _web_address(url: str) -> str:
    return url if url.startswith("http") else ""


def _authors(values: dict[str, str]) -> list[str]:
    if values.get("vauthors"):
        return _vancouver_names(values["vauthors"])
    names = (_numbered_names(values, number) for number in ("", *range(1, MAX_AUTHORS + 1)))
    return [name for several in names for name in several]


def _vancouver_names(value: str) -> list[str]:
    """'Fukuda Y, Hayakawa T' as 'Y Fukuda', 'T Hayakawa'."""
    names = (name.strip() for name in value.split(","))
    return [" ".join(reversed(name.rsplit(" ", 1))) for name in names if name not in {"", "et al"}]


def _numbered_names(values: dict[str, str], number: int | str) -> list[str]:
    """The author of `last1` and `first1`, or those of `author1`, which may name several."""
    family = values.get(f"last{number}")
    if family:
        return [f"{values.get(f'first{number}', '')} {family}".strip()]
    whole = values.get(f"author{number}", "")
    both = [name.strip() for name in whole.split(",")]
    if len(both) == 2 and all(" " in name for name in both):
        return both  # 'Frida Kolb, Jo Ried'
    return split_plain_names(whole)
