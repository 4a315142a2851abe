"""Whether a record is the work a note cites. The services put near misses first; a wrong match is
worse than none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from enum import IntEnum
from itertools import pairwise
from typing import Protocol

from litmap.models import Reference
from litmap.parsing.grammar import ET_AL_NAMES
from litmap.parsing.person_names import family_name
from litmap.parsing.title_similarity import (
    TitleMatch,
    is_distinctive,
    match_titles,
    names_other_work,
    normalise_title,
)


class Titled(Protocol):
    """What can be compared with a reference: a record or a work."""

    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def other_titles(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def authors(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def year(self) -> int | None: ...  # noqa: D102


class Verdict(IntEnum):
    """How a record stands to a reference."""

    OTHER = 0
    MAYBE = 1
    SAME = 2


def judge(wanted: Reference, record: Titled) -> Verdict:
    """Whether `record` is the work that `wanted` describes; needs a title in `wanted`."""
    match = best_title_match(wanted.title, record)
    if match == TitleMatch.NONE:
        is_same = _is_renamed(wanted, record) or _lacks_subtitle(wanted, record)
        return Verdict.SAME if is_same else Verdict.OTHER
    agree = authors_agree(wanted.authors, record.authors)
    gap = year_gap(wanted.year, record.year)
    if agree is True:
        return _with_authors(match, gap)
    if agree is None:
        return _without_authors(wanted.title, match, gap)
    is_possible = match == TitleMatch.EQUAL and is_distinctive(wanted.title) and gap in (0, 1)
    return Verdict.MAYBE if is_possible else Verdict.OTHER


def best_title_match(title: str, record: Titled) -> TitleMatch:
    """How a title stands to the nearest of a record's titles."""
    return max(match_titles(title, other) for other in (record.title, *record.other_titles))


def year_gap(one: int | None, two: int | None) -> int | None:
    """Years between two; None where either is not known."""
    return abs(one - two) if one and two else None


def _is_renamed(wanted: Reference, record: Titled) -> bool:
    """The very same people (two or more), the same year or the next, and one title made of the
    other by adding words.

    So a preprint whose title lost or gained words on the way to the proceedings is still the work.
    """
    if year_gap(wanted.year, record.year) not in (0, 1):
        return False
    if not 2 <= len(wanted.authors) == len(record.authors) or not all_are_authors(wanted, record):
        return False
    return _is_made_of(normalise_title(wanted.title).split(), normalise_title(record.title).split())


def _is_made_of(one: list[str], two: list[str]) -> bool:
    """Whether one title is the other with a few words added, none of them that of another work."""
    short, long = sorted((one, two), key=len)
    if names_other_work(one, two) or len(short) < 4 or len(long) > 1.6 * len(short):
        return False
    following = iter(long)
    return all(word in following for word in short)


def all_are_authors(wanted: Reference, record: Titled) -> bool:
    """Whether each of the people wanted is an author of the record."""
    return all(authors_agree([name], record.authors) for name in wanted.authors)


def _lacks_subtitle(wanted: Reference, record: Titled) -> bool:
    """The title lacks only a subtitle such as ': an overview', and the people are the very same."""
    if year_gap(wanted.year, record.year) not in (0, 1):
        return False
    if not wanted.authors or len(wanted.authors) < min(2, len(record.authors)):
        return False
    head, colon, _ = record.title.partition(":")
    return (
        bool(colon)
        and all_are_authors(wanted, record)
        and is_distinctive(head)
        and normalise_title(head) == normalise_title(wanted.title)
    )


_MAX_GAP = {TitleMatch.EQUAL: 8, TitleMatch.NEAR: 4, TitleMatch.SHORTENED: 3}
"""Years between two forms of a work by the same people, by how their titles match."""


def _with_authors(match: TitleMatch, gap: int | None) -> Verdict:
    if gap is None or gap <= _MAX_GAP[match]:
        return Verdict.SAME
    return Verdict.MAYBE if match == TitleMatch.EQUAL else Verdict.OTHER


def _without_authors(title: str, match: TitleMatch, gap: int | None) -> Verdict:
    words = len(normalise_title(title).split())
    if match == TitleMatch.EQUAL:
        return _by_equal_title(title, words, gap)
    if match == TitleMatch.NEAR and words >= 5:
        return Verdict.SAME if gap is None or gap <= 2 else Verdict.OTHER
    return Verdict.MAYBE if gap in (0, 1) and words >= 4 else Verdict.OTHER


def _by_equal_title(title: str, words: int, gap: int | None) -> Verdict:
    """The very title, and nobody named: a telling one is enough, another needs the year too."""
    if is_distinctive(title):
        return Verdict.SAME if gap is None or gap <= 3 else Verdict.MAYBE
    return Verdict.SAME if gap in (0, 1) and words >= 2 else Verdict.MAYBE


# ── people ────────────────────────────────────────────────────────────────────────────────────────
def authors_agree(wanted: Sequence[str], authors: Sequence[str]) -> bool | None:
    """Whether two author lists are of one work: the first family name wanted, or half of them,
    stand on the other.

    None where either is not known.
    """
    families = [name for name in map(family_name, wanted) if name and name not in ET_AL_NAMES]
    names = [name for name in map(normalise_title, authors) if name]
    if not families or not names:
        return None
    hits = [any(_is_in_name(family, name) for name in names) for family in families]
    return hits[0] or 2 * sum(hits) >= len(hits)


def _is_in_name(family: str, name: str) -> bool:
    if f" {family} " in f" {name} ":
        return True
    if len(family) < 5:
        return False
    tight = family.replace(" ", "")
    words = name.split()
    spots = words + ["".join(pair) for pair in pairwise(words)]
    return any(abs(len(s) - len(tight)) <= 2 and _is_close(tight, s) for s in spots)


def _is_close(one: str, two: str) -> bool:
    return one == two or SequenceMatcher(None, one, two, autojunk=False).ratio() >= 0.87


def same_people(one: Sequence[str], two: Sequence[str]) -> bool | None:
    """As `authors_agree`, both ways round: neither list may have nobody of the other."""
    there, back = authors_agree(one, two), authors_agree(two, one)
    return None if there is None or back is None else there and back


def best(verdicts: Iterable[Verdict]) -> Verdict:
    """The best of some verdicts, `OTHER` for none."""
    return max(verdicts, default=Verdict.OTHER)
