"""Works named by their people: with a journal's page, a year, in looser words, or by names alone.

Each is tied to what stands beside it, or kept to be linked when all notes are read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace

from litmap.citations.block_scan import BlockScan
from litmap.citations.model import (
    AuthorYearMention,
    Detection,
    InformalMention,
    Sighting,
    UndatedMention,
)
from litmap.citations.note_scan import NoteScan
from litmap.citations.recognisers.adjacency import names_before
from litmap.citations.recognisers.adjacent_titles import names_and_title_before, title_after
from litmap.citations.recognisers.author_names import (
    NameMention,
    find_names,
    find_names_only,
    name_mention,
)
from litmap.citations.recognisers.informal_names import (
    find_informal_names,
    find_possessives,
    find_reporting_verbs,
    tells_something,
)
from litmap.citations.recognisers.journal_locators import JournalLocator, find_locators
from litmap.citations.recognisers.name_lists import is_acronym, is_not_a_name, split_names
from litmap.citations.recognisers.patterns import whole_year
from litmap.citations.ties import Tie, reference_ties
from litmap.models import NoteBlock, Reference
from litmap.parsing.grammar import UPPER
from litmap.parsing.person_names import surname_key
from litmap.parsing.references_in_text.labeller import FoundReference

MAX_LONE_LINE = 200
MAX_SEEN = 50
"""Author-year mentions that are looked at to see whether one stands in a place already."""
MIN_PEOPLE = 0.7
"""How probable the labeller must think people whom no pattern tells."""
MIN_LOOSE_PEOPLE = 0.1
"""How probable it must think people in looser words, for a service to be asked about them."""
_DATED = re.compile(
    r"[12+年](?:(?<=1)[6-9]\d\d(?![\w/-])(?<![\w/.-]....)|(?<=2)0\d\d(?![\w/-])(?<![\w/.-]....)|"
    r"(?<=\w\+)\d\d(?!\w)|(?<=年))"
)
"""A year that no pattern has claimed."""
_AND_OTHERS = re.compile(
    r"(?:\s?(?:ほか|他|ら|等人?|외|등)|\s(?:e\.\s?a|m\.\s?fl|и др|u\.\s?a|i in)\.?)$"
)
"""'And others' where no pattern knows it."""
_FAMILY_FIRST = re.compile(rf"^([{UPPER}][\w-]+),? ((?:[{UPPER}]\.\s?){{1,3}})$")
_BETWEEN = re.compile(r"[\s.,+(\[（’']{0,3}")
_LEARNT_YEAR = re.compile(r"(\d{4}|\d\d)([a-z]?)(?!\w)")
_LONE_NAME = re.compile(
    r"(?:ex\.?|e\.g\.?|see|cf\.?|also)?\s*([^\W\d_][^\W\d_'’-]{2,20})\s+\(?((?:19|20)\d\d)\)?\s*$"
)


# ── journal, volume and page ─────────────────────────────────────────────────────────────────────
def detect_journal_places(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """Works by journal, volume and page, with the names before them; one place is one work."""
    for place in find_locators(block_scan.unclaimed_text):
        if block_scan.is_unclaimed(place.start, place.end):
            yield from _work_at(note_scan, block_scan, place)


def _work_at(
    note_scan: NoteScan, block_scan: BlockScan, place: JournalLocator
) -> Iterator[Detection]:
    """The work printed at a place; a volume without names, page or title does not tell one."""
    people, title, end = _people_and_title(block_scan.unclaimed_text, place)
    if not any((people, place.page, title)):
        return
    start = people.start if people else place.start
    names, year = (people.names, place.year or people.year) if people else ((), place.year)
    written = block_scan.text[start : place.end]
    reference = Reference(written, "", names, year, place.journal)
    ties = {_place_tie(note_scan, block_scan, place, start)}
    adjacent = block_scan.adjacent_sighting(start, place.end)
    if adjacent and _may_be_printed_there(adjacent.reference, names):
        ties |= adjacent.ties
    if title:
        reference = replace(reference, title=_written(block_scan, title))
        ties |= reference_ties(reference, title_known=True)
    mention = note_scan.mention(block_scan.block, start, place.end, "reference")
    sure = bool(names) and bool(year)
    sighting = Sighting(mention, reference, sure, frozenset(ties), title_known=bool(title))
    yield Detection(sighting, claim=(start, end))


def _may_be_printed_there(reference: Reference, names: tuple[str, ...]) -> bool:
    """True for a reference without a venue of its own that may be by the same people."""
    return not reference.venue and _may_be_by(reference, names)


def _people_and_title(
    text: str, place: JournalLocator
) -> tuple[NameMention | None, tuple[int, int] | None, int]:
    """The names before a place; where the title stands, behind it or the names; the end of all."""
    people = names_before(text, place.start)
    title = title_after(text, place.end)
    end = title[1] if title else place.end
    if people is None and (before := names_and_title_before(text, place.start)):
        people, title = before[0], before[1:]
    return people, title, end


def _place_tie(
    note_scan: NoteScan, block_scan: BlockScan, place: JournalLocator, start: int
) -> Tie:
    if place.key:
        return Tie.journal_page(place.key)
    return Tie.journal_volume(note_scan.path, block_scan.block.line, start)


# ── names and a year ─────────────────────────────────────────────────────────────────────────────
def detect_author_year(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """The author-year mentions of a block, of what stands beside them or to be linked."""
    for names in find_names(block_scan.unclaimed_text):
        yield _author_year(note_scan, block_scan, names)


def fills_line(block: NoteBlock, start: int, end: int) -> bool:
    """True where a mention stands alone on its line, and the lines below say something of it."""
    if len(block.line_starts) < 2:
        return False
    line = bisect_right(block.line_starts, start)
    begin = block.line_starts[line - 1]
    stop = block.line_starts[line] if line < len(block.line_starts) else len(block.text)
    around = block.text[begin:start] + block.text[end:stop]
    return stop - begin < MAX_LONE_LINE and not any(map(str.isalnum, around))


def _author_year(note_scan: NoteScan, block_scan: BlockScan, names: NameMention) -> Detection:
    mention = note_scan.mention(block_scan.block, names.start, names.end, "author-year")
    adjacent = block_scan.adjacent_sighting(
        names.start, names.end, same_sentence=True
    ) or block_scan.identifier_after_journal(names.end)
    raw = mention.text if fills_line(block_scan.block, names.start, names.end) else mention.context
    reference = Reference(raw, "", names.names, names.year, names.venue, year_suffix=names.suffix)
    title = _title_of(block_scan, names)
    if title:
        reference = replace(reference, title=_written(block_scan, title))
    ties = frozenset({_names_tie(note_scan)})
    sighting = Sighting(mention, reference, sure=False, ties=ties, title_known=bool(title))
    claim = _claim_of(block_scan, names, title)
    if adjacent is None or not _may_be_by(adjacent.reference, names.names):
        return Detection(claim=claim, unlinked=AuthorYearMention(block_scan.block, names, sighting))
    sighting = replace(sighting, ties=adjacent.ties)
    return Detection(sighting, claim, completes=_completed_by(adjacent, names))


def _title_of(block_scan: BlockScan, names: NameMention) -> tuple[int, int] | None:
    """Where the title behind names and year stands; a venue between them leaves it to others."""
    if names.venue and not names.strong and not names.suffix:
        return None
    return title_after(block_scan.unclaimed_text, names.end)


def _claim_of(
    block_scan: BlockScan, names: NameMention, title: tuple[int, int] | None
) -> tuple[int, int] | None:
    """The stretch of names that surely cite, their title included."""
    if not names.strong or not block_scan.is_unclaimed(names.start, names.end):
        return None
    if title and block_scan.is_unclaimed(*title):
        return names.start, title[1]
    return names.start, names.end


def _completed_by(sighting: Sighting, names: NameMention) -> tuple[Sighting, Reference] | None:
    """A bare identifier or number with the names and year beside it."""
    reference = sighting.reference
    if reference.authors or reference.title:
        return None
    return sighting, replace(reference, authors=names.names, year=names.year, venue=names.venue)


def detect_lone_names(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """An item or cell that is one name and a year: 'see doe 1999'."""
    block = block_scan.block
    if block.kind not in {"item", "cell"} or _has_author_year(note_scan, block_scan):
        return
    lone = _LONE_NAME.match(block.text)
    if lone is None:
        return
    names = NameMention(
        lone.start(1),
        lone.end(),
        (surname_key(lone.group(1)),),
        et_al=False,
        year=int(lone.group(2)),
        names=(lone.group(1),),
    )
    mention = note_scan.mention(block, names.start, names.end, "author-year")
    reference = Reference(mention.context, "", names.names, names.year)
    sighting = Sighting(mention, reference, sure=False, ties=frozenset({_names_tie(note_scan)}))
    yield Detection(unlinked=AuthorYearMention(block, names, sighting))


def detect_learnt_names(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """People with a year as the labeller of references sees them, where no pattern does:
    '山本（2008）', 'Разумовский Д. В. (1867)', 'Rustamkulov+23'.
    """
    if not _DATED.search(block_scan.unclaimed_text):
        return
    seen = [one.names for one in note_scan.author_year[-MAX_SEEN:] if one.block is block_scan.block]
    for found in block_scan.labelled.references():
        names = None if found.title[1] else _learnt_names(block_scan.text, found)
        if (
            names
            and block_scan.is_unclaimed(names.start, names.end)
            and not any(one.start < names.end and names.start < one.end for one in seen)
        ):
            yield _author_year(note_scan, block_scan, names)


def _learnt_names(text: str, found: FoundReference) -> NameMention | None:
    """The people and the year of a reference without a title, if they stand side by side."""
    start, end = found.people
    year = _LEARNT_YEAR.match(text, found.year[0])
    if not start <= end <= found.year[0] or found.chance < MIN_PEOPLE or year is None:
        return None
    if not _BETWEEN.fullmatch(text, end, found.year[0]) or text[start].islower():
        return None
    people = text[start:end].strip(" ,;:")
    names, et_al = _names_in(people)
    if not names:
        return None
    figures = year[1] if len(year[1]) == len("1999") else whole_year(year[1])
    return name_mention(start, year.end(), names, et_al, figures + year[2], "", strong=True)


def _names_in(people: str) -> tuple[list[str], bool]:
    """The names of a list as labelled, and whether it goes on."""
    if turned := _FAMILY_FIRST.match(people):
        return [f"{turned[2].strip()} {turned[1]}"], False
    others = _AND_OTHERS.search(people)
    names, et_al = split_names(people[: others.start()] if others else people)
    return names, et_al or others is not None


def _has_author_year(note_scan: NoteScan, block_scan: BlockScan) -> bool:
    """True where author-year mentions of this block wait to be linked."""
    return bool(note_scan.author_year) and note_scan.author_year[-1].block is block_scan.block


def _names_tie(note_scan: NoteScan) -> Tie:
    return Tie.names(note_scan.path, str(len(note_scan.author_year)))


# ── looser words ─────────────────────────────────────────────────────────────────────────────────
def detect_informal_names(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """Names in lower case, of collaborations, in press, with a journal and no year."""
    for names in find_informal_names(block_scan.unclaimed_text):
        if block_scan.is_unclaimed(names.start, names.end):
            yield _informal(note_scan, block_scan, names, known_only=False)


def detect_possessive_works(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """Works called their author's ("Paine's keystone paper"); people who tell ('Kuhn argues')."""
    for names, is_paper in find_possessives(block_scan.unclaimed_text):
        if block_scan.is_unclaimed(names.start, names.end):
            yield _informal(note_scan, block_scan, names, known_only=not is_paper)
    for names in find_reporting_verbs(block_scan.unclaimed_text):
        if block_scan.is_unclaimed(names.start, names.end):
            yield _informal(note_scan, block_scan, names, known_only=True)


def _informal(
    note_scan: NoteScan, block_scan: BlockScan, names: NameMention, *, known_only: bool
) -> Detection:
    mention = note_scan.mention(block_scan.block, names.start, names.end, "name")
    reference = Reference(mention.context, "", names.names, names.year, names.venue)
    tie = Tie.names(note_scan.path, f"{len(note_scan.informal)}:{names.start}")
    sighting = Sighting(mention, reference, sure=False, ties=frozenset({tie}))
    word = names.names[0]
    doubtful = known_only or (is_not_a_name(word) and not is_acronym(word))
    searchable = not (doubtful and _are_unlikely(block_scan, names))
    return Detection(
        claim=(names.start, names.end),
        unlinked=InformalMention(names, sighting, known_only, searchable),
    )


# ── names alone ──────────────────────────────────────────────────────────────────────────────────
def find_undated_names(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """Finds names without a year, which wait in the block's scan until its titles are known."""
    block = block_scan.block
    for names in find_names_only(block_scan.unclaimed_text):
        if block_scan.is_unclaimed(names.start, names.end):
            mention = note_scan.mention(block, names.start, names.end, "author-year")
            adjacent = block_scan.adjacent_sighting(names.start, names.end, same_sentence=True)
            if adjacent and not _is_of_nobody(adjacent.reference):
                adjacent = None
            yield Detection(waiting=UndatedMention(block, names, mention, adjacent))


def detect_undated_names(_: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """The names that wait; those that turned out to stand in a title are not to be looked up."""
    for undated in block_scan.undated:
        names = undated.names
        searchable = block_scan.is_unclaimed(names.start, names.end)
        if searchable and not tells_something(block_scan.text, names.end):
            searchable = not _are_unlikely(block_scan, names)
        yield Detection(unlinked=replace(undated, searchable=searchable))


def _are_unlikely(block_scan: BlockScan, names: NameMention) -> bool:
    """True for names that the labeller of references hardly thinks a work's people."""
    labelled = block_scan.labelled
    if not labelled.is_labelled:
        return False
    return labelled.people_chance(names.start, names.end) < MIN_LOOSE_PEOPLE


def _is_of_nobody(reference: Reference) -> bool:
    """True for an identifier whose authors are not told."""
    return bool(reference.ids) and not reference.authors


def _may_be_by(reference: Reference, names: tuple[str, ...]) -> bool:
    """False where a reference is known to be by others than the names."""
    known = {surname_key(name) for name in reference.authors}
    return not known or not names or not known.isdisjoint(map(surname_key, names))


def _written(block_scan: BlockScan, stretch: tuple[int, int]) -> str:
    """A stretch of the block as it is written, its blanks single."""
    return " ".join(block_scan.text[slice(*stretch)].split())
