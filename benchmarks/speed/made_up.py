"""Papers, passages and vectors that are made up, for times that depend on their number alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np

from litmap.builds import Addition, BuildWriter, Changes, open_build
from litmap.index import update_index
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
