"""MediaWiki text: headings, lists, tables, links, italics, <ref> notes and {{cite …}} templates (mwparserfromhell)."""

from __future__ import annotations

import re
from typing import Any

from litmap.models import Link
from litmap.notes.bibliographies.text_formats import Pairs, turn_name
from litmap.notes.builder import Builder
from litmap.notes.inline import Inline

_HEADING = re.compile(r"(={1,6})\s*([^\n]{1,200}?)\s*\1\s*$")
_ITEM = re.compile(r"([*#:;]+)\s*(.*)$")
_ROW = re.compile(r"\s*[|!](?![}+-])\s?(.*)$")
_FURNITURE = re.compile(
    r"\s*(?:\{\||\|\}|\|-|\|\+|__\w+__\s*$|\[\[(?:Category|File|Image|Datei|Kategorie):)", re.I
)
_CITE = re.compile(r"(?:cite[ _]\w[\w ]*|citation|literatur|ouvrage|article)$", re.I)
_IDENTIFIER = {"arxiv": "arXiv:", "doi": "doi:", "pmid": "PMID ", "pmc": "PMC"}
_KINDS = {"web": "webpage", "news": "webpage", "av media": "video"}
_VENUES = ("journal", "work", "book-title", "conference", "publisher")
_LONGEST, _MOST_OPEN = 50_000, 60
"""Characters of a block that are parsed, and how much of it may be open; what is beyond is taken as it is written."""


def is_mediawiki(text: str) -> bool:
    """True for text whose headings are wiki text's: two lines of '== Heading ==', and none of Markdown's."""
    head = text[:40_000]
    wiki = re.findall(r"(?m)^(={2,6})[ \t]?[^=\n]{1,150}?[ \t]?\1[ \t]*$", head)
    return len(wiki) >= 2 and len(re.findall(r"(?m)^#{2,5} \S", head)) < len(wiki)


def read_mediawiki(text: str, builder: Builder) -> None:
    """Reads wiki text into the builder."""
    _Wiki(builder, text.split("\n")).read()


class _Wiki:
    """Reads lines; a block is held until a line shows that it has ended, and no template or note in it is open."""

    def __init__(self, builder: Builder, lines: list[str]) -> None:
        self.builder, self.lines = builder, lines
        self.kind, self.first = "paragraph", 0
        self.held: list[str] = []
        self.open = 0
        self.notes = 0

    def read(self) -> None:
        """Reads all lines."""
        for number, line in enumerate(self.lines):
            if self.held and self.open > 0 and len(self.held) < 400:
                self._hold(line)
            elif not line.strip() or _FURNITURE.match(line):
                self.flush()
            elif match := _HEADING.match(line):
                self.flush()
                self.builder.heading(
                    len(match.group(1)), self.inline(match.group(2), number), number + 1
                )
            elif match := _ITEM.match(line):
                self._begin("item", number, match.group(2))
            elif match := _ROW.match(line):
                cells = re.split(r"\|\||!!", match.group(1))
                self._begin("cell", number, "\u2003|\u2003".join(cell.strip() for cell in cells))
            elif self.held and self.kind == "paragraph":
                self._hold(line)
            else:
                self._begin("paragraph", number, line)
        self.flush()

    def _begin(self, kind: str, number: int, line: str) -> None:
        self.flush()
        self.kind, self.first = kind, number
        self._hold(line)

    def _hold(self, line: str) -> None:
        self.held.append(line.strip())
        self.open += line.count("{{") - line.count("}}")
        self.open += len(re.findall(r"<ref\b[^<>/]*>", line)) - line.count("</ref>")

    def flush(self) -> None:
        """Adds the held block, then what its notes hold."""
        held, self.held, self.open = self.held, [], 0
        if held:
            self.builder.add(self.kind, self.inline("\n".join(held), self.first), self.first + 1)

    def inline(self, raw: str, number: int) -> Inline:
        """The text of a stretch; records in it become blocks of their own."""
        import mwparserfromhell
        from mwparserfromhell.parser import ParserError

        writer = _Writer(self, number)
        try:
            nodes = (
                mwparserfromhell.parse(raw, skip_style_tags=False).nodes
                if _is_sound(raw)
                else [raw]
            )
        except (ParserError, RecursionError):
            nodes = [raw]
        writer.walk(nodes, 0)
        return writer.done()

    def note(self, name: str, contents: Any, number: int) -> str:
        """Adds what a <ref> holds; gives the label under which the text cites it."""
        self.notes += not name
        label = name or f"ref-{self.notes}"
        templates = (
            [t for t in contents.filter_templates() if _CITE.match(str(t.name).strip())]
            if contents
            else []
        )
        if templates:
            self.entry(templates[0], number, label)
        elif contents:
            inline = self.inline(str(contents), number)
            self.builder.add("definition", inline, number + 1, ("footnote", label))
        return label

    def entry(self, template: Any, number: int, key: str = "") -> None:
        """Adds a {{cite …}} as a record."""
        pairs = _pairs(template)
        if any(name in {"title", "doi", "arxiv", "pmid"} for name, _ in pairs):
            text = ". ".join(
                value for name, value in pairs if name in {"author", "title", "venue", "year"}
            )
            self.builder.add("entry", Inline(text), number + 1, ("key", key), *pairs)


class _Writer:
    """Puts the nodes of one stretch together as plain text with links, emphasis and line starts."""

    def __init__(self, wiki: _Wiki, number: int) -> None:
        self.wiki, self.number = wiki, number
        self.parts: list[str] = []
        self.size = 0
        self.out = Inline()

    def walk(self, nodes: Any, depth: int) -> None:
        """Takes nodes one after the other; line breaks inside what is not shown count all the same."""
        for node in nodes:
            before = len(self.out.starts)
            self._take(node, depth)
            if depth == 0:
                for _ in range(str(node).count("\n") - (len(self.out.starts) - before)):
                    self.newline()

    def _take(self, node: Any, depth: int) -> None:
        kind = type(node).__name__
        if kind == "Text" or isinstance(node, str):
            self.put(str(node))
        elif kind == "Wikilink":
            shown = str(node.text if node.text is not None else node.title)
            self.link(" ".join(shown.replace("''", "").split()), f"[[{str(node.title).strip()}]]")
        elif kind == "ExternalLink":
            self._external(node, depth)
        elif kind == "Template":
            self._template(node)
        elif kind == "Tag":
            self._tag(node, depth)
        elif kind == "HTMLEntity":
            self.put(" ".join(node.normalize().split("\n")))

    def _external(self, node: Any, depth: int) -> None:
        url = "".join(str(node.url).split())
        if node.title is None:
            self.put(url)
            return
        begin = self.size
        self.walk(node.title.nodes, depth + 1)
        self.out.links.append(
            Link("".join(self.parts)[begin:].strip(), url, self.line, begin, self.size)
        )

    def _template(self, node: Any) -> None:
        name = str(node.name).strip().lower()
        if _CITE.match(name):
            self.wiki.entry(node, self.number + len(self.out.starts) - 1)
        elif name in _IDENTIFIER and node.params:
            self.put(_IDENTIFIER[name] + " ".join(str(node.params[0].value).split()))

    def _tag(self, node: Any, depth: int) -> None:
        name = str(node.tag).strip().lower()
        if name == "ref":
            given = node.get("name").value if node.has("name") else ""
            label = self.wiki.note(
                str(given).strip("\"' "), node.contents, self.number + len(self.out.starts) - 1
            )
            self.link("", f"[^{label}]")
            return
        if name in {"br", "hr"}:
            self.put(" ")
        elif (
            name not in {"nowiki", "math", "syntaxhighlight", "source", "gallery"}
            and node.contents
            and depth < 20
        ):
            begin = self.size
            self.walk(node.contents.nodes, depth + 1)
            if name in {"i", "em", "cite"}:
                self.out.emphasis.append("".join(self.parts)[begin:])

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


def _is_sound(raw: str) -> bool:
    """False for what is too long or leaves so much open that the parser, which tries again and again, takes for ever."""
    if len(raw) > _LONGEST:
        return False
    pairs = (("[", "]"), ("{{", "}}"), ("<!--", "-->"))
    tags = len(re.findall(r"<[A-Za-z]", raw)) - len(re.findall(r"</|/>", raw))
    return tags <= _MOST_OPEN and all(
        raw.count(begin) - raw.count(end) <= _MOST_OPEN for begin, end in pairs
    )


def _pairs(template: Any) -> Pairs:
    values = {
        str(p.name).strip().lower(): " ".join(p.value.strip_code().split()) for p in template.params
    }
    raw = {str(p.name).strip().lower(): str(p.value).strip() for p in template.params}
    kind = str(template.name).strip().lower().removeprefix("cite").strip(" _")
    pairs: Pairs = [("type", _KINDS.get(kind, kind))]
    pairs.append(("title", values.get("title", "").strip("\"“”'")))
    pairs += [("author", name) for name in _authors(values)]
    year = re.search(r"(?:1[4-9]|20)\d\d", values.get("year") or values.get("date", ""))
    pairs.append(("year", year.group() if year else ""))
    pairs.append(("venue", next((values[name] for name in _VENUES if values.get(name)), "")))
    pairs += [(n, values.get(n, "")) for n in ("volume", "doi", "pmid")]
    pairs.append(("pmcid", "PMC" + values["pmc"].removeprefix("PMC") if values.get("pmc") else ""))
    pairs.append(("arxiv", values.get("arxiv") or values.get("eprint", "")))
    pairs.append(("url", raw.get("url", "") if raw.get("url", "").startswith("http") else ""))
    return [pair for pair in pairs if pair[1]]


def _authors(values: dict[str, str]) -> list[str]:
    if values.get("vauthors"):
        names = [name.strip() for name in values["vauthors"].split(",")]
        return [
            " ".join(reversed(name.rsplit(" ", 1))) for name in names if name and name != "et al"
        ]
    found = []
    for number in ["", *map(str, range(1, 31))]:
        family = values.get(f"last{number}") or values.get(f"surname{number}")
        whole = values.get(f"author{number}")
        if family:
            given = values.get(f"first{number}") or values.get(f"given{number}") or ""
            found.append(f"{given} {family}".strip())
        elif whole:
            found += [turn_name(name) for name in re.split(r";\s*| and ", whole)]
    return found
