"""One note while its citations are found: its blocks, what is known of it, and what has been seen so far."""

from __future__ import annotations

import re
from dataclasses import dataclass

from litmap.citations.block_scan import context_of, split_long
from litmap.citations.model import NoteState, PlainLink, Sighting, line_at
from litmap.citations.recognisers.author_names import NameMention
from litmap.citations.recognisers.reference_lists import title_floor
from litmap.citations.recognisers.short_notes import CitedEntry
from litmap.models import Link, Mention, Note, NoteBlock, Reference
from litmap.parsing.identifiers import url_key
from litmap.parsing.title_similarity import normalise_title


@dataclass(slots=True)
class BareNames:
    """Names without a year; `asked` is True where they may be looked up if they are tied to nothing; `beside` is an
    identifier that stands next to them.
    """

    block: NoteBlock
    names: NameMention
    mention: Mention
    asked: bool = True
    beside: Sighting | None = None


class Reading:
    """What the finders of links, keys, numbers, names and titles share while they read one note.

    `keys` are the ties of citekeys by key. Names without a reference beside them are kept in `names` (with a year) and
    `bare_names` (without), to be tied when all notes are read.
    """

    def __init__(self, note: Note, keys: dict[str, str]) -> None:
        self.note = note
        self.blocks = [piece for block in note.blocks for piece in split_long(block)]
        self.state = NoteState(note.path)
        self.keys = keys
        self.names: list[tuple[NoteBlock, NameMention, Sighting]] = []
        self.bare_names: list[BareNames] = []
        self.loose: list[tuple[NoteBlock, NameMention, Sighting, bool]] = []
        self.title_floor = title_floor(self.blocks, note.format)
        self.previous: tuple[str, ...] = ()
        self.named: list[CitedEntry] = []
        self.number_styles: tuple[re.Pattern[str], ...] = ()

    def mention(self, block: NoteBlock, start: int, end: int, kind: str, text: str = "") -> Mention:
        """A mention of this stretch."""
        shown = text or block.text[start:end].strip()
        return Mention(
            self.note.path,
            line_at(block, start),
            shown[:500],
            block.heading,
            context_of(block, start, end),
            kind,
        )

    def add(self, sighting: Sighting) -> Sighting:
        """Keeps a sighting."""
        self.state.sightings.append(sighting)
        return sighting

    def plain(self, block: NoteBlock, link: Link) -> None:
        """Keeps a link that is no work."""
        self.state.links.append(
            PlainLink(self.note.path, link.line, link.text, link.target, block.heading)
        )


def work_ties(reference: Reference, *, title_known: bool) -> set[str]:
    """Keys that two mentions of one work share: identifiers, addresses, and the title in normal form."""
    ties = {f"id:{identifier}" for identifier in reference.ids}
    ties |= {f"url:{url_key(url)}" for url in reference.urls if len(url) < 2000}
    if title_known and reference.title:
        title = normalise_title(reference.title)
        if len(title.split()) >= 3 or len(title) >= 14 or (reference.authors and len(title) >= 4):
            ties.add(f"title:{title}")
    return ties
