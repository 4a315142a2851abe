"""Keyword engines side by side: `python -m benchmarks.speed.keywords [--sizes 5000 100000]
[--engines …] [--json]`.

litmap's own index, SQLite FTS5 (porter), bm25s and tantivy, over the same made-up passages (words
drawn from a Zipf distribution like that of papers, 120 a passage, with topics of their own), asked
the same questions of three to eight words for their best 100. Reported: seconds to build and to add
one paper of 70 passages, bytes on disk, p50 and p95 of a search in milliseconds, peak memory of the
process. Each engine runs in a process of its own.
"""

# ruff: noqa: D102 - the engines' methods are described once, in `Engine`
from __future__ import annotations

import argparse
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

WORDS = 120
VOCABULARY = 200_000
TOPICS = 300
PAPER = 70
BEST = 100
QUERIES = 100


class Engine(Protocol):
    """An engine in a folder."""

    def build(self, texts: Iterator[str]) -> None:
        """Index passages 0, 1, …"""
        ...

    def add(self, first: int, texts: list[str]) -> None:
        """Add passages from row `first` on."""
        ...

    def open(self) -> None:
        """Open for searching."""
        ...

    def search(self, query: str) -> list[int]:
        """The best rows."""
        ...


def word(number: int) -> str:
    """A made-up word of three to eight letters for a number."""
    letters = "etaoinshrdlucmfw"
    text = ""
    number += 300
    while number:
        number, rest = divmod(number, 16)
        text += letters[rest]
    return text


class Texts:
    """Passages by number, the same in every run: half general words, half of the passage's
    topic.
    """

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.words = np.array([word(i) for i in range(VOCABULARY)])
        weights = 1.0 / (np.arange(VOCABULARY) + 10.0)
        self.cumulated = np.cumsum(weights / weights.sum())
        self.topics = random.permutation(VOCABULARY)[: TOPICS * 400].reshape(TOPICS, 400)

    def passages(self, first: int, count: int) -> Iterator[str]:
        """Passages from `first` on."""
        for begin in range(first, first + count, 1000):
            random = np.random.default_rng(begin)
            n = min(1000, first + count - begin)
            general = np.searchsorted(self.cumulated, random.random((n, WORDS)))
            topic = self.topics[random.integers(0, TOPICS, n)]
            own = np.take_along_axis(
                topic, (400 * random.random((n, WORDS)) ** 2).astype(int), axis=1
            )
            numbers = np.where(random.random((n, WORDS)) < 0.75, general, own).clip(
                0, VOCABULARY - 1
            )
            for row in self.words[numbers]:
                yield " ".join(row.tolist())

    def queries(self) -> list[str]:
        """Questions of three to eight words: half of them from a topic, none of the 30
        commonest.
        """
        random = np.random.default_rng(99)
        found = []
        for _ in range(QUERIES):
            topic = self.topics[random.integers(TOPICS)]
            size = int(random.integers(3, 9))
            general = np.searchsorted(self.cumulated, random.random(size)).clip(30, VOCABULARY - 1)
            own = topic[(400 * random.random(size) ** 2).astype(int)]
            found.append(
                " ".join(self.words[np.where(random.random(size) < 0.5, general, own)].tolist())
            )
        return found


class Litmap:
    """`litmap.keywords`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def build(self, texts: Iterator[str]) -> None:
        from litmap import keywords

        keywords.update(self.folder / "0", ((i, f"w{i // PAPER}", t) for i, t in enumerate(texts)))

    def add(self, first: int, texts: list[str]) -> None:
        from litmap import keywords

        new = [(first + i, "new", t) for i, t in enumerate(texts)]
        keywords.update(self.folder / "1", new, base=self.folder / "0")

    def open(self) -> None:
        from litmap import keywords

        self.index = keywords.KeywordIndex.open(self.folder / "1")

    def search(self, query: str) -> list[int]:
        found: list[int] = self.index.search(query, BEST).rows.tolist()
        return found


class Fts5:
    """SQLite's FTS5 with the porter tokenizer, text kept outside."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "fts.sqlite"

    def build(self, texts: Iterator[str]) -> None:
        with sqlite3.connect(self.path) as connection:
            connection.execute(
                "CREATE VIRTUAL TABLE t USING fts5(text, content='', tokenize='porter unicode61')"
            )
            connection.executemany(
                "INSERT INTO t(rowid, text) VALUES (?, ?)",
                ((i + 1, x) for i, x in enumerate(texts)),
            )

    def add(self, first: int, texts: list[str]) -> None:
        with sqlite3.connect(self.path) as connection:
            connection.executemany(
                "INSERT INTO t(rowid, text) VALUES (?, ?)",
                [(first + i + 1, x) for i, x in enumerate(texts)],
            )

    def open(self) -> None:
        self.connection = sqlite3.connect(self.path)
        self.connection.execute("PRAGMA mmap_size=4000000000")

    def search(self, query: str) -> list[int]:
        asked = " OR ".join(f'"{w}"' for w in query.split())
        rows = self.connection.execute(
            "SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?", (asked, BEST)
        )
        return [row[0] - 1 for row in rows]


class Bm25s:
    """bm25s with PyStemmer, opened memory-mapped; it has no increments: adding is building anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.texts: list[str] = []

    def build(self, texts: Iterator[str]) -> None:
        import bm25s
        import Stemmer

        self.texts = self.texts or list(texts)
        tokens = bm25s.tokenize(
            self.texts, stopwords="en", stemmer=Stemmer.Stemmer("english"), show_progress=False
        )
        model = bm25s.BM25()
        model.index(tokens, show_progress=False)
        model.save(str(self.folder / "bm25s"))

    def add(self, first: int, texts: list[str]) -> None:
        self.texts += texts
        self.build(iter(()))

    def open(self) -> None:
        import bm25s
        import Stemmer

        self.texts = []
        self.model = bm25s.BM25.load(str(self.folder / "bm25s"), mmap=True)
        self.stemmer = Stemmer.Stemmer("english")

    def search(self, query: str) -> list[int]:
        import bm25s

        tokens = bm25s.tokenize([query], stopwords="en", stemmer=self.stemmer, show_progress=False)
        rows, _ = self.model.retrieve(tokens, k=BEST, show_progress=False)
        return [int(row) for row in rows[0]]


class Tantivy:
    """tantivy with its English stemmer."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("row", stored=True)
        builder.add_text_field("text", stored=False, tokenizer_name="en_stem", index_option="freq")
        self.folder = folder / "tantivy"
        self.folder.mkdir(exist_ok=True)
        self.index = tantivy.Index(builder.build(), path=str(self.folder))

    def build(self, texts: Iterator[str]) -> None:
        self._write(0, texts)

    def add(self, first: int, texts: list[str]) -> None:
        self._write(first, iter(texts))

    def _write(self, first: int, texts: Iterator[str]) -> None:
        import tantivy

        writer = self.index.writer(heap_size=300_000_000, num_threads=2)
        for i, x in enumerate(texts, first):
            writer.add_document(tantivy.Document(row=i, text=x))
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> None:
        self.index.reload()
        self.searcher = self.index.searcher()

    def search(self, query: str) -> list[int]:
        parsed = self.index.parse_query(query, ["text"])
        return [
            self.searcher.doc(address)["row"][0]
            for _, address in self.searcher.search(parsed, BEST).hits
        ]


ENGINES: dict[str, Any] = {"litmap": Litmap, "fts5": Fts5, "bm25s": Bm25s, "tantivy": Tantivy}


def measure(name: str, size: int) -> dict[str, Any]:
    """One engine at one size, in this process."""
    texts = Texts()
    folder = Path(tempfile.mkdtemp())
    try:
        engine: Engine = ENGINES[name](folder)
        list(texts.passages(0, 1000))  # tables warm
        start = time.perf_counter()
        made = sum(1 for _ in texts.passages(0, size))
        making = time.perf_counter() - start
        assert made == size
        start = time.perf_counter()
        engine.build(texts.passages(0, size))
        building = time.perf_counter() - start - making
        paper = list(texts.passages(10**7, PAPER))
        start = time.perf_counter()
        engine.add(size, paper)
        adding = time.perf_counter() - start
        bytes_ = sum(
            p.stat().st_size
            for p in {p.stat().st_ino: p for p in folder.rglob("*") if p.is_file()}.values()
        )
        engine.open()
        times = []
        queries = texts.queries()
        for query in queries:  # warm
            engine.search(query)
        for query in queries:
            start = time.perf_counter()
            engine.search(query)
            times.append(1000 * (time.perf_counter() - start))
        low, high = np.percentile(times, [50, 95])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "engine": name,
        "passages": size,
        "build s": round(building, 2),
        "add paper s": round(adding, 3),
        "MB": round(bytes_ / 1e6, 1),
        "p50 ms": round(float(low), 2),
        "p95 ms": round(float(high), 2),
        "peak MB": round(peak),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.keywords", description=__doc__
    )
    parser.add_argument("--sizes", nargs="+", type=int, default=[5_000, 100_000])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        print(json.dumps(measure(options.engines[0], options.sizes[0])))
        return 0
    rows = []
    for size in options.sizes:
        for name in options.engines:
            command = [
                sys.executable,
                "-m",
                "benchmarks.speed.keywords",
                "--one",
                "--sizes",
                str(size),
                "--engines",
                name,
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            row = (
                json.loads(done.stdout)
                if done.returncode == 0
                else {"engine": name, "passages": size, "failed": True}
            )
            if done.returncode:
                print(done.stderr[-2000:], file=sys.stderr)
            rows.append(row)
            if not options.json:
                print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    if options.json:
        print(json.dumps(rows, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
