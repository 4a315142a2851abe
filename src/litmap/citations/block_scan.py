"""A block while it is scanned: its text, what of it is claimed, the context of a place."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from litmap.citations.model import Sighting, UndatedMention, line_at
from litmap.citations.recognisers.bib_records import field
from litmap.citations.recognisers.entry_reader import ReferenceEntry
from litmap.citations.recognisers.labelled_addresses import lines_of_other_works
from litmap.citations.recognisers.learnt_entries import label_block
from litmap.models import Link, NoteBlock
from litmap.parsing.grammar import YEAR
from litmap.parsing.references_in_text.labeller import LabelledText
from litmap.parsing.sentences import NOTE_SENTENCES, sentence_borders

MAX_BLOCK = 20_000
"""Most characters of a block that are read as one."""
CLAIMED = "\x00"
"""Stands for each claimed character of `BlockScan.unclaimed_text`; no recogniser reads on there."""
MAX_GAP = 23
"""Most characters between stretches that stand side by side, words such as 'also as' included."""
MAX_JOURNAL = 70
"""Most characters of a journal with its numbers between names and an identifier."""
TITLE_KINDS = frozenset({"paragraph", "item", "cell", "heading"})
_JOURNAL = re.compile(
    r"[”\")]{0,2}[,.]?\s*(?:in\s)?"
    r"(?:[A-Z]{2,8}|(?:[A-Z][A-Za-z]*[.,]?\s){1,6}\d[\d:,.\s–-]{0,24})"
    rf"[,.]?\s?(?:\({YEAR}\))?[\s,.;(\[]*"
)
_JOINT = re.compile(r"[\s()\[\],.:–—\"“”'*-]*")
_ALSO = re.compile(
    r"(?:\b(?:see also|also (?:as|at|in|on)|also|e-?print|preprint|available (?:at|as|on))\b|=)\s?"
)
_FIGURE = re.compile(r"[\d⁰¹²³⁴⁵⁶⁷⁸⁹]")
_CONTINUES = frozenset({"", "(", "[", ":", "–", "—", "-"})
"""What may stand between a number or key and what it belongs to: '[3]: Doe'."""


class Claim(NamedTuple):
    """A stretch of a block that is understood, and the sighting it is understood by, if any."""

    start: int
    end: int
    sighting: Sighting | None


class BlockScan:
    """A block while its detectors run. Detectors read it; the scanner alone adds claims.

    `text` never changes; `unclaimed_text` is the same text, character for character, with `CLAIMED`
    in place of what earlier detections claimed. `entries` are the block's reference entries, found
    before. `is_of_titles`: of a kind and length that may hold bare titles. `holds_figure`: a digit,
    raised or not, stands in the text. `undated` are names without a year that wait for the titles
    of the block.
    """

    def __init__(
        self,
        block: NoteBlock,
        entries: Sequence[ReferenceEntry] = (),
        *,
        in_reference_list: bool = False,
        labelled: LabelledText | None = None,
    ) -> None:
        self.block = block
        self.text = block.text
        self.entries = entries
        self.in_reference_list = in_reference_list
        self.is_of_titles = block.kind in TITLE_KINDS and len(block.text) <= MAX_BLOCK
        self.holds_figure = _FIGURE.search(block.text) is not None
        self.undated: list[UndatedMention] = []
        self.claims: list[Claim] = []
        self.unclaimed_text = block.text
        self._labelled = labelled

    @property
    def labelled(self) -> LabelledText:
        """The block as the labeller of references sees it."""
        if self._labelled is None:
            self._labelled = label_block(self.block)
        return self._labelled

    @property
    def is_topic(self) -> bool:
        """True for a heading as its author marked it: its words name a topic, not a work."""
        return self.block.kind == "heading" and not field(self.block, "inferred")

    def is_unclaimed(self, start: int, end: int) -> bool:
        """True where nothing of the stretch is claimed."""
        return CLAIMED not in self.unclaimed_text[start:end]

    def claim(self, start: int, end: int, sighting: Sighting | None) -> None:
        """Claims a stretch for a sighting, or as understood to be none."""
        if end > start:
            self.claims.append(Claim(start, end, sighting))
            text = self.unclaimed_text
            self.unclaimed_text = text[:start] + CLAIMED * (end - start) + text[end:]

    def adjacent_sighting(
        self, start: int, end: int, reach: int = 4, *, same_sentence: bool = False
    ) -> Sighting | None:
        """The sighting next to a stretch, with only punctuation of up to `reach` signs between."""
        for claim in self.claims:
            if claim.sighting is None or not _is_near(claim, start, end):
                continue
            if claim.start >= end:
                between = self.text[end : claim.start]
            else:
                between = self.text[claim.end : start]
                if same_sentence and between.rstrip().endswith("."):
                    continue
                if _points_backwards(claim.sighting, between):
                    continue  # '[3], Doe 1999': a number belongs to what stands before it
            if _is_joint(between, reach):
                return claim.sighting
        return None

    def identifier_after_journal(self, end: int) -> Sighting | None:
        """An identifier behind a journal: '…, Ann. Phys. 303, 2 (2003) [quant-ph/9707021]'."""
        for claim in self.claims:
            if not 0 < claim.start - end <= MAX_JOURNAL or not _is_identifier_only(claim.sighting):
                continue
            if _JOURNAL.fullmatch(self.text, end, claim.start) and self.is_unclaimed(
                end, claim.start
            ):
                return claim.sighting
        return None

    def complete(self, sighting: Sighting, completed: Sighting) -> None:
        """Puts a sighting's completed form in its claims."""
        self.claims = [
            claim._replace(sighting=completed) if claim.sighting is sighting else claim
            for claim in self.claims
        ]


def _is_near(claim: Claim, start: int, end: int) -> bool:
    """True where a claim lies before or behind a stretch with few characters between."""
    gap = claim.start - end if claim.start >= end else start - claim.end
    return 0 <= gap <= MAX_GAP


def _points_backwards(sighting: Sighting, between: str) -> bool:
    """True for a number or key that belongs to what stands before it, not behind: '[3], '."""
    return sighting.mention.kind in {"number", "citekey"} and between.strip() not in _CONTINUES


def _is_joint(between: str, reach: int) -> bool:
    """True where brackets and punctuation alone, or one word such as 'also', join two stretches."""
    between = _ALSO.sub("", between, count=1) if len(between) > 3 else between
    if len(between) > reach + 3 or not _JOINT.fullmatch(between):
        return False
    return len(between.strip()) <= reach


def _is_identifier_only(sighting: Sighting | None) -> bool:
    """True for an identifier without a title of its own."""
    if sighting is None or sighting.reference.title:
        return False
    return bool(sighting.reference.ids)


def context_of(block: NoteBlock, start: int, end: int) -> str:
    """The sentence around a place, or the whole of a short item."""
    text = block.text
    if len(text) <= 350 or (block.kind in {"item", "cell", "entry"} and len(text) <= 700):
        return text.strip()
    low, high = max(0, start - 700), min(len(text), end + 700)
    stops, begins = _sentence_borders(text)
    before = bisect_right(begins, start)
    after = max(before, bisect_left(stops, end))
    first = begins[before - 1] if before and stops[before - 1] >= low else low
    last = stops[after] + 1 if after < len(stops) and begins[after] < high else high
    return text[first:last].strip()


@lru_cache(maxsize=8)
def _sentence_borders(text: str) -> tuple[list[int], list[int]]:
    """Where sentences end and where the next begin; all mentions of a block ask for the same."""
    borders = list(sentence_borders(text, NOTE_SENTENCES))
    return [stop for stop, _ in borders], [begin for _, begin in borders]


def split_works(block: NoteBlock) -> list[NoteBlock]:
    """The block, or its lines apart where some name another work than the reference above them, by
    a label and its address.
    """
    if len(block.line_starts) < 2 or len(block.text) > MAX_BLOCK or field(block, "breaks"):
        return [block]
    edges = [0, *lines_of_other_works(block), len(block.text)]
    if len(edges) == 2:
        return [block]
    return [
        _piece(block, begin, end, [link for link in block.links if begin <= link.start < end])
        for begin, end in pairwise(edges)
    ]


def split_long(block: NoteBlock) -> list[NoteBlock]:
    """The block, or pieces cut at blanks outside its links, each of about `MAX_BLOCK` at most."""
    if len(block.text) <= MAX_BLOCK:
        return [block]
    pieces: list[NoteBlock] = []
    links = sorted(block.links, key=lambda link: link.start)
    begin = first_link = 0
    while begin < len(block.text):
        end = _blank_before(block.text, begin)
        last_link = first_link
        while last_link < len(links) and links[last_link].start < end:
            end = max(end, links[last_link].end)
            last_link += 1
        pieces.append(_piece(block, begin, end, links[first_link:last_link]))
        begin, first_link = end, last_link
    return pieces


def _blank_before(text: str, begin: int) -> int:
    """Where a piece that begins at `begin` ends: behind the last blank of its second half."""
    if begin + MAX_BLOCK >= len(text):
        return len(text)
    end = begin + MAX_BLOCK
    return text.rfind(" ", begin + MAX_BLOCK // 2, end) + 1 or end


def _piece(block: NoteBlock, begin: int, end: int, links: Sequence[Link]) -> NoteBlock:
    """The part [begin, end) of a block as a block, its links and lines at their places."""
    starts = block.line_starts
    inner = starts[bisect_right(starts, begin) : bisect_left(starts, end)]
    return replace(
        block,
        text=block.text[begin:end],
        line=line_at(block, begin),
        links=tuple(
            replace(link, start=link.start - begin, end=link.end - begin) for link in links
        ),
        line_starts=(0, *(start - begin for start in inner)),
    )
