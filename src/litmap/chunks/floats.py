"""Figures and tables of a document as texts of their own: a caption, and a table's rows below the
heads of its columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from litmap.models import Document, TextBlock
from litmap.parsing.captions import caption_kind
from litmap.parsing.table_cells import count_heads, split_cells

Rect = tuple[int, float, float, float, float]
_BREAKS = frozenset({"body", "heading", "abstract", "reference", "title"})
ROW_END = " ‖ "
"""Between two rows of a table of a text without pages."""


@dataclass(slots=True)
class FloatText:
    """A figure ('figure') or table ('table') with its caption and rows, each row with its page and
    rectangle. `rects` are those of the caption and of what is drawn, `drawn` the latter alone.
    """

    kind: str
    caption: str
    section: str
    page: int
    rects: list[Rect] = field(default_factory=list)
    rows: list[tuple[str, list[Rect]]] = field(default_factory=list)
    drawn: list[Rect] = field(default_factory=list)

    @property
    def area(self) -> list[Rect]:
        """What the caption stands at, as rectangles: what is drawn, and a table's rows."""
        return [*self.drawn, *(rect for _, rects in self.rows for rect in rects)]

    @property
    def heads(self) -> int:
        """How many of the rows name the columns."""
        return count_heads([split_cells(row) for row, _ in self.rows])


def read_floats(document: Document) -> tuple[list[FloatText], set[int]]:
    """The document's figures and tables in reading order, and the `id` of every block in them."""
    texts: list[FloatText] = []
    blocks: set[int] = set()
    runs = list(_runs(document))
    usually_below = _usually_below(runs)
    for run in runs:
        readings = _read_run(run, usually_below)
        texts += [reading.text for reading in readings]
        blocks.update(*(reading.blocks for reading in readings))
    return texts, blocks


@dataclass(slots=True)
class _Placed:
    """A block with its page, and 'figure', 'table' or 'box' where it is a caption."""

    block: TextBlock
    page: int
    caption: str = ""


@dataclass(slots=True)
class _Reading:
    text: FloatText
    blocks: set[int]


def _runs(document: Document) -> Iterator[list[_Placed]]:
    """Captions and tables that follow each other without running text, or a page's end, in
    between.
    """
    run: list[_Placed] = []
    for page in document.pages:
        for block in page.blocks:
            if block.kind in ("caption", "table") and block.text.strip():
                run.append(_Placed(block, page.number))
            elif block.kind in _BREAKS and run:
                yield _with_kinds(run)
                run = []
        if run and document.kind == "pdf":
            yield _with_kinds(run)
            run = []
    if run:
        yield _with_kinds(run)


def _with_kinds(run: list[_Placed]) -> list[_Placed]:
    """The run with what its captions are of; one without a label is a table's if one follows."""
    for at, each in enumerate(run):
        if each.block.kind == "caption":
            table_follows = run[at + 1 : at + 2] and run[at + 1].block.kind == "table"
            usual = "table" if table_follows else "figure"
            each.caption = caption_kind(each.block.text) or usual
    return run


def _usually_below(runs: Iterable[Sequence[_Placed]]) -> bool:
    """Whether the document's captions stand below their tables: most tables that have one on one
    side alone have it there.
    """
    votes = 0
    for run in runs:
        for at, each in enumerate(run):
            if each.block.kind == "table":
                before, behind = _captions_around(run, at)
                votes += (before is None) - (behind is None)
    return votes > 0


def _stand_below(run: Sequence[_Placed], usually_below: bool) -> bool:
    """Whether the captions of a run stand below their tables: as its ends tell, else as usual."""
    begins, ends = (run[at].block.kind == "table" for at in (0, -1))
    return begins if begins != ends else usually_below


def _read_run(run: Sequence[_Placed], usually_below: bool) -> list[_Reading]:
    """The floats of a run."""
    readings = {
        id(each): _Reading(_read_caption(each), {id(each.block)})
        for each in run
        if each.caption in ("figure", "table")
    }
    below = _stand_below(run, usually_below)
    for at, each in enumerate(run):
        if each.block.kind == "table":
            before, behind = _captions_around(run, at)
            owner = behind or before if below else before or behind
            if owner is not None:
                readings[id(owner)].text.rows += _rows(each)
                readings[id(owner)].blocks.add(id(each.block))
    return list(readings.values())


def _captions_around(run: Sequence[_Placed], at: int) -> tuple[_Placed | None, _Placed | None]:
    """The table's caption before and that behind a table of a run, None where there is none."""
    return _first_table(reversed(run[:at])), _first_table(run[at + 1 :])


def _first_table(run: Iterable[_Placed]) -> _Placed | None:
    """The first caption, where it is a table's."""
    first = next((each for each in run if each.caption), None)
    return first if first is not None and first.caption == "table" else None


def _read_caption(each: _Placed) -> FloatText:
    block = each.block
    rects = [(each.page, *span.rect) for span in block.spans]
    drawn = [rect for rect, s in zip(rects, block.spans, strict=True) if s.start == s.end]
    return FloatText(each.caption, block.text, block.section, each.page, rects, drawn=drawn)


def _rows(each: _Placed) -> list[tuple[str, list[Rect]]]:
    """The rows of a table's block, with the rectangles of their lines."""
    rows: list[tuple[str, list[Rect]]] = []
    text, begin = each.block.text, 0
    end_mark = ROW_END if ROW_END in text else "\n"
    for row in text.split(end_mark):
        end = begin + len(row)
        rects = [(each.page, *s.rect) for s in each.block.spans if s.start < end and s.end > begin]
        if row.strip():
            rows.append((row.strip(), rects))
        begin = end + len(end_mark)
    return rows


def bounds(rects: Sequence[Rect]) -> tuple[Rect, ...]:
    """One rectangle a page around all of these."""
    pages = dict.fromkeys(rect[0] for rect in rects)
    return tuple(
        (
            page,
            min(r[1] for r in rects if r[0] == page),
            min(r[2] for r in rects if r[0] == page),
            max(r[3] for r in rects if r[0] == page),
            max(r[4] for r in rects if r[0] == page),
        )
        for page in pages
    )
