"""References inside a text: behind labels and sentences, in brackets, in a row, in press."""

import pytest

from litmap.citations import find_citations
from litmap.notes import parse_note


def works_of(text):
    note, _ = parse_note(text, "n.md", ".md")
    return {
        c.reference.title: (c.reference.authors, c.reference.year)
        for c in find_citations([note])
        if c.sure
    }


@pytest.mark.parametrize(
    ("text", "title", "author", "year"),
    [
        (
            "- Contro: Bassi, Carlo. Il fiume e la piazza. Parma, 1988.",
            "Il fiume e la piazza", "Carlo Bassi", 1988,
        ),
        (
            "Gegenrede: Kübler, Jens: Brücken altern langsam. In: Flussblätter (2014-03-02), S. 8.",
            "Brücken altern langsam", "Jens Kübler", 2014,
        ),
        (
            "Ответ на это: Жилин П. А. Лодки и люди: опыт севера // Вестник рек. 2015. № 3. С. 4–9.",
            "Лодки и люди: опыт севера", "П. А. Жилин", 2015,
        ),
        (
            "3. *лотка* — см. Шубин В. Н. Слова о воде. Тверь: Волна, 1991. 210 с.",
            "Слова о воде", "В. Н. Шубин", 1991,
        ),
        (
            "Die Versuche sind noch nicht gedruckt (Prost, H.: Balken ohne Bügel, eingereicht bei "
            "Betonblatt).",
            "Balken ohne Bügel", "H. Prost", None,
        ),
        (
            "河边的做法见 Te Ara, H. (2019). Our rivers, our names. Auckland: Kauri Press.",
            "Our rivers, our names", "H. Te Ara", 2019,
        ),
        (
            "On the double sheet (Van Rooy, Katrien. *Hart en zee*. Leuven: Dijle, 1998).",
            "Hart en zee", "Katrien Van Rooy", 1998,
        ),
        (
            "Guideline: National Water Board. Lakes in winter: guideline 12. London: NWB; 2021 "
            "[cited 2022 Jan 28].",
            "Lakes in winter: guideline 12", "National Water Board", 2021,
        ),
        (
            "Zie ook de kritiek: De Boer, P. (2008). Water zonder weg. *Dijkblad*, 4(2), 7–19.",
            "Water zonder weg", "P. De Boer", 2008,
        ),
    ],
)  # fmt: skip
def test_a_reference_inside_a_text_is_read_from_its_first_name(text, title, author, year):
    assert works_of(text) == {title: ((author,), year)}


def test_several_references_in_a_row_are_several_works():
    text = (
        "Подробно: Бурков О. Л. Сколько слов для льда? // Северный язык. 2017. № 2 (14). С. 34–51. "
        "Возражение — Яхнов П. Р. Ещё раз о льде (в печати). Ср. также Lund-Berg E. Ice words. "
        "Helsinki: Pohja, 2005. 240 p."
    )
    assert set(works_of(text)) == {"Сколько слов для льда?", "Ещё раз о льде", "Ice words"}


def test_a_row_of_marked_titles_is_no_single_reference():
    text = (
        'Good survey: Norton, H., Park, J. and Wells, D., "Nine bits and below", Lake Reviews '
        '55(3), 2022. Then, in order: "Ducks are features" (Dahl, Moss; arXiv 2208.97339); "Four '
        'ducks suffice" by Lefort, ICLR 2024. Chapter 6 of Ras-Dale, *Formats for Lakes* '
        "(MIT Presswork, 2021)."
    )
    assert {"Nine bits and below", "Ducks are features", "Formats for Lakes"} <= set(works_of(text))


@pytest.mark.parametrize(
    "text",
    [
        "Selection: Hackman (1979). Still taught, less and less used.",
        "Kein Text, nur meine Notizen: Restwert, Bruchmoment, Ausfallrate. Nachrechnung mit ROFIST 2020.",
        "Gestern mit Kranz, Peter. Danach Kino, Regen 2014 wie immer.",
    ],
)
def test_names_before_a_sentence_are_no_reference(text):
    assert not any(works_of(text))


@pytest.mark.parametrize(
    ("text", "title", "author", "year"),
    [
        (
            "- Lund, Ida; Berg, Olaf – Salt roads in winter – Lake Letters 22 (2020) 5–29",
            "Salt roads in winter", "Ida Lund", 2020,
        ),
        (
            "- Bassi, Elena; van Dam, Karel – Lime ten years on: what failed? – Heritage Walls 22 "
            "(2019) 5–29 – https://doi.org/10.5555/hw.2019.5",
            "Lime ten years on: what failed?", "Elena Bassi", 2019,
        ),
        ("- Жилин П. А. – Лодки и люди – Вестник рек, 2015, № 3", "Лодки и люди", "П. А. Жилин", 2015),
        ("- Rivas, Ana – El puente viejo – Madrid, Río, 1999", "El puente viejo", "Ana Rivas", 1999),
    ],
)  # fmt: skip
def test_dashes_may_part_the_fields_of_a_reference(text, title, author, year):
    authors, found = works_of(text)[title]
    assert (authors[0], found) == (author, year)


def test_lines_of_one_paragraph_are_entries_of_a_list():
    text = (
        "# 川\n\n## 参考文献\n\n林海子（2017）「川と橋の再設計」『水辺年報』第22集、101-119頁\n"
        "寒川レオ（2005）『川の居場所』鹿児島：南風舎\n"
    )
    assert set(works_of(text)) == {"川と橋の再設計", "川の居場所"}


def test_pages_and_identifiers_behind_a_reference_are_its_own():
    text = (
        "**Снег.** Подробно: Бурков О. Л. Сколько слов? // Север. 2017. № 2 (14). С. 34–51. "
        "DOI: 10.5555/sev.2017.14.34. Возражение — Яхнов П. Р. Ещё раз о льде (в печати)."
    )
    assert set(works_of(text)) == {"Сколько слов?", "Ещё раз о льде"}
