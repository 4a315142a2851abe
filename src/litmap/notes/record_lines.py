"""Properties that tell a work: Logseq's 'title:: …', Roam's attributes, Obsidian's '**Title**::'.

Programs that import from Zotero write a page for each work and its fields as such lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from litmap.notes.bibliographies.names import given_name_first
from litmap.notes.bibliographies.record import Pairs, add_entry, year_in
from litmap.notes.builder import Builder
from litmap.parsing.word_lists import load_words

_LINE = re.compile(
    r"\s*(?:[-*+>]\s*)*(?:\[!\w+\]\s*)?[*_\[( ]{0,6}"
    r"([^\W\d_][\w ()./-]{0,40}?)[*_ ]{0,4}::[*_]{0,3}"
    r"(?:\s+(.*?)|)\s*$"
)
_NAMES = dict(entry.split(" = ", 1) for entry in load_words("property_names", "litmap.notes"))
"""Name of a property, in lower case → field of the record."""
_WORK_TYPES = load_words("property_work_types", "litmap.notes")
_WIKI_LINK = re.compile(r"\[\[@?([^\[\]|]+)(?:\|([^\[\]]+))?\]\]")
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]*)\]\(([^()\s]*)\)")
_BETWEEN = re.compile(r"\s*(?:;|\band\b|&)\s*")
_NOT_LETTERS = re.compile(r"[\W_]+")
_IDS = {"doi", "arxiv", "pmid", "isbn", "citekey"}
_SIGNS = " \t\"'“”*_"
MAX_VALUE = 2_000
"""Characters of a value."""
MAX_GAP = 1
"""Blank lines between two properties of one work."""


@dataclass(frozen=True, slots=True)
class Property:
    """A line 'name:: value'."""

    name: str
    value: str
    line: int = 0


def property_of(line: str, number: int = 0) -> Property | None:
    """The property on a line; None for any other line."""
    if "::" not in line:
        return None
    match = _LINE.match(line)
    if match is None:
        return None
    value = (match.group(2) or "")[:MAX_VALUE]
    return Property(" ".join(match.group(1).lower().split()), value, number)


def take_records(builder: Builder, lines: list[str], first: int, known: Pairs) -> bool:
    """Adds the records in runs of properties from the line `first` on, and blanks those lines.

    `known` are fields of the note's own work (its citekey in the front matter); True where they
    went into a record.
    """
    used = False
    for run in _runs(lines, first):
        own = [] if used else known
        if add_record(builder, run, own):
            used = used or bool(known)
            for found in run:
                lines[found.line - 1] = ""
    return used


def _runs(lines: Sequence[str], first: int) -> Iterator[list[Property]]:
    """Properties that stand one below the other."""
    run: list[Property] = []
    for number, line in enumerate(lines[first:], first + 1):
        found = property_of(line, number)
        if found:
            run.append(found)
        elif run and (line.strip(" \t>-") or number - run[-1].line > MAX_GAP):
            yield run
            run = []
    if run:
        yield run


def add_record(
    builder: Builder,
    properties: Sequence[Property],
    known: Iterable[tuple[str, str]] = (),
    page_title: str = "",
) -> bool:
    """Adds the record that properties tell; False where they tell no work.

    `page_title` is the name of the page they stand on, which is the work's title where none of
    them is.
    """
    pairs = [*_pairs(properties), *known]
    names = {name for name, _ in pairs}
    if "title" not in names and page_title:
        pairs.append(("title", page_title.lstrip("@ ")))
        names.add("title")
    if not tells_work(names, dict(pairs).get("type", "")):
        return False
    return add_entry(builder, pairs, properties[0].line)


def tells_work(names: set[str], kind: str) -> bool:
    """True for the fields of a work: an identifier, or a title with its people and what dates it.

    `kind` is the type that is told: 'journalArticle'. A page of the reader's own has a title, an
    author and a date, too, but no venue and no such type.
    """
    if names & (_IDS - {"citekey"}):
        return True
    if "title" not in names:
        return False
    if "citekey" in names or _NOT_LETTERS.sub("", kind.lower()) in _WORK_TYPES:
        return True
    return "author" in names and bool(names & {"year", "venue"})


def _pairs(properties: Iterable[Property]) -> Pairs:
    """The fields of a record; a title as it was printed comes before that of the page."""
    pairs: Pairs = []
    for found in properties:
        name = _NAMES.get(found.name)
        if name:
            pairs += [pair for pair in _values(name, found.value) if pair[1] and pair not in pairs]
    originals = [pair for pair in pairs if pair[0] == "original-title"]
    titles = [("title", value) for _, value in originals]
    return [*titles, *(pair for pair in pairs if pair[0] != "original-title")]


def _values(name: str, value: str) -> Iterator[tuple[str, str]]:
    if name == "author":
        yield from (("author", author) for author in people_in(value))
    elif name == "year":
        yield name, year_in(value)
    elif name in {"url", "doi"}:
        targets = [target for _, target in _MARKDOWN_LINK.findall(value)]
        for target in targets or value.split()[:1]:
            if name == "doi" or target.startswith("http"):
                yield name, target.strip(_SIGNS)
    else:
        yield name, _plain(value).lstrip("@")


def people_in(value: str) -> list[str]:
    """'[[Ann Doe]], [[Bo Roe]]', 'Doe, Ann; Roe, Bo', 'Ann Doe and Bo Roe', 'Ann Doe, Bo Roe'."""
    linked = [(alias or page).strip() for page, alias in _WIKI_LINK.findall(value)]
    if linked:
        return [given_name_first(name) for name in linked]
    parts = [part.strip(_SIGNS + ",") for part in _BETWEEN.split(_plain(value))]
    parts = [part for part in parts if part]
    if not all("," in part for part in parts):
        return [name.strip() for part in parts for name in part.split(",") if name.strip()]
    return [name for part in parts for name in _names_with_commas(part)]


def _names_with_commas(part: str) -> list[str]:
    """'Doe, Ann' is one name, 'Ann Doe, Bo Roe' are two, 'Doe, A., Roe, B.' too."""
    names = [name.strip() for name in part.split(",") if name.strip()]
    if all(" " in name for name in names):
        return names
    if len(names) % 2 == 0:
        pairs = zip(names[::2], names[1::2], strict=True)
        return [f"{given} {family}" for family, given in pairs]
    return names


def _plain(value: str) -> str:
    """A value without links and signs of emphasis."""
    value = _WIKI_LINK.sub(lambda match: match.group(2) or match.group(1), value)
    return _MARKDOWN_LINK.sub(r"\1", value).strip(_SIGNS)
