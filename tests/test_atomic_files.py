"""Files written in one step: the old content or the new, and nothing left beside."""

import errno
import os
import subprocess
import sys

import pytest

from litmap.atomic_files import link_or_copy, replace_file, write_through, written_aside


def test_a_file_is_replaced_whole(tmp_path):
    replace_file(tmp_path / "a", b"old")
    replace_file(tmp_path / "a", b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"new")]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_what_fails_while_it_is_written_leaves_the_old_file_alone(tmp_path, error):
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(type(error)), written_aside(tmp_path / "a") as aside:
        aside.write_bytes(b"half")
        raise error
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"old")]


def test_a_new_file_takes_nobody_s_place(tmp_path):
    write_through(tmp_path / "a", b"mine", new=True)
    with pytest.raises(FileExistsError):
        write_through(tmp_path / "a", b"other", new=True)
    assert (tmp_path / "a").read_bytes() == b"mine"


def test_without_hard_links_a_file_is_copied_but_a_full_disk_is_told(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"x")

    def refuse(code):
        def link(*_):
            raise OSError(code, os.strerror(code))

        return link

    monkeypatch.setattr(os, "link", refuse(errno.EPERM))
    link_or_copy(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"x"
    monkeypatch.setattr(os, "link", refuse(errno.ENOSPC))
    with pytest.raises(OSError, match="space"):
        link_or_copy(tmp_path / "a", tmp_path / "c")


def test_what_a_killed_process_was_writing_goes_when_the_file_is_written_again(tmp_path):
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], check=True,
                          capture_output=True, text=True).stdout.strip()  # fmt: skip
    others = [f".b.{gone}.new", f".a.{os.getppid()}.new", ".a.mine.new", f"a.{gone}.new"]
    for name in (f".a.{gone}.new", *others):
        (tmp_path / name).touch()
    replace_file(tmp_path / "a", b"new")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["a", *others])
