from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap import builds, segment_merging
from litmap.builds import Addition, BuildWriter, open_build, plan, prune_builds, store, verify_build
from litmap.builds.reader import checksum, signed
from litmap.errors import DamagedBuild, LibraryError, NoLibrary
from litmap.models import Chunk
from litmap.paths import LibraryPaths
from tests.index_parts import chunks_of


def addition(work: str, source: str, *texts: str, fingerprint: str = "f1") -> Addition:
    return Addition(work, source, fingerprint, chunks_of(source, texts))


def publish(
    paths: LibraryPaths,
    *added: Addition,
    removed: tuple[tuple[str, str], ...] = (),
    fresh: bool = False,
) -> str:
    base = None
    if not fresh and builds.current_id(paths):
        base = open_build(paths)
    try:
        with BuildWriter(paths, base=base) as writer:
            writer.update(added, removed)
            return writer.publish({"model": "word-model"})
    finally:
        if base:
            base.close()


def content(paths: LibraryPaths) -> list[tuple[str, Chunk]]:
    with open_build(paths) as build:
        found = [(p.work, p.chunk) for p in build.all_passages()]
        return sorted(found, key=lambda f: (f[0], f[1].source, f[1].ordinal))


@pytest.fixture
def paths(tmp_path: Path) -> LibraryPaths:
    return LibraryPaths(tmp_path / "index")


def test_what_is_written_is_read(paths: LibraryPaths) -> None:
    with BuildWriter(paths) as writer:
        changes = writer.update(
            [addition("arxiv:1", "aa", "one", "two"), addition("", "note:x.md", "three \ud800")]
        )
        assert changes.added.tolist() == [0, 1, 2]
        assert [p.chunk.text for p in changes.passages()] == ["one", "two", "three ?"]
        writer.write_json("topics", {"topics": ["ä"]})
        build_id = writer.publish({"model": "m"})
    build = open_build(paths)
    assert build.id == build_id
    assert build.facts == {"model": "m"}
    assert build.read_json("topics") == {"topics": ["ä"]}
    assert build.read_json("map") is None
    first, last = build.passages([0, 2])
    assert first.work == "arxiv:1"
    assert first.chunk == chunks_of("aa", ["one"])[0]
    assert (last.row, last.work, last.chunk.source) == (2, "", "note:x.md")
    assert build.works_of([2, 0]) == ["", "arxiv:1"]
    assert build.manifest["counts"] == {"passages": 3, "sources": 2, "works": 1}
    for wrong in (3, -1):
        with pytest.raises(KeyError):
            build.passages([wrong])
    verify_build(build.folder)
    build.close()


def test_an_update_keeps_rows_that_stay_and_never_gives_one_twice(paths: LibraryPaths) -> None:
    publish(paths, addition("w1", "aa", "one", "two"), addition("w2", "bb", "three"))
    with open_build(paths) as base, BuildWriter(paths, base=base) as writer:
        changes = writer.update(
            [addition("w2", "bb", "new", fingerprint="f2"), addition("w3", "cc")], [("w1", "aa")]
        )
        assert changes.removed.tolist() == [0, 1, 2]
        assert changes.added.tolist() == [3]
        writer.publish({})
    publish(paths, addition("w4", "dd", "last"))
    with open_build(paths) as build:
        assert build.rows.tolist() == [3, 4]
        assert [p.chunk.text for p in build.all_passages()] == ["new", "last"]
        assert plan(build, {("w2", "bb"): "f2", ("w4", "dd"): "other"}) == (
            [("w4", "dd")],
            [("w3", "cc"), ("w4", "dd")],
        )
    assert plan(None, {("w", "s"): "f"}) == ([("w", "s")], [])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.integers(0, 7), st.integers(0, 5), max_size=8
        ),  # a library: paper → version
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([3, 12, 10_000]),
)
def test_any_sequence_of_changes_equals_the_build_from_scratch(
    tmp_path_factory: pytest.TempPathFactory, libraries: list[dict[int, int]], small: int
) -> None:
    root = tmp_path_factory.mktemp("sequence")
    grown, scratch = LibraryPaths(root / "grown"), LibraryPaths(root / "scratch")

    def wanted(library: dict[int, int]) -> dict[tuple[str, str], Addition]:
        made = {}
        for paper, version in library.items():
            texts = [
                f"paper {paper} version {version} passage {i}"
                for i in range((paper * 5 + version) % 7)
            ]
            for work in {f"w{paper}", f"w{paper // 2}"}:  # a paper may be cited as two works
                made[work, f"s{paper}"] = addition(
                    work, f"s{paper}", *texts, fingerprint=str(version)
                )
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "MAX_DELTA", small)
        patch.setattr(segment_merging, "MAX_SEGMENT_ROWS", 3 * small)
        patch.setattr(segment_merging, "QUICK_ROWS", 2 * small)
        for library in libraries:
            target = wanted(library)
            base = open_build(grown) if builds.current_id(grown) else None
            add, remove = plan(base, {k: a.fingerprint for k, a in target.items()})
            with BuildWriter(grown, base=base) as writer:
                changes = writer.update([target[k] for k in add], remove)
                assert [p.row for p in changes.passages()] == changes.added.tolist()
                writer.publish({})
            if base:
                base.close()
    publish(scratch, *wanted(libraries[-1]).values())
    assert content(grown) == content(scratch)
    with open_build(grown) as one, open_build(scratch) as two:
        assert one.manifest["counts"] == two.manifest["counts"]
        assert plan(one, {k: a.fingerprint for k, a in wanted(libraries[-1]).items()}) == ([], [])
        assert [(p.work, p.row) for p in one.all_passages()] == [
            (work, row) for row, work in zip(one.rows.tolist(), one.works_of(one.rows), strict=True)
        ]
        assert len(one.rows) == one.count == two.count
        verify_build(one.folder)


def test_a_new_paper_shares_the_large_part_of_the_old_build(
    paths: LibraryPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MAX_DELTA", 10)
    publish(paths, addition("w1", "aa", *"abcdefghijklmnop"))
    old = open_build(paths)
    publish(paths, addition("w2", "bb", "new"))
    with open_build(paths) as new:
        sealed = store.sealed_name(0)
        assert new.path(sealed).samefile(old.path(sealed))
        assert len(new.rows) == 17
    assert len(old.rows) == 16
    old.close()


def test_nothing_published_and_broken_pointers(paths: LibraryPaths) -> None:
    with pytest.raises(NoLibrary, match="litmap refresh"):
        open_build(paths)
    paths.root.mkdir()
    for text in ("", "../elsewhere", "\ud800".encode("utf-8", "surrogatepass"), "gone"):
        paths.current.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(DamagedBuild):
            open_build(paths)


@pytest.mark.parametrize("name", ["manifest.json", "sources.sqlite", "delta.sqlite", "topics.json"])
def test_a_damaged_build_is_named(paths: LibraryPaths, name: str) -> None:
    with BuildWriter(paths) as writer:
        writer.update([addition("w", "aa", *(f"text {i}" for i in range(50)))])
        writer.write_json("topics", [1, 2, 3])
        folder = paths.builds / writer.publish({})
    file = folder / name
    whole = file.read_bytes()
    for cut in (whole[:-7], b""):
        file.write_bytes(cut)
        with pytest.raises(DamagedBuild, match=name.replace(".", r"\.")):
            open_build(paths)
    file.unlink()
    with pytest.raises(DamagedBuild, match=name.replace(".", r"\.")):
        open_build(paths)
    if name != "manifest.json":
        file.write_bytes(b"\x00" * len(whole))  # the right size: only the full check can tell
        with pytest.raises(DamagedBuild, match=name.replace(".", r"\.")):
            verify_build(folder)


def test_a_build_of_another_format_is_refused(paths: LibraryPaths) -> None:
    path = paths.builds / publish(paths, addition("w", "aa", "x")) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 999}))
    with pytest.raises(DamagedBuild, match="999"):
        open_build(paths)


def test_an_error_on_the_way_leaves_the_old_build_and_no_rest(paths: LibraryPaths) -> None:
    publish(paths, addition("w", "aa", "old"))

    def failing() -> list[Addition]:
        raise RuntimeError("no text")

    with pytest.raises(RuntimeError, match="no text"), BuildWriter(paths) as writer:
        writer.update([addition("w", "aa", "new")])
        failing()
    assert [c.text for _, c in content(paths)] == ["old"]
    assert len(list(paths.builds.iterdir())) == 1


def test_a_full_disk_is_told(paths: LibraryPaths) -> None:
    publish(paths, addition("w", "aa", "old"))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(LibraryError, match="disk is full"), BuildWriter(paths) as writer:
        writer.step(full, writer.update([addition("w", "aa", "new")]))
    assert [c.text for _, c in content(paths)] == ["old"]


def test_old_builds_go_and_those_in_use_stay(paths: LibraryPaths) -> None:
    ids = []
    for i in range(5):
        ids.append(publish(paths, addition("w", "aa", f"text {i}", fingerprint=str(i))))
        if i == 0:
            held = open_build(paths)
    assert prune_builds(paths, keep=2) == ids[1:3]
    assert held.passages([0])[0].chunk.text == "text 0"
    held.close()
    assert prune_builds(paths, keep=2) == ids[:1]
    assert sorted(p.name for p in paths.builds.iterdir()) == ids[3:]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs a list of open files")
def test_threads_that_come_and_go_leave_no_file_open(paths: LibraryPaths) -> None:
    """A server draws each page in a thread of its own."""
    publish(paths, addition("w", "aa", "one", "two"))

    def count_open() -> int:
        files = [f.readlink() for f in Path("/proc/self/fd").iterdir() if f.is_symlink()]
        return sum(f.is_relative_to(paths.root) for f in files)

    with open_build(paths) as build:
        build.passages([0])
        before = count_open()
        for _ in range(20):
            reader = threading.Thread(target=build.passages, args=([0, 1],))
            reader.start()
            reader.join()
        assert count_open() == before


def test_readers_in_threads_never_see_two_builds_mixed(paths: LibraryPaths) -> None:
    publish(paths, *(addition(f"w{i}", f"s{i}", "version 0", fingerprint="0") for i in range(5)))
    stop, errors, seen = threading.Event(), [], set()

    def read() -> None:
        try:
            while not stop.is_set():
                with open_build(paths) as build:
                    texts = {p.chunk.text for p in build.all_passages()}
                    assert len(texts) == 1, texts
                    seen.update(texts)
        except BaseException as error:  # noqa: BLE001 - told to the main thread
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for version in range(1, 12):
        publish(
            paths,
            *(
                addition(f"w{i}", f"s{i}", f"version {version}", fingerprint=str(version))
                for i in range(5)
            ),
        )
        prune_builds(paths, keep=2)
    stop.set()
    for thread in threads:
        thread.join()
    assert not errors
    assert seen


def test_one_build_serves_many_threads(paths: LibraryPaths) -> None:
    publish(paths, *(addition(f"w{i}", f"s{i}", f"text {i}") for i in range(50)))
    results: list[str] = []
    with open_build(paths) as build:
        threads = [
            threading.Thread(target=lambda i=i: results.append(build.passages([i])[0].chunk.text))
            for i in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(results) == sorted(f"text {i}" for i in range(20))


WRITE_FOR_EVER = """
import sys
from pathlib import Path
from litmap.builds import Addition, BuildWriter, open_build, current_id, prune_builds
from litmap.paths import LibraryPaths
from litmap.models import Chunk
paths = LibraryPaths(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(10**9):
    base = open_build(paths) if current_id(paths) else None
    with BuildWriter(paths, base=base) as writer:
        version = f"{number} {sys.argv[2]}"
        writer.update(Addition(f"w{i}", f"s{i}", version, [Chunk(f"s{i}", 0, version)]) for i in range(40))
        writer.write_json("topics", version)
        writer.publish({})
    if base:
        base.close()
    prune_builds(paths)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_killed_at_any_moment_the_last_build_serves(paths: LibraryPaths) -> None:
    rng = np.random.default_rng(0)
    publish(paths, addition("w0", "s0", "first"))
    for round_ in range(int(os.environ.get("LITMAP_KILLS", "8"))):
        command = [sys.executable, "-c", WRITE_FOR_EVER, str(paths.root), str(round_)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "src"}
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(float(rng.uniform(0.01, 0.4)))
            process.send_signal(signal.SIGKILL)
        with open_build(paths) as build:
            verify_build(build.folder)
            texts = {p.chunk.text for p in build.all_passages()}
            assert len(texts) == 1
            assert build.read_json("topics") in (*texts, None)
    publish(paths, addition("w0", "s0", "last", fingerprint="last"))
    assert not list(paths.builds.glob(".new-*"))


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs the right to mount a small disk"
)
def test_a_disk_that_really_is_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if (
        not mount
        or subprocess.run(
            [mount, "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], check=False
        ).returncode
    ):
        pytest.skip("mounting is not allowed here")
    try:
        paths = LibraryPaths(disk / "index")
        publish(paths, addition("w", "aa", "old"))
        with pytest.raises(LibraryError, match="disk is full"):
            publish(paths, addition("w", "bb", *(f"{i} " + "x" * 4000 for i in range(1000))))
        assert [c.text for _, c in content(paths)] == ["old"]
        publish(paths, addition("w", "bb", "small"))
        assert len(content(paths)) == 2
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_build_of_two_files_is_read_and_gone_on_from(
    paths: LibraryPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Format 2 had `base.sqlite`, and the sources in `delta.sqlite`."""
    monkeypatch.setattr(store, "MAX_DELTA", 4)
    publish(paths, addition("w1", "aa", *"abcde"), addition("w2", "bb", "f", "g"))
    publish(paths, addition("w3", "cc", "h"))
    folder = paths.builds / str(builds.current_id(paths))
    (folder / store.sealed_name(0)).rename(folder / "base.sqlite")
    with closing(sqlite3.connect(folder / "delta.sqlite")) as db, db:
        db.execute("ATTACH ? AS listed", (str(folder / "sources.sqlite"),))
        db.execute("CREATE TABLE sources AS SELECT * FROM listed.sources")
    (folder / "sources.sqlite").unlink()
    manifest = json.loads((folder / "manifest.json").read_bytes())
    del manifest["sha256"], manifest["passage_files"]
    names = ("base.sqlite", "delta.sqlite")
    files = {
        n: {"bytes": (folder / n).stat().st_size, "sha256": checksum(folder / n)} for n in names
    }
    old = manifest | {"format": 2, "base_rows": 7, "files": files}
    (folder / "manifest.json").write_text(json.dumps(signed(old)))
    before = content(paths)
    assert [chunk.text for _, chunk in before] == list("abcdefgh")
    publish(paths, addition("w2", "bb", "new"))
    assert [chunk.text for _, chunk in content(paths)] == [*"abcde", "new", "h"]
    with open_build(paths) as build:
        assert [file.name for file in build.files] == ["base.sqlite", "delta.sqlite"]
        verify_build(build.folder)


def test_a_file_with_much_that_is_gone_is_written_anew_alone(
    paths: LibraryPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MAX_DELTA", 4)
    monkeypatch.setattr(segment_merging, "QUICK_ROWS", 8)
    monkeypatch.setattr(segment_merging, "ROWS_PER_ADDED", 0)
    publish(paths, *(addition(f"w{i}", f"s{i}", f"a{i}", f"b{i}") for i in range(4)))
    publish(paths, *(addition(f"x{i}", f"t{i}", f"c{i}", f"d{i}") for i in range(4)))
    with open_build(paths) as old:
        first, second = (file.name for file in old.files[:-1])
        publish(paths, removed=(("w0", "s0"), ("w1", "s1")))
        with open_build(paths) as new:
            assert [file.rows for file in new.files] == [4, 8, 0]
            assert new.path(second).samefile(old.path(second))
            assert not new.path(first).samefile(old.path(first))
            assert len(list(new.all_passages())) == 12
        publish(paths, removed=tuple((f"w{i}", f"s{i}") for i in range(4)))
    with open_build(paths) as build:
        assert [file.name for file in build.files] == [second, "delta.sqlite"]
        assert build.rows.tolist() == list(range(8, 16))
