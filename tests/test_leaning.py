"""How likely a sentence leans on those around it."""

import pytest

from litmap.summaries.leaning import MAX_CHANCE, WEIGHTS, features, leaning

TITLE = "How bees find the hive"
BEFORE = ("The maze has eight doors of equal size.", "The doors were painted in three colours.")


@pytest.mark.parametrize(
    "text",
    [
        "In this paper, we show that bees remember landmarks near the hive for several days.",
        "Our results show that bees find the hive by landmarks rather than by the sun alone.",
        "We study how bees find the hive with landmarks, and what they remember of scents.",
    ],
)
def test_what_a_paper_says_of_its_own_subject_can_be_read_alone(text):
    assert leaning(text, TITLE, BEFORE) <= MAX_CHANCE


@pytest.mark.parametrize(
    "text",
    [
        "Painting the doors would make the maze harder.",
        "We use two different settings in our experiments.",
        "The doors were chosen more often by the group.",
    ],
)
def test_what_was_told_before_or_says_too_little_leans(text):
    assert leaning(text, TITLE, BEFORE) > MAX_CHANCE


def test_every_feature_has_its_weight():
    assert list(features("Bees find the hive.", TITLE, BEFORE)) == list(WEIGHTS)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("title", "Bees live in a hive.", 2 / 3),
        ("claims", "In this paper we show that bees see.", 1),
        ("names itself", "In this paper we show that bees see.", 1),
        ("compares", "Bees are faster than flies and slower.", 1),
        ("weighs", "Bees would have to learn it.", 2),
        ("begins with -ing", "Painting doors is hard.", 1),
        ("known from before", "We opened the doors.", 1),
        ("known from before", "We opened the doors of each hive.", 0),
        ("unsaid", "The swarm left the tree.", 2),
        ("unsaid", "A swarm left when the swarm was cold.", 0),
        ("unsaid", "Bees left the hive.", 0),
        ("coined", "ABC needs no bees.", 1),
        ("coined", "Any bees can (ABC) do.", 0),
        ("says little", "We consider several different settings.", 1),
        ("near the beginning", "Bees see.", 0),
    ],
)
def test_a_feature(name, text, value):
    assert features(text, TITLE, BEFORE, {"ABC"})[name] == pytest.approx(value)


def test_a_section_begins_with_sentences_that_have_little_before_them():
    assert features("Bees see.", TITLE, BEFORE[:1])["near the beginning"] == 1


def test_an_acronym_of_the_title_needs_no_words():
    assert features("ABC needs no bees.", "ABC for bees", (), {"ABC"})["coined"] == 0


def test_of_other_languages_nothing_is_judged():
    assert leaning("Die Türen wurden bemalt.", TITLE, BEFORE, language="de") == 0


def test_empty_texts_are_judged_too():
    assert 0 <= leaning("", "", ()) <= 1
