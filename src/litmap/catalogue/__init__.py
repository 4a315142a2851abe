"""The catalogue: what was learned from outside, in one SQLite file or in PostgreSQL. The only SQL
over it; takes and returns models.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from litmap.catalogue.connection import connect_to_read, connect_to_write
from litmap.catalogue.damage import check_file, check_tables, tell_damage
from litmap.catalogue.database import Database
from litmap.catalogue.migrations import MIGRATIONS, check, check_old, migrate
from litmap.catalogue.place import read_place
from litmap.catalogue.records import build_record, dump, load, storable
from litmap.catalogue.stored import (
    PLACE,
    Decided,
    Decision,
    Fetched,
    FileStamp,
    KeptPlace,
    Labels,
    LookedClaim,
    Lookup,
    ReadingState,
    Run,
    TextRecord,
    WatchedListing,
)
from litmap.errors import LibraryError, NoLibrary
from litmap.models import (
    Candidate,
    Citation,
    Event,
    EventKind,
    Fetch,
    KeptTheme,
    Mark,
    Note,
    Notice,
    PdfFile,
    Problem,
    Resolution,
    Work,
    gravest_first,
)

logger = logging.getLogger(__name__)

__all__ = [
    "MIGRATIONS",
    "Catalogue",
    "Decided",
    "Fetched",
    "FileStamp",
    "KeptPlace",
    "Labels",
    "LookedClaim",
    "Lookup",
    "ReadingState",
    "Run",
    "TextRecord",
    "WatchedListing",
    "utc_now",
]


UNSURE_AGAIN = (
    "which work is meant is open again: you took your choice back. Settle it with `litmap resolve "
    "WORK ID`"
)


def utc_now() -> str:
    """Now, UTC ISO 8601 to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Catalogue:
    """An open catalogue. Use as a context manager; writes happen inside `with
    catalogue.write():`.
    """

    def __init__(self, database: Database, path: Path, place: str = "") -> None:
        """`path` is where the file is or would be, `place` what people know the catalogue by."""
        self._db = database
        self.path = path
        self.place = place or str(path)
        self.is_file = not place

    @property
    def database(self) -> Database:
        """The open connection, for the modules of this package."""
        return self._db

    @classmethod
    def create(cls, path: Path) -> Self:
        """Open for writing; make or migrate the file, or what stands in its place in PostgreSQL.
        Raises `NewerCatalogue`, `LibraryError`.
        """
        if place := read_place(path):
            from litmap.catalogue import postgres

            return cls(postgres.connect_to_write(place), path, str(place))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            check_file(path)
            db = connect_to_write(path)
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
        if place := read_place(path):
            from litmap.catalogue import postgres

            return cls(postgres.connect_to_read(place), path, str(place))
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
            version = db.format_number()
            check(version, str(path))
        except (OSError, sqlite3.Error) as error:
            raise LibraryError(
                f"the library's catalogue cannot be read: {error}", subject=str(path)
            ) from error
        check_old(version, str(path))
        return cls(db, path)

    def hold(self) -> None:
        """Until it is closed, nobody else writes the catalogue from whichever machine; for one in a
        file the library's lock does that. Raises `Busy`.
        """
        self._db.hold()

    def holder(self) -> str:
        """Who writes the catalogue from whichever machine, in words; '' for nobody, or where it is
        in a file.
        """
        return self._db.holder()

    def close(self) -> None:
        """Let go of the file or server."""
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
        self._db.begin(writes=True)
        try:
            yield
            self._db.commit()
        except BaseException:
            if self._db.in_transaction:  # the database has ended it where the disk is full
                self._db.rollback()
            raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """The block's reads all see one state, whatever another connection writes meanwhile."""
        if self._db.in_transaction:
            yield
            return
        self._db.begin(writes=False)
        try:
            yield
        finally:
            if self._db.in_transaction:
                self._db.commit()

    # ── notes and citations: replaced by every reading ────────────────────────────────────────────
    def put_notes(self, notes: Iterable[Note], citations: Iterable[Citation]) -> None:
        """Replace all notes and citations by these."""
        self._db.execute("DELETE FROM notes")
        self._db.execute("DELETE FROM citations")
        slim = [(n.path, dump(replace(n, blocks=())), n.sha256) for n in notes]
        self._db.replace_rows("notes", slim)
        self._db.replace_rows("citations", [(c.key, dump(c)) for c in citations])

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
            "WHERE r.work = ? ORDER BY r.rowid"
        )
        return [load(Citation, r[0]) for r in self._db.execute(query, (work,))]

    @tell_damage
    def citations_named(self, keys: Iterable[str]) -> list[Citation]:
        """The citations with these keys, in their order; those that are there."""
        query = "SELECT record FROM citations WHERE key = ?"
        rows = (self._db.execute(query, (key,)).fetchone() for key in keys)
        return [load(Citation, row[0]) for row in rows if row]

    def put_note_roots(self, paths: Iterable[str]) -> None:
        """Keep the files and folders that the notes were read from, in order."""
        self._db.execute("DELETE FROM note_roots")
        rows = list(enumerate(map(os.fsencode, paths)))
        self._db.executemany("INSERT INTO note_roots (position, path) VALUES (?, ?)", rows)

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
        self._db.replace_rows("resolutions", [row])

    @tell_damage
    def resolutions(self) -> dict[str, Decided]:
        """All stored resolutions by citation key."""
        rows = self._db.execute(f"{_SELECT_RESOLUTION} ORDER BY rowid")
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
                "INSERT INTO decisions (subject, choice, time, former) "
                "SELECT ?, choice, time, former FROM decisions WHERE subject = ? "
                "ON CONFLICT DO NOTHING",
                (new, old),
            )
            self._db.execute(
                "INSERT INTO resolutions "
                "(citation, status, reason, work, candidates, time, unanswered) "
                "SELECT ?, status, reason, work, candidates, time, unanswered FROM resolutions "
                "WHERE citation = ? ON CONFLICT DO NOTHING",
                (new, old),
            )

    def put_work(self, work: Work, origin: str, time: str) -> None:
        """Keep a work; `origin` is 'note' or 'drop'. What was once dropped in stays so."""
        self._db.execute(
            "INSERT INTO works (id, record, origin, time) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET "
            "record = excluded.record, time = excluded.time, "
            "origin = CASE excluded.origin WHEN 'drop' THEN 'drop' ELSE works.origin END",
            (work.id, dump(work), origin, time),
        )

    @tell_damage
    def works(self) -> dict[str, Work]:
        """All works ever known, by id, the user's corrections applied."""
        works = {
            r[0]: load(Work, r[1])
            for r in self._db.execute("SELECT id, record FROM works ORDER BY id")
        }
        for work, field, value in self._db.execute(
            "SELECT work, field, value FROM corrections ORDER BY rowid"
        ):
            if work in works:
                works[work] = _corrected(works[work], field, value)
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
        for table, others in _FOLLOWING.items():
            self._rename(table, "work", others, old, new.id)
        self._db.execute("UPDATE events SET subject = ? WHERE subject = ?", (new.id, old))
        self._rename("told", "subject", ("part",), old, new.id)
        self._db.execute("DELETE FROM works WHERE id = ?", (old,))
        self._db.execute("UPDATE aliases SET work = ? WHERE work = ?", (new.id, old))
        self._db.replace_rows("aliases", [(old, new.id)])

    def _rename(self, table: str, column: str, others: Sequence[str], old: str, new: str) -> None:
        """Rows of `old` become rows of `new`; where that has one with the same `others` of the key,
        its own stays.
        """
        same = "".join(f" AND kept.{name} = {table}.{name}" for name in others)
        self._db.execute(
            f"UPDATE {table} SET {column} = ? WHERE {column} = ? AND NOT EXISTS "  # noqa: S608 - names below
            f"(SELECT 1 FROM {table} kept WHERE kept.{column} = ?{same})",
            (new, old, new),
        )
        self._db.execute(f"DELETE FROM {table} WHERE {column} = ?", (old,))  # noqa: S608 - names below

    @tell_damage
    def works_with_user_data(self) -> set[str]:
        """Ids of works that something of the user's or of the web hangs on: a PDF, a corrected
        field, a label, a place.
        """
        return {
            r[0]
            for r in self._db.execute(
                "SELECT work FROM work_pdfs UNION SELECT work FROM corrections "
                "UNION SELECT work FROM reading_states UNION SELECT work FROM tags "
                "UNION SELECT work FROM kept_places"
            )
        }

    @tell_damage
    def aliases(self) -> dict[str, str]:
        """Former ids of works, and the works they are now."""
        return dict(self._db.execute("SELECT alias, work FROM aliases ORDER BY rowid").fetchall())

    # ── the user's word ───────────────────────────────────────────────────────────────────────────
    def decide(self, subject: str, choice: str, time: str, former: str = "") -> None:
        """Keep a decision about a citation (the id chosen, 'none' or 'search'); `former` is the id
        that its work went by. The id of the first decision stays.
        """
        self._db.execute(
            "INSERT INTO decisions (subject, choice, time, former) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (subject) DO UPDATE SET choice = excluded.choice, time = excluded.time",
            (subject, choice, time, former),
        )

    @tell_damage
    def all_decisions(self) -> list[Decision]:
        """All that the user said of citations and works, the oldest first."""
        rows = self._db.execute(
            "SELECT subject, choice, time, former, '' FROM decisions "
            "UNION ALL SELECT work, value, time, work, field FROM corrections"
        )
        said = [Decision(*row) for row in rows]
        said += [_placed(place) for place in self.kept_places().values()]
        return sorted(said, key=lambda d: (d.time, d.field, d.subject))

    def undo_decision(self, decision: Decision) -> None:
        """Take the user's word back. Where the candidates of the citation are kept still, it is
        unsure again at once; else the next run asks the sources about it.
        """
        if decision.field == PLACE:
            self.forget_places([decision.subject])
            return
        if decision.field:
            self._db.execute(
                "DELETE FROM corrections WHERE work = ? AND field = ?",
                (decision.subject, decision.field),
            )
            return
        self._db.execute("DELETE FROM decisions WHERE subject = ?", (decision.subject,))
        self._db.execute("DELETE FROM aliases WHERE alias = ?", (decision.former,))
        unsure = self._db.execute(
            "UPDATE resolutions SET status = 'unsure', reason = ?, work = ? WHERE citation = ? "
            "AND candidates != '[]' AND EXISTS (SELECT 1 FROM works WHERE id = ?)",
            (UNSURE_AGAIN, decision.former, decision.subject, decision.former),
        )
        if not unsure.rowcount:
            self.forget_resolution(decision.subject)

    @tell_damage
    def decisions(self) -> dict[str, str]:
        """All decisions: subject to choice."""
        return dict(
            self._db.execute("SELECT subject, choice FROM decisions ORDER BY rowid").fetchall()
        )

    def correct(self, work: str, field: str, value: Any, time: str) -> None:
        """A user's own value for a field of a work; wins over every source."""
        self._db.replace_rows("corrections", [(work, field, json.dumps(value), time)])

    def put_reading_state(
        self, work: str, state: ReadingState, *, is_important: bool, time: str
    ) -> None:
        """Keep how far the reader is with a work, and whether it is important to him."""
        self._db.execute("DELETE FROM reading_states WHERE work = ?", (work,))
        if state or is_important:
            row = (work, state, is_important, time)
            self._db.replace_rows("reading_states", [row])

    def put_tags(self, work: str, tags: Iterable[str], time: str) -> None:
        """Replace the reader's own tags of a work."""
        self._db.execute("DELETE FROM tags WHERE work = ?", (work,))
        rows = [(work, storable(tag), time) for tag in dict.fromkeys(tags)]
        self._db.replace_rows("tags", rows)

    @tell_damage
    def labels(self) -> dict[str, Labels]:
        """The reader's own labels, by the work's id; works without any are left out."""
        tags: dict[str, list[str]] = {}
        for work, tag in self._db.execute("SELECT work, tag FROM tags ORDER BY tag"):
            tags.setdefault(work, []).append(tag)
        states = {
            row[0]: (ReadingState(row[1]), bool(row[2]))
            for row in self._db.execute("SELECT work, state, is_important FROM reading_states")
        }
        untold = (ReadingState.UNTOLD, False)
        return {
            work: Labels(*states.get(work, untold), tuple(tags.get(work, ())))
            for work in states.keys() | tags.keys()
        }

    def put_looked(self, looked: Iterable[LookedClaim]) -> None:
        """Keep which claims the user looked at."""
        rows = [(one.work, storable(one.claim), one.paper, one.time) for one in looked]
        self._db.replace_rows("looked_claims", rows)

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

    def put_kept_themes(self, themes: Iterable[KeptTheme]) -> None:
        """Replace what is kept of the reader's word about themes."""
        self._db.execute("DELETE FROM kept_themes")
        rows = [(theme.id, dump(theme)) for theme in themes]
        self._db.replace_rows("kept_themes", rows)

    @tell_damage
    def kept_themes(self) -> list[KeptTheme]:
        """The themes about which the reader has had a word, by id."""
        rows = self._db.execute("SELECT record FROM kept_themes ORDER BY id")
        return [load(KeptTheme, row[0]) for row in rows]

    def put_places(self, places: Iterable[KeptPlace]) -> None:
        """Keep where the reader has these works, instead of what was kept of them."""
        rows = [(one.work, _as_json(one.headings), one.time) for one in places]
        self._db.replace_rows("kept_places", rows)

    def forget_places(self, works: Iterable[str]) -> None:
        """Take the reader's word back about where these works stand."""
        self._db.executemany("DELETE FROM kept_places WHERE work = ?", [(w,) for w in works])

    @tell_damage
    def kept_places(self) -> dict[str, KeptPlace]:
        """Where the reader has works, by the work's id, the oldest word first."""
        rows = self._db.execute("SELECT work, headings, time FROM kept_places ORDER BY time, work")
        return {
            work: KeptPlace(work, tuple(tuple(path) for path in json.loads(headings)), time)
            for work, headings, time in rows
        }

    # ── PDFs ──────────────────────────────────────────────────────────────────────────────────────
    def put_fetch(self, fetch: Fetch, time: str) -> None:
        """Keep the outcome of trying to get a work's PDF, and the PDF."""
        if fetch.pdf is not None:
            self.put_pdf(fetch.work, fetch.pdf, time)
        sha = fetch.pdf.sha256 if fetch.pdf else None
        reason, tried = storable(fetch.reason), json.dumps(fetch.tried)
        row = (fetch.work, fetch.status, reason, tried, int(fetch.transient), sha, time)
        self._db.replace_rows("fetches", [row])

    def forget_failed_fetch(self, work: str) -> None:
        """So that the next run tries again to get a work's PDF; nothing where it has one."""
        self._db.execute("DELETE FROM fetches WHERE work = ? AND sha256 IS NULL", (work,))

    def put_pdf(self, work: str, pdf: PdfFile, time: str) -> None:
        """Keep a PDF of a work; the newest one counts, older ones stay known."""
        self._db.replace_rows("pdfs", [(pdf.sha256, dump(pdf))])
        self._db.replace_rows("work_pdfs", [(work, pdf.sha256, time)])

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
        rows = self._db.execute(
            "SELECT work, status, reason, tried, transient, time FROM fetches ORDER BY rowid"
        )
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
        self._db.replace_rows("texts", [(*row, text.tries, text.seconds, text.megabytes)])

    @tell_damage
    def texts(self, extractor: str) -> dict[str, TextRecord]:
        """The PDFs read by this version of the extractor, by SHA-256."""
        rows = self._db.execute(f"{_SELECT_TEXT} WHERE extractor = ? ORDER BY rowid", (extractor,))
        return {r[0]: TextRecord(*r) for r in rows}

    @tell_damage
    def text(self, sha256: str) -> TextRecord | None:
        """How the last reading of one PDF ended, by whatever version of the extractor."""
        row = self._db.execute(f"{_SELECT_TEXT} WHERE sha256 = ?", (sha256,)).fetchone()
        return TextRecord(*row) if row else None

    def put_marks(self, sha256: str, marks: Sequence[Mark], reader: str) -> None:
        """Keep what the reader marked in a PDF, as this version of the reading found it."""
        records = json.dumps([asdict(mark) for mark in marks], ensure_ascii=False)
        self._db.replace_rows("marks", [(sha256, reader, storable(records))])

    @tell_damage
    def marks(self) -> dict[str, tuple[Mark, ...]]:
        """What the reader marked, by the SHA-256 of the PDF; PDFs without marks are left out."""
        rows = self._db.execute(
            "SELECT sha256, records FROM marks WHERE records != '[]' ORDER BY sha256"
        )
        return {
            sha: tuple(build_record(Mark, one) for one in json.loads(records))
            for sha, records in rows
        }

    @tell_damage
    def looked_for_marks(self, reader: str) -> set[str]:
        """SHA-256 of the PDFs whose marks this version of the reading has read."""
        rows = self._db.execute("SELECT sha256 FROM marks WHERE reader = ?", (reader,))
        return {sha for (sha,) in rows}

    def put_drop_folder(self, works: Mapping[FileStamp, str]) -> None:
        """Replace what is known of the drop folder's files: the work that each was filed as."""
        self._db.execute("DELETE FROM dropped_files")
        rows = [(os.fsencode(f.path), f.bytes, f.modified_ns, w) for f, w in works.items()]
        self._db.replace_rows("dropped_files", rows)

    @tell_damage
    def drop_folder(self) -> dict[FileStamp, str]:
        """The drop folder's files with the id of the work each was filed as ('' where it is not
        known).
        """
        rows = self._db.execute(
            "SELECT path, bytes, modified_ns, work FROM dropped_files ORDER BY rowid"
        )
        return {FileStamp(os.fsdecode(r[0]), r[1], r[2]): r[3] for r in rows}

    # ── the reading list ──────────────────────────────────────────────────────────────────────────
    def put_lookups(self, lookups: Iterable[Lookup]) -> None:
        """Keep what the sources say of works that the papers cite."""
        rows = [(storable(a.key), json.dumps(a.ids), a.time) for a in lookups]
        self._db.replace_rows("lookups", rows)

    @tell_damage
    def lookups(self) -> dict[str, Lookup]:
        """What the sources said of works that the papers cite, by key."""
        rows = self._db.execute("SELECT key, ids, time FROM lookups ORDER BY rowid")
        return {r[0]: Lookup(r[0], tuple(json.loads(r[1])), r[2]) for r in rows}

    # ── notices: retractions, newer versions ──────────────────────────────────────────────────────
    def put_notices(
        self, work: str, source: str, ident: str, notices: Iterable[Notice], time: str
    ) -> None:
        """Replace what a source tells of a work under one of its identifiers."""
        records = [json.loads(dump(notice)) for notice in notices]
        row = (work, source, storable(ident), _as_json(records), time)
        self._db.replace_rows("notices", [row])

    @tell_damage
    def notices(self) -> dict[str, tuple[Notice, ...]]:
        """What the sources told of works, by the work's id, the gravest first."""
        found: dict[str, list[Notice]] = {}
        for work, records in self._db.execute(
            "SELECT work, records FROM notices ORDER BY work, source, ident"
        ):
            found.setdefault(work, []).extend(build_record(Notice, r) for r in json.loads(records))
        return {work: tuple(gravest_first(notices)) for work, notices in found.items()}

    def put_notice_checks(self, source: str, idents: Iterable[str], time: str) -> None:
        """Keep when a source was asked for notices about these identifiers."""
        rows = [(source, storable(ident), time) for ident in idents]
        self._db.replace_rows("notice_checks", rows)

    @tell_damage
    def notice_checks(self) -> dict[tuple[str, str], str]:
        """When each source was last asked for notices about each identifier."""
        rows = self._db.execute("SELECT source, ident, time FROM notice_checks ORDER BY rowid")
        return {(source, ident): time for source, ident, time in rows}

    def add_to_work(self, work: str, ids: Iterable[str], arxiv_version: int | None) -> None:
        """Identifiers that a work goes by too, and its newest version on arXiv; what else is known
        of it, and since when, stays.
        """
        row = self._db.execute("SELECT record FROM works WHERE id = ?", (work,)).fetchone()
        if row is None:
            return
        known = load(Work, row[0])
        newest = max(known.arxiv_version or 0, arxiv_version or 0) or None
        ids = tuple(dict.fromkeys([*known.ids, *ids]))
        if (ids, newest) != (known.ids, known.arxiv_version):
            record = dump(replace(known, ids=ids, arxiv_version=newest))
            self._db.execute("UPDATE works SET record = ? WHERE id = ?", (record, work))

    # ── what is told ──────────────────────────────────────────────────────────────────────────────
    def put_events(self, events: Iterable[Event]) -> None:
        """Keep what happened, in the order given. Write in one transaction with `put_told`, so that
        nothing is told twice or lost.
        """
        self._db.executemany(
            "INSERT INTO events (kind, subject, title, headings, time, details) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    e.kind,
                    storable(e.subject),
                    storable(e.title),
                    _as_json(e.headings),
                    e.time,
                    _as_json(dict(e.details)),
                )
                for e in events
            ],
        )

    @tell_damage
    def events(self, since: str = "") -> list[Event]:
        """What happened at or after `since` (UTC ISO 8601), in its order; '' for all."""
        rows = self._db.execute(f"{_SELECT_EVENT} WHERE time >= ? ORDER BY id", (since,))
        return [_event(row) for row in rows]

    @tell_damage
    def undelivered(self, channel: str) -> list[Event]:
        """The events that this channel has not been given, in their order."""
        given = "SELECT event FROM deliveries WHERE channel = ?"
        query = f"{_SELECT_EVENT} WHERE id NOT IN ({given}) ORDER BY id"
        return [_event(row) for row in self._db.execute(query, (channel,))]

    def put_deliveries(self, channel: str, events: Iterable[int], time: str) -> None:
        """Keep that a channel was given these events (ids)."""
        self._db.executemany(
            "INSERT INTO deliveries (channel, event, time) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(channel, event, time) for event in events],
        )

    def mark_read(self, events: Iterable[int], *, is_read: bool = True) -> None:
        """Keep that the reader has seen these events (ids), or that they are new to him again."""
        self._db.executemany(
            "UPDATE events SET is_read = ? WHERE id = ?", [(is_read, event) for event in events]
        )

    @tell_damage
    def told(self, part: str) -> dict[str, Any]:
        """What the events of this part were last made from, by subject: plain JSON; empty where
        nothing was ever told.
        """
        query = "SELECT subject, state FROM told WHERE part = ? ORDER BY subject"
        rows = self._db.execute(query, (part,))
        return {subject: json.loads(state) for subject, state in rows}

    def put_told(self, part: str, states: Mapping[str, Any]) -> None:
        """Replace what the events of this part were last made from."""
        self._db.execute("DELETE FROM told WHERE part = ?", (part,))
        rows = [(part, storable(subject), _as_json(state)) for subject, state in states.items()]
        self._db.replace_rows("told", rows)

    # ── new papers ────────────────────────────────────────────────────────────────────────────────
    def put_candidates(self, candidates: Iterable[Candidate]) -> None:
        """Keep candidates as they are now; none of them counts as dropped any longer."""
        kept = list(candidates)
        rows = [(storable(c.id), dump(c), c.state, c.time, c.shown) for c in kept]
        self._db.replace_rows("candidates", rows)
        names = [(storable(name),) for c in kept for name in {c.id, *c.work.ids}]
        self._db.executemany("DELETE FROM dropped_candidates WHERE id = ?", names)

    @tell_damage
    def candidates(self) -> list[Candidate]:
        """The candidates in the order in which they were first seen."""
        rows = self._db.execute("SELECT record FROM candidates ORDER BY time, id")
        return [load(Candidate, row[0]) for row in rows]

    def drop_candidates(self, ids: Iterable[str], time: str, *, with_reason: bool = False) -> None:
        """Keep of these candidates nothing but the identifier, when they were dropped, and whether
        that was with a reason to show them (they cite the reader's works, or are by somebody
        watched).
        """
        dropped = [storable(ident) for ident in ids]
        self._db.executemany("DELETE FROM candidates WHERE id = ?", [(i,) for i in dropped])
        rows = [(ident, time) for ident in dropped]
        if with_reason:
            rows += [(f"{_WITH_REASON}{ident}", time) for ident in dropped]
        self._db.executemany(
            "INSERT INTO dropped_candidates (id, time) VALUES (?, ?) ON CONFLICT DO NOTHING", rows
        )

    @tell_damage
    def dropped_candidates(self, *, with_reason: bool = False) -> set[str]:
        """The identifiers of the candidates that were dropped, or of those `with_reason` alone."""
        names = {row[0] for row in self._db.execute("SELECT id FROM dropped_candidates")}
        marked = {name for name in names if name.startswith(_WITH_REASON)}
        return (
            {name.removeprefix(_WITH_REASON) for name in marked} if with_reason else names - marked
        )

    def count_dropped_candidates(self, since: str) -> int:
        """How many papers, by their identifiers, were dropped since a time (UTC ISO 8601)."""
        rows = self._db.execute(
            "SELECT COUNT(*) FROM dropped_candidates WHERE time >= ? AND substr(id, 1, ?) != ?",
            (since, len(_WITH_REASON), _WITH_REASON),
        )
        return int(rows.fetchone()[0])

    def forget_dropped_candidates(self, before: str) -> None:
        """Forget those that were dropped before a time."""
        self._db.execute("DELETE FROM dropped_candidates WHERE time < ?", (before,))

    @tell_damage
    def listings(self) -> dict[str, WatchedListing]:
        """How far each listing of new papers was looked through, by its name."""
        rows = self._db.execute("SELECT listing, until, time FROM listings ORDER BY rowid")
        return {row[0]: WatchedListing(*row) for row in rows}

    def put_listing(self, listing: WatchedListing) -> None:
        """Keep how far a listing was looked through."""
        row = (storable(listing.listing), listing.until, listing.time)
        self._db.replace_rows("listings", [row])

    # ── runs ──────────────────────────────────────────────────────────────────────────────────────
    def start_run(self, time: str) -> int:
        """A new run; ones left 'running' by a killed process become 'interrupted'."""
        self._db.execute(
            "UPDATE runs SET state = 'interrupted', finished = ? WHERE state = 'running'", (time,)
        )
        self._db.execute(
            "INSERT INTO runs (started, state, report) VALUES (?, 'running', '{}')", (time,)
        )
        return int(self._db.execute("SELECT MAX(id) FROM runs").fetchone()[0])

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
        self._db.executemany("INSERT INTO problems (run, subject, reason) VALUES (?, ?, ?)", rows)

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

    # ── the database ──────────────────────────────────────────────────────────────────────────────
    def integrity(self) -> str:
        """What the database complains about; '' where it is whole."""
        return self._db.complaint()

    def version(self) -> int:
        """Changes whenever another connection has written; for readers' caches."""
        return self._db.change_number()


_FOLLOWING = {
    "fetches": (),
    "work_pdfs": ("sha256",),
    "corrections": ("field",),
    "looked_claims": ("claim",),
    "notices": ("source", "ident"),
    "reading_states": (),
    "tags": ("tag",),
    "kept_places": (),
}
"""Tables whose rows follow a work that goes by another id; the rest of each one's key."""
_WITH_REASON = "with reason "
"""Begins the row that a dropped candidate has beside its own where it had a reason to be shown."""
_SELECT_RESOLUTION = (
    "SELECT citation, status, reason, work, candidates, time, unanswered FROM resolutions"
)
_SELECT_TEXT = (
    "SELECT sha256, extractor, quality, reason, pages, tries, seconds, megabytes FROM texts"
)


_SELECT_EVENT = "SELECT kind, subject, title, headings, time, details, id, is_read FROM events"


def _event(row: Sequence[Any]) -> Event:
    headings = tuple(tuple(path) for path in json.loads(row[3]))
    return Event(
        EventKind(row[0]),
        row[1],
        row[2],
        headings,
        row[4],
        json.loads(row[5]),
        row[6],
        bool(row[7]),
    )


def _placed(place: KeptPlace) -> Decision:
    where = "; ".join(" › ".join(path) for path in place.headings)
    return Decision(place.work, where, place.time, place.work, PLACE)


def _as_json(value: Any) -> str:
    return storable(json.dumps(value, ensure_ascii=False, sort_keys=True))


def _decided(row: Sequence[Any]) -> Decided:
    candidates = tuple(build_record(Work, c) for c in json.loads(row[4]))
    return Decided(row[0], row[1], row[2], row[3], candidates, row[5], tuple(json.loads(row[6])))


def _tried(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((str(url), str(outcome)) for url, outcome in json.loads(text))


def _corrected(work: Work, field: str, value: str) -> Work:
    """The work with a field as the user says; a DOI takes the place of those known."""
    data: Any = json.loads(value)
    if field == "doi":
        return replace(work, ids=(data, *(i for i in work.ids if not i.startswith("doi:"))))
    fields: dict[str, Any] = {field: tuple(data) if isinstance(data, list) else data}
    return replace(work, **fields)
