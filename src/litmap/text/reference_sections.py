"""Where a paper's reference lists begin and end: by their headings, and by what stands below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from statistics import median

from litmap.parsing.grammar import YEAR
from litmap.parsing.reference_headings import may_name_reference_list, names_reference_list
from litmap.parsing.reference_strings.density import reference_density
from litmap.parsing.word_lists import load_pattern
from litmap.text.blocks import DraftBlock
from litmap.text.page_layout import Row

_YEAR = re.compile(rf"(?<!\d){YEAR}(?!\d)")
_AFTER_LIST = re.compile(
    r"(?:(?:\d{1,2}|[IVX]{1,5}|[A-Z])[.)]?\s+)?"
    rf"(?:{load_pattern('headings_after_references', 'litmap.text')})",
    re.I,
)
_SERIES = re.compile(rf"(?<!\w)(?:{load_pattern('series_words', 'litmap.text')})(?!\w)", re.I)
LISTABLE = ("body", "footnote", "table", "math", "abstract")
LIST_DENSITY = 0.8
"""Of eight entries together one in a hundred has less, of paragraphs four in a hundred more."""
PROSE_DENSITY = 0.55
"""Nine paragraphs of ten have less."""
LOOK_AHEAD = 12
"""Rows below a heading that tell whether a list stands there."""
MIN_LISTED = 8
"""Rows of a list that tell its print."""
OTHER_PRINT = 1.17
"""Sizes of print further apart are two kinds of print, not a scan's irregularities."""
SLIGHTLY_OTHER = 1.05
"""The same for text that does not read like entries either."""
MAX_LABEL_ROWS = 12
"""Rows between two labels of a list."""


def find_reference_sections(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """Gives each block its section and turns the blocks of reference lists into 'reference'; a
    list's heading that stands within a block becomes one of its own.
    """
    blocks = part_list_headings(blocks)
    section, run_in, in_list, aside = "", "", False, False
    labels: set[int] = set()
    listed: list[float] = []
    for i, block in enumerate(blocks):
        if block.kind == "heading" and i not in labels:
            section, run_in, opens = block.text, "", opens_list(blocks, i)
            in_list = opens or (in_list and goes_on_with_list(blocks, i))
            labels = entry_labels(blocks, i) if opens else labels
            listed = [] if opens else listed
        run_in = "" if in_list else block.run_in or run_in
        block.section = " › ".join(filter(None, (section, run_in)))
        aside = in_list and _is_in_other_print(block, listed, before=aside)
        if i in labels or (in_list and not aside and _is_of_list(block, listed)):
            block.kind = "reference"
            listed += [row.size for row in block.rows]
    _drop_prose_behind(blocks)
    return blocks


def _is_of_list(block: DraftBlock, listed: Sequence[float]) -> bool:
    """Whether a block below a list's heading is lines of its entries; `listed` are the sizes of
    those so far.
    """
    if block.kind == "footnote":
        return len(listed) >= MIN_LISTED and looks_listed(block.rows)
    return block.kind in ("body", "math") or is_listed_table(block)


def _is_in_other_print(block: DraftBlock, listed: Sequence[float], *, before: bool) -> bool:
    """Whether a block is set much smaller or larger than the rows of the list so far: what a
    publisher prints behind a paper. A single row only where the block `before` it is.
    """
    if len(listed) < MIN_LISTED or (len(block.rows) < 2 and not before):
        return False
    return _print_differs(block, listed, OTHER_PRINT)


def _print_differs(block: DraftBlock, listed: Sequence[float], by: float) -> bool:
    ratio = median(row.size for row in block.rows) / median(listed)
    return not 1 / by < ratio < by


# ── headings ─────────────────────────────────────────────────────────────────────────────────────
def part_list_headings(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """The blocks with those parted in which a row names a list that stands below it.

    'Literatur' in the print of the text, right under its last line, is such a row.
    """
    parted: list[DraftBlock] = []
    for i, block in enumerate(blocks):
        at = None
        if block.kind in LISTABLE:
            at = next((k for k in range(len(block.rows)) if _is_heading_row(blocks, i, k)), None)
        if at is None:
            parted.append(block)
            continue
        for kind, rows in (
            (block.kind, block.rows[:at]),
            ("heading", [block.rows[at]]),
            ("body", block.rows[at + 1 :]),
        ):
            if rows:
                parted.append(DraftBlock(kind, block.page, list(rows)))
    return parted


def _is_heading_row(blocks: Sequence[DraftBlock], i: int, k: int) -> bool:
    """Whether row k of block i, which a list may stand in, names one and stands alone above it."""
    block = blocks[i]
    row = block.rows[k]
    if row.text[:1].islower() or row.words > 6 or (k and row.text.endswith((".", ","))):
        return False
    if not names_reference_list(row.text):
        return False
    below = [*block.rows[k + 1 :], *_rows_below(blocks, i)][:LOOK_AHEAD]
    return looks_listed(below)


def _rows_below(blocks: Sequence[DraftBlock], i: int, limit: int = LOOK_AHEAD) -> list[Row]:
    """The rows of text behind block i, to the next heading; at most `limit`."""
    rows: list[Row] = []
    for block in islice(blocks, i + 1, None):
        if block.kind == "heading" or len(rows) >= limit:
            break
        if block.kind in LISTABLE:
            rows += block.rows
    return rows[:limit]


def opens_list(blocks: Sequence[DraftBlock], i: int) -> bool:
    """Whether the heading i is that of a reference list: by its name, or by a name that lists share
    with other sections and what stands below it.
    """
    text = blocks[i].text
    if names_reference_list(text):
        return True
    return may_name_reference_list(text) and looks_listed(_rows_below(blocks, i, 40))


def goes_on_with_list(blocks: Sequence[DraftBlock], i: int) -> bool:
    """Whether the heading i parts a list ('Games', 'b) Essays') and does not end it."""
    if ends_list(blocks[i].text):
        return False
    below = _rows_below(blocks, i, 40)
    return len(below) >= 2 and density(below) >= LIST_DENSITY + 0.1 and _has_years(below, 4)


def ends_list(heading: str) -> bool:
    """Whether a heading is that of what stands behind lists: an appendix, the authors, a
    publisher's series.
    """
    return _AFTER_LIST.match(heading) is not None or _SERIES.search(heading) is not None


def entry_labels(blocks: Sequence[DraftBlock], begin: int) -> set[int]:
    """The headings of the list behind heading `begin` that are labels of its entries, or their
    titles: three or more in the same print, each above a few rows of an entry.
    """
    labels: list[int] = []
    for i in range(begin + 1, len(blocks)):
        if blocks[i].kind == "heading":
            if not _is_above_entry(blocks, i):
                break
            labels.append(i)
    alike = {i for i in labels if _is_printed_like(blocks[i], blocks[labels[0]])}
    return alike if len(alike) >= 3 and len(alike) >= 0.8 * len(labels) else set()


def _is_printed_like(one: DraftBlock, two: DraftBlock) -> bool:
    a, b = one.rows[0], two.rows[0]
    return abs(a.size - b.size) < 0.3 and abs(a.bold - b.bold) < 0.3


def _is_above_entry(blocks: Sequence[DraftBlock], i: int) -> bool:
    """Whether the heading i and the few rows below it, to the next heading, read like an entry."""
    if ends_list(blocks[i].text):
        return False
    below = _rows_below(blocks, i, MAX_LABEL_ROWS + 1)
    return 0 < len(below) <= MAX_LABEL_ROWS and looks_listed([*blocks[i].rows, *below])


# ── what lists look like ─────────────────────────────────────────────────────────────────────────
def density(rows: Sequence[Row]) -> float:
    """How dense names and marks stand in some rows (`reference_density`)."""
    return reference_density(" ".join(row.text for row in rows))


def looks_listed(rows: Sequence[Row]) -> bool:
    """Whether rows read like entries of a list: many names and marks, and years."""
    return bool(rows) and density(rows) >= LIST_DENSITY and _has_years(rows, 6)


def _has_years(rows: Sequence[Row], rows_per_year: int) -> bool:
    years = sum(1 for row in rows if _YEAR.search(row.text))
    return years * rows_per_year >= len(rows)


def is_listed_table(block: DraftBlock) -> bool:
    """Whether what was taken for a table within a list is lines of its entries."""
    return (
        block.kind == "table"
        and all(row.gaps <= 1 for row in block.rows)
        and density(block.rows) >= LIST_DENSITY
    )


def _drop_prose_behind(blocks: Sequence[DraftBlock]) -> None:
    """Blocks of prose behind the last entry of a list are body again, with the single rows between
    them (steps of a proof) where the list's own words can be read, and wherever they stand those
    in another print that are no entries: what is said of the authors.
    """
    listed = [block for block in blocks if block.kind == "reference"]
    sizes = [row.size for block in listed for row in block.rows]
    is_tail, single = True, list[DraftBlock]()
    for block in reversed(blocks):
        if block.kind != "reference":
            is_tail, single = True, []
        elif len(block.rows) < 2:
            single.append(block)
        elif is_tail and _is_prose([block, *single]) and not (single and _is_prose(listed)):
            _make_body([block, *single])
            single = []
        elif _print_differs(block, sizes, SLIGHTLY_OTHER) and not looks_listed(block.rows):
            _make_body([block])
            is_tail, single = True, []
        else:
            is_tail = False


def _make_body(blocks: Sequence[DraftBlock]) -> None:
    for block in blocks:
        block.kind = "body"


def _is_prose(blocks: Sequence[DraftBlock]) -> bool:
    return density([row for block in blocks for row in block.rows]) < PROSE_DENSITY
