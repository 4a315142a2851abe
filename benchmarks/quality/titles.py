"""Learns the weights of the measures by which the title is told from banners, labels and names, and
scores them on real papers that they were not learnt of.

    python -m benchmarks.quality.titles [--write | --check] [--json] [FOLDER=KEY.json …]

The weights are learnt of first pages made by `benchmarks.quality.title_pages`: a softmax over each
paper's candidates (a conditional logit model) with a ridge penalty, as one learns to rank. `--write`
learns them anew and keeps them, `--check` says whether that gives the weights in use. Each folder
holds PDFs, its key the titles that count as right: {"paper.pdf": ["Title", "Title with subtitle"]};
made papers of another seed and, where it is there, ../shared/papers are scored besides.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.places import shared
from benchmarks.quality.title_pages import write_papers
from litmap.text.boilerplate import strip_boilerplate
from litmap.text.document import read_pages, stripped_lines
from litmap.text.own_ids import read_metadata_title
from litmap.text.pymupdf_open import open_pdf
from litmap.text.reading_order import order_pages
from litmap.text.style import find_style
from litmap.text.titles import (
    find_candidates,
    front_pages,
    gather_evidence,
    measure,
    squash,
    title_weights,
)

MADE = 600
SEED = 1
LEFT_OUT = 150
"""Made papers that are learnt of, their seed, and those that are only scored (of the next seed)."""
WEIGHT = 0.125
"""How much each counts against the penalty."""
STEPS = 400
RIDGE = 0.03
RATE = 0.05
READ = 30
"""Pages that are read of each paper."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A paper's candidates: their texts, measures of shape (n, m), and which are right."""

    name: str
    texts: list[str]
    measures: NDArray[np.float64]
    right: NDArray[np.bool_]


def read_sample(path: Path, titles: Sequence[str]) -> Sample:
    """The candidates of a PDF, none where it has no text."""
    with open_pdf(path) as pdf:
        raw, _ = read_pages(pdf, limit=READ)
        metadata_title = read_metadata_title(pdf)
    printed = [page.lines for page in raw]
    strip_boilerplate(raw)
    layouts = order_pages(raw)
    style = find_style(layouts)
    pages = front_pages(layouts, style)
    heads = stripped_lines(printed, raw)
    evidence = gather_evidence(layouts, pages, style, metadata_title, heads)
    candidates = list(find_candidates(pages, style))
    texts = [candidate.text for candidate in candidates]
    measures = [list(_in_order(measure(c, pages, evidence))) for c in candidates]
    right = [is_right(text, titles) for text in texts]
    shape = (len(texts), len(title_weights()))
    return Sample(path.name, texts, np.array(measures).reshape(shape), np.array(right, dtype=bool))


def _in_order(measures: dict[str, float]) -> list[float]:
    return [measures[name] for name in sorted(measures)]


def is_right(text: str, titles: Sequence[str]) -> bool:
    """Whether a text is one of the titles, but for signs and a letter in twenty."""
    got = squash(text)
    return any(SequenceMatcher(None, got, squash(title)).ratio() > 0.95 for title in titles)


def fit(samples: Sequence[Sample]) -> NDArray[np.float64]:
    """The weights that make the right candidates of each paper the likeliest (Adam, full batch)."""
    samples = [sample for sample in samples if sample.right.any()]
    measures = np.concatenate([sample.measures for sample in samples])
    right = np.concatenate([sample.right for sample in samples]).astype(float)
    counts = [len(sample.right) for sample in samples]
    starts = np.cumsum([0, *counts[:-1]])
    paper = np.repeat(np.arange(len(samples)), counts)
    weights = np.zeros(measures.shape[1])
    mean, spread = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        score = measures @ weights
        share = np.exp(score - np.maximum.reduceat(score, starts)[paper])
        share /= np.add.reduceat(share, starts)[paper]
        wanted = share * right + 1e-12 * right
        wanted /= np.add.reduceat(wanted, starts)[paper]
        slope = RIDGE * weights - WEIGHT * (wanted - share) @ measures
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.999 * spread + 0.001 * slope * slope
        weights -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-8)
    return weights


def find_wrong(samples: Sequence[Sample], weights: NDArray[np.float64]) -> dict[str, str]:
    """The papers whose best candidate is not right, and that candidate ('' where there is none)."""
    wrong = {}
    for sample in samples:
        best = int((sample.measures @ weights).argmax()) if sample.texts else None
        if best is None or not sample.right[best]:
            wrong[sample.name] = "" if best is None else sample.texts[best]
    return wrong


def make_samples(count: int, seed: int) -> list[Sample]:
    """The candidates of `count` made papers."""
    with tempfile.TemporaryDirectory() as name:
        key = write_papers(Path(name), count, seed)
        return [read_sample(Path(name) / file, titles) for file, titles in key.items()]


def read_folder(folder: Path, key: Mapping[str, Sequence[str]]) -> list[Sample]:
    """The candidates of the PDFs that a key names."""
    return [read_sample(folder / name, titles) for name, titles in key.items()]


def score_sets(folders: Sequence[str]) -> dict[str, list[Sample]]:
    """The papers that are scored, by what they are."""
    sets = {"made papers of another seed": make_samples(LEFT_OUT, SEED + 1)}
    root = shared()
    if root is not None:
        records = json.loads((root / "papers" / "manifest.json").read_text(encoding="utf-8"))
        key = {record["file"]: [record["title"]] for record in records}
        sets["papers of machine learning"] = read_folder(root / "papers", key)
    for pair in folders:
        folder, _, file = pair.partition("=")
        key = json.loads(Path(file).read_text(encoding="utf-8"))
        sets[Path(folder).name] = read_folder(Path(folder), key)
    return sets


def main() -> int:
    """Learns and keeps, or compares, the weights, or scores those in use."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.write or options.check:
        learnt = weights_text(fit(make_samples(MADE, SEED)))
        if options.check:
            same = learnt == WEIGHTS.read_text(encoding="utf-8")
            print("the weights in use" if same else "other weights than those in use")
            return 0 if same else 1
        WEIGHTS.write_text(learnt, encoding="utf-8")
        title_weights.cache_clear()
    weights = np.array(_in_order(title_weights()))
    rows = []
    for name, samples in score_sets(options.folders).items():
        wrong = find_wrong(samples, weights)
        rows.append({"papers": name, "in all": len(samples), "wrong": len(wrong)})
        if not options.json:
            print(f"{name}: {len(wrong)} of {len(samples)} titles wrong")
            print(*(f"    {paper}: {text[:90]}" for paper, text in wrong.items()), sep="\n")
    if options.json:
        json.dump(rows, sys.stdout, ensure_ascii=False)
    return 0


WEIGHTS = Path(str(resources.files("litmap.text").joinpath("data", "title_weights.txt")))


def weights_text(weights: NDArray[np.float64]) -> str:
    """The weights as the package keeps them."""
    head = "# Weights of the measures of titles, learnt by benchmarks/quality/titles.py.\n"
    pairs = zip(sorted(title_weights()), weights, strict=True)
    return head + "".join(f"{name} {round(weight, 2) + 0.0:.2f}\n" for name, weight in pairs)


if __name__ == "__main__":
    sys.exit(main())
