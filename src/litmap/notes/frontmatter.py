"""Front matter: YAML between `---` (Jekyll, Obsidian, pandoc) or TOML between `+++` (Hugo)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from litmap.notes.nesting import check_toml, check_yaml

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
_KEY_AND_VALUE = re.compile(r"([A-Za-z][\w-]{0,40})\s*[:=]\s*(.{0,2000}?)\s*$")
_ID_KEYS = {
    "doi",
    "arxiv",
    "eprint",
    "pmid",
    "pmcid",
    "isbn",
    "openreview",
    "citekey",
    "citation-key",
    "citationkey",
    "bibkey",
}
"""Keys of a literature note: its front matter is the record of a work."""
_BIBLIOGRAPHY_KEYS = ("bibliography", "bib", "bibliographies")
_RECORD_FIELDS = (
    ("author", ("authors", "author"), None),
    ("year", ("year", "issued", "date"), 1),
    ("url", ("url", "link"), 3),
    ("venue", ("journal", "venue", "container-title"), 1),
)
"""Field of the record, the keys that give it, and how many values of a key are taken."""
_MAX_IDS = 5
"""Values of one key of `_ID_KEYS` that are taken."""
_NAME_PARTS = ("given", "family", "name", "literal")


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
    ids = [(key, text) for key in sorted(_ID_KEYS) for text in _ids(data.get(key))]
    if ids:
        front.entry = (*ids, *(("title", title) for title in titles), *_record_fields(data))


def _ids(value: Any) -> list[str]:
    return [text for text in _strings(value)[:_MAX_IDS] if text]


def _record_fields(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for field_name, keys, most in _RECORD_FIELDS:
        for key in keys:
            yield from ((field_name, text) for text in _strings(data.get(key))[:most])


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
        name = " ".join(str(value[k]) for k in _NAME_PARTS if isinstance(value.get(k), str))
        return [name] if name else []
    return [str(value)] if isinstance(value, (int, float)) else []
