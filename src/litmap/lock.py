"""One writer at a time for a library, also across processes and after a crash."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from litmap.errors import Busy, LibraryError


@contextmanager
def writer(path: Path, now: str) -> Iterator[None]:
    """Hold the library's lock file. Raises `Busy`, naming who holds it, where another process does.

    The lock is the kernel's (flock), so it ends with its process however that ends; the file stays.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = path.open("a+", encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise LibraryError(
            f"no library can be written in {path.parent}: {reason}", subject=str(path.parent)
        ) from error
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            who = holder(path)
            since = f" since {who['started']}" if "started" in who else ""
            raise Busy(
                f"another refresh of {path.parent} is running (process {who.get('pid', 'unknown')}{since}): "
                "wait for it, or stop it with Ctrl-C",
                subject=str(path.parent),
            ) from error
        except OSError as error:
            raise LibraryError(
                f"{path} cannot be locked: {error.strerror}", subject=str(path.parent)
            ) from error
        file.seek(0)
        file.truncate()
        file.write(json.dumps({"pid": os.getpid(), "started": now}))
        file.flush()
        yield


def holder(path: Path) -> dict[str, Any]:
    """What the lock file says of its last holder; {} where it says nothing."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def is_held(path: Path) -> bool:
    """Whether a process holds the lock now; changes nothing."""
    try:
        with path.open("r", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
