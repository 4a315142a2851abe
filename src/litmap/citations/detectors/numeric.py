"""Citations by the number of an entry: [3], [4-6], (3), superscripts, "refs 4,5"."""

from __future__ import annotations

from collections.abc import Iterator

from litmap.citations.block_scan import BlockScan
from litmap.citations.model import Detection
from litmap.citations.note_scan import NoteScan, number_sighting
from litmap.citations.recognisers.citation_numbers import numbers_in, spelled_numbers
from litmap.citations.ties import Tie


def detect_numbers(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """What a block cites by number, in the note's own style, each tied to its entry."""
    styles = note_scan.entries.number_styles
    if not styles or _lists_entries(block_scan):
        return
    for style in styles:
        for match in style.finditer(block_scan.unclaimed_text):
            ties = _ties_of(note_scan, numbers_in(match))
            if ties and block_scan.is_unclaimed(*match.span()):
                mention = note_scan.mention(block_scan.block, *match.span(), "number")
                *before, last = (number_sighting(mention, tie) for tie in ties)
                yield from map(Detection, before)
                yield Detection(last, claim=match.span())


def detect_spelled_numbers(note_scan: NoteScan, block_scan: BlockScan) -> Iterator[Detection]:
    """Numbers of references in words, in any style of note: 'refs 4,5'."""
    if not note_scan.entries.numbers or _lists_entries(block_scan):
        return
    for start, end, numbers in spelled_numbers(block_scan.unclaimed_text):
        for tie in _ties_of(note_scan, numbers):
            mention = note_scan.mention(block_scan.block, start, end, "number")
            yield Detection(number_sighting(mention, tie))


def _lists_entries(block_scan: BlockScan) -> bool:
    """True in a reference list, whose numbers are those of its entries."""
    return block_scan.in_reference_list and bool(block_scan.entries)


def _ties_of(note_scan: NoteScan, numbers: list[str]) -> list[Tie]:
    ties = note_scan.entries.numbers
    return [ties[number] for number in numbers if number in ties]
