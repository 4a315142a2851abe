"""Which PDFs are to be read: new ones, and those whose reading failed for a reason that may have passed."""

from __future__ import annotations

import shutil
from typing import Any

from litmap.catalogue import Catalogue
from litmap.catalogue.entries import entries
from litmap.errors import PdfError
from litmap.paths import LibraryPaths
from litmap.settings import Settings

MAX_TRIES = 3
"""How often a PDF is read whose reader ran out of time or memory or crashed; each refresh tries once."""
FACT = "readings that failed"
"""In the catalogue: {sha256: [how often, the most seconds, the most megabytes it was given]}."""


def text_version() -> str:
    """The extractor's version; texts of another are extracted again."""
    from litmap import text

    return text.EXTRACTOR


def unread(catalogue: Catalogue, paths: LibraryPaths, settings: Settings) -> list[str]:
    """The newest PDFs of works that this extractor has not read.

    Read again is a scan that Tesseract can read by now, a text that was deleted (texts are a cache), and what failed
    for want of time or memory or in a crash: up to `MAX_TRIES` times, and once more wherever the limits were raised.
    """
    texts = catalogue.texts(text_version())
    again = {
        sha
        for sha, (quality, _, _) in texts.items()
        if quality != "failed" and not paths.text(sha).exists()
    }
    if settings.ocr and shutil.which("tesseract") is not None:
        again |= {
            sha
            for sha, (quality, reason, _) in texts.items()
            if quality == "scan" and "Tesseract" in reason
        }
    for sha, (tries, seconds, megabytes) in catalogue.fact(FACT, {}).items():
        more = settings.pdf_seconds > seconds or settings.memory_megabytes > megabytes
        if texts.get(sha, ("",))[0] == "failed" and (tries < MAX_TRIES or more):
            again.add(sha)
    newest = dict.fromkeys(e.pdf.sha256 for e in entries(catalogue) if e.pdf)
    return [sha for sha in newest if sha not in texts or sha in again]


def note_reading(
    catalogue: Catalogue, settings: Settings, sha: str, error: PdfError | None
) -> None:
    """Keep that the reading of a PDF failed for a reason that may pass, or that it did not; inside `write()`."""
    failed: dict[str, Any] = catalogue.fact(FACT, {})
    before = failed.pop(sha, None)
    if error is not None and error.transient:
        tries = before[0] + 1 if before else 1
        failed[sha] = [tries, settings.pdf_seconds, settings.memory_megabytes]
    elif before is None:
        return
    catalogue.put_fact(FACT, failed)
