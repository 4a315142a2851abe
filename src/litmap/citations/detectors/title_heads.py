"""Systems and models called by the head of their title: 'Dynamo' for 'Dynamo: Amazon's …'."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from litmap.citations.model import Sighting, line_at
from litmap.citations.note_scan import NoteScan
from litmap.citations.recognisers.name_lists import is_not_a_name
from litmap.citations.ties import Tie
from litmap.models import Reference

_HEAD = re.compile(r"([A-Z][\w-]{2,20}|[a-z]{1,3}[A-Z][\w-]{1,18}): ")
_WORD = re.compile(r"[\w-]+")


def detect_title_heads(note_scan: NoteScan) -> Iterator[Sighting]:
    """Mentions of a note's works by the head of their title, on lines that do not cite them.

    Runs over a whole note, after all works of the note are known.
    """
    heads = _heads(note_scan)
    if not heads:
        return
    cited_on = _lines_citing(note_scan)
    lines = {
        head: set[int]().union(*(cited_on[tie] for tie in ties)) for head, ties in heads.items()
    }
    for block in note_scan.blocks:
        if block.kind in {"entry", "heading"}:
            continue
        for match in _WORD.finditer(block.text):
            head = match.group()
            if head in heads and (line := line_at(block, match.start())) not in lines[head]:
                lines[head].add(line)
                mention = note_scan.mention(block, *match.span(), "title")
                yield Sighting(mention, Reference(), sure=False, ties=heads[head])


def _lines_citing(note_scan: NoteScan) -> dict[Tie, set[int]]:
    """The lines on which the work of a tie is cited."""
    lines: dict[Tie, set[int]] = defaultdict(set)
    for sighting in note_scan.sightings:
        for tie in sighting.ties:
            lines[tie].add(sighting.mention.line)
    return lines


def _heads(note_scan: NoteScan) -> dict[str, frozenset[Tie]]:
    """The ties of works by the head of their title; not of words the note has in lower case."""
    heads = {head: ties for head, ties in _unique_heads(note_scan) if _may_be_a_system(head)}
    if not heads:
        return {}
    words = set(_WORD.findall("\n".join(block.text for block in note_scan.blocks)))
    return {head: ties for head, ties in heads.items() if head.lower() not in words}


def _unique_heads(note_scan: NoteScan) -> list[tuple[str, frozenset[Tie]]]:
    """Heads of titles that only one work of the note has, each with its ties."""
    heads: dict[str, frozenset[Tie]] = {}
    shared: set[str] = set()
    for sighting in note_scan.sightings:
        match = _HEAD.match(sighting.reference.title) if sighting.title_known else None
        if match is None or not sighting.ties:
            continue
        head = match.group(1)
        if not heads.setdefault(head, sighting.ties) & sighting.ties:
            shared.add(head)
    return [(head, ties) for head, ties in heads.items() if head not in shared]


def _may_be_a_system(head: str) -> bool:
    """True for a name that has capitals inside, or that is not an ordinary word."""
    return not head[1:].islower() or not is_not_a_name(head)
