"""Notes as people write them in other languages and layouts: one instance for each kind that was
read wrongly once.
"""

import pytest

from litmap.citations import find_citations
from litmap.notes import read_notes


def citations_of(tmp_path, text, name="note.md"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    notes, _ = read_notes([str(path)])
    return find_citations(notes)


def work_of(citations, title):
    found = [c for c in citations if c.sure and c.reference.title == title]
    assert len(found) == 1, [c.reference.title for c in citations]
    return found[0]


def families(citation):
    return [name.split()[-1] for name in citation.reference.authors]


@pytest.mark.parametrize(
    ("line", "title", "authors", "year"),
    [
        (  # a journal of one word stands before its volume, never in the title
            "Rohde, D. (2017). Drachen über der Marsch. Windbriefe, 8(2), 10–19.",
            "Drachen über der Marsch", ["Rohde"], 2017,
        ),
        (
            "Novák P, Svobodová J. Zimní krmení ptáků ve městech. Ptačí listy. 2018;12(3):44-51.",
            "Zimní krmení ptáků ve městech", ["Novák", "Svobodová"], 2018,
        ),
        (
            "Jansen, P., & Wit, A. (2016). Fietsen langs de dijk: een veldstudie. "
            "*Tijdschrift voor Mobiliteit*, 8(1), 20–33.",
            "Fietsen langs de dijk: een veldstudie", ["Jansen", "Wit"], 2016,
        ),
        ("Rossi, Ada. *Specchi*. Roma: Onda, 2005.", "Specchi", ["Rossi"], 2005),
        ("NIEMI Kaisa. *Varjot*. Turku : Saari, 2006, 140 p.", "Varjot", ["Kaisa"], 2006),
        (
            "Peters, Olaf: Brücken, in: Ina Stahl (Hg.): Wege im Mittelalter, Köln 2005, S. 11–30.",
            "Brücken", ["Peters"], 2005,
        ),
        (
            "Krug, Anna, Peter Lohse und Eva Maurer (Hg.). 2006. *Wetter und Macht. Vorhersagen im "
            "Amt*. Berlin: Lindenverlag.",
            "Wetter und Macht. Vorhersagen im Amt", ["Krug", "Lohse", "Maurer"], 2006,
        ),
        (
            "Ahl, D. A.; Syms, J. D *Optische Methoden: Ein Kurs*; Lane Books, 1998.",
            "Optische Methoden: Ein Kurs", ["Ahl", "Syms"], 1998,
        ),
        (
            "Там же полезна статья: Жуков Р.С. Соль и лёд: опыт двух зим // Зимние дороги. 2018. "
            "Т. 3. № 1. С. 5-16.",
            "Соль и лёд: опыт двух зим", ["Жуков"], 2018,
        ),
        (
            "吴强. 一种自动浇花装置: CN201610012345.6[P]. 2017-05-10.",
            "一种自动浇花装置", ["吴强"], 2017,
        ),
        (
            "정하나 (2015). 어촌의 장터. 한상우 (편), 『바다와 사람』 (pp. 77-98). 부산: 물결.",
            "어촌의 장터", ["정하나"], 2015,
        ),
        (
            "Tom Field, “Mills without wheels,” *Water Power* 3 (1999): 10–19.",
            "Mills without wheels", ["Field"], 1999,
        ),
        (
            "T. Field and A. Reed. Mills without wheels. *Water Power*, 3:10–19, 1999.",
            "Mills without wheels", ["Field", "Reed"], 1999,
        ),
        (
            "Schreiber, Uwe: Zunft und Stadt im Spätmittelalter (= Studien zur Stadt, Bd. 4), "
            "Göttingen 1994.",
            "Zunft und Stadt im Spätmittelalter", ["Schreiber"], 1994,
        ),
        (
            "Vgl. dazu ausführlich Paul Kern: Die Zölle der Grafen, in: Hansische Hefte 12 (1980), "
            "S. 1–30.",
            "Die Zölle der Grafen", ["Kern"], 1980,
        ),
        (
            "Zit. nach Berta Wolf, Die Register des Klosters, in: Klosterhefte 3 (1966), S. 12.",
            "Die Register des Klosters", ["Wolf"], 1966,
        ),
        (
            "Тихонова, М. А. Причалы зимой [Текст] / М. А. Тихонова // "
            "Порт. – 2009. – № 1. – С. 3–8.",
            "Причалы зимой", ["Тихонова"], 2009,
        ),
        (
            "Winter, A., Holm, B. Ice in harbours // Port Letters. – 2014. – Vol. 3, No. 2. – P. 7–18. "
            "– DOI 10.5555/pl.2014.7",
            "Ice in harbours", ["Winter", "Holm"], 2014,
        ),
        (
            "(2014) Ito, R. Tides in narrow rivers. River Letters 3, 1–9.",
            "Tides in narrow rivers", ["Ito"], 2014,
        ),
        ("2016. Lund, Kim. Dams of clay. Boston: Mud Press.", "Dams of clay", ["Lund"], 2016),
        (
            "[2010] Roux, A., Blanc, M. Le port sec. Annales des quais, 3, 44-59.",
            "Le port sec", ["Roux", "Blanc"], 2010,
        ),
        (
            "(2019a) Soto, L. Barcos de caña. *Aire y Mar*, 7(3), 5–9.",
            "Barcos de caña", ["Soto"], 2019,
        ),
        (
            "Романова Е. С. КРЫШИ СЕВЕРА. – М.: Наука, 2005. – 210 с.",
            "КРЫШИ СЕВЕРА", ["Романова"], 2005,
        ),
        (
            "Бойко І. М. ПАРОМИ НА РІЧЦІ // Вісник води. – 2010. – Вип. 5. – С. 3–8.",
            "ПАРОМИ НА РІЧЦІ", ["Бойко"], 2010,
        ),
        ("МОРОЗ Т. И. Мосты в тумане. СПб.: Лань, 2011. 180 с.", "Мосты в тумане", ["МОРОЗ"], 2011),
        ("Романова Е.С. Крыши Севера. М., 2005.", "Крыши Севера", ["Романова"], 2005),
        (
            "Lund K. Tar roads in winter [dissertation]. Boston: Mud University; 2011.",
            "Tar roads in winter", ["Lund"], 2011,
        ),
        (
            "Koch, E. (2015). Wege aus Salz [Unveröffentlichte Masterarbeit]. Universität Kiel.",
            "Wege aus Salz", ["Koch"], 2015,
        ),
        (
            "Poe, E. (2018). Songs of the tar road [Review of the book Tar, by K. Lund]. "
            "Road Letters, 3, 1–2.",
            "Songs of the tar road", ["Poe"], 2018,
        ),
        (
            "Rivas A. Caminos de sal [tesis doctoral]. Sevilla: Universidad del Sur; 2016.",
            "Caminos de sal", ["Rivas"], 2016,
        ),
        (
            "Verdi, Paolo, a cura di. Ponti di nebbia. Milano: Onda, 2005.",
            "Ponti di nebbia", ["Verdi"], 2005,
        ),
        ("Petit, Luc (éd.), Ponts de brume, Paris, Quai, 2007.", "Ponts de brume", ["Petit"], 2007),
        (
            "Roux, Anne et Blanc, Marc (dir.), Les fleuves lents, Lyon, Delta, 2013.",
            "Les fleuves lents", ["Roux", "Blanc"], 2013,
        ),
        (
            "Koch, Eva/Roth, Pia (Hgg.): Die langsamen Flüsse. Kiel: Watt 2012.",
            "Die langsamen Flüsse", ["Koch", "Roth"], 2012,
        ),
        (
            "Voir aussi : Petit, L. (2014). Les quais du nord. Revue des eaux, 3, 1-9.",
            "Les quais du nord", ["Petit"], 2014,
        ),
        (
            "Ver también Rivas, A. (2014). Muelles del norte. Aire y Mar, 3, 1–9.",
            "Muelles del norte", ["Rivas"], 2014,
        ),
        (
            "См. также: Зуев П. П. Причалы Оби // Вестник рек. 2013. № 2. С. 11–19.",
            "Причалы Оби", ["Зуев"], 2013,
        ),
        (
            "Монография: Котов А. А. Лёд и вода: история переправ. М.: Наука, 2009. 210 с.",
            "Лёд и вода: история переправ", ["Котов"], 2009,
        ),
        (
            "Стаття: Шевчук О. П. Пороми Дніпра // Вісник води. 2010. № 5. С. 3–8.",
            "Пороми Дніпра", ["Шевчук"], 2010,
        ),
        (
            "Livre : Petit, L. (2012). Les ponts de brume. Paris : Quai.",
            "Les ponts de brume", ["Petit"], 2012,
        ),
        (
            "Ito, R. The ferry returns. Harbour Tribune, London, 12 June 2015, p. 4.",
            "The ferry returns", ["Ito"], 2015,
        ),
        (
            "Verdi, Paolo. Il ponte resta chiuso. Corriere del Mare, Genova, 3 maggio 2014.",
            "Il ponte resta chiuso", ["Verdi"], 2014,
        ),
        (
            "Koch, Eva: Das Fährschiff kehrt zurück, in: Kieler Zeitung vom 12.6.2015, S. 3.",
            "Das Fährschiff kehrt zurück", ["Koch"], 2015,
        ),
        ("환경부 (2019). 하천 환경 백서. 세종: 환경부.", "하천 환경 백서", ["환경부"], 2019),
        ("厚生労働省「港湾労働者実態調査」2014年.", "港湾労働者実態調査", ["厚生労働省"], 2014),
        ("한국해양수산개발원, 「항만의 미래」, 2017.", "항만의 미래", ["한국해양수산개발원"], 2017),
        ("国家统计局. 港口统计年鉴[M]. 北京: 中国统计出版社, 2016.", "港口统计年鉴", ["国家统计局"], 2016),
        (
            "Roth, Pia: Netze aus Gras, Wattbriefe 3, S. 1–9, 2011.",
            "Netze aus Gras", ["Roth"], 2011,
        ),
    ],
)  # fmt: skip
def test_a_reference_of_any_language_is_split_into_its_fields(tmp_path, line, title, authors, year):
    citations = citations_of(tmp_path, f"# Wege\n\n- {line}\n")
    work = work_of(citations, title)
    assert (families(work), work.reference.year) == (authors, year)
    alone = work_of(citations_of(tmp_path, f"# Wege\n\n{line}\n"), title)
    assert (families(alone), alone.reference.year) == (authors, year)


def test_the_references_of_one_footnote_are_works_of_their_own(tmp_path):
    note = (
        "\\section{Mills}\nOld mills stand.\\footnote{Cf. Tom Field, ``Mills without wheels,'' "
        "\\textit{Water Power} 3 (1999): 10--19; Ann Reed, \\emph{Weirs of the North} (Leeds: "
        "Vale, 2003).} They fall.\n"
    )
    citations = citations_of(tmp_path, note, "mills.tex")
    assert work_of(citations, "Mills without wheels").reference.authors == ("Tom Field",)
    assert work_of(citations, "Weirs of the North").reference.authors == ("Ann Reed",)


@pytest.mark.parametrize(
    ("heading", "below"),
    [
        ("Bats at dawn - Ellis et al., 2019, Night Journal", "A line."),
        ("Bats at dawn above rivers", "**Ellis et al. — NetConf 2019**\n\nA line."),
        ("Bats at dawn above rivers", "T. Ellis & S. Greve (Night Systems, 2019)\n[pdf](a.pdf)"),
    ],
)
def test_a_title_with_people_and_venue_beside_it_is_a_work(tmp_path, heading, below):
    citations = citations_of(tmp_path, f"# Night\n\n## {heading}\n{below}\n")
    (work,) = [c for c in citations if c.sure]
    assert work.reference.title.startswith("Bats at dawn")
    assert (families(work)[0], work.reference.year) == ("Ellis", 2019)
    assert work.mentions[0].heading == ("Night",)


@pytest.mark.parametrize(
    ("heading", "line", "people"),
    [
        (
            "Una stampante per quaranta scrivanie",
            "T. Alberti, S. Greco. Sistemi d'ufficio, 2009.",
            ["Alberti", "Greco"],
        ),
        (
            "Cables that always end",
            "Authors: T. Alvarez, S. Greve | Year: 2009 | Venue: Office Systems Quarterly",
            ["Alvarez", "Greve"],
        ),
        ("Noise maps for cats", "**Author(s):** Doe, D.\n**Published:** 2009, Streets", ["Doe"]),
        (
            "One hundred cables under a desk",
            "by T. Alvarez & S. Greve, 2009 · [link](https://doi.org/10.5555/os.1)",
            ["Alvarez", "Greve"],
        ),
        ("四十张桌子共用一台打印机", "王磊，陈芳。办公系统季刊，2009。", ["王磊", "陈芳"]),
    ],
)
def test_the_line_below_a_title_tells_its_people(tmp_path, heading, line, people):
    work = work_of(citations_of(tmp_path, f"# Nets\n\n## {heading}\n{line}\n\nGood.\n"), heading)
    assert (families(work), work.reference.year) == (people, 2009)


def test_names_and_year_beside_the_title_in_a_table_are_the_works(tmp_path):
    note = (
        "| Ref | Title | DOI |\n|--|--|--|\n| Rask & Umeh 2011 | Lamps and moths | 10.5555/n.3 |\n"
    )
    work = work_of(citations_of(tmp_path, note), "Lamps and moths")
    assert (families(work), work.reference.year) == (["Rask", "Umeh"], 2011)


def test_the_properties_of_a_headline_are_a_work_without_an_identifier(tmp_path):
    note = (
        "* Papers\n** Quiet streets after ten\n:PROPERTIES:\n:AUTHOR: Dana Whitlock and Ivo "
        "Petersen\n:YEAR: 2014\n:JOURNAL: Street Studies\n:END:\n"
    )
    work = work_of(citations_of(tmp_path, note, "papers.org"), "Quiet streets after ten")
    assert (families(work), work.reference.year) == (["Whitlock", "Petersen"], 2014)


def test_a_page_whose_properties_come_first_lends_them_its_name(tmp_path):
    note = "- type:: [[paper]]\n  author:: [[Helga Strand]]\n  year:: 2011\n  doi:: 10.5555/ice.3\n"
    work = work_of(citations_of(tmp_path, note, "How rivers thaw.md"), "How rivers thaw")
    assert work.reference.ids == ("doi:10.5555/ice.3",)


@pytest.mark.parametrize(
    "opening", ['<div id="ref-ruiz" class="csl-entry">', "::: {#ref-ruiz .csl-entry}"]
)
def test_an_entry_of_pandocs_list_is_cited_by_its_anchor(tmp_path, opening):
    note = (
        f"# Wells\n\n## Deep\n\nOld ones [(Ruiz 2014)](#ref-ruiz).\n\n## References\n\n{opening}\n\n"
        "Ruiz, Ana. 2014. “Pozos hondos en tierra seca.” *Agua y Piedra* 6 (2): 33–47.\n"
    )
    work = work_of(citations_of(tmp_path, note), "Pozos hondos en tierra seca")
    assert ("Wells", "Deep") in {mention.heading for mention in work.mentions}


def test_people_in_brackets_behind_a_title_in_a_table_are_its_authors(tmp_path):
    note = (
        "# Lamps\n\n| Paper | Year | Key idea |\n|---|---|---|\n"
        "| Street lamps and moths (Rask et al.) | 2011 | moths die |\n"
    )
    work = work_of(citations_of(tmp_path, note), "Street lamps and moths")
    assert (families(work), work.reference.year) == (["Rask"], 2011)


def test_a_word_below_an_item_in_bold_is_a_part_of_its_topic(tmp_path):
    note = "# Review\n\n- **Old bridges** [@a1; @b2]\n- **New bridges**\n    - Cables [@c3]\n"
    path = tmp_path / "review.md"
    path.write_text(note, encoding="utf-8")
    (read,), _ = read_notes([str(path)])
    assert ("Review", "New bridges", "Cables") in [heading.path for heading in read.headings]


@pytest.mark.parametrize(
    "title",
    [
        "Zwischen Markt und Kirche: Alltag oder Ausnahme, Stadt und Land",
        "Piene improvvise: come nascono i nuovi alvei",
        "Sharing and Hoarding: Squirrels, Jays, or Both?",
        "Les crues soudaines: une histoire des lits",
    ],
)
def test_a_bare_title_of_another_language_is_one_title_and_looked_up(tmp_path, title):
    citations = citations_of(tmp_path, f"## To read\n- {title}\n- Die Ordnung der Gärten\n")
    assert title in [c.reference.title for c in citations if c.searched]


def test_places_with_a_year_in_a_german_sentence_are_not_looked_up(tmp_path):
    note = "# L\n\nDer Kongress Leipzig 2012 war voll, in Halle 2013 kam keiner mehr.\n"
    assert not [c for c in citations_of(tmp_path, note) if c.searched]
