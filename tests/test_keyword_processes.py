"""Segments of the keyword index made by several processes are those that one would make."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from litmap import keywords
from litmap.builds import Addition, BuildWriter
from litmap.paths import LibraryPaths
from litmap.pipeline import keyword_processes
from litmap.pipeline.index_writers import write_keywords
from tests.index_parts import chunks_of

TITLES = {"w1": "On flat minima", "w4": "Kernels"}


def written(folder: Path, monkeypatch: pytest.MonkeyPatch, *, processes: int) -> dict[str, bytes]:
    """The keyword files of a build of 31 passages, cut into segments of seven."""
    for module, name in ((keyword_processes, "SHARE"), (keywords.writer, "FRESH_PASSAGES")):
        monkeypatch.setattr(module, name, 7)
    sources = {f"w{n}": [f"passage {n} {i} of flat ice" for i in range(n)] for n in range(7)}
    texts = sources | {"w7": [f"le passage {i} est dans la glace et les eaux" for i in range(10)]}
    with BuildWriter(LibraryPaths(folder)) as writer:
        changes = writer.update(
            Addition(work, f"s{work}", "1", chunks_of(f"s{work}", own))
            for work, own in texts.items()
        )
        assert len(changes.added) == 31
        write_keywords(writer, changes, TITLES, processes=processes)
        home = writer.folder / "keywords"
        return {path.name: path.read_bytes() for path in home.iterdir()}


def test_several_processes_write_what_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def beside(request: dict[str, str], _: object) -> None:
        asked.append(request["name"])
        keyword_processes.write_segment(request)

    monkeypatch.setattr(keyword_processes, "_write_elsewhere", beside)
    one = written(tmp_path / "one", monkeypatch, processes=1)
    assert not asked
    several = written(tmp_path / "several", monkeypatch, processes=3)
    assert sorted(asked) == [f"{n:06d}" for n in range(1, 6)]
    assert one == several


@pytest.mark.skipif(shutil.which("false") is None, reason="needs a program that fails")
def test_a_process_writes_a_segment_and_where_it_fails_this_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with BuildWriter(LibraryPaths(tmp_path)) as writer:
        chunks = chunks_of("s", ["flat ice", "more ice"])
        changes = writer.update([Addition("w1", "s", "1", chunks)])
        (request,) = keyword_processes._requests(writer.folder / "keywords", changes, TITLES, 3)
        (writer.folder / "keywords").mkdir()
        running: list[object] = []
        keyword_processes._write_elsewhere(request, running)  # type: ignore[arg-type]
        files = {path.name: path.read_bytes() for path in (writer.folder / "keywords").iterdir()}
        assert "000003.docs.npy" in files
        for path in (writer.folder / "keywords").iterdir():
            path.unlink()
        monkeypatch.setattr(keyword_processes.sys, "executable", "false")
        keyword_processes._write_elsewhere(request, running)  # type: ignore[arg-type]
        again = {path.name: path.read_bytes() for path in (writer.folder / "keywords").iterdir()}
        assert files == again
        assert not running
