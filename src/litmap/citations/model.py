"""What is gathered before grouping: one sighting is one mention with all that it says of its work."""

from __future__ import annotations

from dataclasses import dataclass, field

from litmap.models import HeadingPath, Mention, NoteBlock, Reference


@dataclass(frozen=True, slots=True)
class PlainLink:
    """A link of a note that is no scholarly work: code, video, news, a person's page."""

    note: str
    line: int
    text: str
    target: str
    heading: HeadingPath = ()


@dataclass(slots=True)
class Sighting:
    """One mention. `ties` are keys of what is surely the same work; `title_known` tells a title from a nickname.

    `listed` is True for an entry of a reference list, whose heading is taken from the text that cites it.
    """

    mention: Mention
    reference: Reference
    sure: bool
    ties: set[str] = field(default_factory=set)
    title_known: bool = False
    listed: bool = False
    silent: bool = False


@dataclass(slots=True)
class NoteState:
    """What is known of one note while its citations are found."""

    path: str
    numbers: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    sightings: list[Sighting] = field(default_factory=list)
    links: list[PlainLink] = field(default_factory=list)
    entries: int = 0


def line_at(block: NoteBlock, offset: int) -> int:
    """The 1-based line of an offset in a block's text."""
    import bisect

    return block.line + bisect.bisect_right(block.line_starts, max(offset, 0)) - 1
