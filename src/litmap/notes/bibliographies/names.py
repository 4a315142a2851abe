"""Lists of names as records have them: in BibTeX's way, with semicolons, or with commas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from litmap.parsing.grammar import ET_AL_NAMES
from litmap.parsing.latex_text import plain_latex
from litmap.parsing.lexicon import SUFFIXES

_SEPARATOR = re.compile(r"\\.|[{};]|(?<=\s)(?:and\s+)+|\s\\?&\s", re.I | re.S)
_NOT_NAMES = {"", "et al.", "al", "al.", *ET_AL_NAMES}
_IN_BRACES = re.compile(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}$")
_NAME_PART = re.compile(r"\b(family|given|prefix|suffix)\s*=\s*([^,]*)", re.I)
_INITIAL = re.compile(r"[^\W\d_]\.?(?:[ -]?[^\W\d_]\.?){0,3}$")
_HOLDS_INITIAL = re.compile(r"\b[^\W\d_]\.|,")


def split_names(value: str) -> list[str]:
    """The names in a field of BibTeX as 'Given Family'.

    What stands in braces is not parted, and as a whole name an institution's. Where no 'and' parts
    the names, semicolons do, then '&', then commas ('J. Shaw, K. Jay, L. Poll').
    """
    names = _split_outside_braces(value)
    return [_plain_name(name) for name in names if name.lower().strip("{}., ") not in _NOT_NAMES]


def split_plain_names(value: str) -> list[str]:
    """The same for a text without markup, where semicolons part before 'and' does."""
    by_semicolon = [name.strip() for name in value.split(";")]
    names = by_semicolon if len(by_semicolon) > 1 else _split_outside_braces(value)
    return [given_name_first(name) for name in names if name.lower().strip("., ") not in _NOT_NAMES]


def _split_outside_braces(value: str) -> list[str]:
    for sign in ("and", ";", "&"):
        names = [name.strip() for name in _parts(value, sign)]
        if len(names) > 1 and (sign != "&" or all(map(_HOLDS_INITIAL.search, names))):
            return _with_lists_parted(names)
    return split_at_commas(value)


def _with_lists_parted(names: list[str]) -> list[str]:
    """The names with a list of several in the place of the first: 'Y. Kim, E. Poe and R. Ito'."""
    first, *others = names
    listed = [part.strip() for part in first.split(",")]
    is_sentence = len(names) == 2 and "," not in others[0] and "{" not in first
    if is_sentence and len(listed) > 1 and all(" " in part for part in listed):
        return [*listed, *others]
    return [part for name in names for part in split_at_commas(name)]


def _parts(value: str, separator: str) -> Iterator[str]:
    """What stands between separators of this sign that are in no braces."""
    depth = start = 0
    for match in _SEPARATOR.finditer(value):
        sign = match.group()
        depth = max(0, depth + (sign == "{") - (sign == "}"))
        if not depth and separator in sign.lower():
            yield value[start : match.start()]
            start = match.end()
    yield value[start:]


def split_at_commas(value: str) -> list[str]:
    """'J. Shaw, K. Jay, L. Poll' and 'Shaw, J., Jay, K.' as several names; else the one name."""
    parts = [part.strip() for part in value.split(",")]
    if len(parts) < 3 or "{" in value or any(map(is_suffix, parts)):
        return [value.strip()]
    if all(" " in part for part in parts):
        return parts
    if len(parts) > 3 and len(parts) % 2 == 0 and all(map(_INITIAL.match, parts[1::2])):
        return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]
    return [value.strip()]


def _plain_name(name: str) -> str:
    plain = " ".join(plain_latex(name).split())
    if _IN_BRACES.match(name):
        return plain
    if named := {part.lower(): words.strip() for part, words in _NAME_PART.findall(plain)}:
        parts = (named.get(part, "") for part in ("given", "prefix", "family", "suffix"))
        return " ".join(filter(None, parts))
    return given_name_first(plain)


def is_suffix(text: str) -> bool:
    """True for 'Jr.', 'III'."""
    return text.rstrip(".") in SUFFIXES


def given_name_first(name: str) -> str:
    """'Family, Given' as 'Given Family'; 'Family, Jr., Given' and 'Family, Given, Jr.' as 'Given
    Family Jr.'.
    """
    family, *others = (part.strip() for part in name.split(","))
    if not others:
        return name.strip()
    suffixes = list(filter(is_suffix, others)) or others[1:-1]
    given = [part for part in others if part not in suffixes]
    return " ".join(filter(None, [*given, family, *suffixes]))
