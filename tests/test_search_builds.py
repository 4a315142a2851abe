"""Many readers search while builds are published: no error, and never a mix of two builds."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from litmap import builds, index, keywords
from litmap.builds import Addition, Build, BuildWriter, Changes
from litmap.layout import Layout
from litmap.models import Chunk
from litmap.search import Searcher
from tests.search_parts import FormulaEncoder

READERS = 16
BUILDS = 8


def publish(layout: Layout, encoder: FormulaEncoder, base: Build | None, number: int) -> None:
    """Build `number` holds works w0 … w<number>, each of which says so, and none of the build's own old 'stamp'."""
    added = [
        Addition(
            f"w{number}", f"sha{number}", "1", [Chunk(f"sha{number}", 0, f"Topic apple{number} of flat minima", page=1)]
        ),
        Addition("stamp", "stamp", str(number), [Chunk("stamp", 0, f"The stamp of build stamp{number}x", page=1)]),
    ]
    with BuildWriter(layout, base=base) as writer:
        changes = writer.update(added)

        def step(old: Path | None, new: Path, done: Changes) -> None:
            passages = list(done.passages())
            vectors = encoder.encode([p.chunk.text for p in passages])
            rows = np.array([p.row for p in passages], np.int64)
            index.update_index(old, new, added=[(rows, vectors)], removed=done.removed, dim=encoder.dim)
            keywords.update(
                new / "keywords",
                keywords.make_entries(passages, {}),
                done.removed.tolist(),
                old / "keywords" if old else None,
            )

        writer.step(step, changes)
        writer.publish({"model": encoder.name, "number": number})


def read(layout: Layout, encoder: FormulaEncoder) -> int:
    """Open the newest build, search it, and check that all it says is its own; the build's number."""
    with builds.open_build(layout) as build:
        number = int(build.facts["number"])
        words = keywords.KeywordIndex.open(build.path("keywords"))
        searcher = Searcher(encoder, index.VectorIndex.open(build.folder), words, build)
        found = searcher.search("flat minima", limit=50)
        assert {h.work for h in found.hits} - {"stamp"} == {f"w{i}" for i in range(number + 1)}
        stamps = [h for h in searcher.search("stamp of build", limit=50).hits if h.work == "stamp"]
        assert [h.chunk.text for h in stamps] == [f"The stamp of build stamp{number}x"]
        return number


def test_sixteen_readers_while_builds_are_published(tmp_path: Path) -> None:
    layout, encoder = Layout(tmp_path), FormulaEncoder()
    publish(layout, encoder, None, 0)
    stop = threading.Event()

    def reader() -> list[int]:
        seen = [read(layout, encoder)]
        while not stop.is_set():
            seen.append(read(layout, encoder))
        return seen

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(reader) for _ in range(READERS)]
        try:
            for number in range(1, BUILDS):
                with builds.open_build(layout) as base:
                    publish(layout, encoder, base, number)
                builds.prune_builds(layout, keep=2)
        finally:
            stop.set()
        seen = [future.result() for future in readers]
    assert all(numbers == sorted(numbers) for numbers in seen)
    assert read(layout, encoder) == BUILDS - 1
