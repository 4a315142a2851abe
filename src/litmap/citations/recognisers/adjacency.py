"""What stands beside a title or a mention: names before and behind, a year, a title after names and year."""

from __future__ import annotations

import re

from litmap.citations.recognisers.author_names import NameMention, name_mention
from litmap.citations.recognisers.name_lists import is_not_a_name, split_names
from litmap.citations.recognisers.patterns import (
    CITED_YEAR,
    NAME_START,
    NAMES,
    PARTICLE,
    UPPER,
    WORD,
    whole_year,
)
from litmap.citations.recognisers.title_scoring import title_score
from litmap.parsing.venues import is_numbered_venue

_NAMES_BEFORE = re.compile(
    rf"(?<![^\W_]){NAME_START}(?P<names>{NAMES})(?P<own>['’]s?)?(?:\s[a-z-]+(?=\s\($)|\s(?:review|paper|article|letter|survey)s?(?=,))?[,:]?\s*(?:[(\[]?(?P<year>{CITED_YEAR}|['’]?\d\d(?=\s\())[)\]]?[,:.]?\s*)?[“\"‘'(]?$"
)
_CAPITAL = re.compile(rf"[{UPPER}]")
_NAMES_AFTER = re.compile(
    rf"[”\"’']?[,.]?\s*(?:\(?(?:by|of)\s+|\(|,\s*|[–—-]\s*)(?P<names>{NAMES})(?=[),;.]|\s|$)(?:,?\s*\(?(?P<year>{CITED_YEAR})(?!\d))?"
)
_YEAR_AFTER = re.compile(
    rf"[”\"’']?[,.]?\s*(?:[(\[]?(?:[^()\[\]\d]{{0,40}}[\s,])?|[^()\[\];“”\"\x00]{{2,50}}\()(?P<year>{CITED_YEAR})[a-z]?(?=[)\],;.:]|\s|$)"
)


_VERB = r"(?:explains?|argues?|shows?|proves?|introduces?|denies|covers|gives|criticises|criticizes|discusses|reviews|extends)"
_LEAD = r"[)\]]{0,2}\s?(?:[,:.;]|[–—-]{1,2}|→|->|\((?:(?:in|on) )?)?\s{0,2}[“\"‘]?"
_BODY = r"[A-ZÀ-Þ](?:[^.;()\[\]“”\"\x00?!]|\.(?=\w)|[?!](?=\s[a-z])){14,220}?[\w$’')][?!]?"
_VENUE = r",\s(?:in\s|ed\.|[A-Z][\w&.]*(?:\s[A-Z&][\w&.]*){0,5}[,.]?\s(?:\d|\())"
_TITLE_BEHIND = re.compile(
    rf"{_LEAD}(?P<title>{_BODY})[,.]?[”\"’']?(?=[\s.;,()\[\]\x00hd]|$)"
    rf"(?=(?<=[?!])\s|\.(?:\s|$)|[;()\[\]\x00]|{_VENUE}|\s[—–]\s|\s--?\s|\s{{0,2}}(?:https?:|doi\b|$)|\s{_VERB}\s)"
)
_NO_TITLE_BEGINS = frozenset(
    [
        "We",
        "I",
        "This",
        "It",
        "They",
        "These",
        "He",
        "She",
        "Both",
        "Here",
        "There",
        "Then",
        "Our",
        "My",
        "Not",
        "See",
        "Also",
        "But",
        "And",
        "Or",
        "So",
        "If",
        "For",
    ]
)
_SMALL = re.compile(r"\s(?:of|the|and|in|for|a|an|to|on|with|by|from|at|as|is|are|how|what|why)\s")


def title_after(text: str, end: int) -> tuple[int, int] | None:
    """Where the title stands that follows names and a year: 'Levins R. 1969. Some … consequences. Bull. …'."""
    found = _TITLE_BEHIND.match(text, end)
    if found is None:
        return None
    title = found["title"]
    words = title.split()
    if (
        len(words) < 3
        or words[0] in _NO_TITLE_BEGINS
        or title_score(title) < 0.45
        or is_numbered_venue(title)
    ):
        return None
    if not (_SMALL.search(title) or len(words) >= 6) or title.count(",") > 2:
        return None  # catchwords
    return found.span("title")


_TITLED_BEFORE = re.compile(
    rf"(?<![^\W_]){NAME_START}(?P<names>{NAMES})[,:]\s[“\"]?(?P<title>[A-ZÀ-Þ][^.;()“”\"\x00]{{12,200}}?[?]?)[”\"]?[,.]?\s(?:in\s)?$"
)


def names_and_title_before(text: str, end: int) -> tuple[NameMention, int, int] | None:
    """Names and title (its start and end) that stand before a journal: 'Doe & Roe, The title of it? Cognition 95:201'."""
    begin = max(0, end - 280, text.rfind("\x00", 0, end) + 1)
    for found in _TITLED_BEFORE.finditer(text[begin:end]):
        names = [name for name in split_names(found["names"])[0] if not is_not_a_name(name)]
        title = found["title"]
        if (
            names
            and title_score(title) >= 0.5
            and _SMALL.search(title)
            and not is_numbered_venue(title)
        ):
            start = begin + found.start("names") + max(found["names"].find(names[0]), 0)
            named = name_mention(start, end, names, False, "", "", strong=True)
            return named, begin + found.start("title"), begin + found.end("title")
    return None


_INVERTED_LIST = re.compile(
    rf"(?<![^\W_])(?P<names>(?:{PARTICLE}{{0,2}}{WORD}(?:[ -]{WORD})?,\s(?:[A-Z]\.[\s-]?){{1,4}}(?:[;,&]|and\b)?\s?(?:and\s|&\s)?){{1,40}})$"  # noqa: E501
)
"""'List, B.; Lerner, R. A.; Barbas, C. F.' as chemists write."""


def _inverted_before(text: str, end: int) -> NameMention | None:
    begin = max(0, end - 500)
    found = _INVERTED_LIST.search(text, begin, end)
    if not found:
        return None
    names = [
        given_name_first(name)
        for name in re.split(r";\s*|(?<=\.),\s*(?:and |& )?|\s(?:and|&)\s", found["names"])
        if "," in name
    ]
    return name_mention(found.start(), end, names, False, "", "", strong=True) if names else None


def given_name_first(name: str) -> str:
    """'Lerner, R. A.' as 'R. A. Lerner'."""
    family, _, given = name.strip(" ;,&").partition(",")
    return f"{given.strip()} {family.strip()}".strip()


def names_before(text: str, end: int) -> NameMention | None:
    """Names that end right before a title, with a year where one stands between."""
    inverted = (
        _inverted_before(text, end) if text[max(0, end - 3) : end].rstrip().endswith(".") else None
    )
    if inverted:
        return inverted
    begin = max(0, end - 160)
    stretch = text[begin:end]
    masked = stretch.rfind("\x00") + 1
    if not _CAPITAL.search(" ".join(stretch[masked:].split()[-7:])):
        return None  # names, 'et al.', a word, a year and a sign are seven words at most behind a capital
    for found in _NAMES_BEFORE.finditer(stretch, masked):
        names, et_al = split_names(found["names"])
        names = [name for name in names if not is_not_a_name(name)]
        if names:
            start = begin + found.start("names") + max(found["names"].find(names[0]), 0)
            return name_mention(start, end, names, et_al, _whole(found["year"]), "", strong=True)
    return None


def _whole(year: str | None) -> str:
    """'67' is 1967, as far as two figures tell."""
    return whole_year((year or "").lstrip("'’"))


def names_after(text: str, start: int) -> NameMention | None:
    """Names that stand right behind a title: '(Koestler 1959)', 'by Arthur Koestler', ', Koestler'."""
    found = _NAMES_AFTER.match(text, start)
    if not found:
        return None
    names, et_al = split_names(found["names"])
    names = [name for name in names if not is_not_a_name(name)]
    return (
        name_mention(
            found.start(), found.end(), names, et_al, _whole(found["year"]), "", strong=True
        )
        if names
        else None
    )


def year_after(text: str, start: int) -> tuple[int, int] | None:
    """The year right behind a title, with at most a publisher between, and where it ends."""
    found = _YEAR_AFTER.match(text, start)
    return (int(found["year"][:4]), found.end()) if found else None
