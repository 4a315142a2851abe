"""Sentences that can be read out of their paper, and the kinds that cannot."""

import pytest

from litmap.summaries import standing_alone as kinds
from litmap.summaries.standing_alone import stands_alone


@pytest.mark.parametrize(
    "text",
    [
        "In this paper, we study the implicit bias of wide neural networks with two layers.",
        "Flat minima need not generalise better than sharp ones.",
        "It is well known that wide networks converge to Gaussian processes.",
        "We show that it is possible to train wide networks with few data.",
        "There are many ways to regularise a network of moderate width.",
        "Bees lose weight in winter because they eat the honey of the summer.",
        "For many data sets, these data sets are balanced by the authors of the library.",
        "Patients who took vitamin C had fewer colds (p < 0.05).",
        "Patients who took vitamin C (n = 120) had fewer colds.",
        "Wide networks can be trained well (Novak et al., 2019).",
        "Die Löhne sanken in den neunziger Jahren um ein Zehntel.",
        "本文提出了一种用于图像识别的深度学习模型，并在公开数据集上验证了它。",
    ],
)
def test_a_sentence_can_be_read_alone(text):
    language = "de" if text.startswith("Die") else "zh" if text.startswith("本") else "en"
    assert stands_alone(text, language)


KINDS = {
    "points_back": [
        "However, it fails on most of the data.",
        "The third is to leave weights altogether.",
        "Since then, networks have become wider.",
        "As an example, we train a network on digits.",
    ],
    "points_elsewhere": [
        "As shown in the appendix, networks learn quickly.",
        "The former is faster than stochastic descent.",
        "The solid curve is the loss on the test set.",
        "All methods that use geometry beat descent here.",
    ],
    "points_inside": [
        "The proof is given in Section 3.",
        "In Sec. 4 we show that descent is cheap.",
        "Networks obey the bound (12) for all widths.",
        "Accuracy drops for Model B after an hour.",
    ],
    "announces": [
        "In this section, we demonstrate the ideas and give an analysis.",
        "In order to understand this, we must first know when regimes hold.",
        "We are now ready to prove the main claim.",
        "In the preceding sections we applied descent to wide networks.",
        "We conclude our discussion of networks by highlighting two misconceptions.",
        "We would like to thank the reviewers of the paper for their comments.",
        "We also show that wide networks converge.",
    ],
    "has_open_reference": [
        "We find that this method is the fastest of its kind.",
        "Such networks can be trained with few data.",
        "When they grow, networks become easier to train.",
        "Our findings extend their claim to wide networks.",
        "Written in Python, it is designed to be simple and efficient.",
        "Our extensive experimental results show that it performs better than descent.",
        "It was applied to the spelling of words and found to work well.",
    ],
    "speaks_of_a_known_thing": [
        "The algorithm converges to a minimum of the loss.",
        "For small data sets both methods are as good as guessing.",
        "On all of the models we saw a rise of the loss.",
        "Networks win on five of the six datasets.",
    ],
    "compares_with_nothing": [
        "Recurrent units of the classic kind perform worse.",
        "Our goal, in contrast, is to learn the network itself.",
        "The analogous question for distributions is an open problem.",
        "We use the resulting patches as filters of a layer.",
        "Stability of the mean is a strictly weaker concept of learning.",
        "We apply a similar but fully generic algorithm to chess and to Go.",
        "We extend descent to noisy gradients, attaining the same convergence rate.",
    ],
    "leans_on_a_citation": [
        "In [12] the authors train a network of moderate width.",
        "Neal (1996) proved that wide networks are Gaussian processes.",
        "Wide networks were inspired by the work of Shalev et al. (2011) on kernels.",
        "[4] show that networks learn quickly.",
    ],
    "is_enumerated": [
        "(ii) Networks of moderate width learn quickly.",
        "3. Networks of moderate width learn quickly.",
        "Step size: networks learn quickly when it is small.",
        "• Networks of moderate width learn quickly.",
    ],
    "is_broken": [
        "The general- ization of networks is not understood.",
        "Introduction Networks of moderate width learn quickly.",
        "JOURNAL OF MACHINE LEARNING RESEARCH networks learn quickly.",
        "Networks learn quickly on clean data, e.g.",
        "Notation We use letters in bold face for vectors and matrices.",
        "We adopt the widely used average For each data set we count words.",
        "Task-specific modifications Two of the tasks need another way of tuning.",
        "We study ıFourierȷ coefficients of functions in the space of a kernel.",
    ],
    "has_symbols": [
        "Networks of width m learn quickly on clean data.",
        "The loss decays as 1/√t for all networks.",
        "Our goal is to predict a new Ym+1 from a batch.",
        "The norm of W1 grows with the depth.",
        "We experimented on qualitatively different regions of p’s.",
        "For degrees p > 1, no linear classifier learns the function.",
    ],
}


@pytest.mark.parametrize(("kind", "text"), [(k, t) for k, texts in KINDS.items() for t in texts])
def test_a_kind_of_sentence_cannot_be_read_alone(kind, text):
    assert getattr(kinds, kind)(text)
    assert not stands_alone(text)


def test_a_heading_with_a_full_stop_is_no_sentence():
    assert not kinds.has_a_verb("Algorithmic implications and the limitations of kernel methods.")
    assert kinds.has_a_verb("Wide networks converge to Gaussian processes.")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Daher sank der Lohn in den neunziger Jahren.", "de"),
        ("Die Löhne sanken, wie oben gezeigt, um ein Zehntel.", "de"),
        ("Ce dernier est plus rapide que la méthode classique.", "fr"),
        ("Dicho método es más rápido que los métodos clásicos.", "es"),
        ("上述方法比传统方法更快，并在公开数据集上得到了验证。", "zh"),
        ("このような手法は従来の手法よりも速い。", "ja"),
        ("이러한 방법은 기존 방법보다 빠르다.", "ko"),
    ],
)
def test_sentences_of_other_languages_lean_too(text, language):
    assert not stands_alone(text, language)


def test_a_page_beside_it_makes_up_for_symbols_but_not_for_what_was_said_before():
    assert kinds.needs_no_neighbour("Networks of width m learn quickly on clean data.")
    assert not kinds.needs_no_neighbour("However, networks learn quickly on clean data.")
