"""Batches of work as values: all that reading or embedding some PDFs depends on, so that they may
travel.

A batch holds paths, content hashes and limits, no open file, connection or model; it can be
pickled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from litmap.paths import LibraryPaths
from litmap.settings import Settings


@dataclass(frozen=True, slots=True)
class ExtractionBatch:
    """PDFs to read as (sha256, path), and the limits for each: seconds and bytes of memory.

    `readers` is the number of processes, 0 for one a core.
    """

    files: tuple[tuple[str, Path], ...]
    readers: int
    seconds: float
    memory_bytes: int
    ocr: bool
    ocr_languages: tuple[str, ...] = ("auto",)

    @classmethod
    def plan(cls, shas: Sequence[str], paths: LibraryPaths, settings: Settings) -> Self:
        """The batch that reads these PDFs of a library."""
        return cls(
            tuple((sha, paths.stored(sha)) for sha in shas),
            settings.readers,
            settings.pdf_seconds,
            settings.memory_megabytes * 1_000_000,
            settings.ocr,
            settings.ocr_languages,
        )


@dataclass(frozen=True, slots=True)
class EmbeddingBatch:
    """Texts to embed, by their PDFs' sha256; they and the vectors lie in the library's caches at
    `paths`.
    """

    shas: tuple[str, ...]
    paths: LibraryPaths
