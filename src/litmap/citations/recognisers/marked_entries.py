"""Works of running text whose titles are in quotation marks or italics, as reference entries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from litmap.citations.recognisers.bib_records import field
from litmap.citations.recognisers.entry_reader import (
    ReferenceEntry,
    is_title_label,
)
from litmap.citations.recognisers.link_classifier import classify_link
from litmap.citations.recognisers.linked_titles import names_of
from litmap.citations.recognisers.marked_titles import MarkedTitle, marked_titles
from litmap.citations.recognisers.reference_signs import is_unspaced
from litmap.models import NoteBlock, Reference
from litmap.parsing.grammar import CASELESS, UNSPACED
from litmap.parsing.identifiers import find_identifiers
from litmap.parsing.reference_strings.parser import parse_reference
from litmap.parsing.title_similarity import normalise_title

_WORDS_BEFORE = re.compile(r"(?<![^\W\d_])[^\W\dA-ZÀ-Þ_]{4,}|[:：→。]")
"""What stands before the people of a work and is none of their names."""
_WITHOUT_CAPITALS = re.compile(f"[{CASELESS}{UNSPACED}]")
MAX_INVERTED = 2
"""Words between commas that one name may be: 'Frege, Gottlob'."""
MAX_BETWEEN = 3
"""Signs between a work and a link that belongs to it."""
MIN_SCORE = 1.3
"""Score of a title that is worth a search."""


@dataclass(frozen=True, slots=True)
class MarkedEntry:
    """An entry whose title is marked; `is_quoted` where quotation marks do it, `has_people_behind`
    where its people stand behind it.
    """

    entry: ReferenceEntry
    is_quoted: bool
    has_people_behind: bool


def marked_entries(block: NoteBlock, start: int, end: int) -> list[MarkedEntry]:
    """The works of a stretch whose titles are marked and have company."""
    found = marked_titles(block, start, end)
    entries = (
        MarkedEntry(_entry(block, title), title.is_quoted, not title.is_behind_people)
        for title in found
        if title.score >= MIN_SCORE
    )
    return [one for one in entries if not has_ids_of_several(one.entry.reference.ids)]


def has_ids_of_several(ids: Sequence[str]) -> bool:
    """True for two identifiers of one kind, which are of two works."""
    return len({identifier.split(":", 1)[0] for identifier in ids}) < len(ids)


def _entry(block: NoteBlock, found: MarkedTitle) -> ReferenceEntry:
    """The entry that a title and its company are."""
    end = _end_with_labels(block, found.end)
    written = block.text[found.start : end]
    links = [link for link in block.links if found.start <= link.start < end]
    told = [classify_link(link.target, link.text) for link in links]
    ids = [identifier for _, identifier in told if identifier]
    ids += [identifier.id for identifier in find_identifiers(written)]
    urls = [link.target for link, (kind, _) in zip(links, told, strict=True) if kind != "plain"]
    people = found.people_text.strip(" ,:;").removesuffix(".")
    parsed = parse_reference(f"{people}. “{found.title}”. {found.printed}", title_hint=found.title)
    reference = Reference(
        written,
        found.title,
        _authors(found, parsed.authors),
        found.year,
        venue=parsed.venue,
        ids=tuple(dict.fromkeys(ids)),
        urls=tuple(dict.fromkeys(urls)),
        number=field(block, "number") or field(block, "label"),
    )
    return ReferenceEntry(reference, found.start, end, found.sure)


def _end_with_labels(block: NoteBlock, end: int) -> int:
    """Where the links end that stand right behind a work: ', [pdf](…)', '(link)'."""
    for link in block.links:
        between = block.text[end : link.start]
        if 0 <= link.start - end <= MAX_BETWEEN and not any(map(str.isalnum, between)):
            end = end if is_title_label(link.text) or link.target.startswith("[[") else link.end
    return end


def _authors(found: MarkedTitle, parsed: tuple[str, ...]) -> tuple[str, ...]:
    """The people beside a title, family names last; as they stand in scripts without capitals."""
    if not found.people or _WITHOUT_CAPITALS.match(found.people_text):
        return found.people
    if found.is_behind_people and parsed and len(found.people) <= MAX_INVERTED:
        return parsed  # 'Frege, Gottlob. 1892. “Über …”'
    return names_of(found.people_text.strip(" ,:;"), parsed) or found.people


def better_of(
    whole: ReferenceEntry | None, marked: Sequence[MarkedEntry], text: str, start: int
) -> list[ReferenceEntry]:
    """The entries of a stretch that may be one reference as a whole (`whole`), or hold marked ones.

    Titles in quotation marks are better where the whole takes other words into its title: 'On error
    rates → Bolt: “Rates and errors”, …'; where both have one title and words stand before, the
    people are theirs.
    """
    entries = [one.entry for one in marked]
    sure = [one for one in marked if one.entry.sure]
    if whole is None or (sure and not whole.reference.title):
        return entries
    if sum(one.is_quoted and bool(one.entry.reference.authors) for one in sure) > 1:
        return entries
    if any(_is_of_same_people(whole, one.entry) for one in sure):
        return entries
    chosen = (_mended(whole, one, text, start) for one in marked if one.is_quoted)
    mended = next((entry for entry in chosen if entry is not None), whole)
    return entries if any(mended is entry for entry in entries) else [mended]


def _is_of_same_people(whole: ReferenceEntry, marked: ReferenceEntry) -> bool:
    """True where the people that the whole gives to a title before them are those of a title behind
    them: 'a post of “Salt & paper”: A. Doe, “Counting lakes”, 2019'.
    """
    title, its_title = whole.reference.title, marked.reference.title
    if not title or not its_title or whole.reference.authors != marked.reference.authors:
        return False
    raw = whole.reference.raw
    return title != its_title and 0 <= raw.find(title) < raw.find(whole.reference.authors[0])


def _mended(
    whole: ReferenceEntry, one: MarkedEntry, text: str, start: int
) -> ReferenceEntry | None:
    """The whole as a title in quotation marks tells it, or the marked entry where it is better;
    None where it tells nothing.
    """
    entry = one.entry
    if entry.sure and is_unspaced(entry.reference.title):
        return _with_marked_title(whole, entry, start)
    if not entry.reference.authors or entry.start <= start:
        return None
    title, its_title = (normalise_title(e.reference.title) for e in (whole, entry))
    if its_title != title:
        return entry if its_title in title and entry.sure else None
    if one.has_people_behind:
        return entry
    if not _WORDS_BEFORE.search(text[start : entry.start]):
        return None
    return replace(whole, reference=replace(whole.reference, authors=entry.reference.authors))


def _with_marked_title(whole: ReferenceEntry, marked: ReferenceEntry, start: int) -> ReferenceEntry:
    """The whole with the marked title, in scripts whose words no blanks part, and its people where
    other words stand before them.
    """
    has_lead = marked.start > start + MAX_BETWEEN and marked.reference.authors
    people = marked.reference.authors if has_lead else whole.reference.authors
    reference = replace(whole.reference, title=marked.reference.title, authors=people)
    return replace(whole, reference=reference)
