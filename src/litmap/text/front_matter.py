"""The first page: title and abstract."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litmap.text.blocks import DraftBlock
from litmap.text.page_layout import PageLayout, Row
from litmap.text.style import Style
from litmap.text.titles import Candidate

_ABSTRACT = re.compile(r"^(?:abstract|a b s t r a c t|summary)\s*(?:$|[.:—–-]|(?=[A-Z]))\s*", re.I)
_AFTER_ABSTRACT = re.compile(
    r"^(?:key ?words|index terms|ccs concepts|categories and subject|general terms|1998 acm|"
    r"ams |msc|"
    r"(?:\d{4} )?mathematics subject|e-?mail|received|pacs|jel\b|contents)",
    re.I,
)
MAX_ABSTRACT = 3500
"""Characters after which no further block is taken into the abstract."""
MIN_ABSTRACT = 300
"""Characters of a paragraph between names and first heading that is an abstract."""
MIN_LONE_ABSTRACT = 400
"""The same on a first page without a heading."""


# ── title ────────────────────────────────────────────────────────────────────────────────────────
def mark_title(page: PageLayout, title: Candidate) -> None:
    """Makes the rows that print the title 'title', in place."""
    for index in range(title.first, title.last + 1):
        page.classes[index] = "title"


# ── abstract ─────────────────────────────────────────────────────────────────────────────────────
def mark_abstract(blocks: Sequence[DraftBlock], style: Style, page: int = 0) -> None:
    """Makes the abstract's blocks 'abstract': those after its heading, or the prose between names
    and introduction. `page` is the title's, 0 where there is none.
    """
    if not blocks:
        return
    page = page or blocks[0].page
    front = [block for block in blocks if page <= block.page <= page + 1]
    start = next((i for i, block in enumerate(front) if _opens_abstract(block)), None)
    if start is not None:
        _mark_after_heading(front[start:])
    else:
        _mark_unheaded_abstract([block for block in front if block.page == page], style)


def _opens_abstract(block: DraftBlock) -> bool:
    return block.kind in ("heading", "body") and _ABSTRACT.match(block.text) is not None


def _mark_unheaded_abstract(blocks: Sequence[DraftBlock], style: Style) -> None:
    """On a first page: the long paragraphs above its first heading, or the one that is set
    narrower.
    """
    heading = next((i for i, block in enumerate(blocks) if block.kind == "heading"), None)
    if heading is None:
        _mark_lone_abstract(blocks, style)
        return
    for block in blocks[:heading]:
        if _is_long_prose(block, MIN_ABSTRACT) and not _AFTER_ABSTRACT.match(block.text):
            block.kind = "abstract"


def _is_long_prose(block: DraftBlock, min_length: int) -> bool:
    return block.kind == "body" and len(block.text) > min_length and "@" not in block.text


def _mark_lone_abstract(blocks: Sequence[DraftBlock], style: Style) -> None:
    """On a page without headings: the first long paragraph, where it is set narrower or smaller."""
    first = next((block for block in blocks if _is_long_prose(block, MIN_LONE_ABSTRACT)), None)
    if first is not None and all(_is_narrow(row, style) for row in first.rows[1:-1]):
        first.kind = "abstract"


def _is_narrow(row: Row, style: Style) -> bool:
    """Set smaller or narrower than the text: how an abstract without a heading stands out."""
    margin = 0.8 * style.size
    inset = row.x0 > row.column.x0 + margin and row.x1 < row.column.x1 - margin
    return inset or style.is_small(row)


def _mark_after_heading(blocks: Sequence[DraftBlock]) -> None:
    """Marks the blocks after the abstract's heading, which is blocks[0] or stands in it, in one
    size of print.
    """
    length, size = 0, 0.0
    opening = blocks[0]
    if opening.kind == "body" and len(opening.text) <= 30:
        opening.kind = "heading"
    elif opening.kind == "body":
        opening.kind, length, size = "abstract", len(opening.text), opening.rows[-1].size
    for block in blocks[1:]:
        if _ends_abstract(block) or length > MAX_ABSTRACT:
            break
        if block.kind != "body":
            continue
        if size and (abs(block.rows[0].size - size) > 0.45 or len(block.text) < 40):
            break
        block.kind, size = "abstract", block.rows[0].size
        length += len(block.text)


def _ends_abstract(block: DraftBlock) -> bool:
    return block.kind == "heading" or _AFTER_ABSTRACT.match(block.text) is not None
