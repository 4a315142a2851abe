"""The scorer of answers judges as its docstring says."""

from __future__ import annotations

import pytest

from benchmarks.quality.asking import judge, measure
from litmap.models import Answer, AnswerPart, Sentence

FILES = {"a.pdf": "A", "b.pdf": "B"}
KEY = [{"file": "a.pdf", "pages": [3], "any_of": [["dikes", "of clay"], ["state-of-the-art"]]}]


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        (Sentence("The Dikes are made of clay.", "A", 3), "right"),
        (Sentence("State‐of‐the-art walls.", "A", 3), "right"),
        (
            Sentence("The dikes are made of clay.", "A", 2, ((2, 0, 0, 1, 1), (3, 0, 0, 1, 1))),
            "right",
        ),
        (Sentence("The dikes are made of clay.", "A", 4), "wrong"),
        (Sentence("The dikes are made of salt.", "A", 3), "wrong"),
        (Sentence("The dikes are made of clay.", "B", 3), "unjudged"),
    ],
)
def test_a_source_is_judged_by_file_page_and_strings(sentence, verdict):
    assert judge(sentence, KEY, FILES) == verdict


def test_figures_count_refusals_and_sources():
    right, wrong = Sentence("Dikes of clay.", "A", 3), Sentence("Salt.", "A", 3)
    questions = [
        {"answerable": True, "why": "", "sources": KEY},
        {"answerable": True, "why": "", "sources": KEY},
        {"answerable": False, "why": "same-field", "sources": []},
        {"answerable": False, "why": "other-field", "sources": []},
    ]
    answers = [
        Answer("", (AnswerPart("", (wrong,)), AnswerPart("", (right,)))),
        Answer("", refused="Nothing."),
        Answer("", refused="Nothing."),
        Answer("", (AnswerPart("", (wrong,)),)),
    ]
    found = measure(questions, answers, FILES)
    assert found["precision"] == 0.5
    assert found["first source right"] == 0
    assert found["coverage"] == 0.5
    assert found["wrongly refused"] == 0.5
    assert found["refused of the unanswerable"] == 0.5
    assert found["refused of same-field"] == 1
