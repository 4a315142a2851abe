"""Has workers do tasks: so many at once that none waits, again where a worker died, and here where
none can.
"""

from __future__ import annotations

import logging
import multiprocessing
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from litmap.errors import WorkerError
from litmap.operating_system import usable_cores
from litmap.pipeline.worker_tasks import Done, Task, perform
from litmap.settings import Settings

logger = logging.getLogger(__name__)

T = TypeVar("T", bound=Task)

MAX_TRIES = 5
"""How often a task is given to workers, which may die under it, before it is done here."""
NO_WORKER_SECONDS = 600.0
"""How long a run waits for a first worker."""
LOOK_SECONDS = 5.0
"""Between two looks at how many workers there are."""


class Pending(Protocol):
    """A task under way elsewhere."""

    def result(self) -> Done:
        """Wait for its end; raises whatever became of its worker."""
        ...


class TaskRunner(Protocol):
    """Gives tasks to workers."""

    def submit(self, task: Task) -> Pending:
        """Have a worker do the task."""
        ...

    def slots(self) -> int:
        """How many tasks can be done at once now; 0 while there is no worker. Raises `WorkerError`
        where there can be none any more.
        """
        ...


@dataclass
class WorkerCounts:
    """What each worker did: tasks and seconds by its name, and how many were given again."""

    tasks: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    repeated: int = 0

    def add(self, done: Done) -> None:
        """Count a task."""
        self.tasks[done.worker] = self.tasks.get(done.worker, 0) + 1
        self.seconds[done.worker] = self.seconds.get(done.worker, 0.0) + done.seconds

    def as_json(self) -> dict[str, Any]:
        """For the report."""
        return {
            "repeated": self.repeated,
            "by_worker": {
                name: {"tasks": count, "seconds": round(self.seconds[name], 1)}
                for name, count in sorted(self.tasks.items())
            },
        }


@dataclass
class _UnderWay(Generic[T]):
    task: T
    tries: int = 1
    done: Done | None = None
    error: Exception | None = None


def run_tasks(
    runner: TaskRunner,
    tasks: Iterable[T],
    counts: WorkerCounts,
    waiting: Callable[[str], None] = lambda text: None,
) -> Iterator[tuple[T, Done]]:
    """Each task with what became of it, as they are done; asks for a task only when a worker is to
    have it.

    A task whose worker died is given to another, at last done here; so is one that a worker refuses
    to do. Raises `WorkerError` where no worker comes.
    """
    coming, again = iter(tasks), deque[_UnderWay[T]]()
    finished: queue.SimpleQueue[_UnderWay[T]] = queue.SimpleQueue()
    under_way = 0
    while True:
        most = at_once(_slots(runner, waiting))
        while under_way < most:
            one = again.popleft() if again else _first(coming)
            if one is None:
                break
            _start_waiting(runner.submit(one.task), one, finished)
            under_way += 1
        if not under_way:
            return
        try:
            one = finished.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            continue
        under_way -= 1
        if one.error is not None and one.tries < MAX_TRIES:
            logger.warning("%s is given to another worker: %s", one.task, one.error)
            counts.repeated += 1
            again.append(_UnderWay(one.task, one.tries + 1))
            continue
        yield one.task, _done_or_here(one, counts)


def at_once(slots: int) -> int:
    """How many tasks are under way where so many can be done at once: some more, so that the next
    one is there when one ends, and few enough that what travels fits into memory.
    """
    return slots + max(2, slots // 4)


def _first(coming: Iterator[T]) -> _UnderWay[T] | None:
    task = next(coming, None)
    return None if task is None else _UnderWay(task)


def _start_waiting(
    pending: Pending, one: _UnderWay[T], finished: queue.SimpleQueue[_UnderWay[T]]
) -> None:
    """Put the task among the finished ones when it is, or when its worker is no more. The thread is
    a daemon: nobody waits for what an interrupted run had under way.
    """

    def wait() -> None:
        try:
            one.done = pending.result()
        except Exception as error:  # noqa: BLE001 - whatever ended the worker; it is done again
            one.error = error
        finished.put(one)

    threading.Thread(target=wait, name="litmap-task", daemon=True).start()


def _done_or_here(one: _UnderWay[T], counts: WorkerCounts) -> Done:
    """What a worker made of a task; what this process makes of it where none could."""
    done = one.done
    if done is not None and not done.refusal:
        counts.add(done)
        return done
    why = f"{done.worker} refuses: {done.refusal}" if done else str(one.error)
    logger.warning("%s is done here: %s", one.task, why)
    here = perform(one.task)
    if here.refusal:
        raise WorkerError(f"{one.task}: {here.refusal}")
    counts.add(here)
    return here


def _slots(runner: TaskRunner, waiting: Callable[[str], None]) -> int:
    """The number of slots, once there is one."""
    begun = time.monotonic()
    while (slots := runner.slots()) == 0:
        if time.monotonic() - begun > NO_WORKER_SECONDS:
            raise WorkerError('no worker has come: start some, or set runner = "here"')
        waiting("waiting for a first worker")
        time.sleep(1)
    return slots


# ── processes of this machine ─────────────────────────────────────────────────────────────────────
class ProcessRunner:
    """Workers that are processes of this machine. Where one dies all of the pool end, and another
    pool goes on.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool = self._new_pool()

    def slots(self) -> int:
        """The number of processes."""
        return self._count

    def submit(self, task: Task) -> Pending:
        """Have a process do the task."""
        try:
            return self._pool.submit(perform, task)
        except BrokenExecutor:
            self._pool.shutdown(wait=False)
            self._pool = self._new_pool()
            return self._pool.submit(perform, task)

    def close(self) -> None:
        """End the processes; what they are at is lost."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._count, mp_context=multiprocessing.get_context("spawn"))


@contextmanager
def open_processes(settings: Settings) -> Iterator[TaskRunner]:
    """Workers that are processes of this machine, as many as `readers` says."""
    runner = ProcessRunner(settings.readers or usable_cores())
    try:
        yield runner
    finally:
        runner.close()
