"""The names of reference lists, in the languages and the ways that papers print them."""

from __future__ import annotations

import pytest

from litmap.parsing.reference_headings import may_name_reference_list, names_reference_list
from litmap.parsing.word_lists import load_words


@pytest.mark.parametrize(
    "heading",
    [
        "References",
        "REFERENCES:",
        "7. Literature cited",
        "IV. SELECT BIBLIOGRAPHY",
        "R E F E R E N C E S",
        "Supplementary references",
        "A – References",
        "Quellen- und Literaturverzeichnis",
        "Literatur- und Quellenverzeichnis",
        "Bibliographie / Bibliography",
        "Verwendete Literatur",
        "Zitierte Literatur (Auswahl)",
        "L I T E R A T U R",
        "Références bibliographiques",
        "REFERENCES BIBLIOGRAPHIQUES",
        "Bibliographie sélective",
        "V. Bibliografía y fuentes",
        "Referências bibliográficas",
        "Riferimenti bibliografici",
        "Bronnen en literatuur",
        "Käll- och litteraturförteckning",
        "Lähteet",
        "Piśmiennictwo",
        "Seznam použité literatury",
        "Felhasznált irodalom",
        "Izvori i literatura",
        "Referințe bibliografice",
        "Список использованных источников и литературы",
        "Список литературы",
        "Література",
        "ΒΙΒΛΙΟΓΡΑΦΙΑ",
        "Kaynakça",
        "Daftar Pustaka",
        "Tài liệu tham khảo",
        "【参考文献】",
        "五、参考文献",
        "参 考 文 献",
        "引用・参考文献",
        "참고문헌",
        "قائمة المراجع",
        "منابع",
    ],
)
def test_a_heading_names_the_list(heading: str) -> None:
    assert names_reference_list(heading)
    assert may_name_reference_list(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "Literature review",
        "Related literature",
        "Reference model",
        "The reference list of names",
        "Sources of error",
        "Data sources",
        "Literatur im Exil",
        "Quellenlage",
        "La littérature grise",
        "Introduction",
        "In",
        "",
        "—",
    ],
)
def test_a_heading_of_other_sections_names_no_list(heading: str) -> None:
    assert not names_reference_list(heading)
    assert not may_name_reference_list(heading)


@pytest.mark.parametrize(
    "heading", ["Sources", "3. Quellen", "Further reading", "Fuentes", "Books"]
)
def test_names_that_other_sections_share_are_told_apart(heading: str) -> None:
    assert not names_reference_list(heading)
    assert may_name_reference_list(heading)


def test_no_name_is_both_sure_and_shared() -> None:
    assert not load_words("reference_headings") & load_words("reference_heading_sources")
