"""What a note as a whole tells: which of its blocks form reference lists, and how freely it uses bare titles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.citations.recognisers.patterns import cites_by_key
from litmap.citations.recognisers.reference_entries import segments_of
from litmap.citations.recognisers.reference_shape import may_be_reference, reference_score
from litmap.models import NoteBlock

_DATED = re.compile(r"\d{4}|n\.d\.|in press")


def reference_list_blocks(blocks: Sequence[NoteBlock]) -> set[int]:
    """Blocks that stand in a list of references: under such a heading, or in a long run of reference-like blocks."""
    listed = {index for index, block in enumerate(blocks) if ("list", "references") in block.fields}
    run: list[tuple[int, float]] = []
    for index, block in enumerate([*blocks, None]):
        likely = _reference_score(block) if block is not None and index not in listed else 0.0
        if likely >= 0.35 and (not run or block is None or blocks[run[-1][0]].kind == block.kind):
            run.append((index, likely))
            continue
        if run and block is not None and is_short_note(block):
            continue
        if len(run) >= 4 and sum(score >= 0.6 for _, score in run) >= 0.7 * len(run):
            listed |= {place for place, _ in run}
        run = [(index, likely)] if likely >= 0.35 else []
    return listed


_SHORT_NOTE = re.compile(
    r"\s*(?:\[?\d{1,3}[\].)]?\s+)?(?:Ibid|Ibidem|Idem|Id|Op\.\s?cit|Loc\.\s?cit|Cf|See|Compare)\b"
)


def is_short_note(block: NoteBlock) -> bool:
    """A numbered note that points to another: 'Ibid., 332', 'Cf. Shapin, Scientific Revolution, 3'."""
    numbered = any(name == "number" for name, _ in block.fields)
    if numbered and len(block.text) < 70 and not _DATED.search(block.text):
        return True
    return (
        len(block.text) < 120
        and bool(_SHORT_NOTE.match(block.text))
        and (numbered or block.kind == "item")
    )


def _reference_score(block: NoteBlock) -> float:
    text = block.text
    if block.kind not in {"paragraph", "item", "definition"} or not 30 <= len(text) <= 900:
        return 0.0
    if (
        not may_be_reference(text)
        or not _DATED.search(text)
        or cites_by_key(text)
        or len(segments_of(block)) > 1
    ):
        return 0.0
    return reference_score(text)


def title_floor(blocks: Sequence[NoteBlock], fmt: str) -> float:
    """Pages of single lines (wiki pages, lists of links pasted as text) hold more bare titles than prose does."""
    lines = [block for block in blocks if block.kind in {"paragraph", "item"}]
    short = sum(1 for block in lines if len(block.text) < 140 and not block.links)
    return 0.5 if lines and fmt in {"text", "mediawiki"} and short > 0.6 * len(lines) else 0.62
