"""References that notes write in kinds of their own: standards, labels, dates with days, scripts
without capitals, identifiers behind a reference.
"""

import pytest

from litmap.citations import find_citations
from litmap.notes import parse_note


def sure_works(text, suffix=".md"):
    note, _ = parse_note(text, f"n{suffix}", suffix)
    return [c.reference for c in find_citations([note]) if c.sure]


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        ("Normy: PN-EN 99912:2017-04 Ogniwa litowe – Badania.", "Ogniwa litowe – Badania", 2017),
        ("校正は JIS C 91507:2015「音響計測器」。", "音響計測器", 2015),
        ("- GB/T 99236-2013 馆藏青铜器病害与图示", "馆藏青铜器病害与图示", 2013),
        ("СП 925.13330.2018 «Основания. Нормы расчёта» (нормы)", "Основания. Нормы расчёта", 2018),
        ("- ISO 99001:2015 Quality of lake water", "Quality of lake water", 2015),
        ("* NBR 96118:2014 – Projeto de diques (ABNT)", "Projeto de diques", 2014),
    ],
)
def test_a_standard_is_a_work_by_its_number_and_title(text, title, year):
    assert [(work.title, work.year) for work in sure_works(text)] == [(title, year)]


@pytest.mark.parametrize(
    "text",
    ["Built as DIN EN 1992-1-1 asks.", "See ISO 9001. The norm says so.", "AS 2015 Doe said"],
)
def test_a_standard_without_a_title_is_no_titled_work(text):
    assert [work.title for work in sure_works(text) if work.title] == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "Contra: LACERDA NETO, J. **O mito da autonomia**. 2. ed. São Paulo: Sol, 2021.",
            "O mito da autonomia",
        ),
        (
            "Polemika: Szabó, E. (2017). Widows and guilds. *Lake Letters*, 3, 1–20.",
            "Widows and guilds",
        ),
        ("Praca doktorska: Bielak, J. (2014). Sole w jeziorze. Kraków: Woda.", "Sole w jeziorze"),
        ("- Obra general: Paz, R. (1999). *Lagos y sal*. Madrid: Sol.", "Lagos y sal"),
        ("Standard text: Doe, J. (2001). *Salt lakes*. Oxford: Pond.", "Salt lakes"),
    ],
)
def test_a_label_before_names_is_no_part_of_a_reference(text, title):
    assert [work.title for work in sure_works(text)] == [title]


@pytest.mark.parametrize(
    "date", ["12 de agosto de 2018", "3. März 2018", "mai 2018", "2018, August 12", "5 maggio 2018"]
)
def test_a_date_with_its_day_stands_behind_the_authors(date):
    text = f"- Paz, P. ({date}). Los pozos que nadie cierra. *La Tribuna*. https://t.example.es/p"
    (work,) = sure_works(text)
    assert (work.title, work.year) == ("Los pozos que nadie cierra", 2018)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("- Sarr, O., *La Brigade*, Rennes, Presses du Hâvre, 1990, 312 p.", "La Brigade"),
        ("- Confederación del Lago. (2015). *Plan de sequía*. Madrid: autor.", "Plan de sequía"),
        (
            "HOŘEJŠ, Jan a Petr ŠULC. Cesty v 18. století. *Časopis dějin*, 2011.",
            "Cesty v 18. století",
        ),
        ("- Kaya, N. ve Demir, D. (2015). Gölün ömrü. *Su Dergisi*, 7(1), 11–38.", "Gölün ömrü"),
        ("- MALÝ, Jan. *Mistři a rybníky*. 2. vyd. Praha: Argo, 2006.", "Mistři a rybníky"),
        ("- Hirsch, D., Robots at the Lake, 88 Lake L. Rev. 401 (2016)", "Robots at the Lake"),
        ("- Rios, C.: A view of lakes, Cryosph. Haz., 13, 1001–1020, 2019.", "A view of lakes"),
    ],
)
def test_titles_end_where_styles_of_other_fields_and_languages_end_them(text, title):
    assert [work.title for work in sure_works(text)] == [title]


@pytest.mark.parametrize(
    ("text", "title", "author"),
    [
        (
            "- سليم الحارثي، *أسواق القاهرة*، القاهرة: دار النيلين، 1994.",
            "أسواق القاهرة",
            "سليم الحارثي",
        ),
        ("- هدى صالح، «الأسعار والحسبة»، جامعة دمياط، 2015.", "الأسعار والحسبة", "هدى صالح"),
        (
            "1. शर्मा, विमलेश. *आत्मकथा और समाज*. नई दिल्ली: राजपथ, 2004.",
            "आत्मकथा और समाज",
            "विमलेश शर्मा",
        ),
        ("- דן כהן, *ימים ואגמים*, ירושלים: מאגר, 1988.", "ימים ואגמים", "דן כהן"),
        ("- გია ბერიძე, „ტბები და მარილი“, თბილისი, 1999.", "ტბები და მარილი", "გია ბერიძე"),
    ],
)
def test_marked_titles_are_works_in_scripts_without_capitals(text, title, author):
    (work,) = sure_works(text)
    assert (work.title, work.authors) == (title, (author,))


@pytest.mark.parametrize(
    ("text", "title", "identifier"),
    [
        (
            "LUZ, T.; BEN, A. Quantas horas tem o lago? **Cadernos**, v. 9, e044, 2022. "
            "DOI: https://doi.org/10.5555/cl.2022.44.",
            "Quantas horas tem o lago?",
            "doi:10.5555/cl.2022.44",
        ),
        (
            "- LagoMapa: mapas de 2016-2021 [conjunto de datos]. (2022). Paz, I. "
            "https://doi.org/10.5281/zenodo.99004417",
            "LagoMapa: mapas de 2016-2021",
            "doi:10.5281/zenodo.99004417",
        ),
        (
            "- данные: «Термометрия озера», набор данных, v1, 2019, https://doi.org/10.5555/zp.data",
            "Термометрия озера",
            "doi:10.5555/zp.data",
        ),
        (
            "자료는 [장기 물가 데이터](https://doi.org/10.5555/kp.v3) 사용.",
            "장기 물가 데이터",
            "doi:10.5555/kp.v3",
        ),
    ],
)
def test_an_identifier_belongs_to_what_is_named_before_it(text, title, identifier):
    (work,) = sure_works(text)
    assert (work.title, work.ids) == (title, (identifier,))


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (
            "Dazu kritisch Zwetsch, Der Lotse als Garant, JZ 2012, 341 (345 f.).",
            ["Der Lotse als Garant"],
        ),
        (
            "Siehe Tornberg, Beweislast bei Nebel, NJW 2019, 1788; für die USA Hirsch, Robots at the "
            "Lake, 88 Lake L. Rev. 401 (2016).",
            ["Beweislast bei Nebel", "Robots at the Lake"],
        ),
        (
            "L. Darcy, *Droit rural*, LexisNéo, 7e éd., 2018, n° 214 s. ; M. Tess et A. Coutel, *Les "
            "baux ruraux*, Dalloz-Bis, 2015.",
            ["Droit rural", "Les baux ruraux"],
        ),
        (
            "M. Tess, « Le bail des lacs », *Notes rurales* 2009, p. 1122 ; *contra* B. Salv, « Un "
            "bail inutile ? », *D.* 2010, p. 451.",
            ["Le bail des lacs", "Un bail inutile?"],
        ),
        (
            "KOTLÁŘ, Prokop. *Mistři a rybníky*. Praha: Argo, 2006. 312 s.\n"
            "HOŘEJŠ, Dana. Cesty k vodě. *Časopis dějin*, 2011, roč. 130, č. 2, s. 215–240.",
            ["Mistři a rybníky", "Cesty k vodě"],
        ),
        (
            "Pour finir : A. Mézière, « Compter les lacs », 14 mai 2019, sur le carnet « Sel & eau ».",
            ["Compter les lacs"],
        ),
    ],
)
def test_several_references_of_a_paragraph_are_several_works(text, titles):
    assert [work.title for work in sure_works(text)] == titles


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "- patent PL 999123 B1: Sposób suszenia torfu, Zakłady „Mewa”, 2013",
            "Sposób suszenia torfu",
        ),
        ("- 特許第6999123号「積層制振板」（東都製鋼，2017）", "積層制振板"),
        ("- US Patent 9,991,234: Drying peat by wind, 2016", "Drying peat by wind"),
        ("Авторское свидетельство № 1999123 СССР. Сушка торфа / И.П. Галкин. 1988.", "Сушка торфа"),
        ("- Gilford, 'The learning mill' (2013) 77 CLJ 210", "The learning mill"),
        (
            "- Dubin-Roy A. Strength of ice: Ph.D. thesis. University of Oulu North, 2003.",
            "Strength of ice",
        ),
        (
            '- Boisrond, Émile, "Chiens et sel", in J. Vass (dir.), *Contrebandes*, Lille, Nord, 2008, '
            "pp. 77-96.",
            "Chiens et sel",
        ),
        ("- L. Caze, « Porteuses de sel », univ. du Mans, 2017 (dactyl.).", "Porteuses de sel"),
        (
            "- Dr. Ilse Marn, Wer haftet?, in: Baum (Hrsg.), Robotik, Berlin 2018, S. 2–9.",
            "Wer haftet?",
        ),
    ],
)
def test_works_of_law_technology_and_archives_are_read(text, title):
    assert [work.title for work in sure_works(text)] == [title]


@pytest.mark.parametrize(
    "text",
    [
        "“The pillars show traces of melting” (Ahlborn, 2009, S. 17)",
        "- Stuck 2013 (Poster, Freiburg) – hat jemand das Handout?",
        "Am ehrgeizigsten ist Paum (2015). Daten: Frage 44. Siehe auch die Diskussion bei Vigl 2018.",
    ],
)
def test_what_quotes_or_points_is_no_title(text):
    assert [work.title for work in sure_works(text) if work.title] == []


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        (
            "- Газета: Трещина длиной в жизнь // Заполярный путь. 2017. 11 дек.",
            "Трещина длиной в жизнь",
            2017,
        ),
        ("Ср. Лёд и соль // Вестник озёр. № 3. 2004.", "Лёд и соль", 2004),
        ("- Сіль і лід // Озерний край. 2011. С. 4.", "Сіль і лід", 2011),
    ],
)
def test_two_strokes_set_the_venue_off_where_no_people_are_named(text, title, year):
    assert [(work.title, work.year) for work in sure_works(text)] == [(title, year)]


@pytest.mark.parametrize(
    ("head", "row", "title"),
    [
        ("Источник | Год", "Лунин Е.С. Дороги на льду. М.: Мост | 2007", "Дороги на льду"),
        (
            "Literatuur | Jaar",
            "Ypma, S., Sits aan het meer. Zwolle: Waan | 1995",
            "Sits aan het meer",
        ),
        ("Reference | Year", "Doe, J. Salt lakes. Lake Letters 3, 1-9 | 2003", "Salt lakes"),
    ],
)
def test_a_reference_and_its_year_may_stand_in_two_cells(head, row, title):
    table = f"| {head} |\n|---|---|\n| {row} |\n"
    assert [work.title for work in sure_works(table)] == [title]
    cells = (line.replace(" | ", ";") for line in (head, row))
    assert [work.title for work in sure_works("\n".join(cells), ".csv")] == [title]
