"""Systems and models called by the head of their title: 'Dynamo' where the note cites 'Dynamo: Amazon's …'."""

from __future__ import annotations

import re
from collections import defaultdict

from litmap.citations.model import Sighting, line_at
from litmap.citations.note_scan import Reading
from litmap.citations.recognisers.author_names import is_not_a_name
from litmap.models import Reference

_HEAD = re.compile(r"([A-Z][\w-]{2,20}|[a-z]{1,3}[A-Z][\w-]{1,18}): ")
_WORD = re.compile(r"[\w-]+")


def take_heads(reading: Reading) -> None:
    """Adds the mentions of a note's works by the name before their title's colon, on lines that do not cite them."""
    heads = _heads(reading)
    if not heads:
        return
    cited_on: dict[str, set[int]] = defaultdict(set)
    for sighting in reading.state.sightings:
        for tie in sighting.ties:
            cited_on[tie].add(sighting.mention.line)
    lines = {
        head: set[int]().union(*(cited_on[tie] for tie in ties)) for head, ties in heads.items()
    }
    for block in reading.blocks:
        if block.kind in {"entry", "heading"}:
            continue
        for match in _WORD.finditer(block.text):
            head = match.group()
            if head in heads and (line := line_at(block, match.start())) not in lines[head]:
                lines[head].add(line)
                mention = reading.mention(block, match.start(), match.end(), "title")
                reading.add(Sighting(mention, Reference(), False, set(heads[head])))


def _heads(reading: Reading) -> dict[str, set[str]]:
    """The ties of works by the head of their title; not of words that the note also writes in lower case."""
    found: dict[str, set[str]] = {}
    twice: set[str] = set()
    for sighting in reading.state.sightings:
        match = _HEAD.match(sighting.reference.title) if sighting.title_known else None
        if match is None or not sighting.ties:
            continue
        head = match.group(1)
        if head in found and not (found[head] & sighting.ties):
            twice.add(head)
        found.setdefault(head, set(sighting.ties))
    wanted = [
        head
        for head in found
        if head not in twice and (not head[1:].islower() or not is_not_a_name(head))
    ]
    plain = (
        set(_WORD.findall("\n".join(block.text for block in reading.blocks))) if wanted else set()
    )
    return {head: found[head] for head in wanted if head.lower() not in plain}
