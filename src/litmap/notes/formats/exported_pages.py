"""What programs export as HTML: Zotero's report and notes with their records, Notion's pages."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any

from litmap.notes.bibliographies.csl_json import item_pairs
from litmap.notes.bibliographies.record import add_entry
from litmap.notes.builder import Builder
from litmap.notes.record_lines import Property, add_record

_REPORT = ".//ul[contains(concat(' ', normalize-space(@class), ' '), ' report ')]"
_ITEMS_KEPT = "data-citation-items"
_DROPPED_LISTS = {"attachments", "tags", "related"}
"""Classes of the lists below an item that nobody wrote; that of its notes is read."""
MAX_KEPT_CHARS = 4_000_000
"""Characters of the records that a note keeps."""


def find_report(tree: Any) -> list[Any]:
    """The items of a report; none for any other page."""
    lists = tree.xpath(_REPORT)
    items = [item for found in lists for item in found if item.tag == "li"]
    return [item for item in items if item.find("h2") is not None or item.find("table") is not None]


def read_report(items: list[Any], builder: Builder, walk: Callable[[Any], None]) -> None:
    """Adds each item's record; `walk` reads the notes below it."""
    for item in items:
        title = item.find("h2")
        line = item.sourceline or 1
        rows = list(_rows(item))
        if title is not None:
            rows.insert(0, Property("title", _words(title), line))
        if not add_record(builder, _numbered(rows, line), is_work=True):
            walk(item)
            continue
        for below in item:
            classes = set((below.get("class") or "").split())
            if below.tag in {"ul", "div", "p"} and not classes & _DROPPED_LISTS:
                walk(below)


def _rows(item: Any) -> Iterator[Property]:
    """The rows of an item's table: the name in <th>, the value in <td>."""
    table = item if item.tag == "table" else item.find("./table")
    for row in table.iter("tr") if table is not None else ():
        name, value = row.find("th"), row.find("td")
        if name is not None and value is not None:
            yield Property(_words(name).lower(), _words(value), row.sourceline or 1)


def _numbered(rows: list[Property], line: int) -> list[Property]:
    """The rows with the line of their item."""
    return [Property(row.name, row.value, line) for row in rows]


def _words(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())


def add_kept_items(tree: Any, builder: Builder) -> None:
    """Adds the records of what a note cites, which Zotero keeps in an attribute."""
    for node in tree.xpath(f".//*[@{_ITEMS_KEPT}]"):
        kept = urllib.parse.unquote(node.get(_ITEMS_KEPT) or "")
        try:
            items = json.loads(kept) if len(kept) <= MAX_KEPT_CHARS else []
        except (ValueError, RecursionError):
            continue
        for item in items if isinstance(items, list) else ():
            data = item.get("itemData") if isinstance(item, dict) else None
            if isinstance(data, dict):
                pairs = [pair for pair in item_pairs(data) if pair[0] != "key"]
                add_entry(builder, pairs, node.sourceline or 1)


def take_properties(tree: Any, builder: Builder) -> None:
    """Adds the record in the properties of a page of Notion, and takes their table out."""
    heading = tree.find(".//h1")
    title = _words(heading) if heading is not None else ""
    for table in tree.xpath(".//table[@class='properties']"):
        rows = list(_rows(table))
        if rows and add_record(builder, rows, page_title=title):
            table.getparent().remove(table)
