"""The passage store of a build: two SQLite files, a large one that is shared by hard link and a
small one.

`base.sqlite` is never changed once written; a new build links it. What was added since stands in
`delta.sqlite`, which is copied and changed, so that one new paper costs its own work and not a copy
of the library. When the delta grows beyond a share of the base, both are merged into a new base. A
passage's row id is given once and never again used; the rows of one source follow each other, so a
source is (first, count). Which rows are alive is told by the sources alone: dead rows of the base
are simply no longer named.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from litmap.models import Chunk, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]

BASE, DELTA = "base.sqlite", "delta.sqlite"
KINDS = ("body", "references", "abstract", "note", "figure", "table", "mark")
MAX_UNPARTED = 20_000
"""Up to this many passages everything is kept in one part: copying it costs a fraction of a
second."""
MAX_DELTA_SHARE = 0.125
"""The delta is merged when it holds more than this share of the base."""

_SCHEMA = """
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, ordinal INTEGER NOT NULL, kind INTEGER NOT NULL, section TEXT NOT NULL,
    page INTEGER NOT NULL, text TEXT NOT NULL, rects BLOB NOT NULL
);
CREATE TABLE sources (
    work TEXT NOT NULL, source TEXT NOT NULL, fingerprint TEXT NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (work, source)
) WITHOUT ROWID;
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


def create(path: Path) -> sqlite3.Connection:
    """A new, empty part; not safe against a crash on its own (the build's rename is)."""
    connection = open_to_write(path)
    connection.executescript(_SCHEMA)
    return connection


def open_to_write(path: Path) -> sqlite3.Connection:
    """A part that only this process uses; no journal, since a half-written build is thrown away
    whole.
    """
    connection = sqlite3.connect(path)
    connection.executescript(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"
    )
    return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """A part of a published build: it never changes, so no locks and no journal are looked for."""
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


def write_sources(connection: sqlite3.Connection, sources: Iterable[SourceRows]) -> None:
    """Replace the list of sources."""
    connection.execute("DELETE FROM sources")
    connection.executemany(
        "INSERT INTO sources VALUES (?, ?, ?, ?, ?)",
        ((s.work, s.source, s.fingerprint, s.first, s.count) for s in sources),
    )


def read_sources(connection: sqlite3.Connection) -> list[SourceRows]:
    """All sources, by first row (empty ones keep their place)."""
    return [
        SourceRows(*r)
        for r in connection.execute("SELECT * FROM sources ORDER BY first, work, source")
    ]


def merge(parts: Iterable[Path], target: Path, sources: Sequence[SourceRows]) -> None:
    """Write one part holding the living rows of all `parts`; parts are read one after the other,
    rows ascending.
    """
    with closing(open_to_write(target)) as connection:
        for part in parts:
            connection.execute("ATTACH ? AS old", (str(part),))
            for source in sources:
                connection.execute(
                    "INSERT INTO passages SELECT * FROM old.passages WHERE row >= ? AND row < ?",
                    (source.first, source.first + source.count),
                )
            connection.commit()
            connection.execute("DETACH old")


def delete(connection: sqlite3.Connection, source: SourceRows) -> None:
    """Take the rows of a source out of a part (those that are in it)."""
    connection.execute(
        "DELETE FROM passages WHERE row >= ? AND row < ?",
        (source.first, source.first + source.count),
    )


def fetch(
    connection: sqlite3.Connection, rows: Sequence[int], owners: Sequence[SourceRows]
) -> Iterator[Passage]:
    """The passages with these rows; `owners[i]` is the source of `rows[i]`. Rows that are not here
    are left out.
    """
    owner_of = dict(zip(rows, owners, strict=True))
    for begin in range(0, len(rows), 500):
        some = rows[begin : begin + 500]
        marks = ",".join("?" * len(some))
        for record in connection.execute(f"SELECT * FROM passages WHERE row IN ({marks})", some):  # noqa: S608 - marks only
            yield to_passage(record, owner_of[record[0]])


def to_passage(record: tuple[int, int, int, str, int, str, bytes], owner: SourceRows) -> Passage:
    """A record of the table with its source as a `Passage`."""
    row, ordinal, kind, section, page, text, rects = record
    chunk = Chunk(owner.source, ordinal, text, KINDS[kind], section, page, unpack_rects(rects))
    return Passage(row, owner.work, chunk)
