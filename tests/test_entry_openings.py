"""What the first line of an entry looks like, and what the line before it leaves open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.parsing.reference_strings.openings import closing_strength, opening_strength


@pytest.mark.parametrize(
    "line",
    [
        "Meyer, Ruth (1999): Häfen und Siele. In:",
        "Meyer, Ruth/Olm, Peter: Häfen",
        "van der Berg, J., & Olm, P. 2003, ApJ, 12",
        "Doll R, Hill AB. Smoking",
        "R. E. Meyer and P. Olm. Harbours",
        "FRIEDMANN Georges, 1964, Le travail",
        "Bundesministerium für Verkehr (1997), Bericht",
        "IG METALL, 1980, Technischer Wandel",
        "———, 1999. Harbours",
        "Ders. (2001): Siele",
        "Он же. Гавани",
        "Å. Öberg, Hamnar",
    ],
)
def test_a_line_opens_an_entry(line: str) -> None:
    assert opening_strength(line) >= 0.6


@pytest.mark.parametrize(
    "line",
    [
        "In: Zeitschrift für Flusskunde 12",
        "of the harbours, 1999.",
        "12–30.",
        "S. 12–30.",
        "pp. 4-9, Emden",
        "https://example.org/1999",
        "(Hrsg.), Siele",
        "",
    ],
)
def test_a_line_goes_on_with_an_entry(line: str) -> None:
    assert opening_strength(line) <= -0.5


@pytest.mark.parametrize(
    ("line", "open_"),
    [
        ("Meyer, R., Olm, P. und", True),
        ("Häfen und Siele in den Nieder-", True),
        ("Meyer, R./Olm, P./", True),
        ("Emden: Kai Verlag, Nr.", True),
        ("Emden: Kai Verlag, 1999.", False),
        ("Journal of Dikes 12, 4-9", False),
        ("Zugriff am 2.3.2004: http://example.org/", False),
    ],
)
def test_a_line_leaves_its_entry_open(line: str, open_: bool) -> None:
    assert (closing_strength(line) == -1) == open_


@given(st.text())
def test_any_line_has_strengths_within_bounds(line: str) -> None:
    assert -1 <= opening_strength(line) <= 1
    assert -1 <= closing_strength(line) <= 1
