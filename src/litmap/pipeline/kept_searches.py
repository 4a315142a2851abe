"""Searches that the reader keeps under names, and the last ones made: a file of their own in the
library's folder.

They are no part of the catalogue, which is locked while a refresh runs and whose every change has
the app open the library anew. They go where the library goes and leave the machine with nothing.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from litmap.catalogue import utc_now
from litmap.errors import LibraryError, NoLibrary, UsageError
from litmap.paths import LibraryPaths
from litmap.search.query import quoted
from litmap.settings import Settings

logger = logging.getLogger(__name__)

MAX_NAME = 80
"""Characters of a name."""
MAX_REMEMBERED = 2_000
"""Characters of a search that is remembered unasked: a longer one is a pasted passage."""
MODES = ("passage", "paper", "answer", "quotation")
"""How a search is answered (`by`); the first where none is said."""
FIELDS = ("q", "by", "heading", "years", "venue", "lang", "tag", "is")
"""What makes up a search: its words, how it is answered, and filters, as in the app's address."""
_TABLES = """
CREATE TABLE IF NOT EXISTS searches (
    name TEXT PRIMARY KEY, search TEXT NOT NULL, time TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS last (
    search TEXT PRIMARY KEY, number INTEGER NOT NULL, time TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Search:
    """A search by the fields of `FIELDS` that it has; `name` is '' for one of the last ones."""

    fields: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    time: str = ""

    @property
    def mode(self) -> str:
        """One of `MODES`."""
        given = self.fields.get("by", "")
        return given if given in MODES else MODES[0]

    @property
    def query(self) -> str:
        """Words and filters in the query's own language."""
        return query_of(self.fields)


def query_of(fields: Mapping[str, str]) -> str:
    """The words of a search with what its filters say, in the query's own language.

    >>> query_of({"q": "minima", "years": "2015..2018", "is": "to read", "heading": "A › B"})
    'minima heading:"A › B" year:2015..2018 is:toread'
    """
    parts = [fields.get("q", "")]
    for name, label in (("heading", "heading"), ("venue", "venue"), ("tag", "tag")):
        if value := fields.get(name):
            parts.append(f"{label}:{quoted(value)}")
    for name, label in (("lang", "lang"), ("years", "year"), ("is", "is")):
        if value := fields.get(name):
            parts.append(f"{label}:{value.replace(' ', '')}")
    return " ".join(filter(None, parts))


def saved(settings: Settings) -> list[Search]:
    """The searches that have names, in the order of the alphabet. Raises `LibraryError`."""
    with _reading(settings) as db:
        rows = db.execute("SELECT search, name, time FROM searches ORDER BY name COLLATE NOCASE")
        return [Search(_read(search), name, time) for search, name, time in rows]


def saved_as(settings: Settings, name: str) -> Search:
    """The search of this name. Raises `UsageError` where there is none, `LibraryError`."""
    found = saved(settings)
    for search in found:
        if search.name == name:
            return search
    names = ", ".join(f"'{search.name}'" for search in found)
    known = f"there are {names}" if names else "none has been saved yet (--save NAME)"
    raise UsageError(f"no search is called {name!r}; {known}", subject=name)


def save(settings: Settings, name: str, fields: Mapping[str, str]) -> None:
    """Keep a search under a name. Raises `UsageError` for a name that is none or that another
    search has, and for a search without words and filters; `NoLibrary`, `LibraryError`.
    """
    name, text = _clean_name(name), _written(fields)
    if not query_of(fields).strip():
        raise UsageError("there is nothing to keep: the search is empty")
    with _writing(settings) as db:
        row = db.execute("SELECT search FROM searches WHERE name = ?", (name,)).fetchone()
        if row is not None and row[0] != text:
            message = f"another search is called {name!r}: choose another name, or remove it first"
            raise UsageError(message, subject=name)
        db.execute("INSERT OR IGNORE INTO searches VALUES (?, ?, ?)", (name, text, utc_now()))


def rename(settings: Settings, old: str, new: str) -> None:
    """Give a search another name. Raises `UsageError` where that is taken or none."""
    new = _clean_name(new)
    with _writing(settings) as db:
        try:
            db.execute("UPDATE searches SET name = ? WHERE name = ?", (new, old))
        except sqlite3.IntegrityError as error:
            raise UsageError(f"another search is called {new!r}", subject=new) from error


def remove(settings: Settings, name: str) -> None:
    """Take a search's name away; it is kept no longer."""
    with _writing(settings) as db:
        db.execute("DELETE FROM searches WHERE name = ?", (name,))


def last(settings: Settings) -> list[Search]:
    """The last searches, the newest first, at most as many as the settings say."""
    if settings.search_history < 1:
        return []
    with _reading(settings) as db:
        rows = db.execute(
            "SELECT search, time FROM last ORDER BY number DESC LIMIT ?",
            (settings.search_history,),
        )
        return [Search(_read(search), "", time) for search, time in rows]


def remember(settings: Settings, fields: Mapping[str, str]) -> None:
    """Put a search before the last ones; none where the settings say 0, or it is very long. What
    cannot be remembered is not: a search never fails for it.
    """
    text = _written(fields)
    if settings.search_history < 1 or not fields.get("q", "").strip() or len(text) > MAX_REMEMBERED:
        return
    with suppress(LibraryError), _writing(settings) as db:
        db.execute(
            "INSERT OR REPLACE INTO last SELECT ?, COALESCE(MAX(number), 0) + 1, ? FROM last",
            (text, utc_now()),
        )
        db.execute(
            "DELETE FROM last WHERE search NOT IN "
            "(SELECT search FROM last ORDER BY number DESC LIMIT ?)",
            (settings.search_history,),
        )


def forget_last(settings: Settings) -> None:
    """Forget the last searches; those with names stay."""
    with _writing(settings) as db:
        db.execute("DELETE FROM last")


def _clean_name(name: str) -> str:
    clean = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not clean:
        raise UsageError("give the search a name")
    if len(clean) > MAX_NAME:
        raise UsageError(f"a name has at most {MAX_NAME} characters", subject=clean[:MAX_NAME])
    return clean


def _written(fields: Mapping[str, str]) -> str:
    kept = {name: fields[name] for name in FIELDS if fields.get(name)}
    return json.dumps(kept, ensure_ascii=False)


def _read(text: Any) -> dict[str, str]:
    """The fields of a search; of what is none, no field."""
    with suppress(TypeError, ValueError, AttributeError):
        return {str(n): str(v) for n, v in json.loads(text).items() if n in FIELDS}
    return {}


@contextmanager
def _reading(settings: Settings) -> Iterator[sqlite3.Connection]:
    """The file to read; an empty one in memory where there is none."""
    path = LibraryPaths(settings.library).searches
    with _failures_said(path), closing(_connect(path)) as db:
        yield db


@contextmanager
def _writing(settings: Settings) -> Iterator[sqlite3.Connection]:
    """The file in one transaction. Raises `NoLibrary` where there is no library to keep it in."""
    paths = LibraryPaths(settings.library)
    if not paths.has_catalogue():
        raise NoLibrary(f"there is no library in {paths.root}", subject=str(paths.root))
    with _failures_said(paths.searches):
        paths.searches.touch()
        with closing(_connect(paths.searches)) as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path if path.exists() else ":memory:", timeout=10, isolation_level=None)
    try:
        db.executescript(_TABLES)
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def _failures_said(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        message = f"{path}, which keeps your searches, cannot be used: {error}"
        raise LibraryError(message, subject=str(path)) from error
