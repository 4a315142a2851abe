"""Reference entries: records of reference files, items of reference lists, and lines that are a reference."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from litmap.citations.recognisers.adjacency import names_before
from litmap.citations.recognisers.author_names import find_names
from litmap.citations.recognisers.bib_records import field
from litmap.citations.recognisers.journal_locators import find_locators
from litmap.citations.recognisers.link_classifier import classify_link, is_non_scholarly_host
from litmap.citations.recognisers.patterns import NAMES, YEAR, cites_by_key
from litmap.citations.recognisers.reference_boundaries import before_next, reference_end
from litmap.citations.recognisers.whole_titles import TAG_LINE
from litmap.models import Link, NoteBlock, Reference
from litmap.parsing.identifiers import find_identifiers
from litmap.parsing.reference_strings import looks_like_reference, parse_reference
from litmap.parsing.title_similarity import normalise_title

_BACKLINK = re.compile(
    r"^\s*(?:\^|↑)\s*(?:(?:[a-z]{1,2}|\d+\.\d+|[\^↑])\s+)*|^\s*Jump up(?: to)?:?\s*[\^↑]?\s*"
)
_SENTENCE_END = re.compile(r"[a-z]{3,}[.?!] (?=[A-Z])")
_REPEATED = re.compile(r"\s*(?:[—–―_-]\s?){2,}[.,]")
_ELLIPSIS = re.compile(r",\s*(?:…|\.\s?\.\s?\.)\s*(?:&\s*|and\s+)?(?=[A-Z])")
_INVERTED = re.compile(
    r"[\W\d]{0,8}(?:[A-ZÀ-Þ][\w'’-]+,? (?:[A-Z]\.?[ -]?){1,3}[,;&(. ]|(?:[A-Z]\. ?){1,3}[A-ZÀ-Þ][\w'’-]+(?:,| and| &))"
)
_SURNAME = r"[A-ZÀ-Þ][\w'’-]+"
_SURNAMES = re.compile(
    rf"(?:[A-Za-z][\w ]{{2,20}}: )?((?:{_SURNAME}(?:, and |, & |, | and | & )){{1,12}}|"
    rf"(?:{_SURNAME}, ){{1,11}}(?:and |& )?{_SURNAME}\. )(?=[A-ZÀ-Þ\d“\"])"
)
_OPENING = re.compile(
    r"[\W\d]{0,12}(?:(?:1[5-9]|20)\d\d[ ,.]|[—–―_-]{2}|(?:d['’]|(?:[Vv]an|[Vv]on|[Dd]e|[Dd]er?|[Dd]i|[Ll]e|[Ee]l|al) )?[A-ZÀ-Þ][\w'’.-]*(?:,|:)? (?:[A-ZÀ-Þ\d(&“\"[]|and |et |und |y |van |von |de |der |den |di |da |dos |du |le |la |el |al |ten |ter |bin ))"  # noqa: E501
)
_LABEL_PREFIX = re.compile(r"[A-Za-z][\w /-]{1,25}: (?=[A-ZÀ-Þ])")
_LABEL_MARK = re.compile(
    r"\s*\[((?!\d)[\w+#&.’'-]{2,30}(?: et al\.?)?(?:[ ,]{1,2}\d{4}[a-z]?)?)\]:?\s+(?=[A-ZÀ-Þ“\"])"
)
_INITIALS_INSIDE = re.compile(
    r"[A-ZÀ-Þ](?:[.,(]| &| \(| and )|[A-ZÀ-Þ][\w.-]*(?: [A-Z]\.)?[.,] (?:and |& |\(?\d{4})"
)
_STARTS_INSIDE = re.compile(
    r"(?:^|<ref[^<>]{0,60}>|(?<![A-Z])[.:;(–—]\s{0,2}|(?<=[a-z]{3}),\s|\b(?:also|see|cf\.|e\.g\.,?|in|is|by|and) )"
    r"((?:(?:van|von|de|del|der|den|di|da|la|le) ){0,2}[A-ZÀ-Þ][\w'’-]+"
    r"(?:,? (?:[A-Z]\.[ -]?){1,3}(?:\(|,|&|and\b|[A-ZÀ-Þ]|\d)|, [A-Z][\w.-]+(?: [A-Z]\.)?[.,] (?:and |& |\(?\d{4})"
    r"| [A-Z]{1,3}(?:,|\.| &| and\b| \(| et al)))"
)
"""Where a reference in running text may begin: 'Doe, J.', 'Doe, Jane. 1999', 'Doe J,', 'Doe J & Roe R.'."""
_ENDS_INSIDE = re.compile(
    r"(?:\d[-–—]+[A-Za-z]?\d+|(?:1[5-9]|20)\d\d\)?|10\.\d{4,}/[^\s<>]{2,80}?|[;,:(]\s?[\d()]+|[Pp]ress|[Ss]pringer|[Ww]iley)[.;]?(?=\s+[\"“(\[A-ZÀ-Þ]|\s*$|</ref>)"
    r"|(?:1[89]|20)\d\d;\d+(?:\(\d+\))?:\w+(?:[-–]\w+)?[.;]?"
)
_LEADS_TO = re.compile(r"\b(?:is|in|by|see|from|also)\s(?:[A-Z]\.\s?)+[A-Z][a-z]+,")
"""A title that leads to another work: '… is M. Davis, Hilbert's …'."""
_LEDGER = re.compile(r"\d+\s?[,;:]\s?\d")
_PRINTED = re.compile(
    r"\d\s?\(\d{1,3}\)|\d\s?[:,]\s?(?:pp?\.\s?)?\d+[–-]\d|\d:\d|\d \((?:1[5-9]|20)\d\d\)"
)
"""Volume, issue, pages: what is printed in a journal."""
_GLUED = re.compile(rf"{YEAR}\)?\s?[,;/]\s{NAMES}[\s,(]{{1,2}}{YEAR}")
"""One mention behind the other: 'Tilman 1982; Chesson 2000'."""
_PENDING = re.compile(
    r"\((?:in press|in prep|forthcoming|to appear|submitted|under review|accepted|preprint)"
)
_YEAR = re.compile(rf"\b{YEAR}\b")
_VERB_FIRST = re.compile(r"(?:is|was|are|were|has|had|which|who|and|but|worth)\b")
_STARS = re.compile(r"\*+")
_CITED_NUMBER = re.compile(r"\[\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,9}\](?!\()")
_IN_PROSE = re.compile(r"\d{0,4}[a-z]?[)\],;]")
_DATED = re.compile(r"\d{4}|n\.d\.|in press|forthcoming|arxiv|doi|https?:", re.I)
_BARE_PAGE = re.compile(r"^(?:\[?\d+\]?\.?\s*)?\S*://\S+$")


@dataclass(slots=True)
class Segment:
    """A stretch of a block that is read as one line: its offsets in the block's text."""

    start: int
    end: int


@dataclass(slots=True)
class ReferenceEntry:
    """A reference entry found in a block, with the stretch it was read from."""

    reference: Reference
    start: int
    end: int
    sure: bool
    text: str = ""


@lru_cache(maxsize=4096)
def reference_score(text: str) -> float:
    """`looks_like_reference`, remembered: a text is asked about more than once."""
    return looks_like_reference(text)


def may_be_reference(text: str) -> bool:
    """A quick look that spares prose the parsing: a reference opens with a name or year, and has a year or a link."""
    label = _LABEL_PREFIX.match(text)
    return bool(_OPENING.match(text, label.end() if label else 0)) and bool(_DATED.search(text))


def segments_of(block: NoteBlock) -> list[Segment]:
    """The deliberate lines of a block; most blocks have one."""
    if not block.fields and len(block.line_starts) < 2 and block.text:
        return [Segment(0, len(block.text))]
    breaks = next((value for name, value in block.fields if name == "breaks"), "")
    offsets = [int(part) for part in breaks.split() if part.isdigit()] if breaks else []
    if len(block.line_starts) > 1 and "[" in block.text:
        offsets += [
            start
            for start in block.line_starts[1:]
            if TAG_LINE.match(block.text, start) and start not in offsets
        ]
        offsets.sort()
    edges = [0, *[offset for offset in offsets if 0 < offset < len(block.text)], len(block.text)]
    return [Segment(a, b) for a, b in itertools.pairwise(edges) if b > a]


def find_reference_entries(
    block: NoteBlock, previous: Sequence[str], *, in_list: bool
) -> Iterator[ReferenceEntry]:
    """Entries in a block: one for an item of a reference list, or one a deliberate line that is a reference."""
    text = block.text
    backlink = _BACKLINK.match(text) if in_list else None
    lead = backlink.end() if backlink else 0
    if in_list and len(text) - lead >= 8:
        repeated = bool(previous) and bool(_REPEATED.match(text))
        entry = _read_entry(block, lead, len(text), previous, floor=0.05 if repeated else 0.25)
        if entry:
            yield entry
            return
    parts = segments_of(block)
    if not in_list and cites_by_key(text):
        yield from _inside(block)
        return
    if len(text) > 1600 and len(parts) < 2:
        return
    if block.kind == "cell":
        for match in re.finditer(r"[^\u2003]{12,}", text):
            cell = _read_entry(block, match.start(), match.end(), (), floor=0.6)
            if cell:
                yield cell
        return
    repeated = bool(previous) and bool(_REPEATED.match(text))
    short = block.kind == "item" and len(text) < 300
    floor = 0.4 if repeated else 0.5 if _INVERTED.match(text) else 0.6 if short else 0.72
    whole = _read_entry(block, lead, len(text), previous, floor=floor) if len(parts) == 1 else None
    if whole:
        yield whole
        return
    if len(parts) == 1:
        yield from _inside(block)
        return
    yield from _by_lines(block, parts, previous)


def _by_lines(
    block: NoteBlock, parts: Sequence[Segment], previous: Sequence[str]
) -> Iterator[ReferenceEntry]:
    """Entries on lines of their own inside a block, each perhaps with the line that goes on with it."""
    index = 0
    while index < len(parts):
        part = parts[index]
        after = parts[index + 1] if index + 1 < len(parts) else None
        entry = None
        dated = after is not None and all(
            _YEAR.search(block.text, p.start, p.end) for p in (part, after)
        )
        if (
            after is not None
            and not dated
            and not may_be_reference(block.text[after.start : after.end])
        ):
            entry = _read_entry(block, part.start, after.end, previous, floor=0.75)
        if entry is not None:
            index += 1
        else:
            entry = _read_entry(block, part.start, part.end, previous, floor=0.66)
        if entry is not None:
            yield entry
        index += 1


def _inside(block: NoteBlock) -> Iterator[ReferenceEntry]:
    """References that stand in running text: '… starts it all: Frege, Gottlob. 1892. “Über …” 25–50. The reply …'."""
    text, begin = block.text, 0
    if len(text) > 8000 or not _INITIALS_INSIDE.search(text):
        return
    for match in _STARTS_INSIDE.finditer(text):
        if match.start(1) < begin:
            continue
        ends = [
            stop.end()
            for stop in itertools.islice(_ENDS_INSIDE.finditer(text, match.end() + 20), 3)
        ]
        for end in ends:
            if end - match.start(1) > 700:
                break
            entry = _read_entry(block, match.start(1), end, (), floor=0.7)
            if entry and entry.sure and len(entry.reference.title.split()) >= 2:
                yield entry
                begin = end
                break


def _read_entry(
    block: NoteBlock, start: int, end: int, previous: Sequence[str], *, floor: float
) -> ReferenceEntry | None:
    label_mark = _LABEL_MARK.match(block.text, start, end)
    start = label_mark.end() if label_mark else start
    text = block.text[start:end]
    if (
        len(text) > 3000
        or (floor > 0.3 and not may_be_reference(text))
        or _BARE_PAGE.match(text.strip())
    ):
        return None
    links = [link for link in block.links if start <= link.start < end]
    ids, urls, hint = _from_links(links, text)
    news = (
        not ids
        and not urls
        and any(is_non_scholarly_host(link.target) for link in links)
        and not find_identifiers(text)
    )
    in_text = find_identifiers(text)
    for found in in_text:
        if found.id not in ids:
            ids.append(found.id)
    if (
        sum(1 for found in ids if found.startswith("arxiv:")) > 1
        or len({f for f in ids if f.startswith("doi:")}) > 2
    ):
        return None
    if floor > 0.3 and (shorter := min(before_next(text), reference_end(text))) < len(text):
        end, text = start + shorter, text[:shorter]
        links = [link for link in links if link.start < end]
        ids, urls, hint = _from_links(links, text)
        ids += [found.id for found in find_identifiers(text) if found.id not in ids]
    label = _LABEL_PREFIX.match(text) if floor > 0.3 else None
    if label and reference_score(text) < floor:
        start, text = start + label.end(), text[label.end() :]
    text = _ELLIPSIS.sub(", ", text)
    score = reference_score(text)
    if score < floor and not (floor < 0.5 and ids):
        return None
    reference = parse_reference(text, previous_authors=previous, title_hint=hint)
    if any(name.endswith(("'s", "’s")) for name in reference.authors):
        reference = replace(
            reference, authors=tuple(re.sub(r"['’]s$", "", name) for name in reference.authors)
        )
    place, reference = _by_place(text, reference)
    if place and not reference.authors and floor > 0.3:
        return None  # the place alone, and more than one perhaps
    if not reference.authors:
        reference = _with_surnames(text, reference, hint) or reference
    if (
        not reference.title
        and reference.venue.startswith("the ")
        and f"In {reference.venue}" in text
    ):
        reference = replace(reference, title=f"In {reference.venue}", venue="")
    if floor > 0.3 and not _shaped(reference, text, links):
        return None
    merged = tuple(dict.fromkeys([*ids, *reference.ids]))
    addresses = tuple(dict.fromkeys([*urls, *reference.urls]))
    blog = news or (
        not merged
        and bool(addresses)
        and all(classify_link(url)[0] == "plain" for url in addresses)
        and (not reference.venue or any(is_non_scholarly_host(url) for url in addresses))
    )
    if (
        blog and reference.authors and _PRINTED.search(text)
    ):  # a paper with a link to its code or to news of it
        blog, addresses = False, tuple(url for url in addresses if classify_link(url)[0] != "plain")
    mark = label_mark.group(1) if label_mark else ""
    number = reference.number or field(block, "number") or field(block, "label") or mark
    reference = Reference(
        text,
        reference.title,
        reference.authors,
        reference.year,
        reference.venue,
        merged,
        addresses,
        0,
        number,
        reference.year_suffix,
    )
    named = bool(reference.authors and (reference.year or reference.venue)) and not blog
    sure = bool(merged) or (named and bool(reference.title)) or (place and bool(reference.year))
    if blog or not (reference.title or merged or addresses or place):
        return ReferenceEntry(reference, start, end, sure=False, text="blog" if blog else "")
    return ReferenceEntry(reference, start, end, sure)


def _by_place(text: str, reference: Reference) -> tuple[bool, Reference]:
    """True and the reference mended where journal, volume and page stand in it without a title, as physicists write."""
    places = find_locators(_STARS.sub("", text))
    if not places:
        return False, reference
    place = places[0]
    named = names_before(_STARS.sub("", text), place.start)
    if named and (named.start < 4 or (named.start <= 8 and len(text[: named.start].split()) == 1)):
        year = (
            place.year
            or named.year
            or (reference.year if str(reference.year) != place.page else None)
        )
        return True, replace(
            reference, title="", authors=named.names, venue=place.journal, year=year
        )
    if place.start < 4 or _LEDGER.match(reference.title):
        return True, replace(reference, title="", authors=(), venue=place.journal, year=place.year)
    if reference.title:
        return False, reference
    return True, replace(reference, venue=place.journal, year=reference.year or place.year)


def _with_surnames(text: str, reference: Reference, hint: str) -> Reference | None:
    """A reference that begins with surnames alone: 'Angrist, Imbens and Rubin, Identification of …, JASA 1996'."""
    match = _SURNAMES.match(text)
    if not match or not (reference.year or reference.venue or reference.ids):
        return None
    names = [name for name in re.split(r", and |, & |, | and | & |\. ", match.group(1)) if name]
    rest = parse_reference(text[match.end() :], title_hint=hint)
    if rest.authors or len(rest.title.split()) < 3:
        return None
    return replace(
        rest,
        raw=text,
        authors=tuple(names),
        year=rest.year or reference.year,
        ids=reference.ids,
        urls=reference.urls,
    )


def _shaped(reference: Reference, text: str, links: Sequence[Link]) -> bool:
    """Outside reference lists: authors first, then a title, and a year or venue or identifier."""
    if (
        any("(" in author or len(author.split()) > 6 for author in reference.authors)
        or _is_prose(text)
        or _LEADS_TO.search(reference.title)
        or _VERB_FIRST.match(reference.venue)
    ):
        return False
    if reference.authors and reference.year and reference.venue and not reference.title:
        return len(text) < 160 and reference_score(text) >= 0.5 and not _GLUED.search(text)
    if not reference.authors or not reference.title or len(reference.title.split()) < 2:
        return False
    if not (reference.year or reference.venue or reference.ids):
        return False
    if _REPEATED.match(text):
        return True
    linked = {found for link in links if (found := classify_link(link.target)[1])}
    if len(linked) > 1 and (
        len(text) > 250 or len({found.split(":")[0] for found in linked}) < len(linked)
    ):
        return False
    if (
        not re.match(r"[\"“'‘¿(\[]*[A-ZÀ-Þ\d]", reference.title)
        or len(_SENTENCE_END.findall(text)) > 6
    ):
        return False
    if any(named.strong for named in find_names(reference.title)) or _PENDING.search(
        reference.title
    ):
        return False
    surname = normalise_title(reference.authors[0]).split()
    position = normalise_title(text[:200]).find(surname[-1]) if surname else -1
    return 0 <= position <= 60


def _is_prose(text: str) -> bool:
    """True for a sentence about works: it cites by number after its beginning, or names more than one work."""
    if _CITED_NUMBER.search(text, 12):
        return True
    named = [found for found in find_names(text) if found.strong]
    dated = {
        (found.surnames, found.year)
        for found in named
        if _IN_PROSE.match(text, found.end) or found.et_al
    }
    several = {found.year for found in named if len(found.names) > 1}
    return len(dated) > 1 or len(several) > 1


def _from_links(links: Sequence[Link], text: str) -> tuple[list[str], list[str], str]:
    ids: list[str] = []
    urls: list[str] = []
    hint = ""
    for link in links:
        verdict, found = classify_link(link.target, link.text)
        if found and found not in ids:
            ids.append(found)
        if verdict != "plain":
            urls.append(link.target)
            named = find_names(link.text)
            if (
                not hint
                and not (named and named[0].end - named[0].start >= 0.7 * len(link.text))
                and len(link.text.split()) >= 2
                and "://" not in link.text
                and link.text in text
            ):
                hint = link.text
    return ids, urls, hint
