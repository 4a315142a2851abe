"""Which sentences answer a question, without a library."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.answers import (
    Asked,
    Candidate,
    Closeness,
    asked_for,
    gives,
    group_sentences,
    is_question,
    relevance,
    worth_embedding,
)
from litmap.answers.grouping import OF_PAPER
from litmap.errors import SearchError
from litmap.search import parse_question
from litmap.search.query import ANSWERING_KINDS


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("How many ships were counted?", Asked.NUMBER),
        ("By what percentage did tolls fall?", Asked.NUMBER),
        ("In which year was the dike built?", Asked.YEAR),
        ("Who paid the keepers?", Asked.NAME),
        ("Who paid, and how many were paid?", Asked.NAME),
        ("Why do harbours silt up?", Asked.OPEN),
        ("How do sluices work?", Asked.OPEN),
        ("harbours and tolls", Asked.OPEN),
        ("Wie viele Schiffe wurden im Hafen gezählt?", Asked.NUMBER),
        ("En quelle année les ports de la côte ont-ils été fermés par la mer ?", Asked.YEAR),
    ],
)
def test_a_question_says_what_it_asks_for(question, asked):
    assert asked_for(question) == asked


@pytest.mark.parametrize(
    ("asked", "sentence", "given_"),
    [
        (Asked.NUMBER, "We counted 312 ships.", True),
        (Asked.NUMBER, "We counted three ships.", True),
        (Asked.NUMBER, "We counted the ships.", False),
        (Asked.YEAR, "It was built in 1612.", True),
        (Asked.YEAR, "It has 12 doors.", False),
        (Asked.NAME, "They were paid by the States of Holland.", True),
        (Asked.NAME, "They were paid by the province.", False),
        (Asked.OPEN, "Salt weighs 3 pounds.", False),
    ],
)
def test_a_sentence_has_what_is_asked_for_or_not(asked, sentence, given_):
    assert gives(asked, sentence) is given_


@pytest.mark.parametrize("text", ["Does it hold?", "“Does it hold?”", "堤は持ちますか？"])
def test_a_sentence_that_asks_is_told(text):
    assert is_question(text)
    assert not is_question("It holds.")


# ── questions and filters ─────────────────────────────────────────────────────────────────────────
def test_filters_of_a_question_are_taken_out_and_the_rest_is_words():
    query = parse_question(
        'What is "double descent"? year:2016..2019 author:belkin heading:"Loss surfaces"?'
    )
    assert query.text == "What is double descent? ?"
    assert query.phrases == query.without == ()
    assert query.years == (2016, 2019)
    assert (query.authors, query.headings) == (("belkin",), ("Loss surfaces",))
    assert query.kinds == ANSWERING_KINDS


def test_marks_at_the_end_of_a_filter_are_the_sentences():
    assert parse_question("Are flat minima better in:abstracts?").kinds == ("abstract",)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?!",
        "year:2016",
        '""',
        "in:references Who is cited?",
        "What do I say? in:notes",
        "Why? year:soon",
    ],
)
def test_what_asks_nothing_that_papers_answer_is_refused(question):
    with pytest.raises(SearchError):
        parse_question(question)


@given(st.text(max_size=200))
def test_any_question_is_taken_apart_or_refused(text):
    try:
        query = parse_question(text)
    except SearchError:
        return
    assert any(c.isalnum() for c in query.text)
    assert '"' not in query.text
    assert "references" not in query.kinds


# ── ranking ───────────────────────────────────────────────────────────────────────────────────────
def candidate(text="A sentence of eight words stands here now.", work="w", covered=0.5, **other):
    usual = {"similarity": 0.5, "passage": 2.0}
    return Candidate(text, work, covered=covered, **{**usual, **other})


def test_what_is_nearer_in_words_or_meaning_answers_better():
    scores = relevance(
        [candidate(), candidate(covered=0.9), candidate()], np.array([0.4, 0.4, 0.8])
    )
    assert scores[1] > scores[0]
    assert scores[2] > scores[0]


def test_what_needs_its_neighbours_answers_worse():
    scores = relevance([candidate(), candidate(is_alone=False)], np.array([0.4, 0.4]))
    assert scores[0] > scores[1]


@given(st.lists(st.floats(0, 1), max_size=200))
def test_no_more_sentences_are_embedded_than_that(shares):
    chosen = worth_embedding([candidate(covered=share) for share in shares])
    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(len(shares), 60)


def test_nothing_near_is_not_answered_and_everything_near_is():
    assert not Closeness(0.2, 0.3, 1000).is_enough
    assert not Closeness(0.5, 0.4, 20_000).is_enough
    assert Closeness(0.7, 0.8, 20_000).is_enough


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 10**7))
def test_what_is_near_among_few_passages_is_nearer_than_among_many(similarity, covered, size):
    few, many = Closeness(similarity, covered, size), Closeness(similarity, covered, 10 * size)
    assert 0 <= many.probability <= few.probability <= 1


# ── groups ────────────────────────────────────────────────────────────────────────────────────────
def directions(*degrees):
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_sentences_of_different_papers_that_are_near_stand_together():
    groups = group_sentences(["a", "b", "c", "a"], directions(0, 10, 90, 20), 5)
    assert [group.members for group in groups] == [(0, 1), (2,)]


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0, 180)), max_size=30),
    st.integers(1, 6),
)
def test_no_paper_speaks_twice_in_a_group_or_more_than_twice_in_all(sentences, limit):
    works = [work for work, _ in sentences]
    groups = group_sentences(works, directions(*(angle for _, angle in sentences)), limit)
    assert len(groups) <= limit
    places = [place for group in groups for place in group.members]
    assert len(places) == len(set(places))
    assert max(Counter(works[place] for place in places).values(), default=0) <= OF_PAPER
    for group in groups:
        own = [works[place] for place in group.members]
        assert len(own) == len(set(own))
        assert group.lead == min(group.members)
