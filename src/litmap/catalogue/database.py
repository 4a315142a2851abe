"""What the catalogue asks of the database that holds it: SQLite (`connection`) or PostgreSQL
(`postgres`).

Its SQL is what both understand: `?` for a value, upserts by `ON CONFLICT`, `rowid` for the order in
which rows were put, text in the order of its bytes. What they say differently is a method here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol


class Cursor(Protocol):
    """The rows of one statement."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed."""
        ...

    def fetchone(self) -> Any:
        """The next row, None behind the last."""
        ...

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Database(Protocol):
    """An open connection. Statements outside a transaction count at once."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is under way; not any more where the database ended it."""
        ...

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Cursor:
        """One statement."""
        ...

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Cursor:
        """One statement for each row of values."""
        ...

    def stream(self, sql: str) -> Iterator[Any]:
        """The rows of one statement, some at a time; PostgreSQL wants a transaction for that."""
        ...

    def replace_rows(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Put whole rows, columns in their order; a row with the same key gives way, and its place
        in the order too.
        """
        ...

    def begin(self, *, writes: bool) -> None:
        """Begin a transaction: one that writes waits for others that do, the reads of another all
        see one state.
        """
        ...

    def begin_script(self, script: str) -> None:
        """Begin a transaction that writes with a migration's script, written for SQLite."""
        ...

    def commit(self) -> None:
        """End the transaction; all of it counts."""
        ...

    def rollback(self) -> None:
        """End the transaction; nothing of it counts."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...

    def format_number(self) -> int:
        """The number of the last migration; 0 where there is no catalogue yet."""
        ...

    def set_format_number(self, number: int) -> None:
        """Keep the number of the last migration."""
        ...

    def table_columns(self) -> dict[str, list[str]]:
        """The catalogue's tables with their columns in order, `rowid` left out."""
        ...

    def change_number(self) -> int:
        """Changes whenever another connection has written."""
        ...

    def complaint(self) -> str:
        """What the database finds wrong with itself; '' for nothing."""
        ...

    def hold(self) -> None:
        """Until it is closed, no other machine holds this catalogue. Raises `Busy`."""
        ...

    def holder(self) -> str:
        """Who holds the catalogue on whichever machine, in words; '' for nobody."""
        ...
