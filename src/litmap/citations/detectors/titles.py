"""Bare titles of a block, each with the names, year and links beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from litmap.citations.block_scan import CLAIMED, TITLE_KINDS, BlockScan
from litmap.citations.model import Detection, Sighting
from litmap.citations.note_scan import NoteScan
from litmap.citations.recognisers.adjacency import names_after, names_before, year_after
from litmap.citations.recognisers.attributed_titles import (
    named_titles,
    possessive_titles,
    sentence_titles,
)
from litmap.citations.recognisers.author_names import NameMention, find_names, find_names_only
from litmap.citations.recognisers.bib_records import field
from litmap.citations.recognisers.dated_titles import bracketed_titles, cited_titles, dated_titles
from litmap.citations.recognisers.joined_titles import joined_titles
from litmap.citations.recognisers.name_lists import split_names
from litmap.citations.recognisers.patterns import BLANKS
from litmap.citations.recognisers.prose_titles import clause_titles, quoted_titles, running_titles
from litmap.citations.recognisers.reference_entries import Segment, segments_of
from litmap.citations.recognisers.reference_lists import is_reading_list
from litmap.citations.recognisers.title_scoring import TitleCandidate, title_score
from litmap.citations.recognisers.venue_tagged_titles import tagged_titles
from litmap.citations.recognisers.whole_titles import TAG_LINE, whole_titles
from litmap.citations.ties import reference_ties
from litmap.models import NoteBlock, Reference
from litmap.parsing.grammar import NAMES
from litmap.parsing.languages import is_english
from litmap.parsing.table_columns import CELL_BORDER
from litmap.parsing.venues import is_journal_name, is_numbered_venue

MAX_CLAUSES = 8_000
"""Characters of a block above which its clauses are not searched."""
GOOD_TITLE = 0.62
"""Score from which a title needs no help from what stands beside it."""
READING_LIST_FLOOR = 0.5
"""Score of a title in a list of what is to be read."""
CLEAR_TITLE = 0.8
"""Score of a title that nobody doubts."""
MIN_TITLE_CHANCE = 0.1
"""How probable the labeller must think a bare title, on average over its words."""
_SUBTITLE = re.compile(r": [^\W\d_]")
_VOLUME = re.compile(r"[\s,.]*(?:vol\.?\s?)?\d{1,4}\s?[,:(]")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_YEAR = re.compile(r"\b(?:1[6-9]|20)\d\d\b")
_LEADING = re.compile(r"\b(?:in|is|are|from|of|see|and|with|to|than)\s*$")
_ENDS = re.compile(r"[.?!](?<=[a-z)\]].) (?=[A-Z])")
_LABEL_AND_PEOPLE = re.compile(rf"[A-Za-z][a-z -]{{1,20}}: (?:{NAMES})")
_HEAD_AND_OWNER = re.compile(r"(?:^|\s)[A-Z][\w-]{2,20}: [A-Z][\w’'-]+['’]s $")
"""What stands before the rest of one title: "Dynamo: Amazon's Highly Available …"."""
_CLOSING_BY = re.compile(r"(?:[\s,([:–—-]|\bby)+$")

_clause_titles = lru_cache(maxsize=8)(clause_titles)
_possessive_titles = lru_cache(maxsize=8)(possessive_titles)
"""Both are asked twice of most blocks: for titles with names or a year beside them, and for all."""


# ── titles that markup, names and years bound ────────────────────────────────────────────────────
def detect_emphasised_titles(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """Titles in italics, with the names before or behind them and their year."""
    position = 0
    for name, value in block_scan.block.fields:
        title = value.strip(" ,.;:()") if name == "emphasis" else ""
        start = block_scan.text.find(title, position) if title else -1
        end = start + len(title)
        if start < 0 or not block_scan.is_unclaimed(start, end):
            continue
        position = end
        beside = _beside(block_scan.unclaimed_text, start, end)
        after = block_scan.unclaimed_text[end : end + 40]
        if _is_title_in_italics(title, after, dated=beside.told):
            candidate = TitleCandidate(title, start, end, CLEAR_TITLE)
            yield from _detection(note_scan, block_scan, candidate, beside, sure=beside.dated)


def detect_dated_titles(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """Titles between their authors and a year."""
    if block_scan.block.kind not in TITLE_KINDS:
        return
    text = block_scan.unclaimed_text
    owned = [title for title in _possessive_titles(text) if title.beside[-4:].isdigit()]
    titles = [*cited_titles(text), *owned, *bracketed_titles(text), *dated_titles(text)]
    yield from _unclaimed_candidates(note_scan, block_scan, titles)


def _is_title_in_italics(title: str, after: str, *, dated: bool) -> bool:
    """True for a title, not a term or a journal; with names or a year nearly anything is one."""
    words = _WORD.findall(title)
    if not 1 <= len(words) <= 25 or not _begins_like_a_title(title) or _VOLUME.match(after):
        return False
    if is_journal_name(title):
        return False
    return len(title) >= 5 if dated else _is_raised_title(title, words)


def _begins_like_a_title(title: str) -> bool:
    return title[0].isupper() or title[0].isdigit()


def _is_raised_title(title: str, words: list[str]) -> bool:
    """True where most of the longer words, two at least, begin with a capital."""
    content = [word for word in words if len(word) > 3]
    raised = sum(word[0].isupper() for word in content)
    if len(content) < 2 or raised < 0.6 * len(content):
        return False
    return title_score(title) >= 0.5


# ── titles that their words tell ─────────────────────────────────────────────────────────────────
def detect_attributed_titles(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """Titles right beside the people who wrote them, without a year."""
    if not block_scan.is_of_titles:
        return
    text = block_scan.unclaimed_text
    for title, people in [*named_titles(text), *sentence_titles(text)]:
        start, end = min(title.start, people.start), max(title.end, people.end)
        if block_scan.is_unclaimed(start, end):
            beside = _Beside(people.names, None, start, end, title.end)
            yield from _detection(note_scan, block_scan, title, beside, sure=False)


def detect_owned_titles(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """Titles behind their owner, and clauses that names, a venue or a year stand beside."""
    if not block_scan.is_of_titles:
        return
    clauses = [title for title in _clause_titles(block_scan.unclaimed_text) if title.beside]
    for title in [*_possessive_titles(block_scan.unclaimed_text), *clauses]:
        text = block_scan.unclaimed_text
        if not _HEAD_AND_OWNER.search(text, max(0, title.start - 60), title.start):
            yield from _nameless_candidates(note_scan, block_scan, [title])


def detect_whole_titles(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """Lines, items and cells that are a title, several of them, or one with a comment."""
    block = block_scan.block
    if not block_scan.is_of_titles or _is_prose(note_scan, block):
        return
    for line in segments_of(block):
        for cell in _cells(block, line):
            yield from _titles_of_line(note_scan, block_scan, cell)


def detect_quoted_titles(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """Titles in quotation marks; the less likely ones only with names and a year."""
    if not block_scan.is_of_titles:
        return
    for title in quoted_titles(block_scan.unclaimed_text):
        if not block_scan.is_unclaimed(title.start, title.end):
            continue
        beside = _beside(block_scan.unclaimed_text, title.start, title.end)
        if title.score < 0.55 and not beside.dated:
            continue
        if beside.told:
            yield from _detection(note_scan, block_scan, title, beside, sure=beside.dated)
        else:
            yield from detect_candidate(note_scan, block_scan, title, quoted=True)


def detect_clause_titles(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """Runs of capitalised words, and clauses behind a colon."""
    text = block_scan.unclaimed_text
    if block_scan.is_of_titles and len(text) < MAX_CLAUSES:
        titles = [*running_titles(text), *_clause_titles(text)]
        yield from _nameless_candidates(note_scan, block_scan, titles)


def _is_prose(note_scan: NoteScan, block: NoteBlock) -> bool:
    """True for a paragraph of sentences, whose lines are not titles."""
    if block.kind != "paragraph" or not _is_of_sentences(note_scan):
        return False
    return len(_ENDS.findall(block.text[:600])) >= 2 and not TAG_LINE.match(block.text)


def _is_of_sentences(note_scan: NoteScan) -> bool:
    """False for a page of single lines, such as a list of links pasted as text."""
    return note_scan.title_floor > 0.5


def _cells(block: NoteBlock, line: Segment) -> list[Segment]:
    """The cells of a table's row; any other line is one."""
    if block.kind != "cell":
        return [line]
    borders = [match.span() for match in CELL_BORDER.finditer(block.text, line.start, line.end)]
    starts = [line.start, *(end for _, end in borders)]
    ends = [*(start for start, _ in borders), line.end]
    return [Segment(start, end) for start, end in zip(starts, ends, strict=True) if end > start]


def _titles_of_line(
    note_scan: NoteScan, block_scan: BlockScan, line: Segment
) -> Iterator[Detection]:
    """The titles of a line up to its first claimed stretch."""
    text = block_scan.unclaimed_text[line.start : line.end]
    if "[" in text[:40] and (tagged := tagged_titles(text)):
        titles = [_moved(title, line.start) for title in tagged]
        yield from _unclaimed_candidates(note_scan, block_scan, titles)
        return
    if CLAIMED in text[:15] or len(text) > _longest_line(note_scan, block_scan.block):
        return
    text = text.split(CLAIMED, 1)[0]
    clean = text.rstrip(BLANKS + ",([:–—-")
    if line.start + len(clean) < line.end:
        clean = _before_people(clean)
    joined = [_moved(title, line.start) for title in joined_titles(clean)]
    yield from _unclaimed_candidates(note_scan, block_scan, joined)
    end = line.start + len(clean)
    floor = _floor(note_scan, block_scan, line.start, end)
    titles = [_moved(title, line.start) for title in whole_titles(clean, floor=floor)]
    yield from _nameless_candidates(note_scan, block_scan, titles, line_end=end)


def _longest_line(note_scan: NoteScan, block: NoteBlock) -> int:
    """Most characters of a line that is a title; paragraphs of prose run on."""
    return 600 if block.kind == "paragraph" and _is_of_sentences(note_scan) else 2500


def _floor(note_scan: NoteScan, block_scan: BlockScan, start: int, end: int) -> float:
    """Least score of a title on a line: less in lists, and right beside its people."""
    block = block_scan.block
    adjacent = block_scan.adjacent_sighting(start, end)
    if adjacent and adjacent.reference.authors and not adjacent.title_known:
        return 0.45
    in_list = block.kind == "item" or bool(field(block, "list"))
    if in_list and is_reading_list(block.heading[-1:]):
        return READING_LIST_FLOOR
    return note_scan.title_floor - (0.05 if in_list else 0.0)


def _before_people(text: str) -> str:
    """The text without an open bracket or names at its end: 'bowtie2 (Doe & Roe, '."""
    opened = text.rfind("(")
    if opened > text.rfind(")"):
        text = text[:opened]
    people = names_before(text, len(text))
    if people and are_surely_people(people):
        text = text[: people.start]
        text = "" if _LEADING.search(text) else text
    text = text.rstrip(BLANKS + ",([:–—-")
    return _CLOSING_BY.sub("", text) if text.endswith("by") else text


def _moved(title: TitleCandidate, by: int) -> TitleCandidate:
    """A title of a line at its place in the block."""
    return title._replace(start=by + title.start, end=by + title.end) if by else title


def are_surely_people(people: NameMention) -> bool:
    """True for several names, or one with initials: not a capitalised word of a title."""
    return len(people.names) > 1 or people.et_al or "." in people.names[0]


def is_author_year(title: str) -> bool:
    """True where a stretch is a mention of names and year rather than a title."""
    return any(
        names.strong or names.end - names.start > 0.5 * len(title) for names in find_names(title)
    )


# ── a candidate with what stands beside it ───────────────────────────────────────────────────────
class _Beside(NamedTuple):
    """What stands beside a title: names, year, the stretch of all, where what follows may begin."""

    names: tuple[str, ...]
    year: int | None
    start: int
    end: int
    reach: int

    @property
    def told(self) -> bool:
        """True with names or a year."""
        return bool(self.names or self.year)

    @property
    def dated(self) -> bool:
        """True with names and a year: surely a work."""
        return bool(self.names and self.year)


def _beside(text: str, start: int, end: int) -> _Beside:
    """Names and year around the title at [start, end)."""
    people, stop = names_before(text, start), end
    if people is None and (people := names_after(text, end)):
        stop = people.end
    names = people.names if people else ()
    year = people.year if people else None
    if year is None and (dated := year_after(text, end)):
        year, stop = dated
    return _Beside(names, year, min(start, people.start) if people else start, stop, stop)


def _unclaimed_candidates(
    note_scan: NoteScan, block_scan: BlockScan, titles: list[TitleCandidate]
) -> Iterator[Detection]:
    for title in titles:
        if block_scan.is_unclaimed(title.start, title.end):
            yield from detect_candidate(note_scan, block_scan, title)


def _nameless_candidates(
    note_scan: NoteScan, block_scan: BlockScan, titles: list[TitleCandidate], *, line_end: int = 0
) -> Iterator[Detection]:
    """Those that are not a mention of names and a year."""
    for title in titles:
        if block_scan.is_unclaimed(title.start, title.end) and not is_author_year(title.text):
            yield from detect_candidate(note_scan, block_scan, title, line_end=line_end)


def detect_candidate(
    note_scan: NoteScan,
    block_scan: BlockScan,
    title: TitleCandidate,
    *,
    line_end: int = 0,
    quoted: bool = False,
) -> Iterator[Detection]:
    """A candidate with the names, year, links and numbers beside it; none of it may be a title.

    `line_end` is where its line ends, behind which what belongs to it may stand; `quoted` keeps a
    less likely title although it is followed by a mention of names.
    """
    if _is_not_a_title(title.text):
        return
    likely = title_score(title.text) >= GOOD_TITLE
    names, year = _people_beside(title.beside)
    sure = bool(names and year) and likely
    reach = max(title.end, line_end)
    citation = _citation_beside(block_scan, title.start, reach)
    if citation:
        if not likely and not quoted:
            return  # a remark with a citation behind it
        names, year = names or citation.authors, year or citation.year
    end = _bracket_end(block_scan.text, title) if title.beside else title.end
    beside = _Beside(names, year, title.start, end, reach)
    yield from _detection(note_scan, block_scan, title, beside, sure=sure)


def _citation_beside(block_scan: BlockScan, start: int, reach: int) -> Reference | None:
    """What an author-year mention next to a title says."""
    adjacent = block_scan.adjacent_sighting(start, reach)
    if adjacent and adjacent.mention.kind == "author-year" and adjacent.reference.authors:
        return adjacent.reference
    return None


def _is_not_a_title(title: str) -> bool:
    """True for a journal with its number, an owner alone, a label with people."""
    if title.endswith(("'s", "’s")):
        return True
    if is_numbered_venue(title) and not _SUBTITLE.search(title):
        return True
    return bool(_LABEL_AND_PEOPLE.fullmatch(title))


def _people_beside(beside: str) -> tuple[tuple[str, ...], int | None]:
    """The names and the last year of what stands beside a title: 'Doe & Roe 1999', 'by Doe'."""
    if not beside:
        return (), None
    mentions = find_names(f"({beside})") or find_names_only(beside)
    names: tuple[str, ...] = ()
    if mentions:
        names = mentions[0].names
    elif beside.startswith("by "):
        names = tuple(split_names(beside[3:])[0])
    years = _YEAR.findall(beside)
    return names, int(years[-1]) if years else None


def _bracket_end(text: str, title: TitleCandidate) -> int:
    """Where the bracket behind a title closes, or the title's own end."""
    if text[title.end : title.end + 3].lstrip(" ”\"’'").startswith("("):
        return max(title.end, text.find(")", title.end) + 1)
    return title.end


def _detection(
    note_scan: NoteScan,
    block_scan: BlockScan,
    title: TitleCandidate,
    beside: _Beside,
    *,
    sure: bool,
) -> Iterator[Detection]:
    """The sighting of a title, tied to untitled sightings that stand next to it; none where the
    words around a bare one are surely the reader's own.
    """
    if not sure and _is_unlikely(note_scan, block_scan, title, told=beside.told):
        return
    block = block_scan.block
    shown = " ".join(title.text.split())
    reference = Reference(block.text[:400], shown, beside.names, beside.year)
    ties = reference_ties(reference, title_known=True)
    for adjacent in (
        block_scan.adjacent_sighting(beside.start, beside.reach),
        block_scan.identifier_after_journal(beside.reach),
    ):
        if adjacent and not adjacent.title_known:
            ties |= adjacent.ties
    mention = note_scan.mention(block, title.start, title.end, "title", title.text)
    sighting = Sighting(mention, reference, sure, ties, title_known=True)
    yield Detection(sighting, claim=(beside.start, beside.end))


def _is_unlikely(
    note_scan: NoteScan, block_scan: BlockScan, title: TitleCandidate, *, told: bool
) -> bool:
    """True where the labeller of references hardly thinks a stretch a title.

    Never in a list of what is to be read, whose lines are titles; nor, in English, whose remarks
    the score knows, beside people or a year, or on a page of single lines.
    """
    if title.score >= CLEAR_TITLE or is_reading_list(block_scan.block.heading[-1:]):
        return False
    if (told or not _is_of_sentences(note_scan)) and is_english(block_scan.text):
        return False
    labelled = block_scan.labelled
    if not labelled.is_labelled:
        return False
    return labelled.title_chance(title.start, title.end) < MIN_TITLE_CHANCE
