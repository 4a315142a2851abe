"""Edges of the pipeline and the command: hostile names, notes out of reach, caches gone, media that cannot be written.

Offline and without a model wherever the model is not what is looked at.
"""

import os

import pytest

from litmap.errors import LibraryError
from litmap.pipeline import Refresh
from litmap.settings import load_settings

NOTE = "# Attention\n\nWhat I think of it: see arXiv:1706.03762 for the whole story.\n"


@pytest.fixture
def settings(tmp_path, state):
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text(NOTE)
    return load_settings({"library": tmp_path / "library", "notes": (str(notes),), "state": state, "offline": True})


def test_a_note_whose_name_is_no_utf8_is_read(settings, tmp_path):
    with open(os.fsencode(tmp_path / "notes") + b"/b\xff.md", "w") as file:
        file.write("# B\n\nsee arXiv:1611.03530 for more of this\n")
    with Refresh(settings) as run:
        run.read_notes()
        assert len(run.catalogue.notes()) == 2
        run.catalogue.put_fact("x", ["\udcff"])
        assert run.catalogue.fact("x") == ["\udcff"]
