"""The build's own files (`litmap.index`): what a library has where the settings say nothing."""

from __future__ import annotations

from collections.abc import Sequence

from litmap import index
from litmap.stores.contract import Change, Place, StoredBuild


class FileStore:
    """Vectors in the build's folder, which goes and comes with it."""

    kind = "files"

    def holds(self, place: Place) -> bool:
        """Whether a place is the build's own files."""
        return not place

    def write(self, base: StoredBuild | None, new: StoredBuild, change: Change) -> Place:
        """Write the index of the build."""
        added = ((block.rows, block.vectors) for block in change.added if block.embedded.any())
        old = base.folder if base is not None else None
        index.update_index(old, new.folder, added=added, removed=change.removed, dim=change.dim)
        return {}

    def announce(self, place: Place) -> None:
        """Nobody else reads them."""

    def open(self, build: StoredBuild) -> index.VectorIndex:
        """The index of the build."""
        return index.VectorIndex.open(build.folder)

    def prune(self, kept: Sequence[Place]) -> None:
        """They go with their build."""
