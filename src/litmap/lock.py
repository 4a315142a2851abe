"""One writer at a time for a library, also across processes and after a crash."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from litmap.errors import Busy, LibraryError
from litmap.operating_system import is_locked, try_lock

logger = logging.getLogger(__name__)

SECONDS_BEFORE_A_WORD = 3.0
"""A lock is given or refused at once; only a file system that hangs takes so long."""
_START = 1
"""Where the holder is written: on Windows the first byte is locked and cannot be read by others."""


@contextmanager
def writer(path: Path, now: str) -> Iterator[None]:
    """Hold the library's lock file. Raises `Busy`, naming who holds it, where another process does.

    Never waits. The lock ends with its process, however that ends; the file stays. Raises
    `LibraryError` where the folder cannot be written or its file system has no locks.
    """
    folder = str(path.parent)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _patience(path):
            opened = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b", buffering=0)
    except OSError as error:
        reason = error.strerror or str(error)
        raise LibraryError(
            f"no library can be written in {folder}: {reason}", subject=folder
        ) from error
    with opened as file:
        try:
            with _patience(path):
                taken = try_lock(file.fileno())
        except OSError as error:
            raise LibraryError(
                f"{path} cannot be locked ({error.strerror}): "
                "keep the library on a file system that has locks, such as a local disk",
                subject=folder,
            ) from error
        if not taken:
            who = holder(path)
            since = f" since {who['started']}" if "started" in who else ""
            raise Busy(
                f"another refresh of {folder} is running (process "
                f"{who.get('pid', 'unknown')}{since}): "
                "wait for it, or stop it with Ctrl-C",
                subject=folder,
            )
        file.truncate(0)
        file.write(b" " * _START + json.dumps({"pid": os.getpid(), "started": now}).encode())
        yield


@contextmanager
def _patience(path: Path) -> Iterator[None]:
    """Says within seconds that a file system, such as a network's, does not answer."""
    message = (
        "%s: the file system has not answered for %d seconds. litmap waits for it; stop it with "
        "Ctrl-C, and keep the library on a file system that has locks, such as a local disk"
    )
    told = threading.Timer(
        SECONDS_BEFORE_A_WORD, logger.warning, (message, path, SECONDS_BEFORE_A_WORD)
    )
    told.daemon = True
    told.start()
    try:
        yield
    finally:
        told.cancel()


def holder(path: Path) -> dict[str, Any]:
    """What the lock file says of its last holder; {} where it says nothing."""
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(_START)
            value = json.loads(b" " + file.read())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def is_held(path: Path) -> bool:
    """Whether a process holds the lock now; changes nothing."""
    try:
        with path.open("rb") as file:
            return is_locked(file.fileno())
    except OSError:
        return False
