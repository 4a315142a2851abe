"""What a query means, what filters let through, what is shown of a passage: each rule of `search`
at its edge.
"""

import math

import numpy as np
import pytest

from litmap.catalogue import ReadingState
from litmap.errors import SearchError
from litmap.models import Chunk
from litmap.search import Facts, matching_works, parse_query
from litmap.search.candidates import embed_query, unit_mean
from litmap.search.filters import allowed_rows, describe
from litmap.search.highlighting import Marker, hit_words, lines_of, marks, sentences
from litmap.search.query import DEFAULT_KINDS, MAX_QUERY_LENGTH, STATES, STATUSES
from litmap.search.ranking import Scale, best_three, first_of_each, highest, smooth
from litmap.ui import formatting
from tests.search_parts import FormulaEncoder, make_searcher, passage

FACTS = {
    "doi:10.1/a": Facts(
        "doi:10.1/a", "Flat Minima", ("Ada B. Marwick", "Li Wei"), 2000, ("doi:10.1/a", "arxiv:1611.03530"),
        (("Optimisation", "Loss surfaces"),), ("notes/one.md",),
    ),
    "doi:10.1/b": Facts("doi:10.1/b", "Sparse Graphs", ("Bo Berg",), 2005, (), (("Graphs",),), ("two.md",)),
    "doi:10.1/c": Facts("doi:10.1/c", "Old Rain", ("Cy Marwick",), None, (), (), ("two.md",)),
}  # fmt: skip
TEXTS = [
    (
        "doi:10.1/a",
        "Flat minima of the loss generalise. Sharp ones of the loss do not, it is said.",
        "body",
    ),
    ("doi:10.1/a", "The noise of small batches drives the iterate to flat valleys.", "abstract"),
    ("doi:10.1/a", "Hochreiter, Flat minima, 1997. Berg 10.9999/unknown.", "references"),
    (
        "doi:10.1/b",
        "Sparse graphs grow by local rules, and lattices are gardens of graphs.",
        "body",
    ),
    ("doi:10.1/b", "A second passage about the gardens of lattices and their graphs.", "body"),
    ("doi:10.1/c", "Rain falls on the basalt and rivers flow to the sea below.", "body"),
    ("", "I doubt that minima matter when rain falls.", "note"),
]


@pytest.fixture
def searcher(tmp_path):
    rows = [
        passage(n, work, text, kind, page=0 if kind == "note" else n + 1, source="" if work else "note:notes/mine.md")
        for n, (work, text, kind) in enumerate(TEXTS)
    ]  # fmt: skip
    return make_searcher(tmp_path, rows, FACTS)


# ── queries ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ('"flat minima" loss', "phrases", ("flat minima",)),
        ('"flat minima" loss', "text", "flat minima loss"),
        ('loss -"flat minima"', "without", ("flat minima",)),
        ('loss -"flat minima"', "text", "loss"),
        ("loss -rain -sea", "without", ("rain", "sea")),
        ("loss - rain", "without", ()),
        ("loss - rain", "text", "loss - rain"),
        ("well-known loss", "without", ()),
        ('loss "" rain', "phrases", ()),
        ('loss -"!" rain', "without", ()),
        ("author:marwick author:berg", "authors", ("marwick", "berg")),
        ('author:"ada marwick" x', "authors", ("ada marwick",)),
        ('note:"my note.md" x', "notes", ("my note.md",)),
        ('heading:"Loss surfaces" x', "headings", ("Loss surfaces",)),
        ('venue:"Neural Computation" x', "venues", ("Neural Computation",)),
        ("lang:DE x", "languages", ("de",)),
        ("tag:#fluids x", "tags", ("fluids",)),
        ("is:ToRead is:read x", "states", ("to read", "read")),
        ("is:important x", "only_important", True),
        ("status:Not_Found x", "statuses", ("not-found",)),
        ("colour:red x", "text", "colour:red x"),
        ('colour:"deep red" x', "phrases", ("deep red",)),
        ("x", "kinds", DEFAULT_KINDS),
        ("x in:notes", "kinds", ("note",)),
        ("x in:NOTES in:body in:text", "kinds", ("note", "body")),
        ("x in:references", "kinds", ("references",)),
        ("x year:2001", "years", (2001, 2001)),
        ("x year:2001..2001", "years", (2001, 2001)),
        ("x year:2001...2003", "years", (2001, 2003)),
        ("x year:–2003", "years", (None, 2003)),
        ("arXiv:1611.03530 on loss", "ids", ("arxiv:1611.03530",)),
        ("arXiv:1611.03530 on loss", "only_ids", False),
        ("doi: 10.1234/ab", "only_ids", True),
        ("arXiv:1611.03530 and arXiv:1611.03530", "ids", ("arxiv:1611.03530",)),
        ("HAL:hal-012", "ids", ("hal:hal-012",)),
        ("loss surfaces", "only_ids", False),
        ("  loss  ", "raw", "loss"),
        ("lo\x00ss", "text", "lo ss"),
        ('one "two', "text", "one two"),
    ],
)
def test_a_part_of_a_query_means(text, field, value):
    assert getattr(parse_query(text), field) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("year:2004..2003", "after the last"),
        ("year:..", "write year:2016"),
        ("year:20016", "write year:2016"),
        ("author:", "author:hinton"),
        ("heading: x", "Loss surfaces"),
        ("note:", "note:reading.md"),
        ("in:", "in:references"),
        ("year:", "2015..2018"),
        ("-author:x y", "leave the minus out"),
        ("-rain", "what to leave out"),
        ("!?", "no word in the query"),
        ("", "query is empty"),
        ("in:cellar x", "unknown place 'cellar'"),
        ("is:good x", "unknown label 'good'"),
        ("status:lost x", "unknown status 'lost'"),
        ("tag:# x", "names no tag"),
        ("tag: x", "such as tag:fluids"),
        ("-is:read x", "cannot be turned round"),
        ("x" * (MAX_QUERY_LENGTH + 1), "20,001 characters"),
    ],
)
def test_a_query_that_cannot_be_answered_says_why(text, message):
    with pytest.raises(SearchError) as caught:
        parse_query(text)
    assert message in caught.value.message


def test_the_length_of_a_query_decides_what_is_syntax():
    assert parse_query("x" * MAX_QUERY_LENGTH).text
    words = " ".join(f"w{n}" for n in range(38))
    assert parse_query(f'{words} "two more"').phrases == ("two more",)
    assert parse_query(f'{words} "two more" words').phrases == ()
    assert '"' not in parse_query(f'{words} "two more" words').text
    few = " ".join(f"w{n}" for n in range(10))
    assert parse_query(f"{few} “two more”").phrases == ("two more",)
    assert parse_query(f"{few} and “two more”").phrases == ()
    assert parse_query('one "two').remarks
    assert not parse_query('one "two"').remarks


@pytest.mark.parametrize("text", ["author:x", "year:2001", "heading:x", "note:x"])
def test_a_filter_alone_is_a_query(text):
    query = parse_query(text)
    assert query.filters_works
    assert query.text == ""
    assert not parse_query("in:notes").filters_works


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("author:marwick", "ac"),
        ('author:"ada marwick"', "a"),
        ('author:"a marw"', "a"),
        ('author:"li marwick"', ""),
        ("author:arwick", ""),
        ("author:! x", ""),
        ("author:marwick author:wei", "a"),
        ("year:2000", "a"),
        ("year:2000..", "ab"),
        ("year:..2005", "ab"),
        ("year:2001..2004", ""),
        ("year:2001..2005", "b"),
        ("heading:surfaces", "a"),
        ("heading:optimisation", "a"),
        ('heading:"Optimisation › Loss surfaces"', "a"),
        ('heading:"Loss surfaces › Optimisation"', ""),
        ('heading:"Optimisation › Loss surfaces › Saddles"', ""),
        ("heading:! x", ""),
        ("note:two.md", "bc"),
        ("note:TWO author:berg", "b"),
    ],
)
def test_filters_let_works_through(text, works):
    assert matching_works(parse_query(text), FACTS.values()) == {f"doi:10.1/{w}" for w in works}


def test_no_filter_lets_everything_through():
    assert matching_works(parse_query("loss"), FACTS.values()) is None


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("loss", [0, 1, 3, 4, 5, 6]),
        ("loss in:references", [2]),
        ("x in:notes", [6]),
        ("x note:two.md", [3, 4, 5]),
        ("x note:mine.md", [6]),
        ('"flat minima"', [0]),
        ('"flat minima" in:references', [2]),
        ('"minima"', [0, 6]),
        ('"graph"', [3, 4]),
        ("x -rain", [0, 1, 3, 4]),
        ('x -"rain falls"', [0, 1, 3, 4]),
        ('x -"falls rain"', [0, 1, 3, 4, 5, 6]),
        ('x -"the" -"!"', [0, 1, 3, 4, 5, 6]),
        ("x author:berg -second", [3]),
    ],
)
def test_rows_that_filters_phrases_and_exclusions_let_through(searcher, text, rows):
    mask, message = allowed_rows(
        parse_query(text), searcher.keywords, searcher.passage_rows, searcher.facts
    )
    assert (np.flatnonzero(mask).tolist(), message) == (rows, "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x author:nobody", "No work in the library matches author:nobody."),
        (
            "x author:berg in:references",
            "no text of kind references in the works that match author:berg.",
        ),
        ('"minima flat"', "No passage holds “minima flat”."),
        ("x author:berg -graphs", "Every passage holds a word that the query leaves out."),
    ],
)
def test_why_nothing_is_let_through(searcher, text, message):
    mask, why = allowed_rows(
        parse_query(text), searcher.keywords, searcher.passage_rows, searcher.facts
    )
    assert not mask.any()
    assert message in why
    assert searcher.search(text).message == why


def test_filters_are_described_in_their_own_syntax():
    text = 'author:x heading:"Loss surfaces" note:a.md year:2001..2003'
    assert describe(parse_query(text)) == text
    assert describe(parse_query("year:2001")) == "year:2001"
    assert describe(parse_query("year:2001..")) == "year:2001.."
    assert describe(parse_query("year:..2001")) == "year:..2001"


# ── results ───────────────────────────────────────────────────────────────────────────────────────
def test_filters_alone_list_the_newest_works_first_with_their_first_passage(searcher):
    results = searcher.search("year:1990..")
    assert [w.work for w in results.works] == ["doi:10.1/b", "doi:10.1/a"]
    assert [h.row for h in results.hits] == [3, 0]
    assert [h.page for h in results.hits] == [4, 1]
    assert {h.score for h in results.hits} == {w.score for w in results.works} == {0}
    assert [w.work for w in searcher.search("note:two.md").works] == ["doi:10.1/b", "doi:10.1/c"]
    assert len(searcher.search("year:1990..", limit=1).works) == 1


def test_a_title_or_an_identifier_puts_its_work_first(searcher):
    assert searcher.search("sparse graphs").works[0].work == "doi:10.1/b"
    assert searcher.search("Old rain").works[0].work == "doi:10.1/c"
    assert searcher.search("arXiv:1611.03530 rivers to the sea").works[0].work == "doi:10.1/a"
    assert [w.work for w in searcher.search("arXiv:1611.03530").works] == ["doi:10.1/a"]


def test_an_identifier_that_only_a_text_names_leads_there(searcher):
    results = searcher.search("10.9999/unknown")
    assert [h.row for h in results.hits] == [2]
    assert "is not in the library; these passages name it" in results.message
    nowhere = searcher.search("10.9999/nowhere")
    assert (list(nowhere.hits), nowhere.close) == ([], False)
    assert "and no text names it" in nowhere.message


def test_results_are_as_many_as_asked_for_each_with_its_work(searcher):
    results = searcher.search("graphs and gardens of lattices", limit=2, per_work=1)
    assert len(results.hits) == 2
    assert len(results.works) == 2
    assert results.works[0].work == "doi:10.1/b"
    assert len(results.works[0].hits) == 1
    assert results.works[0].facts == FACTS["doi:10.1/b"]
    assert results.works[0].score >= results.works[1].score
    assert len(searcher.search("graphs and gardens of lattices").works[0].hits) == 2
    hits = results.hits
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert all(0 < h.similarity <= 1 for h in hits)
    assert set(hits[0].words) >= {"graphs", "gardens"}


def test_a_remark_stands_before_the_message(searcher):
    message = searcher.search('rain "falls').message
    assert message.startswith("One quotation mark has no partner")


@pytest.mark.parametrize("method", ["fused", "dense", "keyword"])
def test_works_are_ranked_by_every_method(searcher, method):
    ranked = searcher.rank_works("gardens of lattices and their graphs", 2, method)
    assert ranked[0][0] == "doi:10.1/b"
    assert len(ranked) <= 2
    scores = [score for _, score in ranked]
    assert scores == sorted(scores, reverse=True)


def test_more_like_a_passage_or_a_work_leaves_it_out(searcher):
    by_row = searcher.more_like(rows=[3])
    by_work = searcher.more_like(works=["doi:10.1/b"])
    for results in (by_row, by_work):
        assert results.hits
        assert "doi:10.1/b" not in {h.work for h in results.hits}
        assert "doi:10.1/b" not in {w.work for w in results.works}
    assert (
        searcher.more_like(works=["doi:10.1/none"]).message
        == "There is no text of these to compare with."
    )
    assert len(searcher.more_like(rows=[3], limit=1).hits) == 1


def test_a_quotation_leads_to_its_place(searcher):
    results = searcher.locate("noise of smal batches drives the itrate to flat valleys")
    assert [h.row for h in results.hits] == [1]
    hit = results.hits[0]
    assert 0.9 < hit.score < 1
    assert hit.page == 2
    start, end = hit.sentence
    assert "of small batches drives the iterate to flat" in hit.chunk.text[start:end]
    assert start >= 4
    assert set(hit.words) >= {"noise", "flat"}
    assert [(w.work, w.score) for w in results.works] == [("doi:10.1/a", hit.score)]
    assert results.works[0].facts == FACTS["doi:10.1/a"]
    assert (results.close, results.message) == (True, "")


def test_a_quotation_of_a_note_leads_to_the_note(searcher):
    results = searcher.locate("I doubt that minima matter")
    assert [w.work for w in results.works] == ["note:notes/mine.md"] or results.works[0].hits[
        0
    ].row == 6
    assert results.hits[0].score == 1.0


def test_a_short_quotation_needs_to_agree_nearly_to_the_letter(searcher):
    assert searcher.locate("rivers flow to the sea").hits
    assert searcher.locate("rivrs flow to the sea").hits
    nothing = searcher.locate("divers fled to the sun")
    assert (list(nothing.hits), nothing.close) == ([], False)
    assert nothing.message == "This quotation is in none of the library's texts."
    with pytest.raises(SearchError, match="no word in the quotation"):
        searcher.locate("!?")


def test_a_quotation_far_longer_than_a_passage_is_found_by_its_halves(searcher):
    text = f"{TEXTS[3][1]} {'and so on it goes with other words ' * 3}"
    hits = searcher.locate(text).hits
    assert [h.row for h in hits] in ([3], [])
    both = searcher.locate(f"{TEXTS[3][1]} {TEXTS[5][1]}").hits
    assert {h.row for h in both} == {3, 5}


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────
def test_a_query_in_windows_is_the_mean_of_them():
    encoder = FormulaEncoder()
    short = "flat minima"
    assert np.allclose(embed_query(encoder, short), encoder.encode([short])[0])
    words = [f"word{n}" for n in range(44)]
    halves = encoder.encode([" ".join(words[:22]), " ".join(words[22:])])
    assert np.allclose(embed_query(encoder, " ".join(words)), unit_mean(halves), atol=1e-6)
    assert np.linalg.norm(unit_mean(halves)) == pytest.approx(1)
    assert unit_mean(np.zeros((2, 3), np.float32)).tolist() == [0, 0, 0]


def test_words_of_the_query_are_marked_whole_and_in_any_form():
    assert marks("Flat-minima, flatter FLAT flatland", {"flat"}) == [(0, 4), (21, 25)]
    assert marks("Poincaré’s poincare", {"poincar"}) == [(0, 8), (11, 19)]
    assert marks("flat\u0323ter flat\u093e flat é", {"flat"}) == [(15, 19)]
    assert marks("", {"flat"}) == marks("flat", set()) == []
    places = Marker({"flat": 1.0, "minima": 1.0}).places("Minima flat, minima")
    assert [p[2] for p in places] == ["minima", "flat", "minima"]
    assert hit_words("Minima flat, minima", places) == ("Minima", "flat")


@pytest.mark.parametrize(
    ("weights", "phrases", "best"),
    [
        ({"flat": 1.0, "rain": 2.0}, (), 1),
        ({"flat": 2.0, "rain": 1.0}, (), 0),
        ({"flat": 1.0, "rain": 1.0}, (), 0),
        ({"flat": 5.0, "sea": 1.0}, ("the sea",), 2),
        ({"zebra": 1.0}, (), 0),
    ],
)
def test_the_best_sentence_has_the_weightiest_terms_or_the_phrase(weights, phrases, best):
    text = (
        "The flat one stands here first of all. Then the rain falls on the whole land. And the "
        "sea is near to all of it."
    )
    spans = sentences(text)
    assert len(spans) == 3
    marker = Marker(weights, phrases)
    assert marker.best_sentence(text, marker.places(text)) == spans[best]
    assert marker.best_sentence("", []) == (0, 0)


def test_a_long_sentence_needs_more_to_be_the_best():
    long = "The rain falls " + "and then again and again " * 40 + "on flat land."
    text = f"{long} Here the rain falls on land at last."
    marker = Marker({"rain": 1.0, "land": 1.0})
    start, end = marker.best_sentence(text, marker.places(text))
    assert text[start:end] == "Here the rain falls on land at last."


def test_the_lines_of_a_sentence():
    rects = tuple((1, 0.0, 10.0 * n, 100.0, 10.0 * n + 10) for n in range(4))
    chunk = Chunk("s", 0, "x" * 40, "body", page=1, rects=rects)
    assert lines_of(chunk, 0, 40) == rects
    assert lines_of(chunk, 0, 10) == rects[:1]
    assert lines_of(chunk, 10, 20) == rects[1:2]
    assert lines_of(chunk, 12, 28) == rects[1:3]
    assert lines_of(chunk, 30, 40) == rects[3:]
    assert lines_of(chunk, 20, 20) == rects
    assert lines_of(chunk, 39, 40) == rects[3:]
    two = Chunk("s", 0, "x" * 40, "body", page=1, rects=rects[:2])
    assert lines_of(two, 0, 10) == rects[:2]
    wide = ((1, 0.0, 0.0, 300.0, 10.0), *rects[1:3])
    uneven = Chunk("s", 0, "x" * 50, "body", page=1, rects=wide)
    assert lines_of(uneven, 5, 25) == wide[:1]
    assert lines_of(uneven, 31, 39) == wide[1:2]


# ── ranking ───────────────────────────────────────────────────────────────────────────────────────
def test_scores_in_units_of_their_own_deviation():
    values = np.array([1, 2, 3], np.float32)
    scale = Scale.of(values)
    assert scale.apply(values).tolist() == pytest.approx([-math.sqrt(1.5), 0, math.sqrt(1.5)])
    assert Scale.of(np.array([], np.float32)) == Scale()
    assert Scale().apply(values).tolist() == [1, 2, 3]
    assert Scale.of(np.ones(3, np.float32)).apply(values).tolist() == [0, 0, 0]


def test_the_best_of_groups():
    groups = np.array([2, 1, 2, 2, 2, 1])
    scores = np.array([1, 5, 4, 2, 3, 6], np.float32)
    own, best = best_three(groups, scores)
    assert own.tolist() == [1, 2]
    assert best.tolist() == [[6, 5, 5], [4, 3, 2]]
    assert first_of_each(groups, scores).tolist() == [5, 2]


@pytest.mark.parametrize(
    ("scores", "k", "places"),
    [
        ([3, 1, 2], 2, [0, 2]),
        ([1, 1, 1], 2, [0, 1]),
        ([0, 1, -1], 3, [1]),
        ([3, 1, 2], 0, []),
        ([], 2, []),
        ([1] * 40 + [2], 1, [40]),
    ],
)
def test_the_highest_positive_scores(scores, k, places):
    assert highest(np.array(scores, np.float32), k).tolist() == places


def test_smoothing_takes_a_share_from_the_nearest():
    vectors = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    scores = np.array([2, 0, 4], np.float32)
    assert smooth(scores, vectors, 0.5, 1).tolist() == pytest.approx([1, 1, 2], abs=1e-4)
    assert smooth(scores, vectors, 0.0, 1).tolist() == [2, 0, 4]
    unlike = np.array([[1, 0], [0.6, 0.8], [0.8, 0.6]], np.float32)
    smoothed = smooth(np.array([0, 1, 0], np.float32), unlike, 0.5, 2)
    assert smoothed[0] == pytest.approx(0.5 * 0.36)  # likenesses count squared
    assert smooth(scores[:2], vectors[:2], 0.5, 1).tolist() == [2, 0]


def test_labels_and_statuses_are_those_of_the_catalogue():
    assert tuple(STATES.values()) == tuple(str(state) for state in ReadingState if state)
    assert tuple(formatting.STATUSES) == STATUSES
