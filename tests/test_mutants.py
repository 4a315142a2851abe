"""What the mutation run draws: never what cannot change behaviour, and the same for the same
seed.
"""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent / "mutants"))
from sample import Equivalents, Mutant, sample

SOURCE = """\
from functools import cache, wraps
Name = str | None
def f(a: int | str, b: list[int] | None = None) -> bool | None:
    logger.debug("%s of %s", a + 1, b)
    return not a | b
@cache
def g(): return 1
@wraps(f)
def h(): return 2
class C:
    def __repr__(self): return "x" * 3
if TYPE_CHECKING:
    import z; y = 1 + 1
for one, two in zip(a, b, strict=True): pass
"""


def mutant(text: str, operator: str = "core/Any_A_B") -> Mutant:
    for number, line in enumerate(SOURCE.splitlines(), 1):
        if (column := line.find(text)) >= 0:
            return Mutant("m.py", operator, 0, (number, column), (number, column + len(text)))
    raise ValueError(text)


@pytest.mark.parametrize(
    "text",
    ["str | None", "int | str", "list[int] | None", "bool | None", "a + 1", '"x" * 3', "1 + 1", "True"],
)  # fmt: skip
def test_annotations_logging_and_the_like_are_left_out(text: str) -> None:
    assert Equivalents(SOURCE).hold(mutant(text))


@pytest.mark.parametrize("text", ["not a", "a | b", "return 1", "zip(a, b"])
def test_everything_else_may_be_drawn(text: str) -> None:
    assert not Equivalents(SOURCE).hold(mutant(text))


def test_identity_for_equality_and_removed_caches_are_left_out() -> None:
    rules = Equivalents(SOURCE)
    assert rules.hold(mutant("a | b", "core/ReplaceComparisonOperator_Eq_Is"))
    assert not rules.hold(mutant("a | b", "core/ReplaceComparisonOperator_Eq_NotEq"))
    assert rules.hold(mutant("@cache", "core/RemoveDecorator"))
    assert not rules.hold(mutant("@wraps", "core/RemoveDecorator"))


def test_a_seed_draws_the_same_sites_and_each_once() -> None:
    mutants = [Mutant("m.py", f"op{n}", 0, (n // 3, 0), (n // 3, 1)) for n in range(90)]
    drawn = sample(mutants, 20, "seed")
    assert drawn == sample(mutants, 20, "seed") != sample(mutants, 20, "other")
    assert len({m.start for m in drawn}) == 20
    assert len(sample(mutants, 99, "seed")) == 30
