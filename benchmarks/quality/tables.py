"""Cells of `litmap table` against keys made by hand, and weights that choose them.

    python -m benchmarks.quality.tables score --key KEY [--json]
    python -m benchmarks.quality.tables zones FOLDER
    python -m benchmarks.quality.tables near LIBRARY

A key is JSON: `{"columns": […], "papers": [{"file", "title", "cells": {COLUMN: null | {"pages",
"any_of"}}}]}`; `file` is a PDF of ../shared/papers (or LITMAP_SHARED). A cell is right where the
sentence stands on one of `pages` and holds all strings of one list of `any_of` (case-folded, blanks
normalised), or where both are empty. A column that a paper's cells lack is not scored. In
`data/table_labels.json` a cell is a list of marks of the sentences that a reader would take (`mark`).

- `score`: right cells, wrong sentences, and cells left empty, as shares of all, and the same of the
  papers that no weights were fitted on;
- `zones`: `tables/data/zone_weights.txt`, learnt on CSAbstruct (Cohan et al. 2019; FOLDER has its
  `train.jsonl`, `dev.jsonl`, `test.jsonl`);
- `near`: the weights of `tables/nearness.py`, on questions whose answers patterns find (`ASKED`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import keep
from benchmarks.places import DATA, SHARED
from litmap import tables, text
from litmap.library import Library
from litmap.library.table import LOOKED_AT
from litmap.models import PaperSentence
from litmap.paper_sentences import paper_sentences
from litmap.settings import load_settings
from litmap.summaries.standing_alone import stands_alone
from litmap.tables import nearness, zones
from litmap.vectors import load_encoder

LABELS = DATA / "table_labels.json"
"""The papers that weights are fitted on (`table_weights.py`)."""
ROOM = Path(tables.__file__).parent / "data"
PAPERS_ASKED = 30


Cell = dict[str, Any] | list[str] | None
"""What a key has for a cell."""
MARK = 10
"""Signs of a sentence's mark."""


@dataclass(frozen=True)
class Keyed:
    """A paper of a key with its sentences."""

    file: str
    title: str
    cells: dict[str, Cell]
    sentences: Sequence[PaperSentence]


def papers_of(*keys: Path) -> list[Keyed]:
    """The papers of keys, each once."""
    found: dict[str, dict[str, Any]] = {}
    for key in keys:
        for paper in json.loads(key.read_text("utf-8"))["papers"]:
            found.setdefault(paper["file"], paper)
    wanted = {file: SHARED / "papers" / "files" / file for file in found}
    read = dict(text.extract_many(list(wanted.items())))
    titles = titles_by_file()
    return [
        Keyed(file, paper.get("title") or titles[file], paper["cells"], paper_sentences(read[file]))
        for file, paper in found.items()
    ]


def titles_by_file() -> dict[str, str]:
    """The titles of the shared papers."""
    manifest = json.loads((SHARED / "papers" / "manifest.json").read_text("utf-8"))
    return {Path(paper["file"]).name: paper["title"] for paper in manifest}


def is_right(cell: Cell, sentence: PaperSentence | None) -> bool:
    """Whether a sentence, or none, is what a key has for a cell."""
    if not cell or sentence is None:
        return not cell and sentence is None
    if isinstance(cell, list):
        return mark(sentence.text) in cell
    told = _plain(sentence.text)
    said = any(all(_plain(part) in told for part in parts) for parts in cell["any_of"])
    return said and sentence.page in cell["pages"]


def mark(sentence: str) -> str:
    """What stands for a sentence where its text may not."""
    return hashlib.sha256(_plain(sentence).encode()).hexdigest()[:MARK]


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def score(papers: Sequence[Keyed], encode: tables.Encode | None) -> dict[str, Any]:
    """Shares of cells by column and in all."""
    counts: dict[str, list[tuple[bool, bool]]] = {}
    for paper in papers:
        read = tables.ReadPaper(paper.sentences, paper.title, stands_alone, encode)
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
    parser.add_argument("what", choices=("score", "zones", "near"))
    parser.add_argument("place", nargs="?", type=Path, help="of 'zones' and 'near'")
    parser.add_argument("--key", type=Path, action="append", default=[])
    parser.add_argument("--json", action="store_true", help="keep the figures of 'score'")
    args = parser.parse_args()
    if args.what == "score":
        encoder = load_encoder("", models_dir=load_settings().state / "models")
        papers = papers_of(*args.key)
        seen = {paper["file"] for paper in json.loads(LABELS.read_text("utf-8"))["papers"]}
        unseen = [paper for paper in papers if paper.file not in seen]
        found = {
            "papers": len(papers),
            "not fitted on": len(unseen),
            "with meaning": score(papers, encoder.encode),
            "with meaning, not fitted on": score(unseen, encoder.encode),
            "without meaning": score(papers, None),
        }
        if args.json:
            keep(
                "quality.tables",
                f"python -m benchmarks.quality.tables score --key {args.key[0].name}",
                found,
            )
    elif args.what == "zones":
        found = fit_zones(args.place)
    else:
        with Library.open(args.place) as library:
            found = fit_near(library)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
