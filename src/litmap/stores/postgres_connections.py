"""Connections to PostgreSQL: clear errors, and a few that searches share."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from litmap.errors import DamagedBuild, LibraryError
from litmap.postgres_login import log_in


@contextmanager
def connect(address: str) -> Iterator[Any]:
    """A connection that is closed at the end; each statement is a transaction of its own unless
    one is begun. Raises `LibraryError` where the server does not answer or refuses, and
    `DamagedBuild` where a table is gone.
    """
    with clear_errors(address):
        connection = _open(address)
        try:
            yield connection
        finally:
            connection.close()


def _open(address: str) -> Any:
    connection = log_in(address, {"application_name": "litmap"})
    connection.prepare_threshold = None  # a pool between may not know what was prepared
    return connection


@contextmanager
def clear_errors(address: str) -> Iterator[None]:
    """Turn psycopg's errors into those that say what to do."""
    import psycopg

    try:
        yield
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise DamagedBuild(
            f"the vectors are gone from the database ({_first_line(error)}). "
            "`litmap doctor --fix` builds them again.",
            subject=address,
        ) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise LibraryError(
            f"the database does not let litmap write: {_first_line(error)}", subject=address
        ) from error
    except psycopg.OperationalError as error:
        raise LibraryError(
            f"the PostgreSQL server of the store does not answer: {_first_line(error)}",
            subject=address,
            transient=True,
        ) from error
    except psycopg.Error as error:
        raise LibraryError(
            f"the PostgreSQL server of the store refuses: {_first_line(error)}", subject=address
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


class Connections:
    """As many connections as there are questions at once; closed when this is let go of. A forked
    process opens its own.
    """

    def __init__(self, address: str, settings: Sequence[str]) -> None:
        self._address, self._settings = address, settings
        self._free: list[tuple[int, Any]] = []
        self._lock = threading.Lock()
        weakref.finalize(self, _close, self._free)

    def fetch(self, query: str, values: Mapping[str, Any] | None = None) -> list[Any]:
        """The records that a query finds, in binary form; a connection that broke meanwhile is
        opened anew once. Raises as `connect`.
        """
        import psycopg

        with clear_errors(self._address):
            connection, is_new = self._take()
            try:
                records = _ask(connection, query, values)
            except psycopg.OperationalError:
                broke = connection.closed
                connection.close()
                if is_new or not broke:
                    raise
                connection = self._open()
                records = _ask(connection, query, values)
            except BaseException:
                connection.close()
                raise
            with self._lock:
                self._free.append((os.getpid(), connection))
            return records

    def _take(self) -> tuple[Any, bool]:
        """A connection, and whether it was opened just now."""
        with self._lock:
            own = [one for one in self._free if one[0] == os.getpid()]
            if own:
                self._free.remove(own[-1])
                return own[-1][1], False
        return self._open(), True

    def _open(self) -> Any:
        connection = _open(self._address)
        for statement in self._settings:
            connection.execute(statement)
        return connection


def _ask(connection: Any, query: str, values: Mapping[str, Any] | None) -> list[Any]:
    with connection.cursor(binary=True) as cursor:
        records: list[Any] = cursor.execute(query, values).fetchall()
        return records


def _close(free: list[tuple[int, Any]]) -> None:
    """Close this process's connections."""
    for owner, connection in free:
        if owner == os.getpid():
            connection.close()
