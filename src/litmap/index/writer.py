"""Writing the index of a build from that of the one before."""

from __future__ import annotations

import json
import logging
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from litmap import segment_merging
from litmap.atomic_files import link_or_copy
from litmap.index.reader import MAX_EXACT_ROWS
from litmap.index.segment import (
    FOLDER,
    FORMAT,
    LINKED,
    STATE,
    TURN,
    Segment,
    empty_index,
    load_faiss,
    read_rotation,
    read_state,
    sign_bits,
)
from litmap.segment_merging import Size, choose_merge, merge_limit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from litmap.models import Vectors

    Rows = NDArray[np.int64]
    Bytes = NDArray[np.uint8]
    Halves = NDArray[np.float16]

logger = logging.getLogger(__name__)

MIN_SIGNED_ROWS = MAX_EXACT_ROWS // 5
"""Rows of a segment from which it has signs: the few that are smaller are compared exactly."""
BLOCK_ROWS = 65_536
"""Rows that are copied or turned into signs at once."""
LENGTH = struct.Struct("<Q")
"""How FAISS writes the number of bytes that follow."""


def update_index(
    old: Path | None, new: Path, *, added: Iterable[tuple[Rows, Vectors]], removed: Rows, dim: int
) -> None:
    """Write the index of the build folder `new`: that of `old` without `removed`, with `added`.

    `added` gives blocks of (rows, vectors), int64 (n,) ascending and above every row before, and
    float32 (n, dim); they are taken one by one and go to disk. Files that stay the same are shared
    with `old`.
    """
    import numpy as np

    (new / FOLDER).mkdir()
    index = _Writer(new / FOLDER, dim)
    if old is not None and (old / FOLDER).is_dir():
        index.go_on_from(old / FOLDER, np.sort(removed))
    count = index.add(added)
    index.merge(merge_limit(count))
    index.close()


class _Writer:
    """Writes the files of an index; `dead` has the removed rows of each of its segments."""

    def __init__(self, home: Path, dim: int) -> None:
        self.home, self.dim = home, dim
        self.dead: dict[str, Rows] = {}
        self.sizes: dict[str, Size] = {}
        self._rotation: Vectors | None = None

    def go_on_from(self, old: Path, removed: Rows) -> None:
        """Link the segments of another index, without these rows. Raises ValueError where its
        vectors are of another size.
        """
        import numpy as np

        dim, names = read_state(old)
        if dim != self.dim:
            raise ValueError(f"an index of {dim} dimensions cannot take vectors of {self.dim}")
        self._rotation = read_rotation(old)
        for name in names:
            segment = Segment(old, name)
            gone = removed[segment.find(removed)[0]]
            dead = np.union1d(segment.rows[segment.dead], gone)
            rows = len(segment.rows)
            if len(dead) == rows:
                continue
            for part in LINKED:
                if (old / f"{name}.{part}").exists():
                    link_or_copy(old / f"{name}.{part}", self.home / f"{name}.{part}")
            self.dead[name], self.sizes[name] = dead, Size(rows, rows - len(dead))

    def add(self, blocks: Iterable[tuple[Rows, Vectors]]) -> int:
        """Write new segments of blocks of rows and vectors; how many rows. Raises ValueError where
        rows do not ascend or the vectors are not such.
        """
        count, last = 0, -1
        with _SegmentFile(self.home, self.dim) as file:
            for rows, vectors in blocks:
                own, codes = _encode(rows, vectors, last, self.dim)
                while len(own):
                    room = segment_merging.MAX_SEGMENT_ROWS - file.count
                    file.append(own[:room], codes[:room])
                    count, last = count + len(own[:room]), int(own[:room][-1])
                    own, codes = own[room:], codes[room:]
                    if file.count == segment_merging.MAX_SEGMENT_ROWS:
                        self._take(file)
            self._take(file)
        return count

    def merge(self, limit: int) -> None:
        """Write small segments, and such with many dead rows, as one."""
        while group := choose_merge(self.sizes, limit):
            self._join(group)

    def close(self) -> None:
        """Name the segments, and the rows of each that are gone."""
        import numpy as np

        for name, dead in self.dead.items():
            if len(dead):
                np.save(self.home / f"{name}.dead.npy", dead)
        if self._rotation is not None:
            np.save(self.home / TURN, self._rotation)
        state = {"format": FORMAT, "dim": self.dim, "segments": list(self.sizes)}
        (self.home / STATE).write_text(json.dumps(state), "utf-8")
        logger.debug("vector index: %d segments", len(self.sizes))

    def _take(self, file: _SegmentFile, parts: Sequence[_Part] = ()) -> None:
        """Make what was written to the file a segment, unless it is nothing; `parts` are the
        segments that it is of.
        """
        import numpy as np

        if not file.count:
            return
        taken = [int(name) for name in self.sizes if name.isdigit()]
        name = f"{max(taken, default=0) + 1:06d}"
        count = file.finish(name)
        self.dead[name], self.sizes[name] = np.empty(0, np.int64), Size(count, count)
        if count >= MIN_SIGNED_ROWS:
            self._write_signs(name, parts)

    def _write_signs(self, name: str, parts: Sequence[_Part]) -> None:
        """Write the signs of a segment; where all its parts have some, these."""
        segment = Segment(self.home, name)
        if self._rotation is None:
            self._rotation = _random_rotation(segment.halves)
        signs: Iterator[Bytes]
        if parts and all(part.segment.has_signs for part in parts):
            copied = _merged(parts, lambda segment: segment.signs)
            signs = (block for _, block in copied)
        else:
            signs = _signs_of(segment.halves, self._rotation)
        flat = load_faiss().IndexBinaryFlat(self._rotation.shape[1])
        with (self.home / f"{name}.signs").open("wb") as file:
            _begin(file, flat, 0)
            for block in signs:
                file.write(block.data)
            _begin(file, flat, len(segment.rows))

    def _join(self, group: Sequence[str]) -> None:
        """Write the living rows of some segments as one, ascending, in place of them."""
        self._write_joined([_Part(self.home, name, self.dead[name]) for name in group])
        for name in group:  # whose files are no longer mapped
            del self.dead[name], self.sizes[name]
            for part in LINKED:
                (self.home / f"{name}.{part}").unlink(missing_ok=True)
        logger.debug("vector index: %d segments became one", len(group))

    def _write_joined(self, parts: Sequence[_Part]) -> None:
        with _SegmentFile(self.home, self.dim) as file:
            for rows, codes in _merged(parts, lambda segment: segment.codes):
                file.append(rows, codes)
            self._take(file, parts)


class _Part:
    """A segment that is to be merged, and the places of its rows that live."""

    def __init__(self, home: Path, name: str, dead: Rows) -> None:
        import numpy as np

        self.segment = Segment(home, name)
        gone = self.segment.find(dead, with_dead=True)[1]
        self.places = np.delete(np.arange(len(self.segment.rows)), gone)


def _merged(
    parts: Sequence[_Part], column: Callable[[Segment], Bytes]
) -> Iterator[tuple[Rows, Bytes]]:
    """The living rows of the parts, ascending, and a column of theirs, uint8 (n, bytes), block by
    block.
    """
    import numpy as np

    rows = np.concatenate([part.segment.rows[part.places] for part in parts])
    owners = np.repeat(np.arange(len(parts)), [len(part.places) for part in parts])
    places = np.concatenate([part.places for part in parts])
    columns = [column(part.segment) for part in parts]
    order = np.argsort(rows, kind="stable")
    for begin in range(0, len(order), BLOCK_ROWS):
        block = order[begin : begin + BLOCK_ROWS]
        values = np.empty((len(block), columns[0].shape[1]), np.uint8)
        for owner in np.unique(owners[block]).tolist():
            own = owners[block] == owner
            values[own] = columns[owner][places[block[own]]]
        yield rows[block], values


class _SegmentFile:
    """Rows and vectors on their way to disk; a context manager that leaves no unfinished file. The
    file is as FAISS writes it, but needs no memory for what it holds.
    """

    def __init__(self, home: Path, dim: int) -> None:
        self._home, self._index = home, empty_index(dim)
        self._aside = home / "unfinished"
        self._file: BinaryIO | None = None
        self._rows: list[Rows] = []
        self.count = 0

    def __enter__(self) -> _SegmentFile:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
            self._aside.unlink(missing_ok=True)

    def append(self, rows: Rows, codes: Bytes) -> None:
        """Write a block of rows with their vectors' codes."""
        if self._file is None:
            self._file = self._aside.open("wb")
            _begin(self._file, self._index, 0)
        self._file.write(codes.data)
        self._rows.append(rows)
        self.count += len(rows)

    def finish(self, name: str) -> int:
        """Give the file its name; how many rows it holds. The next block begins another."""
        import numpy as np

        assert self._file is not None  # noqa: S101 - tells the type checker
        with self._file as file:
            _begin(file, self._index, self.count)
        self._aside.replace(self._home / f"{name}.f16")
        np.save(self._home / f"{name}.rows.npy", np.concatenate(self._rows))
        count = self.count
        self._file, self._rows, self.count = None, [], 0
        return count


def _begin(file: BinaryIO, index: Any, count: int) -> None:
    """Write what stands before the codes in a file of FAISS's: `index` is an empty one of the kind,
    `count` the rows that the file is to hold.
    """
    faiss = load_faiss()
    is_binary = isinstance(index, faiss.IndexBinary)
    serialize = faiss.serialize_index_binary if is_binary else faiss.serialize_index
    index.ntotal = count
    header = serialize(index).tobytes()
    index.ntotal = 0
    size = count * index.code_size
    file.seek(0)
    file.write(header[: -LENGTH.size] + LENGTH.pack(size))


def _encode(rows: Rows, vectors: Vectors, last: int, dim: int) -> tuple[Rows, Bytes]:
    """A block's rows and the codes of its vectors, both checked; `last` is the row before."""
    import numpy as np

    rows = np.asarray(rows, dtype=np.int64)
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    if not len(rows):
        return rows, np.empty((0, 2 * dim), np.uint8)
    if vectors.shape != (len(rows), dim) or not np.isfinite(vectors).all():
        raise ValueError(
            f"vectors of shape {vectors.shape} for {len(rows)} rows of {dim} dimensions"
        )
    if rows[0] <= last or (np.diff(rows) <= 0).any():
        raise ValueError("rows must ascend")
    return rows, empty_index(dim).sa_encode(vectors)


def _signs_of(halves: Halves, rotation: Vectors) -> Iterator[Bytes]:
    import numpy as np

    for begin in range(0, len(halves), BLOCK_ROWS):
        yield sign_bits(halves[begin : begin + BLOCK_ROWS].astype(np.float32), rotation)


def _random_rotation(halves: Halves) -> Vectors:
    """A fixed random rotation with the turned centre of these vectors below; columns of zeros fill
    the last byte with equal bits.
    """
    import numpy as np

    some = halves[:: max(1, len(halves) // BLOCK_ROWS)].astype(np.float32)
    centre, dim = some.mean(axis=0), halves.shape[1]
    rotation = np.linalg.qr(np.random.default_rng(20_261_120).standard_normal((dim, dim)))[0]
    rotation = np.pad(np.vstack([rotation, centre @ rotation]), ((0, 0), (0, -dim % 8)))
    result: Vectors = rotation.astype(np.float32)
    return result
