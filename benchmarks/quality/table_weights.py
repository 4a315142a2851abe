"""Fits what fills the known columns of `litmap table`: `tables/data/weights.txt` and `directions.txt`.

    python -m benchmarks.quality.table_weights [--json]

On `data/table_labels.json`: papers of ../shared/papers (or LITMAP_SHARED) whose sentences were read
and marked, for each column those that a reader would take, none where the paper does not say it. A
sentence stands there as the beginning of its text's SHA-256, so that no text of a paper is kept here.
Read were the whole abstract and the sentences that several rankings put first: litmap's own of
before, likeness to written examples, and those of fits on the papers already marked.

A column is a softmax over a paper's sentences and 'not said', with an L2 penalty; its sentences are
those that weights without meaning put first, those marked, and some others. With meaning there are
five more features: what a logistic regression on the vectors of the marked sentences makes of a
sentence for each column, in papers that it did not see. Both being linear, they come to one direction
in the vectors' space. Prints, and keeps with --json, what is right with each part of the papers left
out, cutoffs chosen on the others.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import keep
from benchmarks.quality.tables import LABELS, ROOM, Keyed, is_right, papers_of
from litmap.settings import load_settings
from litmap.summaries.standing_alone import stands_alone
from litmap.tables import choice
from litmap.tables.features import FEATURES, PROSE, is_readable, sentence_features
from litmap.vectors import load_encoder

Floats = NDArray[np.float64]
FITTED = ("question", "method", "data", "result", "limits")
PARTS = 6
PENALTY = 0.4
MEANT_PENALTY = 1.6
UNSAID_PENALTY = 0.04
FREEDOM = 1.0
"""The inverse of the L2 penalty of the regression on vectors."""
WRONG_COST = 1.75
"""Right cells that a wrong sentence costs: an empty cell sends nobody to a wrong page."""
DRAWS = 99
OTHERS = 50
"""Sentences of a paper, drawn at random, that are fitted on beside those that are near."""


@dataclass(frozen=True)
class Read:
    """A paper's readable sentences: their features (n, features), vectors (n, dim), which are marked
    for each of `FITTED` (n, 5), which are fitted on (m,), and the part that the paper belongs to.
    """

    features: Floats
    vectors: Floats
    marked: NDArray[np.bool_]
    rows: NDArray[np.int64]
    part: int

    def says(self, column: int) -> bool:
        """Whether the paper says what a column asks."""
        return bool(self.marked[:, column].any())


@dataclass(frozen=True)
class Outcome:
    """Of a paper left out: by how much its best sentence is better than 'not said', whether that
    sentence is right, and whether 'not said' is.
    """

    margin: float
    is_right: bool
    is_unsaid: bool


Meant = Callable[[Read], Floats]
"""(n, 5) what the vectors of a paper say; (n, 0) where they are not looked at."""


def without(paper: Read) -> Floats:
    """Nothing of vectors."""
    return np.empty((len(paper.features), 0))


# ── papers ────────────────────────────────────────────────────────────────────────────────────────
def read(papers: Sequence[Keyed], encode: choice.Encode) -> list[Read]:
    """The papers, in parts by chance."""
    chance = np.random.default_rng(17)
    parts = chance.permutation(np.arange(len(papers)) % PARTS)
    found = []
    for paper, part in zip(papers, parts, strict=True):
        prose = [s for s in paper.sentences if s.kind in PROSE]
        kept = [n for n, sentence in enumerate(prose) if is_readable(sentence)]
        features = sentence_features(prose, paper.title, stands_alone)[kept]
        vectors = np.asarray(encode([prose[n].text for n in kept]), np.float64)
        marked = np.array([[is_right(paper.cells[c], prose[n]) for c in FITTED] for n in kept])
        lacking = [c for c in FITTED if not paper.cells[c]]
        marked[:, [FITTED.index(c) for c in lacking]] = False
        near = np.argsort(-(features @ first_weights()), axis=0)[: choice.SHORTLIST].ravel()
        chosen = {*near.tolist(), *np.flatnonzero(marked.any(1)).tolist()}
        others = chance.permutation([n for n in range(len(kept)) if n not in chosen])[:OTHERS]
        rows = np.array(sorted({*chosen, *others.tolist()}), np.int64)
        found.append(Read(features, vectors, marked, rows, int(part)))
    return found


def first_weights() -> Floats:
    """(features, 5) by which sentences are near."""
    return np.stack([choice.weights_of()[kind].features for kind in FITTED], 1)


# ── meaning ───────────────────────────────────────────────────────────────────────────────────────
def regress(papers: Sequence[Read]) -> Floats:
    """(dim, 5): for each column the direction in which its marked sentences lie."""
    from sklearn.linear_model import LogisticRegression

    vectors = np.concatenate([paper.vectors[paper.rows] for paper in papers])
    marked = np.concatenate([paper.marked[paper.rows] for paper in papers])
    fits = (LogisticRegression(C=FREEDOM, max_iter=200).fit(vectors, m) for m in marked.T)
    return np.array([fit.coef_[0] for fit in fits]).T


class Meanings:
    """Directions from papers that a paper is not among, each fitted once."""

    def __init__(self, papers: Sequence[Read]) -> None:
        self._papers = papers
        self._kept: dict[frozenset[int], Floats] = {}

    def without_parts(self, *parts: int) -> Floats:
        """The directions that the papers of other parts give."""
        left = frozenset(parts)
        if left not in self._kept:
            self._kept[left] = regress([p for p in self._papers if p.part not in left])
        return self._kept[left]

    def seen_from(self, *parts: int) -> Meant:
        """What vectors say where these parts are left out, and of each paper its own part too."""
        return lambda paper: paper.vectors @ self.without_parts(*parts, paper.part)


# ── weights ───────────────────────────────────────────────────────────────────────────────────────
def fit(papers: Sequence[Read], column: int, meant: Meant) -> Floats:
    """(features + what is meant + 1,) weights under which marked sentences are likely."""
    from scipy.optimize import minimize

    cells = []
    for paper in papers:
        rows = np.hstack([paper.features, meant(paper)])[paper.rows]
        table = np.zeros((len(rows) + 1, rows.shape[1] + 1))
        table[:-1, :-1], table[-1, -1] = rows, 1.0
        right = np.append(paper.marked[paper.rows, column], not paper.says(column))
        cells.append((table, right))
    costs = np.full(cells[0][0].shape[1], PENALTY)
    costs[len(FEATURES) : -1] = MEANT_PENALTY
    costs[-1] = UNSAID_PENALTY

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, slope = float(costs @ weights**2), 2 * costs * weights
        for rows, right in cells:
            scores = rows @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            likely = shares[right].sum()
            value -= np.log(likely + 1e-300)
            slope -= (shares * right / (likely + 1e-300) - shares) @ rows
        return value, slope

    return np.asarray(minimize(loss, np.zeros(len(costs)), jac=True, method="L-BFGS-B").x)


def outcome(paper: Read, column: int, weights: Floats, meant: Meant) -> Outcome:
    """What comes of a paper."""
    scores = np.hstack([paper.features, meant(paper)]) @ weights[:-1]
    if meant is not without:
        near = np.argsort(-(paper.features @ first_weights()[:, column]))[: choice.SHORTLIST]
        beyond = np.setdiff1d(np.arange(len(scores)), near)
        scores[beyond] = -np.inf
    best = int(np.argmax(scores))
    margin = float(scores[best] - weights[-1])
    return Outcome(margin, bool(paper.marked[best, column]), not paper.says(column))


def left_out(
    papers: Sequence[Read], column: int, meant_without: Callable[[int], Meant]
) -> list[list[Outcome]]:
    """For each part what comes of its papers where it is left out."""
    found = []
    for part in range(PARTS):
        meant = meant_without(part)
        weights = fit([p for p in papers if p.part != part], column, meant)
        found.append([outcome(p, column, weights, meant) for p in papers if p.part == part])
    return found


def cutoff(found: Sequence[Outcome]) -> float:
    """The margin above which cells are filled: the median of the best over draws of as many papers
    with replacement, so that a single paper moves it little (bagging, Breiman 1996).
    """
    chance = np.random.default_rng(3)
    table = np.array([(one.margin, one.is_right, one.is_unsaid) for one in found])
    draws = (table[chance.integers(0, len(table), len(table))] for _ in range(DRAWS))
    return float(np.median([best_cutoff(draw) for draw in draws]))


def best_cutoff(table: Floats) -> float:
    """Of (n, 3) margins, rightness and whether nothing is said: the margin above which filled cells
    bring most right ones, less what wrong sentences cost.
    """
    margins, right, unsaid = table[np.argsort(-table[:, 0])].T
    gains = np.cumsum(right - WRONG_COST * (1 - right) - unsaid)
    filled = int(np.argmax([0.0, *gains]))
    edges = np.array([margins[0] + 2, *margins, margins[-1] - 2])
    return float(edges[filled : filled + 2].mean())


def shares_at(found: Sequence[Outcome], margin: float) -> tuple[float, float]:
    """The shares of right cells and of wrong sentences where cells above a margin are filled."""
    right = [one.is_right if one.margin > margin else one.is_unsaid for one in found]
    wrong = [not one.is_right and one.margin > margin for one in found]
    return float(np.mean(right)), float(np.mean(wrong))


def measured(parts: Sequence[Sequence[Outcome]]) -> dict[str, float]:
    """What is right and wrong, each part's cutoff chosen on the others."""
    shares, sizes = [], []
    for number, own in enumerate(parts):
        others = [one for n, part in enumerate(parts) if n != number for one in part]
        shares.append(shares_at(own, cutoff(others)))
        sizes.append(len(own))
    right, wrong = np.average(shares, axis=0, weights=sizes)
    best = np.mean([one.is_right for part in parts for one in part if not one.is_unsaid])
    return {
        "papers": sum(sizes),
        "right": round(float(right), 3),
        "wrong sentence": round(float(wrong), 3),
        "best sentence right where it is said": round(float(best), 3),
    }


# ── files ─────────────────────────────────────────────────────────────────────────────────────────
def write_weights(found: dict[str, Floats]) -> None:
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


def write_directions(found: dict[str, Floats], directions: Floats, model: str) -> None:
    """`directions.txt`: weights with meaning, what is meant being put into one direction."""
    size = len(FEATURES)
    meant = np.stack([directions @ weights[size:-1] for weights in found.values()], 1)
    names = (*FEATURES, choice.UNSAID, *map(str, range(len(meant))))
    unsaid = [weights[-1] for weights in found.values()]
    table = np.vstack([np.stack([w[:size] for w in found.values()], 1), unsaid, meant])
    path = ROOM / f"{choice.DIRECTIONS}.txt"
    head = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
    lines = [f"model {model}", " ".join(["feature", *found])]
    lines += [
        " ".join([name, *(f"{value:.2f}" for value in row)])
        for name, row in zip(names, table, strict=True)
    ]
    path.write_text("\n".join([*head, *lines]) + "\n", "utf-8")


def summed(columns: Iterable[dict[str, float]]) -> dict[str, float]:
    """The means over the columns."""
    found = list(columns)
    return {name: round(float(np.mean([c[name] for c in found])), 3) for name in found[0]}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="keep the figures")
    args = parser.parse_args()
    encoder = load_encoder("", models_dir=load_settings().state / "models")
    papers = read(papers_of(LABELS), encoder.encode)
    meanings = Meanings(papers)
    plain, meaning, figures = {}, {}, {}
    for number, column in enumerate(FITTED):
        parts = left_out(papers, number, lambda part: without)
        plain[column] = fit(papers, number, without)
        plain[column][-1] += cutoff([one for part in parts for one in part])
        with_meaning = left_out(papers, number, meanings.seen_from)
        meaning[column] = fit(papers, number, meanings.seen_from())
        meaning[column][-1] += cutoff([one for part in with_meaning for one in part])
        figures[column] = {"without meaning": measured(parts), "with it": measured(with_meaning)}
    figures["all"] = {
        way: summed(column[way] for column in figures.values())
        for way in ("without meaning", "with it")
    }
    write_weights(plain)
    write_directions(meaning, meanings.without_parts(), encoder.key)
    if args.json:
        keep("quality.table_weights", "python -m benchmarks.quality.table_weights", figures)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
