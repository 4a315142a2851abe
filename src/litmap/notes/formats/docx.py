"""Word's .docx (ECMA-376): headings by their styles, lists, tables, notes, links, citation fields.

There are no lines in it: a block's line is the number of its paragraph, as Word counts them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from litmap.notes.builder import Builder
from litmap.notes.formats.citation_fields import add_cited
from litmap.notes.formats.packed_xml import Archive, attribute, child, local
from litmap.notes.formats.rich_text import RichText

_DOCUMENT = "word/document.xml"
_HEADING = re.compile(r"heading (\d)$", re.I)
_HYPERLINK = re.compile(r"\s*HYPERLINK\s+\"([^\"]{1,3000})\"")
_LIST_STYLE = re.compile(r"list\b", re.I)
_CITING_TAG = re.compile(r"MENDELEY_CITATION")
_SKIPPED = {"Fallback", "del", "moveFrom", "pPr", "rPr", "sdtPr", "instrText", "delText"}
_BLANKS = {"tab", "br", "cr", "ptab"}
_INDENT = 2
"""Columns by which a level of a list is set in."""
MAX_STYLES_ABOVE = 20
MAX_DEPTH = 200
"""Elements in each other; what is deeper is left out."""


def read_docx(data: bytes, builder: Builder) -> None:
    """Reads a Word document into the builder. Raises ValueError for what is none."""
    archive = Archive(data, "a Word document")
    root = archive.xml(_DOCUMENT)
    body = child(root, "body") if root is not None else None
    if body is None:
        raise ValueError("not a Word document: there is no text in it")
    _DocxReader(archive, builder).read(body)


class _Styles:
    """What paragraph styles and list levels mean."""

    def __init__(self, styles: Any, numbering: Any) -> None:
        self.nodes = {attribute(node, "styleId"): node for node in _children(styles, "style")}
        self.levels: dict[str, Any] = {
            attribute(node, "abstractNumId"): node for node in _children(numbering, "abstractNum")
        }
        self.lists = {
            attribute(node, "numId"): _value(node, "abstractNumId")
            for node in _children(numbering, "num")
        }

    def heading_level(self, style: str) -> int:
        """The level of a heading's style, that of a title 1; 0 for another style."""
        for node in self._with_parents(style):
            name = _value(node, "name")
            if match := _HEADING.match(name):
                return int(match.group(1))
            outline = _value(node, "pPr", "outlineLvl")
            if outline.isdigit() and int(outline) < 9:
                return int(outline) + 1
            if name.lower() == "title":
                return 1
        match = re.match(r"(?i)heading(\d)$", style)
        return int(match.group(1)) if match and style not in self.nodes else 0

    def list_of(self, style: str) -> Any:
        """The <numPr> that a style gives, or None; a style named 'List …' is a list without one."""
        for node in self._with_parents(style):
            numbering = child(node, "pPr", "numPr")
            if numbering is not None:
                return numbering
        return None

    def is_list(self, style: str) -> bool:
        """True for a style that is named after lists."""
        return style in self.nodes and bool(_LIST_STYLE.match(_value(self.nodes[style], "name")))

    def is_numbered(self, list_id: str, level: str) -> bool:
        """True where the items of a list's level are numbered 1, 2, 3."""
        for node in _children(self.levels.get(self.lists.get(list_id, "")), "lvl"):
            if attribute(node, "ilvl") == level:
                return _value(node, "numFmt") == "decimal"
        return False

    def _with_parents(self, style: str) -> Iterator[Any]:
        for _ in range(MAX_STYLES_ABOVE):
            if style not in self.nodes:
                return
            yield self.nodes[style]
            style = _value(self.nodes[style], "basedOn")


def _children(node: Any, name: str) -> list[Any]:
    return [below for below in node if local(below) == name] if node is not None else []


def _value(node: Any, *path: str) -> str:
    """The attribute 'val' of the element at a path, '' where there is none."""
    found = child(node, *path) if node is not None else None
    return attribute(found, "val") if found is not None else ""


class _DocxReader:
    """Walks the body; fields and links are open from one run to the next."""

    def __init__(self, archive: Archive, builder: Builder) -> None:
        self.builder = builder
        self.styles = _Styles(archive.xml("word/styles.xml"), archive.xml("word/numbering.xml"))
        self.targets = _targets(archive)
        self.archive = archive
        self.paragraph = 0
        self.counters: Counter[tuple[str, int]] = Counter()
        self.text = RichText()
        self.fields: list[_Field] = []
        self.cited: list[str] = []
        """Codes of citation fields in the paragraph that is being read."""

    def read(self, body: Any) -> None:
        """Reads the body, then the foot- and endnotes."""
        self.blocks(body, 0)
        for kind in ("footnote", "endnote"):
            self.notes(kind)

    def notes(self, kind: str) -> None:
        """Reads the notes of a kind as definitions of their marks."""
        root = self.archive.xml(f"word/{kind}s.xml")
        for note in _children(root, kind):
            if attribute(note, "type") not in {"", "normal"}:
                continue
            self.text = RichText()
            self.paragraph += 1
            self.inside(note, 0)
            label = f"{kind}-{attribute(note, 'id')}"
            self.builder.add("definition", self.text.done(), self.paragraph, ("footnote", label))
            self.add_citations()
        self.text = RichText()

    def blocks(self, node: Any, depth: int) -> None:
        """Reads paragraphs and tables, whatever they are wrapped in."""
        if depth > MAX_DEPTH:
            return
        for below in node:
            name = local(below)
            if name == "p":
                self.read_paragraph(below)
            elif name == "tbl":
                self.table(below, depth)
            elif name and name not in _SKIPPED:
                self.enter(below, name)
                self.blocks(below, depth + 1)

    def read_paragraph(self, node: Any) -> None:
        """Reads one paragraph as a heading, an item or running text."""
        self.paragraph += 1
        self.text = RichText()
        self.inside(node, 0)
        inline = self.text.done()
        style = _value(node, "pPr", "pStyle")
        level = self.level(node, style)
        fields = self.item_fields(node, style)
        if level:
            self.builder.heading(level, inline, self.paragraph)
        elif fields and not self.text.is_empty:
            self.builder.add("item", inline, self.paragraph, *fields)
        elif not self.text.is_empty:
            self.builder.add("paragraph", inline, self.paragraph)
        self.add_citations()
        self.text = RichText()

    def level(self, node: Any, style: str) -> int:
        """The level of a heading, 0 for other paragraphs."""
        outline = _value(node, "pPr", "outlineLvl")
        if outline.isdigit() and int(outline) < 9:
            return int(outline) + 1
        return self.styles.heading_level(style)

    def item_fields(self, node: Any, style: str) -> list[tuple[str, str]]:
        """The indent and number of an item; none for a paragraph outside of lists."""
        numbering = child(node, "pPr", "numPr")
        if numbering is None:
            numbering = self.styles.list_of(style)
        if numbering is None:
            return [("indent", "0")] if self.styles.is_list(style) else []
        list_id, level = _value(numbering, "numId"), _value(numbering, "ilvl") or "0"
        if list_id == "0" or not level.isdigit():
            return []
        fields = [("indent", str(min(int(level), 9) * _INDENT))]
        if self.styles.is_numbered(list_id, level):
            fields.append(("number", str(self.next_number(list_id, int(level)))))
        return fields

    def next_number(self, list_id: str, level: int) -> int:
        """Counts an item, and begins the levels below it anew."""
        self.counters[list_id, level] += 1
        for deeper in range(level + 1, 10):
            del self.counters[list_id, deeper]
        return self.counters[list_id, level]

    def table(self, node: Any, depth: int) -> None:
        """Reads each row of a table as one block."""
        for row in _children(node, "tr"):
            self.text = RichText()
            self.paragraph += 1
            for index, cell in enumerate(_children(row, "tc")):
                if index:
                    self.text.put("\u2003|\u2003")
                self.inside(cell, depth + 1)
            if not self.text.is_empty:
                self.builder.add("cell", self.text.done(), self.paragraph)
            self.add_citations()
        self.text = RichText()

    def add_citations(self) -> None:
        """Adds the records that the paragraph's citation fields hold."""
        for code in self.cited:
            add_cited(self.builder, code, self.paragraph)
        self.cited = []

    # Inside a paragraph
    def inside(self, node: Any, depth: int) -> None:
        """Reads what stands inside a paragraph, link or content control."""
        if depth > MAX_DEPTH:
            return
        for below in node:
            name = local(below)
            if name == "r":
                self.run(below, depth + 1)
            elif name == "hyperlink":
                begin = self.text.size
                self.inside(below, depth + 1)
                self.text.link(begin, self.targets.get(attribute(below, "id"), ""), self.paragraph)
            elif name == "fldSimple":
                field = _Field(self.text.size, attribute(below, "instr"))
                self.inside(below, depth + 1)
                self.end_field(field)
            elif name == "t":  # of a formula
                self.text.put(below.text or "")
            elif name and name not in _SKIPPED:
                self.enter(below, name)
                self.inside(below, depth + 1)

    def enter(self, node: Any, name: str) -> None:
        """Begins a paragraph of a note or cell, or a content control, which may be a citation."""
        if name == "p" and self.text.size:
            self.text.put(" ")
        elif name == "sdt":
            tag = _value(node, "sdtPr", "tag")
            self.cited += [tag] if _CITING_TAG.match(tag) else []

    def run(self, node: Any, depth: int) -> None:
        """Reads a run of text that is set in one way."""
        italic = _is_on(child(node, "rPr", "i"))
        for below in node:
            name = local(below)
            if name == "t":
                self.text.put(below.text or "", italic=italic)
            elif name in _BLANKS:
                self.text.put(" ")
            elif name == "noBreakHyphen":
                self.text.put("-")
            elif name in {"footnoteReference", "endnoteReference"}:
                label = f"{name.removesuffix('Reference')}-{attribute(below, 'id')}"
                self.text.link(self.text.size, f"[^{label}]", self.paragraph)
            elif name in {"fldChar", "instrText"}:
                self.field_part(below, name)
            elif name and name not in _SKIPPED:
                self.inside(below, depth + 1)

    def field_part(self, node: Any, name: str) -> None:
        """Reads the marks and the code of a field."""
        kind = attribute(node, "fldCharType")
        if kind == "begin":
            self.fields.append(_Field(self.text.size))
        elif not self.fields:
            return
        elif name == "instrText":
            self.fields[-1].code += node.text or ""
        elif kind == "separate":
            self.fields[-1].begin = self.text.size
        elif kind == "end":
            self.end_field(self.fields.pop())

    def end_field(self, field: _Field) -> None:
        """Makes a field's text a link, or keeps its citation."""
        if match := _HYPERLINK.match(field.code):
            begin = min(field.begin, self.text.size)
            self.text.link(begin, match.group(1), self.paragraph)
        elif "CITATION" in field.code or "EN.CITE" in field.code:
            self.cited.append(field.code.strip())


class _Field:
    """A field that is being read: its code, and where its text begins."""

    def __init__(self, begin: int, code: str = "") -> None:
        self.begin, self.code = begin, code


def _is_on(switch: Any) -> bool:
    return switch is not None and attribute(switch, "val") not in {"0", "false", "off"}


def _targets(archive: Archive) -> dict[str, str]:
    """The addresses of links by the ids of their relations."""
    root = archive.xml("word/_rels/document.xml.rels")
    found: dict[str, str] = {}
    for node in root if root is not None else ():
        if attribute(node, "Type").endswith("/hyperlink"):
            found[attribute(node, "Id")] = attribute(node, "Target")
    return found
