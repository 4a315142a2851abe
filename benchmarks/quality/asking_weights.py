"""Fits what `litmap ask` judges by: when the papers answer, and which sentence does.

    python -m benchmarks.quality.asking_weights LIBRARY [--pdfs DIR]

LIBRARY is one of the shared papers, DIR the folder of their PDFs. Closeness: a logistic regression on
the paraphrases and keywords of `data/questions.json` and on `data/asked.json`, asked of the library
and of small ones drawn from it, each kind of question counted the same; the threshold is the one that
refuses nine in ten of the unanswerable. Sentences: a
softmax over the candidates of each paraphrase, those on its page being right. Prints weights and what
they do on questions that were left out.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from benchmarks.places import DATA
from benchmarks.quality.asking import PDFS, works_by_file
from litmap.answers import Closeness, ranking, worth_embedding
from litmap.library import Library
from litmap.library.asking import Asker
from litmap.search import Facts, parse_question

Floats = NDArray[np.float64]
FOLDS = 5
REFUSED = 0.9
PENALTY = 0.02
SIZES = (10, 28)
"""Works of the small libraries that are drawn."""
DRAWN = "Drawn"


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
def fit_closeness(library: Library, asked: Sequence[Question]) -> dict[str, Any]:
    """Weights, threshold for the whole library, and the share of each kind that models refuse which
    did not see it.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    near = [one for works in (0, *SIZES) for one in _closeness(library, asked, works)]
    columns = np.array([(n.similarity, n.covered, np.log10(max(n.size, 1))) for _, _, n in near])
    answerable = np.array([question.answerable for question, _, _ in near])
    kinds = np.array([f"{question.kind} of {works or 'all'}" for question, works, _ in near])
    sides = {kind: (works, q.answerable) for kind, (q, works, _) in zip(kinds, near, strict=True)}
    counts, shared = Counter(kinds.tolist()), Counter(sides.values())
    weights = np.array([1 / counts[kind] / shared[sides[kind]] for kind in kinds.tolist()])
    weights *= len(weights) / weights.sum()
    held_out = np.zeros(len(near))
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(columns, kinds):
        model = LogisticRegression(C=1000).fit(columns[train], answerable[train], weights[train])
        held_out[test] = model.predict_proba(columns[test])[:, 1]
    judged = ~answerable & np.array([works == 0 for _, works, _ in near])
    order = np.argsort(held_out[judged])
    shares = np.cumsum(weights[judged][order]) / weights[judged].sum()
    threshold = held_out[judged][order][int(np.searchsorted(shares, REFUSED))]
    model = LogisticRegression(C=1000).fit(columns, answerable, weights)
    return {
        "weights": [*model.coef_[0].round(2).tolist(), round(float(model.intercept_[0]), 2)],
        "threshold": round(float(threshold), 2),
        **{
            f"refused of {kind}": round(float((held_out[kinds == kind] < threshold).mean()), 3)
            for kind in counts
        },
    }


def _closeness(
    library: Library, asked: Sequence[Question], works: int
) -> Iterator[tuple[Question, int, Closeness]]:
    """How near the library comes to questions; with `works` so many of them, drawn for each
    question, its own among them. A question about a paper is asked of the whole library alone.
    """
    generator = random.Random(17)
    asker = library.asker
    facts = library.paper_texts.searcher.facts
    whole = dict(facts)
    texts = [work for work in whole if library.by_id[work].pdf]
    for question in asked:
        query = parse_question(question.text)
        if works:
            if question.kind in ("false-premise", "short") or (
                question.answerable and not question.work
            ):
                continue
            chosen = {*generator.sample(texts, works), question.work}
            marked = {w: replace(f, headings=((DRAWN,),) * (w in chosen)) for w, f in whole.items()}
            cast("dict[str, Facts]", facts).update(marked)
            query = replace(query, headings=(DRAWN,))
        passages = asker.passages(query)
        if passages.hits:
            yield question, works, asker.closeness(passages)
    cast("dict[str, Facts]", facts).update(whole)


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
        print(json.dumps(fit_closeness(library, asked), indent=1), flush=True)
        print(json.dumps(fit_ranking(library.asker, asked), indent=1))


if __name__ == "__main__":
    main()
