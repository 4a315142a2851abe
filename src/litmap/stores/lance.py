"""Vectors and passages in a LanceDB table, in a folder or an object store.

The table of a library has a version for each build; a reader checks out that of its own, and the
tag `current` names that of the published build for other programs. Columns: row, work, source,
kind, page, section, text and vector (float16, null where a passage is not embedded).
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmap.errors import DamagedBuild, LibraryError, UsageError
from litmap.index.ranking import SPARE_ROWS, best, queries_of
from litmap.paths import LibraryPaths
from litmap.stores.contract import Block, Change, Place, StoredBuild, clean
from litmap.stores.naming import library_name, name_library
from litmap.stores.ranking import placed, runs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from litmap.models import Vectors

    Rows = NDArray[np.int64]
    Mask = NDArray[np.bool_]

logger = logging.getLogger(__name__)

CURRENT = "current"
"""The tag of the published build's version."""
MAX_EXACT_ROWS = 20_000
"""Up to this many rows, or allowed ones, every vector is compared: 40 ms. Beyond it there is an
IVF-RaBitQ index: at 100,000 rows built in 12 s, 25 ms a search instead of 200."""
PROBES, REFINED = 20, 4
"""Lists of the index that are looked through, and candidates that are compared exactly, in parts
of those wanted: recall@10 1.00, recall@300 .985 at 100,000 rows."""
MAX_TERMS = 2000
"""Runs of rows up to which a filter is written out: parsing it takes some 20 ms. What has more is
answered by asking for more rows and dropping what is not allowed."""
MAX_APPROXIMATE = 4000
"""Rows up to which more are asked of the index; beyond it all are compared."""
BATCH_ROWS = 20_000
"""Rows that are handed over at once."""
KEEP_ALL = timedelta(days=36_500)


class LanceStore:
    """The table of one library. Raises `UsageError` where lancedb is not installed."""

    kind = "lancedb"

    def __init__(self, address: str, library: Path) -> None:
        _load()
        self.address = address
        self.uri = address or str(LibraryPaths(library).lance)
        self._library = library

    @property
    def table(self) -> str:
        """The table's name; '' where the library has none yet."""
        return library_name(self._library) if self.address else "passages"

    def holds(self, place: Place) -> bool:
        """Whether a place is this table."""
        own = (self.kind, self.address, self.table)
        return own == (place.get("kind"), place.get("address"), place.get("table"))

    def write(self, base: StoredBuild | None, new: StoredBuild, change: Change) -> Place:
        """Add versions to the table; the last is the new build's."""
        if self.address:
            name_library(self._library)
        with _clear_errors(self.uri):
            if base is None:
                table = self._begin(change)
            else:
                table = _at(self.uri, base.place)
                if _latest(self.uri, base.place).version != table.version:
                    table.restore()  # what a writer left that was killed is undone
                table.checkout_latest()
                _delete(table, change.removed)
            for batch in _batches(change):
                table.add(batch, on_bad_vectors="null")  # those of passages that are not embedded
            _index(table)
            table.optimize(cleanup_older_than=KEEP_ALL)
            return {
                "kind": self.kind,
                "address": self.address,
                "table": self.table,
                "version": table.version,
            }

    def _begin(self, change: Change) -> Any:
        """The table without rows; older versions stay readable."""
        return _connect(self.uri).create_table(
            self.table, schema=_schema(change.dim), mode="overwrite"
        )

    def announce(self, place: Place) -> None:
        """Let the tag name the build's version."""
        with _clear_errors(self.uri):
            table = _at(self.uri, place)
            if CURRENT in table.tags.list():
                if table.tags.get_version(CURRENT) != place["version"]:
                    table.tags.update(CURRENT, place["version"])
            else:
                table.tags.create(CURRENT, place["version"])

    def open(self, build: StoredBuild) -> LanceVectors:
        """The build's version of the table."""
        with _clear_errors(self.uri):
            return LanceVectors(_at(self.uri, build.place), self.uri)

    def prune(self, kept: Sequence[Place]) -> None:
        """Delete versions older than those of the kept builds, or the table."""
        with _clear_errors(self.uri):
            if not kept:
                _connect(self.uri).drop_table(self.table, ignore_missing=True)
                return
            table = _latest(self.uri, kept[0])
            oldest = min(int(one["version"]) for one in kept)
            times = {v["version"]: v["timestamp"] for v in table.list_versions()}
            if oldest in times and min(times) < oldest:
                age = time.time() - times[oldest].timestamp() + 1
                table.optimize(cleanup_older_than=timedelta(seconds=age))


class LanceVectors:
    """One version of the table."""

    def __init__(self, table: Any, uri: str) -> None:
        self._table, self._uri = table, uri
        self.dim: int = table.schema.field("vector").type.list_size
        self._size: int = table.count_rows()
        self._is_indexed = _has_index(table)

    def __len__(self) -> int:
        count: int = self._table.count_rows("vector IS NOT NULL")
        return count

    @property
    def rows(self) -> Rows:
        """int64, ascending: the rows that have a vector."""
        import numpy as np

        query = self._table.search().where("vector IS NOT NULL").select(["row"]).limit(self._size)
        return np.sort(query.to_arrow()["row"].to_numpy())

    def search(
        self, vectors: Vectors, k: int, allowed: Mask | None = None, *, exact: bool = False
    ) -> tuple[Vectors, Rows]:
        """See `StoredVectors.search`."""
        queries = queries_of(vectors, self.dim)
        with _clear_errors(self._uri):
            found = (self._find(query, k, allowed, exact=exact) for query in queries)
            return best(found, len(queries), k)

    def _find(
        self, query: Vectors, k: int, allowed: Mask | None, *, exact: bool
    ) -> tuple[Vectors, Rows]:
        """Scores and rows of at least the `k` best, in no order."""
        import numpy as np

        if allowed is None or not self._size:
            return self._nearest(query, k, exact=exact or self._size <= MAX_EXACT_ROWS)
        permitted = np.flatnonzero(allowed)
        spans = runs(permitted)
        if len(spans) <= MAX_TERMS:
            is_few = exact or permitted.size <= MAX_EXACT_ROWS
            return self._nearest(query, k, exact=is_few, where=_where(spans))
        return self._filtered_after(query, k, allowed, exact=exact)

    def _filtered_after(
        self, query: Vectors, k: int, allowed: Mask, *, exact: bool
    ) -> tuple[Vectors, Rows]:
        """The same for a filter of too many runs: ask for more, drop what is not allowed."""
        import numpy as np

        share = max(np.count_nonzero(allowed) / len(allowed), 1 / len(allowed))
        asked = int(1.2 * k / share) + 50
        while True:
            scores, rows = self._nearest(
                query, asked, exact=exact or asked > MAX_APPROXIMATE or self._size <= MAX_EXACT_ROWS
            )
            kept = rows < len(allowed)
            kept[kept] = allowed[rows[kept]]
            if np.count_nonzero(kept) >= k or asked >= self._size:
                return scores[kept], rows[kept]
            asked = min(4 * asked, self._size)

    def _nearest(
        self, query: Vectors, k: int, *, exact: bool, where: str = ""
    ) -> tuple[Vectors, Rows]:
        """Scores, each summed in single precision and in one way, and rows of more than `k` of the
        nearest.
        """
        import numpy as np

        if where == _NOTHING or not self._size:
            return np.empty(0, np.float32), np.empty(0, np.int64)
        question = self._table.search(query).select(["row", "vector", "_distance"])
        if exact or not self._is_indexed:
            question = question.distance_type("dot").bypass_vector_index()
        else:
            question = question.distance_type("cosine").refine_factor(REFINED)
            question = question.minimum_nprobes(PROBES).maximum_nprobes(0)
        if where:
            question = question.where(where, prefilter=True)
        found = question.limit(k + SPARE_ROWS).to_arrow()
        return np.einsum("ij,j->i", self._read(found), query), found["row"].to_numpy()

    def vectors(self, rows: Rows) -> Vectors:
        """See `StoredVectors.vectors`."""
        import numpy as np

        wanted = np.asarray(rows, dtype=np.int64)
        distinct = np.unique(wanted)
        spans = runs(distinct)
        parts = [spans[i : i + MAX_TERMS] for i in range(0, len(spans), MAX_TERMS)]
        with _clear_errors(self._uri):
            tables = [
                self._table.search()
                .where(f"({_where(part)}) AND vector IS NOT NULL")
                .select(["row", "vector"])
                .limit(distinct.size)
                .to_arrow()
                for part in parts
            ]
        found = [np.empty((0, self.dim), np.float32), *map(self._read, tables)]
        at = [np.empty(0, np.int64), *(table["row"].to_numpy() for table in tables)]
        return placed(wanted, np.concatenate(at), np.concatenate(found), self.dim)

    def _read(self, found: Any) -> Vectors:
        """The column `vector`, float32 (n, dim)."""
        import numpy as np

        column = found["vector"].combine_chunks()
        if not len(column):
            return np.empty((0, self.dim), np.float32)
        halves: Vectors = column.flatten().to_numpy().astype(np.float32)
        return halves.reshape(-1, self.dim)


_NOTHING = "false"


def _where(spans: Sequence[tuple[int, int]]) -> str:
    """A condition that holds for the rows of these runs."""
    singles = ",".join(str(first) for first, last in spans if first == last)
    longer = [f"(row >= {first} AND row <= {last})" for first, last in spans if first != last]
    return " OR ".join(([f"row IN ({singles})"] if singles else []) + longer) or _NOTHING


def _schema(dim: int) -> Any:
    import pyarrow as pa

    texts = [(name, pa.string()) for name in ("work", "source", "kind", "section", "text")]
    fields = [("row", pa.int64()), ("page", pa.int32()), *texts]
    return pa.schema([*fields, ("vector", pa.list_(pa.float16(), dim))])


def _batches(change: Change) -> Iterator[Any]:
    """The added blocks as tables of some size."""
    waiting: list[Block] = []
    for block in change.added:
        waiting.append(block)
        if sum(len(b.passages) for b in waiting) >= BATCH_ROWS:
            yield _as_table(waiting, change.dim)
            waiting = []
    if waiting:
        yield _as_table(waiting, change.dim)


def _as_table(blocks: Sequence[Block], dim: int) -> Any:
    import numpy as np
    import pyarrow as pa

    passages = [p for block in blocks for p in block.passages]
    embedded = np.concatenate([block.embedded for block in blocks])
    halves = np.zeros((len(passages), dim), np.float16)
    halves[embedded] = np.concatenate([block.vectors for block in blocks]).astype(np.float16)
    columns = {
        "row": [p.row for p in passages],
        "page": [p.chunk.page for p in passages],
        "work": [clean(p.work) for p in passages],
        "source": [clean(p.chunk.source) for p in passages],
        "kind": [p.chunk.kind for p in passages],
        "section": [clean(p.chunk.section) for p in passages],
        "text": [clean(p.chunk.text) for p in passages],
        "vector": pa.FixedSizeListArray.from_arrays(
            pa.array(halves.ravel()), dim, mask=pa.array(~embedded)
        ),
    }
    schema = _schema(dim)
    return pa.RecordBatchReader.from_batches(
        schema, pa.table({name: columns[name] for name in schema.names}, schema).to_batches()
    )


def _delete(table: Any, rows: Rows) -> None:
    spans = runs(rows)
    for begin in range(0, len(spans), MAX_TERMS):
        table.delete(_where(spans[begin : begin + MAX_TERMS]))


def _index(table: Any) -> None:
    """Give a table that has grown its indexes: of rows, works and vectors."""
    from lancedb.index import BTree, IvfRq

    known = {column for index in table.list_indices() for column in index.columns}
    for column in {"row", "work"} - known:
        table.create_index(column, config=BTree())
    if "vector" not in known and table.count_rows("vector IS NOT NULL") > MAX_EXACT_ROWS:
        table.create_index("vector", config=IvfRq(distance_type="cosine"))


def _has_index(table: Any) -> bool:
    return any("vector" in index.columns for index in table.list_indices())


def _load() -> Any:
    os.environ.setdefault("LANCEDB_LOG", "error")  # else it warns of each table that it makes
    try:
        import lancedb
    except ImportError as error:
        raise UsageError(
            "the store lancedb needs an extra: pip install 'litmap[lancedb]'",
            subject="store_vectors",
        ) from error
    return lancedb


def _connect(uri: str) -> Any:
    return _load().connect(uri)


def _latest(uri: str, place: Place) -> Any:
    """The table in its newest version. Raises `DamagedBuild` where it is gone."""
    with suppress(FileNotFoundError):
        connection = _connect(uri)
        try:
            return connection.open_table(place["table"])
        except ValueError as error:
            if "not found" not in str(error):
                raise
    raise _gone(uri, f"the table {place['table']} is not there")


def _at(uri: str, place: Place) -> Any:
    """The table in the version of a build. Raises `DamagedBuild` where it is gone."""
    table = _latest(uri, place)
    try:
        table.checkout(int(place["version"]))
    except ValueError as error:
        raise _gone(uri, str(error)) from error
    return table


def _gone(uri: str, why: str) -> DamagedBuild:
    return DamagedBuild(
        f"the vectors in {uri} are gone: {why}. `litmap doctor --fix` builds them again.",
        subject=uri,
    )


@contextmanager
def _clear_errors(uri: str) -> Iterator[None]:
    """Turn what LanceDB raises where a folder or store cannot be read or written into an error
    that says which.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        why = str(error).splitlines()[0][:300]
        raise LibraryError(
            f"the Lance table in {uri} cannot be read or written: {why}", subject=uri
        ) from error
