"""A note while it is scanned: its blocks, what its reference entries tell, what was detected."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from litmap.citations.block_scan import context_of
from litmap.citations.model import (
    AuthorYearMention,
    InformalMention,
    PlainLink,
    Sighting,
    UndatedMention,
    line_at,
)
from litmap.citations.recognisers.bib_records import field as field_of
from litmap.citations.recognisers.entry_reader import ReferenceEntry
from litmap.citations.ties import Tie
from litmap.models import Link, Mention, Note, NoteBlock, Reference
from litmap.parsing.person_names import surname_key
from litmap.parsing.references_in_text.labeller import LabelledText
from litmap.parsing.title_similarity import normalise_title

MAX_MENTION = 500
"""Characters of a mention's text that are kept."""
_NAMING_KINDS = frozenset({"link", "identifier", "citekey", "reference"})
"""Kinds of mentions that tell their work by more than the text around them."""
NOT_A_WORK = Tie("key", "")
"""Stands for the tie of an entry that is not a scholarly work: its citekey is not a citation."""


@dataclass(slots=True)
class EntryIndex:
    """What the reference entries of a note tell, before its text is read.

    `numbers`: the tie of an entry by its number.
    `numbered`: the text of the entry by its number; a number that is given twice is the first's.
    `labels`: the tie of an entry by its label, footnote or citekey; `NOT_A_WORK` for some keys.
    `number_styles`: patterns by which the text cites entries by number; empty without numbers.
    `entries`: reference entries by the index of their block.
    `listed`: indexes of the blocks that form reference lists.
    `short_notes`: indexes of blocks such as 'Ibid., 332', which are read with the entries.
    `table_heads`: indexes of the rows that name the columns of a table of works.
    `labelled`: blocks as the labeller of references sees them, by their index.
    `sightings`, `links`: records of reference files and short notes, in the order of their blocks.
    """

    numbers: dict[str, Tie] = field(default_factory=dict)
    numbered: dict[str, str] = field(default_factory=dict)
    labels: dict[str, Tie] = field(default_factory=dict)
    number_styles: tuple[re.Pattern[str], ...] = ()
    entries: dict[int, list[ReferenceEntry]] = field(default_factory=dict)
    listed: frozenset[int] = frozenset()
    short_notes: set[int] = field(default_factory=set)
    table_heads: set[int] = field(default_factory=set)
    labelled: dict[int, LabelledText] = field(default_factory=dict)
    sightings: list[Sighting] = field(default_factory=list)
    links: list[PlainLink] = field(default_factory=list)


class NoteScan:
    """One note and all that was detected in it. Detectors read it; the scanner alone adds to it.

    `citekeys`: ties of the records of reference files, by citekey.
    `entries`: what the note's own reference entries tell.
    `title_floor`: least score, in [0, 1], of a bare title that is worth a search.
    `sightings`, `links`: mentions of works and links that are not, in the order of detection.
    `author_year`, `undated`, `informal`: names to be linked to works when all notes are read.
    """

    def __init__(
        self,
        note: Note,
        blocks: Sequence[NoteBlock],
        entries: EntryIndex,
        citekeys: Mapping[str, Tie],
        title_floor: float,
    ) -> None:
        self.note = note
        self.blocks = blocks
        self.entries = entries
        self.citekeys = citekeys
        self.title_floor = title_floor
        self.sightings: list[Sighting] = [*entries.sightings]
        self.links: list[PlainLink] = [*entries.links]
        self.author_year: list[AuthorYearMention] = []
        self.undated: list[UndatedMention] = []
        self.informal: list[InformalMention] = []

    @property
    def path(self) -> str:
        """The note's path as the user sees it."""
        return self.note.path

    def mention(self, block: NoteBlock, start: int, end: int, kind: str, text: str = "") -> Mention:
        """A mention at [start, end) of a block, shown as `text` or as it is written."""
        return mention_at(self.path, block, start, end, kind, text)

    def plain_link(self, block: NoteBlock, link: Link) -> PlainLink:
        """A link of the note that is not a work."""
        return PlainLink(self.path, link.line, link.text, link.target, block.heading)

    @cached_property
    def entries_by_name(self) -> dict[tuple[str, int], list[Reference]]:
        """What the note's own reference entries say, by the first author's family name and year."""
        by_name: dict[tuple[str, int], list[Reference]] = {}
        for entries in self.entries.entries.values():
            for reference in (entry.reference for entry in entries):
                if reference.year and reference.authors:
                    family = squeezed(surname_key(reference.authors[0]))
                    by_name.setdefault((family, reference.year), []).append(reference)
        return by_name

    def tie_of_label(self, label: str) -> Tie | None:
        """The tie of an entry by its label or footnote; None where there is no such work."""
        tie = self.entries.labels.get(label)
        return None if tie is NOT_A_WORK else tie

    def complete(self, sighting: Sighting, completed: Sighting) -> None:
        """Puts a sighting's completed form in its place."""
        for index in range(len(self.sightings) - 1, -1, -1):
            if self.sightings[index] is sighting:
                self.sightings[index] = completed
                return


def mention_at(
    path: str, block: NoteBlock, start: int, end: int, kind: str, text: str = ""
) -> Mention:
    """A mention at [start, end) of a block of a note, shown as `text` or as it is written."""
    shown = text or block.text[start:end].strip()
    context = context_of(block, start, end)
    if kind in _NAMING_KINDS:
        context = with_remark(context, block)
    return Mention(path, line_at(block, start), shown[:MAX_MENTION], block.heading, context, kind)


def with_remark(context: str, block: NoteBlock) -> str:
    """The context of a heading that is a work: with what the reader says of it below."""
    remark = field_of(block, "remark")
    return f"{context} {remark}" if remark else context


def number_sighting(mention: Mention, tie: Tie, *, sure: bool = False) -> Sighting:
    """A mention that only points to an entry."""
    return Sighting(mention, Reference(), sure, frozenset({tie}))


def squeezed(text: str) -> str:
    """The letters and figures of a text without marks, in lower case: 'O'Doe' as 'odoe'."""
    return normalise_title(text).replace(" ", "")
