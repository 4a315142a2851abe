"""The reference list, cut into entries by numbers, by hanging indents, or by the white space between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from litmap.text.blocks import Draft
from litmap.text.reading_order import Row
from litmap.text.row_classifier import NUMBERED
from litmap.text.style import Style

REFERENCES = re.compile(
    r"^(?:references?(?: and notes| cited)?|bibliograph(?:y|ie)|bibliographical references|literature cited|"
    r"works cited|cited literature|cited works|literatur(?:e|verzeichnis)?|références|参考文献)\s*[.:]?$",
    re.I,
)
_BRACKET = re.compile(r"^\[[^\]]{1,40}\]")
_NUMBER = re.compile(r"^(?:\[(\d{1,3})\]|\((\d{1,3})\)|(\d{1,3})[.)]?(?=\s+\D))")
_BRACKETED, _DOTTED = re.compile(r"^\[(\d{1,3})\]"), re.compile(r"^(\d{1,3})\.\s")
_LISTABLE = ("body", "footnote", "table", "math")


def mark_references(drafts: Sequence[Draft], style: Style) -> list[Draft]:
    """Gives each block its section and turns the reference lists' text into 'reference' blocks, one an entry."""
    section, listing = "", False
    for draft in drafts:
        if draft.kind == "heading":
            section = draft.text
            listing = bool(REFERENCES.match(NUMBERED.sub("", section).strip()))
        draft.section = section
        if listing and draft.kind in ("body", "math"):
            draft.kind = "reference"
    if not any(draft.kind == "reference" for draft in drafts):
        _mark_unheaded(drafts)
    return _cut_entries(drafts, style)


def _mark_unheaded(drafts: Sequence[Draft]) -> None:
    """A list without a heading: entries numbered '[1]', '[2]', … (or '1.', '2.', …) near the end."""
    for pattern in (_BRACKETED, _DOTTED):
        best = (0, 0, 0)
        begin, expected = -1, 1
        for i, draft in enumerate(drafts):
            if draft.kind not in _LISTABLE:
                continue
            for row in draft.rows:
                match = pattern.match(row.text)
                number = int(match[1]) if match else None
                if number == 1:
                    begin, expected = i, 2
                elif number is not None and begin >= 0 and expected <= number <= expected + 1:
                    expected = number + 1
                    best = max(best, (number, begin, i))
        count, begin, end = best
        if count < 6 or begin < 0.3 * len(drafts):
            continue
        listed = [draft for draft in drafts[begin : end + 1] if draft.kind in _LISTABLE]
        if sum(len(draft.rows) for draft in listed) > 9 * count:
            continue
        for draft in listed:
            draft.kind = "reference"
        return


def _number(text: str) -> int | None:
    match = _NUMBER.match(text)
    return int(next(group for group in match.groups() if group)) if match else None


def _cut_entries(drafts: Sequence[Draft], style: Style) -> list[Draft]:
    found: list[Draft] = []
    i = 0
    while i < len(drafts):
        if drafts[i].kind != "reference":
            found.append(drafts[i])
            i += 1
            continue
        end = i
        while end < len(drafts) and (drafts[end].kind == "reference" or _passes(drafts, end)):
            end += 1
        run = drafts[i:end]
        found += _entries([d for d in run if d.kind == "reference"], style)
        found += [d for d in run if d.kind != "reference"]
        i = end
    order = {page: k for k, page in enumerate(dict.fromkeys(d.page for d in drafts))}
    found.sort(key=lambda d: order[d.page])
    return found


def _passes(drafts: Sequence[Draft], i: int) -> bool:
    """A float or footnote inside the list."""
    return (
        drafts[i].kind in ("caption", "footnote", "table")
        and any(d.kind == "reference" for d in drafts[i + 1 : i + 6])
        and not any(d.kind == "heading" for d in drafts[i + 1 : i + 3])
    )


def _entries(run: Sequence[Draft], style: Style) -> list[Draft]:
    """One draft an entry; an entry that goes on over a page is two drafts, the second `continues`."""
    rows = [(draft, row) for draft in run for row in draft.rows]
    starts = entry_starts([row for _, row in rows], style)
    found: list[Draft] = []
    for (draft, row), start in zip(rows, starts, strict=True):
        if start or not found:
            found.append(Draft("reference", draft.page, [row], draft.section))
        elif found[-1].page != draft.page:
            found.append(Draft("reference", draft.page, [row], draft.section, continues=True))
        else:
            found[-1].rows.append(row)
    return found


def entry_starts(rows: Sequence[Row], style: Style) -> list[bool]:
    """For each row of a reference list whether an entry begins with it."""
    numbers = [_number(row.text) for row in rows]
    labels = [bool(_BRACKET.match(row.text)) and numbers[i] is None for i, row in enumerate(rows)]
    in_order = _in_order(numbers)
    if len(in_order) >= 3 and len(in_order) * 8 >= len(rows):
        return [i in in_order for i in range(len(rows))]
    if sum(labels) >= 3 and sum(labels) * 8 >= len(rows):
        return labels
    lefts = _left_edges(rows)
    indents = [row.x0 - left for row, left in zip(rows, lefts, strict=True)]
    em = style.size
    at_left = sum(1 for indent in indents if indent < 0.45 * em)
    hanging = sum(1 for indent in indents if 0.45 * em <= indent < 4.5 * em)
    if (
        hanging >= 0.25 * len(rows)
        and at_left >= 0.1 * len(rows)
        and not _first_line_indent(rows, indents, em)
    ):
        return [indent < 0.45 * em for indent in indents]
    if hanging >= 0.1 * len(rows):
        return [
            indent >= 0.45 * em and (i == 0 or _ended(rows[i - 1]))
            for i, indent in enumerate(indents)
        ]
    return _by_gaps(rows, style)


def _in_order(numbers: Sequence[int | None]) -> set[int]:
    """Indices of the rows whose numbers count upwards by one (a missing number is forgiven)."""
    found: set[int] = set()
    expected: int | None = None
    for i, number in enumerate(numbers):
        if number is None:
            continue
        if expected is None or expected <= number <= expected + 2:
            if expected is None and number > 3:
                continue
            found.add(i)
            expected = number + 1
    return found


def _left_edges(rows: Sequence[Row]) -> list[float]:
    """The left edge of each row's column, by the leftmost position that several rows share."""
    edges: dict[int, float] = {}
    for row in rows:
        key = id(row.column)
        if key not in edges:
            starts = Counter(round(r.x0) for r in rows if r.column is row.column)
            shared = [x for x, count in starts.items() if count >= 2] or list(starts)
            edges[key] = float(min(shared))
    return [edges[id(row.column)] for row in rows]


def _first_line_indent(rows: Sequence[Row], indents: Sequence[float], em: float) -> bool:
    """Whether indented rows follow ended ones: entries whose first line is indented, not the others."""
    indented = [i for i in range(1, len(rows)) if indents[i] >= 0.45 * em]
    flush = [i for i in range(1, len(rows)) if indents[i] < 0.45 * em]
    if not indented or not flush:
        return False
    after_end = sum(1 for i in indented if _ended(rows[i - 1])) / len(indented)
    flush_after_end = sum(1 for i in flush if _ended(rows[i - 1])) / len(flush)
    return after_end > 0.75 and after_end > flush_after_end + 0.3


def _ended(row: Row) -> bool:
    width = row.column.x1 - row.column.x0
    return row.text.endswith((".", "]", ")")) or row.x1 < row.column.x1 - 0.15 * width


def _by_gaps(rows: Sequence[Row], style: Style) -> list[bool]:
    """White space between entries, or, where there is none, a row after one that ended."""
    gaps = [
        b.base - a.base if a.column is b.column and b.base > a.base else None
        for a, b in pairwise(rows)
    ]
    known = sorted(gap for gap in gaps if gap is not None)
    usual = known[len(known) // 4] if known else style.leading
    wide = [gap is not None and gap > 1.25 * usual for gap in gaps]
    if sum(wide) >= 0.12 * len(rows):
        return [True] + [
            w or (gap is None and _ended(rows[i]))
            for i, (w, gap) in enumerate(zip(wide, gaps, strict=True))
        ]
    return [True] + [
        _ended(row) and rows[i + 1].text[:1].isupper() for i, row in enumerate(rows[:-1])
    ]
