"""Papers taken out of their headings and put under an inbox, through the real program: notes,
refresh, topics.

    python -m benchmarks.quality.inbox [--known 0 0.3 0.9] [--seeds 5] [--library DIR]

Needs the evaluation data (`../shared` beside the checkout, or LITMAP_SHARED): its inbox.py makes
the note and scores `litmap topics --json`, its mirror stands in for the scholarly web. One library
serves all runs, so that papers are fetched and embedded once; with --library it is kept, or one
that is there is gone on from.

Beside the mean of the seeds' calibration errors stands that of all seeds' papers together: with 24
papers in ten bins the error of one seed is mostly chance.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.places import SHARED


def judged(scorer: Any, folder: Path, topics: bytes) -> list[tuple[float, bool]]:
    """(confidence, right) of each paper of the inbox for which a heading was suggested, as the
    scorer sees them.
    """
    works = json.loads(topics)["works"]
    out = []
    for key in json.loads((folder / "inbox.json").read_text(encoding="utf-8")):
        row, work = scorer.FILING[key], scorer.find(works, key)
        if work is None or not work["suggested"]:
            continue
        near = [*(row.get("near_equal") or []), *(row.get("secondary") or [])]
        accepted = {
            scorer.plain(row["heading"]),
            *(scorer.plain(h if isinstance(h, str) else h[-1]) for h in near),
        }
        out.append((work["confidence"], scorer.plain(work["suggested"][-1]) in accepted))
    return out


def calibration_error(rows: list[tuple[float, bool]]) -> float:
    """The expected calibration error in ten bins (Guo et al. 2017)."""
    sure, right = np.array([r[0] for r in rows]), np.array([r[1] for r in rows], dtype=float)
    bins = np.minimum(9, (10 * sure).astype(int))
    return float(
        sum(abs((right[bins == b] - sure[bins == b]).sum()) for b in range(10)) / max(1, len(rows))
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--known", type=float, nargs="+", default=[0.0, 0.3, 0.9])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--library", type=Path, help="keep the library here")
    args = parser.parse_args()
    shared = SHARED
    if not (shared / "eval" / "inbox.py").exists():
        print("the evaluation data is not here: set LITMAP_SHARED", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="litmap-inbox-") as work:
        library = args.library or Path(work) / "library"
        for known in args.known:
            measure(
                shared, Path(work), library, known, args.seeds if known else 1
            )  # at 0 all seeds are the same
    return 0


def measure(shared: Path, work: Path, library: Path, known: float, seeds: int) -> None:
    script = shared / "eval" / "inbox.py"
    spec = importlib.util.spec_from_file_location("inbox_scorer", script)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{script} cannot be read")
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    program = [sys.executable, "-m", "litmap"]
    mirror = [sys.executable, str(shared / "mirror" / "with_mirror.py"), "--"]
    found: dict[str, list[float]] = {}
    rows: list[tuple[float, bool]] = []
    for seed in range(seeds):
        note = work / f"notes-{known:g}-{seed}"
        make = [
            sys.executable,
            str(script),
            "make",
            str(note),
            "--known",
            str(known),
            "--seed",
            str(seed),
        ]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
        command = [
            *program,
            "refresh",
            "--no-prefect",
            str(note / "reading.md"),
            "--library",
            str(library),
        ]
        subprocess.run(
            [*mirror, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        asked = [*program, "topics", "--json", "--library", str(library)]
        topics = subprocess.run(asked, check=True, capture_output=True).stdout
        score = [sys.executable, str(script), "score", str(note)]
        line = subprocess.run(score, input=topics, check=True, capture_output=True).stdout.decode()
        print(f"known {known:g}, seed {seed}: {line.strip()}", flush=True)
        for name, value in re.findall(
            r"(accuracy|top-3|macro-F1|calibration error) ([\d.]+)", line
        ):
            found.setdefault(name, []).append(float(value))
        rows += judged(scorer, note, topics)
    means = "  ".join(f"{name} {np.mean(values):.3f}" for name, values in found.items())
    print(
        f"known {known:g}, mean: {means}  of all seeds together {calibration_error(rows):.3f}",
        flush=True,
    )


if __name__ == "__main__":
    raise SystemExit(main())
