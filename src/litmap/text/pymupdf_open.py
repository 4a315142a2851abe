"""Opening PDFs: the only door to PyMuPDF, with every failure as a `PdfError` that says what is
wrong.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from litmap.errors import PdfError

LAYOUT = "pymupdf.layout"
"""PyMuPDF's layout analysis, kept from loading."""


def load_pymupdf() -> Any:
    """The PyMuPDF module, its messages silenced (damaged files make it write hundreds of lines).

    It would load its layout analysis where that is installed, a model that nothing here asks: half
    a second and 55 MB of every process that reads PDFs.
    """
    asked = "pymupdf" in sys.modules or LAYOUT in sys.modules
    if not asked:
        sys.modules[LAYOUT] = None  # type: ignore[assignment]
    try:
        pymupdf: Any = importlib.import_module("pymupdf")
    finally:
        if not asked:
            sys.modules.pop(LAYOUT, None)
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    return pymupdf


def text_flags() -> int:
    """What PyMuPDF is asked for: no images, nothing outside the page, codes of characters it cannot
    name.
    """
    pymupdf = load_pymupdf()
    return int(pymupdf.TEXT_MEDIABOX_CLIP | pymupdf.TEXT_USE_CID_FOR_UNKNOWN_UNICODE)


@contextmanager
def open_pdf(path: Path) -> Iterator[Any]:
    """The opened PDF; an empty user password is tried.

    Raises `PdfError` where it is missing, no PDF, damaged, locked or without a page.
    """
    pymupdf = load_pymupdf()
    subject = str(path)
    try:
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError as error:
        raise PdfError(
            f"the file cannot be read: {error.strerror or error}", subject=subject
        ) from error
    if b"%PDF-" not in head:
        raise PdfError("this is no PDF file", subject=subject)
    try:
        # By type, so that a file named .pdf is never handed to MuPDF's readers of other formats.
        pdf = pymupdf.open(str(path), filetype="pdf")
    except Exception as error:  # PyMuPDF raises many kinds, some of them private
        raise PdfError(
            f"the PDF is damaged beyond repair: {_message_of(error)}", subject=subject
        ) from error
    try:
        _check(pdf, subject)
        yield pdf
    except PdfError:
        raise
    except MemoryError:
        raise
    except Exception as error:
        raise PdfError(
            f"the PDF could not be read: {_message_of(error)}", subject=subject
        ) from error
    finally:
        pdf.close()
        pymupdf.TOOLS.store_shrink(100)


def _check(pdf: Any, subject: str) -> None:
    if pdf.needs_pass and not pdf.authenticate(""):
        raise PdfError("the PDF is encrypted and needs a password", subject=subject)
    if pdf.page_count == 0:
        raise PdfError("the PDF has no page", subject=subject)


def _message_of(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
