"""How much of a whole run is the model's own arithmetic: `python -m benchmarks.speed.whole_run
[--papers 60] [--json]`.

PDFs in the drop folder of an empty library are made searchable (titles, text, passages, vectors,
words, filing, map, summaries, reading list), and every batch of tokens that goes to the model on
the way is kept. The floor is the same batches through the same engine once more, alone and with its
weights loaded. The share is floor over run, by the clock and in processor seconds; the run is timed
in a process of its own, from before anything of litmap is imported. Papers: a seeded draw from
LITMAP_SHARED or `../shared`. Peak memory is that of one process, the largest.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def processor() -> float:
    """Seconds of this process and its ended children."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


class Recorder:
    """An engine that keeps what goes through it."""

    def __init__(self, engine: Any) -> None:
        self.engine, self.budget = engine, engine.budget
        self.batches: list[Any] = []
        self.seconds = 0.0

    def run(self, batches: Any) -> Any:
        """See `Engine`."""
        self.batches += batches
        start = time.perf_counter()
        found = list(self.engine.run(batches))
        self.seconds += time.perf_counter() - start
        return iter(found)


def record() -> dict[int, Recorder]:
    """Every engine that encoders use from now on, by its id."""
    from litmap.vectors.encoder import FastEncoder

    recorders: dict[int, Recorder] = {}
    choose = FastEncoder._engine

    def engine(self: FastEncoder, work: int, ids: Any) -> Any:
        chosen = choose(self, work, ids)
        return recorders.setdefault(id(chosen), Recorder(chosen))

    FastEncoder._engine = engine  # type: ignore[method-assign]
    return recorders


def measure(library: Path) -> dict[str, Any]:
    """The run over the PDFs in the library's drop folder, and its floor."""
    papers = len(list((library / "papers").iterdir()))
    start, own = time.perf_counter(), processor()
    recorders = record()
    from litmap.pipeline import add_dropped
    from litmap.settings import load_settings

    report = add_dropped(load_settings({"library": library}))
    run, spent = time.perf_counter() - start, processor() - own
    floor, floor_spent, tokens = 0.0, 0.0, 0
    for recorder in recorders.values():
        list(recorder.engine.run(recorder.batches[:2]))
        start, own = time.perf_counter(), processor()
        list(recorder.engine.run(recorder.batches))
        floor += time.perf_counter() - start
        floor_spent += processor() - own
        tokens += sum(int(mask.sum()) for _, mask in recorder.batches)
    return {
        "papers": papers,
        "passages": report["counts"]["passages"],
        "tokens": tokens,
        "run_s": round(run, 1),
        "floor_s": round(floor, 1),
        "in_the_run_s": round(sum(r.seconds for r in recorders.values()), 1),
        "share": round(floor / run, 3),
        "processor_s": round(spent, 1),
        "processor_share": round(floor_spent / spent, 3),
        "memory_megabytes": report["counts"]["memory_megabytes"],
        "stages": report["seconds"],
    }


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return 0
    from benchmarks.rivals.side_by_side import (
        draw,
        shared,
    )  # the process that measures is not to have these

    folder = shared()
    if folder is None:
        print("the shared papers are not here: set LITMAP_SHARED", file=sys.stderr)
        return 1
    some, _ = draw(folder, options.papers, 0)
    with tempfile.TemporaryDirectory() as scratch:
        drop = Path(scratch) / "library" / "papers"
        drop.mkdir(parents=True)
        for paper in some:
            shutil.copy(paper, drop)
        command = [
            sys.executable,
            "-m",
            "benchmarks.speed.whole_run",
            "--measure",
            str(drop.parent),
        ]
        found = json.loads(
            subprocess.run(command, check=True, capture_output=True, text=True).stdout
        )
    print(
        json.dumps(found, indent=1)
        if options.json
        else "\n".join(f"{k:18} {v}" for k, v in found.items())
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
