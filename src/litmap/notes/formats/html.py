"""Saved web pages: prose, lists and headings.

Navigation, scripts, tooltips and boilerplate left out.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from litmap.models import Link
from litmap.notes.builder import Builder
from litmap.notes.formats.exported_pages import (
    add_kept_items,
    find_report,
    read_report,
    take_properties,
)
from litmap.notes.inline import Inline
from litmap.notes.nesting import describe_cut
from litmap.parsing.safe_markup import parse_html
from litmap.parsing.word_lists import load_pattern, load_words

_HOME = "litmap.notes"
_DROPPED = load_words("html_dropped", _HOME)
_BLOCKS = load_words("html_blocks", _HOME)
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_ITALICS = {"i", "em", "cite"}
_BOLD = {"b", "strong"}
_NEVER_BOILERPLATE = {"body", "html", "article", "main"}
_BOILERPLATE_ROLES = {"navigation", "banner", "contentinfo", "search", "tooltip", "menu"}
_BOILERPLATE = re.compile(
    rf"(?:^|[\s_-])(?:{load_pattern('html_boilerplate', _HOME)})(?:$|[\s_-])", re.I
)
_EDIT_MARK = re.compile(r"\s*(?:\[\s?edit\s?\]|¶|#)\s*$")
_NO_ADDRESS = ("#", "javascript:", "mailto:")
_TO_ENTRY = re.compile(r"#(?:citeproc_bib_item_\d|ref-\w)")
"""A link to an entry of a list that citeproc or pandoc wrote."""
_ENTRY_CLASSES = re.compile(r"(?:^|\s)csl-entry(?:\s|$)")
_BACK_LINK = re.compile(r"\s*[↑^]")
_REFERENCE_ID = re.compile(r"cite_note|^fn|footnote|^ref|bib|endnote", re.I)
_NAME_OF_SITE = re.compile(r"\s+[|–—-]\s+(?=[^|–—-]{1,40}$)")
_PLACES_OF_ARTICLE = (
    ".//*[@id='mw-content-text']/../..",
    ".//main",
    ".//article",
    ".//*[@id='content']",
    ".//*[@role='main']",
)
MAX_DEPTH = 200
"""Elements in each other; what is deeper is taken as plain text."""
MAX_DEEP_CHARS = 100_000
MAX_NESTED_TABLE_CHARS = 5_000
MAX_ITALIC_CHARS = 200
MAX_LIST_DEPTH = 12
"""Levels of lists that are told apart."""
MAX_LINES = 5_000
"""Lines of a block whose beginnings are kept."""
MAX_SOURCE_LINE = 10_000_000
MAX_CLASS_CHARS = 1_999
"""A longer class says nothing about an element."""


def is_html(text: str) -> bool:
    """True for text that begins as a page does."""
    head = text[:20_000]
    start = head.lstrip()[:400].lower()
    return start.startswith(("<!doctype html", "<html")) or (
        "<head" in start and "<body" in head.lower()
    )


def read_html(text: str, builder: Builder) -> None:
    """Reads an HTML page into the builder. Raises ValueError where there is no element at all."""
    tree, builder.broken = _parse(text)
    title = _NAME_OF_SITE.split(" ".join((tree.findtext(".//title") or "").split()))[0]
    if title:
        builder.title = title
        if not tree.findall(".//h1") and not tree.findall(".//h2"):
            builder.set_root(title)
    walker = _Walker(builder)
    if items := find_report(tree):
        read_report(items, builder, walker.read)
        return
    add_kept_items(tree, builder)
    take_properties(tree, builder)
    body = tree.find("body")
    walker.read(_main_part(body if body is not None else tree))


def read_html_block(text: str, builder: Builder, line: int, level: int = 0) -> None:
    """Reads a piece of HTML that stands in another format from a line (counted from 1) on.

    Its headings stand below one of this level.
    """
    try:
        tree, broken = _parse(text)
    except ValueError:
        return  # tags alone
    builder.broken = builder.broken or broken
    add_kept_items(tree, builder)
    body = tree.find("body")
    _Walker(builder, line - 1, level).read(body if body is not None else tree)


def _parse(text: str) -> tuple[Any, str]:
    """The tree of a page, and what is broken in it. Raises ValueError where there is no element."""
    tree, errors = parse_html(text.encode("utf-8", "replace"))
    return tree, describe_cut(errors)


def _main_part(body: Any) -> Any:
    """The page's article where it is marked and holds most of the text."""
    whole = len("".join(body.itertext())) or 1
    for path in _PLACES_OF_ARTICLE:
        parts = body.xpath(path)
        if len(parts) == 1 and len("".join(parts[0].itertext())) > 0.5 * whole:
            return parts[0]
    return body


def _name(node: Any) -> str:
    """The name of an element in lower case, '' for what is none."""
    return node.tag.lower() if isinstance(node.tag, str) else ""


def is_boilerplate(node: Any) -> bool:
    """True for an element that is hidden, or no prose of the page by its role or class."""
    if _name(node) in _NEVER_BOILERPLATE:
        return False
    return (
        _is_hidden(node) or node.get("role") in _BOILERPLATE_ROLES or _has_boilerplate_class(node)
    )


def _is_hidden(node: Any) -> bool:
    return (
        node.get("aria-hidden") == "true"
        or node.get("hidden") is not None
        or "display:none" in (node.get("style") or "").replace(" ", "")
    )


def _has_boilerplate_class(node: Any) -> bool:
    classes = f"{node.get('class') or ''} {node.get('id') or ''}"
    return (
        len(classes) <= MAX_CLASS_CHARS
        and bool(_BOILERPLATE.search(classes))
        and "reference" not in classes.lower().replace("referencetooltip", "")
    )


class _Walker:
    """Walks the elements; a block is held until an element shows that it has ended.

    `lines_before`: lines of the note before the first that is walked. Headings stand below one of
    this level.
    """

    def __init__(self, builder: Builder, lines_before: int = 0, level: int = 0) -> None:
        self.builder = builder
        self.lines_before, self.level = lines_before, level
        self.parts: list[str] = []
        self.size = 0
        self.links: list[Link] = []
        self.emphasis: list[str] = []
        self.lead = ""
        self.line = 0
        self.lines: list[tuple[int, int]] = []
        self.kind = "paragraph"
        self.fields: tuple[tuple[str, str], ...] = ()
        self.title = ""

    def read(self, node: Any) -> None:
        """Walks an element to its end."""
        self.walk(node)
        self.flush()

    def text(self, text: str | None, line: int) -> None:
        """Adds running text, blanks run together."""
        if not text:
            return
        words = text.strip()
        if not words:
            self.blank()
            return
        lead = len(text) - len(text.lstrip())
        if not self.line:
            self.line = line + text[:lead].count("\n")
        if lead:
            self.blank()
        self.words(words, line + text[:lead].count("\n"))
        if text[-1].isspace():
            self.put(" ")

    def words(self, text: str, line: int) -> None:
        """Adds text that begins and ends with a word; its line breaks become blanks."""
        for index, source in enumerate(text.split("\n")):
            words = " ".join(source.split())
            if words:
                if index:
                    self.put(" ")
                self.lines.append((line + index, self.size))
                self.put(words)

    def put(self, text: str) -> None:
        """Adds text as it is."""
        self.parts.append(text)
        self.size += len(text)

    def blank(self) -> None:
        """Adds a blank between words where there is none yet."""
        if self.parts and not self.parts[-1].endswith(" "):
            self.put(" ")

    def flush(self) -> None:
        """Ends the block that is being read."""
        text = "".join(self.parts)
        if text.strip() or self.links:
            inline = Inline(text, self.links, self.starts(), self.emphasis, self.lead)
            line = self.lines_before + (self.line or 1)
            self.builder.add(self.kind, inline, line, *self.fields)
        self.clear()

    def starts(self) -> list[int]:
        """Offsets at which source lines begin, as `NoteBlock.line_starts` wants them."""
        starts = [0]
        for line, offset in self.lines:
            while len(starts) <= line - self.line and len(starts) < MAX_LINES:
                starts.append(offset)
        return starts

    def clear(self) -> None:
        """Forgets the block."""
        self.parts, self.links, self.lines, self.emphasis = [], [], [], []
        self.size = self.line = 0
        self.lead = ""

    def walk(self, node: Any, depth: int = 0) -> None:
        """Walks an element; what is nested deeper than any page needs is taken as plain text."""
        name = _name(node)
        if not name or name in _DROPPED or is_boilerplate(node):
            return
        line = min(node.sourceline or 1, MAX_SOURCE_LINE)
        if depth > MAX_DEPTH:
            self.text("".join(node.itertext())[:MAX_DEEP_CHARS], line)
        elif name in _HEADINGS:
            self.heading(node, int(name[1]), line, depth)
        elif name == "a" and node.get("href"):
            self.anchor(node, line, depth)
        elif name == "br":
            self.put(" ")
        elif name in _BLOCKS:
            self.block(node, name, line, depth)
        else:
            self.phrase(node, name, line, depth)

    def phrase(self, node: Any, name: str, line: int, depth: int) -> None:
        """Takes an element inside a block."""
        begin = len(self.parts)
        self.inside(node, line, depth)
        if name in _BOLD and begin == 0:
            self.lead = "".join(self.parts)[:MAX_ITALIC_CHARS]
        if name in _ITALICS:
            self.emphasis.append("".join(self.parts[begin:])[:MAX_ITALIC_CHARS])

    def inside(self, node: Any, line: int, depth: int) -> None:
        """Walks what is inside an element."""
        self.text(node.text, line)
        last = line + (node.text or "").count("\n")
        for child in node:
            self.walk(child, depth + 1)
            if child.tail and _name(child):
                last = (child.sourceline or last) + "".join(child.itertext()).count("\n")
            self.text(child.tail, last)

    def heading(self, node: Any, level: int, line: int, depth: int) -> None:
        """Takes a heading, its edit links left out."""
        self.flush()
        self.kind = "heading"
        self.inside(node, line, depth)
        text, links = "".join(self.parts), self.links
        text = _EDIT_MARK.sub("", text)
        starts = self.starts()
        self.clear()
        self.kind = "paragraph"
        if text.strip():
            inline = Inline(text, links, starts)
            self.builder.heading(self.level + level, inline, self.lines_before + line)

    def anchor(self, node: Any, line: int, depth: int) -> None:
        """Takes a link; a footnote's marker stays as text."""
        begin = self.size
        self.line = self.line or line
        self.inside(node, line, depth)
        text = "".join(self.parts)[begin:]
        target = str(node.get("href")).strip()
        leads_away = not target.startswith(_NO_ADDRESS) or _TO_ENTRY.match(target)
        if target and leads_away and not _BACK_LINK.match(text):
            line += self.lines_before
            self.links.append(Link(" ".join(text.split()), target, line, begin, self.size))

    def block(self, node: Any, name: str, line: int, depth: int) -> None:
        """Takes an element that is a block of its own."""
        self.flush()
        outer = (self.kind, self.fields)
        if name in {"li", "dt", "dd"}:
            self.kind, self.fields = "item", _item_fields(node)
        elif _ENTRY_CLASSES.search(node.get("class") or ""):
            self.kind, self.fields = "item", _entry_fields(node)
        elif name == "tr":
            self.row(node, line, depth)
            return
        elif name in {"p", "blockquote"} and outer[0] != "item":
            self.kind, self.fields = "paragraph", ()
        self.inside(node, line, depth)
        self.flush()
        self.kind, self.fields = outer

    def row(self, node: Any, line: int, depth: int) -> None:
        """Takes a row of a table as one block."""
        self.kind = "cell"
        for index, cell in enumerate(child for child in node if isinstance(child.tag, str)):
            if index and self.size:
                self.put("\u2003|\u2003")
            self.text(cell.text, cell.sourceline or line)
            for child in cell:
                self.walk_flat(child, depth + 1)
        self.flush()
        self.kind = "paragraph"

    def walk_flat(self, node: Any, depth: int) -> None:
        """Walks inside a table's cell, where blocks do not end the row."""
        name = _name(node)
        line = node.sourceline or 1
        if name == "table":
            self.text(" ".join("".join(node.itertext()).split())[:MAX_NESTED_TABLE_CHARS], line)
        elif name in _BLOCKS and depth < MAX_DEPTH:
            self.text(node.text, line)
            for child in node:
                self.walk_flat(child, depth + 1)
            self.put(" ")
        elif name:
            self.walk(node, depth + 1)
        self.text(node.tail, line)


def _item_fields(node: Any) -> tuple[tuple[str, str], ...]:
    """The number of an item, and whether it stands in a list of references."""
    parent = node.getparent()
    fields: list[tuple[str, str]] = []
    if parent is not None and _name(parent) == "ol":
        fields.append(("number", str(_number_of_item(node, parent))))
    if depth := sum(1 for _ in islice(node.iterancestors("li"), MAX_LIST_DEPTH)):
        fields.append(("indent", str(depth)))
    if _is_reference(node, parent):
        fields.append(("list", "references"))
    return tuple(fields)


def _entry_fields(node: Any) -> tuple[tuple[str, str], ...]:
    """Those of an entry that citeproc or pandoc wrote: its label is the target of its links."""
    labels = [node.get("id"), *node.xpath("./a[not(@href)]/@id")]
    label = next(filter(None, labels), "")
    listed = ("list", "references")
    return (listed, ("label", str(label))) if label else (listed,)


def _number_of_item(node: Any, parent: Any) -> int:
    start = parent.get("start") or "1"
    before = sum(1 for _ in node.itersiblings("li", preceding=True))
    return (int(start) if start.isdigit() else 1) + before


def _is_reference(node: Any, parent: Any) -> bool:
    classes = parent.get("class") if parent is not None else None
    return bool(_REFERENCE_ID.search(node.get("id") or "")) or "references" in (classes or "")
