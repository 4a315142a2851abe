"""`litmap doctor --report`: one zip file for a bug report, without note text, keys or addresses."""

from __future__ import annotations

import dataclasses
import io
import json
import platform
import sys
import zipfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmap.errors import LitmapError, UsageError
from litmap.logs import kept_logs, without_home
from litmap.paths import LibraryPaths
from litmap.written_files import WrittenFiles

if TYPE_CHECKING:
    from litmap.pipeline.examination import Check
    from litmap.settings import Settings

MAX_LOG_BYTES = 2_000_000
"""Of a log, the end of this length."""
_CONFIDENTIAL = frozenset({"contact", "llm_url", "catalogue_address", "store_address"})
_RUN_FIELDS = ("id", "started", "finished", "state", "counts", "seconds")


def write_report(settings: Settings, checks: Sequence[Check], out: Path) -> Path:
    """Write the bundle to `out` (`.zip`); the path written.

    It holds versions, settings, the checks, counts and times of the last refreshes, and their kept
    logs. Titles of works may stand in the logs; notes' text, the contact address and keys do not.
    Raises `UsageError` where `out` is there already and is not a report of litmap's.
    """
    if not WrittenFiles(settings.state).may_replace(out):
        raise UsageError(f"{out} is there already: name another file", subject=str(out))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, value in _parts(settings, checks).items():
            text = json.dumps(value, ensure_ascii=False, indent=1, default=str)
            bundle.writestr(f"{name}.json", without_home(text))
        for log in kept_logs(LibraryPaths(settings.library).logs):
            bundle.writestr(f"logs/{log.name}", without_home(_end_of(log)))
    WrittenFiles(settings.state).write_file(out, content.getvalue())
    return out


def _parts(settings: Settings, checks: Sequence[Check]) -> dict[str, Any]:
    return {
        "versions": _versions(),
        "settings": _settings(settings),
        "checks": [check.as_json() for check in checks],
        "refreshes": _refreshes(settings),
    }


def _versions() -> dict[str, Any]:
    """Of Python, the system and every package that litmap names as its own."""
    names = {_package_name(line) for line in metadata.requires("litmap") or ()}
    packages: dict[str, str | None] = {}
    for name in sorted({"litmap", *names}):
        try:
            packages[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            packages[name] = None
    return {"python": sys.version, "system": platform.platform(), "packages": packages}


def _package_name(requirement: str) -> str:
    """'fastapi<0.151; extra == "x"' → 'fastapi'."""
    end = next((i for i, c in enumerate(requirement) if not (c.isalnum() or c in "-_.")), None)
    return requirement[:end]


def _settings(settings: Settings) -> dict[str, Any]:
    values = dataclasses.asdict(settings)
    return {k: "(set)" if k in _CONFIDENTIAL and v else v for k, v in values.items()}


def _refreshes(settings: Settings) -> list[dict[str, Any]] | str:
    """Counts, times and problems of the last refreshes; an error's text where the catalogue cannot
    be read.
    """
    from litmap.catalogue import Catalogue

    try:
        with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
            runs = [dataclasses.asdict(run) for run in catalogue.runs(10)]
    except (LitmapError, OSError) as error:
        return str(error)
    return [
        {
            **{name: run[name] for name in _RUN_FIELDS if name in run},
            **{name: run.get("report", {}).get(name) for name in ("counts", "seconds")},
        }
        for run in runs
    ]


def _end_of(log: Path) -> str:
    return log.read_bytes()[-MAX_LOG_BYTES:].decode("utf-8", "replace")
