"""What reference managers leave in word processors' files: the records behind each citation.

Zotero and Mendeley keep CSL-JSON (in a field's code, a reference mark's name or, in base64, the tag
of a content control), EndNote its XML.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any

from litmap.notes.bibliographies.csl_json import item_pairs
from litmap.notes.bibliographies.record import Pairs, add_entry
from litmap.notes.bibliographies.xml_formats import endnote_pairs
from litmap.notes.builder import Builder
from litmap.notes.formats.packed_xml import local, parse_xml

_CSL = "CSL_CITATION"
_ENDNOTE = "EN.CITE"
_MENDELEY_TAG = "MENDELEY_CITATION_v3_"
MAX_CODE = 4_000_000
"""Characters of a field's code that are read."""
MAX_ITEMS = 500
"""Works of one citation."""


def add_cited(builder: Builder, code: str, line: int) -> None:
    """Adds the records in a field's code to the note, where it holds a citation."""
    for pairs in _records(code):
        add_entry(builder, [pair for pair in pairs if pair[0] != "key"], line)


def _records(code: str) -> Iterator[Pairs]:
    if len(code) > MAX_CODE:
        return
    if code.startswith(_MENDELEY_TAG):
        yield from _csl_records(_from_base64(code[len(_MENDELEY_TAG) :]))
    elif _CSL in code:
        yield from _csl_records(code[code.index(_CSL) + len(_CSL) :])
    elif _ENDNOTE in code and "<EndNote" in code:
        yield from _endnote_records(code[code.index("<EndNote") :])


def _csl_records(text: str) -> Iterator[Pairs]:
    """The items of a citation; what stands behind the JSON is left out."""
    begin = text.find("{")
    try:
        value, _ = json.JSONDecoder().raw_decode(text, max(begin, 0))
    except (ValueError, RecursionError):
        return
    items = value.get("citationItems") if isinstance(value, dict) else None
    for item in items[:MAX_ITEMS] if isinstance(items, list) else ():
        data: Any = item.get("itemData") if isinstance(item, dict) else None
        if isinstance(data, dict):
            yield item_pairs(data)


def _endnote_records(text: str) -> Iterator[Pairs]:
    end = text.rfind("</EndNote>")
    try:
        root = parse_xml(text[: end + len("</EndNote>")].encode("utf-8", "replace"))
    except ValueError:
        return
    for node in root.iter():
        if local(node) == "record":
            yield endnote_pairs(node)


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
