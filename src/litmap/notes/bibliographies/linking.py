"""Which reference files a note cites from: those it names, else those that lie beside it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from litmap.models import Note
from litmap.notes.formats import BY_NAME

logger = logging.getLogger(__name__)

_CITEKEY = re.compile(
    r"(?<![\w@.])@(?:\{[^{}\n]|[^\W\d_])[\w:.#$%&+?<>~/-]*"  # @key, @{key}
    r"|\\[a-zA-Z]*cite[a-zA-Z]*\*?\s*(?:\[[^\]]*\]\s*){0,2}\{"  # \citep[p. 3]{key}
    r"|:cite|\bcite[a-z]*:|@[\w-]+\d|\[-?@\d"  # :cite:`key`, citep:key
)
_NAMED_WITH_SUFFIX = {".bib", ".bibtex", ".json", ".ris", ".yaml", ".yml"}
_READ = {".bib", ".bibtex", ".json", ".ris", ".yaml", ".yml"}
MAX_BESIDE = 20
"""Reference files read from the folder of a note that names none."""
MAX_FOLDERS_UP = 3
"""How far above its note a reference file that the note names is looked for."""
MAX_NAME_CHARS = 500


def link_bibliographies(
    notes: dict[Path, Note], named: set[Path], read: Callable[[Path], Note | None]
) -> None:
    """Gives each note that cites by key the reference files it means.

    Those that serve only for that are marked as `lookup`. `notes` is changed in place; `named` are
    the files that the user gave; `read` reads one more.
    """
    _Linker(notes, read).link(named)


class _Linker:
    def __init__(self, notes: dict[Path, Note], read: Callable[[Path], Note | None]) -> None:
        self.notes, self.read = notes, read
        self.beside: dict[Path, list[Path]] = {}
        for file, note in notes.items():
            if holds_keyed_records(note):
                self.beside.setdefault(file.parent, []).append(file)
        self._resolved: dict[Path, Path] = {}

    def link(self, named: set[Path]) -> None:
        """Links all notes."""
        used: set[Path] = set()
        for file, note in list(self.notes.items()):
            if BY_NAME[note.format].holds != "notes":
                continue
            files = list(self.known(self.wanted(file, note)))
            if files:
                logger.debug("%s cites from %s", note.path, ", ".join(map(str, files)))
            used.update(files)
            paths = dict.fromkeys(self.notes[used_file].path for used_file in files)
            self.notes[file] = replace(note, uses=tuple(paths))
        for file in used - named:
            self.notes[file] = replace(self.notes[file], lookup=True)

    def wanted(self, file: Path, note: Note) -> list[Path]:
        """The files a note names, else those beside it."""
        targets = [find_bibliography(file, name) for name in note.uses]
        wanted = [target for target in targets if target is not None]
        if not wanted and cites_by_key(note):
            return self.beside.get(file.parent) or _bib_files_in(file.parent)
        return wanted

    def known(self, targets: list[Path]) -> Iterator[Path]:
        """The targets as they stand among the notes, read if they do not stand there yet."""
        for target in targets:
            known = target if target in self.notes else self.resolved.get(target.resolve())
            if known is None:
                note = self.read(target)
                if note is None or not holds_keyed_records(note):
                    continue
                self.notes[target] = note
                known = self.resolved[target.resolve()] = target
            yield known

    @property
    def resolved(self) -> dict[Path, Path]:
        """The notes' files by resolved path.

        Resolving costs a system call each, so it is done when asked for.
        """
        if not self._resolved:
            self._resolved = {file.resolve(): file for file in reversed(self.notes)}
        return self._resolved


def holds_keyed_records(note: Note) -> bool:
    """True for a reference file whose records notes cite by key."""
    return BY_NAME[note.format].holds == "keyed records"


def cites_by_key(note: Note) -> bool:
    r"""True where a block cites as '[@key]' or '\cite{key}' do."""
    return any(
        ("@" in block.text and _CITEKEY.search(block.text))
        or any(name == "cites" for name, _ in block.fields)
        for block in note.blocks
    )


def find_bibliography(file: Path, name: str) -> Path | None:
    """The reference file that the note in `file` calls `name`, beside it or in a folder above."""
    if "://" in name or len(name) > MAX_NAME_CHARS:
        return None
    suffixes = ("",) if Path(name).suffix.lower() in _NAMED_WITH_SUFFIX else (".bib", "")
    for folder in (file.parent, *file.parent.parents[:MAX_FOLDERS_UP]):
        for suffix in suffixes:
            path = folder / (name + suffix)
            if path.suffix.lower() in _READ and _is_file(path):
                return path
    return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _bib_files_in(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.glob("*.bib") if path.is_file())[:MAX_BESIDE]
    except OSError:
        return []
