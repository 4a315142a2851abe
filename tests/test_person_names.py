"""Family names, as each of the four callers needs them."""

import pytest

from litmap.parsing.percentages import chance_words
from litmap.parsing.person_names import (
    family_keys,
    family_name,
    is_degree,
    last_family_word,
    short_citation,
    split_name,
    surname_key,
)


@pytest.mark.parametrize(
    ("name", "family", "surname", "keys", "last"),
    [
        ("LeCun, Yann", "lecun", "lecun", ("lecun",), "LeCun"),
        ("Yann LeCun", "lecun", "lecun", ("lecun",), "LeCun"),
        ("LeCun YA", "lecun", "lecun", ("ya",), "YA"),
        ("Macosko EZ.", "macosko", "macosko", ("macosko",), "Macosko"),
        ("van der Maaten LJP.", "maaten", "maaten", ("maaten",), "Maaten"),
        ("Ravid Shwartz-Ziv", "ziv", "shwartz ziv", ("ziv",), "Shwartz-Ziv"),
        ("Laurens van der Berg", "berg", "berg", ("berg",), "Berg"),
        ("van der Berg, Laurens", "van der berg", "berg", ("berg",), "Berg"),
        ("Sammy Davis Jr.", "davis", "davis", ("davis",), "Davis"),
        ("", "", "", (), ""),
    ],
)
def test_family_names(name, family, surname, keys, last):
    assert family_name(name) == family
    assert surname_key(name) == surname
    assert family_keys([name]) == keys
    assert last_family_word(name) == last


def test_organisations_are_not_split():
    assert split_name("ATLAS Collaboration").literal
    assert split_name("ATLAS Collaboration").family == "ATLAS Collaboration"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Kane, Marcus Lee, Jr.", ("Kane", "Marcus Lee", "Jr.")),
        ("Kane, Jr., Marcus Lee", ("Kane", "Marcus Lee", "Jr.")),
        ("Marcus Lee Kane, III", ("Kane", "Marcus Lee", "III")),
        ("Jane Doe, PhD", ("Doe", "Jane", "")),
        ("van den Berg, Jane, Ph.D.", ("van den Berg", "Jane", "")),
        ("Doe, MD", ("Doe", "MD", "")),
        ("Plato,", ("Plato", "", "")),
    ],
)
def test_suffixes_and_degrees_behind_commas_are_no_given_names(name, parts):
    split = split_name(name)
    assert (split.family, split.given, split.suffix) == parts


def test_a_degree_is_nobodys_name():
    assert all(map(is_degree, ["PhD", "Ph. D.", "M.Sc."]))
    assert not any(map(is_degree, ["Pham", "Dr. Dre", "MA", ""]))


@pytest.mark.parametrize(
    ("authors", "cited"),
    [
        (("Rumelhart, David E.", "Hinton, Geoffrey E.", "Williams, Ronald J."), "Rumelhart et al. 1986"),
        (("Rumelhart D. E.",), "Rumelhart 1986"),
        (("Li X.-Y.", "Wu Y."), "Li and Wu 1986"),
        (("Weinan E",), "E 1986"),
        (("C. E. Shannon",), "Shannon 1986"),
        (("Aäron van den Oord",), "van den Oord 1986"),
        ((), "A title 1986"),
    ],
)  # fmt: skip
def test_a_citation_names_families_and_no_initials(authors, cited):
    assert short_citation(authors, 1986, "A title") == cited


@pytest.mark.parametrize(
    ("chance", "words"),
    [(0.0, "<1%"), (0.004, "<1%"), (0.01, "1%"), (0.372, "37%"), (0.99, "99%"), (0.996, ">99%"), (1.0, ">99%")],
)  # fmt: skip
def test_a_chance_is_never_none_or_all(chance, words):
    assert chance_words(chance) == words
