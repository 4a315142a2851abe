"""A build takes what is unchanged from the results that are kept, and equals one made of nothing."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
from litmap.examples import NOTES

from benchmarks.reliability.end_state import TABLES
from litmap import topics
from litmap.builds import open_build
from litmap.index import VectorIndex
from litmap.library import Library
from litmap.paths import LibraryPaths
from litmap.pipeline import RefreshRun, kept_places
from litmap.pipeline.collaborators import Collaborators, ExtractiveSummaries
from litmap.pipeline.text_cache import TextCache
from litmap.settings import load_settings
from tests.kept_parts import CountingEncoder

WITH_A_MEMORY = {"map", "styles"}
"""Where works stood on the last map they stay: it is the one part with a memory."""


# ── builds ────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def notes(tmp_path):
    shutil.copytree(NOTES, tmp_path / "notes")
    return tmp_path / "notes"


@pytest.fixture
def settings(example_library, at_examples, notes, tmp_path, state):
    """The settings of a copy of the examples' library, brought in once from a copy of the notes."""
    shutil.copytree(example_library, tmp_path / "library")
    settings = load_settings(
        {
            "library": tmp_path / "library",
            "notes": (str(notes),),
            "state": state,
            "offline": True,
            "model": "formula",
        }
    )
    refresh(settings)
    return settings


def refresh(settings, encoder=None, summariser=None, *, fresh=False):
    collaborators = Collaborators(
        load_encoder=lambda _: encoder or CountingEncoder(),
        prepare=lambda _: None,
        summariser=summariser or ExtractiveSummaries(),
    )
    with RefreshRun(settings, collaborators=collaborators) as run:
        for stage in run.stages(fresh=fresh):
            stage()
    return run.report


def edit(notes, text):
    note = sorted(notes.rglob("*.md"))[0]
    said = note.read_text(encoding="utf-8")
    place = said.index("\n", said.index("\n## ") + 1)
    note.write_text(f"{said[:place]}\n\n{text}\n{said[place:]}", encoding="utf-8")


def count(monkeypatch, owner, name):
    calls = []
    function = getattr(owner, name)

    def counted(*args, **options):
        calls.append(args)
        return function(*args, **options)

    monkeypatch.setattr(owner, name, counted)
    return calls


class CountingSummaries(ExtractiveSummaries):
    """Says how often headings were summarised."""

    def __init__(self):
        self.calls = 0

    def summarise_topics(self, *args):
        self.calls += 1
        return super().summarise_topics(*args)


LINE = "What the quokka says of all this is that scale hardly matters to anybody in the end."


def test_an_edit_that_cites_nothing_reads_no_paper_and_embeds_only_what_is_new(
    settings, notes, monkeypatch
):
    encoder, summariser = CountingEncoder(), CountingSummaries()
    loaded = count(monkeypatch, TextCache, "load")
    latent = count(monkeypatch, topics, "latent_words")
    edit(notes, LINE)
    report = refresh(settings, encoder, summariser)
    assert report.counts["new_passages"] > 0
    assert (loaded, latent, summariser.calls) == ([], [], 0)
    assert [text for text in encoder.embedded if "quokka" not in text] == []
    assert sum(encoder.embedded.values()) <= 3  # as a passage, and in its heading's prose


def test_a_build_made_fresh_takes_nothing_that_was_kept(settings, notes, monkeypatch):
    latent = count(monkeypatch, topics, "latent_words")
    edit(notes, LINE)
    refresh(settings, fresh=True)
    assert latent


def parts(library):
    """The build's JSON, and the vectors of all passages by their places."""
    with open_build(LibraryPaths(library)) as build:
        passages = list(build.all_passages())
        index = VectorIndex.open(build.folder)
        vectors = index.vectors(np.array([p.row for p in passages], np.int64))
        places = [(p.work, p.chunk.source, p.chunk.ordinal, p.chunk.text) for p in passages]
        return {
            **{name: build.read_json(name) for name in (*TABLES, "citing")},
            "vectors": dict(zip(places, vectors.tolist(), strict=True)),
        }


def move_one(settings):
    """Moves a work by the reader's word to a heading that it is not under; both."""
    with Library.open(settings=settings) as library:
        work = next(e for e in library.works() if e.headings and e.pdf)
        place = next(path for path in library.places if path not in work.headings)
    kept_places.move(settings, [work.work.id], place)
    return work.work.id, place


@pytest.mark.parametrize("is_kept", [True, False])
def test_many_small_refreshes_equal_the_library_built_from_nothing(
    settings, notes, tmp_path, is_kept
):
    """`results.sqlite` spoilt between two of them changes nothing; a paper that the reader moved
    stands where he has it.
    """
    paths = LibraryPaths(settings.library)
    for line in (LINE, "An aside of a dozen words that cites [Flat Minima](arxiv:1609.04836)."):
        edit(notes, line)
        if not is_kept:
            paths.results.write_bytes(b"spoilt")
        refresh(settings)
    moved, place = move_one(settings)
    refresh(settings)
    other = replace(settings, library=tmp_path / "other")
    shutil.copytree(settings.library, other.library)
    forget(LibraryPaths(other.library))
    refresh(other)
    grown, scratch = parts(settings.library), parts(other.library)
    stands = [
        t["heading"] for t in grown["topics"]["topics"] if t["heading"] and moved in t["works"]
    ]
    assert [tuple(path) for path in stands] == [place]
    for name in grown.keys() - WITH_A_MEMORY:
        assert grown[name] == scratch[name], name
    assert grown["map"].keys() == scratch["map"].keys()


def forget(paths):
    """Delete all that can be computed again but the texts."""
    paths.results.unlink()
    paths.current.unlink()
    shutil.rmtree(paths.builds)
    shutil.rmtree(paths.vectors)
    for derived in paths.texts.rglob("*.*.json.gz"):
        derived.unlink()
