"""Word lists kept as data files: `data/NAME.txt` in a package, one entry a line.

Lines that begin with '#' stand on top and say what the list is and where it comes from; blank lines
part groups. Entries are taken as written, so a list of folded words is written folded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

HOME = "litmap.parsing"
"""The package whose `data/` holds the lists that several rooms use."""


@cache
def load_words(name: str, package: str = HOME) -> frozenset[str]:
    """The entries of `data/{name}.txt` in `package`; FileNotFoundError where there is no such
    list.
    """
    return frozenset(line.strip() for line in load_lines(name, package)) - {""}


def load_lines(name: str, package: str = HOME) -> list[str]:
    """The lines of `data/{name}.txt` in their order, as they are, for a table whose rows are."""
    text = resources.files(package).joinpath("data", f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def load_pattern(name: str, package: str = HOME) -> str:
    """The entries as a regular expression, escaped; of those that begin alike the longest is tried
    first.

    They share their beginnings, so that a text is compared with one letter of all entries at a
    time: hundreds of alternatives take milliseconds to compile, and most texts leave at the first.
    """
    return _share_beginnings(sorted(load_words(name, package)))


def _share_beginnings(entries: Iterable[str]) -> str:
    """The entries as one pattern: 'fig', 'figura', 'figure' → 'fig(?:ur(?:a|e))?'."""
    rests: dict[str, list[str]] = {}
    for entry in entries:
        rests.setdefault(entry[:1], []).append(entry[1:])
    is_entry = rests.pop("", None) is not None
    branches = [re.escape(first) + _share_beginnings(rest) for first, rest in rests.items()]
    if len(branches) == 1 and not is_entry:
        return branches[0]
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)})" + ("?" if is_entry else "")
