"""What a note as a whole tells.

Which of its blocks form reference lists, and how freely it uses bare titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from litmap.citations.recognisers.patterns import cites_by_key
from litmap.citations.recognisers.reference_entries import segments_of
from litmap.citations.recognisers.reference_shape import may_be_reference, reference_score
from litmap.models import HeadingPath, NoteBlock
from litmap.parsing.grammar import UNSPACED
from litmap.parsing.word_lists import load_words

MIN_RUN = 4
"""Blocks of a list that has no heading."""
MIN_SCORE, MIN_CLEAR_SCORE, MIN_CLEAR_SHARE = 0.35, 0.6, 0.7
"""Least score in a run, and of most of them."""
MIN_LENGTH, MAX_LENGTH = 30, 900
"""Characters of an entry."""
MAX_UNDATED_NOTE, MAX_SHORT_NOTE = 70, 120
"""Characters of a note that only points to another."""
MAX_LINE_LENGTH, MIN_SHORT_SHARE = 140, 0.6
LINES_FLOOR, PROSE_FLOOR = 0.5, 0.62

_UNSPACED = re.compile(f"[{UNSPACED}]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_READING_LIST_WORDS = load_words("reading_list_words")
_READING_LIST_PARTS = tuple(filter(_UNSPACED.search, _READING_LIST_WORDS))
"""Parts of words, in scripts without blanks."""
_DATED = re.compile(r"\d{4}|n\.d\.|in press")


def reference_list_blocks(blocks: Sequence[NoteBlock]) -> set[int]:
    """Blocks that stand in a list of references.

    Under such a heading, or in a long run of reference-like blocks.
    """
    listed = {index for index, block in enumerate(blocks) if ("list", "references") in block.fields}
    runs = [run for run in _runs(blocks, listed) if is_reference_list(list(run.values()))]
    return listed.union(*runs)


def _runs(blocks: Sequence[NoteBlock], listed: set[int]) -> Iterator[dict[int, float]]:
    """Scores by index of neighbouring blocks of one kind that may be references, short notes
    between them left out.
    """
    run: dict[int, float] = {}
    kind = ""
    for index, block in enumerate(blocks):
        score = 0.0 if index in listed else _reference_score(block)
        may_join = score >= MIN_SCORE and (not run or block.kind == kind)
        if not may_join and run and is_short_note(block):
            continue
        if not may_join:
            yield run
            run = {}
        if score >= MIN_SCORE:
            run[index], kind = score, block.kind
    yield run


def is_reference_list(scores: Sequence[float]) -> bool:
    """True for four blocks or more, most of which look like references."""
    if len(scores) < MIN_RUN:
        return False
    return sum(score >= MIN_CLEAR_SCORE for score in scores) >= MIN_CLEAR_SHARE * len(scores)


_SHORT_NOTE = re.compile(
    r"\s*(?:\[?\d{1,3}[\].)]?\s+)?(?:Ibid|Ibidem|Idem|Id|Op\.\s?cit|Loc\.\s?cit|Cf|See|Compare)\b"
)


def is_short_note(block: NoteBlock) -> bool:
    """A numbered note that points to another.

    'Ibid., 332', 'Cf. Shapin, Scientific Revolution, 3'.
    """
    numbered = any(name == "number" for name, _ in block.fields)
    if not numbered and block.kind != "item":
        return False
    if numbered and len(block.text) < MAX_UNDATED_NOTE and not _DATED.search(block.text):
        return True
    return len(block.text) < MAX_SHORT_NOTE and _SHORT_NOTE.match(block.text) is not None


def _reference_score(block: NoteBlock) -> float:
    """How much a block looks like a reference, 0 for what cannot be one."""
    if block.kind not in {"paragraph", "item", "definition"} or not may_be_listed(block.text):
        return 0.0
    return reference_score(block.text) if len(segments_of(block)) < 2 else 0.0


def may_be_listed(text: str) -> bool:
    """True for the length, the opening and the date of a reference, without a citekey."""
    if not MIN_LENGTH <= len(text) <= MAX_LENGTH or cites_by_key(text):
        return False
    return may_be_reference(text) and _DATED.search(text) is not None


def title_floor(blocks: Sequence[NoteBlock], fmt: str) -> float:
    """The least score of a bare title.

    Lower on pages of single lines (wiki pages, lists of links pasted as text).
    """
    lines = [block for block in blocks if block.kind in {"paragraph", "item"}]
    if not lines or fmt not in {"text", "mediawiki"}:
        return PROSE_FLOOR
    short = sum(1 for block in lines if len(block.text) < MAX_LINE_LENGTH and not block.links)
    return LINES_FLOOR if short > MIN_SHORT_SHARE * len(lines) else PROSE_FLOOR


@lru_cache(maxsize=1024)
def is_reading_list(heading: HeadingPath) -> bool:
    """'Papers to read', 'Literatur', '参考文献': a heading that lists works, at any level."""
    text = " ".join(heading).lower()
    if not _READING_LIST_WORDS.isdisjoint(_WORD.findall(text)):
        return True
    return any(part in text for part in _READING_LIST_PARTS)
