"""The comparison of disturbed runs sees every changed byte that matters, and disturbances disturb."""

import errno
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.reliability import disturbances
from benchmarks.reliability.end_state import TABLES, differences, half_written, read_state
from benchmarks.reliability.injected.sitecustomize import changed_path
from benchmarks.reliability.same_end_state import _torn
from litmap.builds import current_id
from litmap.builds.reader import MANIFEST, checksum, signed
from litmap.library import Library
from litmap.paths import LibraryPaths
from litmap.settings import load_settings

INJECTED = disturbances.INJECTED


@pytest.fixture(scope="module")
def original(example_library, state, tmp_path_factory):
    """A library with a note and an export beside it; not to be written to."""
    root = tmp_path_factory.mktemp("undisturbed")
    shutil.copytree(example_library, root / "library")
    (root / "notes").mkdir()
    (root / "notes" / "a.md").write_bytes(b"# A note\n")
    settings = load_settings({"library": root / "library", "state": state})
    with Library.open(settings=settings) as opened:
        opened.export(root / "exports" / "works.bib")
        opened.export(root / "exports" / "vault")
    return root


@pytest.fixture(scope="module")
def undisturbed(original):
    return state_of(original)


@pytest.fixture
def copy(original, tmp_path):
    shutil.copytree(original, tmp_path / "copy", symlinks=True)
    return tmp_path / "copy"


def state_of(root):
    return read_state(root / "library", root / "notes", root / "exports")


def build_of(root):
    paths = LibraryPaths(root / "library")
    return paths.builds / current_id(paths)


def sign_again(build):
    """The manifest says what is there now, so that only the comparison can see a change."""
    manifest = json.loads((build / MANIFEST).read_bytes())
    for name in manifest["files"]:
        path = build / name
        manifest["files"][name] = {"bytes": path.stat().st_size, "sha256": checksum(path)}
    manifest.pop("sha256", None)
    (build / MANIFEST).write_text(json.dumps(signed(manifest)))


def flip(path, at):
    """Change the last bit of one byte; `at` counts from the end where it is negative."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.unlink()  # builds share files by hard link
    path.write_bytes(data)


def change_catalogue(root, query):
    with closing(sqlite3.connect(LibraryPaths(root / "library").catalogue)) as db, db:
        assert db.execute(query).rowcount > 0


def change_passage(root):
    build = build_of(root)
    shutil.copy(build / "delta.sqlite", build / "own")
    (build / "own").replace(build / "delta.sqlite")
    with closing(sqlite3.connect(build / "delta.sqlite")) as db, db:
        (row,) = db.execute("SELECT max(row) FROM passages").fetchone()
        db.execute("UPDATE passages SET text = text || '.' WHERE row = ?", (row,))
    sign_again(build)


def change_in_build(name, at):
    def change(root):
        flip(build_of(root) / name, at)
        sign_again(build_of(root))

    return change


def change_table(name):
    """One letter or digit of a JSON file of the build."""

    def change(root):
        path = build_of(root) / f"{name}.json"
        text = path.read_text("utf-8")
        place = next(i for i in range(len(text) // 2, len(text)) if text[i].isalnum())
        other = "1" if text[place] == "2" else "2" if text[place].isdigit() else "x"
        path.unlink()
        path.write_text(text[:place] + other + text[place + 1 :], "utf-8")
        sign_again(build_of(root))

    return change


CHANGES = {
    "a status": lambda root: change_catalogue(
        root, "UPDATE fetches SET status = 'fetchee' WHERE status = 'fetched'"
    ),
    "a reason": lambda root: change_catalogue(root, "UPDATE fetches SET reason = reason || '.'"),
    "a tag": lambda root: change_catalogue(root, "INSERT INTO tags VALUES ('w', 'tag', '')"),
    "a kept theme": lambda root: change_catalogue(root, "INSERT INTO kept_themes VALUES ('t', '')"),
    "a PDF": lambda root: flip(next((root / "library" / "pdfs").rglob("*.pdf")), 1000),
    "a dropped PDF": lambda root: (root / "library" / "papers" / "x.pdf").write_bytes(b"%PDF-"),
    "a passage": change_passage,
    "a vector": change_in_build("vectors/000001.f16", -2),
    "a vector in the middle": change_in_build("vectors/000001.f16", 9000),
    "the last words": change_in_build("keywords/000001.lengths.npy", -4),
    **{f"the {name}": change_table(name) for name in TABLES},
    "an exported file": lambda root: flip(root / "exports" / "works.bib", 40),
    "an exported note": lambda root: flip(root / "exports" / "vault" / "index.md", -3),
    "a note's bytes": lambda root: flip(root / "notes" / "a.md", 2),
    "a note's rights": lambda root: (root / "notes" / "a.md").chmod(0o600),
    "a note that is gone": lambda root: (root / "notes" / "a.md").unlink(),
    "a file beside the notes": lambda root: (root / "notes" / ".litmap-x.new").touch(),
    "a file of a cut write": lambda root: (root / "library" / ".CURRENT.1.new").touch(),
    "a cut build": lambda root: (root / "library" / "builds" / ".new-x").mkdir(),
    "a transfer's rest": lambda root: (root / "library" / "partial" / "x.part").touch(),
}


def test_a_copy_of_a_library_has_the_same_end(undisturbed, copy):
    assert differences(undisturbed, state_of(copy)) == []


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_one_changed_byte_that_matters_is_seen(undisturbed, copy, change):
    change(copy)
    assert differences(undisturbed, state_of(copy)) != []


def test_what_no_user_sees_does_not_matter(undisturbed, copy):
    change_catalogue(copy, "UPDATE runs SET started = '1999-01-01T00:00:00Z', state = 'failed'")
    (copy / "library" / "logs" / "refresh.log").write_text("another run")
    os.utime(copy / "notes" / "a.md", (0, 0))
    assert differences(undisturbed, state_of(copy)) == []


def leaves(value, path=()):
    """The paths to all values inside a state."""
    if isinstance(value, dict) and value:
        for key in value:
            yield from leaves(value[key], (*path, key))
    elif isinstance(value, list | tuple) and value:
        for i, item in enumerate(value):
            yield from leaves(item, (*path, i))
    else:
        yield path


def changed(value, path):
    """The value with the least change at the path."""
    if path:
        inner = changed(value[path[0]], path[1:])
        if isinstance(value, dict):
            return {**value, path[0]: inner}
        return type(value)([*value[: path[0]], inner, *value[path[0] + 1 :]])
    if isinstance(value, str):
        return value + "\u200b"
    if isinstance(value, bool) or value is None:
        return 0
    return value + 1e-12 + 1e-9 * abs(value) if isinstance(value, int | float) else "another"


def test_every_value_of_a_state_counts(undisturbed):
    library = {k: v for k, v in undisturbed["library"].items() if k != "vectors"}
    whole = {**undisturbed, "library": library}
    for path in random.Random(0).sample(list(leaves(whole)), 100):
        found = differences(whole, changed(whole, path))
        assert len(found) == 1, path
        assert str(path[-1]) in found[0]


def test_what_is_missing_or_more_counts_on_both_sides():
    one, other = {"a": {"b": [1, 2]}}, {"a": {"b": [1], "c": 3}}
    assert differences(one, other) == ["/a/b: 2 and 1 long", "/a/c: only in the second"]
    assert differences(other, one) == ["/a/b: 1 and 2 long", "/a/c: only in the first"]


def test_a_whole_library_is_not_half_written(copy):
    assert half_written(copy / "library") == []


@pytest.mark.parametrize("name", ["delta.sqlite", "vectors/000001.f16", "topics.json", MANIFEST])
def test_a_build_with_one_wrong_byte_is_half_written(copy, name):
    flip(build_of(copy) / name, -2)
    assert half_written(copy / "library") != []


def test_a_library_without_its_build_is_half_written(copy):
    shutil.rmtree(build_of(copy))
    assert half_written(copy / "library") != []


def test_a_file_is_torn_that_is_neither_as_before_nor_as_after():
    note, export = Path("note.md"), Path("new.bib")
    forms = {note: {b"old", b"new"}, export: {None, b"whole"}}
    assert _torn({note: b"old"}, forms) == _torn({note: b"new", export: b"whole"}, forms) == []
    assert _torn({note: b"ol"}, forms) == ["note.md is torn"]
    assert _torn({note: b"new", export: b"who"}, forms) == ["new.bib is torn"]
    assert _torn({}, forms) == ["note.md is gone"]
    assert _torn({note: b"new", Path("odd"): b""}, forms) == ["odd is torn"]


# ── the disturbances ──────────────────────────────────────────────────────────────────────────────
WRITES = "from pathlib import Path; [Path(f'{i}').write_text('x') for i in range(3)]"


def run_disturbed(folder, program, **environment):
    return subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(INJECTED), **environment},
    )  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_process_is_killed_before_the_step_that_was_drawn(tmp_path):
    program = WRITES.replace("Path(f'", f"Path(f'{tmp_path}/")
    steps = {"DISTURB_BELOW": str(tmp_path), "DISTURB_STEPS": "3:SIGKILL"}
    assert run_disturbed(tmp_path, program, **steps).returncode == -signal.SIGKILL
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0", "1"]


def test_the_steps_of_a_process_are_counted(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    program = WRITES.replace("Path(f'", f"Path(f'{inside}/")
    count = {"DISTURB_BELOW": str(inside), "DISTURB_COUNT": str(tmp_path / "count")}
    run_disturbed(tmp_path, program + f"; Path('{tmp_path}/other').touch()", **count)
    assert (tmp_path / "count").read_text() == "3"


@pytest.mark.skipif(sys.platform == "win32", reason="no flock")
def test_locks_fail_with_the_errno_that_was_asked_for(tmp_path):
    program = "import fcntl; fcntl.flock(open('a', 'w'), fcntl.LOCK_SH)"
    done = run_disturbed(tmp_path, program, DISTURB_FLOCK=str(errno.ENOLCK))
    assert os.strerror(errno.ENOLCK) in done.stderr


@pytest.mark.parametrize(
    ("event", "arguments", "path"),
    [
        ("open", ("/a", "w", 0), "/a"),
        ("open", ("/a", "rb", 0), ""),
        ("open", (b"/a", None, os.O_WRONLY | os.O_CREAT), "/a"),
        ("open", ("/a", None, os.O_RDONLY), ""),
        ("open", (3, "w", 0), ""),
        ("os.rename", ("/a", "/b", -1, -1), "/a"),
        ("os.listdir", ("/a",), ""),
    ],
)
def test_a_step_is_what_changes_a_file(event, arguments, path):
    assert changed_path(event, arguments) == path


def test_moments_are_drawn_from_the_whole_run():
    rng = random.Random(0)
    steps = {disturbances.Moment.draw(rng, 5, 9, by_step=True).step for _ in range(200)}
    seconds = [disturbances.Moment.draw(rng, 5, 9, by_step=False).seconds for _ in range(200)]
    assert steps == set(range(1, 10))
    assert 0 <= min(seconds) < 0.3
    assert 4.7 < max(seconds) <= 5
