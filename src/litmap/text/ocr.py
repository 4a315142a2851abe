"""Pages read by Tesseract through PyMuPDF, where its language data is installed."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from litmap.text.char_lines import read_chars, regroup
from litmap.text.line import Line
from litmap.text.pymupdf_open import load_pymupdf

DPI = 200
"""Resolution at which pages are read: 300 takes longer and reads 10-point print no better."""
MISSING = (
    "install Tesseract with its English data (Debian: apt-get install tesseract-ocr) "
    "to have it read"
)
"""What to do about pages that only OCR could read."""


@lru_cache(maxsize=1)
def find_tessdata() -> str | None:
    """The folder of Tesseract's language data with English in it, None where there is none."""
    candidates = [os.environ.get("TESSDATA_PREFIX", "")]
    candidates += sorted(
        (str(p) for p in Path("/usr/share/tesseract-ocr").glob("*/tessdata")), reverse=True
    )
    candidates += [
        "/usr/share/tessdata",
        "/usr/local/share/tessdata",
        "/opt/homebrew/share/tessdata",
    ]
    for candidate in candidates:
        if candidate and (Path(candidate) / "eng.traineddata").is_file():
            return candidate
    try:
        found = load_pymupdf().get_tessdata()
    except Exception:  # noqa: BLE001 - PyMuPDF's search fails in many ways; then there is none
        return None
    return str(found) if found and (Path(found) / "eng.traineddata").is_file() else None


def read_by_ocr(page: Any, flags: int, tessdata: str) -> list[Line]:
    """The lines that Tesseract sees on the page; noise without a letter or digit is left out."""
    textpage = page.get_textpage_ocr(
        flags=flags, language="eng", dpi=_dpi(page), full=True, tessdata=tessdata
    )
    lines = regroup(read_chars(page, flags, textpage))
    return [line for line in lines if any(c.isalnum() for c in line.text)]


def _dpi(page: Any) -> int:
    """Less for very large pages, so that no picture is larger than about 25 million pixels."""
    area = max(page.rect.width * page.rect.height / 72**2, 1.0)
    return int(min(DPI, (25_000_000 / area) ** 0.5))
