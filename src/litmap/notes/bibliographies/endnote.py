"""EndNote's tagged export (`.enw`, also of Refer and BibIX): '%A Doe, J.' on a line of its own.

A record is read as the one of RIS that says the same, and kept so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litmap.notes.bibliographies.record import add_records
from litmap.notes.bibliographies.ris import TaggedLines, read_tagged
from litmap.notes.builder import Builder
from litmap.parsing.word_lists import load_words

_TAGGED_LINE = re.compile(r"\s{0,3}%([0-9A-Z@?$!#&^~><+*])(?:\s+(.*?)|)\s*$")
_START = re.compile(r"\s*^%(?:0 [A-Z][A-Za-z /&-]{2,40}|[AT] \S.*)\n", re.M)
_SAME_TAGS = {
    "A": "AU", "B": "T2", "C": "CY", "D": "PY", "E": "A2", "F": "ID", "I": "PB", "J": "JO",
    "K": "KW", "L": "CN", "M": "AN", "N": "IS", "P": "SP", "R": "DO", "S": "T3", "T": "TI",
    "U": "UR", "V": "VL", "X": "AB", "Y": "A4", "Z": "N1", "7": "ET", "8": "DA", "9": "M3",
    "@": "SN", "?": "A4", "!": "ST", "G": "LA", "^": "L1", ">": "L1", "[": "Y2",
}  # fmt: skip
"""Tag → the tag of RIS; what is not named here says nothing of a work."""
_TYPES = dict(line.rsplit(" = ", 1) for line in load_words("endnote_types", "litmap.notes"))
_PAGES = re.compile(r"(\w+)\s?[–-]+\s?(\w+)$")
_DOI = re.compile(r"10\.\d{4}")
_WITHOUT_TYPE = "GEN"


def is_endnote(text: str) -> bool:
    """True for a text that begins as a record of EndNote does."""
    return bool(_START.match(text[:2_000]))


def read_endnote(text: str, builder: Builder) -> None:
    """Reads the records into the builder, each on the line of its first tag.

    Raises ValueError for what has none.
    """
    records = [(tags, line) for tags, line in _records(text) if tags]
    if not records:
        raise ValueError("not an EndNote export: no line begins with a tag such as '%T '")
    add_records(builder, (read_tagged(_as_ris(t), line) for t, line in records), may_be_other=False)


def _records(text: str) -> Iterator[tuple[TaggedLines, int]]:
    """Records and the lines on which they begin: at a type, or behind a blank line."""
    held: TaggedLines = []
    first, after_blank = 1, True
    for number, line in enumerate(text.split("\n"), 1):
        match = _TAGGED_LINE.match(line)
        if match and (match[1] == "0" or after_blank) and held:
            yield held, first
            held = []
        if match:
            first = first if held else number
            held.append((match[1], match[2] or ""))
        elif held and line.strip():  # the value goes on in the next line
            tag, value = held[-1]
            held[-1] = (tag, f"{value} {line.strip()}".strip())
        after_blank = not line.strip()
    yield held, first


def _as_ris(lines: TaggedLines) -> TaggedLines:
    """The record in the tags of RIS, its type first."""
    kind = next((value for tag, value in lines if tag == "0"), "")
    tags: TaggedLines = [("TY", _TYPES.get(kind.lower(), _WITHOUT_TYPE))]
    for tag, value in lines:
        name = _SAME_TAGS.get(tag, "")
        pages = _PAGES.match(value) if name == "SP" else None
        if pages:
            tags += [("SP", pages[1]), ("EP", pages[2])]
        elif name == "DO" and not _DOI.search(value):
            continue
        elif name and value:
            tags.append((name, value.rstrip(",") if name == "AU" else value))
    return tags
