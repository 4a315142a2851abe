"""Citations out of notes: every work the notes cite, each with all its mentions.

Recall is the aim here: what may be a title or a paper's file becomes a citation with `sure=False`,
and a source confirms or drops it. What is not a scholarly work is kept as a plain link.

`scanner` has the cascade of detectors that reads a note; `recognisers` are the pure functions that
detectors find names, titles and references with; `grouping` makes citations of all sightings.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from litmap.citations.disclosure import decide_searches
from litmap.citations.grouping.clustering import group
from litmap.citations.model import PlainLink
from litmap.citations.note_scan import NoteScan
from litmap.citations.recognisers.bib_records import record_reference
from litmap.citations.scanner import scan_note
from litmap.citations.ties import Tie
from litmap.garbage import no_collection
from litmap.models import Citation, Note, Reference

__all__ = [
    "Findings",
    "PlainLink",
    "find_citations",
    "find_links_and_citations",
    "plain_links",
    "records_beside",
]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Findings:
    """Citations, in the order of their first mention, and the links that are not works."""

    citations: list[Citation]
    links: list[PlainLink]


def find_links_and_citations(notes: Sequence[Note]) -> Findings:
    """Everything the notes point to. Linear in the length of the notes."""
    with no_collection():
        return _find(notes)


def _find(notes: Sequence[Note]) -> Findings:
    scans = {note.path: scan_note(note, {}) for note in notes if _is_reference_file(note)}
    citekeys = _labels_of(scans[note.path] for note in notes if _is_reference_file(note))
    for note in notes:
        if not _is_reference_file(note):
            scans[note.path] = scan_note(note, _citekeys_for(note, scans, citekeys))
    ordered = [scans[note.path] for note in notes]
    citations = decide_searches(group(ordered), notes)
    findings = Findings(citations, [link for scan in ordered for link in scan.links])
    logger.info(
        "%d notes: %d citations, %d links that are not works",
        len(notes),
        len(findings.citations),
        len(findings.links),
    )
    return findings


def _is_reference_file(note: Note) -> bool:
    """True for a file of records only, whose citekeys the notes may use."""
    return bool(note.blocks) and all(block.kind == "entry" for block in note.blocks)


def _labels_of(scans: Iterable[NoteScan]) -> dict[str, Tie]:
    """The ties of the citekeys that notes define; of two that define one, the last."""
    return {key: tie for scan in scans for key, tie in scan.entries.labels.items()}


def _citekeys_for(
    note: Note, scans: Mapping[str, NoteScan], everywhere: Mapping[str, Tie]
) -> Mapping[str, Tie]:
    """The ties of citekeys in a note: of the reference files that it names, or of all."""
    if not note.uses:
        return everywhere
    return _labels_of(scans[path] for path in note.uses if path in scans)


def find_citations(notes: Sequence[Note]) -> list[Citation]:
    """The works the notes cite, surely or perhaps; each work is one citation with its mentions."""
    return find_links_and_citations(notes).citations


def plain_links(notes: Sequence[Note]) -> list[PlainLink]:
    """The notes' links that are judged not to be scholarly works."""
    return find_links_and_citations(notes).links


def records_beside(notes: Sequence[Note]) -> list[Reference]:
    """The works of reference files that were read only for the citekeys of other notes, cited or
    not.
    """
    blocks = [block for note in notes if note.lookup for block in note.blocks]
    records = [record_reference(block) for block in blocks if block.kind == "entry"]
    return [reference for reference, is_work in records if is_work]
