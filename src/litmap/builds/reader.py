"""Reading a build: opened by what `CURRENT` names, checked against its manifest, safe to share
between threads.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

from litmap.builds import store
from litmap.builds.store import PassageFile, SourceRows
from litmap.errors import DamagedBuild, NoLibrary
from litmap.models import Passage
from litmap.operating_system import share_lock

if TYPE_CHECKING:
    from litmap.builds.store import Rows
    from litmap.paths import LibraryPaths

T = TypeVar("T")

FORMAT = 3
"""2 had its passages in two files; it is read, and gone on from."""
MANIFEST = "manifest.json"
MAX_CHECKED_AT_OPEN = 2_000_000
"""Bytes of a file up to which its checksum is compared when a build is opened: some
milliseconds.
"""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


class Build:
    """One published build. `rows` are all living row ids, ascending; use it from any thread,
    `close` it at the end.
    """

    def __init__(
        self, folder: Path, manifest: Mapping[str, Any], lock: IO[bytes] | None = None
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self._lock = lock
        self._connections: list[sqlite3.Connection] = []
        self._free: dict[str, list[sqlite3.Connection]] = {}
        self._guard = threading.Lock()

    @property
    def id(self) -> str:
        """The folder's name; ids sort by time."""
        return self.folder.name

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the writer noted: model, versions and the like."""
        facts: Mapping[str, Any] = self.manifest["facts"]
        return facts

    def path(self, name: str) -> Path:
        """The path of a file or folder in the build."""
        return self.folder / name

    def read_json(self, name: str) -> Any:
        """A value written by `BuildWriter.write_json`; None where there is none."""
        path = self.folder / f"{name}.json"
        written = self.manifest["files"].get(path.name)
        if written is None:
            return None
        try:
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() != written["sha256"]:
                raise damaged(self.folder, path.name, _CHANGED)
            return json.loads(data)
        except OSError as error:
            raise damaged(self.folder, path.name, f"cannot be read ({error.strerror})") from error
        except ValueError as error:
            raise damaged(self.folder, path.name, f"no valid JSON ({error})") from error

    @property
    def count(self) -> int:
        """How many passages are alive."""
        return int(self.manifest["counts"]["passages"])

    @cached_property
    def sources(self) -> tuple[SourceRows, ...]:
        """All sources by first row."""
        return tuple(self._read(self._list, store.read_sources))

    @property
    def _list(self) -> str:
        """The name of the file that lists the sources."""
        return store.SOURCES if self.manifest["format"] == FORMAT else store.DELTA

    @cached_property
    def files(self) -> tuple[PassageFile, ...]:
        """The files of passages, by row; the delta is the last."""
        if self.manifest["format"] == FORMAT:
            return tuple(PassageFile(*file) for file in self.manifest["passage_files"])
        first, end = int(self.manifest["base_rows"]), int(self.manifest["next_row"])
        rows = sum(s.count for s in self.sources if s.first >= first)
        base = (PassageFile("base.sqlite", 0, first, first),)
        return (*(base if first else ()), PassageFile(store.DELTA, first, end, rows))

    @cached_property
    def rows(self) -> Rows:
        """int64, ascending: every living row."""
        return _ranges(self.sources)

    def owners(self, rows: Sequence[int] | Rows) -> list[SourceRows]:
        """The source of each row. Raises KeyError for a row that is not alive."""
        wanted = [int(row) for row in rows]
        owners = self._owners(wanted)
        return [owners[row] for row in wanted]

    def _owners(self, rows: Sequence[int]) -> dict[int, SourceRows]:
        owners = self._read(self._list, lambda sources: store.find_owners(sources, rows))
        for row in rows:
            if row not in owners:
                raise KeyError(row)
        return owners

    def works_of(self, rows: Sequence[int] | Rows) -> list[str]:
        """The work of each row ('' for notes)."""
        return [s.work for s in self.owners(rows)]

    def passages(self, rows: Sequence[int] | Rows) -> list[Passage]:
        """The passages of these rows, in their order. Raises KeyError for a row that is not
        alive.
        """
        wanted = [int(row) for row in rows]
        owners = self._owners(wanted)
        by_file: dict[str, list[int]] = {}
        for row in wanted:
            by_file.setdefault(store.file_of(self.files, row).name, []).append(row)
        found: dict[int, Passage] = {}
        for name, own in by_file.items():
            found |= self._fetch(name, own, owners)
        return [found[row] for row in wanted]

    def _fetch(
        self, name: str, rows: Sequence[int], owners: Mapping[int, SourceRows]
    ) -> dict[int, Passage]:
        """The passages of a file at these rows."""
        fetched = self._read(name, lambda file: list(store.fetch(file, rows, owners)))
        found = {passage.row: passage for passage in fetched}
        if any(row not in found for row in rows):
            raise damaged(self.folder, name, "passages are missing")
        return found

    def all_passages(self, batch: int = 2000) -> Iterator[Passage]:
        """Every living passage, by row."""
        for begin in range(0, len(self.rows), batch):
            yield from self.passages(self.rows[begin : begin + batch])

    def _read(self, part: str, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on a connection to a part that nobody else uses meanwhile; SQLite's complaints
        become `DamagedBuild`.
        """
        try:
            with self._connection(part) as connection:
                return work(connection)
        except sqlite3.DatabaseError as error:
            raise damaged(self.folder, part, str(error)) from error

    @contextmanager
    def _connection(self, part: str) -> Iterator[sqlite3.Connection]:
        """A connection that is free, else a new one: as many are open as there are reads at once,
        however many threads come and go.
        """
        with self._guard:
            free = self._free.setdefault(part, [])
            connection = free.pop() if free else None
            if connection is None:
                connection = store.open_to_read(self.folder / part)
                self._connections.append(connection)
        try:
            yield connection
        finally:
            with self._guard:
                free.append(connection)

    def close(self) -> None:
        """Close all files; the build may then be pruned."""
        with self._guard:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._free = {}
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Build:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _ranges(sources: Sequence[SourceRows]) -> Rows:
    """All rows of the sources, ascending (sources come by first row)."""
    import numpy as np

    firsts = np.array([s.first for s in sources], dtype=np.int64)
    counts = np.array([s.count for s in sources], dtype=np.int64)
    before = np.cumsum(counts) - counts
    return np.repeat(firsts - before, counts) + np.arange(int(counts.sum()), dtype=np.int64)


def damaged(folder: Path, name: str, why: str) -> DamagedBuild:
    """The error that names the file and the way out."""
    message = (
        f"build {folder.name} is damaged: {name}: {why}. `litmap doctor --fix` builds it again."
    )
    return DamagedBuild(message, subject=str(folder / name))


def current_id(paths: LibraryPaths) -> str | None:
    """The id of the published build, None where there is none yet. Raises DamagedBuild."""
    try:
        name = paths.current.read_text("utf-8").strip()
    except FileNotFoundError:
        return None if not _holds_builds(paths) else _read_id_again(paths)
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedBuild(
            f"{paths.current} cannot be read: {error}", subject=str(paths.current)
        ) from error
    return _checked_id(name, paths)


def _checked_id(name: str, paths: LibraryPaths) -> str:
    if not _ID.fullmatch(name):
        message = f"{paths.current} names no build. `litmap doctor --fix` builds it again."
        raise DamagedBuild(message, subject=str(paths.current))
    return name


def _holds_builds(paths: LibraryPaths) -> bool:
    """Whether there are published builds, whatever `CURRENT` says."""
    return any((folder / MANIFEST).exists() for folder in paths.builds.glob("[!.]*"))


def _read_id_again(paths: LibraryPaths) -> str:
    """The id, where the first build of all is just being published. Raises DamagedBuild."""
    time.sleep(_PUBLISHING_SECONDS)
    name = paths.current.read_text("utf-8").strip() if paths.current.exists() else ""
    return _checked_id(name, paths)


_PUBLISHING_SECONDS = 0.1
"""Between the first build's rename and the writing of `CURRENT`."""


def open_build(paths: LibraryPaths) -> Build:
    """The published build, its files' sizes checked against its manifest.

    Raises NoLibrary where nothing is published yet, and DamagedBuild naming the file that is
    missing, cut or changed.
    """
    for _ in range(20):
        name = current_id(paths)
        if name is None:
            raise NoLibrary(
                "nothing is indexed yet: run `litmap refresh NOTES`.", subject=str(paths.root)
            )
        build = _open(paths.builds / name)
        if build is not None:
            return build
        if current_id(paths) == name:
            raise damaged(paths.builds / name, MANIFEST, "is missing")
    raise DamagedBuild(
        "CURRENT changes faster than it can be read.", subject=str(paths.current), transient=True
    )


def _open(folder: Path) -> Build | None:
    """The build in this folder; None where it has just been pruned."""
    try:
        lock = (folder / MANIFEST).open("rb")
    except FileNotFoundError:
        return None
    try:
        share_lock(lock.fileno())  # tells the pruner that this build is being read
        if not (folder / MANIFEST).exists():
            lock.close()
            return None
        manifest = check_build(folder)
    except BaseException:
        lock.close()
        raise
    return Build(folder, manifest, lock)


def check_build(folder: Path) -> Mapping[str, Any]:
    """The manifest, after a cheap check: version, its own checksum, every file there with its size
    and, of those that are small and not checked when they are read, the checksum. Raises
    DamagedBuild.
    """
    manifest = _read_manifest(folder)
    for name, entry in manifest["files"].items():
        size = int(entry["bytes"])
        _check_size(folder, name, size)
        is_read_whole = "/" not in name and name.endswith(".json")  # and checked then
        if size <= MAX_CHECKED_AT_OPEN and not is_read_whole:
            check_content(folder, name, manifest)
    return manifest


def _read_manifest(folder: Path) -> Mapping[str, Any]:
    """The manifest, of the format that this litmap reads and with its own checksum."""
    try:
        manifest: Mapping[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        for entry in manifest["files"].values():
            int(entry["bytes"])
        version = int(manifest["format"])
        manifest["facts"], manifest["next_row"], manifest["counts"]["passages"]
        manifest[{2: "base_rows", FORMAT: "passage_files"}.get(version, "facts")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(folder, MANIFEST, f"cannot be read ({error!r})") from error
    if version not in (2, FORMAT):
        raise damaged(folder, MANIFEST, f"has format {version}, this litmap reads {FORMAT}")
    if manifest.get("sha256", _digest(manifest)) != _digest(manifest):
        raise damaged(folder, MANIFEST, _CHANGED)
    return manifest


def facts_of_all(paths: LibraryPaths) -> list[Mapping[str, Any]]:
    """The facts of every published build that can be read, the old ones too, by id."""
    found = []
    for folder in sorted(paths.builds.glob("[!.]*")):
        with suppress(DamagedBuild):
            found.append(_read_manifest(folder)["facts"])
    return found


def _check_size(folder: Path, name: str, size: int) -> None:
    try:
        actual = (folder / name).stat().st_size
    except OSError:
        raise damaged(folder, name, "is missing") from None
    if actual != size:
        raise damaged(folder, name, f"has {actual} bytes, should have {size}")


def signed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with a checksum of itself."""
    return {**manifest, "sha256": _digest(manifest)}


def _digest(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of a manifest without its own checksum."""
    rest = {name: value for name, value in manifest.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


_CHANGED = "its content is not what was written"


def check_content(folder: Path, name: str, manifest: Mapping[str, Any]) -> None:
    """Compares a file with its checksum. Raises DamagedBuild."""
    try:
        actual = checksum(folder / name)
    except OSError as error:
        raise damaged(folder, name, f"cannot be read ({error.strerror})") from error
    if actual != manifest["files"][name]["sha256"]:
        raise damaged(folder, name, _CHANGED)


def verify_build(folder: Path) -> None:
    """The full check: every byte of every file against its checksum. Raises DamagedBuild naming the
    file.
    """
    manifest = check_build(folder)
    names = sorted(manifest["files"])
    with ThreadPoolExecutor(2) as pool:
        for _ in pool.map(lambda name: check_content(folder, name, manifest), names):
            pass


def checksum(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
