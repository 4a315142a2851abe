"""`python -m benchmarks`: every benchmark, one after the other; those whose data is not there say
so and are skipped.

What each prints with --json is kept in results/figures/, and RESULTS.md is written anew. The
evaluation data is looked for in $LITMAP_SHARED, then in ../shared beside the checkout.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence

from benchmarks import figures, report
from benchmarks.places import ROOT, SHARED, shared

WITHOUT_DATA = (
    *("speed.notes", "speed.throughput", "speed.topics", "speed.keywords", "speed.embedding"),
    *("speed.search", "reliability.same_end_state", "reliability.random_faults"),
    "living.thirty_weeks",
    *("speed.maps", "speed.app_pages"),
)
WITH_DATA = (
    *("quality.reference_lists", "quality.resolving", "quality.summaries", "quality.questions"),
    *("quality.titles", "quality.new_papers", "quality.themes"),
    *("speed.whole_run", "speed.scale"),
)
WITHOUT_JSON = ("quality.extraction", "quality.inbox")
COLLECTIONS = {"quality.retrieval": "retrieval", "quality.topics": "topics"}


def main() -> int:
    """Run those named (all by default); 1 where one failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="KIND.NAME", help="such as speed.notes")
    wanted = parser.parse_args().names
    failed = [
        name for name, arguments in _all() if _is_wanted(name, wanted) and not run(name, arguments)
    ]
    report.OUT.write_text(report.render(), "utf-8")
    print(f"failed: {', '.join(failed)}" if failed else "all ran")
    return int(bool(failed))


def _is_wanted(name: str, wanted: Sequence[str]) -> bool:
    return not wanted or name in wanted


def _all() -> list[tuple[str, list[str]]]:
    """Every benchmark whose data is there, with its arguments."""
    found = [(name, ["--json"]) for name in WITHOUT_DATA]
    if shared() is None:
        print(f"no evaluation data in {SHARED}: those that need it are skipped")
        return found
    found += [(name, ["--json"]) for name in WITH_DATA]
    found += [(name, []) for name in WITHOUT_JSON]
    for name, folder in COLLECTIONS.items():
        sets = [str(p) for p in sorted((SHARED / "eval" / folder).glob("*")) if p.is_dir()]
        found.append((name, ["--json", *sets]))
    return found


def run(name: str, arguments: Sequence[str]) -> bool:
    """Run one and keep what it prints as JSON; False where it failed."""
    print(f"\n# python -m benchmarks.{name} {' '.join(arguments)}", flush=True)
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
    print(done.stdout, flush=True)
    if done.returncode == 0 and "--json" in arguments:
        options = [a for a in arguments if a.startswith("--") or "/" not in a]
        told = " ".join(["python -m", f"benchmarks.{name}", *options])
        figures.keep(name, told, json.loads(done.stdout))
    return done.returncode == 0


if __name__ == "__main__":
    raise SystemExit(main())
