"""The steps of a build that write its vector and keyword indexes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from litmap import chunks, stores
from litmap.builds import Build, BuildWriter, Changes
from litmap.models import Passage
from litmap.parsing.languages import language_of
from litmap.pipeline.analysis import Said
from litmap.pipeline.embedder import Embedder
from litmap.stores.files import FileStore

logger = logging.getLogger(__name__)


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
    writer: BuildWriter,
    changes: Changes,
    embedder: Embedder,
    titles: Mapping[str, str],
    *,
    anew: bool = False,
    store: stores.VectorStore | None = None,
) -> stores.Place:
    """The passages and vectors of the new build in its store; where they stand. `anew` where the
    old one holds another model's vectors.
    """
    store = store or FileStore()
    base = _stored(writer.base)
    if base is not None and not store.holds(base.place):
        base, changes = None, writer.everything()
    if anew:
        base = None

    def texts(block: Sequence[Passage]) -> list[str]:
        return embedder.texts([p.chunk for p in block], titles.get(block[0].work, ""))

    embedder.recall(_notes_before(writer, changes, embedder))
    if anew:
        embedder.announce(texts(block) for block in blocks_of(changes))
    embedder.ensure(texts(block) for block in blocks_of(changes))

    def step(_: Path | None, new: Path, changes: Changes) -> stores.Place:
        blocks = (_embedded(block, texts(block), embedder) for block in blocks_of(changes))
        removed = changes.removed if base is not None else changes.removed[:0]
        change = stores.Change(blocks, removed, embedder.encoder.dim)
        return store.write(base, stores.StoredBuild(new, {}), change)

    return writer.step(step, changes)


def _stored(build: Build | None) -> stores.StoredBuild | None:
    """Where a build's vectors stand."""
    return stores.StoredBuild(build.folder, stores.place_of(build.facts)) if build else None


def _embedded(block: Sequence[Passage], texts: list[str], embedder: Embedder) -> stores.Block:
    """The passages of a source with the vectors of those that are embedded, of these texts."""
    import numpy as np

    mask = np.array([chunks.is_embedded(p.chunk) for p in block])
    vectors = embedder.vectors(texts) if texts else np.empty((0, embedder.encoder.dim), np.float32)
    return stores.Block(block, mask, vectors)


def _notes_before(writer: BuildWriter, changes: Changes, embedder: Embedder) -> Iterator[list[str]]:
    """What was embedded of the notes that were edited, in the build before."""
    base = writer.base
    if base is None:
        return
    edited = {block.source for block in changes.blocks if block.source.startswith("note:")}
    for source in base.sources:
        if source.source in edited:
            rows = range(source.first, source.first + source.count)
            yield embedder.texts([passage.chunk for passage in base.passages(rows)])


def write_keywords(
    writer: BuildWriter, changes: Changes, titles: Mapping[str, str], *, processes: int = 0
) -> None:
    """The keyword index of the new build; made anew where the old one is of an older litmap.

    `processes` is how many write it side by side where much is added, 0 for one a core.
    """
    from litmap import keywords
    from litmap.pipeline import keyword_processes

    base = writer.base.path("keywords") if writer.base else None
    if base is not None and not keywords.is_current(base):
        base, changes = None, writer.everything()

    def step(_: Path | None, new: Path, changes: Changes) -> None:
        names = keywords.read_state(base) if base else []
        written = keyword_processes.write_segments(
            new / "keywords",
            changes,
            titles,
            first_name=keywords.free_name(new / "keywords", names),
            processes=processes,
        )
        passages = iter(()) if written else changes.passages()
        added = keywords.make_entries(passages, titles)
        keywords.update(new / "keywords", added, changes.removed.tolist(), base, written=written)

    writer.step(step, changes)


def write_citing_words(writer: BuildWriter, said: Sequence[Said]) -> None:
    """A keyword index of what the papers say of each other, and whether it helps to find the works
    by the library's own sentences (`citing.json`).
    """
    import numpy as np

    from litmap import keywords
    from litmap.search.cited import CitingWords, LeftOut, gains, help_surely

    def step(_: Path | None, new: Path, __: Changes) -> None:
        entries = (
            keywords.Entry(row, s.cited, s.text, "body", language_of(s.text))
            for row, s in enumerate(said)
        )
        keywords.update(new / "citing", entries)

    writer.step(step, writer.everything())
    library = keywords.KeywordIndex.open(writer.folder / "keywords")
    words = CitingWords.over(keywords.KeywordIndex.open(writer.folder / "citing"), library)
    numbers = library.work_numbers
    citing = np.array([numbers.get(s.citing, -1) for s in said], np.int64)
    asked: dict[tuple[str, str], set[str]] = {}
    for sentence in said:
        asked.setdefault((sentence.text, sentence.citing), set()).add(sentence.cited)
    questions = [LeftOut(text, own, frozenset(cited)) for (text, own), cited in asked.items()]
    found = gains(questions, citing, words, library)
    gain, helps = round(float(found.mean()), 4) if found.size else 0.0, help_surely(found)
    logger.info(
        "%d citing sentences %s: %+.3f nDCG@10 on %d of them, left out",
        len(said), "are searched too" if helps else "do not help", gain, len(found),
    )  # fmt: skip
    writer.write_json(
        "citing", {"sentences": len(said), "judged": len(found), "gain": gain, "helps": helps}
    )
