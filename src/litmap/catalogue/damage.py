"""A catalogue that is cut, emptied or no catalogue: told before anything is written to it."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from litmap.catalogue.connection import has_log
from litmap.errors import LibraryError
from litmap.operating_system import read_beginning
from litmap.paths import LibraryPaths

P = ParamSpec("P")
R = TypeVar("R")
_MAGIC = b"SQLite format 3\x00"
_HEADER = 100
"""Bytes of the header of an SQLite file (sqlite.org/fileformat2.html)."""
_ADVICE = (
    "it is left as it is. Put its last backup back; without one, move it away and run "
    "`litmap refresh NOTES`, which asks the sources again. Notes and PDFs are not lost."
)


_ROW_ERRORS = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
"""What comes of a row that holds something else than was written."""
_NO_DAMAGE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL}


class _HasPlace(Protocol):
    place: str


C = TypeVar("C", bound=_HasPlace)


def tell_damage(method: Callable[Concatenate[C, P], R]) -> Callable[Concatenate[C, P], R]:
    """A method that reads rows, its errors told: `LibraryError` where the file or a row is damaged,
    or the file cannot be read.
    """

    @functools.wraps(method)
    def reading(self: C, /, *arguments: P.args, **named: P.kwargs) -> R:
        try:
            return method(self, *arguments, **named)
        except sqlite3.ProgrammingError:  # closed, or a mistake of the program's
            raise
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NO_DAMAGE:
                message = f"the library's catalogue {self.place} cannot be read: {error}"
                raise LibraryError(message, subject=self.place, transient=True) from error
            raise damaged(self.place, str(error)) from error
        except _ROW_ERRORS as error:
            what = f"{method.__name__} holds what litmap did not write ({type(error).__name__})"
            raise damaged(self.place, what) from error

    return reading


def check_file(path: Path) -> None:
    """A cheap look at a catalogue's file, if there is one. Raises `LibraryError` for a damaged one.

    An empty file of a library that holds nothing else is a first refresh that was ended at once.
    """
    try:
        size = path.stat().st_size
        header = read_beginning(path, _HEADER)
        waits = has_log(path)
    except FileNotFoundError:
        return
    if not header:
        if _is_in_use(path):
            raise damaged(path, "it is empty")
        return
    if len(header) < _HEADER or not header.startswith(_MAGIC):
        raise damaged(path, "it is no SQLite file, or its beginning was overwritten")
    expected = _expected_size(header)
    if size < expected and not waits:  # pages may wait in the log
        raise damaged(path, f"it is cut short: {size:,} of {expected:,} bytes")


def check_tables(connection: sqlite3.Connection, path: Path) -> None:
    """Raises `LibraryError` where a file without a format number holds what is no catalogue."""
    if connection.execute("PRAGMA user_version").fetchone()[0]:
        return
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise damaged(path, "it holds the tables of another program")
    if _is_in_use(path):
        raise damaged(path, "its tables are gone")


def damaged(place: Path | str, why: str) -> LibraryError:
    """The error that names the file or database, why, and the way out."""
    return LibraryError(
        f"the library's catalogue {place} is damaged: {why}; {_ADVICE}", subject=str(place)
    )


def _expected_size(header: bytes) -> int:
    """Bytes that the header promises; 0 where an old SQLite did not keep the number of pages."""
    page = int.from_bytes(header[16:18], "big")
    if header[24:28] != header[92:96]:
        return 0
    return (65_536 if page == 1 else page) * int.from_bytes(header[28:32], "big")


def _is_in_use(path: Path) -> bool:
    """Whether the library holds what only a refresh with a catalogue makes."""
    paths = LibraryPaths(path.parent)
    return paths.current.exists() or paths.pdfs.exists() or paths.builds.exists()
