"""Which PDFs are to be read: new ones, and those whose reading failed for a reason that may have
passed.
"""

from __future__ import annotations

import logging

from litmap.catalogue import Catalogue, TextRecord
from litmap.catalogue.entries import entries
from litmap.errors import PdfError
from litmap.models import Document
from litmap.paths import LibraryPaths
from litmap.settings import Settings

logger = logging.getLogger(__name__)

MAX_TRIES = 3
"""How often a PDF is read whose reader ran out of time or memory or crashed; each refresh tries
once."""


def text_version() -> str:
    """The extractor's version; texts of another are extracted again."""
    from litmap import text

    return text.EXTRACTOR


def unread(catalogue: Catalogue, paths: LibraryPaths, settings: Settings) -> list[str]:
    """The newest PDFs of works that this extractor has not read.

    Read again is a scan that Tesseract can read by now, or read in its own language, a text that
    was deleted (texts are a cache), and what failed for want of time or memory or in a crash: up to
    `MAX_TRIES` times, and once more wherever the limits were raised.
    """
    texts = catalogue.texts(text_version())
    newest = dict.fromkeys(e.pdf.sha256 for e in entries(catalogue) if e.pdf)
    waiting = []
    for sha in newest:
        why = _why_to_read(texts.get(sha), paths, settings)
        if why:
            logger.debug("to be read: %s, %s", sha, why)
            waiting.append(sha)
    return waiting


def _why_to_read(text: TextRecord | None, paths: LibraryPaths, settings: Settings) -> str:
    """Why a PDF is to be read; '' where its text is as good as it gets."""
    if text is None:
        return "never read by this extractor"
    if text.quality == "failed":
        return "its reading may succeed now" if _may_succeed_now(text, settings) else ""
    if not paths.text(text.sha256).exists():
        return "its text was deleted"
    if settings.ocr and "Tesseract" in text.reason and _can_read_now(text.reason):
        return "Tesseract can read it by now"
    return ""


def _can_read_now(reason: str) -> bool:
    from litmap import text

    return text.can_read_now(reason)


def _may_succeed_now(text: TextRecord, settings: Settings) -> bool:
    """Whether a reading failed for a reason that may pass, and has tries left or higher limits."""
    raised = settings.pdf_seconds > text.seconds or settings.memory_megabytes > text.megabytes
    return text.tries > 0 and (text.tries < MAX_TRIES or raised)


def describe_text(sha256: str, document: Document) -> TextRecord:
    """The record of a text that was read."""
    return TextRecord(
        sha256, text_version(), document.quality, document.reason, len(document.pages)
    )


def describe_failure(
    sha256: str, error: PdfError, settings: Settings, before: TextRecord | None
) -> TextRecord:
    """The record of a reading that failed; counts those in a row that failed for a reason that may
    pass.
    """
    failed = TextRecord(sha256, text_version(), "failed", error.message)
    if not error.transient:
        return failed
    return TextRecord(
        sha256,
        failed.extractor,
        failed.quality,
        failed.reason,
        tries=before.tries + 1 if before else 1,
        seconds=settings.pdf_seconds,
        megabytes=settings.memory_megabytes,
    )
