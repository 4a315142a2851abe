"""Exports written to files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from litmap.errors import UsageError
from litmap.exports.backlinks import to_notes
from litmap.exports.bibtex import to_bibtex
from litmap.exports.csl import to_csl
from litmap.exports.keys import LibraryWork
from litmap.exports.marks import Marks
from litmap.exports.ris import to_ris
from litmap.exports.table import to_csv
from litmap.written_files import WrittenFiles

EXPORTERS: dict[str, Callable[[Sequence[LibraryWork]], str]] = {
    ".bib": to_bibtex,
    ".ris": to_ris,
    ".json": to_csl,
    ".csv": to_csv,
}
"""File ending → the text of such a file.

To add a format, write a module with its `to_NAME` and give it a row.
"""


def write(
    out: Path,
    works: Sequence[LibraryWork],
    written: WrittenFiles,
    *,
    marks: Marks | None = None,
    force: bool = False,
    absolute: bool = False,
) -> str:
    """Write the works to a file in the format of its ending, or as linked notes into a folder, with
    what the reader marked (`marks` by work id); `absolute`: their links to notes are whole paths.

    Nothing that litmap did not write is replaced (see `WrittenFiles.write`). Returns a sentence on
    what was written. Raises UsageError for another ending, and where the place cannot be written.
    """
    if out.is_dir() or not out.suffix:
        pages = to_notes(works, marks, None if absolute else out)
        notes = {name: text.encode() for name, text in pages.items()}
        written.write(out, notes, force=force)
        return f"wrote {len(works)} works as {len(notes)} notes to {out}"
    written.write_file(out, _exporter(out)(works).encode(), force=force)
    return f"wrote {len(works)} works to {out}"


def _exporter(out: Path) -> Callable[[Sequence[LibraryWork]], str]:
    exporter = EXPORTERS.get(out.suffix.lower())
    if exporter is None:
        known = ", ".join(EXPORTERS)
        message = f"{out}: an export is a {known} file, or a folder for Markdown notes"
        raise UsageError(message, subject=str(out))
    return exporter
