"""Who cites whom inside the library: the references of its papers matched to its works.

Identifiers decide first; then the title together with author and year, safe against works whose
titles are nearly the same; and, for lists without titles, all authors with the year. Everything is
looked up in indices, so that time grows with the number of references and not with references times
works.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from litmap.models import Reference, Work
from litmap.parsing.person_names import family_keys
from litmap.parsing.title_similarity import (
    plain_words,
    squash_title,
    title_similarity,
)
from litmap.parsing.venues import venues_compatible

logger = logging.getLogger(__name__)

_ARXIV_DATE = re.compile(r"arxiv:(\d\d)(?:[01]\d)\.\d{4,5}$|arxiv:[a-z.-]+/(\d\d)[01]\d{4}$")
_VENUE_FILLERS = frozenset(["of", "the", "in", "on", "and", "for"])
MIN_SIMILARITY = 0.9
"""`title_similarity` from which a title with a slip names the work, where author and year agree."""
MAX_CONTRADICTION = 0.6
"""`title_similarity` below which a title, with other authors, says that an identifier is a slip."""
MAX_YEARS = 2
"""Years by which a reference and its work may differ."""
MAX_YEARS_PREPRINT = 6
"""A preprint and its journal version lie at most so many years apart."""
MIN_WORDS = 4
"""Words of a title that names a work without an author."""
MAX_AUTHORS = 30
"""Authors of a reference that are compared."""


class CitedWork(NamedTuple):
    """`citing` (a key of the mapping given) cites the work `cited`, as `reference` in its list."""

    citing: str
    cited: str
    reference: Reference


def quick_similarity(one: str, two: str) -> float:
    """`title_similarity`, and 0 at once for titles that can have nothing to do with each other."""
    a, b = plain_words(one), plain_words(two)
    return title_similarity(one, two) if _may_be_alike(a, b) else 0.0


def _may_be_alike(a: str, b: str) -> bool:
    """Whether two titles share a third of the shorter one's words, or begin alike."""
    first, second = set(a.split()), set(b.split())
    return a[:6] == b[:6] or 3 * len(first & second) >= min(len(first), len(second))


class WorkIndex:
    """Works by identifier, by title, and by first author and year."""

    def __init__(self, works: Sequence[Work]) -> None:
        self.works = {work.id: work for work in works}
        self._by_id: dict[str, str] = {}
        self._by_squashed_title: dict[str, list[str]] = {}
        self._by_author_year: dict[tuple[str, int], list[str]] = {}
        self._families: dict[str, tuple[str, ...]] = {}
        self._years: dict[str, tuple[int, ...]] = {}
        for work in works:
            self._add(work)

    def _add(self, work: Work) -> None:
        families, years = family_keys(work.authors), tuple(_years_of(work))
        self._families[work.id], self._years[work.id] = families, years
        for identifier in (work.id, *work.ids):
            self._by_id.setdefault(identifier, work.id)
        for title in _titles(work):
            if key := squash_title(title):
                self._by_squashed_title.setdefault(key, []).append(work.id)
        for year in years if families else ():
            self._by_author_year.setdefault((families[0], year), []).append(work.id)

    def find(self, reference: Reference) -> str | None:
        """The id of the work that a reference names; None where none, or more than one, fits.

        Its identifiers decide; then its title, with author and year; then, without a title, its
        authors and year.
        """
        people = family_keys(reference.authors[:MAX_AUTHORS])
        for identifier in reference.ids:
            work = self._by_id.get(identifier)
            if work is not None and not self._contradicts(reference, people, work):
                return work
        if reference.title:
            return self._find_by_title(reference, people)
        return self._find_by_people(reference, people)

    def _contradicts(self, reference: Reference, people: Sequence[str], work: str) -> bool:
        """Whether a reference's identifier is a slip: both title and first author are others'."""
        families = self._families[work]
        if not reference.title or not people or not families or people[0] in families:
            return False
        return self._similarity(reference, work) < MAX_CONTRADICTION

    def _similarity(self, reference: Reference, work: str) -> float:
        """How likely a reference's title is one of the work's."""
        return max(quick_similarity(reference.title, title) for title in _titles(self.works[work]))

    def _find_by_title(self, reference: Reference, people: Sequence[str]) -> str | None:
        exact = dict.fromkeys(self._by_squashed_title.get(squash_title(reference.title), ()))
        fitting = [
            work
            for work in exact
            if self._agrees_on_people(reference, people, work, exact=True)
            and self._agrees_on_year(reference, work, MAX_YEARS_PREPRINT)
        ]
        if fitting:
            nearest = self._nearest(fitting, reference.year)
            return nearest[0] if len(nearest) == 1 else None
        if not people or not reference.year:
            return None
        return _best_match(self._close_matches(reference, people, reference.year))

    def _nearest(self, works: list[str], year: int | None) -> list[str]:
        """The works whose years lie nearest to that of a reference; all where it has none."""
        if len(works) < 2 or not year:
            return works
        least = min(self._years_apart(work, year) for work in works)
        return [work for work in works if self._years_apart(work, year) == least]

    def _close_matches(
        self, reference: Reference, people: Sequence[str], year: int
    ) -> list[tuple[float, str]]:
        """The works of the first author about this year whose title is nearly the reference's, best
        first.
        """
        matches: list[tuple[float, str]] = []
        for near in range(year - MAX_YEARS, year + MAX_YEARS + 1):
            for work in self._by_author_year.get((people[0], near), ()):
                similarity = self._similarity(reference, work)
                if (
                    similarity >= MIN_SIMILARITY
                    and self._agrees_on_people(reference, people, work, exact=False)
                    and self._agrees_on_year(reference, work, MAX_YEARS)
                ):
                    matches.append((similarity, work))
        return sorted(matches, key=lambda match: (-match[0], match[1]))

    def _years_apart(self, work: str, year: int) -> int:
        return min((abs(year - y) for y in self._years[work]), default=0)

    def _agrees_on_people(
        self, reference: Reference, people: Sequence[str], work: str, *, exact: bool
    ) -> bool:
        """Whether the first author is among the work's; short titles need an author that agrees.

        Where the title is `exact`, one of the first three authors is enough.
        """
        families = self._families[work][:3]
        if not people or not families:
            return len(plain_words(reference.title).split()) >= MIN_WORDS
        if people[0] in families:
            return True
        return exact and len(people) > 1 and bool(set(people[:3]) & set(families))

    def _agrees_on_year(self, reference: Reference, work: str, most: int) -> bool:
        """Whether the years, where both are known, lie at most so many apart."""
        if not reference.year or not self._years[work]:
            return True
        return self._years_apart(work, reference.year) <= most

    def _find_by_people(self, reference: Reference, people: Sequence[str]) -> str | None:
        """A reference without a title: all its authors (two at least) and the year agree with one
        work alone.
        """
        if len(people) < 2 or not reference.year:
            return None
        fitting = {
            work
            for work in self._by_author_year.get((people[0], reference.year), ())
            if self._families[work] == tuple(people)
            and venues_compatible(reference.venue, self.works[work].venue)
        }
        return next(iter(fitting)) if len(fitting) == 1 else None


def _titles(work: Work) -> tuple[str, ...]:
    return (work.title, *work.other_titles)


def _best_match(matches: Sequence[tuple[float, str]]) -> str | None:
    """The first of the matches, None where another work is as close without being the same to the
    letter.
    """
    if not matches:
        return None
    several = len({work for _, work in matches}) > 1
    if several and matches[0][0] == matches[1][0] != 1.0:
        return None
    return matches[0][1]


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


def link(references: Mapping[str, Sequence[Reference]], works: Sequence[Work]) -> list[CitedWork]:
    """Who cites whom: one record for each citing key and cited work, in the order of the mapping
    and its lists.

    The keys (ids of works, or hashes of PDFs) come back as they were given; a work does not cite
    itself.
    """
    index = WorkIndex(works)
    links: list[CitedWork] = []
    for citing, listed in references.items():
        seen = {citing}
        for reference in listed:
            cited = index.find(reference)
            if cited is not None and cited not in seen:
                seen.add(cited)
                links.append(CitedWork(citing, cited, reference))
    logger.info(
        "%d references of %d papers cite %d works",
        sum(map(len, references.values())), len(references), len(links),
    )  # fmt: skip
    return links
