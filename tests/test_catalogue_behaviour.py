"""What the catalogue gives back, and what an entry says of a work: each rule by an example."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.catalogue import MIGRATIONS, Catalogue, damage, utc_now
from litmap.catalogue import connection as connections
from litmap.catalogue.connection import SQLite, Writing
from litmap.catalogue.entries import Entry, _status, entries, provisional
from litmap.catalogue.migrations import Migration, migrate
from litmap.catalogue.records import build_record, dump, load, storable
from litmap.catalogue.stored import Decided, Fetched, FileStamp, Lookup, TextRecord
from litmap.errors import LibraryError
from litmap.models import (
    Citation,
    Fetch,
    Heading,
    Mention,
    Note,
    NoteBlock,
    PdfFile,
    Problem,
    Reference,
    Resolution,
    Span,
    TextBlock,
    Work,
)
from litmap.operating_system import read_beginning
from litmap.paths import LibraryPaths

NOW = "2026-01-01T00:00:00Z"
LATER = "2026-02-02T00:00:00Z"
WORK = Work("doi:10.1/a", "A title", ("Ada Alpha",), 2025, ids=("doi:10.1/a",))
OTHER = Work("doi:10.1/b", "Another title", ("Bo Beta",), 2020, ids=("doi:10.1/b",))
PDF = PdfFile("1" * 64, "pdfs/1.pdf", 10, pages=3, version=2)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "library" / "deeper" / "catalogue.sqlite"


@pytest.fixture
def catalogue(empty_catalogue):
    with Catalogue.create(empty_catalogue) as opened:
        yield opened


def cite(key, title="", *, ids=(), line=1, note="a.md", heading=(), sure=True):
    mention = Mention(note, line, f"text of {key}", heading, f"context of {key}")
    return Citation(key, "link", Reference(title=title, ids=ids), (mention,), sure)


# ── opening ───────────────────────────────────────────────────────────────────────────────────────
def test_a_catalogue_is_made_with_its_folders_and_opened_again(empty_catalogue):
    with Catalogue.create(empty_catalogue) as made:
        made.put_work(WORK, "note", NOW)
    with Catalogue.create(empty_catalogue) as again, Catalogue.open(empty_catalogue) as read:
        assert again.works() == read.works() == {WORK.id: WORK}


def test_a_reader_cannot_write(path):
    Catalogue.create(path).close()
    with Catalogue.open(path) as read, pytest.raises(sqlite3.OperationalError, match="readonly"):
        read.put_work(WORK, "note", NOW)


def test_a_reader_may_be_used_by_several_threads(empty_catalogue):
    from concurrent.futures import ThreadPoolExecutor

    Catalogue.create(empty_catalogue).close()
    with Catalogue.open(empty_catalogue) as read, ThreadPoolExecutor(1) as pool:
        assert pool.submit(read.works).result() == {}


def test_an_older_format_is_refused_for_reading_and_says_what_to_run(path):
    path.parent.mkdir(parents=True)
    sqlite3.connect(path).close()
    path.write_bytes(b"")
    with pytest.raises(LibraryError, match="old format: run `litmap refresh`"):
        Catalogue.open(path)


def test_a_file_that_is_no_catalogue_is_told_as_such_for_reading_and_writing(path):
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a database, whatever its name says" * 100)
    with pytest.raises(LibraryError, match="is damaged") as reading:
        Catalogue.open(path)
    with pytest.raises(LibraryError, match="is damaged") as writing:
        Catalogue.create(path)
    assert path.read_bytes().startswith(b"not a database"), "it is left as it is"
    assert reading.value.subject == writing.value.subject == str(path)


def test_a_folder_that_cannot_be_made_is_told_as_such(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError, match="cannot be written"):
        Catalogue.create(tmp_path / "file" / "catalogue.sqlite")


@pytest.mark.parametrize(
    ("writable", "shared", "immutable"),
    [(True, False, False), (False, False, True), (False, True, False), (True, True, False)],
)
def test_only_a_still_library_in_a_read_only_folder_is_opened_as_immutable(
    path, monkeypatch, writable, shared, immutable
):
    Catalogue.create(path).close()
    if shared:
        path.with_name(f"{path.name}-shm").write_bytes(b"")
    asked = []
    connect = sqlite3.connect
    monkeypatch.setattr(os, "access", lambda *_: writable)
    monkeypatch.setattr(
        sqlite3, "connect", lambda file, **options: asked.append(file) or connect(file, **options)
    )
    Catalogue.open(path).close()
    assert ("immutable=1" in asked[0]) is immutable


def test_a_migration_that_is_already_made_is_not_made_again(path):
    Catalogue.create(path).close()
    db = sqlite3.connect(path, isolation_level=None, factory=SQLite)
    migrate(db, str(path))
    assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    db.close()


def test_each_migration_leaves_its_number(path, monkeypatch):
    scripts = [Migration(f"CREATE TABLE {name} (a);") for name in ("one", "two", "three")]
    monkeypatch.setattr("litmap.catalogue.migrations.MIGRATIONS", scripts[:1])
    db = sqlite3.connect(":memory:", isolation_level=None, factory=SQLite)
    migrate(db, "x")
    assert db.execute("PRAGMA user_version").fetchone() == (1,)
    monkeypatch.setattr("litmap.catalogue.migrations.MIGRATIONS", scripts)
    migrate(db, "x")
    assert db.execute("PRAGMA user_version").fetchone() == (3,)
    db.close()


def test_a_broken_disk_is_told_otherwise_than_a_full_one_and_other_faults_stay(tmp_path):
    def failing(code):
        error = sqlite3.OperationalError("said by SQLite")
        error.sqlite_errorcode = code
        return error

    for code, message in (
        (sqlite3.SQLITE_FULL, "disk is full"),
        (sqlite3.SQLITE_IOERR, "cannot be read or written"),
        (sqlite3.SQLITE_IOERR_WRITE, "cannot be read or written"),
    ):
        with pytest.raises(LibraryError, match=message), connections._clear():
            raise failing(code)
    for code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_BUSY_SNAPSHOT):
        with pytest.raises(sqlite3.OperationalError), connections._clear():
            raise failing(code)
    db = sqlite3.connect(tmp_path / "x.sqlite", factory=Writing)
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        db.execute("SELECT * FROM nowhere")
    db.close()


# ── transactions ──────────────────────────────────────────────────────────────────────────────────
def test_a_snapshot_sees_one_state_whatever_is_written_meanwhile(empty_catalogue, catalogue):
    with Catalogue.open(empty_catalogue) as read:
        with read.snapshot():
            assert read.works() == {}
            catalogue.put_work(WORK, "note", NOW)
            assert read.works() == {}
            with read.snapshot():  # within one it is the same state
                assert read.works() == {}
            assert read.works() == {}, "the inner one does not end the outer one"
        assert set(read.works()) == {WORK.id}


def test_a_snapshot_ends_after_an_error_too(empty_catalogue, catalogue):
    with Catalogue.open(empty_catalogue) as read:
        with pytest.raises(RuntimeError), read.snapshot():
            read.works()
            raise RuntimeError
        catalogue.put_work(WORK, "note", NOW)
        assert set(read.works()) == {WORK.id}


def test_a_write_is_seen_by_others_as_a_whole(empty_catalogue, catalogue):
    with Catalogue.open(empty_catalogue) as read:
        before = read.version()
        with catalogue.write():
            catalogue.put_work(WORK, "note", NOW)
            assert read.works() == {}
        assert set(read.works()) == {WORK.id}
        assert read.version() != before
        assert read.version() == read.version()


# ── records ───────────────────────────────────────────────────────────────────────────────────────
TEXT = st.text(max_size=8)


@given(
    st.builds(
        Work,
        TEXT,
        TEXT,
        st.lists(TEXT, max_size=3).map(tuple),
        st.none() | st.integers(1, 2100),
        ids=st.lists(TEXT, max_size=2).map(tuple),
    )
)
def test_a_record_comes_back_as_it_went_in(work):
    work = load(Work, dump(work))
    assert load(Work, dump(work)) == work


def test_nested_tuples_keep_their_form():
    block = TextBlock("body", "x", (Span(0, 1, (0.0, 1.5, 2.0, 3.0)),))
    assert load(TextBlock, dump(block)) == block
    citation = Citation("k", "link", Reference(), (Mention("a", 1, "x", ("A", "B")),))
    assert load(Citation, dump(citation)) == citation
    note_block = NoteBlock("entry", "x", 1, fields=(("title", "A"), ("year", "2001")))
    assert load(NoteBlock, dump(note_block)) == note_block


def test_a_tuple_of_fixed_length_is_refused_with_another_length():
    with pytest.raises(ValueError, match="length 4"):
        build_record(Span, {"start": 0, "end": 1, "rect": [1.0, 2.0]})
    pair = build_record(tuple[Heading, str], [{"path": ["A"], "line": 3}, "b"])
    assert pair == (Heading(("A",), 3), "b")


def test_true_and_false_are_no_numbers():
    with pytest.raises(ValueError, match="bool"):
        build_record(Span, {"start": False, "end": 1, "rect": [1.0, 2.0, 3.0, 4.0]})


def test_an_unknown_field_is_ignored_and_a_missing_one_takes_its_default():
    assert load(Heading, '{"path": ["A"], "line": 2, "colour": "red"}') == Heading(("A",), 2)


def test_records_are_kept_compact_and_readable():
    assert dump(Heading(("Über",), 1)) == '{"path":["Über"],"line":1,"prose":""}'
    assert storable("a\udcffb") == "a?b"


# ── notes, citations, works ───────────────────────────────────────────────────────────────────────
def test_a_reading_replaces_the_one_before_and_drops_the_blocks(catalogue):
    catalogue.put_notes([Note("old.md", "markdown", "", "0")], [cite("old")])
    note = Note("b.md", "markdown", "B", "1", blocks=(NoteBlock("paragraph", "x", 1),))
    first = Note("a.md", "markdown", "A", "2")
    catalogue.put_notes([note, first], [cite("z"), cite("a")])
    assert [n.path for n in catalogue.notes()] == ["a.md", "b.md"]
    assert all(n.blocks == () for n in catalogue.notes())
    assert [c.key for c in catalogue.citations()] == ["z", "a"], "in the order of the notes"


def test_citations_of_a_work_are_those_resolved_to_it(catalogue):
    catalogue.put_notes([], [cite("k"), cite("l"), cite("m")])
    catalogue.put_resolution(Resolution("k", WORK, "metadata-only", ""), NOW)
    catalogue.put_resolution(Resolution("l", OTHER, "metadata-only", ""), NOW)
    catalogue.put_resolution(Resolution("m", None, "not-found", ""), NOW)
    assert catalogue.citations_of(WORK.id) == [cite("k")]
    assert catalogue.citations_of("doi:10.1/none") == []


def test_a_resolution_comes_back_field_by_field_until_it_is_forgotten(catalogue):
    catalogue.put_resolution(Resolution("k", WORK, "unsure", "two fit", (WORK, OTHER)), NOW)
    catalogue.put_resolution(Resolution("l", None, "not-found", "no source knows it"), LATER)
    kept = catalogue.resolution("k")
    assert (kept.citation, kept.status, kept.reason) == ("k", "unsure", "two fit")
    assert (kept.work, kept.candidates, kept.time) == (WORK.id, (WORK, OTHER), NOW)
    none = catalogue.resolution("l")
    assert (none.work, none.candidates, none.time) == (None, (), LATER)
    assert catalogue.resolutions() == {"k": kept, "l": none}
    assert set(catalogue.works()) == {WORK.id}
    catalogue.forget_resolution("k")
    assert catalogue.resolution("k") is None
    assert catalogue.resolutions() == {"l": none}


def test_a_work_dropped_in_stays_so_until_it_is_removed(catalogue):
    catalogue.put_work(WORK, "drop", NOW)
    catalogue.put_work(WORK, "note", LATER)
    catalogue.put_work(OTHER, "note", NOW)
    assert catalogue.dropped() == {WORK.id}
    catalogue.put_work(OTHER, "drop", LATER)
    assert catalogue.dropped() == {WORK.id, OTHER.id}
    for work in (WORK, OTHER):
        catalogue.put_fetch(Fetch(work.id, "fetched", "", PDF), NOW)
    catalogue.remove_dropped(WORK.id)
    assert catalogue.dropped() == {OTHER.id}
    assert set(catalogue.fetches()) == set(catalogue.pdfs()) == {OTHER.id}
    assert set(catalogue.works()) == {WORK.id, OTHER.id}


def test_a_renamed_work_takes_along_that_it_was_dropped_in_corrected_and_renamed_before(catalogue):
    catalogue.put_work(WORK, "drop", NOW)
    catalogue.correct(WORK.id, "year", 1999, NOW)
    catalogue.rename_work(WORK.id, OTHER, NOW)
    assert catalogue.dropped() == {OTHER.id}
    assert catalogue.works()[OTHER.id].year == 1999
    third = Work("doi:10.1/c", "Third")
    catalogue.rename_work(OTHER.id, third, LATER)
    assert catalogue.aliases() == {WORK.id: third.id, OTHER.id: third.id}
    assert set(catalogue.works()) == {third.id}


def test_a_work_renamed_to_itself_is_brought_up_to_date_and_no_alias(catalogue):
    catalogue.put_work(Work(WORK.id, "An old title"), "drop", NOW)
    catalogue.put_pdf(WORK.id, PDF, NOW)
    catalogue.rename_work(WORK.id, WORK, LATER)
    assert catalogue.works() == {WORK.id: WORK}
    assert catalogue.aliases() == {}
    assert catalogue.pdfs() == {WORK.id: [PDF]}
    catalogue.put_work(OTHER, "note", NOW)
    catalogue.rename_work(OTHER.id, Work("doi:10.1/c", "Third"), LATER)
    assert catalogue.dropped() == {WORK.id}, "one that was not dropped in stays so"


def test_works_with_user_data_have_a_pdf_or_a_correction(catalogue):
    for work in (WORK, OTHER, Work("doi:10.1/c", "Third")):
        catalogue.put_work(work, "note", NOW)
    assert catalogue.works_with_user_data() == set()
    catalogue.put_pdf(WORK.id, PDF, NOW)
    catalogue.correct(OTHER.id, "title", "Better", NOW)
    assert catalogue.works_with_user_data() == {WORK.id, OTHER.id}


def test_the_users_word_is_kept_and_corrections_of_unknown_works_wait(catalogue):
    catalogue.decide("k", WORK.id, NOW)
    catalogue.decide("l", "none", NOW)
    catalogue.decide("k", "none", LATER)
    assert catalogue.decisions() == {"k": "none", "l": "none"}
    catalogue.correct(WORK.id, "title", "Right", NOW)
    assert catalogue.works() == {}
    catalogue.put_work(WORK, "note", NOW)
    assert catalogue.works()[WORK.id].title == "Right"


# ── PDFs and texts ────────────────────────────────────────────────────────────────────────────────
def test_a_fetch_comes_back_field_by_field(catalogue):
    tried = (("https://a", "404"), ("https://b", "no PDF"))
    catalogue.put_fetch(Fetch(WORK.id, "failed", "no answer", None, tried, transient=True), NOW)
    catalogue.put_fetch(Fetch(OTHER.id, "metadata-only", "none free"), LATER)
    kept = catalogue.fetches()
    one = kept[WORK.id]
    assert (one.work, one.status, one.reason) == (WORK.id, "failed", "no answer")
    assert (one.tried, one.transient, one.time) == (tried, True, NOW)
    two = kept[OTHER.id]
    assert (two.work, two.tried, two.transient, two.time) == (OTHER.id, (), False, LATER)
    assert catalogue.pdfs() == {}


def test_of_two_pdfs_of_the_same_second_the_later_one_counts(catalogue):
    second = PdfFile("2" * 64, "pdfs/2.pdf", 20)
    catalogue.put_pdf(WORK.id, PDF, NOW)
    catalogue.put_pdf(WORK.id, second, NOW)
    assert catalogue.pdfs() == {WORK.id: [second, PDF]}


def test_texts_are_those_of_one_version_of_the_extractor(catalogue):
    one = TextRecord("1" * 64, "v1", "good", "", 12, 2, 3.5, 400)
    two = TextRecord("2" * 64, "v2", "poor", "scanned", 3)
    catalogue.put_text(one)
    catalogue.put_text(two)
    assert catalogue.texts("v1") == {one.sha256: one}
    assert catalogue.texts("v2") == {two.sha256: two}
    again = TextRecord("1" * 64, "v2", "good", "again", 13)
    catalogue.put_text(again)
    assert catalogue.texts("v1") == {}
    assert (catalogue.text(one.sha256), catalogue.text("3" * 64)) == (again, None)


def test_files_need_no_readable_names_and_are_replaced_as_a_whole(catalogue):
    catalogue.put_note_roots(["b", "a\udcff"])
    catalogue.put_note_roots(["a\udcff", "b"])
    assert catalogue.note_roots() == ["a\udcff", "b"]
    stamp = FileStamp("drop/\udcff.pdf", 10, 20)
    catalogue.put_drop_folder({FileStamp("drop/old.pdf", 1, 2): ""})
    catalogue.put_drop_folder({stamp: WORK.id})
    assert catalogue.drop_folder() == {stamp: WORK.id}


def test_lookups_are_kept_by_key_and_the_last_counts(catalogue):
    catalogue.put_lookups([Lookup("k", (), NOW), Lookup("l", ("doi:10.1/a", "pmid:1"), NOW)])
    catalogue.put_lookups([Lookup("k", ("arxiv:1",), LATER)])
    assert catalogue.lookups() == {
        "k": Lookup("k", ("arxiv:1",), LATER),
        "l": Lookup("l", ("doi:10.1/a", "pmid:1"), NOW),
    }


# ── runs ──────────────────────────────────────────────────────────────────────────────────────────
def test_a_run_comes_back_with_its_report_and_its_last_problems(catalogue):
    run = catalogue.start_run(NOW)
    catalogue.update_run(run, {"works": 1}, problems=[Problem("a", "old")])
    (kept,) = catalogue.runs()
    assert (kept.state, kept.finished) == ("running", None)
    problems = (Problem("b.md", "is no text"), Problem("a\udcff.md", "bad name"))
    catalogue.update_run(run, {"works": 2}, state="done", finished=LATER, problems=problems)
    (kept,) = catalogue.runs()
    assert (kept.id, kept.started, kept.finished, kept.state) == (run, NOW, LATER, "done")
    assert kept.report == {"works": 2}
    assert kept.problems == (Problem("b.md", "is no text"), Problem("a?.md", "bad name"))


def test_an_interrupted_run_ends_when_the_next_one_starts(catalogue):
    first = catalogue.start_run(NOW)
    second = catalogue.start_run(LATER)
    runs = {run.id: run for run in catalogue.runs()}
    assert (runs[first].state, runs[first].finished) == ("interrupted", LATER)
    assert (runs[second].state, runs[second].finished) == ("running", None)


def test_the_last_fifty_runs_are_listed_the_newest_first(catalogue):
    numbers = [catalogue.start_run(NOW) for _ in range(53)]
    assert [run.id for run in catalogue.runs()] == numbers[:2:-1]
    assert [run.id for run in catalogue.runs(limit=2)] == numbers[:-3:-1]


def test_a_damaged_file_is_noticed(path):
    catalogue = Catalogue.create(path)
    assert catalogue.integrity() == ""
    for number in range(200):
        catalogue.put_work(Work(f"title:{number}", "x" * 500), "note", NOW)
    catalogue.close()
    data = bytearray(path.read_bytes())
    data[5 * 4096 : 9 * 4096] = b"\xff" * (4 * 4096)
    path.write_bytes(data)
    with Catalogue.open(path) as read:
        assert read.integrity() not in {"", "ok"}


# ── entries ───────────────────────────────────────────────────────────────────────────────────────
def only(catalogue):
    (entry,) = entries(catalogue)
    return entry


def test_what_was_not_looked_up_stands_as_the_note_says_it_if_it_is_surely_a_work(catalogue):
    sure = cite("k", "A title", ids=("doi:10.1/a", "arxiv:2501.00001"))
    catalogue.put_notes([], [sure, cite("l", "Perhaps a title", sure=False)])
    entry = only(catalogue)
    assert entry.work.id == "doi:10.1/a"
    assert (entry.status, entry.reason[:17]) == ("pending", "not looked up yet")
    assert entry.citations == ("k",)
    assert (entry.pdf, entry.tried, entry.dropped) == (None, (), False)


def test_what_was_judged_not_to_be_a_work_is_left_out(catalogue):
    catalogue.put_notes([], [cite("k"), cite("l")])
    catalogue.put_resolution(Resolution("k", None, "not-found", ""), NOW)
    catalogue.put_resolution(Resolution("l", WORK, "metadata-only", ""), NOW)
    assert [e.work.id for e in entries(catalogue)] == [WORK.id]


def test_a_work_is_one_entry_with_all_its_mentions_in_order_of_place(catalogue):
    mentions = [("k", "b.md", 1), ("l", "a.md", 9), ("m", "a.md", 2)]
    catalogue.put_notes([], [cite(k, note=note, line=line) for k, note, line in mentions])
    for key, _, _ in mentions:
        catalogue.put_resolution(Resolution(key, WORK, "metadata-only", ""), NOW)
    entry = only(catalogue)
    assert [(m.note, m.line) for m in entry.mentions] == [("a.md", 2), ("a.md", 9), ("b.md", 1)]
    assert entry.citations == ("k", "l", "m")
    assert (entry.status, entry.reason[:5]) == ("pending", "known")


def test_a_resolution_to_a_former_id_is_one_to_the_work_it_is_now(catalogue):
    catalogue.put_notes([], [cite("k")])
    catalogue.put_work(WORK, "note", NOW)
    catalogue.rename_work(WORK.id, OTHER, NOW)
    catalogue.put_resolution(Resolution("k", WORK, "metadata-only", ""), NOW)
    assert only(catalogue).work.id == OTHER.id


def test_dropped_works_follow_the_cited_ones_and_say_that_they_were_dropped(catalogue):
    third = Work("doi:10.0/c", "Third")
    catalogue.put_notes([], [cite("k"), cite("l")])
    catalogue.put_resolution(Resolution("k", WORK, "metadata-only", ""), NOW)
    catalogue.put_resolution(Resolution("l", OTHER, "metadata-only", ""), NOW)
    catalogue.put_work(third, "drop", NOW)
    catalogue.put_work(OTHER, "drop", NOW)
    assert [(e.work.id, e.dropped) for e in entries(catalogue)] == [
        (WORK.id, False),
        (OTHER.id, True),
        (third.id, True),
    ]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["metadata-only"], "pending"),
        (["unsure"], "unsure"),
        (["not-found", "unsure"], "unsure"),
        (["unsure", "metadata-only"], "pending"),
        (["failed", "not-found"], "not-found"),
        (["pending", "failed"], "failed"),
    ],
)
def test_of_several_resolutions_of_a_work_the_best_counts(catalogue, statuses, expected):
    catalogue.put_notes([], [cite(status) for status in statuses])
    for status in statuses:
        catalogue.put_resolution(Resolution(status, WORK, status, f"said {status}"), NOW)
    entry = only(catalogue)
    assert entry.status == expected
    assert entry.reason == f"said {expected}" or expected == "pending"


@pytest.mark.parametrize(
    ("resolved", "fetched", "expected"),
    [
        ("metadata-only", "metadata-only", "metadata-only"),
        ("unsure", "metadata-only", "unsure"),
        ("not-found", "metadata-only", "not-found"),
        ("unsure", "failed", "failed"),
        ("not-found", "unsure", "unsure"),
        ("metadata-only", "failed", "failed"),
    ],
)
def test_what_the_web_said_counts_unless_no_source_knows_the_work(
    catalogue, resolved, fetched, expected
):
    catalogue.put_notes([], [cite("k")])
    catalogue.put_resolution(Resolution("k", WORK, resolved, f"resolved {resolved}"), NOW)
    tried = (("https://a", "404"),)
    catalogue.put_fetch(Fetch(WORK.id, fetched, f"fetch {fetched}", None, tried), NOW)
    entry = only(catalogue)
    assert entry.status == expected
    assert entry.reason.endswith(expected)
    assert entry.reason.startswith("resolved" if expected != fetched else "fetch")
    assert entry.tried == tried


def test_a_fetch_counts_for_a_work_that_nobody_looked_up(catalogue):
    catalogue.put_work(WORK, "drop", NOW)
    catalogue.put_fetch(Fetch(WORK.id, "metadata-only", "none free"), NOW)
    assert (only(catalogue).status, only(catalogue).reason) == ("metadata-only", "none free")


def test_a_work_with_a_pdf_is_fetched_whatever_happened_later(catalogue):
    catalogue.put_work(WORK, "drop", NOW)
    catalogue.put_pdf(WORK.id, PDF, NOW)
    assert (only(catalogue).status, only(catalogue).reason) == (
        "fetched",
        "the PDF is in the library",
    )
    assert only(catalogue).pdf == PDF
    catalogue.put_fetch(Fetch(WORK.id, "fetched", "from arXiv", PDF), NOW)
    assert only(catalogue).reason == "from arXiv"
    catalogue.put_fetch(Fetch(WORK.id, "failed", "no answer"), LATER)
    assert (only(catalogue).status, only(catalogue).reason) == (
        "fetched",
        "the PDF is in the library",
    )


def unsure(catalogue, title, work, candidates):
    catalogue.put_notes([], [cite("k", title)])
    catalogue.put_resolution(Resolution("k", work, "unsure", "several", candidates), NOW)
    return only(catalogue)


def test_an_unsure_work_shows_its_only_candidate_under_its_own_id(catalogue):
    loose = Work("title:1", "A titel")
    entry = unsure(catalogue, "A titel", loose, (WORK,))
    assert (entry.work.id, entry.work.title) == ("title:1", WORK.title)
    assert entry.candidates == (WORK,)


def test_of_several_candidates_the_only_one_of_the_year_lends_its_name(catalogue):
    loose = Work("title:1", "Alpha 2025", year=2025)
    late, early = replace(WORK, year=2025), replace(OTHER, year=2024)
    entry = unsure(catalogue, "", loose, (early, late))
    assert (entry.work.id, entry.work.title) == ("title:1", WORK.title)
    assert entry.candidates == (early, late)
    assert unsure(catalogue, "A titel", loose, (early, late)).work == loose
    assert unsure(catalogue, "", loose, (replace(early, year=2025), late)).work == loose


def test_an_unsure_work_with_an_identifier_keeps_its_own_words(catalogue):
    known = Work("doi:10.1/x", "Its title", ids=("doi:10.1/x",))
    assert unsure(catalogue, "", known, (WORK,)).work == known


def test_candidates_stand_only_where_the_work_is_unsure_and_each_once(catalogue):
    catalogue.put_notes([], [cite("k"), cite("l")])
    for key in "kl":
        catalogue.put_resolution(Resolution(key, WORK, "unsure", "", (OTHER, WORK)), NOW)
    assert only(catalogue).candidates == (OTHER, WORK)
    catalogue.put_resolution(Resolution("k", WORK, "metadata-only", "", (OTHER,)), NOW)
    assert only(catalogue).candidates == ()


def test_headings_stand_once_in_the_order_of_the_notes(catalogue):
    places = [("k", 3, ("B",)), ("l", 1, ("A", "x")), ("m", 2, ("B",))]
    catalogue.put_notes([], [cite(key, line=line, heading=path) for key, line, path in places])
    for key, _, _ in places:
        catalogue.put_resolution(Resolution(key, WORK, "metadata-only", ""), NOW)
    assert only(catalogue).headings == (("A", "x"), ("B",))


def test_an_entry_as_json_has_every_field(catalogue):
    work = Work(
        "arxiv:2501.00001",
        "A title",
        ("Ada Alpha", "Bo Beta"),
        2025,
        "NeurIPS",
        "An abstract.",
        ids=("arxiv:2501.00001", "doi:10.1/a", "openreview:x1"),
        urls=("https://a",),
        notices=("retracted",),
    )
    mention = Mention("a.md", 3, "[A]", ("H",), "See [A].", "title")
    entry = Entry(
        work, "unsure", "why", (PDF,), (mention,), ("k",), (OTHER,), (("https://a", "404"),)
    )
    assert entry.as_json() == {
        "id": work.id,
        "title": "A title",
        "authors": ["Ada Alpha", "Bo Beta"],
        "year": 2025,
        "venue": "NeurIPS",
        "arxiv": "2501.00001",
        "doi": "10.1/a",
        "openreview": "x1",
        "ids": list(work.ids),
        "urls": ["https://a"],
        "status": "unsure",
        "reason": "why",
        "pdf": {"sha256": PDF.sha256, "path": PDF.path, "pages": 3, "version": 2},
        "reading": "",
        "important": False,
        "tags": [],
        "headings": [["H"]],
        "kept_headings": [],
        "abstract": "An abstract.",
        "notices": ["retracted"],
        "notice_details": [],
        "tried": [{"url": "https://a", "outcome": "404"}],
        "candidates": [
            {"id": OTHER.id, "title": OTHER.title, "authors": ["Bo Beta"], "year": 2020}
        ],
        "mentions": [
            {
                "note": "a.md",
                "line": 3,
                "text": "[A]",
                "heading": ["H"],
                "context": "See [A].",
                "kind": "title",
            }
        ],
    }
    assert Entry(work, "pending", "").as_json()["pdf"] is None


def test_a_provisional_work_takes_what_the_note_has():
    full = Reference("raw", "A title", ("Ada",), 2001, "Nature", ("doi:10.1/a", "pmid:1"), ("u",))
    work = provisional(full)
    assert (work.id, work.title, work.authors, work.year) == (
        "doi:10.1/a",
        "A title",
        ("Ada",),
        2001,
    )
    assert (work.venue, work.ids, work.urls) == ("Nature", ("doi:10.1/a", "pmid:1"), ("u",))
    assert provisional(Reference(raw="Its words", urls=("u",))).title == "Its words"
    assert provisional(Reference(urls=("u", "v"))).title == "u"
    assert provisional(Reference()).title == ""


def test_a_work_without_identifier_is_known_by_its_normalised_title():
    one, two = (provisional(Reference(title=t)).id for t in ("A  Title.", "a title"))
    assert one == two
    assert one.startswith("title:")
    assert len(one) == len("title:") + 16
    assert provisional(Reference(title="Another title")).id != one


# ── waiting, damage, defaults ─────────────────────────────────────────────────────────────────────
def test_a_writer_waits_a_minute_for_another_and_a_reader_half_of_one(path, monkeypatch):
    asked = []
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3,
        "connect",
        lambda file, **options: asked.append(options) or connect(file, **options),
    )
    Catalogue.create(path).close()
    Catalogue.open(path).close()
    assert [options["timeout"] for options in asked] == [60, 30]
    assert asked[1]["check_same_thread"] is False


def test_a_catalogue_is_written_ahead_so_that_readers_do_not_wait(path):
    catalogue = Catalogue.create(path)
    assert catalogue._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert catalogue._db.execute("PRAGMA synchronous").fetchone() == (1,)
    catalogue.close()
    with pytest.raises(sqlite3.ProgrammingError):
        catalogue.works()


def header(page, pages, *, counted=True):
    """The beginning of an SQLite file with pages of this size, and so many of them."""
    head = bytearray(b"SQLite format 3\x00".ljust(100, b"\x00"))
    head[16:18] = page.to_bytes(2, "big")
    head[28:32] = pages.to_bytes(4, "big")
    head[24:28] = b"\x00\x00\x00\x07"
    head[92:96] = head[24:28] if counted else b"\x00\x00\x00\x06"
    return bytes(head)


@pytest.mark.parametrize(
    ("page", "pages", "counted", "size"),
    [(4096, 3, True, 12_288), (512, 70_000, True, 35_840_000), (1, 2, True, 131_072), (4096, 3, False, 0)],
)  # fmt: skip
def test_a_header_promises_a_size_where_it_kept_count(page, pages, counted, size):
    assert damage._expected_size(header(page, pages, counted=counted)) == size


def test_a_file_shorter_than_its_header_promises_is_damaged_unless_its_log_has_the_rest(tmp_path):
    file, log = tmp_path / "c.sqlite", tmp_path / "c.sqlite-wal"
    damage.check_file(file)  # none is a first refresh
    file.write_bytes(header(4096, 3).ljust(12_288, b"\x00"))
    damage.check_file(file)
    file.write_bytes(header(4096, 3).ljust(12_287, b"\x00"))
    with pytest.raises(LibraryError, match="cut short: 12,287 of 12,288 bytes"):
        damage.check_file(file)
    log.write_bytes(b"")
    with pytest.raises(LibraryError, match="cut short"):
        damage.check_file(file)
    log.write_bytes(b"x")
    damage.check_file(file)
    log.unlink()
    for content in (header(4096, 3)[:99], b"x" + header(4096, 3)[1:]):
        file.write_bytes(content)
        with pytest.raises(LibraryError, match="no SQLite file"):
            damage.check_file(file)
    file.write_bytes(header(4096, 0))
    damage.check_file(file)


@pytest.mark.parametrize("made", ["CURRENT", "pdfs", "builds", None])
def test_an_empty_catalogue_is_damage_only_where_a_library_is(tmp_path, made):
    file = tmp_path / "c.sqlite"
    file.touch()
    paths = {"CURRENT": "current", "pdfs": "pdfs", "builds": "builds"}
    if made is None:
        damage.check_file(file)
        return
    getattr(LibraryPaths(tmp_path), paths[made]).mkdir(parents=True)
    with pytest.raises(LibraryError, match="it is empty"):
        damage.check_file(file)


def test_a_file_with_a_format_number_or_without_tables_is_no_other_programs(tmp_path):
    file = tmp_path / "c.sqlite"
    with closing(sqlite3.connect(file)) as db:
        damage.check_tables(db, file)
        (tmp_path / "pdfs").mkdir()
        with pytest.raises(LibraryError, match="its tables are gone"):
            damage.check_tables(db, file)
        db.execute("CREATE TABLE mine (a)")
        with pytest.raises(LibraryError, match="another program"):
            damage.check_tables(db, file)
        db.execute("PRAGMA user_version = 1")
        damage.check_tables(db, file)


def test_what_is_not_said_of_a_stored_record_is_nothing():
    assert TextRecord("s", "v", "text") == TextRecord("s", "v", "text", "", 0, 0, 0.0, 0)
    assert Decided("k", "unsure", "", None, (), NOW).unanswered == ()
    assert Entry(WORK, "pending", "") == Entry(WORK, "pending", "", (), (), (), (), (), False)
    assert [TextRecord("s", "v", q).is_readable for q in ("text", "ocr", "scan", "failed")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert [Lookup("k", (), time).was_asked for time in ("", NOW)] == [False, True]


def test_now_is_told_in_universal_time_to_the_second():
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", utc_now())


def test_the_unanswered_of_a_resolution_are_kept(catalogue):
    catalogue.put_resolution(Resolution("k", None, "failed", "", unanswered=("arxiv", "dblp")), NOW)
    assert catalogue.resolution("k").unanswered == ("arxiv", "dblp")


def test_a_failed_fetch_is_forgotten_and_one_with_a_pdf_is_not(catalogue):
    catalogue.put_fetch(Fetch(WORK.id, "failed", ""), NOW)
    catalogue.put_fetch(Fetch(OTHER.id, "fetched", "", PDF), NOW)
    for work in (WORK, OTHER):
        catalogue.forget_failed_fetch(work.id)
    assert set(catalogue.fetches()) == {OTHER.id}


@pytest.mark.parametrize(
    ("decided", "fetched", "status"),
    [
        (["metadata-only", "unsure"], None, "pending"),
        (["not-found", "unsure"], None, "unsure"),
        (["failed", "not-found"], None, "not-found"),
        (["pending", "failed"], None, "failed"),
        (["odd", "pending"], None, "pending"),
        ([], None, "pending"),
        ([], "failed", "failed"),
        (["metadata-only"], "failed", "failed"),
        (["metadata-only"], "metadata-only", "metadata-only"),
        (["not-found"], "metadata-only", "not-found"),
        (["unsure"], "metadata-only", "unsure"),
        (["unsure"], "failed", "failed"),
        (["failed"], "metadata-only", "metadata-only"),
        ([], "metadata-only", "metadata-only"),
    ],
)
def test_the_status_of_a_work_is_the_best_that_is_known(decided, fetched, status):
    known = [Decided("k", word, f"decided {word}", None, (), NOW) for word in decided]
    fetch = Fetched("w", fetched, f"fetch {fetched}", (), False, NOW) if fetched else None
    told, reason = _status(known, fetch, ())
    assert told == status
    if status == "pending":
        assert "run `litmap refresh` with the network" in reason or reason == "decided pending"
    else:
        assert reason in {f"decided {status}", f"fetch {status}"}


def test_dropped_works_stand_behind_the_cited_ones_in_the_order_of_their_ids(catalogue):
    catalogue.put_notes([], [cite("k")])
    catalogue.put_resolution(Resolution("k", OTHER, "metadata-only", ""), NOW)
    for name in ("c", "a"):
        catalogue.put_work(Work(f"doi:10.1/{name}", name), "drop", NOW)
    catalogue.put_work(OTHER, "drop", NOW)
    listed = entries(catalogue)
    assert [e.work.id for e in listed] == [OTHER.id, "doi:10.1/a", "doi:10.1/c"]
    assert [e.dropped for e in listed] == [True, True, True]
    assert [len(e.mentions) for e in listed] == [1, 0, 0]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
def test_a_full_disk_does_not_keep_a_library_from_being_read(path):
    """SQLite makes a file beside a catalogue that nobody has open; here none can be written."""
    import resource

    with Catalogue.create(path) as catalogue, catalogue.write():
        catalogue.put_work(WORK, "note", NOW)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        with Catalogue.open(path) as catalogue:
            assert catalogue.works() == {WORK.id: WORK}
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


# ── what is told of a damaged row or file ─────────────────────────────────────────────────────────
READINGS = {
    "notes": (), "citations": (), "citations_of": ("w",), "note_roots": (), "resolutions": (),
    "resolution": ("k",), "works": (), "dropped": (), "works_with_user_data": (), "aliases": (),
    "decisions": (), "fetches": (), "pdfs": (), "texts": ("v",), "text": ("s",),
    "drop_folder": (), "lookups": (), "runs": (), "answered": (), "all_decisions": (),
    "looked": (),
}  # fmt: skip


@pytest.mark.parametrize("name", READINGS)
def test_whatever_is_read_tells_that_its_table_is_gone(path, name):
    Catalogue.create(path).close()
    with closing(sqlite3.connect(path)) as db:
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            if not table.startswith("sqlite_"):
                db.execute(f"DROP TABLE {table}")
        db.commit()
    with Catalogue.open(path) as read, pytest.raises(LibraryError, match="is damaged") as told:
        getattr(read, name)(*READINGS[name])
    assert told.value.subject == str(path)
    assert not told.value.transient


class Reading:
    place = "c.sqlite"

    @damage.tell_damage
    def fail(self, error):
        raise error


def sqlite_error(code):
    error = sqlite3.OperationalError("said by SQLite")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize("code", [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY_SNAPSHOT])  # fmt: skip
def test_a_file_that_is_busy_or_on_a_broken_disk_is_not_damaged(code):
    with pytest.raises(LibraryError, match="cannot be read: said by SQLite") as told:
        Reading().fail(sqlite_error(code))
    assert (told.value.transient, told.value.subject) == (True, "c.sqlite")


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_NOTADB])  # fmt: skip
def test_other_errors_of_a_file_are_damage(code):
    with pytest.raises(LibraryError, match="is damaged: said by SQLite"):
        Reading().fail(sqlite_error(code))


@pytest.mark.parametrize("error", [ValueError(), TypeError(), KeyError(), AttributeError(), RecursionError()])  # fmt: skip
def test_a_row_that_holds_something_else_is_damage(error):
    with pytest.raises(LibraryError, match=rf"fail holds what.*\({type(error).__name__}\)"):
        Reading().fail(error)


def test_a_closed_catalogue_is_a_mistake_of_the_program():
    with pytest.raises(sqlite3.ProgrammingError):
        Reading().fail(sqlite3.ProgrammingError("closed"))
    assert Reading.fail.__name__ == "fail"


def test_a_work_that_is_not_sure_or_no_work_leaves_the_others_in_place(catalogue):
    catalogue.put_notes([], [cite("a", "A", sure=False), cite("b"), cite("c"), cite("d", "D")])
    catalogue.put_resolution(Resolution("b", None, "not-found", ""), NOW)
    catalogue.put_resolution(Resolution("c", WORK, "metadata-only", ""), NOW)
    assert [e.citations for e in entries(catalogue)] == [("c",), ("d",)]


def test_the_newest_pdf_stands_for_its_work():
    newest = PdfFile("2" * 64, "pdfs/2.pdf", 20)
    assert Entry(WORK, "fetched", "", (newest, PDF)).pdf == newest
    assert Entry(WORK, "fetched", "").pdf is None


@pytest.mark.skipif(sys.platform == "win32", reason="locks of files end otherwise there")
def test_opening_a_library_once_more_takes_no_lock_from_who_has_it_open(path):
    """Else a writer that ends believes it is alone and removes the log that readers read."""
    Catalogue.create(path).close()
    ask = (
        "import fcntl, sys\n"
        "with open(sys.argv[1], 'r+b') as file:\n"  # SQLite's bytes for shared locks
        "    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)\n"
    )
    with Catalogue.open(path) as reader:
        reader.works()
        Catalogue.open(path).close()
        asked = subprocess.run(
            [sys.executable, "-c", ask, str(path)], capture_output=True, check=False
        )
        assert b"BlockingIOError" in asked.stderr


def test_the_beginning_of_a_file_is_read_as_it_is_now(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"old")
    assert read_beginning(file, 2) == b"ol"
    file.write_bytes(b"new")
    assert read_beginning(file, 9) == b"new"
    file.unlink()
    with pytest.raises(FileNotFoundError):
        read_beginning(file, 1)
    for number in range(200):
        (tmp_path / f"{number}").write_bytes(b"%d" % number)
        assert read_beginning(tmp_path / f"{number}", 9) == b"%d" % number
