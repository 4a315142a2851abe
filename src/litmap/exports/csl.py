"""CSL-JSON, as Zotero and pandoc read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from litmap.export_marks import CSL_MARK
from litmap.exports.csl_items import Item, raw_item
from litmap.exports.keys import LibraryWork
from litmap.exports.publications import Publication, publications
from litmap.parsing.markup import one_line


def to_csl(works: Sequence[LibraryWork]) -> str:
    """A JSON list, one item a work, in the order given.

    The user's own items keep their ids and fields as they are. What CSL has no field for stands
    under `custom`.
    """
    items = [_item(publication) for publication in publications(works, "csl")]
    text = json.dumps(items, ensure_ascii=False, indent=2) + "\n"
    return text.encode("utf-8", "replace").decode()  # half a pair of '\ud83d' is no character


def _item(publication: Publication) -> Item:
    record, item = publication.record, publication.item
    key: Any = publication.key
    if record and record.format == "csl" and "itemType" not in dict(record.fields):
        item = raw_item(record) | _clean(publication.added)
        key = item.get("id", key) if key == record.key else key
    else:
        item = _clean(item)
    custom = item.get("custom")
    custom = CSL_MARK | (custom if isinstance(custom, dict) else {})
    head = {"id": key, "type": item.get("type", "document"), "custom": custom}
    head["title"] = item.get("title", "")
    return head | {name: value for name, value in item.items() if name not in head}


def _clean(value: Any) -> Any:
    """The value with each text in one line, empty ones left out."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, dict):
        cleaned = {one_line(name): _clean(part) for name, part in value.items()}
        return {name: part for name, part in cleaned.items() if part not in ("", [], {}, None)}
    if isinstance(value, list):
        return [part for part in map(_clean, value) if part not in ("", [], {}, None)]
    return value
