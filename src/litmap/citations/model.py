"""What detectors give before grouping: sightings, plain links, and names to be linked to works."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from litmap.citations.recognisers.author_names import NameMention
from litmap.citations.ties import Tie
from litmap.models import BibRecord, HeadingPath, Mention, NoteBlock, Reference


@dataclass(frozen=True, slots=True)
class PlainLink:
    """A link of a note that is not a scholarly work: code, video, news, a person's page."""

    note: str
    line: int
    text: str
    target: str
    heading: HeadingPath = ()


@dataclass(frozen=True, slots=True)
class Sighting:
    """One mention of a work, with all that it says of the work.

    `sure`: certainly a scholarly work. `ties`: what other sightings of the same work have as well.
    `title_known`: `reference.title` is a title, not a nickname. `listed`: an entry of a reference
    list, which takes its heading from the text that cites it. `silent`: a record of a file that was
    read for its keys only; it counts where a note cites it. `record`: the record as it came.
    """

    mention: Mention
    reference: Reference
    sure: bool
    ties: frozenset[Tie] = frozenset()
    title_known: bool = False
    listed: bool = False
    silent: bool = False
    record: BibRecord | None = None


@dataclass(frozen=True, slots=True)
class AuthorYearMention:
    """Names with a year and no reference beside them: 'as Doe (1999) shows'."""

    block: NoteBlock
    names: NameMention
    sighting: Sighting


@dataclass(frozen=True, slots=True)
class UndatedMention:
    """Names without a year: 'as Doe and Roe show'.

    `adjacent`: the identifier that stands next to them. `searchable`: where they are linked to no
    work they may be looked up; not so for names inside a title.
    """

    block: NoteBlock
    names: NameMention
    mention: Mention
    adjacent: Sighting | None = None
    searchable: bool = True


@dataclass(frozen=True, slots=True)
class InformalMention:
    """Names in looser words: 'hochreiter 97', "Paine's keystone paper", 'Kuhn argues'.

    `known_only`: a mention of a work of the notes or of none; not to be looked up as a paper.
    `searchable`: where they are linked to no work they may be looked up.
    """

    names: NameMention
    sighting: Sighting
    known_only: bool
    searchable: bool = True


UnlinkedMention = AuthorYearMention | UndatedMention | InformalMention
"""Names that are linked to works when all notes are read."""


class Detection(NamedTuple):
    """What a detector gives for one place of a block; what it does not give is None.

    `sighting`: a mention of a work. `claim`: the stretch, [start, end) in the block's text, that is
    understood by it, so that no later detector reads it. `link`: a link that is not a work.
    `unlinked`: names to be linked to a work when all notes are read. `waiting`: names without a
    year, to be given again when the titles of the block are known. `completes`: an earlier sighting
    and the reference that it has now, with what stands beside it.
    """

    sighting: Sighting | None = None
    claim: tuple[int, int] | None = None
    link: PlainLink | None = None
    unlinked: UnlinkedMention | None = None
    waiting: UndatedMention | None = None
    completes: tuple[Sighting, Reference] | None = None


def line_at(block: NoteBlock, offset: int) -> int:
    """The 1-based line of an offset in a block's text."""
    return block.line + bisect_right(block.line_starts, max(offset, 0)) - 1
