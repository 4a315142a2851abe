"""Disturbs the Python process that finds this folder on its PYTHONPATH; each variable does one
thing.

`DISTURB_BELOW` names a folder and `DISTURB_STEPS` pairs of 'step:signal': before the process
changes something below the folder for the n-th time (opens a file to write, renames, links,
removes, makes a folder), it gets the signal; a relative name is one below an open folder. With `DISTURB_COUNT` the number of such steps is
written to that file at the end. `DISTURB_FLOCK` is the errno with which every flock fails.
`DISTURB_CLOCK` are seconds by which Python's clock is ahead in this process and those it starts;
TLS, which asks the system's, takes certificates of today.
"""

from __future__ import annotations

import atexit
import builtins
import datetime
import itertools
import os
import signal
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = frozenset(
    ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate")
) | {"os.chmod", "os.utime", "shutil.copyfile", "shutil.copystat", "shutil.rmtree"}


def changed_path(event: str, arguments: tuple[Any, ...]) -> str:
    """The path that an audited event is about to change; '' for one that changes nothing."""
    if event == "open":
        path, mode, flags = arguments[:3]
        writes = any(c in mode for c in "wax+") if isinstance(mode, str) else flags & WRITING
        return _text(path) if writes else ""
    return _text(arguments[0]) if event in CHANGES and arguments else ""


def _text(path: object) -> str:
    return os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""


def watch_steps(below: str, signals: dict[int, int], count_to: str) -> None:
    """Send this process the signals at its steps, and tell how many steps there were."""
    steps, inside, seen = itertools.count(1), below.rstrip("/") + "/", [0]
    process = os.getpid()

    def step(event: str, arguments: tuple[Any, ...]) -> None:
        path = changed_path(event, arguments)
        is_inside = path.startswith(inside) or (path and not path.startswith("/"))
        if is_inside and os.getpid() == process:
            seen[0] = next(steps)
            if seen[0] in signals:
                os.kill(process, signals[seen[0]])

    def tell() -> None:
        Path(count_to).write_text(str(seen[0]), "utf-8")

    sys.addaudithook(step)
    if count_to:
        atexit.register(tell)


def refuse_locks(number: int) -> None:
    """Make every flock fail, as on a file system without locks."""
    import fcntl

    def flock(descriptor: object, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    fcntl.flock = flock


def set_clock(ahead: float) -> None:
    """Make the clock that litmap and Python's own libraries ask go ahead by so many seconds.

    The class `datetime` cannot be changed, and libraries in C rely on it: only litmap's modules are
    given another.
    """
    real, real_ns, real_import = time.time, time.time_ns, builtins.__import__

    class Ahead(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return cls.fromtimestamp(time.time(), tz)

    own = ModuleType("datetime")
    own.__dict__.update({**datetime.__dict__, "datetime": Ahead})

    def give(name: str, context: Any = None, *more: Any, **named: Any) -> Any:
        if name == "datetime" and str((context or {}).get("__name__")).startswith("litmap"):
            return own
        return real_import(name, context, *more, **named)

    time.time = lambda: real() + ahead
    time.time_ns = lambda: real_ns() + int(ahead * 1e9)
    builtins.__import__ = give


def _pairs(text: str) -> dict[int, int]:
    pairs = [pair.split(":") for pair in text.split(",") if pair]
    return {int(step): getattr(signal.Signals, name).value for step, name in pairs}


def disturb() -> None:
    """Do what the environment says."""
    if flock_error := os.environ.get("DISTURB_FLOCK"):  # in the processes it starts too
        refuse_locks(int(flock_error))
    if ahead := os.environ.get("DISTURB_CLOCK"):
        set_clock(float(ahead))
    if folder := os.environ.pop("DISTURB_BELOW", ""):  # in this process only
        signals = _pairs(os.environ.pop("DISTURB_STEPS", ""))
        watch_steps(folder, signals, os.environ.pop("DISTURB_COUNT", ""))


disturb()
