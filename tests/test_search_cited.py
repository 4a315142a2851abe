"""What a library's papers say of each other helps to find them, where it does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.quality import citing as benchmark
from litmap import references
from litmap.builds import Addition, BuildWriter, open_build
from litmap.keywords import Entry, KeywordIndex, make_entries, update
from litmap.models import Document, Page, Reference
from litmap.paths import LibraryPaths
from litmap.pipeline.analysis import Said, what_is_said
from litmap.pipeline.index_writers import write_citing_words, write_keywords
from litmap.search import Facts
from litmap.search.cited import CitingWords, LeftOut, gains, help_surely
from tests.index_parts import block, chunks_of
from tests.search_parts import make_searcher, passage

COLOURS = (
    "amber",
    "beige",
    "coral",
    "denim",
    "ebony",
    "fuchsia",
    "green",
    "hazel",
    "indigo",
    "jade",
)


def library(folder: Path) -> KeywordIndex:
    """Ten works that do not name what others call them by."""
    texts = [f"The proposition number {n} of our method about lattices." for n in range(10)]
    update(folder, make_entries([passage(n, f"w{n}", t) for n, t in enumerate(texts)], {}))
    return KeywordIndex.open(folder)


def sentences(folder: Path, said: list[Said]) -> KeywordIndex:
    update(folder, [Entry(n, s.cited, s.text, "body") for n, s in enumerate(said)])
    return KeywordIndex.open(folder)


def everybody_calls_them_by_colours() -> list[Said]:
    """Each work is cited by three others, which all name its colour."""
    return sorted(
        Said(f"w{n}", f"w{(n + by) % 10}", f"{by} papers later the {colour} theorem still holds")
        for n, colour in enumerate(COLOURS)
        for by in (1, 2, 3)
    )


def numbers(index: KeywordIndex, said: list[Said]) -> Any:
    of = {work: number for number, work in enumerate(index.work_ids)}
    return np.array([of.get(s.citing, -1) for s in said])


def asked(said: list[Said]) -> list[LeftOut]:
    return [LeftOut(s.text, s.citing, frozenset({s.cited})) for s in said]


# ── sentences ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Flat minima generalise better [3, 7–9].", "Flat minima generalise better ."),
        ("Frankle and Carbin (2019) prune whole networks.", "prune whole networks."),
        ("As Keskar et al. [12] note, large batches hurt.", "As note, large batches hurt."),
        ("This was shown before (see Smith, 2017a; Jones et al. 2018).", "This was shown before ."),
        ("The bound (up to constants) is tight.", "The bound (up to constants) is tight."),
        ("Vgl. dazu Müller (1998, S. 12) zur Stadt.", "Vgl. dazu zur Stadt."),
    ],
)
def test_a_sentence_says_something_without_its_marks_and_names(sentence: str, said: str) -> None:
    from litmap.references.citing_passages import without_marks

    assert without_marks(sentence) == said


ENTRIES = (
    Reference("", ("N. Keskar",), "On Large Batches", 2017, number="1"),
    Reference("", ("L. Dinh",), "Sharp Minima", 2017, number="2"),
)
PAPER = Document(
    "aa",
    (
        Page(
            1,
            612,
            792,
            (
                block("Large batches find sharp minima that do not generalise well [1]. See [2]."),
                block("Sharpness alone says little about how networks generalise [1, 2]."),
            ),
        ),
    ),
)


def test_what_a_paper_says_of_each_entry() -> None:
    found = references.citing_sentences(PAPER, ENTRIES)
    assert [(s.entry, s.text.split()[0]) for s in found] == [
        (0, "Large"),
        (0, "Sharpness"),
        (1, "Sharpness"),
    ]


def test_what_the_works_of_a_library_say_of_each_other() -> None:
    class Cache:
        def derived(self, kind: Any, name: str, sha: str, make: Any) -> tuple[Any, ...]:
            assert (name, sha) == (f"citing-{references.VERSION}", "aa")
            return tuple(make(PAPER))

    links = [
        references.CitedWork("a", "keskar", ENTRIES[0]),
        references.CitedWork("a", "a", ENTRIES[1]),
    ]
    said = what_is_said(Cache(), {"a": "aa"}, {"a": ENTRIES}, links)  # type: ignore[arg-type]
    assert [(s.cited, s.citing, s.text.split()[0]) for s in said] == [
        ("keskar", "a", "Large"),
        ("keskar", "a", "Sharpness"),
    ]


# ── their words ──────────────────────────────────────────────────────────────────────────────────
def test_a_work_has_the_score_of_the_best_sentence_that_cites_it(tmp_path: Path) -> None:
    own = library(tmp_path / "library")
    said = [
        Said("w3", "w1", "the amber theorem"),
        Said("w3", "w2", "a theorem of sorts"),
        Said("elsewhere", "w2", "the amber theorem"),
    ]
    words = CitingWords.over(sentences(tmp_path / "said", said), own)
    scores = words.sentences.scores("amber theorem")
    best = words.best("amber theorem")
    assert best[3] == scores[0]
    assert np.isneginf(best[[0, 1, 2, 4, 5, 6, 7, 8, 9]]).all()
    assert words.best("amber theorem", np.array([True, False, False]))[3] == scores[1]


def test_sentences_help_where_others_use_the_same_words(tmp_path: Path) -> None:
    own, said = library(tmp_path / "library"), everybody_calls_them_by_colours()
    words = CitingWords.over(sentences(tmp_path / "said", said), own)
    found = gains(asked(said), numbers(own, said), words, own)
    assert found.size == 30
    assert found.mean() > 0.2
    assert help_surely(found)


def test_a_question_does_not_find_its_own_sentence(tmp_path: Path) -> None:
    own = library(tmp_path / "library")
    said = [s for s in everybody_calls_them_by_colours() if s.text.startswith("1 ")]
    words = CitingWords.over(sentences(tmp_path / "said", said), own)
    assert gains(asked(said), numbers(own, said), words, own).max() <= 0.5
    everything = gains(asked(said), np.full(len(said), -5), words, own)
    assert everything.mean() > gains(asked(said), numbers(own, said), words, own).mean()


@pytest.mark.parametrize(
    ("values", "sure"),
    [
        ([], False),
        ([0.5] * 19, False),
        ([0.5] * 20, True),
        ([0.0] * 50, False),
        ([0.6, -0.5] * 20, False),
        ([-0.2] * 40, False),
    ],
)
def test_sentences_help_surely_by_enough_of_them(values: list[float], sure: bool) -> None:
    assert help_surely(np.array(values, np.float32)) is sure


def test_a_paper_is_found_by_what_others_call_it_and_passages_stay(tmp_path: Path) -> None:
    texts = [f"The proposition number {n} of our method about lattices." for n in range(10)]
    passages = [passage(n, f"w{n}", t) for n, t in enumerate(texts)]
    plain = make_searcher(
        tmp_path / "library", passages, {f"w{n}": Facts(f"w{n}") for n in range(10)}
    )
    said = sentences(tmp_path / "said", everybody_calls_them_by_colours())
    words = CitingWords.over(said, plain.keywords)  # type: ignore[arg-type]
    told = replace(plain, citing=words)
    questions = [f"{colour} theorem number 3" for colour in COLOURS]
    before, after = ([s.search(q) for q in questions] for s in (plain, told))
    places = [
        [[w.work for w in found.works].index(f"w{n}") for n, found in enumerate(results)]
        for results in (before, after)
    ]
    assert all(then >= now for then, now in zip(*places, strict=True))
    assert sum(places[1]) < sum(places[0])
    assert [[h.row for h in r.hits] for r in before] == [[h.row for h in r.hits] for r in after]


# ── in a build ───────────────────────────────────────────────────────────────────────────────────
def build(paths: LibraryPaths, said: list[Said]) -> dict[str, Any]:
    with BuildWriter(paths) as writer:
        changes = writer.update(
            Addition(f"w{n}", f"sha{n}", "f", chunks_of(f"sha{n}", [f"Lattice method number {n}."]))
            for n in range(10)
        )
        write_keywords(writer, changes, {})
        write_citing_words(writer, said)
        writer.publish({"model": "m"})
    with open_build(paths) as opened:
        kept: dict[str, Any] = opened.read_json("citing")
        assert KeywordIndex.open(opened.path("citing")).works.size == len(said)
    return kept


def test_a_build_says_whether_its_citing_sentences_help(tmp_path: Path) -> None:
    helpful = build(LibraryPaths(tmp_path / "one"), everybody_calls_them_by_colours())
    assert helpful["helps"]
    assert (helpful["sentences"], helpful["judged"]) == (30, 30)
    few = build(LibraryPaths(tmp_path / "two"), everybody_calls_them_by_colours()[:9])
    assert not few["helps"]
    none = build(LibraryPaths(tmp_path / "three"), [])
    assert none == {"sentences": 0, "judged": 0, "gain": 0.0, "helps": False}


# ── the benchmark's figures ──────────────────────────────────────────────────────────────────────
def test_gains_are_paired_and_counted_by_sentence_and_by_work() -> None:
    outcomes: list[dict[str, object]] = [
        {"citing": "a", "cited": ["x"], "before": 0.0, "after": 1.0},
        {"citing": "b", "cited": ["x"], "before": 0.0, "after": 1.0},
        {"citing": "c", "cited": ["y"], "before": 0.5, "after": 0.5},
    ]
    by_sentence, by_work = benchmark.summarise(outcomes)
    assert (by_sentence["gain"], by_work["gain"]) == (0.6667, 0.5)
    assert benchmark.ndcg(["x", "y"], {"y"}) == pytest.approx(1 / np.log2(3))
