"""What stages made, kept by what they made it of, so that what is unchanged is not made again.

One file, `results.sqlite`, whose content can be made again at will: a damaged or foreign one is
thrown away. A key names all that a result depends on: the kind with its version, the inputs'
content, and the libraries that calculate. Each row carries a checksum over key and value.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

FORMAT = 1
CHECKSUM = 16
"""Bytes of a row's checksum."""
CALCULATING = ("litmap", "numpy", "scipy", "scikit-learn")
"""Packages whose versions may change a result, if only its last digits."""
NOT_READABLE = (ValueError, TypeError, LookupError, EOFError, zlib.error)

Content = str | bytes


@cache
def _calculated_by() -> str:
    found = []
    for name in CALCULATING:
        with suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    return ", ".join(found)


def key_of(kind: str, *inputs: Content) -> bytes:
    """What names the result of `kind` (with the version of its maker) for exactly these inputs."""
    digest = hashlib.sha256()
    for part in (_calculated_by(), kind, *inputs):
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "little"))
        digest.update(content)
    return digest.digest()


class KeptResults:
    """The file at `path`; a context manager, in which alone it is read and written.

    What was kept stays kept even where the block raises. The caller holds the library's lock.
    A file that cannot be written costs only time.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._used: set[bytes] = set()
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        try:
            self._connection = self._open()
        except sqlite3.Error as error:
            self._give_up(error)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.commit()
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, check_same_thread=False)
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
                self._begin_anew(connection)
            connection.execute("SELECT key, value FROM results LIMIT 1").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    @staticmethod
    def _begin_anew(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE results (key BLOB PRIMARY KEY, value BLOB NOT NULL)")
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.commit()

    def _give_up(self, error: sqlite3.Error) -> None:
        """Throw the file away and begin a new one; without one where that fails too."""
        logger.warning("kept results are not used and made anew: %s", error)
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None
        try:
            for name in ("", "-journal", "-wal", "-shm"):
                self.path.with_name(self.path.name + name).unlink(missing_ok=True)
            self._connection = self._open()
        except (OSError, sqlite3.Error) as again:
            logger.warning("results are not kept: %s", again)

    # ── many at once ──────────────────────────────────────────────────────────────────────────────
    def read(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The values that are kept under these keys and whole; they count as used."""
        wanted = list(dict.fromkeys(keys))
        self._used.update(wanted)
        try:
            return self._find(wanted)
        except sqlite3.Error as error:
            self._give_up(error)
            return {}

    def _find(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        if self._connection is None:
            return {}
        query = "SELECT value FROM results WHERE key = ?"
        found = {}
        for key in keys:
            row = self._connection.execute(query, (key,)).fetchone()
            content = _whole(key, row[0]) if row else None
            if content is not None:
                found[key] = content
        return found

    def keep(self, values: Mapping[bytes, bytes]) -> None:
        """Keep these values by their keys."""
        self._used.update(values)
        if self._connection is None:
            return
        rows = [(key, _checksum(key, value) + value) for key, value in values.items()]
        try:
            self._connection.executemany("INSERT OR REPLACE INTO results VALUES (?, ?)", rows)
        except sqlite3.Error as error:
            self._give_up(error)

    def prune(self) -> None:
        """Delete what was not used since the file was opened."""
        if self._connection is None:
            return
        try:
            keys = [row[0] for row in self._connection.execute("SELECT key FROM results")]
            gone = [(key,) for key in keys if key not in self._used]
            self._connection.executemany("DELETE FROM results WHERE key = ?", gone)
            logger.debug("kept results: %d, %d deleted", len(keys) - len(gone), len(gone))
        except sqlite3.Error as error:
            self._give_up(error)

    def clear(self) -> None:
        """Delete all."""
        self._used.clear()
        self.prune()

    # ── one ───────────────────────────────────────────────────────────────────────────────────────
    def plain(self, kind: str, inputs: Sequence[Content], make: Callable[[], Any]) -> Any:
        """What `make` gives: lists, dicts with texts as keys, texts, numbers, true, false, None."""
        key = key_of(kind, *inputs)
        value = self.read([key]).get(key)
        if value is not None:
            with suppress(*NOT_READABLE):
                return json.loads(zlib.decompress(value))
        made = make()
        self.keep({key: zlib.compress(json.dumps(made).encode(), 1)})
        return made

    def array(
        self, kind: str, inputs: Sequence[Content], make: Callable[[], NDArray[Any]]
    ) -> NDArray[Any]:
        """The array that `make` gives."""
        import numpy as np

        key = key_of(kind, *inputs)
        value = self.read([key]).get(key)
        if value is not None:
            with suppress(*NOT_READABLE):
                kept: NDArray[Any] = np.load(io.BytesIO(value), allow_pickle=False)
                return kept
        made = make()
        file = io.BytesIO()
        np.save(file, made, allow_pickle=False)
        self.keep({key: file.getvalue()})
        return made


def _checksum(key: bytes, value: bytes) -> bytes:
    return hashlib.sha256(key + value).digest()[:CHECKSUM]


def _whole(key: bytes, value: Any) -> bytes | None:
    """A row's value without its checksum; None where that does not hold."""
    if not isinstance(value, bytes):
        return None
    content = value[CHECKSUM:]
    return content if _checksum(key, content) == value[:CHECKSUM] else None
