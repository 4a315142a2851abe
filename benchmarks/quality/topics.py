"""Filing, 'fits none' and emergent clusters on papers whose headings are known, beside the usual
methods.

    python -m benchmarks.quality.topics DIR... [--known 0 0.1 0.3 0.9] [--seeds 3] [--tasks filing none clusters]
        [--rivals PYTHON] [--json]

A DIR holds papers.jsonl ({"title", "abstract", "heading"}) and headings.json (a list; 'Outer:
Inner' is a nested one). Filing: a share of each heading's papers stands in the notes, the rest in
an inbox. None: one heading is left out of the notes with all its papers. Clusters: a quarter of the
headings is left out, their papers are grouped without being told how many groups there are; k-means
is told. All methods have the same vectors.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.places import ROOT
from litmap.models import Heading
from litmap.protocols import Encoder
from litmap.topics import PaperText, clusters, evidence, filing, novelty, scoring
from litmap.topics.outline import read_outline

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Collection:
    """Papers with their gold heading (column of `headings`), the evidence, and plain vectors of
    both.
    """

    name: str
    gold: NDArray[np.int64]
    headings: list[tuple[str, ...]]
    evidence: evidence.Evidence
    vectors: Floats
    heading_vectors: Floats
    texts: list[str]


class Remembering:
    """An encoder that keeps what it has made."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self.encoder, self.folder = encoder, folder
        folder.mkdir(parents=True, exist_ok=True)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As the encoder's own."""
        digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:24]
        path = self.folder / f"{digest}.npy"
        if not path.exists():
            np.save(path, self.encoder.encode(list(texts)))
        return np.asarray(np.load(path), dtype=np.float32)


def load(folder: Path, encoder: Any) -> Collection:
    papers = [
        json.loads(line)
        for line in (folder / "papers.jsonl").read_text(encoding="utf-8").split("\n")
        if line
    ]
    names = json.loads((folder / "headings.json").read_text(encoding="utf-8"))
    paths = [tuple(name.split(": ", 1)) if ": " in name else (name,) for name in names]
    listed = {path[:n]: None for path in paths for n in range(1, len(path) + 1)}
    outline = read_outline(
        {"notes": [Heading(path, i + 1) for i, path in enumerate(listed)]},
        [[path] for path in paths],
    )
    works = [PaperText(str(i), p["title"], p.get("abstract") or "") for i, p in enumerate(papers)]
    vectors = encoder.encode([f"{w.title}. {w.abstract}" for w in works])
    found = evidence.gather(works, outline, vectors, encoder)
    order = [outline.topics.index(path) for path in paths]
    found = dataclasses.replace(found, headings=found.headings[:, order])
    column = {name: i for i, name in enumerate(names)}
    gold = np.array([column[p["heading"]] for p in papers])
    plain = np.asarray(encoder.encode([": ".join(path) for path in paths]), dtype=np.float64)
    texts = [f"{w.title}. {w.abstract}" for w in works]
    return Collection(
        folder.name, gold, paths, found, np.asarray(vectors, dtype=np.float64), plain, texts
    )


def choose_known(gold: NDArray[np.int64], share: float, seed: int) -> NDArray[np.bool_]:
    draw = random.Random(seed)
    by: dict[int, list[int]] = defaultdict(list)
    for i, h in enumerate(gold):
        by[int(h)].append(i)
    known = np.zeros(len(gold), dtype=bool)
    for h in sorted(by):
        rows = sorted(by[h])
        draw.shuffle(rows)
        known[rows[: max(1, round(share * len(rows))) if share else 0]] = True
    return known


def one_hot(gold: NDArray[np.int64], known: NDArray[np.bool_], many: int) -> Floats:
    out = np.zeros((len(gold), many))
    out[np.flatnonzero(known), gold[known]] = 1.0
    return out


def filing_methods(c: Collection, known: NDArray[np.bool_]) -> dict[str, Floats]:
    from sklearn.linear_model import LogisticRegression

    likeness = c.vectors @ c.heading_vectors.T
    centred = evidence.column_scores(likeness, np.ones(len(likeness), dtype=bool))
    judged = filing.judge(c.evidence, one_hot(c.gold, known, len(c.headings)))
    out = {"litmap": judged.chances, "nearest heading": likeness, "centred by column": centred}
    prior = scoring.softmax(2.0 * centred)
    graph = scoring.neighbour_graph(c.evidence.meaning, None)
    out["+ label propagation"] = scoring.propagate(graph, prior, np.zeros_like(prior))
    if known.any():
        centres = c.heading_vectors.copy()  # of headings without a paper
        for h in np.unique(c.gold[known]):
            centres[h] = c.vectors[known & (c.gold == h)].mean(axis=0)
        out["centroid"] = c.vectors @ evidence.unit(centres).T
        model = LogisticRegression(C=10, max_iter=200).fit(c.vectors[known], c.gold[known])
        out["logistic regression"] = _spread(model, c)
        rows = np.concatenate([c.vectors[known], c.heading_vectors])
        both = LogisticRegression(C=10, max_iter=200).fit(
            rows, np.r_[c.gold[known], np.arange(len(c.headings))]
        )
        out["with headings"] = _spread(both, c)
        out["regression + heading"] = _z(np.log(out["with headings"] + 1e-9)) + _z(centred)
        parts = (out["with headings"], out["centroid"], centred, out["+ label propagation"])
        out["sum of all"] = np.sum([_z(p) for p in parts], axis=0)
    return out


def _spread(model: Any, c: Collection) -> Floats:
    out = np.zeros((len(c.gold), len(c.headings)))
    out[:, model.classes_] = model.predict_proba(c.vectors)
    return out


def _z(scores: Floats) -> Floats:
    return scoring.row_scores(scores)


def run_filing(c: Collection, shares: Sequence[float], seeds: int) -> list[dict[str, Any]]:
    rows = []
    for share in shares:
        found: dict[str, list[float]] = defaultdict(list)
        for seed in range(seeds if share else 1):
            known = choose_known(c.gold, share, seed)
            for method, scores in filing_methods(c, known).items():
                found[method].append(float((scores.argmax(axis=1) == c.gold)[~known].mean()))
        rows += [_row(c, f"filing at {share:g}", m, accuracy=v) for m, v in found.items()]
    return rows


def run_none(c: Collection, share: float, most: int = 24) -> list[dict[str, Any]]:
    from sklearn.metrics import roc_auc_score

    points = scoring.features(c.evidence)
    graph = scoring.neighbour_graph(points, c.evidence.cites)
    found: dict[str, list[float]] = defaultdict(list)
    for h in range(0, len(c.headings), max(1, len(c.headings) // most)):
        known = choose_known(c.gold, share, h)
        known[c.gold == h] = False
        keep = [j for j in range(len(c.headings)) if j != h]
        left = dataclasses.replace(c.evidence, headings=c.evidence.headings[:, keep])
        filed = one_hot(c.gold, known, len(c.headings))[:, keep]
        scores = scoring.score(left, points, graph, filed)
        truth = (c.gold == h)[~known]
        known_vectors = c.vectors[known]
        for method, level in (
            ("litmap", novelty.fits_none(graph, scores, filed)),
            ("far from headings", -left.headings.max(axis=1)),
            (
                "far from filed papers",
                -np.sort(c.vectors @ known_vectors.T, axis=1)[:, -5:].mean(axis=1),
            ),
            ("unsure", -scoring.softmax(scores.total()).max(axis=1)),
        ):
            found[method].append(float(roc_auc_score(truth, level[~known])))
    return [_row(c, f"fits none at {share:g}", m, auroc=v) for m, v in found.items()]


def run_clusters(c: Collection, rivals: str = "", rounds: int = 5) -> list[dict[str, Any]]:
    from sklearn.metrics import adjusted_rand_score, v_measure_score

    found: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    draw = np.random.default_rng(0)
    points = scoring.features(c.evidence, 1.0)
    sizes = np.bincount(c.gold, minlength=len(c.headings))
    lefts = [
        draw.permutation(len(c.headings))[: max(4, len(c.headings) // 4)] for _ in range(rounds)
    ]
    lefts.append(np.arange(len(c.headings)))
    cases = [np.flatnonzero(np.isin(c.gold, left)) for left in lefts]
    guesses = run_rivals(c, cases, rivals)
    for number, (left, rows) in enumerate(zip(lefts, cases, strict=True)):
        rest = np.setdiff1d(np.arange(len(c.headings)), left)
        target_size = clusters.target_cluster_size(sizes[rest].astype(np.float64))
        what = "a quarter" if len(rest) else "all"
        made = [
            (method, make())
            for method, make in cluster_methods(c, points, rows, target_size, len(left))
        ]
        made += [(method, np.array(listed[number])) for method, listed in guesses.items()]
        for method, guess in made:
            truth = c.gold[rows]
            ari, v = float(adjusted_rand_score(truth, guess)), float(v_measure_score(truth, guess))
            found[f"{what}: {method}"].append((ari, v, len(set(guess.tolist()) - {-1})))
    return [
        _row(
            c,
            f"clusters, {m.split(': ')[0]}",
            m.split(": ")[1],
            ari=[row[0] for row in v],
            v_measure=[row[1] for row in v],
            groups=[row[2] for row in v],
        )
        for m, v in found.items()
    ]


def cluster_methods(
    c: Collection, points: Floats, rows: NDArray[np.int64], target_size: float | None, many: int
) -> list[tuple[str, Callable[[], NDArray[np.int64]]]]:
    """k-means stands there three times, from three starts: its figure is their mean."""
    from sklearn.cluster import KMeans

    own = c.vectors[rows]

    def means(seed: int) -> Callable[[], NDArray[np.int64]]:
        return lambda: np.asarray(KMeans(many, n_init=5, random_state=seed).fit_predict(own))

    return [
        ("litmap", lambda: clusters.cluster(points[rows], None, target_cluster_size=target_size)),
        ("litmap, told k", lambda: clusters.cluster(points[rows], None, cluster_count=many)),
        *[("k-means, told k", means(seed)) for seed in range(3)],
    ]


def run_rivals(
    c: Collection, cases: Sequence[NDArray[np.int64]], python: str
) -> dict[str, list[list[int]]]:
    """Groups by other libraries, which live in another Python; methods that do not run there are
    named and left out.
    """
    if not python:
        print(
            "UMAP with HDBSCAN, Leiden, BERTopic: left out, no --rivals PYTHON that has them",
            file=sys.stderr,
        )
        return {}
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "vectors.npy", c.vectors)
        asked = {
            "texts": c.texts,
            "vectors": f"{folder}/vectors.npy",
            "cases": [rows.tolist() for rows in cases],
        }
        script = str(ROOT / "benchmarks" / "rivals" / "topic_rivals.py")
        done = subprocess.run(
            [python, script], input=json.dumps(asked), capture_output=True, text=True, check=True
        )
    answer = json.loads(done.stdout[done.stdout.index('{"groups"') :])
    for method, reason in answer["skipped"].items():
        print(f"{method}: left out, {reason}", file=sys.stderr)
    groups: dict[str, list[list[int]]] = answer["groups"]
    return groups


def _row(c: Collection, task: str, method: str, **values: Sequence[float]) -> dict[str, Any]:
    return {
        "set": c.name,
        "task": task,
        "method": method,
        **{k: round(float(np.mean(v)), 4) for k, v in values.items()},
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--known", type=float, nargs="+", default=[0.0, 0.1, 0.3, 0.9])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument(
        "--tasks",
        nargs="+",
        default=["filing", "none", "clusters"],
        choices=["filing", "none", "clusters"],
    )
    parser.add_argument(
        "--rivals",
        default="",
        metavar="PYTHON",
        help="a Python with bertopic, umap-learn, igraph to compare with",
    )
    parser.add_argument("--cache", type=Path, help="keep vectors here between runs")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    from litmap.vectors import load_encoder

    cache = args.cache or Path(tempfile.mkdtemp(prefix="litmap-bench-"))
    encoder = Remembering(load_encoder("", models_dir=cache), cache)
    rows: list[dict[str, Any]] = []
    for folder in args.folders:
        c = load(folder, encoder)
        if "filing" in args.tasks:
            rows += run_filing(c, args.known, args.seeds)
        if "none" in args.tasks:
            rows += run_none(c, 0.3)
        if "clusters" in args.tasks:
            rows += run_clusters(c, args.rivals)
        print(f"{folder.name}: done", file=sys.stderr)
    if args.json:
        print(json.dumps(rows, indent=1))
    else:
        for row in rows:
            values = "  ".join(f"{k} {v:.3f}" for k, v in row.items() if isinstance(v, float))
            print(f"{row['set']:<14} {row['task']:<18} {row['method']:<24} {values}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
