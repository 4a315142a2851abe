"""The catalogue's connections to SQLite: a full disk is told as such to who writes, and no
hindrance to who reads.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from litmap.errors import LibraryError

FULL = (
    "the disk is full: nothing was lost, the last index goes on serving. "
    "Make room and refresh again."
)


class SQLite(sqlite3.Connection):
    """A connection as `database.Database` has it."""

    def stream(self, sql: str) -> Iterator[Any]:
        """See `Database`."""
        return iter(self.execute(sql))

    def replace_rows(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """See `Database`."""
        if kept := list(rows):
            marks = ", ".join("?" * len(kept[0]))
            self.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", kept)  # noqa: S608 - a table's name

    def begin(self, *, writes: bool) -> None:
        """See `Database`."""
        self.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    def begin_script(self, script: str) -> None:
        """See `Database`."""
        self.executescript(f"BEGIN IMMEDIATE;\n{script}")

    def format_number(self) -> int:
        """See `Database`."""
        return int(self.execute("PRAGMA user_version").fetchone()[0])

    def set_format_number(self, number: int) -> None:
        """See `Database`."""
        self.execute(f"PRAGMA user_version = {number}")

    def table_columns(self) -> dict[str, list[str]]:
        """See `Database`."""
        found: dict[str, list[str]] = {}
        query = (
            "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c "
            "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid"
        )
        for table, column in self.execute(query):
            found.setdefault(table, []).append(column)
        return found

    def change_number(self) -> int:
        """See `Database`."""
        return int(self.execute("PRAGMA data_version").fetchone()[0])

    def complaint(self) -> str:
        """See `Database`."""
        found = str(self.execute("PRAGMA quick_check(1)").fetchone()[0])
        return "" if found == "ok" else found

    def hold(self) -> None:
        """Nothing: the lock beside the file does that."""

    def holder(self) -> str:
        """Nobody that the lock beside the file does not know."""
        return ""


class Writing(SQLite):
    """A connection whose `execute`, `executemany` and `commit` raise `LibraryError` where the disk
    is full.
    """

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        """See `sqlite3.Connection`."""
        with _clear():
            return super().execute(*arguments)

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:
        """See `sqlite3.Connection`."""
        with _clear():
            return super().executemany(*arguments)

    def commit(self) -> None:
        """See `sqlite3.Connection`."""
        with _clear():
            super().commit()


@contextmanager
def _clear() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        kind = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest says which of its kind
        if kind not in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise
        raise LibraryError(
            FULL if kind == sqlite3.SQLITE_FULL else _BROKEN.format(error)
        ) from error


_BROKEN = (
    "the disk cannot be read or written ({}): nothing was lost, the last index goes on serving."
)


def connect_to_write(path: Path) -> Writing:
    """Open for writing; made where there is none. Raises sqlite3.Error."""
    return sqlite3.connect(path, timeout=60, isolation_level=None, factory=Writing)


def connect_to_read(path: Path) -> SQLite:
    """Open for reading. Where nobody has it open, SQLite makes a file beside it (`-shm`): in a
    folder that cannot be written, or on a full disk, the catalogue is read as it lies there. Raises
    sqlite3.Error.
    """
    shared = path.with_name(f"{path.name}-shm")
    if not os.access(path.parent, os.W_OK) and not shared.exists():
        return _open(path, "&immutable=1")
    connection = _open(path)
    try:
        connection.execute("PRAGMA user_version")
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF not in _NO_ROOM or has_log(path):
            raise
        return _open(path, "&immutable=1")
    return connection


def _open(path: Path, more: str = "") -> SQLite:
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro{more}",
        uri=True, timeout=30, isolation_level=None, check_same_thread=False, factory=SQLite,
    )  # fmt: skip


_NO_ROOM = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL)
"""What SQLite says where it cannot make its file beside the catalogue."""


def has_log(path: Path) -> bool:
    """Whether what was written last may not be in the catalogue's file itself yet."""
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0
