"""Files that litmap writes where the user says: exports, maps, patches, reports.

Nothing that litmap did not write is replaced. What it wrote is known by its sha256, kept in the
user's state folder, one record a folder: a file that was edited since is the user's. Files are
written aside, flushed and renamed, in folders held by their handles; a link is never followed and
never replaced, also one that takes a folder's or file's place meanwhile. What a process that was
killed was writing is removed by the next one that writes into the folder.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import secrets
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from litmap.atomic_files import remove_abandoned
from litmap.errors import UsageError
from litmap.operating_system import open_folder, sync_folder

logger = logging.getLogger(__name__)

_ASIDE = ".litmap-"
"""How the names of files begin that are being written."""


class WrittenFiles:
    """Writes files into the user's folders and remembers them below `state`."""

    def __init__(self, state: Path) -> None:
        self._records = state / "written"

    def may_replace(self, path: Path) -> bool:
        """Whether nothing is at `path`, or a file that litmap wrote and nobody changed since."""
        folder = path.parent.resolve()
        return not os.path.lexists(path) or _is_known(path, self._read(folder).get(path.name, ()))

    @staticmethod
    def write_new(path: Path, content: bytes) -> None:
        """Write a file that is not there yet. Raises OSError where it is, or cannot be written."""
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(path.parent)
        _replace(path.parent.resolve(), path.name, content)

    @staticmethod
    def replace_seen(path: Path, seen: bytes, content: bytes) -> None:
        """Replace a file of the user's, who saw and wants the change, while it is as he `seen` it.

        Raises `UsageError` where it is not, or cannot be written.
        """
        try:
            _remove_abandoned(path.parent)
            _replace(path.parent.resolve(), path.name, content, [_sha256(seen)])
            sync_folder(path.parent)
        except OSError as error:
            message = f"{path}: cannot be written ({error.strerror or error})"
            raise UsageError(message, subject=str(path)) from error

    def write_file(self, path: Path, content: bytes, *, force: bool = False) -> None:
        """Write one file; see `write`."""
        self.write(path.parent, {path.name: content}, force=force)

    def write(self, folder: Path, files: Mapping[str, bytes], *, force: bool = False) -> None:
        """Write files ({name below the folder, with '/': content}), each in one step.

        Raises UsageError, before anything is written, where a file is there that litmap did not
        write (`force` replaces such files), a link or something else that is no file, or a folder
        within is a link; and where the place cannot be written.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            folder = folder.resolve()
            known = self._read(folder)
            self._check(folder, files, known, force=force)
            self._write_all(folder, files, known, force=force)
        except OSError as error:
            place = error.filename or folder
            message = f"{place}: cannot be written ({error.strerror or error})"
            raise UsageError(message, subject=str(place)) from error
        logger.info("%s: wrote %d files", folder, len(files))

    def _write_all(
        self,
        folder: Path,
        files: Mapping[str, bytes],
        known: Mapping[str, list[str]],
        *,
        force: bool,
    ) -> None:
        """Write the files, without `force` only over known ones, and remember them.

        Both the former and the new content are litmap's while files are replaced, so that after a
        kill in the middle the next run may go on.
        """
        for parent in {(folder / name).parent for name in files}:
            _remove_abandoned(parent)
        digests = {name: [_sha256(content)] for name, content in files.items()}
        both = {name: [*known.get(name, ()), *new] for name, new in digests.items()}
        self._store(folder, {**known, **both})
        for name, content in files.items():
            _replace(folder, name, content, None if force else both[name])
        for parent in {(folder / name).parent for name in files}:
            sync_folder(parent)
        self._store(folder, {**known, **digests})

    def _check(
        self,
        folder: Path,
        files: Mapping[str, bytes],
        known: Mapping[str, Iterable[str]],
        *,
        force: bool,
    ) -> None:
        foreign = []
        for name, content in files.items():
            _check_place(folder, name)
            path = folder / name
            if os.path.lexists(path) and not _is_known(
                path, [*known.get(name, ()), _sha256(content)]
            ):
                foreign.append(path)
        if foreign and not force:
            more = f" (and {len(foreign) - 1} more)" if len(foreign) > 1 else ""
            message = (
                f"{foreign[0]}{more} is there and not as litmap wrote it; nothing was written: "
                "name another file or folder, or replace it with --force"
            )
            raise UsageError(message, subject=str(foreign[0]))

    # ── what was written ──────────────────────────────────────────────────────────────────────────
    def _record(self, folder: Path) -> Path:
        return self._records / f"{_sha256(os.fsencode(folder))}.json"

    def _read(self, folder: Path) -> dict[str, list[str]]:
        """Names in a folder → sha256 of what litmap wrote; {} where nothing is known."""
        try:
            files = json.loads(self._record(folder).read_bytes())["files"]
            return {name: list(map(str, digests)) for name, digests in files.items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}

    def _store(self, folder: Path, files: Mapping[str, list[str]]) -> None:
        """Remember what was written; what cannot be remembered is not replaced later."""
        content = json.dumps({"folder": str(folder), "files": files}).encode()
        try:
            self._records.mkdir(parents=True, exist_ok=True)
            _remove_abandoned(self._records)
            _replace(self._records.resolve(), self._record(folder).name, content, None)
        except OSError as error:
            logger.warning("what was written to %s is not remembered: %s", folder, error)


def _check_place(folder: Path, name: str) -> None:
    """Raises UsageError where a file would be outside the folder, or replace something else."""
    parts = Path(name).parts
    if Path(name).is_absolute() or ".." in parts or not parts:
        raise UsageError(f"{name} is not a name in {folder}", subject=name)
    for i in range(1, len(parts)):
        inner = folder.joinpath(*parts[:i])
        if inner.is_symlink() or (os.path.lexists(inner) and not inner.is_dir()):
            message = f"{inner} is a link or no folder: litmap writes only into folders of its own"
            raise UsageError(message, subject=str(inner))
    path = folder / name
    if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
        message = f"{path} is a link, folder or device: litmap replaces only files it wrote"
        raise UsageError(message, subject=str(path))


def _is_known(path: Path, digests: Iterable[str]) -> bool:
    if not stat.S_ISREG(path.lstat().st_mode):
        return False
    return _sha256(path.read_bytes()) in set(digests)


@dataclass(frozen=True)
class _Folder:
    """A folder by its handle, so that what takes its name meanwhile is not written to; by its path
    where the system has no handles of folders.
    """

    path: Path
    handle: int | None

    @classmethod
    @contextmanager
    def open(cls, folder: Path, inner: Sequence[str]) -> Iterator[_Folder]:
        """The folder reached by the names, made where it is missing; none of them may be a link."""
        handle = open_folder(folder, inner)
        try:
            yield cls(folder.joinpath(*inner), handle)
        finally:
            if handle is not None:
                os.close(handle)

    def place(self, name: str) -> str:
        """What names a file to functions that are given the handle."""
        return name if self.handle is not None else str(self.path / name)

    def state(self, name: str) -> os.stat_result | None:
        """Of a file, link or folder; None where there is none."""
        try:
            return os.stat(self.place(name), dir_fd=self.handle, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def read(self, name: str) -> bytes:
        """The bytes of a file; OSError where it is a link."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(self.place(name), flags, dir_fd=self.handle), "rb") as file:
            return file.read()

    def create(self, name: str, content: bytes) -> None:
        """Write a file that is not there yet, through to the disk."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        handle = os.open(self.place(name), flags, 0o666, dir_fd=self.handle)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def replace(self, old: str, new: str) -> None:
        """Give a file a name, whatever has it; a link is replaced, not followed."""
        ends = self.place(old), self.place(new)
        os.replace(*ends, src_dir_fd=self.handle, dst_dir_fd=self.handle)

    def link(self, old: str, new: str) -> bool:
        """Give a file a name where that is free (FileExistsError else); False where the file system
        has no links.
        """
        ends = self.place(old), self.place(new)
        try:
            os.link(*ends, src_dir_fd=self.handle, dst_dir_fd=self.handle)
        except FileExistsError:
            raise
        except OSError:
            return False
        return True

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""
        with suppress(FileNotFoundError):
            os.unlink(self.place(name), dir_fd=self.handle)


def _replace(
    folder: Path, name: str, content: bytes, replaceable: Collection[str] | None = ()
) -> None:
    """Write aside, flush, rename.

    Over a file that is there only where its sha256 is `replaceable`; None stands for any. Raises
    OSError for another, and where a folder on the way is a link.
    """
    *inner, last = Path(name).parts
    with _Folder.open(folder, inner) as place:
        before = place.state(last)
        if before is not None:
            _check_replaceable(place, last, before, replaceable)
        aside = f"{_ASIDE}{secrets.token_hex(8)}.{os.getpid()}.new"
        try:
            place.create(aside, content)
            if before is not None:
                mode = stat.S_IMODE(before.st_mode) & 0o777
                os.chmod(place.place(aside), mode, dir_fd=place.handle)
            if before is not None or not place.link(aside, last):
                place.replace(aside, last)
        finally:
            place.remove(aside)


def _remove_abandoned(folder: Path) -> None:
    """Remove what a process that is gone was writing into the folder."""
    remove_abandoned(folder, f"{_ASIDE}*.")


def _check_replaceable(
    place: _Folder, name: str, state: os.stat_result, replaceable: Collection[str] | None
) -> None:
    """Raises FileExistsError where what is there is no file, or not one that may be replaced."""
    is_file = stat.S_ISREG(state.st_mode)
    known = replaceable is None or (is_file and _sha256(place.read(name)) in replaceable)
    if not (is_file and known):
        raise FileExistsError(errno.EEXIST, "another file came meanwhile", str(place.path / name))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
