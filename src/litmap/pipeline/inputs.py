"""All that a build depends on, as one record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from litmap import stores
from litmap.catalogue import Catalogue, TextRecord
from litmap.catalogue.entries import Entry, entries
from litmap.models import Mark, Note
from litmap.paths import LibraryPaths
from litmap.pipeline.collaborators import ExtractiveSummaries
from litmap.pipeline.embedder import Embedder
from litmap.pipeline.marks import FileMarks, marks_by_work, place_marks
from litmap.pipeline.pending_pdfs import text_version
from litmap.pipeline.reading_list import known_identifiers
from litmap.pipeline.text_cache import TextCache
from litmap.protocols import Encoder, Summariser
from litmap.settings import Settings
from litmap.stores.files import FileStore


@dataclass(frozen=True)
class BuildInputs:
    """What a build is made of; it reads neither the catalogue nor the settings nor the network.

    `notes_were_read` is False where `notes` are those of an earlier reading, without their text:
    the notes' passages are then those of the current build; so are those of `kept_notes`, paths of
    notes that alone could not be read. `texts` are the records of the PDFs
    read, by sha256; `reading_list_ids` the identifiers that sources gave for works which the papers
    cite, by key; `former_titles` those of all works ever known, by id. `model` and
    `passage_prompt` are the settings that named the encoder, `abstracts` whether a work without a
    readable PDF stands with its title and abstract; `file_marks` what the reader marked in PDFs, by
    their sha256; `processes` how many write side by side where there is much, 0 for one a core;
    `store` is where the vectors go.
    """

    paths: LibraryPaths
    entries: Sequence[Entry]
    notes: Sequence[Note]
    texts: Mapping[str, TextRecord]
    embedder: Embedder
    model: str
    extractor: str
    passage_prompt: str = ""
    abstracts: bool = True
    notes_were_read: bool = True
    kept_notes: frozenset[str] = frozenset()
    reading_list_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    former_titles: Mapping[str, str] = field(default_factory=dict)
    summariser: Summariser = field(default_factory=ExtractiveSummaries)
    file_marks: FileMarks = field(default_factory=dict)
    processes: int = 0
    store: stores.VectorStore = field(default_factory=FileStore)

    @property
    def encoder(self) -> Encoder:
        """The embedding model."""
        return self.embedder.encoder

    @property
    def text_cache(self) -> TextCache:
        """The texts of the PDFs."""
        return TextCache(self.paths)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Titles by work id."""
        return {e.work.id: e.work.title for e in self.entries}

    @cached_property
    def readable_pdfs(self) -> Mapping[str, str]:
        """The sha256 of each work's newest PDF with a text worth indexing, by work id; '' where
        there is none.
        """
        return readable_pdfs(self.entries, self.texts)

    @cached_property
    def text_digests(self) -> Mapping[str, str]:
        """What names each work's kept text, by work id. Raises `PdfError` where one is missing."""
        cache = self.text_cache
        return {work: cache.digest(sha) for work, sha in self.readable_pdfs.items() if sha}

    @cached_property
    def unplaced_marks(self) -> Mapping[str, tuple[Mark, ...]]:
        """What the reader marked in any file of a work, by work id, as the files have it."""
        return marks_by_work(self.entries, self.file_marks)

    @cached_property
    def marks(self) -> Mapping[str, tuple[Mark, ...]]:
        """What the reader marked, by work id, in the file that is shown. Raises `PdfError` for a
        damaged text.
        """
        works = {e.work.id: e for e in self.entries}
        return {
            work: place_marks(works[work], own, self.readable_pdfs[work], self.text_cache)
            for work, own in self.unplaced_marks.items()
        }

    def has_pages(self, work: str) -> bool:
        """Whether a work's readable file is a PDF."""
        sha = self.readable_pdfs.get(work, "")
        return sha not in self._without_pages

    @cached_property
    def _without_pages(self) -> frozenset[str]:
        return frozenset(p.sha256 for e in self.entries for p in e.pdfs if not p.has_pages)


def readable_pdfs(works: Sequence[Entry], texts: Mapping[str, TextRecord]) -> dict[str, str]:
    """The sha256 of each work's newest file with a text worth indexing, by work id; '' where there
    is none.
    """
    return {e.work.id: _readable_pdf(e, texts) for e in works}


def _readable_pdf(entry: Entry, texts: Mapping[str, TextRecord]) -> str:
    for pdf in entry.pdfs:
        text = texts.get(pdf.sha256)
        if text is not None and text.is_readable:
            return pdf.sha256
    return ""


def gather_inputs(
    catalogue: Catalogue,
    settings: Settings,
    embedder: Embedder,
    *,
    notes: Sequence[Note] | None = None,
    kept_notes: frozenset[str] = frozenset(),
    summariser: Summariser | None = None,
) -> BuildInputs:
    """What a build of a library depends on now, from its catalogue; only reads.

    `notes` are those that were read in this run, with their text; without them the catalogue's
    notes count. `kept_notes` are paths of those of them that stand as they were read earlier.
    """
    return BuildInputs(
        LibraryPaths(settings.library),
        entries(catalogue),
        catalogue.notes() if notes is None else notes,
        catalogue.texts(text_version()),
        embedder,
        model=settings.model,
        extractor=text_version(),
        passage_prompt=settings.passage_prompt,
        abstracts=settings.abstracts,
        notes_were_read=notes is not None,
        kept_notes=kept_notes,
        reading_list_ids=known_identifiers(catalogue),
        former_titles={work.id: work.title for work in catalogue.works().values()},
        summariser=summariser or ExtractiveSummaries(),
        file_marks=catalogue.marks(),
        processes=settings.readers,
        store=stores.choose(settings.store_vectors, settings.store_address, settings.library),
    )
