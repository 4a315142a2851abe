"""Properties that tell a work: Logseq's 'title:: …', Roam's attributes, Obsidian's '**Title**::'.

Programs that import from Zotero write a page for each work and its fields as such lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from litmap.notes.bibliographies.record import Pairs, add_entry, year_in
from litmap.notes.builder import Builder
from litmap.parsing.name_fields import given_name_first
from litmap.parsing.word_lists import load_words

_LINE = re.compile(
    r"\s*(?:[-*+>]\s*)*(?:\[!\w+\]\s*)?[*_\[( ]{0,6}"
    r"([^\W\d_][\w ()./-]{0,40}?)[*_ ]{0,4}::[*_]{0,3}"
    r"(?:\s+(.*?)|)\s*$"
)
_LABELLED = re.compile(
    r"\s*(?:[-*+>]\s+|>)*[*_]{0,3}([^\W\d_][^:：|*_]{0,40}?)[*_]{0,3}\s?[:：][*_]{0,3}\s*(\S.*)$"
)
_NAMES = {
    name: "citekey" if field == "key" else field
    for words in ("work_field_labels", "property_names")
    for name, field in (entry.rsplit(" = ", 1) for entry in load_words(words, "litmap.notes"))
}
"""Name of a property, in lower case → field of the record."""
_TITLE_NAMES = sorted(name for name, field in _NAMES.items() if field == "title")
_TITLE_LINE = re.compile(
    rf"(?mi)^[ \t>*_+-]{{0,12}}(?:{'|'.join(map(re.escape, _TITLE_NAMES))})[*_]{{0,3}}\s?[:：]"
)
_HEADINGS_OF_FIELDS = load_words("headings_of_fields", "litmap.notes")
_WORK_TYPES = load_words("property_work_types", "litmap.notes")
_WIKI_LINK = re.compile(r"\[\[@?([^\[\]|]+)(?:\|([^\[\]]+))?\]\]")
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]*)\]\(([^()\s]*)\)")
_BETWEEN = re.compile(r"\s*(?:;|\band\b|&)\s*")
_NOT_LETTERS = re.compile(r"[\W_]+")
_IDS = {"doi", "arxiv", "pmid", "isbn"}
_SIGNS = " \t\"'“”*_"
MAX_VALUE = 2_000
"""Characters of a value."""
MAX_ABOVE = 6
"""Lines above a page's properties in which its title may stand."""
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


def take_records(builder: Builder, lines: list[str], first: int) -> None:
    """Adds the records in runs of properties from the line `first` on, and blanks those lines."""
    find = _field_line if _TITLE_LINE.search("\n".join(lines[first:])) else property_of
    for run in _runs(lines, first, find):
        if _names_its_work(lines, run[0].line) and not any(_is_title(found) for found in run):
            continue  # the fields of the heading right above, which the outline reads
        page_title = _title_above(lines, run[0].line)
        if not page_title and not "".join(lines[first : run[0].line - 1]).strip():
            page_title = _title_of_page(builder.page)
        if add_record(builder, run, page_title=page_title):
            for found in run:
                lines[found.line - 1] = ""


def _field_line(line: str, number: int = 0) -> Property | None:
    """'Title:: …', and '**Title**: …' with one colon where the name is that of a field."""
    found = property_of(line, number)
    if found or not (":" in line or "：" in line):
        return found
    match = _LABELLED.match(line)
    name = " ".join(match.group(1).lower().split()) if match else ""
    return Property(name, match.group(2)[:MAX_VALUE], number) if match and name in _NAMES else None


def _names_its_work(lines: Sequence[str], line: int) -> bool:
    """True right below '## Title of a work'; 'Metadata' is none."""
    above = next(
        (text for text in reversed(lines[max(0, line - 3) : line - 1]) if text.strip()), ""
    )
    heading = above.lstrip("#")
    bare = heading.strip(" *_:").lower()
    return len(above) - len(heading) > 1 and bool(bare) and bare not in _HEADINGS_OF_FIELDS


def _is_title(found: Property) -> bool:
    return field_named(found.name) in {"title", "original-title"}


def _title_above(lines: Sequence[str], line: int) -> str:
    """The title of a page whose properties stand below it: '# Title', '## Metadata' perhaps."""
    for above in reversed(lines[max(0, line - 1 - MAX_ABOVE) : line - 1]):
        if above.startswith("# "):
            return above[2:].strip()
    return ""


def _title_of_page(name: str) -> str:
    """The name of a page whose properties come first, where it may be a title: two words."""
    return name if len(name.split()) > 1 else ""


def _runs(
    lines: Sequence[str], first: int, find: Callable[[str, int], Property | None]
) -> Iterator[list[Property]]:
    """Properties that stand one below the other."""
    run: list[Property] = []
    for number, line in enumerate(lines[first:], first + 1):
        found = find(line, number) if ":" in line or "：" in line else None
        if found:
            run.append(found)
        elif run and (line.strip(" \t>-~") or number - run[-1].line > MAX_GAP):
            yield run
            run = []
    if run:
        yield run


def add_record(
    builder: Builder,
    properties: Sequence[Property],
    page_title: str = "",
    *,
    is_work: bool = False,
) -> bool:
    """Adds the record that properties tell; False where they tell no work.

    `page_title` is the name of the page they stand on, which is the work's title where none of
    them is. `is_work` where what they describe is known to be one.
    """
    if not properties:
        return False
    names = {name for found in properties if (name := field_named(found.name)) and found.value}
    pairs = _pairs(properties)
    if page_title and not names & {"title", "original-title"}:
        pairs.append(("title", page_title.lstrip("@ ")))
        names.add("title")
    if not is_work and not tells_work(names, dict(pairs).get("type", "")):
        return False
    return add_entry(builder, pairs, properties[0].line)


def field_named(name: str) -> str:
    """The field that a property of this name tells, '' for others: 'author' of 'Auteur(s)'."""
    return _NAMES.get(" ".join(name.lower().replace("_", " ").split()), "")


def tells_work(names: set[str], kind: str) -> bool:
    """True for the fields of a work: an identifier, a title with its citekey, or with people and
    what dates it.

    `kind` is the type that is told: 'journalArticle'. A page of the reader's own has a title, an
    author and a date, too, but neither a year of its own, a venue nor such a type.
    """
    if names & _IDS:
        return True
    if not names & {"title", "original-title"}:
        return False
    if "citekey" in names:
        return True
    is_typed = _NOT_LETTERS.sub("", kind.lower()) in _WORK_TYPES
    return "author" in names and (is_typed or bool(names & {"year", "venue"}))


def _pairs(properties: Iterable[Property]) -> Pairs:
    """The fields of a record; a title as it was printed comes before that of the page."""
    pairs: Pairs = []
    for found in properties:
        pairs += values_of(field_named(found.name), found.value)
    return sorted_pairs(pairs)


def sorted_pairs(pairs: Pairs) -> Pairs:
    """The fields each once, by the names that a record has for them."""
    better = [("title", value) for name, value in pairs if name == "original-title"]
    worse = [("venue", value) for name, value in pairs if name == "publisher"]
    kept = [pair for pair in pairs if pair[0] not in {"original-title", "publisher", "date"}]
    dates = [("year", year_in(value)) for name, value in pairs if name == "date"]
    return list(dict.fromkeys(pair for pair in (*better, *kept, *worse, *dates) if pair[1]))


def values_of(name: str, value: str) -> Iterator[tuple[str, str]]:
    """The values of a field as a page writes them: each author, a bare year, a link's address."""
    if name == "author":
        yield from (("author", author) for author in people_in(value))
    elif name == "year":
        yield name, year_in(value)
    elif name in {"url", "doi", "arxiv", "pmid"}:
        targets = [target for _, target in _MARKDOWN_LINK.findall(value)]
        for target in targets or value.split()[:1]:
            if name != "url" or target.startswith("http"):
                yield name, target.strip(_SIGNS + "<>")
    elif name:
        yield name, _plain(value).lstrip("@")


def people_in(value: str) -> list[str]:
    """'[[Ann Doe]], [[Bo Roe]]', 'Doe, Ann; Roe, Bo', 'Ann Doe and Bo Roe', 'Ann Doe, Bo Roe'."""
    linked = [(alias or page).strip() for page, alias in _WIKI_LINK.findall(value)]
    if linked:
        return [given_name_first(name) for name in linked]
    parts = [part.strip(_SIGNS + ",") for part in _BETWEEN.split(_plain(value))]
    parts = [part for part in parts if part]
    if len(parts) > 1 and not all("," in part for part in parts):
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
