"""Rows as PostgreSQL's binary COPY takes them, and vectors as it gives them."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from litmap.stores.contract import Block, Change, clean

if TYPE_CHECKING:
    from litmap.models import Passage, Vectors

_COLUMNS = "row, work, source, kind, page, section, text, vector, added"
_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_TRAILER = struct.pack(">h", -1)
_NULL = struct.pack(">i", -1)
_NUMBERS = {"halfvec": ">f2", "vector": ">f4"}
"""Components of pgvector's types on the wire; before them stand their number and a zero, two bytes
each."""


def copy_rows(connection: Any, table: str, build: int, change: Change) -> int:
    """Add the passages and vectors of a change to a table; their number."""
    kind = connection.execute(
        "SELECT format_type(atttypid, NULL) FROM pg_attribute "
        "WHERE attrelid = to_regclass(%s) AND attname = 'vector'",
        (table,),
    ).fetchone()[0]
    kind = kind.rpartition(".")[2]
    count = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({_COLUMNS}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.write(_HEADER)
        for block in change.added:
            for record in _records(block, kind, build):
                copy.write(record)
            count += len(block.passages)
        copy.write(_TRAILER)
    return count


def _records(block: Block, kind: str, build: int) -> Iterator[bytes]:
    """Each passage as a row. Vectors are rounded to half precision whatever the type: the scores
    are then those of every other store.
    """
    import numpy as np

    numbers = block.vectors.astype(np.float16).astype(_NUMBERS[kind])
    head = struct.pack(">hh", numbers.shape[1], 0)
    vectors = iter(numbers)
    for passage, is_embedded in zip(block.passages, block.embedded.tolist(), strict=True):
        vector = head + next(vectors).tobytes() if is_embedded else None
        yield _record(passage, vector, build)


def _record(passage: Passage, vector: bytes | None, build: int) -> bytes:
    chunk = passage.chunk
    fields = (
        struct.pack(">q", passage.row),
        *(clean(text).encode() for text in (passage.work, chunk.source, chunk.kind)),
        struct.pack(">i", chunk.page),
        *(clean(text).encode() for text in (chunk.section, chunk.text)),
        vector,
        struct.pack(">i", build),
    )
    return struct.pack(">h", len(fields)) + b"".join(
        _NULL if field is None else struct.pack(">i", len(field)) + field for field in fields
    )


def read_vectors(found: Sequence[bytes], kind: str) -> Vectors:
    """Vectors in binary form, float32 (n, dim)."""
    import numpy as np

    if not found:
        return np.empty((0, 0), np.float32)
    joined = b"".join(one[4:] for one in found)
    vectors: Vectors = np.frombuffer(joined, _NUMBERS[kind]).astype(np.float32)
    return vectors.reshape(len(found), -1)
