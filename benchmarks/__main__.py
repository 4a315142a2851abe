"""`python -m benchmarks`: every benchmark, one after the other; those whose data is not there say so and are skipped.

The evaluation data is looked for in $LITMAP_SHARED, then in ../shared beside the checkout.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("LITMAP_SHARED") or ROOT.parent / "shared")
WITHOUT_DATA = (
    "notes_speed",
    "throughput",
    "topics_speed",
    "keywords",
    "embedding",
    "scale",
    "kills",
)
WITH_DATA = (
    *("extraction", "reference_lists", "resolving", "summaries", "questions", "inbox"),
    *("whole_run", "side_by_side"),
)


def main() -> int:
    """Run all; 1 where one failed."""
    argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__).parse_args()
    failed = []
    for name in WITHOUT_DATA:
        failed += run(name)
    for name in WITH_DATA:
        failed += run(name) if (SHARED / "papers").is_dir() else skip(name)
    for name in ("retrieval", "topics"):
        folders = [str(p) for p in sorted((SHARED / "eval" / name).glob("*")) if p.is_dir()]
        failed += run(name, *folders) if folders else skip(name)
    print(f"failed: {', '.join(failed)}" if failed else "all ran")
    return int(bool(failed))


def run(name: str, *arguments: str) -> list[str]:
    """The name where it failed."""
    print(f"\n# python -m benchmarks.{name} {' '.join(arguments)}", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *arguments], cwd=ROOT, check=False
    )
    return [name] if done.returncode else []


def skip(name: str) -> list[str]:
    """Say that the data is not there."""
    print(f"\n# benchmarks.{name}: skipped, no evaluation data in {SHARED}")
    return []


if __name__ == "__main__":
    raise SystemExit(main())
