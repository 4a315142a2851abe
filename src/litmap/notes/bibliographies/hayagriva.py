"""Reference files in YAML: Typst's hayagriva, and CSL's items as pandoc writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from litmap.notes.bibliographies.csl_json import read_item
from litmap.notes.bibliographies.record import add_records
from litmap.notes.builder import Builder
from litmap.notes.nesting import check_yaml

_KEY_LINE = re.compile(r"^[\"']?([^\s\"':#][^:\n]{0,200}?)[\"']?:\s*$")
_ID_LINE = re.compile(r"^\s*-?\s*[\"']?id[\"']?:\s*[\"']?(.+?)[\"']?\s*$")
_TYPES = {
    ("article", "periodical"): "article-journal",
    ("article", "newspaper"): "article-newspaper",
    ("article", "proceedings"): "paper-conference",
    ("article", "conference"): "paper-conference",
    ("article", "blog"): "post-weblog",
    ("article", ""): "article",
    ("chapter", ""): "chapter",
    ("anthos", ""): "chapter",
    ("web", ""): "webpage",
    ("repository", ""): "software",
    ("video", ""): "motion_picture",
}
"""Types of an entry and of its parent, in hayagriva → the type in CSL, where that is another."""
MAX_CHARS = 20_000_000
MAX_ALIASES = 200
MAX_PARENTS = 5
"""Parents of an entry, one inside the other."""


def read_yaml(text: str, builder: Builder) -> None:
    """Reads the entries into the builder. Raises ValueError for what holds none."""
    data = _load(text)
    if isinstance(data, dict) and isinstance(data.get("references"), list):
        data = data["references"]
    lines = _lines_of_keys(text)
    if isinstance(data, list):
        items = [_plain(item) for item in data if isinstance(item, dict)]
    else:
        entries = data.items() if isinstance(data, dict) else ()
        items = [_item(str(key), entry) for key, entry in entries if isinstance(entry, dict)]
    add_records(builder, [read_item(item, lines.get(str(item.get("id")), 1)) for item in items])
    if not builder.blocks:
        raise ValueError("YAML without references (hayagriva and CSL are read)")


def _load(text: str) -> Any:
    """The value of a document. Raises ValueError for what is no YAML, or would not end."""
    import yaml

    if len(text) > MAX_CHARS or (text.count("*") > MAX_ALIASES and text.count("&") > MAX_ALIASES):
        raise ValueError("too much YAML to be a list of references")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        check_yaml(text)
        return yaml.load(text, Loader=loader)  # noqa: S506 (a safe loader)
    except yaml.YAMLError as error:
        raise ValueError(f"not valid YAML: {str(error).splitlines()[0]}") from error


def _lines_of_keys(text: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        match = _KEY_LINE.match(line) or _ID_LINE.match(line)
        if match:
            lines.setdefault(match.group(1), number)
    return lines


def _plain(item: dict[Any, Any]) -> dict[str, Any]:
    """An item of CSL; a date that YAML made of '2015-03-01' as text."""
    return {
        str(name): value if isinstance(value, (str, int, list, dict)) else str(value)
        for name, value in item.items()
    }


def _item(key: str, entry: dict[Any, Any]) -> dict[str, Any]:
    """An entry of hayagriva as an item of CSL; what it lacks, its parents have."""
    parents = list(_parents(entry))
    places = (entry, *parents)
    numbers = [_dict(entry.get("serial-number")), *places]
    host = _text(parents[0].get("type")).lower() if parents else ""
    kind = _text(entry.get("type")).lower()
    fields = {
        "id": key,
        "type": _TYPES.get((kind, host)) or _TYPES.get((kind, ""), kind),
        "title": _text(entry.get("title")),
        "author": _names(entry.get("author")),
        "editor": _first(places, "editor", _names),
        "issued": {"raw": _first(places, "date")},
        "container-title": _first(parents, "title"),
        "publisher": _first(places, "publisher"),
        "volume": _first(places, "volume"),
        "issue": _first(places, "issue"),
        "page": _first([entry], "page-range"),
        "DOI": _first(numbers, "doi"),
        "URL": _first([entry], "url"),
        "note": " ".join(f"arXiv: {number}" for number in [_first(numbers, "arxiv")] if number),
    }
    return {name: value for name, value in fields.items() if value and value != {"raw": ""}}


def _first(
    places: Iterable[dict[Any, Any]], name: str, read: Callable[[Any], Any] | None = None
) -> Any:
    """The first filled field of this name."""
    read = read or _text
    return next((value for place in places if (value := read(place.get(name)))), "")


def _parents(entry: dict[Any, Any]) -> Iterator[dict[Any, Any]]:
    todo = [entry]
    for _ in range(MAX_PARENTS):
        if not todo:
            return
        parent = todo.pop(0).get("parent")
        found = [one for one in map(_dict, parent if isinstance(parent, list) else [parent]) if one]
        todo += found
        yield from found


def _dict(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """The text of a value, which may be a mapping with a 'value'."""
    if isinstance(value, dict):
        value = value.get("value", value.get("name", ""))
    return "" if value is None or isinstance(value, (list, dict)) else str(value).strip()


def _names(value: Any) -> list[dict[str, str]]:
    """The people of a field: 'Doe, Jane', or a mapping of the parts of a name."""
    people = value if isinstance(value, list) else [value]
    return [name for person in people if (name := _name(person))]


def _name(person: Any) -> dict[str, str]:
    if isinstance(person, dict):
        parts = (("given", "given-name"), ("family", "name"), ("non-dropping-particle", "prefix"))
        return {name: text for name, key in parts if (text := _text(person.get(key)))}
    family, comma, given = _text(person).partition(",")
    if comma:
        return {"family": family.strip(), "given": given.strip()}
    return {"literal": family} if family else {}
