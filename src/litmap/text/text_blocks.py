"""Drafts of blocks → blocks of text: rows joined, words broken at line ends mended, each row's
place kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from litmap.models import Span, TextBlock
from litmap.text.blocks import DraftBlock
from litmap.text.hyphens import Vocabulary, join


def join_blocks(drafts: Sequence[DraftBlock], vocabulary: Vocabulary) -> list[TextBlock]:
    """A block a draft, hyphens joined; a word broken over two blocks goes whole to the first."""
    blocks: list[TextBlock] = []
    last: dict[str, int] = {}
    for draft in drafts:
        block = _join_rows(draft, vocabulary)
        if draft.continues and draft.kind in last and blocks[last[draft.kind]].text.endswith("-"):
            at = last[draft.kind]
            blocks[at], block = _mend_broken_word(blocks[at], block, vocabulary)
        if draft.kind in ("heading", "title"):
            last.clear()
        last[draft.kind] = len(blocks)
        blocks.append(block)
    return blocks


def _join_rows(draft: DraftBlock, vocabulary: Vocabulary) -> TextBlock:
    """The block with its rows joined and each row's place in the text."""
    text = ""
    spans: list[Span] = []
    for row in draft.rows:
        if text and draft.kind in ("math", "table", "figure"):
            text += "\n"
        elif text:
            text, between = join(text, row.text, vocabulary)
            if spans[-1].end > len(text):
                spans[-1] = Span(spans[-1].start, len(text), spans[-1].rect)
            text += between
        start = len(text)
        text += row.text
        spans.append(Span(start, len(text), (row.x0, row.y0, row.x1, row.y1)))
    if draft.rows[0].drawn is not None:
        spans.append(Span(len(text), len(text), draft.rows[0].drawn))
    return TextBlock(draft.kind, text, tuple(spans), draft.section, draft.continues)


def _mend_broken_word(
    first: TextBlock, second: TextBlock, vocabulary: Vocabulary
) -> tuple[TextBlock, TextBlock]:
    """The second half of a word broken between two blocks, moved to the first block."""
    half, _, remainder = second.text.partition(" ")
    start, between = join(first.text, half, vocabulary)
    if between or not remainder:
        return first, second
    text = start + half
    spans = first.spans
    if spans:
        spans = (*spans[:-1], Span(spans[-1].start, len(text), spans[-1].rect))
    cut = len(half) + 1
    moved = tuple(
        Span(max(0, span.start - cut), max(0, span.end - cut), span.rect) for span in second.spans
    )
    return (
        TextBlock(first.kind, text, spans, first.section, first.continues),
        TextBlock(second.kind, remainder, moved, second.section, second.continues),
    )
