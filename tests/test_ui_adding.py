"""PDFs dropped on the app: filed by `litmap add`, whatever their names and contents are."""

from __future__ import annotations

import shutil

import pytest

from litmap.library import Library
from litmap.paths import LibraryPaths
from litmap.settings import load_settings
from litmap.ui import adding


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("paper.pdf", "paper.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\x.pdf", "x.pdf"),
        ("...hidden.pdf", "hidden.pdf"),
        ("\x00\u202e.pdf", "paper.pdf"),
        ("aux.pdf", "_aux.pdf"),
        ("-rf.pdf", "-rf.pdf"),
        ("", "paper"),
        ("a" * 500 + ".pdf", "a" * 120 + ".pdf"),
        ("10.1000_xyz.123.pdf", "10.1000_xyz.123.pdf"),
    ],
)
def test_a_files_name_is_made_safe(name: str, kept: str) -> None:
    assert adding.safe_name(name) == kept


@pytest.fixture
def settings(example_library, tmp_path, state, monkeypatch):
    monkeypatch.setenv("LITMAP_STATE", str(state))
    root = tmp_path / "library"
    shutil.copytree(example_library, root)
    return load_settings({"library": root})


def test_each_file_is_told_of_and_what_is_no_paper_keeps_no_other_out(settings) -> None:
    with Library.open(settings=settings) as library:
        source = next(library.pdf_path(e.pdf) for e in library.works() if e.pdf)
    files = [
        ("../<b>good<b>.pdf", source.read_bytes()),
        ("bad.pdf", b"MZ no paper at all"),
    ]
    good, bad = adding.add(settings, files)
    assert good.work
    assert good.title
    assert "no PDF" in bad.told
    assert not bad.work
    folder = LibraryPaths(settings.library).papers
    assert [path.name for path in folder.iterdir() if "good" in path.name]
    assert not (folder / "bad.pdf").exists()
    assert not list(settings.library.parent.glob("*good*"))


def test_each_file_is_told_of_where_one_name_begins_another(tmp_path) -> None:
    folder, given = "/library/papers", tmp_path / "a.pdf"
    filed = {"file": "ab.pdf", "work": "w", "title": "T", "cited": True, "missing": []}
    report = {
        "copies": {str(given): "a.pdf", str(tmp_path / "ab.pdf"): "ab.pdf"},
        "files": [filed],
        "problems": [
            {"subject": f"{folder}/a.pdf", "reason": "fits several works"},
            {"subject": f"{folder}/abc.pdf", "reason": "it cannot be read"},
        ],
    }
    assert adding._outcome(given, report) == adding.Outcome("a.pdf: fits several works")
    assert adding._outcome(tmp_path / "ab.pdf", report).work == "w"


def test_files_with_one_name_are_both_kept(tmp_path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"1")
    assert adding._free(tmp_path / "a.pdf").name == "a-1.pdf"


def test_a_visitor_without_the_token_gets_no_place_to_drop_files(settings, monkeypatch) -> None:
    testing = pytest.importorskip("streamlit.testing.v1")
    monkeypatch.setenv("LITMAP_LIBRARY", str(settings.library))

    def script() -> None:
        from litmap.ui import adding, state

        adding.section(state.settings())

    app = testing.AppTest.from_function(script, default_timeout=240).run()
    assert not app.exception
    assert not app.get("file_uploader")
    assert "token" in app.info[0].value
