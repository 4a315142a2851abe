"""Who cites whom inside the library: the references of its papers matched to its works.

Identifiers decide first; then the title together with author and year, safe against works whose titles are nearly the
same; and, for lists without titles, all authors with the year. Everything is looked up in indices, so that time grows
with the number of references and not with references times works.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from litmap.models import Reference, Work
from litmap.parsing.title_similarity import normalise_title, title_similarity

_ARXIV_DATE = re.compile(r"arxiv:(\d\d)(?:[01]\d)\.\d{4,5}$|arxiv:[a-z.-]+/(\d\d)[01]\d{4}$")
_SPECIAL = re.compile(r"[&<\\{}_]")
_WORD = re.compile(r"[a-z0-9]+")
_CLOSE = 0.9
_YEARS = 2
_YEARS_PREPRINT = 6
"""A preprint and its journal version lie at most so many years apart."""


class CitedWork(NamedTuple):
    """`citing` (the key of the mapping given) cites the work `cited`, as `reference` in its list."""

    citing: str
    cited: str
    reference: Reference


def plain_words(text: str) -> str:
    """`normalise_title`, with a short way for the many titles and names that are plain ASCII."""
    if text.isascii() and not _SPECIAL.search(text):
        return " ".join(_WORD.findall(text[:2000].lower().replace("'", "")))
    return normalise_title(text)


def families(names: Sequence[str]) -> tuple[str, ...]:
    """Normalised last words of names written 'Given Family', 'Family, Given' or 'G. Family'."""
    found = []
    for name in names:
        words = plain_words(name.split(",", 1)[0] if "," in name else name).split()
        while len(words) > 1 and words[-1] in ("jr", "sr", "ii", "iii"):
            words.pop()
        if words:
            found.append(words[-1])
    return tuple(found)


def tight(title: str) -> str:
    """The title's letters and digits without a leading article: hyphens lost at line ends make no difference."""
    words = plain_words(title)
    for article in ("the ", "a ", "an "):
        words = words.removeprefix(article)
    return words.replace(" ", "")


def title_likeness(one: str, two: str) -> float:
    """`title_similarity`, 0 at once for titles that share less than a third of their words and do not begin alike."""
    a, b = plain_words(one), plain_words(two)
    first, second = set(a.split()), set(b.split())
    if 3 * len(first & second) < min(len(first), len(second)) and a[:6] != b[:6]:
        return 0.0
    return title_similarity(one, two)


class WorkIndex:
    """Works by identifier, by title, and by author and year."""

    def __init__(self, works: Sequence[Work]) -> None:
        self.works = {work.id: work for work in works}
        self._ids: dict[str, str] = {}
        self._titles: dict[str, list[str]] = {}
        self._people: dict[tuple[str, int], list[str]] = {}
        self._families: dict[str, tuple[str, ...]] = {}
        self._years: dict[str, tuple[int, ...]] = {}
        for work in works:
            for identifier in (work.id, *work.ids):
                self._ids.setdefault(identifier, work.id)
            for title in (work.title, *work.other_titles):
                if key := tight(title):
                    self._titles.setdefault(key, []).append(work.id)
            self._families[work.id] = families(work.authors)
            self._years[work.id] = tuple(_years_of(work))
            for year in self._years[work.id]:
                if self._families[work.id]:
                    self._people.setdefault((self._families[work.id][0], year), []).append(work.id)

    def find(self, reference: Reference) -> str | None:
        """The id of the work that a reference names; None where none, or more than one, fits."""
        people = families(reference.authors[:30])
        for identifier in reference.ids:
            work = self._ids.get(identifier)
            if work is not None and not self._contradicts(reference, people, work):
                return work
        if reference.title:
            return self._by_title(reference, people)
        return self._by_people(reference, people)

    def _contradicts(self, reference: Reference, people: Sequence[str], work: str) -> bool:
        """Whether a reference's identifier is a slip: both title and first author are others'."""
        theirs = self._families[work]
        if not reference.title or not people or not theirs or people[0] in theirs:
            return False
        titles = (self.works[work].title, *self.works[work].other_titles)
        return max((title_likeness(reference.title, title) for title in titles), default=1.0) < 0.6

    def _by_title(self, reference: Reference, people: Sequence[str]) -> str | None:
        exact = self._titles.get(tight(reference.title), ())
        fitting = [
            work for work in dict.fromkeys(exact) if self._fits(reference, people, work, exact=True)
        ]
        if len(fitting) > 1 and reference.year:
            nearest = min(self._distance(work, reference.year) for work in fitting)
            fitting = [work for work in fitting if self._distance(work, reference.year) == nearest]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
        if not people or not reference.year:
            return None
        close: list[tuple[float, str]] = []
        for year in range(reference.year - _YEARS, reference.year + _YEARS + 1):
            for work in self._people.get((people[0], year), ()):
                titles = (self.works[work].title, *self.works[work].other_titles)
                score = max(title_likeness(reference.title, title) for title in titles)
                if score >= _CLOSE and self._fits(reference, people, work, exact=False):
                    close.append((score, work))
        close.sort(key=lambda item: (-item[0], item[1]))
        if not close or (
            len({work for _, work in close}) > 1 and close[0][0] == close[1][0] != 1.0
        ):
            return None
        return close[0][1]

    def _distance(self, work: str, year: int) -> int:
        return min((abs(year - y) for y in self._years[work]), default=0)

    def _fits(self, reference: Reference, people: Sequence[str], work: str, *, exact: bool) -> bool:
        """Whether author and year agree as far as both are known; short titles need an author that agrees."""
        theirs = self._families[work]
        if people and theirs:
            agree = people[0] in theirs[:3] or (
                len(people) > 1 and bool(set(people[:3]) & set(theirs[:3])) and exact
            )
            if not agree:
                return False
        elif len(plain_words(reference.title).split()) < 4:
            return False
        if reference.year and self._years[work]:
            return self._distance(work, reference.year) <= (_YEARS_PREPRINT if exact else _YEARS)
        return True

    def _by_people(self, reference: Reference, people: Sequence[str]) -> str | None:
        """A reference without a title: all its authors (two at least) and the year agree with one work alone."""
        if len(people) < 2 or not reference.year:
            return None
        fitting = []
        for work in self._people.get((people[0], reference.year), ()):
            theirs = self._families[work]
            if theirs == tuple(people) and _venues_agree(reference.venue, self.works[work].venue):
                fitting.append(work)
        return fitting[0] if len(set(fitting)) == 1 else None


def _years_of(work: Work) -> Iterator[int]:
    """The year of publication and those of the work's arXiv numbers."""
    if work.year:
        yield work.year
    for identifier in work.ids:
        if match := _ARXIV_DATE.match(identifier):
            digits = int(match[1] or match[2])
            year = 1900 + digits if digits > 90 else 2000 + digits
            if year != work.year:
                yield year


def _venues_agree(one: str, two: str) -> bool:
    """Whether two names may be one venue's, as 'Phys. Rev. Lett.' and 'Physical Review Letters' are."""
    a = [
        w for w in normalise_title(one).split() if w not in ("of", "the", "in", "on", "and", "for")
    ]
    b = [
        w for w in normalise_title(two).split() if w not in ("of", "the", "in", "on", "and", "for")
    ]
    if not a or not b or "arxiv" in a + b:
        return True
    return all(x.startswith(y[:3]) or y.startswith(x[:3]) for x, y in zip(a, b, strict=False))


def link(references: Mapping[str, Sequence[Reference]], works: Sequence[Work]) -> list[CitedWork]:
    """Who cites whom: one record for each citing key and cited work, in the order of the mapping and its lists.

    The keys (ids of works, or hashes of PDFs) come back as they were given; a work does not cite itself.
    """
    index = WorkIndex(works)
    found: list[CitedWork] = []
    for citing, listed in references.items():
        seen = {citing}
        for reference in listed:
            cited = index.find(reference)
            if cited is not None and cited not in seen:
                seen.add(cited)
                found.append(CitedWork(citing, cited, reference))
    return found
