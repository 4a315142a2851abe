"""A catalogue moved from its file to PostgreSQL or back: copied, compared row for row, and only
then the one that counts. What it was moved from stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from litmap.atomic_files import written_aside
from litmap.catalogue import Catalogue
from litmap.catalogue.connection import connect_to_write
from litmap.catalogue.database import Database
from litmap.catalogue.migrations import migrate
from litmap.catalogue.place import PostgresPlace, read_place, write_place
from litmap.errors import Busy, LibraryError, UsageError
from litmap.paths import LibraryPaths

_BATCH = 500
"""Rows that are put at once."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a catalogue is now, how many rows it has, and what it was moved from, which stays."""

    place: str
    rows: int
    former: str


def move_to_postgres(path: Path, place: PostgresPlace, time: str) -> Moved:
    """Move the catalogue in the file `path` to PostgreSQL; the library's lock is held. The file
    stays under a name with `time` (UTC ISO 8601). Raises `UsageError`, `LibraryError`.
    """
    from litmap.catalogue import postgres

    if there := read_place(path):
        raise UsageError(f"the catalogue is in {there} already: move it to file first")
    Catalogue.open(path).close()  # there is one, or this says so
    with Catalogue.create(path) as catalogue, closing(postgres.connect_to_write(place)) as target:
        source = catalogue.database
        if source.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise Busy(f"{path} is being read: try again, or close the app", subject=str(path))
        target.hold()
        source.begin(writes=True)
        with _one_transaction(target):
            rows = _copy(source, target, target.order_of, str(place))
            target.count_on()
        source.rollback()
    write_place(path, place)
    former = LibraryPaths(path.parent).former_catalogue(time)
    path.rename(former)
    for log in ("-wal", "-shm"):  # empty since the checkpoint
        with suppress(OSError):
            path.with_name(f"{path.name}{log}").unlink(missing_ok=True)
    return Moved(str(place), rows, str(former))


def move_to_file(path: Path) -> Moved:
    """Move the catalogue from PostgreSQL into the file `path`; the library's lock is held. Raises
    `UsageError`, `LibraryError`.
    """
    from litmap.catalogue import postgres

    place = read_place(path)
    if place is None:
        Catalogue.open(path).close()
        raise UsageError(f"the catalogue is the file {path} already")
    with closing(postgres.connect_to_write(place)) as source, written_aside(path) as aside:
        source.hold()
        with closing(connect_to_write(aside)) as target:
            migrate(target, str(aside))
            source.begin(writes=False)
            with _one_transaction(target):
                rows = _copy(source, target, source.order_of, str(path))
            source.rollback()
    LibraryPaths(path.parent).catalogue_pointer.unlink()  # the file counts by now
    return Moved(str(path), rows, str(place))


@contextmanager
def _one_transaction(target: Database) -> Iterator[None]:
    target.begin(writes=True)
    try:
        yield
        target.commit()
    except BaseException:
        if target.in_transaction:
            target.rollback()
        raise


def _copy(source: Database, target: Database, order_of: Callable[[str], str], to: str) -> int:
    """Put all rows of `source` into `target`, which must have none, and compare them; their
    number.
    """
    count = 0
    for table, columns in source.table_columns().items():
        _check_empty(target, table, to)
        names = ", ".join(columns)
        query = f"SELECT {names} FROM {table} ORDER BY {order_of(table)}"  # noqa: S608 - names of the schema
        count += _copy_table(source, target, table, query)
    return count


def _check_empty(target: Database, table: str, to: str) -> None:
    if target.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():  # noqa: S608 - names of the schema
        raise UsageError(
            f"{to} holds a catalogue already: nothing was moved. Name another schema with --schema"
        )


def _copy_table(source: Database, target: Database, table: str, query: str) -> int:
    rows = source.stream(query)
    count = 0
    while batch := list(islice(rows, _BATCH)):
        target.replace_rows(table, batch)
        count += len(batch)
    pairs = zip_longest(source.stream(query), target.stream(query))
    if any(not _is_same(here, there) for here, there in pairs):
        raise LibraryError(
            f"a row of the table {table} did not arrive as it was: nothing was moved"
        )
    return count


def _is_same(here: Any, there: Any) -> bool:
    """Whether two rows hold the same; zero bytes in texts, which PostgreSQL cannot hold, apart."""
    if here is None or there is None:
        return False
    return [_plain(value) for value in here] == [_plain(value) for value in there]


def _plain(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def rows_of(catalogue: Catalogue) -> Iterator[tuple[str, int]]:
    """The catalogue's tables and how many rows each has."""
    with catalogue.snapshot():
        for table in catalogue.database.table_columns():
            query = f"SELECT COUNT(*) FROM {table}"  # noqa: S608 - names of the schema
            yield table, int(catalogue.database.execute(query).fetchone()[0])
