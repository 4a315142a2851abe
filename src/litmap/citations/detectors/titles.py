"""Bare titles of a block, each with the names, year and links beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from litmap.citations.block_scan import BlockText
from litmap.citations.model import Sighting
from litmap.citations.note_scan import Reading, work_ties
from litmap.citations.recognisers.adjacency import names_after, names_before, year_after
from litmap.citations.recognisers.attributed_titles import (
    bracketed_titles,
    cited_titles,
    dated_titles,
    joined_titles,
    named_titles,
    possessive_titles,
    sentence_titles,
)
from litmap.citations.recognisers.author_names import (
    NameMention,
    find_names,
    find_names_only,
    split_names,
)
from litmap.citations.recognisers.bib_records import field
from litmap.citations.recognisers.patterns import BLANKS, NAMES
from litmap.citations.recognisers.prose_titles import clause_titles, quoted_titles, running_titles
from litmap.citations.recognisers.reference_entries import Segment, segments_of
from litmap.citations.recognisers.title_scoring import TitleCandidate, title_score
from litmap.citations.recognisers.venue_tagged_titles import tagged_titles
from litmap.citations.recognisers.whole_titles import TAG_LINE, whole_titles
from litmap.models import NoteBlock, Reference
from litmap.parsing.venues import is_journal_name, is_numbered_venue

_VOLUME = re.compile(r"[\s,.]*(?:vol\.?\s?)?\d{1,4}\s?[,:(]")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_LEADING = re.compile(r"\b(?:in|is|are|from|of|see|and|with|to|than)\s*$")
_ENDS = re.compile(r"[.?!](?<=[a-z)\]].) (?=[A-Z])")
_LABEL_AND_PEOPLE = re.compile(rf"[A-Za-z][a-z -]{{1,20}}: (?:{NAMES})")
_HEAD_AND_OWNER = re.compile(r"(?:^|\s)[A-Z][\w-]{2,20}: [A-Z][\w’'-]+['’]s $")
_TITLE_KINDS = {"paragraph", "item", "cell", "heading"}


def take_dated_titles(reading: Reading, block: NoteBlock, text: BlockText) -> None:
    """Titles between their authors and a year, before the names are taken for a mention of their own."""
    if block.kind not in _TITLE_KINDS:
        return
    owned = [found for found in possessive_titles(text.text) if found.beside[-4:].isdigit()]
    found_here = [
        *cited_titles(text.text),
        *owned,
        *bracketed_titles(text.text),
        *dated_titles(text.text),
    ]
    for found in found_here:
        if text.free(found.start, found.end):
            take_candidate(reading, block, found, text)


def take_emphasised(reading: Reading, block: NoteBlock, text: BlockText) -> None:
    """Titles in italics, with the names before or behind them and their year; a journal's name is none."""
    position = 0
    for name, value in block.fields:
        title = value.strip(" ,.;:()") if name == "emphasis" else ""
        start = block.text.find(title, position) if title else -1
        end = start + len(title)
        if start < 0 or not text.free(start, end):
            continue
        position = end
        named, year, stop = _around(text.text, start, end)
        if _is_title_in_italics(title, text.text[end : end + 40], dated=bool(named or year)):
            names = named.names if named else ()
            by = _By(names, year, min(start, named.start) if named else start, stop, stop)
            _add(
                reading,
                block,
                text,
                TitleCandidate(title, start, end, 0.62),
                by,
                sure=bool(names and year),
            )


def _around(text: str, start: int, end: int) -> tuple[NameMention | None, int | None, int]:
    """Names and year beside a title, and where what belongs to it ends."""
    named, stop = names_before(text, start), end
    year = named.year if named else None
    if named is None and (behind := names_after(text, end)):
        named, year, stop = behind, behind.year, behind.end
    if year is None and (dated := year_after(text, end)):
        year, stop = dated
    return named, year, stop


def _is_title_in_italics(title: str, after: str, *, dated: bool) -> bool:
    words = _WORD.findall(title)
    if (
        not words
        or len(words) > 25
        or not (title[0].isupper() or title[0].isdigit())
        or _VOLUME.match(after)
    ):
        return False
    if is_journal_name(title) and not dated:
        return False
    content = [word for word in words if len(word) > 3]
    raised = sum(1 for word in content if word[0].isupper())
    if dated:
        return len(title) >= 5 and not is_journal_name(title)
    return len(content) >= 2 and raised >= 0.6 * len(content) and title_score(title) >= 0.5


def take_titles(reading: Reading, block: NoteBlock, text: BlockText) -> None:
    """Every other stretch that may be a title: whole lines and cells, quoted, after a name or colon, in capitals."""
    if block.kind not in _TITLE_KINDS or len(block.text) > 20_000:
        return
    listed = bool(field(block, "list"))
    if block.kind == "heading" and not field(block, "inferred"):
        return
    for found, named in [*named_titles(text.text), *sentence_titles(text.text)]:
        if text.free(min(found.start, named.start), max(found.end, named.end)):
            by = _By(
                named.names,
                None,
                min(found.start, named.start),
                max(found.end, named.end),
                found.end,
            )
            _add(reading, block, text, found, by, sure=False)
    before = text.text
    clauses = clause_titles(before)
    for found in [*possessive_titles(text.text), *(found for found in clauses if found.beside)]:
        if _HEAD_AND_OWNER.search(text.text, max(0, found.start - 60), found.start):
            continue  # "Dynamo: Amazon's Highly Available …" is one title
        if text.free(found.start, found.end) and not has_names(found.text):
            take_candidate(reading, block, found, text)
    prose = (
        block.kind == "paragraph"
        and reading.title_floor > 0.5
        and len(_ENDS.findall(block.text[:600])) >= 2
    )
    prose = prose and not TAG_LINE.match(block.text)
    for part in segments_of(block) if not prose else ():
        for cell in _cells(block, part):
            _titles_in(reading, block, cell, text, listed)
    for found in quoted_titles(text.text):
        if text.free(found.start, found.end):
            _take_quoted(reading, block, found, text)
    if len(text.text) < 8000:
        clauses = clauses if text.text is before else clause_titles(text.text)
        for found in [*running_titles(text.text), *clauses]:
            if text.free(found.start, found.end) and not has_names(found.text):
                take_candidate(reading, block, found, text)


def _take_quoted(
    reading: Reading, block: NoteBlock, found: TitleCandidate, text: BlockText
) -> None:
    named, year, stop = _around(text.text, found.start, found.end)
    if found.score < 0.55 and not (named and year):
        return
    if named is None and year is None:
        take_candidate(reading, block, found, text, quoted=True)
        return
    names = named.names if named else ()
    by = _By(names, year, min(found.start, named.start) if named else found.start, stop, stop)
    _add(reading, block, text, found, by, sure=bool(names and year))


def _titles_in(
    reading: Reading, block: NoteBlock, part: Segment, text: BlockText, listed: bool
) -> None:
    stretch = text.text[part.start : part.end]
    if "[" in stretch[:40] and (tagged := tagged_titles(stretch)):
        for found in tagged:
            placed = replace(found, start=part.start + found.start, end=part.start + found.end)
            if text.free(placed.start, placed.end):
                take_candidate(reading, block, placed, text)
        return
    if "\x00" in stretch[:15] or len(stretch) > (
        600 if block.kind == "paragraph" and reading.title_floor > 0.5 else 2500
    ):
        return
    stretch = stretch.split("\x00")[0] if "\x00" in stretch else stretch
    clean = stretch.rstrip(BLANKS + ",([:–—-")
    clean = _before_people(clean) if part.start + len(clean) < part.end else clean
    floor = reading.title_floor - (0.05 if block.kind == "item" or listed else 0.0)
    for found in joined_titles(clean):
        placed = replace(found, start=part.start + found.start, end=part.start + found.end)
        if text.free(placed.start, placed.end):
            take_candidate(reading, block, placed, text)
    near = (
        text.beside(part.start, part.start + len(clean)) if len(clean) < len(stretch) + 3 else None
    )
    if near is not None and near.reference.authors and not near.title_known:
        floor = 0.45
    for found in whole_titles(clean, floor=floor):
        placed = replace(found, start=part.start + found.start, end=part.start + found.end)
        if text.free(placed.start, placed.end) and not has_names(found.text):
            take_candidate(reading, block, placed, text, reach=part.start + len(clean))


def _before_people(text: str) -> str:
    """The text without an open bracket or names at its end, which belong to what follows: 'bowtie2 (Doe & Roe, '."""
    opened = text.rfind("(")
    if opened > text.rfind(")"):
        text = text[:opened]
    people = names_before(text, len(text))
    if people and (len(people.names) > 1 or people.et_al or "." in people.names[0]):
        text = text[: people.start]
        text = "" if _LEADING.search(text) else text
    text = text.rstrip(BLANKS + ",([:–—-")
    return re.sub(r"(?:[\s,([:–—-]|\bby)+$", "", text) if text.endswith("by") else text


def take_candidate(
    reading: Reading,
    block: NoteBlock,
    found: TitleCandidate,
    text: BlockText,
    *,
    reach: int = 0,
    quoted: bool = False,
) -> None:
    """Adds a candidate with the names, year, links and numbers beside it; `reach` is where its stretch ends."""
    start, end, title, beside = found.start, found.end, found.text, found.beside
    if (
        is_numbered_venue(title)
        or title.endswith(("'s", "’s"))
        or _LABEL_AND_PEOPLE.fullmatch(title)
    ):
        return
    authors: tuple[str, ...] = ()
    year = None
    if beside:
        named = find_names(f"({beside})") or find_names_only(beside)
        authors = (
            named[0].names
            if named
            else tuple(split_names(beside[3:])[0])
            if beside.startswith("by ")
            else ()
        )
        years = re.findall(r"\b(?:1[6-9]|20)\d\d\b", beside)
        year = int(years[-1]) if years else None
    bracketed = beside and block.text[end : end + 3].lstrip(" ”\"’'").startswith("(")
    last = max(end, block.text.find(")", end) + 1) if bracketed else end
    sure = bool(authors and year and title_score(title) >= 0.62)
    near = text.beside(start, max(end, reach), 4)
    if near is not None and near.reference.authors and near.mention.kind == "author-year":
        if title_score(title) < 0.62 and not quoted:
            return  # a remark with a citation behind it
        authors, year = authors or near.reference.authors, year or near.reference.year
    _add(reading, block, text, found, _By(authors, year, start, last, max(end, reach)), sure=sure)


@dataclass(frozen=True, slots=True)
class _By:
    """Whose a title is and of when, the stretch that tells so, and where what may stand behind it begins."""

    authors: tuple[str, ...]
    year: int | None
    start: int
    end: int
    reach: int


def _add(
    reading: Reading,
    block: NoteBlock,
    text: BlockText,
    found: TitleCandidate,
    by: _By,
    *,
    sure: bool,
) -> None:
    reference = Reference(block.text[:400], " ".join(found.text.split()), by.authors, by.year)
    ties = work_ties(reference, title_known=True)
    for near in (text.beside(by.start, by.reach, 4), text.behind_journal(by.reach)):
        if near is not None and not near.title_known:
            ties |= near.ties
    mention = reading.mention(block, found.start, found.end, "title", found.text)
    text.mask(
        by.start, by.end, reading.add(Sighting(mention, reference, sure, ties, title_known=True))
    )


def has_names(title: str) -> bool:
    """True where a stretch is a mention of names and year rather than a title."""
    return any(
        named.strong or named.end - named.start > 0.5 * len(title) for named in find_names(title)
    )


def _cells(block: NoteBlock, part: Segment) -> list[Segment]:
    if block.kind != "cell":
        return [part]
    cells, start = [], part.start
    for match in re.finditer("\u2003\\|\u2003", block.text[part.start : part.end]):
        cells.append(Segment(start, part.start + match.start()))
        start = part.start + match.end()
    return [cell for cell in [*cells, Segment(start, part.end)] if cell.end > cell.start]
