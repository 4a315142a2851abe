"""What litmap did not write it does not replace."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from litmap import logs, operating_system
from litmap.cli.write_commands import _copy_in
from litmap.errors import UsageError
from litmap.written_files import WrittenFiles


@pytest.fixture
def written(tmp_path):
    return WrittenFiles(tmp_path / "state")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


def test_what_litmap_wrote_is_replaced_also_by_another_run(written, folder, tmp_path):
    written.write_file(folder / "a.bib", b"one")
    assert WrittenFiles(tmp_path / "state").may_replace(folder / "a.bib")
    WrittenFiles(tmp_path / "state").write_file(folder / "a.bib", b"two")
    assert (folder / "a.bib").read_bytes() == b"two"
    assert [path.name for path in folder.iterdir()] == ["a.bib"]


def put_file(path):
    path.write_bytes(b"mine")


def put_empty_file(path):
    path.touch()


def put_folder(path):
    path.mkdir()


def put_link(path):
    path.symlink_to(path.parent.parent / "elsewhere")


def put_link_to_what_litmap_wrote(path):
    WrittenFiles(path.parent.parent / "state").write_file(path.parent / "other.bib", b"one")
    path.symlink_to(path.parent / "other.bib")


def put_pipe(path):
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("put", "forced"),
    [(put_file, True), (put_empty_file, True), (put_folder, False), (put_link, False),
     (put_link_to_what_litmap_wrote, False), (put_pipe, False)],
)  # fmt: skip
def test_what_is_there_stays(written, folder, put, forced):
    put(folder / "a.bib")
    before = (folder / "a.bib").lstat()
    assert not written.may_replace(folder / "a.bib")
    with pytest.raises(UsageError):
        written.write(folder, {"b.bib": b"two", "a.bib": b"two"})
    assert (folder / "a.bib").lstat() == before
    assert not (folder / "b.bib").exists()
    if forced:
        written.write_file(folder / "a.bib", b"two", force=True)
        assert (folder / "a.bib").read_bytes() == b"two"
    else:
        with pytest.raises(UsageError):
            written.write_file(folder / "a.bib", b"two", force=True)
    assert not (folder.parent / "elsewhere").exists()


def edit(path, state):
    path.write_bytes(b"one, edited")


def forget(path, state):
    for record in (state / "written").iterdir():
        record.unlink()


def damage(path, state):
    for record in (state / "written").iterdir():
        record.write_bytes(b'{"files": [1]}')


def move_another_here(path, state):
    (path.parent / "mine.bib").write_bytes(b"mine")
    (path.parent / "mine.bib").replace(path)


@pytest.mark.parametrize("change", [edit, forget, damage, move_another_here])
def test_what_is_not_as_litmap_wrote_it_stays(written, folder, tmp_path, change):
    path = folder / "a.bib"
    written.write_file(path, b"one")
    change(path, tmp_path / "state")
    before = path.read_bytes()
    with pytest.raises(UsageError, match="--force"):
        written.write_file(path, b"two")
    assert path.read_bytes() == before


def test_a_file_that_comes_while_others_are_written_stays(written, folder, monkeypatch):
    real = os.fsync

    def come(handle):
        real(handle)
        if folder.exists() and not (folder / "b.bib").exists():
            (folder / "b.bib").write_bytes(b"mine")

    monkeypatch.setattr(os, "fsync", come)
    with pytest.raises(UsageError, match="cannot be written"):
        written.write(folder, {"b.bib": b"two"})
    assert (folder / "b.bib").read_bytes() == b"mine"


needs_handles = pytest.mark.skipif(
    not operating_system.HAS_FOLDER_HANDLES, reason="this system has no handles of folders"
)


@needs_handles
@pytest.mark.parametrize("swapped", ["works", "works/deep"])
@pytest.mark.parametrize("moment", ["open", "mkdir", "fsync", "replace", "link"])
@pytest.mark.parametrize("force", [False, True])
def test_a_folder_swapped_for_a_link_meanwhile_is_not_followed(
    written, folder, tmp_path, monkeypatch, swapped, moment, force
):
    """Whenever it is swapped, all is written below the folder named, or nothing where it led."""
    outside, name = tmp_path / "outside", "works/deep/a.md"
    (outside / "deep").mkdir(parents=True)
    (outside / "deep" / "a.md").write_bytes(b"mine")
    (outside / "a.md").write_bytes(b"mine")
    written.write(folder, {name: b"one"})
    real, calls = getattr(os, moment), []

    def swap(*arguments, **keywords):
        calls.append(arguments)
        if (folder / swapped).is_dir() and not (folder / "aside").exists():
            (folder / swapped).rename(folder / "aside")
            (folder / swapped).symlink_to(outside)
        return real(*arguments, **keywords)

    monkeypatch.setattr(os, moment, swap)
    with suppress(UsageError):
        written.write(folder, {name: b"two", "works/deep/b.md": b"two"}, force=force)
    monkeypatch.undo()
    assert calls
    assert sorted(p.name for p in outside.rglob("*")) == ["a.md", "a.md", "deep"]
    assert {p.read_bytes() for p in outside.rglob("*.md")} == {b"mine"}


@needs_handles
def test_a_link_that_takes_a_file_s_place_is_not_written_through(
    written, folder, tmp_path, monkeypatch
):
    (tmp_path / "mine.md").write_bytes(b"mine")
    written.write(folder, {"a.md": b"one"})
    real = os.fsync

    def swap(handle):
        (folder / "a.md").unlink(missing_ok=True)
        (folder / "a.md").symlink_to(tmp_path / "mine.md")
        real(handle)

    monkeypatch.setattr(os, "fsync", swap)
    with suppress(UsageError):
        written.write(folder, {"a.md": b"two"}, force=True)
    assert (tmp_path / "mine.md").read_bytes() == b"mine"


def test_a_file_edited_between_check_and_write_stays(written, folder, monkeypatch):
    written.write(folder, {"a.md": b"one", "b.md": b"one"})
    real = os.replace

    def edit_the_other(path, target, **folders):
        real(path, target, **folders)
        if Path(target).name == "a.md":
            (folder / "b.md").write_bytes(b"mine")

    monkeypatch.setattr(os, "replace", edit_the_other)
    with pytest.raises(UsageError, match="another file came meanwhile"):
        written.write(folder, {"a.md": b"two", "b.md": b"two"})
    assert (folder / "b.md").read_bytes() == b"mine"


def test_without_handles_of_folders_files_are_written_by_their_paths(written, folder, monkeypatch):
    monkeypatch.setattr(operating_system, "HAS_FOLDER_HANDLES", False)
    for content in (b"one", b"two"):
        written.write(folder, {"works/a.md": content})
        assert (folder / "works" / "a.md").read_bytes() == content
    (folder / "works" / "a.md").write_bytes(b"mine")
    with pytest.raises(UsageError, match="--force"):
        written.write(folder, {"works/a.md": b"three"})
    assert [p.name for p in (folder / "works").iterdir()] == ["a.md"]


def test_a_file_keeps_its_mode_and_a_new_one_gets_the_users(written, folder):
    mask = os.umask(0o027)
    try:
        written.write(folder, {"a.md": b"one"})
    finally:
        os.umask(mask)
    assert (folder / "a.md").stat().st_mode & 0o777 == 0o640
    (folder / "a.md").chmod(0o600)
    written.write(folder, {"a.md": b"two"})
    assert (folder / "a.md").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["../out.md", "/tmp/out.md", "a/../../out.md", ""])
def test_names_outside_the_folder_are_refused(written, folder, name):
    with pytest.raises(UsageError):
        written.write(folder, {name: b"x"}, force=True)


def test_after_a_kill_in_the_middle_the_next_run_goes_on(written, folder, monkeypatch):
    written.write(folder, {"a.md": b"1", "b.md": b"1"})
    real, names = os.replace, []

    def die(path, target, **folders):
        if Path(target).suffix == ".md":
            names.append(target)
            if len(names) == 2:
                raise KeyboardInterrupt
        return real(path, target, **folders)

    monkeypatch.setattr(os, "replace", die)
    with pytest.raises(KeyboardInterrupt):
        written.write(folder, {"a.md": b"2", "b.md": b"2"})
    monkeypatch.undo()
    written.write(folder, {"a.md": b"3", "b.md": b"3"})
    assert [(folder / n).read_bytes() for n in ("a.md", "b.md")] == [b"3", b"3"]


def test_without_a_state_folder_a_new_file_is_written_and_no_other(folder, tmp_path):
    (tmp_path / "file").touch()
    written = WrittenFiles(tmp_path / "file")
    written.write_file(folder / "a.bib", b"one")
    with pytest.raises(UsageError):
        written.write_file(folder / "a.bib", b"two")


@pytest.mark.parametrize("suffix", [".pdf", ".part"])
def test_a_pdf_added_replaces_nothing_in_the_drop_folder(folder, tmp_path, suffix):
    (tmp_path / "paper.pdf").write_bytes(b"%PDF- new")
    (folder / f"paper{suffix}").write_bytes(b"mine")
    (folder / "paper-1.pdf").symlink_to(tmp_path / "nowhere")
    added = _copy_in(tmp_path / "paper.pdf", folder / "paper.pdf")
    assert added.read_bytes() == b"%PDF- new"
    assert (folder / f"paper{suffix}").read_bytes() == b"mine"
    assert not (tmp_path / "nowhere").exists()


def test_a_log_goes_on_in_a_log_and_in_no_other_file(tmp_path):
    note, log = tmp_path / "note.md", tmp_path / "log.txt"
    note.write_text("# Mine\n")
    with pytest.raises(UsageError, match="another file"):
        logs.configure(0, note)
    assert note.read_text() == "# Mine\n"
    try:
        for words in ("first", "second"):
            logs.configure(0, log)
            logs.ROOT.warning(words)
    finally:
        logs.configure(0)
    text = log.read_text()
    assert "first" in text
    assert "second" in text


def test_what_a_killed_run_was_writing_is_removed_by_the_next(written, folder, monkeypatch):
    """The process ends between writing a file aside and giving it its name."""
    if not hasattr(os, "fork"):
        pytest.skip("no fork")
    child = os.fork()
    if not child:
        link = os.link
        monkeypatch.setattr(
            os,
            "link",
            lambda source, target, **folders: (
                os._exit(9) if Path(target).name == "a.bib" else link(source, target, **folders)
            ),
        )
        written.write_file(folder / "a.bib", b"one")
        os._exit(0)
    assert os.waitpid(child, 0)[1]
    assert [path.name for path in folder.iterdir()] != []
    written.write_file(folder / "a.bib", b"one")
    assert [path.name for path in folder.iterdir()] == ["a.bib"]
