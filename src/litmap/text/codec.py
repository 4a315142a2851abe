"""Documents as gzipped JSON, versioned by the extractor that made them."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

from litmap.errors import PdfError
from litmap.models import Document, Page, Span, TextBlock

EXTRACTOR = "7"
"""Version of the extraction; raised with every change of its output, so that kept texts are made
again.
"""


def dumps(document: Document) -> bytes:
    """The document as gzipped JSON; equal documents give equal bytes.

    Rectangles keep one decimal (0.1 pt).
    """
    text = json.dumps(to_plain(document), ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode("utf-8", "surrogatepass"), compresslevel=6, mtime=0)


def loads(data: bytes) -> Document:
    """The document that `dumps` wrote.

    Raises `PdfError` for damaged bytes and for another extractor's texts.
    """
    try:
        plain = json.loads(gzip.decompress(data).decode("utf-8", "surrogatepass"))
        version = plain["extractor"]
        if version == EXTRACTOR:
            return from_plain(plain)
    except (
        OSError,
        EOFError,
        zlib.error,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
    ) as error:
        message = f"the kept text is damaged ({error}); it will be extracted again"
        raise PdfError(message, transient=True) from error
    raise PdfError(
        f"the kept text was made by extractor {version}, this is {EXTRACTOR}", transient=True
    )


def to_plain(document: Document) -> dict[str, Any]:
    """The document as lists and strings only."""
    return {
        "extractor": EXTRACTOR,
        "sha256": document.sha256,
        "quality": document.quality,
        "title": document.title,
        "ids": list(document.ids),
        "reason": document.reason,
        "pages": [
            [
                page.number,
                round(page.width, 2),
                round(page.height, 2),
                [_plain_block(b) for b in page.blocks],
            ]
            for page in document.pages
        ],
    }


def from_plain(plain: dict[str, Any]) -> Document:
    """The document of `to_plain`."""
    return Document(
        sha256=plain["sha256"],
        pages=tuple(
            Page(int(number), float(width), float(height), tuple(_block(b) for b in blocks))
            for number, width, height, blocks in plain["pages"]
        ),
        quality=plain["quality"],
        title=plain["title"],
        ids=tuple(plain["ids"]),
        reason=plain["reason"],
    )


def _plain_block(block: TextBlock) -> list[Any]:
    spans = [[s.start, s.end, *(round(x, 1) for x in s.rect)] for s in block.spans]
    return [block.kind, block.section, int(block.continues), block.text, spans]


def _block(plain: list[Any]) -> TextBlock:
    kind, section, continues, text, spans = plain
    return TextBlock(
        kind=kind,
        text=text,
        spans=tuple(Span(int(s), int(e), (x0, y0, x1, y1)) for s, e, x0, y0, x1, y1 in spans),
        section=section,
        continues=bool(continues),
    )
