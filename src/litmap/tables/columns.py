"""What the columns of a table ask for, read from what the user wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from litmap.errors import UsageError
from litmap.parsing.word_lists import load_lines
from litmap.tables.phrases import ROOM

KINDS = (
    "question", "method", "data", "result", "limits",
    "population", "intervention", "comparison", "outcome", "n",
)  # fmt: skip
"""What a column may ask for that is known by itself."""
NUMBER = "number"
DEFAULT = "standard"
MAX_COLUMNS = 20
_COUNTED = "n"
_ARTICLE = re.compile(r"^(?:the|which|what|what is the|what are the|how many)\s+")


@dataclass(frozen=True, slots=True)
class Column:
    """One question to every paper: what stands at its head, the words it asks with, what it is
    known to ask for ('' for what its words say), and whether a number is wanted.
    """

    name: str
    words: str
    kind: str = ""
    number: bool = False


def parse_columns(text: str) -> tuple[Column, ...]:
    """Columns as written: 'question, optimiser=which optimiser?, batch size:number'.

    They are parted by commas, or by semicolons where there are some. A column is a preset's name
    ('standard', 'pico'), something that is known by itself ('limits', 'sample size'), or words of
    one's own; 'NAME=WORDS' gives it a head of its own, ':number' behind it draws the number out.
    Raises UsageError for none, too many, or a name twice.
    """
    parts = re.split(r"[;\n]", text) if ";" in text or "\n" in text else text.split(",")
    columns: list[Column] = []
    for part in filter(None, (" ".join(part.split()) for part in parts)):
        columns += _preset(part) or [_column(part)]
    names = [column.name.casefold() for column in columns]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise UsageError(f"the column {twice!r} is there twice", subject=twice)
    if not columns:
        raise UsageError("name a column, such as 'question', or a preset: " + ", ".join(presets()))
    if len(columns) > MAX_COLUMNS:
        raise UsageError(f"{len(columns)} columns are too many: {MAX_COLUMNS} at most")
    return tuple(columns)


@cache
def presets() -> dict[str, tuple[str, ...]]:
    """Sets of columns by name."""
    found: dict[str, list[str]] = {}
    for line in load_lines("presets", ROOM):
        name, kind = line.split()
        found.setdefault(name, []).append(kind)
    return {name: tuple(kinds) for name, kinds in found.items()}


def _preset(text: str) -> list[Column]:
    return [_column(kind) for kind in presets().get(text.casefold(), ())]


def _column(text: str) -> Column:
    head, sign, ending = text.rpartition(":")
    is_number = sign == ":" and ending.strip().casefold() == NUMBER and bool(head.strip())
    written = head.strip() if is_number else text
    name, sign, words = (part.strip() for part in written.partition("="))
    if not (sign and name and words):
        name = words = written
    kind = kind_of(words)
    return Column(name, words, kind, is_number or kind == _COUNTED)


def kind_of(words: str) -> str:
    """What words are known to ask for, in any language: 'sample size' → 'n'; '' for nothing."""
    plain = words.casefold().strip(" ?？")
    names = _names()
    return names.get(plain) or names.get(_ARTICLE.sub("", plain), "")


@cache
def _names() -> dict[str, str]:
    rows = (line.split(" ", 2) for line in load_lines("column_names", ROOM))
    return {name: kind for _, kind, name in rows}
