"""Topics that signs set off, that a column names, or that are the terms of a list."""

import pytest

from litmap.citations import find_citations
from litmap.notes import parse_note
from litmap.notes.formats.plain_headings import decorated_heading


def headings_of(text, suffix):
    note, _ = parse_note(text, f"n{suffix}", suffix)
    found = find_citations([note])
    return {c.reference.title: {m.heading[-1:] for m in c.mentions} for c in found if c.sure}


WINDS = "Lund, I. (1999). Winds and words. Lake Letters, 3(1), 4–9."
EGGS = "Berg, O. (2003). How many eggs? Lake Letters, 7(2), 1–8."


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("■ Reading aloud", "Reading aloud"),
        ("◆ファン騒音", "ファン騒音"),
        ("*** Kavramlar ***", "Kavramlar"),
        ("--- Seen in spring ---", "Seen in spring"),
        ("【铸造工艺】", "铸造工艺"),
        ("〔계측〕", "계측"),
        ("[Methods of counting]", "Methods of counting"),
        (">> Winds <<", "Winds"),
    ],
)
def test_signs_set_a_heading_off(line, text):
    assert decorated_heading(line)[1] == text


@pytest.mark.parametrize(
    "line",
    [
        "● Doe (2016)",
        "* an item*",
        "[1] Doe, J.",
        "[@doe]",
        "【重要】 明日まで。",
        "- - -",
        "* see *this*",
    ],
)
def test_other_lines_with_signs_are_no_headings(line):
    assert decorated_heading(line) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("■ Weather", "■ Birds"),
        ("*** Weather ***", "*** Birds ***"),
        ("[Weather]", "[Birds]"),
        ("【Weather】", "【Birds】"),
        ("~ Weather ~", "~ Birds ~"),
    ],
)
def test_works_stand_under_headings_that_signs_set_off(first, second):
    text = f"Notes of May\n\n{first}\n{WINDS}\n\n{second}\n{EGGS}\n"
    assert headings_of(text, ".txt") == {
        "Winds and words": {("Weather",)},
        "How many eggs?": {("Birds",)},
    }


@pytest.mark.parametrize(
    "column", ["Topic", "Thema", "Sujet", "Tema", "Onderwerp", "主题", "テーマ"]
)
def test_a_column_of_topics_files_the_rows_of_a_table(column):
    rows = (
        "| Lund, I. | 1999 | Winds and words | Weather |\n"
        "| Roe, B. | 2001 | Rain and rhyme |  |\n"
        "| Berg, O. | 2003 | How many eggs? | Birds |\n"
        "| Berg, O. | 2004 | Fewer eggs again | Birds |\n"
    )
    text = f"# Lakes\n\n| Author | Year | Title | {column} |\n|---|---|---|---|\n{rows}"
    assert headings_of(text, ".md") == {
        "Winds and words": {("Weather",)},
        "Rain and rhyme": {("Weather",)},
        "How many eggs?": {("Birds",)},
        "Fewer eggs again": {("Birds",)},
    }


def test_a_column_of_topics_files_the_records_of_a_csv():
    text = (
        "Topic,Author,Year,Title\nWeather,Ida Lund,1999,Winds and words\n"
        "Weather,Bo Roe,2001,Rain and rhyme\nBirds,Odd Berg,2003,How many eggs?\n"
    )
    assert headings_of(text, ".csv") == {
        "Winds and words": {("Weather",)},
        "Rain and rhyme": {("Weather",)},
        "How many eggs?": {("Birds",)},
    }


def test_keywords_of_single_rows_are_no_topics():
    text = (
        "# Lakes\n\n| Author | Year | Title | Topic |\n|---|---|---|---|\n"
        "| Lund, I. | 1999 | Winds and words | Weather |\n"
        "| Berg, O. | 2003 | How many eggs? | Birds |\n"
    )
    assert list(headings_of(text, ".md").values()) == [{("Lakes",)}, {("Lakes",)}]


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".rst", "Lakes\n=====\n\nWeather\n  {}\n\nBirds\n  {}\n"),
        (".md", "# Lakes\n\nWeather\n: {}\n\nBirds\n: {}\n"),
        (".org", "* Lakes\n- Weather :: {}\n- Birds :: {}\n"),
        (".adoc", "= Lakes\n\nWeather:: {}\n\nBirds:: {}\n"),
        (
            ".tex",
            "\\section{{Lakes}}\n\\begin{{description}}\n\\item[Weather] {}\n\\item[Birds] {}\n"
            "\\end{{description}}\n",
        ),
    ],
)
def test_the_terms_of_a_list_are_topics(suffix, text):
    assert headings_of(text.format(WINDS, EGGS), suffix) == {
        "Winds and words": {("Weather",)},
        "How many eggs?": {("Birds",)},
    }


def test_a_bold_line_with_a_full_stop_is_a_heading_as_run_in_ones_are():
    text = f"# Lakes\n\n**Weather.** As said in {WINDS}\n\n**Birds.**\n- {EGGS}\n"
    assert headings_of(text, ".md") == {
        "Winds and words": {("Weather",)},
        "How many eggs?": {("Birds",)},
    }


def test_definitions_that_comment_on_their_terms_make_no_topics():
    text = (
        "# Lakes\n\nWinds\n: words for them, Lund, I. (1999). Winds and words. Lake Letters, 3(1), 4–9.\n"
        "\nEggs\n: counted by Berg, O. (2003). How many eggs? Lake Letters, 7(2), 1–8.\n"
    )
    assert set(map(frozenset, headings_of(text, ".md").values())) == {frozenset({("Lakes",)})}
