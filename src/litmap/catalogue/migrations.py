"""Numbered, append-only migrations of the catalogue. Never change one that was released; add the
next. They are written for SQLite; `postgres.as_postgres` says the same to PostgreSQL.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litmap.catalogue.database import Database
from litmap.errors import LibraryError, NewerCatalogue

logger = logging.getLogger(__name__)


def _nothing_to_move(connection: Database) -> None:
    """For a migration that is all SQL."""


@dataclass(frozen=True)
class Migration:
    """SQL that changes the schema, then what moves the rows that SQL cannot."""

    script: str
    move: Callable[[Database], None] = _nothing_to_move


_FIRST_CATALOGUE = """
    CREATE TABLE notes (path TEXT PRIMARY KEY, record TEXT NOT NULL, sha256 TEXT NOT NULL);
    CREATE TABLE citations (key TEXT PRIMARY KEY, record TEXT NOT NULL);
    CREATE TABLE resolutions (
        citation TEXT PRIMARY KEY, status TEXT NOT NULL, reason TEXT NOT NULL, work TEXT,
        candidates TEXT NOT NULL, time TEXT NOT NULL
    );
    CREATE INDEX resolutions_work ON resolutions (work);
    CREATE TABLE works (id TEXT PRIMARY KEY, record TEXT NOT NULL, origin TEXT NOT NULL, time TEXT NOT NULL);
    CREATE TABLE aliases (alias TEXT PRIMARY KEY, work TEXT NOT NULL);
    CREATE TABLE fetches (
        work TEXT PRIMARY KEY, status TEXT NOT NULL, reason TEXT NOT NULL, tried TEXT NOT NULL,
        transient INTEGER NOT NULL, sha256 TEXT, time TEXT NOT NULL
    );
    CREATE TABLE pdfs (sha256 TEXT PRIMARY KEY, record TEXT NOT NULL);
    CREATE TABLE work_pdfs (work TEXT NOT NULL, sha256 TEXT NOT NULL, time TEXT NOT NULL, PRIMARY KEY (work, sha256));
    CREATE TABLE texts (sha256 TEXT PRIMARY KEY, extractor TEXT NOT NULL, quality TEXT NOT NULL, reason TEXT NOT NULL,
        pages INTEGER NOT NULL);
    CREATE TABLE decisions (subject TEXT PRIMARY KEY, choice TEXT NOT NULL, time TEXT NOT NULL);
    CREATE TABLE corrections (work TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, time TEXT NOT NULL,
        PRIMARY KEY (work, field));
    CREATE TABLE runs (id INTEGER PRIMARY KEY, started TEXT NOT NULL, finished TEXT, state TEXT NOT NULL,
        report TEXT NOT NULL);
    CREATE TABLE problems (run INTEGER NOT NULL, subject TEXT NOT NULL, reason TEXT NOT NULL);
    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

_TABLES_FOR_FACTS = """
    CREATE TABLE note_roots (position INTEGER PRIMARY KEY, path BLOB NOT NULL);
    CREATE TABLE dropped_files (
        path BLOB NOT NULL, bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL, work TEXT NOT NULL,
        PRIMARY KEY (path, bytes, modified_ns)
    );
    CREATE TABLE lookups (key TEXT PRIMARY KEY, ids TEXT NOT NULL, time TEXT NOT NULL);
    ALTER TABLE texts ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE texts ADD COLUMN seconds REAL NOT NULL DEFAULT 0;
    ALTER TABLE texts ADD COLUMN megabytes INTEGER NOT NULL DEFAULT 0;
"""


def _move_facts(db: Database) -> None:
    """JSON values under names ('facts') become rows; paths become bytes, for they need not be
    UTF-8.
    """
    facts: dict[str, Any] = {
        name: json.loads(value) for name, value in db.execute("SELECT name, value FROM facts")
    }
    roots = enumerate(os.fsencode(path) for path in facts.get("notes", []))
    db.executemany("INSERT INTO note_roots VALUES (?, ?)", list(roots))
    dropped = facts.get("dropped", {})
    if isinstance(dropped, list):  # the first versions kept which files they had seen, not as what
        dropped = dict.fromkeys(dropped, "")
    for stamp, work in dropped.items():
        path, size, modified = stamp.rsplit(":", 2)
        file = (os.fsencode(path), int(size), int(modified))
        db.replace_rows("dropped_files", [(*file, work)])
    for key, (time, *ids) in facts.get("reading", {}).items():
        asked = "" if time == "failed" else time
        db.execute("INSERT INTO lookups VALUES (?, ?, ?)", (key, json.dumps(ids), asked))
    for sha256, limits in facts.get("readings that failed", {}).items():
        update = "UPDATE texts SET tries = ?, seconds = ?, megabytes = ? WHERE sha256 = ?"
        db.execute(update, (*limits, sha256))
    db.execute("DROP TABLE facts")


_UNANSWERED_SOURCES = """
    ALTER TABLE resolutions ADD COLUMN unanswered TEXT NOT NULL DEFAULT '[]';
"""

_FORMER_IDS_OF_DECISIONS = """
    ALTER TABLE decisions ADD COLUMN former TEXT NOT NULL DEFAULT '';
"""

_LOOKED_CLAIMS = """
    CREATE TABLE looked_claims (
        work TEXT NOT NULL, claim TEXT NOT NULL, paper TEXT NOT NULL, time TEXT NOT NULL, PRIMARY KEY (work, claim)
    );
"""

_EVENTS = """
    CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, subject TEXT NOT NULL,
        title TEXT NOT NULL, headings TEXT NOT NULL, time TEXT NOT NULL, details TEXT NOT NULL,
        is_read INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE told (
        part TEXT NOT NULL, subject TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (part, subject)
    );
    CREATE TABLE deliveries (
        channel TEXT NOT NULL, event INTEGER NOT NULL, time TEXT NOT NULL, PRIMARY KEY (channel, event)
    );
"""

_NOTICES = """
    CREATE TABLE notices (
        work TEXT NOT NULL, source TEXT NOT NULL, ident TEXT NOT NULL, records TEXT NOT NULL, time TEXT NOT NULL,
        PRIMARY KEY (work, source, ident)
    );
    CREATE TABLE notice_checks (
        source TEXT NOT NULL, ident TEXT NOT NULL, time TEXT NOT NULL, PRIMARY KEY (source, ident)
    );
"""

_CANDIDATES = """
    CREATE TABLE candidates (
        id TEXT PRIMARY KEY, record TEXT NOT NULL, state TEXT NOT NULL, time TEXT NOT NULL, shown TEXT NOT NULL
    );
    CREATE TABLE listings (listing TEXT PRIMARY KEY, until TEXT NOT NULL, time TEXT NOT NULL);
"""

_DROPPED_CANDIDATES = """
    CREATE TABLE dropped_candidates (id TEXT PRIMARY KEY, time TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO dropped_candidates SELECT id, time FROM candidates WHERE state = 'none';
    DELETE FROM candidates WHERE state = 'none';
"""

_MARKS = """
    CREATE TABLE marks (sha256 TEXT PRIMARY KEY, reader TEXT NOT NULL, records TEXT NOT NULL) WITHOUT ROWID;
"""

_KEPT_THEMES = """
    CREATE TABLE kept_themes (id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
"""

_READERS_LABELS = """
    CREATE TABLE reading_states (
        work TEXT PRIMARY KEY, state TEXT NOT NULL, is_important INTEGER NOT NULL, time TEXT NOT NULL
    );
    CREATE TABLE tags (work TEXT NOT NULL, tag TEXT NOT NULL, time TEXT NOT NULL, PRIMARY KEY (work, tag));
"""

_KEPT_PLACES = """
    CREATE TABLE kept_places (work TEXT PRIMARY KEY, headings TEXT NOT NULL, time TEXT NOT NULL) WITHOUT ROWID;
"""

MIGRATIONS: tuple[Migration, ...] = (
    Migration(_FIRST_CATALOGUE),
    Migration(_TABLES_FOR_FACTS, _move_facts),
    Migration(_UNANSWERED_SOURCES),
    Migration(_FORMER_IDS_OF_DECISIONS),
    Migration(_LOOKED_CLAIMS),
    Migration(_EVENTS),
    Migration(_NOTICES),
    Migration(_CANDIDATES),
    Migration(_DROPPED_CANDIDATES),
    Migration(_MARKS),
    Migration(_KEPT_THEMES),
    Migration(_READERS_LABELS),
    Migration(_KEPT_PLACES),
)


def migrate(database: Database, place: str) -> None:
    """Bring the catalogue at `place` to the newest version; each step is one transaction.

    Raises `NewerCatalogue` where a newer litmap wrote it.
    """
    version = database.format_number()
    check(version, place)
    for number, migration in enumerate(MIGRATIONS[version:], version + 1):
        logger.info("migrating %s to format %d", place, number)
        try:
            database.begin_script(migration.script)
            migration.move(database)
            database.set_format_number(number)
            database.commit()
        except BaseException:
            if database.in_transaction:
                database.rollback()
            raise


def check(version: int, place: str) -> None:
    """Raises `NewerCatalogue` where `version` is not known to this program."""
    if version > len(MIGRATIONS):
        raise NewerCatalogue(
            f"{place} was written by a newer litmap (format {version}, this one knows "
            f"{len(MIGRATIONS)}): upgrade litmap, or use another --library",
            subject=place,
        )


def check_old(version: int, place: str) -> None:
    """Raises `LibraryError` where a refresh has to bring a catalogue up to date first."""
    if version < len(MIGRATIONS):
        raise LibraryError(
            f"{place} has an old format: run `litmap refresh` once to bring it up to date",
            subject=place,
        )
