r"""Regular expressions of names and years, to be put together to those of mentions; and how to look for them fast.

`re` skips a text in one step to the next place where an expression may match only if this begins with a single set of
characters; every other is tried at each character. So what is sought in every block begins with such a set and looks
back for the rest ('(?<![\w-].)'), or is tried only where a cheaper expression says that it may begin (`matches_at`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽΑ-ΩА-Я"
NAME_START = (
    rf"(?=[{UPPER}]|[a-z]{{1,3}}[A-Z]|d['’]|v\.|"
    r"(?:van|von|de|den|der|della?|di|da|dos|du|la|le|ten|ter|el|al|bin|ibn|zur?|af|av)\s)"
)
"""Where a name may begin; told at once for the many words that begin none."""
PARTICLE = r"(?:(?:[Vv]an|[Vv]on|v\.|[Dd]e|den|der|del|della|[Dd]i|[Dd]a|dos|[Dd]u|[Ll]a|[Ll]e|ten|ter|[Ee]l|[Aa]l|bin|ibn|zu|zur|af|av|St\.)\s*(?<=[.\s]))"  # noqa: E501
WORD = rf"(?:[a-z]{{1,3}}(?=[A-Z][a-z]))?[{UPPER}][^\W\d_]*+(?:['’‐-][^\W\d_]++)*"
NAME = rf"(?:d['’])?(?:(?:[{UPPER}]\.[\s-]?){{1,4}}|{WORD}\s+(?:[{UPPER}]\.?\s+)?)?{PARTICLE}{{0,2}}{WORD}(?:,?\s+(?:Jr|Sr|III?)\b\.?)?"  # noqa: E501
SHORT = rf"{WORD} (?:[A-Z]{{1,2}}|[A-Z]{{3}}(?=[,;]))(?=[,;.]|\s(?:et\b|and\b|&|\(|…|\.\.\.|(?:1[89]|20)\d\d))"
LOWER_NAME = r"[^\W\d_]{2,}(?:-[^\W\d_]+)?"
AND = r"(?:,?\s*(?:\band\b|&|\bund\b|\bet\b|\by\b)\s*|,\s*|\s*\.{3}\s*|\s*…\s*|\s?[/+]\s?(?=[A-Z])|–(?=[A-Z]))"
ET_AL = r"(?:,?\s+et\.?\s*al\b\.?|,?\s+and\s+(?:others|colleagues|co-?workers|coauthors|collaborators)\b|\s+u\.\s?a\.)"
INVERTED = rf"{WORD},\s(?:[{UPPER}]\.(?:[\s-](?=[{UPPER}]\.))?){{1,3}}(?=,?\s+et\.?\s*al)"
NAMES = rf"(?:{INVERTED}|{SHORT}|{NAME})(?:{AND}(?:{SHORT}|{NAME})){{0,9}}(?:{ET_AL})?"
YEAR = r"(?:1[5-9]\d\d|20[0-4]\d)(?:[a-z](?![a-z]))?"
YEARS = rf"{YEAR}(?:/\d\d(?:\d\d)?)?(?:\s*(?:,|and|&|;)\s*(?:{YEAR}|[a-z](?![a-z\w])))*"
VENUE = r"(?:e|bio)?[A-Z][A-Za-z&+-]{1,14}\.?(?:\s[A-Z][A-Za-z.]{0,14}){0,3}"
WORK_NOUN = (
    r"(?:book|paper|article|review|survey|study|thesis|dissertation|essay|monograph|memoir|proof|result|model|theorem|"
    r"experiments?|lectures?|textbook|chapter|work|letter|note|memo|report|preprint|classic|original|review article)"
)
BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))
"""Everything that `\\s` stands for."""
_KEY = re.compile(r"(?<![\w.])@\w")


def whole_year(figures: str, turn: int = 40) -> str:
    """'67' is '1967' and '17' is '2017', as far as two figures tell; below `turn` the century is this one."""
    return ("20" if int(figures) < turn else "19") + figures if len(figures) == 2 else figures


def cites_by_key(text: str) -> bool:
    """Whether a citekey ('@doe1999') stands in a text."""
    return "@" in text and _KEY.search(text) is not None


def matches_at(
    starts: re.Pattern[str], pattern: re.Pattern[str], text: str, position: int = 0
) -> Iterator[re.Match[str]]:
    """What `pattern.finditer` gives, if wherever `pattern` matches `starts` does as well; no match is empty."""
    while start := starts.search(text, position):
        match = pattern.match(text, start.start())
        if match:
            yield match
        position = match.end() if match else start.start() + 1
