"""One note's citations, before they are grouped: the cascade of detectors, in its order.

A note is scanned in three steps. Its reference entries are indexed first, since they may be cited
above them. Then every block goes through `DETECTORS`, from top to bottom: each is handed the note's
state and the block, and gives what it detects; the scanner records that and claims its stretch, so
that a later detector does not read it. Last come names of systems, known from all of the note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from litmap.citations.block_scan import BlockScan, split_long, split_works
from litmap.citations.detectors.author_year import (
    detect_author_year,
    detect_informal_names,
    detect_journal_places,
    detect_learnt_names,
    detect_lone_names,
    detect_possessive_works,
    detect_undated_names,
    find_undated_names,
)
from litmap.citations.detectors.citekeys import (
    detect_citekeys,
    detect_known_citekeys,
    detect_labels,
)
from litmap.citations.detectors.links import detect_identifiers, detect_links, detect_urls
from litmap.citations.detectors.numeric import detect_numbers, detect_spelled_numbers
from litmap.citations.detectors.reference_entries import detect_entries, index_entries
from litmap.citations.detectors.title_heads import detect_title_heads
from litmap.citations.detectors.titles import (
    detect_attributed_titles,
    detect_clause_titles,
    detect_dated_titles,
    detect_emphasised_titles,
    detect_owned_titles,
    detect_quoted_titles,
    detect_whole_titles,
)
from litmap.citations.model import AuthorYearMention, Detection, InformalMention, UndatedMention
from litmap.citations.note_scan import NoteScan
from litmap.citations.recognisers.reference_lists import title_floor
from litmap.citations.ties import Tie
from litmap.models import Note

Detector = Callable[[NoteScan, BlockScan], Iterable[Detection]]
"""Gives what it detects in a block, one place after the other. Each detection is recorded before
the next is asked for: `unclaimed_text` then has what the detector itself claimed so far masked.
"""

MARKED_DETECTORS: tuple[Detector, ...] = (
    # Entries of reference lists: whole references, whose parts are not citations of their own.
    detect_entries,
    # Links of the note's markup: their text belongs to their target, whatever it looks like.
    detect_links,
    # '[@10.1000/182]' where a record has this key; otherwise it is an identifier.
    detect_known_citekeys,
    # 'arXiv:1706.03762', 'doi:10.…' in the text, with the title before them.
    detect_identifiers,
    # Addresses in the text; behind the identifiers, which many addresses hold.
    detect_urls,
    # '[@doe1999]', '@doe1999'; behind the addresses, which may hold an '@'.
    detect_citekeys,
    # '[Doe99]' where an entry has this label.
    detect_labels,
    # '[3]', '(3)' or a superscript, as the note writes; before years in brackets are read.
    detect_numbers,
    # 'refs 4,5', 'Lee et al.(2)'.
    detect_spelled_numbers,
)
"""What is marked as a citation. They read headings too."""

WORDED_DETECTORS: tuple[Detector, ...] = (
    # Titles in italics; the markup bounds them better than their words do.
    detect_emphasised_titles,
    # Titles between names and a year, which would be read as a mention of their own.
    detect_dated_titles,
    # 'Haldane, PRL 61, 2015'; before names with years, which would take the volume for a year.
    detect_journal_places,
    # 'Doe and Roe (1999)'; all sure titles beside names are claimed by now.
    detect_author_year,
    # People and a year in ways that no pattern tells, by the learnt judgement.
    detect_learnt_names,
    # An item that is a name and a year: 'see Doe 1999'; only where no other names are.
    detect_lone_names,
    # 'hochreiter 97', 'Planck Collaboration 2018', 'Doe & Roe (in press)'.
    detect_informal_names,
    # 'Doe and Roe', 'Doe et al.'; they wait for the titles, some of which hold names.
    find_undated_names,
    # Titles beside their people, without a year: "Kuhn's Structure of Scientific Revolutions".
    detect_attributed_titles,
    # Titles behind an owner, or in a clause that names people or a venue.
    detect_owned_titles,
    # Lines, items and cells that are a title, before parts of them are read.
    detect_whole_titles,
    # Titles in quotation marks.
    detect_quoted_titles,
    # Runs of capitalised words and clauses behind a colon: the least sure, in what is left.
    detect_clause_titles,
    # The names found above, now that it is known which of them stand in a title.
    detect_undated_names,
    # "Paine's keystone paper", 'Kuhn argues'; known works only, in what is left.
    detect_possessive_works,
)
"""What only its wording tells. Headings are left out: their words name a topic."""

DETECTORS: tuple[Detector, ...] = MARKED_DETECTORS + WORDED_DETECTORS

OF_FIGURES: frozenset[Detector] = frozenset(
    {
        detect_numbers,
        detect_spelled_numbers,
        detect_dated_titles,
        detect_journal_places,
        detect_author_year,
        detect_lone_names,
    }
)
"""Those that look for a year, a number or a page: they are spared a block without figures."""
_MARKED_WITHOUT_FIGURES = tuple(d for d in MARKED_DETECTORS if d not in OF_FIGURES)
_WITHOUT_FIGURES = tuple(d for d in DETECTORS if d not in OF_FIGURES)


def scan_note(note: Note, citekeys: Mapping[str, Tie]) -> NoteScan:
    """All that is detected in one note; `citekeys` are the ties of reference files' records."""
    parts = [part for block in note.blocks for part in split_works(block)]
    blocks = [piece for part in parts for piece in split_long(part)]
    index = index_entries(note, blocks)
    note_scan = NoteScan(note, blocks, index, citekeys, title_floor(blocks, note.format))
    for block_scan in _block_scans(note_scan):
        for detector in detectors_for(block_scan):
            for detection in detector(note_scan, block_scan):
                _record(detection, note_scan, block_scan)
    note_scan.sightings += list(detect_title_heads(note_scan))
    return note_scan


def detectors_for(block_scan: BlockScan) -> tuple[Detector, ...]:
    """The detectors that may find something in a block, in their order."""
    if block_scan.holds_figure:
        return MARKED_DETECTORS if block_scan.is_topic else DETECTORS
    return _MARKED_WITHOUT_FIGURES if block_scan.is_topic else _WITHOUT_FIGURES


def _block_scans(note_scan: NoteScan) -> Iterator[BlockScan]:
    """The blocks that are read as text: records and short notes are read with the entries."""
    index = note_scan.entries
    already_read = index.short_notes | index.table_heads
    for place, block in enumerate(note_scan.blocks):
        if block.kind != "entry" and place not in already_read:
            entries = index.entries.get(place, ())
            yield BlockScan(
                block,
                entries,
                in_reference_list=place in index.listed,
                labelled=index.labelled.get(place),
            )


def _record(detection: Detection, note_scan: NoteScan, block_scan: BlockScan) -> None:
    """Adds what was detected to the state of the note, and claims its stretch of the block."""
    if detection.completes:
        sighting, reference = detection.completes
        completed = replace(sighting, reference=reference)
        note_scan.complete(sighting, completed)
        block_scan.complete(sighting, completed)
    if detection.sighting:
        note_scan.sightings.append(detection.sighting)
    if detection.link:
        note_scan.links.append(detection.link)
    if detection.waiting:
        block_scan.undated.append(detection.waiting)
    claimed_by = detection.sighting
    match detection.unlinked:
        case AuthorYearMention(sighting=sighting):
            note_scan.author_year.append(detection.unlinked)
            claimed_by = sighting
        case InformalMention(sighting=sighting):
            note_scan.informal.append(detection.unlinked)
            claimed_by = sighting
        case UndatedMention():
            note_scan.undated.append(detection.unlinked)
    if detection.claim:
        block_scan.claim(*detection.claim, claimed_by)
