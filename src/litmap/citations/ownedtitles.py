"""Titles told by the names that stand before them: "Bottou's lecture …", 'Doe & Roe, The title, STOC 2011'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from litmap.citations.recognisers.patterns import NAME_START, NAMES, WORK_NOUN, YEAR
from litmap.citations.recognisers.title_scoring import TitleCandidate, title_score

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_POSSESSIVE = re.compile(
    r"((?:[A-Z][\w-]+ (?:(?:and|&) )?){0,2}[A-Z][\w-]+)['’]s (?:(?:[a-z][\w-]* ){0,3}(?:paper|book|chapter|lecture|lectures|thesis|monograph|survey|review|essay|article|memo|report|note),? (?:on |called |titled |entitled |about )?)?"  # noqa: E501
    r"([A-Z][^().;“”\"\x00\[\]]{4,160}?)(?=\s*\((?:[^()]{0,40}?)(?:\d{4}|['’]\d\d|\d(?:st|nd|rd|th) ed)|[.;]\s|\s*$)"
)
_OF_A_PERSON = re.compile(
    r"\b(?:[Ll]aws?|[Tt]heorems?|[Pp]rinciples?|[Ll]emmas?|[Ee]quations?|[Mm]odels?|[Pp]aradox|[Cc]onjectures?|[Mm]ethods?|[Tt]ests?|[Rr]ules?|"
    r"[Ee]ffects?|[Ii]nequality|[Aa]lgorithms?|[Ss]yndrome|[Dd]isease|[Tt]alks?|[Ll]ectures?|[Cc]ourses?|[Bb]logs?|[Ss]lides|[Pp]roofs?|[Gg]roups?|[Ll]abs?)$"
)
_OWNED_RUN = re.compile(
    rf"(?<![\w-]){NAME_START}({NAMES})['’]s? ((?:[A-Z][\w’'-]+:?)(?: (?:[A-Z][\w’'-]+:?|of|the|and|for|in|on|a|an|to|with|from|by|&)){{1,9}}(?<=[\w’']{{4}}))(?= ?[(,.;\[]|\s[a-z]|$)"  # noqa: E501
)
"""'Efron and Hastie's Computer Age Statistical Inference (free pdf'."""
_TWO_AND = re.compile(r" and [A-Z][\w’'-]+ and [A-Z][\w’'-]+$")
_CITED_TITLE = re.compile(
    rf"(?<![\w-]){NAME_START}(?P<names>{NAMES}),\s(?P<title>[A-ZÀ-Þ](?:[^.;:()“”\"\x00]|:(?=\s)|\.(?=\w)){{14,160}}?)(?:,\s(?:in\s)?"
    rf"(?:[A-Z]{{3,10}}|(?:[A-Z][\w&]*\.?\s){{1,6}}(?:[A-Z]?\d[\d:,\s–-]{{0,20}})?)\s?\(?['’]?|,\s\d(?:st|nd|rd|th)\sed(?:ition|n)?\.?,?\s|\s\((?:in\s|[^()]{{0,60}},?\s)?)(?P<year>{YEAR})"
)
_PLAIN_WORD = re.compile(
    r"(?<![\w-])(?:(?!(?:and|und|van|von|der|den|del|for) )[a-z]{3,}|(?:of|in|on|a|an|to|is|as|at|by)(?= ))"
)
"""A word of a title that no list of names has."""
_TITLE_AND_YEAR = (
    rf"\((?:(?P<first>{YEAR}),\s)?(?:in )?"
    rf"(?P<title>[A-ZÀ-Þ][^()“”\"\x00;]{{7,150}}?)(?(first)(?=[),])|,\s(?:[^(),]{{0,40}}\s)?(?P<last>{YEAR}))\)?"
)
_TITLE_IN_BRACKET = re.compile(_TITLE_AND_YEAR)
_BRACKETED = re.compile(
    rf"(?<![\w-]){NAME_START}(?P<names>{NAMES})(?:['’]s? (?:\w+ )?{WORK_NOUN}|,? {WORK_NOUN})?[\]]{{0,2}}\s"
    rf"{_TITLE_AND_YEAR}"
)
_A_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_DATED_BRACKET = re.compile(rf"\([^()]{{8,220}}{YEAR}\)|\({YEAR},")


def possessive_titles(text: str) -> list[TitleCandidate]:
    """Titles after their author: "Bottou's lecture Stochastic Learning (2004)"."""
    found = []
    for match in _POSSESSIVE.finditer(text) if "’s " in text or "'s " in text else ():
        title = match.group(2).rstrip(" ,")
        tail = text[match.end() : match.end() + 40]
        year = re.match(r"\s*\([^()]{0,40}?((?:1[6-9]|20)\d\d)", tail)
        words = _WORD.findall(title)
        raised = sum(1 for word in words[1:] if word[0].isupper())
        edition = re.match(r"\s*\([^()]{0,20}ed", tail)
        named = (len(words) >= 2 and title_score(title) >= 0.6 and raised) or (
            words and (year or edition)
        )
        if named and len(words) <= 20 and not _OF_A_PERSON.search(title):
            beside = f"{match.group(1)} {year.group(1)}" if year else f"by {match.group(1)}"
            found.append(
                TitleCandidate(title, match.start(2), match.start(2) + len(title), 0.6, beside)
            )
    for match in _OWNED_RUN.finditer(text) if "’s " in text or "'s " in text else ():
        title = _TWO_AND.sub("", match.group(2))
        long = [word for word in _WORD.findall(title) if word[0].isupper() and len(word) >= 4]
        if (
            len(long) >= 2
            and not _OF_A_PERSON.search(title)
            and not any(o.start <= match.start(2) < o.end for o in found)
        ):
            found.append(
                TitleCandidate(
                    title, match.start(2), match.start(2) + len(title), 0.6, f"by {match.group(1)}"
                )
            )
    return found


def cited_titles(text: str) -> list[TitleCandidate]:
    """Titles between their authors' surnames and a dated venue: 'Doe & Roe, The title of it, STOC 2011, for …'."""
    found = []
    for match in _CITED_TITLE.finditer(text) if "," in text and _A_YEAR.search(text) else ():
        title = match.group("title")
        if (
            len(_WORD.findall(title)) >= 3
            and title_score(title) >= 0.5
            and _PLAIN_WORD.search(title)
        ):
            beside = f"{match.group('names')} {match.group('year')}"
            found.append(
                TitleCandidate(title, match.start("title"), match.end("title"), 0.6, beside)
            )
    return found


def _in_bracket(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Names and titles in brackets; most brackets hold no title, which is seen without reading what stands before."""
    return (
        _BRACKETED.finditer(text, start, end)
        if _TITLE_IN_BRACKET.search(text, start, end)
        else iter(())
    )


def bracketed_titles(text: str) -> list[TitleCandidate]:
    """Titles in brackets behind their authors: 'Soare's book (Recursively Enumerable Sets and Degrees, Springer 1987)'."""
    found: list[TitleCandidate] = []
    near = (
        match
        for bracket in _DATED_BRACKET.finditer(text)
        for match in _in_bracket(
            text, max(0, bracket.start() - 90), min(len(text), bracket.end() + 180)
        )
    )
    for match in near:
        if found and match.start("title") < found[-1].end:
            continue
        title = match.group("title")
        people = ("," in title or "&" in title) and re.fullmatch(NAMES, title)
        if len(_WORD.findall(title)) >= 2 and len(title) >= 9 and not people:
            year = match.group("first") or match.group("last")
            found.append(
                TitleCandidate(title, *match.span("title"), 0.6, f"{match.group('names')} {year}")
            )
    return found
