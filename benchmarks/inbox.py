"""Papers taken out of their headings and put under an inbox, through the real program: notes, refresh, topics.

    python -m benchmarks.inbox [--known 0.3] [--seeds 5] [--work DIR]

Needs the evaluation data (`../shared` beside the checkout, or LITMAP_SHARED): its inbox.py makes the note and scores
`litmap topics --json`, its mirror stands in for the scholarly web. One library serves all seeds, so that papers are
fetched and embedded once.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--known", type=float, default=0.3)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--work", type=Path, help="keep the library here")
    args = parser.parse_args()
    shared = Path(os.environ.get("LITMAP_SHARED", ROOT.parent / "shared"))
    if not (shared / "eval" / "inbox.py").exists():
        print("the evaluation data is not here: set LITMAP_SHARED", file=sys.stderr)
        return 2
    work = args.work or Path(tempfile.mkdtemp(prefix="litmap-inbox-"))
    scorer = [sys.executable, str(shared / "eval" / "inbox.py")]
    program = [sys.executable, "-c", "import sys; from litmap.cli import main; sys.exit(main())"]
    found: dict[str, list[float]] = {}
    for seed in range(args.seeds):
        note = work / "notes"
        subprocess.run([*scorer, "make", str(note), "--known", str(args.known), "--seed", str(seed)], check=True)
        mirror = [sys.executable, str(shared / "mirror" / "with_mirror.py"), "--"]
        command = [*program, "refresh", str(note / "reading.md"), "--library", str(work / "library")]
        subprocess.run([*mirror, *command], check=True, stdout=subprocess.DEVNULL)
        topics = subprocess.run(
            [*program, "topics", "--json", "--library", str(work / "library")], check=True, capture_output=True
        ).stdout
        line = subprocess.run(
            [*scorer, "score", str(note)], input=topics, check=True, capture_output=True
        ).stdout.decode()
        print(f"seed {seed}: {line.strip()}", flush=True)
        for name, value in re.findall(r"(accuracy|top-3|macro-F1|calibration error) ([\d.]+)", line):
            found.setdefault(name, []).append(float(value))
    print("mean:", "  ".join(f"{name} {np.mean(values):.3f}" for name, values in found.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
