"""Titles that a library knows already: of its works, of the reference lists of its papers, of
reference files beside the notes.

A line of a note that is such a title names a work, and nobody need be asked whether it does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from litmap.models import Citation, Reference, Work
from litmap.parsing.title_similarity import (
    TitleMatch,
    is_about_another,
    is_distinctive,
    match_titles,
    names_other_work,
    normalise_title,
    squash_title,
)
from litmap.works.matching import Verdict, judge, same_people

MIN_WORDS_INSIDE = 4
"""Words of a title that is recognised inside a longer line."""
MIN_SHARE_OF_LINE = 0.6
"""Share of the line's words that such a title has at least."""
MAX_WORDS = 60
"""Words of a line that are looked at."""
RARE_WORDS = 3
"""Words of a line, the rarest ones, by which titles with a slip are looked for."""
MAX_NEAR = 50
"""Titles that share a rare word with a line and are compared with it."""


@dataclass(frozen=True, slots=True)
class KnownTitle:
    """A title that the library knows. `told_by` says where it stands; `work` is the work of the
    library that has it, None where `reference` alone tells of it.
    """

    reference: Reference
    told_by: str
    work: Work | None = None
    other_titles: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The title."""
        return self.reference.title

    @property
    def authors(self) -> tuple[str, ...]:
        """The authors, as far as they are known."""
        return self.reference.authors

    @property
    def year(self) -> int | None:
        """The year of publication."""
        return self.reference.year


def title_of(work: Work, told_by: str) -> KnownTitle:
    """The title of a work of the library."""
    reference = Reference(
        title=work.title, authors=work.authors, year=work.year, venue=work.venue, ids=work.ids
    )
    return KnownTitle(reference, told_by, work, work.other_titles)


class KnownTitles:
    """An index of titles; a look-up costs no more where there are many."""

    def __init__(self, known: Iterable[KnownTitle]) -> None:
        self._by_title: dict[str, list[KnownTitle]] = defaultdict(list)
        self._by_word: dict[str, list[KnownTitle]] = defaultdict(list)
        for entry in known:
            for title in (entry.title, *entry.other_titles):
                self._add(title, entry)

    def _add(self, title: str, entry: KnownTitle) -> None:
        if not is_distinctive(title):
            return
        self._by_title[squash_title(title)].append(entry)
        for word in set(normalise_title(title).split()):
            self._by_word[word].append(entry)

    def __bool__(self) -> bool:
        return bool(self._by_title)

    def find(self, wanted: Reference) -> KnownTitle | None:
        """The work whose title a note gives: all of the line, with a slip, or most of it; None
        where none is known or several works have it.
        """
        equal = self._judged(wanted, self._by_title.get(squash_title(wanted.title), ()))
        found = equal or self._inside(wanted) or self._judged(wanted, self._near(wanted.title))
        return _only_work(found)

    def _judged(self, wanted: Reference, entries: Iterable[KnownTitle]) -> list[KnownTitle]:
        return [
            entry
            for entry in entries
            if _is_whole_title(wanted.title, entry) and judge(wanted, entry) == Verdict.SAME
        ]

    def _inside(self, wanted: Reference) -> list[KnownTitle]:
        """The longest title that makes up most of the line: 'Flow of sand in tall silos. A Roe'."""
        words = normalise_title(wanted.title).split()[:MAX_WORDS]
        for part in _long_parts(words):
            entries = self._by_title.get(squash_title(part), [])
            found = self._judged(replace(wanted, title=part), entries)
            if found and not _is_about_it(words, part.split()):
                return found
        return []

    def _near(self, title: str) -> list[KnownTitle]:
        """Titles that share one of the line's rarest words, and half of all its words."""
        line = set(normalise_title(title).split())
        words = [word for word in line if word in self._by_word]
        words.sort(key=lambda word: (len(self._by_word[word]), word))
        near = [entry for word in words[:RARE_WORDS] for entry in self._by_word[word][:MAX_NEAR]]
        unique = {id(entry): entry for entry in near}
        return [entry for entry in unique.values() if _shares_half(line, entry)]


def _shares_half(line: set[str], entry: KnownTitle) -> bool:
    titles = (entry.title, *entry.other_titles)
    return any(2 * len(line & set(normalise_title(t).split())) >= len(line) for t in titles)


def _is_whole_title(title: str, entry: KnownTitle) -> bool:
    """Whether a line is a title but for slips; its mere beginning may be that of many works."""
    titles = (entry.title, *entry.other_titles)
    return max(match_titles(title, other) for other in titles) >= TitleMatch.NEAR


def _is_about_it(line: Sequence[str], title: Sequence[str]) -> bool:
    """Whether a line that holds a title names another work: 'Comments on X', 'X: a survey'. A year
    beside it does not.
    """
    words = [word for word in line if not word.isdigit() or word in title]
    return names_other_work(words, title) or is_about_another(words, title)


def _long_parts(words: Sequence[str]) -> Iterator[str]:
    """The runs of words that make up most of a line, longest first."""
    least = max(MIN_WORDS_INSIDE, int(MIN_SHARE_OF_LINE * len(words) + 0.999))
    for length in range(len(words) - 1, least - 1, -1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def _only_work(found: Sequence[KnownTitle]) -> KnownTitle | None:
    """The one work of these entries, the library's own before one that is only named; None where
    they are of several works or people.
    """
    own = {entry.work.id: entry for entry in found if entry.work is not None}
    if own:
        return next(iter(own.values())) if len(own) == 1 else None
    if not found:
        return None
    fullest = max(found, key=_fullness)
    is_one = all(same_people(fullest.authors, entry.authors) is not False for entry in found)
    return fullest if is_one else None


def _fullness(entry: KnownTitle) -> tuple[bool, bool, int, str]:
    """How much an entry tells; equal ones differ by their text, so that the choice is the same in
    each run.
    """
    reference = entry.reference
    return bool(reference.ids), bool(reference.year), len(reference.authors), reference.raw


def may_be_known(citation: Citation) -> bool:
    """Whether a citation is a bare title that the notes do not show to be a work."""
    return citation.kind == "title" and not citation.sure and not citation.reference.ids


def completed(citation: Citation, known: KnownTitle) -> Citation:
    """The citation with what an entry tells of its work: it is a work, and may be looked up under
    its published title.
    """
    told, own = known.reference, citation.reference
    reference = replace(
        own,
        title=told.title,
        authors=told.authors or own.authors,
        year=told.year or own.year,
        venue=told.venue or own.venue,
        ids=told.ids,
    )
    return replace(citation, reference=reference, sure=True, searched=True)
