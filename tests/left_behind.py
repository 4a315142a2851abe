"""What a test may not leave behind: threads, processes, listening sockets, a changed environment or
working folder, and whatever moves the common random numbers between tests.

`Watch` looks before and after every test (about 0.1 ms). What a test started gets `LINGER_S` to end
after it was told to, as a machine may be busy; then the test fails. Fixtures of wider scope that
serve on purpose are named in `SERVERS`.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import random
import socket
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

LINGER_S = 30.0
SERVERS = frozenset(
    {"app", "browser", "mirror", "postgres_server", "running_scholarly_web", "trial", "web"}
)
"""Fixtures for a module or the session that hold a server while others use it."""
SHARED_THREADS = (
    "litmap-words",
    "litmap-cores",
    "litmap-search",
    "AnyIO worker",
    "tqdm_monitor",
    "fsspecIO",
    "asyncio_",
    "LanceDB",
)
"""What the names of threads begin with that one process keeps for all, to its end."""
ENDS_BY_ITSELF = "chrome_crashpad_handler"
"""What Chromium starts, and what ends some time after it without being told to."""
SET_ONCE = frozenset(
    {
        "KMP_DUPLICATE_LIB_OK",
        "KMP_INIT_AT_FORK",
        "LANCEDB_LOG",
        "MPLBACKEND",
        "ONEDNN_PRIMITIVE_CACHE_CAPACITY",
        "PREFECT_LOGGING_LEVEL",
        "TORCHINDUCTOR_CACHE_DIR",
    }
)
"""What torch, its engines, Streamlit and the flows set when they are first used, whichever test that
is.
"""

_LISTENING: weakref.WeakSet[socket.socket] = weakref.WeakSet()
_PR_SET_CHILD_SUBREAPER = 36


class Watch:
    """A plugin: what there is after a test that was not there before.

    A plugin and not part of conftest.py, which is not asked about fixtures for the session.
    """

    def __init__(self) -> None:
        importlib.import_module("litmap")  # sets variables, whichever test would be the first
        _watch_sockets()
        _adopt_orphans()
        self._kept_threads: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
        self._kept_children: set[int] = set()
        self._kept_sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._numbers: tuple[object, ...] | None = None
        self.begin()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self) -> Any:
        self.begin()
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Any:
        result = yield
        if left := self.left():
            pytest.fail("left behind: " + "; ".join(left), pytrace=False)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Any:
        if fixturedef.argname not in SERVERS or fixturedef.scope == "function":
            return (yield)
        with self.server():
            return (yield)

    @contextmanager
    def server(self) -> Iterator[None]:
        """What starts in here stays by permission."""
        threads, pids, sockets = set(threading.enumerate()), children(), set(_LISTENING)
        yield
        self._kept_threads.update(set(threading.enumerate()) - threads)
        self._kept_children |= children() - pids
        self._kept_sockets.update(set(_LISTENING) - sockets)

    def begin(self) -> None:
        """Before a test."""
        self._moved = self._numbers is not None and self._numbers != numbers()
        self._threads = set(threading.enumerate())
        self._sockets = set(_LISTENING)
        self._environment = environment()
        self._folder = Path.cwd()

    def left(self) -> list[str]:
        """What is left after the test, in words; the environment and folder are put back."""
        found = self._threads_left()
        _end_warm_workers()  # which a thread may have used until now
        found += [*self._children_left(), *self._sockets_left()]
        if (now := environment()) != self._environment:
            names = {n for n, _ in now.items() ^ self._environment.items()}
            found.append(f"other environment variables: {', '.join(sorted(names))}")
            for name in names:
                os.environ.pop(name, None)
            os.environ.update({n: v for n, v in self._environment.items() if n in names})
        if (folder := Path.cwd()) != self._folder:
            found.append(f"another working folder: {folder}")
            os.chdir(self._folder)
        if self._moved:
            found.append("random numbers drawn between the test before and this one")
        self._numbers = numbers()
        return found

    def _threads_left(self) -> list[str]:
        end = time.monotonic() + LINGER_S
        new = [
            t
            for t in threading.enumerate()
            if t not in self._threads
            and t not in self._kept_threads
            and not t.name.startswith(SHARED_THREADS)
        ]
        for thread in new:
            thread.join(max(0.0, end - time.monotonic()))
        left = [t for t in new if t.is_alive()]
        self._kept_threads.update(left)  # told once
        return [f"thread {t.name}" for t in left]

    def _children_left(self) -> list[str]:
        new = children() - self._kept_children
        end = time.monotonic() + LINGER_S
        while (new := {pid for pid in new if not has_ended(pid)}) and time.monotonic() < end:
            time.sleep(0.02)
        self._kept_children |= new  # told once
        commands = {pid: _command(pid) for pid in new}
        return [f"process {p}: {c}" for p, c in commands.items() if ENDS_BY_ITSELF not in c]

    def _sockets_left(self) -> list[str]:
        new = [s for s in _LISTENING if s not in self._sockets and s not in self._kept_sockets]
        left = [s for s in new if s.fileno() >= 0]
        self._kept_sockets.update(left)  # told once
        return [f"listening socket {s.getsockname()}" for s in left]


def _end_warm_workers() -> None:
    """Ends the processes that litmap keeps to look into PDFs and to draw pages."""
    if pool := sys.modules.get("litmap.text.pool"):
        for worker in (pool._looker, *pool._drawers.queue):
            worker.close()


def _watch_sockets() -> None:
    """From now on, sockets that listen are known."""
    listen = socket.socket.listen

    def told(self: socket.socket, *backlog: int) -> None:
        listen(self, *backlog)
        _LISTENING.add(self)

    socket.socket.listen = told  # type: ignore[method-assign]


def _adopt_orphans() -> None:
    """On Linux, processes whose parent ended become children of this process, so that they are
    seen.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children() -> set[int]:
    """This process's children, living or not waited for; elsewhere than on Linux none are seen."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except (ChildProcessError, AttributeError):  # none, which is soon said; or Windows
        return set()
    found = set()
    for stat in Path("/proc").glob("[1-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            parent = stat.read_bytes().rpartition(b")")[2].split()[1]
            found |= {int(stat.parent.name)} if int(parent) == os.getpid() else set()
    return found


def environment() -> dict[str, str]:
    """The environment without what pytest itself writes there, and what is set once."""
    own = SET_ONCE | {"PYTEST_CURRENT_TEST"}
    return {n: v for n, v in os.environ.items() if n not in own}


def numbers() -> tuple[object, ...]:
    """The state of the random numbers that all code of a process shares."""
    return random.getstate(), np.random.get_state()[1].tobytes()


def has_ended(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:200]
    except OSError:
        return "?"
