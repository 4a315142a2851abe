"""Notes → citations: reads the notes that the settings name, or those of the last refresh."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from litmap.catalogue import Catalogue
from litmap.catalogue.records import storable
from litmap.errors import UsageError
from litmap.models import Citation, Note, Problem
from litmap.pipeline.context import RunContext
from litmap.pipeline.note_identity import Roots, is_within, match_notes, rename_keys, spellings

logger = logging.getLogger(__name__)

STDIN = "-"
"""The name that stands for standard input."""


@dataclass(frozen=True)
class NotesRead:
    """The notes with their text, and the citations in them.

    `kept` are the paths of those that could not be read this time: they stand as they were last
    read, without their text.
    """

    notes: Sequence[Note]
    citations: Sequence[Citation]
    kept: frozenset[str] = frozenset()


def read_notes(catalogue: Catalogue, context: RunContext) -> NotesRead:
    """Read the notes and replace the catalogue's notes and citations by what they say now.

    What lies where something cannot be opened, followed or read stays as it was last read, with its
    citations. Without notes in the settings, those of the last refresh. Raises `UsageError` where
    there are none, and where not one note could be read (so that a folder not mounted today does
    not empty the library).
    """
    names = list(context.settings.notes) or catalogue.note_roots()
    _check_present(names)
    context.progress("read", 0, 0, ", ".join(names))
    stdin = sys.stdin.buffer.read() if STDIN in names else None
    paths = [n if n == STDIN else Path(n) for n in names]
    read, problems = context.collaborators.read_notes(paths, stdin)
    if not read:
        context.report.problems += problems
        why = problems[0].reason if problems else "no note in a format litmap reads"
        raise UsageError(f"no note could be read in {', '.join(names)}: {why}")
    notes = [replace(note, path=storable(note.path)) for note in read]
    citations = context.collaborators.find_citations(notes)
    before, roots = catalogue.notes(), Roots(catalogue.note_roots(), names)
    moved = match_notes(before, notes, roots)
    found = {note.path for note in notes} | moved.keys()
    kept = _out_of_reach([n for n in before if n.path not in found], problems)
    context.report.problems += _told(problems, kept)
    paths_kept = frozenset(note.path for note in kept)
    if kept:
        notes += kept
        citations = _with_kept(citations, catalogue.citations(), paths_kept)
    with catalogue.write():
        catalogue.copy_answers(rename_keys(catalogue.answered(), moved))
        catalogue.put_notes(notes, citations)
        catalogue.put_note_roots(_roots_to_keep(names))
    logger.info("read: %d notes, %d citations", len(notes), len(citations))
    context.report.counts |= {"notes": len(notes), "citations": len(citations)}
    context.progress("read", len(notes), len(notes), f"{len(citations)} citations")
    return NotesRead(notes, citations, paths_kept)


def _out_of_reach(missing: Sequence[Note], problems: Sequence[Problem]) -> list[Note]:
    """Of the notes of the last reading that were not read now, those where a problem is."""
    places = set().union(*(spellings(storable(problem.subject)) for problem in problems))
    kept = [note for note in missing if is_within(note.path, places)]
    for note in kept:
        logger.warning("%s: out of reach, stays as it was last read", note.path)
    return kept


def _told(problems: Sequence[Problem], kept: Sequence[Note]) -> list[Problem]:
    """The problems, each with the number of notes that stay as they were because of it."""
    told = []
    for problem in problems:
        place = spellings(storable(problem.subject))
        count = sum(is_within(note.path, place) for note in kept)
        stays = f"; {count} note{'s' * (count > 1)} there as last read" if count else ""
        told.append(replace(problem, reason=problem.reason + stays))
    return told


def _with_kept(
    citations: Sequence[Citation], before: Sequence[Citation], kept: frozenset[str]
) -> list[Citation]:
    """The citations, and with them those that the kept notes held at the last reading."""
    merged = {citation.key: citation for citation in citations}
    for old in before:
        mentions = tuple(mention for mention in old.mentions if mention.note in kept)
        if not mentions:
            continue
        now = merged.get(old.key, replace(old, mentions=()))
        merged[old.key] = replace(now, mentions=now.mentions + mentions, sure=now.sure or old.sure)
    return list(merged.values())


def _check_present(names: Sequence[str]) -> None:
    """Raises `UsageError` where notes are not named or not there."""
    if not names:
        raise UsageError("which notes? name files or folders: `litmap refresh NOTES…`")
    gone = [n for n in names if n != STDIN and not os.path.exists(Path(n).expanduser())]  # noqa: PTH110
    if gone:  # a folder that is not mounted today must not empty the library
        raise UsageError(
            f"no notes at {', '.join(gone)}: bring them back, or name the notes that are left"
        )


def _roots_to_keep(names: Sequence[str]) -> list[str]:
    """What the next refresh reads by itself: nothing where notes came by standard input."""
    return [] if STDIN in names else [str(Path(n).resolve()) for n in names]
