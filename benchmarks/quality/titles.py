"""Learns the weights of the measures by which the title is told from banners, labels and names.

    python -m benchmarks.quality.titles [--write] FOLDER=KEY.json [FOLDER=KEY.json …]

Each folder holds PDFs, its key the titles that count as right: {"paper.pdf": ["Title", "Title with
subtitle"]}. Prints how many titles are wrong by the weights in use, in five-fold cross-validation,
and by the weights learnt of all; `--write` keeps these. A softmax over each paper's candidates, with
a ridge penalty; papers of small folders count more, so that each folder counts alike.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

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

FOLDS = 5
STEPS = 400
RIDGE = 0.03
RATE = 0.05
READ = 30
"""Pages that are read of each paper."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A paper's candidates: measures of shape (n, m), which are right, and how much it counts."""

    name: str
    measures: NDArray[np.float64]
    right: NDArray[np.bool_]
    weight: float


def read_sample(path: Path, titles: Sequence[str], weight: float) -> Sample | None:
    """The candidates of a PDF; None where it has none."""
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
    if not candidates:
        return None
    measures = [list(_in_order(measure(c, pages, evidence))) for c in candidates]
    right = [is_right(candidate.text, titles) for candidate in candidates]
    return Sample(path.name, np.array(measures), np.array(right), weight)


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
    counted = np.array([sample.weight for sample in samples])[paper]
    weights = np.zeros(measures.shape[1])
    mean, spread = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        score = measures @ weights
        share = np.exp(score - np.maximum.reduceat(score, starts)[paper])
        share /= np.add.reduceat(share, starts)[paper]
        wanted = share * right + 1e-12 * right
        wanted /= np.add.reduceat(wanted, starts)[paper]
        slope = RIDGE * weights - ((wanted - share) * counted) @ measures
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.999 * spread + 0.001 * slope * slope
        weights -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-8)
    return weights


def count_wrong(samples: Sequence[Sample], weights: NDArray[np.float64]) -> int:
    """Papers whose best candidate is not right."""
    return sum(not s.right[int((s.measures @ weights).argmax())] for s in samples)


def cross_validate(samples: Sequence[Sample]) -> int:
    """Wrong titles where each fifth of the papers is judged by weights learnt of the others."""
    fold = np.random.default_rng(0).integers(0, FOLDS, len(samples))
    wrong = 0
    for number in range(FOLDS):
        weights = fit([s for s, f in zip(samples, fold, strict=True) if f != number])
        wrong += count_wrong(
            [s for s, f in zip(samples, fold, strict=True) if f == number], weights
        )
    return wrong


def main() -> None:
    """Reads the folders, prints the figures, keeps the weights where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    samples: list[Sample] = []
    for pair in options.folders:
        folder, _, key_file = pair.partition("=")
        key = json.loads(Path(key_file).read_text(encoding="utf-8"))
        weight = min(1.0, 75 / len(key))
        read = (read_sample(Path(folder) / name, titles, weight) for name, titles in key.items())
        samples += [sample for sample in read if sample is not None]
    in_use = np.array(_in_order(title_weights()))
    learnt = fit(samples)
    print(f"{len(samples)} papers with candidates; wrong titles by")
    print(f"  the weights in use  {count_wrong(samples, in_use)}")
    print(f"  cross-validation    {cross_validate(samples)}")
    print(f"  the weights learnt  {count_wrong(samples, learnt)}")
    if options.write:
        write_weights(learnt)


def write_weights(weights: NDArray[np.float64]) -> None:
    """Keeps the weights as the package's data."""
    place = resources.files("litmap.text").joinpath("data", "title_weights.txt")
    head = "# Weights of the measures of titles, learnt by benchmarks/quality/titles.py.\n"
    pairs = zip(sorted(title_weights()), weights, strict=True)
    lines = "".join(f"{name} {weight:.2f}\n" for name, weight in pairs)
    Path(str(place)).write_text(head + lines, encoding="utf-8")


if __name__ == "__main__":
    main()
