"""Raw pages → pages of blocks: the order in which the judgements are made."""

from __future__ import annotations

from collections.abc import Sequence

from litmap.models import Page, Span, TextBlock
from litmap.text.blocks import Draft, cut_blocks, link_paragraphs, move_floats
from litmap.text.front_matter import find_title, mark_abstract
from litmap.text.hyphens import Vocabulary, join
from litmap.text.raw import RawPage
from litmap.text.reading_order import read_order
from litmap.text.reference_entries import mark_references
from litmap.text.row_classifier import row_kinds
from litmap.text.style import find_style


def build_pages(raw: Sequence[RawPage], metadata_title: str = "") -> tuple[tuple[Page, ...], str]:
    """The pages' blocks in reading order, and the title found on the first page with text ('' where none)."""
    ordered = read_order([page.lines for page in raw])
    style = find_style(ordered)
    drafts: list[Draft] = []
    title_rows: list[object] = []
    first = next((i for i, rows in enumerate(ordered) if rows), None)
    for i, (page, rows) in enumerate(zip(raw, ordered, strict=True)):
        kinds = row_kinds(rows, page.height, style, front=i == first)
        if i == first:
            title_rows = list(find_title(rows, page.height, style, metadata_title))
            kinds = [
                "title" if row in title_rows else kind
                for row, kind in zip(rows, kinds, strict=True)
            ]
        drafts += cut_blocks(rows, kinds, page.number, style)
    mark_abstract(drafts, style)
    drafts = mark_references(drafts, style)
    link_paragraphs(drafts)
    drafts = move_floats(drafts)
    vocabulary = Vocabulary(row.text for rows in ordered for row in rows)
    blocks = _blocks(drafts, vocabulary)
    by_page: dict[int, list[TextBlock]] = {page.number: [] for page in raw}
    for draft, block in zip(drafts, blocks, strict=True):
        if block.text:
            by_page[draft.page].append(block)
    pages = tuple(Page(p.number, p.width, p.height, tuple(by_page[p.number])) for p in raw)
    return pages, next((block.text for block in blocks if block.kind == "title"), "")


def _blocks(drafts: Sequence[Draft], vocabulary: Vocabulary) -> list[TextBlock]:
    """The drafts' text with hyphens joined; a word broken over two blocks goes whole to the first."""
    blocks: list[TextBlock] = []
    last: dict[str, int] = {}
    for draft in drafts:
        block = _block(draft, vocabulary)
        if draft.continues and draft.kind in last and blocks[last[draft.kind]].text.endswith("-"):
            at = last[draft.kind]
            blocks[at], block = _mend(blocks[at], block, vocabulary)
        if draft.kind in ("heading", "title"):
            last.clear()
        last[draft.kind] = len(blocks)
        blocks.append(block)
    return blocks


def _block(draft: Draft, vocabulary: Vocabulary) -> TextBlock:
    """The block with its rows joined and each row's place in the text."""
    text = ""
    spans: list[Span] = []
    for row in draft.rows:
        if text:
            if draft.kind in ("math", "table"):
                text += "\n"
            else:
                text, between = join(text, row.text, vocabulary)
                if spans[-1].end > len(text):
                    spans[-1] = Span(spans[-1].start, len(text), spans[-1].rect)
                text += between
        start = len(text)
        text += row.text
        spans.append(Span(start, len(text), (row.x0, row.y0, row.x1, row.y1)))
    return TextBlock(draft.kind, text, tuple(spans), draft.section, draft.continues)


def _mend(
    first: TextBlock, second: TextBlock, vocabulary: Vocabulary
) -> tuple[TextBlock, TextBlock]:
    """The second half of a word broken between two blocks, moved to the first block."""
    half, _, rest = second.text.partition(" ")
    start, between = join(first.text, half, vocabulary)
    if between or not rest:
        return first, second
    text = start + half
    spans = (
        [*first.spans[:-1], Span(first.spans[-1].start, len(text), first.spans[-1].rect)]
        if first.spans
        else []
    )
    cut = len(half) + 1
    moved = tuple(
        Span(max(0, span.start - cut), max(0, span.end - cut), span.rect) for span in second.spans
    )
    return (
        TextBlock(first.kind, text, tuple(spans), first.section, first.continues),
        TextBlock(second.kind, rest, moved, second.section, second.continues),
    )
