"""An empty library: the folder of the notes is chosen, looked into, kept, and read."""

from __future__ import annotations

import os
import tomllib

import pytest

from litmap.errors import UsageError
from litmap.ui import access, first_steps, folders, refresh_process, state

testing = pytest.importorskip("streamlit.testing.v1")

NOTE = "# Waves\n\n- [A paper](https://arxiv.org/abs/1904.00000)\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home folder with notes, for one who may change things on this machine."""
    home = tmp_path / "home"
    for folder, count in {"notes": 3, "empty": 0, "*odd* [x](y)": 1, ".hidden": 9}.items():
        (home / folder).mkdir(parents=True)
        for number in range(count):
            (home / folder / f"{number}.md").write_text(NOTE)
    (home / "notes" / "old.doc").write_bytes(b"x")
    for name in [name for name in os.environ if name.startswith("LITMAP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("LITMAP_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("LITMAP_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(state, "may_change", lambda: True)
    monkeypatch.setattr(access, "is_loopback_host", lambda _: True)
    first_steps._subfolders.clear()
    first_steps._folder_itself.clear()
    return home


@pytest.fixture
def started(monkeypatch):
    """What would be started: no process is."""
    runs = []
    monkeypatch.setattr(refresh_process, "_launch", lambda *run: runs.append(run))
    return runs


@pytest.fixture
def page(home):
    def script():
        from litmap.ui import first_steps

        first_steps.welcome()

    return testing.AppTest.from_function(script, default_timeout=240).run()


def press(page, label):
    found = next(button for button in page.button if label in button.label.replace("\\", ""))
    page = found.click().run()
    assert not page.exception
    return page


def words(page):
    kinds = ("markdown", "caption", "title", "info", "warning", "error", "code")
    shown = [str(e.value) for kind in kinds for e in getattr(page, kind)]
    return "\n".join(shown).replace("\\", "").replace("\u2060", "")


def test_folders_are_listed_with_their_notes_and_hidden_ones_are_not(page):
    labels = [button.label for button in page.button]
    assert labels.index("notes") < labels.index("empty")
    assert "3 notes" in words(page)
    assert "no notes" in words(page)
    assert not any("hidden" in label for label in labels)
    assert not any("*odd* [x](y)" in label for label in labels), "a folder's name is no markup"


def test_one_goes_into_a_folder_and_up_but_not_above_the_home_folder(page):
    press(page, "notes")
    assert page.text_input[0].value == "~/notes"
    assert "**3 notes** in this folder" in words(page)
    assert "No other folder is in it" in words(page)
    press(page, "One up")
    assert page.text_input[0].value == "~"
    assert not any("One up" in button.label for button in page.button)


def test_a_folder_with_notes_alone_is_offered_and_an_empty_one_is_said_to_be_empty(page):
    press(page, "notes")
    press(page, "Use them")
    assert "In ~/notes: **3 notes**" in words(page)
    press(page, "Another folder")
    press(page, "One up")
    assert "**4 notes** in this folder and those below" in words(page)
    press(page, "empty")
    assert "It holds no notes and no folders." in words(page)
    assert not any("Use them" in button.label for button in page.button)


def test_notes_are_looked_into_kept_and_read(page, started, tmp_path):
    press(page, "notes")
    press(page, "Use this folder")
    assert "In ~/notes: **3 notes** with 3 headings (markdown 3)" in words(page)
    assert "old.doc" in words(page)
    page.text_input[0].input("me@x.org").run()
    assert 'contact = "me@x.org"' in words(page), "what is written is shown before"
    assert not (tmp_path / "litmap.toml").exists()
    press(page, "Start the first refresh")
    kept = tomllib.loads((tmp_path / "litmap.toml").read_text())
    assert kept == {"notes": ["~/notes"], "contact": "me@x.org"}
    assert started == [(tmp_path / "library", "refresh", ["--", str(tmp_path / "home/notes")])]


def test_a_settings_file_of_the_readers_stays_as_it_is_but_for_what_was_shown(
    home, started, tmp_path
):
    (tmp_path / "litmap.toml").write_text("# mine\nretry_days = 3\n")

    def script():
        from litmap.ui import first_steps

        first_steps.page()

    page = testing.AppTest.from_function(script, default_timeout=240).run()
    press(page, "notes")
    press(page, "Use this folder")
    assert "This changes in" in words(page)
    page.checkbox(key="start-offline").check().run()
    press(page, "Start the first refresh")
    text = (tmp_path / "litmap.toml").read_text()
    assert text == '# mine\nretry_days = 3\nnotes = ["~/notes"]\n'
    assert started[0][2][0] == "--offline"


def test_nothing_is_kept_that_one_does_not_want_kept(page, started, tmp_path):
    press(page, "notes")
    press(page, "Use this folder")
    page.checkbox(key="start-keep").uncheck().run()
    press(page, "Start the first refresh")
    assert started
    assert not (tmp_path / "litmap.toml").exists()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("~/absent", "There is no"),
        ("", "Name the folder"),
        ("~nobody-of-this-name/x", "is no path"),
        ("~/empty", "No note that litmap can read"),
        ("/" + "a" * 5000, "cannot be opened"),
        ("~/a\x01b", "no control characters"),
        ("`rm -rf` $(x) <b>", "There is no"),
    ],
)
def test_what_cannot_be_read_is_said_and_starts_nothing(page, started, typed, told):
    page.text_input[0].input(typed)
    press(page, "Use this folder")
    assert told in words(page)
    assert not any("Start" in button.label for button in page.button)
    assert not started
    press(page, "Another folder")
    assert page.text_input[0].value == (typed or "~")


def test_the_example_is_built_on_request(page, started, tmp_path):
    press(page, "Build the example library")
    assert started == [(tmp_path / "library", "demo", ["--no-serve"])]


def test_who_may_change_nothing_sees_no_folder(home, monkeypatch):
    monkeypatch.setattr(state, "may_change", lambda: False)

    def script():
        from litmap.ui import first_steps

        first_steps.welcome()

    page = testing.AppTest.from_function(script, default_timeout=240).run()
    assert "token" in words(page)
    assert not page.button
    assert not page.text_input


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1:8501", True),
        ("localhost:80", True),
        ("LOCALHOST", True),
        ("[::1]:8501", True),
        ("lab.example:8501", False),
        ("127.0.0.1.evil.example:8501", False),
        ("", False),
    ],
)
def test_only_a_browser_on_this_machine_looks_for_folders(host, own):
    assert access.is_loopback_host(host) is own


def test_many_files_are_told_by_their_endings_and_counting_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "MAX_READ", 2)
    monkeypatch.setattr(folders, "MAX_COUNTED", 2)
    inner = tmp_path / "in"
    inner.mkdir()
    for number in range(3):
        (inner / f"{number}.md").write_text(NOTE)
    contents = folders.look_into(inner)
    assert not contents.is_read
    assert contents.formats == {".md": 3}
    (found,) = folders.subfolders(tmp_path)
    assert (found.notes, found.is_all) == (2, False)
    monkeypatch.setattr(folders, "SECONDS", -1)
    (found,) = folders.subfolders(tmp_path)
    assert (found.notes, found.is_all) == (0, False)


def test_a_single_file_can_be_named(tmp_path):
    (tmp_path / "one.md").write_text(NOTE)
    assert folders.look_into(tmp_path / "one.md").notes == 1
    with pytest.raises(UsageError):
        folders.subfolders(tmp_path / "one.md")


def test_settings_are_kept_by_default_beside_their_library_alone(tmp_path) -> None:
    from litmap.ui import first_steps

    file = tmp_path / "litmap.toml"
    assert first_steps._stands_beside(file, tmp_path / "index")
    assert not first_steps._stands_beside(file, tmp_path / "elsewhere" / "index")
