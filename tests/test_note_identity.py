"""A note that is moved, renamed or reached by another path is the note it was."""

import os
import shutil
from pathlib import Path

import pytest

from litmap.models import Resolution, Work
from litmap.pipeline import RefreshRun
from litmap.pipeline.note_identity import rename_keys
from litmap.settings import load_settings

NOW = "2026-01-02T03:04:05Z"
NOTE = "# Generalisation\n\nBelkin and Hsu show that interpolation is fine in practice.\n"
OTHER = "# Kernels\n\nDoe and Roe compare kernels for this, see arXiv:1611.03530 too.\n"
CHOSEN = Work(id="doi:10.1000/1", title="Interpolation is fine", ids=("doi:10.1000/1",))


@pytest.fixture
def folder(tmp_path):
    notes = tmp_path / "notes"
    (notes / "sub").mkdir(parents=True)
    (notes / "sub" / "a.md").write_text(NOTE)
    (notes / "b.md").write_text(OTHER)
    return notes


@pytest.fixture
def read(tmp_path, state):
    """Reads notes into one library; the answered names, and the works they were decided to be."""

    def run(*notes):
        settings = load_settings(
            {"library": tmp_path / "library", "notes": tuple(map(str, notes)), "offline": True}
        )
        with RefreshRun(settings) as refresh:
            refresh.read_notes()
            return refresh.catalogue

    return run


def decide(catalogue, names="belkin"):
    """Says of the citation by these names which work it is."""
    with type(catalogue).create(catalogue.path) as again:
        (key,) = [c.key for c in again.citations() if c.key.startswith(f"search:{names}")]
        with again.write():
            again.decide(key, CHOSEN.id, NOW)
            again.put_resolution(Resolution(key, CHOSEN, "metadata-only", "you chose it"), NOW)


def knows(catalogue, names="belkin"):
    """Whether the citation by these names, as the notes have it now, has its decision and work."""
    with type(catalogue).open(catalogue.path) as again:
        keys = [c.key for c in again.citations() if c.key.startswith(f"search:{names}")]
        assert keys
        answers = [(again.decisions().get(key), again.resolution(key)) for key in keys]
    return [(choice, bool(found and found.work)) for choice, found in answers] == [
        (CHOSEN.id, True)
    ]


def move_folder(folder):
    return folder.rename(folder.with_name("moved"))


def move_folder_and_edit(folder):
    moved = move_folder(folder)
    (moved / "sub" / "a.md").write_text(NOTE + "\nAnd a line more.\n")
    return moved


def link_to_folder(folder):
    folder.with_name("link").symlink_to(folder)
    return folder.with_name("link")


def go_beside(folder):
    os.chdir(folder.parent)
    return Path(folder.name)


def go_into(folder):
    os.chdir(folder / "sub")
    return Path("..")


def rename_note(folder):
    (folder / "sub" / "a.md").rename(folder / "interpolation.md")
    return folder


def name_the_file(folder):
    return folder / "sub" / "a.md"


def copy_and_delete(folder):
    shutil.copytree(folder, folder.with_name("copy"))
    shutil.rmtree(folder)
    return folder.with_name("copy")


@pytest.mark.parametrize(
    "change",
    [move_folder, move_folder_and_edit, link_to_folder, go_beside, go_into, rename_note,
     name_the_file, copy_and_delete],
)  # fmt: skip
def test_what_was_decided_of_a_note_s_names_stays(folder, read, change, monkeypatch):
    monkeypatch.chdir(folder.parent)
    decide(read(folder))
    place = change(folder)
    assert knows(read(place))
    assert knows(read(place)), "also at the reading after it"


def test_a_name_of_another_case_is_the_same_file(folder, read):
    """A hard link stands for a file system that takes both cases for one name."""
    decide(read(folder))
    old, new = folder / "sub" / "a.md", folder / "sub" / "A.md"
    os.link(old, new)
    old.write_text(NOTE + "\nEdited.\n")
    (folder / ".litmapignore").write_text("/sub/a.md\n")
    assert knows(read(folder))


def test_decisions_go_back_with_the_note(folder, read):
    decide(read(folder))
    moved = move_folder(folder)
    assert knows(read(moved))
    moved.rename(folder)
    assert knows(read(folder))


def another_note_of_that_name(folder):
    other = folder.with_name("other")
    (other / "sub").mkdir(parents=True)
    (other / "sub" / "a.md").write_text(NOTE + "\nAnother's note, while the first is there.\n")
    return other


def two_copies(folder):
    (folder / "sub" / "a.md").rename(folder / "c.md")
    shutil.copy(folder / "c.md", folder / "d.md")
    return folder


def edit_and_rename(folder):
    (folder / "sub" / "a.md").unlink()
    (folder / "c.md").write_text(NOTE + "\nAnd a line more.\n")
    return folder


@pytest.mark.parametrize("change", [another_note_of_that_name, two_copies, edit_and_rename])
def test_what_may_be_another_note_is_asked_about_anew(folder, read, change):
    decide(read(folder))
    assert not knows(read(change(folder)))


def test_a_later_decision_is_not_replaced_by_a_former_one(folder, read):
    decide(read(folder))
    catalogue = read(move_folder(folder))
    with type(catalogue).create(catalogue.path) as again:
        (key,) = [c.key for c in again.citations() if c.key.startswith("search:belkin")]
        with again.write():
            again.decide(key, "none", NOW)
    folder.with_name("moved").rename(folder)
    read(folder)
    folder.rename(folder.with_name("moved"))
    assert not knows(read(folder.with_name("moved"))), "the former answer did not come back"


# ── notes that cannot be read now ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("change", [link_to_folder, go_beside, go_into])
def test_an_unreadable_note_stays_also_by_another_path(folder, read, change, monkeypatch):
    monkeypatch.chdir(folder.parent)
    read(folder)
    place = change(folder)
    real = Path.read_bytes

    def read_bytes(self):
        if self.name == "a.md":
            raise OSError(5, "Input/output error", str(self))
        return real(self)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", read_bytes)
        for _ in range(2):
            catalogue = read(place)
            with type(catalogue).open(catalogue.path) as again:
                assert sorted(Path(n.path).name for n in again.notes()) == ["a.md", "b.md"]
                assert any(c.key.startswith("search:belkin") for c in again.citations())
    catalogue = read(place)
    with type(catalogue).open(catalogue.path) as again:
        assert len(again.notes()) == 2, "read again, it stands once"


@pytest.mark.parametrize(
    ("key", "renamed"),
    [
        ("search:doe+roe:n/a.md", "search:doe+roe:m/a.md"),
        ("search:doe:n/a.md#2", "search:doe:m/a.md#2"),
        ("place:n/a.md:12:3", "place:m/a.md:12:3"),
        ("place:n/a.md:12:3#2", "place:m/a.md:12:3#2"),
        ("search:doe+roe:2019", None),
        ("search:doe:x/n/a.md", None),
        ("place:prl:61:2015", None),
        ("title:n/a.md", None),
        ("arxiv:1611.03530", None),
    ],
)
def test_only_keys_of_one_note_name_it(key, renamed):
    assert rename_keys([key], {"n/a.md": "m/a.md"}) == ({key: renamed} if renamed else {})
