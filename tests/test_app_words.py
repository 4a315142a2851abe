"""What the app says: reasons and chances in the words of who reads them there."""

from __future__ import annotations

import pytest

from litmap.models import Filing, Suggestion, Work
from litmap.pdfs.fetch import NO_COPY, NOT_NOW, PUT_RIGHT, REFUSED
from litmap.pipeline.work_changes import NEEDS
from litmap.ui import filing_words, settling
from litmap.ui.app_advice import HERE, in_app
from litmap.works.task import _unsure

A = Work("doi:10.1/a", "Settle it with `litmap resolve`. A title", ("Ann Other",), 1999)
B = Work("title:b", "Tides (in: deep); water", (), None)
MOTHS, ANTS = ("Insects", "Moths"), ("Insects", "Ants")
REASONS = [
    _unsure((A,)),
    _unsure((A, B)),
    "the note's doi:10.1/a is “A”, not the title beside it: correct the note or settle it with "
    "`litmap resolve title:b ID`",
    NO_COPY,
    REFUSED,
    NOT_NOW,
    f"its title is another. {PUT_RIGHT}",
    *(text.format(id="doi:10.1/a") for text in NEEDS.values()),
]


@pytest.mark.parametrize("reason", REASONS)
def test_no_reason_in_the_app_names_a_command_or_a_folder(reason) -> None:
    told = in_app(reason)
    assert "`litmap" not in told
    assert "papers/" not in told
    assert "{" not in told


def test_a_reason_says_what_to_do_in_the_app() -> None:
    assert in_app(_unsure((A, B))) == "2 works may be meant: say on its page which one"
    assert in_app(_unsure((A,)), HERE) == "one work may be meant: say below which one"
    assert in_app(NEEDS["unsure"]) == "say on its page which work is meant"
    assert in_app(REFUSED).endswith("download the PDF in a browser, then add it on its page")
    assert in_app("not known to Crossref") == "not known to Crossref"


def filing(suggested, chance, *others) -> Filing:
    return Filing("w", (), suggested, chance, tuple(Suggestion(*other) for other in others))


def test_a_chance_of_a_heading_beside_none_says_when_it_holds() -> None:
    none = filing(None, 0.72, (MOTHS, 0.67), (ANTS, 0.02))
    assert "fits none of your headings (72% confidence)" in filing_words.suggested(none)
    assert filing_words.others(none) == (
        "If it belongs under one of them, then most likely: Moths 67%"
    )


def test_other_headings_stand_beside_a_suggested_one() -> None:
    one = filing(MOTHS, 0.6, (ANTS, 0.3))
    assert filing_words.suggested(one) == "By its text: **Insects › Moths** (60% confidence)"
    assert filing_words.others(one) == "Or: Ants 30%"
    assert filing_words.others(one, (ANTS,)) == ""


@pytest.mark.parametrize(("number", "words"), [(1, "name it, and"), (2, "name each, and")])
def test_the_number_of_works_to_settle_agrees(number, words) -> None:
    assert words in settling._waiting(number)
    assert settling._waiting(number).startswith(f"{number} work{'s' * (number > 1)}:")
