"""Titles told by a year.

Between their authors and a dated venue, in brackets with it, or before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litmap.citations.recognisers.name_lists import is_not_a_name
from litmap.citations.recognisers.patterns import WORK_NOUN
from litmap.citations.recognisers.title_scoring import TitleCandidate, title_score
from litmap.citations.recognisers.words_in_titles import (
    INNER_WORD,
    NO_TITLE,
    TITLE_WORD,
    raised_words,
)
from litmap.parsing.grammar import (
    CITED_YEAR,
    NAME_START,
    NAMES,
    WHOLE_NAMES,
    YEAR,
    YEAR_SINCE_1600,
)
from litmap.parsing.venues import is_unambiguous_journal

CANDIDATE_SCORE = 0.6
"""What a title is given that a year stands beside."""
MIN_BRACKETED_LENGTH = 9
MAX_BEFORE_BRACKET, MAX_BEHIND_BRACKET = 90, 180
"""Characters around a dated bracket that are read with it."""

_DATED_RUN = re.compile(
    rf"(?<![\w.@/’'-])(?:(?P<name>[A-ZÀ-Þ][\w’'-]+(?<!The)(?<!\bA)(?<!\bAn)),?\s)?"
    rf"(?P<title>[A-ZÀ-Þ][\w’'-]*(?:[:?]?\s(?:[A-ZÀ-Þ][\w’'-]*|{INNER_WORD}(?=\s))){{1,12}}) "
    rf"\((?P<year>{YEAR_SINCE_1600})\)"
)
_YEAR_IN_BRACKETS = re.compile(rf" \({YEAR_SINCE_1600}\)")
_CITED_TITLE = re.compile(
    rf"(?<![\w-]){NAME_START}(?P<names>{WHOLE_NAMES}),\s"
    rf"(?P<title>[A-ZÀ-Þ](?:[^.;:()“”\"\x00]|:(?=\s)|\.(?=\w)){{14,160}}?)"
    r"(?:,\s(?:in\s)?"
    rf"(?:[A-Z]{{3,10}}|(?:[A-Z][\w&]*\.?\s){{1,6}}(?:[A-Z]?\d[\d:,\s–-]{{0,20}})?)"
    r"\s?\(?['’]?|,\s\d(?:st|nd|rd|th)\sed(?:ition|n)?\.?,?\s|"
    rf"\s\((?:in\s|[^()]{{0,60}},?\s)?)(?P<year>{CITED_YEAR})"
)
_PLAIN_WORD = re.compile(
    r"(?<![\w-])(?:(?!(?:and|und|van|von|der|den|del|for) )[a-z]{3,}|"
    r"(?:of|in|on|a|an|to|is|as|at|by)(?= ))"
)
"""A word of a title that no list of names has."""
_TITLE_AND_YEAR = (
    rf"\((?:(?P<first>{CITED_YEAR}),\s)?(?:in )?"
    rf"(?P<title>[A-ZÀ-Þ][^()“”\"\x00;]{{7,150}}?)"
    rf"(?(first)(?=[),])|,\s(?:[^(),]{{0,40}}\s)?(?P<last>{CITED_YEAR}))\)?"
)
_TITLE_IN_BRACKET = re.compile(_TITLE_AND_YEAR)
_BRACKETED = re.compile(
    rf"(?<![\w-]){NAME_START}(?P<names>{NAMES})(?:['’]s? (?:\w+ )?{WORK_NOUN}|,? {WORK_NOUN})?"
    rf"[\]]{{0,2}}\s"
    rf"{_TITLE_AND_YEAR}"
)
_A_YEAR = re.compile(rf"{YEAR}")
_DATED_BRACKET = re.compile(rf"\([^()]{{8,220}}{CITED_YEAR}\)|\({CITED_YEAR},")
_ARTICLES = frozenset({"The", "A", "An", "On"})


def dated_titles(text: str) -> list[TitleCandidate]:
    """Titles in raised words before a year in brackets.

    'Secord Victorian Sensation (2000)', 'The Minimalist Program (1995)'.
    """
    if not _YEAR_IN_BRACKETS.search(text):
        return []
    titles = []
    for match in _DATED_RUN.finditer(text):
        owner = match["name"] or ""
        if is_dated_title(match["title"], owner):
            beside = f"{owner} {match['year']}".strip()
            titles.append(
                TitleCandidate(match["title"], *match.span("title"), CANDIDATE_SCORE, beside)
            )
    return titles


def is_dated_title(title: str, owner: str) -> bool:
    """True for two raised words that begin with an article or stand behind a name, and are no
    people or venue.
    """
    words = title.split()
    if len(raised_words(words)) < 2 or is_joined_people(title):
        return False
    if is_not_a_name(owner) if owner else words[0] not in _ARTICLES:
        return False
    return not (NO_TITLE.search(title) or is_unambiguous_journal(title))


def is_joined_people(title: str) -> bool:
    """True for a list of names with '&' or 'and': 'Daston and Galison'."""
    return ("&" in title or " and " in title) and re.fullmatch(NAMES, title) is not None


def cited_titles(text: str) -> list[TitleCandidate]:
    """Titles between their authors' surnames and a dated venue: 'Doe & Roe, The title of it, STOC
    2011, for …'.
    """
    if "," not in text or not _A_YEAR.search(text):
        return []
    titles = []
    for match in _CITED_TITLE.finditer(text):
        if is_cited_title(match["title"]):
            beside = f"{match['names']} {match['year']}"
            titles.append(
                TitleCandidate(match["title"], *match.span("title"), CANDIDATE_SCORE, beside)
            )
    return titles


def is_cited_title(title: str) -> bool:
    """True for three words that look like a title and hold one that no list of names has."""
    if len(TITLE_WORD.findall(title)) < 3 or title_score(title) < 0.5:
        return False
    return _PLAIN_WORD.search(title) is not None


def bracketed_titles(text: str) -> list[TitleCandidate]:
    """Titles in brackets behind their authors.

    'Soare's book (Recursively Enumerable Sets and Degrees, Springer 1987)'.
    """
    titles: list[TitleCandidate] = []
    for match in _bracketed(text):
        if titles and match.start("title") < titles[-1].end:
            continue
        if is_bracketed_title(match["title"]):
            beside = f"{match['names']} {match['first'] or match['last']}"
            titles.append(
                TitleCandidate(match["title"], *match.span("title"), CANDIDATE_SCORE, beside)
            )
    return titles


def is_bracketed_title(title: str) -> bool:
    """True for two words that are no list of people."""
    if len(title) < MIN_BRACKETED_LENGTH or len(TITLE_WORD.findall(title)) < 2:
        return False
    joined = any(sign in title for sign in ",&")
    return not (joined and re.fullmatch(NAMES, title))


def _bracketed(text: str) -> Iterator[re.Match[str]]:
    """Names and titles in brackets.

    Most brackets hold no title, which is seen without reading what stands before.
    """
    for bracket in _DATED_BRACKET.finditer(text):
        start = max(0, bracket.start() - MAX_BEFORE_BRACKET)
        end = min(len(text), bracket.end() + MAX_BEHIND_BRACKET)
        if _TITLE_IN_BRACKET.search(text, start, end):
            yield from _BRACKETED.finditer(text, start, end)
