"""References whose fields commas alone part, and whose form at the end tells the style:

- law reviews, volume in front and year in brackets (The Bluebook, rules 15 and 16): 'Ida Tell, Salt
  and Sluices, 33 DIKE L. REV. 995, 1037 (1992)';
- historians, place and year at the end: 'Ida Tell, Salz und Macht, 2. Aufl., Göttingen 1992, S. 3'.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from litmap.parsing.grammar import YEAR_SINCE_1400 as YEAR
from litmap.parsing.lexicon import PUBLISHER
from litmap.parsing.word_lists import load_pattern

_UPPER = r"[^\W\d_a-zß-ÿ]"
_WORD = rf"(?:{_UPPER}[\w.’'&-]*|&|of|and|on|for|the|in|de|für)"
_BRACKET = rf"\((?:[^()]{{0,60}}[\s,])?(?P<year>{YEAR})\)"
_PAGES = r"(?:,\s[\dn][\d\s,.n–—&-]*)?"
_ARTICLE = re.compile(
    rf",[”\"’]?\s\d{{1,4}}\s(?P<venue>{_WORD}(?:\s{_WORD}){{0,9}})\s\d{{1,5}}{_PAGES}\s{_BRACKET}"
)
"""', 33 WM. & MARY L. REV. 995, 1037 (1992)'."""
_CHAPTER = re.compile(
    rf",\sin\s(?:\d{{1,2}}\s)?(?P<venue>{_UPPER}[^()]{{2,160}}?),?(?:\s\d[\d\s,–—-]*)?\s{_BRACKET}"
)
"""', in THE BOOK OF SLUICES 169 (Otto Olm ed., 2005)'."""
_BOOK = re.compile(
    rf",?(?:\s(?:at\s)?(?:\d+|[ivxl]+)(?:\s?[–—-]\s?[\divxl]+)?(?:,\s[\d–—-]+)*)?\s{_BRACKET}"
)
"""' 25–31 (3d ed. 2022)', ', at 33 (1922)'."""
_IMPRINT = re.compile(
    rf",\s(?P<place>(?:{load_pattern('cities')})(?:\s?/\s?[^\W\d_]+\.?|\sa\.\s?M\.|\sam\sMain|\su\.\s?a\.)*)"
    rf"(?:,\s(?![A-Z]{{2}},)[^,\d()]{{2,40}},)?\s[¹²³⁴-⁹]?(?P<year>{YEAR})(?=[,.;:]|$)"
)
"""', Frankfurt a. M. 1979', ', Paris, Gallimard, 1975'."""
_EDITION = re.compile(
    r"(?:,\s(?:(?:Bd|Bde|Vol|vol|T|t|Teil|Tl)\.?\s[\dIVX]+|\d+\.,?\s(?:[^\W\d_]+\.?\s){0,2}"
    r"(?:Aufl|Ausg|ed|éd|izd|изд)[^,]*))+$"
)
"""', Bd. 3, 2. Aufl.' behind a title."""
_IN = re.compile(r",\s[Ii]n:?\s")
_VOLUME = re.compile(r"\d{1,2}\s(?=[^\W\d_])")
_NAME = re.compile(
    r"(?!(?:THE|AN?|ON|OF|FROM|HOW|WHY|The|An?|On|Of|From|How|Why)\s)"
    rf"(?:(?!ET\b)(?:{_UPPER}[\w.’'-]*|van|von|de[rn]?|du|la|le|di)\s){{1,4}}(?!ET\b|AL\b)"
    rf"{_UPPER}[\w’'-]+(?:,\s(?:Jr\.|Sr\.|JR\.|SR\.|II|III))?(?:\s(?:et al|ET AL)\.)?"
    r"(?:\s\((?:Hg|Hrsg|[Ee]ds?|dir)\.?\))?"
)
_BEHIND_NAME = re.compile(r"(?:\s\([^()]*\)|,\s(?:Jr\.|Sr\.|JR\.|SR\.|II|III))$")
_AND = re.compile(r",?\s(?:&|and|AND|und|u\.|et|y|e)\s|\s?/\s?(?=[^\W\d_])")
_LABEL = re.compile(
    r"(?:Note|Comment|Opinion|Essay|Review|Book Review|Editorial|Foreword|Remarks|Lecture),\s"
)
_SERIES = re.compile(
    rf"(?:(?<=[\s\[(])|^)\[?\d{{1,4}}\]?\s(?:\d{{1,3}}\s)?(?:{load_pattern('court_reporters')})\s?(?:at\s)?[\d_—-]"
)
MAX_AUTHORS = 12
MAX_HEAD = 400
"""Characters of authors and title."""


@dataclass(frozen=True, slots=True)
class CommaReference:
    """Its fields; `title_start` and `title_end` are offsets in the string."""

    authors: tuple[str, ...]
    title: str
    venue: str
    year: int
    title_start: int
    title_end: int


def names_legal_source(text: str) -> bool:
    """Whether a court's decision, a statute or a register is cited: 'Olm v. Teich, 532 U.S. 223
    (2001)', '42 U.S.C. § 7401'.
    """
    return _SERIES.search(text) is not None


def read_comma_reference(text: str) -> CommaReference | None:
    """The fields of a reference in one of these styles; None where it has another."""
    tail = _law_review_end(text) or _historian_end(text)
    if tail is None or names_legal_source(text):
        return None
    begin = volume.end() if (volume := _VOLUME.match(text)) else 0
    authors, start = _people(text, begin, tail.start())
    if label := _LABEL.match(text, start):
        start = label.end()
    end = _title_end(text, start, tail.start())
    title = text[start:end].strip(' ,.“”"')
    if not authors or not title:
        return None
    venue = tail.groupdict().get("venue") or tail.groupdict().get("place") or ""
    return CommaReference(authors, title, venue, int(tail["year"]), start, end)


def _law_review_end(text: str) -> re.Match[str] | None:
    """Where journal, book or imprint of a law review's reference begin."""
    found = _ARTICLE.search(text, 0, MAX_HEAD) or _CHAPTER.search(text, 0, 2 * MAX_HEAD)
    if found is None and (book := _BOOK.search(text, 0, MAX_HEAD)):
        return book if text[: book.start()].isupper() else None
    return found


def _historian_end(text: str) -> re.Match[str] | None:
    """Where place and year of a book begin; chapters have other forms."""
    found = _IMPRINT.search(text, 0, MAX_HEAD)
    return found if found and not _IN.search(text, 0, found.start()) else None


def _title_end(text: str, start: int, end: int) -> int:
    """Where a title ends before its edition and a publisher set in front of the place."""
    edition = _EDITION.search(text[start:end])
    end = start + edition.start() if edition else end
    last = text.rfind(", ", start, end)
    return last if last > 0 and PUBLISHER.search(text[last:end]) else end


def _people(text: str, begin: int, end: int) -> tuple[tuple[str, ...], int]:
    """The names at `begin`, and where the title begins: 'A, B & C, Title', or one name.

    () where a second name may stand behind a comma: 'Ida Tell, Otto Olm, Salt and Sluices'.
    """
    first = _NAME.match(text, begin, end)
    if first is None:
        return (), begin
    if listed := _list_with_and(text, begin, end):
        return listed
    start = first.end() + 2
    if not text.startswith(", ", first.end()):
        return (), begin
    second = _NAME.match(text, start, end)
    if (
        second
        and text.startswith(", ", second.end())
        and second.end() < _title_end(text, start, end)
    ):
        return (), begin
    return (_plain(first[0]),), start


def _list_with_and(text: str, begin: int, end: int) -> tuple[tuple[str, ...], int] | None:
    """The names of 'A & C, Title' and 'A, B & C, Title', and where the title begins."""
    names: list[str] = []
    at = begin
    while (name := _NAME.match(text, at, end)) and len(names) < MAX_AUTHORS:
        names.append(name[0])
        if last := _AND.match(text, name.end(), end):
            final = _NAME.match(text, last.end(), end)
            if final is None or not text.startswith(", ", final.end()):
                return None
            return tuple(map(_plain, (*names, final[0]))), final.end() + 2
        if not text.startswith(", ", name.end()):
            return None
        at = name.end() + 2
    return None


def _plain(name: str) -> str:
    """Without '(Hg.)' and ', Jr.'."""
    return _BEHIND_NAME.sub("", name)
