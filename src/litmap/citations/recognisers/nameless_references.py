"""References without people whose style tells where the title ends.

'Шаги по льду // Северная газета. 2017. 11 дек.', as Russian and Ukrainian lists have it.
"""

from __future__ import annotations

import re

from litmap.citations.recognisers.entry_reader import ReferenceEntry, leading_words
from litmap.models import NoteBlock, Reference
from litmap.parsing.grammar import UPPER, YEAR

_STROKES = re.compile(
    rf"(?:^|(?<=[:;.–—] ))(?P<title>[{UPPER}«“\"\d][^/;|]{{7,160}}?)\s//\s"
    rf"(?P<venue>[{UPPER}«][^/;|]{{2,80}}?)[.,]\s(?:[^/;|]{{0,30}}?\s)?(?P<year>{YEAR})(?!\d)"
)

_INITIAL = re.compile(rf"(?<!\w)[{UPPER}]\.")


def find_nameless(block: NoteBlock) -> list[ReferenceEntry]:
    """The references of a block that set their venue off by two strokes."""
    text = block.text
    if " // " not in text:
        return []
    found = (_entry(text, match) for match in _STROKES.finditer(text))
    return [entry for entry in found if entry is not None]


def _entry(text: str, match: re.Match[str]) -> ReferenceEntry | None:
    """The reference without the words that lead to it; None where initials stand in its title."""
    start, end = match.start("title"), match.end()
    start += leading_words(text[start:end])
    title = text[start : match.end("title")].strip('«»“”"')
    if _INITIAL.search(title):
        return None
    reference = Reference(text[start:end], title, year=int(match["year"]), venue=match["venue"])
    return ReferenceEntry(reference, start, end, sure=True)
