"""The training set of the labeller of reference strings (`benchmarks/reference_parser`)."""

from random import Random

import pytest

from benchmarks.reference_parser.styles import OWN
from benchmarks.reference_parser.train import carry_labels, make_example, render
from benchmarks.reference_parser.works import LANGUAGES, make_work

LABELS = frozenset("FGCXYTVEPLDO")


def test_the_same_seed_gives_the_same_references():
    one, two = Random(3), Random(3)
    assert [render(one) for _ in range(40)] == [render(two) for _ in range(40)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_style_renders_works_of_every_kind_with_known_labels(language):
    random = Random(5)
    for style, _ in OWN[language]:
        for _ in range(60):
            pieces = style(make_work(random, language))
            assert {label for _, label in pieces} <= LABELS
            assert all(isinstance(text, str) for text, _ in pieces)


def test_an_example_has_a_label_and_features_for_each_token():
    random = Random(9)
    for _ in range(60):
        raw, tokens, features, labels = make_example(random)
        assert raw
        assert len(tokens) == len(features) == len(labels)
        assert set(labels) <= LABELS


def test_labels_stay_with_their_letters_where_signs_are_spelt_anew():
    assert "".join(carry_labels("李，王．题", "FXFOT", "李, 王. 题")) == "FXXFOOT"
