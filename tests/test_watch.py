"""Notes that are watched: what is edited is searchable soon, whoever saves it how, and nothing ends
the watching but a signal.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import watchfiles
from litmap.examples import NOTES

from litmap import lock
from litmap.catalogue import Catalogue, utc_now
from litmap.cli import main
from litmap.errors import UsageError
from litmap.library import Library
from litmap.paths import LibraryPaths
from litmap.pipeline import watching
from litmap.pipeline.scheduling import read_attempts
from litmap.pipeline.stages import Stage
from litmap.pipeline.watching import (
    NetworkTimes,
    NoteWatch,
    is_away,
    places_to_watch,
    stamp_notes,
)
from litmap.settings import load_settings
from litmap.ui import state as app_state
from litmap.written_files import WrittenFiles
from tests.waiting import ending, until

WORDS = "The zebrafish quokka remark says that sharp minima are a matter of scale."
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")


@pytest.fixture
def notes(tmp_path):
    shutil.copytree(NOTES, tmp_path / "notes")
    return tmp_path / "notes"


@pytest.fixture
def settings(example_library, at_examples, notes, tmp_path):
    shutil.copytree(example_library, tmp_path / "library")
    return load_settings({"library": tmp_path / "library", "notes": (str(notes),)})


@pytest.fixture
def said():
    return []


@pytest.fixture
def watch(settings, said):
    """A watch that has brought in all notes, and is driven by the test."""
    watch = NoteWatch(settings, said.append)
    watch.network = NetworkTimes(900.0, asked=0.0, is_wanted=False)
    watch._clock = lambda: 0.0
    with watch._watching(watch.roots):
        watch._update(at_start=True)
        yield watch


def some_note(folder):
    return sorted(folder.rglob("*.md"))[0]


def with_line(note, text):
    """What a note says, with a line more below its second heading."""
    said = note.read_text(encoding="utf-8")
    place = said.index("\n", said.index("\n## ") + 1)
    return f"{said[:place]}\n\n{text}\n{said[place:]}"


def add_line(note, text):
    note.write_text(with_line(note, text), encoding="utf-8")


def finds(settings, words):
    with Library.open(settings=settings) as library:
        results = library.search(words, limit=5)
        return any("quokka" in hit.chunk.text for hit in results.notes)


def take(watch):
    """Let the watch bring in what comes, until it has."""
    return until(watch.wait_and_update, "an edit that was brought in")


# ── a real process ───────────────────────────────────────────────────────────────────────────────
@contextlib.contextmanager
def process_of(settings, notes, out):
    command = [sys.executable, "-c", "import sys; from litmap.cli import main; sys.exit(main())"]
    command += ["watch", str(notes), "--offline", "--library", str(settings.library)]
    with (
        out.open("wb") as file,
        ending(subprocess.Popen(command, stdout=file, stderr=file)) as process,
    ):
        until(lambda: "all notes" in out.read_text(encoding="utf-8"), "the first line")
        yield process


@POSIX
def test_an_edit_is_searchable_the_app_sees_it_and_a_signal_ends_the_watching(
    settings, notes, tmp_path
):
    out = tmp_path / "out.txt"
    with process_of(settings, notes, out) as process:
        before = app_state._stamp(settings.library)
        add_line(some_note(notes), WORDS)
        until(lambda: finds(settings, WORDS), lambda: out.read_text(encoding="utf-8"))
        until(lambda: app_state._stamp(settings.library)[0] != before[0])
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    text = out.read_text(encoding="utf-8")
    assert "stopped" in text and "Traceback" not in text


@POSIX
def test_a_watch_that_is_killed_leaves_a_valid_library_and_the_next_one_brings_the_edit_in(
    settings, notes, tmp_path
):
    with process_of(settings, notes, tmp_path / "out.txt") as process:
        add_line(some_note(notes), WORDS)
        until(lambda: lock.is_held(LibraryPaths(settings.library).lock), "the update")
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
        assert catalogue.integrity() == ""
    with process_of(settings, notes, tmp_path / "again.txt"):
        assert finds(settings, WORDS)


# ── ways in which editors save ───────────────────────────────────────────────────────────────────
def test_a_file_put_in_the_place_of_a_note_and_one_renamed_are_brought_in(
    watch, settings, notes, said
):
    note = some_note(notes)
    fresh = note.with_name(".saved.tmp")
    fresh.write_text(with_line(note, WORDS), encoding="utf-8")
    fresh.replace(note)
    take(watch)
    assert finds(settings, WORDS) and note.name in said[-1]
    note.rename(note.with_name("renamed.md"))
    take(watch)
    with Library.open(settings=settings) as library:
        names = {Path(one.path).name for one in library.notes}
    assert "renamed.md" in names and note.name not in names


def test_what_is_no_note_starts_nothing(notes, settings):
    before = stamp_notes([str(notes)], settings.library)
    note = some_note(notes)
    for name in (f"{note.name}~", f".#{note.name}", f".{note.name}.swp", f"#{note.name}#", "x.png"):
        (notes / name).write_text("half", encoding="utf-8")
    export = "---\nlitmap: export\n---\n# Salt\n"
    WrittenFiles.write_new(notes / "export.md", export.encode())
    inside = notes / "library"
    inside.mkdir()
    (inside / "log.txt").write_text("a line", encoding="utf-8")
    assert stamp_notes([str(notes)], inside) == before
    assert "log.txt" in str(stamp_notes([str(notes)], settings.library))


def test_of_a_file_its_folder_is_watched_for_editors_put_another_in_its_place(tmp_path):
    (tmp_path / "folder").mkdir()
    alone, below = tmp_path / "a.md", tmp_path / "folder" / "b.md"
    for path in (alone, below):
        path.touch()
    roots = [str(tmp_path / "folder"), str(alone), str(below)]
    place = tmp_path.resolve()
    assert places_to_watch(roots) == [([place / "folder"], True), ([place], False)]


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────
def test_a_busy_library_is_waited_for(watch, settings, notes, said, monkeypatch):
    monkeypatch.setattr(watching, "BUSY_SECONDS", 0.05)
    paths = LibraryPaths(settings.library)
    add_line(some_note(notes), WORDS)
    with lock.writer(paths.lock, utc_now()):
        waiting = threading.Thread(target=take, args=(watch,))
        waiting.start()
        until(lambda: any(line.startswith("waiting") for line in said), "a word")
    waiting.join(240)
    assert finds(settings, WORDS)
    assert sum(line.startswith("waiting") for line in said) == 1


def test_notes_out_of_reach_are_told_and_watched_for_until_they_are_back(
    watch, settings, notes, said
):
    away = notes.with_name("away")
    notes.rename(away)
    watch._update()
    assert any(line.startswith("! ") for line in said)
    away.rename(notes)
    add_line(some_note(notes), WORDS)
    watch._update()
    assert finds(settings, WORDS)


def test_what_goes_wrong_in_one_run_is_told_and_ends_nothing(
    watch, settings, notes, said, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr(watching.RefreshRun, "stages", lambda *_, **__: 1 / 0)
        add_line(some_note(notes), "one")
        watch._update()
    assert "ZeroDivisionError" in said[-1]
    watch._update()
    assert some_note(notes).name in said[-1]  # the edit was not lost


def fails(error):
    """A watcher of changes that fails at its first step."""

    def follow(*_, **__):
        raise error
        yield

    return follow


class Panic(BaseException):
    """As a failure in Rust arrives."""


@pytest.mark.parametrize(
    "error",
    [OSError(28, "limit of watched folders reached"), KeyError("rust"), Panic("no more")],
    ids=["the system", "any", "panic"],
)
def test_the_command_ends_when_changes_can_be_heard_of_no_more(
    settings, notes, monkeypatch, capfd, error
):
    monkeypatch.setattr(watchfiles, "watch", fails(error))
    told = ["watch", str(notes), "--offline", "--library", str(settings.library)]
    assert main(told) == 1
    out, err = capfd.readouterr()
    assert "heard of no more" in err and str(error) in err
    assert "Traceback" not in out + err


def test_a_missing_package_is_told_with_how_to_install_it_before_anything_is_done(
    settings, notes, monkeypatch, capfd
):
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    assert main(["watch", str(notes), "--library", str(settings.library)]) == 1
    out, err = capfd.readouterr()
    assert "pip install watchfiles" in err
    assert "watching" not in out and "Traceback" not in err


def test_a_folder_that_is_away_is_waited_for_and_no_other_failure(tmp_path):
    assert is_away(FileNotFoundError(), [tmp_path])
    assert is_away(OSError(), [tmp_path, tmp_path / "gone"])
    assert not is_away(OSError(), [tmp_path])


def test_without_notes_there_is_nothing_to_watch(settings, said):
    with pytest.raises(UsageError):
        NoteWatch(load_settings({"library": settings.library, "notes": ("-",)}), said.append).run()


# ── the network's part ───────────────────────────────────────────────────────────────────────────
def test_the_network_is_asked_when_the_notes_are_quiet_and_not_too_often():
    times = NetworkTimes(900.0)
    assert times.is_due(0.0)  # nobody was asked yet
    times.asked, times.edited = 0.0, 1_000.0
    assert not times.is_due(1_005.0)  # still typing
    assert times.is_due(1_010.0)
    times.edited = 100.0
    assert not times.is_due(500.0)  # asked a short while ago
    times.is_wanted = False
    assert not times.is_due(5_000.0)
    assert times.is_due(24 * 3600.0)


def test_a_new_citation_is_looked_up_and_what_is_known_asks_nobody(watch, settings, notes, said):
    watch.network = NetworkTimes(0.0, asked=0.0, is_wanted=False)
    add_line(some_note(notes), WORDS)
    take(watch)
    assert not watch.network.is_wanted  # a remark cites nothing
    add_line(some_note(notes), "Mirrored Salt of Another Kind, doi:10.5555/nowhere.1")
    take(watch)
    assert watch.network.is_wanted
    watch._clock = lambda: 100.0
    watch.wait_and_update(0.01)
    assert said[-1].startswith("looked up")
    with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
        assert any("10.5555/nowhere.1" in key for key in str(catalogue.resolutions()).split("'"))


def test_the_networks_part_gives_way_to_an_edit(watch, notes, said, monkeypatch):
    watch._edits.put(None)
    watch._ask_network()
    assert "an edit comes first" in said[-1]
    assert watch.network.is_wanted


def test_the_model_is_loaded_once(settings, notes, said, monkeypatch):
    watch = NoteWatch(settings, said.append)
    load, loaded = watch._load, []
    monkeypatch.setattr(watch, "_load", lambda given: loaded.append(1) or load(given))
    watch._update(at_start=True)
    add_line(some_note(notes), WORDS)
    watch._update()
    assert loaded == [1]


def test_edits_make_up_for_no_scheduled_refresh(watch, settings):
    counted = read_attempts(settings.library)
    watch._update(at_start=True)
    assert read_attempts(settings.library) == counted


def test_news_and_a_language_models_words_wait_for_the_networks_part(watch, monkeypatch):
    done = []

    def stages(run):
        for name in ("read_notes", "build", "deliver", "write"):
            yield Stage(name, lambda name=name: done.append(name))

    monkeypatch.setattr(watching.RefreshRun, "stages", stages)
    watch._update(at_start=True)
    assert done == ["read_notes", "build"]
    watch._ask_network()
    assert done[2:] == ["read_notes", "build", "deliver", "write"]
