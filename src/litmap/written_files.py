"""Files that litmap writes where the user says: exports, maps, patches, reports.

Nothing that litmap did not write is replaced. What it wrote is known by its sha256, kept in the
user's state folder, one record a folder: a file that was edited since is the user's. Files are
written aside, flushed and renamed; a link is never followed and never replaced.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
import tempfile
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from litmap.errors import UsageError
from litmap.operating_system import sync_folder

logger = logging.getLogger(__name__)


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
        _replace(path.parent, path.name, content, force=False)

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
            there = {name for name in files if os.path.lexists(folder / name)}
            self._check(folder, files, known, force=force)
            self._write_all(folder, files, known, {*files} if force else there)
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
        replaced: Collection[str],
    ) -> None:
        """Write the files, over those in `replaced` only, and remember them.

        Both the former and the new content are litmap's while files are replaced, so that after a
        kill in the middle the next run may go on.
        """
        digests = {name: [_sha256(content)] for name, content in files.items()}
        both = {name: [*known.get(name, ()), *new] for name, new in digests.items()}
        self._store(folder, {**known, **both})
        for name, content in files.items():
            _replace(folder, name, content, force=name in replaced)
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
            _replace(self._records, self._record(folder).name, content, force=True)
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


def _replace(folder: Path, name: str, content: bytes, *, force: bool) -> None:
    """Write aside, flush, rename; without `force` never over a file that came meanwhile."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    _check_place(folder, name)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".litmap-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        mode = path.lstat().st_mode & 0o777 if os.path.lexists(path) else 0o666 & ~_umask()
        Path(aside).chmod(mode)
        if force or not _link(Path(aside), path):
            Path(aside).replace(path)
    finally:
        with suppress(FileNotFoundError):
            Path(aside).unlink()


def _link(aside: Path, path: Path) -> bool:
    """Give the file its name where that is free; False where the file system has no links."""
    try:
        os.link(aside, path)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
