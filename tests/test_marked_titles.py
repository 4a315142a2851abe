"""Titles in quotation marks and italics, told by what stands beside them, in any order."""

import pytest

from litmap.citations import find_citations
from litmap.notes import parse_note


def citations_of(text):
    note, _ = parse_note(text, "n.md", ".md")
    return find_citations([note])


@pytest.mark.parametrize(
    ("text", "title", "people", "year"),
    [
        (
            "Zob. Nowakowska, Ewa: „Most i pamięć”, Przegląd Wiślany 14 (2011), s. 33–41, o Wiśle.",
            "Most i pamięć", ["Nowakowska"], 2011,
        ),
        (
            'Volgens Van Dijk („De stad bij nacht", Amsterdamse Cahiers 3, 2016) is dat onzin.',
            "De stad bij nacht", ["Dijk"], 2016,
        ),
        (
            "정다은의 「도시의 밤과 빛」(『도시연구』 제12권 3호, 2018)에 따르면 그렇지 않다.",
            "도시의 밤과 빛", ["정다은"], 2018,
        ),
        (
            'A reportagem "A água que falta", de Paulo Seixas (Folha do Rio, 2014), é boa.',
            "A água que falta", ["Seixas"], 2014,
        ),
        (
            'Bkz. Aylin Demir, "Kıyıda yaşam", Deniz Dergisi, 2019, s. 12-20.',
            "Kıyıda yaşam", ["Demir"], 2019,
        ),
        ("- 田中美咲『川と橋の社会史』青空書房、2008年", "川と橋の社会史", ["田中美咲"], 2008),
        (
            "Un buen manual: Rosa Cárdenas, *Leer el agua* (Bogotá: Río Ediciones, 2012).",
            "Leer el agua", ["Cárdenas"], 2012,
        ),
        (
            'See "Ghost harbours" by T. Okello, Coastal Letters 4 (2013), 11-19, on the pier.',
            "Ghost harbours", ["Okello"], 2013,
        ),
        (
            "张伟、刘洋的《城市夜景的演变》（城市研究，2016年第3期）很有用。",
            "城市夜景的演变", ["张伟", "刘洋"], 2016,
        ),
        (
            "Ho trovato l'articolo di Anna Ferri, «Il ponte che canta», in «La Gazzetta del Po», "
            "12 maggio 2003.",
            "Il ponte che canta", ["Ferri"], 2003,
        ),
        (
            "Жукова пишет об этом в статье «Город у моря» (Вестник побережья, 2012, № 4).",
            "Город у моря", [], 2012,
        ),
        (
            'the better piece is in the daily: "Water for some", Harbour Courier, 4 March 1998',
            "Water for some", [], 1998,
        ),
        (
            "Ich nehme Reinhold 2009 („Das Wehr im Nebel“, Wasserblatt 12, H. 3) und nichts sonst.",
            "Das Wehr im Nebel", ["Reinhold"], 2009,
        ),
        (
            "Det står i Lena Bergs ”Isens historia”, Nordisk Tidning, 4 mars 1998, s. 7, tydligt.",
            "Isens historia", ["Bergs"], 1998,
        ),
        (
            "Ensuite « Le pont des autres », par J. Moreau, *Revue du fleuve*, 1983, pp. 4-9, bref.",
            "Le pont des autres", ["Moreau"], 1983,
        ),
        (
            'First: "Rivers forget slowly" (Adeyemi, Moss, Quist; arXiv:2107.01234); the rest later.',
            "Rivers forget slowly", ["Adeyemi", "Moss", "Quist"], None,
        ),
        (
            '- 中島 直子, "橋と祭り", 比較都市文化 (印刷中)',
            "橋と祭り", ["中島 直子"], None,
        ),
        (
            '- "Nothing sinks twice" — Hale, Ada. *Harbour Studies* 3, 2007',
            "Nothing sinks twice", ["Hale"], 2007,
        ),
    ],
)  # fmt: skip
def test_a_marked_title_is_a_work_with_what_stands_beside_it(text, title, people, year):
    found = [c for c in citations_of(text) if c.sure]
    assert [c.reference.title for c in found] == [title]
    names = " ".join(found[0].reference.authors)
    assert all(name in names for name in people)
    assert found[0].reference.year == year


@pytest.mark.parametrize(
    "text",
    [
        'She writes that "The sea took everything we had" (Penn 2001, p. 4).',
        'Kuhn (1962) says: "The world changes with the paradigm" (p. 111).',
        "In „Berlin am Meer“ geht es um Franz und seine Brüder.",
        'The so-called "Missing warmth problem" (Manolio et al. 2009) is over.',
        'He said "Never again, Paris" in 1998, and left.',
        "我们讨论了《红楼梦》和《西游记》。",
        "Der Begriff „Lebenswelt“ (Husserl 1936) ist zentral.",
        "> „Ein Haus, das hundert Jahre steht, hat recht.“ — Lenk 2009",
        'It was "The best of times" for the 1998 town council of Leeds.',
    ],
)
def test_words_of_others_and_terms_are_no_titles(text):
    assert not [c.reference.title for c in citations_of(text) if c.sure and c.reference.title]


def test_a_title_without_its_subtitle_is_the_entry_of_the_list():
    text = (
        "Then (Yost et al. 2018, “Yes, but Is It Ice?”) came late.\n\n## References\n\n"
        "Yost, Yan, Ada Veit, and Dan Sims. 2018. “Yes, but Is It Ice?: Judging Frozen Lakes.” "
        "Lake Letters 4: 1–9.\n"
    )
    assert [len(c.mentions) for c in citations_of(text) if c.sure] == [2]
