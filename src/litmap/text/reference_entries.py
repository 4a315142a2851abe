"""The reference list, cut into entries by numbers, by hanging indents, or by the white space
between them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from litmap.parsing.reference_strings.openings import closing_strength, opening_strength
from litmap.text.blocks import DraftBlock
from litmap.text.page_layout import Row
from litmap.text.reference_sections import LISTABLE, find_reference_sections, looks_listed
from litmap.text.style import Style

_LABEL = re.compile(r"^\[[^\]]{1,40}\]")
_NUMBER = re.compile(r"^(?:\[(\d{1,3})\]|\((\d{1,3})\)|(\d{1,3})[.)]?(?=\s+\D))")
_LIST_NUMBERS = (re.compile(r"^\[(\d{1,3})\]"), re.compile(r"^(\d{1,3})\.\s"))
MIN_UNHEADED = 6
"""Entries of a list without a heading."""
MAX_FIRST = 3
"""The highest number that a list may begin with."""
MAX_MISSING = 2
"""Numbers of a list that may be missing one after another."""
MAX_ROWS_PER_START = 20
"""More rows for each entry whose words are read, and the words of the list tell nothing."""
MAX_ROWS_PER_ENTRY = 9
"""More rows an entry, and numbered paragraphs of text were taken for a list."""


def mark_references(blocks: Sequence[DraftBlock], style: Style) -> list[DraftBlock]:
    """Gives each block its section and turns the reference lists' text into 'reference' blocks, one
    an entry.
    """
    blocks = find_reference_sections(blocks)
    if not any(block.kind == "reference" for block in blocks):
        _mark_unheaded_list(blocks)
    return _cut_lists(blocks, style)


# ── a list without a heading ─────────────────────────────────────────────────────────────────────
def _mark_unheaded_list(blocks: Sequence[DraftBlock]) -> None:
    """A list without a heading: entries numbered '[1]', '[2]' (or '1.', '2.') near the end."""
    for pattern in _LIST_NUMBERS:
        count, begin, end = _longest_numbering(blocks, pattern)
        if count < MIN_UNHEADED or begin < 0.3 * len(blocks):
            continue
        listed = [block for block in blocks[begin : end + 1] if block.kind in LISTABLE]
        rows = [row for block in listed for row in block.rows]
        if len(rows) <= MAX_ROWS_PER_ENTRY * count and looks_listed(rows):
            for block in listed:
                block.kind = "reference"
            return


def _longest_numbering(
    blocks: Sequence[DraftBlock], pattern: re.Pattern[str]
) -> tuple[int, int, int]:
    """The highest number that rows counting from 1 reach, their first and their last block."""
    best = (0, 0, 0)
    begin, expected = -1, 1
    for i, block in enumerate(blocks):
        if block.kind not in LISTABLE:
            continue
        for row in block.rows:
            match = pattern.match(row.text)
            number = int(match[1]) if match else None
            if number == 1:
                begin, expected = i, 2
            elif number is not None and begin >= 0 and expected <= number <= expected + 1:
                expected = number + 1
                best = max(best, (number, begin, i))
    return best


# ── lists cut into entries ───────────────────────────────────────────────────────────────────────
def _cut_lists(blocks: Sequence[DraftBlock], style: Style) -> list[DraftBlock]:
    """Each run of 'reference' blocks cut into entries; what floats inside a list comes after it on
    its page.
    """
    cut: list[DraftBlock] = []
    i = 0
    while i < len(blocks):
        end = _list_end(blocks, i)
        if end == i:
            cut.append(blocks[i])
            i += 1
            continue
        run = blocks[i:end]
        cut += _entries([block for block in run if block.kind == "reference"], style)
        cut += [block for block in run if block.kind != "reference"]
        i = end
    order = {page: k for k, page in enumerate(dict.fromkeys(block.page for block in blocks))}
    cut.sort(key=lambda block: order[block.page])
    return cut


def _list_end(blocks: Sequence[DraftBlock], start: int) -> int:
    """The end of the run of 'reference' blocks from `start`, floats inside it included; `start`
    where none.
    """
    end = start
    if blocks[start].kind == "reference":
        while end < len(blocks) and (
            blocks[end].kind == "reference" or _interrupts_list(blocks, end)
        ):
            end += 1
    return end


def _interrupts_list(blocks: Sequence[DraftBlock], i: int) -> bool:
    """A float or footnote inside the list."""
    return (
        blocks[i].kind in ("caption", "footnote", "table")
        and any(block.kind == "reference" for block in blocks[i + 1 : i + 6])
        and not any(block.kind == "heading" for block in blocks[i + 1 : i + 3])
    )


def _entries(run: Sequence[DraftBlock], style: Style) -> list[DraftBlock]:
    """One block an entry; one that goes on over a page is two blocks, the second `continues`."""
    rows = [(block, row) for block in run for row in block.rows]
    starts = entry_starts([row for _, row in rows], style)
    entries: list[DraftBlock] = []
    for (block, row), start in zip(rows, starts, strict=True):
        if start or not entries:
            entries.append(DraftBlock("reference", block.page, [row], block.section))
        elif entries[-1].page != block.page:
            entries.append(
                DraftBlock("reference", block.page, [row], block.section, continues=True)
            )
        else:
            entries[-1].rows.append(row)
    return entries


def entry_starts(rows: Sequence[Row], style: Style) -> list[bool]:
    """For each row of a reference list whether an entry begins with it.

    Numbers and labels decide; else of the ways in which lists are set the one that agrees best with
    what the rows say: names and years where entries begin, nothing left open before them.
    """
    for find in (starts_by_numbers, starts_by_labels, starts_by_print):
        starts = find(rows, style)
        if starts is not None:
            return starts
    evidence = opening_evidence(rows)
    by_words = starts_by_words(evidence)
    layouts = [(find(rows, style), trust) for find, trust in LAYOUTS]
    if sum(by_words) * MAX_ROWS_PER_START < len(rows):  # no names and years that could be read
        return next(layout for layout, _ in layouts if layout is not None)
    best, best_score = by_words, _agreement(by_words, evidence)
    for layout, trust in layouts:
        if layout is not None and _agreement(layout, evidence) + trust > best_score:
            best, best_score = layout, _agreement(layout, evidence) + trust
    return _corrected(best, evidence, rows)


def opening_evidence(rows: Sequence[Row]) -> list[float]:
    """For each row what its words and those before it say for the beginning of an entry, in
    [-2, 2].
    """
    evidence = [1.0]
    for before, row in pairwise(rows):
        short = before.x1 < before.column.x1 - 0.15 * before.column.width
        closing = closing_strength(before.text)
        closing = max(closing, 0.3) if short and closing > -1 else closing
        evidence.append(opening_strength(row.text) + closing)
    return evidence


def _agreement(starts: Sequence[bool], evidence: Sequence[float]) -> float:
    """The mean evidence for the starts and against the other rows."""
    return sum(e if start else -e for start, e in zip(starts, evidence, strict=True)) / len(starts)


def starts_by_words(evidence: Sequence[float]) -> list[bool]:
    """The rows for which there is more than a name or a full stop."""
    return [i == 0 or e >= 0.7 for i, e in enumerate(evidence)]


def _corrected(
    starts: Sequence[bool], evidence: Sequence[float], rows: Sequence[Row]
) -> list[bool]:
    """The starts without those that go on with the row before, and with those on top of a column,
    of which the layout says least.
    """
    corrected = [True]
    for i in range(1, len(rows)):
        on_top = rows[i].column is not rows[i - 1].column
        corrected.append(evidence[i] > -1.6 if starts[i] else on_top and evidence[i] >= 1)
    return corrected


def starts_by_numbers(rows: Sequence[Row], _style: Style) -> list[bool] | None:
    """The rows whose numbers count upwards: '[12] …', '12. …'."""
    in_order = _in_order([_number(row.text) for row in rows])
    if not _are_enough(len(in_order), len(rows)):
        return None
    return [i in in_order for i in range(len(rows))]


def starts_by_labels(rows: Sequence[Row], _style: Style) -> list[bool] | None:
    """The rows with a label in brackets: '[Vap98] …'."""
    labels = [_LABEL.match(row.text) is not None and _number(row.text) is None for row in rows]
    return labels if _are_enough(sum(labels), len(rows)) else None


def starts_by_print(rows: Sequence[Row], _style: Style) -> list[bool] | None:
    """The bold rows above others that are not: a label ('Meyer 1999') or title above each entry."""
    bold = [row.bold > 0.7 for row in rows]
    labels = [is_bold and not (i and bold[i - 1]) for i, is_bold in enumerate(bold)]
    if not bold[0] or bold[-1] or sum(bold) > 0.6 * len(rows):
        return None
    return labels if _are_enough(sum(labels), len(rows)) else None


def _are_enough(starts: int, rows: int) -> bool:
    """Three at least, and one row in eight."""
    return starts >= 3 and starts * 8 >= rows


def starts_by_hanging_indent(rows: Sequence[Row], style: Style) -> list[bool] | None:
    """The rows at the left edge, where others hang in.

    A row further left than the one before it is at the edge, one further right hangs in; so a list
    whose edge drifts, or whose pages are set off against each other, is cut as well.
    """
    indents = _indents(rows)
    if not any(_is_indented(indent, style.size) for indent in indents):
        return None
    starts: list[bool] = []
    for i, (row, indent) in enumerate(zip(rows, indents, strict=True)):
        if i == 0 or row.column is not rows[i - 1].column:
            starts.append(not _is_indented(indent, style.size))
            continue
        shift = row.x0 - rows[i - 1].x0
        level = starts[-1] or not _is_indented(indent, style.size)
        starts.append(shift < 0 if _is_indented(abs(shift), style.size) else level)
    return starts


def starts_by_first_line_indent(rows: Sequence[Row], style: Style) -> list[bool] | None:
    """The indented rows after a row that ended, where at least a tenth of the rows are indented."""
    indents = _indents(rows)
    hanging, _ = _count_indents(indents, style.size)
    if not hanging:
        return None
    return [
        _is_indented(indent, style.size) and (i == 0 or _is_ended(rows[i - 1]))
        for i, indent in enumerate(indents)
    ]


def starts_by_gaps(rows: Sequence[Row], style: Style) -> list[bool]:
    """White space between entries, or, where there is none, a row after one that ended."""
    gaps = [_gap(a, b) for a, b in pairwise(rows)]
    usual = _usual_gap(gaps) or style.leading
    wide = [gap is not None and gap > 1.25 * usual for gap in gaps]
    if sum(wide) >= 0.12 * len(rows):
        return [True] + [
            is_wide or (gap is None and _is_ended(row))
            for is_wide, gap, row in zip(wide, gaps, rows, strict=False)
        ]
    return [True] + [_is_ended(a) and b.text[:1].isupper() for a, b in pairwise(rows)]


LAYOUTS: tuple[tuple[Callable[[Sequence[Row], Style], list[bool] | None], float], ...] = (
    (starts_by_hanging_indent, 0.5),
    (starts_by_first_line_indent, 0.2),
    (starts_by_gaps, 0.2),
)
"""How lists are set, and how much each is trusted beyond what the rows say."""


def _usual_gap(gaps: Sequence[float | None]) -> float | None:
    """The gap between two rows of an entry: at the lower quarter of all."""
    known = sorted(gap for gap in gaps if gap is not None)
    return known[len(known) // 4] if known else None


def _gap(a: Row, b: Row) -> float | None:
    """The distance of two baselines, None over a column break."""
    return b.baseline - a.baseline if a.column is b.column and b.baseline > a.baseline else None


def _number(text: str) -> int | None:
    match = _NUMBER.match(text)
    return int(next(group for group in match.groups() if group)) if match else None


def _in_order(numbers: Sequence[int | None]) -> set[int]:
    """Indices of the rows of the longest run of numbers that count upwards; some may be missing."""
    ends: dict[int, list[int]] = {}
    longest: list[int] = []
    for i, number in enumerate(numbers):
        if number is None:
            continue
        before = max(
            (ends[k] for k in range(number - MAX_MISSING - 1, number) if k in ends),
            key=len,
            default=[],
        )
        if before or number <= MAX_FIRST:
            ends[number] = max(ends.get(number, []), [*before, i], key=len)
            longest = max(longest, ends[number], key=len)
    return set(longest)


def _indents(rows: Sequence[Row]) -> list[float]:
    """How far each row begins from the left edge of its column, which several rows share."""
    edges: dict[int, float] = {}
    for row in rows:
        key = id(row.column)
        if key not in edges:
            starts = Counter(round(r.x0) for r in rows if r.column is row.column)
            shared = [x for x, count in starts.items() if count >= 2] or list(starts)
            edges[key] = float(min(shared))
    return [row.x0 - edges[id(row.column)] for row in rows]


def _is_indented(indent: float, em: float) -> bool:
    return indent >= 0.45 * em


def _count_indents(indents: Sequence[float], em: float) -> tuple[int, int]:
    """How many rows hang in (not so far that they stand elsewhere) and how many stand at the left
    edge.
    """
    flush = sum(1 for indent in indents if not _is_indented(indent, em))
    return sum(1 for indent in indents if _is_indented(indent, em) and indent < 4.5 * em), flush


def _is_ended(row: Row) -> bool:
    """Whether a row may be an entry's last: by its mark, or short of the right edge."""
    return row.text.endswith((".", "]", ")")) or row.x1 < row.column.x1 - 0.15 * row.column.width
