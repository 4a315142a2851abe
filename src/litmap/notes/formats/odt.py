"""OpenDocument text (.odt, .fodt): headings, lists, tables, notes, links and citations.

There are no lines in it: a block's line is the number of its paragraph.
"""

from __future__ import annotations

import re
from typing import Any

from litmap.notes.bibliographies.record import Pairs, add_entry, year_in
from litmap.notes.builder import Builder
from litmap.notes.formats.citation_fields import add_cited
from litmap.notes.formats.packed_xml import Archive, attribute, child, local, parse_xml
from litmap.notes.formats.rich_text import RichText

_HEADING_STYLE = re.compile(r"Heading(?:_20_|\s)?(\d)$")
_LEFT_OUT = {
    "tracked-changes",
    "annotation",
    "annotation-end",
    "table-of-content",
    "sequence-decls",
    "forms",
    "note-citation",
}
_INDENT = 2
"""Columns by which a level of a list is set in."""
MAX_DEPTH = 200
"""Elements in each other; what is deeper is left out."""
MAX_BLANKS = 100
"""Blanks of one <text:s>."""


def read_odt(data: bytes, builder: Builder) -> None:
    """Reads an OpenDocument text into the builder. Raises ValueError for what is none."""
    if data.lstrip()[:1] == b"<":
        root, styles = parse_xml(data), None
    else:
        archive = Archive(data, "an OpenDocument text")
        root, styles = archive.xml("content.xml"), archive.xml("styles.xml")
    text = child(root, "body", "text") if root is not None else None
    if text is None:
        raise ValueError("not an OpenDocument text: there is no text in it")
    _OdtReader(builder, _Styles(root, styles)).blocks(text, 0, -1)


class _Styles:
    """What the document's styles mean."""

    def __init__(self, *roots: Any) -> None:
        self.nodes: dict[str, Any] = {}
        for root in roots:
            for node in root.iter() if root is not None else ():
                if local(node) == "style":
                    self.nodes.setdefault(attribute(node, "name"), node)

    def heading_level(self, name: str) -> int:
        """The level of a heading's style or of a title's, 0 for others."""
        for _ in range(10):
            if match := _HEADING_STYLE.match(name):
                return int(match.group(1))
            if name == "Title":
                return 1
            if name not in self.nodes:
                break
            level = attribute(self.nodes[name], "default-outline-level")
            if level.isdigit() and level != "0":
                return int(level)
            name = attribute(self.nodes[name], "parent-style-name")
        return 0

    def is_italic(self, name: str) -> bool:
        """True for a style in italics."""
        properties = child(self.nodes[name], "text-properties") if name in self.nodes else None
        if name in {"Emphasis", "Citation"}:
            return True
        return properties is not None and attribute(properties, "font-style") == "italic"


class _OdtReader:
    """Walks the text."""

    def __init__(self, builder: Builder, styles: _Styles) -> None:
        self.builder, self.styles = builder, styles
        self.paragraph = 0
        self.text = RichText()
        self.notes: list[tuple[str, Any]] = []
        self.cited: list[str] = []
        self.records: list[Pairs] = []

    def blocks(self, node: Any, depth: int, level: int) -> None:
        """Reads headings, paragraphs, lists and tables; `level` is that of the list, -1 outside."""
        if depth > MAX_DEPTH:
            return
        for below in node:
            name = local(below)
            if name in {"h", "p"}:
                self.read_paragraph(below, name, level)
            elif name == "list":
                self.blocks(below, depth + 1, level + 1)
            elif name == "table-row":
                self.row(below, depth)
            elif name and name not in _LEFT_OUT:
                self.blocks(below, depth + 1, level)

    def read_paragraph(self, node: Any, name: str, level: int) -> None:
        """Reads a heading, an item, or running text."""
        self.paragraph += 1
        self.text = RichText()
        self.inside(node, 0, italic=False)
        inline = self.text.done()
        outline = attribute(node, "outline-level")
        rank = int(outline) if name == "h" and outline.isdigit() else 0
        rank = rank or self.styles.heading_level(attribute(node, "style-name"))
        if rank or name == "h":
            self.builder.heading(max(rank, 1), inline, self.paragraph)
        elif not self.text.is_empty:
            fields = [("indent", str(level * _INDENT))] if level >= 0 else []
            self.builder.add("item" if fields else "paragraph", inline, self.paragraph, *fields)
        self.end_block()

    def row(self, node: Any, depth: int) -> None:
        """Reads a row of a table as one block."""
        self.paragraph += 1
        self.text = RichText()
        cells = [below for below in node if local(below) == "table-cell"]
        for index, cell in enumerate(cells):
            if index:
                self.text.put("\u2003|\u2003")
            self.inside(cell, depth + 1, italic=False)
        if not self.text.is_empty:
            self.builder.add("cell", self.text.done(), self.paragraph)
        self.end_block()

    def end_block(self) -> None:
        """Adds the notes and the records that the block cites."""
        notes, self.notes = self.notes, []
        for label, body in notes:
            self.text = RichText()
            if body is not None:
                self.inside(body, 0, italic=False)
            self.builder.add("definition", self.text.done(), self.paragraph, ("footnote", label))
        for code in self.cited:
            add_cited(self.builder, code, self.paragraph)
        for pairs in self.records:
            add_entry(self.builder, pairs, self.paragraph)
        self.text, self.cited, self.records = RichText(), [], []

    # Inside a paragraph
    def inside(self, node: Any, depth: int, *, italic: bool) -> None:
        """Reads what stands inside a paragraph."""
        if depth > MAX_DEPTH:
            return
        self.put(node.text, italic=italic)
        for below in node:
            name = local(below)
            if name and name not in _LEFT_OUT:
                self.element(below, name, depth, italic=italic)
            self.put(below.tail, italic=italic)

    def put(self, text: str | None, *, italic: bool) -> None:
        """Adds text, in which blanks and line breaks run together."""
        if text:
            lead, trail = text[0].isspace(), text[-1].isspace()
            words = " ".join(text.split())
            self.text.put(" " * lead + words + " " * (trail and bool(words)), italic=italic)

    def element(self, node: Any, name: str, depth: int, *, italic: bool) -> None:
        """Reads an element inside a paragraph."""
        begin = self.text.size
        if name == "s":
            count = attribute(node, "c")
            self.text.put(" " * min(int(count) if count.isdigit() else 1, MAX_BLANKS))
        elif name in {"tab", "line-break"}:
            self.text.put(" ")
        elif name == "note":
            label = attribute(node, "id") or f"note-{self.paragraph}-{len(self.notes)}"
            self.text.link(begin, f"[^{label}]", self.paragraph)
            self.notes.append((label, child(node, "note-body")))
        elif name in {"reference-mark-start", "reference-mark"}:
            self.cited.append(attribute(node, "name"))
        elif name == "bibliography-mark":
            self.records.append(_mark_pairs(node))
            self.inside(node, depth + 1, italic=italic)
        else:
            if name == "p" and begin:
                self.text.put(" ")
            slanted = italic or self.styles.is_italic(attribute(node, "style-name"))
            self.inside(node, depth + 1, italic=slanted)
            if name == "a":
                self.text.link(begin, attribute(node, "href"), self.paragraph)


def _mark_pairs(node: Any) -> Pairs:
    """The record that LibreOffice keeps in a bibliography mark."""
    names = attribute(node, "author").split(";")
    return [
        ("type", attribute(node, "bibliography-type")),
        ("title", attribute(node, "title")),
        *(("author", name.strip()) for name in names if name.strip()),
        ("year", year_in(attribute(node, "year"))),
        ("venue", attribute(node, "journal") or attribute(node, "booktitle")),
        ("url", attribute(node, "url")),
        ("doi", attribute(node, "doi")),
    ]
