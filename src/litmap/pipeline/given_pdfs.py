"""A PDF that the reader gives to a work: whether its text is that work's, and the name by which the
drop folder has it as that.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from litmap import pdfs, text
from litmap.catalogue import Catalogue
from litmap.catalogue.entries import entries
from litmap.errors import UsageError
from litmap.models import Work
from litmap.paths import LibraryPaths
from litmap.settings import Settings


@dataclass(frozen=True, slots=True)
class GivenPdf:
    """The file's name (without ending) in the drop folder, and why it may not be the work's: '' for
    no doubt.
    """

    name: str
    doubt: str


def look_at(settings: Settings, work_id: str, file: Path) -> GivenPdf:
    """Hold a file against a work (id) that notes cite. Raises `UsageError` where there is no such
    work, `PdfError` where the file cannot be read, `NoLibrary`.
    """
    with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
        work = _cited_work(catalogue, work_id)
    try:
        preview = text.preview_in_worker(file)
    finally:
        text.stop_preview_worker()
    return GivenPdf(pdfs.name_given(file.stem, work), pdfs.find_doubt(preview, file, work))


def _cited_work(catalogue: Catalogue, work_id: str) -> Work:
    known = catalogue.aliases().get(work_id, work_id)
    for entry in entries(catalogue):
        if entry.citations and known in (entry.work.id, *entry.work.ids):
            return entry.work
    raise UsageError(f"no work {work_id!r} that your notes cite: `litmap works` shows their ids")
