"""Whether a record is the work a note cites. The services put near misses first; a wrong match is worse than none."""

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


def judge(want: Reference, found: Titled) -> Verdict:
    """Whether `found` is the work that `want` describes; needs a title in `want`."""
    match = max(match_titles(want.title, title) for title in (found.title, *found.other_titles))
    if match == TitleMatch.NONE:
        return (
            Verdict.SAME if _renamed(want, found) or _survey_itself(want, found) else Verdict.OTHER
        )
    agree = authors_agree(want.authors, found.authors)
    gap = abs(want.year - found.year) if want.year and found.year else None
    if agree is True:
        return _with_authors(match, gap)
    if agree is False:
        return (
            Verdict.MAYBE
            if match == TitleMatch.EQUAL and is_distinctive(want.title) and gap in (0, 1)
            else Verdict.OTHER
        )
    return _without_authors(want.title, match, gap)


def _renamed(want: Reference, found: Titled) -> bool:
    """The very same people (two or more), the same year or the next, and one title made of the other by adding words.

    So a preprint whose title lost or gained words on the way to the proceedings is still the work.
    """
    if not want.year or not found.year or abs(want.year - found.year) > 1:
        return False
    if not 2 <= len(want.authors) == len(found.authors) or not all(
        authors_agree([one], found.authors) for one in want.authors
    ):
        return False
    one, two = normalise_title(want.title).split(), normalise_title(found.title).split()
    short, long = sorted((one, two), key=len)
    if names_other_work(one, two) or len(short) < 4 or len(long) > 1.6 * len(short):
        return False
    rest = iter(long)
    return all(word in rest for word in short)


def _survey_itself(want: Reference, found: Titled) -> bool:
    """The title lacks only a subtitle such as ': an overview', and the people are the very same."""
    gap = abs(want.year - found.year) if want.year and found.year else 9
    if (
        gap > 1
        or not want.authors
        or not all(authors_agree([one], found.authors) for one in want.authors)
    ):
        return False
    if len(want.authors) < min(2, len(found.authors)):
        return False
    head, colon, _ = found.title.partition(":")
    return (
        bool(colon)
        and is_distinctive(head)
        and normalise_title(head) == normalise_title(want.title)
    )


def _with_authors(match: TitleMatch, gap: int | None) -> Verdict:
    most = {TitleMatch.EQUAL: 8, TitleMatch.NEAR: 4, TitleMatch.SHORTENED: 3}[match]
    if gap is None or gap <= most:
        return Verdict.SAME
    return Verdict.MAYBE if match == TitleMatch.EQUAL else Verdict.OTHER


def _without_authors(title: str, match: TitleMatch, gap: int | None) -> Verdict:
    words = len(normalise_title(title).split())
    if match == TitleMatch.EQUAL:
        if is_distinctive(title):
            return Verdict.SAME if gap is None or gap <= 3 else Verdict.MAYBE
        return Verdict.SAME if gap in (0, 1) and words >= 2 else Verdict.MAYBE
    if match == TitleMatch.NEAR and words >= 5:
        return Verdict.SAME if gap is None or gap <= 2 else Verdict.OTHER
    return Verdict.MAYBE if gap in (0, 1) and words >= 4 else Verdict.OTHER


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def authors_agree(want: Sequence[str], found: Sequence[str]) -> bool | None:
    """Whether two author lists are of one work; None where either is not known."""
    mine = [family for family in map(family_name, want) if family and family not in ET_AL_NAMES]
    theirs = [name for name in map(normalise_title, found) if name]
    if not mine or not theirs:
        return None
    hits = [any(_in_name(family, name) for name in theirs) for family in mine]
    return hits[0] or 2 * sum(hits) >= len(hits)


def _in_name(family: str, name: str) -> bool:
    if f" {family} " in f" {name} ":
        return True
    if len(family) < 5:
        return False
    tight = family.replace(" ", "")
    words = name.split()
    spots = words + ["".join(pair) for pair in pairwise(words)]
    return any(abs(len(s) - len(tight)) <= 2 and _close(tight, s) for s in spots)


def _close(one: str, two: str) -> bool:
    return one == two or SequenceMatcher(None, one, two, autojunk=False).ratio() >= 0.87


def same_people(one: Sequence[str], two: Sequence[str]) -> bool | None:
    """As `authors_agree`, both ways round: neither list may have nobody of the other."""
    there, back = authors_agree(one, two), authors_agree(two, one)
    return None if there is None or back is None else there and back


def best(verdicts: Iterable[Verdict]) -> Verdict:
    """The best of some verdicts, `OTHER` for none."""
    return max(verdicts, default=Verdict.OTHER)
