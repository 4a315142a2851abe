"""Fits what `litmap ask` judges by: when the papers answer, and which sentence does.

    python -m benchmarks.quality.asking_weights LIBRARY [--pdfs DIR]

LIBRARY is one of the shared papers, DIR the folder of their PDFs. Closeness: a logistic regression on
the paraphrases and keywords of `data/questions.json` and on `data/asked.json`, each kind of question
counted the same; the threshold is the one that refuses nine in ten of the unanswerable. Sentences: a
softmax over the candidates of each paraphrase, those on its page being right. Prints weights and what
they do on questions that were left out.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.places import DATA
from benchmarks.quality.asking import PDFS, works_by_file
from litmap.answers import ranking, worth_embedding
from litmap.library import Library
from litmap.library.asking import Asker
from litmap.search import parse_question

Floats = NDArray[np.float64]
FOLDS = 5
REFUSED = 0.9
PENALTY = 0.02


@dataclass(frozen=True)
class Question:
    """A question with its kind; `work` and `page` where one paragraph is known to answer it."""

    text: str
    kind: str
    answerable: bool
    work: str = ""
    page: int = 0


def questions(files: dict[str, str], names: dict[str, str]) -> Iterator[Question]:
    """All questions of the two files."""
    for one in json.loads((DATA / "questions.json").read_text("utf-8"))["questions"]:
        if one["kind"] != "quotation":
            work = files.get(names[one["paper"]], "")
            yield Question(one["question"], one["kind"], True, work, one["page"])
    for one in json.loads((DATA / "asked.json").read_text("utf-8"))["questions"]:
        yield Question(one["question"], one["why"] or "short", one["answerable"])


# ── closeness ─────────────────────────────────────────────────────────────────────────────────────
def fit_closeness(asker: Asker, asked: Sequence[Question]) -> dict[str, Any]:
    """Weights, threshold, and the share of each kind that is refused by models that did not see it."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    near = [asker.closeness(asker.passages(parse_question(one.text))) for one in asked]
    columns = np.array([(one.similarity, one.covered) for one in near])
    answerable = np.array([question.answerable for question in asked])
    kinds = np.array([question.kind for question in asked])
    counts = Counter(kinds.tolist())
    weights = np.array([1 / counts[kind] for kind in kinds.tolist()]) * len(asked) / len(counts)
    held_out = np.zeros(len(asked))
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(columns, kinds):
        model = LogisticRegression(C=1000).fit(columns[train], answerable[train], weights[train])
        held_out[test] = model.predict_proba(columns[test])[:, 1]
    order = np.argsort(held_out[~answerable])
    shares = np.cumsum(weights[~answerable][order]) / weights[~answerable].sum()
    threshold = held_out[~answerable][order][int(np.searchsorted(shares, REFUSED))]
    model = LogisticRegression(C=1000).fit(columns, answerable, weights)
    return {
        "weights": [*model.coef_[0].round(2).tolist(), round(float(model.intercept_[0]), 2)],
        "threshold": round(float(threshold), 2),
        **{
            f"refused of {kind}": round(float((held_out[kinds == kind] < threshold).mean()), 3)
            for kind in counts
        },
    }


# ── sentences ─────────────────────────────────────────────────────────────────────────────────────
def fit_ranking(asker: Asker, asked: Sequence[Question]) -> dict[str, Any]:
    """Weights, and how often the first sentence is right by those fitted on other questions."""
    lists = [found for q in asked if q.kind == "paraphrase" and (found := _candidates(asker, q))]
    first = []
    for fold in range(FOLDS):
        train = [one for number, one in enumerate(lists) if number % FOLDS != fold]
        weights = _softmax_weights(train)
        for columns, right in lists[fold::FOLDS]:
            first.append(bool(right[np.argmax(columns @ weights)]))
    return {
        "weights": dict(
            zip(ranking.FEATURES, _softmax_weights(lists).round(2).tolist(), strict=True)
        ),
        "questions": len(lists),
        "first sentence on the right page": round(float(np.mean(first)), 3),
    }


def _candidates(asker: Asker, question: Question) -> tuple[Floats, NDArray[np.bool_]] | None:
    """Features of a question's candidates, and which stand on its page; None where none does."""
    query = parse_question(question.text)
    candidates = asker.candidates(asker.passages(query))
    chosen = [candidates[place] for place in worth_embedding(candidates)]
    vectors = asker.encoded(query.text, [candidate.text for candidate in chosen])
    places = [asker.sentence(candidate) for candidate in chosen]
    right = [s is not None and (s.work, s.page) == (question.work, question.page) for s in places]
    if not any(right) or all(right):
        return None
    return ranking.features(chosen, vectors[1:] @ vectors[0]), np.array(right)


def _softmax_weights(lists: Sequence[tuple[Floats, NDArray[np.bool_]]]) -> Floats:
    """The weights under which right candidates have most of the softmax over their list."""
    from scipy.optimize import minimize

    scale = np.vstack([columns for columns, _ in lists]).std(axis=0) + 1e-9

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, gradient = PENALTY * float(weights @ weights), 2 * PENALTY * weights
        for columns, right in lists:
            scores = columns / scale @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            own = float(shares[right].sum()) + 1e-12
            total -= np.log(own) / len(lists)
            gradient -= (columns / scale).T @ (shares * right / own - shares) / len(lists)
        return total, gradient

    found = minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B").x
    return np.asarray(found / scale)


def main() -> None:
    """Print both fits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("--pdfs", type=Path, default=PDFS)
    args = parser.parse_args()
    manifest = json.loads((args.pdfs.parent / "manifest.json").read_text("utf-8"))
    names = {record["key"]: Path(record["file"]).name for record in manifest}
    with Library.open(args.library) as library:
        asked = list(questions(works_by_file(library, args.pdfs), names))
        print(json.dumps(fit_closeness(library.asker, asked), indent=1), flush=True)
        print(json.dumps(fit_ranking(library.asker, asked), indent=1))


if __name__ == "__main__":
    main()
