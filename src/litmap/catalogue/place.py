"""Where a library's catalogue is: in its folder, or in PostgreSQL, which a file in its folder says
then.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from litmap.atomic_files import replace_file
from litmap.errors import LibraryError, SettingsError
from litmap.paths import LibraryPaths
from litmap.settings import check_database_address

_MOST_BYTES = 63
"""PostgreSQL cuts longer names."""
_MOVE = "`litmap catalogue --move-to {}`"


@dataclass(frozen=True, slots=True)
class PostgresPlace:
    """A schema of a database; the address holds no password."""

    address: str
    schema: str

    def __str__(self) -> str:
        return f"{self.address} (schema {self.schema})"


def read_place(path: Path) -> PostgresPlace | None:
    """Where PostgreSQL has the catalogue that would be the file `path`; None where it is that file,
    or nowhere yet. Raises `LibraryError`.
    """
    pointer = LibraryPaths(path.parent).catalogue_pointer
    if os.path.exists(path):  # noqa: PTH110 - never raises
        return None
    try:
        content = pointer.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unreadable(pointer, error.strerror or str(error)) from error
    try:
        told = json.loads(content)
        place = PostgresPlace(told["address"], told["schema"])
        check_database_address(place.address, str(pointer))
        check_schema(place.schema)
    except (ValueError, TypeError, LookupError, AttributeError, SettingsError) as error:
        raise _unreadable(pointer, str(error)) from error
    return place


def write_place(path: Path, place: PostgresPlace) -> None:
    """Say in the library's folder that PostgreSQL has its catalogue."""
    pointer = LibraryPaths(path.parent).catalogue_pointer
    pointer.parent.mkdir(parents=True, exist_ok=True)
    replace_file(pointer, (json.dumps(asdict(place), indent=1) + "\n").encode("utf-8"))


def touch_place(path: Path) -> None:
    """Show by the time of the file that says where the catalogue is that it was written."""
    pointer = LibraryPaths(path.parent).catalogue_pointer
    if pointer.exists():
        with suppress(OSError):
            os.utime(pointer)


def settle_place(path: Path, address: str, schema: str = "") -> None:
    """Make a new catalogue where the settings name a database; an old one must be there already.

    `path` is the file that it would be. A schema that the settings do not name is called after the
    library's folder, and is refused where it holds a catalogue: it may be another library's.
    Raises `SettingsError`, `LibraryError`.
    """
    if not address:
        return
    here = read_place(path)
    if path.exists():
        raise SettingsError(
            f"the catalogue of {path.parent} is the file {path.name}, and the settings name "
            f"{address}: move it there with {_MOVE.format(address)}, or take catalogue_address "
            "out of the settings",
            subject="catalogue_address",
        )
    if here is None:
        from litmap.catalogue import postgres

        wanted = PostgresPlace(address, schema or schema_name(path.parent))
        postgres.make(wanted, may_join=bool(schema))
        write_place(path, wanted)
    elif here.address != address or schema not in {"", here.schema}:
        pointer = LibraryPaths(path.parent).catalogue_pointer
        raise SettingsError(
            f"the catalogue of {path.parent} is in {here}, and the settings name "
            f"{PostgresPlace(address, schema or here.schema)}: where that is the same database "
            f"under another name, write it into {pointer}; else change the settings",
            subject="catalogue_address",
        )


def schema_name(folder: Path) -> str:
    """The schema for a library in this folder, called after it: 'Deep work' → 'deep_work'."""
    name = re.sub(r"\W+", "_", folder.resolve().name.casefold()).strip("_") or "library"
    if name.startswith("pg_"):  # which PostgreSQL keeps for itself
        name = f"litmap_{name}"
    return name.encode("utf-8")[:_MOST_BYTES].decode("utf-8", "ignore")


def check_schema(name: str) -> None:
    """Raises `SettingsError` for what PostgreSQL takes for no name of a user's schema."""
    fits = 0 < len(name.encode("utf-8")) <= _MOST_BYTES and "\0" not in name
    if not fits or name.startswith("pg_") or name == "information_schema":
        raise SettingsError(
            f"catalogue_schema = {name!r}: no name of a schema, which has 1 to {_MOST_BYTES} "
            "bytes and does not begin with pg_",
            subject="catalogue_schema",
        )


def _unreadable(pointer: Path, why: str) -> LibraryError:
    return LibraryError(
        f"{pointer}, which says where the catalogue is, cannot be read: {why}. It holds "
        '{"address": "postgresql://…", "schema": "…"}',
        subject=str(pointer),
    )
