"""Libraries searched as one: the same scores as if all stood in one, each paper once, notes of the
reader alone.
"""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap import index, keywords
from litmap.catalogue.entries import Entry
from litmap.cli import main
from litmap.errors import UsageError
from litmap.library import JoinedLibraries, Library
from litmap.library.joined import shown_works
from litmap.models import PdfFile, Work
from litmap.search import JoinedVectors
from litmap.settings import load_settings

WORDS = st.lists(st.sampled_from("flat sharp minima loss noise depth".split()), max_size=8)


# ── indexes ───────────────────────────────────────────────────────────────────────────────────────
@settings(max_examples=30)
@given(st.lists(WORDS, min_size=1, max_size=12), st.integers(0, 12), WORDS)
def test_words_score_as_in_one_index(tmp_path_factory, texts, cut, asked):
    folder = tmp_path_factory.mktemp("words")
    cut = min(cut, len(texts))

    def write(name, texts):
        entries = [
            keywords.Entry(row, f"{text[:1]}", " ".join(text)) for row, text in enumerate(texts)
        ]
        keywords.update(folder / name, entries)
        return folder / name

    whole = keywords.KeywordIndex.open(write("whole", texts))
    parts = [
        (write("first", texts[:cut]), 0, lambda _: True),
        (write("second", texts[cut:]), cut, lambda _: True),
    ]
    joined = keywords.KeywordIndex.joined(parts)
    query = " ".join(asked)
    assert np.array_equal(joined.scores(query), whole.scores(query))
    by_work = dict(zip(joined.work_ids, joined.work_scores(query), strict=True))
    assert by_work == dict(zip(whole.work_ids, whole.work_scores(query), strict=True))


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(1, 29), st.integers(1, 12), st.booleans())
def test_vectors_are_found_as_in_one_index(tmp_path_factory, seed, cut, k, is_filtered):
    chance = np.random.default_rng(seed)
    vectors = chance.normal(size=(30, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    folder = tmp_path_factory.mktemp("vectors")

    def write(name, own):
        (folder / name).mkdir()
        added = [(np.arange(len(own)), own)]
        index.update_index(None, folder / name, added=added, removed=np.empty(0, np.int64), dim=8)
        return index.VectorIndex.open(folder / name)

    whole = write("whole", vectors)
    firsts = np.array([0, cut, 30])
    parts = [write("first", vectors[:cut]), write("second", vectors[cut:])]
    joined = JoinedVectors(firsts, parts, np.ones(30, bool))
    allowed = chance.random(30) < 0.5 if is_filtered else None
    query = vectors[:2] + vectors[-2:]
    for one, other in zip(
        joined.search(query, k, allowed), whole.search(query, k, allowed), strict=True
    ):
        assert np.array_equal(one, other)
    some = np.arange(30) % 3 == 0
    found = JoinedVectors(firsts, parts, some).search(query, k)
    assert np.array_equal(found[1], whole.search(query, k, some)[1])
    rows = chance.permutation(30)[:7]
    assert np.array_equal(joined.vectors(rows), whole.vectors(rows))


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
