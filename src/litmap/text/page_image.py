"""A page as an image with passages marked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from litmap.errors import PdfError
from litmap.parsing.colours import rgb
from litmap.text.pymupdf_open import load_pymupdf, open_pdf

Rect = tuple[float, float, float, float]
_YELLOW = (1.0, 0.85, 0.1)
MAX_PIXELS = 30_000_000
"""More than this many pixels are never drawn; the zoom is lowered instead."""


def draw_page(
    path: Path,
    page: int,
    rects: Sequence[Rect] = (),
    zoom: float = 2.0,
    clip: Rect | None = None,
    tints: Sequence[tuple[Rect, str]] = (),
) -> bytes:
    """A PNG of the page (1-based), `zoom` pixels a point, with the rectangles marked yellow and
    those of `tints` in their colours ('#rrggbb'); only the part inside `clip`, where that lies on
    the page.

    In the calling process.
    """
    with open_pdf(path) as pdf:
        if not 1 <= page <= pdf.page_count:
            raise PdfError(
                f"there is no page {page}, the PDF has {pdf.page_count}", subject=str(path)
            )
        pymupdf = load_pymupdf()
        leaf = pdf[page - 1]
        zoom = min(
            max(zoom, 0.1), 8.0, (MAX_PIXELS / max(leaf.rect.width * leaf.rect.height, 1.0)) ** 0.5
        )
        for colour in dict.fromkeys(colour for _, colour in tints):
            _fill(leaf, [rect for rect, own in tints if own == colour], rgb(colour) or _YELLOW)
        _fill(leaf, rects, _YELLOW)
        part = None if clip is None else pymupdf.Rect(clip) & leaf.rect
        return bytes(
            leaf.get_pixmap(
                matrix=pymupdf.Matrix(zoom, zoom),
                alpha=False,
                clip=None if part is None or part.is_empty else part,
            ).tobytes("png")
        )


def _fill(leaf: Any, rects: Sequence[Rect], colour: tuple[float, ...]) -> None:
    """Lay a colour over rectangles of the page, in memory only; multiply keeps the letters below it
    black.
    """
    pymupdf = load_pymupdf()
    shape = leaf.new_shape()
    drawn = [pymupdf.Rect(rect) & leaf.rect for rect in rects]
    drawn = [rect for rect in drawn if not rect.is_empty]
    for rect in drawn:
        shape.draw_rect(rect * leaf.derotation_matrix)
    if drawn:
        shape.finish(color=None, fill=colour, fill_opacity=0.38)
        shape.commit(overlay=True)
