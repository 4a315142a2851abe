"""Themes of a heading named by noun phrases."""

from litmap.models import Sentence, Summary
from litmap.summaries.theme_names import ThemeNamer, noun_phrases

TITLES = {
    "a": "A Closer Look at Loss Surfaces of Wide Networks",
    "b": "Loss Surfaces Revisited: Exploring the Valleys",
    "c": "Sampling Requires Langevin Dynamics",
    "d": "Faster Langevin dynamics",
    "e": "Closer to ReLU networks",
}
TEXTS = {
    "a": "We study loss surfaces of wide networks, and a surface is flat.",
    "b": "Loss surfaces have valleys, and the valleys of the loss are wide.",
    "c": "Sampling requires patience; the Langevin dynamics of particles is slow.",
    "d": "We make Langevin dynamics faster with dynamics of particles.",
    "e": "It comes closer to networks in the limit.",
}
PAPERS = {k: Summary(k, t, (Sentence(TEXTS[k], k, 1),)) for k, t in TITLES.items()}


def test_a_theme_is_named_by_noun_phrases_that_its_papers_share():
    names = ThemeNamer(PAPERS).names([["a", "b"], ["c", "d"], ["e"]])
    first, second = names[0].split(", ")[0], names[1].split(", ")[0]
    assert first == "loss surfaces"
    assert second == "Langevin dynamics"
    assert names[2] == "ReLU networks"


def test_no_name_ends_in_a_verb_a_comparative_or_an_adverb():
    names = ThemeNamer(PAPERS).names([[key] for key in PAPERS])
    last = {phrase.split()[-1] for name in names for phrase in name.split(", ") if phrase}
    assert not last & {"requires", "closer", "faster", "revisited", "look"}


def test_a_theme_alone_needs_no_name():
    assert ThemeNamer(PAPERS).names([list(PAPERS)]) == [""]
    assert ThemeNamer({}).names([]) == []


def test_phrases_stop_at_stop_words_and_signs_and_end_in_nouns():
    nouns = {"network", "surface"}
    found = list(
        noun_phrases("Loss surfaces of very deep wide ReLU networks", {"surface", "network"})
    )
    assert ("Loss", "surfaces") in found
    assert ("wide", "ReLU", "networks") in found
    assert all(phrase[-1].lower()[:7] in nouns or phrase[-1] == "surfaces" for phrase in found)
    assert not list(noun_phrases("The 12 of 3", nouns))


def test_phrases_of_other_languages_may_end_in_any_word():
    assert ("Wirkung",) in list(noun_phrases("Die Wirkung des Lohnes auf die Arbeit", ()))
