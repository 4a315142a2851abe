"""The whole test suite, run several times in random orders: `python -m benchmarks.reliability.suite`.

    python -m benchmarks.reliability.suite [--runs 10] [--seed 1] [--python PYTHON] [--logs FOLDER]
        [--keep] [--json]

Each run has the next seed, which sets the order of the tests and their random numbers. Its line says
what passed and failed, the minutes it took and the mean load of the machine meanwhile. `--keep` adds
the lines to `results/figures/reliability.suite.json` as they come. Exit code 1 where a test failed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import figures
from benchmarks.places import FIGURES, ROOT

COUNTED = ("passed", "failed", "errors", "skipped")
NAME = "reliability.suite"
SAMPLE_SECONDS = 10.0


def run(python: str, seed: int, logs: Path) -> dict[str, Any]:
    """One run of the suite with this interpreter, in the order of this seed; what it prints goes
    to `logs`.
    """
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--randomly-seed={seed}"]
    loads = [os.getloadavg()[0]]
    began = time.monotonic()
    log = logs / f"suite-{seed}.txt"
    with (
        log.open("w") as out,
        subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out) as process,
    ):
        while process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(SAMPLE_SECONDS)
            loads.append(os.getloadavg()[0])
    text = log.read_text("utf-8", "replace")
    print(text[text.rfind("short test summary") :] if process.returncode else "", file=sys.stderr)
    return {
        "seed": seed,
        "python": _output(python, "-c", "import platform; print(platform.python_version())"),
        "commit": figures.commit(),
        **counts(text),
        "minutes": round((time.monotonic() - began) / 60, 1),
        "mean load": round(sum(loads) / len(loads), 1),
    }


def counts(text: str) -> dict[str, int]:
    """What pytest's last line counts."""
    last = next((line for line in reversed(text.splitlines()) if " in " in line), "")
    found = {n: int(c) for c, n in re.findall(r"(\d+) (passed|failed|error|skipped)", last)}
    return {
        name: found.get(name.removesuffix("s") if name == "errors" else name, 0) for name in COUNTED
    }


def _output(*command: str) -> str:
    return subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def main() -> int:
    """Run the suite; 1 where a test failed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.reliability.suite", description=__doc__
    )
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--python", default=sys.executable, help="the interpreter with everything")
    parser.add_argument("--logs", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    records = []
    for seed in range(options.seed, options.seed + options.runs):
        records.append(record := run(options.python, seed, options.logs))
        print(record, file=sys.stderr, flush=True)
        if options.keep:
            rows = [*figures.kept(FIGURES / f"{NAME}.json"), record]
            figures.keep(NAME, f"python -m benchmarks.{NAME} --keep", rows)
    if options.json:
        print(json.dumps(records, indent=1))
    return int(any(r["failed"] or r["errors"] or not r["passed"] for r in records))


if __name__ == "__main__":
    sys.exit(main())
