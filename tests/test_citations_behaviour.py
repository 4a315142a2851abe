"""No note is read otherwise unseen: each case's score is a floor, each reading one that was looked through."""

import json
from pathlib import Path

import pytest

from tests.notes_cases.readings import approved, cases, read_case
from tests.notes_cases.score import HERE, score_case

FLOORS = json.loads((Path(__file__).parent / "data" / "notes_floors.json").read_text("utf-8"))
BETTER_HIGH = ("right", "headings", "ids", "mention_hits")
BETTER_LOW = ("extra", "missed", "candidates")
CASES, APPROVED = cases(), approved()


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_note_is_read_as_the_reading_that_was_looked_through(case):
    """Where the new reading is right: `python -m tests.notes_cases.readings`, and look through the difference."""
    assert read_case(CASES[case]) == APPROVED[case]


@pytest.mark.parametrize("case", sorted(FLOORS))
def test_no_case_is_read_worse_than_before(case):
    score, floor = score_case(HERE / f"{case}.json"), FLOORS[case]
    worse = [name for name in BETTER_HIGH if getattr(score, name) < floor[name]]
    worse += [name for name in BETTER_LOW if getattr(score, name) > floor[name]]
    assert not worse, "\n".join(score.words)
