"""Bare titles of a block, each with the names, year and links beside it."""

from __future__ import annotations

import re
from dataclasses import replace

from litmap.citations.blocks import BlockText
from litmap.citations.entries import Segment, field, segments_of
from litmap.citations.model import Sighting
from litmap.citations.names import find_names, find_names_only
from litmap.citations.reading import Reading, work_ties
from litmap.citations.titles import (
    TitleCandidate,
    cited_titles,
    clause_titles,
    possessive_titles,
    quoted_titles,
    running_titles,
    title_score,
    whole_titles,
)
from litmap.models import NoteBlock, Reference

_ENDS = re.compile(r"[a-z)\]][.?!] (?=[A-Z])")
_TITLE_KINDS = {"paragraph", "item", "cell", "heading"}


def take_dated_titles(reading: Reading, block: NoteBlock, text: BlockText) -> None:
    """Titles between their authors and a year, before the names are taken for a mention of their own."""
    if block.kind not in _TITLE_KINDS:
        return
    owned = [found for found in possessive_titles(text.text) if found.beside[-4:].isdigit()]
    for found in [*cited_titles(text.text), *owned]:
        if text.free(found.start, found.end):
            take_candidate(reading, block, found, text)


def take_titles(reading: Reading, block: NoteBlock, text: BlockText) -> None:
    """Every other stretch that may be a title: whole lines and cells, quoted, after a name or colon, in capitals."""
    if block.kind not in _TITLE_KINDS or len(block.text) > 20_000:
        return
    listed = bool(field(block, "list"))
    if block.kind == "heading" and not field(block, "inferred"):
        return
    before = text.text
    clauses = clause_titles(before)
    for found in [*possessive_titles(text.text), *(found for found in clauses if found.beside)]:
        if text.free(found.start, found.end) and not has_names(found.text):
            take_candidate(reading, block, found, text)
    prose = block.kind == "paragraph" and reading.title_floor > 0.5 and len(_ENDS.findall(block.text[:600])) >= 2
    for part in segments_of(block) if not prose else ():
        for cell in _cells(block, part):
            _titles_in(reading, block, cell, text, listed)
    for found in quoted_titles(text.text):
        if text.free(found.start, found.end):
            take_candidate(reading, block, found, text, quoted=True)
    if len(text.text) < 8000:
        clauses = clauses if text.text is before else clause_titles(text.text)
        for found in [*running_titles(text.text), *clauses]:
            if text.free(found.start, found.end) and not has_names(found.text):
                take_candidate(reading, block, found, text)


def _titles_in(reading: Reading, block: NoteBlock, part: Segment, text: BlockText, listed: bool) -> None:
    stretch = text.text[part.start : part.end]
    if "\x00" in stretch[:15] or len(stretch) > (
        600 if block.kind == "paragraph" and reading.title_floor > 0.5 else 2500
    ):
        return
    stretch = stretch.split("\x00")[0] if "\x00" in stretch else stretch
    clean = re.sub(r"[\s,([:–—-]+$", "", stretch)
    floor = reading.title_floor - (0.05 if block.kind == "item" or listed else 0.0)
    for found in whole_titles(clean, floor=floor):
        placed = replace(found, start=part.start + found.start, end=part.start + found.end)
        if text.free(placed.start, placed.end) and not has_names(found.text):
            take_candidate(reading, block, placed, text, reach=part.start + len(clean))


def take_candidate(
    reading: Reading, block: NoteBlock, found: TitleCandidate, text: BlockText, *, reach: int = 0, quoted: bool = False
) -> None:
    """Adds a candidate with the names, year, links and numbers beside it; `reach` is where its stretch ends."""
    start, end, title, beside = found.start, found.end, found.text, found.beside
    authors: tuple[str, ...] = ()
    year = None
    if beside:
        named = find_names(f"({beside})") or find_names_only(beside)
        authors = named[0].names if named else ()
        years = re.findall(r"\b(?:1[6-9]|20)\d\d\b", beside)
        year = int(years[-1]) if years else None
    near = text.beside(start, max(end, reach), 4)
    behind = text.behind_journal(max(end, reach))
    if near is not None and near.reference.authors and near.mention.kind == "author-year":
        if title_score(title) < 0.62 and not quoted:
            return  # a remark with a citation behind it
        authors, year = authors or near.reference.authors, year or near.reference.year
    reference = Reference(block.text[:400], " ".join(title.split()), authors, year)
    ties = work_ties(reference, title_known=True)
    if near is not None and not near.title_known:
        ties |= near.ties
    if behind is not None and not behind.title_known:
        ties |= behind.ties
    mention = reading.mention(block, start, end, "title", title)
    sure = bool(authors and year and title_score(title) >= 0.62)
    last = max(end, block.text.find(")", end) + 1) if beside else end
    text.mask(start, last, reading.add(Sighting(mention, reference, sure, ties, title_known=True)))


def has_names(title: str) -> bool:
    """True where a stretch is a mention of names and year rather than a title."""
    return any(named.strong or named.end - named.start > 0.5 * len(title) for named in find_names(title))


def _cells(block: NoteBlock, part: Segment) -> list[Segment]:
    if block.kind != "cell":
        return [part]
    cells, start = [], part.start
    for match in re.finditer("\u2003\\|\u2003", block.text[part.start : part.end]):
        cells.append(Segment(start, part.start + match.start()))
        start = part.start + match.end()
    return [cell for cell in [*cells, Segment(start, part.end)] if cell.end > cell.start]
