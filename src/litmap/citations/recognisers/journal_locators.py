"""Works named by where they stand: 'Phys. Rev. Lett. 61, 2015 (1988)', 'J. Am. Chem. Soc. 2009, 131, 6050', 'PRL 61, 2015'.

The journal is reduced to the initials of its words, so that its acronym and its abbreviation name the same place.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from litmap.parsing.grammar import YEAR_SINCE_1600
from litmap.parsing.venues import is_journal_name

_SMALL = frozenset(
    [
        "of",
        "the",
        "and",
        "for",
        "in",
        "on",
        "de",
        "der",
        "des",
        "du",
        "la",
        "le",
        "les",
        "fur",
        "für",
        "und",
        "et",
        "di",
        "a",
        "an",
        "&",
        "to",
    ]
)
_NAME_WORD = (
    r"(?:[A-ZÀ-Þ][\w’'&-]*\.?|[a-z]{1,2}[A-Z]\w*|&|of|the|and|for|in|der|des|de|für|und|et|di|npj)"
)
_JOURNAL = rf"(?P<journal>(?:[A-ZÀ-Þ][\w’'&-]*\.?|[a-z]{{1,2}}[A-Z]\w*|npj)(?:[ ,]{{1,2}}{_NAME_WORD}){{0,8}}(?:\s[A-F])?)"
_VOLUME = rf"(?:vol(?:ume|s)?\.?\s?)?\**(?P<volume{{0}}>(?!{YEAR_SINCE_1600}\b)[A-Z]?\d{{{{1,4}}}})\**(?:\s?\((?:no\.?\s?)?[\w–-]{{{{1,6}}}}\))?"  # noqa: E501
_PAGE = r"(?:pp?\.\s?)?(?P<page{0}>[A-Z]{{0,2}}\d{{1,7}})(?:\s?[–—-]{{1,2}}\s?[A-Z]?\d{{1,7}})?(?:\(R\))?"
_PLACE = re.compile(
    rf"(?<![\w.’'-]){_JOURNAL},?\s?(?=[A-Z\s]?\d|[(*]|vol)(?:"
    rf"\(?(?P<first>{YEAR_SINCE_1600})\)?\s?[,;:]\s?{_VOLUME.format(1)}\s?[,:]\s?{_PAGE.format(1)}"
    rf"|{_VOLUME.format(2)}\s?[,:]\s?{_PAGE.format(2)}(?:\s?[(,;]\s?(?P<last>{YEAR_SINCE_1600})\)?)?"
    rf"|(?P<volume4>\d{{1,4}})\s(?P<page4>[A-Z]?\d{{1,7}})\s?\((?P<late>{YEAR_SINCE_1600})\)"
    rf"|\**(?P<volume3>\d{{1,4}})\**\s\((?P<middle>{YEAR_SINCE_1600})\)[,:]?\s{_PAGE.format(3)}"
    rf"|(?<=[A-Z&])\s(?P<volume6>\d{{1,4}})\s(?P<page6>[A-Z]?\d{{1,7}})(?:\s?\((?P<close>{YEAR_SINCE_1600})\))?"
    rf"|(?:vol\.?\s)?(?P<volume5>\d{{1,4}})(?:\(\d{{1,3}}\))?\s?\((?P<alone>{YEAR_SINCE_1600})\)"
    rf")(?![\w])"
)
_AFTER_INITIALS = re.compile(
    r"(?:^|[\s,])(?:[A-Z]\.[\s-]?){1,4}?(?=[JZ]\. [A-Z]|(?<![JZ]\. )[A-Z][A-Za-z]+)((?:[JZ]\. )?[A-Z][A-Za-z]*)"
)
"""Where a journal begins behind the initials of the last author: 'Barbas, C. F. J. Am. Chem. Soc.'."""
_COMMA = re.compile(r",\s")
_WORD = re.compile(r"\S+")
_JOURNAL_WORD = re.compile(r"[^\W\d_][\w’'-]*|&")
_DIGIT = re.compile(
    r"\d(?=[\s*)(,:;])(?:\)?\s?\(\d{4}\)|[\s*)]{0,3}[,:;]\s?(?:pp?\.\s?)?[A-Z]{0,2}\d)|[A-Z] \d{1,4} [A-Z]?\d"
)


@dataclass(frozen=True, slots=True)
class JournalLocator:
    """A journal, volume and first page with where they stand in a text; `key` is the same for the same place."""

    start: int
    end: int
    journal: str
    volume: str
    page: str
    year: int | None

    @property
    def key(self) -> str:
        """'prl:61:2015'; '' where no page tells the work."""
        return (
            f"{initials(self.journal)}:{self.volume.lower()}:{self.page.lower()}"
            if self.page
            else ""
        )


def initials(journal: str) -> str:
    """First letters of a journal's words, or its acronym: 'Phys. Rev. Lett.' and 'PRL' are both 'prl'."""
    words: list[str] = [
        word for word in _JOURNAL_WORD.findall(journal) if word.lower() not in _SMALL
    ]
    if len(words) == 1 and sum(char.isupper() for char in words[0]) >= 2:
        return "".join(char for char in words[0] if char.isupper()).lower()
    if len(words) == 1:
        return words[0].lower()
    letters = [word if word.isupper() and len(word) <= 4 else word[:1] for word in words]
    return "".join(letters).lower()


def find_locators(text: str) -> list[JournalLocator]:
    """Places of journals in running text, in order."""
    if not _DIGIT.search(text):
        return []
    found = []
    for match in _PLACE.finditer(text):
        groups = match.groupdict()
        journal, start = _journal_of(groups["journal"], match.start("journal"))
        if not journal or not is_journal_name(journal):
            continue
        volume = next(groups[f"volume{n}"] for n in "123456" if groups[f"volume{n}"])
        page = next((groups[f"page{n}"] for n in "12346" if groups[f"page{n}"]), "")
        year = next(
            filter(None, map(groups.get, ("first", "last", "middle", "late", "alone", "close"))),
            None,
        )
        found.append(
            JournalLocator(start, match.end(), journal, volume, page, int(year) if year else None)
        )
    return found


def _journal_of(name: str, start: int) -> tuple[str, int]:
    """The journal behind names that run into it: 'Thouless, Phys. Rep.' is 'Phys. Rep.'."""
    cuts = [match.start(1) for match in _AFTER_INITIALS.finditer(name)]
    cuts += [match.end() for match in _COMMA.finditer(name) if not cuts or match.end() > cuts[0]]
    for cut in sorted(cuts):
        if is_journal_name(name[cut:].strip(" ,")):
            return name[cut:].strip(" ,"), start + cut
    for word in itertools.islice(_WORD.finditer(name), 5):
        if is_journal_name(name[word.start() :].strip(" ,")):
            return name[word.start() :].strip(" ,"), start + word.start()
    return name.strip(" ,"), start
