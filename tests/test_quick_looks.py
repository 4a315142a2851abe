"""Quick looks that spare a text a slow search: each is true wherever the search finds something."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.citations.recognisers import (
    attributed_titles,
    informal_names,
    prose_titles,
    whole_titles,
)
from litmap.notes.work_headings import may_hold_title
from litmap.parsing.reference_strings import access_notes
from litmap.parsing.reference_strings.parser import parse_reference
from litmap.parsing.title_similarity import title_similarity
from litmap.parsing.word_lists import load_words

NOTES = Path(__file__).parent / "notes_cases"
PIECES = [
    "see", "See", "Read", "reread", "cite", "i.e.", "e.g.,", "by", "Doe", "the", "Paper", "of",
    "2 May 2019", "2019-05-02", "12.03.2018", "2020年5月1日", "(", ")", ",", ";", ".", ":", "\n",
    "\u2003", "|", "[", "]", "7", "’", "Ö", "–", "--", "->", "//", "<--", "/", "&", "vs.", "and",
    "Kuhn's", "Kuhn’s", "De", "Structure", "Revolutions", "shows", "argues", "paper", "in", "O’Neil",
    "That", "old", "McGaugh", "Über", "3",
    *sorted(load_words("access_date_words"))[::9],
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).flatmap(
    lambda pieces: st.sampled_from([" ", "", "  "]).map(lambda blank: blank.join(pieces))
)


@cache
def lines_of_notes() -> list[str]:
    """Lines of the notes with keys, each once."""
    files = [path for path in NOTES.rglob("*") if path.suffix in {".md", ".org", ".tex", ".txt"}]
    texts = [path.read_text("utf-8", errors="replace") for path in sorted(files)]
    return sorted({line for text in texts for line in text.splitlines() if line.strip()})


def has_access_date(text: str) -> bool:
    return access_notes._SEEN_ON.search(text) is not None


def has_leading_word(text: str) -> bool:
    return prose_titles._LEADING_WORD.search(text) is not None


def may_have_leading_word(text: str) -> bool:
    return any(map(text.__contains__, prose_titles._LEADING_ENDS))


def has_owner(text: str) -> bool:
    return informal_names._MAY_OWN.search(text) is not None


def has_reporting_verb(text: str) -> bool:
    return informal_names._REPORTED.search(text) is not None


def may_have_reporting_verb(text: str) -> bool:
    return informal_names._RAISED_AND_REPORTING.search(text) is not None


def has_end_inside(text: str) -> bool:
    ends = (whole_titles._REMARK, whole_titles._TAIL)
    return any(end.search(text) for end in ends)


def may_have_end_inside(text: str) -> bool:
    return whole_titles._SIGN_INSIDE.search(text) is not None


def has_raised_title(text: str) -> bool:
    runs = [attributed_titles._read_run(text, run) for run in attributed_titles._RUN.finditer(text)]
    return any(attributed_titles.may_be_title(run.title, owned=run.owned) for run in runs)


def may_have_raised_title(text: str) -> bool:
    return attributed_titles._RAISED_BEHIND_WORD.search(text) is not None


def has_title_behind_names(text: str) -> bool:
    return attributed_titles._BEHIND_NAMES.search(text) is not None


def may_have_title_behind_names(text: str) -> bool:
    return ", " in text


LOOKS: list[tuple[Callable[[str], bool], Callable[[str], bool]]] = [
    (access_notes._may_have_access_date, has_access_date),
    (may_have_leading_word, has_leading_word),
    (informal_names._may_hold_owner, has_owner),
    (may_have_reporting_verb, has_reporting_verb),
    (may_have_end_inside, has_end_inside),
    (may_have_raised_title, has_raised_title),
    (may_have_title_behind_names, has_title_behind_names),
]


@pytest.mark.parametrize(("may_find", "finds"), LOOKS)
@given(text=TEXTS)
def test_what_is_found_passes_the_quick_look(may_find, finds, text):
    assert may_find(text) or not finds(text)


@pytest.mark.parametrize(("may_find", "finds"), LOOKS)
def test_what_is_found_in_real_notes_passes_the_quick_look(may_find, finds):
    assert [line for line in lines_of_notes() if finds(line) and not may_find(line)] == []


@pytest.mark.parametrize(
    "title",
    [
        "Attention is all you need",
        "Behaviour of seals in thin ice",
        "Self-supervised learning",
        "Über die Grundlagen der Mechanik",
        "海の生物学",
        "Leviathan",
    ],
)
@pytest.mark.parametrize(
    "line",
    [
        "Doe, J., & Roe, R. (2011). {}. Journal of Things, 3, 1-20.",
        "Doe J. {}: a study. Oxford: OUP, 2011.",
        "[Doe, “{},” *Things* 3 (2011): 1–20]",
    ],
)
@pytest.mark.parametrize("change", [str, str.upper, lambda title: title.replace(" i", " o")])
def test_a_line_with_a_title_passes_the_quick_look_at_its_words(title, line, change):
    """The longest word alone may not be misspelt."""
    line = line.format(change(title))
    same = title_similarity(parse_reference(line).title, title) > 0.9
    assert may_hold_title(line, title) or not same
