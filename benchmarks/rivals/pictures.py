"""The map's layout and its SVG beside libraries: `python -m benchmarks.rivals.pictures`.

Layouts of papers by scikit-learn's TSNE, openTSNE and umap-learn over the same vectors (abstracts
of the shared evaluation data, embedded here, `--texts`), or `--saved FILE.npz` of vectors:
trustworthiness, the share of each paper's ten neighbours kept, dots that cover others, processor
seconds, and how far known papers move when a tenth is new. SVG by svgwrite and drawsvg: the same
dots and labels. Libraries that are not installed are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from benchmarks.places import SHARED

os.environ.setdefault(
    "OMP_NUM_THREADS", "1"
)  # so that processor time is not time spent waiting for a core

import numpy as np

from litmap.maps.projection import _apart, _framed, project
from litmap.vectors import load_encoder

Known = np.ndarray | None


def vectors(count: int) -> np.ndarray:
    """Vectors of so many abstracts."""
    lines = (SHARED / "eval/retrieval/scitldr/corpus.jsonl").read_text("utf-8").splitlines()[:count]
    encoder = load_encoder("", models_dir=Path(tempfile.mkdtemp()))
    return np.asarray(encoder.encode([json.loads(line)["text"] for line in lines]))


def litmap_layout(rows: np.ndarray, known: Known) -> np.ndarray:
    ids = [str(i) for i in range(len(rows))]
    previous = (
        None if known is None else {str(i): (float(x), float(y)) for i, (x, y) in enumerate(known)}
    )
    return project(rows, ids, previous=previous)


def sklearn_tsne(rows: np.ndarray, known: Known) -> np.ndarray:
    from sklearn.manifold import TSNE

    first = "pca" if known is None else started(rows, known)
    return TSNE(metric="cosine", init=first, perplexity=20, random_state=0).fit_transform(rows)


def tsne_apart(rows: np.ndarray, known: Known) -> np.ndarray:
    """The same, with litmap's own step that pushes apart dots which cover each other."""
    return _apart(_framed(sklearn_tsne(rows, known)), np.zeros(len(rows), dtype=bool))


def open_tsne(rows: np.ndarray, known: Known) -> np.ndarray:
    from openTSNE import TSNE

    first = "pca" if known is None else started(rows, known) * 1e-4 / known.std()
    model = TSNE(metric="cosine", initialization=first, perplexity=20, random_state=0, n_jobs=1)
    return np.asarray(model.fit(rows.astype(np.float64)))


def umap_learn(rows: np.ndarray, known: Known) -> np.ndarray:
    from umap import UMAP

    first = "spectral" if known is None else started(rows, known)
    return UMAP(metric="cosine", n_neighbors=12, init=first, random_state=0).fit_transform(rows)


def started(rows: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Where the first papers were, and each new one beside its nearest."""
    near = (rows[len(known) :] @ rows[: len(known)].T).argmax(axis=1)
    return np.concatenate([known, known[near] + 1e-3]).astype(np.float32)


LAYOUTS: dict[str, Callable[[np.ndarray, Known], np.ndarray]] = {
    "litmap": litmap_layout, "scikit-learn TSNE": sklearn_tsne, "the same, dots apart": tsne_apart,
    "openTSNE": open_tsne, "umap-learn": umap_learn,
}  # fmt: skip


def aligned(places: np.ndarray, old: np.ndarray) -> np.ndarray:
    """Turned, scaled and moved onto the old places as well as can be."""
    here, there = places - places.mean(axis=0), old - old.mean(axis=0)
    left, values, right = np.linalg.svd(here.T @ there)
    return here @ (left @ right) * values.sum() / (here**2).sum() + old.mean(axis=0)


def measure(name: str, rows: np.ndarray) -> dict[str, Any]:
    from sklearn.manifold import trustworthiness
    from sklearn.neighbors import NearestNeighbors

    make = LAYOUTS[name]
    make(rows[:60], None)  # what is compiled when first used
    start = time.process_time()
    places = make(rows, None)
    seconds = time.process_time() - start
    truly = NearestNeighbors(n_neighbors=11, metric="cosine").fit(rows).kneighbors(rows)[1][:, 1:]
    shown = NearestNeighbors(n_neighbors=11).fit(places).kneighbors(places)[1][:, 1:]
    kept = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(truly, shown, strict=True)])
    frame = np.quantile(places, 0.99, axis=0) - np.quantile(places, 0.01, axis=0)
    gap = (
        NearestNeighbors(n_neighbors=2)
        .fit(places / frame.max())
        .kneighbors(places / frame.max())[0][:, 1]
    )
    first = len(rows) * 9 // 10
    before = make(rows[:first], None)
    after = make(rows, before)
    moved = (
        np.linalg.norm(aligned(after[:first], before) - before, axis=1)
        / np.ptp(before, axis=0).max()
    )
    return {
        "layout": name, "papers": len(rows), "cpu s": round(seconds, 2),
        "trustworthiness": round(float(trustworthiness(rows, places, n_neighbors=10, metric="cosine")), 4),
        "neighbours kept": round(float(kept), 3), "dots that cover another": round(float((gap < 0.007).mean()), 3),
        "known papers move (share of the width)": round(float(np.median(moved)), 4),
    }  # fmt: skip


# ── SVG ──────────────────────────────────────────────────────────────────────────────────────────
def svg_litmap(dots: list[tuple[float, float, str]]) -> str:
    from html import escape

    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1400 1000">']
    for x, y, title in dots:
        shown = escape("".join(c if c.isprintable() else " " for c in title))
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#456"><title>{shown}</title></circle>'
        )
        parts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="12">{shown}</text>')
    return "\n".join([*parts, "</svg>"])


def svg_svgwrite(dots: list[tuple[float, float, str]]) -> str:
    import svgwrite

    drawing = svgwrite.Drawing(viewBox="0 0 1400 1000")
    for x, y, title in dots:
        circle = drawing.circle((round(x, 1), round(y, 1)), 5, fill="#445566")
        circle.set_desc(title=title)
        drawing.add(circle)
        drawing.add(drawing.text(title, (round(x, 1), round(y, 1)), font_size=12))
    return str(drawing.tostring())


def svg_drawsvg(dots: list[tuple[float, float, str]]) -> str:
    import drawsvg

    drawing = drawsvg.Drawing(1400, 1000)
    for x, y, title in dots:
        circle = drawsvg.Circle(round(x, 1), round(y, 1), 5, fill="#456")
        circle.append_title(title)
        drawing.append(circle)
        drawing.append(drawsvg.Text(title, 12, round(x, 1), round(y, 1)))
    return str(drawing.as_svg())


def measure_svg(name: str, draw: Callable[[list[tuple[float, float, str]]], str]) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    hostile = ["a < b & c", "quote \" and '", "control \x07 sign", "naïve 数学", "]]> <script>"]
    dots = [
        (float(x), float(y), hostile[i % 5])
        for i, (x, y) in enumerate(rng.random((2000, 2)) * 1000)
    ]
    start = time.process_time()
    text = draw(dots)
    seconds = time.process_time() - start
    try:
        count = sum(1 for e in ElementTree.fromstring(text).iter() if e.tag.endswith("circle"))
        valid = f"{count} dots"
    except ElementTree.ParseError as error:
        valid = f"not well-formed: {error}"
    return {
        "svg": name,
        "cpu ms": round(1000 * seconds, 1),
        "bytes": len(text.encode()),
        "read back": valid,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=600)
    parser.add_argument("--saved", type=Path)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    for name, draw in {
        "by hand": svg_litmap,
        "svgwrite": svg_svgwrite,
        "drawsvg": svg_drawsvg,
    }.items():
        try:
            print(json.dumps(measure_svg(name, draw)))
        except ImportError as error:
            print(f"{name} left out: {error}")
    rows = np.load(args.saved)["vectors"] if args.saved else vectors(args.texts)
    for name in LAYOUTS:
        try:
            print(json.dumps(measure(name, rows)), flush=True)
        except ImportError as error:
            print(f"{name} left out: {error}")


if __name__ == "__main__":
    main()
