"""Writing a build: aside, manifest last, one rename, then `CURRENT`. A crash at any moment leaves
the old build.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from litmap.atomic_files import link_or_copy, replace_file
from litmap.builds import store
from litmap.builds.reader import FORMAT, MANIFEST, Build, checksum, current_id, signed
from litmap.builds.store import SourceRows
from litmap.errors import DamagedBuild, LibraryError
from litmap.models import Chunk, Passage
from litmap.operating_system import sync_folder, try_lock

if TYPE_CHECKING:
    from types import TracebackType

    from litmap.builds.store import Rows
    from litmap.paths import LibraryPaths

logger = logging.getLogger(__name__)

T = TypeVar("T")

ASIDE = ".new-"
Key = tuple[str, str]
"""(work, source)"""


@dataclass(frozen=True, slots=True)
class Addition:
    """All passages of one source of one work; `fingerprint` names what they were made from (see
    `plan`).
    """

    work: str
    source: str
    fingerprint: str
    chunks: Sequence[Chunk]


@dataclass(frozen=True)
class Changes:
    """What an update did to the rows. `added` and `removed` are int64, ascending; `blocks` tells
    the additions apart.

    A step (vectors, keyword index) brings its own files from the old build's folder to the new
    one's by it.
    """

    added: Rows
    removed: Rows
    blocks: tuple[SourceRows, ...]
    _read: Callable[[SourceRows], list[Passage]] = field(repr=False)

    def passages(self) -> Iterator[Passage]:
        """The added passages by row, read from the new build, one source in memory at a time."""
        for block in self.blocks:
            yield from self._read(block)


def plan(base: Build | None, wanted: Mapping[Key, str]) -> tuple[list[Key], list[Key]]:
    """What is to be added and removed so that a build holds exactly `wanted`: (work, source) →
    fingerprint.

    A source whose fingerprint differs is in both lists. The fingerprint must name everything that a
    passage depends on: content, chunker, extractor and (where it is embedded with them) the title.
    """
    have = {(s.work, s.source): s.fingerprint for s in base.sources} if base else {}
    add = [key for key, fingerprint in wanted.items() if have.get(key) != fingerprint]
    remove = [key for key, fingerprint in have.items() if wanted.get(key) != fingerprint]
    return add, remove


class BuildWriter:
    """Writes one build, from `base` (the build to go on from) or from scratch; a context manager.

    Order: `update` once, then `step` and `write_json` as needed, then `publish`. Leaving the
    context without `publish` throws the new build away. Only one process may write a library at a
    time (the caller holds its lock).
    """

    def __init__(self, paths: LibraryPaths, *, base: Build | None = None) -> None:
        self.paths = paths
        self.base = base
        now = datetime.now(UTC)
        self.id = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}-{os.urandom(2).hex()}"
        self.folder = paths.builds / (ASIDE + self.id)
        self._next_row = int(base.manifest["next_row"]) if base else 0
        self._sources: list[SourceRows] | None = None
        self._published = False

    def __enter__(self) -> BuildWriter:
        with _clear_errors(self.paths.builds):
            self.paths.builds.mkdir(parents=True, exist_ok=True)
            for leftover in self.paths.builds.glob(ASIDE + "*"):
                shutil.rmtree(leftover, ignore_errors=True)
            self.folder.mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if not self._published:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def sources(self) -> tuple[SourceRows, ...]:
        """All sources of the new build by first row, once `update` was called."""
        return tuple(self._sources or ())

    def update(self, added: Iterable[Addition] = (), removed: Iterable[Key] = ()) -> Changes:
        """Take over the base's passages without the `removed` sources and with the `added` ones.

        An addition replaces the same source of the same work. Additions are taken one by one, so an
        iterator may cut them as it goes; the rows are given in that order. Call it once.
        """
        if self._sources is not None:
            raise RuntimeError("update is called once")
        with _clear_errors(self.paths.builds):
            return self._update(added, set(removed))

    def everything(self) -> Changes:
        """All passages of the new build as additions to nothing, for a step that begins anew; after
        `update`.
        """
        rows = _rows_of(self.sources)
        return Changes(rows, rows[:0], self.sources, self._read_block)

    def _update(self, added: Iterable[Addition], removed: set[Key]) -> Changes:
        import numpy as np

        living = {(s.work, s.source): s for s in self.base.sources} if self.base else {}
        gone = [living.pop(key) for key in sorted(removed) if key in living]
        blocks: dict[Key, SourceRows] = {}
        with closing(self._delta()) as connection:
            for addition in added:
                key = (addition.work, addition.source)
                if key in blocks:
                    raise ValueError(f"{key} is added twice")
                if key in living:
                    gone.append(living.pop(key))
                blocks[key] = self._insert(connection, addition)
            for source in gone:
                store.delete(connection, source)
            self._sources = sorted(
                [*living.values(), *blocks.values()], key=lambda s: (s.first, s.work, s.source)
            )
            store.write_sources(connection, self._sources)
            connection.commit()
        self._settle()
        new = tuple(blocks.values())
        added_rows, removed_rows = _rows_of(new), np.sort(_rows_of(gone))
        self._write_kinds(new, added_rows)
        return Changes(added_rows, removed_rows, new, self._read_block)

    def _insert(self, connection: sqlite3.Connection, addition: Addition) -> SourceRows:
        """Write an addition's passages as the next rows."""
        first, chunks = self._next_row, addition.chunks
        store.insert(connection, first, chunks)
        self._next_row += len(chunks)
        return SourceRows(addition.work, addition.source, addition.fingerprint, first, len(chunks))

    def _delta(self) -> sqlite3.Connection:
        """The new build's delta, a copy of the base's; the base's large part is linked."""
        if self.base is None:
            return store.create(self.folder / store.DELTA)
        if self.base.path(store.BASE).exists():
            link_or_copy(self.base.path(store.BASE), self.folder / store.BASE)
        shutil.copyfile(self.base.path(store.DELTA), self.folder / store.DELTA)
        return store.open_to_write(self.folder / store.DELTA)

    def _settle(self) -> None:
        """Merge both parts into a new base where the delta has grown, or more than a quarter of the
        base is dead.
        """
        sources = self._sources or []
        base, delta = self.folder / store.BASE, self.folder / store.DELTA
        if not self._is_to_be_merged(sources, has_base=base.exists()):
            self._base_rows = self._boundary()
            return
        aside = self.folder / "merged.sqlite"
        store.create(aside).close()
        store.merge([p for p in (base, delta) if p.exists()], aside, sources)
        aside.replace(base)
        delta.unlink()
        with closing(store.create(delta)) as connection:
            store.write_sources(connection, sources)
            connection.commit()
        self._base_rows = self._next_row

    def _is_to_be_merged(self, sources: Sequence[SourceRows], *, has_base: bool) -> bool:
        boundary = self._boundary()
        in_base = sum(s.count for s in sources if s.first < boundary)
        in_delta = sum(s.count for s in sources if s.first >= boundary)
        if not has_base:
            return in_delta > store.MAX_UNPARTED
        dead = boundary - in_base
        has_grown = in_delta > max(store.MAX_UNPARTED, store.MAX_DELTA_SHARE * in_base)
        return has_grown or dead > in_base // 3

    def _boundary(self) -> int:
        """Rows below it live in the base file, the others in the delta."""
        return int(self.base.manifest["base_rows"]) if self.base else 0

    def _write_kinds(self, blocks: Sequence[SourceRows], added: Rows) -> None:
        import numpy as np

        sources = self._sources or []
        rows = _rows_of(sources)
        kinds = np.zeros(len(rows), dtype=np.uint8)
        if self.base is not None:
            old = np.isin(rows, added, invert=True, assume_unique=True)
            kinds[old] = np.asarray(self.base.kinds)[np.searchsorted(self.base.rows, rows[old])]
        if len(added):
            kinds[np.searchsorted(rows, added)] = self._kinds_of(blocks)
        np.save(self.folder / "kinds.npy", kinds, allow_pickle=False)

    def _kinds_of(self, blocks: Sequence[SourceRows]) -> list[int]:
        query = "SELECT kind FROM passages WHERE row >= ? AND row < ? ORDER BY row"
        with closing(self._reader(blocks[0])) as connection:
            return [
                r[0]
                for b in blocks
                for r in connection.execute(query, (b.first, b.first + b.count))
            ]

    def _reader(self, block: SourceRows) -> sqlite3.Connection:
        """The part that holds a new block: additions all stand in the same one."""
        part = store.BASE if block.first < self._base_rows else store.DELTA
        return store.open_to_read(self.folder / part)

    def _read_block(self, block: SourceRows) -> list[Passage]:
        query = "SELECT * FROM passages WHERE row >= ? AND row < ? ORDER BY row"
        with closing(self._reader(block)) as connection:
            records = connection.execute(query, (block.first, block.first + block.count))
            return [store.to_passage(r, block) for r in records]

    def step(self, work: Callable[[Path | None, Path, Changes], T], changes: Changes) -> T:
        """Let a stage write its part: `work(old folder or None, new folder, changes)`.

        The stage links what does not change, copies or writes what does, and leaves the old folder
        alone. A full disk becomes a clear error.
        """
        with _clear_errors(self.paths.builds):
            return work(self.base.folder if self.base else None, self.folder, changes)

    def write_json(self, name: str, value: Any) -> None:
        """Write `<name>.json` for `Build.read_json`."""
        with _clear_errors(self.paths.builds):
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            (self.folder / f"{name}.json").write_bytes(store.clean(text).encode())

    def publish(self, facts: Mapping[str, Any]) -> str:
        """Write the manifest, rename the folder, move `CURRENT`; the new build's id. `facts` are
        kept in the manifest.

        Raises LibraryError on a full disk; the old build then goes on serving.
        """
        with _clear_errors(self.paths.builds):
            self._publish(facts)
        self._published = True
        logger.info("published build %s", self.id)
        return self.id

    def _publish(self, facts: Mapping[str, Any]) -> None:
        if self._sources is None:
            self.update()
        files = sorted(p for p in self.folder.rglob("*") if p.is_file())
        names = [p.relative_to(self.folder).as_posix() for p in files]
        with ThreadPoolExecutor(2) as pool:
            entries = dict(zip(names, pool.map(self._entry, files), strict=True))
        sources = self._sources or []
        manifest = {
            "format": FORMAT,
            "id": self.id,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "base": self.base.id if self.base else None,
            "next_row": self._next_row,
            "base_rows": self._base_rows,
            "counts": {
                "passages": sum(s.count for s in sources),
                "sources": len(sources),
                "works": len({s.work for s in sources} - {""}),
            },
            "facts": dict(facts),
            "files": entries,
        }
        replace_file(
            self.folder / MANIFEST,
            json.dumps(signed(manifest), ensure_ascii=False, indent=1).encode(),
        )
        final = self.paths.builds / self.id
        self.folder.rename(final)
        sync_folder(self.paths.builds)
        replace_file(self.paths.current, (self.id + "\n").encode())

    def _entry(self, path: Path) -> dict[str, Any]:
        """Size and checksum of a file, forced to disk; of one linked from the base, what is known
        already.
        """
        name = path.relative_to(self.folder).as_posix()
        if self.base is not None and (known := self.base.manifest["files"].get(name)):
            with suppress(OSError):
                if path.samefile(self.base.path(name)):
                    return dict(known)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        return {"bytes": path.stat().st_size, "sha256": checksum(path)}


def _rows_of(sources: Iterable[SourceRows]) -> Rows:
    import numpy as np

    parts = [np.arange(s.first, s.first + s.count, dtype=np.int64) for s in sources if s.count]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


@contextmanager
def _clear_errors(folder: Path) -> Iterator[None]:
    """Turn what a full disk, a missing right or a damaged base raise into errors that say what to
    do.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise LibraryError(_FULL.format(folder), subject=str(folder)) from error
        raise LibraryError(f"the index cannot be written: {error}", subject=str(folder)) from error
    except sqlite3.DatabaseError as error:
        if "full" in str(error) or "disk I/O" in str(error):
            raise LibraryError(_FULL.format(folder), subject=str(folder)) from error
        raise DamagedBuild(
            f"the passages of the build to go on from cannot be read ({error}); "
            "`litmap doctor --fix` builds it again.",
            subject=str(folder),
        ) from error


_FULL = (
    "the disk is full: nothing was lost, the last index goes on serving. "
    "Make room at {} and refresh again."
)


def prune_builds(paths: LibraryPaths, keep: int = 2) -> list[str]:
    """Delete old builds and half-written ones; the ids deleted.

    Kept are the published build, the newest `keep`, and those that a reader has open.
    """
    if not paths.builds.is_dir():
        return []
    current = current_id(paths)
    ids = sorted(
        p.name for p in paths.builds.iterdir() if p.is_dir() and not p.name.startswith(".")
    )
    old = ids[: max(0, len(ids) - keep)]
    unused = [name for name in old if name != current and _unused(paths.builds / name)]
    gone = [name for name in unused if _delete(paths.builds / name)]
    logger.debug("old builds: %d deleted, %d in use", len(gone), len(old) - len(gone))
    for leftover in paths.builds.glob(".old-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    return gone


def _delete(folder: Path) -> bool:
    """Rename first, so that no reader opens a build that is half gone; False where one has it open
    (Windows).
    """
    doomed = folder.with_name(".old-" + folder.name)
    try:
        folder.rename(doomed)
    except PermissionError:
        return False
    shutil.rmtree(doomed, ignore_errors=True)
    return True


def _unused(folder: Path) -> bool:
    """Whether no reader holds the build."""
    try:
        with (folder / MANIFEST).open("rb") as file:
            return try_lock(file.fileno())
    except OSError:  # no manifest, or no locks: the newest builds are kept anyway
        return True
