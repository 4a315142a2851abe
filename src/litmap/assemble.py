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
from pathlib import Path
from typing import TYPE_CHECKING

from litmap import chunks, text
from litmap.builds import Addition, BuildWriter, Changes
from litmap.catalogue.entries import Entry
from litmap.errors import PdfError
from litmap.models import Chunk, Document, Encoder, Note, Passage
from litmap.paths import LibraryPaths
from litmap.vectors import VectorCache, texts_key

if TYPE_CHECKING:
    from litmap.models import Vectors

READABLE = frozenset({"text", "ocr"})
"""Qualities of a text that is worth indexing."""
GROUP = 2048
"""Passages embedded in one go: enough to sort by length, few enough to hold."""
KEPT = 8000
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
        raise PdfError(f"the kept text cannot be read ({error})", subject=sha256, transient=True) from error


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
        while sum(map(len, _cuts.values())) > KEPT and len(_cuts) > 1:
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
    return hashlib.sha256("\0".join((chunks.CHUNKER, *parts)).encode("utf-8", "replace")).hexdigest()[:32]


def _pdf_source(paths: LibraryPaths, entry: Entry, sha: str, encoder: Encoder, model: str) -> Source:
    def make() -> list[Chunk]:
        return cut_pdf(paths, sha, encoder)

    fingerprint = _fingerprint(sha, text.EXTRACTOR, model, entry.work.title)  # the title's words are searched with it
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
    blocks = [b for b in note.blocks if b.kind not in {"heading", "entry"} and len(b.text.split()) >= NOTE_WORDS]
    if not blocks:
        return

    def make() -> list[Chunk]:
        found: list[Chunk] = []
        for block in blocks:
            cut = chunks.cut_text(block.text, f"note:{note.path}", encoder, "note", section=" › ".join(block.heading))
            found += [Chunk(c.source, block.line, c.text, c.kind, c.section) for c in cut]
        return found

    yield Source("", f"note:{note.path}", _fingerprint(note.sha256, model, note.path), make)


def additions(sources: Iterable[Source]) -> Iterator[Addition]:
    """What `BuildWriter.update` adds, cut as it goes."""
    for source in sources:
        yield Addition(source.work, source.source, source.fingerprint, source.make())


class Embedder:
    """Gives passages their vectors, from the cache where it can; no passage is ever embedded twice."""

    def __init__(
        self, encoder: Encoder, cache: VectorCache, progress: Callable[[int], None] = lambda done: None
    ) -> None:
        self.encoder = encoder
        self.cache = cache
        self.progress = progress
        self.embedded = 0

    def texts(self, passages: Sequence[Chunk], title: str = "") -> list[str]:
        """What is embedded for these passages of one source: a text for each that `chunks.is_embedded`."""
        return [chunks.embedding_text(c, title) for c in passages if chunks.is_embedded(c)]

    def ensure(self, groups: Iterable[list[str]]) -> None:
        """Embed each group of texts that the cache does not have; small groups go to the model together."""
        waiting: list[list[str]] = []
        size = 0
        for group in groups:
            if group and not self.cache.path(texts_key(group)).exists():
                waiting.append(group)
                size += len(group)
            if size >= GROUP:
                self._encode(waiting)
                waiting, size = [], 0
        self._encode(waiting)

    def _encode(self, groups: list[list[str]]) -> None:
        if not groups:
            return
        vectors = self.encoder.encode([t for group in groups for t in group])
        first = 0
        for group in groups:
            self.cache.put(texts_key(group), vectors[first : first + len(group)])
            first += len(group)
        self.embedded += first
        self.progress(self.embedded)

    def vectors(self, texts: list[str]) -> Vectors:
        """float32 (len(texts), dim) of one group."""
        found = self.cache.get(texts_key(texts))
        if found is None or len(found) != len(texts):
            found = self.encoder.encode(texts)
            self.cache.put(texts_key(texts), found)
        return found


def blocks_of(changes: Changes) -> Iterator[list[Passage]]:
    """The added passages, one source at a time."""
    block: list[Passage] = []
    for passage in changes.passages():
        if block and (passage.work, passage.chunk.source) != (block[0].work, block[0].chunk.source):
            yield block
            block = []
        block.append(passage)
    if block:
        yield block


def write_vectors(
    writer: BuildWriter, changes: Changes, embedder: Embedder, titles: Mapping[str, str], *, anew: bool = False
) -> None:
    """The vector index of the new build; `anew` where the old one holds another model's vectors."""
    import numpy as np

    from litmap import index

    def blocks() -> Iterator[tuple[list[Passage], list[str]]]:
        for block in blocks_of(changes):
            some = [p for p in block if chunks.is_embedded(p.chunk)]
            if some:
                yield some, embedder.texts([p.chunk for p in some], titles.get(some[0].work, ""))

    embedder.ensure(group for _, group in blocks())

    def step(old: Path | None, new: Path, _: Changes) -> None:
        added = ((np.array([p.row for p in block], np.int64), embedder.vectors(group)) for block, group in blocks())
        base, removed = (None, changes.removed[:0]) if anew else (old, changes.removed)
        index.update_index(base, new, added=added, removed=removed, dim=embedder.encoder.dim)

    writer.step(step, changes)


def write_keywords(writer: BuildWriter, changes: Changes, titles: Mapping[str, str]) -> None:
    """The keyword index of the new build; made anew where the old one is of an older litmap."""
    from litmap import keywords

    base = writer.base.path("keywords") if writer.base else None
    if base is not None and not keywords.is_current(base):
        base, changes = None, writer.everything()

    def step(_: Path | None, new: Path, changes: Changes) -> None:
        added = keywords.make_entries(changes.passages(), titles)
        keywords.update(new / "keywords", added, changes.removed.tolist(), base)

    writer.step(step, changes)
