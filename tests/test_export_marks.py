"""What litmap exported is told from notes, wherever it lies; what the reader wrote is never taken
for it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from litmap import exports, maps
from litmap.export_marks import is_export
from litmap.models import Mention, Work
from litmap.notes import read_notes
from litmap.written_files import WrittenFiles

WORKS = [
    (
        Work("doi:10.5555/a.1", "Kites over the dam", ("Dan Rowe",), 2011, "Wind Letters"),
        [Mention("kites.md", 2, "Kites over the dam", ("Kites",), "A fine paper.", "reference")],
    )
]


@pytest.fixture
def written(tmp_path: Path) -> WrittenFiles:
    return WrittenFiles(tmp_path / "state")


@pytest.mark.parametrize("name", ["works.bib", "works.ris", "works.json", "works.csv", "pages"])
def test_an_export_beside_the_notes_adds_nothing_to_them(
    tmp_path: Path, name: str, written: WrittenFiles
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "kites.md").write_text("# Kites\n- Rowe (2011). Kites over the dam. Wind Letters.\n")
    before, _ = read_notes([notes])
    exports.write(notes / "litmap" / name, WORKS, written)
    after, problems = read_notes([notes])
    assert after == before
    assert not problems


@pytest.mark.parametrize("name", ["works.bib", "works.ris", "works.json", "works.csv"])
def test_an_export_that_the_reader_names_is_read(
    tmp_path: Path, name: str, written: WrittenFiles
) -> None:
    exports.write(tmp_path / name, WORKS, written)
    notes, problems = read_notes([tmp_path / name])
    assert [len(note.blocks) for note in notes] == [1]
    assert not problems


def test_a_page_that_the_reader_names_is_no_note_and_that_is_said(
    tmp_path: Path, written: WrittenFiles
) -> None:
    exports.write(tmp_path / "out", WORKS, written)
    notes, problems = read_notes([tmp_path / "out" / "index.md"])
    assert not notes
    assert "litmap export" in problems[0].reason


def test_keys_are_looked_up_in_an_export_that_lies_beside_the_note(
    tmp_path: Path, written: WrittenFiles
) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "draft.md").write_text("# Kites\nAs shown [@rowe2011kites].\n")
    exports.write(folder / "refs.bib", WORKS, written)
    notes, _ = read_notes([folder])
    assert [(Path(note.path).name, note.lookup) for note in notes] == [
        ("draft.md", False),
        ("refs.bib", True),
    ]


PAGE = exports.to_notes(WORKS)["index.md"]


@pytest.mark.parametrize(
    "text",
    [
        PAGE,
        PAGE.replace("---\n", "---\ntags:\n  - papers\naliases: []\n", 1),  # a program's properties
        PAGE.replace("litmap: export", 'litmap: "export"', 1),
        PAGE.replace("\n", "\r\n"),
        "\ufeff" + PAGE,
        PAGE.split("---\n")[2],  # without its properties
        PAGE + "A remark of the reader's.\n",
        "% Encoding: UTF-8\n\n" + exports.to_bibtex(WORKS),
        exports.to_ris(WORKS).replace("\n", "\r\n"),
        json.dumps(json.loads(exports.to_csl(WORKS))),
        exports.to_csv(WORKS).replace(",", ";"),
        maps.to_html(maps.draw([], {}, title="Kites", previous={})),
    ],
)
def test_an_export_is_told_after_other_programs_saved_it(text: str) -> None:
    assert is_export(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "# Tools\n- litmap: export to BibTeX\n",
        "litmap: export\n",
        "---\ntitle: How I use litmap\n---\n% litmap exports\n",
        "---\nlitmap: exporter\n---\n",
        "---\ntitle: x\n---\nlitmap: export\n",
        "@article{a, note = {% litmap: exports}}\n",
        '[{"id": "a", "title": "litmap: export"}]',
        "key,title,headings\n",
        "<html><head><title>litmap: export</title></head>",
        "Run `litmap export` <!-- Written by me -->\n",
        "",
    ],
)
def test_what_the_reader_wrote_is_no_export(text: str) -> None:
    assert not is_export(text.encode())


@pytest.mark.slow
def test_exports_into_the_notes_change_nothing_at_the_next_refresh(tmp_path: Path) -> None:
    from litmap.library import Library
    from litmap.pipeline import refresh
    from litmap.settings import load_settings

    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "kites.md").write_text(
        "# Kites\n- Rowe, D. (2011). Kites over the long dam. *Wind Letters*, 4, 11-29.\n"
        "## Dams\nAs shown by [@ode:2001].\n"
    )
    (notes / "refs.bib").write_text(
        "@book{ode:2001, author={Ode, Kemi}, title={Dams of the north}, publisher={Lane}, year=2001}\n"
    )
    settings = load_settings(
        {"library": tmp_path / "lib", "notes": (str(notes),), "offline": True,
         "state": tmp_path / "state"}
    )  # fmt: skip
    refresh(settings)
    before = library_of(settings)
    with Library.open(settings.library, settings=settings) as library:
        for out in ("litmap", "litmap/all.bib", "sub/all.ris", "all.json", "all.csv"):
            library.export(notes / out)
    refresh(settings)
    assert library_of(settings) == before


def library_of(settings: Any) -> Any:
    """The works with their places, and the notes, of a library."""
    from litmap.catalogue import Catalogue
    from litmap.catalogue.entries import entries
    from litmap.paths import LibraryPaths

    with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
        works = [(entry.work, entry.mentions) for entry in entries(catalogue)]
        return works, [note.path for note in catalogue.notes()]
