"""Mind maps of FreeMind, Freeplane and Docear: nodes of XML, read as an outline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from litmap.notes.builder import Builder
from litmap.notes.formats.outlines import Node, add_outline
from litmap.notes.formats.packed_xml import attribute, child, local, parse_xml


def read_mind_map(text: str, builder: Builder) -> None:
    """Reads a map into the builder, its middle as the title. Raises ValueError for what is none."""
    root = parse_xml(text.encode("utf-8", "replace"))
    middle = child(root, "node") if local(root) == "map" else None
    if middle is None:
        raise ValueError("not a mind map of FreeMind: there is no node in it")
    top = _tree(middle)
    if top.text:
        builder.set_root(top.text)
    for words in top.extra:
        top.children.insert(0, Node(words, top.line))
    add_outline(builder, top.children)


def _tree(middle: Any) -> Node:
    """The nodes below the middle of the map, without recursion."""
    top = _node(middle)
    todo = [(middle, top)]
    while todo:
        element, parent = todo.pop()
        for below in element:
            if local(below) == "node":
                node = _node(below)
                parent.children.append(node)
                todo.append((below, node))
    return top


def _node(element: Any) -> Node:
    """A node with its words, address, details and note."""
    rich = dict(_rich_texts(element))
    text = " ".join((attribute(element, "TEXT") or rich.pop("NODE", "")).split())
    rich.pop("NODE", None)
    link = attribute(element, "LINK")
    if link.startswith("http") and link not in text:
        text = f"[{text}]({link})" if text else link
    return Node(text, element.sourceline or 1, extra=list(filter(None, rich.values())))


def _rich_texts(element: Any) -> Iterator[tuple[str, str]]:
    """What a node holds as HTML: its words ('NODE'), its details and its note."""
    for below in element:
        if local(below) == "richcontent":
            yield attribute(below, "TYPE"), " ".join("".join(below.itertext()).split())
