"""Readers of a library that is being written: each opens it as users do and tells what went wrong.

One opens the library anew all the time, one keeps the library it opened first (whose build is old
after a while, and must not be pruned), and one asks as the app's pages do.
"""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

from benchmarks.reliability.end_state import half_written, read_library
from litmap.errors import LitmapError
from litmap.library import Library
from litmap.settings import load_settings

QUERY = "why are bad minima rare?"
PAUSE = 0.02
"""Seconds between two looks, so that the writer has a processor too."""

Reader = Callable[[], list[str]]


class Readers:
    """All readers of a library, each in a thread of its own until `stop`."""

    def __init__(self, library: Path, state: Path) -> None:
        os.environ["LITMAP_LIBRARY"], os.environ["LITMAP_STATE"] = str(library), str(state)
        self._library = library
        self._held = Library.open(settings=load_settings())
        self._answer = _texts(self._held)
        self._over = threading.Event()
        self._wrong: list[str] = []
        self.looks = 0
        readers: tuple[Reader, ...] = (self._open_anew, self._ask_held, self._ask_as_app)
        self._threads = [threading.Thread(target=self._go_on, args=(r,)) for r in readers]
        for thread in self._threads:
            thread.start()

    def stop(self) -> list[str]:
        """End the readers; what they found wrong, the first few."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._held.close()
        for name in ("LITMAP_LIBRARY", "LITMAP_STATE"):
            os.environ.pop(name, None)
        return self._wrong[:5]

    def _go_on(self, read: Reader) -> None:
        while not self._over.wait(PAUSE):
            try:
                self._wrong += read()
            except (LitmapError, OSError, ValueError, AssertionError) as error:
                self._wrong.append(f"{read.__name__}: {type(error).__name__}: {error}")
            self.looks += 1

    def _open_anew(self) -> list[str]:
        found = read_library(self._library)
        wrong = half_written(self._library)
        if found["passages"].keys() != found["vectors"].keys():
            wrong.append("passages without vectors")
        return wrong

    def _ask_held(self) -> list[str]:
        return [] if _texts(self._held) == self._answer else ["an open library answers otherwise"]

    def _ask_as_app(self) -> list[str]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from litmap.ui import state

            opened = state.library()
        return [] if _texts(opened) else ["the app finds nothing"]


def _texts(opened: Library) -> list[str]:
    return [hit.chunk.text for hit in opened.search(QUERY, limit=5).hits]
