"""Reference entries: records of reference files, entries of lists, and short notes to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from litmap.citations.block_scan import BlockScan
from litmap.citations.model import Detection, PlainLink, Sighting, line_at
from litmap.citations.note_scan import (
    NOT_A_WORK,
    EntryIndex,
    NoteScan,
    mention_at,
    number_sighting,
    squeezed,
    with_remark,
)
from litmap.citations.recognisers.bib_records import field as field_of
from litmap.citations.recognisers.bib_records import record_reference
from litmap.citations.recognisers.citation_numbers import number_styles
from litmap.citations.recognisers.entry_reader import ReferenceEntry
from litmap.citations.recognisers.journal_locators import find_locators
from litmap.citations.recognisers.learnt_entries import (
    label_block,
    may_hold_references,
    with_learnt,
)
from litmap.citations.recognisers.link_classifier import classify_link
from litmap.citations.recognisers.reference_entries import find_reference_entries
from litmap.citations.recognisers.reference_lists import reference_list_blocks
from litmap.citations.recognisers.short_notes import CitedEntry, resolve_short_note
from litmap.citations.recognisers.table_rows import read_tables
from litmap.citations.ties import Tie, reference_ties
from litmap.models import Mention, Note, NoteBlock, Reference
from litmap.parsing.person_names import surname_key
from litmap.parsing.title_similarity import normalise_title

MAX_LISTED = 200_000
"""Most characters of a block that is searched for entries."""


@dataclass(slots=True)
class _Indexing:
    """What an entry needs of those before it: the last authors, for '——. 2003.', and their ties."""

    note: Note
    index: EntryIndex
    previous_authors: tuple[str, ...] = ()
    tied: list[CitedEntry] = field(default_factory=list)


def index_entries(note: Note, blocks: Sequence[NoteBlock]) -> EntryIndex:
    """Reads the reference entries of a note, each after those before it."""
    index = EntryIndex(listed=frozenset(reference_list_blocks(blocks)))
    indexing = _Indexing(note, index)
    tables = read_tables(blocks)
    index.table_heads = tables.heads
    for place, block in enumerate(blocks):
        if place in tables.heads:
            continue
        if block.kind == "entry":
            _index_record(indexing, block)
        elif place in tables.works:
            index.entries[place] = [tables.works[place]]
        elif block.kind != "heading" and len(block.text) < MAX_LISTED:
            _index_block(indexing, block, place)
    if index.numbers:
        index.number_styles = number_styles(blocks, set(index.numbers))
    return index


def _index_record(indexing: _Indexing, block: NoteBlock) -> None:
    """Adds a record of a reference file, or its link where it is not a work."""
    path, index = indexing.note.path, indexing.index
    reference, sure = record_reference(block)
    keys = [value for name, value in block.fields if name == "key"]
    if not sure and not reference.ids:
        if reference.urls:
            link = PlainLink(path, block.line, reference.title, reference.urls[0], block.heading)
            index.links.append(link)
        for key in keys:
            index.labels.setdefault(key, NOT_A_WORK)
        return
    shown = reference.title or block.text[:300]
    is_heading = field_of(block, "role") == "heading"
    bare = is_heading and not (reference.authors or reference.ids)
    sure = sure and not bare  # 'Trip to Rome (2019)' may be one
    kind = "title" if bare else "reference"
    context = block.text if bare else with_remark(block.text, block)
    mention = Mention(path, block.line, shown, block.heading, context, kind)
    ties = reference_ties(reference, title_known=True)
    for key in keys:
        if key not in index.labels:  # the first of two entries with one key has it
            index.labels[key] = Tie.record(path, keys[0])
            ties |= {index.labels[key]}
    ties |= {Tie.citekey(v.lstrip("@")) for n, v in block.fields if n == "citekey" and v}
    index.sightings.append(
        Sighting(
            mention,
            reference,
            sure,
            ties,
            title_known=True,
            listed=not is_heading,
            silent=indexing.note.lookup,
            record=block.record and replace(block.record, file=path),
        )
    )


def _index_block(indexing: _Indexing, block: NoteBlock, place: int) -> None:
    """Adds the entries of a block, or what it points to if it is a short note."""
    index = indexing.index
    listed = place in index.listed
    entries = list(find_reference_entries(block, indexing.previous_authors, in_list=listed))
    if may_hold_references(block, entries):
        index.labelled[place] = label_block(block)
        entries = with_learnt(block, index.labelled[place], entries)
    for entry in entries:
        if entry.reference.authors:
            indexing.previous_authors = entry.reference.authors
        if not _is_blog(entry):
            _index_entry(indexing, block, entry.reference, listed=listed)
    if entries:
        index.entries[place] = entries
        return
    number = field_of(block, "number") or field_of(block, "footnote")
    tie = resolve_short_note(block.text, indexing.tied) if number else None
    if tie:
        index.numbers.setdefault(number, tie)
        index.labels.setdefault(number, tie)
        mention = mention_at(indexing.note.path, block, 0, len(block.text), "number")
        index.sightings.append(replace(number_sighting(mention, tie), listed=True))
        index.short_notes.add(place)


def _index_entry(
    indexing: _Indexing, block: NoteBlock, reference: Reference, *, listed: bool
) -> None:
    """Makes an entry known by its number and its label."""
    path, index = indexing.note.path, indexing.index
    tie = None
    if _is_numbered(reference, block, listed=listed):
        tie = Tie.number(path, reference.number)
        index.numbers.setdefault(reference.number, tie)
        index.numbered.setdefault(reference.number, reference.raw)
    label = _label_of(reference, block)
    if label:
        tie = Tie.label(path, label)
        index.labels.setdefault(label, tie)
    if tie:
        indexing.tied.append(CitedEntry(reference, tie))


def detect_entries(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """The entries of a block: works, or links where they are not."""
    for entry in block_scan.entries:
        if _is_blog(entry):
            yield _page(note_scan, block_scan, entry)
        else:
            yield from _work(note_scan, block_scan, entry)


def _page(note_scan: NoteScan, block_scan: BlockScan, entry: ReferenceEntry) -> Detection:
    """An entry that is a page rather than a work, as a plain link."""
    block, reference = block_scan.block, entry.reference
    link = None
    if reference.urls:
        line = line_at(block, entry.start)
        link = PlainLink(note_scan.path, line, reference.title, reference.urls[0], block.heading)
    return Detection(link=link, claim=(entry.start, entry.end))


def _work(note_scan: NoteScan, block_scan: BlockScan, entry: ReferenceEntry) -> Iterator[Detection]:
    """An entry that is a work, and its links that are not: to code, to a talk."""
    block = block_scan.block
    sighting = Sighting(
        _entry_mention(note_scan, block_scan, entry),
        entry.reference,
        entry.sure,
        _entry_ties(note_scan, block_scan, entry.reference),
        title_known=True,
        listed=block_scan.in_reference_list,
    )
    claims = entry.claims or ((entry.start, entry.end),)
    yield Detection(sighting, claim=claims[0])
    for claim in claims[1:]:
        yield Detection(claim=claim)
    for link in block.links:
        inside = any(start <= link.start < end for start, end in claims)
        if inside and classify_link(link.target, link.text)[0] == "plain":
            yield Detection(link=note_scan.plain_link(block, link))


def _entry_mention(note_scan: NoteScan, block_scan: BlockScan, entry: ReferenceEntry) -> Mention:
    """The mention that an entry is; its line is its title's in running text, its own in a list."""
    block, reference = block_scan.block, entry.reference
    title_start = block.text.find(reference.title, entry.start) if reference.title else -1
    start, end = entry.start, entry.end
    if title_start >= 0:
        start, end = title_start, title_start + len(reference.title)
    shown = reference.title or reference.raw[:300]
    mention = note_scan.mention(block, start, end, "reference", shown)
    if block_scan.in_reference_list:
        return replace(mention, line=line_at(block, entry.start))
    return mention


def _entry_ties(note_scan: NoteScan, block_scan: BlockScan, reference: Reference) -> frozenset[Tie]:
    """What an entry is known by: what it says, its number and label, where it is printed."""
    ties = set(reference_ties(reference, title_known=True))
    numbered = _is_numbered(reference, block_scan.block, listed=block_scan.in_reference_list)
    if numbered and note_scan.entries.numbered.get(reference.number) == reference.raw:
        ties.add(Tie.number(note_scan.path, reference.number))
    label = _label_of(reference, block_scan.block)
    is_first = not block_scan.entries or block_scan.entries[0].reference == reference
    if label and is_first:  # others in one footnote have no label of their own
        ties.add(Tie.label(note_scan.path, label))
    if not block_scan.in_reference_list:
        ties |= _ties_of_listed(note_scan, reference)
    places = find_locators(reference.raw)
    if len(places) == 1 and places[0].key:
        ties.add(Tie.journal_page(places[0].key))
    return frozenset(ties)


def _ties_of_listed(note_scan: NoteScan, reference: Reference) -> frozenset[Tie]:
    """The ties of an entry by the same person in the same year, whose title begins with this one:
    the text cites it without its subtitle.
    """
    if not (reference.authors and reference.year and reference.title):
        return frozenset()
    name = (squeezed(surname_key(reference.authors[0])), reference.year)
    title = f"{normalise_title(reference.title)} "
    listed = (
        entry
        for entry in note_scan.entries_by_name.get(name, ())
        if normalise_title(entry.title).startswith(title)
    )
    return frozenset().union(*(reference_ties(entry, title_known=True) for entry in listed))


def _is_blog(entry: ReferenceEntry) -> bool:
    return entry.is_web_page


def _is_numbered(reference: Reference, block: NoteBlock, *, listed: bool) -> bool:
    """True where an entry's number is one to cite it by: in a list, or in square brackets."""
    if not reference.number:
        return False
    return listed or block.text.lstrip().startswith("[")


def _label_of(reference: Reference, block: NoteBlock) -> str:
    """The label or footnote of an entry, '' where it has a number or nothing."""
    number = "" if reference.number.isdigit() else reference.number
    return field_of(block, "label") or field_of(block, "footnote") or number
