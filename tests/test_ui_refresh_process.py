"""Processes that the app starts: a refresh, and the mending of a damaged build."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from litmap.errors import DamagedBuild
from litmap.library import Library
from litmap.ui import refresh_process
from tests.waiting import until


def wait_for_end(root: Path) -> None:
    until(lambda: not refresh_process.is_running(root), lambda: refresh_process.tail(root))


@pytest.fixture
def root(tmp_path, monkeypatch, state) -> Path:
    monkeypatch.setenv("LITMAP_STATE", str(state))
    return tmp_path / "library"


def test_a_refresh_that_fails_gives_its_reason(root, tmp_path) -> None:
    refresh_process.start(root, [str(tmp_path / "absent.md")], offline=True)
    assert refresh_process.is_running(root), "also before it takes the lock"
    wait_for_end(root)
    assert "absent.md" in refresh_process.failure(root)
    assert "litmap:" not in refresh_process.failure(root)


def test_a_refresh_that_is_stopped_did_not_fail(root, tmp_path) -> None:
    note = tmp_path / "note.md"
    note.write_text("# Topic\n", encoding="utf-8")
    refresh_process.start(root, [str(note)], offline=True)
    refresh_process.stop(root)
    wait_for_end(root)
    assert refresh_process.failure(root) == ""


def test_a_damaged_build_leaves_the_rest_and_is_mended(root, example_library) -> None:
    shutil.copytree(example_library, root)
    build = (root / "CURRENT").read_text(encoding="utf-8").strip()
    (root / "builds" / build / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DamagedBuild):
        Library.open(root)
    with Library.open(root, without_build=True) as library:
        assert library.works()
        assert library.build_id == ""
    refresh_process.mend(root)
    wait_for_end(root)
    assert refresh_process.failure(root) == ""
    with Library.open(root) as library:
        assert library.build_id
