"""Edges of the pipeline and the command: hostile names, notes out of reach, caches gone, media that cannot be written.

Offline and without a model wherever the model is not what is looked at.
"""

import os

import pytest

from litmap.catalogue import Catalogue
from litmap.errors import LibraryError
from litmap.models import Resolution, Work
from litmap.pipeline import Refresh
from litmap.settings import load_settings
from litmap.shelf import entries

NOTE = "# Attention\n\nWhat I think of it: see arXiv:1706.03762 for the whole story.\n"


@pytest.fixture
def settings(tmp_path, state):
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text(NOTE)
    return load_settings({"library": tmp_path / "library", "notes": (str(notes),), "state": state, "offline": True})


def test_a_note_whose_name_is_no_utf8_is_read(settings, tmp_path):
    (tmp_path / "notes" / os.fsdecode(b"b\xff.md")).write_text("# B\n\nsee arXiv:1611.03530 for more of this\n")
    with Refresh(settings) as run:
        run.read_notes()
        assert len(run.catalogue.notes()) == 2
        run.catalogue.put_fact("x", ["\udcff"])
        assert run.catalogue.fact("x") == ["\udcff"]


def test_entries_see_one_state_while_a_work_is_renamed(settings):
    with Refresh(settings) as run:
        run.read_notes()
        citation = run.catalogue.citations()[0].key
        old, new = Work("arxiv:1706.03762", "Attention"), Work("doi:10.1/attention", "Attention")
        with run.catalogue.write():
            run.catalogue.put_resolution(Resolution(citation, old, "metadata-only", ""), run.now)
        works = run.catalogue.works

        def renamed_meanwhile():
            found = works()
            with Catalogue.create(run.layout.catalogue) as other, other.write():
                other.rename_work(old.id, new, run.now)
            return found

        run.catalogue.works = renamed_meanwhile
        assert [e.work.id for e in entries(run.catalogue)] == [old.id]
        del run.catalogue.works
        assert [e.work.id for e in entries(run.catalogue)] == [new.id]


def test_a_dropped_file_that_goes_while_it_is_filed_costs_nothing(settings, monkeypatch):
    from litmap import pdfs

    with Refresh(settings) as run:
        run.read_notes()
        file = run.layout.papers / "gone.pdf"
        file.write_bytes(b"%PDF-1.4")
        monkeypatch.setattr(pdfs, "adopt", lambda *_, **__: file.unlink() or iter(()))
        assert list(run.papers()) == []
