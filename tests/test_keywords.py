"""The keyword index: BM25 by hand, small updates against one build from scratch, damage,
scripts.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from litmap import keywords, segment_merging, word_counts
from litmap.errors import DamagedBuild
from litmap.keywords import Entry, KeywordIndex, lookup, open_segment
from litmap.keywords import writer as keyword_writing
from litmap.keywords.scoring import bm25_sums, term_weights
from litmap.models import Chunk, Passage
from litmap.parsing.terms import (
    Form,
    QueryWord,
    find_words,
    index_terms,
    pair_keys,
    plain_places,
    plain_text,
    term_keys,
)
from litmap.search.ranking import Scale
from litmap.word_counts import Asked, Bm25

TEXTS = [
    "Sharp minima generalise worse than flat minima.",
    "Flat minima and the batch size of stochastic gradient descent.",
    "Kernels of infinitely wide networks.",
    "The batch of cookies is flat.",
]


def build(folder: Path, texts: list[str], works: list[str] | None = None) -> KeywordIndex:
    owners = works or [f"w{i}" for i in range(len(texts))]
    keywords.update(folder, [(i, w, t) for i, (w, t) in enumerate(zip(owners, texts, strict=True))])
    return KeywordIndex.open(folder)


def test_scores_are_bm25(tmp_path: Path) -> None:
    index = build(tmp_path, TEXTS)
    lengths = [len(index_terms(t)) for t in TEXTS]
    mean = sum(lengths) / len(lengths)
    idf = math.log(1 + (4 - 3 + 0.5) / (3 + 0.5))
    scores = index.scores("flat", Bm25(1.2, 0.5))
    expected = idf * 2.2 * 1 / (1 + 1.2 * (0.5 + 0.5 * lengths[1] / mean))
    assert scores[1] == pytest.approx(expected, rel=1e-5)
    assert scores[2] == 0


def test_search_ranks_stems_and_respects_the_mask(tmp_path: Path) -> None:
    index = build(tmp_path, TEXTS)
    assert (
        index.search("flatness of minimum", 10).rows.tolist()[:1] == [0]
        or index.search("flat minima", 1).rows[0] == 0
    )
    mask = np.array([False, True, False, True])
    found = index.search("flat minima", 10, mask)
    assert found.rows.tolist() == [1, 3]
    assert (np.diff(found.scores) <= 0).all()
    assert index.search("zeppelin", 5).rows.size == 0
    assert index.search("", 5).rows.size == 0


def test_in_a_long_query_rare_words_count_for_more(tmp_path: Path) -> None:
    index = build(tmp_path, ["flat", "flat", "flat", "kernels"])
    short, long = Bm25.for_query(2), Bm25.for_query(200)
    ratios = [index.scores("kernels", p)[3] / index.scores("flat", p)[0] for p in (short, long)]
    rarity = math.log(1 + 3.5 / 1.5) / math.log(1 + 1.5 / 3.5)
    assert ratios[1] == pytest.approx(rarity**2, rel=1e-4)
    assert rarity < ratios[0] < ratios[1]


def test_words_side_by_side_count_for_more_than_apart(tmp_path: Path) -> None:
    texts = [
        "deep network of small width",
        "network of deep width, small",
        "wide kernels",
        "random features",
    ]
    index = build(tmp_path, texts)
    together, apart = index.scores("deep network", Bm25(1.2, 0.0))[:2].tolist()
    idf = math.log(1 + (4 - 1 + 0.5) / (1 + 0.5))
    share = (
        word_counts.PAIR_WEIGHT * idf * 1.9 / (1 + 0.9 * (0.6 + 0.4 * 4 / ((4 + 4 + 2 + 2) / 4)))
    )
    assert together - apart == pytest.approx(share, rel=1e-5)
    assert index.scores({"deep": 1.0, "network": 1.0}, Bm25(1.2, 0.0))[0] == pytest.approx(apart)
    assert index.lengths.tolist() == [4, 4, 2, 2]


def test_an_older_index_is_read_but_not_gone_on_from(tmp_path: Path) -> None:
    build(tmp_path / "old", TEXTS)
    state = tmp_path / "old" / "keywords.json"
    state.write_text(state.read_text().replace('"format": 3', '"format": 1'))
    assert KeywordIndex.open(tmp_path / "old").search("flat", 5).rows.size == 3
    assert not keywords.is_current(tmp_path / "old")
    assert not keywords.is_current(tmp_path / "nowhere")
    with pytest.raises(DamagedBuild, match="older"):
        keywords.update(tmp_path / "new", [], base=tmp_path / "old")
    state.write_text(state.read_text().replace('"format": 1', '"format": 9'))
    with pytest.raises(DamagedBuild, match="format 9"):
        KeywordIndex.open(tmp_path / "old")


def test_a_work_is_scored_by_its_whole_text(tmp_path: Path) -> None:
    index = build(tmp_path, TEXTS, ["a", "a", "b", "c"])
    whole = dict(zip(index.work_ids, index.work_scores("flat minima batch").tolist(), strict=True))
    assert whole["a"] > whole["c"] > whole["b"] == 0


def test_kinds_and_works_as_masks(tmp_path: Path) -> None:
    keywords.update(
        tmp_path,
        [Entry(0, "a", "one", "body"), Entry(1, "a", "two", "references"), Entry(5, "b", "three")],
    )
    index = KeywordIndex.open(tmp_path)
    assert np.flatnonzero(index.rows_of(works=["a"])).tolist() == [0, 1]
    assert np.flatnonzero(index.rows_of(kinds=["body"])).tolist() == [0, 5]
    assert np.flatnonzero(index.rows_of(works=["a", "nobody"], kinds=["references"])).tolist() == [
        1
    ]
    assert not index.rows_of(works=[]).any()


def test_rows_that_hold_all_words(tmp_path: Path) -> None:
    index = build(tmp_path, TEXTS)
    assert index.rows_containing_all("flat batch").tolist() == [1, 3]
    assert index.rows_containing_all("flat kernels").tolist() == []
    assert index.rows_containing_all("the").tolist() == []


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("深層学習の一般化について", "一般化"),
        ("Обобщение глубоких сетей", "обобщение"),
        ("تعميم الشبكات العميقة", "الشبكات"),
        ("หลุมแบนทั่วไป", "แบน"),
        ("Poincaré’s ﬁnite naïve", "poincare finite"),
        ("심층 학습 일반화", "학습"),
    ],
)
def test_other_scripts_are_found(tmp_path: Path, text: str, query: str) -> None:
    index = build(tmp_path, ["nothing here", text])
    assert index.search(query, 3).rows.tolist() == [1]


Step = tuple[list[int], list[int]]


def limit_segments(monkeypatch: pytest.MonkeyPatch, passages: int) -> None:
    """Segments of at most so many passages, new ones included."""
    monkeypatch.setattr(segment_merging, "MAX_SEGMENT_ROWS", passages)
    monkeypatch.setattr(segment_merging, "QUICK_ROWS", passages)
    monkeypatch.setattr(keyword_writing, "FRESH_PASSAGES", passages)


WORDS = st.lists(
    st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"]), max_size=6
).map(" ".join)


@pytest.mark.parametrize("full", [2, 5, 1000])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_sequence_of_updates_equals_one_build(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    full: int,
    data: st.DataObject,
) -> None:
    limit_segments(monkeypatch, full)
    monkeypatch.setattr(keyword_writing, "JOINED_POSTINGS", full)
    living: dict[int, tuple[str, str]] = {}
    base: Path | None = None
    next_row = 0
    for _ in range(data.draw(st.integers(1, 6))):
        texts = data.draw(st.lists(WORDS, max_size=5))
        added = {next_row + i: (f"w{data.draw(st.integers(0, 3))}", t) for i, t in enumerate(texts)}
        next_row += len(texts)
        removed = data.draw(st.sets(st.sampled_from(sorted(living)))) if living else set()
        living = {row: entry for row, entry in living.items() if row not in removed} | added
        folder = tmp_path_factory.mktemp("step")
        keywords.update(folder, [(row, *entry) for row, entry in added.items()], removed, base)
        base = folder
    monkeypatch.undo()
    scratch = tmp_path_factory.mktemp("scratch")
    keywords.update(scratch, [(row, *entry) for row, entry in living.items()])
    assert base is not None
    one, other = KeywordIndex.open(base), KeywordIndex.open(scratch)
    assert one.passages == other.passages == len(living)
    for query in ("alpha", "beta gamma zeta", "eta eta delta"):
        first, second = one.search(query, 50), other.search(query, 50)
        assert first.rows.tolist() == second.rows.tolist()
        assert first.scores == pytest.approx(second.scores, rel=1e-5)
        by_work = [
            {
                w: s
                for w, s in zip(index.work_ids, index.work_scores(query).tolist(), strict=True)
                if s
            }
            for index in (one, other)
        ]
        assert by_work[0] == pytest.approx(by_work[1], rel=1e-5)


def test_the_base_is_left_as_it_is_and_few_segments_remain(tmp_path: Path) -> None:
    base = tmp_path / "0"
    build(base, TEXTS)
    before = {p.name: p.read_bytes() for p in base.iterdir()}
    for step in range(1, 30):
        folder = tmp_path / str(step)
        keywords.update(
            folder, [(100 + step, "new", f"word{step} flat")], [], tmp_path / str(step - 1)
        )
    assert {p.name: p.read_bytes() for p in base.iterdir()} == before
    assert len(list(folder.glob("*.keys.npy"))) <= segment_merging.MAX_SEGMENTS
    assert KeywordIndex.open(folder).search("word17", 1).rows.tolist() == [117]


def test_files_of_a_segment_that_stay_as_they_are_are_shared(tmp_path: Path) -> None:
    build(tmp_path / "0", TEXTS)
    keywords.update(tmp_path / "1", [(9, "new", "flat")], [], tmp_path / "0")
    keywords.update(tmp_path / "2", [], [2], tmp_path / "1")

    def shared(name: str, *steps: str) -> bool:
        one, other = (tmp_path / step / f"000001.{name}.npy" for step in steps)
        return one.samefile(other)

    assert shared("rows", "0", "1")
    assert not shared("rows", "1", "2")
    assert shared("docs", "0", "2")
    assert KeywordIndex.open(tmp_path / "2").search("kernels", 3).rows.size == 0
    assert KeywordIndex.open(tmp_path / "1").search("kernels", 3).rows.tolist() == [2]


def test_full_segments_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit_segments(monkeypatch, 10)
    build(tmp_path / "0", TEXTS * 9)
    for step in range(1, 40):
        keywords.update(
            tmp_path / str(step),
            [(100 + step, "new", f"word{step} flat")],
            [],
            tmp_path / str(step - 1),
        )
        first = {p.name: p.stat().st_ino for p in (tmp_path / "0").glob("*.docs.npy")}
        assert (
            first.items()
            <= {p.name: p.stat().st_ino for p in (tmp_path / str(step)).glob("*.docs.npy")}.items()
        )
    sizes = sorted(len(np.load(p)) for p in (tmp_path / str(step)).glob("*.rows.npy"))
    assert sizes[-1] <= 10
    assert sum(2 * size <= 10 for size in sizes) <= segment_merging.MAX_SEGMENTS
    assert KeywordIndex.open(tmp_path / str(step)).search("word17", 1).rows.tolist() == [117]


def test_many_blocks_make_one_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = build(tmp_path / "whole", TEXTS * 5)
    monkeypatch.setattr(keyword_writing, "BLOCK_PASSAGES", 3)
    blocks = build(tmp_path / "blocks", TEXTS * 5)
    assert blocks.scores("flat minima batch") == pytest.approx(whole.scores("flat minima batch"))


def test_postings_are_every_word_and_pair_of_neighbours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [
        "Flat minima, flat minima generalise",
        "the and of",
        "",
        "深層学習 of networks",
        "minima " * 300 + "flat",
    ]
    texts += [f"word{i} flat {'深層' if i % 3 else 'net'} minima" for i in range(40)]
    monkeypatch.setattr(keyword_writing, "BLOCK_PASSAGES", 7)
    keywords.update(tmp_path, [(i, f"w{i}", text) for i, text in enumerate(texts)])
    segment = keywords.segments.Segment.open(tmp_path, "000001")
    stored = {
        (int(key), int(segment.docs[at])): int(segment.counts[at])
        for i, key in enumerate(segment.keys)
        for at in range(int(segment.starts[i]), int(segment.starts[i + 1]))
    }
    expected: Counter[tuple[int, int]] = Counter()
    for i, text in enumerate(texts):
        found = term_keys(text)
        expected.update((key, i) for key in [*found, *pair_keys(found)])
    assert stored == {place: min(count, 255) for place, count in expected.items()}
    assert segment.lengths.tolist() == [len(term_keys(text)) for text in texts]


@pytest.mark.parametrize("threaded", [0, 10**9])
@pytest.mark.parametrize("many", [0, 10**9])
@pytest.mark.parametrize(("sampled", "few"), [(1, 0.0), (1, 2.0), (10**9, 0.0)])
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(WORDS, max_size=7), st.integers(0, 2**7), st.integers(1, 6), st.integers(1, 4))
def test_the_best_rows_are_those_of_all_segments(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    sampled: int,
    few: float,
    many: int,
    threaded: int,
    texts: list[str],
    allowed: int,
    full: int,
    k: int,
) -> None:
    limit_segments(monkeypatch, full)
    monkeypatch.setattr(lookup, "MIN_THREADED_PASSAGES", threaded)
    monkeypatch.setattr(word_counts, "SAMPLED_PASSAGES", sampled)
    monkeypatch.setattr(lookup, "FEW_ALLOWED", few)
    monkeypatch.setattr(open_segment, "MANY_POSTINGS", many)
    index = build(tmp_path_factory.mktemp("index"), texts)
    mask = np.array([bool(allowed >> row & 1) for row in range(len(texts))], bool)
    found = index.look_up(index.ask("alpha beta beta zeta"))
    ranking = found.rank(found.counts, k, mask)
    scores = found.score_all(found.counts)
    own = np.where(mask, scores, np.float32(0))
    best = [row for row in np.argsort(-own, kind="stable").tolist() if own[row] > 0][:k]
    assert ranking.rows.tolist() == sorted(best)
    assert ranking.scores.tolist() == scores[ranking.rows].tolist()
    rows = np.flatnonzero(mask)
    assert found.score_rows(found.counts, rows).tolist() == scores[rows].tolist()
    monkeypatch.undo()
    monkeypatch.setattr(word_counts, "SAMPLED_PASSAGES", sampled)
    one = build(tmp_path_factory.mktemp("one"), texts)
    same = one.look_up(one.ask("alpha beta beta zeta"))
    assert ranking.sums == same.rank(same.counts, k).sums
    assert scores.tolist() == same.score_all(same.counts).tolist()
    assert found.score_works(found.counts).tolist() == same.score_works(same.counts).tolist()


def test_words_that_lift_nothing_any_more_are_not_looked_for(tmp_path: Path) -> None:
    texts = [f"rare{n % 3} common" if n % 2 else "common words" for n in range(40)]
    index = build(tmp_path, texts)
    found = index.look_up(index.ask("rare1 common"))
    weights = term_weights(found.asked, [3.0, 0.1, 3.0], 2.0)
    (segment,) = index.segments
    held = [segment.holding(lookup.one_key(key)) for key in found.asked.keys]
    every = bm25_sums(segment.lengths, held, weights)
    bar = float(np.sort(every)[-3])
    some = bm25_sums(segment.lengths, held, weights, bar)
    assert np.array_equal(some[every >= bar], every[every >= bar])
    assert (some[every < bar] < bar).all()
    assert np.count_nonzero(some) < np.count_nonzero(every)


def test_a_sample_of_works_tells_what_is_usual(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = np.random.default_rng(3)
    texts = [
        " ".join(f"word{n}" for n in chance.integers(1, 9, chance.integers(3, 9)))
        for _ in range(4000)
    ]
    index = build(tmp_path, texts, [f"arxiv:{n // 4}" for n in range(4000)])
    found = index.look_up(index.ask("word1 word2 word5"))
    whole = found.rank(found.counts, 5)
    monkeypatch.setattr(word_counts, "SAMPLED_PASSAGES", 800)
    some = found.rank(found.counts, 5)
    assert 400 < some.sums.count < 1600 == whole.sums.count - 2400
    assert some.rows.tolist() == whole.rows.tolist()
    all_rows, sample = Scale.of_sums(whole.sums), Scale.of_sums(some.sums)
    assert sample.mean == pytest.approx(all_rows.mean, rel=0.05)
    assert sample.deviation == pytest.approx(all_rows.deviation, rel=0.05)


@pytest.mark.parametrize("kept", ["", "w0", "w2", "w0 w3"])
def test_works_that_are_not_searched_are_as_if_they_were_not_there(
    tmp_path: Path, kept: str
) -> None:
    build(tmp_path / "all", TEXTS)
    index = KeywordIndex.open(tmp_path / "all", kept.split().__contains__)
    own = [int(name[1:]) for name in kept.split()]
    alone = build(tmp_path / "alone", [TEXTS[row] for row in own])
    found = index.look_up(index.ask("flat minima"))
    mask = np.ones(index.works.size, bool)
    ranking = found.rank(found.counts, 5, mask)
    expected = alone.look_up(alone.ask("flat minima"))
    assert found.counts.held.tolist() == expected.counts.held.tolist()
    assert ranking.sums == expected.rank(expected.counts, 5).sums
    assert found.score_all(found.counts)[own].tolist() == alone.scores("flat minima").tolist()
    assert index.rows_containing_all("flat").tolist() == [row for row in own if row != 2]


def test_words_of_another_library_are_looked_up_in_many_segments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Searched beside a German library, an English one is asked for words by language at first."""
    limit_segments(monkeypatch, 1)
    monkeypatch.setattr(lookup, "MIN_THREADED_PASSAGES", 0)
    index = build(tmp_path, TEXTS * 4)
    forms = (Form("flat", languages=frozenset({"en"})), Form("flach", languages=frozenset({"de"})))
    asked = Asked.of({QueryWord("flat", forms): 1.0}, {})
    thread = Thread(target=index.look_up, args=(asked,), daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    assert index.look_up(asked).counts.held.tolist() == [12]


def test_rows_are_found_in_a_segment_with_gaps_and_not_in_an_empty_one(tmp_path: Path) -> None:
    build(tmp_path, TEXTS)
    some = KeywordIndex.open(tmp_path, {"w0", "w2", "w3"}.__contains__).segments[0]
    docs, places = some.find(np.array([0, 1, 3]))
    assert (docs.tolist(), places.tolist()) == ([0, 3], [0, 2])
    segment = some.segment
    names = ("rows", "docs", "counts", "keys", "lengths", "kinds", "languages", "works")
    none = replace(
        segment,
        **{n: getattr(segment, n)[:0] for n in names},
        starts=segment.starts[:1],
        work_ids=(),
    )
    index = KeywordIndex([segment, none])
    found = index.look_up(index.ask("flat minima"))
    rows = np.arange(4)
    assert found.score_rows(found.counts, rows).tolist() == index.scores("flat minima").tolist()


def test_an_empty_index_answers(tmp_path: Path) -> None:
    keywords.update(tmp_path, [])
    index = KeywordIndex.open(tmp_path)
    assert index.search("anything", 5).rows.size == 0
    assert index.work_scores("anything").size == 0
    keywords.update(tmp_path, [(3, "w", "now something")])
    keywords.update(tmp_path, [], [3])
    assert KeywordIndex.open(tmp_path).passages == 0


@pytest.mark.parametrize("part", ["docs", "keys", "starts", "rows", "lengths"])
def test_damage_is_named(tmp_path: Path, part: str) -> None:
    build(tmp_path, TEXTS)
    path = next(tmp_path.glob(f"*.{part}.npy"))
    os.truncate(path, 100)
    with pytest.raises(DamagedBuild, match=part):
        KeywordIndex.open(tmp_path)
    path.unlink()
    with pytest.raises(DamagedBuild):
        KeywordIndex.open(tmp_path)


def test_no_index_is_damage(tmp_path: Path) -> None:
    with pytest.raises(DamagedBuild):
        KeywordIndex.open(tmp_path)


def test_entries_carry_title_and_section_once() -> None:
    passages = [
        Passage(0, "w", Chunk("sha", 0, "first text", section="Introduction")),
        Passage(1, "w", Chunk("sha", 1, "second text")),
        Passage(2, "", Chunk("note:a.md", 0, "my thought", "note")),
    ]
    entries = list(keywords.make_entries(passages, {"w": "A Title"}))
    assert [e.text for e in entries] == [
        "A Title\nIntroduction\nfirst text",
        "second text",
        "my thought",
    ]
    assert entries[2].work == "note:a.md"


def test_words_keep_their_places() -> None:
    text = "Über-naïve batch_norm, GPT-2 深層学習!"
    found = list(find_words(text))
    assert [text[w.start : w.end] for w in found[:4]] == ["Über", "naïve", "batch", "norm"]
    assert index_terms("the of and") == []
    letters, places = plain_places("Ab  ﬁn")
    assert letters == "ab fin"
    assert len(places) == len(letters)
    assert places[0] == 0
    assert plain_text("generali-\nzation of «deep» nets") == "generalization of deep nets"


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_words(text: str) -> None:
    found = list(find_words(text))
    assert all(0 <= w.start < w.end <= len(text) for w in found)
    assert len(term_keys(text)) == len(index_terms(text))
    letters, places = plain_places(text)
    assert len(letters) == len(places)
