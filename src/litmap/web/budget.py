"""How often each host may be asked: one budget a service, shared by all processes of this machine,
kept across runs.

The paces are the services' own terms as of autumn 2026: arXiv one request every three seconds over
a single connection, all its hosts together (info.arxiv.org/help/api/tou); Crossref's lists one a
second, or three with a contact, its single works five and ten (announcement of 5 November 2025);
OpenAlex ten a second; Semantic Scholar one a second; NCBI three a second; Zenodo one. Every other
host gets a gentle default. What a service announces in its headers (x-rate-limit-limit and
-interval, X-RateLimit-Remaining) counts where it is stricter.

A host that puts a robot check before its answers is left alone for a day.
"""

from __future__ import annotations

import contextlib
import logging
import os
import random
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from litmap.errors import Challenged, Exhausted, LitmapError, WebError
from litmap.operating_system import try_lock

logger = logging.getLogger(__name__)

OnWait = Callable[[str, float, str], None]
"""Told (host, seconds, why) before a wait of more than half a second."""

jitter = random.SystemRandom().uniform
"""A number between two, drawn beside the common random numbers, whose seed is the program's."""
DEFAULT = "default"
MAX_REST = 86_400.0
"""Seconds that a host is left alone at most; a longer rest was noted under another clock."""
MAX_AHEAD = 60.0
"""Seconds that the next turn may lie ahead, or `TURNS_AHEAD` turns; else the clock has changed."""
TURNS_AHEAD = 4
SILENT = "no answer"
"""Stands where a robot check's name does for a host that did not answer."""
SUSPECT = "no answer yet"
SUSPECT_SECONDS = 3600.0
SILENCE_REST = 7200.0
"""Seconds for which such a host is left alone."""
CHALLENGE_REST = 86_400.0
"""Seconds that a host is left alone after a robot check."""
RESERVED_SHARE = 0.1
"""The share of a day's credits that dear requests leave to those that cost one."""
_GROUPS = {
    "arxiv.org": "arxiv",
    "crossref.org": "crossref",
    "openalex.org": "openalex",
    "content.openalex.org": "openalex-files",
    "api.semanticscholar.org": "s2",
    "dblp.org": "dblp",
    "dblp.uni-trier.de": "dblp",
    "api.unpaywall.org": "unpaywall",
    "openreview.net": "openreview",
    "ncbi.nlm.nih.gov": "ncbi",
    "biorxiv.org": "biorxiv",
    "medrxiv.org": "biorxiv",
    "zenodo.org": "zenodo",
    "datacite.org": "datacite",
    "www.ebi.ac.uk": "europepmc",
    "europepmc.org": "europepmc",
    "archive.org": "wayback",
    "core.ac.uk": "core",
    "api.osf.io": "osf",
    "api.econbiz.de": "econbiz",
}
_LISTS = (
    ("crossref", "crossref-lists", re.compile(r"/works/?(?:\?|$)")),
    ("openalex", "openalex-works", re.compile(r"/works/[^?]")),
)
"""Services that count some of their addresses apart: (group, group of these, their path)."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between the starts of two requests, and how many may be under way at once."""

    seconds: float
    connections: int


_PACES = {
    "arxiv": Pace(3.0, 1),
    "crossref": Pace(0.21, 1),
    "crossref-polite": Pace(0.11, 3),
    "crossref-lists": Pace(1.05, 1),
    "crossref-lists-polite": Pace(0.35, 3),
    "openalex": Pace(0.11, 2),
    "openalex-works": Pace(0.11, 2),
    "openalex-files": Pace(0.5, 2),
    "s2": Pace(1.05, 1),
    "dblp": Pace(1.05, 1),
    "unpaywall": Pace(0.11, 2),
    "openreview": Pace(0.5, 1),
    "ncbi": Pace(0.35, 1),
    "biorxiv": Pace(3.0, 1),
    "zenodo": Pace(1.05, 1),
    "datacite": Pace(0.35, 2),
    "europepmc": Pace(0.2, 2),
    "wayback": Pace(1.05, 1),
    "core": Pace(2.1, 1),
    "osf": Pace(0.7, 1),
    "econbiz": Pace(1.05, 1),
    DEFAULT: Pace(0.2, 2),
}
_BASES = {special: group for group, special, _ in _LISTS}
"""The group whose pace, where the user sets one, counts for a special group too."""
_OPENING_PATIENCE = 30.0
"""Seconds that another process may take with the file."""


def group_of(host: str, target: str = "") -> str:
    """The name under which requests are counted: a service's, or the host itself.

    `target` is the path and query, where a service counts some of its addresses apart.
    """
    group = _service_of(host)
    for base, special, path in _LISTS:
        if group == base and path.match(target):
            return special
    return group


def _service_of(host: str) -> str:
    parts = host.split(".")
    for start in range(len(parts) - 1):
        group = _GROUPS.get(".".join(parts[start:]))
        if group:
            return group
    return host


class Budget:
    """Turns to ask a host. Safe between threads and, through files under `state`, between
    processes.

    `paces` overrides seconds by group ('arxiv'), host, or 'default' for all that are not named by
    the services' rules.
    """

    def __init__(
        self,
        state: Path,
        paces: Mapping[str, float] | None = None,
        *,
        contact: str = "",
        patience: float = 120.0,
        on_wait: OnWait | None = None,
    ) -> None:
        self._paces = {group_of(k) if k != DEFAULT else k: v for k, v in (paces or {}).items()}
        self._contact = contact
        self._patience = patience
        self._on_wait = on_wait
        self._lock = threading.Lock()
        self._slots: dict[str, threading.BoundedSemaphore] = {}
        self._announced: dict[str, float] = {}
        self._credits: dict[str, tuple[int, int]] = {}
        self.closed = threading.Event()
        self._folder = state / "slots"
        self._folder.mkdir(parents=True, exist_ok=True)
        with _clear_errors(state):
            self._db = _open(state / "budgets.sqlite")

    def pace(self, group: str) -> Pace:
        """The pace of a group, with the user's overrides and what the service has announced."""
        polite = f"{group}-polite"
        name = polite if self._contact and polite in _PACES else group
        rule = _PACES.get(name, _PACES[DEFAULT])
        chosen = self._chosen_seconds(group)
        if chosen is not None:
            return Pace(chosen, rule.connections)
        return Pace(max(rule.seconds, self._announced.get(group, 0.0)), rule.connections)

    def _chosen_seconds(self, group: str) -> float | None:
        """The pace that the user has set for a group; 'default' is for those without a rule."""
        for name in (group, _BASES.get(group, group)):
            if name in self._paces:
                return self._paces[name]
        return None if group in _PACES else self._paces.get(DEFAULT)

    @contextlib.contextmanager
    def turn(self, host: str, target: str = "") -> Iterator[None]:
        """Wait for a turn to ask `host` for `target` and hold one of its connections meanwhile.

        Raises `Exhausted` where the host is to be left alone for longer than the patience, and
        `Challenged` where it asked for a browser within the last day.
        """
        self._check_challenge(host)
        group = group_of(host, target)
        pace = self.pace(group)
        with self._slot(group, pace.connections):
            self._check_challenge(host)
            self._wait_for_pace(host, group, pace.seconds)
            yield

    def rest(self, host: str, seconds: float, target: str = "") -> None:
        """Nobody asks this host's group for so many seconds, a day at most."""
        if not seconds > 0:  # nor NaN
            return
        now = time.time()
        row = (group_of(host, target), now + min(seconds, MAX_REST), now + MAX_REST)
        with self._write() as db:
            db.execute(
                "INSERT INTO hosts (name, next, rest) VALUES (?1, 0, ?2) "
                "ON CONFLICT (name) DO UPDATE SET "
                "rest = iif(rest > ?3, excluded.rest, max(rest, excluded.rest))",
                row,
            )

    def answered(self, host: str, target: str, headers: Mapping[str, str]) -> None:
        """An answer has begun: where the rule is strict (one connection), the next pace counts from
        here; what its headers announce counts from now on.
        """
        group = group_of(host, target)
        self._note_announced_pace(group, headers)
        self._note_credits(group, headers)
        pace = self.pace(group)
        if pace.connections == 1 and pace.seconds:
            with self._write() as db:
                db.execute(
                    "UPDATE hosts SET next = max(next, ?) WHERE name = ?",
                    (time.time() + pace.seconds, group),
                )

    # ── what services announce ──
    def _note_announced_pace(self, group: str, headers: Mapping[str, str]) -> None:
        """'x-rate-limit-limit: 3' in 'x-rate-limit-interval: 1s' is a third of a second."""
        count = headers.get("x-rate-limit-limit", "").strip()
        interval = re.fullmatch(r"([0-9]{1,4})s", headers.get("x-rate-limit-interval", "").strip())
        if interval and re.fullmatch(r"[1-9][0-9]{0,5}", count):
            seconds = min(int(interval[1]) / int(count), MAX_AHEAD)
            with self._lock:
                self._announced[group] = seconds

    def _note_credits(self, group: str, headers: Mapping[str, str]) -> None:
        """What is left of the day's credits, and of how many."""
        left, whole = (
            headers.get(f"x-ratelimit-{name}", "").strip() for name in ("remaining", "limit")
        )
        if left.isdecimal() and whole.isdecimal():
            with self._lock:
                self._credits[group] = (int(left[:9]), int(whole[:9]))

    def check_credits(self, host: str, target: str, cost: int) -> None:
        """Raises `Exhausted` where a request of `cost` credits would take of those that are kept
        for requests of one credit.
        """
        with self._lock:
            left, whole = self._credits.get(group_of(host, target), (-1, 0))
        if cost > 1 and 0 <= left < cost + RESERVED_SHARE * whole:
            raise Exhausted(
                f"{host} has {left} of the day's {whole} credits left, kept for finding PDFs",
                subject=host,
                until=_midnight(),
            )

    # ── robot checks ──
    def note_challenge(self, host: str, mark: str) -> Challenged:
        """Leave a host alone for a day that asks for a browser; the error that says so."""
        until = time.time() + CHALLENGE_REST
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO challenges VALUES (?, ?, ?)", (host, mark, until))
        return _challenged(host, mark, until)

    def _check_challenge(self, host: str) -> None:
        with self._lock:
            row = self._db.execute(
                "SELECT mark, until FROM challenges WHERE host = ?", (host,)
            ).fetchone()
        if row is None or row[0] == SUSPECT:
            return
        if time.time() < row[1] <= time.time() + CHALLENGE_REST:
            raise _silent(host, row[1]) if row[0] == SILENT else _challenged(host, *row)

    def suspects(self) -> dict[str, float]:
        """Hosts that did not answer when they were asked in the last hour, and when; whether others
        did answer later, nobody knew yet.
        """
        since = time.time() - SUSPECT_SECONDS
        asked = "SELECT host, until FROM challenges WHERE mark = ? AND until > ?"
        with self._lock:
            return dict(self._db.execute(asked, (SUSPECT, since)).fetchall())

    def clear_suspect(self, host: str) -> None:
        """A host that is a suspect has answered."""
        with self._write() as db:
            db.execute("DELETE FROM challenges WHERE host = ? AND mark = ?", (host, SUSPECT))

    def note_silence(self, host: str, *, is_sure: bool = True) -> None:
        """Leave a host alone for a while that did not answer though others did; not a service,
        which is remembered with the works that it was asked about. Where it is not sure that others
        answered, it is a suspect.
        """
        if group_of(host) != host:
            return
        now = time.time()
        row = (host, SILENT, now + SILENCE_REST) if is_sure else (host, SUSPECT, now)
        logger.info(
            "%s: did not answer%s", host, f", left alone for {SILENCE_REST:.0f} s" * is_sure
        )
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO challenges VALUES (?, ?, ?)", row)

    def close(self) -> None:
        """End all waits; they raise `WebError`."""
        self.closed.set()

    def sleep(self, host: str, seconds: float, why: str) -> None:
        """Wait, telling the progress display; ends early, with `WebError`, when the budget is
        closed.
        """
        if seconds > 0.5 and self._on_wait is not None:
            self._on_wait(host, seconds, why)
        if self.closed.wait(max(0.0, seconds)):
            raise WebError("stopped", subject=host)

    # ── turns ──
    def _wait_for_pace(self, host: str, group: str, seconds: float) -> None:
        granted = False
        while True:
            now = time.time()
            rest = self._resting(group)
            if rest > now:
                if rest - now > self._patience:
                    until = utc_text(rest)
                    raise Exhausted(
                        f"{host} asks to come back at {until}", subject=host, until=until
                    )
                self.sleep(host, rest - now + jitter(0.05, 0.3), "it asked to wait")
                continue
            if granted or not seconds:
                return
            self.sleep(host, self._reserve(group, seconds) - now, "its pace")
            granted = True

    def _reserve(self, group: str, seconds: float) -> float:
        now = time.time()
        with self._write() as db:
            row = db.execute("SELECT next FROM hosts WHERE name = ?", (group,)).fetchone()
            at = float(row[0]) if row else 0.0
            if at > now + max(MAX_AHEAD, TURNS_AHEAD * seconds):  # the clock was turned back
                logger.warning("%s: the clock was turned back; its pace counts anew", group)
                at = 0.0
            at = max(now, at)
            db.execute(
                "INSERT INTO hosts (name, next, rest) VALUES (?, ?, 0) "
                "ON CONFLICT (name) DO UPDATE SET next = excluded.next",
                (group, at + seconds),
            )
        return at

    def _resting(self, group: str) -> float:
        with self._lock:
            row = self._db.execute("SELECT rest FROM hosts WHERE name = ?", (group,)).fetchone()
        rest = float(row[0]) if row else 0.0
        if rest > time.time() + MAX_REST:  # the clock was turned back
            return 0.0
        return rest

    @contextlib.contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _clear_errors(self._folder.parent):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                if self._db.in_transaction:  # SQLite has ended it itself where the disk is full
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    # ── connections ──
    @contextlib.contextmanager
    def _slot(self, group: str, count: int) -> Iterator[None]:
        with self._lock:
            gate = self._slots.setdefault(group, threading.BoundedSemaphore(count))
        while not gate.acquire(timeout=0.5):
            if self.closed.is_set():
                raise WebError("stopped", subject=group)
        try:
            file = self._lock_file(group, count)
            try:
                yield
            finally:
                os.close(file)
        finally:
            gate.release()

    def _lock_file(self, group: str, count: int) -> int:
        """The kernel's lock on one of the group's slot files; it ends with the process however that
        ends.
        """
        name = "".join(c if c.isalnum() or c in ".-" else "_" for c in group)[:100]
        while True:
            for number in range(count):
                file = os.open(self._folder / f"{name}.{number}", os.O_RDWR | os.O_CREAT, 0o600)
                try:
                    if try_lock(file):
                        return file
                except OSError:  # a file system without locks: this process keeps its own count
                    return file
                os.close(file)
            self.sleep(group, 0.05, "another process asks it")


def _silent(host: str, seconds: float) -> Exhausted:
    until = utc_text(seconds)
    return Exhausted(
        f"{host} did not answer; left alone until {until}", subject=f"https://{host}/", until=until
    )


def _challenged(host: str, mark: str, seconds: float) -> Challenged:
    until = utc_text(seconds)
    text = f"{host} asks for a browser ({mark}); left alone until {until}"
    return Challenged(text, subject=f"https://{host}/", until=until)


def utc_text(seconds: float) -> str:
    """Seconds since 1970 as an ISO 8601 time, UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _midnight() -> str:
    """When the next day begins, UTC."""
    return utc_text((time.time() // 86_400 + 1) * 86_400)


@contextlib.contextmanager
def _clear_errors(folder: Path) -> Iterator[None]:
    """Tell a full disk and a folder that cannot be written as such."""
    try:
        yield
    except sqlite3.OperationalError as error:
        message = f"what all libraries share cannot be written in {folder}: {error}"
        raise LitmapError(message, subject=str(folder)) from error


def _open(path: Path) -> sqlite3.Connection:
    """The budgets' database; a damaged one is put aside, for it holds nothing that time does not
    bring back.
    """
    for last in (False, True):
        db = sqlite3.connect(
            path, timeout=_OPENING_PATIENCE, isolation_level=None, check_same_thread=False
        )
        try:
            _use_wal(db)
            db.execute("PRAGMA synchronous = OFF")
            db.execute(
                "CREATE TABLE IF NOT EXISTS hosts (name TEXT PRIMARY KEY, next REAL, rest REAL)"
            )
            db.execute(
                "CREATE TABLE IF NOT EXISTS challenges "
                "(host TEXT PRIMARY KEY, mark TEXT, until REAL)"
            )
            _check_rows(db)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            db.close()
            if last or _is_passing(error):
                raise
            for stale in (
                path,
                path.with_name(path.name + "-wal"),
                path.with_name(path.name + "-shm"),
            ):
                stale.unlink(missing_ok=True)
        else:
            return db
    raise AssertionError


def _use_wal(db: sqlite3.Connection) -> None:
    """Turn the file to a write-ahead log. Where two processes do so with a new file at once, SQLite
    tells one of them that it is locked, whatever its timeout.
    """
    last = time.monotonic() + _OPENING_PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                raise
            time.sleep(0.01)
        else:
            return


def _is_passing(error: Exception) -> bool:
    """Whether the disk or another process is the cause (full, held, read-only), and no damage."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    return isinstance(error, sqlite3.OperationalError) and code != sqlite3.SQLITE_ERROR


def _check_rows(db: sqlite3.Connection) -> None:
    """Raises DatabaseError where the file is damaged, or holds other values than were written."""
    told = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    wrong = db.execute(
        "SELECT 1 FROM hosts WHERE typeof(next) != 'real' OR typeof(rest) != 'real' UNION ALL "
        "SELECT 1 FROM challenges WHERE typeof(mark) != 'text' OR typeof(until) != 'real'"
    ).fetchall()
    if told != "ok" or wrong:
        raise sqlite3.DatabaseError(f"the budgets are damaged: {told}")
