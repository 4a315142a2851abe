"""The passages of a build: SQLite files of contiguous rows, and the list of sources.

A sealed file is never changed once written; a new build links it. What was added since the last one
was sealed stands in `delta.sqlite`, which is copied and changed, so that one new paper costs its own
work and not a copy of the library; where the delta has grown it is sealed, with small files before
it (`litmap.segment_merging`). A passage's row id is given once and never again used; the rows of
one source follow each other in one file, so a source is (first, count). Which rows are alive is
told by `sources.sqlite` alone: dead rows of a sealed file are simply no longer named.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from litmap.models import Chunk, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]

SOURCES, DELTA = "sources.sqlite", "delta.sqlite"
KINDS = ("body", "references", "abstract", "note", "figure", "table", "mark")
MAX_DELTA = 20_000
"""Up to this many passages the delta is copied with each build: a fraction of a second."""

_SCHEMA = """
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, ordinal INTEGER NOT NULL, kind INTEGER NOT NULL, section TEXT NOT NULL,
    page INTEGER NOT NULL, text TEXT NOT NULL, rects BLOB NOT NULL
);
"""
_SOURCES_SCHEMA = """
CREATE TABLE sources (
    work TEXT NOT NULL, source TEXT NOT NULL, fingerprint TEXT NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (work, source)
) WITHOUT ROWID;
CREATE INDEX sources_by_row ON sources (first, count);
"""


@dataclass(frozen=True, slots=True)
class SourceRows:
    """The rows [first, first + count) of one source of one work; `fingerprint` names what they were
    made from.
    """

    work: str
    source: str
    fingerprint: str
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class PassageFile:
    """The file in a build's folder that holds the rows [first, end), as far as there are any:
    `rows` were written to it.
    """

    name: str
    first: int
    end: int
    rows: int


def sealed_name(first: int) -> str:
    """The name of a sealed file by its first row."""
    return f"passages.{first:010d}.sqlite"


def create(path: Path) -> sqlite3.Connection:
    """A new file without passages; not safe against a crash on its own (the build's rename is)."""
    connection = open_to_write(path)
    connection.executescript(_SCHEMA)
    return connection


def create_sources(path: Path, sources: Iterable[SourceRows] = ()) -> sqlite3.Connection:
    """A new list of sources."""
    connection = open_to_write(path)
    connection.executescript(_SOURCES_SCHEMA)
    for source in sources:
        put_source(connection, source)
    return connection


def open_to_write(path: Path) -> sqlite3.Connection:
    """A file that only this process uses; no journal, since a half-written build is thrown away
    whole.
    """
    connection = sqlite3.connect(path)
    connection.executescript(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"
    )
    return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """A file of a published build: it never changes, so no locks and no journal are looked for."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
    )
    connection.execute("PRAGMA mmap_size=1073741824")
    return connection


def pack_rects(rects: Sequence[tuple[int, float, float, float, float]]) -> bytes:
    """Rectangles as bytes: per line the page as uint32 and the corners as float32."""
    import numpy as np

    packed = np.empty(len(rects), dtype=_rect_type())
    for position, (page, *corners) in enumerate(rects):
        packed[position] = (page, corners)
    return packed.tobytes()


def unpack_rects(packed: bytes) -> tuple[tuple[int, float, float, float, float], ...]:
    """The inverse of `pack_rects`, to two decimals of a point."""
    import numpy as np

    array = np.frombuffer(packed, dtype=_rect_type())
    corners = np.round(array["corners"].astype(np.float64), 2).tolist()
    return tuple((page, *line) for page, line in zip(array["page"].tolist(), corners, strict=True))


def _rect_type() -> np.dtype[np.void]:
    import numpy as np

    return np.dtype([("page", "<u4"), ("corners", "<f4", (4,))])


def insert(connection: sqlite3.Connection, first: int, chunks: Sequence[Chunk]) -> None:
    """Append the chunks of one source as rows first, first + 1, …"""
    connection.executemany(
        "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (
                first + i,
                c.ordinal,
                KINDS.index(c.kind),
                clean(c.section),
                c.page,
                clean(c.text),
                pack_rects(c.rects),
            )
            for i, c in enumerate(chunks)
        ),
    )


def clean(text: str) -> str:
    """Text that SQLite can hold: lone surrogates (from broken files) become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def delete(connection: sqlite3.Connection, source: SourceRows) -> None:
    """Take the rows of a source out of a file (those that are in it)."""
    connection.execute(
        "DELETE FROM passages WHERE row >= ? AND row < ?",
        (source.first, source.first + source.count),
    )


def join(
    folder: Path, parts: Sequence[PassageFile], target: Path, living: Iterable[SourceRows]
) -> None:
    """Write one file with the living rows of some that follow each other."""
    spans = _spans(living)
    with closing(create(target)) as connection:
        for part in parts:
            connection.execute("ATTACH ? AS old", (str(folder / part.name),))
            own = [span for span in spans if part.first <= span[0] < part.end]
            connection.executemany(
                "INSERT INTO passages SELECT * FROM old.passages WHERE row >= ? AND row < ?", own
            )
            connection.commit()
            connection.execute("DETACH old")


def _spans(sources: Iterable[SourceRows]) -> list[tuple[int, int]]:
    """The rows of sources that follow each other, as few spans [first, end)."""
    spans: list[tuple[int, int]] = []
    for source in sources:
        end = source.first + source.count
        if spans and spans[-1][1] == source.first:
            spans[-1] = (spans[-1][0], end)
        elif source.count:
            spans.append((source.first, end))
    return spans


# ── sources ───────────────────────────────────────────────────────────────────────────────────────
def put_source(connection: sqlite3.Connection, source: SourceRows) -> None:
    """Add or replace a source."""
    connection.execute(
        "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?)",
        (source.work, source.source, source.fingerprint, source.first, source.count),
    )


def take_source(connection: sqlite3.Connection, work: str, name: str) -> SourceRows | None:
    """Remove a source; None where there is none."""
    given = (work, name)
    record = connection.execute(
        "SELECT * FROM sources WHERE work = ? AND source = ?", given
    ).fetchone()
    connection.execute("DELETE FROM sources WHERE work = ? AND source = ?", given)
    return SourceRows(*record) if record else None


def read_sources(connection: sqlite3.Connection) -> list[SourceRows]:
    """All sources, by first row (empty ones keep their place)."""
    return [
        SourceRows(*r)
        for r in connection.execute("SELECT * FROM sources ORDER BY first, work, source")
    ]


def sources_between(connection: sqlite3.Connection, first: int, end: int) -> list[SourceRows]:
    """The sources with passages of which the first is one of the rows [first, end), ascending."""
    query = "SELECT * FROM sources WHERE first >= ? AND first < ? AND count > 0 ORDER BY first"
    return [SourceRows(*r) for r in connection.execute(query, (first, end))]


def count_living(connection: sqlite3.Connection, first: int, end: int) -> int:
    """How many of the rows [first, end) are alive; they are those of whole sources."""
    query = "SELECT total(count) FROM sources WHERE first >= ? AND first < ?"
    return int(connection.execute(query, (first, end)).fetchone()[0])


def find_owners(connection: sqlite3.Connection, rows: Iterable[int]) -> dict[int, SourceRows]:
    """The source of each row that is alive."""
    query = "SELECT * FROM sources WHERE first <= ? AND count > 0 ORDER BY first DESC LIMIT 1"  # by index
    owners: dict[int, SourceRows] = {}
    source = SourceRows("", "", "", 0, 0)
    for row in sorted(set(rows)):
        if row >= source.first + source.count:
            record = connection.execute(query, (row,)).fetchone()
            source = SourceRows(*record) if record else source
        if source.first <= row < source.first + source.count:
            owners[row] = source
    return owners


# ── passages ──────────────────────────────────────────────────────────────────────────────────────
def fetch(
    connection: sqlite3.Connection, rows: Sequence[int], owners: Mapping[int, SourceRows]
) -> Iterator[Passage]:
    """The passages with these rows; `owners` has the source of each. Rows that are not here are
    left out.
    """
    for begin in range(0, len(rows), 500):
        some = rows[begin : begin + 500]
        marks = ",".join("?" * len(some))
        for record in connection.execute(f"SELECT * FROM passages WHERE row IN ({marks})", some):  # noqa: S608 - marks only
            yield to_passage(record, owners[record[0]])


def read_blocks(
    folder: Path, files: Sequence[PassageFile], blocks: Iterable[SourceRows]
) -> Iterator[Passage]:
    """The passages of sources of a build, by row in each, one source in memory at a time; sources
    of one file are best given after each other.
    """
    query = "SELECT * FROM passages WHERE row >= ? AND row < ? ORDER BY row"
    filled = (block for block in blocks if block.count)
    for name, group in groupby(filled, key=lambda block: file_of(files, block.first).name):
        with closing(open_to_read(folder / name)) as connection:
            for block in group:
                records = connection.execute(query, (block.first, block.first + block.count))
                yield from (to_passage(r, block) for r in records.fetchall())


def file_of(files: Sequence[PassageFile], row: int) -> PassageFile:
    """The file that holds a row. Raises KeyError where none does."""
    for file in files:
        if file.first <= row < file.end:
            return file
    raise KeyError(row)


def to_passage(record: tuple[int, int, int, str, int, str, bytes], owner: SourceRows) -> Passage:
    """A record of the table with its source as a `Passage`."""
    row, ordinal, kind, section, page, text, rects = record
    chunk = Chunk(owner.source, ordinal, text, KINDS[kind], section, page, unpack_rects(rects))
    return Passage(row, owner.work, chunk)
