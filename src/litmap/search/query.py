"""What a reader types, taken apart: words to search by meaning, exact phrases, exclusions, filters,
identifiers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from litmap.errors import SearchError
from litmap.models import HeadingPath
from litmap.parsing.grammar import FOUR_FIGURES
from litmap.parsing.identifiers import find_identifiers, normalise_id
from litmap.parsing.terms import fold_case, index_terms, plain_text

MAX_QUERY_LENGTH = 20_000
"""Characters a query may have: some ten pages of text."""
MAX_QUERY_WORDS = 40
"""A query of so many words is a pasted passage: its quotation marks, dashes and colons are its own,
no syntax.
"""
MAX_SHORT_QUERY_WORDS = 12
"""In a query of more words typographic quotation marks are the text's own; plain ones still ask for
the phrase.
"""

KINDS = {
    "body": "body",
    "text": "body",
    "references": "references",
    "reference": "references",
    "abstract": "abstract",
    "abstracts": "abstract",
    "note": "note",
    "notes": "note",
    "figure": "figure",
    "figures": "figure",
    "table": "table",
    "tables": "table",
    "mark": "mark",
    "marks": "mark",
}
"""What may stand after `in:`."""
DEFAULT_KINDS = ("body", "abstract", "note", "figure", "table", "mark")
"""Reference lists name everything and explain nothing: they are searched only where `in:references`
asks for it.
"""

IMPORTANT = "important"
"""What `is:` takes beside the states of reading."""
STATES = {"toread": "to read", "reading": "reading", "read": "read"}
"""What may stand after `is:` → how the catalogue spells that state of reading."""
STATUSES = ("fetched", "metadata-only", "not-found", "unsure", "failed", "pending")
"""What may stand after `status:`."""

ALL_KINDS = (*DEFAULT_KINDS, "references")
ANSWERING_KINDS = ("body", "abstract", "figure")
"""What may answer a question: a paper's own words, no reference list, no row of a table, no
note.
"""


@dataclass(frozen=True, slots=True)
class Query:
    """A query taken apart. `text` is what is searched by meaning and by words (phrases included);
    the rest filters.

    `years` is (first, last), either None where open. `ids` are identifiers the query names
    (`only_ids`: and nothing else), `remarks` what was understood otherwise than it was perhaps
    meant, for the reader to see.
    """

    raw: str
    text: str = ""
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    years: tuple[int | None, int | None] | None = None
    headings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = DEFAULT_KINDS
    ids: tuple[str, ...] = ()
    only_ids: bool = False
    remarks: tuple[str, ...] = ()
    venues: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    only_important: bool = False
    statuses: tuple[str, ...] = ()

    @property
    def filters(self) -> Query:
        """What it lets through, whatever is searched for."""
        return replace(self, raw="", text="", ids=(), only_ids=False, remarks=())

    @property
    def filters_works(self) -> bool:
        """Whether it lets only some works through."""
        by_record = self.authors or self.years or self.headings or self.notes or self.venues
        return bool(by_record or self.statuses or self.filters_labels)

    @property
    def filters_labels(self) -> bool:
        """Whether it asks for labels that the reader gave."""
        return bool(self.tags or self.states or self.only_important)

    @property
    def is_restricted(self) -> bool:
        """Whether a filter of works or of languages leaves passages out."""
        return self.filters_works or bool(self.languages)


@dataclass(frozen=True, slots=True)
class Facts:
    """What filters ask of a work: from the catalogue (title, authors, year, ids, venue, status,
    the reader's labels) and the notes (headings, notes).
    """

    id: str
    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    ids: tuple[str, ...] = ()
    headings: tuple[HeadingPath, ...] = ()
    notes: tuple[str, ...] = ()
    venue: str = ""
    status: str = ""
    state: str = ""
    is_important: bool = False
    tags: tuple[str, ...] = ()


_QUOTES = str.maketrans("“”„‟«»＂", '"' * 7)
_NO_QUOTES = str.maketrans("“”„‟«»＂", " " * 7)


def quoted(value: str) -> str:
    """A filter's value in quotation marks, which none of its own may end."""
    return '"' + " ".join(value.translate(_QUOTES).replace('"', " ").split()) + '"'


_FIELD = r"(?P<field>[A-Za-z]+):"
_PART = re.compile(rf'(?P<minus>(?<![^\s])-)?(?:{_FIELD})?"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+)|"')
_BARE_FIELD = re.compile(r"(-?)([A-Za-z]+):(.*)", re.DOTALL)
_YEARS = re.compile(rf"({FOUR_FIGURES})?\s*(\.\.\.?|-|–)\s*({FOUR_FIGURES})?")
_FIELDS = ("author", "year", "heading", "note", "venue", "lang", "tag", "is", "status", "in")
_FILTER = re.compile(rf'(?<!\S)({"|".join(_FIELDS)}):(?:"([^"]*)"|([^\s"]+))')
_QUOTE_IN_WORD = re.compile(r'(?<=\w)"(?=\w)')
_SENTENCE_MARKS = "?!.,;:？！。"


def parse_query(text: str) -> Query:
    """Take a query apart. Raises `SearchError` where it is empty, too long, or a filter makes no
    sense.

    `"exact phrase"`, `-word`, `-"phrase"`, `author:`, `year:2015..2018` (or `2015`, `2015..`,
    `..2018`), `heading:"Loss surfaces"`, `note:`, `venue:`, `lang:de`, `tag:fluids`,
    `is:important` (`toread`, `reading`, `read`), `status:fetched`, `in:references` (`notes`,
    `abstracts`, `body`, `figures`, `tables`, `marks`). Anything else is searched for; in a query
    of more than `MAX_QUERY_WORDS` words everything is.
    """
    _check_length(text)
    clean = _clean(text)
    if len(clean.split()) > MAX_SHORT_QUERY_WORDS:
        clean = clean.translate(_NO_QUOTES)
    clean = clean.translate(_QUOTES)
    query = Query(raw=text.strip())
    if len(clean.split()) > MAX_QUERY_WORDS:
        return _with_identifiers(query, " ".join(clean.replace('"', " ").split()))
    kept: list[str] = []
    for match in _PART.finditer(clean):
        query = _take_part(query, match, kept)
    if clean.count('"') % 2:
        query = _with_remark(
            query, "One quotation mark has no partner; its words are searched for as words."
        )
    return _with_identifiers(query, " ".join(kept))


def parse_question(text: str) -> Query:
    """Take a question apart: filters as in `parse_query`, and words. Nothing else is syntax:
    quotation marks, dashes and question marks are the sentence's own.

    Raises `SearchError` where nothing is asked, or a filter makes no sense or names what answers
    nothing.
    """
    _check_length(text)
    clean = _clean(text).translate(_QUOTES)
    query = Query(raw=text.strip())
    for match in _FILTER.finditer(clean):
        query = _with_filter(query, match[1], match[2] or (match[3] or "").strip(_SENTENCE_MARKS))
    words = " ".join(_QUOTE_IN_WORD.sub(" ", _FILTER.sub(" ", clean)).replace('"', "").split())
    if not any(c.isalnum() for c in words):
        raise SearchError("Ask something in words, such as “Why do wide networks generalise?”")
    kinds = ANSWERING_KINDS if query.kinds == DEFAULT_KINDS else query.kinds
    if not set(kinds) <= set(ANSWERING_KINDS):
        raise SearchError(
            "Only what papers say themselves answers a question: in:body, in:abstracts or "
            "in:figures. `litmap search` looks into notes, marks, tables and references."
        )
    ids, _ = _split_identifiers(words)
    return replace(query, text=words, kinds=kinds, ids=tuple(dict.fromkeys(ids)))


def _check_length(text: str) -> None:
    if len(text) > MAX_QUERY_LENGTH:
        raise SearchError(
            f"The query has {len(text):,} characters; up to {MAX_QUERY_LENGTH:,} can be searched "
            f"for. "
            "Give the passage that matters.",
            subject=text[:60],
        )


def _clean(text: str) -> str:
    """Control and unpaired surrogate characters as spaces."""
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(c) in {"Cc", "Cs"} else c for c in text)


def _take_part(query: Query, match: re.Match[str], kept: list[str]) -> Query:
    """The query with one more part; what is to be searched for by meaning goes to `kept`."""
    if match["quoted"] is not None:
        return _take_quoted(query, match, kept)
    if match["bare"] is not None:
        return _take_bare(query, match["bare"], kept)
    return query  # a quotation mark without its partner


def _take_quoted(query: Query, match: re.Match[str], kept: list[str]) -> Query:
    """A phrase, a phrase to leave out, or a filter's value in quotation marks."""
    name, quoted = match["field"] or "", match["quoted"]
    if name in _FIELDS:
        return _with_filter(query, name, quoted)
    has_words = bool(plain_text(quoted))
    if match["minus"]:
        return replace(query, without=(*query.without, quoted)) if has_words else query
    kept.append(quoted)
    return replace(query, phrases=(*query.phrases, quoted)) if has_words else query


def _take_bare(query: Query, bare: str, kept: list[str]) -> Query:
    """A word, a word to leave out, or a filter."""
    field = _BARE_FIELD.fullmatch(bare)
    if field and field[2] in _FIELDS:
        if field[1]:
            raise SearchError(
                f"'{bare}': filters cannot be turned round with a minus; leave the minus out."
            )
        return _with_filter(query, field[2], field[3])
    if bare.startswith("-") and len(bare) > 1 and plain_text(bare):
        return replace(query, without=(*query.without, bare[1:]))
    kept.append(bare)
    return query


def _with_filter(query: Query, name: str, value: str) -> Query:
    value = value.strip()
    if not value:
        raise SearchError(
            f"'{name}:' needs a value right after the colon, such as {_example(name)}.",
            subject=name,
        )
    known = _READ_FILTERS.get(name)
    if known is not None:
        return known(query, value)
    part = f"{name}s"
    changed: dict[str, Any] = {part: (*getattr(query, part), value)}
    return replace(query, **changed)


def _with_years(query: Query, value: str) -> Query:
    return replace(query, years=_parse_years(value))


def _with_kind(query: Query, value: str) -> Query:
    kind = KINDS.get(value.casefold())
    if kind is None:
        raise SearchError(
            f"unknown place '{value}'. Use in:body, in:abstracts, in:notes, in:marks, "
            "in:figures, in:tables or in:references.",
            subject=value,
        )
    before = () if query.kinds == DEFAULT_KINDS else query.kinds
    return replace(query, kinds=tuple(dict.fromkeys((*before, kind))))


def _with_language(query: Query, value: str) -> Query:
    return replace(query, languages=(*query.languages, value.lower()))


def _with_tag(query: Query, value: str) -> Query:
    tag = value.lstrip("# ")
    if not tag:
        raise SearchError(f"'tag:{value}' names no tag: write tag:fluids.", subject=value)
    return replace(query, tags=(*query.tags, tag))


def _with_label(query: Query, value: str) -> Query:
    """The query with `is:important`, or with a state of reading: of several one must be true."""
    word = re.sub(r"[\s_-]+", "", value.casefold())
    if word == IMPORTANT:
        return replace(query, only_important=True)
    if word not in STATES:
        raise SearchError(
            f"unknown label '{value}'. Use is:important, is:toread, is:reading or is:read; your "
            "own words are tags, such as tag:fluids.",
            subject=value,
        )
    return replace(query, states=tuple(dict.fromkeys((*query.states, STATES[word]))))


def _with_status(query: Query, value: str) -> Query:
    word = re.sub(r"[\s_]+", "-", value.casefold())
    if word not in STATUSES:
        known = ", ".join(f"status:{status}" for status in STATUSES)
        raise SearchError(f"unknown status '{value}'. Use one of {known}.", subject=value)
    return replace(query, statuses=tuple(dict.fromkeys((*query.statuses, word))))


_READ_FILTERS: dict[str, Callable[[Query, str], Query]] = {
    "year": _with_years,
    "in": _with_kind,
    "lang": _with_language,
    "tag": _with_tag,
    "is": _with_label,
    "status": _with_status,
}
"""Filters whose value is more than a name that is looked for."""


def _example(name: str) -> str:
    examples = {
        "author": "author:hinton",
        "year": "year:2015..2018",
        "heading": 'heading:"Loss surfaces"',
        "venue": "venue:NeurIPS",
        "lang": "lang:de",
        "tag": "tag:fluids",
        "is": "is:important",
        "status": "status:fetched",
    }
    return examples.get(name, "in:references" if name == "in" else "note:reading.md")


def _parse_years(value: str) -> tuple[int | None, int | None]:
    if re.fullmatch(FOUR_FIGURES, value):
        return int(value), int(value)
    match = _YEARS.fullmatch(value)
    if match is None or not (match[1] or match[3]):
        raise SearchError(
            f"year:{value}: write year:2016, year:2015..2018, year:2015.. or year:..2018.",
            subject=value,
        )
    first, last = (int(year) if year else None for year in (match[1], match[3]))
    if first is not None and last is not None and first > last:
        raise SearchError(f"year:{value}: the first year is after the last.", subject=value)
    return first, last


def _with_remark(query: Query, text: str) -> Query:
    return replace(query, remarks=(*query.remarks, text))


def _with_identifiers(query: Query, text: str) -> Query:
    """The query with its text and the identifiers in it. Raises where it asks for nothing."""
    ids, remainder = _split_identifiers(text)
    only = bool(ids) and not index_terms(remainder.replace("doi", ""))
    query = replace(query, text=text, ids=tuple(dict.fromkeys(ids)), only_ids=only)
    if not _asks_for_something(query):
        raise _nothing_asked(query)
    return query


def _split_identifiers(text: str) -> tuple[list[str], str]:
    """The identifiers a text names, and the text without them."""
    matches = find_identifiers(text)
    if matches:
        inside = {i for match in matches for i in range(match.start, match.end)}
        remainder = "".join(c for i, c in enumerate(text) if i not in inside)
        return [match.id for match in matches], remainder
    if len(text.split()) == 1:
        alone = normalise_id(text)
        if alone != text and ":" in alone:
            return [alone], ""
    return [], text


def _asks_for_something(query: Query) -> bool:
    has_words = any(c.isalnum() for c in query.text)
    return has_words or query.is_restricted or query.kinds != DEFAULT_KINDS


def _nothing_asked(query: Query) -> SearchError:
    if query.without:
        message = "The query only says what to leave out; say also what to look for."
        return SearchError(message, subject=query.raw[:60])
    if query.raw:
        message = "There is no word in the query to search for."
        return SearchError(message, subject=query.raw[:60])
    return SearchError(
        "The query is empty: type what the passage is about, a title, a quotation or an arXiv id."
    )


def matching_works(query: Query, facts: Iterable[Facts]) -> set[str] | None:
    """Ids of the works that all filters let through; None where the query filters no works."""
    if not query.filters_works:
        return None
    tests: list[Callable[[Facts], bool]] = []
    tests += [_by_author(name) for name in query.authors]
    tests += [_by_heading(name) for name in query.headings]
    tests += [_by_note(name) for name in query.notes]
    tests += [_by_venue(name) for name in query.venues]
    tests += [_by_tag(name) for name in query.tags]
    if query.states:
        tests.append(lambda work: work.state in query.states)
    if query.only_important:
        tests.append(lambda work: work.is_important)
    if query.statuses:
        tests.append(lambda work: work.status in query.statuses)
    if query.years:
        tests.append(_by_year(*query.years))
    kept = list(facts)
    for test in tests:
        kept = [work for work in kept if test(work)]
    return {work.id for work in kept}


def _by_author(name: str) -> Callable[[Facts], bool]:
    """Each word of the name must begin a word of one author's name, so initials and family names
    do.
    """
    wanted = plain_text(name).split()
    first = wanted[0] if wanted and wanted[0].isascii() else ""

    def test(work: Facts) -> bool:
        for author in work.authors:
            is_plain = author.isascii() and author.isprintable()  # no line ends either
            if is_plain and first not in author.lower():
                continue  # by far the most, and told without taking the name apart
            parts = plain_text(author).split()
            if wanted and all(any(part.startswith(word) for part in parts) for word in wanted):
                return True
        return False

    return test


def _by_heading(name: str) -> Callable[[Facts], bool]:
    """Each part of a path ('Theory › Loss surfaces'), or the one name, must stand in a heading, in
    their order one below the other.
    """
    wanted = [plain for part in name.split("›") if (plain := plain_text(part))]

    @cache
    def holds(path: HeadingPath) -> bool:
        parts = [plain_text(part) for part in path]
        return any(
            all(own in part for own, part in zip(wanted, parts[at:], strict=False))
            for at in range(len(parts) - len(wanted) + 1)
        )

    return lambda work: bool(wanted) and any(map(holds, work.headings))


def _by_note(name: str) -> Callable[[Facts], bool]:
    wanted = fold_case(name)

    @cache
    def holds(note: str) -> bool:
        return wanted in fold_case(note)

    return lambda work: any(map(holds, work.notes))


def _by_venue(name: str) -> Callable[[Facts], bool]:
    """Each word of the name must begin a word of the venue."""
    wanted = plain_text(name).split()

    @cache
    def holds(venue: str) -> bool:
        words = plain_text(venue).split()
        return bool(wanted) and all(any(w.startswith(word) for w in words) for word in wanted)

    return lambda work: holds(work.venue)


def _by_tag(name: str) -> Callable[[Facts], bool]:
    """A tag is named whole, or by what it stands under: `tag:fluids` finds 'fluids/turbulence'."""
    wanted = fold_case(name)

    @cache
    def holds(tag: str) -> bool:
        folded = fold_case(tag)
        return folded == wanted or folded.startswith(f"{wanted}/")

    return lambda work: any(map(holds, work.tags))


def _by_year(first: int | None, last: int | None) -> Callable[[Facts], bool]:
    def test(work: Facts) -> bool:
        return (
            work.year is not None
            and (first is None or work.year >= first)
            and (last is None or work.year <= last)
        )

    return test
