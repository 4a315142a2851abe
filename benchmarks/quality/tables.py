"""Cells of `litmap table` against keys made by hand, and the weights that choose them.

    python -m benchmarks.quality.tables score --key KEY [--json]
    python -m benchmarks.quality.tables fit --key KEY…
    python -m benchmarks.quality.tables zones FOLDER
    python -m benchmarks.quality.tables near LIBRARY

A key is JSON: `{"columns": […], "papers": [{"file", "title", "cells": {COLUMN: null | {"pages",
"any_of"}}}]}`; `file` is a PDF of ../shared/papers (or LITMAP_SHARED). A cell is right where the
sentence stands on one of `pages` and holds all strings of one list of `any_of` (case-folded, blanks
normalised), or where both are empty. A column that a paper's cells lack is not scored.

- `score`: right cells, wrong sentences, and cells left empty, as shares of all;
- `fit`: the weights of `tables/data/weights.txt`: for each column a softmax over a paper's sentences
  and 'not said', L2 penalty; with each paper left out in turn what is right, and from which margin on
  a cell is filled (right cells less what wrong sentences cost are most);
- `zones`: `tables/data/zone_weights.txt`, learnt on CSAbstruct (Cohan et al. 2019; FOLDER has its
  `train.jsonl`, `dev.jsonl`, `test.jsonl`);
- `near`: the weights of `tables/nearness.py`, on questions whose answers patterns find (`ASKED`).
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.figures import keep
from benchmarks.places import DATA, SHARED
from litmap import tables, text
from litmap.library import Library
from litmap.library.table import LOOKED_AT
from litmap.models import PaperSentence
from litmap.paper_sentences import paper_sentences
from litmap.summaries.standing_alone import stands_alone
from litmap.tables import choice, nearness, zones
from litmap.tables.features import FEATURES, PROSE, is_readable, sentence_features

LABELS = DATA / "table_labels.json"
"""A small key of other papers, made beside the code, that weights are fitted on too."""
ROOM = Path(choice.__file__).parent / "data"
PENALTY = 0.4
WRONG_COST = 1.5
"""Right cells that a wrong sentence costs: an empty cell sends nobody to a wrong page."""
TOLERANCE = 2.0
"""Cells that are within the noise of so few papers."""
PAPERS_ASKED = 30
FITTED = ("question", "method", "data", "result", "limits")


@dataclass(frozen=True)
class Keyed:
    """A paper of a key with its sentences."""

    file: str
    title: str
    cells: dict[str, dict[str, Any] | None]
    sentences: Sequence[PaperSentence]


def papers_of(*keys: Path) -> list[Keyed]:
    """The papers of keys, each once."""
    found: dict[str, dict[str, Any]] = {}
    for key in keys:
        for paper in json.loads(key.read_text("utf-8"))["papers"]:
            found.setdefault(paper["file"], paper)
    folder = SHARED / "papers" / "files"
    wanted = {file: folder / file for file in found}
    read = dict(text.extract_many(list(wanted.items())))
    return [
        Keyed(file, paper["title"], paper["cells"], paper_sentences(read[file]))
        for file, paper in found.items()
    ]


def is_right(cell: dict[str, Any] | None, sentence: PaperSentence | None) -> bool:
    """Whether a sentence, or none, is what a key has for a cell."""
    if cell is None or sentence is None:
        return cell is None and sentence is None
    told = _plain(sentence.text)
    said = any(all(_plain(part) in told for part in parts) for parts in cell["any_of"])
    return said and sentence.page in cell["pages"]


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def score(papers: Sequence[Keyed]) -> dict[str, Any]:
    """Shares of cells by column and in all."""
    counts: dict[str, list[tuple[bool, bool]]] = {}
    for paper in papers:
        read = tables.ReadPaper(paper.sentences, paper.title, stands_alone)
        for name, cell in paper.cells.items():
            (column,) = tables.parse_columns(name)
            chosen = read.choose(column.kind)
            sentence = chosen and paper.sentences[chosen.row]
            counts.setdefault(name, []).append((is_right(cell, sentence), sentence is None))
    counts["all"] = [one for column in counts.values() for one in column]
    return {
        name: {
            "cells": len(found),
            "right": round(np.mean([right for right, _ in found]), 3),
            "wrong sentence": round(np.mean([not right and not e for right, e in found]), 3),
            "wrongly empty": round(np.mean([not right and e for right, e in found]), 3),
        }
        for name, found in counts.items()
    }


# ── weights of known columns ──────────────────────────────────────────────────────────────────────
Cell = tuple[np.ndarray, np.ndarray]
"""(n + 1, features + 1) of a paper's readable sentences and 'not said', and which of them are right
(n + 1,).
"""


def cells_of(papers: Sequence[Keyed], column: str) -> list[Cell]:
    """What a column is fitted on."""
    found = []
    for paper in papers:
        if column not in paper.cells:
            continue
        prose = [s for s in paper.sentences if s.kind in PROSE]
        kept = [n for n, sentence in enumerate(prose) if is_readable(sentence)]
        rows = np.zeros((len(kept) + 1, len(FEATURES) + 1))
        rows[:-1, :-1] = sentence_features(prose, paper.title, stands_alone)[kept]
        rows[-1, -1] = 1.0
        cell = paper.cells[column]
        right = [cell is not None and is_right(cell, prose[n]) for n in kept]
        found.append((rows, np.array([*right, cell is None])))
    return [cell for cell in found if cell[1].any()]


def fit(cells: Sequence[Cell], penalty: float = PENALTY) -> np.ndarray:
    """(features + 1,) weights under which right candidates are likely."""
    from scipy.optimize import minimize

    size = cells[0][0].shape[1]
    costs = np.full(size, penalty)
    costs[-1] *= 0.1

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = float(costs @ weights**2), 2 * costs * weights
        for rows, right in cells:
            scores = rows @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            likely = shares[right].sum()
            value -= np.log(likely + 1e-300)
            slope -= (shares * right / (likely + 1e-300) - shares) @ rows
        return value, slope

    return np.asarray(minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B").x)


class Outcome(NamedTuple):
    """Of a paper left out of the fit: by how much its best sentence is better than 'not said', whether
    that sentence is right, and whether 'not said' is.
    """

    margin: float
    is_right: bool
    is_unsaid: bool


def left_out(cells: Sequence[Cell]) -> list[Outcome]:
    """What comes of each paper where it is left out of the fit."""
    found = []
    for number, (rows, right) in enumerate(cells):
        scores = rows @ fit([*cells[:number], *cells[number + 1 :]])
        best = int(np.argmax(scores[:-1]))
        margin = float(scores[best] - scores[-1])
        found.append(Outcome(margin, bool(right[best]), bool(right[-1])))
    return found


def cutoff(found: Sequence[Outcome]) -> float:
    """The least margin above which cells are filled so that right cells less what wrong sentences
    cost are as many as can be but for `TOLERANCE`.
    """

    def gain(margin: float) -> float:
        shares = shares_at(found, margin)
        return (shares["right"] - WRONG_COST * shares["wrong sentence"]) * len(found)

    gains = {margin: gain(margin) for margin in {0.0, *(one.margin for one in found)}}
    return min(margin for margin in gains if gains[margin] >= max(gains.values()) - TOLERANCE)


def shares_at(found: Sequence[Outcome], margin: float) -> dict[str, float]:
    """What is right and wrong where cells above a margin are filled."""
    right = [one.is_right if one.margin > margin else one.is_unsaid for one in found]
    wrong = [not one.is_right and one.margin > margin for one in found]
    return {
        "papers": len(found),
        "right": round(float(np.mean(right)), 3),
        "wrong sentence": round(float(np.mean(wrong)), 3),
    }


def write_weights(found: dict[str, np.ndarray]) -> None:
    """Put fitted columns into `weights.txt`; the others stay."""
    path = ROOM / "weights.txt"
    lines = path.read_text("utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    (_, *kinds), *rows = (line.split() for line in lines if not line.startswith("#"))
    old = {name: dict(zip(kinds, values, strict=True)) for name, *values in rows}
    out = [*head, " ".join(["feature", *kinds])]
    for place, name in enumerate((*FEATURES, choice.UNSAID)):
        fitted = {kind: f"{weights[place]:.2f}" for kind, weights in found.items()}
        values = {**dict.fromkeys(kinds, "0.00"), **old.get(name, {}), **fitted}
        out.append(" ".join([name, *(values[kind] for kind in kinds)]))
    path.write_text("\n".join(out) + "\n", "utf-8")


# ── zones ─────────────────────────────────────────────────────────────────────────────────────────
def fit_zones(folder: Path) -> dict[str, float]:
    """Write `zone_weights.txt`; its accuracy on the part that is kept apart."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    def read(*parts: str) -> tuple[list[str], list[str]]:
        sentences, labels = [], []
        for part in parts:
            for line in (folder / f"{part}.jsonl").read_text("utf-8").splitlines():
                one = json.loads(line)
                sentences += one["sentences"]
                labels += one["labels"]
        kept = [n for n, label in enumerate(labels) if label in zones.ZONES]
        return [sentences[n] for n in kept], [labels[n] for n in kept]

    sentences, labels = read("train", "dev")
    words = CountVectorizer(analyzer=lambda s: list(zones.grams(s)), min_df=8, binary=True)
    model = LogisticRegression(C=0.35, max_iter=120, solver="saga", penalty="l1", tol=3e-3)
    model.fit(words.fit_transform(sentences), labels)
    order = [list(model.classes_).index(zone) for zone in zones.ZONES]
    names, weights = words.get_feature_names_out(), model.coef_[order]
    path = ROOM / "zone_weights.txt"
    head = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
    rows = [[zones.INTERCEPT, *model.intercept_[order]]]
    rows += [
        [names[n], *weights[:, n]] for n in np.argsort(names) if abs(weights[:, n]).max() >= 0.05
    ]
    lines = [" ".join([name, *(f"{value:.2f}" for value in values)]) for name, *values in rows]
    path.write_text("\n".join([*head, *lines]) + "\n", "utf-8")
    unseen, expected = read("test")
    return {"accuracy": round(model.score(words.transform(unseen), expected), 3)}


# ── words of one's own ────────────────────────────────────────────────────────────────────────────
ASKED = {
    "batch size": r"\bbatch(?:es| size)?\b.{0,40}\b\d+|\b\d+ (?:examples|samples) per batch",
    "which optimiser?": r"\b(?:Adam|SGD|RMSProp|AdaGrad|Adadelta|L-BFGS|momentum|stochastic gradient descent)\b",
    "learning rate": r"learning rates?\b.{0,60}\d|step ?sizes?\b.{0,40}\d",
    "activation function": r"\b(?:ReLUs?|rectified|sigmoid|tanh|softplus|activation)\b",
    "what hardware was used": r"\b(?:GPUs?|TPUs?|CPUs?|Titan|V100|workstation|cluster of)\b",
    "number of layers": r"\b(?:\d+|two|three|four|five|six|eight|ten)[ -](?:hidden )?layers?\b",
    "loss function": r"\b(?:cross[- ]entropy|squared loss|squared error|hinge loss|log(?:istic)? loss|loss function)\b",
    "regularisation": r"\b(?:dropout|weight decay|regulari[sz]\w+|early stopping)\b",
    "software": r"\b(?:TensorFlow|PyTorch|Theano|Caffe|Torch7?|MATLAB|scikit-learn|Keras|open[- ]source)\b",
    "error bars": r"\b(?:standard deviations?|error bars?|confidence intervals?|averaged over \d+)\b",
}
"""Questions, and what a sentence that answers has."""


def near_cells(library: Library) -> Iterator[tuple[tuple[float, float, float], bool]]:
    """For each question and paper how near the nearest sentence is, and whether it answers."""
    texts = library.paper_texts
    papers = [p for e in library.works() if e.pdf and (p := texts.paper(e.work.id))]
    papers = random.Random(17).sample(papers, min(PAPERS_ASKED, len(papers)))
    for statement in texts.statements(list(ASKED)):
        pattern = re.compile(ASKED[statement.text])
        found = texts.evidence([(statement, paper) for paper in papers], looked_at=LOOKED_AT)
        for paper, evidence in zip(papers, found, strict=True):
            if not evidence.rows:
                continue
            told = paper.text.sentences[evidence.rows[0]].text
            share = tables.share_of_words(told, statement.text, texts.idf, paper.text.language)
            yield (evidence.cosines[0], share, evidence.strength), bool(pattern.search(told))


def fit_near(library: Library) -> dict[str, Any]:
    """Weights that tell answers from other sentences, and how well with each question left out."""
    from sklearn.linear_model import LogisticRegression

    cells = list(near_cells(library))
    rows, right = np.array([row for row, _ in cells]), np.array([ok for _, ok in cells])
    group = np.repeat(np.arange(len(ASKED)), len(cells) // len(ASKED))[: len(cells)]
    hits = []
    for one in range(len(ASKED)):
        model = LogisticRegression().fit(rows[group != one], right[group != one])
        hits.append((model.predict(rows[group == one]) == right[group == one]).mean())
    model = LogisticRegression().fit(rows, right)
    said = model.predict(rows)
    return {
        "cells": len(cells),
        "answered": round(right.mean(), 3),
        **dict(zip(nearness.FEATURES, model.coef_[0].round(2).tolist(), strict=True)),
        "intercept": round(float(model.intercept_[0]), 2),
        "right with the question left out": round(float(np.mean(hits)), 3),
        "said and right": round(float(right[said].mean()), 3) if said.any() else None,
        "answered and said": round(float(said[right].mean()), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", choices=("score", "fit", "zones", "near"))
    parser.add_argument("place", nargs="?", type=Path, help="of 'zones' and 'near'")
    parser.add_argument("--key", type=Path, action="append", default=[])
    parser.add_argument("--json", action="store_true", help="keep the figures of 'score'")
    args = parser.parse_args()
    if args.what == "score":
        found = score(papers_of(*args.key))
        if args.json:
            keep(
                "tables",
                f"python -m benchmarks.quality.tables score --key {args.key[0].name}",
                found,
            )
    elif args.what == "fit":
        papers = papers_of(*args.key, LABELS)
        weights, found = {}, {}
        for column in FITTED:
            cells = cells_of(papers, column)
            outcomes = left_out(cells)
            weights[column] = fit(cells)
            weights[column][-1] += cutoff(outcomes)
            found[column] = shares_at(outcomes, cutoff(outcomes))
        write_weights(weights)
    elif args.what == "zones":
        found = fit_zones(args.place)
    else:
        with Library.open(args.place) as library:
            found = fit_near(library)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
