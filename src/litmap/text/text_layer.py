"""The text layer judged page by page: what cannot be read is read by OCR, or blanked with its
reason.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from litmap.parsing.languages import ENGLISH, document_language, language_of
from litmap.text import ocr as tesseract
from litmap.text.own_ids import read_metadata_title
from litmap.text.pymupdf_open import text_flags
from litmap.text.quality import Legibility, judge_page, read_page_text
from litmap.text.raw import MIN_CHARS, RawPage
from litmap.text.turns import Turn

logger = logging.getLogger(__name__)

MAX_LOST = 0.02
"""Share of characters without a meaning above which a page is better read by OCR."""


MIN_TELLING = 200
"""Characters of a page that tell the document's language."""


@dataclass(slots=True)
class LayerReport:
    """What was wrong with a document's text layer, and what was done about it.

    `empty` pages are images without text, `broken` ones have a layer that is gibberish, `lossy`
    ones lack letters. `read` are the numbers of the pages that OCR has read; `ocr` says whether it
    was allowed, `installed` whether its data were found, `missing` the code of a language whose
    data were not.
    """

    pages: int
    empty: list[RawPage] = field(default_factory=list)
    broken: list[RawPage] = field(default_factory=list)
    lossy: list[RawPage] = field(default_factory=list)
    read: set[int] = field(default_factory=set)
    ocr: bool = True
    installed: bool = False
    missing: str = ""

    @property
    def wanted(self) -> list[RawPage]:
        """The pages that OCR should read."""
        return [*self.empty, *self.broken, *self.lossy]

    @property
    def quality(self) -> str:
        """The document's quality: 'text', 'ocr', 'scan' or 'gibberish'."""
        unread = len(self.empty) + len(self.broken)
        if not self.wanted:
            return "text"
        if len(self.read) == len(self.wanted):
            return "ocr" if len(self.read) * 2 >= self.pages else "text"
        if self.read:
            return "ocr"
        if unread * 2 < self.pages:
            return "text"
        return "scan" if len(self.empty) >= len(self.broken) else "gibberish"

    @property
    def reason(self) -> str:
        """What a person should know about the quality, '' where nothing."""
        wanted, read = len(self.wanted), len(self.read)
        if not wanted:
            return ""
        if read == wanted:
            return f"{read} of {self.pages} pages were read by OCR{self._better}"
        if read:
            return (
                f"{wanted} of {self.pages} pages {self._fault}; "
                f"{read} of them were read by OCR in the time allowed{self._better}"
            )
        unread = len(self.empty) + len(self.broken)
        if unread == 0:
            return (
                "the fonts do not name some letters and signs, which are missing; " + self._remedy
            )
        return f"{unread} of {self.pages} pages {self._fault}; {self._remedy}"

    @property
    def _fault(self) -> str:
        if len(self.empty) >= len(self.broken):
            return "are images without text"
        return "have a text layer that is gibberish"

    @property
    def _better(self) -> str:
        """What would have a document in another language read better, '' where nothing."""
        if not self.missing:
            return ""
        return f"; {tesseract.what_to_install(self.missing)} to have it read better"

    @property
    def _remedy(self) -> str:
        if not self.ocr:
            return "OCR is switched off"
        if self.missing:
            return f"{tesseract.what_to_install(self.missing)} to have it read"
        return "there was no time for OCR" if self.installed else tesseract.MISSING


def repair_text_layer(
    pdf: Any,
    pages: Sequence[RawPage],
    *,
    ocr: bool,
    languages: Sequence[str] = (tesseract.AUTO,),
    deadline: float | None = None,
) -> LayerReport:
    """Reads pages without usable text by OCR, in place; blanks gibberish that OCR has not read.

    `languages`: Tesseract's codes, or 'auto' for the document's own. No page is begun after
    `deadline` (`time.monotonic()`).
    """
    report = inspect_text_layer(pages)
    report.ocr = ocr
    if not report.wanted:
        return report
    tessdata = tesseract.find_tessdata() if ocr else None
    report.installed = bool(tessdata)
    if tessdata:
        hint = _find_language(pdf, _without(pages, report.wanted))
        reader = tesseract.PageReader(tessdata, languages, hint)
        _read_pages(pdf, report, reader, deadline)
    for page in report.broken:
        if page.number not in report.read:
            page.lines, page.sideways = [], None
    logger.debug(
        "text layer: %d pages, %d empty, %d gibberish, %d lossy; %d read by OCR",
        report.pages, len(report.empty), len(report.broken), len(report.lossy), len(report.read),
    )  # fmt: skip
    return report


def _read_pages(
    pdf: Any, report: LayerReport, reader: tesseract.PageReader, deadline: float | None
) -> None:
    """Reads the wanted pages by OCR, as far as time and the installed languages allow."""
    for page in report.wanted:
        if deadline is not None and time.monotonic() > deadline:
            break
        lines = reader.read(pdf[page.number - 1], text_flags())
        report.missing = reader.missing
        if reader.missing and not lines:
            break
        (page.width, page.height), page.turn = page.printed_size, Turn.UPRIGHT
        page.lines, page.sideways = lines, None
        report.read.add(page.number)


def _find_language(pdf: Any, readable: Sequence[RawPage]) -> str:
    """The language of a document's readable pages, else of its title or the one that the file names
    (other than English, which programs write unasked); '' where nothing tells.
    """
    texts = [page.text for page in readable if len(page.text) >= MIN_TELLING]
    if texts:
        return document_language(texts)
    named = str(pdf.language or "")[:2].lower()
    language = language_of(read_metadata_title(pdf))
    return next((found for found in (language, named) if found not in ("", ENGLISH)), "")


def inspect_text_layer(pages: Sequence[RawPage]) -> LayerReport:
    """Which pages are empty, broken or lossy; the lossy count only where they are most of the
    document.
    """
    judged = {page.number: _judge(page) for page in pages}
    broken = [page for page in pages if judged[page.number] is Legibility.BROKEN]
    if len(broken) * 3 > len(pages):
        # Then what cannot be judged (a short page, a table) is not to be trusted either.
        broken = [
            page
            for page in pages
            if judged[page.number] is not Legibility.READABLE and (page.lines or page.unnamed)
        ]
    others = _without(pages, broken)
    empty = [page for page in others if page.pictures and page.chars < MIN_CHARS]
    with_text = _without(others, empty)
    lossy = _lossy_pages(with_text)
    return LayerReport(len(pages), empty, broken, lossy if len(lossy) * 2 > len(pages) else [])


def _judge(page: RawPage) -> Legibility:
    return judge_page(read_page_text(page.text, max(page.unnamed, page.lost)))


def _lossy_pages(pages: Sequence[RawPage]) -> list[RawPage]:
    return [page for page in pages if page.lost > MAX_LOST]


def _without(pages: Sequence[RawPage], dropped: Sequence[RawPage]) -> list[RawPage]:
    numbers = {page.number for page in dropped}
    return [page for page in pages if page.number not in numbers]
