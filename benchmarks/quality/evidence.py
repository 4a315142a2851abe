"""Evidence for citing sentences, and true citations told from swapped ones (CL-SciSumm 2018).

    python -m benchmarks.quality.evidence [--fit] [--json]

Needs ../shared/eval/cited_spans (or LITMAP_SHARED): 377 citing sentences with the sentences of 21
papers that they cite. hit@k: a gold sentence, or one beside it, among the first k. AUC: strengths of
the own paper against those of all others. The weights were fitted on this set, so the figures that
count are those of papers left out (seven parts; --fit prints both and the weights of all).
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import keep
from benchmarks.places import SHARED
from litmap.claims import Cohort, PaperText, Shortlist, Statement, nearness, shortlist
from litmap.claims.evidence import FEATURES, WEIGHTS, best_apart, features
from litmap.claims.statements import statement_of
from litmap.claims.strength import INTERCEPT, SLOPE, strength
from litmap.models import PaperSentence
from litmap.parsing.terms import index_terms

Floats = NDArray[np.float64]
DATA = SHARED / "eval" / "cited_spans"
WINDOW, STEP = 6, 4
"""Sentences of what stands in for a passage, and from one to the next."""
FOLDS = 7


@dataclass(frozen=True)
class Case:
    """A citing sentence with what was found in its own paper: features (n, f) of the shortlist, and
    which of its rows are gold, or beside it.
    """

    paper: str
    rows: NDArray[np.int64]
    features: Floats
    gold: NDArray[np.bool_]
    near: NDArray[np.bool_]


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _paper_text(paper: dict[str, Any], encoder: Any) -> tuple[PaperText, Floats]:
    """A paper as litmap holds it, with the vectors of its sentences; its title, which comes first, is
    none of them.
    """
    texts = [s["text"] for s in paper["sentences"][1:]]
    sentences = [PaperSentence(t, 1, (), "body", "", i) for i, t in enumerate(texts)]
    begins = range(0, len(texts), STEP)
    windows = [" ".join(texts[a : a + WINDOW]) for a in begins]
    held = np.array([min(i // STEP, len(windows) - 1) for i in range(len(texts))], np.int64)
    passages = encoder.encode(windows).astype(np.float64)
    return PaperText(sentences, passages, held), encoder.encode(texts).astype(np.float64)


def _idf(papers: dict[str, PaperText]) -> Any:
    counts: dict[str, int] = {}
    total = 0
    for paper in papers.values():
        for terms in paper.counts:
            total += 1
            for term in terms:
                counts[term] = counts.get(term, 0) + 1
    return lambda term: float(
        np.log(1 + (total - counts.get(term, 0) + 0.5) / (counts.get(term, 0) + 0.5))
    )


def _whole_scores(text: str, papers: dict[str, PaperText], idf: Any) -> dict[str, float]:
    """BM25 of each paper's whole text."""
    mean = np.mean([paper.lengths.sum() for paper in papers.values()])
    scores = {}
    for name, paper in papers.items():
        score = 0.0
        norm = 1.2 * (0.25 + 0.75 * paper.lengths.sum() / mean)
        for term in dict.fromkeys(index_terms(text, paper.language)):
            count = sum(n for _, n in paper.postings.get(term, ()))
            score += idf(term) * count * 2.2 / (count + norm)
        scores[name] = float(score)
    return scores


def _hits(cases: list[Case], scores: list[Floats]) -> list[float]:
    """hit@1, hit@3, hit@5 with no two sentences side by side."""
    hits = np.zeros(3)
    for case, score in zip(cases, scores, strict=True):
        near = np.isin(best_apart(case.rows, score), case.rows[case.near])
        hits += [near[:k].any() for k in (1, 3, 5)]
    return [round(float(h), 3) for h in hits / len(cases)]


def _fit(cases: list[Case], ridge: float = 0.01, steps: int = 300) -> Floats:
    """Weights by Adam on the softmax of each case's candidates, deterministic."""
    cases = [case for case in cases if case.gold.any()]
    most = max(len(case.rows) for case in cases)
    x = np.zeros((len(cases), most, len(FEATURES)))
    mask, y = np.zeros(x.shape[:2]), np.zeros(x.shape[:2])
    for row, case in enumerate(cases):
        n = len(case.rows)
        x[row, :n], mask[row, :n], y[row, :n] = case.features, 1, case.gold / case.gold.sum()
    mean = (x * mask[..., None]).sum((0, 1)) / mask.sum()
    spread = np.sqrt((((x - mean) ** 2) * mask[..., None]).sum((0, 1)) / mask.sum()) + 1e-6
    x = (x - mean) / spread * mask[..., None]
    w, m, v = (np.zeros(len(FEATURES)) for _ in range(3))
    for step in range(1, steps + 1):
        logits = np.where(mask > 0, x @ w, -1e9)
        p = np.exp(logits - logits.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        gradient = np.einsum("nm,nmk->k", p - y, x) / len(x) + ridge * w
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        w -= 0.05 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    return np.asarray(w / spread)


def area_under_curve(own: Floats, others: Floats) -> float:
    """How often a value of the first is above one of the others."""
    from sklearn.metrics import roc_auc_score

    is_own = np.r_[np.ones(own.size), np.zeros(others.size)]
    return float(roc_auc_score(is_own, np.concatenate([own, others])))


def measure(*, fit: bool) -> dict[str, Any]:
    """The figures."""
    from litmap.settings import load_settings
    from litmap.vectors import load_encoder

    encoder = load_encoder("", models_dir=load_settings().state / "models")
    raw = {paper["id"]: paper for paper in _lines(DATA / "papers.jsonl")}
    made = {name: _paper_text(paper, encoder) for name, paper in raw.items()}
    papers = {name: paper for name, (paper, _) in made.items()}
    idf = _idf(papers)
    claims = _lines(DATA / "claims.jsonl")
    statements = [statement_of(c["claim"]) or c["claim"] for c in claims]
    vectors = encoder.encode(statements).astype(np.float64)
    cases, near = [], np.zeros((len(claims), len(papers)))
    for number, (claim, text, vector) in enumerate(zip(claims, statements, vectors, strict=True)):
        statement = Statement(text, vector)
        cases.append(_case(claim, statement, *made[claim["paper"]], raw, idf))
        words = _whole_scores(text, papers, idf)
        for place, (name, paper) in enumerate(papers.items()):
            others = np.concatenate([p.passages @ vector for n, p in papers.items() if n != name])
            cohort = Cohort(others, np.array(list(words.values())))
            near[number, place] = nearness(paper.passages @ vector, words[name], cohort)
    own = np.array([list(papers).index(c["paper"]) for c in claims])
    mine = near[np.arange(len(own)), own]
    rest = np.array([np.delete(row, o) for row, o in zip(near, own, strict=True)]).ravel()
    found = {
        "claims": len(claims),
        "hits": _hits(cases, [case.features @ WEIGHTS for case in cases]),
        "auc": round(area_under_curve(mine, rest), 3),
        "strength of own papers, 5th percentile": round(
            strength(float(np.quantile(mine, 0.05))), 3
        ),
    }
    return found | (_fitted(cases, mine, rest) if fit else {})


def _case(
    claim: dict[str, Any],
    statement: Statement,
    paper: PaperText,
    vectors: Floats,
    raw: Any,
    idf: Any,
) -> Case:
    short: Shortlist = shortlist(statement, paper, idf)
    place = {s["sid"]: i - 1 for i, s in enumerate(raw[claim["paper"]]["sentences"])}
    gold = [place[g] for g in claim["gold"]]
    values = features(paper, short, vectors[short.rows] @ statement.vector)
    is_gold = np.isin(short.rows, gold)
    is_near = np.array([any(abs(row - g) <= 1 for g in gold) for row in short.rows])
    return Case(claim["paper"], short.rows, values, is_gold, is_near)


def _fitted(cases: list[Case], own: Floats, others: Floats) -> dict[str, Any]:
    """Figures of papers left out, weights, and the calibration of strengths."""
    from sklearn.linear_model import LogisticRegression

    names = sorted({case.paper for case in cases})
    scores: list[Floats] = [np.zeros(0)] * len(cases)
    for part in range(FOLDS):
        held = set(names[part::FOLDS])
        weights = _fit([case for case in cases if case.paper not in held])
        for place, case in enumerate(cases):
            if case.paper in held:
                scores[place] = case.features @ weights
    model = LogisticRegression(class_weight="balanced", C=1e3)
    x = np.concatenate([own, others])[:, None]
    model.fit(x, np.r_[np.ones(own.size), np.zeros(others.size)])
    return {
        "hits, papers left out": _hits(cases, scores),
        "weights": [round(float(w), 2) for w in _fit(cases)],
        "slope, intercept": [
            round(float(model.coef_[0, 0]), 2),
            round(float(model.intercept_[0]), 2),
        ],
        "now": [SLOPE, INTERCEPT],
    }


def main() -> None:
    """Print the figures, and with --json keep them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found = measure(fit=args.fit)
    print(json.dumps(found, indent=1))
    if args.json:
        keep("evidence", "python -m benchmarks.quality.evidence --fit --json", found)


if __name__ == "__main__":
    main()
