"""A publication as an item of CSL-JSON: the form through which records of one format reach another.

Names of fields and types are those of the CSL 1.0.2 schema. What has no field there stands under
`custom`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from litmap.exports.bibtex_records import item_of_bibtex
from litmap.exports.ris_records import item_of_ris
from litmap.exports.table_records import item_of_table, item_of_xml, item_of_zotero
from litmap.models import BibRecord
from litmap.parsing.grammar import YEAR_SINCE_1400
from litmap.parsing.markup import one_line

Item = dict[str, Any]
NAME_FIELDS = ("author", "editor", "translator", "collection-editor", "container-author")
"""Fields that hold people."""
_YEAR = re.compile(rf"\b({YEAR_SINCE_1400})\b")


def item_of_record(record: BibRecord) -> Item:
    """The user's record as a CSL item."""
    item = _READERS[record.format](record) if record.format in _READERS else {}
    if not isinstance(item.get("type"), str):
        item = {**item, "type": "document"}
    return {name: value for name, value in item.items() if value not in ("", None, [], {})}


def _item_of_csl(record: BibRecord) -> Item:
    """The item itself, or that of one of Zotero's own."""
    item = raw_item(record)
    return item_of_zotero(item) if "itemType" in item else item


def raw_item(record: BibRecord) -> Item:
    """The fields of a record in JSON."""
    return {name: json.loads(value) for name, value in record.fields}


_READERS: dict[str, Callable[[BibRecord], Item]] = {
    "bibtex": item_of_bibtex,
    "csl": _item_of_csl,
    "ris": item_of_ris,
    "csv": item_of_table,
    "refxml": item_of_xml,
}
"""Format of a record → how it becomes an item."""


def year_of(item: Mapping[str, Any]) -> int | None:
    """The year of a date in parts, or of one in words."""
    issued = item.get("issued")
    if not isinstance(issued, Mapping):
        match = _YEAR.search(str(issued or ""))
        return int(match[1]) if match else None
    if parts := date_parts(item, "issued"):
        return parts[0]
    match = _YEAR.search(f"{issued.get('literal', '')} {issued.get('raw', '')}")
    return int(match[1]) if match else None


def date_parts(item: Mapping[str, Any], name: str) -> list[int]:
    """Year, month and day of a date field, as far as they are known."""
    date = item.get(name)
    parts = date.get("date-parts") if isinstance(date, Mapping) else None
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    numbers = [int(part) for part in first if str(part).strip().isdigit()]
    return numbers if len(numbers) == len(first) else numbers[:1]


def names_of(item: Mapping[str, Any], field: str) -> list[dict[str, str]]:
    """The people of a field: 'family', 'given', 'suffix' and particles, or 'literal'."""
    people = item.get(field)
    if not isinstance(people, list):
        return []
    return [
        {key: one_line(str(value)) for key, value in person.items() if isinstance(value, str)}
        for person in people
        if isinstance(person, dict)
    ]


def family_of(name: Mapping[str, str]) -> str:
    """The family name with its particles: 'van den Brink'."""
    particles = (name.get("dropping-particle"), name.get("non-dropping-particle"))
    return " ".join(filter(None, (*particles, name.get("family", ""))))


def text_of(item: Mapping[str, Any], field: str) -> str:
    """A field's text in one line, '' where it is empty or no text."""
    value = item.get(field, "")
    return one_line(str(value)) if isinstance(value, (str, int, float)) else ""


def all_texts(value: Any) -> Iterator[str]:
    """Every text in a value, however deep."""
    if isinstance(value, Mapping):
        value = value.values()
    if isinstance(value, str):
        yield value
    elif isinstance(value, Iterable):
        for part in value:
            yield from all_texts(part)
