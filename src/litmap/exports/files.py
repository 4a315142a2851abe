"""Exports written to files."""

from __future__ import annotations

import logging
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

logger = logging.getLogger(__name__)

EXPORTERS: dict[str, Callable[[Sequence[WorkMentions]], str]] = {
    ".bib": to_bibtex,
    ".ris": to_ris,
    ".json": to_csl,
    ".csv": to_csv,
}
"""File ending → the text of such a file.

To add a format, write a module with its `to_NAME` and give it a row.
"""


def write(out: Path, works: Sequence[WorkMentions]) -> str:
    """Write the works to a file in the format of its ending, or as linked notes into a folder.

    A file is replaced in one step; in a folder only the files of the export are touched. Returns a
    sentence on what was written. Raises UsageError for another ending, and where the place cannot
    be written.
    """
    try:
        is_folder = out.is_dir() or not out.suffix
        files = _notes_in(out, works) if is_folder else {out: _exporter(out)(works)}
        for path, text in files.items():
            _replace(path, text)
    except OSError as error:
        message = f"{out}: cannot be written ({error.strerror or error})"
        raise UsageError(message, subject=str(out)) from error
    logger.info("%s: %d works in %d files", out, len(works), len(files))
    if is_folder:
        return f"wrote {len(works)} works as {len(files)} notes to {out}"
    return f"wrote {len(works)} works to {out}"


def _exporter(out: Path) -> Callable[[Sequence[WorkMentions]], str]:
    exporter = EXPORTERS.get(out.suffix.lower())
    if exporter is None:
        known = ", ".join(EXPORTERS)
        message = f"{out}: an export is a {known} file, or a folder for Markdown notes"
        raise UsageError(message, subject=str(out))
    return exporter


def _notes_in(folder: Path, works: Sequence[WorkMentions]) -> dict[Path, str]:
    return {folder / name: text for name, text in to_notes(works).items()}


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
