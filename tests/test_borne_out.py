"""Whether a sentence that a language model wrote is borne out by what it names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quality.written_sentences import figures, measured, read_pairs
from litmap.claims.borne_out import Doubt, doubt_of

SOURCE = (
    "Training with larger batches increased the sharpness of the minima of ResNet-50 and lowered "
    "test accuracy by 2.3% on average, while a smaller learning rate did not help (see "
    "https://example.org/code)."
)


def doubt(text, *, cosine=0.9, source=SOURCE, context=""):
    return doubt_of(text, [source], cosine, context)


@pytest.mark.parametrize(
    "text",
    [
        SOURCE,
        "Larger batches increased the sharpness of the minima.",
        "Test accuracy fell by 2.3% on average with larger batches.",
        "A smaller learning rate did not help.",
        'Training with larger batches "increased the sharpness of the minima".',
        "Code is at https://example.org/code, training with larger batches.",
    ],
)
def test_what_says_the_same_passes(text):
    assert doubt(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('Larger batches "increased the flatness of the minima".', Doubt.QUOTATION),
        ("Larger batches increased the 'sharp minimum' of training.", Doubt.QUOTATION),
        ("Larger batches lowered test accuracy by 3.2%.", Doubt.NUMBER),
        ("Larger batches lowered test accuracy by 2.3 points on average.", Doubt.NUMBER),
        ("Three larger batches increased the sharpness of the minima.", Doubt.NUMBER),
        ("Larger batches increased the sharpness of the minima of AlexNet.", Doubt.NAME),
        ("In work by Hochreiter larger batches increased the sharpness.", Doubt.NAME),
        ("Larger batches increased the sharpness, see https://evil.example/x.", Doubt.ADDRESS),
        ("Larger batches increased the sharpness; write to a@evil.example.", Doubt.ADDRESS),
        ("Larger batches did not increase the sharpness of the minima.", Doubt.NEGATION),
        ("A smaller learning rate did help.", Doubt.NEGATION),
        ("Larger batches decreased the sharpness of the minima.", Doubt.OPPOSITE),
        ("Larger batches always increased the sharpness of the minima.", Doubt.CERTAINTY),
        ("Larger batches increased the width of the minima.", Doubt.WORD),
        ("Recurrent networks remember sequences of words.", Doubt.MEANING),
    ],
)
def test_what_says_something_else_does_not(text, why):
    assert doubt(text) is why


@pytest.mark.parametrize(
    "source",
    [
        "The upper bounds are for GD, and the lower bounds are for all algorithms.",
        "This is nothing but a model, except that it is not a conventional one.",
    ],
)
def test_a_sentence_as_it_stands_is_borne_out(source):
    assert doubt(source.rstrip("."), source=source, cosine=1.0) is None


def test_titles_authors_and_years_may_be_named():
    text = "In 2017 Keskar found that larger batches increased the sharpness of the minima."
    assert doubt(text) in {Doubt.NUMBER, Doubt.NAME}
    assert doubt(text, context="On Large-Batch Training Nitish Keskar 2017") is None


def test_words_alone_are_not_enough():
    assert doubt("Larger batches increased the sharpness.", cosine=0.2) is Doubt.MEANING


@given(st.text(max_size=120), st.text(max_size=120))
def test_whatever_is_written_is_borne_out_or_in_doubt(text, source):
    assert doubt_of(text, [source], 0.5) in {None, *Doubt}


@given(st.integers(0, 10**6))
def test_no_number_gets_in_that_is_not_there(number):
    text = f"Larger batches lowered test accuracy by {number}% on average."
    assert (doubt(text) is None) == (number == 2)  # 2.3, rounded


def test_of_sentences_that_look_alike_few_wrong_ones_pass():
    """The figures of benchmarks/quality/written_sentences.py, with a margin."""
    rows = measured(list(read_pairs()))
    for part, floor in (("seen", 0.96), ("kept apart", 0.9)):
        found = figures([row for row in rows if row[0].part == part])
        assert found["precision_if_as_many"] >= floor
        assert found["right_kept"] >= 0.8 * found["right"]
