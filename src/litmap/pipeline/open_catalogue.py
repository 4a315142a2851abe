"""The catalogue of a library that is there, opened to write between refreshes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from litmap import lock
from litmap.catalogue import Catalogue, utc_now
from litmap.catalogue.place import touch_place
from litmap.paths import LibraryPaths
from litmap.settings import Settings


@contextmanager
def open_to_write(settings: Settings) -> Iterator[Catalogue]:
    """The library's catalogue, with the library's lock held. Raises `NoLibrary`, and `Busy` while a
    refresh runs.
    """
    paths = LibraryPaths(settings.library)
    Catalogue.open(paths.catalogue).close()  # there is a library, or this says so
    with lock.writer(paths.lock, utc_now()), Catalogue.create(paths.catalogue) as catalogue:
        catalogue.hold()
        try:
            yield catalogue
        finally:
            touch_place(paths.catalogue)
