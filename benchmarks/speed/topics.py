"""Seconds to file, cluster and lay out made-up libraries of growing size, embedding left out.

    python -m benchmarks.speed.topics [--sizes 1250 2500 5000] [--json]

Papers belong to 60 subjects with words and vectors of their own; 50 subjects are headings with 40 %
of their papers, all else is in the inbox.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import numpy as np

from litmap.maps import project
from litmap.models import Heading
from litmap.topics import PaperText, file_works

DIM, SUBJECTS, HEADINGS = 384, 60, 50


class Fixed:
    """An encoder whose vector of 'subject k' is that subject's centre."""

    name, dim, window = "fixed", DIM, 256

    def __init__(self, centres: Any) -> None:
        self.centres = centres

    def encode(self, texts: Any) -> Any:
        """The centre of the subject whose number the text holds."""
        return np.stack(
            [self.centres[int("".join(filter(str.isdigit, t)) or 0) % SUBJECTS] for t in texts]
        )


def measure(n: int) -> dict[str, float]:
    draw = np.random.default_rng(0)
    centres = draw.normal(size=(SUBJECTS, DIM)).astype(np.float32)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    subject = np.arange(n) % SUBJECTS
    vectors = centres[subject] + draw.normal(scale=1.4 / np.sqrt(DIM), size=(n, DIM)).astype(
        np.float32
    )
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = np.array(
        [f"w{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i // 676)}" for i in range(12_000)]
    )
    papers = []
    for i in range(n):
        own = np.concatenate(
            [draw.integers(0, 12_000, 1200), subject[i] * 150 + draw.integers(0, 150, 300)]
        )
        text = " ".join(words[own])
        papers.append(PaperText(f"w{i}", text[:60], text[:1200], text))
    links = [
        (f"w{a}", f"w{(a + SUBJECTS * int(k)) % n}")
        for a in range(n)
        for k in draw.integers(1, 20, 5)
    ]
    noted = {
        f"w{i}": ((f"subject {subject[i]}",),)
        if subject[i] < HEADINGS and draw.random() < 0.4
        else (("Inbox",),)
        for i in range(n)
    }
    headings = {"n.md": [Heading((f"subject {k}",), k) for k in range(HEADINGS)]}
    started = time.perf_counter()
    result = file_works(
        papers,
        headings,
        noted,
        vectors=vectors,
        encoder=Fixed(centres),
        body_vectors=vectors,
        links=links,
    )
    filed = time.perf_counter()
    groups = [" › ".join(f.suggested) if f.suggested else f.cluster for f in result.filings]
    project(vectors, [p.id for p in papers], groups=groups)
    done = time.perf_counter()
    right = np.mean(
        [
            f.suggested == (f"subject {s}",)
            for f, s in zip(result.filings, subject, strict=True)
            if s < HEADINGS
        ]
    )
    return {
        "papers": n,
        "filing and clusters": filed - started,
        "map": done - filed,
        "right": float(right),
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[1250, 2500, 5000])
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = []
    for n in args.sizes:
        rows.append(measure(n))
        if not args.json:
            print("  ".join(f"{k} {v:.2f}" for k, v in rows[-1].items()), flush=True)
    if args.json:
        print(json.dumps(rows, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
