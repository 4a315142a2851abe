"""Notes → citations: reads the notes that the settings name, or those of the last refresh."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from litmap.catalogue import Catalogue
from litmap.catalogue.records import storable
from litmap.errors import UsageError
from litmap.models import Citation, Note
from litmap.pipeline.context import RunContext

logger = logging.getLogger(__name__)

STDIN = "-"
"""The name that stands for standard input."""


@dataclass(frozen=True)
class NotesRead:
    """The notes with their text, and the citations in them."""

    notes: Sequence[Note]
    citations: Sequence[Citation]


def read_notes(catalogue: Catalogue, context: RunContext) -> NotesRead:
    """Read the notes and replace the catalogue's notes and citations by what they say now.

    Without notes in the settings, those of the last refresh. Raises `UsageError` where there are
    none, and where not one note could be read (so that a folder not mounted today does not empty
    the library).
    """
    names = list(context.settings.notes) or catalogue.note_roots()
    _check_present(names)
    context.progress("read", 0, 0, ", ".join(names))
    stdin = sys.stdin.buffer.read() if STDIN in names else None
    paths = [n if n == STDIN else Path(n) for n in names]
    read, problems = context.collaborators.read_notes(paths, stdin)
    context.report.problems += problems
    if not read:
        why = problems[0].reason if problems else "no note in a format litmap reads"
        raise UsageError(f"no note could be read in {', '.join(names)}: {why}")
    notes = [replace(note, path=storable(note.path)) for note in read]
    citations = context.collaborators.find_citations(notes)
    with catalogue.write():
        catalogue.put_notes(notes, citations)
        catalogue.put_note_roots(_roots_to_keep(names))
    logger.info("read: %d notes, %d citations", len(notes), len(citations))
    context.report.counts |= {"notes": len(notes), "citations": len(citations)}
    context.progress("read", len(notes), len(notes), f"{len(citations)} citations")
    return NotesRead(notes, citations)


def _check_present(names: Sequence[str]) -> None:
    """Raises `UsageError` where notes are not named or not there."""
    if not names:
        raise UsageError("which notes? name files or folders: `litmap refresh NOTES…`")
    gone = [n for n in names if n != STDIN and not Path(n).expanduser().exists()]
    if gone:  # a folder that is not mounted today must not empty the library
        raise UsageError(
            f"no notes at {', '.join(gone)}: bring them back, or name the notes that are left"
        )


def _roots_to_keep(names: Sequence[str]) -> list[str]:
    """What the next refresh reads by itself: nothing where notes came by standard input."""
    return [] if STDIN in names else [str(Path(n).resolve()) for n in names]
