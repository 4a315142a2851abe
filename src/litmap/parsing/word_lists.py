"""Word lists kept as data files: `data/NAME.txt` in a package, one entry a line.

Lines that begin with '#' stand on top and say what the list is and where it comes from; blank lines
part groups. Entries are taken as written, so a list of folded words is written folded.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

HOME = "litmap.parsing"
"""The package whose `data/` holds the lists that several rooms use."""


@cache
def load_words(name: str, package: str = HOME) -> frozenset[str]:
    """The entries of `data/{name}.txt` in `package`; FileNotFoundError where there is no such
    list.
    """
    text = resources.files(package).joinpath("data", f"{name}.txt").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


@cache
def load_pattern(name: str, package: str = HOME) -> str:
    """The entries as the alternatives of a regular expression, escaped; the longest come first.

    The pattern has no group around it: write `(?:{load_pattern("venues")})`.
    """
    entries = sorted(load_words(name, package), key=lambda entry: (-len(entry), entry))
    return "|".join(re.escape(entry) for entry in entries)
