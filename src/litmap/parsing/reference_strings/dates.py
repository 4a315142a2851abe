"""The date of a reference string: beside the authors, at the start, or in what follows the
title.
"""

from __future__ import annotations

import re

from litmap.parsing.grammar import BREAK, MONTH
from litmap.parsing.grammar import YEAR_SINCE_1400 as YEAR

_AFTER_AUTHORS = re.compile(
    rf"\s*[.,:;]?\s*[(\[]?(?:c\.|ca\.|"
    rf"circa)?\s?(?P<year>{YEAR})(?P<suffix>[a-z])?(?:[–/-]\d{{2,4}})?\b\+?"
    rf"(?:,? ?{MONTH}[^)\]]{{0,14}}|,? ?\d{{1,2}} {MONTH})?(?:\s?\[\d{{4}}\]|\s?\(\d{{4}}\)|"
    rf"/\d{{4}})?[)\]]?(?P<stop>[.,:;]{{0,2}})(?=\s|$|“|{BREAK})"
)
_DAY_AFTER_AUTHORS = re.compile(
    rf"\s*[.,]?\s*[(\[](?:\d{{1,2}}(?:\.|er|º)?\s)?(?:de\s)?[^\W\d_]{{3,12}}\.?\s(?:de\s)?"
    rf"(?P<year>{YEAR})[)\]][.,:]?(?=\s)"
)
"""'(12 de agosto de 2018).', '(3. März 2014)', '(mai 2019)'."""
_NO_DATE = re.compile(
    r"\s*[.,:;]?\s*[(\[]?(?:n\.\s?d\.|no date|s\.\s?d\.|in press|in prep(?:aration|\.)?|"
    r"forthcoming|to appear|"
    r"submitted|undated|o\.\s?J\.)(?:-?[a-z])?[)\]]?[.,:;]?(?=\s|$|“)",
    re.I,
)
_DATE_FIRST = re.compile(
    rf"(?:(?P<year>{YEAR})(?P<suffix>[a-z])?(?:[-/.](?:0?\d|1[0-2])(?:[-/.]\d{{1,2}})?)?"
    rf"(?:,? {MONTH}(?:,? \d{{1,2}}(?:st|nd|rd|th)?\b)?)?|"
    rf"(?:\d{{1,2}} )?{MONTH}(?: \d{{1,2}}(?:st|nd|rd|th)?)?,? "
    rf"(?P<year2>{YEAR}))\s?[,.:;—–-]\s?(?=\S)"
    rf"|[(\[](?P<year3>{YEAR})(?P<suffix3>[a-z])?[)\]][,.:;—–-]?\s(?=\S)"
)
"""'2014. Doe, J.', '3 May 2014 – Doe', '(2014) Doe, J.'."""
_TAIL_YEARS = (
    re.compile(rf"\((?:[^()\d]{{0,40}}|[^()]{{0,60}}[ ,;])(?P<year>{YEAR})(?P<suffix>[a-z])?\)"),
    re.compile(rf"(?<![\d–-])\b(?P<year>{YEAR})(?P<suffix>[a-z])?(?=\s?[;:]\s?\d)"),
    re.compile(rf"(?<=[A-Z]\s)(?P<year>{YEAR})(?P<suffix>(?!))?(?=,\s\d)"),  # 'NJW 2019, 1788'
    re.compile(rf"\b{MONTH}(?: \d{{1,2}})?,? (?P<year>{YEAR})(?P<suffix>[a-z])?\b"),
    re.compile(rf"(?<=[,.] )(?P<year>{YEAR})(?P<suffix>[a-z])?(?=[.,;)\]]|$|\s?{BREAK}|\s\()"),
    re.compile(rf"(?<![\d–:/.-])\b(?P<year>{YEAR})(?P<suffix>[a-z])?\b(?![–-]\d|\.\d)"),
    re.compile(rf"(?<!\d)(?P<year>{YEAR})(?!\d)"),
)


def date_after_authors(text: str, at: int) -> tuple[int, str, int] | None:
    """(year or 0, suffix, end) of a date that stands right behind the authors; None where there is
    none.
    """
    if match := _AFTER_AUTHORS.match(text, at):
        # 'Smith, J. 2001: A Space Odyssey' is fine; '2015, 137, 1' is a volume, not a title
        if match["stop"] == "," and re.match(r"\s*\d", text[match.end() :]):
            return None
        return int(match["year"]), match["suffix"] or "", match.end()
    if match := _DAY_AFTER_AUTHORS.match(text, at):
        return int(match["year"]), "", match.end()
    if match := _NO_DATE.match(text, at):
        return 0, "", match.end()
    return None


def date_first(text: str) -> tuple[int, str, int] | None:
    """(year, suffix, end) of a date that opens the string."""
    if match := _DATE_FIRST.match(text):
        year = match["year"] or match["year2"] or match["year3"]
        return int(year), match["suffix"] or match["suffix3"] or "", match.end()
    return None


def year_in(text: str) -> tuple[int | None, str]:
    """The year of publication in the part behind the title, by how years are usually set."""
    for pattern in _TAIL_YEARS:
        found = list(pattern.finditer(text))
        if found:
            match = found[-1]
            return int(match["year"]), match.groupdict().get("suffix") or ""
    return None, ""
