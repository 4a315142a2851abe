"""Venues: whether a text is one, and whether two names are of one."""

import pytest

from litmap.parsing.venues import (
    is_journal_name,
    is_numbered_venue,
    is_unambiguous_journal,
    same_venue,
    venue_score,
    venues_compatible,
)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("In Proceedings of the 34th conference", 3, 5),
        ("Phys. Rev. Lett. 121, 1", 2.2, 4),
        ("New York: Wiley, 1998", 2.2, 4),
        ("Springer, Berlin", 2.2, 4),
        ("learning with noise", -2, -2),
        ("", -1.2, -1.2),
        ("12(3), 45–67", 1.5, 1.5),
        ("Deep networks and why they learn so well in the end", -1, 1),
    ],
)
def test_the_score_tells_venues_from_prose(text, low, high):
    assert low <= venue_score(text) <= high


@pytest.mark.parametrize(
    "name", ["Nature", "PRL", "Phys. Rev. Lett.", "J. Ecol.", "Annals of Statistics"]
)
def test_names_of_journals(name):
    assert is_journal_name(name)


@pytest.mark.parametrize(
    "name", ["", "J. D. Smith", "Deep Learning", "Smith", "We Show That It Holds"]
)
def test_names_of_no_journal(name):
    assert not is_journal_name(name)


@pytest.mark.parametrize(
    ("text", "venue"), [("Cognition 95:201", True), ("Springer GTM 52", True), ("Cognition", False)]
)
def test_a_venue_with_its_number(text, venue):
    assert is_numbered_venue(text) is venue


@pytest.mark.parametrize(
    ("name", "sure"),
    [("ICML", True), ("Nature", True), ("Am. Nat.", True), ("Science Friction", False)],
)
def test_venues_that_need_no_volume(name, sure):
    assert is_unambiguous_journal(name) is sure


@pytest.mark.parametrize(
    ("one", "two", "same", "compatible"),
    [
        ("Phys. Rev. Lett.", "Physical Review Letters", True, True),
        ("PRL", "Physical Review Letters", True, False),
        ("The Annals of Statistics", "Ann. Stat.", True, True),
        ("Nature", "Science", False, False),
        ("Nature Physics", "Nature", False, True),
        ("", "Nature", False, True),
        ("arXiv", "Nature", False, True),
    ],
)
def test_two_names_of_one_venue(one, two, same, compatible):
    assert same_venue(one, two) is same_venue(two, one) is same
    assert venues_compatible(one, two) is compatible
