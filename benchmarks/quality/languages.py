"""Questions over papers in German, French, Spanish, Russian and Chinese, half of them asked in
another language than the paper's: `python -m benchmarks.quality.languages PAPERS [--model MODEL]…
[--json] [--misses]`.

PAPERS is a folder with the PDFs that benchmarks/data/questions_languages.json names (how the
questions were made and where the papers are from stands there); other PDFs in it are searched
besides. For each model the share of questions with a passage of the right page among the first five,
by words alone, by vectors alone and by both as litmap searches. A model that is not on this machine
is told and left out; without the papers nothing is measured.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.places import DATA
from benchmarks.quality.questions import TOP, build, read_documents
from litmap import builds, index, keywords
from litmap.errors import ModelError
from litmap.models import Passage
from litmap.paths import LibraryPaths
from litmap.protocols import Encoder
from litmap.search import Facts, Searcher
from litmap.search.candidates import embed_query
from litmap.search.query import DEFAULT_KINDS
from litmap.vectors import load_encoder

QUESTIONS = DATA / "questions_languages.json"
LANGUAGES = ("de", "fr", "es", "ru", "zh")
METHODS = ("words", "meaning", "both")

Question = Mapping[str, Any]


def read_questions() -> list[Question]:
    """The questions: paper, pages that answer, the paper's language and the question's."""
    questions: list[Question] = json.loads(QUESTIONS.read_text("utf-8"))["questions"]
    return questions


def is_answer(question: Question, passage: Passage) -> bool:
    """Whether a passage has a line on a page that answers."""
    pages = {passage.chunk.page, *(rect[0] for rect in passage.chunk.rects)}
    return passage.work == question["paper"] and not pages.isdisjoint(question["pages"])


def ask(searcher: Searcher, question: Question) -> dict[str, bool]:
    """Whether each method has the page among the first passages."""
    text = question["question"]
    allowed = searcher.keywords.rows_of(kinds=DEFAULT_KINDS)
    vector = embed_query(searcher.encoder, text)
    rows = {
        "words": searcher.keywords.search(text, TOP, allowed).rows,
        "meaning": searcher.vector_rows.search(vector[None, :], TOP, allowed)[1][0],
        "both": [hit.row for hit in searcher.search(text, limit=TOP).hits],
    }
    return {
        method: any(
            is_answer(question, passage)
            for passage in searcher.passage_rows.passages([int(row) for row in found])
        )
        for method, found in rows.items()
    }


def summarise(outcomes: Sequence[tuple[Question, Mapping[str, bool]]]) -> list[dict[str, Any]]:
    """The shares by language of the papers, by whether it is the question's, and over all."""
    groups = {
        **{code: [o for q, o in outcomes if q["language"] == code] for code in LANGUAGES},
        "asked in the paper's language": [o for q, o in outcomes if q["language"] == q["asked_in"]],
        "asked in another language": [o for q, o in outcomes if q["language"] != q["asked_in"]],
        "all": [o for _, o in outcomes],
    }
    return [
        {"questions": name, "number": len(own)}
        | {m: round(sum(o[m] for o in own) / max(1, len(own)), 3) for m in METHODS}
        for name, own in groups.items()
    ]


def measure(papers: Path, encoder: Encoder, cache: Path, *, misses: bool) -> list[dict[str, Any]]:
    """Index the papers with this model, ask all questions, and sum up."""
    manifest = [
        {
            "key": path.stem,
            "file": path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "title": "",
        }
        for path in sorted(papers.glob("*.pdf"))
    ]
    documents = read_documents(papers, manifest, cache / "texts")
    with tempfile.TemporaryDirectory() as scratch:
        paths = LibraryPaths(Path(scratch))
        titled = [paper | {"title": documents[paper["key"]].title} for paper in manifest]
        build(titled, documents, encoder, paths.root, cache / "vectors")
        with builds.open_build(paths) as opened:
            words = keywords.KeywordIndex.open(opened.path("keywords"))
            facts = {work: Facts(work) for work in words.work_ids}
            searcher = Searcher(
                encoder, index.VectorIndex.open(opened.folder), words, opened, facts
            )
            asked = [q for q in read_questions() if q["paper"] in documents]
            outcomes = [(question, ask(searcher, question)) for question in asked]
    if misses:
        for question, outcome in outcomes:
            if not outcome["both"]:
                print(json.dumps(question, ensure_ascii=False), file=sys.stderr)
    return summarise(outcomes)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality.languages", description=__doc__
    )
    parser.add_argument("papers", type=Path, help="folder with the papers' PDFs")
    parser.add_argument("--model", action="append", help="model, several times for several")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--misses", action="store_true", help="print the questions missed")
    parser.add_argument("--cache", type=Path, help="keep texts and vectors here between runs")
    options = parser.parse_args(arguments)
    here = {path.stem for path in options.papers.glob("*.pdf")}
    if missing := sorted({q["paper"] for q in read_questions()} - here):
        print(f"skipped, papers are not here: {', '.join(missing)}", file=sys.stderr)
        return 0
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        cache = options.cache or Path(scratch)
        for model in options.model or [""]:
            try:
                encoder = load_encoder(model, models_dir=cache / "models", offline=True)
            except ModelError as error:
                print(f"skipped: {error}", file=sys.stderr)
                continue
            found = measure(options.papers, encoder, cache, misses=options.misses)
            rows += [{"model": Path(encoder.name).name, **row} for row in found]
    if options.json:
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return 0
    for row in rows:
        print("  ".join(f"{name} {value}" for name, value in row.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
