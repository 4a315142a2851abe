"""One stretch of a block read as one reference entry.

Its text, its links and its identifiers together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from litmap.citations.recognisers.adjacency import names_before
from litmap.citations.recognisers.author_names import NameMention, find_names
from litmap.citations.recognisers.bib_records import field
from litmap.citations.recognisers.journal_locators import JournalLocator, find_locators
from litmap.citations.recognisers.link_classifier import classify_link, is_non_scholarly_host
from litmap.citations.recognisers.name_lists import is_names_alone
from litmap.citations.recognisers.reference_boundaries import before_next, reference_end
from litmap.citations.recognisers.reference_shape import (
    LABEL,
    LABEL_BEFORE_NAMES,
    LEAD_WITH_NOUN,
    PENDING,
    has_reference_shape,
    is_pending,
    may_be_reference,
    reference_score,
)
from litmap.models import Link, NoteBlock, Reference
from litmap.parsing.grammar import UNSPACED, UPPER, YEAR
from litmap.parsing.identifiers import find_identifiers
from litmap.parsing.reference_strings.access_notes import has_access_date
from litmap.parsing.reference_strings.parser import parse_reference
from litmap.parsing.word_lists import load_pattern

MAX_ENTRY_LENGTH = 3000
"""Characters of one reference."""
MAX_LIST_FLOOR = 0.3
"""Floors above it are those of text outside reference lists, of which more is asked."""
MAX_IDENTIFIED_FLOOR = 0.5
"""Below this floor an identifier is enough."""
MAX_LEADING_WORDS = 160
"""Characters in which a reference's first names stand behind such words."""
MAX_DOIS = 2
"""DOIs of one work: a paper and its supplement may each have one. Of other kinds it has one."""

_LABEL_MARK = re.compile(
    r"\s*\[((?!\d)[\w+#&.’'-]{2,30}(?: et al\.?)?(?:[ ,]{1,2}\d{4}[a-z]?)?)\]:?\s+(?=[A-ZÀ-Þ“\"])"
)
_LEADING_WORDS = re.compile(
    rf"\s*(?:(?:{load_pattern('words_before_references')}|{load_pattern('reference_signals')})"
    rf"(?:\s?[:：]?\s+|[:：](?=[{UNSPACED}]))){{1,3}}",
    re.I,
)
_BEGINS_WITH_NAME = re.compile(rf"[{UPPER}{UNSPACED}]|(?:van|von|de|da|di|du|le|la)\s")
_ELLIPSIS = re.compile(r",\s*(?:…|\.\s?\.\s?\.)\s*(?:&\s*|and\s+)?(?=[A-Z])")
_SURNAME = r"[A-ZÀ-Þ][\w'’-]+"
_SURNAMES = re.compile(
    rf"(?:[A-Za-z][\w ]{{2,20}}: )?((?:{_SURNAME}(?:, and |, & |, | and | & )){{1,12}}|"
    rf"(?:{_SURNAME}, ){{1,11}}(?:and |& )?{_SURNAME}\. )(?=[A-ZÀ-Þ\d“\"])"
)
_LEDGER = re.compile(r"\d+\s?[,;:]\s?\d")
_PRINTED = re.compile(rf"\d\s?\(\d{{1,3}}\)|\d\s?[:,]\s?(?:pp?\.\s?)?\d+[–-]\d|\d:\d|\d \({YEAR}\)")
"""Volume, issue, pages: what is printed in a journal."""
_SLASH = re.compile(r"(?<=\w)\s?/\s?(?=\w)")
"""Between names in German: 'Keller/Brandt (2011)'."""
_DASH_BETWEEN = re.compile(r"\s[–—]\s")
MIN_DASHES = 2
"""Dashes between the fields of a reference, from which on they part them."""
_STARS = re.compile(r"\*+")
_YEAR = re.compile(rf"(?<!\d){YEAR}(?!\d)")
_VOLUME_AT_END = re.compile(r",\s\d{1,4}$")
"""Before its journal: 'Robots at the bar, 88 Lake L. Rev.'."""
_BARE_PAGE = re.compile(r"^(?:\[?\d+\]?\.?\s*)?\S*://\S+$")
_POSSESSIVE_ENDING = re.compile(r"['’]s$")
MIN_AUTHORS_LENGTH, MIN_TITLE = 3, 5
_ENDS_TITLE = re.compile(r"\s?[.,;(]|\s*$")
_VOLUME_BEHIND = re.compile(r"[.,]?\s\d")
_BETWEEN_SURNAMES = re.compile(r", and |, & |, | and | & |\. ")


@dataclass(frozen=True, slots=True)
class ReferenceEntry:
    """A reference entry found in a block, with the stretch it was read from.

    `sure` is True for what is surely a work, `is_web_page` for a page that is no scholarly work.
    `claims`: what of the stretch belongs to the reference, where it is not the whole.
    """

    reference: Reference
    start: int
    end: int
    sure: bool
    is_web_page: bool = False
    claims: tuple[tuple[int, int], ...] = ()

    def overlaps(self, other: ReferenceEntry) -> bool:
        """True where both stand on some of the same characters."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class _Source:
    """A stretch that may be a reference, with what its links and its words identify.

    `start` and `end` are offsets in the block; `title_hint` is the text of a link that may be the
    title; `emphasised` what is set in italics.
    """

    text: str
    start: int
    end: int
    links: list[Link]
    ids: list[str]
    urls: list[str]
    title_hint: str
    emphasised: tuple[str, ...] = ()


def read_entry(
    block: NoteBlock, start: int, end: int, previous_authors: Sequence[str], *, floor: float
) -> ReferenceEntry | None:
    """The entry in a stretch of a block; None where it is no reference, or more than one.

    `previous_authors` are those of the entry before, for which a dash may stand; `floor` is the
    least score (`reference_score`). Outside reference lists, where it is above `MAX_LIST_FLOOR`, a
    remark behind the reference is left out and its shape is looked at.
    """
    mark = _LABEL_MARK.match(block.text, start, end)
    start = mark.end() if mark else start
    start += leading_words(block.text[start : start + MAX_LEADING_WORDS])
    outside = floor > MAX_LIST_FLOOR
    if not _is_worth_reading(block.text[start:end], outside=outside):
        return None
    source = read_source(block, start, end)
    if names_several_works(source.ids):
        return None
    about_news = _links_only_elsewhere(source)
    if outside:
        source = _without_label(_without_remark(block, source), floor)
    source = _with_joined_authors(_with_stops_for_dashes(source))
    if not _is_likely(source, floor):
        return None
    read = _read_reference(source, previous_authors, outside=outside)
    if read is None:
        return None
    located, reference = read
    number = reference.number or _number_of(block) or (mark.group(1) if mark else "")
    if number != reference.number:
        reference = replace(reference, number=number)
    return _entry(source, reference, located=located, about_news=about_news)


def leading_words(text: str) -> int:
    """Characters of the words that lead to a reference: 'Vgl. dazu Ried, Jutta: …', 'Dazu der
    Aufsatz: Ried, Jutta: …'.
    """
    if ": " in text and (noun := LEAD_WITH_NOUN.match(text) or LABEL_BEFORE_NAMES.match(text)):
        return noun.end()
    words = _LEADING_WORDS.match(text)
    return words.end() if words and _BEGINS_WITH_NAME.match(text, words.end()) else 0


def _with_stops_for_dashes(source: _Source) -> _Source:
    """The source with full stops for the dashes that part its fields: 'Doe, Jane; Roe, Ida – Salt
    roads – Lake Letters 22 (2020) 5–29'.
    """
    dashes = list(_DASH_BETWEEN.finditer(source.text))
    if len(dashes) < MIN_DASHES or not is_names_alone(source.text[: dashes[0].start()]):
        return source
    first, second = dashes[0], dashes[1]
    head = f"{source.text[: first.start()]}: {source.text[first.end() : second.start()]}"
    ending = "" if head.endswith(("?", "!", ".")) else "."
    rest = _DASH_BETWEEN.sub(", ", source.text[second.end() :])
    return replace(source, text=f"{head}{ending} {rest}")


def _with_joined_authors(source: _Source) -> _Source:
    """The source with a comma for an ellipsis between authors: 'Doe, J., … Roe, R.'."""
    if "…" not in source.text and "." not in source.text:
        return source
    text = _ELLIPSIS.sub(", ", source.text)
    return source if text == source.text else replace(source, text=text)


def _number_of(block: NoteBlock) -> str:
    """The number or label under which the note lists a block."""
    return field(block, "number") or field(block, "label")


def _read_reference(
    source: _Source, previous_authors: Sequence[str], *, outside: bool
) -> tuple[bool, Reference] | None:
    """The parsed reference, and whether journal and page tell it.

    None for what is none outside reference lists.
    """
    located, reference = _with_locator(source.text, _parse(source, previous_authors))
    if not outside:
        return located, _with_missing_parts(reference, source)
    if located and not reference.authors:
        return None  # a journal and page alone, of one of several works perhaps
    reference = _with_missing_parts(reference, source)
    shaped = has_reference_shape(reference, source.text, source.links)
    return (located, reference) if shaped else None


def _is_worth_reading(text: str, *, outside: bool) -> bool:
    """A quick look before a text is parsed.

    Not too long, not an address alone, and with a reference's opening.
    """
    if len(text) > MAX_ENTRY_LENGTH or _BARE_PAGE.match(text.strip()):
        return False
    return not outside or may_be_reference(text)


def read_source(block: NoteBlock, start: int, end: int) -> _Source:
    """A stretch of a block with its links and identifiers."""
    text = block.text[start:end]
    links = [link for link in block.links if start <= link.start < end]
    ids: list[str] = []
    urls: list[str] = []
    title_hint = ""
    for link in links:
        kind, identifier = classify_link(link.target, link.text)
        if identifier:
            ids.append(identifier)
        if kind == "plain":
            continue
        urls.append(link.target)
        if not title_hint and link.text in text and is_title_label(link.text):
            title_hint = link.text
    ids += [identifier.id for identifier in find_identifiers(text)]
    emphasised = tuple(value for name, value in block.fields if name == "emphasis")
    return _Source(text, start, end, links, list(dict.fromkeys(ids)), urls, title_hint, emphasised)


def is_title_label(label: str) -> bool:
    """True for a link's text that may be a title: two words at least, no address, not names and a
    year.
    """
    if len(label.split()) < 2 or "://" in label:
        return False
    mentions = find_names(label)
    return not mentions or mentions[0].end - mentions[0].start < 0.7 * len(label)


def names_several_works(ids: Sequence[str]) -> bool:
    """True for more identifiers than one work has."""
    kinds = Counter(identifier.split(":", 1)[0] for identifier in set(ids))
    return any(count > (MAX_DOIS if kind == "doi" else 1) for kind, count in kinds.items())


def _links_only_elsewhere(source: _Source) -> bool:
    """True where no link or identifier names a work and one leads to code, news, a video."""
    if source.ids or source.urls:
        return False
    return any(is_non_scholarly_host(link.target) for link in source.links)


def _without_remark(block: NoteBlock, source: _Source) -> _Source:
    """The source without a remark or another work behind the reference."""
    length = min(before_next(source.text), reference_end(source.text))
    if length >= len(source.text):
        return source
    return read_source(block, source.start, source.start + length)


def _without_label(source: _Source, floor: float) -> _Source:
    """The source without 'Background: ' before it, if it is no likely reference with it."""
    label = LABEL.match(source.text)
    if label is None or reference_score(source.text) >= floor:
        return source
    return replace(source, text=source.text[label.end() :], start=source.start + label.end())


def _is_likely(source: _Source, floor: float) -> bool:
    """True for a score of `floor`, or an identifier where a low one is asked."""
    if reference_score(source.text) >= floor:
        return True
    return floor < MAX_IDENTIFIED_FLOOR and bool(source.ids)


def _parse(source: _Source, previous_authors: Sequence[str]) -> Reference:
    """The parsed reference, its authors without "'s"."""
    reference = parse_reference(
        source.text, previous_authors=previous_authors, title_hint=source.title_hint
    )
    italic = emphasised_title(reference, source.text, source.emphasised)
    if italic:
        reference = parse_reference(
            source.text, previous_authors=previous_authors, title_hint=italic
        )
    reference = _without_emphasised_venue(reference, source.emphasised)
    authors = tuple(
        _POSSESSIVE_ENDING.sub("", name)
        for joined in reference.authors
        for name in _SLASH.split(joined)
    )
    return replace(reference, authors=authors) if authors != reference.authors else reference


def _without_emphasised_venue(reference: Reference, emphasised: Sequence[str]) -> Reference:
    """The reference with the words in italics that its title ends with as its venue: 'Ducks on the
    roof. *Moor Letters*'.
    """
    for words in (words.strip(" .,;:") for words in emphasised):
        end = reference.title.find(f" {words}") if words else -1
        if not reference.venue and end > 0 and reference.title[end - 1] in ".?!":
            title = reference.title[:end].removesuffix(".")
            dated = _YEAR.search(reference.title, end)
            year = reference.year or (int(dated.group()) if dated else None)
            return replace(reference, title=title, venue=words, year=year)
    return reference


def emphasised_title(reference: Reference, text: str, emphasised: Sequence[str]) -> str:
    """The title in italics that follows the authors, '' where none does or it is read already:
    'Colin, Marthe. *Miroirs*. Lyon: Delta, 2004.'
    """
    title = emphasised[0].strip(" .,;:") if emphasised else ""
    start = text.find(title) if title else -1
    if start < MIN_AUTHORS_LENGTH or not _ENDS_TITLE.match(text, start + len(title)):
        return ""
    if reference.title == title or _VOLUME_BEHIND.match(text, start + len(title)):
        return ""
    if title[:1].islower() or (reference.title and reference.title in text[:start]):
        return ""  # 'et al.', a journal
    return title if is_names_alone(text[:start]) else ""


def _with_locator(text: str, reference: Reference) -> tuple[bool, Reference]:
    """The reference mended where journal, volume and page stand in it, as physicists write without
    a title.

    The first value is True where they, rather than a title, tell the work.
    """
    unmarked = _STARS.sub("", text)
    locators = find_locators(unmarked)
    if not locators:
        return False, reference
    locator = locators[0]
    people = names_before(unmarked, locator.start)
    if people and _opens(people, text):
        year = locator.year or people.year or _year_unless_page(reference, locator)
        authors, venue = people.names, locator.journal
        return True, replace(reference, title="", authors=authors, venue=venue, year=year)
    if locator.start < 4 or _LEDGER.match(reference.title):
        venue, year = locator.journal, locator.year
        return True, replace(reference, title="", authors=(), venue=venue, year=year)
    if reference.title:
        return False, reference
    year = reference.year or locator.year
    return True, replace(reference, venue=locator.journal, year=year)


def _opens(people: NameMention, text: str) -> bool:
    """True for names at a text's start, behind a number or one short word."""
    if people.start < 4:
        return True
    return people.start <= 8 and len(text[: people.start].split()) == 1


def _year_unless_page(reference: Reference, locator: JournalLocator) -> int | None:
    """The reference's year, unless it is the locator's page: 'Phys. Rev. Lett. 61, 2015'."""
    return reference.year if str(reference.year) != locator.page else None


def _with_missing_parts(reference: Reference, source: _Source) -> Reference:
    """The reference with authors or title that the parser leaves out."""
    if not reference.authors:
        reference = _with_surnames(reference, source) or reference
    pending = PENDING.search(reference.title, MIN_TITLE)
    if pending and reference.title[: pending.start()].rstrip()[-1] in ",;.([":
        title = reference.title[: pending.start()].rstrip(" ,;.([")
        reference = replace(reference, title=title)
    venue = reference.venue
    volume = _VOLUME_AT_END.search(reference.title)
    if volume and venue and f"{reference.title} {venue}" in source.text:
        reference = replace(reference, title=reference.title[: volume.start()])
    if not reference.title and venue.startswith("the ") and f"In {venue}" in source.text:
        reference = replace(reference, title=f"In {venue}", venue="")  # 'In the Shadow of Man'
    return reference


def _with_surnames(reference: Reference, source: _Source) -> Reference | None:
    """A reference that begins with surnames alone.

    'Angrist, Imbens and Rubin, Identification of …, JASA 1996'.
    """
    match = _SURNAMES.match(source.text)
    if not match or not any((reference.year, reference.venue, reference.ids)):
        return None
    names = tuple(name for name in _BETWEEN_SURNAMES.split(match.group(1)) if name)
    behind = parse_reference(source.text[match.end() :], title_hint=source.title_hint)
    if behind.authors or len(behind.title.split()) < 3:
        return None
    year = behind.year or reference.year
    return replace(
        behind, raw=source.text, authors=names, year=year, ids=reference.ids, urls=reference.urls
    )


def _entry(
    source: _Source, reference: Reference, *, located: bool, about_news: bool
) -> ReferenceEntry:
    """The entry with all identifiers and addresses of its stretch.

    A page where none of them is scholarly.
    """
    ids = tuple(dict.fromkeys([*source.ids, *reference.ids]))
    urls = tuple(dict.fromkeys([*source.urls, *reference.urls]))
    reference = replace(reference, raw=source.text, ids=ids, urls=urls, page=0)
    is_page = about_news or is_web_page(reference)
    if is_page and is_printed(reference):  # a paper with a link to its code or to news of it
        is_page, urls = False, tuple(url for url in urls if classify_link(url)[0] != "plain")
        reference = replace(reference, urls=urls)
    sure = not is_page and is_surely_a_work(reference, located=located)
    return ReferenceEntry(reference, source.start, source.end, sure, is_web_page=is_page)


def is_web_page(reference: Reference) -> bool:
    """True where all that names the work is an address of no scholarly site, and no journal speaks
    against it.
    """
    if reference.ids or not reference.urls:
        return False
    if any(classify_link(url)[0] != "plain" for url in reference.urls):
        return False
    if any(is_non_scholarly_host(url) for url in reference.urls):
        return True
    return not (reference.venue or is_cited_from_the_web(reference))


def is_cited_from_the_web(reference: Reference) -> bool:
    """True for people with a title, and the day on which the reader looked at their page: he lists
    it as a source.
    """
    return bool(reference.title and reference.authors) and has_access_date(reference.raw)


def is_printed(reference: Reference) -> bool:
    """True for authors, and volume and pages as a journal has them."""
    return bool(reference.authors) and _PRINTED.search(reference.raw) is not None


def is_surely_a_work(reference: Reference, *, located: bool) -> bool:
    """True for an identifier, or people with a title and what dates it, or a dated place in a
    journal.
    """
    if reference.ids or (located and reference.year):
        return True
    if reference.title and reference.authors:
        return bool(reference.year or reference.venue) or (
            has_access_date(reference.raw) or is_pending(reference.raw)
        )
    return False
