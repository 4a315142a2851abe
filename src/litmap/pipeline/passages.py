"""From the catalogue and the caches to a build: which passages it holds, and how its parts are
made.

Every source of passages (a PDF, an abstract, a paragraph of a note) has a fingerprint of all that
it depends on; a build holds exactly the wanted sources with their fingerprints, so that it does not
matter by what way it came about.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from litmap import chunks, text
from litmap.builds import Addition
from litmap.catalogue.entries import Entry
from litmap.errors import PdfError
from litmap.models import MARKS_PREFIX, TEXT_PREFIX, Chunk, Note, NoteBlock
from litmap.pipeline.batches import EmbeddingBatch
from litmap.pipeline.embedder import Embedder
from litmap.pipeline.inputs import BuildInputs
from litmap.pipeline.text_cache import TextCache
from litmap.protocols import Encoder

MAX_CACHED_PASSAGES = 8000
"""Passages kept from being embedded to being written: those of some forty papers, about 30 MB."""
MIN_NOTE_WORDS = 5
"""A note's paragraph with fewer words is a label, not prose."""

Key = tuple[str, str]
"""(work, source)"""


@dataclass(frozen=True, slots=True)
class Source:
    """A source of passages and how to make them."""

    work: str
    source: str
    fingerprint: str
    make: Callable[[], list[Chunk]]


_cuts: OrderedDict[tuple[str, str, str], list[Chunk]] = OrderedDict()
_cuts_guard = threading.Lock()


def cut_pdf(cache: TextCache, sha256: str, encoder: Encoder) -> list[Chunk]:
    """The passages of a PDF's text. The last ones cut are kept: they are embedded first, then
    written to the build.

    Raises `PdfError` where the text cannot be read.
    """
    key = (sha256, text.EXTRACTOR, encoder.key)
    with _cuts_guard:
        if key in _cuts:
            _cuts.move_to_end(key)
            return _cuts[key]
    cut = chunks.cut(cache.load(sha256), encoder)
    with _cuts_guard:
        _cuts[key] = cut
        while sum(map(len, _cuts.values())) > MAX_CACHED_PASSAGES and len(_cuts) > 1:
            _cuts.popitem(last=False)
    return cut


def wanted_sources(inputs: BuildInputs) -> dict[Key, Source]:
    """Everything the build is to hold, but for the passages of notes that were not read for it.

    A work without readable PDF stands with its title and abstract.
    """
    sources: list[Source] = []
    for entry in inputs.entries:
        sha = inputs.readable_pdfs[entry.work.id]
        if sha:
            sources.append(_pdf_source(entry, sha, inputs))
        elif inputs.abstracts and entry.work.title:
            sources.append(_abstract_source(entry, inputs.encoder))
        if entry.work.id in inputs.unplaced_marks:
            sources.append(_marks_source(entry, sha, inputs))
    if inputs.notes_were_read:
        for note in inputs.notes:
            if note.path not in inputs.kept_notes:
                sources += _note_sources(note, inputs.encoder)
    return {(s.work, s.source): s for s in sources}


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256(
        "\0".join((chunks.CHUNKER, *parts)).encode("utf-8", "replace")
    ).hexdigest()[:32]


def _pdf_source(entry: Entry, sha: str, inputs: BuildInputs) -> Source:
    cache, encoder = inputs.text_cache, inputs.encoder

    def make() -> list[Chunk]:
        return cut_pdf(cache, sha, encoder)

    has_pages = all(pdf.has_pages for pdf in entry.pdfs if pdf.sha256 == sha)
    source = sha if has_pages else TEXT_PREFIX + sha
    # the title's words are searched with it
    fingerprint = _fingerprint(sha, text.EXTRACTOR, encoder.key, entry.work.title)
    return Source(entry.work.id, source, fingerprint, make)


def _abstract_source(entry: Entry, encoder: Encoder) -> Source:
    work = entry.work
    name = f"abstract:{work.id}"
    body = work.abstract or work.title

    def make() -> list[Chunk]:
        return chunks.cut_text(body, name, encoder, "abstract", title=work.title)

    return Source(work.id, name, _fingerprint(body, encoder.key, work.title), make)


def _marks_source(entry: Entry, sha: str, inputs: BuildInputs) -> Source:
    """What the reader marked in a work's PDFs; its places depend on the text that is searched."""
    work, encoder = entry.work, inputs.encoder
    name = MARKS_PREFIX + work.id
    files = " ".join(pdf.sha256 for pdf in entry.pdfs)

    def make() -> list[Chunk]:
        return chunks.cut_marks(inputs.marks[work.id], name, encoder, title=work.title)

    unplaced = repr(inputs.unplaced_marks[work.id])
    depends = (unplaced, files, sha, text.EXTRACTOR, encoder.key, work.title)
    return Source(work.id, name, _fingerprint(*depends), make)


def _is_prose(block: NoteBlock) -> bool:
    """Whether a note's block is the reader's own text: neither a heading, a reference nor a
    label.
    """
    return block.kind not in {"heading", "entry"} and len(block.text.split()) >= MIN_NOTE_WORDS


def _note_sources(note: Note, encoder: Encoder) -> Iterator[Source]:
    """The note's paragraphs and items, each with its line as ordinal so that a result leads
    there.
    """
    name = f"note:{note.path}"
    prose = [block for block in note.blocks if _is_prose(block)]
    if not prose:
        return

    def make() -> list[Chunk]:
        passages: list[Chunk] = []
        for block in prose:
            section = " › ".join(block.heading)
            cut = chunks.cut_text(block.text, name, encoder, "note", section=section)
            passages += [Chunk(c.source, block.line, c.text, c.kind, c.section) for c in cut]
        return passages

    yield Source("", name, _fingerprint(note.sha256, encoder.key, note.path), make)


def additions(sources: Iterable[Source]) -> Iterator[Addition]:
    """What `BuildWriter.update` adds, cut as it goes."""
    for source in sources:
        yield Addition(source.work, source.source, source.fingerprint, source.make())


def embed_batch(batch: EmbeddingBatch, embedder: Embedder) -> None:
    """Give the passages of a batch's texts their vectors; done twice, it does nothing the second
    time.

    A text that cannot be read is left out: it was damaged since, the build notices and has it read
    again.
    """
    groups = []
    for sha in batch.shas:
        with suppress(PdfError):
            passages = cut_pdf(TextCache(batch.paths), sha, embedder.encoder)
            groups.append(embedder.texts(passages))
    embedder.ensure(groups)
