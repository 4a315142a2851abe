"""Standards and patents: a number with the title behind it.

'PN-EN 12345:2017 Ogniwa', 'JIS C 1507:2015「校正器」', 'СП 25.13330.2018 «Основания»'. What stands
behind is the title where marks bound it, or where it begins as a title does and ends with the line.
"""

from __future__ import annotations

import re

from litmap.citations.recognisers.entry_reader import ReferenceEntry
from litmap.citations.recognisers.reference_signs import is_unspaced
from litmap.models import NoteBlock, Reference
from litmap.parsing.grammar import UNSPACED, UPPER, YEAR_SINCE_1800, YEAR_SINCE_1900
from litmap.parsing.lexicon import STANDARD_NUMBER

MIN_TITLE_WORDS, MAX_TITLE_WORDS = 2, 24
MIN_UNSPACED = 4
"""Signs of a title in a script without blanks."""
_MAY_BE = re.compile(rf"[{UPPER}]{{2,5}}[ /-]?(?:[{UPPER}]{{1,3}}[ /-]?){{0,2}}\d[\d.:–—-]+\d")
_FIGURES = re.compile(r"\d[\d.,: /–—-]*\d\d")
_STANDARD = re.compile(rf"(?<![\w-]){STANDARD_NUMBER}")
_PATENT = re.compile(
    r"(?:[Pp]atent\w{0,3}|PATENT|Pat\.|[Пп]атент\w?|[Пп]ат\.|свидетельство|特許第?|特開|专利号?)[\s:]{0,2}"
    r"(?:(?:№|[Nn]o\.?|[Nn]r\.?|[Nn][°º])\s?)?(?:[A-Z]{2}\s?)?\d[\d ,./-]{3,14}\d"
    r"(?:\s?[A-Z]\d?\b)?号?"
    r"(?:\s(?:СССР|РФ|BRD|DDR))?"
)
_YEAR = re.compile(rf"(?<![\d-]){YEAR_SINCE_1800}(?![\d-])")
MAX_BEHIND = 80
"""Characters behind the title of a patent in which its year is looked for."""
_BETWEEN = re.compile(rf"[\s:,–—-]*\s|(?=[「『《«“\"])|[.．]\s?(?=[{UNSPACED}])")
_STOPS = (". ", "! ", "? ")
_PATENT_PARTS = ("aten", "Pat.", "PATENT", "ат", "свидет", "特許", "特開", "专利")
"""One of them stands in any text that `_PATENT` finds something in."""
_BETWEEN_PATENT = re.compile(r"[\s:.,–—-]*[:.,–—]?\s+|[:：.．，]?\s?(?=[「『《«“\"])")
_UNMARKED_PATENT = re.compile(
    rf"(?=[{UPPER}{UNSPACED}])([^(),.\[\]«»;/。．\n]{{6,160}}?)(?=\s*$|\s?[(,;/.。．\[])"
)
_YEAR_AT_END = re.compile(rf"[:.–—-]({YEAR_SINCE_1900})(?:-\d\d)?$")
_MARKED = re.compile(r"[«“„\"「『《]\s?([^«»“”„\"「」『』《》]{4,160}?)\s?[»”“\"」』》]")
_UNMARKED = re.compile(
    rf"(?=[{UPPER}{UNSPACED}])([^()\[\]«»;。．\n]{{6,160}}?)\.?(?=\s*$|\s?[(;。．\[])"
)


def find_standards(block: NoteBlock) -> list[ReferenceEntry]:
    """The standards of a block that have a title."""
    text = block.text
    found: list[ReferenceEntry | None] = []
    if not _FIGURES.search(text):
        return []
    if _MAY_BE.search(text):
        found += [_read(text, match) for match in _STANDARD.finditer(text)]
    if any(map(text.__contains__, _PATENT_PARTS)):
        found += [_read_patent(text, match) for match in _PATENT.finditer(text)]
    return [entry for entry in found if entry is not None]


def _read(text: str, number: re.Match[str]) -> ReferenceEntry | None:
    """The standard whose number this is; None where no title stands behind, or the number of what
    is not marked has no year.
    """
    between = _BETWEEN.match(text, number.end())
    dated = _YEAR_AT_END.search(number.group())
    behind = _MARKED.match(text, between.end()) if between else None
    if between and dated and behind is None:
        behind = _UNMARKED.match(text, between.end())
        behind = behind if behind and is_title(behind[1]) else None
    if behind is None:
        return None
    reference = Reference(
        text[number.start() : behind.end()],
        behind[1].strip(),
        year=int(dated[1]) if dated else None,
        venue=number.group(),
    )
    return ReferenceEntry(reference, number.start(), behind.end(), sure=True)


def _read_patent(text: str, number: re.Match[str]) -> ReferenceEntry | None:
    """The patent whose number this is; None where no title stands behind."""
    between = _BETWEEN_PATENT.match(text, number.end())
    behind = _MARKED.match(text, between.end()) if between else None
    if between and behind is None:
        behind = _UNMARKED_PATENT.match(text, between.end())
    if behind is None or not is_title(behind[1]):
        return None
    year = _YEAR.search(text, behind.end(), behind.end() + MAX_BEHIND)
    title, end = behind[1].strip(), behind.end()
    written = text[number.start() : end]
    reference = Reference(written, title, year=int(year.group()) if year else None)
    return ReferenceEntry(reference, number.start(), end, sure=True)


def is_title(text: str) -> bool:
    """True for some words that are no sentences: 'Ogniwa litowe – Badania'."""
    if is_unspaced(text):
        return len(text) >= MIN_UNSPACED
    return MIN_TITLE_WORDS <= len(text.split()) <= MAX_TITLE_WORDS and not any(
        map(text.__contains__, _STOPS)
    )
