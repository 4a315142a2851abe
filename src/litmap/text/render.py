"""A page as an image with passages marked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from litmap.errors import PdfError
from litmap.text.pymupdf_open import load_pymupdf, open_pdf

Rect = tuple[float, float, float, float]
MAX_PIXELS = 30_000_000
"""More than this many pixels are never drawn; the zoom is lowered instead."""


def draw_page(
    path: Path,
    page: int,
    rects: Sequence[Rect] = (),
    zoom: float = 2.0,
    clip: Rect | None = None,
) -> bytes:
    """A PNG of the page (1-based), `zoom` pixels a point, with the rectangles marked yellow; only
    the part inside `clip`, where that lies on the page.

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
        turn = leaf.derotation_matrix
        shape = leaf.new_shape()
        drawn = [pymupdf.Rect(rect) & leaf.rect for rect in rects]
        for rect in drawn:
            if not rect.is_empty:
                shape.draw_rect(rect * turn)
        if any(not rect.is_empty for rect in drawn):
            # The page is changed in memory only; multiply keeps the letters below the colour black.
            shape.finish(color=None, fill=(1, 0.85, 0.1), fill_opacity=0.38)
            shape.commit(overlay=True)
        part = None if clip is None else pymupdf.Rect(clip) & leaf.rect
        return bytes(
            leaf.get_pixmap(
                matrix=pymupdf.Matrix(zoom, zoom),
                alpha=False,
                clip=None if part is None or part.is_empty else part,
            ).tobytes("png")
        )
