"""Obsidian's canvas: cards of Markdown, addresses and pages on a plane, some inside named groups.

The format is JSON Canvas 1.0 (jsoncanvas.org). A group is a heading above the cards that lie in it;
cards are read from top to bottom.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from litmap.notes.builder import Builder
from litmap.notes.formats.markdown import read_markdown
from litmap.notes.formats.notebook import PlaceFinder, place_of
from litmap.notes.nesting import load_json

MAX_GROUPS = 500
"""Groups whose borders are compared with those of each card; of more none is a heading."""
MAX_NESTED = 5
"""Groups inside one another that are headings."""
_HEADING = re.compile(r"#{1,6}\s")
_PAGE_ENDING = re.compile(r"\.(?:md|canvas)$", re.I)


@dataclass(frozen=True, slots=True)
class _Card:
    """A node of the canvas with its borders; `words` are its Markdown, or a group's name."""

    words: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def size(self) -> float:
        return (self.right - self.left) * (self.bottom - self.top)

    @property
    def order(self) -> tuple[float, float]:
        """From top to bottom, then from left to right."""
        return self.top, self.left

    def holds(self, other: _Card) -> bool:
        """Whether the middle of another card lies in this one."""
        x, y = (other.left + other.right) / 2, (other.top + other.bottom) / 2
        inside = self.left <= x <= self.right and self.top <= y <= self.bottom
        return inside and self.size > other.size


def read_canvas(text: str, builder: Builder) -> None:
    """Reads the cards into the builder. Raises ValueError for what is no canvas."""
    groups: list[_Card] = []
    cards: list[tuple[_Card, list[int]]] = []
    finder = PlaceFinder(text)
    for node in _nodes(text):
        card = _card(node)
        if card and node.get("type") == "group":
            groups.append(card)
        elif card:
            cards.append((card, [finder.line_of(line) for line in card.words.splitlines()]))
    written = list(_written(groups, cards))
    inner = Builder()
    read_markdown("\n".join(line for line, _ in written), inner)
    places = [place for _, place in written]
    builder.add_from(inner, lambda line: place_of(places, line))


def _nodes(text: str) -> list[dict[str, Any]]:
    """The nodes. Raises ValueError where there is no list of them."""
    try:
        data = load_json(text or "{}")  # a new canvas is an empty file
    except json.JSONDecodeError as error:
        raise ValueError(f"not a canvas (line {error.lineno})") from error
    nodes = data.get("nodes", []) if isinstance(data, dict) else None
    if not isinstance(nodes, list):
        raise ValueError("not a canvas: it has no nodes")  # noqa: TRY004 (the file's fault)
    return [node for node in nodes if isinstance(node, dict)]


def _card(node: dict[str, Any]) -> _Card | None:
    """A node with its words; None for one that says nothing."""
    words = _words(node)
    if not words.strip():
        return None
    left, top, width, height = (_number(node.get(k)) for k in ("x", "y", "width", "height"))
    return _Card(words, left, top, left + width, top + height)


def _words(node: dict[str, Any]) -> str:
    """A node as Markdown: its text, its address, or a link to its page."""
    field = {"text": "text", "link": "url", "file": "file", "group": "label"}
    value = node.get(field.get(str(node.get("type")), ""))
    if not isinstance(value, str):
        return ""
    if node["type"] == "link":
        return f"<{value}>" if value.startswith("http") else ""
    if node["type"] == "file":
        return f"[[{_PAGE_ENDING.sub('', value.rsplit('/', 1)[-1])}]]"
    return value


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and abs(value) < 1e12 else 0.0


def _written(
    groups: Sequence[_Card], cards: Sequence[tuple[_Card, list[int]]]
) -> Iterator[tuple[str, int]]:
    """The lines of the cards in reading order below the names of their groups, and their places."""
    groups = groups if len(groups) <= MAX_GROUPS else []
    filed = [(_groups_around(card, groups), card, places) for card, places in cards]
    filed.sort(key=lambda one: ([group.order for group in one[0]], one[1].order))
    above: list[_Card] = []
    for around, card, places in filed:
        for level, group in enumerate(around, 1):
            if above[:level] != around[:level]:
                above = around[:level]
                yield f"{'#' * level} {' '.join(group.words.split())}", places[0]
        yield "", places[0]
        for line, place in zip(card.words.splitlines(), places, strict=True):
            yield ("#" * len(around) + line if _HEADING.match(line) else line), place
        yield "", places[-1]


def _groups_around(card: _Card, groups: Sequence[_Card]) -> list[_Card]:
    """The groups in which a card lies, the largest first."""
    around = [group for group in groups if group.holds(card)]
    return sorted(around, key=lambda group: -group.size)[:MAX_NESTED]
