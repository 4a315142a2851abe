"""Vectors and passages in PostgreSQL with pgvector, a schema for each library.

A table of passages says of each row from which build on it is there and in which it is there no
more; a reader asks for those of its own build. The view `passages` shows the published build to
other programs. A build that goes on from none begins a table of its own.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from litmap.errors import DamagedBuild, LibraryError, SettingsError, UsageError
from litmap.index.ranking import SPARE_ROWS, best, queries_of
from litmap.stores.contract import Change, Place, StoredBuild
from litmap.stores.naming import library_name, name_library
from litmap.stores.postgres_connections import Connections, connect
from litmap.stores.postgres_copy import copy_rows, read_vectors
from litmap.stores.ranking import placed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from litmap.models import Vectors

    Rows = NDArray[np.int64]
    Mask = NDArray[np.bool_]

logger = logging.getLogger(__name__)

MAX_EXACT_ROWS = 20_000
"""Up to this many rows, or allowed ones, every vector is compared; beyond it there is an HNSW
index."""
HALFVEC, ITERATIVE = (0, 7), (0, 8)
"""Versions of pgvector from which it has vectors in half precision, and searches that go on until
a filter is satisfied."""
MAX_INDEXED_DIM = {"halfvec": 4000, "vector": 2000}
"""Dimensions up to which pgvector indexes vectors."""
LARGEST_INLINE = 4000
"""Bytes of a vector that stays in its row, beside texts that are moved out: scans read less."""
CONNECTIONS, LINKS = 16, 100
"""HNSW: neighbours of a vector, and candidates looked at while the index is built."""
CANDIDATES = 400
"""HNSW: candidates looked at by a search, enough for the 300 that a search wants: recall@10 1.00 in
40 ms at 100,000 rows (`benchmarks.speed.stores`)."""
LOCK_SECONDS = 20
"""Most seconds that a change of the view or a table waits for programs that read it."""


class PostgresStore:
    """The schema of one library. Raises `UsageError` where psycopg is not installed, and
    `SettingsError` where no address is given.
    """

    kind = "postgres"

    def __init__(self, address: str, library: Path) -> None:
        if not address.startswith(("postgresql://", "postgres://")):
            raise SettingsError(
                'the store postgres needs an address: address = "postgresql://user@host/database" '
                "below [store]",
                subject="store_address",
            )
        try:
            import psycopg  # noqa: F401 - is it there?
        except ImportError as error:
            raise UsageError(
                "the store postgres needs an extra: pip install 'litmap[postgres]'",
                subject="store_vectors",
            ) from error
        self.address = address
        self._library = library

    @property
    def schema(self) -> str:
        """The schema's name; '' where the library has none yet."""
        return library_name(self._library)

    def holds(self, place: Place) -> bool:
        """Whether a place is in this schema."""
        own = (self.kind, self.address, self.schema)
        return own == (place.get("kind"), place.get("address"), place.get("schema"))

    def write(self, base: StoredBuild | None, new: StoredBuild, change: Change) -> Place:
        """Write all in one transaction: a writer that is killed leaves nothing."""
        place: dict[str, Any] = {
            "kind": self.kind,
            "address": self.address,
            "schema": name_library(self._library),
        }
        with connect(self.address) as connection, connection.transaction():
            version = _pgvector(connection, self.address)
            if base is None:
                word = re.sub(r"[^a-z0-9]", "", new.folder.name.lower())[-40:]
                place |= {"table": f"passages_{word}", "build": 1}
                _create(connection, place, change.dim, version)
            else:
                place |= {"table": base.place["table"], "build": int(base.place["build"]) + 1}
                _go_on(connection, base.place, change.removed)
            added = copy_rows(connection, _name(place), place["build"], change)
            place |= _counted(connection, place)
            _index(connection, place, change.dim)
            if base is None or added > MAX_EXACT_ROWS:
                connection.execute(f"ANALYZE {_name(place)}")
        return place

    def announce(self, place: Place) -> None:
        """Let the view show the build."""
        schema = _identifier(place["schema"])
        with connect(self.address) as connection, connection.transaction():
            _see_table(connection, place)
            connection.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            shown = connection.execute(f"SELECT shown, build FROM {schema}.published").fetchone()  # noqa: S608 - checked names
            if shown is None or shown[0] != place["table"]:
                _show(connection, place)
            if shown != (place["table"], place["build"]):
                connection.execute(f"DELETE FROM {schema}.published")  # noqa: S608 - checked names
                connection.execute(
                    f"INSERT INTO {schema}.published VALUES (%s, %s, now())",  # noqa: S608 - checked names
                    (place["table"], place["build"]),
                )

    def open(self, build: StoredBuild) -> PostgresVectors:
        """The build's rows."""
        return PostgresVectors(build.place)

    def prune(self, kept: Sequence[Place]) -> None:
        """Delete rows that no kept build has, and tables of none; the whole schema where none is
        kept.
        """
        schema = _identifier(self.schema)
        with connect(self.address) as connection, connection.transaction():
            connection.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            if not kept:
                connection.execute(f"DROP VIEW IF EXISTS {schema}.passages")
                connection.execute(f"DROP TABLE IF EXISTS {schema}.published")
            tables = {str(one["table"]) for one in kept}
            for table in _tables(connection, schema):
                if table not in tables:
                    connection.execute(f"DROP TABLE {schema}.{table}")
                    continue
                oldest = min(int(one["build"]) for one in kept if one["table"] == table)
                connection.execute(f"DELETE FROM {schema}.{table} WHERE removed <= %s", (oldest,))  # noqa: S608 - checked names
            if not kept:
                connection.execute(f"DROP SCHEMA IF EXISTS {schema}")


class PostgresVectors:
    """The vectors of one build. Connections are kept for as long as this is."""

    def __init__(self, place: Place) -> None:
        self._table, self._living = _name(place), _living(place)
        self._count, self._end = int(place["vectors"]), int(place["end"])
        with connect(place["address"]) as connection:
            _see_table(connection, place)
            self.dim, self._type = _column(connection, place)
            version = _pgvector(connection, place["address"])
            self._is_indexed = _has_index(connection, place)
        self._connections = Connections(place["address"], _tuning(version, self._is_indexed))

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> Rows:
        """int64, ascending: the rows that have a vector."""
        import numpy as np

        query = f"SELECT row FROM {self._table} WHERE {self._living} AND vector IS NOT NULL"  # noqa: S608 - checked names
        return np.sort(np.array([row for (row,) in self._connections.fetch(query)], np.int64))

    def search(
        self, vectors: Vectors, k: int, allowed: Mask | None = None, *, exact: bool = False
    ) -> tuple[Vectors, Rows]:
        """See `StoredVectors.search`."""
        queries = queries_of(vectors, self.dim)
        rows = self._filter(allowed)
        found = (self._find(query, k, rows, exact=exact) for query in queries)
        return best(found, len(queries), k)

    def _filter(self, allowed: Mask | None) -> _Filter:
        """The condition that lets the allowed rows through: few as a list, many as a bit each."""
        import numpy as np

        if allowed is None:
            return _Filter("true", {}, self._count)
        known = np.zeros(max(self._end, 1), dtype=bool)
        shared = min(len(known), len(allowed))
        known[:shared] = allowed[:shared]
        count = int(np.count_nonzero(known))
        if count <= MAX_EXACT_ROWS:
            return _Filter("row = ANY(%(rows)s)", {"rows": np.flatnonzero(known).tolist()}, count)
        condition = f"CASE WHEN row < {self._end} THEN get_bit(%(allowed)s, row) = 1 ELSE false END"
        return _Filter(
            condition, {"allowed": np.packbits(known, bitorder="little").tobytes()}, count
        )

    def _find(self, query: Vectors, k: int, rows: _Filter, *, exact: bool) -> tuple[Vectors, Rows]:
        """Scores and rows of at least the `k` best, in no order."""
        if not rows.size:
            return _as_arrays([])
        if exact or not self._is_indexed or rows.size <= MAX_EXACT_ROWS:
            return _as_arrays(self._nearest(query, k + SPARE_ROWS, rows, "<#>"))
        found = self._nearest(query, k + k // 4 + SPARE_ROWS, rows, "<=>")
        if len(found) < min(k, rows.size):  # too few of the candidates are allowed
            found = self._nearest(query, k + SPARE_ROWS, rows, "<#>")
        return _as_arrays(found)

    def _nearest(
        self, query: Vectors, count: int, rows: _Filter, distance: str
    ) -> list[tuple[int, float]]:
        """Rows and scores, these in single precision. The index serves `<=>` alone. The query is
        named twice: one parameter has one type.
        """
        question = "[" + ",".join(map(repr, query.tolist())) + "]"
        return self._connections.fetch(
            f"SELECT row, -(vector::vector <#> %(query)s::vector) FROM ("  # noqa: S608 - checked names
            f" SELECT row, vector FROM {self._table}"
            f" WHERE vector IS NOT NULL AND {self._living} AND {rows.condition}"
            f" ORDER BY vector {distance} %(rounded)s::{self._type} LIMIT %(count)s) AS nearest",
            {"query": question, "rounded": question, "count": count, **rows.values},
        )

    def vectors(self, rows: Rows) -> Vectors:
        """See `StoredVectors.vectors`."""
        import numpy as np

        wanted = np.asarray(rows, dtype=np.int64)
        found = self._connections.fetch(
            f"SELECT row, vector FROM {self._table} WHERE row = ANY(%(rows)s) "  # noqa: S608 - checked names
            f"AND vector IS NOT NULL AND {self._living}",
            {"rows": np.unique(wanted).tolist()},
        )
        at = np.array([row for row, _ in found], np.int64)
        return placed(wanted, at, read_vectors([v for _, v in found], self._type), self.dim)


class _Filter(NamedTuple):
    """A condition on rows with its values, and how many rows satisfy it."""

    condition: str
    values: dict[str, Any]
    size: int


def _as_arrays(found: Sequence[tuple[int, float]]) -> tuple[Vectors, Rows]:
    import numpy as np

    return (
        np.array([score for _, score in found], np.float32),
        np.array([row for row, _ in found], np.int64),
    )


def _name(place: Place) -> str:
    """The table of a place. Raises `DamagedBuild` where it is no name."""
    return f"{_identifier(place['schema'])}.{_identifier(place['table'])}"


def _identifier(name: object) -> str:
    """A name that may stand in a statement. Raises `DamagedBuild` for another."""
    if isinstance(name, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
        return name
    raise DamagedBuild("the manifest names no table. `litmap doctor --fix` builds it again.")


def _pgvector(connection: Any, address: str) -> tuple[int, ...]:
    """The version of the extension in this database, which is created where it may be. Raises
    `LibraryError`.
    """
    import psycopg

    query = "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
    found = connection.execute(query).fetchone()
    if found is None:
        try:
            with connection.transaction():
                connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        except psycopg.Error as error:
            raise LibraryError(
                f"the database has no pgvector ({str(error).splitlines()[0]}): install it on the "
                "server and have its administrator say CREATE EXTENSION vector there",
                subject=address,
            ) from error
        found = connection.execute(query).fetchone()
    return tuple(int(part) for part in found[0].split(".") if part.isdigit())


def _create(connection: Any, place: Place, dim: int, version: tuple[int, ...]) -> None:
    """A table without rows, and what is there once for a library."""
    schema, table = place["schema"], _name(place)
    kind = "halfvec" if version >= HALFVEC else "vector"
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {schema}.published"
        " (shown text NOT NULL, build integer NOT NULL, at timestamptz NOT NULL)"
    )
    connection.execute(
        f"CREATE TABLE {table} (row bigint PRIMARY KEY, work text NOT NULL, source text NOT NULL,"
        " kind text NOT NULL, page integer NOT NULL, section text NOT NULL, text text NOT NULL,"
        f" vector {kind}({dim}), added integer NOT NULL, removed integer)"
        " WITH (toast_tuple_target = 128)"
    )
    if dim * (2 if kind == "halfvec" else 4) <= LARGEST_INLINE:
        connection.execute(f"ALTER TABLE {table} ALTER COLUMN vector SET STORAGE PLAIN")
    for column in ("work", "added", "removed"):
        connection.execute(f"CREATE INDEX ON {table} ({column})")


def _go_on(connection: Any, base: Place, removed: Rows) -> None:
    """The table as the base has it, whatever a writer left that was killed before it published;
    then without the removed rows.
    """
    _see_table(connection, base)
    table, build = _name(base), int(base["build"])
    connection.execute(f"DELETE FROM {table} WHERE added > %s", (build,))  # noqa: S608 - checked names
    connection.execute(f"UPDATE {table} SET removed = NULL WHERE removed > %s", (build,))  # noqa: S608 - checked names
    connection.execute(
        f"UPDATE {table} SET removed = %s WHERE row = ANY(%s)",  # noqa: S608 - checked names
        (build + 1, removed.tolist()),
    )


def _living(place: Place) -> str:
    """The condition that holds for the rows of a build."""
    build = int(place["build"])
    return f"added <= {build} AND (removed IS NULL OR removed > {build})"


def _counted(connection: Any, place: Place) -> dict[str, int]:
    """How many vectors a build has, and the number behind its last row."""
    count, end = connection.execute(
        f"SELECT count(vector), coalesce(max(row) + 1, 0) FROM {_name(place)} "  # noqa: S608 - checked names
        f"WHERE {_living(place)}"
    ).fetchone()
    return {"vectors": count, "end": end}


def _index(connection: Any, place: Place, dim: int) -> None:
    """Give a table that has grown an index of its vectors."""
    table = _name(place)
    _, kind = _column(connection, place)
    is_small = place["vectors"] <= MAX_EXACT_ROWS or dim > MAX_INDEXED_DIM[kind]
    if is_small or _has_index(connection, place):
        return
    connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
    connection.execute(
        f"CREATE INDEX {place['table']}_vector ON {table} USING hnsw (vector {kind}_cosine_ops)"
        f" WITH (m = {CONNECTIONS}, ef_construction = {LINKS})"
    )


def _has_index(connection: Any, place: Place) -> bool:
    found = connection.execute(
        "SELECT to_regclass(%s)", (f"{place['schema']}.{place['table']}_vector",)
    ).fetchone()
    return found[0] is not None


def _column(connection: Any, place: Place) -> tuple[int, str]:
    """Dimensions and type of the vectors."""
    text = connection.execute(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = to_regclass(%s) AND attname = 'vector'",
        (_name(place),),
    ).fetchone()[0]
    kind, _, dim = text.rpartition(".")[2].rstrip(")").partition("(")
    return int(dim), kind


def _tuning(version: tuple[int, ...], is_indexed: bool) -> tuple[str, ...]:
    """What each connection sets for its searches."""
    if not is_indexed:
        return ()
    further = ("SET hnsw.iterative_scan = relaxed_order",) if version >= ITERATIVE else ()
    return ("SELECT '[1]'::vector", f"SET hnsw.ef_search = {CANDIDATES}", *further)


def _show(connection: Any, place: Place) -> None:
    """Make the view of the published build, of this table."""
    import psycopg

    schema = place["schema"]
    build = f"(SELECT build FROM {schema}.published)"  # noqa: S608 - checked names
    view = (
        f"VIEW {schema}.passages AS SELECT row, work, source, kind, page, section, text, vector "  # noqa: S608 - checked names
        f"FROM {_name(place)} WHERE added <= {build} AND (removed IS NULL OR removed > {build})"
    )
    try:
        with connection.transaction():
            connection.execute(f"CREATE OR REPLACE {view}")
    except psycopg.errors.InvalidTableDefinition:  # vectors of another size
        connection.execute(f"DROP VIEW {schema}.passages")
        connection.execute(f"CREATE {view}")


def _tables(connection: Any, schema: str) -> list[str]:
    """The tables of passages in a schema."""
    found = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename LIKE %s",
        (schema, r"passages\_%"),
    )
    return sorted(name for (name,) in found)


def _see_table(connection: Any, place: Place) -> None:
    """Raises `DamagedBuild` where the table is gone."""
    table = _name(place)
    if connection.execute("SELECT to_regclass(%s)", (table,)).fetchone()[0] is None:
        raise DamagedBuild(
            f"the table {table} is gone from the database. `litmap doctor --fix` builds it again.",
            subject=table,
        )
