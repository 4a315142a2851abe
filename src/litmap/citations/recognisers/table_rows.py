"""Tables of works: a row is a work, read by what the names of the columns say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from litmap.citations.recognisers.author_names import NameMention, find_names
from litmap.citations.recognisers.entry_reader import ReferenceEntry
from litmap.citations.recognisers.link_classifier import classify_link
from litmap.citations.recognisers.reference_shape import reference_score
from litmap.citations.recognisers.reference_signs import is_unspaced
from litmap.models import NoteBlock, Reference
from litmap.parsing.grammar import ET_AL_WORDS, MORE_AUTHORS, UPPER, YEAR_SINCE_1400
from litmap.parsing.identifiers import find_identifiers, normalise_id
from litmap.parsing.reference_strings.parser import parse_reference
from litmap.parsing.table_columns import CELL_BORDER, work_columns

MIN_TITLE_LENGTH = 2
MIN_REFERENCE_SCORE = 0.6
"""From which on a cell of titles holds a whole reference."""
_CELLS_OF_WORK = ("title", "authors", "year", "date", "venue", "identifier", "address", "reference")
_YEAR = re.compile(rf"(?<!\d){YEAR_SINCE_1400}(?!\d)")
_YEAR_BEHIND = re.compile(rf",?\s*[(\[]?{YEAR_SINCE_1400}[a-z]?[)\]]?$")
_VOLUME_AND_PAGES = re.compile(
    r"(?<=\w\w),?\s(?:(?:vol|bd|t|nr|no|т)\.?\s?)?\d{1,4}"
    r"(?:\s?\(\d{0,4}(?:[–/-]\d{1,4})?\)|(?=[,:;]))"
    r"(?:[,:;]\s?(?:(?:pp?|s|pág|págs|с|str)\.?\s?)?[a-z]?\d{1,7}(?:\s?[–-]\s?[a-z]?\d{1,7})?)?$",
    re.I,
)
"""What stands behind the name of a journal: 'Annals of Peat 2, 5–21', 'Annals of Peat 2(1)'."""
_MAY_CITE = re.compile(rf"[@\[\]]|\d{{4}}|{ET_AL_WORDS}")
_ARXIV_COLUMN = re.compile(r"\d{4}\.\d{4,5}(?:v\d+)?")
_NUMBER_COLUMN = re.compile(r"\d{4,9}")
_PEOPLE_BEHIND = re.compile(
    rf"(?P<title>.{{8,300}}?)\s?[(\[](?P<people>[{UPPER}][^()\[\]\d]{{2,100}}?"
    rf"(?:{ET_AL_WORDS}|(?:&|\band\b|\bund\b|\bet\b|\by\b)[^()\[\]\d]{{2,50}}))\.?[)\]]",
)
"""'Street lamps and moths (Rask et al.)'."""
_QUOTES = ' \t“”"„‚‘«»‹›「」『』《》'
_MORE_AUTHORS = re.compile(
    rf"(?:{MORE_AUTHORS}|[,、，]?\s*(?:и др\.?|та ін\.?|等|ほか|他|외))\s*$", re.I
)
_NAME_BORDER = re.compile(
    r"(?<=[㐀-鿿])\s?[・·]\s?(?=[㐀-鿿])|"
    r"\s*[;；、，/·]\s*|,?\s+(?:and|und|et|y|e|en|og|och|i|и|та|&)\s+|\s*&\s*"
)
_COMMA = re.compile(r"\s*,\s*")
_INITIALS = re.compile(rf"(?:[{UPPER}]\.?[ -]?){{1,4}}")
_INVERTED_BESIDE_OTHERS = re.compile(
    r"[^,;/]+,[^,;/]+(?:[;/]|\s(?:and|und|et|y|e|и|&)\s+(?=[^\s,]+[\s,]+\S))"
)
"""'Rask, Ada; Umeh, Ben', 'Rask, Ada and Ben Umeh', but not 'Rask, Umeh and Lee'."""


@dataclass(frozen=True, slots=True)
class TableRows:
    """The works of tables by the index of their block, and the indexes of the tables' heads."""

    works: dict[int, ReferenceEntry] = field(default_factory=dict)
    heads: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell: its text and where it stands in the row's text."""

    text: str
    start: int
    end: int


def read_tables(blocks: Sequence[NoteBlock]) -> TableRows:
    """The rows that are works, of all tables whose head says so."""
    rows = TableRows()
    for head, columns, places in _tables(blocks):
        rows.heads.add(head)
        if "title" not in columns:
            rows.works.update(_dated_beside(blocks, columns, places))
            continue  # other whole references are read as any are
        names = _column_names(blocks[head], columns)
        cells = {place: dict(_cells_by_role(blocks[place], columns)) for place in places}
        authors = [row["authors"].text for row in cells.values() if "authors" in row]
        inverted = any(map(_INVERTED_BESIDE_OTHERS.match, authors))
        for place, row in cells.items():
            entry = _read_row(blocks[place], row, names, inverted=inverted)
            if entry:
                rows.works[place] = entry
    return rows


def _dated_beside(
    blocks: Sequence[NoteBlock], columns: Sequence[str], places: Sequence[int]
) -> dict[int, ReferenceEntry]:
    """The rows whose reference stands in one cell and its year in another, by their index."""
    found: dict[int, ReferenceEntry] = {}
    if not {"reference", "year"} <= set(columns):
        return found
    for place in places:
        row = dict(_cells_by_role(blocks[place], columns))
        dated = _YEAR.search(row["year"].text) if "year" in row else None
        if dated is None or "reference" not in row or _YEAR.search(row["reference"].text):
            continue
        written = f"{row['reference'].text.rstrip(' .,')}, {dated.group()}."
        parsed = parse_reference(written)
        if parsed.authors and parsed.title and reference_score(written) >= MIN_REFERENCE_SCORE:
            ids, urls = _ids_and_urls(blocks[place], row, {})
            reference = replace(parsed, raw=blocks[place].text, ids=ids, urls=urls)
            text, claims = blocks[place].text, tuple(_claims(blocks[place], row))
            found[place] = ReferenceEntry(reference, 0, len(text), sure=True, claims=claims)
    return found


def _tables(
    blocks: Sequence[NoteBlock],
) -> Iterator[tuple[int, tuple[str, ...], list[int]]]:
    """The index of each table's head, what its columns hold, and the indexes of its rows."""
    head = -1
    columns: tuple[str, ...] = ()
    places: list[int] = []
    for place, block in enumerate(blocks):
        cells = CELL_BORDER.split(block.text) if block.kind == "cell" else []
        named = work_columns(cells) if len(cells) > 1 else ()
        belongs = bool(columns) and bool(cells) and len(cells) <= len(columns)
        if columns and (named or not belongs):
            yield head, columns, places
            columns = ()
        if named:
            head, columns, places = place, named, []
        elif columns:
            places.append(place)
    if columns:
        yield head, columns, places


def _column_names(head: NoteBlock, columns: Sequence[str]) -> dict[str, str]:
    """The names of the columns by what they hold, in lower case."""
    cells = CELL_BORDER.split(head.text.lower())
    return dict(zip(columns, cells, strict=False))


def _cells_by_role(block: NoteBlock, columns: Sequence[str]) -> Iterator[tuple[str, _Cell]]:
    """The filled cells of a row by what their column holds; remarks are left out."""
    start = 0
    ends = [match.span() for match in CELL_BORDER.finditer(block.text)]
    for role, (end, following) in zip(
        columns, [*ends, (len(block.text), len(block.text))], strict=False
    ):
        text = block.text[start:end]
        if role in _CELLS_OF_WORK and text.strip():
            yield role, _Cell(text.strip(), start, end)
        start = following


def _read_row(
    block: NoteBlock, row: Mapping[str, _Cell], names: Mapping[str, str], *, inverted: bool
) -> ReferenceEntry | None:
    """The work of a row; None where its cell of titles holds none, or a whole citation."""
    title = row["title"].text.strip(_QUOTES).rstrip(".") if "title" in row else ""
    if len(title) < MIN_TITLE_LENGTH or _is_citation(title, has_authors="authors" in row):
        return None
    if "authors" in row:
        authors = split_author_cell(row["authors"].text, inverted=inverted)
    else:
        title, authors = _split_people_behind(title)
    named = _named_in(row["reference"].text) if "reference" in row and not authors else None
    authors = named.names if named else authors
    ids, urls = _ids_and_urls(block, row, names)
    venue, year = _venue_and_year(row)
    year = year or (named.year if named else None)
    reference = Reference(block.text, title, authors, year, venue=venue, ids=ids, urls=urls)
    told = bool(authors) and bool(year or venue or ids)
    claims = tuple(_claims(block, row))
    return ReferenceEntry(reference, 0, len(block.text), told or bool(ids), claims=claims)


def _named_in(text: str) -> NameMention | None:
    """The people and year of a cell beside that of the title: 'Rask & Umeh 2011'."""
    return next((names for names in find_names(text) if names.year), None)


def _split_people_behind(title: str) -> tuple[str, tuple[str, ...]]:
    """The title of a cell and the people in brackets behind it: 'Street lamps (Rask et al.)'."""
    match = _PEOPLE_BEHIND.fullmatch(title)
    if match is None or not match["title"].strip():
        return title, ()
    return match["title"].rstrip(" ,;–-"), split_author_cell(match["people"])


def _is_citation(title: str, *, has_authors: bool) -> bool:
    """True for a cell that cites rather than names: 'Doe et al. (2001)', a whole reference."""
    if any(
        names.strong and names.end - names.start > 0.5 * len(title) for names in find_names(title)
    ):
        return True
    return not has_authors and reference_score(title) >= MIN_REFERENCE_SCORE


def split_author_cell(text: str, *, inverted: bool = False) -> tuple[str, ...]:
    """The names of a cell of authors: 'Rask A, Umeh B', 'Okoro and Lee', '林涛、苏晓'.

    `inverted` where another row of the column shows that a comma stands within a name.
    """
    text = _MORE_AUTHORS.sub("", _YEAR_BEHIND.sub("", text.strip()))
    parts = [part for part in _NAME_BORDER.split(text) if part and part.strip()]
    if inverted or ";" in text or _INVERTED_BESIDE_OTHERS.match(text):
        return tuple(_given_first(part) for part in parts)
    names: list[str] = []
    for part in parts:
        names += _split_at_commas(part)
    return tuple(names)


def _split_at_commas(text: str) -> list[str]:
    """The names between commas; initials belong to the name before: 'Doe, J., Roe, R.'."""
    names: list[str] = []
    for part in filter(None, _COMMA.split(text)):
        if names and _INITIALS.fullmatch(part) and not is_unspaced(part):
            names[-1] = f"{part} {names[-1]}"
        else:
            names.append(part.strip())
    return names


def _given_first(name: str) -> str:
    """'Krüger, Lars' as 'Lars Krüger'."""
    family, _, given = (part.strip() for part in name.partition(","))
    return f"{given} {family}".strip()


def _venue_and_year(row: Mapping[str, _Cell]) -> tuple[str, int | None]:
    """The name of the venue, and the year of its own cell, the authors' or the venue's."""
    venue = row["venue"].text if "venue" in row else ""
    date = row.get("year") or row.get("date")
    dated = _YEAR.search(date.text) if date else None
    if dated is None and "authors" in row:
        dated = _YEAR_BEHIND.search(row["authors"].text)
        dated = _YEAR.search(dated.group()) if dated else None
    if dated is None and (dated := _YEAR.search(venue)):
        venue = (venue[: dated.start()] + venue[dated.end() :]).strip(" ,()'’")
    return _VOLUME_AND_PAGES.sub("", venue), int(dated.group()) if dated else None


def _ids_and_urls(
    block: NoteBlock, row: Mapping[str, _Cell], names: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What identifies the work of a row: in its cells, and in their links."""
    ids: list[str] = []
    urls: list[str] = []
    for role, cell in row.items():
        if role in {"authors", "year", "date"}:
            continue
        if role == "identifier" and (bare := _bare_id(cell.text, names.get(role, ""))):
            ids.append(bare)
        ids += [found.id for found in find_identifiers(cell.text)]
        for link in block.links:
            if cell.start <= link.start < cell.end:
                kind, identifier = classify_link(link.target, link.text)
                ids += [identifier] if identifier else []
                urls += [link.target] if kind != "plain" else []
    return tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(urls))


def _bare_id(text: str, column: str) -> str | None:
    """The identifier that only its column's name tells: '2101.00001' under 'arXiv'."""
    text = text.strip()
    if "arxiv" in column and _ARXIV_COLUMN.fullmatch(text):
        return normalise_id(f"arxiv:{text}")
    if ("pmid" in column or "pubmed" in column) and _NUMBER_COLUMN.fullmatch(text):
        return normalise_id(f"pmid:{text}")
    return None


def _claims(block: NoteBlock, row: Mapping[str, _Cell]) -> Iterator[tuple[int, int]]:
    """What of a row is understood: the work's cells, and remarks that cite nothing."""
    of_work = {(cell.start, cell.end) for cell in row.values()}
    start = 0
    for match in [*CELL_BORDER.finditer(block.text), None]:
        end = match.start() if match else len(block.text)
        text = block.text[start:end]
        linked = any(start <= link.start < end for link in block.links)
        if (start, end) in of_work or not (linked or _MAY_CITE.search(text)):
            yield start, end
        start = match.end() if match else end
