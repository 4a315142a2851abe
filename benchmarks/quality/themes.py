"""Headings grouped into themes, against the parents that the notes give them, beside k-means,
agglomerative clustering and Leiden communities that are told the number of parents.

    python -m benchmarks.quality.themes [--cache DIR] [--json]

Needs the evaluation data (`../shared` beside the checkout, or LITMAP_SHARED): the headings of the
library's notes with the papers filed there, and those of the nested collection. What stands above a
heading is hidden from all methods. Both collections were in view while the weights were chosen, and
the nested one was tuned on. Stability is the adjusted Rand index between the themes of all papers
and those with a twentieth of the papers, or a tenth of the headings, left out. Leiden runs where
igraph can be imported.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.places import SHARED, shared
from benchmarks.quality.topics import Remembering
from litmap.topics import PaperText, evidence, filing, themes
from litmap.topics.outline import Outline

Groups = NDArray[np.int64]
DRAWS = 20


@dataclass(frozen=True)
class Collection:
    """Headings with the number of their parent, their evidence, and plain vectors of both their
    names and the middle of their papers, side by side.
    """

    name: str
    parents: Groups
    found: themes.HeadingEvidence
    plain: NDArray[np.float64]


def collect(
    name: str,
    papers: Sequence[PaperText],
    paths: Sequence[tuple[str, ...]],
    filed: Sequence[Sequence[int]],
    encoder: Any,
) -> Collection:
    """`filed` are the numbers of the paths under which each paper stands."""
    topics = tuple((path[-1],) for path in paths)
    outline = Outline(topics, {}, dict.fromkeys(topics, ("one note",)), frozenset())
    vectors = encoder.encode([f"{p.title}. {p.abstract}" for p in papers])
    found = evidence.gather(papers, outline, vectors, encoder)
    labels = np.zeros((len(papers), len(paths)))
    for row, own in enumerate(filed):
        labels[row, list(own)] = 1.0 / len(set(own))
    judged = filing.judge(found, labels)
    middles = evidence.unit((labels > 0).astype(float).T @ np.asarray(vectors, dtype=np.float64))
    number: dict[tuple[str, ...], int] = {}
    parents = np.array([number.setdefault(path[:-1], len(number)) for path in paths])
    return Collection(
        name,
        parents,
        filing.heading_evidence(found, outline, judged, labels),
        np.concatenate([found.names, middles], axis=1),
    )


def nested(encoder: Any) -> Collection:
    """The nested collection: 149 headings below 14."""
    folder = SHARED / "eval" / "topics" / "ijcai-nested"
    rows = [
        json.loads(line)
        for line in (folder / "papers.jsonl").read_text("utf-8").split("\n")
        if line
    ]
    names = json.loads((folder / "headings.json").read_text("utf-8"))
    column = {name: number for number, name in enumerate(names)}
    papers = [PaperText(str(i), p["title"], p.get("abstract") or "") for i, p in enumerate(rows)]
    filed = [[column[h] for h in p["all_headings"] if h in column] for p in rows]
    return collect(folder.name, papers, [tuple(n.split(": ", 1)) for n in names], filed, encoder)


def library(encoder: Any) -> Collection:
    """The library's three notes: 24 headings below 9."""
    filing_of = json.loads((SHARED / "library" / "filing.json").read_text("utf-8"))
    listed = json.loads((SHARED / "papers" / "manifest.json").read_text("utf-8"))
    papers = [
        PaperText(p["key"], p["title"], p.get("abstract") or "")
        for p in listed
        if p["key"] in filing_of
    ]
    paths = sorted({tuple(filed["full_path"]) for filed in filing_of.values()})
    leaf = {path[-1]: number for number, path in enumerate(paths)}
    filed = []
    for paper in papers:
        own = filing_of[paper.id]
        others = [h if isinstance(h, str) else h[-1] for h in own["secondary"]]
        filed.append([leaf[h] for h in (own["heading"], *others) if h in leaf])
    return collect("library notes", papers, paths, filed, encoder)


def methods(c: Collection) -> Iterator[tuple[str, Groups]]:
    """Each method with the group of each heading; one that depends on chance comes three times."""
    from sklearn.cluster import AgglomerativeClustering, KMeans

    many = int(c.parents.max()) + 1
    rows = themes.heading_rows(c.found)
    yield "litmap", themes.group_headings(rows)
    yield "litmap, told k", themes.group_headings(rows, many)
    for seed in range(3):
        yield "k-means, told k", KMeans(many, n_init=10, random_state=seed).fit_predict(c.plain)
    for linkage in ("average", "ward"):
        told = AgglomerativeClustering(many, linkage=linkage)
        yield f"agglomerative ({linkage}), told k", told.fit_predict(c.plain)
    if (leiden := _leiden(c.plain, many)) is not None:
        yield "Leiden, told k", leiden


def _leiden(rows: NDArray[np.float64], many: int) -> Groups | None:
    """Leiden communities of the graph of ten nearest neighbours, as coarse as there are `many`."""
    try:
        import igraph
    except ImportError:
        print("Leiden: left out, no igraph", file=sys.stderr)
        return None
    cosines = evidence.unit(rows) @ evidence.unit(rows).T
    np.fill_diagonal(cosines, 0.0)
    nearest = np.argsort(-cosines, axis=1)[:, :10]
    weights = {(min(i, j), max(i, j)): cosines[i, j] for i in range(len(rows)) for j in nearest[i]}
    graph = igraph.Graph(n=len(rows), edges=[(int(a), int(b)) for a, b in weights])
    igraph.set_random_number_generator(random.Random(0))
    for resolution in np.geomspace(0.2, 8.0, 60):
        found = graph.community_leiden(
            "modularity", weights=list(weights.values()), resolution=resolution, n_iterations=10
        )
        if len(found) >= many:
            break
    return np.array(found.membership)


def stability(c: Collection) -> Iterator[tuple[str, float]]:
    """What is left out, and how far the themes of the rest are those of the whole, draw by draw."""
    from sklearn.metrics import adjusted_rand_score

    whole = themes.group_headings(themes.heading_rows(c.found))
    for draw in range(DRAWS):
        for what, change in (
            ("5 % of papers", _fewer_papers),
            ("10 % of headings", _fewer_headings),
        ):
            changed, kept = change(c.found, np.random.default_rng(draw))
            groups = themes.group_headings(themes.heading_rows(changed))
            yield what, float(adjusted_rand_score(whole[kept], groups))


Changed = tuple[themes.HeadingEvidence, Groups]


def _without(share: float, count: int, draw: np.random.Generator) -> Groups:
    """The numbers below `count`, a share of them left out by chance."""
    return np.sort(draw.permutation(count)[round(share * count) :])


def _fewer_papers(found: themes.HeadingEvidence, draw: np.random.Generator) -> Changed:
    left = _without(0.05, len(found.points), draw)
    fewer = dataclasses.replace(
        found,
        points=found.points[left],
        labels=found.labels[left],
        chances=found.chances[left],
        cites=found.cites[left][:, left],
    )
    return fewer, np.arange(len(found.texts))


def _fewer_headings(found: themes.HeadingEvidence, draw: np.random.Generator) -> Changed:
    left = _without(0.1, len(found.texts), draw)
    fewer = dataclasses.replace(
        found,
        texts=found.texts[left],
        same=found.same[np.ix_(left, left)],
        labels=found.labels[:, left],
        chances=found.chances[:, left],
    )
    return fewer, left


def measure(c: Collection) -> list[dict[str, Any]]:
    """A record for each method, and one for each kind of what is left out."""
    from sklearn.metrics import adjusted_rand_score, v_measure_score

    found: dict[str, list[tuple[float, float, int]]] = {}
    for method, groups in methods(c):
        scores = (adjusted_rand_score(c.parents, groups), v_measure_score(c.parents, groups))
        found.setdefault(method, []).append((*map(float, scores), len(set(groups.tolist()))))
    rows = [
        {
            "set": c.name,
            "method": method,
            **dict(zip(("ari", "v_measure", "themes"), mean, strict=True)),
        }
        for method, listed in found.items()
        for mean in [np.mean(listed, axis=0).round(4).tolist()]
    ]
    kept: dict[str, list[float]] = {}
    for what, score in stability(c):
        kept.setdefault(what, []).append(score)
    return rows + [
        {
            "set": c.name,
            "method": f"litmap without {what}",
            "ari to itself": round(float(np.mean(s)), 4),
        }
        for what, s in kept.items()
    ]


COLLECTIONS: tuple[Callable[[Any], Collection], ...] = (nested, library)


def main() -> int:
    """Print a record for each collection and method."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cache", type=Path, help="keep vectors here between runs")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if shared() is None:
        print(f"no evaluation data in {SHARED}", file=sys.stderr)
        return 1
    from litmap.vectors import load_encoder

    cache = args.cache or Path(tempfile.mkdtemp(prefix="litmap-bench-"))
    encoder = Remembering(load_encoder("", models_dir=cache), cache)
    rows = [row for load in COLLECTIONS for row in measure(load(encoder))]
    if args.json:
        print(json.dumps(rows, indent=1))
    else:
        for row in rows:
            print(
                "  ".join(
                    f"{k} {v:.3f}" if isinstance(v, float) else str(v) for k, v in row.items()
                )
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
