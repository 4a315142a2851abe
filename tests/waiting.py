"""Waiting for events with a deadline that a busy machine keeps, free ports, and processes that end
with their test.
"""

from __future__ import annotations

import contextlib
import random
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 240.0
"""Seconds until what never comes is given up; nothing that does come takes so long."""


def until(
    found: Callable[[], T], what: object = "what was awaited", seconds: float = PATIENCE_S
) -> T:
    """The first true value of `found`; what it raises as OSError counts as not yet."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError):
            if value := found():
                return value
        if time.monotonic() > end:
            raise AssertionError(f"did not come: {what() if callable(what) else what}")
        time.sleep(0.05)


def living_in_group(group: int) -> list[str]:
    """The processes of a group that still run, by their lines in /proc (none where the system has
    no such folder); ended ones that nobody has asked about yet do not count.
    """
    living = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            line = file.read_text()
            state, _, its_group, *_ = line.rpartition(")")[2].split()
            if int(its_group) == group and state != "Z":
                living.append(line)
    return living


def free_port() -> int:
    """A port nobody listens on, below those that systems give to outgoing connections, so that none
    of these takes it meanwhile.
    """
    chance = random.SystemRandom()
    while True:
        port = chance.randrange(20_000, 32_000)
        with socket.socket() as tried, contextlib.suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def ending(process: subprocess.Popen[T]) -> Iterator[subprocess.Popen[T]]:
    """The process, which is told to end and waited for; killed where it does not listen."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
