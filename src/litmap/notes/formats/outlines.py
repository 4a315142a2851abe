"""Outlines that programs keep as trees: OPML, and the JSON exports of Roam and Logseq."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from litmap.notes.builder import Builder
from litmap.notes.formats.packed_xml import attribute, child, local, parse_xml
from litmap.notes.inline import read_inline
from litmap.notes.nesting import MAX_DEPTH, load_json
from litmap.notes.record_lines import Property, add_record, property_of
from litmap.parsing.grammar import FOUR_FIGURES

_GRAPH = re.compile(
    r"\"(?:children|blocks)\"\s*:\s*\[.*?\"(?:string|content|page-name|uid|id)\"\s*:", re.S
)
_GRAPH_KEYS = re.compile(r"\"(?:create-time|edit-time|edit-email|page-name|string|uid)\"\s*:")
_NAMES_A_WORK = re.compile(rf"{FOUR_FIGURES}|https?://|10\.\d{{4}}|@|\(\(|\]\(")
_EMBED = re.compile(r"\{\{(?:\[\[)?[\w-]{1,40}(?:\]\])?:?[^{}]{0,500}\}\}|\(\([\w-]{6,40}\)\)")
_ITALIC = re.compile(r"(?<!\w)__(?=\S)([^_\n]{1,400})(?<=\S)__(?!\w)")
_LOGSEQ_HEADING = re.compile(r"#{1,6}\s+")
MAX_HEADING_CHARS = 100
"""Characters of a node that opens a topic for what stands below it."""
MAX_LEVEL = 60
_INDENT = 2
"""Columns by which a level is set in."""


@dataclass(slots=True)
class Node:
    """A line of an outline with those below it. `extra` are further paragraphs of it."""

    text: str
    line: int
    children: list[Node] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    is_page: bool = False


def add_outline(builder: Builder, nodes: list[Node]) -> None:
    """Adds an outline: what is short and has lines below it is a heading, the rest are items."""
    todo = [(node, 1, 0) for node in reversed(nodes)]
    while todo:
        node, level, indent = todo.pop()
        children = _without_record(builder, node)
        inline = read_inline(node.text, node.line)
        is_topic = node.is_page or (bool(children) and names_a_topic(inline.text))
        if is_topic:
            builder.heading(min(level, MAX_LEVEL), inline, node.line)
            indent = -1
        else:
            builder.close_headings(level)
            builder.add("item", inline, node.line, ("indent", str(indent * _INDENT)))
        for words in node.extra:
            builder.add("paragraph", read_inline(words, node.line), node.line)
        todo += [(child, level + 1, indent + 1) for child in reversed(children)]


def names_a_topic(text: str) -> bool:
    """True for the line of an outline that is a topic: 'Seals', not 'Rowe (2015). Kites.'."""
    words = text.strip()
    is_short = 0 < len(words) <= MAX_HEADING_CHARS and not words.endswith(".")
    return is_short and not _NAMES_A_WORK.search(words)


def _without_record(builder: Builder, node: Node) -> list[Node]:
    """The lines below a node that are no properties of it; those become the record of a work."""
    found = [(below, property_of(below.text)) for below in node.children]
    properties = [
        Property(prop.name, prop.value or " ".join(c.text for c in below.children), below.line)
        for below, prop in found
        if prop
    ]
    if not add_record(builder, properties, page_title=node.text if node.is_page else ""):
        return node.children
    return [below for below, prop in found if not prop]


# ── OPML ─────────────────────────────────────────────────────────────────────────────────────────
def read_opml(text: str, builder: Builder) -> None:
    """Reads OPML into the builder. Raises ValueError for what is none."""
    root = parse_xml(text.encode("utf-8", "replace"))
    body = child(root, "body") if local(root) == "opml" else None
    if body is None:
        raise ValueError("not OPML: there is no outline in it")
    title = child(root, "head", "title")
    words = " ".join("".join(title.itertext()).split()) if title is not None else ""
    nodes = _opml_nodes(body)
    if words:
        builder.title = words
        if len(nodes) != 1:
            builder.set_root(words)
    add_outline(builder, nodes)


def _opml_nodes(body: Any) -> list[Node]:
    """The outline, without recursion; `_note` is what Workflowy and OmniOutliner add to a line."""
    top = Node("", 0)
    todo = [(body, top)]
    while todo:
        element, parent = todo.pop()
        for below in element:
            if local(below) != "outline":
                continue
            note = attribute(below, "_note")
            node = Node(_opml_text(below), below.sourceline or 1, extra=[note] if note else [])
            parent.children.append(node)
            todo.append((below, node))
    return top.children


def _opml_text(node: Any) -> str:
    """The words of a line, with its address where it has one."""
    text = attribute(node, "text") or attribute(node, "title")
    url = attribute(node, "url") or attribute(node, "htmlUrl")
    return f"[{text}]({url})" if url.startswith("http") and url not in text else text


# ── Roam and Logseq ──────────────────────────────────────────────────────────────────────────────
def is_graph_json(text: str) -> bool:
    """True for the JSON of Roam ('string', 'children') or Logseq ('blocks', 'content')."""
    head = text[:20_000]
    return bool(_GRAPH_KEYS.search(head)) and bool(_GRAPH.search(head))


def read_graph_json(text: str, builder: Builder) -> None:
    """Reads an export of Roam or Logseq into the builder. Raises ValueError for other JSON."""
    data = load_json(text)
    pages = data.get("blocks") if isinstance(data, dict) else data
    if not isinstance(pages, list):
        raise ValueError("not an export of Roam or Logseq")  # noqa: TRY004 (the file's fault)
    lines = _Lines(text)
    nodes = [node for page in pages if (node := _page(page, lines)) is not None]
    if not nodes:
        raise ValueError("not an export of Roam or Logseq: there are no pages in it")
    add_outline(builder, nodes)


class _Lines:
    """The lines of an export's texts, asked in the order in which they stand."""

    def __init__(self, text: str) -> None:
        self.text, self.position, self.line = text, 0, 1

    def of(self, key: str) -> int:
        """The line of the next text under this key; that of the last where there is none."""
        found = self.text.find(f'"{key}"', self.position)
        if found >= 0:
            self.line += self.text.count("\n", self.position, found)
            self.position = found + 1
        return self.line


def _page(page: Any, lines: _Lines) -> Node | None:
    if not isinstance(page, dict):
        return None
    title = page.get("title") or page.get("page-name")
    if not isinstance(title, str):
        return None
    top = Node(title.strip(), 0, is_page=True)
    key = "title" if "title" in page else "page-name"
    top.line = lines.of(key)
    properties = page.get("properties")
    top.children = list(_property_nodes(properties, top.line))
    top.children += _blocks(page.get("children"), lines, 0)
    return top


def _property_nodes(properties: Any, line: int) -> Iterator[Node]:
    """Logseq's properties of a page as the lines they stand for."""
    for name, value in properties.items() if isinstance(properties, dict) else ():
        values = value if isinstance(value, list) else [value]
        yield Node(f"{name}:: {'; '.join(str(v) for v in values)}", line)


def _blocks(children: Any, lines: _Lines, depth: int) -> list[Node]:
    """The blocks of a page. Raises ValueError where they nest too deep."""
    if depth > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    nodes: list[Node] = []
    for block in children if isinstance(children, list) else ():
        if not isinstance(block, dict):
            continue
        key = "string" if "string" in block else "content"
        line = lines.of(key)
        first, *others = _clean(block.get(key)).split("\n")
        node = Node(first, line)
        nodes.append(node)
        _add_lines(node, others)
        node.children += _blocks(block.get("children"), lines, depth + 1)
    return nodes


def _add_lines(node: Node, others: list[str]) -> None:
    """The further lines of a block: properties are children, the rest is text."""
    words = [line for line in others if not property_of(line)]
    node.children = [Node(line, node.line) for line in others if property_of(line)]
    text = " ".join(words).strip()
    node.extra = [text] if text else []


def _clean(text: Any) -> str:
    """A block's text as Markdown: without embeds, references to blocks and highlights."""
    words = _EMBED.sub("", text) if isinstance(text, str) else ""
    return _LOGSEQ_HEADING.sub("", _ITALIC.sub(r"*\1*", words.replace("^^", "")), count=1).strip()
