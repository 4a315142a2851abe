"""Changes carried out in the user's notes and reference files: all of them or none, with a backup
that can be put back, each kind of change by itself.

A move goes in this order: the notes' bytes and a manifest into `backups/<time>`, written aside
and renamed; the new bytes and
a link to the old file beside each note, flushed; one rename a note; the manifest says 'done'. A
failure renames the old files back. After a kill in the middle the manifest says 'moving', and
`undo` puts back what was moved; files left beside the notes are removed by the next move or undo.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from litmap import lock
from litmap.atomic_files import replace_file, write_through
from litmap.catalogue import utc_now
from litmap.errors import LibraryError
from litmap.operating_system import sync_folder
from litmap.paths import LibraryPaths

logger = logging.getLogger(__name__)

MANIFEST = "manifest.json"


class Change(StrEnum):
    """Who asked for a change."""

    TOPICS = "topics"
    NOTICES = "notices"
    REFERENCES = "references"
    LINKS = "links"


UNDO = {
    Change.TOPICS: "litmap topics --undo",
    Change.NOTICES: "litmap notices --undo",
    Change.REFERENCES: "litmap export --update FILE --undo",
    Change.LINKS: "litmap links --undo",
}
"""What puts each back."""
_WHAT = {
    Change.TOPICS: "litmap topics --apply",
    Change.NOTICES: "litmap notices --apply",
    Change.REFERENCES: "litmap export --update",
    Change.LINKS: "litmap links --apply",
}
MOVING, DONE, UNDONE = "moving", "done", "undone"
_ASIDE = ".new-"
"""How the name of a backup begins that is being written."""


@dataclass(frozen=True, slots=True)
class _File:
    """A note's file, its bytes as they must be found, and the new ones."""

    path: Path
    old: bytes
    new: bytes


def move(
    paths: LibraryPaths, kind: Change, old: Mapping[str, bytes], new: Mapping[str, bytes]
) -> Path:
    """Replace the notes by their new bytes ({path: bytes}); the folder of the backup.

    Raises `LibraryError` where a note is not as in `old`, cannot be written, or an earlier move was
    cut off, and `Busy`; no note is changed then.
    """
    changes = [_File(Path(name).resolve(), old[name], data) for name, data in new.items()]
    with lock.writer(paths.lock, utc_now()):
        for earlier in _backups(paths.backups):
            if (manifest := _read(earlier))["state"] == MOVING:
                message = f"an earlier change was cut off: run `{UNDO[_kind(manifest)]}` first"
                raise LibraryError(message, subject=str(earlier))
        _clear_leftovers(paths)
        for change in changes:
            _check_writable(change.path)
        try:
            backup = _write_backup(paths, kind, changes)
        except OSError as error:
            message = f"no backup can be written in {paths.backups}: {error.strerror or error}"
            raise LibraryError(message, subject=str(paths.backups)) from error
        try:
            _replace_all(changes, backup, DONE)
        except BaseException:
            if not any(_is_new(change) for change in changes):
                with suppress(OSError):
                    _set_state(backup, UNDONE)
            raise
    logger.info("%d notes changed; they are kept in %s", len(changes), backup)
    return backup


def _is_new(change: _File) -> bool:
    try:
        return change.path.read_bytes() == change.new
    except OSError:
        return False


def undo(paths: LibraryPaths, kind: Change, file: str = "") -> list[str]:
    """Put the notes of the last change of a kind (of a file, where one is named) back as they were;
    their paths.

    Raises `LibraryError` where there is no such change, or a note was changed since; no note is
    changed then.
    """
    with lock.writer(paths.lock, utc_now()):
        _clear_leftovers(paths)
        backup = _last_backup(paths, kind, str(Path(file).resolve()) if file else "")
        if backup is None:
            message = f"nothing to undo: `{_WHAT[kind]}` changed nothing here, or all is put back"
            raise LibraryError(message, subject=str(paths.backups))
        manifest = _read(backup)
        changes = [c for note in manifest["notes"] if (c := _change_back(backup, note))]
        for change in changes:
            _check_writable(change.path)
        _replace_all(changes, backup, UNDONE)
    logger.info("%d notes put back from %s", len(changes), backup)
    return [str(change.path) for change in changes]


def _clear_leftovers(paths: LibraryPaths) -> None:
    """Remove what moves that were killed left: files beside the notes, half-written backups."""
    for folder in paths.backups.glob("*"):
        if folder.name.startswith(_ASIDE):
            shutil.rmtree(folder, ignore_errors=True)
        elif (folder / MANIFEST).is_file():
            for i, note in enumerate(_read(folder)["notes"]):
                _remove(_asides(Path(note["path"]).parent, folder.name, i))


def _change_back(backup: Path, note: Mapping[str, str]) -> _File | None:
    """The way back of a note; None where it is as it was before the move."""
    path = Path(note["path"])
    try:
        before, now = (backup / note["copy"]).read_bytes(), path.read_bytes()
    except OSError as error:
        message = f"{error.filename}: {error.strerror}; the notes' former bytes are in {backup}"
        raise LibraryError(message, subject=str(path)) from error
    if _sha256(before) != note["before"]:
        raise LibraryError(f"the backup in {backup} is damaged", subject=str(backup))
    if _sha256(now) == note["before"]:
        return None
    if _sha256(now) != note["after"]:
        later = _later_change(backup, note["path"], _sha256(now))
        first = f"run `{UNDO[later]}` first; " if later else ""
        message = (
            f"{path} was changed since{f' by `{_WHAT[later]}`' if later else ''}, so nothing was "
            f"put back: {first}the notes as they were before are in {backup} (delete it to keep "
            f"things as they are)"
        )
        raise LibraryError(message, subject=str(path))
    return _File(path, now, before)


def _later_change(backup: Path, path: str, now: str) -> Change | None:
    """What made a note what it is now, after this backup; None where litmap did not."""
    for later in _backups(backup.parent):
        manifest = _read(later)
        if later.name > backup.name and manifest["state"] != UNDONE:
            made = {(note["path"], note["after"]) for note in manifest["notes"]}
            if (path, now) in made:
                return _kind(manifest)
    return None


def _check_writable(path: Path) -> None:
    """Raises `LibraryError` for a note that a rename would replace against its owner's word."""
    if not path.is_file():
        raise LibraryError(f"{path}: no such note; nothing was moved", subject=str(path))
    status = path.stat()
    if not status.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise LibraryError(f"{path} is write-protected; nothing was moved", subject=str(path))
    if status.st_nlink > 1:
        message = f"{path} has another hard link, which would keep the old text; nothing was moved"
        raise LibraryError(message, subject=str(path))


# ── replacing ─────────────────────────────────────────────────────────────────────────────────────
def _replace_all(changes: Sequence[_File], backup: Path, state: str) -> None:
    """One rename a note, after all bytes are on disk, then the backup's new state; every note as
    before where one of it fails.
    """
    asides = [_asides(change.path.parent, backup.name, i) for i, change in enumerate(changes)]
    replaced: list[int] = []
    try:
        for change, (fresh, former) in zip(changes, asides, strict=True):
            _prepare(change, fresh, former)
        for i, (change, (fresh, _)) in enumerate(zip(changes, asides, strict=True)):
            _check_unchanged(change)
            replaced.append(i)
            fresh.replace(change.path)
        for folder in {change.path.parent for change in changes}:
            sync_folder(folder)
        _set_state(backup, state)
    except BaseException as error:
        for i in replaced:
            _put_back(changes[i], asides[i][1])
        if isinstance(error, OSError):
            reason = error.strerror or error
            message = f"the notes cannot be written ({reason}); they are as they were"
            raise LibraryError(message, subject=str(error.filename or "")) from error
        raise
    finally:
        _remove(aside for pair in asides for aside in pair)


def _prepare(change: _File, fresh: Path, former: Path) -> None:
    """The new bytes on disk with the note's rights, and a link to the file as it is."""
    write_through(fresh, change.new, new=True)
    shutil.copystat(change.path, fresh)
    os.utime(fresh)
    _link(change.path, former)


def _remove(asides: Iterable[Path]) -> None:
    for aside in asides:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def _put_back(change: _File, former: Path) -> None:
    # A rename of a file onto another link of itself does nothing, so this is right both where the
    # note was replaced and where its rename failed.
    former.replace(change.path)


def _check_unchanged(change: _File) -> None:
    if change.path.read_bytes() != change.old:
        message = f"{change.path} was just changed by another program; nothing was moved"
        raise LibraryError(message, subject=str(change.path))


def _asides(folder: Path, name: str, number: int) -> tuple[Path, Path]:
    """Where a note's new bytes and its former file are while notes are replaced."""
    stem = f".litmap-{name}-{number}"
    return folder / f"{stem}.new", folder / f"{stem}.old"


def _link(path: Path, to: Path) -> None:
    try:
        os.link(path, to)
    except OSError:  # a file system without hard links
        write_through(to, path.read_bytes(), new=True)
        shutil.copystat(path, to)


# ── backups ───────────────────────────────────────────────────────────────────────────────────────
def _write_backup(paths: LibraryPaths, kind: Change, changes: Sequence[_File]) -> Path:
    """The notes' bytes and a manifest, on disk before a note is touched."""
    aside = _new_folder(paths.backups)
    notes = []
    for i, change in enumerate(changes):
        copy = f"{i:03}-{change.path.name[-40:]}"
        write_through(aside / copy, change.old, new=True)
        notes.append(
            {
                "path": str(change.path),
                "copy": copy,
                "before": _sha256(change.old),
                "after": _sha256(change.new),
            }
        )
    _store(aside, {"state": MOVING, "kind": kind, "time": utc_now(), "notes": notes})
    backup = paths.backups / aside.name.removeprefix(_ASIDE)
    aside.rename(backup)
    sync_folder(paths.backups)
    return backup


def _new_folder(backups: Path) -> Path:
    """A folder to be named by the time and a number, after all that are there."""
    backups.mkdir(parents=True, exist_ok=True)
    time = utc_now().replace(":", "").replace("-", "")[:15]
    numbers = [int(f.name.split("-")[0]) for f in backups.iterdir() if f.name[:1].isdigit()]
    folder = backups / f"{_ASIDE}{max(numbers, default=0) + 1:04}-{time}"
    folder.mkdir()
    return folder


def _last_backup(paths: LibraryPaths, kind: Change, file: str) -> Path | None:
    """The newest backup of a kind (with a file, where one is named) that was not put back."""
    for folder in _backups(paths.backups):
        manifest = _read(folder)
        is_meant = not file or file in {note["path"] for note in manifest["notes"]}
        if manifest["state"] != UNDONE and _kind(manifest) is kind and is_meant:
            return folder
    return None


def _backups(folder: Path) -> list[Path]:
    """All backups, the newest first; a folder without a manifest changed no note."""
    if not folder.is_dir():
        return []
    return sorted((f for f in folder.iterdir() if (f / MANIFEST).is_file()), reverse=True)


def _kind(manifest: Mapping[str, Any]) -> Change:
    """Who asked for a change; litmap 0.2 noted nobody, as there were moves between topics alone."""
    return Change(manifest.get("kind", Change.TOPICS))


def _read(backup: Path) -> dict[str, Any]:
    try:
        value: dict[str, Any] = json.loads((backup / MANIFEST).read_bytes())
        known = value["state"] in {MOVING, DONE, UNDONE} and all(map(_is_move, value["notes"]))
        known = known and value.get("kind", Change.TOPICS) in list(Change)
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        message = f"{backup / MANIFEST} is damaged: the copies of the notes are beside it"
        raise LibraryError(message, subject=str(backup)) from error
    if not known:
        raise LibraryError(f"{backup / MANIFEST} is not one of litmap's", subject=str(backup))
    return value


def _is_move(note: Any) -> bool:
    """Whether a manifest's entry names a note, its copy in the backup, and both checksums."""
    texts = [note.get(key) for key in ("path", "copy", "before", "after")]
    return all(map(_is_file_name, texts)) and Path(note["copy"]).name == note["copy"]


def _is_file_name(text: Any) -> bool:
    """Whether the system can be asked for a file of this name."""
    try:
        return isinstance(text, str) and b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:  # half of a pair of code units
        return False


def _set_state(backup: Path, state: str) -> None:
    _store(backup, {**_read(backup), "state": state})


def _store(backup: Path, manifest: Mapping[str, Any]) -> None:
    replace_file(backup / MANIFEST, json.dumps(manifest, indent=1).encode())


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
