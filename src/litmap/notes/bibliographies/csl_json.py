"""CSL-JSON, as Zotero and pandoc write it, and Zotero's and Better BibTeX's own JSON."""

from __future__ import annotations

import json
import re
from typing import Any

from litmap.models import BibRecord
from litmap.notes.bibliographies.record import Pairs, add_records, first_filled, year_in
from litmap.notes.builder import Builder
from litmap.notes.nesting import load_json
from litmap.parsing.identifiers import valid_arxiv

_ARXIV = re.compile(r"arXiv:\s?([\w./-]+)")
_BEFORE_OBJECT = re.compile(r"\s*[\[,]\s*(?=\{)")
_DECODER = json.JSONDecoder()
_NOT_WORKS = {"attachment", "note", "annotation"}
"""Types of Zotero's items that hang on others."""
_PEOPLE = ("author", "creators", "editor")
_DATES = ("issued", "date", "year")
_NAME_PARTS = (
    ("given", "firstName"),
    ("dropping-particle",),
    ("non-dropping-particle",),
    ("family", "lastName", "literal", "name"),
    ("suffix",),
)
_FIELDS = (
    ("doi", ("DOI", "doi")),
    ("pmid", ("PMID",)),
    ("pmcid", ("PMCID",)),
    ("abstract", ("abstract", "abstractNote")),
    ("note", ("note", "extra")),
    ("volume", ("volume",)),
    ("pages", ("page", "pages")),
)
"""Field → the names it has in CSL and in Zotero's items, the first that is filled counts."""


def read_csl_json(text: str, builder: Builder) -> None:
    """Reads the items of the file into the builder. Raises ValueError for what is no JSON list."""
    try:
        data = load_json(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not valid JSON (line {error.lineno})") from error
    items = data
    if isinstance(data, dict):
        items = data.get("items") or data.get("references") or [data]
    if not isinstance(items, list):
        raise ValueError("not a list of references")  # noqa: TRY004 (the file's fault, no caller's)
    lines = _item_lines(text, len(items))
    add_records(
        builder,
        [
            read_item(_fields(item), line)
            for item, line in zip(items, lines, strict=False)
            if isinstance(item, dict) and _string(_fields(item), "itemType") not in _NOT_WORKS
        ],
    )


def read_item(item: dict[str, Any], line: int) -> tuple[Pairs, BibRecord]:
    """What an item says, and the item as it came."""
    pairs = item_pairs(item)
    values = dict(pairs[:2])
    fields = tuple((name, json.dumps(value, ensure_ascii=False)) for name, value in item.items())
    return pairs, BibRecord("csl", values["key"], values["type"], fields, line=line)


def _item_lines(text: str, count: int) -> list[int]:
    """The line on which each item of the list begins, else 1."""
    lines, number, seen = [], 1, 0
    place = _next_object(text, text.find("["))
    while place >= 0:
        number += text.count("\n", seen, place)
        seen = place
        lines.append(number)
        try:
            end = _DECODER.raw_decode(text, place)[1]
        except (ValueError, RecursionError):
            break
        place = _next_object(text, end)
    return lines if len(lines) == count else [1] * count


def _next_object(text: str, place: int) -> int:
    """Where an item begins behind a bracket or comma; -1 behind the last."""
    match = _BEFORE_OBJECT.match(text, max(0, place))
    return match.end() if match else -1


def _fields(item: dict[str, Any]) -> dict[str, Any]:
    """The fields of an item; Zotero's items hold them under 'data'."""
    data = item.get("data")
    return data if isinstance(data, dict) else item


def item_pairs(item: dict[str, Any]) -> Pairs:
    """What an item of CSL, or of Zotero's own JSON, says."""
    return [
        ("key", _string(item, "citation-key", "citationKey", "id", "key")),
        ("type", _string(item, "type", "itemType")),
        ("title", _string(item, "title")),
        *(("author", name) for name in _names(item)),
        ("year", year_in(json.dumps(first_filled(item, _DATES)))),
        (
            "venue",
            _string(item, "container-title", "publicationTitle", "proceedingsTitle", "publisher"),
        ),
        *((name, _string(item, *names)) for name, names in _FIELDS),
        ("arxiv", _arxiv(item)),
        ("url", _string(item, "URL", "url")),
    ]


def _string(item: dict[str, Any], *names: str) -> str:
    """The first of these fields that is a word or number, or a list that begins with one."""
    for name in names:
        value = item.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, (str, int)) and str(value).strip():
            return str(value).strip()
    return ""


def _names(item: dict[str, Any]) -> list[str]:
    people = first_filled(item, _PEOPLE)
    if not isinstance(people, list):
        return []
    return [_name(person) for person in people if isinstance(person, dict)]


def _name(person: dict[str, Any]) -> str:
    """'Given van der Family Jr.'."""
    parts = (str(first_filled(person, names)).strip() for names in _NAME_PARTS)
    return " ".join(filter(None, parts))


def _arxiv(item: dict[str, Any]) -> str:
    """The arXiv number that Zotero keeps among the notes: 'arXiv: 1611.03530 [cs.LG]'."""
    notes = (_string(item, "number"), _string(item, "archiveID"), _string(item, "extra", "note"))
    match = _ARXIV.search(" ".join(notes))
    return match.group(1) if match and valid_arxiv(match.group(1)) else ""
