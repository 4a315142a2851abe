"""Processes that end with the one that started them, however that one ends.

A killed process ends nothing that it has started. So each process here looks for itself: it waits
for what the system closes when its parent is gone, a pipe. `python -m
litmap.flows.ends_with_parent MODULE …` is `python -m MODULE …` that ends when its standard input
does.
"""

from __future__ import annotations

import functools
import multiprocessing
import multiprocessing.connection
import os
import runpy
import sys
import threading
import time
from collections.abc import Callable

from litmap.operating_system import terminate_this_process

GRACE = 5.0
"""Seconds that a process has to end by itself."""


def end_after(wait: Callable[[], object]) -> None:
    """End this process as SIGTERM does once `wait` has returned, and at once after `GRACE`."""

    def watch() -> None:
        wait()
        terminate_this_process()
        time.sleep(GRACE)
        os._exit(1)

    threading.Thread(target=watch, name="ends with its parent", daemon=True).start()


@functools.cache
def end_with_parent() -> None:
    """End this process with the one that started it by multiprocessing, where one did."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        end_after(lambda: multiprocessing.connection.wait([parent.sentinel]))


def _read_to_end() -> None:
    while os.read(0, 1024):
        """What comes is nothing to this process."""


if __name__ == "__main__":
    end_after(_read_to_end)
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
