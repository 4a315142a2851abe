"""Libraries searched as one: the same scores as if all stood in one, each paper once, notes of the
reader alone.
"""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.catalogue.entries import Entry
from litmap.cli import main
from litmap.errors import UsageError
from litmap.library import JoinedLibraries, Library
from litmap.library.joined import shown_works
from litmap.models import Chunk, Passage, PdfFile, Work
from litmap.search import Facts, JoinedSearcher
from litmap.settings import load_settings
from tests.search_parts import make_searcher
from tests.served import TOKEN, serving

WORDS = st.lists(st.sampled_from("flat sharp minima loss noise depth".split()), max_size=8)


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────
def searcher_of(folder, texts, works):
    """A searcher over passages with these texts, each of the work at its place."""
    rows = [
        Passage(row, work, Chunk(work, works[:row].count(work), text))
        for row, (work, text) in enumerate(zip(works, texts, strict=True))
    ]
    facts = {work: Facts(work, year=2000 + int(work[2:])) for work in works}
    return make_searcher(folder, rows, facts)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), WORDS), min_size=2, max_size=14), st.integers(0, 5), WORDS
)
def test_parts_answer_as_one_index(tmp_path_factory, passages, cut, asked):
    folder = tmp_path_factory.mktemp("parts")
    passages = sorted(passages, key=lambda own: own[0])
    works = [f"w:{number}" for number, _ in passages]
    texts = [" ".join(words) for _, words in passages]
    whole = searcher_of(folder / "whole", texts, works)
    at = sum(number < cut for number, _ in passages)
    spans = [span for span in (slice(0, at), slice(at, None)) if works[span]]
    parts = [
        searcher_of(folder / str(n), texts[span], works[span]).part for n, span in enumerate(spans)
    ]
    joined = JoinedSearcher(whole.encoder, parts, whole.facts)
    query = " ".join(asked)
    for text in filter(
        None, (query, f"{query} year:2001..2002", "year:2001..", f'"{asked[0]}"' if asked else "")
    ):
        one, other = joined.search(text, limit=20), whole.search(text, limit=20)
        assert repr(one.hits) == repr(other.hits)  # a passage without words has no similarity, nan
        assert repr(list(one.works)) == repr(list(other.works))
        assert (one.close, one.message) == (other.close, other.message)
    if query:
        assert repr(joined.locate(query)) == repr(whole.locate(query))
        assert joined.marker(query).weights == whole.marker(query).weights


# ── which library shows a paper ───────────────────────────────────────────────────────────────────
def entry(name, *ids, has_text=True):
    pdfs = (PdfFile("0" * 64, "pdfs/0.pdf", 1),) if has_text else ()
    return Entry(Work(name, name, ids=ids), "fetched", "", pdfs)


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        ([entry("a")], [entry("b")], [["a"], ["b"]]),
        ([entry("a")], [entry("a")], [["a"], []]),
        ([entry("a", has_text=False)], [entry("a")], [[], ["a"]]),
        ([entry("a", has_text=False)], [entry("a", has_text=False)], [["a"], []]),
        ([entry("arxiv:1", "doi:x")], [entry("doi:x")], [["arxiv:1"], []]),
        ([entry("a", "doi:y")], [entry("b", "doi:z")], [["a"], ["b"]]),
    ],
)
def test_a_paper_is_that_of_the_first_library_with_its_text(first, second, shown):
    assert [sorted(works) for works in shown_works([first, second])] == shown


# ── whole libraries ───────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def two(web, state, tmp_path_factory):
    """A library of two of the example's notes, and one of the other two."""
    from unittest.mock import patch

    from litmap.examples import NOTES

    from litmap.pipeline import refresh

    folder = tmp_path_factory.mktemp("two")
    notes = sorted(str(path) for path in NOTES.iterdir() if path.suffix in (".md", ".txt", ".org"))
    made = []
    for name, own in (("mine", notes[:1]), ("lab", notes[1:])):
        chosen = load_settings({"library": folder / name, "notes": tuple(own), "state": state})
        with patch.dict("os.environ", web):
            refresh(chosen)
        made.append(chosen)
    return made


def test_a_library_beside_none_answers_as_ever(example_library, state):
    own = load_settings({"library": example_library, "state": state})
    with JoinedLibraries.open(own, []) as joined, Library.open(settings=own) as library:
        assert joined.search("flat minima") == library.search("flat minima")


def test_two_libraries_answer_as_one(two, state):
    mine, lab = two
    with (
        JoinedLibraries.open(mine, [lab.library]) as joined,
        Library.open(settings=mine) as first,
        Library.open(settings=lab) as second,
    ):
        ids = {e.work.id for e in (*first.works(), *second.works()) if e.pdf}
        found = joined.search("neural networks", limit=100, by="paper").hits
        shown = [hit.entry.work.id for hit in found]
        assert len(shown) == len(set(shown)), "a paper that both have is shown once"
        assert set(shown) <= ids | {e.work.id for e in (*first.works(), *second.works())}
        for library, opened in (("", first), (str(lab.library), second)):
            own = [hit for hit in found if hit.library == library]
            assert own, "both have papers about it"
            for hit in own[:5]:
                (passage,) = opened.passage(hit.row)
                assert passage["text"] == hit.chunk.text, "the row is that of its own library"
        assert not [note for note in joined.search("the", limit=50).notes if note.library]
        sentence = found[-1].chunk.text[:120]
        assert joined.locate(sentence).hits[0].chunk.text.startswith(sentence[:40])


def test_two_servers_answer_as_one_and_one_for_itself(two, monkeypatch):
    monkeypatch.setenv("LITMAP_SERVER_TOKEN", TOKEN)
    mine, lab = two
    elsewhere = replace(mine, search_own=False)
    folders = [str(mine.library), str(lab.library)]
    with (
        serving(mine.library, mine.state) as (_, first),
        serving(lab.library, mine.state) as (process, second),
        JoinedLibraries.open(elsewhere, [first, second]) as served,
        JoinedLibraries.open(elsewhere, folders) as here,
        JoinedLibraries.open(elsewhere, folders[:1]) as one,
    ):
        name_of = dict(zip(folders, (first, second), strict=True))

        def found(libraries, query):
            hits = libraries.search(query, by="paper", limit=30).hits
            return [
                (name_of.get(h.library, h.library), h.row, h.entry.work.id, h.score, h.chunk)
                for h in hits
            ]

        for query in ("neural networks", "minima year:2015..", "year:2000..2019"):
            assert found(served, query) == found(here, query)
            assert {hit[0] for hit in found(served, query)} == {first, second}
        process.kill()
        process.wait()
        assert found(served, "neural networks") == found(one, "neural networks")
        message = served.search("neural networks").message
        assert f"Nothing of this library is among the results: {second} does not answer" in message


def test_the_command_names_the_other_library(two, capsys, monkeypatch):
    mine, lab = two
    monkeypatch.setenv("LITMAP_STATE", str(mine.state))
    arguments = ["search", "neural networks", "--library", str(mine.library), "-k", "40"]
    assert main([*arguments, "--also", str(lab.library), "--json"]) == 0
    hits = json.loads(capsys.readouterr().out)
    assert {hit.get("library") for hit in hits} == {None, str(lab.library)}
    assert main([*arguments, "--also", str(lab.library)]) == 0
    assert f"in {lab.library} under " in capsys.readouterr().out
    monkeypatch.setenv("LITMAP_SEARCH_ALSO", str(lab.library))
    assert main([*arguments, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(hits)


def test_libraries_of_other_models_are_refused(two, monkeypatch):
    mine, lab = two
    key = Library.model.fget
    monkeypatch.setattr(
        Library,
        "model",
        property(lambda own: ("other", "k") if own.paths.root == lab.library else key(own)),
    )
    with pytest.raises(UsageError, match="libraries of one model"):
        JoinedLibraries.open(mine, [lab.library])
