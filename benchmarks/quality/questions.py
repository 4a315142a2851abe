"""Questions with known paper and page over the shared papers: `python -m
benchmarks.quality.questions [--json] [--misses]`.

Builds an index of all papers (text, passages, vectors, keywords: litmap's own), asks the 200
questions of benchmarks/data/questions.json, and reports how often the paper is among the first five
papers and a passage on the right page among the first five passages; for quotations also how often
`locate` names paper and page first. How the questions were made stands in the file. Papers are
found through LITMAP_SHARED or ../shared.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.places import DATA, shared
from litmap import builds, chunks, index, keywords, text
from litmap.builds import Addition, BuildWriter
from litmap.models import Document, Hit
from litmap.paths import LibraryPaths
from litmap.pipeline.embedder import Embedder
from litmap.pipeline.index_writers import write_keywords, write_vectors
from litmap.protocols import Encoder
from litmap.search import Facts, Searcher
from litmap.vectors import VectorCache, load_encoder

QUESTIONS = DATA / "questions.json"
TOP = 5
ELSEWHERE = (
    "recipe for sourdough bread with rye flour",
    "who won the football world cup in 1974",
    "cheap flights from Lisbon to Oslo in July",
    "how to repot an orchid",
    "symptoms of vitamin B12 deficiency in cats",
    "medieval castles along the Loire valley",
    "tax return deadline for freelancers",
    "chord progression of a twelve bar blues",
    "replacing the brake pads of a bicycle",
    "best hiking trails in Patagonia",
    "roman emperors of the third century",
    "knitting pattern for a child's cardigan",
)
"""Questions to which no paper on learning theory has an answer."""


def read_documents(
    papers: Path, manifest: Sequence[Mapping[str, Any]], cache: Path
) -> dict[str, Document]:
    """The papers' texts by key, extracted once."""
    documents: dict[str, Document] = {}
    wanted: dict[str, Path] = {}
    for paper in manifest:
        kept = cache / f"{paper['sha256']}.{text.EXTRACTOR}.json.gz"
        if kept.exists():
            documents[paper["key"]] = text.loads(kept.read_bytes())
        else:
            wanted[paper["sha256"]] = papers / paper["file"]
    keys = {paper["sha256"]: paper["key"] for paper in manifest}
    cache.mkdir(parents=True, exist_ok=True)
    for sha256, document in text.extract_many(list(wanted.items())):
        if isinstance(document, Document):
            (cache / f"{sha256}.{text.EXTRACTOR}.json.gz").write_bytes(text.dumps(document))
            documents[keys[sha256]] = document
    return documents


def build(
    manifest: Sequence[Mapping[str, Any]],
    documents: Mapping[str, Document],
    encoder: Encoder,
    root: Path,
    cache: Path,
) -> None:
    """Index the papers as a library's build under `root`."""
    titles = {paper["key"]: paper["title"] for paper in manifest}

    def additions() -> Iterator[Addition]:
        for key, document in documents.items():
            yield Addition(key, document.sha256, key, chunks.cut(document, encoder))

    with BuildWriter(LibraryPaths(root)) as writer:
        changes = writer.update(additions())
        embedder = Embedder(encoder, VectorCache(cache, str(getattr(encoder, "key", encoder.name))))
        write_vectors(writer, changes, embedder, titles)
        write_keywords(writer, changes, titles)
        writer.publish({"model": encoder.name})


def quote(papers: Path, paper: Mapping[str, Any], question: Mapping[str, Any]) -> str:
    """The sentence of a quotation question, taken from the PDF, with typos, a broken line and a
    changed case.
    """
    import pymupdf

    with pymupdf.open(papers / paper["file"]) as pdf:
        words = " ".join(pdf[question["page"] - 1].get_text().replace("-\n", "").split()).split()
    start = question["starts"].split()
    at = next((i for i in range(len(words)) if words[i : i + len(start)] == start), None)
    sentence = words[at : at + question["words"]] if at is not None else start
    return damage(" ".join(sentence), question["seed"])


def damage(sentence: str, seed: int) -> str:
    """A sentence as it is remembered or pasted: about one typo in 40 letters, a broken line, here
    and there a case.
    """
    rng = random.Random(seed)
    letters = list(sentence)
    for _ in range(max(1, len(letters) // 40)):
        i = rng.randrange(1, len(letters) - 1)
        if not letters[i].isalpha():
            continue
        fault = rng.choice(("drop", "double", "swap", "change"))
        if fault == "drop":
            letters[i] = ""
        elif fault == "double":
            letters[i] *= 2
        elif fault == "swap":
            letters[i], letters[i + 1] = letters[i + 1], letters[i]
        else:
            letters[i] = rng.choice("abcdefghijklmnopqrstuvwxyz")
    broken = "".join(letters)
    spaces = [i for i, c in enumerate(broken) if c == " "]
    if spaces:
        i = rng.choice(spaces)
        broken = broken[:i] + rng.choice(("\n", " \n ")) + broken[i + 1 :]
    return broken.capitalize() if rng.random() < 0.3 else broken


def on_page(hit: Hit, page: int) -> bool:
    """Whether the passage has a line on the page."""
    return hit.page == page or any(rect[0] == page for rect in hit.chunk.rects)


def ask(searcher: Searcher, text_: str, question: Mapping[str, Any]) -> dict[str, Any]:
    """What came of one question."""
    start = time.perf_counter()
    results = searcher.search(text_, limit=TOP)
    seconds = time.perf_counter() - start
    own = [hit for hit in results.hits if hit.work == question["paper"]]
    outcome = {
        "paper": question["paper"] in [work.work for work in results.works[:TOP]],
        "page": any(on_page(hit, question["page"]) for hit in own),
        "sentence": any(hit.page == question["page"] for hit in own),
        "close": results.close,
        "seconds": seconds,
    }
    if question["kind"] == "quotation":
        located = searcher.locate(text_).hits
        outcome["located"] = bool(located) and located[0].work == question["paper"]
        outcome["located page"] = outcome["located"] and on_page(located[0], question["page"])
    return outcome


def summarise(
    outcomes: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> dict[str, dict[str, float]]:
    """Shares by kind of question and over all."""
    table = {}
    for kind in ("paraphrase", "keywords", "quotation", "all"):
        rows = [o for q, o in outcomes if kind in ("all", q["kind"])]
        names = sorted({n for row in rows for n in row} - {"seconds"})
        table[kind] = {"questions": float(len(rows))}
        for name in names:
            held = [row[name] for row in rows if name in row]
            table[kind][name] = sum(held) / len(held)
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality.questions", description=__doc__
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--misses", action="store_true", help="print the questions whose page was not found"
    )
    parser.add_argument("--cache", type=Path, help="keep texts and vectors here between runs")
    parser.add_argument("--backend", default="auto")
    options = parser.parse_args(arguments)
    folder = shared()
    if folder is None:
        print("the shared papers are not here: set LITMAP_SHARED", file=sys.stderr)
        return 1
    papers = folder / "papers"
    manifest = json.loads((papers / "manifest.json").read_text("utf-8"))
    by_key = {paper["key"]: paper for paper in manifest}
    questions = json.loads(QUESTIONS.read_text("utf-8"))["questions"]
    with tempfile.TemporaryDirectory() as scratch:
        cache = options.cache or Path(scratch) / "cache"
        encoder = load_encoder("", models_dir=cache / "models", backend=options.backend)
        paths = LibraryPaths(Path(scratch) / "library")
        build(
            manifest,
            read_documents(papers, manifest, cache / "texts"),
            encoder,
            paths.root,
            cache / "vectors",
        )
        facts = {k: Facts(k, p["title"], tuple(p["authors"]), p["year"]) for k, p in by_key.items()}
        with builds.open_build(paths) as opened:
            words = keywords.KeywordIndex.open(opened.path("keywords"))
            searcher = Searcher(
                encoder, index.VectorIndex.open(opened.folder), words, opened, facts
            )
            asked = [
                (q, q.get("question") or quote(papers, by_key[q["paper"]], q))
                for q in questions
                if q["paper"] in by_key
            ]
            outcomes = [(q, ask(searcher, asked_text, q)) for q, asked_text in asked]
            far = sum(not searcher.search(q).close for q in ELSEWHERE) / len(ELSEWHERE)
    table = summarise(outcomes)
    table["elsewhere"] = {"questions": float(len(ELSEWHERE)), "close": 1 - far}
    if options.misses:
        for (q, outcome), (_, asked_text) in zip(outcomes, asked, strict=True):
            if not outcome["page"]:
                print(
                    f"{q['kind']} {q['paper']} p. {q['page']} paper={outcome['paper']}: "
                    f"{asked_text!r}",
                    file=sys.stderr,
                )
    if options.json:
        print(json.dumps(table, indent=1))
        return 0
    for kind, shares in table.items():
        print(f"{kind:<12}" + "  ".join(f"{name} {share:.3g}" for name, share in shares.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
