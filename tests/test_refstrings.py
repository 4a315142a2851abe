from __future__ import annotations

import gc
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.parsing.reference_strings.parser import parse_reference
from litmap.parsing.reference_strings.splitting import looks_like_reference, split_entries
from litmap.parsing.title_similarity import normalise_title

# Strings of many styles and fields of science with their answers, written by hand before the parser
# was run on them;
# an empty title means that the style gives none; where a string has many authors, the first ones
# are named.
CASES = json.loads(
    (Path(__file__).parent / "data" / "reference_strings.json").read_text(encoding="utf-8")
)


def right(case: dict[str, Any]) -> tuple[bool, bool, bool]:
    found = parse_reference(case["text"])
    families = case["families"]
    people = len(found.authors) >= len(families) and all(
        normalise_title(name).endswith(normalise_title(family))
        for name, family in zip(found.authors, families, strict=False)
    )
    return (
        normalise_title(found.title) == normalise_title(case["title"]),
        found.year == case["year"],
        people,
    )


def test_styles_and_fields_of_science() -> None:
    marks = [right(case) for case in CASES]
    wrong = [case["text"] for case, mark in zip(CASES, marks, strict=True) if not all(mark)]
    titles, years, people = (sum(mark[i] for mark in marks) / len(marks) for i in range(3))
    assert titles >= 0.98, wrong
    assert years >= 0.99, wrong
    assert people >= 0.99, wrong


# Invented references of ten languages in the styles of their countries (GOST, GB/T 7714, ABNT, ISO
# 690, German historians, Japanese and Korean lists), written by hand before they were read.
OF_LANGUAGES = json.loads(
    (Path(__file__).parent / "data" / "reference_strings_languages.json").read_text("utf-8")
)


def has_people(found: tuple[str, ...], families: list[str]) -> bool:
    return len(found) >= len(families) and all(
        normalise_title(family) in normalise_title(name)
        for name, family in zip(found, families, strict=False)
    )


def test_styles_of_ten_languages() -> None:
    wrong = []
    for case in OF_LANGUAGES:
        found = parse_reference(case["text"])
        title = normalise_title(found.title) == normalise_title(case["title"])
        people = has_people(found.authors, case["families"])
        if not (title and people and found.year == case["year"]):
            wrong.append((case["text"], found.title, found.authors, found.year))
    assert len(wrong) <= 0.05 * len(OF_LANGUAGES), wrong


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("李四, 王小明等. 桥梁健康监测[J]. 土木工程, 2014, 3(2): 1-9.", ("李四", "王小明")),
        ("林 健太, 小川 舞 (2010). 朝市の研究. 地域研究, 4, 1-9.", ("健太 林", "舞 小川")),
        ("김서준·오하린, 「골목의 소리」, 『도시학』 3(1), 2011, 1-9쪽.", ("김서준", "오하린")),
        ("Орлов, Д. С. Лед на реке / Д. С. Орлов, И. К. Белов // Реки. – 2011. – № 2. – С. 3–9.",
         ("Д. С. Орлов", "И. К. Белов")),
        ("COSTA, Rui; DIAS, Ana. O cais. Porto: Mar, 2001.", ("Rui COSTA", "Ana DIAS")),
        ("Roe, Al, Vera E. Price, and Ida Moe (eds.). 2009. Winter Law. Oslo: Fjord.",
         ("Al Roe", "Vera E. Price", "Ida Moe")),
        ("Vgl. Ida Roth, Max Lenz: Tote Briefe, in: Archiv 3 (2001), S. 1–9.",
         ("Ida Roth", "Max Lenz")),
    ],
)  # fmt: skip
def test_names_of_other_scripts_and_orders(text: str, authors: tuple[str, ...]) -> None:
    assert parse_reference(text).authors == authors


@pytest.mark.parametrize(
    ("text", "title", "authors"),
    [
        (
            "Юдина, Т. В. Вести с завода / Т. В. Юдина, О. М. Крылов // Дело. — 2007. — № 6. — С. 8–9.",
            "Вести с завода",
            ("Т. В. Юдина", "О. М. Крылов"),
        ),
        (
            "Panov, I. Ice in harbours / I. Panov, E. Rudin // Ports. – 2016. – Vol. 3. – P. 1–2.",
            "Ice in harbours",
            ("I. Panov", "E. Rudin"),
        ),
        (
            "Тарасов К. Д. Реки и мели : автореф. дис. ... канд. наук / К. Д. Тарасов. – Казань, 2011. – 24 с.",
            "Реки и мели",
            ("К. Д. Тарасов",),
        ),
        (
            "Doe, J. Input / output of nets. Nature 4, 12-15, 1999.",
            "Input / output of nets",
            ("J. Doe",),
        ),
    ],
)
def test_a_stroke_sets_the_authors_behind_the_title(
    text: str, title: str, authors: tuple[str, ...]
) -> None:
    found = parse_reference(text)
    assert (found.title, found.authors) == (title, authors)


@pytest.mark.parametrize(
    ("text", "title", "venue"),
    [
        (
            "Rask, A., & Umeh, B. (2017). Peat and rent: leases in Drenthe, 1540–1620. Past Bogs, "
            "1, 51–73.",
            "Peat and rent: leases in Drenthe, 1540–1620",
            "Past Bogs",
        ),
        (
            "Holt, R. (1998). Bread and barracks: a garrison town, 1914-18. War and Bread, 12, 3.",
            "Bread and barracks: a garrison town, 1914-18",
            "War and Bread",
        ),
        (
            "Holt, R. (1998). Bread and barracks (1800–1850). War and Bread, 12, 3–29.",
            "Bread and barracks (1800–1850)",
            "War and Bread",
        ),
        (
            "Verga, L. (2003). Mills on the Adda, c. 1500–1750. Quaderni di storia, 8, 11–40.",
            "Mills on the Adda, c. 1500–1750",
            "Quaderni di storia",
        ),
        (
            "Nowak, P. (2011). Housing estates in Łódź, since 1945. Urban Pasts, 4(1), 90–118.",
            "Housing estates in Łódź, since 1945",
            "Urban Pasts",
        ),
        (
            "Krause, H. (1972). Die Zünfte in Lübeck, 1350 bis 1500. Hansische Blätter, 90, 1–40.",
            "Die Zünfte in Lübeck, 1350 bis 1500",
            "Hansische Blätter",
        ),
        (
            "Dufour, M., Les marchands de vin à Beaune, 1720–1789, Annales de Bourgogne, 59 "
            "(1987), 5–33.",
            "Les marchands de vin à Beaune, 1720–1789",
            "Annales de Bourgogne",
        ),
    ],
)
def test_a_title_keeps_the_years_that_it_speaks_of(text: str, title: str, venue: str) -> None:
    reference = parse_reference(text)
    assert (reference.title, reference.venue) == (title, venue)


def test_pages_that_look_like_years_are_no_part_of_a_title() -> None:
    text = "A. Rask, B. Umeh, Slow pumps in wet peat, Journal of Peat Science 12, 1540–1620 (2001)."
    assert parse_reference(text).title == "Slow pumps in wet peat"


def test_references_are_told_from_prose() -> None:
    assert sum(looks_like_reference(case["text"]) >= 0.5 for case in CASES) >= 0.98 * len(CASES)
    prose = [
        "We show that gradient descent finds a global minimum if the network is wide enough (Du "
        "et al., 2018).",
        "Sharp minima generalise poorly, because a small shift of the loss surface costs much.",
        "See the course page of Stanford for slides and videos.",
        "TODO read this again before Monday",
        "In 2012, AlexNet won the challenge by a wide margin, and everything changed.",
        "https://arxiv.org/abs/1611.03530",
        "Loss surfaces",
        "Two questions remain: why does it work, and what is the role of noise?",
        "Ask Anna about the seminar on 3 May 2019, room 12.",
    ]
    assert [text for text in prose if looks_like_reference(text) >= 0.5] == []


def test_all_fields() -> None:
    found = parse_reference(
        "[12] Lin, Henry W., and Max Tegmark. 2016a. “Critical Behavior from Deep Dynamics.” "
        "Entropy 19 (7): 299. https://doi.org/10.3390/e19070299. arXiv:1606.06737v2."
    )
    assert found.number == "12"
    assert found.authors == ("Henry W. Lin", "Max Tegmark")
    assert (found.year, found.year_suffix) == (2016, "a")
    assert found.title == "Critical Behavior from Deep Dynamics"
    assert found.venue == "Entropy"
    assert set(found.ids) == {"doi:10.3390/e19070299", "arxiv:1606.06737"}
    assert found.urls == ("https://doi.org/10.3390/e19070299",)
    assert found.raw.startswith("[12]")


def test_same_author_as_before() -> None:
    before = ("Thomas S. Kuhn",)
    for mark in ("———.", "---.", "____.", "— — —,"):
        found = parse_reference(
            f"{mark} 1977. The Essential Tension. Chicago: University of Chicago Press.",
            previous_authors=before,
        )
        assert (found.authors, found.year, found.title) == (
            before,
            1977,
            "The Essential Tension",
        ), mark


def test_a_link_says_what_the_title_is() -> None:
    link = "[Why does deep and cheap learning work so well?](https://arxiv.org/abs/1608.08225)"
    text = f"2017 May 2, Henry W. Lin. {link}. *x*."
    assert parse_reference(text).title == "Why does deep and cheap learning work so well?"
    plain = "Lin 2017 Cheap learning paper, good"
    assert parse_reference(plain, title_hint="Cheap learning paper").title == "Cheap learning paper"


def test_markup_of_latex_lists() -> None:
    text = (
        r"H.~B{\"o}lcskei and P.~Grohs. \newblock Optimal approximation with sparse networks. "
        r"\newblock {\em SIAM J. Math. Data Sci.}, 1(1):8--45, 2019."
    )
    found = parse_reference(text)
    assert found.authors == ("H. Bölcskei", "P. Grohs")
    assert found.title == "Optimal approximation with sparse networks"
    assert found.year == 2019


def test_nothing_is_made_up() -> None:
    for text in ("", "   ", ".", "[1]", "???", "2019", "—", "((((", "“”", "et al."):
        found = parse_reference(text)
        assert found.raw == text
        assert found.authors == () or text == "et al."


def test_entries_by_number_label_bullet_blank_and_indent() -> None:
    first = "Doll R, Hill AB. Smoking and carcinoma of the lung. Br Med J. 1950;2:739."
    second = "Hardin G. The tragedy of the commons. Science. 1968;162:1243."
    third = "Paine RT. Food web complexity and species diversity. Am Nat. 1966;100:65."
    want = [first, second, third]
    numbered = split_entries(
        "\n".join(f"[{i}] {x[:40]}\n    {x[40:].strip()}" for i, x in enumerate(want, 1))
    )
    assert [entry.split(" ", 1)[0] for entry in numbered] == ["[1]", "[2]", "[3]"]
    assert split_entries("\n\n".join(want)) == want
    assert split_entries("\n".join(want)) == want
    hanging = "\n".join(f"{x[:30].rstrip()}\n    {x[30:].strip()}" for x in want)
    assert [entry.replace(" ", "") for entry in split_entries(hanging)] == [
        x.replace(" ", "") for x in want
    ]
    bullets = split_entries("\n".join(f"- {x}" for x in want))
    assert len(bullets) == 3
    assert split_entries("") == []


def test_words_and_addresses_cut_at_a_line_end_are_joined() -> None:
    lines = [
        "[1] Smith J. General-",
        "ization in deep nets. https://example.org/a/",
        "b.pdf 2018.",
        "[2] Doe A. Other. 2019.",
    ]
    assert (
        split_entries(lines)[0]
        == "[1] Smith J. Generalization in deep nets. https://example.org/a/b.pdf 2018."
    )


HOSTILE = [
    "A",
    "A. ",
    "A B ",
    "Smith, J., ",
    "J. Smith and ",
    "“",
    "(",
    "[a](",
    "*a",
    "Phys. ",
    "GIW",
    "doi:10.1/",
    "http://a.b/(",
    "2019, ",
    "—",
    "and ",
    "1. ",
    " ,",
    "\\'{",
    "Proceedings of ",
    "consulté le 1 de ",
    "dostęp 1.1",
    "张三, ",
    "「题",
    "Иванов И. // ",
    "der die das ",
    "等 https://a.b/c ",
    "【2014年3月1日閲覧】",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_is_bounded_on_hostile_text(piece: str) -> None:
    begin = time.process_time()
    for size in (4_000, 400_000):
        text = (piece * size)[:size]
        parse_reference(text)
        looks_like_reference(text)
    split_entries("\n".join([piece * 40] * 500))
    assert time.process_time() - begin < 5


@pytest.fixture
def only_own_garbage() -> Iterator[None]:
    """The collector does not look through all that earlier tests left while time is measured."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("only_own_garbage")
def test_long_lists_take_linear_time() -> None:
    entry = "Doll R, Hill AB. Smoking and carcinoma of the lung. Br Med J. 1950;2:739.\n"
    seconds = []
    for count in (2_000, 8_000):
        begin = time.process_time()
        assert len(split_entries(entry * count)) == count
        seconds.append(time.process_time() - begin)
    assert seconds[1] < 12 * seconds[0] + 0.2


PIECES = st.sampled_from(
    [case["text"] for case in CASES] + HOSTILE + ["\n", "\x00", "e\u0301", "李", "𝔄", "\u202e", "ﬁ"]
)


@settings(max_examples=120, deadline=None)
@given(st.lists(PIECES | st.text(max_size=30), max_size=6), st.integers(0, 40))
def test_any_text_is_read_without_error(parts: list[str], cut: int) -> None:
    text = "".join(parts)[cut:]
    found = parse_reference(text)
    assert found.raw == text
    assert found.year is None or 1400 <= found.year < 2100
    assert "␞" not in found.title + found.venue + "".join(found.authors)
    assert 0.0 <= looks_like_reference(text) <= 1.0
    assert "".join(split_entries(text)).replace(" ", "") or not text.strip()


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        (
            "Thoma, Grit: Turm und Nacht, URL: https://example.org/t (letzter Zugriff: 11.1.2023).",
            "Turm und Nacht",
            None,
        ),
        (
            "Olmedo, Rosa. La voz del mar, https://example.org/m. Consultado el 4 de mayo de 2020.",
            "La voz del mar",
            None,
        ),
        (
            "Dupont, Jean. La mer [en ligne]. 2009. [consulté le 12 mars 2011]. Disponible à "
            "l’adresse : https://example.org/m",
            "La mer",
            2009,
        ),
        (
            "PRADO, Helena. O farol. Disponível em: <https://example.org/f>. Acesso em: 9 set. 2018.",
            "O farol",
            None,
        ),
        (
            "Bianchi, Luca. Il faro e la notte. https://example.org/f (ultimo accesso: 12 giugno "
            "2019)",
            "Il faro e la notte",
            None,
        ),
        (
            "Смирнова Е. А. Городские сады. URL: http://example.org/s (дата обращения: 12.03.2018).",
            "Городские сады",
            None,
        ),
        ("佐藤健一「灯台と夜」https://example.org/t（2020年5月1日閲覧）", "灯台と夜", None),
        ("Weber, Max: Die Halle. Bonn 2004. Zugriff am 3. Mai 2019, 14:20 Uhr.", "Die Halle", 2004),
        (
            "Zugriff, Karl. Visited 1990 and after. Acme Press, 1995.",
            "Visited 1990 and after",
            1995,
        ),
        (
            "Meier, Ute. Consulta y memoria. Cuadernos del Sur 4 (2001): 3-19.",
            "Consulta y memoria",
            2001,
        ),
    ],
)
def test_the_day_of_access_is_no_year_of_publication(
    text: str, title: str, year: int | None
) -> None:
    found = parse_reference(text)
    assert (found.title, found.year) == (title, year)


# ── styles whose commas alone part the fields ────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "authors", "title", "venue", "year"),
    [
        (
            "Ida Tell & Otto B. Olm, Salt and the Law of Sluices, 114 DIKE. REV. 843, 850–52 (2007).",
            ("Ida Tell", "Otto B. Olm"), "Salt and the Law of Sluices", "DIKE. REV.", 2007,
        ),
        (
            "B.R. Tell, Note, Sluices, 14 Am. J. Dike Stud. 121, 121 (1903).",
            ("B.R. Tell",), "Sluices", "Am. J. Dike Stud.", 1903,
        ),
        (
            "Ida Tell, Across Dikes: The Sea and Its Law, 2007 SEA L. REV. 345 (2007)",
            ("Ida Tell",), "Across Dikes: The Sea and Its Law", "SEA L. REV.", 2007,
        ),
        ("IDA B. TELL, THE SEA AND ITS LAW 25–31 (3d ed. 2022)", ("IDA B. TELL",), "THE SEA AND ITS LAW", "", 2022),
        (
            "Ida Tell, Olm v. Siel, in SEA STORIES 169 (Otto Olm & Jan Siel eds., 2005)",
            ("Ida Tell",), "Olm v. Siel", "SEA STORIES", 2005,
        ),
        ("Ida Tell, Salz und Macht, Göttingen 1922, S. 12", ("Ida Tell",), "Salz und Macht", "Göttingen", 1922),
        (
            "Ida-Ute Tell, Deutsche Deichgeschichte, Bd. 3, 2. Aufl., München 1995, S. 12 f.",
            ("Ida-Ute Tell",), "Deutsche Deichgeschichte", "München", 1995,
        ),
        (
            "Ida Tell/Otto Olm (Hg.), Stille Häfen. Zur Lage der Küste, Frankfurt a. M. 1979",
            ("Ida Tell", "Otto Olm"), "Stille Häfen. Zur Lage der Küste", "Frankfurt a. M.", 1979,
        ),
        (
            "Ida Tell, Surveiller la mer, Paris, Quai, 1975, p. 12.",
            ("Ida Tell",), "Surveiller la mer", "Paris", 1975,
        ),
        ("I. Tell, Il sale e i fiumi, Torino 1976, p. 12", ("I. Tell",), "Il sale e i fiumi", "Torino", 1976),
    ],
)  # fmt: skip
def test_commas_part_the_fields_of_law_and_history(
    text: str, authors: tuple[str, ...], title: str, venue: str, year: int
) -> None:
    found = parse_reference(text)
    assert (found.authors, found.title, found.venue, found.year) == (authors, title, venue, year)


def test_two_names_behind_commas_are_not_read_as_a_name_and_a_title() -> None:
    found = parse_reference("Ida Tell, Otto Olm, Häfen und Siele, Göttingen 1999")
    assert found.authors[:2] == ("Ida Tell", "Otto Olm")


@pytest.mark.parametrize(
    ("text", "venue"),
    [
        ("Albers, T. & Greve, S. (2014). Enten auf dem Dach. Moorblatt, 5(1), 1-8.", "Moorblatt"),
        ("Rohde, D. (2017). Drachen über dem Hof. Windbriefe, 8(2), 10–19.", "Windbriefe"),
        ("Brandt, Karl: Ebbe, in: Koch, Eva (Hrsg.): Das Wattbuch. Emden: Deich 2004, S. 1–20.",
         "Das Wattbuch"),
        ("Pia Roth, Die Flut als Uhr, in: Eva Koch/Bo Lang (Hgg.), Zeit am Meer (= Wattstudien 4),"
         " Kiel 2011, S. 3–9.", "Zeit am Meer"),
    ],
)  # fmt: skip
def test_a_venue_is_read_beside_the_title(text: str, venue: str) -> None:
    assert parse_reference(text).venue == venue
