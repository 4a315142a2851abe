"""What a sentence of a paper does, by its words and by its section's title."""

import pytest

from litmap.parsing.sentence_roles import ROLES, roles_said, section_role


@pytest.mark.parametrize(
    ("text", "language", "role"),
    [
        ("The goal of this work is to tell wine from water.", "en", "question"),
        ("We propose a scale that weighs both at once.", "en", "approach"),
        ("Participants were 40 keepers of inns.", "en", "data"),
        ("Our results show that water is heavier.", "en", "findings"),
        ("A limitation is that only red wine was weighed.", "en", "limits"),
        ("Die Ergebnisse zeigen, dass Wasser schwerer ist.", "de", "findings"),
        ("L'objectif est de peser le vin.", "fr", "question"),
        ("Una limitación es el tamaño del vaso.", "es", "limits"),
        ("Proponiamo una bilancia nuova.", "it", "approach"),
        ("A amostra tem 40 copos.", "pt", "data"),
        ("Установлено, что вода тяжелее.", "ru", "findings"),
        ("本文提出了一种新的天平。", "zh", "approach"),
        ("今後の課題は赤ワインである。", "ja", "limits"),
        ("물이 더 무거운 것으로 나타났다.", "ko", "findings"),
    ],
)
def test_a_sentence_says_what_it_does(text, language, role):
    assert role in ROLES
    assert role in roles_said(text, language)


def test_a_sentence_may_do_nothing_of_it_or_several_things():
    assert roles_said("Wine is red.") == frozenset()
    assert roles_said("We propose a scale and show that it outperforms others.") == {
        "approach",
        "findings",
    }


def test_a_language_without_phrases_is_read_as_english():
    assert roles_said("We show that it holds.", "sv") == {"findings"}


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("1 Introduction", "question"),
        ("3 Experiments › 3.1 Data", "data"),
        ("IV. Results", "findings"),
        ("Conclusion and future work", "findings"),
        ("Limitations and conclusions", "limits"),
        ("2.1 Materials and Methods", "approach"),
        ("5 结论与展望", "findings"),
        ("第一章 绪论", "question"),
        ("Методика", "approach"),
        ("Learning with noisy data in finance", ""),
        ("Related work", ""),
        ("", ""),
    ],
)
def test_a_section_has_a_role_by_its_title(title, role):
    assert section_role(title) == role
