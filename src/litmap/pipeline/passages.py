"""From the catalogue and the caches to a build: which passages it holds, and how its parts are made.

Every source of passages (a PDF, an abstract, a paragraph of a note) has a fingerprint of all that it depends on; a
build holds exactly the wanted sources with their fingerprints, so that it does not matter by what way it came about.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from litmap import chunks, text
from litmap.builds import Addition
from litmap.catalogue.entries import Entry
from litmap.errors import PdfError
from litmap.models import Chunk, Document, Note
from litmap.paths import LibraryPaths
from litmap.protocols import Encoder

READABLE = frozenset({"text", "ocr"})
"""Qualities of a text that is worth indexing."""
MAX_CACHED_PASSAGES = 8000
"""Passages kept from being embedded to being written: those of some forty papers, about 30 MB."""
NOTE_WORDS = 5
"""A note's paragraph with fewer words is a label, not prose."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """A source of passages and how to make them."""

    work: str
    source: str
    fingerprint: str
    make: Callable[[], list[Chunk]]


def load_document(paths: LibraryPaths, sha256: str) -> Document:
    """A PDF's text from the cache. Raises `PdfError` where it is missing, damaged or of another extractor."""
    try:
        return text.loads(paths.text(sha256).read_bytes())
    except PdfError as error:
        raise PdfError(error.message, subject=sha256, transient=True) from error
    except OSError as error:
        raise PdfError(
            f"the kept text cannot be read ({error})", subject=sha256, transient=True
        ) from error


def damaged_texts(
    paths: LibraryPaths, entries: Sequence[Entry], texts: Mapping[str, tuple[str, str, int]]
) -> list[str]:
    """The PDFs (sha256) whose kept texts the build would need and cannot be read."""
    damaged = []
    for sha in dict.fromkeys(filter(None, (readable_pdf(e, texts) for e in entries))):
        try:
            load_document(paths, sha)
        except PdfError:
            damaged.append(sha)
    return damaged


_cuts: OrderedDict[tuple[str, str, str], list[Chunk]] = OrderedDict()
_cuts_guard = threading.Lock()


def cut_pdf(paths: LibraryPaths, sha256: str, encoder: Encoder) -> list[Chunk]:
    """The passages of a PDF's text. The last ones cut are kept: they are embedded first and then written to the build.

    Raises `PdfError` where the text cannot be read.
    """
    key = (sha256, text.EXTRACTOR, encoder.key)
    with _cuts_guard:
        if key in _cuts:
            _cuts.move_to_end(key)
            return _cuts[key]
    cut = chunks.cut(load_document(paths, sha256), encoder)
    with _cuts_guard:
        _cuts[key] = cut
        while sum(map(len, _cuts.values())) > MAX_CACHED_PASSAGES and len(_cuts) > 1:
            _cuts.popitem(last=False)
    return cut


def readable_pdf(entry: Entry, texts: Mapping[str, tuple[str, str, int]]) -> str:
    """The sha256 of the entry's newest PDF with a text worth indexing; '' where there is none."""
    return next((p.sha256 for p in entry.pdfs if texts.get(p.sha256, ("",))[0] in READABLE), "")


def wanted_sources(
    paths: LibraryPaths,
    entries: Sequence[Entry],
    notes: Sequence[Note],
    texts: Mapping[str, tuple[str, str, int]],
    encoder: Encoder,
    *,
    abstracts: bool,
) -> dict[Key, Source]:
    """Everything the build is to hold. A work without readable PDF stands with its title and abstract."""
    model = encoder.key
    sources: list[Source] = []
    for entry in entries:
        sha = readable_pdf(entry, texts)
        if sha:
            sources.append(_pdf_source(paths, entry, sha, encoder, model))
        elif abstracts and entry.work.title:
            sources.append(_abstract_source(entry, encoder, model))
    for note in notes:
        sources += _note_sources(note, encoder, model)
    return {(s.work, s.source): s for s in sources}


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256(
        "\0".join((chunks.CHUNKER, *parts)).encode("utf-8", "replace")
    ).hexdigest()[:32]


def _pdf_source(
    paths: LibraryPaths, entry: Entry, sha: str, encoder: Encoder, model: str
) -> Source:
    def make() -> list[Chunk]:
        return cut_pdf(paths, sha, encoder)

    fingerprint = _fingerprint(
        sha, text.EXTRACTOR, model, entry.work.title
    )  # the title's words are searched with it
    return Source(entry.work.id, sha, fingerprint, make)


def _abstract_source(entry: Entry, encoder: Encoder, model: str) -> Source:
    work = entry.work
    name = f"abstract:{work.id}"
    body = work.abstract or work.title

    def make() -> list[Chunk]:
        return chunks.cut_text(body, name, encoder, "abstract", title=work.title)

    return Source(work.id, name, _fingerprint(body, model, work.title), make)


def _note_sources(note: Note, encoder: Encoder, model: str) -> Iterator[Source]:
    """The note's paragraphs and items, each with its line as ordinal so that a result leads there."""
    blocks = [
        b
        for b in note.blocks
        if b.kind not in {"heading", "entry"} and len(b.text.split()) >= NOTE_WORDS
    ]
    if not blocks:
        return

    def make() -> list[Chunk]:
        found: list[Chunk] = []
        for block in blocks:
            cut = chunks.cut_text(
                block.text, f"note:{note.path}", encoder, "note", section=" › ".join(block.heading)
            )
            found += [Chunk(c.source, block.line, c.text, c.kind, c.section) for c in cut]
        return found

    yield Source("", f"note:{note.path}", _fingerprint(note.sha256, model, note.path), make)


def additions(sources: Iterable[Source]) -> Iterator[Addition]:
    """What `BuildWriter.update` adds, cut as it goes."""
    for source in sources:
        yield Addition(source.work, source.source, source.fingerprint, source.make())
