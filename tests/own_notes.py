"""A copy of the examples' library whose notes may be changed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from litmap.examples import NOTES

from litmap.catalogue import Catalogue
from litmap.paths import LibraryPaths


def library_with_notes(example_library: Path, folder: Path) -> Path:
    """A library in `folder` as one that was built from the copy of the notes beside it."""
    library, notes = folder / "library", folder / "notes"
    shutil.copytree(example_library, library)
    shutil.copytree(NOTES, notes)

    def own(path: str) -> str:
        return path.replace(str(NOTES), str(notes), 1)

    with Catalogue.create(LibraryPaths(library).catalogue) as catalogue, catalogue.write():
        citations = [
            replace(one, mentions=tuple(replace(m, note=own(m.note)) for m in one.mentions))
            for one in catalogue.citations()
        ]
        read = [replace(note, path=own(note.path)) for note in catalogue.notes()]
        catalogue.put_notes(read, citations)
        catalogue.put_note_roots([str(notes)])
    return library
