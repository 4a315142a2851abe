"""A stage of a refresh as a value, and how one runs beside the others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Stage:
    """One step of a refresh, called without arguments; `batch` names the PDFs (sha256) it works on,
    if it has some.
    """

    name: str
    run: Callable[[], None]
    batch: tuple[str, ...] = ()

    def __call__(self) -> None:
        """Do it."""
        self.run()


class Running(Protocol):
    """A stage under way elsewhere."""

    def result(self) -> object:
        """Wait for its end; raises what it raised."""
        ...


class StageThread(threading.Thread):
    """A stage in a daemon thread of this process."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(name=f"litmap-{stage.name}", daemon=True)
        self._stage = stage
        self._error: BaseException | None = None

    def run(self) -> None:
        """Run the stage; see `result` for what it raised."""
        try:
            self._stage()
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self._error = error

    def result(self) -> None:
        """Wait for the end; raises what the stage raised."""
        self.join()
        if self._error is not None:
            raise self._error
