"""Where the vectors of a build stand: in files of its own, in a LanceDB table or in PostgreSQL.

A build is published at once, whatever the store: a reader of a build sees exactly its rows for as
long as it holds it, a writer that was killed leaves the build before, and the next one goes on from
there. What a build's manifest says of its store is its `Place`; files need none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from litmap.errors import DamagedBuild, SettingsError
from litmap.stores.contract import Block, Change, Place, StoredBuild, StoredVectors, VectorStore
from litmap.stores.naming import refuse_password

__all__ = [
    "FACT",
    "Block",
    "Change",
    "Place",
    "StoredBuild",
    "StoredVectors",
    "VectorStore",
    "choose",
    "open_vectors",
    "place_of",
    "prune",
]

FACT = "store"
"""The fact of a build's manifest that is its place."""


def choose(kind: str, address: str, library: Path) -> VectorStore:
    """The store of the settings for the library in a folder; nothing is opened yet.

    Raises `SettingsError` for an address with a password or none where one is needed, and
    `UsageError` where the extra is missing.
    """
    if kind == "files":
        from litmap.stores.files import FileStore

        return FileStore()
    refuse_password(address)
    if kind == "lancedb":
        from litmap.stores.lance import LanceStore

        return LanceStore(address, library)
    if kind == "postgres":
        from litmap.stores.postgres import PostgresStore

        return PostgresStore(address, library)
    raise SettingsError(f"there is no store {kind!r}", subject="store_vectors")


def place_of(facts: Mapping[str, object]) -> Place:
    """Where the vectors of the build with these facts stand; empty for its own files."""
    place = facts.get(FACT) or {}
    if not isinstance(place, Mapping):
        raise DamagedBuild("the manifest names no store. `litmap doctor --fix` builds it again.")
    return place


def _store_of(place: Place, library: Path) -> VectorStore:
    """The store that a place is in."""
    return choose(str(place.get("kind", "files")), str(place.get("address", "")), library)


def open_vectors(folder: Path, facts: Mapping[str, object], library: Path) -> StoredVectors:
    """The vectors of the build in a folder with these facts.

    Raises `DamagedBuild` where they are gone or cut, `LibraryError` where the store does not
    answer, `UsageError` where its extra is missing.
    """
    place = place_of(facts)
    return _store_of(place, library).open(StoredBuild(folder, place))


def prune(before: Iterable[Place], kept: Iterable[Place], library: Path) -> None:
    """Delete from the stores of the builds that were there `before` what none of those `kept`
    reads. Raises `LibraryError`.
    """
    kept = list(kept)
    for store in _stores_of(before, library):
        store.prune([place for place in kept if store.holds(place)])


def _stores_of(places: Iterable[Place], library: Path) -> list[VectorStore]:
    """The stores that the places are in; files have nothing to prune, and what stands under the
    name of the library that this one was copied from is not this one's to delete.
    """
    found: list[VectorStore] = []
    for place in places:
        if place and not any(store.holds(place) for store in found):
            store = _store_of(place, library)
            if store.holds(place):
                found.append(store)
    return found
