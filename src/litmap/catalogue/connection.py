"""The catalogue's connection for writing: a full disk is told as such."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
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
