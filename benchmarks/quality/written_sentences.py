"""How many wrong sentences pass the checks of what a language model wrote, and how many right ones
do not.

`written_sentences.txt` holds sentences invented for it: what papers say, what it bears out in other
words, and what it does not bear out though it looks alike. Rules and thresholds were made on the
first part (its even ones were asked once before they were looked at); the last part was asked when
all of them stood.

    python -m benchmarks.quality.written_sentences
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from litmap import vectors
from litmap.claims.borne_out import Doubt, doubt_of
from litmap.settings import load_settings

SENTENCES = Path(__file__).with_suffix(".txt")


@dataclass(frozen=True)
class Pair:
    """A written sentence, the sentence it names, what is wrong with it ('' for nothing) and the
    part of the file it is of: 'set' or 'asked', 'kept apart'.
    """

    part: str
    source: str
    text: str
    kind: str


def read_pairs() -> Iterator[Pair]:
    """The pairs of the file."""
    part, source = "seen", ""
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        mark, _, text = line.partition(" ")
        if mark == "%":
            part = "kept apart"
        elif mark == "=":
            source = text
        elif mark == "+":
            yield Pair(part, source, text, "")
        elif mark == "-":
            kind, _, text = text.partition(": ")
            yield Pair(part, source, text, kind)


def measured(pairs: list[Pair]) -> list[tuple[Pair, float, Doubt | None]]:
    """Each pair with its cosine and doubt."""
    settings = load_settings()
    encoder = vectors.load_encoder(settings.model, models_dir=settings.state / "models")
    texts = list(dict.fromkeys(text for pair in pairs for text in (pair.source, pair.text)))
    vector_of = dict(zip(texts, encoder.encode(texts), strict=True))
    found = []
    for pair in pairs:
        cosine = float(np.dot(vector_of[pair.source], vector_of[pair.text]))
        found.append((pair, cosine, doubt_of(pair.text, [pair.source], cosine)))
    return found


def figures(rows: list[tuple[Pair, float, Doubt | None]]) -> dict[str, Any]:
    """How many right and wrong sentences there are, and how many of them pass."""
    wrong = Counter(pair.kind for pair, _, _ in rows if pair.kind)
    passed = Counter(pair.kind for pair, _, doubt in rows if pair.kind and doubt is None)
    right = [doubt for pair, _, doubt in rows if not pair.kind]
    kept, through = right.count(None), sum(passed.values())
    return {
        "right": len(right),
        "right_kept": kept,
        "wrong": sum(wrong.values()),
        "wrong_passed": through,
        "precision": round(kept / (kept + through), 3),
        "precision_if_as_many": round(
            (share := kept / len(right)) / (share + through / sum(wrong.values())), 3
        ),
        "passed_by_kind": {kind: f"{passed[kind]}/{count}" for kind, count in wrong.items()},
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", help="print what goes wrong in a part")
    args = parser.parse_args()
    rows = measured(list(read_pairs()))
    parts = dict.fromkeys(row[0].part for row in rows)
    found = {part: figures([row for row in rows if row[0].part == part]) for part in parts}
    print(json.dumps(found, indent=1))
    for pair, cosine, doubt in rows:
        if pair.part == args.show and bool(pair.kind) == (doubt is None):
            print(f"{pair.kind or 'right'}: {doubt}, {cosine:.2f}\n  {pair.source}\n  {pair.text}")


if __name__ == "__main__":
    main()
