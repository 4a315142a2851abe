"""Folders of this machine as one chooses among them, and what litmap would read in one. No
Streamlit here. What is typed is hostile: it is looked at, never run, and every way to fail is said.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from litmap.errors import UsageError
from litmap.models import Problem
from litmap.notes import count_note_files, find_note_files, read_notes

MAX_FOLDERS = 80
"""Folders that are shown of one."""
MAX_COUNTED = 500
"""Notes of a folder that are counted."""
SECONDS = 2.0
"""For counting notes in all folders that are shown, and for one of them a fifth."""
MAX_READ = 300
"""Files that are read to say what is in them; of more their endings are told."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, how many notes lie below it, and whether these are all."""

    path: Path
    notes: int
    is_all: bool = True


@dataclass(frozen=True, slots=True)
class Contents:
    """What litmap would read at a path: notes by format, their headings, what is left out.

    Where they are too many to be read now, `files` by their endings alone.
    """

    path: Path
    notes: int = 0
    formats: Mapping[str, int] = field(default_factory=dict)
    headings: int = 0
    problems: tuple[Problem, ...] = ()
    is_read: bool = True


def as_path(text: str) -> Path:
    """The absolute path that was typed, `~` spelt out. Raises `UsageError` for what is none."""
    if not text.strip():
        raise UsageError("Name the folder of your notes")
    if not text.isprintable():
        raise UsageError("A path has no control characters")
    try:
        return Path(text.strip()).expanduser().absolute()
    except (OSError, RuntimeError, ValueError) as error:  # a user that is not there
        raise UsageError(f"{text.strip()} is no path: {error}", subject=text) from error


def subfolders(folder: Path) -> list[Folder]:
    """The folders in a folder with the number of notes below each, those with most first; hidden
    ones are left out. Raises `UsageError` where it cannot be opened.
    """
    try:
        inner = sorted(p for p in folder.iterdir() if _is_shown(p))[:MAX_FOLDERS]
    except (OSError, ValueError) as error:
        raise UsageError(_cannot_open(folder, error), subject=str(folder)) from error
    until = time.monotonic() + SECONDS
    found = [_counted(path, min(SECONDS / 5, until - time.monotonic())) for path in inner]
    return sorted(found, key=lambda one: (-one.notes, one.path.name.lower()))


def counted(folder: Path) -> Folder:
    """The folder itself with the notes in it and below; (0, all) where it cannot be opened."""
    return _counted(folder, SECONDS / 5)


def _is_shown(path: Path) -> bool:
    try:
        return not path.name.startswith(".") and path.name.isprintable() and path.is_dir()
    except OSError:
        return False


def _counted(path: Path, seconds: float) -> Folder:
    try:
        return Folder(path, *count_note_files(path, seconds, MAX_COUNTED))
    except OSError:
        return Folder(path, 0)


def look_into(path: Path) -> Contents:
    """What litmap would read at a path. Raises `UsageError` where there is nothing, it cannot be
    opened, or it holds no note.
    """
    try:
        if not path.exists():
            raise UsageError(f"There is no {path}", subject=str(path))
        if path.is_dir():
            next(path.iterdir(), None)
        else:
            path.open("rb").close()
    except (OSError, ValueError) as error:
        raise UsageError(_cannot_open(path, error), subject=str(path)) from error
    files, problems = find_note_files([path])
    if len(files) > MAX_READ:
        endings = Counter(file.path.suffix.lower() or "no ending" for file in files)
        return Contents(path, len(files), _most(endings), 0, tuple(problems), is_read=False)
    notes, problems = read_notes([path])
    if not notes:
        why = f" ({problems[0].reason})" if problems else ""
        raise UsageError(f"No note that litmap can read is in {path}{why}", subject=str(path))
    formats = Counter(note.format for note in notes)
    headings = sum(len(note.headings) for note in notes)
    return Contents(path, len(notes), _most(formats), headings, tuple(problems))


def _most(counts: Counter[str]) -> dict[str, int]:
    return dict(counts.most_common(12))


def _cannot_open(path: Path, error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error)
    return f"{path} cannot be opened: {reason}"
