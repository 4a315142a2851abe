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
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from litmap.atomic_files import replace_file
from litmap.builds import store
from litmap.builds.passage_writer import Key, PassageWriter
from litmap.builds.reader import FORMAT, MANIFEST, Build, checksum, current_id, signed
from litmap.builds.store import PassageFile, SourceRows
from litmap.errors import DamagedBuild, LibraryError
from litmap.models import Chunk, Passage
from litmap.operating_system import sync_folder, try_lock
from litmap.segment_merging import merge_limit

if TYPE_CHECKING:
    from types import TracebackType

    from litmap.builds.store import Rows
    from litmap.paths import LibraryPaths

logger = logging.getLogger(__name__)

T = TypeVar("T")

ASIDE = ".new-"


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
    one's, `folder`, by it; `files` hold the passages there.
    """

    added: Rows
    removed: Rows
    blocks: tuple[SourceRows, ...]
    folder: Path
    files: tuple[PassageFile, ...]

    def passages(self) -> Iterator[Passage]:
        """The added passages by row, read from the new build, one source in memory at a time."""
        yield from store.read_blocks(self.folder, self.files, self.blocks)


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


class _Passages(NamedTuple):
    """What the manifest says of the passages."""

    next_row: int
    files: list[PassageFile]
    counts: dict[str, int]


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
        self._passages: _Passages | None = None
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
        if self._passages is None:
            return ()
        with closing(store.open_to_read(self.folder / store.SOURCES)) as connection:
            return tuple(store.read_sources(connection))

    def update(self, added: Iterable[Addition] = (), removed: Iterable[Key] = ()) -> Changes:
        """Take over the base's passages without the `removed` sources and with the `added` ones.

        An addition replaces the same source of the same work. Additions are taken one by one, so an
        iterator may cut them as it goes; the rows are given in that order. Call it once.
        """
        if self._passages is not None:
            raise RuntimeError("update is called once")
        with _clear_errors(self.paths.builds):
            return self._update(added, set(removed))

    def everything(self) -> Changes:
        """All passages of the new build as additions to nothing, for a step that begins anew; after
        `update`.
        """
        sources = self.sources
        rows = _rows_of(sources)
        return self._changes(rows, rows[:0], sources)

    def _update(self, added: Iterable[Addition], removed: set[Key]) -> Changes:
        import numpy as np

        with PassageWriter(self.folder, self.base) as passages:
            gone = [passages.remove(key) for key in sorted(removed)]
            blocks: dict[Key, SourceRows] = {}
            for addition in added:
                key = (addition.work, addition.source)
                if key in blocks:
                    raise ValueError(f"{key} is added twice")
                gone.append(passages.remove(key))
                blocks[key] = passages.insert(key, addition.fingerprint, addition.chunks)
            new = tuple(blocks.values())
            passages.settle(merge_limit(sum(block.count for block in new)))
            self._passages = _Passages(passages.next_row, passages.files, passages.counts())
        removed_rows = np.sort(_rows_of(source for source in gone if source))
        return self._changes(_rows_of(new), removed_rows, new)

    def _changes(self, added: Rows, removed: Rows, blocks: tuple[SourceRows, ...]) -> Changes:
        files = self._passages.files if self._passages else ()
        return Changes(added, removed, blocks, self.folder, tuple(files))

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
        if self._passages is None:
            self.update()
        assert self._passages is not None  # noqa: S101 - tells the type checker
        files = sorted(p for p in self.folder.rglob("*") if p.is_file())
        names = [p.relative_to(self.folder).as_posix() for p in files]
        with ThreadPoolExecutor(2) as pool:
            entries = dict(zip(names, pool.map(self._entry, files), strict=True))
        manifest = {
            "format": FORMAT,
            "id": self.id,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "base": self.base.id if self.base else None,
            "next_row": self._passages.next_row,
            "passage_files": [astuple(file) for file in self._passages.files],
            "counts": self._passages.counts,
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
