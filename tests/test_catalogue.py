import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from litmap.catalogue import MIGRATIONS, Catalogue, FileStamp, Lookup, TextRecord
from litmap.catalogue.migrations import Migration
from litmap.errors import LibraryError, NewerCatalogue, NoLibrary
from litmap.models import (
    Citation,
    Fetch,
    Heading,
    Location,
    Mention,
    Note,
    PdfFile,
    Reference,
    Resolution,
    Work,
)

NOW = "2026-01-01T00:00:00Z"
WORK = Work(
    "arxiv:2599.00001",
    "A title",
    ("Ada Alpha",),
    2025,
    ids=("arxiv:2599.00001",),
    locations=(Location("https://x"),),
)


@pytest.fixture
def catalogue(empty_catalogue):
    with Catalogue.create(empty_catalogue) as opened:
        yield opened


def test_records_come_back_as_they_went_in(catalogue):
    note = Note("a.md", "markdown", "A", "0" * 64, (Heading(("A", "B"), 3, "prose"),))
    citation = Citation(
        "k",
        "link",
        Reference(title="A title", ids=("arxiv:2599.00001",)),
        (Mention("a.md", 3, "x", ("A", "B")),),
    )
    with catalogue.write():
        catalogue.put_notes([note], [citation])
        catalogue.put_resolution(Resolution("k", WORK, "unsure", "two", (WORK, WORK)), NOW)
    assert catalogue.notes() == [note]
    assert catalogue.citations() == [citation]
    assert catalogue.works() == {WORK.id: WORK}
    assert catalogue.resolutions()["k"].candidates == (WORK, WORK)


def test_fetches_keep_every_pdf_and_the_newest_first(catalogue):
    for number in (1, 2):
        pdf = PdfFile(str(number) * 64, f"pdfs/{number}", 10, version=number)
        catalogue.put_fetch(
            Fetch(WORK.id, "fetched", "here", pdf, (("https://x", "ok"),)),
            f"2026-01-0{number}T00:00:00Z",
        )
    assert [p.version for p in catalogue.pdfs()[WORK.id]] == [2, 1]
    assert catalogue.fetches()[WORK.id].tried == (("https://x", "ok"),)


def test_a_work_that_turns_out_to_be_another_takes_everything_along(catalogue):
    old = Work("title:1", "A title")
    catalogue.put_resolution(Resolution("k", old, "not-found", "none"), NOW)
    catalogue.put_fetch(Fetch(old.id, "fetched", "", PdfFile("1" * 64, "p", 1)), NOW)
    catalogue.rename_work(old.id, WORK, NOW)
    assert set(catalogue.works()) == {WORK.id}
    assert catalogue.resolutions()["k"].work == WORK.id
    assert set(catalogue.pdfs()) == {WORK.id}
    assert catalogue.aliases() == {"title:1": WORK.id}


def test_a_correction_wins(catalogue):
    catalogue.put_work(WORK, "note", NOW)
    catalogue.correct(WORK.id, "authors", ["Someone Else"], NOW)
    catalogue.put_work(WORK, "note", NOW)
    assert catalogue.works()[WORK.id].authors == ("Someone Else",)


def test_a_failed_write_leaves_nothing(catalogue):
    with pytest.raises(RuntimeError), catalogue.write():
        catalogue.put_work(WORK, "note", NOW)
        raise RuntimeError
    assert catalogue.works() == {}


def test_runs_left_behind_by_a_killed_process_are_interrupted(catalogue):
    catalogue.start_run(NOW)
    second = catalogue.start_run(NOW)
    catalogue.update_run(second, {"works": 1}, state="done", finished=NOW)
    assert [r.state for r in catalogue.runs()] == ["done", "interrupted"]


def test_migrations_bring_every_older_version_forward(tmp_path):
    for version in range(len(MIGRATIONS)):
        path = tmp_path / f"{version}.sqlite"
        db = sqlite3.connect(path, isolation_level=None)
        for number, migration in enumerate(MIGRATIONS[:version], 1):
            db.executescript(migration.script)
            migration.move(db)
            db.execute(f"PRAGMA user_version = {number}")
        db.close()
        with Catalogue.create(path) as catalogue:
            assert catalogue.works() == {}


def test_a_newer_catalogue_is_refused(tmp_path):
    path = tmp_path / "catalogue.sqlite"
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    for opener in (Catalogue.create, Catalogue.open):
        with pytest.raises(NewerCatalogue, match="newer litmap"):
            opener(path)


def test_no_library_says_how_to_make_one(tmp_path):
    with pytest.raises(NoLibrary, match="litmap refresh"):
        Catalogue.open(tmp_path / "catalogue.sqlite")


def test_a_full_disk_is_told_as_such_and_nothing_is_lost(tmp_path):
    with Catalogue.create(tmp_path / "catalogue.sqlite") as catalogue:
        catalogue.put_note_roots(["before"])
        pages = catalogue._db.execute("PRAGMA page_count").fetchone()[0]
        catalogue._db.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(LibraryError, match="disk is full"), catalogue.write():
            catalogue.decide("small", "none", NOW)
            catalogue.put_note_roots(["x" * 100_000])
        catalogue._db.execute(f"PRAGMA max_page_count = {pages + 1000}")
        assert catalogue.note_roots() == ["before"]
        assert catalogue.decisions() == {}
        with catalogue.write():
            catalogue.put_note_roots(["x" * 100_000])


@pytest.fixture
def old_catalogue(tmp_path):
    """The path of a catalogue as litmap 0.1 wrote it."""
    path = tmp_path / "old.sqlite"
    dump = (Path(__file__).parent / "data" / "catalogue_format_1.sql").read_text(encoding="utf-8")
    db = sqlite3.connect(path)
    db.executescript(f"{dump}; PRAGMA user_version = 1")
    db.close()
    return path


def test_a_catalogue_of_the_first_version_keeps_all_that_it_knew(old_catalogue):
    with Catalogue.create(old_catalogue) as catalogue:
        assert catalogue.note_roots() == ["/home/ada/notes"]
        assert len(catalogue.citations()) == len(catalogue.resolutions()) == 6
        assert len(catalogue.works()) == len(catalogue.fetches()) == len(catalogue.pdfs()) == 4
        assert catalogue.drop_folder() == {
            FileStamp(
                "/home/ada/papers/one:two.pdf", 1234, 1700000000000000001
            ): "arxiv:1611.00000",
            FileStamp("/home/ada/papers/b\udcff.pdf", 7, 8): "",
        }
        lookups = catalogue.lookups()
        assert lookups["arxiv:1612.00000"].ids == ("arxiv:1612.00000", "openalex:W99727257088")
        assert not lookups["title:could not be asked"].was_asked
        assert lookups["title:nobody knows it"] == Lookup(
            "title:nobody knows it", (), "2026-01-01T00:00:00Z"
        )
        (extractor,) = catalogue._db.execute("SELECT DISTINCT extractor FROM texts").fetchone()
        texts = catalogue.texts(extractor)
        (failed,) = [t for t in texts.values() if t.quality == "failed"]
        assert (failed.tries, failed.seconds, failed.megabytes) == (2, 120.0, 2000)
        assert all(t.tries == 0 for t in texts.values() if t.is_readable)


def test_what_the_very_first_catalogues_knew_of_the_drop_folder_is_kept(tmp_path):
    path = tmp_path / "old.sqlite"
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript(MIGRATIONS[0].script + "PRAGMA user_version = 1")
    db.execute("INSERT INTO facts VALUES ('dropped', '[\"/a/b.pdf:1:2\"]')")
    db.close()
    with Catalogue.create(path) as catalogue:
        assert catalogue.drop_folder() == {FileStamp("/a/b.pdf", 1, 2): ""}


def test_a_migration_that_fails_changes_nothing(old_catalogue, monkeypatch):
    def fails(connection):
        raise sqlite3.OperationalError("the disk went away")

    broken = (MIGRATIONS[0], Migration(MIGRATIONS[1].script, fails))
    monkeypatch.setattr("litmap.catalogue.migrations.MIGRATIONS", broken)
    with pytest.raises(LibraryError, match="cannot be written"):
        Catalogue.create(old_catalogue)
    monkeypatch.undo()
    with Catalogue.create(old_catalogue) as catalogue:
        assert catalogue.note_roots() == ["/home/ada/notes"]


def test_a_reader_of_an_old_catalogue_is_told_to_refresh_and_of_a_new_one_is_not(old_catalogue):
    with pytest.raises(LibraryError, match="has an old format: run `litmap refresh` once"):
        Catalogue.open(old_catalogue)
    Catalogue.create(old_catalogue).close()
    with Catalogue.open(old_catalogue) as catalogue:
        assert len(catalogue.citations()) == 6


def test_tries_of_a_reading_count_over_versions_of_the_extractor(catalogue):
    catalogue.put_text(TextRecord("0" * 64, "1", "failed", "too slow", tries=2, seconds=1.5))
    assert catalogue.texts("2") == {}
    assert catalogue.text("0" * 64).tries == 2
    catalogue.put_text(TextRecord("0" * 64, "2", "text", pages=3))
    assert catalogue.texts("2")["0" * 64] == TextRecord("0" * 64, "2", "text", pages=3)


# ── damage ────────────────────────────────────────────────────────────────────────────────────────
def _cut(path, size):
    with path.open("r+b") as file:
        file.truncate(size)


def _foreign(path):
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE mine (a)")
        other.commit()


def _without_tables(path):
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE mine (a)")
        other.execute("DROP TABLE mine")
        other.commit()


DAMAGES = {
    "empty": lambda path: _cut(path, 0),
    "fifty bytes": lambda path: _cut(path, 50),
    "one page": lambda path: _cut(path, 4096),
    "last page gone": lambda path: _cut(path, path.stat().st_size - 4096),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "text": lambda path: path.write_text("a file put in its place " * 500),
    "another program's": _foreign,
    "tables gone": _without_tables,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_catalogue_is_told_and_left_as_it_is(tmp_path, damage):
    path = tmp_path / "catalogue.sqlite"
    with Catalogue.create(path) as made, made.write():
        made.put_work(WORK, "note", NOW)
    (tmp_path / "pdfs").mkdir()
    DAMAGES[damage](path)
    before = path.read_bytes()
    for open_it in (Catalogue.open, Catalogue.create):
        with pytest.raises(LibraryError, match=r"is damaged.*left as it is.*backup"):
            open_it(path)
        assert path.read_bytes() == before


def test_a_first_refresh_that_was_ended_at_once_can_be_begun_again(tmp_path):
    path = tmp_path / "catalogue.sqlite"
    path.touch()
    with Catalogue.create(path) as made:
        assert made.works() == {}
