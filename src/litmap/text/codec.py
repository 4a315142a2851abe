"""Documents as gzipped JSON, versioned by the extractor that made them."""

from __future__ import annotations

import gzip
import json
import math
import zlib
from typing import Any

from litmap.errors import PdfError
from litmap.models import Document, Page, Span, TextBlock

EXTRACTOR = "9"
"""Version of the extraction; raised with every change of its output, so that kept texts are made
again.
"""


MALFORMED = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What reading plain values of any shape may raise."""


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
    except (OSError, EOFError, zlib.error, *MALFORMED) as error:
        message = f"the kept text is damaged ({error}); it will be extracted again"
        raise PdfError(message, transient=True) from error
    raise PdfError(
        f"the kept text was made by extractor {version}, this is {EXTRACTOR}", transient=True
    )


def to_plain(document: Document) -> dict[str, Any]:
    """The document as lists and strings only."""
    kind = {} if document.kind == "pdf" else {"kind": document.kind}
    return {
        "extractor": EXTRACTOR,
        "sha256": document.sha256,
        "quality": document.quality,
        "title": document.title,
        "ids": list(document.ids),
        "reason": document.reason,
        **kind,
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
    """The document of `to_plain`. Raises one of `MALFORMED` for values of any other shape or type.

    A process that a PDF took over may send anything.
    """
    return Document(
        sha256=as_text(plain["sha256"]),
        pages=tuple(
            Page(as_count(number), as_number(width), as_number(height), tuple(map(_block, blocks)))
            for number, width, height, blocks in plain["pages"]
        ),
        quality=as_text(plain["quality"]),
        title=as_text(plain["title"]),
        ids=as_texts(plain["ids"]),
        reason=as_text(plain["reason"]),
        kind=as_text(plain.get("kind", "pdf")),
    )


def as_text(value: Any) -> str:
    """The value, where it is a text. Raises TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"not a text but {type(value).__name__}")
    return value


def as_texts(value: Any) -> tuple[str, ...]:
    """The list's texts. Raises TypeError."""
    if not isinstance(value, list):
        raise TypeError(f"not a list but {type(value).__name__}")
    return tuple(map(as_text, value))


def as_count(value: Any) -> int:
    """The value, where it is a whole number from 0. Raises ValueError."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise ValueError("not a number of things")
    return value


def as_number(value: Any) -> float:
    """The value, where it is a finite number. Raises ValueError or TypeError."""
    if isinstance(value, bool) or not math.isfinite(value):
        raise ValueError("not a number")
    return float(value)


def _plain_block(block: TextBlock) -> list[Any]:
    spans = [[s.start, s.end, *(round(x, 1) for x in s.rect)] for s in block.spans]
    return [block.kind, block.section, int(block.continues), block.text, spans]


def _block(plain: list[Any]) -> TextBlock:
    kind, section, continues, text, spans = plain
    return TextBlock(
        kind=as_text(kind),
        text=as_text(text),
        spans=tuple(_span(*span, length=len(text)) for span in spans),
        section=as_text(section),
        continues=bool(continues),
    )


def _span(start: Any, end: Any, *rect: Any, length: int) -> Span:
    x0, y0, x1, y1 = map(as_number, rect)
    span = Span(as_count(start), as_count(end), (x0, y0, x1, y1))
    if not span.start <= span.end <= length:
        raise ValueError("a line outside its block")
    return span
