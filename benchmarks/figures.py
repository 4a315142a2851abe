"""Figures as they are kept: `results/figures/NAME.json`, with the commit, day and command that gave
them.
"""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.places import FIGURES, ROOT


def keep(name: str, command: str, figures: object, path: Path | None = None) -> None:
    """Write figures in place of those of before, to their own file where no other is named."""
    record = {
        "name": name,
        "command": command,
        "commit": commit(),
        "day": datetime.now(UTC).date().isoformat(),
        "figures": figures,
    }
    path = path or FIGURES / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")


def kept(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of figures; none where there is no such file."""
    if not path.exists():
        return []
    rows: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["figures"]
    return rows


def commit() -> str:
    """The commit of the checkout; 'unknown' where there is none."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
