"""Groups of papers by other people's libraries, in a Python of their own
(`benchmarks.quality.topics --rivals PYTHON`).

Reads from standard input {"texts": [...], "vectors": FILE.npy, "cases": [[row, ...], ...]}; writes
to standard output {"groups": {method: [[group of each row of the case, ...], ...]}, "skipped":
{method: reason}}. All get the same vectors, as they come, and find the number of groups themselves:
UMAP with HDBSCAN and BERTopic with the settings that BERTopic's manual starts from, Leiden's
modularity on a graph of 15 neighbours.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np


def flatten(vectors: Any) -> Any:
    import umap  # type: ignore[import-not-found]

    near = min(15, len(vectors) - 2)
    shown = umap.UMAP(
        n_neighbors=near, n_components=5, min_dist=0.0, metric="cosine", random_state=0
    )
    return shown.fit_transform(vectors)


def umap_hdbscan(texts: list[str], vectors: Any) -> list[int]:
    from sklearn.cluster import HDBSCAN

    found = HDBSCAN(min_cluster_size=10, copy=True).fit_predict(flatten(vectors))
    return [int(g) for g in found]


def bertopic(texts: list[str], vectors: Any) -> list[int]:
    import umap
    from bertopic import BERTopic  # type: ignore[import-not-found]

    near = min(15, len(vectors) - 2)
    shown = umap.UMAP(
        n_neighbors=near, n_components=5, min_dist=0.0, metric="cosine", random_state=0
    )
    found, _ = BERTopic(umap_model=shown).fit_transform(texts, vectors)
    return [int(g) for g in found]


def leiden(texts: list[str], vectors: Any) -> list[int]:
    import igraph  # type: ignore[import-not-found]

    cosine = vectors @ vectors.T
    np.fill_diagonal(cosine, -1.0)
    near = np.argsort(-cosine, axis=1)[:, : min(15, len(vectors) - 1)]
    pairs = sorted({(min(i, int(j)), max(i, int(j))) for i in range(len(vectors)) for j in near[i]})
    graph = igraph.Graph(len(vectors), pairs)
    weights = [max(float(cosine[a, b]), 0.0) for a, b in pairs]
    found = graph.community_leiden("modularity", weights=weights, n_iterations=-1)
    return [int(g) for g in found.membership]


METHODS: dict[str, Callable[[list[str], Any], list[int]]] = {
    "UMAP + HDBSCAN": umap_hdbscan,
    "Leiden, 15 neighbours": leiden,
    "BERTopic": bertopic,
}


def main() -> int:
    import random

    warnings.filterwarnings("ignore")
    asked = json.load(sys.stdin)
    vectors = np.load(asked["vectors"])
    groups: dict[str, list[list[int]]] = {}
    skipped: dict[str, str] = {}
    for name, method in METHODS.items():
        try:
            found = []
            for rows in asked["cases"]:
                random.seed(0)
                found.append(method([asked["texts"][r] for r in rows], vectors[rows]))
            groups[name] = found
        except Exception as error:  # noqa: BLE001 - a rival that does not run is a row that says why
            skipped[name] = f"{type(error).__name__}: {error}"[:200]
    json.dump({"groups": groups, "skipped": skipped}, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
