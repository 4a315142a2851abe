"""Doing one thing to many on several threads, for work that waits or lets go of the interpreter:
NumPy, FAISS, SQLite, other machines.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from litmap.operating_system import call_after_fork, usable_cores

T = TypeVar("T")


class Threads:
    """A few threads for the whole process, begun when they are first needed. A forked process has
    none of its parent's, and gets threads of its own.

    What is done on them may ask for `each` of more things, which is then done on its own thread:
    threads that wait for each other never end.
    """

    def __init__(self, count: int, name: str) -> None:
        self._count = count
        self._name = name
        self._here = threading.local()
        self.begin()
        call_after_fork(self.begin)

    def begin(self) -> None:
        """Have threads of one's own."""
        self._pool = ThreadPoolExecutor(
            self._count, f"litmap-{self._name}", initializer=self._say_that_it_is_one
        )

    def _say_that_it_is_one(self) -> None:
        self._here.is_one = True

    def start(self, work: Callable[..., T], *arguments: Any, **named: Any) -> Future[T]:
        """Have something done meanwhile."""
        return self._pool.submit(work, *arguments, **named)

    def each(self, work: Callable[..., T], *items: Sequence[Any]) -> list[T]:
        """`work` of the items at each place, as `map` has it; a single one on the caller's own
        thread.
        """
        if len(items[0]) < 2 or getattr(self._here, "is_one", False):
            return [work(*own) for own in zip(*items, strict=True)]
        return list(self._pool.map(work, *items))


CORES = Threads(usable_cores(), "cores")
"""A thread for each core."""
