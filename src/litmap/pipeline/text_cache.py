"""The texts of PDFs, kept by content, and what was computed from them; all can be computed
again.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
import logging
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from litmap import text
from litmap.atomic_files import replace_file
from litmap.catalogue.records import build_record
from litmap.errors import PdfError
from litmap.models import Document
from litmap.paths import LibraryPaths

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TextCache:
    """The folder `texts/` of a library."""

    paths: LibraryPaths

    def load(self, sha256: str) -> Document:
        """A PDF's text. Raises `PdfError` where it is missing, damaged or of another extractor."""
        try:
            return text.loads(self.paths.text(sha256).read_bytes())
        except PdfError as error:
            raise PdfError(error.message, subject=sha256, transient=True) from error
        except OSError as error:
            raise _unreadable(sha256, error) from error

    def digest(self, sha256: str) -> str:
        """Names a PDF's kept text, damaged or not. Raises `PdfError` where it cannot be had."""
        try:
            return hashlib.sha256(self.paths.text(sha256).read_bytes()).hexdigest()
        except OSError as error:
            raise _unreadable(sha256, error) from error

    def save(self, document: Document) -> None:
        """Keep a PDF's text; what was made from an earlier reading of it goes."""
        path = self.paths.text(document.sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        for derived in path.parent.glob(f"{document.sha256}.*.json.gz"):
            derived.unlink(missing_ok=True)
        replace_file(path, text.dumps(document))

    def damaged(self, shas: Iterable[str]) -> list[str]:
        """Those of these PDFs (sha256) whose kept texts cannot be read."""
        damaged = []
        for sha in dict.fromkeys(shas):
            try:
                self.load(sha)
            except PdfError:
                damaged.append(sha)
        return damaged

    def derived(
        self, kind: type[T], name: str, sha256: str, make: Callable[[Document], Sequence[T]]
    ) -> tuple[T, ...]:
        """Records of class `kind` made from a PDF's text; `name` carries the maker's version.

        Kept beside the text and made once. Raises `PdfError` where the text cannot be read.
        """
        path = self.paths.text(sha256).with_name(f"{sha256}.{name}.json.gz")
        try:
            values = json.loads(gzip.decompress(path.read_bytes()))
            return tuple(build_record(kind, value) for value in values)
        except (OSError, EOFError, zlib.error, *text.MALFORMED):
            logger.debug("making %s of %s", name, sha256)
        made = tuple(make(self.load(sha256)))
        path.parent.mkdir(parents=True, exist_ok=True)
        content = json.dumps([dataclasses.asdict(r) for r in made])  # type: ignore[call-overload]
        replace_file(path, gzip.compress(content.encode(), 5, mtime=0))
        return made


def _unreadable(sha256: str, error: OSError) -> PdfError:
    return PdfError(f"the kept text cannot be read ({error})", subject=sha256, transient=True)
