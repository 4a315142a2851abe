"""What a run needs later, loaded in a thread: while PDFs arrive and are looked at, a core has
nothing to do.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Warmup:
    """Calls `load` once, ahead of the first use of what it loads."""

    def __init__(self, load: Callable[[], None]) -> None:
        self._load = load
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, if it has not begun."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Wait until it is over, a second or two after `start`."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            self._load()
        except Exception as error:  # noqa: BLE001 - told where the model or the libraries are used
            logger.debug("not loaded ahead: %s", error)
