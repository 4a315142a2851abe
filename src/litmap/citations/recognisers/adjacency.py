"""People and years beside a title or a mention: names before and behind it, a year behind it."""

from __future__ import annotations

import re

from litmap.citations.recognisers.author_names import NameMention, name_mention
from litmap.citations.recognisers.name_lists import split_people
from litmap.citations.recognisers.patterns import whole_year
from litmap.parsing.grammar import CITED_YEAR, NAME_START, NAMES, PARTICLE, UPPER, WORD

MAX_NAMES_LENGTH, MAX_INVERTED_LENGTH = 160, 500
"""Characters of the names before a title: in a sentence, and inverted as chemists list them."""
MAX_WORDS_BEHIND_CAPITAL = 7
"""Names, 'et al.', a word, a year and a sign are seven words at most behind a capital."""

_NAMES_BEFORE = re.compile(
    rf"(?<![^\W_]){NAME_START}(?P<names>{NAMES})(?P<own>['’]s?)?"
    r"(?:\s[a-z-]+(?=\s\($)|\s(?:review|paper|article|letter|survey)s?(?=,))?"
    rf"[,:]?\s*(?:[(\[]?(?P<year>{CITED_YEAR}|['’]?\d\d(?=\s\())[)\]]?[,:.]?\s*)?[“\"‘'(]?$"
)
_CAPITAL = re.compile(rf"[{UPPER}]")
_NAMES_AFTER = re.compile(
    rf"[”\"’']?[,.]?\s*(?:\(?(?:by|of)\s+|\(|,\s*|[–—-]\s*)(?P<names>{NAMES})"
    rf"(?=[),;.]|\s|$)(?:,?\s*\(?(?P<year>{CITED_YEAR})(?!\d))?"
)
_YEAR_AFTER = re.compile(
    rf"[”\"’']?[,.]?\s*(?:[(\[]?(?:[^()\[\]\d]{{0,40}}[\s,])?|"
    rf"[^()\[\];“”\"\x00]{{2,50}}\()(?P<year>{CITED_YEAR})[a-z]?(?=[)\],;.:]|\s|$)"
)

_INVERTED_LIST = re.compile(
    rf"(?<![^\W_])(?P<names>(?:{PARTICLE}{{0,2}}{WORD}(?:[ -]{WORD})?,\s(?:[A-Z]\.[\s-]?){{1,4}}"
    r"(?:[;,&]|and\b)?\s?(?:and\s|&\s)?){1,40})$"
)
"""'List, B.; Lerner, R. A.; Barbas, C. F.' as chemists write."""
_BETWEEN_INVERTED = re.compile(r";\s*|(?<=\.),\s*(?:and |& )?|\s(?:and|&)\s")


def names_before(text: str, end: int) -> NameMention | None:
    """Names that end right before a title, with a year where one stands between."""
    if text[max(0, end - 3) : end].rstrip().endswith("."):
        inverted = _inverted_before(text, end)
        if inverted:
            return inverted
    begin = max(0, end - MAX_NAMES_LENGTH)
    stretch = text[begin:end]
    free_from = stretch.rfind("\x00") + 1
    last_words = stretch[free_from:].split()[-MAX_WORDS_BEHIND_CAPITAL:]
    if not _CAPITAL.search(" ".join(last_words)):
        return None
    for match in _NAMES_BEFORE.finditer(stretch, free_from):
        names, et_al = split_people(match["names"])
        if names:
            start = begin + first_name_start(match, names)
            return name_mention(start, end, names, et_al, _whole(match["year"]), "", strong=True)
    return None


def first_name_start(match: re.Match[str], names: list[str]) -> int:
    """Where the first of the names stands in the text of a match."""
    return match.start("names") + max(match["names"].find(names[0]), 0)


def _inverted_before(text: str, end: int) -> NameMention | None:
    """'List, B.; Lerner, R. A.' before a title."""
    match = _INVERTED_LIST.search(text, max(0, end - MAX_INVERTED_LENGTH), end)
    if match is None:
        return None
    parts = _BETWEEN_INVERTED.split(match["names"])
    names = [given_name_first(name) for name in parts if "," in name]
    return name_mention(match.start(), end, names, False, "", "", strong=True) if names else None


def given_name_first(name: str) -> str:
    """'Lerner, R. A.' as 'R. A. Lerner'."""
    family, _, given = name.strip(" ;,&").partition(",")
    return f"{given.strip()} {family.strip()}".strip()


def _whole(year: str | None) -> str:
    """'67' is 1967, as far as two figures tell."""
    return whole_year((year or "").lstrip("'’"))


def names_after(text: str, start: int) -> NameMention | None:
    """Names that stand right behind a title.

    '(Koestler 1959)', 'by Arthur Koestler', ', Koestler'.
    """
    match = _NAMES_AFTER.match(text, start)
    names, et_al = split_people(match["names"]) if match else ([], False)
    if match is None or not names:
        return None
    return name_mention(*match.span(), names, et_al, _whole(match["year"]), "", strong=True)


def year_after(text: str, start: int) -> tuple[int, int] | None:
    """The year right behind a title, with at most a publisher between, and where it ends."""
    match = _YEAR_AFTER.match(text, start)
    return (int(match["year"][:4]), match.end()) if match else None
