"""Family names, as each of the four callers needs them."""

import pytest

from litmap.parsing.person_names import (
    family_keys,
    family_name,
    is_degree,
    last_family_word,
    split_name,
    surname_key,
)


@pytest.mark.parametrize(
    ("name", "family", "surname", "keys", "last"),
    [
        ("LeCun, Yann", "lecun", "lecun", ("lecun",), "LeCun"),
        ("Yann LeCun", "lecun", "lecun", ("lecun",), "LeCun"),
        ("LeCun YA", "lecun", "lecun", ("ya",), "YA"),
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
