"""The reader's own labels: kept, following a work's new id, exported, set in the app."""

from __future__ import annotations

import csv

import pytest

from litmap.catalogue import Catalogue, Labels, ReadingState
from litmap.catalogue.entries import entries
from litmap.exports import to_bibtex, to_csv
from litmap.models import Citation, Mention, Reference, Resolution, Work
from litmap.paths import LibraryPaths
from litmap.pipeline.overrides import settle
from litmap.pipeline.readers_labels import (
    add_tags,
    clean_tags,
    set_important,
    set_state,
    set_tags,
)
from litmap.settings import load_settings

NOW = "2026-11-28T10:00:00Z"
LOOSE = Work("title:0", "Flat minima")
RIGHT = Work("doi:10.9999/right", "Flat minima", ids=("doi:10.9999/right",))


@pytest.fixture
def settings(tmp_path):
    library = tmp_path / "library"
    library.mkdir()
    mention = Mention("n.md", 3, "Flat minima", ("A",), "", "title")
    with Catalogue.create(LibraryPaths(library).catalogue) as catalogue, catalogue.write():
        catalogue.put_notes([], [Citation("k", "title", Reference(title="Flat"), (mention,))])
        catalogue.put_resolution(Resolution("k", LOOSE, "unsure", "one", (RIGHT,)), NOW)
    return load_settings({"library": library, "state": tmp_path / "state"}, environment={})


def labels(settings) -> dict[str, Labels]:
    with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
        return {entry.work.id: entry.labels for entry in entries(catalogue)}


def test_labels_are_kept_and_taken_off(settings) -> None:
    set_state(settings, [LOOSE.id], ReadingState.READING)
    set_important(settings, [LOOSE.id], is_important=True)
    set_tags(settings, [LOOSE.id], ["minima", "#key paper"])
    add_tags(settings, [LOOSE.id], ["minima", "later"])
    kept = Labels(ReadingState.READING, True, ("key paper", "later", "minima"))
    assert labels(settings) == {LOOSE.id: kept}
    set_state(settings, [LOOSE.id], ReadingState.UNTOLD)
    set_important(settings, [LOOSE.id], is_important=False)
    set_tags(settings, [LOOSE.id], [])
    assert labels(settings) == {LOOSE.id: Labels()}


def test_labels_follow_a_work_to_the_id_that_the_reader_settles_on(settings) -> None:
    set_state(settings, [LOOSE.id], ReadingState.READ)
    set_tags(settings, [LOOSE.id], ["minima"])
    settle(settings, LOOSE.id, RIGHT.id)
    assert labels(settings) == {RIGHT.id: Labels(ReadingState.READ, False, ("minima",))}
    add_tags(settings, [LOOSE.id], ["by its former id"])
    assert labels(settings)[RIGHT.id].tags == ("by its former id", "minima")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["#deep  learning"], ("deep learning",)),
        (["a,b;c", "a\nb\u202e"], ("a b", "a b c")),
        (["", " # "], ()),
        (["x" * 500], ("x" * 60,)),
    ],
)
def test_a_tag_is_one_short_line(given, kept) -> None:
    assert clean_tags(given) == kept


def test_tags_go_out_as_keywords() -> None:
    work = (RIGHT, [Mention("n.md", 3, "", ("A",))], [], ["minima", "=1+1"])
    assert "keywords = {A, minima, =1+1}" in " ".join(to_bibtex([work]).split())
    row = next(csv.DictReader(to_csv([work]).splitlines()))
    assert row["tags"] == "minima; '=1+1"
