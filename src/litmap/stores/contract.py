"""What every store of vectors does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from litmap.models import Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from litmap.models import Vectors

    Rows = NDArray[np.int64]
    Mask = NDArray[np.bool_]

Place = Mapping[str, Any]
"""What a manifest says of where a build's vectors stand: kind, address and, as the store has it,
table and version. Plain JSON, no password.
"""


@dataclass(frozen=True, slots=True)
class Block:
    """The passages of one source by row, and the vectors, float32 (n, dim), of those that are
    embedded; `embedded` is a mask over the passages.
    """

    passages: Sequence[Passage]
    embedded: Mask
    vectors: Vectors

    @property
    def rows(self) -> Rows:
        """int64, ascending: the rows that have a vector."""
        import numpy as np

        return np.array([p.row for p in self.passages], np.int64)[self.embedded]


def clean(text: str) -> str:
    """A text as any store takes it: without zero bytes and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class Change:
    """What a build adds to the one before and takes from it. `added` may be read once; its rows
    are above every row before.
    """

    added: Iterable[Block]
    removed: Rows
    dim: int


@dataclass(frozen=True, slots=True)
class StoredBuild:
    """The folder of a build, and the place of its vectors."""

    folder: Path
    place: Place


class StoredVectors(Protocol):
    """The vectors of one build; as `litmap.search` wants them. Safe from many threads."""

    dim: int

    def search(
        self, vectors: Vectors, k: int, allowed: Mask | None = None, *, exact: bool = False
    ) -> tuple[Vectors, Rows]:
        """The `k` rows most similar to each of the unit vectors (q, dim), best first, ties by row.

        `allowed`, a mask over rows (those beyond its end are not allowed), limits the search
        itself, so that k rows are found wherever so many are allowed. Returns cosines, float32
        (q, k), and rows, int64 (q, k); places that stay empty have -inf and -1.
        """
        ...

    def vectors(self, rows: Rows) -> Vectors:
        """The unit vectors of these rows, float32 (n, dim), exact to float16; zeros for a row
        without.
        """
        ...

    @property
    def rows(self) -> Rows:
        """int64, ascending: the rows that have a vector."""
        ...


class VectorStore(Protocol):
    """A store of vectors, of one library."""

    kind: str

    def holds(self, place: Place) -> bool:
        """Whether a place is in this store."""
        ...

    def write(self, base: StoredBuild | None, new: StoredBuild, change: Change) -> Place:
        """Write the vectors of a build: those of `base` with the change; where they stand.

        `new.place` is not known yet. Nobody sees them before the build is published. Raises
        `DamagedBuild` where the base's are gone, `LibraryError` where the store does not answer.
        """
        ...

    def announce(self, place: Place) -> None:
        """Show other programs this build, which is published now. Raises as `write`."""
        ...

    def open(self, build: StoredBuild) -> StoredVectors:
        """The vectors of a build. Raises `DamagedBuild`, `LibraryError`."""
        ...

    def prune(self, kept: Sequence[Place]) -> None:
        """Delete what none of the `kept` places reads; all of the library's where none is kept."""
        ...
