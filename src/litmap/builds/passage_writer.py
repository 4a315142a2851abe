"""Writing the passages of a build: sealed files linked, the delta and the list of sources copied
and changed.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from litmap import segment_merging
from litmap.atomic_files import link_or_copy
from litmap.builds import store
from litmap.builds.store import DELTA, SOURCES, PassageFile, SourceRows
from litmap.segment_merging import Size

if TYPE_CHECKING:
    from litmap.builds.reader import Build
    from litmap.models import Chunk

Key = tuple[str, str]
"""(work, source)"""


class PassageWriter:
    """The passages of a new build, those of `base` to begin with; a context manager.

    `sealed` are its sealed files, `next_row` is the first row that is free.
    """

    def __init__(self, folder: Path, base: Build | None) -> None:
        self.folder = folder
        self.sealed: list[PassageFile] = []
        self.next_row = 0
        self._sources, self._delta = self._begin(base)
        self._first = base.files[-1].first if base else 0
        self._count = base.files[-1].rows if base else 0

    def _begin(self, base: Build | None) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        """The list of sources and the delta, opened to be changed."""
        sources, delta = self.folder / SOURCES, self.folder / DELTA
        if base is None:
            return store.create_sources(sources), store.create(delta)
        self.next_row = int(base.manifest["next_row"])
        self.sealed = list(base.files[:-1])
        for file in self.sealed:
            link_or_copy(base.path(file.name), self.folder / file.name)
        shutil.copyfile(base.path(DELTA), delta)
        if base.path(SOURCES).exists():
            shutil.copyfile(base.path(SOURCES), sources)
            return store.open_to_write(sources), store.open_to_write(delta)
        opened = store.open_to_write(delta)
        opened.execute("DROP TABLE sources")  # where a build of format 2 has them
        return store.create_sources(sources, base.sources), opened

    def __enter__(self) -> PassageWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._sources.close()
        self._delta.close()

    @property
    def files(self) -> list[PassageFile]:
        """All files, by row; the delta is the last."""
        return [*self.sealed, PassageFile(DELTA, self._first, self.next_row, self._count)]

    def remove(self, key: Key) -> SourceRows | None:
        """Take out a source; None where there is none."""
        source = store.take_source(self._sources, *key)
        if source is not None and source.count and source.first >= self._first:
            store.delete(self._delta, source)
            self._count -= source.count
        return source

    def insert(self, key: Key, fingerprint: str, chunks: Sequence[Chunk]) -> SourceRows:
        """Add a source's passages as the next rows."""
        if self._count and self._count + len(chunks) > segment_merging.MAX_SEGMENT_ROWS:
            self._seal()
        source = SourceRows(*key, fingerprint, self.next_row, len(chunks))
        store.insert(self._delta, self.next_row, chunks)
        store.put_source(self._sources, source)
        self.next_row += len(chunks)
        self._count += len(chunks)
        return source

    def settle(self, limit: int) -> None:
        """Seal a delta that has grown, join small files to one of at most so many passages, and
        write those anew that hold much that is gone.
        """
        if self._count > store.MAX_DELTA:
            self._seal()
            self._join_last(limit)
        for file in list(self.sealed):
            size = self._size(file)
            if not size.living:
                self._replace([file], [])
            elif segment_merging.has_many_dead(size, limit):
                self._join([file])
        self._sources.commit()
        self._delta.commit()

    def _seal(self) -> None:
        """Make the delta a sealed file, and begin another."""
        self._delta.commit()
        self._delta.close()
        name = store.sealed_name(self._first)
        file = PassageFile(name, self._first, self.next_row, self._count)
        (self.folder / DELTA).replace(self.folder / file.name)
        self.sealed.append(file)
        self._delta = store.create(self.folder / DELTA)
        self._first, self._count = self.next_row, 0

    def _join_last(self, limit: int) -> None:
        sizes = [self._size(file) for file in self.sealed]
        count = segment_merging.choose_last(sizes, limit)
        if count > 1:
            self._join(self.sealed[-count:])

    def _join(self, group: Sequence[PassageFile]) -> None:
        """Write the living passages of files that follow each other as one."""
        self._sources.commit()
        first, end = group[0].first, group[-1].end
        living = store.sources_between(self._sources, first, end)
        aside = self.folder / "joined.sqlite"
        store.join(self.folder, group, aside, living)
        name = store.sealed_name(first)
        rows = sum(source.count for source in living)
        self._replace(group, [PassageFile(name, first, end, rows)])
        aside.replace(self.folder / name)

    def _replace(self, group: Sequence[PassageFile], new: Sequence[PassageFile]) -> None:
        """Put others in the place of files, which are deleted."""
        at = self.sealed.index(group[0])
        self.sealed[at : at + len(group)] = new
        for file in group:
            (self.folder / file.name).unlink()

    def _size(self, file: PassageFile) -> Size:
        return Size(file.rows, store.count_living(self._sources, file.first, file.end))

    def counts(self) -> dict[str, int]:
        """How many passages, sources and works there are."""
        query = "SELECT total(count), count(*) FROM sources"
        passages, sources = self._sources.execute(query).fetchone()
        query = "SELECT count(*) FROM (SELECT DISTINCT work FROM sources WHERE work != '')"
        works = self._sources.execute(query).fetchone()[0]
        return {"passages": int(passages), "sources": int(sources), "works": int(works)}
