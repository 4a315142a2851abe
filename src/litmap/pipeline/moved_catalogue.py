"""Where a library's catalogue is, and how it comes elsewhere."""

from __future__ import annotations

from typing import Any

from litmap import lock
from litmap.catalogue import Catalogue, utc_now
from litmap.catalogue.moving import Moved, move_to_file, move_to_postgres, rows_of
from litmap.catalogue.place import PostgresPlace, check_schema, schema_name
from litmap.paths import LibraryPaths
from litmap.settings import Settings, check_database_address

FILE = "file"
"""The target that is the library's own folder."""


def describe_catalogue(settings: Settings) -> dict[str, Any]:
    """Where the catalogue is, in which of the two databases, who writes it, and the rows of its
    tables. Raises `LibraryError` where it does not answer.
    """
    with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
        return {
            "catalogue": catalogue.place,
            "database": "SQLite" if catalogue.is_file else "PostgreSQL",
            "writer": catalogue.holder(),
            "rows": dict(rows_of(catalogue)),
        }


def move_catalogue(settings: Settings, target: str, schema: str = "") -> Moved:
    """Move the catalogue to the file of its library (`FILE`) or to the PostgreSQL at an address.

    Raises `UsageError`, `LibraryError` and `Busy`; the catalogue is where it was then.
    """
    paths = LibraryPaths(settings.library)
    if target != FILE:
        check_database_address(target, "--move-to")
        schema = schema or settings.catalogue_schema or schema_name(paths.root)
        check_schema(schema)
    with lock.writer(paths.lock, utc_now()):
        if target == FILE:
            return move_to_file(paths.catalogue)
        return move_to_postgres(paths.catalogue, PostgresPlace(target, schema), utc_now())
