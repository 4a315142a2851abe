"""What a run needs later, loaded in a thread: while PDFs arrive and are looked at, a core has nothing to do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from litmap.protocols import Encoder


class Warmup:
    """Loads the model's fastest engine and the libraries of the build, once, ahead of their first use."""

    def __init__(self, encoder: Callable[[], Encoder]) -> None:
        self._encoder = encoder
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, if it has not begun."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._load, daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Wait until it is over, a second or two after `start`."""
        if self._thread is not None:
            self._thread.join()

    def _load(self) -> None:
        from litmap import topics, vectors

        with suppress(Exception):  # told where the model or the libraries are used
            vectors.prepare(self._encoder())
            topics.load_libraries()
