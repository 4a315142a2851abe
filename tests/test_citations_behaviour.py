"""No note is read otherwise unseen: each case's score is a floor, each reading one that was looked
through.
"""

import json
from pathlib import Path

import pytest

from litmap.citations import find_citations
from litmap.notes import parse_note
from tests.notes_cases.readings import approved, cases, read_case
from tests.notes_cases.score import HERE, score_case

FLOORS = json.loads((Path(__file__).parent / "data" / "notes_floors.json").read_text("utf-8"))
BETTER_HIGH = ("right", "headings", "ids", "mention_hits")
BETTER_LOW = ("extra", "missed", "candidates")
CASES, APPROVED = cases(), approved()


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_note_is_read_as_the_reading_that_was_looked_through(case):
    """Where the new reading is right: `python -m tests.notes_cases.readings`, and look through the
    difference.
    """
    assert read_case(CASES[case]) == APPROVED[case]


@pytest.mark.parametrize("case", sorted(FLOORS))
def test_no_case_is_read_worse_than_before(case):
    score, floor = score_case(HERE / f"{case}.json"), FLOORS[case]
    worse = [name for name in BETTER_HIGH if getattr(score, name) < floor[name]]
    worse += [name for name in BETTER_LOW if getattr(score, name) > floor[name]]
    assert not worse, "\n".join(score.words)


def read(text):
    note, _ = parse_note(text, "n.md", ".md")
    return find_citations([note])


def test_titles_that_differ_by_a_slip_of_the_pen_are_one_work():
    first = "Growing sparse lattice graphs with local rules"
    for second in (first.replace("local", "locla"), first.replace("Growing", "Growign")):
        text = f"# A\n\n- “{first}” (2004)\n\n# B\n\n- “{second}” (2004)\n"
        assert [len(c.mentions) for c in read(text)] == [2], second
    other = f"# A\n\n- “{first}” (2004)\n\n# B\n\n- “{first.replace('local', 'global')}” (2004)\n"
    assert [len(c.mentions) for c in read(other)] == [1, 1]
