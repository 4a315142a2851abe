"""How deep notes may nest: counted before a parser that recurses, or gives up silently, is
asked.
"""

from __future__ import annotations

import json
import re
from typing import Any

MAX_DEPTH = 100
"""Levels of a document of data (YAML, TOML, JSON) that are read."""
MAX_MARKS = 250
"""Levels of markup in a note; HTML and XML are read to 256 levels by libxml2."""
_DOTTED_KEY = re.compile(r"^[ \t\[]*(?:[\w\"'-]{1,99}[ \t]*\.[ \t]*){100}", re.M)
"""A TOML key of so many parts: each part is a table in the one before."""
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
r"""'\ud800', which stands for nothing without its other half and which UTF-8 cannot hold."""
_MARKS: dict[str, tuple[tuple[str, str], ...]] = {
    "latex": (("{", "}"), (r"\begin{", r"\end{")),
    "bibtex": (("{", "}"),),
    "mediawiki": (("{{", "}}"), ("[[", "]]"), ("{|", "|}"), ("<ref", "</ref")),
    "org": (("#+begin_", "#+end_"), ("[[", "]]")),
    "markdown": (("[", "]"), ("<div", "</div"), ("{", "}")),
    "rst": (("[", "]"), ("{", "}")),
    "text": (("[", "]"), ("{", "}"), ("(", ")"), ("<div", "</div")),
}
"""Format → the marks that open and close what may nest in it."""
_QUOTED = re.compile(rf"^[ \t]*(?:>[ \t]?){{{MAX_MARKS}}}", re.M)
_ORG_DRAWERS = re.compile(rf"(?:^[ \t]*:(?!END:)\w+:[ \t]*\n){{{MAX_MARKS}}}", re.M | re.I)


def check_yaml(text: str) -> None:
    """Raises ValueError for YAML that nests deeper than `MAX_DEPTH`.

    libyaml's scanner does not recurse, its composer does: events are counted before that is asked.
    """
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise ValueError(_TOO_DEEP.format(MAX_DEPTH))


def check_toml(text: str) -> None:
    """Raises ValueError for TOML that nests deeper than `MAX_DEPTH`."""
    if _DOTTED_KEY.search(text) or _depth(text, r"[\[{]", r"[\[{\]}]") > MAX_DEPTH:
        raise ValueError(_TOO_DEEP.format(MAX_DEPTH))


def load_json(text: str) -> Any:
    """The value of a JSON text, halves of characters as question marks. Raises ValueError where it
    is none, or nests too deep.
    """
    try:
        value = json.loads(text)
        if _HALF_CHARACTER.search(text):
            whole = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
            value = json.loads(whole)
    except RecursionError as error:
        raise ValueError("nested too deep to be read") from error
    return value


def describe_depth(text: str, format_name: str) -> str:
    """What to say of markup that nests deeper than `MAX_MARKS`; '' for nearly every note."""
    for opening, closing in _MARKS.get(format_name, ()):
        if text.count(opening) > MAX_MARKS:
            start, end = re.escape(opening), re.escape(closing)
            if _depth(text, start, rf"{start}|{end}|\n[ \t]*\n") > MAX_MARKS:
                return f"{_TOO_DEEP.format(MAX_MARKS)} ({opening!r})"
    may_be_quoted = format_name in {"markdown", "text"} and text.count(">") >= MAX_MARKS
    if may_be_quoted and _QUOTED.search(text):
        return f"{_TOO_DEEP.format(MAX_MARKS)} ('>')"
    if format_name == "org" and _ORG_DRAWERS.search(text):
        return f"{_TOO_DEEP.format(MAX_MARKS)} (drawers)"
    return ""


def describe_cut(errors: Any) -> str:
    """What to say where libxml2 (its `error_log`) left off because of depth or size; '' mostly."""
    if any("XML_PARSE_HUGE" in e.message or "xcessive depth" in e.message for e in errors):
        return "elements nest too deep: what lies deeper is not read"
    return ""


def _depth(text: str, opening: str, mark: str) -> int:
    """The deepest level; a blank line ends what was left open."""
    depth = deepest = 0
    opens = re.compile(opening)
    for match in re.finditer(mark, text):
        if match.group().isspace():
            depth = 0
        elif opens.match(match.group()):
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth = max(0, depth - 1)
    return deepest


_TOO_DEEP = "nested deeper than {} levels"
