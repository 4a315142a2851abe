"""How the index grows: build, open, search and one-paper refresh at 10 thousand to 1 million
passages.

    python -m benchmarks.speed.scale [--sizes 10000 100000 1000000] [--keywords] [--json]

The vectors are synthetic and clustered like real ones (topics, papers, passages; a decaying
spectrum); the passages have 900 characters and twelve rectangles each. Making them up is timed
apart ('synthetic'). Every size runs in a process of its own, whose peak memory is reported.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from litmap.builds import Addition, BuildWriter, Changes, open_build
from litmap.index import VectorIndex, update_index
from litmap.models import Chunk
from litmap.paths import LibraryPaths

T = TypeVar("T")
DIM, PASSAGES = 384, 50
RECTS = tuple((1 + i // 8, 72.0, 80.0 + 12 * i, 540.0, 91.0 + 12 * i) for i in range(12))


class Synthetic:
    """Papers around topics, passages around papers; components fall off like those of a language
    model's vectors.
    """

    def __init__(self, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.scale = (np.arange(1, DIM + 1) ** -0.4).astype(np.float32)
        self.basis = np.linalg.qr(rng.standard_normal((DIM, DIM)))[0].astype(np.float32)
        self.topics = self.noise(rng, 200)

    def noise(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """Vectors around zero, (n, DIM)."""
        return (rng.standard_normal((n, DIM), dtype=np.float32) * self.scale) @ self.basis

    def paper(self, number: int) -> np.ndarray:
        """The unit vectors of one paper's passages."""
        rng = np.random.default_rng((1, number))
        centre = self.topics[rng.integers(0, len(self.topics))] + 0.8 * self.noise(rng, 1)[0]
        vectors = centre + 0.8 * self.noise(rng, PASSAGES)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def queries(self, n: int, papers: int) -> np.ndarray:
        """Unit vectors near passages of some of the papers, (n, DIM)."""
        rng = np.random.default_rng(2)
        some = np.stack([self.paper(int(rng.integers(0, papers)))[3] for _ in range(n)])
        vectors = some + 0.5 * self.noise(rng, n) / np.linalg.norm(self.scale)
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def words() -> list[str]:
    """A vocabulary with the usual few common and many rare words."""
    rng = np.random.default_rng(3)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    return ["".join(rng.choice(letters, int(n))) for n in rng.integers(2, 11, 30_000)]


VOCABULARY = words()


@cache
def texts_of(number: int) -> list[str]:
    """Texts of a thousand papers, used again and again: only the keyword index would notice."""
    rng = np.random.default_rng((4, number))
    picks = np.minimum(rng.zipf(1.3, (PASSAGES, 140)) - 1, len(VOCABULARY) - 1)
    return [" ".join(VOCABULARY[i] for i in row) for row in picks]


def chunks(number: int) -> list[Chunk]:
    texts = texts_of(number % 1000)
    return [
        Chunk(f"{number:064x}", i, t[:900], "body", "3 Results", 1 + i // 4, RECTS)
        for i, t in enumerate(texts)
    ]


class Clock:
    """Adds up the time spent in making things up."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, make: Callable[[int], T], number: int) -> T:
        """The made thing."""
        start = time.perf_counter()
        made = make(number)
        self.seconds += time.perf_counter() - start
        return made


def additions(first: int, last: int, clock: Clock) -> Iterator[Addition]:
    for number in range(first, last):
        yield Addition(f"arxiv:{number:09d}", f"{number:064x}", "1", clock(chunks, number))


def write(
    paths: LibraryPaths, synthetic: Synthetic, first: int, last: int, *, keywords: bool
) -> dict[str, float]:
    """Publish a build with papers first to last added; seconds by part."""
    base = open_build(paths) if paths.current.exists() else None
    seconds: dict[str, float] = {}
    texts, points = Clock(), Clock()
    with BuildWriter(paths, base=base) as writer:
        start = time.perf_counter()
        changes = writer.update(additions(first, last, texts))
        seconds["passages"] = time.perf_counter() - start - texts.seconds

        def vectors(old: Path | None, new: Path, _: Changes) -> None:
            blocks = (
                (np.arange(b.first, b.first + b.count), points(synthetic.paper, int(b.source, 16)))
                for b in changes.blocks
            )
            update_index(old, new, added=blocks, removed=changes.removed, dim=DIM)

        start = time.perf_counter()
        writer.step(vectors, changes)
        seconds["vectors"] = time.perf_counter() - start - points.seconds
        if keywords:
            start = time.perf_counter()
            writer.step(words_step, changes)
            seconds["keywords"] = time.perf_counter() - start
        start = time.perf_counter()
        writer.publish({})
        seconds["publish"] = time.perf_counter() - start
    if base:
        base.close()
    seconds["all"] = sum(seconds.values())
    seconds["synthetic"] = texts.seconds + points.seconds
    return seconds


def words_step(old: Path | None, new: Path, changes: Changes) -> None:
    from litmap import keywords

    added = (keywords.Entry(p.row, p.work, p.chunk.text, p.chunk.kind) for p in changes.passages())
    keywords.update(
        new / "keywords", added, changes.removed.tolist(), old / "keywords" if old else None
    )


def times(work: Any, n: int) -> dict[str, float]:
    """p50 and p95 in milliseconds, by the clock and of the processor (steadier where other programs
    run).
    """
    wall, processor = [], []
    for i in range(n):
        start, own = time.perf_counter(), time.process_time()
        work(i)
        wall.append(1e3 * (time.perf_counter() - start))
        processor.append(1e3 * (time.process_time() - own))
    return {
        f"{name}p{p}": round(float(np.percentile(taken, p)), 2)
        for name, taken in (("", wall), ("processor_", processor))
        for p in (50, 95)
    }


def mask_of(rows: np.ndarray) -> np.ndarray:
    """A mask that ends with the last of these rows."""
    mask = np.zeros(int(rows.max(initial=-1)) + 1, bool)
    mask[rows] = True
    return mask


def size(path: Path) -> int:
    return sum(p.stat().st_size for p in path.rglob("*") if p.is_file())


def peak() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 2)


def measure(n: int, folder: Path, *, keywords: bool) -> dict[str, Any]:
    paths, synthetic, papers = LibraryPaths(folder / "index"), Synthetic(), n // PASSAGES
    found: dict[str, Any] = {"passages": n}
    found["build_s"] = {
        k: round(v, 2) for k, v in write(paths, synthetic, 0, papers, keywords=keywords).items()
    }
    found["build_peak_gb"] = peak()
    with open_build(paths) as build:
        found["size_mb"] = {p.name: round(size(p) / 1e6 if p.is_dir() else p.stat().st_size / 1e6, 1)
                            for p in sorted(build.folder.iterdir())}  # fmt: skip
    found["refresh_s"] = {
        k: round(v, 3)
        for k, v in write(paths, synthetic, papers, papers + 1, keywords=keywords).items()
    }
    start = time.perf_counter()
    build = open_build(paths)
    index = VectorIndex.open(build.folder)
    found["open_ms"] = round(1e3 * (time.perf_counter() - start), 2)
    queries = synthetic.queries(200, papers)
    exact = index.search(queries[:100], 10, exact=True)[1]
    near = index.search(queries[:100], 10)[1]
    found["recall_at_10"] = round(
        float(
            np.mean(
                [
                    len(set(a) & set(b)) / 10
                    for a, b in zip(exact.tolist(), near.tolist(), strict=True)
                ]
            )
        ),
        4,
    )
    found["search_ms"] = times(lambda i: index.search(queries[i : i + 1], 10), 200)
    found["search_and_read_ms"] = times(
        lambda i: build.passages(index.search(queries[i : i + 1], 10)[1][0]), 200
    )
    for name, share in (
        ("filter_1_work_ms", papers),
        ("filter_1_percent_ms", 100),
        ("filter_half_ms", 2),
    ):
        works = {f"arxiv:{i:09d}" for i in range(0, papers, share)}
        found[name] = times(
            lambda i, w=works: index.search(queries[i : i + 1], 10, mask_of(build.select(works=w))),
            20,
        )
    build.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--keywords", action="store_true", help="build the keyword index too")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(measure(options.one, Path(folder), keywords=options.keywords)))
        return
    results = []
    for n in options.sizes:
        command = [sys.executable, "-m", "benchmarks.speed.scale", "--one", str(n)]
        command += ["--keywords"] if options.keywords else []
        results.append(
            json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        )
        if not options.json:
            for key, value in results[-1].items():
                print(f"{key:22} {value}")
            print(flush=True)
    if options.json:
        print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
