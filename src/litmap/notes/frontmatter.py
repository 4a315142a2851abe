"""Front matter: YAML between `---` lines (Jekyll, Obsidian, pandoc, Hugo) or TOML between `+++` (Hugo)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

_LIMIT = 200_000
_KEYS = {
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


@dataclass(slots=True)
class FrontMatter:
    """What the head of a note says. `end` is the number of lines it takes; `lines` are its own raw lines."""

    end: int = 0
    title: str = ""
    bibliographies: tuple[str, ...] = ()
    lines: list[str] = field(default_factory=list)
    entry: tuple[tuple[str, str], ...] = ()
    broken: str = ""


def read_front_matter(lines: list[str]) -> FrontMatter:
    """The front matter at the head of these lines; `broken` says why it could not be parsed (its text still counts)."""
    first = lines[0].strip("\ufeff \t") if lines else ""
    if first not in {"---", "+++", ";;;"}:
        return FrontMatter()
    closing = {"---": ("---", "..."), "+++": ("+++",), ";;;": (";;;",)}[first]
    for number in range(1, min(len(lines), 3000)):
        if lines[number].rstrip() in closing:
            return _parse(first, lines[1:number], number + 1)
        if number == 1 and not lines[number].strip():
            return FrontMatter()  # a horizontal rule, not front matter
    if first == "---" and any(re.match(r"[\w-]+:\s", line) for line in lines[1:3]):
        end = next(
            (n for n in range(1, len(lines)) if not lines[n].strip() or lines[n].startswith("#")),
            len(lines),
        )
        found = _parse(first, lines[1:end], end)
        found.broken = "the front matter is not closed"
        return found
    return FrontMatter()


def _parse(mark: str, body: list[str], end: int) -> FrontMatter:
    found = FrontMatter(end=end, lines=body)
    text = "\n".join(body)
    try:
        data = _load(mark, text)
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError) as error:
        found.broken = f"the front matter cannot be read ({str(error).splitlines()[0][:120]})"
        data = _by_hand(body)
    if isinstance(data, dict):
        _take(found, data)
    return found


def _load(mark: str, text: str) -> Any:
    if len(text) > _LIMIT:
        raise ValueError(f"longer than {_LIMIT:,} characters")
    if mark == "+++":
        return tomllib.loads(text)
    import yaml

    if text.count("*") > 50 and text.count("&") > 5:  # anchors that multiply
        raise ValueError("too many aliases")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(text, Loader=loader)  # noqa: S506
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _by_hand(body: list[str]) -> dict[str, str]:
    pairs = (re.match(r"([A-Za-z][\w-]{0,40})\s*[:=]\s*(.{0,2000}?)\s*$", line) for line in body)
    return {match.group(1): match.group(2).strip("\"'") for match in pairs if match}


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value.strip()]
    if isinstance(value, (list, tuple)):
        return [
            text
            for item in value[:200]
            for text in (_strings(item) if not isinstance(item, (list, tuple)) else [])
        ]
    if isinstance(value, dict):
        name = " ".join(
            str(value[key])
            for key in ("given", "family", "name", "literal")
            if isinstance(value.get(key), str)
        )
        return [name] if name else []
    return [str(value)] if isinstance(value, (int, float)) else []


def _take(found: FrontMatter, data: dict[Any, Any]) -> None:
    lowered = {str(key).lower(): value for key, value in data.items()}
    title = _strings(lowered.get("title"))
    found.title = title[0] if title else ""
    found.bibliographies = tuple(
        text
        for key in ("bibliography", "bib", "bibliographies")
        for text in _strings(lowered.get(key))
        if len(text) < 500
    )
    ids = [(key, text) for key in sorted(_KEYS) for text in _strings(lowered.get(key))[:5] if text]
    if ids:
        fields = ids + [("title", text) for text in title[:1]]
        fields += [
            ("author", text) for key in ("authors", "author") for text in _strings(lowered.get(key))
        ]
        fields += [
            ("year", text)
            for key in ("year", "issued", "date")
            for text in _strings(lowered.get(key))[:1]
        ]
        fields += [
            ("url", text) for key in ("url", "link") for text in _strings(lowered.get(key))[:3]
        ]
        fields += [
            ("venue", text)
            for key in ("journal", "venue", "container-title")
            for text in _strings(lowered.get(key))[:1]
        ]
        found.entry = tuple(fields)
