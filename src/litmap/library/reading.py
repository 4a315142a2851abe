"""One paper's text with what it cites, ready to be read: each entry of its reference list with its
place and its work of the library, and where the text cites it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from litmap import references
from litmap.catalogue.entries import Entry
from litmap.models import Document, Reference

if TYPE_CHECKING:
    from litmap.references import CitationMark, WorkIndex

OPENING = 24
"""Letters and digits by which an entry's first line is found on its page."""


@dataclass(frozen=True, slots=True)
class ListedWork:
    """An entry of a paper's reference list. `block` is its block on page `reference.page`, from 0,
    and `start` its offset in the block's text; -1 where it was not found again. `entry` is the work
    of the library that it names.
    """

    reference: Reference
    block: int = -1
    start: int = 0
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class CitedWorks:
    """What a paper cites: its reference list in order, and the marks that cite its entries."""

    listed: tuple[ListedWork, ...]
    marks: tuple[CitationMark, ...]


def cited_works(document: Document, index: WorkIndex, entries: Mapping[str, Entry]) -> CitedWorks:
    """What a paper cites; `index` and `entries` are the library's works."""
    found = references.read_references(document)
    listed = tuple(
        ListedWork(r, *_place_of(r, document), entries.get(index.find(r) or "")) for r in found
    )
    return CitedWorks(listed, tuple(references.citation_marks(document, found)))


def _place_of(reference: Reference, document: Document) -> tuple[int, int]:
    """The block of its page in which an entry begins, and the offset there; (-1, 0) for none."""
    opening = _letters(reference.raw)[0][:OPENING]
    page = next((p for p in document.pages if p.number == reference.page), None)
    for number, block in enumerate(page.blocks if page and opening else ()):
        letters, places = _letters(block.text)
        at = letters.find(opening)
        if at >= 0:
            return number, places[at]
    return -1, 0


def _letters(text: str) -> tuple[str, Sequence[int]]:
    """A text's letters and digits, and where each stands."""
    places = [at for at, sign in enumerate(text) if sign.isalnum()]
    return "".join(text[at] for at in places), places
