"""Numbered, append-only migrations of the catalogue. Never change one that was released; add the next."""

from __future__ import annotations

import sqlite3

from litmap.errors import NewerCatalogue

MIGRATIONS: tuple[str, ...] = (
    # 1: the first catalogue
    """
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
    """,
)


def migrate(connection: sqlite3.Connection, path: str) -> None:
    """Bring the catalogue to the newest version; each step is one transaction.

    Raises `NewerCatalogue` where a newer litmap wrote it.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    check(version, path)
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;"
        )


def check(version: int, path: str) -> None:
    """Raises `NewerCatalogue` where `version` is not known to this program."""
    if version > len(MIGRATIONS):
        raise NewerCatalogue(
            f"{path} was written by a newer litmap (format {version}, this one knows {len(MIGRATIONS)}): "
            "upgrade litmap, or use another --library",
            subject=path,
        )
