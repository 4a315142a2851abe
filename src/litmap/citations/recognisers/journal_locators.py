"""Works named by where they stand: 'Phys. Rev. Lett. 61, 2015 (1988)', 'J. Am. Chem. Soc. 2009,
131, 6050', 'PRL 61, 2015'.

The journal is reduced to the initials of its words, so that its acronym and its abbreviation name
the same place.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from litmap.parsing.grammar import YEAR_SINCE_1600
from litmap.parsing.venues import is_journal_name
from litmap.parsing.word_lists import load_words

_SMALL_WORDS = load_words("journal_small_words")
_NAME_WORD = (
    r"(?:[A-ZÀ-Þ][\w’'&-]*\.?|[a-z]{1,2}[A-Z]\w*|&|of|the|and|for|in|der|des|de|für|und|et|di|npj)"
)
_JOURNAL = (
    rf"(?P<journal>(?:[A-ZÀ-Þ][\w’'&-]*\.?|[a-z]{{1,2}}[A-Z]\w*|npj)(?:[ "
    rf",]{{1,2}}{_NAME_WORD}){{0,8}}(?:\s[A-F])?)"
)
_VOLUME = rf"(?:vol(?:ume|s)?\.?\s?)?\**(?P<volume{{0}}>(?!{YEAR_SINCE_1600}\b)[A-Z]?\d{{{{1,4}}}})\**(?:\s?\((?:no\.?\s?)?[\w–-]{{{{1,6}}}}\))?"  # noqa: E501
_PAGE = (
    r"(?:pp?\.\s?)?(?P<page{0}>[A-Z]{{0,2}}\d{{1,7}})"
    r"(?:\s?[–—-]{{1,2}}\s?[A-Z]?\d{{1,7}})?(?:\(R\))?"
)
_LOCATOR = re.compile(
    rf"(?<![\w.’'-]){_JOURNAL},?\s?(?=[A-Z\s]?\d|[(*]|vol)(?:"
    rf"\(?(?P<first>{YEAR_SINCE_1600})\)?\s?[,;:]\s?{_VOLUME.format(1)}\s?[,:]\s?{_PAGE.format(1)}"
    rf"|{_VOLUME.format(2)}\s?[,:]\s?{_PAGE.format(2)}(?:\s?[(,;]\s?(?P<last>{YEAR_SINCE_1600})\)?)?"
    rf"|(?P<volume4>\d{{1,4}})\s(?P<page4>[A-Z]?\d{{1,7}})\s?\((?P<late>{YEAR_SINCE_1600})\)"
    rf"|\**(?P<volume3>\d{{1,4}})\**\s\((?P<middle>{YEAR_SINCE_1600})\)[,:]?\s{_PAGE.format(3)}"
    rf"|(?<=[A-Z&])\s(?P<volume6>\d{{1,4}})\s(?P<page6>[A-Z]?\d{{1,7}})(?:\s?\((?P<close>{YEAR_SINCE_1600})\))?"
    rf"|(?:vol\.?\s)?(?P<volume5>\d{{1,4}})(?:\(\d{{1,3}}\))?\s?\((?P<alone>{YEAR_SINCE_1600})\)"
    rf")(?![\w])"
)
_VOLUME_GROUPS = tuple(f"volume{form}" for form in "123456")
_PAGE_GROUPS = tuple(f"page{form}" for form in "12346")
_YEAR_GROUPS = ("first", "last", "middle", "late", "alone", "close")
MAX_WORDS_BEFORE = 5
"""Words that may run into a journal's name."""
_AFTER_INITIALS = re.compile(
    r"(?:^|[\s,])(?:[A-Z]\.[\s-]?){1,4}?(?=[JZ]\. [A-Z]|(?<![JZ]\. )[A-Z][A-Za-z]+)((?:[JZ]\. "
    r")?[A-Z][A-Za-z]*)"
)
"""Where a journal begins behind the initials of the last author.

'Barbas, C. F. J. Am. Chem. Soc.'.
"""
_COMMA = re.compile(r",\s")
_WORD = re.compile(r"\S+")
_JOURNAL_WORD = re.compile(r"[^\W\d_][\w’'-]*|&")
_DIGIT = re.compile(
    r"\d(?:(?=[\s*)(,:;])(?:\)?\s?\(\d{4}\)|[\s*)]{0,3}[,:;]\s?(?:pp?\.\s?)?[A-Z]{0,2}\d)|"
    r"(?<=[A-Z] .)\d{0,3} [A-Z]?\d)"
)


@dataclass(frozen=True, slots=True)
class JournalLocator:
    """A journal, volume and first page with where they stand in a text.

    `key` is the same for the same place.
    """

    start: int
    end: int
    journal: str
    volume: str
    page: str
    year: int | None

    @property
    def key(self) -> str:
        """'prl:61:2015'; '' where no page tells the work."""
        if not self.page:
            return ""
        return f"{initials(self.journal)}:{self.volume.lower()}:{self.page.lower()}"


def initials(journal: str) -> str:
    """First letters of a journal's words, or its acronym.

    'Phys. Rev. Lett.' and 'PRL' are both 'prl'.
    """
    words = [word for word in _JOURNAL_WORD.findall(journal) if word.lower() not in _SMALL_WORDS]
    if len(words) == 1:
        return _acronym(words[0])
    return "".join(word if _is_acronym(word) else word[:1] for word in words).lower()


def _acronym(word: str) -> str:
    """The capitals of a word that has two or more, else the word.

    'PRL' is 'prl', 'Nature' is 'nature'.
    """
    capitals = [char for char in word if char.isupper()]
    return "".join(capitals).lower() if len(capitals) >= 2 else word.lower()


def _is_acronym(word: str) -> bool:
    """True for a word in capitals that stays whole: 'SIAM J. Comput.'."""
    return word.isupper() and len(word) <= 4


def find_locators(text: str) -> list[JournalLocator]:
    """Journals with volume and page in running text, in order."""
    return list(_find_locators(text)) if _DIGIT.search(text) else []


@lru_cache(maxsize=512)
def _find_locators(text: str) -> tuple[JournalLocator, ...]:
    """The locators, remembered: an entry is asked about when it is indexed and when it is read."""
    locators = []
    for match in _LOCATOR.finditer(text):
        journal, start = _journal_of(match["journal"], match.start("journal"))
        if not journal or not is_journal_name(journal):
            continue
        volume, page = _first(match, _VOLUME_GROUPS), _first(match, _PAGE_GROUPS)
        year = _first(match, _YEAR_GROUPS)
        locators.append(
            JournalLocator(start, match.end(), journal, volume, page, int(year) if year else None)
        )
    return tuple(locators)


def _first(match: re.Match[str], groups: Sequence[str]) -> str:
    """The first of the groups that matched; '' for none."""
    return next((match[group] for group in groups if match[group]), "")


def _journal_of(name: str, start: int) -> tuple[str, int]:
    """The journal behind names that run into it, and where it begins.

    'Thouless, Phys. Rep.' is 'Phys. Rep.'.
    """
    for cut in [*_cuts(name), *_first_words(name)]:
        journal = name[cut:].strip(" ,")
        if is_journal_name(journal):
            return journal, start + cut
    return name.strip(" ,"), start


def _cuts(name: str) -> list[int]:
    """Where a journal may begin: behind the initials of an author, then behind a comma."""
    cuts = [match.start(1) for match in _AFTER_INITIALS.finditer(name)]
    first = cuts[0] if cuts else -1
    return sorted(cuts + [match.end() for match in _COMMA.finditer(name) if match.end() > first])


def _first_words(name: str) -> list[int]:
    """Where the first words of a name begin."""
    return [word.start() for word in itertools.islice(_WORD.finditer(name), MAX_WORDS_BEFORE)]
