"""Work on many hosts at once: one lane a host, a few threads a lane, results as they come. Imports
no other part.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Tag = TypeVar("Tag")
Value = TypeVar("Value")


class PerHostPool(Generic[Tag, Value]):
    """Calls that wait for one host must not hold up those to another, so each lane has threads of
    its own.

    `submit` may be called while results are being read; `results` ends when nothing is left.
    Closing (also by leaving the context) drops calls that have not begun.
    """

    def __init__(self, width: int = 3) -> None:
        self._width = width
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[tuple[Tag, Callable[[], Value]]]] = {}
        self._threads: dict[str, int] = {}
        self._open = 0
        self._done: queue.Queue[tuple[Tag, Value | None, BaseException | None]] = queue.Queue()
        self._closed = False

    def __enter__(self) -> PerHostPool[Tag, Value]:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Begin no further call."""
        with self._lock:
            self._closed = True
            self._waiting.clear()

    def submit(self, lane: str, tag: Tag, call: Callable[[], Value]) -> None:
        """Queue a call in a lane; its result comes with `tag`."""
        with self._lock:
            if self._closed:
                return
            self._open += 1
            self._waiting.setdefault(lane, deque()).append((tag, call))
            if self._threads.get(lane, 0) < self._width:
                self._threads[lane] = self._threads.get(lane, 0) + 1
                threading.Thread(
                    target=self._work, args=(lane,), name=f"lane {lane}", daemon=True
                ).start()

    def results(self) -> Iterator[tuple[Tag, Value | None, BaseException | None]]:
        """(tag, value, None) or (tag, None, error) of every call, as they end."""
        while True:
            with self._lock:
                if not self._open:
                    return
            item = self._done.get()
            with self._lock:
                self._open -= 1
            yield item

    def _work(self, lane: str) -> None:
        while True:
            with self._lock:
                waiting = self._waiting.get(lane)
                if not waiting:
                    self._threads[lane] -= 1
                    return
                tag, call = waiting.popleft()
            try:
                self._done.put((tag, call(), None))
            except BaseException as error:  # noqa: BLE001 - handed to the reader of the results
                self._done.put((tag, None, error))
