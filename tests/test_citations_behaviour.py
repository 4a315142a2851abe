"""No note is read worse than it was: each case's score is a floor that only rises."""

import json
from pathlib import Path

import pytest

from tests.notes_cases.score import HERE, score_case

FLOORS = json.loads((Path(__file__).parent / "data" / "notes_floors.json").read_text("utf-8"))
BETTER_HIGH = ("right", "headings", "ids", "mention_hits")
BETTER_LOW = ("extra", "missed", "candidates")


@pytest.mark.parametrize("case", sorted(FLOORS))
def test_no_case_is_read_worse_than_before(case):
    score, floor = score_case(HERE / f"{case}.json"), FLOORS[case]
    worse = [name for name in BETTER_HIGH if getattr(score, name) < floor[name]]
    worse += [name for name in BETTER_LOW if getattr(score, name) > floor[name]]
    assert not worse, "\n".join(score.words)
