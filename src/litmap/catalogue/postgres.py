"""The catalogue's connection to PostgreSQL, as `database.Database` has it.

One that writes is never opened again when the server is lost: with it went the claim to be the only
one. One that reads is.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from litmap.catalogue.database import Cursor
from litmap.catalogue.migrations import check, check_old, migrate
from litmap.catalogue.place import PostgresPlace, check_schema
from litmap.catalogue.postgres_dialect import as_postgres, as_statement, as_value
from litmap.catalogue.postgres_errors import MAY_PASS, SECONDS_TO_WAIT, STATES, advice, one_line
from litmap.errors import Busy, LibraryError, SettingsError
from litmap.postgres_login import log_in

if TYPE_CHECKING:
    import psycopg

PACKAGE = "a catalogue in PostgreSQL needs a package: `pip install 'litmap[postgres]'`"
GONE = (
    "the server of the catalogue {place} does not answer any more: {why}. Nothing that was written "
    "is lost; run the command again when the server is back, and it goes on from there"
)
_HOLDING, _WRITING = 1_818_850_413, 1_818_850_414
"""Names of the two advisory locks, each with the schema's name: of a run, and of a transaction."""
_ROWS_AT_ONCE = 1000
_ONCE_CONNECTED = f"""
    SET lock_timeout = '{SECONDS_TO_WAIT}s';
    SET tcp_keepalives_idle = 60; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;
"""
"""The last so that the server soon lets go of what a machine held that was cut off."""
_KEEPALIVE = {
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
"""A server that is cut off is missed within a minute."""
_TABLES = """
    SELECT c.relname, a.attname, COALESCE(a.attnum = ANY (i.indkey), FALSE), a.attidentity != ''
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    ORDER BY c.relname, a.attnum
"""
_HOLDER = """
    SELECT a.application_name, a.backend_start
    FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.database =
    (SELECT oid FROM pg_database WHERE datname = current_database()) AND l.classid::bigint = ?
    AND l.objid::bigint = (hashtext(?)::bigint & 4294967295)
"""
_FORMAT = "litmap_format"
"""The table with the number of the last migration."""


class Postgres:
    """An open connection to the catalogue at `place`."""

    def __init__(self, place: PostgresPlace, *, reads_only: bool) -> None:
        self.place = place
        self._reads_only = reads_only
        self._is_closed = False
        self._lost = ""
        self._keys: dict[str, _Table] | None = None
        self._db = self._connect()

    def _connect(self) -> psycopg.Connection[Any]:
        connection = _connected(self.place)
        from psycopg import sql

        try:
            _check_encoding(self.place, connection.info.parameter_status("server_encoding"))
            path = sql.SQL("SET search_path TO {}").format(sql.Identifier(self.place.schema))
            kind = "SET default_transaction_read_only = on;" if self._reads_only else ""
            connection.execute(f"{_ONCE_CONNECTED}{kind}{path.as_string(connection)}".encode())
        except BaseException:
            connection.close()
            raise
        return connection

    @property
    def in_transaction(self) -> bool:
        """See `Database`."""
        from psycopg.pq import TransactionStatus

        status = self._db.info.transaction_status
        return status not in (TransactionStatus.IDLE, TransactionStatus.UNKNOWN)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Cursor:
        """See `Database`."""
        values = [as_value(value) for value in parameters]
        return self._told(lambda: self._db.execute(as_statement(sql), values))

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> Cursor:
        """See `Database`."""
        kept = [[as_value(value) for value in row] for row in rows]
        if len(kept) == 1:  # a prepared statement, which is twice as fast as a batch of one
            return self._told(lambda: self._db.execute(as_statement(sql), kept[0]))

        def run() -> Cursor:
            cursor = self._db.cursor()
            if kept:
                cursor.executemany(as_statement(sql), kept)
            return cursor

        return self._told(run)

    def _told(self, run: Callable[[], Cursor]) -> Cursor:
        """The outcome; a connection that reads is opened again, once, where it was lost."""
        was_in_transaction = self.in_transaction
        with _clear(self.place, self):
            try:
                return run()
            except _psycopg().OperationalError:
                if self._is_closed or not self._reads_only or not self._db.closed:
                    raise
                self._db = self._connect()
                self._lost = ""
                if was_in_transaction:  # what it read before may not go with what it would read now
                    raise
                return run()

    @property
    def is_closed(self) -> bool:
        """Whether the program itself closed it."""
        return self._is_closed

    def lost(self, why: str) -> str:
        """Why the server was lost first; later statements only know that it is."""
        self._lost = self._lost or why
        return self._lost

    def stream(self, sql: str) -> Iterator[Any]:
        """See `Database`."""
        with _clear(self.place, self), self._db.cursor(name="rows") as cursor:
            cursor.itersize = _ROWS_AT_ONCE
            cursor.execute(sql.encode())
            yield from cursor

    def order_of(self, table: str) -> str:
        """The column by which rows stand in the order in which they were put, else the key's."""
        known = self._tables[table]
        return "rowid" if known.has_rowid else ", ".join(known.key)

    def count_on(self) -> None:
        """Have ids that are given from now on follow those that were put."""
        for table, known in self._tables.items():
            if known.counted:
                self.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', '{known.counted}'), "  # noqa: S608 - names of the schema
                    f"(SELECT COALESCE(MAX({known.counted}), 0) + 1 FROM {table}), false)"
                )

    def replace_rows(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """See `Database`."""
        known = self._tables[table]
        marks = ", ".join("?" * len(known.columns))
        changes = [f"{name} = excluded.{name}" for name in known.columns if name not in known.key]
        changes += ["rowid = DEFAULT"] * known.has_rowid
        self.executemany(
            f"INSERT INTO {table} ({', '.join(known.columns)}) VALUES ({marks}) "  # noqa: S608 - names of the schema
            f"ON CONFLICT ({', '.join(known.key)}) DO UPDATE SET {', '.join(changes)}",
            rows,
        )

    @property
    def _tables(self) -> Mapping[str, _Table]:
        if self._keys is None:
            self._keys = {}
            for table, column, is_key, is_counted in self.execute(_TABLES):
                known = self._keys.setdefault(table, _Table())
                known.add(column, is_key=is_key, is_counted=is_counted)
        return self._keys

    def table_columns(self) -> dict[str, list[str]]:
        """See `Database`."""
        return {name: known.columns for name, known in self._tables.items() if name != _FORMAT}

    def begin(self, *, writes: bool) -> None:
        """See `Database`."""
        if not writes:
            self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            return
        self.execute("BEGIN")
        self.execute("SELECT pg_advisory_xact_lock(?, hashtext(?))", (_WRITING, self.place.schema))

    def begin_script(self, script: str) -> None:
        """See `Database`."""
        self.begin(writes=True)
        self._keys = None
        self._told(lambda: self._db.execute(as_postgres(script).encode()))

    def commit(self) -> None:
        """See `Database`."""
        with _clear(self.place, self):
            self._db.commit()

    def rollback(self) -> None:
        """See `Database`."""
        with _clear(self.place, self):
            self._db.rollback()

    def close(self) -> None:
        """See `Database`."""
        self._is_closed = True
        self._db.close()

    def format_number(self) -> int:
        """See `Database`."""
        if self.execute("SELECT to_regclass(?)", (_FORMAT,)).fetchone()[0] is None:
            return 0
        return int(self.execute(f"SELECT version FROM {_FORMAT}").fetchone()[0])  # noqa: S608 - a constant

    def set_format_number(self, number: int) -> None:
        """See `Database`."""
        self.execute(f"CREATE TABLE IF NOT EXISTS {_FORMAT} (version BIGINT NOT NULL)")
        self.execute(f"DELETE FROM {_FORMAT}")  # noqa: S608 - a constant
        self.execute(f"INSERT INTO {_FORMAT} VALUES (?)", (number,))  # noqa: S608 - a constant

    def change_number(self) -> int:
        """See `Database`; other writing on the same server changes it too."""
        return int(
            self.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()[0]
        )

    def complaint(self) -> str:
        """Nothing: a server looks after its own files."""
        return ""

    def hold(self) -> None:
        """See `Database`. The lock goes with the connection, however that ends."""
        asked = "SELECT pg_try_advisory_lock(?, hashtext(?))"
        if not self.execute(asked, (_HOLDING, self.place.schema)).fetchone()[0]:
            raise Busy(
                f"the catalogue {self.place} is being written by {self.holder() or 'another'}: "
                "wait for it, or stop it there with Ctrl-C",
                subject=str(self.place),
            )

    def holder(self) -> str:
        """See `Database`."""
        row = self.execute(_HOLDER, (_HOLDING, self.place.schema)).fetchone()
        if row is None:
            return ""
        name, since = row  # unknown where the server keeps other users' from this one
        return f"{name or 'another machine'}{f' since {since:%Y-%m-%d %H:%M %Z}' if since else ''}"

    def has_schema(self) -> bool:
        """Whether the catalogue's schema is there, with a catalogue or without."""
        query = "SELECT 1 FROM pg_namespace WHERE nspname = ?"
        return self.execute(query, (self.place.schema,)).fetchone() is not None

    def create_schema(self) -> None:
        """Make the catalogue's schema where there is none. Raises `LibraryError`."""
        from psycopg import sql

        if not self.has_schema():
            name = sql.Identifier(self.place.schema).as_string(self._db)
            self.execute(f"CREATE SCHEMA IF NOT EXISTS {name}")


class _Table:
    """Columns in order, `rowid` left out; those of the key, and one that counts by itself."""

    def __init__(self) -> None:
        self.columns: list[str] = []
        self.key: list[str] = []
        self.has_rowid = False
        self.counted = ""

    def add(self, column: str, *, is_key: bool, is_counted: bool) -> None:
        """The next column."""
        if column == "rowid":
            self.has_rowid = True
            return
        self.columns.append(column)
        if is_counted:
            self.counted = column
        if is_key:
            self.key.append(column)


def connect_to_write(place: PostgresPlace) -> Postgres:
    """Open for writing; make or migrate the catalogue. Raises `NewerCatalogue`, `LibraryError`."""
    database = Postgres(place, reads_only=False)
    try:
        database.create_schema()
        migrate(database, str(place))
    except BaseException:
        database.close()
        raise
    return database


def connect_to_read(place: PostgresPlace) -> Postgres:
    """Open for reading only. Raises `NewerCatalogue`, `LibraryError`."""
    database = Postgres(place, reads_only=True)
    try:
        version = database.format_number()
        check(version, str(place))
        _check_there(place, version)
        check_old(version, str(place))
    except BaseException:
        database.close()
        raise
    return database


def _check_there(place: PostgresPlace, version: int) -> None:
    if not version:
        raise LibraryError(
            f"the database answers and has no catalogue {place}: put its last backup back, or "
            "write the right address and schema into catalogue.json in the library's folder",
            subject=str(place),
        )


def _check_encoding(place: PostgresPlace, encoding: str | None) -> None:
    if encoding != "UTF8":
        raise LibraryError(
            f"the database of {place} holds text as {encoding}: make one that holds all of it, "
            "with `createdb --encoding UTF8 --template template0 NAME`",
            subject=str(place),
        )


def make(place: PostgresPlace, *, may_join: bool) -> None:
    """Make a new catalogue, or with `may_join` take part in one that is there. Raises
    `SettingsError` where there is one and it may not, `LibraryError`.
    """
    check_schema(place.schema)
    database = Postgres(place, reads_only=False)
    try:
        if database.format_number() and not may_join:
            raise SettingsError(
                f"there is a catalogue {place} already: where it is that of this library on "
                f'another machine, say so with catalogue_schema = "{place.schema}"; for a library '
                "of its own give another schema",
                subject="catalogue_schema",
            )
    finally:
        database.close()
    connect_to_write(place).close()


# ── connecting, and what went wrong ───────────────────────────────────────────────────────────────
def _psycopg() -> Any:
    try:
        import psycopg
    except ImportError as error:
        raise LibraryError(PACKAGE) from error
    return psycopg


def _connected(place: PostgresPlace) -> psycopg.Connection[Any]:
    psycopg = _psycopg()
    more = dict(_KEEPALIVE)
    more["application_name"] = f"litmap on {socket.gethostname()[:36]} (process {os.getpid()})"
    try:
        return log_in(place.address, more)
    except psycopg.Error as error:
        raise LibraryError(
            f"the catalogue {place} cannot be reached: {one_line(error)}. {advice(str(error))}",
            subject=str(place),
            transient=isinstance(error, psycopg.OperationalError),
        ) from error


@contextmanager
def _clear(place: PostgresPlace, database: Postgres) -> Iterator[None]:
    """Errors of the server told as `LibraryError`; those of a connection that the program closed
    are its own.
    """
    psycopg = _psycopg()
    try:
        yield
    except psycopg.Error as error:
        if database.is_closed:
            raise
        why = one_line(error)
        if isinstance(error, psycopg.OperationalError) and error.sqlstate not in STATES:
            message = GONE.format(place=place, why=database.lost(why))
            raise LibraryError(message, subject=str(place), transient=True) from error
        meaning = STATES.get(error.sqlstate or "", "it refuses what litmap asks: {why}")
        raise LibraryError(
            f"the catalogue {place}: {meaning.format(why=why)}",
            subject=str(place),
            transient=error.sqlstate in MAY_PASS,
        ) from error
