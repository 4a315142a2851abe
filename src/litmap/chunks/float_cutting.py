"""Figures and tables to passages: a caption whole, a table's rows below its caption and the heads
of its columns, as many as a passage holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from litmap.chunks.cutting import MAX_CHARS, Budget, Tokenized, cut_stretch
from litmap.chunks.floats import FloatText, Rect, bounds
from litmap.protocols import Encoder

HEAD_SHARE = 2
"""Caption and heads may take one part in so many of a passage with rows."""


@dataclass(frozen=True, slots=True)
class FloatPassage:
    """A passage of a figure or table. `rects`: around all of it, one a page; of a text without
    pages one a line.
    """

    kind: str
    text: str
    section: str
    page: int
    rects: tuple[Rect, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    rects: tuple[Rect, ...]
    tokens: int


def cut_float(each: FloatText, encoder: Encoder, target: int) -> Iterator[FloatPassage]:
    """The passages of a figure or table, none with more tokens than the encoder's window.

    A table's further passages repeat the beginning of its caption and the heads of its columns.
    """
    most = encoder.window - encoder.count([""])[0]
    goal = min(target, most)
    caption = _pieces(each.caption, tuple(each.rects), encoder, most)
    heads = [line for row in each.rows[: each.heads] for line in _row(row, encoder, most)]
    rows = [line for row in each.rows[each.heads :] for line in _row(row, encoder, most)]
    yield from (_passage(each, [piece]) for piece in caption[: -1 if rows else None])
    if not rows:
        return
    repeated = _repeated(caption, heads, encoder, goal // HEAD_SHARE)
    lines = [*caption[-1:], *heads]
    for row in rows:
        if lines and not _fits([*lines, row], goal if len(lines) > len(repeated) else most):
            yield from _passages(each, lines, most)
            lines = list(repeated)
        lines.append(row)
    yield from _passages(each, lines, most)


def _passages(each: FloatText, lines: Sequence[_Line], most: int) -> Iterator[FloatPassage]:
    """The lines as one passage, or as one each where they are too long."""
    if _fits(lines, most):
        yield _passage(each, lines)
    else:
        yield from (_passage(each, [line]) for line in lines)


def _repeated(
    caption: Sequence[_Line], heads: Sequence[_Line], encoder: Encoder, room: int
) -> list[_Line]:
    """The beginning of the caption and the heads, as far as there is room for them."""
    if not caption:
        return []
    begin = _pieces(caption[0].text, caption[0].rects, encoder, max(1, room // 2))[:1]
    return [*begin, *heads] if _fits([*begin, *heads], room) else begin


def _fits(lines: Sequence[_Line], most: int) -> bool:
    return (
        sum(line.tokens for line in lines) <= most
        and sum(len(line.text) + 1 for line in lines) <= MAX_CHARS
    )


def _row(row: tuple[str, list[Rect]], encoder: Encoder, most: int) -> list[_Line]:
    return _pieces(row[0], tuple(row[1]), encoder, most)


def _pieces(text: str, rects: tuple[Rect, ...], encoder: Encoder, most: int) -> list[_Line]:
    """The text in pieces of at most so many tokens, ended by sentences where it can be."""
    if not text.strip():
        return []
    tokenized = Tokenized(text, encoder.offsets(text))
    ranges = cut_stretch(tokenized, 0, len(text), Budget(most, most, 0))
    return [
        _Line(text[a:b].strip(), rects, tokenized.count(a, b) + 1)
        for a, b in ranges
        if text[a:b].strip()
    ]


def _passage(each: FloatText, lines: Sequence[_Line]) -> FloatPassage:
    rects = [rect for line in lines for rect in line.rects]
    paged = any(x1 > x0 for _, x0, _, x1, _ in rects)
    at = rects[-1 if paged else 0][0] if rects else each.page
    return FloatPassage(
        each.kind,
        "\n".join(line.text for line in lines),
        each.section,
        at,
        bounds(rects) if paged else tuple(rects),
    )
