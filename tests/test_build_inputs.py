"""A build is made of its inputs alone, in the order that stands once; a batch of it may travel.

Offline but for the sources of the reading list, which are a stand-in.
"""

import pickle
import shutil
import socket
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest
from litmap.examples import NOTES, PAPERS

from litmap.builds import open_build
from litmap.catalogue import Catalogue
from litmap.errors import UsageError, WebError
from litmap.library import Library
from litmap.models import Resolution, Sentence, Summary, Work
from litmap.paths import LibraryPaths
from litmap.pipeline import RefreshRun, add_dropped, rebuild, refresh
from litmap.pipeline.batches import EmbeddingBatch, ExtractionBatch
from litmap.pipeline.build import make_build
from litmap.pipeline.collaborators import Collaborators, ExtractiveSummaries
from litmap.pipeline.inputs import gather_inputs
from litmap.settings import load_settings

SOME_PAPERS = 6


@pytest.fixture(scope="module")
def papers_library(tmp_path_factory, state):
    """A library of some of the examples' papers from its drop folder, with the examples' notes; not
    to be written to.
    """
    library = tmp_path_factory.mktemp("papers") / "library"
    (library / "papers").mkdir(parents=True)
    for paper in sorted(PAPERS.glob("*.pdf"))[:SOME_PAPERS]:
        shutil.copy(paper, library / "papers")
    refresh(
        load_settings({"library": library, "notes": (str(NOTES),), "state": state, "offline": True})
    )
    return library


@pytest.fixture
def settings(papers_library, tmp_path, state):
    """The settings of a copy of that library, without notes of their own."""
    copy = tmp_path / "library"
    shutil.copytree(papers_library, copy)
    shutil.rmtree(copy / "papers")  # filed under the original's path
    return load_settings({"library": copy, "state": state, "offline": True})


def note_passages(settings):
    with open_build(LibraryPaths(settings.library)) as build:
        return sum(p.chunk.kind == "note" for p in build.all_passages())


def build_id(settings):
    with open_build(LibraryPaths(settings.library)) as build:
        return build.id


# ── notes ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("fresh", [False, True])
def test_a_build_without_a_call_to_read_the_notes_holds_them_all_the_same(settings, fresh):
    before = note_passages(settings)
    assert before > 0
    with RefreshRun(settings) as run:
        run.build(fresh=fresh)
    assert note_passages(settings) == before


def test_a_build_that_would_lose_the_notes_is_refused(settings):
    """There is no build to take the notes' passages from, and nobody has read them."""
    before = build_id(settings)
    LibraryPaths(settings.library).current.unlink()
    with RefreshRun(settings) as run, pytest.raises(UsageError, match=r"call read_notes\(\)"):
        run.build()
    assert not LibraryPaths(settings.library).current.exists()
    assert (LibraryPaths(settings.library).builds / before).is_dir()


def test_a_rebuild_of_notes_out_of_reach_says_what_it_lacks(settings):
    paths = LibraryPaths(settings.library)
    paths.current.unlink()
    with Catalogue.create(paths.catalogue) as catalogue:
        catalogue.put_note_roots(["/nowhere/notes"])
    report = rebuild(settings)
    assert [p["subject"] for p in report["problems"]] == ["notes"]
    assert note_passages(settings) == 0


def test_a_library_that_never_had_notes_is_built(tmp_path, state):
    settings = load_settings({"library": tmp_path / "new", "state": state})
    report = add_dropped(settings)
    assert report["counts"]["passages"] == 0
    assert report["problems"] == []


# ── a build asks nothing and writes nothing but itself ────────────────────────────────────────────
def test_a_build_needs_neither_the_network_nor_a_catalogue_to_write(settings, monkeypatch):
    def no_network(*_, **__):
        raise AssertionError("a build asked the network")

    with RefreshRun(settings) as run:
        embedder = run.embedder
    paths = LibraryPaths(settings.library)
    before = build_id(settings)
    monkeypatch.setattr(socket, "socket", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    with Catalogue.open(paths.catalogue) as catalogue:
        inputs = gather_inputs(catalogue, replace(settings, offline=False), embedder)
        report = make_build(inputs, fresh=True)
    assert report.counts["build"] == build_id(settings) != before
    with open_build(paths) as build, Library.open(settings=settings) as library:
        assert len(build.read_json("reading")) > 0
        assert library.search("flat minima").hits


# ── the order ─────────────────────────────────────────────────────────────────────────────────────
def no_answer(request):
    raise WebError(f"{request.url} is out of reach")


@contextmanager
def no_client(*_):
    yield SimpleNamespace(challenged={}, exhausted={}, get=no_answer)


def sources(asked):
    """Sources that know a DOI for every reference they are asked about."""

    def resolve(citations, client, **_):
        for c in citations:
            asked.append(c.key)
            work = Work(
                f"doi:10.1/{len(asked)}", c.reference.title, ids=(f"doi:10.1/{len(asked)}",)
            )
            yield Resolution(c.key, work, "metadata-only", "")

    return resolve


def online(asked):
    """Collaborators for a refresh whose web is a stand-in without PDFs."""
    return Collaborators(
        resolve=sources(asked), open_client=no_client, fetch_pdfs=lambda *_, **__: iter(())
    )


def test_the_stages_stand_in_their_order(settings):
    with RefreshRun(settings) as run:
        shutil.copy(sorted(PAPERS.glob("*.pdf"))[SOME_PAPERS], run.paths.papers / "new.pdf")
        stages = []
        for stage in run.stages(notes_required=False):
            stages.append(stage)
            stage()
    names = [stage.name for stage in stages]
    assert names == [
        "read_notes",
        "resolve",
        "notices",
        "extract",
        "embed",
        "confirm",
        "identify",
        "build",
        "tell",
    ]
    assert [len(stage.batch) for stage in stages] == [0, 0, 0, 1, 1, 0, 0, 0, 0]


def test_what_runs_beside_the_others_may_be_started_elsewhere(settings):
    beside = []

    class Done:
        def result(self):
            beside.append("waited for")

    def start(stage):
        beside.append(stage.name)
        stage()
        return Done()

    with RefreshRun(settings) as run:
        assert list(run.pdf_batches(start)) == []
    assert beside == ["fetch", "waited for"]


def test_works_that_the_papers_cite_are_looked_up_before_the_build_that_shows_them(settings):
    asked = []
    with RefreshRun(replace(settings, offline=False), collaborators=online(asked)) as run:
        run.identify_reading_list()
        assert asked == [], "the build is up to date, and shows what it shows"
        with run.catalogue.write():
            work = next(iter(run.catalogue.works().values()))
            run.catalogue.put_work(replace(work, title="Another title"), "drop", run.now)
        run.identify_reading_list()
        assert asked
        run.build()
    with open_build(LibraryPaths(settings.library)) as build:
        listed = build.read_json("reading")
    assert {i for row in listed for i in row["ids"]} >= {
        f"doi:10.1/{n + 1}" for n in range(len(asked))
    }


def test_offline_nothing_is_looked_up(settings):
    def never(*_, **__):
        raise AssertionError("asked a source")

    with RefreshRun(settings, collaborators=Collaborators(resolve=never)) as run:
        for stage in run.stages(notes_required=False, fresh=True):
            stage()
    assert run.report.problems == []


# ── what may take another's place ─────────────────────────────────────────────────────────────────
class OneSentence(ExtractiveSummaries):
    """A summariser that says the same of every paper."""

    version = "one sentence"

    def summarise_paper(self, document, work, encoder, marks):
        return Summary(work.id, work.title, (Sentence("It is a paper.", work.id, 1),))


def test_another_summariser_makes_the_summaries(settings):
    with RefreshRun(settings, collaborators=Collaborators(summariser=OneSentence())) as run:
        run.build()
    with open_build(LibraryPaths(settings.library)) as build:
        summaries = build.read_json("summaries")
    papers = [s for key, s in summaries.items() if not key.startswith("topic:")]
    assert {s["text"] for paper in papers for s in paper["sentences"]} == {"It is a paper."}


# ── batches ───────────────────────────────────────────────────────────────────────────────────────
def test_batches_of_pdfs_travel(settings):
    paths = LibraryPaths(settings.library)
    for batch in (
        ExtractionBatch.plan(["0" * 64], paths, settings),
        EmbeddingBatch(("0" * 64,), paths),
    ):
        assert pickle.loads(pickle.dumps(batch)) == batch
