"""Files that a leader and its workers leave for each other: in a folder that all see, or in a store
that fsspec knows (`s3://bucket/prefix`).
"""

from __future__ import annotations

import importlib
import logging
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from litmap.atomic_files import replace_file
from litmap.errors import WorkerError

T = TypeVar("T")

logger = logging.getLogger(__name__)

_NAME = re.compile(r"(?!\.)[\w.-]+(?:/(?!\.)[\w.-]+)*", re.ASCII)
"""What files are called: 'pdfs/ab/ab12.pdf'."""


class TaskFiles:
    """Files by name at an address, a folder's path or one of fsspec's. A name stands for its
    content: what lies there is never replaced by other content.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._folder = None if "://" in address else Path(address).expanduser()

    def read(self, name: str) -> bytes | None:
        """The file's bytes; None where there is none. Raises `WorkerError` where the address cannot
        be reached.
        """
        return self._try(lambda: self._read(_checked(name)))

    def keep(self, name: str, content: bytes) -> None:
        """Leave a file, whole or not at all; one that is there stays. Raises `WorkerError`."""
        self._try(lambda: self._keep(_checked(name), content))

    def holds(self, name: str) -> bool:
        """Whether there is such a file. Raises `WorkerError`."""
        return self._try(lambda: self._holds(_checked(name)))

    def _try(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (OSError, ValueError, RuntimeError) as error:
            why = str(error) or type(error).__name__
            raise WorkerError(
                f"{self.address}: {why}", subject=self.address, transient=True
            ) from error

    def _read(self, name: str) -> bytes | None:
        try:
            if self._folder is not None:
                return (self._folder / name).read_bytes()
            return bytes(self._store.cat_file(f"{self._root}/{name}"))
        except FileNotFoundError:
            return None

    def _keep(self, name: str, content: bytes) -> None:
        if self._holds(name):
            return
        if self._folder is not None:
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, content)
            return
        try:
            self._store.pipe_file(f"{self._root}/{name}", content, mode="create")
        except FileExistsError:
            logger.debug("%s came from another worker meanwhile", name)

    def _holds(self, name: str) -> bool:
        if self._folder is not None:
            return (self._folder / name).exists()
        return bool(self._store.exists(f"{self._root}/{name}"))

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        fsspec = importlib.import_module("fsspec")  # it has no types

        try:
            store, root = fsspec.core.url_to_fs(self.address, use_listings_cache=False)
        except ImportError as error:
            raise WorkerError(
                f"{self.address} needs a package that is not installed: {error}",
                subject=self.address,
            ) from error
        return store, root.rstrip("/")

    @property
    def _store(self) -> Any:
        return self._opened[0]

    @property
    def _root(self) -> str:
        return self._opened[1]


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no file's name")
    return name
