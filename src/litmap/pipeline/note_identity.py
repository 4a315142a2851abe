"""Which note of the last reading is which of this one.

Notes are known by their paths, and a path changes without the note: its folder is moved, the file
renamed, or reached by another spelling (a link, a relative path, upper and lower case).
"""

from __future__ import annotations

import logging
import os
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from litmap.models import Note

logger = logging.getLogger(__name__)

_NOTE_KEY = re.compile(
    r"(?P<kind>search:[^:]*:|place:)(?P<note>.*?)(?P<rest>(?::\d+:\d+)?(?:#\d+)?)", re.DOTALL
)
Identify = Callable[[Note], Hashable | None]


@dataclass(frozen=True)
class Roots:
    """The files and folders that notes were read from, at the last reading and at this one."""

    before: Sequence[str]
    now: Sequence[str]

    def way_before(self, note: Note) -> str | None:
        """The note's way down from a root of the last reading that is no longer there."""
        return _way_down(note, [root for root in self.before if not os.path.lexists(root)])

    def way_now(self, note: Note) -> str | None:
        """The note's way down from a root of this reading."""
        return _way_down(note, self.now)


def _way_down(note: Note, roots: Iterable[str]) -> str | None:
    place = absolute(note.path)
    ways = (place.relative_to(r) for r in map(absolute, roots) if place.is_relative_to(r))
    return next(map(str, ways), None)


def absolute(path: str) -> Path:
    """The path from the top, '..' and '.' taken out, links not followed."""
    return Path(os.path.abspath(path))  # noqa: PTH100 (Path.absolute keeps '..')


def match_notes(before: Sequence[Note], now: Sequence[Note], roots: Roots) -> dict[str, str]:
    """Paths of the last reading that are other paths now, each with the one it is.

    In this order: the same file; the same bytes; the same way down from a notes folder that is
    gone. What two notes could be is matched to neither.
    """
    present, former = {note.path for note in now}, {note.path for note in before}
    lost = {note.path: note for note in before if note.path not in present}
    new = {note.path: note for note in now if note.path not in former}
    matched: dict[str, str] = {}
    steps: tuple[tuple[Identify, Identify], ...] = (
        (_file, _file),
        (_content, _content),
        (roots.way_before, roots.way_now),
    )
    for of_old, of_new in steps:
        pairs = _pair(_by(of_old, lost), _by(of_new, new))
        for old, path in pairs.items():
            del lost[old], new[path]
        matched |= pairs
    logger.debug("%d notes have another path than before", len(matched))
    return matched


def rename_keys(keys: Iterable[str], moved: Mapping[str, str]) -> dict[str, str]:
    """Those of the citations' keys that name a note's former path, each with its key by the new.

    A name without a year is a citation of its note alone (`search:doe+roe:notes/a.md`), and so is
    a volume without a page (`place:notes/a.md:12:3`).
    """
    renamed = {}
    for key in keys:
        if (parts := _NOTE_KEY.fullmatch(key)) and parts["note"] in moved:
            renamed[key] = f"{parts['kind']}{moved[parts['note']]}{parts['rest']}"
    return renamed


def _by(identify: Identify, notes: Mapping[str, Note]) -> dict[Hashable, list[str]]:
    """Paths by what identifies their notes."""
    paths = defaultdict(list)
    for path, note in notes.items():
        if (identity := identify(note)) is not None:
            paths[identity].append(path)
    return paths


def _pair(
    old: Mapping[Hashable, Sequence[str]], new: Mapping[Hashable, Sequence[str]]
) -> dict[str, str]:
    """The one path on each side that has an identity to itself."""
    return {
        old[identity][0]: new[identity][0]
        for identity in old.keys() & new.keys()
        if len(old[identity]) == len(new[identity]) == 1
    }


def _file(note: Note) -> Hashable | None:
    return file_id(note.path)


def _content(note: Note) -> Hashable | None:
    return note.sha256 or None


def file_id(path: str | Path) -> tuple[int, int] | None:
    """What a file or folder is, however its path is spelled; None where it cannot be looked at."""
    try:
        status = os.stat(path)  # noqa: PTH116 (a path that is no valid one raises ValueError)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def spellings(path: str | Path) -> set[Hashable]:
    """What tells that two paths are one place: as written, without links, and the file's number."""
    written = absolute(str(path))
    known: set[Hashable] = {str(written), os.path.realpath(written)}
    return known | ({number} if (number := file_id(written)) else set())


def is_within(path: str, places: Set[Hashable]) -> bool:
    """Whether a path is at or below one of the places, which are `spellings` of others."""
    written = (absolute(path), Path(os.path.realpath(path)))
    return any(spellings(place) & places for p in written for place in (p, *p.parents))
