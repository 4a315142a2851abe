"""Years, names and 'et al.' as expressions."""

import re

import pytest

from litmap.parsing import grammar


@pytest.mark.parametrize(
    ("pattern", "first", "last"),
    [
        (grammar.YEAR, 1500, 2099),
        (grammar.YEAR_SINCE_1400, 1400, 2099),
        (grammar.YEAR_SINCE_1600, 1600, 2099),
        (grammar.YEAR_SINCE_1900, 1900, 2099),
        (grammar.CITED_YEAR, 1500, 2049),
    ],
)
def test_years_begin_and_end(pattern, first, last):
    years = [year for year in range(1000, 3000) if re.fullmatch(pattern, str(year))]
    assert (years[0], years[-1], len(years)) == (first, last, last - first + 1)


def test_a_cited_year_has_its_letter():
    assert re.fullmatch(grammar.CITED_YEAR, "2016b")
    assert re.fullmatch(grammar.CITED_YEARS, "2016b, 2016a")
    assert re.fullmatch(grammar.CITED_YEARS, "1998/99")
    assert not re.fullmatch(grammar.CITED_YEAR, "2016bc")


@pytest.mark.parametrize(
    "text", [", et al.", " et. al.", " and others", " and colleagues", " u. a.", " et al"]
)
def test_more_authors_in_prose(text):
    assert re.fullmatch(grammar.ET_AL, text)


@pytest.mark.parametrize(
    "text", [", et al.", "[et al.]", ", and 12 others", "…", ", ET ALII", " u.a."]
)
def test_more_authors_in_a_list(text):
    assert re.fullmatch(grammar.MORE_AUTHORS, text, re.I)


@pytest.mark.parametrize(
    "text",
    [
        "Arpit",
        "D. Arpit and Y. Bengio",
        "Lin & Tegmark",
        "van der Waals",
        "Macosko EZ, Shalek AK et al.",
    ],
)
def test_names_in_prose(text):
    assert re.fullmatch(grammar.NAMES, text)


@pytest.mark.parametrize("text", ["arpit", "of Networks", "2016", "d."])
def test_no_names(text):
    assert not re.fullmatch(grammar.NAMES, text)
