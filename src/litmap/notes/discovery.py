"""The files that are notes: walking folders with `.litmapignore`, and decoding what they hold."""

from __future__ import annotations

import logging
import os
import re
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
_OPTIONAL_SUFFIXES = {".json", ".csv", ".xml", ".rdf", ""}
"""Endings of files that mostly hold other things than notes and references."""
MAX_BYTES = 64_000_000
"""Larger files are reported and not read."""
MAX_IGNORE_LINES = 10_000
"""Lines of a `.litmapignore` that are read."""
_BINARY_STARTS = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\x1f\x8b", b"GIF8", b"\xff\xd8\xff")
_CONTROL_BYTES = bytes([*range(1, 9), *range(14, 27), *range(28, 32)])
"""Bytes that text hardly ever holds: not tab, line ends, vertical tab, form feed or escape."""


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
            elif path.exists():
                files[_place(path)] = NoteFile(path, str(path), by_user=True)
            else:
                problems.append(Problem(str(path), "there is no such file or folder"))
        except (OSError, RuntimeError, ValueError) as error:
            problems.append(Problem(str(path), f"cannot be opened: {_reason(error)}"))
    logger.debug("%d files that may be notes in %d paths", len(files), len(paths))
    return list(files.values()), problems


def _place(path: Path) -> Path:
    """Where a file really is; its own path where a link goes in a circle."""
    return Path(os.path.realpath(path))


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

    def __init__(self, top: Path, problems: list[Problem]) -> None:
        self.top, self.problems = top, problems
        self.seen: set[tuple[int, int]] = set()
        self.rules: dict[Path, list[_IgnoreRules]] = {}

    def __iter__(self) -> Iterator[Path]:
        for root, folders, files in os.walk(self.top, followlinks=True, onerror=self.failed):
            folder = Path(root)
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
        and not path.name.startswith(".")
        and not any(rule.match(path) for rule in rules)
    )


def _may_be_folder(path: Path, rules: list[_IgnoreRules]) -> bool:
    """True for a link without an ending, which may lead to a folder of notes."""
    return not path.suffix and path.is_symlink() and _is_walked(path, rules)


def decode(data: bytes) -> tuple[str, str]:
    r"""Text of a file's bytes with line ends as `\n`, and a remark where characters were guessed.

    UTF-8 and UTF-16/32 by mark or by form; else UTF-8 with single wrong bytes read as Windows-1252
    (files glued from two encodings). Raises ValueError for binary data.
    """
    text, remark = _decode(data)
    for line_end in ("\r\n", "\r", "\x0b", "\x0c"):
        text = text.replace(line_end, "\n")
    return text.lstrip("\ufeff"), remark


def _decode(data: bytes) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return data.decode("utf-32", "replace"), ""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), ""
    data = data.removeprefix(b"\xef\xbb\xbf")
    sample = data[:8192]
    if utf16 := _utf16_by_form(sample):
        return data.decode(utf16, "replace"), ""
    if _is_binary(sample):
        raise ValueError("a binary file, not a note")
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        return _decode_mixed(data)


def _utf16_by_form(sample: bytes) -> str:
    """'utf-16-le' or 'utf-16-be' where nearly every other byte is zero, as in Western text.

    Else ''.
    """
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) > 0.3 * len(sample) / 2 and min(even, odd) < 0.05 * len(sample):
        return "utf-16-le" if odd > even else "utf-16-be"
    return ""


def _is_binary(sample: bytes) -> bool:
    control = len(sample) - len(sample.translate(None, _CONTROL_BYTES))
    return (
        b"\x00" in sample or sample.startswith(_BINARY_STARTS) or control > 0.05 * len(sample) + 3
    )


def _decode_mixed(data: bytes) -> tuple[str, str]:
    """UTF-8 whose wrong bytes are read as Windows-1252."""
    text = data.decode("utf-8", "surrogateescape")
    wrong = len(text) - len(data.decode("utf-8", "ignore"))
    text = "".join(
        bytes([ord(char) - 0xDC00]).decode("cp1252", "replace") if _is_escaped_byte(char) else char
        for char in text
    )
    return text, f"{wrong:,} characters were not UTF-8 and read as Windows-1252"


def _is_escaped_byte(char: str) -> bool:
    return 0xDC80 <= ord(char) <= 0xDCFF
