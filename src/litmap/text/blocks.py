"""Rows → blocks in the making: where one begins, and which goes on after a break."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from litmap.parsing.captions import CAPTION
from litmap.text.footnotes import NOTE_MARK
from litmap.text.headings import (
    can_open_heading,
    count_letters,
    is_heading_wording,
    is_section_name,
)
from litmap.text.page_layout import PageLayout, Row
from litmap.text.section_numbers import NUMBERED, OPENING
from litmap.text.style import Style

_ITEM = re.compile(r"^(?:[•◦▪–—*·‣∙]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S")
_TERMINAL = (".", "?", "!", ":", ".”", '."', ".)", ".’", "。", "！", "？", "؟", "।")
MAX_RUN_IN = 90
"""Characters of a heading at the start of a paragraph."""
MIN_AFTER_RUN_IN = 5
"""Characters of text in the row of such a heading."""
_RUN_IN_ENDS = ".:。：．"
_TITLE_OPENING = re.compile(OPENING)
_NO_HEADING = re.compile(r"^\(|[,;@=|\[\]]|\d{4}|\b[A-Z]$")
"""What headings within paragraphs do not hold: lists, addresses, years, a name's initial."""


@dataclass(slots=True)
class DraftBlock:
    """A block being put together. `page` is 1-based; `run_in` is the heading in bold with which a
    paragraph begins, which stays part of its text.
    """

    kind: str
    page: int
    rows: list[Row] = field(default_factory=list)
    section: str = ""
    continues: bool = False
    run_in: str = ""

    @property
    def text(self) -> str:
        """The rows' text joined by spaces, hyphens as printed."""
        return " ".join(row.text for row in self.rows)


@dataclass(slots=True)
class _Step:
    """From the last row of a block to the row that follows: distances in points."""

    block: DraftBlock
    row: Row
    style: Style
    last: Row
    gap: float
    spacing: float

    @property
    def is_broken(self) -> bool:
        """Whether the row stands in another column, or above the last one."""
        return self.row.column is not self.last.column or self.gap < -0.5 * self.row.size

    @property
    def is_alike(self) -> bool:
        """Whether both rows are set in about the same size."""
        return abs(self.row.size - self.last.size) < 0.09 * self.style.size

    def is_wide(self, factor: float) -> bool:
        """Whether the gap is wider than `factor` times the usual one."""
        return self.gap > factor * self.spacing


def cut_blocks(page: PageLayout, style: Style) -> list[DraftBlock]:
    """The page's rows cut into blocks by class and white space, footnotes last."""
    blocks: list[DraftBlock] = []
    for row, row_class in zip(page.rows, page.classes, strict=True):
        if blocks and _belongs_to(blocks[-1], row, row_class, style):
            blocks[-1].rows.append(row)
            continue
        heading, remainder = _cut_run_in_heading(row) if row_class == "body" else (None, row)
        if heading is not None:
            blocks.append(DraftBlock("heading", page.number, [heading]))
        blocks.append(DraftBlock(row_class, page.number, [remainder]))
        if row_class == "body" and heading is None and not page.front:
            blocks[-1].run_in = find_run_in(row.text, row.bold_prefix)
    notes = [block for block in blocks if block.kind == "footnote"]
    return [block for block in blocks if block.kind != "footnote"] + notes


def _belongs_to(block: DraftBlock, row: Row, row_class: str, style: Style) -> bool:
    """Whether the row goes on with the block above it."""
    last = block.rows[-1]
    gap = row.baseline - last.baseline
    step = _Step(block, row, style, last, gap, style.spacing(row))
    if row_class == block.kind and not _BEGINS.get(row_class, _begins_paragraph)(step):
        return True
    return _is_caption_tail(step, row_class)


def _begins_heading(step: _Step) -> bool:
    return (
        step.is_broken
        or step.is_wide(1.75)
        or not step.is_alike
        or NUMBERED.match(step.row.text) is not None
    )


def _begins_caption(step: _Step) -> bool:
    return CAPTION.match(step.row.text) is not None


def _begins_title(_step: _Step) -> bool:
    return False


def _begins_footnote(step: _Step) -> bool:
    return step.is_broken or NOTE_MARK.match(step.row.text) is not None or step.is_wide(1.6)


def _begins_formula(step: _Step) -> bool:
    return step.is_broken or step.is_wide(3.2)


def _begins_table(step: _Step) -> bool:
    return step.is_broken or step.is_wide(4)


def _begins_paragraph(step: _Step) -> bool:
    return step.is_broken or not step.is_alike or step.is_wide(1.4) or _is_indented(step)


_BEGINS: dict[str, Callable[[_Step], bool]] = {
    "heading": _begins_heading,
    "caption": _begins_caption,
    "title": _begins_title,
    "footnote": _begins_footnote,
    "math": _begins_formula,
    "table": _begins_table,
    "figure": _begins_table,
}
"""Whether a row begins a new block after one of its own class; other classes are paragraphs."""


def _is_caption_tail(step: _Step, row_class: str) -> bool:
    """Whether a row of running text belongs to a caption above it."""
    return (
        step.block.kind == "caption"
        and row_class in ("body", "math", "footnote")
        and step.row.column is step.last.column
        and 0 < step.gap < 1.4 * step.spacing
        and abs(step.row.size - step.last.size) < 0.5
    )


def _is_indented(step: _Step) -> bool:
    """Whether the row's left edge says that a paragraph or list item begins."""
    row, last, em = step.row, step.last, step.style.size
    ended = _is_ended(last, row)
    shift = row.x0 - last.x0
    if is_item(row.text) and (ended or abs(shift) > 0.4 * em):
        return True
    if _hangs(step.block, em):
        return shift < -0.5 * em and ended
    if len(step.block.rows) == 1 and is_item(last.text):
        return shift < -0.5 * em
    return shift > 0.6 * em and row.x0 - row.column.x0 < 5 * em and ended


def is_item(text: str) -> bool:
    """Whether a row begins a list's item: '• fast', '(ii) convex', '3. third'."""
    return _ITEM.match(text) is not None


def _is_ended(last: Row, row: Row) -> bool:
    """Whether the last row ends a paragraph: short of the right edge, or with a full stop."""
    column = row.column
    return last.x1 < column.x1 - 0.1 * column.width or last.text.endswith(_TERMINAL)


def _hangs(block: DraftBlock, em: float) -> bool:
    """Whether a block's rows hang in below its first."""
    return len(block.rows) > 1 and block.rows[0].x0 < block.rows[-1].x0 - 0.5 * em


def _cut_run_in_heading(row: Row) -> tuple[Row | None, Row]:
    """A numbered heading in bold that opens a paragraph, and what follows it.

    '1. Introduction. Let …' is such a row.
    """
    numbered = NUMBERED.match(row.text)
    if numbered is None or not 5 < row.bold_prefix < min(MAX_RUN_IN, len(row.text) - 5):
        return None, row
    begin, end = max(numbered.end() + 2, row.bold_prefix - 3), row.bold_prefix + 3
    end = row.text.find(".", begin, end) + 1
    if not end or not any(c.isalpha() for c in row.text[numbered.end() : end]):
        return None, row
    x = row.x0 + row.width * end / len(row.text)
    heading = replace(row, text=row.text[:end].strip(), x1=x)
    return heading, replace(row, text=row.text[end:].strip(), x0=x)


def find_run_in(text: str, bold: int) -> str:
    """The heading with which a paragraph begins, the first `bold` characters of which are bold:
    'Sample size' of 'Sample size. We asked …'; '' where there is none.
    """
    if not 2 < bold <= MAX_RUN_IN:
        return ""
    end = next((end for end in _ends_of_bold(text, bold) if _ends_heading(text[:end])), 0)
    head, rest = text[:end].rstrip(_RUN_IN_ENDS + " "), text[end:].strip()
    if len(rest) < MIN_AFTER_RUN_IN or not _TITLE_OPENING.match(rest) or not _may_be_run_in(head):
        return ""
    alone = " " not in head and text[:end].rstrip().endswith((":", "："))
    return "" if alone and not is_section_name(head) else head


def _ends_of_bold(text: str, bold: int) -> Iterator[int]:
    """Where the bold print may end: spaces count where the file has them; its stop may be bold or
    not.
    """
    at = count = 0
    while count < bold and at < len(text):
        count += not text[at].isspace()
        at += 1
    for end in (at, bold):
        yield end
        yield end + 1


def _ends_heading(text: str) -> bool:
    return text.rstrip().endswith(tuple(_RUN_IN_ENDS))


def _may_be_run_in(head: str) -> bool:
    """Whether bold words are a heading: no statement's label, name, item, year or list of words."""
    return (
        can_open_heading(head)
        and is_heading_wording(head)
        and count_letters(head) >= 4
        and _NO_HEADING.search(head) is None
        and not is_item(head)
        and NUMBERED.match(head) is None
    )


def link_paragraphs(blocks: Sequence[DraftBlock]) -> None:
    """Marks the blocks that go on from the text before them, over breaks, floats and formulas."""
    last: DraftBlock | None = None
    after_formula = False
    for block in blocks:
        if block.kind in ("body", "abstract"):
            if last is not None and last.kind == block.kind:
                block.continues = _goes_on(last, block, after_formula)
            last, after_formula = block, False
        elif block.kind == "math":
            after_formula = True
        elif block.kind in ("heading", "title", "reference"):
            last = None


def _goes_on(last: DraftBlock, block: DraftBlock, after_formula: bool) -> bool:
    end, start = last.rows[-1], block.rows[0]
    lower = start.text[:1].islower()
    broken = block.page != last.page or end.column is not start.column
    if is_item(start.text):
        return False
    if after_formula and not broken:
        return lower
    if end.text.endswith(_TERMINAL):
        return False
    return lower or (broken and _is_full(end))


def _is_full(row: Row) -> bool:
    """Whether a row without a full stop reaches the right edge, or ends in a hyphen or comma."""
    return row.text.endswith(("-", ",")) or row.x1 > row.column.x1 - 0.12 * row.column.width


def move_floats(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """Captions and tables that stand inside a paragraph come after it, on their own page."""
    moved: list[DraftBlock] = []
    for block in blocks:
        at = len(moved)
        while block.continues and at and _is_float(moved[at - 1], block.page):
            at -= 1
        moved.insert(at, block)
    return moved


def _is_float(block: DraftBlock, page: int) -> bool:
    return block.kind in ("caption", "table", "figure") and block.page == page
