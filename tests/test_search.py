"""Search: what a query says, what comes back and why, bad input."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.errors import SearchError
from litmap.models import Chunk, Hit
from litmap.parsing.terms import find_words, index_terms
from litmap.search import Facts, Searcher, Weights, matching_works, parse_query
from litmap.search.candidates import BackgroundSample, Evidence, work_scores
from litmap.search.highlighting import (
    Marker,
    _occurrences,
    hit_words,
    lines_of,
    marks,
    sentences,
)
from litmap.search.query import _split_identifiers
from litmap.search.quotations import _halves
from litmap.search.ranking import (
    Scale,
    best_three,
    first_of_each,
    highest,
    hubness,
    similarity_matrix,
    smooth,
)
from litmap.search.searching import _covers_terms
from tests.search_parts import make_searcher, passage
from tests.waiting import until

FACTS = {
    "arxiv:1609.04836": Facts(
        "arxiv:1609.04836",
        "On Large-Batch Training",
        ("Nitish Shirish Keskar", "Jorge Nocedal"),
        2016,
        ("arxiv:1609.04836", "doi:10.1000/keskar"),
        (("Optimisation", "Loss surfaces"),),
        ("notes/reading.md",),
    ),
    "arxiv:1712.09913": Facts(
        "arxiv:1712.09913",
        "Visualizing the Loss Landscape",
        ("Hao Li",),
        2017,
        (),
        (("Loss surfaces",),),
        ("b.org",),
        "Advances in Neural Information Processing Systems",
    ),
    "doi:10.1/cars": Facts(
        "doi:10.1/cars",
        "Self-driving",
        ("Ada Motor",),
        1999,
        (),
        (("Elsewhere",),),
        ("b.org",),
        status="metadata-only",
        state="to read",
        is_important=True,
        tags=("Traffic/roads", "deep learning"),
    ),
}
TEXTS = [
    (
        "arxiv:1609.04836",
        "Large batches converge to sharp minima. Sharp minima generalise worse than flat ones.",
        "body",
    ),
    (
        "arxiv:1609.04836",
        "The noise of small batches drives the iterate to flat minima, it is believed.",
        "body",
    ),
    (
        "arxiv:1609.04836",
        "Keskar et al. Hochreiter, Flat minima, 1997. Neyshabur. Bottou.",
        "references",
    ),
    (
        "arxiv:1712.09913",
        "Skip connections smooth the surface of the loss, plots along random directions show.",
        "body",
    ),
    (
        "arxiv:1712.09913",
        "Filter normalised directions compare sharpness between networks.",
        "body",
    ),
    ("doi:10.1/cars", "The automobile steers itself with a camera.", "body"),
    ("", "I doubt that flat minima matter: rescaling changes sharpness.", "note"),
]


@pytest.fixture
def searcher(tmp_path: Path) -> Searcher:
    rows = [
        passage(
            i,
            work,
            text,
            kind,
            page=0 if kind == "note" else i + 1,
            source="note:notes/mine.md" if not work else "",
        )
        for i, (work, text, kind) in enumerate(TEXTS)
    ]
    return make_searcher(tmp_path, rows, FACTS)


# ── queries ───────────────────────────────────────────────────────────────────────────────────────
def test_a_query_is_taken_apart() -> None:
    query = parse_query(
        'sharp “flat minima” -dropout author:keskar year:2015..2018 heading:"Loss surfaces" '
        "note:b.org"
    )
    assert query.text == "sharp flat minima"
    assert query.phrases == ("flat minima",)
    assert query.without == ("dropout",)
    assert query.authors == ("keskar",)
    assert query.years == (2015, 2018)
    assert query.headings == ("Loss surfaces",)
    assert query.notes == ("b.org",)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("year:2016", (2016, 2016)),
        ("year:2015..", (2015, None)),
        ("year:..2018", (None, 2018)),
        ("year:2015-2018", (2015, 2018)),
    ],
)
def test_years(text: str, years: tuple[int | None, int | None]) -> None:
    assert parse_query(text).years == years


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "…!?",
        '"',
        '""',
        "-minima",
        "year:20",
        "year:2018..2015",
        "author:",
        "in:cellar",
        "x " * 50_000,
        "\x00\x07",
    ],
)
def test_what_cannot_be_answered_says_so(text: str) -> None:
    with pytest.raises(SearchError) as caught:
        parse_query(text)
    assert len(caught.value.message) > 10


def test_an_unbalanced_quotation_mark_is_remarked() -> None:
    query = parse_query('flat "minima')
    assert query.text == "flat minima"
    assert query.phrases == ()
    assert query.remarks


def test_typographic_quotes_in_a_pasted_sentence_are_its_own() -> None:
    text = (
        "It measures how well we can “recogniz” the input given the output of the whole algorithm"
    )
    assert parse_query(text).phrases == ()
    assert parse_query(text.replace("“", '"').replace("”", '"')).phrases == ("recogniz",)


def test_a_pasted_passage_has_no_syntax() -> None:
    text = 'He said: "note: this -is- a year:of" ' + "word " * 60
    query = parse_query(text)
    assert not query.phrases and not query.without and not query.notes


@pytest.mark.parametrize(
    "text",
    ["arXiv:1609.04836v2", "1609.04836", "https://arxiv.org/abs/1609.04836", "10.1000/keskar"],
)
def test_identifiers_are_known(searcher: Searcher, text: str) -> None:
    results = searcher.search(text)
    assert [w.work for w in results.works] == ["arxiv:1609.04836"]
    assert results.close


def test_an_unknown_identifier_is_said_to_be_unknown(searcher: Searcher) -> None:
    results = searcher.search("arXiv:2001.00001")
    assert not results.hits
    assert "not in the library" in results.message


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_a_query_or_a_clear_error(text: str) -> None:
    try:
        query = parse_query(text)
    except SearchError as error:
        assert error.message
    else:
        assert query.text or query.filters_works or query.kinds
        matching_works(query, FACTS.values())


# ── results ───────────────────────────────────────────────────────────────────────────────────────
def test_meaning_and_words_find_the_passage(searcher: Searcher) -> None:
    results = searcher.search("sharp minima generalise")
    assert results.hits[0].row == 0
    assert results.hits[0].page == 1
    assert set(results.hits[0].words) >= {"sharp", "minima", "generalise"}
    assert results.works[0].work == "arxiv:1609.04836"
    assert results.works[0].facts is FACTS["arxiv:1609.04836"]


def test_meaning_alone_finds_it_too(searcher: Searcher) -> None:
    hit = searcher.search("vehicle").hits[0]
    assert hit.row == 5
    assert hit.words == ()
    assert hit.similarity > 0.3


def test_the_best_sentence_is_marked_with_its_lines(searcher: Searcher) -> None:
    hit = searcher.search("generalise worse than flat").hits[0]
    assert hit.chunk.text[slice(*hit.sentence)] == "Sharp minima generalise worse than flat ones."
    assert set(hit.rects) <= set(hit.chunk.rects)
    assert hit.rects


def test_phrases_are_exact_and_exclusions_hold(searcher: Searcher) -> None:
    assert {h.row for h in searcher.search('"flat minima"').hits} == {1, 6}
    assert {h.row for h in searcher.search("minima -sharp", limit=50).hits}.isdisjoint({0})
    assert {h.row for h in searcher.search('minima -"flat minima"', limit=50).hits}.isdisjoint(
        {1, 6}
    )
    nothing = searcher.search('"minima flat"')
    assert not nothing.hits
    assert "minima flat" in nothing.message


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("loss author:li", {3, 4}),
        ("minima author:'nobody'", set()),
        ("sharp year:2016", {0, 1}),
        ('sharpness heading:"loss surfaces"', {0, 1, 3, 4}),
        ("sharpness note:reading", {0, 1}),
        ('loss venue:"neural information"', {3, 4}),
        ("loss venue:nature", set()),
        ("sharpness lang:en year:2016", {0, 1}),
        ("sharpness lang:de", set()),
        ("camera tag:traffic", {5}),
        ("camera tag:#traffic/Roads is:important is:toread", {5}),
        ('camera tag:"deep learning" is:read is:to-read', {5}),
        ("sharpness tag:traf", set()),
        ("sharpness is:reading", set()),
        ("camera status:metadata-only", {5}),
        ("sharpness status:fetched tag:traffic", set()),
        ("is:important", {5}),
        ("flat in:references", {2}),
        ("flat in:notes", {6}),
        ("author:keskar year:2016", {0}),
    ],
)
def test_filters_act_inside_the_search(searcher: Searcher, text: str, rows: set[int]) -> None:
    results = searcher.search(text, limit=50)
    assert {h.row for h in results.hits} == rows
    assert bool(results.message) == (not rows)


def test_reference_lists_are_left_out_unless_asked_for(searcher: Searcher) -> None:
    assert all(
        h.chunk.kind != "references"
        for h in searcher.search("Hochreiter flat minima 1997", limit=50).hits
    )


def test_notes_are_results(searcher: Searcher) -> None:
    results = searcher.search("does rescaling change sharpness")
    assert results.hits[0].chunk.kind == "note"
    assert results.works[0].work == "note:notes/mine.md"


def test_a_title_finds_its_work(searcher: Searcher) -> None:
    assert searcher.search("Visualizing the loss landscape").works[0].work == "arxiv:1712.09913"


def test_nothing_close_is_said(searcher: Searcher) -> None:
    results = searcher.search("zymurgy quokka")
    assert not results.close
    assert results.message


def test_alikeness_is_the_product_of_all_with_all() -> None:
    vectors = np.random.default_rng(0).standard_normal((101, 384)).astype(np.float32)
    assert np.allclose(similarity_matrix(vectors, vectors), vectors @ vectors.T, atol=1e-3)
    assert np.allclose(
        similarity_matrix(vectors, vectors[:77]), vectors @ vectors[:77].T, atol=1e-3
    )
    assert similarity_matrix(vectors[:0], vectors[:0]).shape == (0, 0)
    assert similarity_matrix(vectors, vectors[:0]).shape == (101, 0)


def test_one_common_word_of_several_is_not_close(tmp_path: Path) -> None:
    texts = [
        f"{a} {b} gradients anneal"
        for a in ("noise", "sharp", "flat", "wide")
        for b in ("rates", "minima")
    ]
    passages = [
        passage(row, f"arxiv:{row}", text)
        for row, text in enumerate([*texts, "coriander of norms"])
    ]
    own = make_searcher(tmp_path, passages, {})
    assert own.search("coriander").close  # word for word
    assert own.search("flat minima").close
    off = own.search("recipe for lentil soup with wide")
    assert not off.close
    assert off.message
    assert off.hits


def test_one_word_of_several_needs_meaning_beside_it() -> None:
    hit = Hit(0, "arxiv:1", 1.0, Chunk("s", 0, "coriander"), words=("coriander",))
    two = replace(hit, words=("coriander", "soup"))
    terms = {"coriand": 9.0, "soup": 1.0}
    assert not _covers_terms(hit, Marker(terms), "en", 0.08)
    assert _covers_terms(hit, Marker(terms), "en", 0.3)
    assert _covers_terms(two, Marker(terms), "en", 0.08)
    assert _covers_terms(hit, Marker({"coriand": 9.0}), "en", 0.08)


def test_one_passage_alone_can_be_close(tmp_path: Path) -> None:
    own = make_searcher(tmp_path, [passage(0, "arxiv:1", "vehicle engines run on diesel fuel")], {})
    assert own.search("car engines on diesel or petrol").close
    assert not own.search("lentil soup").close


def test_a_long_text_with_typos_is_close_by_its_many_words() -> None:
    terms = dict.fromkeys([f"word{i}" for i in range(10)], 1.0) | {"tpyo": 3.0, "mispelt": 3.0}
    hit = Hit(0, "a", 1.0, Chunk("s", 0, "text"), words=tuple(f"word{i}" for i in range(9)))
    assert _covers_terms(hit, Marker(terms), "en", 0.4)
    assert not _covers_terms(hit, Marker(terms | {"other": 3.0}), "en", 0.4)


def test_closeness_by_cosine(tmp_path: Path) -> None:
    """Much alike passages ask for no more than is usual among close ones; a model that crowds texts
    asks for more.
    """
    far = make_searcher(
        tmp_path, [passage(0, "arxiv:1", "norms"), passage(1, "arxiv:2", "minima")], {}
    )
    for background, near, not_near in ((0.0, 0.36, 0.34), (0.33, 0.47, 0.45), (0.7, 0.81, 0.79)):
        far.__dict__["_background_cosine"] = background
        assert far._is_near(near)
        assert not far._is_near(not_near)


def test_works_are_read_only_when_looked_at(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    stored = searcher.passage_rows
    original = stored.passages

    def counted(rows: Any) -> Any:
        read.extend(int(row) for row in rows)
        return original(rows)

    monkeypatch.setattr(stored, "passages", counted)
    results = searcher.search("sharp minima", limit=1)
    before = len(read)
    assert before <= 3
    assert len(results.works) == 1
    assert len(read) == before
    assert results.works[0].hits
    assert len(read) == len(set(read))


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_forked_process_searches_too(searcher: Searcher) -> None:
    """Threads that an earlier search began are not there after a fork, and must not be waited
    for.
    """
    assert searcher.search("flat minima").hits
    child = os.fork()
    if child == 0:
        os._exit(0 if searcher.search("flat minima").hits else 1)
    status = [0, 0]

    def has_ended() -> bool:
        status[:] = os.waitpid(child, os.WNOHANG)
        return status[0] == child

    try:
        until(has_ended)
    finally:
        if not status[0]:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status[1]) == 0


def test_more_like_this(searcher: Searcher) -> None:
    by_row = searcher.more_like(rows=[0])
    assert by_row.hits
    assert all(h.work != "arxiv:1609.04836" for h in by_row.hits)
    by_work = searcher.more_like(works=["arxiv:1712.09913", "doi:10.1/cars"])
    assert {w.work for w in by_work.works} <= {"arxiv:1609.04836", "note:notes/mine.md"}
    assert searcher.more_like(works=["nobody"]).message


@pytest.mark.parametrize(
    "quotation",
    [
        "The noise of small batches drives the iterate to flat minima",
        "the niose of smal batches\ndrives the iter-\nate to flat minma",
        "THE NOISE OF SMALL BATCHES … drives the iterate",
    ],
)
def test_where_is_this_from(searcher: Searcher, quotation: str) -> None:
    results = searcher.locate(quotation)
    assert results.hits[0].row == 1
    assert results.hits[0].page == 2
    assert results.hits[0].score > 0.8


def test_a_quotation_from_elsewhere_is_not_found(searcher: Searcher) -> None:
    results = searcher.locate(
        "Call me Ishmael. Some years ago, never mind how long precisely, having little money"
    )
    assert not results.hits
    assert results.message
    with pytest.raises(SearchError):
        searcher.locate("—")


def test_a_quotation_across_two_passages_is_found(searcher: Searcher) -> None:
    text = TEXTS[0][1] + " " + TEXTS[1][1]
    assert searcher.locate(text).hits[0].work == "arxiv:1609.04836"


@pytest.mark.parametrize(
    "text",
    [
        "深層学習 一般化",
        "обобщение",
        "\ud800 minima",
        "a" * 5000,
        "minima\x00\x1b[31m",
        "<script>",
        "%s {0}",
    ],
)
def test_odd_queries_have_answers(searcher: Searcher, text: str) -> None:
    results = searcher.search(text)
    assert results.hits or results.message


def test_overlapping_passages_are_shown_once(tmp_path: Path) -> None:
    shared = "Gradient noise scales with the learning rate over the batch size."
    rows = [
        passage(0, "w", f"First things come first. {shared}"),
        passage(1, "w", f"{shared} Then come other things."),
    ]
    searcher = make_searcher(tmp_path, rows, {"w": Facts("w", "Noise")})
    assert len(searcher.search("gradient noise learning rate batch size").hits) == 1


def test_threads_share_a_searcher(searcher: Searcher) -> None:
    queries = [
        "sharp minima",
        "automobile",
        '"flat minima"',
        "loss surface",
        "author:li directions",
    ] * 4
    expected = [[h.row for h in searcher.search(q).hits] for q in queries]
    found: list[list[int] | None] = [None] * len(queries)

    def ask(i: int) -> None:
        found[i] = [h.row for h in searcher.search(queries[i]).hits]

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(len(queries))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected


class Reverse:
    """A second stage that prefers passages by a word of its own."""

    def score(self, query: str, texts: list[str]) -> list[float]:
        return [float("random directions" in text) for text in texts]


def test_a_second_stage_orders_the_best_anew(searcher: Searcher) -> None:
    assert searcher.search("sharp minima").hits[0].row != 3
    results = replace(searcher, reranker=Reverse()).search("sharp minima")
    assert results.hits[0].row == 3
    assert results.works[0].work == "arxiv:1712.09913"


# ── quoting ───────────────────────────────────────────────────────────────────────────────────────
def test_sentences_do_not_end_at_abbreviations() -> None:
    text = (
        "As Keskar et al. (2016) show in Fig. 2, i.e. for large batches, minima are sharp. J. "
        "Nocedal agrees. 深い。"
    )
    found = [text[a:b] for a, b in sentences(text)]
    assert found[0].startswith("As Keskar") and found[0].endswith("sharp.")
    assert found[1].startswith("J. Nocedal")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_sentences_cover_all_words(text: str) -> None:
    spans = sentences(text)
    assert all(a < b for a, b in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())


def test_words_that_hit_are_shown_as_written() -> None:
    text = "Generalisation and generalising, Sharp!"
    marker = Marker({"generalis": 2.0, "sharp": 1.0})
    assert hit_words(text, marker.places(text)) == ("Generalisation", "Sharp")
    assert [text[a:b] for a, b in marks(text, {"sharp"})] == ["Sharp"]
    assert marker.best_sentence("", []) == (0, 0)


def test_the_best_sentence_does_not_depend_on_the_order_of_sets() -> None:
    code = """
from litmap.search.highlighting import Marker
marker = Marker({"sharp": 0.6, "flat": 0.1, "minima": 0.2, "batch": 0.3})
text = "Sharp valleys were seen in every run. Flat and minima go with a batch of any size."
print(marker.best_sentence(text, marker.places(text)))
"""
    quoted = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "9")
    }
    assert quoted == {"(0, 37)\n"}


def test_lines_of_a_sentence_are_those_where_it_stands() -> None:
    text = "a" * 100 + "b" * 50 + "c" * 100
    rects = tuple((1, 72.0, 10.0 * i, 272.0, 10.0 * i + 8) for i in range(5))
    chunk = Chunk("s", 0, text, page=1, rects=rects)
    assert lines_of(chunk, 100, 150) == (rects[2],)
    assert lines_of(chunk, 0, 250) == rects


# ── ranking ───────────────────────────────────────────────────────────────────────────────────────
def test_best_of_groups_come_best_first_and_short_ones_are_not_held_back() -> None:
    groups = np.array([3, 1, 3, 1, 7], np.int64)
    scores = np.array([1.0, 4.0, 3.0, 2.0, 5.0], np.float32)
    own, best = best_three(groups, scores)
    assert own.tolist() == [1, 3, 7]
    assert best.tolist() == [[4.0, 2.0, 2.0], [3.0, 1.0, 1.0], [5.0, 5.0, 5.0]]
    assert first_of_each(groups, scores).tolist() == [1, 2, 4]


def test_an_abstract_is_worth_its_best_passage_a_long_work_its_best_three() -> None:
    class NoVectors:
        def vectors(self, rows: Any) -> Any:
            return np.zeros((len(rows), 2), np.float32)

    works = np.array([0, 0, 1, 1, 1, 2, 2, 2])
    meaning = np.array([3, 0, 3, 3, 3, 3, 0, 0], np.float32)
    nothing = np.zeros(8, np.float32)
    background = BackgroundSample(np.zeros((0, 2), np.float32), np.zeros(0, np.int64))
    found = Evidence(
        np.arange(8),
        works,
        meaning,
        meaning,
        nothing,
        nothing,
        np.array([2, 30, 30])[works],
        Scale(),
        NoVectors(),
        background,
    )
    own, scores = work_scores(found, Weights(meaning=1.0, others=0.2))
    assert own.tolist() == [0, 1, 2]
    assert np.allclose(scores, [3 - 0.2 * 0.1 * 3, 3, 3 - 0.2 * 3])


def test_hubness_is_nearness_to_other_works_alone() -> None:
    vectors = np.array([[1, 0], [0, 1]], np.float32)
    others = np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32)
    crowd = hubness(vectors, np.array([0, 1]), others, np.array([0, 5, 6]), count=1)
    assert np.allclose(crowd, [0.6, 1.0])
    assert hubness(vectors, np.array([0, 0]), others[:1], np.array([0])).tolist() == [0.0, 0.0]
    assert hubness(vectors[:0], np.array([], int), others, np.array([0, 5, 6])).size == 0
    assert hubness(vectors, np.array([0, 1]), others[:0], np.array([], int)).tolist() == [0.0, 0.0]


def test_smoothing_lifts_what_resembles_the_good() -> None:
    vectors = np.array([[1, 0], [1, 0], [0.99, 0.14], [0, 1], [0, 1]], np.float32)
    scores = np.array([5.0, 4.0, 0.0, 0.0, 0.0], np.float32)
    smoothed = smooth(scores, vectors, 0.5, 2)
    assert smoothed[2] > smoothed[3]
    assert smooth(scores, vectors, 0.0, 2) is scores


def test_a_flat_score_says_nothing() -> None:
    flat = np.ones(5, np.float32)
    assert Scale.of(flat).apply(flat).tolist() == [0.0] * 5


@pytest.mark.parametrize("k", [0, 1, 7, 300])
@pytest.mark.parametrize("levels", [3, 50, 10**6])
def test_the_highest_are_all_found_and_of_equal_ones_the_first(k: int, levels: int) -> None:
    scores = np.random.default_rng(k).integers(-levels, levels, 5000).astype(np.float32)
    order = sorted(range(5000), key=lambda i: (-scores[i], i))
    assert highest(scores, k).tolist() == sorted(i for i in order[:k] if scores[i] > 0)
    assert highest(scores[:0], k).size == 0
    assert highest(np.full(20, 2, np.float32), 3).tolist() == [0, 1, 2]


def test_marking_finds_what_reading_word_by_word_finds() -> None:
    text = (
        "Lying and tied, she naïvely lied_about ﬁnite Networks: net-works, networked; X's Élan, "
        "élan. "
        "Dying dies. Network2 networks"
    )
    for query in ("lie network", "die finite elan naive", "x tie work network2", "y i"):
        terms = dict.fromkeys(index_terms(query), 1.0)
        for own in (text, text.encode("ascii", "ignore").decode()):
            found = [(w.start, w.end, w.term) for w in find_words(own) if w.term in terms]
            assert Marker(terms).places(own) == found


# ── named decisions ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "ids", "remainder"),
    [
        ("flat minima", [], "flat minima"),
        ("arxiv:1609.04836", ["arxiv:1609.04836"], ""),
        ("sharp minima 10.1000/xyz123", ["doi:10.1000/xyz123"], "sharp minima "),
    ],
)
def test_identifiers_are_split_from_a_query(text: str, ids: list[str], remainder: str) -> None:
    assert _split_identifiers(text) == (ids, remainder)


@pytest.mark.parametrize(
    ("text", "halves"),
    [
        ("one two three", ("one two", "three")),
        ("abcdef", ("abc", "def")),
        ("a longwordwithoutend", ("a longword", "withoutend")),
    ],
)
def test_a_quotation_is_parted_at_the_blank_behind_its_middle(
    text: str, halves: tuple[str, str]
) -> None:
    assert _halves(text) == halves


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("flat, flatter flat", [(0, 4), (14, 18)]),
        ("aflat", []),
        ("", []),
    ],
)
def test_a_word_stands_by_itself(text: str, places: list[tuple[int, int]]) -> None:
    assert list(_occurrences("flat", text)) == places
