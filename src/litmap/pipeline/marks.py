"""What the reader marked in the papers' PDFs: read once from each file, brought together for each
work, and found again in its newest file.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from litmap import text
from litmap.catalogue import Catalogue
from litmap.catalogue.entries import Entry, entries
from litmap.errors import PdfError
from litmap.models import Document, Mark, PdfFile, Problem
from litmap.pipeline.context import RunContext
from litmap.pipeline.text_cache import TextCache

logger = logging.getLogger(__name__)

FileMarks = Mapping[str, tuple[Mark, ...]]
"""Marks by the SHA-256 of their PDF."""


def read_marks(catalogue: Catalogue, context: RunContext) -> int:
    """Read the marks of all PDFs of works that were not looked into yet; how many there were.

    A file that cannot be read has none; it is told and not tried again.
    """
    done = catalogue.looked_for_marks(text.MARK_READER)
    files = {pdf.sha256: pdf for e in entries(catalogue) for pdf in e.pdfs if pdf.has_pages}
    due = [
        (sha, path)
        for sha, path in ((sha, context.paths.file(pdf)) for sha, pdf in files.items())
        if sha not in done and path.is_file()
    ]
    if not due:
        return 0
    settings = context.settings
    found = text.read_marks_many(
        due,
        workers=settings.readers,
        timeout_s=settings.pdf_seconds,
        memory_bytes=settings.memory_megabytes * 1_000_000,
    )
    count = 0
    for sha, outcome in found:
        marks: tuple[Mark, ...] = ()
        if isinstance(outcome, PdfError):
            logger.warning("the marks of %s could not be read: %s", sha, outcome)
            reason = f"what you marked in it could not be read: {outcome.message}"
            context.report.problems.append(Problem(files[sha].path, reason))
        else:
            marks = outcome
        count += len(marks)
        with catalogue.write():
            catalogue.put_marks(sha, marks, text.MARK_READER)
    logger.info("marks: %d in %d PDFs that were not looked into before", count, len(due))
    return count


def marks_by_work(works: Sequence[Entry], marks: FileMarks) -> dict[str, tuple[Mark, ...]]:
    """The marks of all files of each work that has some, those of the newest file first."""
    found = {
        e.work.id: tuple(m for pdf in e.pdfs for m in marks.get(pdf.sha256, ())) for e in works
    }
    return {work: own for work, own in found.items() if own}


def file_to_show(entry: Entry, readable: str) -> PdfFile | None:
    """The PDF on whose pages a work's marks are shown: the one whose text is searched, else the
    newest.
    """
    files = [pdf for pdf in entry.pdfs if pdf.has_pages]
    return next((pdf for pdf in files if pdf.sha256 == readable), files[0] if files else None)


def place_marks(
    entry: Entry, marks: Sequence[Mark], readable: str, cache: TextCache
) -> tuple[Mark, ...]:
    """The marks of all files of a work with their places in the one that is shown, each once.

    Raises `PdfError` where that file's text is damaged.
    """
    shown = file_to_show(entry, readable)
    if shown is None:
        return ()
    if shown.sha256 != readable:  # it has no text that a mark could be found in
        return tuple(text.in_order([_as_they_are(mark, shown) for mark in marks]))
    document = cache.load(shown.sha256)
    same = {
        m.file for m in marks if m.file != shown.sha256 and _has_pages_of(cache, m.file, document)
    }
    own = [
        replace(mark, file=shown.sha256, moved=True) if mark.file in same else mark
        for mark in marks
    ]
    return tuple(text.in_order(text.anchor(own, document)))


def _as_they_are(mark: Mark, shown: PdfFile) -> Mark:
    return replace(mark, earlier=mark.file != shown.sha256)


def _has_pages_of(cache: TextCache, sha256: str, document: Document) -> bool:
    """Whether another file has the same pages, with other marks."""
    try:
        return cache.load(sha256).pages == document.pages
    except PdfError:  # an older file's text need not be there
        return False
