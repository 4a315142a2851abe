"""Files written so that a reader sees the old or the new content, whatever is killed when."""

from __future__ import annotations

import errno
import glob
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from litmap.operating_system import is_running, sync_folder


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """A path to write to; the file there takes `path`'s name, on disk for good, if all goes well.

    Where the block raises, nothing is left behind and `path` stays as it was; what a process that
    was killed left beside it is removed.
    """
    remove_abandoned(path.parent, glob.escape(f".{path.name}."))
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        yield aside
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def remove_abandoned(folder: Path, beginning: str) -> None:
    """Remove files that processes which are gone were writing: named `beginning`, which may be a
    pattern, then their process id and '.new'.
    """
    for path in folder.glob(f"{beginning}*.new"):
        process = path.name.split(".")[-2]
        if process.isdigit() and not is_running(int(process)):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def replace_file(path: Path, content: bytes) -> None:
    """Write a small file in one step; it is there after a power cut too. Raises OSError."""
    with written_aside(path) as aside:
        aside.write_bytes(content)
    sync_folder(path.parent)


def write_through(path: Path, content: bytes, *, new: bool = False) -> None:
    """Write a file and wait until it is on disk; with `new` only where none is. Raises OSError."""
    with path.open("xb" if new else "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def link_or_copy(source: Path, target: Path) -> None:
    """Share a file that never changes; copy it where the file system has no hard links."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        shutil.copyfile(source, target)
