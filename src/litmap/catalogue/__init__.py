"""The catalogue: what was learned from outside, in one SQLite file. The only SQL over it; takes and
returns models.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from litmap.catalogue.connection import Writing, connect_to_read
from litmap.catalogue.damage import check_file, check_tables, tell_damage
from litmap.catalogue.migrations import MIGRATIONS, check, migrate
from litmap.catalogue.records import build_record, dump, load, storable
from litmap.catalogue.stored import (
    Decided,
    Decision,
    Fetched,
    FileStamp,
    LookedClaim,
    Lookup,
    Run,
    TextRecord,
)
from litmap.errors import LibraryError, NoLibrary
from litmap.models import Citation, Fetch, Note, PdfFile, Problem, Resolution, Work

logger = logging.getLogger(__name__)

__all__ = [
    "MIGRATIONS",
    "Catalogue",
    "Decided",
    "Fetched",
    "FileStamp",
    "LookedClaim",
    "Lookup",
    "Run",
    "TextRecord",
    "utc_now",
]


def utc_now() -> str:
    """Now, UTC ISO 8601 to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Catalogue:
    """An open catalogue. Use as a context manager; writes happen inside `with
    catalogue.write():`.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self.path = path

    @classmethod
    def create(cls, path: Path) -> Self:
        """Open for writing; make or migrate the file. Raises `NewerCatalogue`, `LibraryError`."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            check_file(path)
            db = sqlite3.connect(path, timeout=60, isolation_level=None, factory=Writing)
            check_tables(db, path)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            migrate(db, str(path))
        except (OSError, sqlite3.Error) as error:
            raise LibraryError(
                f"the library's catalogue cannot be written: {error}", subject=str(path)
            ) from error
        return cls(db, path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open for reading only. Raises `NoLibrary` where there is none, `NewerCatalogue`,
        `LibraryError`.
        """
        if not path.is_file():
            raise NoLibrary(
                f"no library in {path.parent}: make one with "
                f"`litmap refresh NOTES --library {path.parent}`",
                subject=str(path.parent),
            )
        try:
            check_file(path)
            db = connect_to_read(path)
            check_tables(db, path)
            version = db.execute("PRAGMA user_version").fetchone()[0]
            check(version, str(path))
        except (OSError, sqlite3.Error) as error:
            raise LibraryError(
                f"the library's catalogue cannot be read: {error}", subject=str(path)
            ) from error
        if version < len(MIGRATIONS):
            raise LibraryError(
                f"{path} has an old format: run `litmap refresh` once to bring it up to date"
            )
        return cls(db, path)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction: all of the block's writes, or none."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # SQLite has ended it itself where the disk is full
                self._db.execute("ROLLBACK")
            raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """The block's reads all see one state, whatever another connection writes meanwhile."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("COMMIT")

    # ── notes and citations: replaced by every reading ────────────────────────────────────────────
    def put_notes(self, notes: Iterable[Note], citations: Iterable[Citation]) -> None:
        """Replace all notes and citations by these."""
        self._db.execute("DELETE FROM notes")
        self._db.execute("DELETE FROM citations")
        slim = [(n.path, dump(replace(n, blocks=())), n.sha256) for n in notes]
        self._db.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", slim)
        self._db.executemany(
            "INSERT OR REPLACE INTO citations VALUES (?, ?)", [(c.key, dump(c)) for c in citations]
        )

    @tell_damage
    def notes(self) -> list[Note]:
        """The notes of the last reading, without their blocks."""
        return [
            load(Note, r[0]) for r in self._db.execute("SELECT record FROM notes ORDER BY path")
        ]

    @tell_damage
    def citations(self) -> list[Citation]:
        """The citations of the last reading."""
        return [
            load(Citation, r[0])
            for r in self._db.execute("SELECT record FROM citations ORDER BY rowid")
        ]

    @tell_damage
    def citations_of(self, work: str) -> list[Citation]:
        """The citations that were resolved to this work."""
        query = (
            "SELECT c.record FROM citations c JOIN resolutions r ON r.citation = c.key "
            "WHERE r.work = ?"
        )
        return [load(Citation, r[0]) for r in self._db.execute(query, (work,))]

    def put_note_roots(self, paths: Iterable[str]) -> None:
        """Keep the files and folders that the notes were read from, in order."""
        self._db.execute("DELETE FROM note_roots")
        rows = list(enumerate(map(os.fsencode, paths)))
        self._db.executemany("INSERT INTO note_roots VALUES (?, ?)", rows)

    @tell_damage
    def note_roots(self) -> list[str]:
        """The files and folders that the notes were last read from; none where that was standard
        input.
        """
        rows = self._db.execute("SELECT path FROM note_roots ORDER BY position")
        return [os.fsdecode(r[0]) for r in rows]

    # ── resolutions and works: kept for ever ──────────────────────────────────────────────────────
    def put_resolution(self, resolution: Resolution, time: str) -> None:
        """Keep what the sources say of one citation, and its work."""
        work = resolution.work
        if work is not None:
            self.put_work(work, "note", time)
        candidates = json.dumps(
            [json.loads(dump(c)) for c in resolution.candidates], ensure_ascii=False
        )
        row = (
            resolution.citation,
            resolution.status,
            resolution.reason,
            work.id if work else None,
            candidates,
            time,
            json.dumps(resolution.unanswered),
        )
        self._db.execute("INSERT OR REPLACE INTO resolutions VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    @tell_damage
    def resolutions(self) -> dict[str, Decided]:
        """All stored resolutions by citation key."""
        rows = self._db.execute(_SELECT_RESOLUTION)
        return {r[0]: _decided(r) for r in rows}

    @tell_damage
    def resolution(self, citation: str) -> Decided | None:
        """The stored resolution of one citation."""
        row = self._db.execute(f"{_SELECT_RESOLUTION} WHERE citation = ?", (citation,)).fetchone()
        return _decided(row) if row else None

    def forget_resolution(self, citation: str) -> None:
        """So that the next run asks the sources again."""
        self._db.execute("DELETE FROM resolutions WHERE citation = ?", (citation,))

    @tell_damage
    def answered(self) -> set[str]:
        """Keys of all citations, of this reading or earlier ones, that something was decided or
        asked about.
        """
        query = "SELECT subject FROM decisions UNION SELECT citation FROM resolutions"
        return {key for (key,) in self._db.execute(query)}

    def copy_answers(self, keys: Mapping[str, str]) -> None:
        """What was decided and resolved of one citation holds for another (old key: new key), where
        nothing was said of that.
        """
        for old, new in keys.items():
            self._db.execute(
                "INSERT OR IGNORE INTO decisions "
                "SELECT ?, choice, time, former FROM decisions WHERE subject = ?",
                (new, old),
            )
            self._db.execute(
                "INSERT OR IGNORE INTO resolutions "
                "SELECT ?, status, reason, work, candidates, time, unanswered FROM resolutions "
                "WHERE citation = ?",
                (new, old),
            )

    def put_work(self, work: Work, origin: str, time: str) -> None:
        """Keep a work; `origin` is 'note' or 'drop'. What was once dropped in stays so."""
        self._db.execute(
            "INSERT INTO works VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "record = excluded.record, time = excluded.time, "
            "origin = CASE excluded.origin WHEN 'drop' THEN 'drop' ELSE origin END",
            (work.id, dump(work), origin, time),
        )

    @tell_damage
    def works(self) -> dict[str, Work]:
        """All works ever known, by id, the user's corrections applied."""
        works = {
            r[0]: load(Work, r[1])
            for r in self._db.execute("SELECT id, record FROM works ORDER BY id")
        }
        for work, field, value in self._db.execute("SELECT work, field, value FROM corrections"):
            if work in works:
                works[work] = replace(works[work], **{field: _correction(field, value)})
        return works

    @tell_damage
    def dropped(self) -> set[str]:
        """Ids of works that came in through the drop folder."""
        return {r[0] for r in self._db.execute("SELECT id FROM works WHERE origin = 'drop'")}

    def remove_dropped(self, work: str) -> None:
        """A work that came in through the drop folder leaves the library; the files stay."""
        self.set_not_dropped(work)
        for table in ("fetches", "work_pdfs"):
            self._db.execute(f"DELETE FROM {table} WHERE work = ?", (work,))  # noqa: S608 - names above

    def rename_work(self, old: str, new: Work, time: str) -> None:
        """`old` turned out to be the work `new`: what hangs on it moves there."""
        self.put_work(new, "note", time)
        if old == new.id:
            return
        if old in self.dropped():
            self._db.execute("UPDATE works SET origin = 'drop' WHERE id = ?", (new.id,))
        self._db.execute("UPDATE resolutions SET work = ? WHERE work = ?", (new.id, old))
        for table in ("fetches", "work_pdfs", "corrections", "looked_claims"):
            self._db.execute(f"UPDATE OR IGNORE {table} SET work = ? WHERE work = ?", (new.id, old))  # noqa: S608 - names above
            self._db.execute(f"DELETE FROM {table} WHERE work = ?", (old,))  # noqa: S608 - names above
        self._db.execute("DELETE FROM works WHERE id = ?", (old,))
        self._db.execute("UPDATE aliases SET work = ? WHERE work = ?", (new.id, old))
        self._db.execute("INSERT OR REPLACE INTO aliases VALUES (?, ?)", (old, new.id))

    @tell_damage
    def works_with_user_data(self) -> set[str]:
        """Ids of works that something of the user's or of the web hangs on: a PDF, a corrected
        field.
        """
        return {
            r[0]
            for r in self._db.execute(
                "SELECT work FROM work_pdfs UNION SELECT work FROM corrections"
            )
        }

    @tell_damage
    def aliases(self) -> dict[str, str]:
        """Former ids of works, and the works they are now."""
        return dict(self._db.execute("SELECT alias, work FROM aliases").fetchall())

    # ── the user's word ───────────────────────────────────────────────────────────────────────────
    def decide(self, subject: str, choice: str, time: str, former: str = "") -> None:
        """Keep a decision about a citation (the id chosen, 'none' or 'search'); `former` is the id
        that its work went by. The id of the first decision stays.
        """
        self._db.execute(
            "INSERT INTO decisions VALUES (?, ?, ?, ?) ON CONFLICT (subject) DO UPDATE SET "
            "choice = excluded.choice, time = excluded.time",
            (subject, choice, time, former),
        )

    @tell_damage
    def all_decisions(self) -> list[Decision]:
        """All that the user said of citations and works, the oldest first."""
        rows = self._db.execute(
            "SELECT subject, choice, time, former, '' FROM decisions "
            "UNION ALL SELECT work, value, time, work, field FROM corrections ORDER BY 3, 5, 1"
        )
        return [Decision(*row) for row in rows]

    def undo_decision(self, decision: Decision) -> None:
        """Take the user's word back; the next run asks the sources again about the citation."""
        if decision.field:
            self._db.execute(
                "DELETE FROM corrections WHERE work = ? AND field = ?",
                (decision.subject, decision.field),
            )
            return
        self._db.execute("DELETE FROM decisions WHERE subject = ?", (decision.subject,))
        self._db.execute("DELETE FROM aliases WHERE alias = ?", (decision.former,))
        self.forget_resolution(decision.subject)

    @tell_damage
    def decisions(self) -> dict[str, str]:
        """All decisions: subject to choice."""
        return dict(self._db.execute("SELECT subject, choice FROM decisions").fetchall())

    def correct(self, work: str, field: str, value: Any, time: str) -> None:
        """A user's own value for a field of a work; wins over every source."""
        self._db.execute(
            "INSERT OR REPLACE INTO corrections VALUES (?, ?, ?, ?)",
            (work, field, json.dumps(value), time),
        )

    def put_looked(self, looked: Iterable[LookedClaim]) -> None:
        """Keep which claims the user looked at."""
        self._db.executemany(
            "INSERT OR REPLACE INTO looked_claims VALUES (?, ?, ?, ?)",
            [(one.work, storable(one.claim), one.paper, one.time) for one in looked],
        )

    def forget_looked(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Take the user's word back for these (work, claim)."""
        self._db.executemany(
            "DELETE FROM looked_claims WHERE work = ? AND claim = ?",
            [(work, storable(claim)) for work, claim in pairs],
        )

    @tell_damage
    def looked(self) -> list[LookedClaim]:
        """The claims that the user looked at, the oldest first."""
        rows = self._db.execute(
            "SELECT work, claim, paper, time FROM looked_claims ORDER BY time, rowid"
        )
        return [LookedClaim(*row) for row in rows]

    # ── PDFs ──────────────────────────────────────────────────────────────────────────────────────
    def put_fetch(self, fetch: Fetch, time: str) -> None:
        """Keep the outcome of trying to get a work's PDF, and the PDF."""
        if fetch.pdf is not None:
            self.put_pdf(fetch.work, fetch.pdf, time)
        sha = fetch.pdf.sha256 if fetch.pdf else None
        reason, tried = storable(fetch.reason), json.dumps(fetch.tried)
        row = (fetch.work, fetch.status, reason, tried, int(fetch.transient), sha, time)
        self._db.execute("INSERT OR REPLACE INTO fetches VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def forget_failed_fetch(self, work: str) -> None:
        """So that the next run tries again to get a work's PDF; nothing where it has one."""
        self._db.execute("DELETE FROM fetches WHERE work = ? AND sha256 IS NULL", (work,))

    def put_pdf(self, work: str, pdf: PdfFile, time: str) -> None:
        """Keep a PDF of a work; the newest one counts, older ones stay known."""
        self._db.execute("INSERT OR REPLACE INTO pdfs VALUES (?, ?)", (pdf.sha256, dump(pdf)))
        self._db.execute(
            "INSERT OR REPLACE INTO work_pdfs VALUES (?, ?, ?)", (work, pdf.sha256, time)
        )

    def unfile(self, work: str, size: int) -> None:
        """A file of this size that the user put in by hand is this work's no more: neither its PDF
        nor the outcome of fetching it. What the web gave stays.
        """
        for pdf in self.pdfs().get(work, []):
            if not pdf.url and pdf.bytes == size:
                for table in ("fetches", "work_pdfs"):
                    self._db.execute(
                        f"DELETE FROM {table} WHERE work = ? AND sha256 = ?",  # noqa: S608 - names above
                        (work, pdf.sha256),
                    )

    def set_not_dropped(self, work: str) -> None:
        """No file of the drop folder is this work's any more; where no note cites it, it leaves."""
        self._db.execute("UPDATE works SET origin = 'note' WHERE id = ?", (work,))

    @tell_damage
    def fetches(self) -> dict[str, Fetched]:
        """The last fetch of each work."""
        rows = self._db.execute("SELECT work, status, reason, tried, transient, time FROM fetches")
        return {r[0]: Fetched(r[0], r[1], r[2], _tried(r[3]), bool(r[4]), r[5]) for r in rows}

    @tell_damage
    def pdfs(self) -> dict[str, list[PdfFile]]:
        """PDFs by work, the newest first."""
        rows = self._db.execute(
            "SELECT w.work, p.record FROM work_pdfs w JOIN pdfs p USING (sha256) "
            "ORDER BY w.time DESC, w.rowid DESC"
        )
        result: dict[str, list[PdfFile]] = {}
        for work, record in rows:
            result.setdefault(work, []).append(load(PdfFile, record))
        return result

    def put_text(self, text: TextRecord) -> None:
        """Keep how the reading of a PDF ended; replaces what an earlier reading told."""
        row = (text.sha256, text.extractor, text.quality, text.reason, text.pages)
        self._db.execute(
            "INSERT OR REPLACE INTO texts "
            "(sha256, extractor, quality, reason, pages, tries, seconds, megabytes) VALUES (?, ?, "
            "?, ?, ?, ?, ?, ?)",
            (*row, text.tries, text.seconds, text.megabytes),
        )

    @tell_damage
    def texts(self, extractor: str) -> dict[str, TextRecord]:
        """The PDFs read by this version of the extractor, by SHA-256."""
        rows = self._db.execute(f"{_SELECT_TEXT} WHERE extractor = ?", (extractor,))
        return {r[0]: TextRecord(*r) for r in rows}

    @tell_damage
    def text(self, sha256: str) -> TextRecord | None:
        """How the last reading of one PDF ended, by whatever version of the extractor."""
        row = self._db.execute(f"{_SELECT_TEXT} WHERE sha256 = ?", (sha256,)).fetchone()
        return TextRecord(*row) if row else None

    def put_drop_folder(self, works: Mapping[FileStamp, str]) -> None:
        """Replace what is known of the drop folder's files: the work that each was filed as."""
        self._db.execute("DELETE FROM dropped_files")
        rows = [(os.fsencode(f.path), f.bytes, f.modified_ns, w) for f, w in works.items()]
        self._db.executemany("INSERT INTO dropped_files VALUES (?, ?, ?, ?)", rows)

    @tell_damage
    def drop_folder(self) -> dict[FileStamp, str]:
        """The drop folder's files with the id of the work each was filed as ('' where it is not
        known).
        """
        rows = self._db.execute("SELECT path, bytes, modified_ns, work FROM dropped_files")
        return {FileStamp(os.fsdecode(r[0]), r[1], r[2]): r[3] for r in rows}

    # ── the reading list ──────────────────────────────────────────────────────────────────────────
    def put_lookups(self, lookups: Iterable[Lookup]) -> None:
        """Keep what the sources say of works that the papers cite."""
        self._db.executemany(
            "INSERT OR REPLACE INTO lookups VALUES (?, ?, ?)",
            [(storable(a.key), json.dumps(a.ids), a.time) for a in lookups],
        )

    @tell_damage
    def lookups(self) -> dict[str, Lookup]:
        """What the sources said of works that the papers cite, by key."""
        rows = self._db.execute("SELECT key, ids, time FROM lookups")
        return {r[0]: Lookup(r[0], tuple(json.loads(r[1])), r[2]) for r in rows}

    # ── runs ──────────────────────────────────────────────────────────────────────────────────────
    def start_run(self, time: str) -> int:
        """A new run; ones left 'running' by a killed process become 'interrupted'."""
        self._db.execute(
            "UPDATE runs SET state = 'interrupted', finished = ? WHERE state = 'running'", (time,)
        )
        cursor = self._db.execute(
            "INSERT INTO runs (started, state, report) VALUES (?, 'running', '{}')", (time,)
        )
        return int(cursor.lastrowid or 0)

    def update_run(
        self, run: int, report: Mapping[str, Any], *,
        state: str = "running", finished: str | None = None,
        problems: Iterable[Problem] = (),
    ) -> None:  # fmt: skip
        """Write a run's report so far, and its problems (replaced)."""
        self._db.execute(
            "UPDATE runs SET state = ?, finished = ?, report = ? WHERE id = ?",
            (state, finished, storable(json.dumps(report, ensure_ascii=False)), run),
        )
        self._db.execute("DELETE FROM problems WHERE run = ?", (run,))
        rows = [(run, storable(p.subject), storable(p.reason)) for p in problems]
        self._db.executemany("INSERT INTO problems VALUES (?, ?, ?)", rows)

    @tell_damage
    def runs(self, limit: int = 50) -> list[Run]:
        """The last runs, the newest first."""
        rows = self._db.execute(
            "SELECT id, started, finished, state, report FROM runs ORDER BY id DESC LIMIT ?",
            (limit,),
        )
        return [
            Run(number, started, finished, state, json.loads(report), tuple(self._problems(number)))
            for number, started, finished, state, report in rows.fetchall()
        ]

    def _problems(self, run: int) -> list[Problem]:
        rows = self._db.execute(
            "SELECT subject, reason FROM problems WHERE run = ? ORDER BY rowid", (run,)
        )
        return [Problem(*r) for r in rows]

    # ── the file ──────────────────────────────────────────────────────────────────────────────────
    def integrity(self) -> str:
        """What SQLite complains about; '' where the file is whole."""
        found = str(self._db.execute("PRAGMA quick_check(1)").fetchone()[0])
        return "" if found == "ok" else found

    def version(self) -> int:
        """Changes whenever another connection has written; for readers' caches."""
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])


_SELECT_RESOLUTION = (
    "SELECT citation, status, reason, work, candidates, time, unanswered FROM resolutions"
)
_SELECT_TEXT = (
    "SELECT sha256, extractor, quality, reason, pages, tries, seconds, megabytes FROM texts"
)


def _decided(row: Sequence[Any]) -> Decided:
    candidates = tuple(build_record(Work, c) for c in json.loads(row[4]))
    return Decided(row[0], row[1], row[2], row[3], candidates, row[5], tuple(json.loads(row[6])))


def _tried(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((str(url), str(outcome)) for url, outcome in json.loads(text))


def _correction(field: str, value: str) -> Any:
    data = json.loads(value)
    return tuple(data) if isinstance(data, list) else data
