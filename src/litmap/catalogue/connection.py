"""The catalogue's connections: a full disk is told as such to who writes, and no hindrance to who
reads.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from litmap.errors import LibraryError

FULL = (
    "the disk is full: nothing was lost, the last index goes on serving. "
    "Make room and refresh again."
)


class Writing(sqlite3.Connection):
    """A connection whose `execute` and `executemany` raise `LibraryError` where the disk is
    full.
    """

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        """See `sqlite3.Connection`."""
        with _clear():
            return super().execute(*arguments)

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:
        """See `sqlite3.Connection`."""
        with _clear():
            return super().executemany(*arguments)


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


def connect_to_read(path: Path) -> sqlite3.Connection:
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


def _open(path: Path, more: str = "") -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro{more}",
        uri=True, timeout=30, isolation_level=None, check_same_thread=False,
    )  # fmt: skip


_NO_ROOM = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL)
"""What SQLite says where it cannot make its file beside the catalogue."""


def has_log(path: Path) -> bool:
    """Whether what was written last may not be in the catalogue's file itself yet."""
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0
