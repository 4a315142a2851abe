"""The figures behind a search: how evidence is weighed, where each limit lies, and every field of
what is shown.
"""

from __future__ import annotations

import math
import string
from dataclasses import dataclass, replace
from threading import Thread
from typing import Any

import numpy as np
import pytest

from litmap.models import Chunk, Hit, Passage
from litmap.parsing.terms import plain_text, query_words
from litmap.search import Facts, Searcher, parse_query
from litmap.search.candidates import (
    BackgroundSample,
    Evidence,
    _windows,
    passage_scores,
    sample_background,
    weigh,
    work_scores,
)
from litmap.search.filters import MAX_VERIFIED, VERIFY_BATCH, _rows_with_text
from litmap.search.highlighting import Marker, _beginnings, lines_of
from litmap.search.parts import Found, LocalPart, Permission, Question
from litmap.search.presenting import (
    SPARE_PASSAGES,
    HitPresenter,
    LazySequence,
    _Distinct,
    marked,
    term_coverage,
    unmarked,
)
from litmap.search.query import Query
from litmap.search.quotations import _align, _drop_overlaps
from litmap.search.ranking import (
    Scale,
    Weights,
    hubness,
    products,
    similarity_matrix,
    smooth,
)
from litmap.search.results import Results
from litmap.search.searching import CLOSER_OUTSIDE, _covers_terms
from litmap.side_by_side import Threads
from litmap.word_counts import SUM_UNIT, Asked, Sums, WordCounts, ask
from tests.search_parts import ExactVectors, FormulaEncoder, Stored, make_searcher, passage


def floats(*values: float) -> Any:
    return np.array(values, np.float32)


NO_BACKGROUND = BackgroundSample(np.zeros((0, 2), np.float32), np.zeros(0, np.int64))


def evidence(**fields: Any) -> Evidence:
    """Two works: two passages of work 0, one of work 1."""
    return Evidence(
        **{
            "rows": np.arange(3),
            "works": np.array([0, 0, 1]),
            "cosines": floats(0.9, 0.95, 0.5),
            "meaning": floats(3, 1, 2),
            "words": floats(1, 0, 2),
            "whole": floats(0.5, 0.5, 1.0),
            "sizes": np.array([6, 6, 1]),
            "scale": Scale(0.0, 0.5),
            "vectors": ExactVectors(np.eye(3, dtype=np.float32)),
            "background": NO_BACKGROUND,
        }
        | fields
    )


# ── ranking ──────────────────────────────────────────────────────────────────────────────────────
def test_the_weights_are_those_of_the_benchmarks() -> None:
    assert Weights() == Weights(0.6, 0.2, 0.2, 0.1, 0.2, 0.25, 5, 0.3)
    assert Scale() == Scale(0.0, 1.0)


def test_a_passage_is_worth_its_meaning_its_words_and_its_work() -> None:
    scores = passage_scores(evidence(), Weights())
    assert scores == pytest.approx([0.6 * 3 + 0.2 + 0.05, 0.6 + 0.05, 1.2 + 0.4 + 0.1])


def test_a_work_is_worth_its_best_passages_and_its_text_less_what_makes_it_a_hub() -> None:
    others = floats(0, 0.6, 0.8, 9, 9, 9, 0, 1, 0).reshape(3, 3)  # every second one is looked at
    background = BackgroundSample(others, np.array([7, 7, 0]))
    works, scores = work_scores(evidence(background=background), Weights())
    assert works.tolist() == [0, 1]
    # half of five passages' full weight for the second best; 0.36 is 0.6 · 0.3 / 0.5
    first = 0.6 * 2.8 + 0.2 * 0.9 + 0.2 * 0.5 - 0.36 * (0.6 + 0) / 2
    second = 0.6 * 2 + 0.2 * 2 + 0.2 * 1.0 - 0.36 * (0.8 + 0) / 2
    assert scores == pytest.approx([first, second])


def test_works_beyond_the_hundred_best_stay_behind_them() -> None:
    n = 101
    many = evidence(
        rows=np.arange(n),
        works=np.arange(n),
        cosines=np.linspace(0.9, 0.8, n).astype(np.float32),
        meaning=np.linspace(3, 2.9, n).astype(np.float32),
        words=np.zeros(n, np.float32),
        whole=np.zeros(n, np.float32),
        sizes=np.ones(n, int),
        vectors=ExactVectors(np.tile(floats(1, 0), (n, 1))),
        background=BackgroundSample(np.tile(floats(1, 0), (4, 1)), np.full(4, 500)),
    )
    works, scores = work_scores(many, Weights())
    assert works.tolist() == list(range(n))
    assert scores[0] == pytest.approx(1.8 - 0.36)
    assert scores[99] == pytest.approx(0.6 * 2.901 - 0.36)
    assert scores[100] == scores[99] == scores.min()
    # one more than may be smoothed: the last would have stood before the first
    assert scores[0] < 0.6 * 2.9


def test_a_score_is_smoothed_over_the_squares_of_likenesses() -> None:
    vectors = floats(1, 0, 0.8, 0.6, 0.6, 0.8, -1, 0).reshape(4, 2)
    scores = floats(0, 1, 2, 50)
    smoothed = smooth(scores, vectors, 0.25, 2)
    weights = [0.64, 0.36]
    assert smoothed[0] == pytest.approx(0.25 * (weights[0] * 1 + weights[1] * 2) / sum(weights))
    # the opposite counts nothing, be it the second nearest or not
    assert smooth(scores, vectors, 0.25, 9)[0] == pytest.approx(smoothed[0])
    one = smooth(scores, vectors, 0.25, 1)
    assert one[0] == pytest.approx(0.25 * 1)
    assert smooth(scores[:3], vectors[:3], 1.0, 1) == pytest.approx([1, 2, 1])


def test_a_hub_is_near_to_many_of_other_works() -> None:
    angles = np.linspace(0, 1.2, 7)
    others = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    of = np.array([0, 1, 2, 3, 4, 5, 6])
    near = np.sort(np.cos(angles[1:]))[::-1]
    own = hubness(floats(1, 0).reshape(1, 2), np.array([0]), others, of)
    assert own == pytest.approx([near[:5].mean()])
    assert hubness(floats(1, 0).reshape(1, 2), np.array([0]), others, of, 2) == pytest.approx(
        [near[:2].mean()]
    )
    assert hubness(floats(-1, 0).reshape(1, 2), np.array([9]), others[:2], of[:2]) == pytest.approx(
        [0.0]
    )


def test_products_are_those_of_the_whole_arrays() -> None:
    rng = np.random.default_rng(1)
    one, two = (rng.standard_normal((n, 8)).astype(np.float32) for n in (17, 16))
    assert similarity_matrix(one, two) == pytest.approx(one @ two.T, abs=1e-5)
    assert products(one, two[0]) == pytest.approx(one @ two[0], abs=1e-5)


# ── candidates ───────────────────────────────────────────────────────────────────────────────────
class Recorded(ExactVectors):
    """Exact vectors that remember what they were asked."""

    def __init__(self, array: Any) -> None:
        super().__init__(array)
        self.asked: list[tuple[int, int | None]] = []

    def search(self, vectors: Any, k: int, allowed: Any = None) -> tuple[Any, Any]:
        self.asked.append((k, None if allowed is None else int(allowed.sum())))
        return super().search(vectors, k, allowed)


def circle(count: int) -> Any:
    """Unit vectors (count, 2), ever farther from the first."""
    angles = np.linspace(0, 3, count)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@dataclass(frozen=True)
class Ranked:
    """A ranking by words that is given."""

    scores: Any
    rows: Any
    sums: tuple[int, int]


class GivenWords:
    """Ten passages a work; words that score as they are told, 1 in the mean, with deviation 2."""

    counts = WordCounts(4, 0, 4, np.array([4]), np.array([4]))

    def __init__(self, scores: Any) -> None:
        self.scores = scores
        self.works = np.arange(len(scores), dtype=np.int32) // 10
        self.work_ids = tuple(map(str, range(len(scores) // 10 + 1)))

    def look_up(self, asked: Asked) -> GivenWords:
        return self

    def rank(self, counts: WordCounts, k: int, allowed: Any) -> Ranked:
        best = np.flatnonzero((self.scores > 0) & allowed)
        return Ranked(self.scores[best], best, Sums(4, 4 * 512, 20 * 512**2))

    def score_rows(self, counts: WordCounts, rows: Any) -> Any:
        return self.scores[rows]

    def score_works(self, counts: WordCounts) -> Any:
        return np.full(len(self.work_ids), 7, np.float32)


QUESTION = Question("x", floats(1, 0), ask([], ("en",)), GivenWords.counts)


def gathered(vectors: Recorded, allowed: Any, words: Any = None) -> Found:
    scores = np.zeros(len(vectors.array), np.float32) if words is None else words
    part = LocalPart(vectors, GivenWords(scores), Stored([]))  # type: ignore[arg-type]
    return part.find(Permission(int(allowed.sum()), mask=allowed), QUESTION)


@pytest.mark.parametrize(
    ("every", "asked"),
    [
        (1, [(410, None)]),  # 1.2 · 300 + 50
        (4, [(530, None)]),  # three of four are allowed
        (0, [(300, 600)]),  # six of ten, no more: filtered inside
    ],
)
def test_where_nearly_all_is_allowed_the_answer_is_filtered_not_the_search(
    every: int, asked: list[tuple[int, int | None]]
) -> None:
    allowed = np.ones(1000, bool)
    if every > 1:
        allowed[::every] = False
    if every == 0:
        allowed[600:] = False
    vectors = Recorded(circle(1000))
    found = gathered(vectors, allowed)
    assert vectors.asked == asked
    assert found.rows.tolist() == np.flatnonzero(allowed)[:300].tolist()
    assert found.cosines == pytest.approx(vectors.array[found.rows, 0])
    assert found.works.tolist() == (found.rows // 10).tolist()


def test_a_filter_that_leaves_too_few_is_applied_inside() -> None:
    allowed = np.ones(1000, bool)
    allowed[:250] = False  # the nearest
    vectors = Recorded(circle(1000))
    assert gathered(vectors, allowed).rows.tolist() == list(range(250, 550))
    assert vectors.asked == [(530, None), (300, 750)]
    few = Recorded(circle(20))
    assert gathered(few, np.ones(20, bool)).rows.size == 20
    assert few.asked == [(410, None), (300, 20)]


def test_rows_that_are_not_there_are_no_candidates() -> None:
    class Fewer(Recorded):
        def search(self, vectors: Any, k: int, allowed: Any = None) -> tuple[Any, Any]:
            scores, rows = super().search(vectors, 3, allowed)
            return np.append(scores, [[0.0]], axis=1), np.append(rows, [[-1]], axis=1)

    allowed = np.ones(9, bool)
    allowed[0] = False
    vectors = Fewer(circle(9))
    assert gathered(vectors, allowed).rows.tolist() == [1, 2]
    assert len(vectors.asked) == 1
    allowed[3:] = False
    assert gathered(vectors, allowed).rows.tolist() == [1, 2]


def test_a_candidate_by_words_has_its_cosine_too() -> None:
    class Two(Recorded):
        def search(self, vectors: Any, k: int, allowed: Any = None) -> tuple[Any, Any]:
            return super().search(vectors, 2, allowed)

    words = floats(0, 5, 0, 0, 3, 0)
    found = gathered(Two(circle(6)), np.ones(6, bool), words)
    assert found.rows.tolist() == [0, 1, 4]
    assert found.cosines == pytest.approx(circle(6)[[0, 1, 4], 0])
    assert found.best_match == 5
    assert found.sizes.tolist() == [6, 6, 6]
    usual = BackgroundSample(floats(1, 0, 0, 1).reshape(2, 2), np.arange(2))
    weighed = weigh(
        replace(found, work_sums=Sums(4, 4 * 512, 20 * 512**2)), QUESTION, usual, Two(circle(6))
    )
    assert weighed.scale == Scale(0.5, 0.5)  # of the background's cosines 1 and 0
    assert weighed.meaning == pytest.approx((found.cosines - 0.5) / 0.5)
    assert weighed.words == pytest.approx([-0.5, 2.0, 1.0])
    assert weighed.whole.tolist() == [3, 3, 3]


def test_a_scale_by_sums_is_that_of_the_values() -> None:
    values = np.random.default_rng(3).integers(0, 4000, 50)
    total, squares = int(values.sum()), int((values**2).sum())
    scale = Scale.of_sums(Sums(50, total, squares))
    assert scale.mean == pytest.approx(SUM_UNIT * values.mean())
    assert scale.deviation == pytest.approx(SUM_UNIT * values.std())
    flat = Scale.of_sums(Sums(7, 7 * 1179, 7 * 1179**2))
    assert flat.apply(floats(1.5)).tolist() == [0]
    assert Scale.of_sums(Sums()) == Scale()


@pytest.mark.parametrize(("rows", "first", "count"), [(10, [0, 1, 2], 10), (1999, [0, 1, 2], 1000), (2500, [0, 2, 4], 1000), (3100, [0, 3, 6], 1000)])  # fmt: skip
def test_the_background_is_spread_over_the_library(rows: int, first: list[int], count: int) -> None:
    class Words:
        works = np.arange(rows) // 2
        work_ids = tuple(str(n) for n in range(rows // 2 + 2))

        def rows_of(self, *, works: Any = None, kinds: Any = None) -> Any:
            return np.ones(rows, bool)

    vectors = np.stack([np.arange(rows), np.zeros(rows)], axis=1).astype(np.float32)
    sample = sample_background(ExactVectors(vectors), Words())  # type: ignore[arg-type]
    assert sample.vectors[:3, 0].tolist() == first
    assert len(sample.vectors) == len(sample.works) == count
    assert sample.works[:3].tolist() == [n // 2 for n in first]


def test_a_long_query_is_parted_into_windows_of_equal_size() -> None:
    encoder = FormulaEncoder()  # 24 tokens, 22 of them words
    words = [f"w{n}" for n in range(50)]

    def sizes(count: int) -> list[int]:
        return [len(part.split()) for part in _windows(encoder, " ".join(words[:count]))]

    assert sizes(22) == [22]
    assert sizes(23) == [12, 11]
    assert sizes(44) == [22, 22]
    assert sizes(45) == [15, 15, 15]
    text = f"  {' '.join(words)} !"
    assert _windows(encoder, text)[0].startswith("w0")
    assert " ".join(_windows(encoder, text)) == text.strip(" !")
    assert _windows(encoder, "  short ") == ["  short "]

    class Deaf(FormulaEncoder):
        def offsets(self, text: str) -> list[tuple[int, int]]:
            raise AssertionError("a short text has no more tokens than letters")

    assert _windows(Deaf(), "x" * 21) == ["x" * 21]
    with pytest.raises(AssertionError):
        _windows(Deaf(), "x" * 22)


# ── filters ──────────────────────────────────────────────────────────────────────────────────────
def test_of_very_many_passages_the_best_by_words_are_read_for_a_phrase() -> None:
    count = MAX_VERIFIED + 10

    class Words:
        def rows_containing_all(self, text: Any, mask: Any) -> Any:
            return np.flatnonzero(mask)

        def scores(self, text: str) -> Any:
            return np.arange(count, dtype=np.float32)

    class Store:
        def __init__(self) -> None:
            self.read: list[int] = []

        def passages(self, rows: Any) -> list[Passage]:
            self.read.append(len(rows))
            return [passage(int(row), "w", f"here is flat minima {row}") for row in rows]

    store = Store()
    rows = _rows_with_text(
        "flat minima",
        np.ones(count, bool),
        Words(),
        store,  # type: ignore[arg-type]
    )
    assert (MAX_VERIFIED, VERIFY_BATCH) == (5000, 500)
    assert store.read == [VERIFY_BATCH] * 10
    assert sorted(rows.tolist()) == list(range(10, count))
    all_of_them = Store()
    mask = np.zeros(count, bool)
    mask[:MAX_VERIFIED] = True
    rows = _rows_with_text("flat minima", mask, Words(), all_of_them)  # type: ignore[arg-type]
    assert rows.tolist() == list(range(MAX_VERIFIED))  # in their own order
    single = Store()
    assert _rows_with_text("minima", mask, Words(), single).size == MAX_VERIFIED  # type: ignore[arg-type]
    assert single.read == []  # the index knows


# ── what is shown ────────────────────────────────────────────────────────────────────────────────
def test_a_sentence_loses_with_every_character_beyond_two_hundred() -> None:
    marker = Marker({"rain": 3.0, "sea": 1.0}, ("the sea", "!"))
    assert marker.phrases == ["the sea"]
    text = "rain and the sea" + " x" * 592  # 1,200 characters
    places = marker.places(text)
    assert [term for _, _, term in places] == ["rain", "sea"]
    assert marker._value(text, (0, 16), places) == pytest.approx(2.0)
    assert marker._value(text, (0, 200), places) == pytest.approx(2.0)
    assert marker._value(text, (0, 700), places) == pytest.approx(2.0 / 1.5)
    assert marker._value(text, (0, 1200), places) == pytest.approx(1.0)
    assert marker._value(text, (1, 16), places) == pytest.approx(1.25)  # the rain begins before
    assert marker._value(text, (0, 8), places) == pytest.approx(0.75)
    assert Marker({})._value("x", (0, 1), []) == 0.0


@pytest.mark.parametrize(
    ("term", "spellings"),
    [
        ("flat", {"fl", "FL", "Fl"}),
        ("lie", {"li", "LI", "Li", "ly", "LY", "Ly"}),
        ("tyre", {"ty", "TY", "Ty", "ti", "TI", "Ti"}),
        ("a", {"a", "A", "ae", "AE", "Ae", "ai", "AI", "Ai", "aE", "ay", "AY", "Ay"}),
    ],
)
def test_a_word_may_begin_as_its_term_does_in_any_case(term: str, spellings: set[str]) -> None:
    assert spellings - {"aE", "ay", "AY", "Ay"} <= _beginnings([term])
    assert _beginnings([term]) <= spellings | {
        "aE",
        "aI",
        "ay",
        "AY",
        "Ay",
        "fL",
        "lI",
        "lY",
        "tY",
        "tI",
        "aY",
    }


def lines(*widths: float) -> tuple[tuple[int, float, float, float, float], ...]:
    return tuple((1, 10.0, 10.0 * n, 10.0 + width, 10.0 * n + 10) for n, width in enumerate(widths))


@pytest.mark.parametrize(
    ("widths", "start", "end", "shown"),
    [
        ((100, 100, 100, 100), 10, 11, [1]),
        ((100, 100, 100, 100), 9, 20, [1]),  # one of ten letters on a line is no part of it
        ((100, 100, 100, 100), 8, 20, [0, 1]),
        ((100, 100, 100, 100), 0, 39, [0, 1, 2, 3]),
        ((100, 100, 100, 100), 1, 40, [0, 1, 2, 3]),
        ((100, 100, 100, 100), 39, 40, [3]),
        ((100, 100, 100, 100), 40, 41, [3]),  # behind the end: the last
        ((100, 100, 100, 100), 9, 11, [0]),
        ((200, 100, 100), 10, 15, [0]),
        ((200, 100, 100), 21, 29, [1]),
        ((100, 100, 200), 21, 29, [2]),
        ((0, 100, 100, 100), 2, 5, [1]),
    ],
)
def test_a_line_holds_letters_in_proportion_to_its_width(
    widths: tuple[float, ...], start: int, end: int, shown: list[int]
) -> None:
    rects = lines(*widths)
    chunk = Chunk("s", 0, "x" * 40, page=1, rects=rects)
    if (start, end) == (9, 11):  # half on each side of a line's end: neither has more than half
        assert len(lines_of(chunk, start, end)) == 1
        return
    assert lines_of(chunk, start, end) == tuple(rects[n] for n in shown)


def test_a_marked_passage_has_its_reasons() -> None:
    text = "Nothing of it stands in here at all. The rain falls on the wide sea every day."
    chunk = Chunk("sha", 4, text, page=3, rects=lines(100, 100, 100, 100))
    hit = marked(Passage(7, "w", chunk), 2.5, 0.5, Marker({"rain": 1.0, "sea": 1.0}))
    assert (hit.row, hit.work, hit.score, hit.chunk, hit.similarity) == (7, "w", 2.5, chunk, 0.5)
    assert hit.words == ("rain", "sea")
    assert text[slice(*hit.sentence)] == "The rain falls on the wide sea every day."
    assert hit.page == 1
    assert hit.rects == chunk.rects[2:] or hit.rects == chunk.rects[1:]
    bare = marked(Passage(7, "w", replace(chunk, rects=())), 2.5, 0.5, Marker({"rain": 1.0}))
    assert (bare.page, bare.rects) == (3, ())
    plain = unmarked(Passage(7, "w", chunk))
    assert (plain.row, plain.work, plain.score, plain.page) == (7, "w", 0.0, 3)
    assert (plain.rects, plain.words, plain.sentence) == (chunk.rects, (), (0, 0))
    assert math.isnan(plain.similarity)


def test_the_share_of_terms_counts_their_rarity() -> None:
    hit = Hit(0, "w", 1.0, Chunk("s", 0, "x"), words=("Rains", "other"))
    assert term_coverage(hit, Marker({"rain": 3.0, "sea": 1.0})) == 0.75
    assert term_coverage(hit, Marker({"sea": 1.0})) == 0.0
    assert term_coverage(hit, Marker({})) == 0.0


class Store:
    """Passages that count how often they are read."""

    def __init__(self, texts: list[tuple[str, str]]) -> None:
        self.texts = texts
        self.read: list[list[int]] = []

    def passages(self, rows: Any) -> list[Passage]:
        self.read.append([int(row) for row in rows])
        return [passage(int(row), *self.texts[int(row) - 100]) for row in rows]


def presenter(texts: list[tuple[str, str]]) -> tuple[Store, HitPresenter]:
    store, count = Store(texts), len(texts)
    scores = np.arange(count, 0, -1, dtype=np.float32)
    cosines = np.linspace(0.9, 0.0, count, dtype=np.float32)
    rows = np.arange(100, 100 + count)
    return store, HitPresenter(store, rows, scores, cosines, Marker({"rain": 1.0}))


def test_passages_are_read_once_and_only_so_many_as_it_takes() -> None:
    texts = [("w", f"The rain of day number {n} falls on us all.") for n in range(8)]
    store, shown = presenter(texts)
    hits = shown.first(list(range(8)), 3)
    assert [hit.row for hit in hits] == [100, 101, 102]
    assert [hit.score for hit in hits] == [8, 7, 6]
    assert hits[1].similarity == pytest.approx(0.9 * 6 / 7)
    assert SPARE_PASSAGES == 2
    assert store.read == [[100, 101, 102, 103, 104]]
    assert next(iter(shown.hits([0]))) is hits[0]
    assert math.isnan(next(shown.hits([7])).similarity)  # a cosine of 0: it has no vector
    assert store.read[1:] == [[107]]
    assert shown.first([], 3) == []
    assert len(shown.first(list(range(8)), 20)) == 8


def test_what_repeats_a_better_passage_of_its_work_is_left_out_and_more_is_read() -> None:
    same = "The rain of the same day falls on us all."
    texts = [("w", same)] * 4 + [("v", same), ("w", "Another rain falls here on other days.")]
    store, shown = presenter(texts)
    assert [hit.row for hit in shown.first(list(range(6)), 3)] == [100, 104, 105]
    assert store.read == [[100, 101, 102, 103, 104], [105]]


def test_passages_of_notes_are_told_apart_by_their_note() -> None:
    seen = _Distinct()
    one = Hit(0, "", 1.0, Chunk("note:a", 0, "The rain falls."), sentence=(0, 15))
    assert seen.is_new(one)
    assert not seen.is_new(one)
    assert seen.is_new(replace(one, chunk=replace(one.chunk, source="note:b")))
    longer = replace(one, chunk=Chunk("note:a", 1, "See: The rain falls."), sentence=(0, 20))
    part = replace(one, sentence=(4, 8))
    assert not seen.is_new(longer)
    assert not seen.is_new(part)
    assert seen.is_new(replace(one, chunk=Chunk("note:a", 2, "Snow falls."), sentence=(0, 11)))


def test_works_are_made_when_first_looked_at() -> None:
    made: list[int] = []

    def make() -> list[Any]:
        made.append(1)
        return ["a", "b"]

    later = LazySequence(2, make)
    assert (len(later), made) == (2, [])
    assert (later[0], later[1], later[-1], later[:1]) == ("a", "b", "b", ("a",))
    assert made == [1]


def test_what_is_not_said_of_a_result_is_empty() -> None:
    query = Query("x")
    kinds = ("body", "abstract", "note", "figure", "table", "mark")
    assert query == Query("x", "", (), (), (), None, (), (), kinds, (), False, ())
    assert Results(query) == Results(query, (), (), True, "")
    assert Facts("a") == Facts("a", "", (), None, (), (), ())


# ── closeness ────────────────────────────────────────────────────────────────────────────────────
def searcher_over(vectors: Any) -> Searcher:
    class Words:
        works = np.arange(len(vectors))
        work_ids = tuple(str(n) for n in range(len(vectors)))

        def rows_of(self, **_: Any) -> Any:
            return np.ones(len(vectors), bool)

    return Searcher(FormulaEncoder(), ExactVectors(vectors), Words(), Store([]))  # type: ignore[arg-type]


def test_the_usual_cosine_is_that_of_two_different_passages() -> None:
    vectors = floats(1, 0, 0.6, 0.8, 0, 1).reshape(3, 2)
    assert searcher_over(vectors)._background_cosine == pytest.approx((0.6 + 0.8 + 0.0) / 3)
    assert searcher_over(vectors[:2])._background_cosine == pytest.approx(0.6)
    assert searcher_over(floats(1, 0, -1, 0).reshape(2, 2))._background_cosine == 0.0
    assert searcher_over(vectors[:1])._background_cosine == 0.0
    assert searcher_over(vectors[:0])._background_cosine == 0.0


@pytest.mark.parametrize(
    ("usual", "enough"),
    [
        (0.0, 0.35),
        (0.1, 0.415),
        (0.2, 0.46),  # never more than is close in any library
        (0.4, 0.46),
        (0.41, 0.6165),  # but for a model that crowds texts
        (0.8, 0.87),
    ],
)
def test_a_best_cosine_is_close_from_where_the_librarys_own_begin(
    usual: float, enough: float
) -> None:
    searcher = searcher_over(floats(1, 0).reshape(1, 2))
    searcher.__dict__["_background_cosine"] = usual
    assert searcher._is_near(enough + 1e-6)
    assert not searcher._is_near(enough - 1e-6)
    searcher.__dict__["_background_cosine"] = -5.0  # whatever is usual
    assert searcher._is_near(0.25)
    assert not searcher._is_near(0.2499)


def with_words(count: int) -> Hit:
    return Hit(0, "a", 1.0, Chunk("s", 0, "t"), words=tuple(f"word{i}" for i in range(count)))


@pytest.mark.parametrize(
    ("held", "of", "cosine", "covers"),
    [
        (3, 4, 0.0, True),
        (2, 3, 0.9, False),
        (7, 14, 0.9, False),  # half is enough only of many
        (8, 16, 0.0, True),
        (8, 17, 0.9, False),
        (1, 1, 0.0, True),
        (0, 1, 0.9, False),
    ],
)
def test_a_passage_is_close_by_words_where_it_holds_enough_of_them(
    held: int, of: int, cosine: float, covers: bool
) -> None:
    terms = {f"word{i}": 1.0 for i in range(of)}
    assert _covers_terms(with_words(held), Marker(terms), "en", cosine) is covers


def test_one_word_of_several_is_close_only_beside_some_meaning() -> None:
    terms = {"word0": 3.0, "word1": 1.0}
    assert _covers_terms(with_words(1), Marker(terms), "en", 0.25)
    assert not _covers_terms(with_words(1), Marker(terms), "en", 0.2499)
    assert _covers_terms(with_words(2), Marker(terms), "en", 0.0)


# ── searches ─────────────────────────────────────────────────────────────────────────────────────
WORDS = ["basalt", "lichen", "harbour", "saffron", "glacier", "turbine", "marble", "orchid"]


@pytest.fixture
def many(tmp_path: Any) -> Searcher:
    """Twelve works of three passages each; the last has a list of references."""
    rows = [
        passage(
            3 * n + k,
            f"w:{n:02}",
            f"Passage {k} of work number {n} tells of {WORDS[n % 8]} and {WORDS[(n + k) % 8]} words.",
            page=k + 1,
        )
        for n in range(12)
        for k in range(3)
    ]
    rows.append(passage(36, "w:11", "Doe, A. On granite. 1990.", "references"))
    facts = {f"w:{n:02}": Facts(f"w:{n:02}", f"Work {n}", (), 2000 + n % 3) for n in range(11)}
    return make_searcher(tmp_path, rows, facts)


def test_ten_passages_ten_works_and_three_passages_a_work_are_shown(many: Searcher) -> None:
    results = many.search("passage of work number words")
    assert len(results.hits) == len(results.works) == 10
    assert max(len(work.hits) for work in results.works) == 3
    assert len(many.search("passage", limit=40).works) == 12
    assert len(many.more_like(rows=[0]).hits) == 10
    assert len(many.rank_works("passage of work")) == 12
    assert len(many.locate("Passage of work number tells of words").hits) == 5
    assert len(many.search("year:2000..").works) == 10


def test_works_of_one_year_stand_in_the_order_of_their_ids(many: Searcher) -> None:
    works = [work.work for work in many.search("year:2000..", limit=20).works]
    assert works == sorted(works, key=lambda w: (-(2000 + int(w[2:]) % 3), w))
    listed = many.search("in:body", limit=20)
    assert listed.works[-1].work == "w:11"  # of no known year
    assert listed.works[-1].facts is None
    assert (listed.close, listed.message) == (True, "")


def test_works_by_words_are_best_first_and_of_equal_ones_the_first(many: Searcher) -> None:
    ranked = many.rank_works("basalt", 100, "keyword")
    whole = many.keywords.work_scores("basalt")
    expected = sorted(
        ((many.keywords.work_ids[n], float(s)) for n, s in enumerate(whole) if s > 0),
        key=lambda pair: (-pair[1], many.keywords.work_ids.index(pair[0])),
    )
    assert ranked == expected
    dense = many.rank_works("basalt glacier", 3, "dense")
    best = max(
        float(v)
        for v in many.vector_rows.array @ many.encoder.encode(["basalt glacier"])[0]  # type: ignore[attr-defined]
    )
    assert dense[0][1] == pytest.approx(best, abs=1e-5)
    assert len(dense) == 3


def test_a_works_title_puts_it_first_whatever_its_score(many: Searcher) -> None:
    ranked = many.search("work 7", limit=4).works
    assert ranked[0].work == "w:07"
    scores = [work.score for work in ranked[1:]]
    assert scores == sorted(scores, reverse=True)


def test_a_list_of_references_is_compared_by_its_words(many: Searcher) -> None:
    many.vector_rows.array[36] = 0.0  # type: ignore[attr-defined]
    results = many.more_like(rows=[36])
    assert results.hits
    assert "w:11" not in {hit.work for hit in results.hits}
    assert many.more_like(rows=[0, 3], works=["w:02"]).hits[0].work not in {"w:00", "w:01", "w:02"}


def test_nothing_else_in_the_library_is_said(tmp_path: Any) -> None:
    alone = make_searcher(tmp_path, [passage(0, "w:0", "Rain falls on the sea.")], {})
    assert alone.more_like(rows=[0]).message == "There is nothing else in the library."
    assert alone.more_like().message == "There is no text of these to compare with."
    near = alone.search("rain on the sea")
    assert (near.close, near.message) == (True, "")
    far = alone.search("zymurgy quokka")
    assert far.message == "Nothing in the library is close to this; these are the closest passages."
    assert far.close is False


def test_what_filters_leave_out_is_not_missing_in_the_library(tmp_path: Any) -> None:
    rows = [passage(0, "w:0", "Rain falls on the sea."), passage(1, "w:1", "Engines burn fuel.")]
    facts = {
        "w:0": Facts("w:0", "Rain", headings=(("Weather",),)),
        "w:1": Facts("w:1", "Engines", headings=(("Machines",),)),
    }
    two = make_searcher(tmp_path, rows, facts)
    within = two.search("rain on the sea heading:Machines")
    assert [hit.row for hit in within.hits] == [1]
    assert (within.close, within.message) == (True, CLOSER_OUTSIDE)
    far = two.search("zymurgy quokka heading:Machines")
    assert far.message.startswith("Nothing in the library is close")
    assert not two.search("rain on the sea heading:Weather").message


class Second:
    """A second stage that scores by the number of the work."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def score(self, query: str, texts: Any) -> list[float]:
        self.texts += texts
        return [float(plain_text(text).split()[5]) for text in texts]


def test_the_second_stage_decides_passages_and_works(many: Searcher) -> None:
    second = Second()
    results = replace(many, reranker=second).search("passage of work number words", limit=40)
    assert len(second.texts) == 36
    assert [hit.work for hit in results.hits[:3]] == ["w:11"] * 3
    assert [hit.score for hit in results.hits[:4]] == [11, 11, 11, 10]
    rows = [hit.row for hit in results.hits[:3]]
    assert rows == sorted(rows)
    assert [work.work for work in results.works] == [f"w:{n:02}" for n in range(11, -1, -1)]
    assert results.works[1].score == 10


def test_passages_that_the_second_stage_does_not_read_stay_behind(tmp_path: Any) -> None:
    rows = [passage(n, f"w:{n:02}", f"Passage 0 of work number {n} on rain.") for n in range(60)]
    second = Second()
    searcher = replace(make_searcher(tmp_path, rows, {}), reranker=second)
    results = searcher.search("rain", limit=60)
    assert len(second.texts) == 50
    scores = [hit.score for hit in results.hits]
    read = scores[:50]
    assert scores[50:] == [min(read) - 1 - n for n in range(50, 60)]
    assert searcher.more_like(rows=[0]).hits  # has no query for it to read
    assert len(second.texts) == 50


def test_a_forked_process_has_threads_of_its_own() -> None:
    threads = Threads(2, "tests")
    assert threads.each(lambda one, other: one + other, [1, 2], [3, 4]) == [4, 6]
    before = threads._pool
    threads.begin()  # as a forked process does
    assert threads._pool is not before
    assert threads.start(max, 1, 2).result() == 2
    before.shutdown()
    threads._pool.shutdown()


def test_threads_that_ask_for_more_of_the_same_do_it_themselves() -> None:
    threads = Threads(2, "tests")

    def add_up(*numbers: int) -> int:
        return sum(threads.each(lambda number: number + 1, numbers))

    asked = Thread(target=threads.each, args=(add_up, range(8), range(8)), daemon=True)
    asked.start()
    asked.join(60)
    assert not asked.is_alive()
    assert threads.each(add_up, [1, 2], [3, 4]) == [6, 8]
    threads._pool.shutdown()


# ── quotations ───────────────────────────────────────────────────────────────────────────────────
def at(ordinal: int, page: int, source: str = "s") -> Hit:
    return Hit(ordinal, "w", 1.0, Chunk(source, ordinal, "t"), page=page)


def test_overlapping_passages_show_a_place_once() -> None:
    hits = [at(3, 1), at(4, 1), at(4, 2), at(5, 1), at(2, 1), at(3, 1, "other"), at(1, 1)]
    assert _drop_overlaps(hits) == [hits[0], hits[2], hits[3], hits[5], hits[6]]
    assert _drop_overlaps([]) == []


def align(wanted: str, where: Passage) -> Hit | None:
    words = query_words(wanted)
    return _align(wanted, where, "en", Marker({w.name: 1.0 for w in words}, words=words))


def test_a_quotation_has_place_words_and_agreement() -> None:
    text = "It begins. The noise of small batches drives the iterate to wide and flat valleys. End."
    where = Passage(5, "w", Chunk("s", 0, text, page=9, rects=lines(100, 100, 100, 100)))
    quoted = plain_text("The noise of small batches drives the iterate")
    hit = align(quoted, where)
    assert hit is not None
    assert (hit.row, hit.work, hit.score) == (5, "w", 1.0)
    assert text[slice(*hit.sentence)] == "The noise of small batches drives the iterate"
    assert hit.words == ("noise", "small", "batches", "drives", "iterate")
    assert hit.page == 1
    assert hit.rects
    assert align(plain_text("End"), where).sentence == (len(text) - 4, len(text) - 1)  # type: ignore[union-attr]
    bare = align(quoted, replace(where, chunk=replace(where.chunk, rects=())))
    assert bare is not None
    assert (bare.page, bare.rects) == (9, ())
    assert align(quoted, replace(where, chunk=Chunk("s", 0, ""))) is None


LETTERS = string.ascii_lowercase + string.digits


@pytest.mark.parametrize(
    ("wanted", "letters", "found"),
    [
        ("a" * 30, "a" * 30, True),
        ("a" * 30, "a" * 24, True),  # eight tenths of its letters are there
        ("a" * 30, "a" * 23, False),
        (LETTERS[:36], LETTERS[:26], True),  # 72.2 percent
        (LETTERS[:36], LETTERS[:25], False),
        (LETTERS[:30], LETTERS[:22], True),
        (LETTERS[:29], LETTERS[:27], True),  # fewer than thirty need nine tenths
        (LETTERS[:29], LETTERS[:26], False),
    ],
)
def test_how_far_a_quotation_may_differ(wanted: str, letters: str, found: bool) -> None:
    around = "ж" * 20 if letters[1] == "b" else ""
    hit = align(wanted, Passage(0, "w", Chunk("s", 0, f"{around}{letters}{around}")))
    assert (hit is not None) is found


def test_a_short_quotation_that_agrees_nowhere_is_not_looked_for_in_halves(tmp_path: Any) -> None:
    one = "Hail on the windows of the northern harbour is a noise that keeps me up."
    two = "Basalt columns of the island stand in the sea like organ pipes of stone."
    rows = [passage(0, "w:0", one), passage(1, "w:1", two)]
    searcher = make_searcher(tmp_path, rows, {})
    long = searcher.locate(f"{one} {two}")
    assert {hit.row for hit in long.hits} == {0, 1}
    short = " ".join(one.split()[:9] + two.split()[:9])
    assert len(short) < 120
    assert searcher.locate(short).hits == ()


def test_what_is_compared_of_a_quotation_ends_at_three_thousand_characters(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Hail on the windows of the northern harbour is a noise that keeps me up."
    searcher = make_searcher(tmp_path, [passage(0, "w:0", text)], {})
    blanks = " " * (3000 - len(text))
    assert searcher.locate(text + blanks + " other words entirely" * 9).hits[0].score == 1.0
    asked: list[Question] = []

    def find(part: LocalPart, permission: Permission, question: Question) -> Found:
        asked.append(question)
        return whole(part, permission, question)

    whole = LocalPart.find
    monkeypatch.setattr(LocalPart, "find", find)
    assert searcher.locate(text).hits
    assert [(q.by_meaning, q.by_words) for q in asked] == [(20, 60)]


def test_identifiers_alone_are_looked_up_and_else_searched_for_in_every_kind(tmp_path: Any) -> None:
    rows = [
        passage(0, "doi:10.1000/a", "Rain falls on the sea and the wide land."),
        passage(1, "w:1", "As 10.1000/zz1 shows, it rains.", "references"),
        passage(2, "w:2", "As 10.1000/zz1 shows, it snows.", "note"),
    ]
    facts = {
        "doi:10.1000/a": Facts("doi:10.1000/a", "Rain"),
        "w:9": Facts("w:9", "Nowhere", ids=("doi:10.1000/zz1", "doi:10.1000/zz2")),
    }
    searcher = make_searcher(tmp_path, rows, facts)
    here = searcher.search("10.1000/a")
    assert ([hit.row for hit in here.hits], here.message, here.close) == ([0], "", True)
    known = searcher.search("doi:10.1000/zz1")
    assert {hit.row for hit in known.hits} == {1, 2}
    assert known.message == (
        "doi:10.1000/zz1 is known, but has no text here; these passages name it."
    )
    silent = searcher.search("10.1000/zz2")
    assert silent.message == "doi:10.1000/zz2 is known, but has no text here, and no text names it."
    assert silent.close is False
    assert parse_query("10.1000/zz2").only_ids
