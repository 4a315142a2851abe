"""Sentences that lean on those around them, told from those that can be read alone.

    python -m benchmarks.quality.standing_alone [--fit]

Needs ../shared/papers (or LITMAP_SHARED). `data/standing_alone.json` says of sentences of those
papers, by the beginning of their text's SHA-256, whether they lean (1): each was read beside its
paper's title alone, and one that says nothing counts as leaning too. All of them are of no kind
that `standing_alone` names. The figures are those of papers left out of the learning (eight parts);
--fit prints the weights learnt on all.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.places import DATA, SHARED
from litmap.summaries.acronyms import acronyms_coined
from litmap.summaries.leaning import features
from litmap.summaries.papers import sentences_before
from litmap.summaries.sentences import find_candidates

Floats = NDArray[np.float64]
PARTS = 8
STRENGTH = 0.02
"""Inverse of the regression's regularisation, of features at one scale."""
CHANCES = (0.1, 0.13, 0.16, 0.2, 0.25)


def judged(folder: Path) -> Iterator[tuple[str, bool, dict[str, float]]]:
    """The paper, the judgement and the features of each judged sentence."""
    from litmap.text import extract

    labels = json.loads((DATA / "standing_alone.json").read_text("utf-8"))
    papers = {p["key"]: p for p in json.loads((folder / "manifest.json").read_text("utf-8"))}
    for key, own in labels.items():
        paper = papers[key]
        found = find_candidates(extract(folder / paper["file"], paper["sha256"]))
        coined = acronyms_coined(c.text for c in found)
        for row, candidate in enumerate(found):
            name = hashlib.sha256(candidate.text.encode()).hexdigest()[:12]
            if name in own:
                before = sentences_before(found, row)
                yield (
                    key,
                    bool(own.pop(name)),
                    features(candidate.text, paper["title"], before, coined),
                )


def left_out(rows: Floats, leans: NDArray[np.bool_], papers: list[str]) -> Floats:
    """The chance of each sentence by what was learnt on other papers."""
    from sklearn.model_selection import GroupKFold

    chances = np.zeros(len(leans))
    for train, test in GroupKFold(PARTS).split(rows, leans, papers):
        chances[test] = _model().fit(rows[train], leans[train]).predict_proba(rows[test])[:, 1]
    return chances


def _model() -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=2000))


def print_weights(names: list[str], rows: Floats, leans: NDArray[np.bool_]) -> None:
    """What `leaning.INTERCEPT` and `leaning.WEIGHTS` are to be."""
    scaler, model = (step for _, step in _model().fit(rows, leans).steps)
    weights = model.coef_[0] / scaler.scale_
    print(f"INTERCEPT = {model.intercept_[0] - weights @ scaler.mean_:.2f}")
    for name, weight in zip(names, weights, strict=True):
        print(f'    "{name}": {weight:.2f},')


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fit", action="store_true")
    args = parser.parse_args()
    folder = SHARED / "papers"
    if not (folder / "manifest.json").exists():
        print("the papers are not here: set LITMAP_SHARED", file=sys.stderr)
        return 2
    from sklearn.metrics import roc_auc_score

    papers, leaning, found = zip(*judged(folder), strict=True)
    names = list(found[0])
    rows = np.array([[own[name] for name in names] for own in found], dtype=np.float64)
    leans = np.array(leaning)
    chances = left_out(rows, leans, list(papers))
    print(f"{len(leans)} sentences of {len(set(papers))} papers, {leans.mean():.3f} lean;", end=" ")
    print(f"AUC {roc_auc_score(leans, chances):.3f}")
    for most in CHANCES:
        shown = chances <= most
        print(f"up to {most:.2f}: {shown.mean():.3f} shown, of them {leans[shown].mean():.3f} lean")
    if args.fit:
        print_weights(names, rows, leans)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
