"""How a library grows: build, open, refresh and whole searches at 10 thousand to 10 million
passages.

    python -m benchmarks.speed.scale [--from LIBRARY] [--sizes 10000 100000] [--keep DIR] [--json]
    python -m benchmarks.speed.scale --from LIBRARY --measure DIR/SIZE

LIBRARY is a real one (some 60 papers) made with the usual model; else one is made of papers of
LITMAP_SHARED or `../shared`. Its papers are multiplied: each copy of a passage lies near it, moved along differences of two passages of one
paper, and a share of its words is drawn anew from all words of the library, so that nearly nothing
is a repetition (`Multiplied`). Every size is built in a process of its own; peak memory is that of
all its processes together, what they have mapped from files apart. `--keep` keeps the built
libraries, `--measure` measures one of them again, without building it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.places import shared
from benchmarks.rivals.side_by_side import draw
from benchmarks.speed.search import questions
from litmap import builds, keywords
from litmap.builds import Addition, Build, BuildWriter, Changes, open_build
from litmap.chunks import is_embedded
from litmap.index import VectorIndex, update_index
from litmap.models import Chunk
from litmap.paths import LibraryPaths
from litmap.pipeline import add_dropped
from litmap.pipeline.index_writers import write_keywords
from litmap.search import Facts, Searcher
from litmap.settings import load_settings
from litmap.vectors import load_encoder

PAPERS = 60
REPLACED = 0.3
"""Share of a copy's words that are drawn anew."""
OF_PAPER, OF_PASSAGE = 0.5, 0.5
"""By how much of the difference of two passages a copy of a paper is moved, and each of its
passages.
"""
FILTERS = {
    "none": "",
    "half of the works": " tag:half",
    "one work in a hundred": " tag:hundredth",
    "one work": " author:Number7",
    "a range of years": " year:2001..2006",
}
QUERIES = 60


class Multiplied:
    """As many papers as one likes, made of the papers of a library."""

    def __init__(self, library: Path) -> None:
        with open_build(LibraryPaths(library)) as build:
            sources = [s for s in build.sources if s.count > 10 and ":" not in s.source]
            index = VectorIndex.open(build.folder)
            self.papers = [_paper(build, index, source) for source in sources]
        self.words = np.array(
            sorted({w for chunks, _ in self.papers for c in chunks for w in c.text.split(" ")}),
            dtype=object,
        )
        number = {word: i for i, word in enumerate(self.words.tolist())}
        self._texts = [
            [np.array([number[w] for w in c.text.split(" ")], np.int32) for c in chunks]
            for chunks, _ in self.papers
        ]
        self._drawn = np.concatenate([text for own in self._texts for text in own])
        self.dim = self.papers[0][1].shape[1]

    def size(self, number: int) -> int:
        """Passages of a paper."""
        return len(self.papers[number % len(self.papers)][0])

    def chunks(self, number: int) -> list[Chunk]:
        """The passages of a paper."""
        chance = np.random.default_rng((1, number))
        own, _ = self.papers[number % len(self.papers)]
        made = []
        for chunk, text in zip(own, self._texts[number % len(self.papers)], strict=True):
            drawn = self._drawn[chance.integers(0, self._drawn.size, text.size)]
            changed = np.where(chance.random(text.size) < REPLACED, drawn, text)
            words = " ".join(self.words[changed].tolist())
            made.append(Chunk(f"{number:064x}", chunk.ordinal, words, chunk.kind,
                              chunk.section, chunk.page, chunk.rects))  # fmt: skip
        return made

    def vectors(self, number: int) -> np.ndarray:
        """The unit vectors of a paper's passages, of those that have one."""
        chance = np.random.default_rng((2, number))
        own = self.papers[number % len(self.papers)][1]
        moves = OF_PASSAGE * self._differences(chance, len(own))
        moved = own + OF_PAPER * self._differences(chance, 1) + moves
        return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)

    def _differences(self, chance: np.random.Generator, count: int) -> np.ndarray:
        """Differences of two passages of one paper, (count, dim)."""
        _, vectors = self.papers[chance.integers(0, len(self.papers))]
        first, second = chance.integers(0, len(vectors), (2, count))
        return vectors[first] - vectors[second]

    def title(self, number: int) -> str:
        """The title of a paper."""
        chance = np.random.default_rng((3, number))
        return " ".join(self.words[self._drawn[chance.integers(0, self._drawn.size, 8)]].tolist())


def _paper(
    build: Build, index: VectorIndex, source: builds.SourceRows
) -> tuple[list[Chunk], np.ndarray]:
    """A source's passages, and the vectors of those that have one."""
    rows = np.arange(source.first, source.first + source.count)
    chunks = [passage.chunk for passage in build.passages(rows)]
    has_vector = np.array([is_embedded(chunk) for chunk in chunks])
    return chunks, index.vectors(rows[has_vector])


def name_of(number: int) -> str:
    """A work's id."""
    return f"arxiv:{number:09d}"


def facts_of(made: Multiplied, count: int) -> dict[str, Facts]:
    """What the catalogue would say of the works."""
    return {
        name_of(n): Facts(
            name_of(n),
            made.title(n),
            (f"A. Number{n}",),
            1995 + n * 7 % 30,
            tags=("half",) * (n % 2) + ("hundredth",) * (n % 100 == 0),
        )
        for n in range(count)
    }


class Memory:
    """The most memory that this process and its children held together, in GB: their own, without
    what is mapped from files.
    """

    def __init__(self) -> None:
        self.peak = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._end.wait(0.2):
            self.peak = max(self.peak, sum(map(_own_memory, _with_children(os.getpid()))) / 1e6)

    def close(self) -> float:
        """Stop watching; the peak."""
        self._end.set()
        self._thread.join()
        return round(self.peak, 2)


def _with_children(process: int) -> list[int]:
    try:
        text = Path(f"/proc/{process}/task/{process}/children").read_text()
        others = [Path(f"/proc/{process}/task/{t.name}/children").read_text()
                  for t in Path(f"/proc/{process}/task").iterdir() if t.name != str(process)]  # fmt: skip
    except OSError:
        return [process]
    children = [int(child) for child in " ".join([text, *others]).split()]
    return [process, *(p for child in children for p in _with_children(child))]


def _own_memory(process: int) -> int:
    """Kilobytes that are no file's."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon", "RssShmem")))


def write(paths: LibraryPaths, made: Multiplied, first: int, last: int) -> dict[str, float]:
    """Publish a build with papers first to last added; seconds by part, 'made_up' is the
    benchmark's own work.
    """
    base = open_build(paths) if paths.current.exists() else None
    seconds: dict[str, float] = {}
    spent = {"texts": 0.0, "vectors": 0.0}

    def additions() -> Iterator[Addition]:
        for number in range(first, last):
            start = time.perf_counter()
            chunks = made.chunks(number)
            spent["texts"] += time.perf_counter() - start
            yield Addition(name_of(number), f"{number:064x}", "1", chunks)

    def blocks(changes: Changes) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for block in changes.blocks:
            start = time.perf_counter()
            number = int(block.source, 16)
            vectors = made.vectors(number)
            own = [is_embedded(c) for c in made.papers[number % len(made.papers)][0]]
            rows = np.arange(block.first, block.first + block.count)[own]
            spent["vectors"] += time.perf_counter() - start
            yield rows, vectors

    def vectors(old: Path | None, new: Path, changes: Changes) -> None:
        added = blocks(changes)
        update_index(old, new, added=added, removed=changes.removed, dim=made.dim)

    titles = {name_of(number): made.title(number) for number in range(first, last)}
    with BuildWriter(paths, base=base) as writer:
        marks = [time.perf_counter()]
        changes = writer.update(additions())
        marks.append(time.perf_counter())
        writer.step(vectors, changes)
        marks.append(time.perf_counter())
        write_keywords(writer, changes, titles)
        marks.append(time.perf_counter())
        writer.publish({})
        marks.append(time.perf_counter())
    if base:
        base.close()
    names = ("passages", "vectors", "keywords", "publish")
    seconds = {n: b - a for n, a, b in zip(names, marks, marks[1:], strict=False)}
    seconds["passages"] -= spent["texts"]
    seconds["vectors"] -= spent["vectors"]
    seconds["all"] = sum(seconds.values())
    return seconds | {"made_up": sum(spent.values())}


def papers_for(made: Multiplied, passages: int) -> int:
    """How many papers have so many passages."""
    each = [made.size(number) for number in range(len(made.papers))]
    whole, rest = divmod(passages, sum(each))
    return whole * len(each) + int(np.searchsorted(np.cumsum(each), rest))


def build(made: Multiplied, passages: int, folder: Path) -> dict[str, Any]:
    """Build a library of so many passages; figures."""
    paths, count, memory = LibraryPaths(folder), papers_for(made, passages), Memory()
    found: dict[str, Any] = {"build_s": rounded(write(paths, made, 0, count))}
    found["build_peak_gb"] = memory.close()
    (folder / "scale.json").write_text(json.dumps({"papers": count}))
    with open_build(paths) as opened:
        found["passages"] = opened.count
        found["size_mb"] = sizes(opened.folder)
    return found


def measure(made: Multiplied, folder: Path, models: Path) -> dict[str, Any]:
    """Opening, one new paper and searches in a library that was built; figures."""
    paths, state = LibraryPaths(folder), folder / "scale.json"
    papers = json.loads(state.read_text())["papers"]
    memory = Memory()
    found: dict[str, Any] = {"refresh_s": rounded(write(paths, made, papers, papers + 1))}
    found["refresh_peak_gb"] = memory.close()
    state.write_text(json.dumps({"papers": papers + 1}))
    builds.prune_builds(paths, keep=1)
    facts = facts_of(made, papers + 1)
    encoder = load_encoder("", models_dir=models)
    start = time.perf_counter()
    opened = open_build(paths)
    marks = [start, time.perf_counter()]
    vectors = VectorIndex.open(opened.folder)
    marks.append(time.perf_counter())
    words = keywords.KeywordIndex.open(opened.path("keywords"))
    marks.append(time.perf_counter())
    names = ("build", "vectors", "keywords")
    found["open_s"] = rounded({n: b - a for n, a, b in zip(names, marks, marks[1:], strict=False)})
    found["recall_at_10"] = recall(vectors, encoder.encode(asked(made)))
    searcher = Searcher(encoder, vectors, words, opened, facts)
    found["search_ms"] = searches(searcher, asked(made))
    opened.close()
    return found


def asked(made: Multiplied) -> list[str]:
    """Real questions, and as many phrases from the papers."""
    chance = np.random.default_rng(7)
    texts = [c.text.split() for chunks, _ in made.papers for c in chunks if c.kind == "body"]
    picked = [texts[i] for i in chance.integers(0, len(texts), QUERIES // 2)]
    phrases = [" ".join(w.strip('".,:;()') for w in text[5:13]) for text in picked]
    return [q for pair in zip(questions(), phrases, strict=False) for q in pair][:QUERIES]


def recall(index: VectorIndex, vectors: np.ndarray) -> float:
    """How many of the ten nearest are found, by comparing all."""
    exact = index.search(vectors, 10, exact=True)[1]
    near = np.concatenate([index.search(v[None], 10)[1] for v in vectors])
    shares = [len(set(a) & set(b)) / 10 for a, b in zip(exact.tolist(), near.tolist(), strict=True)]
    return round(float(np.mean(shares)), 4)


def searches(searcher: Searcher, texts: Sequence[str]) -> dict[str, Any]:
    """p50 and p95 in milliseconds of whole searches: the query embedded, ten works found, their
    passages read and marked.
    """
    found: dict[str, Any] = {}
    for name, added in FILTERS.items():
        spent = []
        for text in texts[: QUERIES // (1 if name == "none" else 3)]:
            start = time.perf_counter()
            results = searcher.search(text + added, limit=10)
            for work in results.works:
                list(work.hits)
            list(results.hits)
            spent.append(1000 * (time.perf_counter() - start))
        first, later = spent[0], spent[3:]
        found[name] = {
            "first": round(first, 1),
            "p50": round(float(np.percentile(later, 50)), 1),
            "p95": round(float(np.percentile(later, 95)), 1),
        }
    return found


def sizes(folder: Path) -> dict[str, float]:
    """Megabytes by part of a build."""
    found = {"passages": 0.0, "vectors": 0.0, "keywords": 0.0}
    for path in folder.rglob("*"):
        if path.is_file():
            part = path.relative_to(folder).parts[0]
            part = part if part in found else "passages"
            found[part] += path.stat().st_size / 1e6
    return {part: round(size, 1) for part, size in found.items()}


def rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--from", dest="library", type=Path, help="a library")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--keep", type=Path, help="keep the libraries in this folder, by size")
    parser.add_argument("--measure", type=Path, help="a library that was kept")
    parser.add_argument("--models", type=Path, help="folder of models")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--build", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        library = options.library or real_library(Path(scratch) / "real")
        models = options.models or library / "models"
        if options.build:
            print(json.dumps(build(Multiplied(library), options.build, options.keep)))
        elif options.measure:
            show([measure(Multiplied(library), options.measure, models)], as_json=options.json)
        else:
            kept = options.keep or Path(scratch)
            found = (in_processes(library, n, kept / str(n), models) for n in options.sizes)
            show(found, as_json=options.json)


def real_library(folder: Path) -> Path:
    """A library of some of the shared papers."""
    given = shared()
    if given is None:
        raise SystemExit("the shared papers are not here: set LITMAP_SHARED, or name a library")
    (folder / "papers").mkdir(parents=True)
    for paper in draw(given, PAPERS, 0)[0]:
        shutil.copy(paper, folder / "papers")
    add_dropped(load_settings({"library": folder, "offline": True}))
    return folder


def in_processes(library: Path, size: int, folder: Path, models: Path) -> dict[str, Any]:
    """A size built in one process and measured in another."""
    found: dict[str, Any] = {}
    folder.mkdir(parents=True, exist_ok=True)
    for task in (
        ["--build", str(size), "--keep", str(folder)],
        ["--measure", str(folder), "--models", str(models), "--json"],
    ):
        command = [sys.executable, "-m", "benchmarks.speed.scale", "--from", str(library), *task]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        printed = json.loads(done.stdout)
        found |= printed[0] if isinstance(printed, list) else printed
    return found


def show(found: Iterable[dict[str, Any]], *, as_json: bool) -> None:
    """Print figures, as a table each as soon as they are there."""
    if as_json:
        print(json.dumps(list(found)))
        return
    for figures in found:
        print("".join(f"{key:16} {value}\n" for key, value in figures.items()), flush=True)


if __name__ == "__main__":
    main()
