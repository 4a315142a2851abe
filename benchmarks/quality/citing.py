"""What the sentences that cite a work bring to the search for it:
`python -m benchmarks.quality.citing LIBRARY [--json]`.

The papers' own citing sentences, without marks and names, are asked as questions for the works that
they cite; the paper in which a sentence stands is left out, with all that it says. nDCG@10 of works
with and without what the other papers say, paired, 95 % bootstrap over citing papers: each sentence
alike, and each cited work alike (so that much cited works count no more than others).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from litmap import keywords, references
from litmap.library import Library
from litmap.parsing.languages import language_of
from litmap.pipeline.analysis import Said
from litmap.search import CitingWords, Searcher
from litmap.search.candidates import embed_query, weigh, work_scores
from litmap.search.parts import Permission
from litmap.search.query import DEFAULT_KINDS
from litmap.settings import load_settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MAX_ASKED = 1000
"""Sentences that are asked, spread evenly."""


def read_said(library: Library) -> list[Said]:
    """What the library's papers say of each other."""
    entries = [e for e in library.works() if e.pdf is not None]
    documents = {e.work.id: library.document(e.pdf) for e in entries if e.pdf is not None}
    lists = {work: references.read_references(d) for work, d in documents.items()}
    said = set()
    for citing, listed in lists.items():
        links = references.link({citing: listed}, [e.work for e in library.works()])
        cited = {listed.index(x.reference): x.cited for x in links if x.cited != citing}
        sentences = references.citing_sentences(documents[citing], listed)
        said |= {Said(cited[s.entry], citing, s.text) for s in sentences if s.entry in cited}
    return sorted(said)


def ndcg(ranked: Sequence[str], relevant: set[str]) -> float:
    """nDCG@10 of works in their order."""
    gains = [work in relevant for work in ranked[:10]]
    discounts = 1 / np.log2(np.arange(2, 12))
    return float((discounts[: len(gains)] * gains).sum() / discounts[: len(relevant)].sum())


def ask(searcher: Searcher, words: CitingWords, said: Sequence[Said]) -> list[dict[str, object]]:
    """nDCG@10 of each question without and with what others say."""
    numbers = searcher.keywords.work_numbers
    citing = np.array([numbers.get(s.citing, -1) for s in said])
    asked: dict[tuple[str, str], set[str]] = {}
    for s in said:
        asked.setdefault((s.text, s.citing), set()).add(s.cited)
    outcomes: list[dict[str, object]] = []
    for (text, own), cited in list(asked.items())[:: max(1, len(asked) // MAX_ASKED)]:
        allowed = searcher.keywords.rows_of(kinds=DEFAULT_KINDS)
        allowed = allowed & ~searcher.keywords.rows_of(works=[own])
        question = searcher.question(text, embed_query(searcher.encoder, text))
        permitted = Permission(int(allowed.sum()), mask=allowed)
        plain = dataclasses.replace(searcher.part.find(permitted, question), cited=None)
        left_out = citing == numbers.get(own, -2)
        told = dataclasses.replace(plain, cited=words.best(text, left_out)[plain.works])
        found = []
        for candidates in (plain, told):
            evidence = weigh(candidates, question, searcher._background, searcher)
            works, totals = work_scores(evidence, searcher.weights)
            best = works[np.argsort(-totals, kind="stable")[:10]]
            found.append(ndcg([searcher.keywords.work_ids[n] for n in best], cited))
        outcomes.append(
            {"citing": own, "cited": sorted(cited), "before": found[0], "after": found[1]}
        )
    return outcomes


def summarise(outcomes: Sequence[dict[str, object]], rounds: int = 2000) -> list[dict[str, object]]:
    """Means before and after and the paired difference with its interval over citing papers."""
    papers = {paper: n for n, paper in enumerate(sorted({str(o["citing"]) for o in outcomes}))}
    paper = np.array([papers[str(o["citing"])] for o in outcomes])
    times: dict[str, int] = {}
    for outcome in outcomes:
        for work in outcome["cited"]:  # type: ignore[attr-defined]
            times[work] = times.get(work, 0) + 1
    by_work = [
        float(np.mean([1 / times[w] for w in o["cited"]]))  # type: ignore[attr-defined]
        for o in outcomes
    ]
    before, after = (np.array([o[name] for o in outcomes], float) for name in ("before", "after"))
    rows: list[dict[str, object]] = []
    for name, weight in (
        ("each sentence alike", np.ones(len(outcomes))),
        ("each cited work alike", np.array(by_work)),
    ):
        total = np.bincount(paper, weight * (after - before), len(papers))
        weights = np.bincount(paper, weight, len(papers))
        picks = np.random.default_rng(0).integers(0, len(papers), (rounds, len(papers)))
        means = total[picks].sum(axis=1) / weights[picks].sum(axis=1)
        low, high = np.percentile(means, [2.5, 97.5])
        rows.append(
            {
                "counted": name,
                "questions": len(outcomes),
                "before": round(float((weight * before).sum() / weight.sum()), 4),
                "after": round(float((weight * after).sum() / weight.sum()), 4),
                "gain": round(float(total.sum() / weights.sum()), 4),
                "from": round(float(low), 4),
                "to": round(float(high), 4),
            }
        )
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality.citing", description=__doc__
    )
    parser.add_argument("library", type=Path, help="a litmap library with a build")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(arguments)
    settings = load_settings({"library": options.library})
    with Library.open(settings=settings) as library, tempfile.TemporaryDirectory() as scratch:
        said = read_said(library)
        entries = [
            keywords.Entry(row, s.cited, s.text, "body", language_of(s.text))
            for row, s in enumerate(said)
        ]
        keywords.update(Path(scratch), entries)
        searcher = library._searcher
        words = CitingWords.over(keywords.KeywordIndex.open(Path(scratch)), searcher.keywords)
        rows = summarise(ask(searcher, words, said)) if said else []
    if options.json:
        print(json.dumps(rows, indent=1))
        return 0
    for row in rows:
        print("  ".join(f"{name} {value}" for name, value in row.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
