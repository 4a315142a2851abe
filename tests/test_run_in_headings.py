"""Headings that open a paragraph, name a week with its subject, or stand above a page of dates."""

import pytest

from litmap.citations import find_citations
from litmap.notes import parse_note


def headings_of(text, suffix):
    note, _ = parse_note(text, f"n{suffix}", suffix)
    citations = find_citations([note])
    return {c.reference.title: {m.heading[-1:] for m in c.mentions} for c in citations if c.sure}


def test_bold_words_before_a_paragraph_are_its_heading():
    text = (
        "# Lakes\n\n## Weather\n\n**Names of winds.** The classic is Lund, I. (1999). Winds and words."
        " *Lake Letters*, 3(1), 4–9.\n\n**Snow and ice.** Later Berg, O. (2003). How many words? "
        "*Lake Letters*, 7(2), 1–8.\n"
    )
    assert headings_of(text, ".md") == {
        "Winds and words": {("Names of winds",)},
        "How many words?": {("Snow and ice",)},
    }


@pytest.mark.parametrize("lead", ["Note.", "Summary:", "Update 2020."])
def test_words_that_name_no_subject_open_no_topic(lead):
    text = (
        f"# Lakes\n\n**{lead}** See Lund, I. (1999). Winds and words. *Lake Letters*, 3(1), 4–9.\n"
    )
    assert headings_of(text, ".md") == {"Winds and words": {("Lakes",)}}


def test_capitals_below_dates_are_the_topics():
    text = (
        "READING DIARY - lakes and rivers\n(resumed after leave)\n\nWeek of 6 January\n"
        "-----------------\n\nLund I. Winds and words. Lake Lett. 1999;3(1):4-9.\n\n"
        "Week of 13 January\n------------------\n\nALBUMEN. Old favourite of the ward, said Dr Roe on Monday. Proper evidence:\n"
        "  1. Berg O. How many eggs? Lake Lett. 2003;7(2):1-8.\n\n"
        "Week of 20 January\n------------------\n\nWARM WATER\n"
        "Dahl S. Warm water again. Lake Lett. 2004;8(1):2-9.\n"
    )
    assert headings_of(text, ".txt") == {
        "Winds and words": {("READING DIARY - lakes and rivers",)},
        "How many eggs?": {("ALBUMEN",)},
        "Warm water again": {("WARM WATER",)},
    }


def test_numbered_weeks_with_a_subject_are_headings():
    text = (
        "周记：湖与河\n\n第1周（3月4日—8日）  主题：冰与雪\n\n1. 林海. 冰的方言[J]. 湖刊, 2019, 5(2): 33-41.\n\n"
        "第2周（3月11日—15日）  主题：风\n\n1. 苏敏. 风的名字[J]. 湖刊, 2020, 6(1): 3-9.\n"
    )
    assert headings_of(text, ".txt") == {
        "冰的方言": {("主题：冰与雪",)},
        "风的名字": {("主题：风",)},
    }


def test_numbers_with_pages_behind_them_cite_the_list():
    text = (
        "# Озёра\n\n## Ветра\n\nСтатья Лунда [1; 2, с. 118] спорит с [3, вып. 1–4].\n\n## Литература\n\n"
        "1. Лунд И. К. Ветра и слова // Озеро. 1999. № 3. С. 4–9.\n"
        "2. Берг О. П. Сколько слов? // Озеро. 2003. № 7. С. 1–8.\n"
        "3. Даль С. А. Тёплая вода. Тверь: Волна, 2004. 210 с.\n"
    )
    found = headings_of(text, ".md")
    assert all(("Ветра",) in headings for headings in found.values())
    assert len(found) == 3
