"""A PDF that the reader gives to a paper: held against it, filed as its, and asked about where it
shows another.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from litmap.cli import main
from litmap.library import Library
from litmap.models import Work
from litmap.pdfs import name_given
from litmap.pdfs.drop_folder import works_given
from litmap.settings import load_settings
from litmap.ui import adding

A, B = Work("title:0", "Tides"), Work("doi:10.1/x(2)<3>", "Harbours")


@pytest.mark.parametrize("stem", ["scan", "1706.03762v5", "10.1000_xyz", "a" * 100, "", "Über"])
@pytest.mark.parametrize("work", [A, B])
@pytest.mark.parametrize("number", ["", "-1", "-12"])
def test_a_files_name_keeps_to_whom_it_was_given(stem, work, number) -> None:
    by_id = {one.id: one for one in (A, B)}
    file = Path(f"{name_given(stem, work)}{number}.pdf")
    assert works_given(file, by_id) == [work]
    other = B if work is A else A
    assert works_given(Path(name_given(file.stem, other) + ".pdf"), by_id) == [other]


@pytest.mark.parametrize(
    "name", ["work.pdf", "work-1234.pdf", f"work-{'0' * 16}.pdf", "homework-1.pdf"]
)
def test_other_names_give_a_file_to_nobody(name) -> None:
    assert works_given(Path(name), {A.id: A}) == []


@pytest.fixture
def settings(example_library, tmp_path, at_examples, state):
    """Settings of a copy of the example library."""
    root = tmp_path / "library"
    shutil.copytree(example_library, root)
    return load_settings({"library": root, "state": state})


@pytest.fixture
def parts(settings):
    """A work without a PDF, and the PDF of another one."""
    with Library.open(settings=settings) as library:
        works = [e for e in library.works() if e.citations]
        bare = next(e for e in works if not e.pdfs)
        full = next(e for e in works if e.pdf and e.pdf.has_pages)
        return bare.work, library.pdf_path(full.pdf)


def works(settings):
    with Library.open(settings=settings) as library:
        return {e.work.id: e for e in library.works()}


@pytest.mark.slow
def test_another_papers_pdf_is_asked_about_and_filed_by_the_readers_word(
    settings, parts, capsys
) -> None:
    bare, file = parts
    options = ["--library", str(settings.library)]
    before = works(settings)
    assert main(["add", str(file), "--as", bare.id, *options]) == 1
    assert "--sure" in capsys.readouterr().out
    assert works(settings) == before
    assert main(["add", str(file), "--as", bare.id, "--json", *options]) == 1
    assert "shows" in json.loads(capsys.readouterr().out)["doubt"]
    assert main(["add", str(file), "--as", bare.id, "--sure", "--json", *options]) == 0
    (filed,) = json.loads(capsys.readouterr().out)["files"]
    assert filed["work"] == bare.id
    now = works(settings)
    assert now[bare.id].pdf is not None
    assert now.keys() == before.keys()
    assert main(["add", str(file), *options]) == 0
    assert works(settings)[bare.id].pdf is not None


@pytest.mark.slow
def test_the_app_adds_a_papers_own_pdf_and_asks_of_another(settings, parts) -> None:
    bare, file = parts
    asked = adding.add_to_work(settings, bare.id, "../a.pdf", file.read_bytes(), sure=False)
    assert asked.doubt
    assert not asked.work
    none = adding.add_to_work(settings, bare.id, "a.pdf", b"MZ no paper", sure=True)
    assert "no PDF" in none.told
    done = adding.add_to_work(settings, bare.id, "a.pdf", file.read_bytes(), sure=True)
    assert done.work == bare.id


@pytest.mark.parametrize(
    "given", [["--sure", "a.pdf"], ["--as", "title:none", "a.pdf"], ["--as", "x", "a.pdf", "b.pdf"]]
)
def test_what_cannot_be_given_is_refused(settings, tmp_path, given, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.pdf", "b.pdf"):
        Path(name).write_bytes(b"%PDF-1.4\n")
    before = works(settings)
    assert main(["add", *given, "--library", str(settings.library)]) == 2
    assert works(settings) == before


@pytest.fixture
def page(draw_page, settings):
    """Draws the place for a paper's own PDF."""

    def script(work: str) -> None:
        from litmap.ui import own_pdf, state

        library = state.library()
        own_pdf.section(library, library.work(work))

    return lambda work: draw_page(settings.library, script, work)


def test_the_page_of_a_paper_asks_before_it_files_another_papers_text(
    page, parts, monkeypatch
) -> None:
    bare, _ = parts
    told = []

    def add(_settings, work, name, _data, *, sure):
        told.append((work, name, sure))
        doubt = "" if sure else "its first page shows “<b>Another</b>”, not “This”"
        return adding.Outcome("", "" if doubt else work, doubt=doubt)

    monkeypatch.setattr(adding, "add_to_work", add)
    app = page(bare.id)
    app.file_uploader[0].upload("scan.pdf", b"%PDF", "application/pdf")
    app = app.button(key="own-pdf-go").click().run()
    assert not app.exception
    assert "\\<b\\>Another" in app.warning[0].value
    app = app.button(key="own-pdf-sure").click().run()
    assert not app.warning
    assert told == [(bare.id, "scan.pdf", False), (bare.id, "scan.pdf", True)]
