"""The files that are notes: walking folders with `.litmapignore`, and decoding what they hold."""

from __future__ import annotations

import itertools
import logging
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmap.models import Problem
from litmap.notes.formats import BY_SUFFIX
from litmap.parsing.word_lists import load_words

if TYPE_CHECKING:
    from pathspec import PathSpec

logger = logging.getLogger(__name__)

_SKIPPED_FOLDERS = {"node_modules", "__pycache__", "site-packages", "venv", "index.litmap"}
_OPTIONAL_SUFFIXES = {".json", ".csv", ".tsv", ".xml", ".rdf", ".yaml", ".yml", ""}
"""Endings of files that mostly hold other things than notes and references."""
_UNREAD = dict(entry.split(" = ", 1) for entry in load_words("unread_formats", "litmap.notes"))
"""Ending → what to do with a file that is not read."""
MAX_UNREAD_TOLD = 10
"""Files of a folder that are told one by one as not read."""
MAX_BYTES = 64_000_000
"""Larger files are reported and not read."""
MAX_IGNORE_LINES = 10_000
"""Lines of a `.litmapignore` that are read."""


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A file that may be a note."""

    path: Path
    shown: str
    """Its path as the user sees it."""
    by_user: bool
    """Whether the user named the file itself, not a folder above."""


def find_note_files(paths: Sequence[Path | str]) -> tuple[list[NoteFile], list[Problem]]:
    """Files at and below the paths, in order and each once, and the paths that cannot be opened.

    Folders are walked recursively; hidden ones, `node_modules` and what a `.litmapignore`
    (gitignore's rules, in any folder) names are left out, and a symbolic link back up is followed
    once only. A folder, file or link that cannot be opened is a problem of its own; the others are
    found all the same.
    """
    files: dict[Path, NoteFile] = {}
    problems: list[Problem] = []
    for path in map(Path, paths):
        try:
            if path.is_dir():
                for file in _FolderWalk(path, problems):
                    files.setdefault(_place(file), NoteFile(file, str(file), by_user=False))
            elif path.exists() and (advice := describe_unread(path)):
                problems.append(Problem(str(path), advice))
            elif path.exists():
                files[_place(path)] = NoteFile(path, str(path), by_user=True)
            else:
                problems.append(Problem(str(path), "there is no such file or folder"))
        except (OSError, RuntimeError, ValueError) as error:
            problems.append(Problem(str(path), f"cannot be opened: {_reason(error)}"))
    logger.debug("%d files that may be notes in %d paths", len(files), len(paths))
    return list(files.values()), problems


def count_note_files(folder: Path, seconds: float, most: int) -> tuple[int, bool]:
    """How many files below a folder are notes by their endings, and whether that is all of them:
    counting ends after so many `seconds` or files. What mostly holds other things (.csv, .json) is
    not counted. Raises OSError where the folder itself cannot be opened.
    """
    next(os.scandir(folder), None)
    walk = _FolderWalk(folder, [], until=time.monotonic() + seconds)
    found = (path for path in walk if not is_optional_note(path))
    count = sum(1 for _ in itertools.islice(found, most))
    return count, not walk.is_late and count < most


def describe_unread(path: Path) -> str:
    """What to do with a file whose format may hold notes but is not read; '' for other files."""
    advice = _UNREAD.get(path.suffix.lower())
    return f"this format is not read: {advice}" if advice else ""


def _place(path: Path) -> Path:
    """Where a file really is; its own path where a link goes in a circle."""
    return Path(os.path.realpath(path))


def may_be_note(file: NoteFile) -> bool:
    """True for a file that the user named or whose ending is that of a format of notes: not for
    what an editor keeps beside it for a moment ('note.md~', '.note.md.swp').
    """
    return file.by_user or file.path.suffix.lower() in BY_SUFFIX


def is_optional_note(path: Path) -> bool:
    """True for a file that may well be no note: failing to read it is no problem worth telling."""
    return path.suffix.lower() in _OPTIONAL_SUFFIXES


def _reason(error: Exception) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)


@dataclass(frozen=True, slots=True)
class _IgnoreRules:
    """What the `.litmapignore` of one folder leaves out below it."""

    folder: Path
    spec: PathSpec[Any]

    def match(self, path: Path, *, folder: bool = False) -> bool:
        relative = path.relative_to(self.folder).as_posix() + ("/" if folder else "")
        return bool(self.spec.match_file(relative))


def _read_ignore_rules(file: Path) -> tuple[_IgnoreRules | None, list[str]]:
    """The rules of a `.litmapignore`, if there is one, and the lines that are none. Raises OSError,
    ValueError.
    """
    if not file.is_file():
        return None, []
    import pathspec

    lines = file.read_text("utf-8", "replace").splitlines()[:MAX_IGNORE_LINES]
    rules: list[str] = []
    wrong: list[str] = []
    for line in lines:
        (rules if _is_rule(line) else wrong).append(line)
    return _IgnoreRules(file.parent, pathspec.PathSpec.from_lines("gitignore", rules)), wrong


def _is_rule(line: str) -> bool:
    """False for a line that gitignore's rules give no meaning: '[z-a]'."""
    import pathspec

    try:
        pathspec.PathSpec.from_lines("gitignore", [line])
    except (ValueError, re.error):
        return False
    return True


class _FolderWalk:
    """The files below a folder that are notes by their names, in order.

    A folder's before those further down.
    """

    def __init__(self, top: Path, problems: list[Problem], until: float = float("inf")) -> None:
        self.top, self.problems = top, problems
        self.until, self.is_late = until, False
        self.seen: set[tuple[int, int]] = set()
        self.rules: dict[Path, list[_IgnoreRules]] = {}

    def __iter__(self) -> Iterator[Path]:
        for root, folders, files in os.walk(self.top, followlinks=True, onerror=self.failed):
            folder = Path(root)
            self.is_late = time.monotonic() > self.until
            if self.is_late:
                return
            if not self.is_new(folder) or _is_library(files):
                folders.clear()
                continue
            rules = self.rules[folder] = self.rules_in(folder)
            folders[:] = sorted(name for name in folders if _is_walked(folder / name, rules))
            yield from self.note_files(folder, sorted(files), rules)

    def note_files(
        self, folder: Path, names: list[str], rules: list[_IgnoreRules]
    ) -> Iterator[Path]:
        """The files of a folder that are notes by their names and can be followed."""
        self.tell_unread(folder, names, rules)
        for path in (folder / name for name in names):
            if not (_is_note_file(path, rules) or _may_be_folder(path, rules)):
                continue
            try:
                path.stat()
            except (OSError, ValueError) as error:
                self.problems.append(Problem(str(path), f"cannot be followed: {_reason(error)}"))
            else:
                if _is_note_file(path, rules):
                    yield path

    def tell_unread(self, folder: Path, names: list[str], rules: list[_IgnoreRules]) -> None:
        """Keeps the files whose format is not read as problems, of many the first."""
        paths = [folder / name for name in names if _may_be_unread(name)]
        unread = [path for path in paths if not any(rule.match(path) for rule in rules)]
        for path in unread[:MAX_UNREAD_TOLD]:
            self.problems.append(Problem(str(path), describe_unread(path)))
        if more := len(unread[MAX_UNREAD_TOLD:]):
            self.problems.append(Problem(str(folder), f"{more:,} more files are not read"))

    def failed(self, error: OSError) -> None:
        """Keeps a folder that cannot be opened as a problem."""
        subject = str(error.filename or self.top)
        self.problems.append(Problem(subject, f"cannot be opened: {_reason(error)}"))

    def is_new(self, folder: Path) -> bool:
        """False for a folder that was walked before, as links can lead back to it."""
        try:
            status = folder.stat()
        except OSError as error:
            self.failed(error)
            return False
        place = (status.st_dev, status.st_ino)
        if place in self.seen:
            return False
        self.seen.add(place)
        return True

    def rules_in(self, folder: Path) -> list[_IgnoreRules]:
        """The rules of the folders above, then the folder's own."""
        above = self.rules.get(folder.parent, []) if folder != self.top else []
        file = folder / ".litmapignore"
        try:
            own, wrong = _read_ignore_rules(file)
        except (OSError, ValueError) as error:
            self.problems.append(Problem(str(file), f"not used: {_reason(error)}"))
            return above
        for line in wrong:
            self.problems.append(Problem(str(file), f"no rule of gitignore's: {line[:80]!r}"))
        return [*above, own] if own else above


def _is_library(files: list[str]) -> bool:
    """True for the files of a library of litmap itself."""
    return "CURRENT" in files and "catalogue.sqlite" in files


def _is_walked(folder: Path, rules: list[_IgnoreRules]) -> bool:
    return (
        not folder.name.startswith(".")
        and folder.name not in _SKIPPED_FOLDERS
        and not any(rule.match(folder, folder=True) for rule in rules)
    )


def _is_note_file(path: Path, rules: list[_IgnoreRules]) -> bool:
    return (
        path.suffix.lower() in BY_SUFFIX
        and (bool(path.suffix) or path.name.lower() in load_words("note_names", "litmap.notes"))
        and not path.name.startswith((".", "~$"))
        and not any(rule.match(path) for rule in rules)
    )


def _may_be_unread(name: str) -> bool:
    """True for a file of a format that is not read; not for hidden ones and '~$draft.doc', which
    Word leaves beside an open file.
    """
    return not name.startswith((".", "~$")) and bool(describe_unread(Path(name)))


def _may_be_folder(path: Path, rules: list[_IgnoreRules]) -> bool:
    """True for a link without an ending, which may lead to a folder of notes."""
    return not path.suffix and path.is_symlink() and _is_walked(path, rules)
