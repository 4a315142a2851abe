"""Many readers search while builds are published: no error, and never a mix of two builds."""

from __future__ import annotations

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from litmap import builds, index, keywords
from litmap.builds import Addition, Build, BuildWriter, Changes
from litmap.models import Chunk
from litmap.paths import LibraryPaths
from litmap.pipeline.embedder import Embedder
from litmap.pipeline.index_writers import write_keywords, write_vectors
from litmap.search import Searcher
from litmap.vectors import VectorCache
from tests.search_parts import FormulaEncoder

READERS = 16
BUILDS = 8


def publish(paths: LibraryPaths, encoder: FormulaEncoder, base: Build | None, number: int) -> None:
    """Build `number` holds works w0 … w<number>, each of which says so, and none of the build's own
    old 'stamp'.
    """
    added = [
        Addition(
            f"w{number}",
            f"sha{number}",
            "1",
            [Chunk(f"sha{number}", 0, f"Topic apple{number} of flat minima", page=1)],
        ),
        Addition(
            "stamp",
            "stamp",
            str(number),
            [Chunk("stamp", 0, f"The stamp of build stamp{number}x", page=1)],
        ),
    ]
    with BuildWriter(paths, base=base) as writer:
        changes = writer.update(added)

        def step(old: Path | None, new: Path, done: Changes) -> None:
            passages = list(done.passages())
            vectors = encoder.encode([p.chunk.text for p in passages])
            rows = np.array([p.row for p in passages], np.int64)
            index.update_index(
                old, new, added=[(rows, vectors)], removed=done.removed, dim=encoder.dim
            )
            keywords.update(
                new / "keywords",
                keywords.make_entries(passages, {}),
                done.removed.tolist(),
                old / "keywords" if old else None,
            )

        writer.step(step, changes)
        writer.publish({"model": encoder.name, "number": number})


def read(paths: LibraryPaths, encoder: FormulaEncoder) -> int:
    """Open the newest build, search it, and check that all it says is its own; the build's
    number.
    """
    with builds.open_build(paths) as build:
        number = int(build.facts["number"])
        words = keywords.KeywordIndex.open(build.path("keywords"))
        searcher = Searcher(encoder, index.VectorIndex.open(build.folder), words, build)
        found = searcher.search("flat minima", limit=50)
        assert {h.work for h in found.hits} - {"stamp"} == {f"w{i}" for i in range(number + 1)}
        stamps = [h for h in searcher.search("stamp of build", limit=50).hits if h.work == "stamp"]
        assert [h.chunk.text for h in stamps] == [f"The stamp of build stamp{number}x"]
        return number


def test_sixteen_readers_while_builds_are_published(tmp_path: Path) -> None:
    paths, encoder = LibraryPaths(tmp_path), FormulaEncoder()
    publish(paths, encoder, None, 0)
    stop = threading.Event()

    def reader() -> list[int]:
        seen = [read(paths, encoder)]
        while not stop.is_set():
            seen.append(read(paths, encoder))
        return seen

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(reader) for _ in range(READERS)]
        try:
            for number in range(1, BUILDS):
                with builds.open_build(paths) as base:
                    publish(paths, encoder, base, number)
                builds.prune_builds(paths, keep=2)
        finally:
            stop.set()
        seen = [future.result() for future in readers]
    assert all(numbers == sorted(numbers) for numbers in seen)
    assert read(paths, encoder) == BUILDS - 1


def test_reference_lists_are_found_by_their_words_and_have_no_vectors(tmp_path: Path) -> None:
    encoder = FormulaEncoder()
    listed = "[1] Q. Zebrowski. Sharp minima everywhere. 1999."
    added = [
        Addition(
            f"w{i}",
            f"s{i}",
            "1",
            [
                Chunk(f"s{i}", 0, f"Flat minima of kind {i}", page=1),
                Chunk(f"s{i}", 1, listed, "references", page=2),
            ],
        )
        for i in range(3)
    ]
    with BuildWriter(LibraryPaths(tmp_path)) as writer:
        changes = writer.update(added)
        embedder = Embedder(encoder, VectorCache(tmp_path / "cache", encoder.key))
        write_vectors(writer, changes, embedder, {"w0": "A title"})
        write_keywords(writer, changes, {"w0": "A title"})
        writer.publish({"model": encoder.name})
    assert embedder.embedded == 3
    with builds.open_build(LibraryPaths(tmp_path)) as build:
        vectors = index.VectorIndex.open(build.folder)
        assert {build.passages([row])[0].chunk.kind for row in vectors.rows.tolist()} == {"body"}
        searcher = Searcher(
            encoder, vectors, keywords.KeywordIndex.open(build.path("keywords")), build
        )
        found = searcher.search("in:references Zebrowski")
        assert found.close
        assert {h.work for h in found.hits} == {"w0", "w1", "w2"}
        assert {h.chunk.kind for h in found.hits} == {"references"}
        assert not searcher.search("in:references chlorophyll").close
        assert not searcher.search(
            "Zebrowski"
        ).close  # reference lists are searched only where it is asked for
        assert all(math.isnan(hit.similarity) for hit in found.hits)  # no vector took part
        like = searcher.more_like(rows=[int(found.hits[0].row)])
        assert like.hits
        assert all(
            hit.similarity > 0 for hit in like.hits
        )  # by meaning too, though the list itself has no vector
        assert (
            searcher.locate("Zebrowski. Sharp minima everywhere").hits[0].chunk.kind == "references"
        )
