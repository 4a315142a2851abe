"""Citations out of notes: every work the notes cite, each with all its mentions.

Recall is the aim here: what may be a title or a paper's file becomes a citation with `sure=False`, and a source
confirms or drops it. What is no scholarly work is kept as a plain link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from litmap.citations.grouping.clustering import group
from litmap.citations.model import PlainLink
from litmap.citations.note_scan import Reading
from litmap.citations.scanner import read_citations
from litmap.models import Citation, Note

__all__ = ["Findings", "PlainLink", "find_citations", "find_links_and_citations", "plain_links"]


@dataclass(frozen=True, slots=True)
class Findings:
    """Citations, in the order of their first mention, and the links that are no works."""

    citations: list[Citation]
    links: list[PlainLink]


def find_links_and_citations(notes: Sequence[Note]) -> Findings:
    """Everything the notes point to. Linear in the length of the notes."""
    records = [
        note
        for note in notes
        if note.blocks and all(block.kind == "entry" for block in note.blocks)
    ]
    others = [note for note in notes if note not in records]
    readings: dict[str, Reading] = {}
    for note in records:
        readings[note.path] = read_citations(note, {})
    everywhere = {
        key: tie for note in records for key, tie in readings[note.path].state.labels.items()
    }
    for note in others:
        keys = dict(everywhere) if not note.uses else {}
        for path in note.uses:
            if path in readings:
                keys.update(readings[path].state.labels)
        readings[note.path] = read_citations(note, keys)
    ordered = [readings[note.path] for note in notes]
    return Findings(group(ordered), [link for reading in ordered for link in reading.state.links])


def find_citations(notes: Sequence[Note]) -> list[Citation]:
    """The works the notes cite, surely or perhaps; one work cited in five ways is one citation with five mentions."""
    return find_links_and_citations(notes).citations


def plain_links(notes: Sequence[Note]) -> list[PlainLink]:
    """The notes' links that are judged to be no scholarly work."""
    return find_links_and_citations(notes).links
