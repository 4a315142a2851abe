"""Exports written to files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from litmap.errors import UsageError
from litmap.exports.backlinks import to_notes
from litmap.exports.bibtex import to_bibtex
from litmap.exports.csl import to_csl
from litmap.exports.keys import WorkMentions
from litmap.exports.ris import to_ris
from litmap.exports.table import to_csv

_WRITERS: dict[str, Callable[[Sequence[WorkMentions]], str]] = {
    ".bib": to_bibtex,
    ".ris": to_ris,
    ".json": to_csl,
    ".csv": to_csv,
}


def write(out: Path, works: Sequence[WorkMentions]) -> str:
    """Write the works to a file, its format told by the suffix, or notes with back-links into a folder.

    A file is replaced in one step; in a folder only the files of the export are touched. Returns a sentence on what
    was written. Raises `UsageError` for another suffix, and where the place cannot be written.
    """
    suffix = out.suffix.lower()
    try:
        if suffix in _WRITERS and not out.is_dir():
            _replace(out, _WRITERS[suffix](works))
            return f"wrote {len(works)} works to {out}"
        if suffix and not out.is_dir():
            known = ", ".join(_WRITERS)
            raise UsageError(
                f"{out}: an export is a {known} file, or a folder for Markdown notes",
                subject=str(out),
            )
        files = to_notes(works)
        for name, text in files.items():
            _replace(out / name, text)
    except OSError as error:
        raise UsageError(
            f"{out}: cannot be written ({error.strerror or error})", subject=str(out)
        ) from error
    return f"wrote {len(works)} works as {len(files)} notes to {out}"


def _replace(path: Path, text: str) -> None:
    """Write aside, flush to disk, rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".litmap-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
