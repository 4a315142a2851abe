"""Rows → blocks in the making: where a paragraph, caption, note or formula begins and which goes on after a break."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from litmap.text.reading_order import Row
from litmap.text.row_classifier import NOTE_MARK, NUMBERED
from litmap.text.style import Style

_ITEM = re.compile(r"^(?:[•◦▪–—*·‣∙]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S")
_OPEN_END = re.compile(r"[^.?!:”\"’)\]]$|[\w)\]],?$|,$")
_TERMINAL = (".", "?", "!", ":", ".”", '."', ".)", ".’", "。")


@dataclass(slots=True)
class Draft:
    """A block being put together. `page` is 1-based."""

    kind: str
    page: int
    rows: list[Row] = field(default_factory=list)
    section: str = ""
    continues: bool = False

    @property
    def text(self) -> str:
        """The rows' text joined by spaces, hyphens as printed."""
        return " ".join(row.text for row in self.rows)


def cut_blocks(rows: Sequence[Row], kinds: Sequence[str], page: int, style: Style) -> list[Draft]:
    """The page's rows cut into blocks, footnotes last."""
    drafts: list[Draft] = []
    for row, kind in zip(rows, kinds, strict=True):
        last = drafts[-1] if drafts else None
        if (last is not None and not _starts(last, row, kind, style)) or (
            last is not None and _is_tail(last, row, kind, style)
        ):
            last.rows.append(row)
        else:
            heading, rest = _cut_run_in(row) if kind == "body" else (None, row)
            if heading is not None:
                drafts.append(Draft("heading", page, [heading]))
            drafts.append(Draft(kind, page, [rest]))
    return [d for d in drafts if d.kind != "footnote"] + [d for d in drafts if d.kind == "footnote"]


def _starts(last: Draft, row: Row, kind: str, style: Style) -> bool:
    """Whether the row begins a new block after the last one."""
    before = last.rows[-1]
    gap = row.base - before.base
    parted = row.column is not before.column or gap < -0.5 * row.size
    alike = abs(row.size - before.size) < 0.09 * style.size
    lead = style.lead(row)
    if kind != last.kind:
        return True
    if kind == "heading":
        return parted or gap > 1.75 * lead or not alike or bool(NUMBERED.match(row.text))
    if kind == "caption":
        return True
    if kind == "title":
        return False
    if kind == "footnote":
        return parted or bool(NOTE_MARK.match(row.text)) or gap > 1.6 * lead
    if kind == "math":
        return parted or gap > 3.2 * lead
    if kind == "table":
        return parted or gap > 4 * lead
    if parted or not alike or gap > 1.4 * lead:
        return True
    return _is_indented(last, row, style)


def _cut_run_in(row: Row) -> tuple[Row | None, Row]:
    """A numbered heading in bold at the start of a paragraph ('1. Introduction. Let …'), and the rest of its row."""
    numbered = NUMBERED.match(row.text)
    if numbered is None or not 5 < row.lead < min(90, len(row.text) - 5):
        return None, row
    end = row.text.find(".", max(numbered.end() + 2, row.lead - 3), row.lead + 3) + 1
    if not end or not any(c.isalpha() for c in row.text[numbered.end() : end]):
        return None, row
    x = row.x0 + (row.x1 - row.x0) * end / len(row.text)
    return replace(row, text=row.text[:end].strip(), x1=x), replace(
        row, text=row.text[end:].strip(), x0=x
    )


def _is_tail(last: Draft, row: Row, kind: str, style: Style) -> bool:
    """Whether a row of running text belongs to a caption above it."""
    before = last.rows[-1]
    if (
        last.kind != "caption"
        or kind not in ("body", "math", "footnote")
        or row.column is not before.column
    ):
        return False
    gap = row.base - before.base
    return 0 < gap < 1.4 * style.lead(row) and abs(row.size - before.size) < 0.5


def _is_indented(last: Draft, row: Row, style: Style) -> bool:
    """Whether the row's left edge says that a paragraph or list item begins."""
    before, left, right = last.rows[-1], row.column.x0, row.column.x1
    em = style.size
    ended = before.x1 < right - 0.1 * (right - left) or before.text.endswith(_TERMINAL)
    step = row.x0 - before.x0
    if _ITEM.match(row.text) and (ended or abs(step) > 0.4 * em):
        return True
    hanging = len(last.rows) > 1 and last.rows[0].x0 < before.x0 - 0.5 * em
    if hanging:
        return step < -0.5 * em and ended
    if len(last.rows) == 1 and _ITEM.match(before.text):
        return step < -0.5 * em
    return step > 0.6 * em and row.x0 - left < 5 * em and ended


def link_paragraphs(drafts: Sequence[Draft]) -> None:
    """Marks the blocks that go on from the last block of text before them, over breaks, floats and formulas."""
    last: Draft | None = None
    between = False
    for draft in drafts:
        if draft.kind in ("body", "abstract"):
            if last is not None and last.kind == draft.kind and _goes_on(last, draft, between):
                draft.continues = True
            last, between = draft, False
        elif draft.kind == "math":
            between = True
        elif draft.kind in ("heading", "title", "reference"):
            last = None


def _goes_on(last: Draft, draft: Draft, between: bool) -> bool:
    a, b = last.rows[-1], draft.rows[0]
    start = b.text[:1]
    if _ITEM.match(b.text):
        return False
    if between and draft.page == last.page and a.column is b.column:
        return start.islower()
    if a.text.endswith(_TERMINAL):
        return False
    broken = draft.page != last.page or a.column is not b.column
    return start.islower() or (
        broken
        and (a.text.endswith(("-", ",")) or a.x1 > a.column.x1 - 0.12 * (a.column.x1 - a.column.x0))
    )


def move_floats(drafts: Sequence[Draft]) -> list[Draft]:
    """Captions and tables that stand inside a paragraph come after it, on their own page."""
    found: list[Draft] = []
    for draft in drafts:
        if not draft.continues:
            found.append(draft)
            continue
        at = len(found)
        while (
            at and found[at - 1].kind in ("caption", "table") and found[at - 1].page == draft.page
        ):
            at -= 1
        found.insert(at, draft)
    return found
