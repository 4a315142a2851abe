"""Front matter: YAML between `---` (Jekyll, Obsidian, pandoc) or TOML between `+++` (Hugo)."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from litmap.notes.bibliographies.record import Pairs
from litmap.notes.nesting import check_toml, check_yaml
from litmap.notes.record_lines import field_named, sorted_pairs, tells_work, values_of
from litmap.parsing.name_fields import given_name_first

MAX_CHARS = 200_000
MAX_LINES = 3_000
"""Size of front matter that is read."""
MAX_ITEMS = 200
"""Entries of a list that are read."""
MAX_BIBLIOGRAPHY_NAME = 499
"""Characters of a file's name."""
_CLOSING = {"---": ("---", "..."), "+++": ("+++",), ";;;": (";;;",)}
"""First line → the lines that may end the front matter."""
_KEY = re.compile(r"[\w-]+:\s")
_KEY_AND_VALUE = re.compile(r"([A-Za-z][\w -]{0,40}?)\s*[:=]\s*(.{0,2000}?)\s*$")
_ID_KEYS = {
    "doi",
    "arxiv",
    "eprint",
    "pmid",
    "pmcid",
    "isbn",
    "openreview",
    "citekey",
    "citation key",
    "citation-key",
    "citationkey",
    "bibkey",
}
"""Keys of a literature note: its front matter is the record of a work."""
_BIBLIOGRAPHY_KEYS = ("bibliography", "bib", "bibliographies")
_MAX_IDS = 5
"""Values of one key of `_ID_KEYS` that are taken."""
_NAME_PARTS = ("given", "firstname", "family", "lastname", "name", "literal")


@dataclass(slots=True)
class FrontMatter:
    """What the head of a note says. `end` is the number of lines it takes.

    `lines` are its own raw lines.
    """

    end: int = 0
    title: str = ""
    bibliographies: tuple[str, ...] = ()
    lines: list[str] = field(default_factory=list)
    entry: tuple[tuple[str, str], ...] = ()
    broken: str = ""


def read_front_matter(lines: list[str]) -> FrontMatter:
    """The front matter at the head of these lines.

    `broken` says why it could not be parsed (its text still counts).
    """
    mark = lines[0].strip("\ufeff \t") if lines else ""
    if mark not in _CLOSING:
        return FrontMatter()
    if len(lines) > 1 and not lines[1].strip():
        return FrontMatter()  # a horizontal rule, not front matter
    for number, line in enumerate(lines[1:MAX_LINES], 1):
        if line.rstrip() in _CLOSING[mark]:
            return _parse(mark, lines[1:number], number + 1)
    if mark == "---" and any(map(_KEY.match, lines[1:3])):
        return _read_unclosed(lines)
    return FrontMatter()


def _read_unclosed(lines: list[str]) -> FrontMatter:
    """YAML without a closing line, taken to end at the first blank line or heading."""
    ends = (n for n, line in enumerate(lines[1:], 1) if not line.strip() or line.startswith("#"))
    end = next(ends, len(lines))
    front = _parse("---", lines[1:end], end)
    front.broken = "; ".join(filter(None, ["the front matter is not closed", front.broken]))
    return front


def _parse(mark: str, body: list[str], end: int) -> FrontMatter:
    front = FrontMatter(end=end, lines=body)
    try:
        _fill(front, _load(mark, "\n".join(body)))
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        front.broken = f"the front matter cannot be read ({reason[:120]})"
        _fill(front, _by_hand(body))
    return front


def _load(mark: str, text: str) -> Any:
    if len(text) > MAX_CHARS:
        raise ValueError(f"longer than {MAX_CHARS:,} characters")
    if mark == "+++":
        check_toml(text)
        return tomllib.loads(text)
    import yaml

    if text.count("*") > 50 and text.count("&") > 5:  # anchors that multiply
        raise ValueError("too many aliases")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        check_yaml(text)
        return yaml.load(text, Loader=loader)  # noqa: S506 (a safe loader)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _by_hand(body: list[str]) -> dict[str, str]:
    """Keys and values of lines that no parser takes."""
    matches = map(_KEY_AND_VALUE.match, body)
    return {match.group(1): match.group(2).strip("\"'") for match in matches if match}


def _fill(front: FrontMatter, values: Any) -> None:
    if not isinstance(values, dict):
        return
    data = {str(key).lower(): value for key, value in values.items()}
    titles = _strings(data.get("title"))[:1]
    front.title = "".join(titles)
    front.bibliographies = tuple(
        name
        for key in _BIBLIOGRAPHY_KEYS
        for name in _strings(data.get(key))
        if len(name) <= MAX_BIBLIOGRAPHY_NAME
    )
    front.entry = tuple(_own_record(data))


def _own_record(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The record of the work that a literature note is about; nothing of any other note."""
    ids = [(key, text) for key in sorted(_ID_KEYS) for text in _ids(data.get(key))]
    names = {field_named(key) for key, value in data.items() if _strings(value)}
    kind = "".join(_strings(data.get("itemtype") or data.get("item-type"))[:1])
    if ids or tells_work(names, kind):
        yield from (
            ("citekey" if field_named(key) == "citekey" else key, text) for key, text in ids
        )
        yield from _record_fields(data)


def _ids(value: Any) -> list[str]:
    return [text for text in _strings(value)[:_MAX_IDS] if text]


def _record_fields(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields that the keys name, whatever their language."""
    pairs: Pairs = []
    for key, value in data.items():
        name = field_named(key)
        most = None if name == "author" else _MAX_IDS if name == "url" else 1
        for text in _strings(value)[:most]:
            is_one = name == "author" and not isinstance(value, str)
            pairs += [("author", given_name_first(text))] if is_one else values_of(name, text)
    yield from (pair for pair in sorted_pairs(pairs) if pair[0] not in _ID_KEYS)


def _strings(value: Any) -> list[str]:
    """The texts of a value, which may be a list of texts, numbers and people.

    Lists in it are left out.
    """
    if not isinstance(value, (list, tuple)):
        return _single(value)
    return [
        text
        for item in value[:MAX_ITEMS]
        if not isinstance(item, (list, tuple))
        for text in _single(item)
    ]


def _single(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value.strip()]
    if isinstance(value, dict):
        parts = {str(key).lower(): part for key, part in value.items()}
        name = " ".join(str(parts[k]) for k in _NAME_PARTS if isinstance(parts.get(k), str))
        return [name] if name else []
    return [str(value)] if isinstance(value, (int, float, datetime.date)) else []
