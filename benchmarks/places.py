"""Where the benchmarks find their data: their own in data/, the evaluation data in $LITMAP_SHARED
or ../shared.
"""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "benchmarks" / "data"
RESULTS = ROOT / "benchmarks" / "results"
FIGURES = RESULTS / "figures"
SHARED = Path(os.environ.get("LITMAP_SHARED") or ROOT.parent / "shared")


def shared() -> Path | None:
    """The folder with the evaluation papers; None where it is absent."""
    return SHARED if (SHARED / "papers" / "manifest.json").is_file() else None
