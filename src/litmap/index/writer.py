"""Writing the index of a build from that of the one before."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from litmap.atomic_files import link_or_copy, write_through
from litmap.index.reader import (
    FOLDER,
    MAX_EXACT_ROWS,
    Part,
    VectorIndex,
    float16_view,
    load_faiss,
    sign_bits,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from litmap.models import Vectors

    Rows = NDArray[np.int64]
    Mask = NDArray[np.bool_]

logger = logging.getLogger(__name__)

MAX_SMALL_DELTA = 20_000
"""Up to this many rows the delta is not merged into the base."""
MAX_DELTA_SHARE = 0.125
"""The delta is merged when it holds more than this share of the base."""
MIN_LIVING_PER_DEAD = 3
"""The base is written anew when fewer of its rows live for each one that is gone."""
BLOCK_ROWS = 65_536
"""Rows that are copied or turned into signs at once."""


def update_index(
    old: Path | None, new: Path, *, added: Iterable[tuple[Rows, Vectors]], removed: Rows, dim: int
) -> None:
    """Write the index of the build folder `new`: that of `old` without `removed`, with `added`.

    `added` gives blocks of (rows, vectors), int64 (n,) ascending and above every row before, and
    float32 (n, dim); they are taken one by one. Large files that stay the same are shared with
    `old`.
    """
    import numpy as np

    home = new / FOLDER
    home.mkdir()
    np.save(home / "dim.npy", np.array([dim]))
    base, delta = _parts_of(old, dim)
    arriving = _Writer(dim)
    if delta is not None:
        arriving.take(delta, _living(delta, removed))
    for rows, vectors in added:
        arriving.add(rows, vectors)
    if base is None:
        _save_dead(home, np.empty(0, dtype=np.int64))
        arriving.save(home, "base" if arriving.count > MAX_SMALL_DELTA else "delta")
        return
    kept = _living(base, removed)
    if _is_base_kept(kept, arriving.count):
        for path in base.home.glob("base.*"):
            link_or_copy(path, home / path.name)
        _save_dead(home, base.rows[~kept])
        arriving.save(home, "delta")
        logger.debug("vector index: base linked, %d rows in the delta", arriving.count)
        return
    merged = _Writer(dim)
    merged.take(base, kept)
    merged.join(arriving)
    _save_dead(home, np.empty(0, dtype=np.int64))
    merged.save(home, "base")
    logger.info("vector index: %d rows merged into one base", merged.count)


def _parts_of(folder: Path | None, dim: int) -> tuple[Part | None, Part | None]:
    """Base and delta of the build before. Raises ValueError where its vectors are of another
    size.
    """
    if folder is None or not (folder / FOLDER).is_dir():
        return None, None
    index = VectorIndex.open(folder)
    if index.dim != dim:
        raise ValueError(f"an index of {index.dim} dimensions cannot take vectors of {dim}")
    parts = {part.name: part for part in index.parts}
    return parts.get("base"), parts.get("delta")


def _is_base_kept(kept: Mask, delta: int) -> bool:
    """Whether the base stays as it is beside a delta of so many rows, by its rows that live on."""
    living = int(kept.sum())
    is_delta_small = delta <= max(MAX_SMALL_DELTA, MAX_DELTA_SHARE * living)
    return is_delta_small and len(kept) - living <= living // MIN_LIVING_PER_DEAD


def _save_dead(home: Path, rows: Rows) -> None:
    """Write which rows of the base are gone."""
    import numpy as np

    np.save(home / "dead.npy", rows)


def _living(part: Part, removed: Rows) -> Mask:
    mask = part.alive()
    mask[part.find(removed)[1]] = False
    return mask


class _Writer:
    """Gathers rows and vectors of a part; float16 in memory."""

    def __init__(self, dim: int) -> None:
        faiss = load_faiss()
        self.dim = dim
        self.rows: list[Rows] = []
        self.index = faiss.IndexScalarQuantizer(
            dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )

    @property
    def count(self) -> int:
        """Rows so far."""
        return int(self.index.ntotal)

    def add(self, rows: Rows, vectors: Vectors) -> None:
        """Append a block. Raises ValueError where rows do not ascend or the vectors are not
        such.
        """
        import numpy as np

        rows = np.asarray(rows, dtype=np.int64)
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        if not len(rows):
            return
        if vectors.shape != (len(rows), self.dim) or not np.isfinite(vectors).all():
            raise ValueError(
                f"vectors of shape {vectors.shape} for {len(rows)} rows of {self.dim} dimensions"
            )
        last = self.rows[-1][-1] if self.rows else -1
        if rows[0] <= last or (np.diff(rows) <= 0).any():
            raise ValueError("rows must ascend")
        self.rows.append(rows)
        self.index.add(vectors)

    def take(self, part: Part, kept: Mask) -> None:
        """Append the kept rows of a part of another build, block by block."""
        import numpy as np

        places = np.flatnonzero(kept)
        for begin in range(0, len(places), BLOCK_ROWS):
            block = places[begin : begin + BLOCK_ROWS]
            self.add(part.rows[block], part.halves[block].astype(np.float32))

    def join(self, other: _Writer) -> None:
        """Append all of another writer."""
        import numpy as np

        halves = float16_view(other.index, self.dim)
        begin = 0
        for rows in other.rows:
            self.add(rows, halves[begin : begin + len(rows)].astype(np.float32))
            begin += len(rows)

    def save(self, home: Path, name: str) -> None:
        """Write the part's files; nothing for an empty one."""
        import numpy as np

        if not self.count:
            return
        np.save(home / f"{name}.rows.npy", np.concatenate(self.rows))
        try:
            load_faiss().write_index(self.index, str(home / f"{name}.f16"))
            if self.count > MAX_EXACT_ROWS:
                self._save_signs(home, name)
        except (
            RuntimeError
        ) as error:  # FAISS reports a failed write so; the system's own error says why
            _raise_write_error(home)
            raise OSError(f"the vector index could not be written: {error}") from error

    def _save_signs(self, home: Path, name: str) -> None:
        import numpy as np

        faiss = load_faiss()

        halves = float16_view(self.index, self.dim)
        rotation = _random_rotation(
            halves[:: max(1, self.count // BLOCK_ROWS)].astype(np.float32).mean(axis=0)
        )
        signs = faiss.IndexBinaryFlat(rotation.shape[1])
        for begin in range(0, self.count, BLOCK_ROWS):
            signs.add(sign_bits(halves[begin : begin + BLOCK_ROWS].astype(np.float32), rotation))
        np.save(home / f"{name}.turn.npy", rotation)
        faiss.write_index_binary(signs, str(home / f"{name}.signs"))


def _random_rotation(centre: Vectors) -> Vectors:
    """A fixed random rotation with the turned centre below; columns of zeros fill the last byte
    with equal bits.
    """
    import numpy as np

    dim = len(centre)
    rotation = np.linalg.qr(np.random.default_rng(20_261_120).standard_normal((dim, dim)))[0]
    rotation = np.pad(np.vstack([rotation, centre @ rotation]), ((0, 0), (0, -dim % 8)))
    result: Vectors = rotation.astype(np.float32)
    return result


def _raise_write_error(home: Path) -> None:
    """Raise the system's own error where nothing more can be written."""
    probe = home / "probe"
    write_through(probe, b"\0" * (1 << 20))
    with suppress(OSError):
        probe.unlink()
