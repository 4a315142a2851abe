"""The only speller of file names inside a library folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from litmap.models import TEXT_ENDINGS, PdfFile


@dataclass(frozen=True, slots=True)
class LibraryPaths:
    """Paths of a library at `root`; makes no folder."""

    root: Path

    @property
    def catalogue(self) -> Path:
        """The SQLite catalogue: what was learned from outside."""
        return self.root / "catalogue.sqlite"

    @property
    def catalogue_pointer(self) -> Path:
        """Where the catalogue is instead, for one in PostgreSQL."""
        return self.root / "catalogue.json"

    def former_catalogue(self, time: str) -> Path:
        """The SQLite catalogue as it was when it was moved to PostgreSQL (UTC ISO 8601)."""
        return self.root / f"catalogue-{time.replace(':', '')}.sqlite"

    def has_catalogue(self) -> bool:
        """Whether there is a catalogue, here or in PostgreSQL."""
        return self.catalogue.exists() or self.catalogue_pointer.exists()

    @property
    def lock(self) -> Path:
        """Held by the one process that writes."""
        return self.root / "refresh.lock"

    @property
    def progress(self) -> Path:
        """How far the refresh is that holds the lock; there while one runs."""
        return self.root / "progress.json"

    @property
    def pdfs(self) -> Path:
        """PDFs and other full texts stored by content."""
        return self.root / "pdfs"

    def pdf(self, sha256: str) -> Path:
        """The PDF with this content."""
        return self.pdfs / sha256[:2] / f"{sha256}.pdf"

    def file(self, pdf: PdfFile) -> Path:
        """Where a paper's file lies, under its true ending."""
        return self.pdf(pdf.sha256).with_suffix(pdf.ending)

    def stored(self, sha256: str) -> Path:
        """The file with this content under whichever ending it lies here; that of a PDF where none
        does.
        """
        pdf = self.pdf(sha256)
        if pdf.exists():
            return pdf
        others = (pdf.with_suffix(ending) for ending in TEXT_ENDINGS)
        return next((path for path in others if path.exists()), pdf)

    @property
    def partial(self) -> Path:
        """Transfers under way; safe to delete."""
        return self.root / "partial"

    @property
    def papers(self) -> Path:
        """The drop folder: PDFs the user puts there."""
        return self.root / "papers"

    @property
    def aside(self) -> Path:
        """Files that may be the wrong paper."""
        return self.root / "aside"

    @property
    def texts(self) -> Path:
        """Extracted text, one file a PDF; can be computed again."""
        return self.root / "texts"

    def text(self, sha256: str) -> Path:
        """The extracted text of the PDF with this content."""
        return self.texts / sha256[:2] / f"{sha256}.json.gz"

    @property
    def vectors(self) -> Path:
        """Vectors by model and content; can be computed again."""
        return self.root / "vectors"

    @property
    def results(self) -> Path:
        """What stages made, by what they made it of; can be computed again."""
        return self.root / "results.sqlite"

    @property
    def builds(self) -> Path:
        """Built indexes, one folder each."""
        return self.root / "builds"

    @property
    def current(self) -> Path:
        """Names the build that readers open; replaced atomically."""
        return self.root / "CURRENT"

    @property
    def lance(self) -> Path:
        """The LanceDB tables, where the settings ask for some and name no other place."""
        return self.root / "lancedb"

    @property
    def store_name(self) -> Path:
        """What the library is called in stores that several share."""
        return self.root / "store.json"

    @property
    def models(self) -> Path:
        """Exported models and the result of the speed probe."""
        return self.root / "models"

    @property
    def backups(self) -> Path:
        """Notes as they were before their lines were moved, one folder a move."""
        return self.root / "backups"

    @property
    def written(self) -> Path:
        """Answers of a language model by what it was asked; safe to delete."""
        return self.root / "written"

    @property
    def searches(self) -> Path:
        """The reader's own searches: those with names, and the last ones."""
        return self.root / "searches.sqlite"

    @property
    def logs(self) -> Path:
        """Logs of the last refreshes; safe to delete."""
        return self.root / "logs"
