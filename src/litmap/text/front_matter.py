"""The first page: title and abstract."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from litmap.text.blocks import DraftBlock
from litmap.text.headings import KNOWN, NUMBERED
from litmap.text.page_layout import PageLayout, Row
from litmap.text.style import WORD, Style, is_prose

_ABSTRACT = re.compile(r"^(?:abstract|a b s t r a c t|summary)\s*(?:$|[.:—–-]|(?=[A-Z]))\s*", re.I)
_AFTER_ABSTRACT = re.compile(
    r"^(?:key ?words|index terms|ccs concepts|categories and subject|general terms|1998 acm|"
    r"ams |msc|"
    r"(?:\d{4} )?mathematics subject|e-?mail|received|pacs|jel\b|contents)",
    re.I,
)
_NO_TITLE = re.compile(
    r"^(?:arxiv:|doi|https?:|www\.|journal of|proceedings|vol(?:ume)?\b|contents lists|abstract$|"
    r"introduction$|"
    r"letters? to|research article|original (?:article|research)|review article|\d+$|"
    r"communicated by|technical report)",
    re.I,
)
_AFFILIATION = re.compile(
    r"@|universit|institut|department|laborator|school of|\binc\b|google|microsoft|\bresearch$",
    re.I,
)
MAX_ABSTRACT = 3500
"""Characters after which no further block is taken into the abstract."""
MIN_ABSTRACT = 300
"""Characters of a paragraph between names and first heading that is an abstract."""
MIN_LONE_ABSTRACT = 400
"""The same on a first page without a heading."""


def squash(text: str) -> str:
    """Letters and digits only, in small letters: for comparing titles."""
    return re.sub(r"[\W_]+", "", text.lower())


# ── title ────────────────────────────────────────────────────────────────────────────────────────
def mark_title(page: PageLayout, style: Style, metadata_title: str = "") -> None:
    """Makes the rows that print the title 'title', in place."""
    title = {id(row) for row in find_title(page.rows, page.height, style, metadata_title)}
    page.classes = [
        "title" if id(row) in title else row_class
        for row, row_class in zip(page.rows, page.classes, strict=True)
    ]


def find_title(
    rows: Sequence[Row], height: float, style: Style, metadata_title: str = ""
) -> list[Row]:
    """The rows of the first page that print the title; [] where none is found.

    The file's own title is believed where it is printed there; else the largest print in the upper
    part; else the first rows in capitals or bold.
    """
    upper = [row for row in rows if row.y0 < 0.6 * height]
    for find in TITLE_FINDERS:
        title = find(upper, style, metadata_title)
        if title:
            return title
    return []


def find_printed_metadata_title(
    rows: Sequence[Row], style: Style, metadata_title: str
) -> list[Row]:
    """The rows (five at most) that print the file's own title letter by letter."""
    wanted = squash(metadata_title)
    if len(wanted) < 12:
        return []
    for first in range(len(rows)):
        joined = ""
        for last in range(first, min(first + 5, len(rows))):
            joined += squash(rows[last].text.rstrip("-"))
            if joined == wanted:
                return _with_subtitle(rows, first, last, style)
            if not wanted.startswith(joined):
                break
    return []


def find_largest_print(rows: Sequence[Row], style: Style, _metadata_title: str) -> list[Row]:
    """The first row of the largest print that may be a title, and the rows of its size below it."""
    candidates = [i for i, row in enumerate(rows) if _may_be_title(row, style)]
    if not candidates:
        return []
    size = max(rows[i].size for i in candidates)
    first = next(i for i in candidates if rows[i].size == size)
    return _with_subtitle(rows, first, _title_end(rows, first, size), style)


def _may_be_title(row: Row, style: Style) -> bool:
    return (
        row.size > 1.1 * style.size
        and WORD.search(row.text) is not None
        and not _NO_TITLE.match(row.text)
        and sum(map(str.isalpha, row.text)) > 5
    )


def find_emphasised_title(rows: Sequence[Row], style: Style, _metadata_title: str) -> list[Row]:
    """A title in the text's own size: the first rows in capitals or bold above the names."""
    for i, row in enumerate(rows[:8]):
        if not _can_name_paper(row.text):
            continue
        if row.bold > 0.7 or is_capitals(row.text):
            return _take_alike(rows[i : i + 5], style)
        if is_prose(row):
            break
    return []


def _can_name_paper(text: str) -> bool:
    """Whether a row has eight letters and is neither a banner nor a heading."""
    return (
        sum(map(str.isalpha, text)) >= 8
        and not _NO_TITLE.match(text)
        and not KNOWN.match(text)
        and not NUMBERED.match(text)
    )


def is_capitals(text: str) -> bool:
    """Whether all letters are capitals, and there are some."""
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and all(c.isupper() for c in letters)


def _take_alike(rows: Sequence[Row], style: Style) -> list[Row]:
    """The first row and those below it in the same print, up to the names."""
    first = rows[0]
    title = [first]
    for below in rows[1:]:
        same_print = below.bold > 0.7 if first.bold > 0.7 else is_capitals(below.text)
        near = below.baseline - title[-1].baseline <= 1.7 * style.spacing(below)
        if not (same_print and near and abs(below.size - first.size) < 0.6):
            break
        if _AFFILIATION.search(below.text):
            break
        title.append(below)
    return title


TITLE_FINDERS: tuple[Callable[[Sequence[Row], Style, str], list[Row]], ...] = (
    find_printed_metadata_title,
    find_largest_print,
    find_emphasised_title,
)
"""In the order of asking: the first that finds rows decides."""


def _title_end(rows: Sequence[Row], first: int, size: float | None = None) -> int:
    """The last of the rows that go on with a title from row `first`, in this size or that of the
    row above.
    """
    last = first
    while last + 1 < len(rows) and _is_same_title(
        rows[last], rows[last + 1], size or rows[last].size
    ):
        last += 1
    return last


def _with_subtitle(rows: Sequence[Row], first: int, last: int, style: Style) -> list[Row]:
    """The title's rows, and those of a subtitle after a colon."""
    below = last + 1
    if below < len(rows) and rows[last].text.endswith(":") and rows[below].size > 1.05 * style.size:
        last = _title_end(rows, below)
    return list(rows[first : last + 1])


def _is_same_title(row: Row, below: Row, size: float) -> bool:
    return (
        abs(below.size - size) < 0.06 * size
        and below.baseline - row.baseline < 2.1 * size
        and not _AFFILIATION.search(below.text)
    )


# ── abstract ─────────────────────────────────────────────────────────────────────────────────────
def mark_abstract(blocks: Sequence[DraftBlock], style: Style) -> None:
    """Makes the abstract's blocks 'abstract': those after its heading, or the prose between names
    and introduction.
    """
    if not blocks:
        return
    page = blocks[0].page
    front = [block for block in blocks if block.page <= page + 1]
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
