"""Whether a record is the work a note cites. The services put near misses first; a wrong match is worse than none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from enum import IntEnum
from itertools import pairwise
from typing import Protocol

from litmap.models import Reference
from litmap.parsing.identifiers import normalise_title, same_title

_STOP = frozenset(
    "a an and as at by for from in into is of on or the to via with using its are be do does how it this that".split()  # noqa: SIM905
)
_BREAK = re.compile(r"[:?!.;–—(]|\s-\s|--")


_OTHER_WORK = frozenset(
    "revisiting revisited rethinking survey surveys review reviews tutorial comment comments reply response erratum "  # noqa: SIM905
    "corrigendum correction extended abstract supplement supplementary supplemental appendix retraction retracted "
    "introduction overview rejoinder discussion note notes commentary editorial preface poster demo summary part "
    "volume towards toward beyond without not replication reproducibility critique".split()
)
"""Words that make another work of a title: where one stands in only one of two titles, they are two works."""


_ROMAN = frozenset({"ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii"})


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


class Likeness(IntEnum):
    """How two titles stand to each other."""

    NONE = 0
    SHORTENED = 1
    """One leaves out the other's subtitle or end."""
    NEAR = 2
    """The same words but for typing mistakes, endings and small words."""
    EQUAL = 3
    """Equal but for case, accents, punctuation and markup."""


def judge(want: Reference, found: Titled) -> Verdict:
    """Whether `found` is the work that `want` describes; needs a title in `want`."""
    likeness = max(
        title_likeness(want.title, title) for title in (found.title, *found.other_titles)
    )
    if likeness == Likeness.NONE:
        return (
            Verdict.SAME if _renamed(want, found) or _survey_itself(want, found) else Verdict.OTHER
        )
    agree = authors_agree(want.authors, found.authors)
    gap = abs(want.year - found.year) if want.year and found.year else None
    if agree is True:
        return _with_authors(likeness, gap)
    if agree is False:
        return (
            Verdict.MAYBE
            if likeness == Likeness.EQUAL and distinctive(want.title) and gap in (0, 1)
            else Verdict.OTHER
        )
    return _without_authors(want.title, likeness, gap)


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
    if _told_apart(one, two) or len(short) < 4 or len(long) > 1.6 * len(short):
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
        bool(colon) and distinctive(head) and normalise_title(head) == normalise_title(want.title)
    )


def _with_authors(likeness: Likeness, gap: int | None) -> Verdict:
    most = {Likeness.EQUAL: 8, Likeness.NEAR: 4, Likeness.SHORTENED: 3}[likeness]
    if gap is None or gap <= most:
        return Verdict.SAME
    return Verdict.MAYBE if likeness == Likeness.EQUAL else Verdict.OTHER


def _without_authors(title: str, likeness: Likeness, gap: int | None) -> Verdict:
    words = len(normalise_title(title).split())
    if likeness == Likeness.EQUAL:
        if distinctive(title):
            return Verdict.SAME if gap is None or gap <= 3 else Verdict.MAYBE
        return Verdict.SAME if gap in (0, 1) and words >= 2 else Verdict.MAYBE
    if likeness == Likeness.NEAR and words >= 5:
        return Verdict.SAME if gap is None or gap <= 2 else Verdict.OTHER
    return Verdict.MAYBE if gap in (0, 1) and words >= 4 else Verdict.OTHER


def distinctive(title: str) -> bool:
    """Whether a title alone tells a work: four words, or three long ones."""
    words = normalise_title(title).split()
    return (
        len(words) >= 4
        or (len(words) == 3 and sum(map(len, words)) >= 18)
        or (not title.isascii() and len(title) > 7)
    )


def title_likeness(one: str, two: str) -> Likeness:
    """How two titles stand to each other; 'survey' or 'revisiting' in only one of them makes them differ."""
    score = same_title(one, two)
    if score >= 0.985:
        return Likeness.EQUAL
    a, b = normalise_title(one), normalise_title(two)
    if not a or not b:
        return Likeness.NONE
    if _told_apart(a.split(), b.split()):
        return Likeness.SHORTENED if _without_subtitle(one, two) else Likeness.NONE
    if _shortened(one, a, two, b):
        return Likeness.SHORTENED
    if score >= 0.85 and len(a.split()) >= 2 and not odd_words(a.split(), b.split()):
        return Likeness.NEAR
    return Likeness.NONE


_ABOUT_ANOTHER = frozenset(
    "comment comments reply response erratum corrigendum correction supplement supplementary supplemental appendix "  # noqa: SIM905
    "retraction retracted rejoinder discussion commentary editorial preface poster demo".split()
)
"""Words of what belongs to another work; people are not meant by it unless it is said."""


def tells_apart(title: Sequence[str], context: Sequence[str]) -> bool:
    """The title has a word such as 'comments' or 'reply' that the context does not have."""
    if "extended abstract" in " ".join(title) and "abstract" not in context:
        return True
    return any(word in _ABOUT_ANOTHER and word not in context for word in title)


def _told_apart(one: Sequence[str], two: Sequence[str]) -> bool:
    """A number, or a word such as 'survey', stands in only one of the two titles."""
    odd = odd_words(one, two)
    return any(
        word in _OTHER_WORK or any(c.isdigit() for c in word) or word in _ROMAN for word in odd
    )


def _without_subtitle(one: str, two: str) -> bool:
    """One is the other's whole title but for a subtitle that names years: 'From Frege to Gödel: …, 1879–1931'."""
    short, long = sorted((one, two), key=len)
    head, colon, subtitle = long.partition(":")
    if (
        not colon
        or normalise_title(head) != normalise_title(short)
        or len(short.split()) < 2
        or len(short) < 10
    ):
        return False
    words = normalise_title(subtitle).split()
    figures = [word for word in words if any(char.isdigit() for char in word)]
    return all(re.fullmatch(r"1[0-9]\d\d|20\d\d", word) for word in figures) and not (
        set(words) & (_OTHER_WORK | _ROMAN)
    )


def _shortened(one: str, a: str, two: str, b: str) -> bool:
    (short, _), (long, raw) = sorted(((a, one), (b, two)), key=lambda pair: len(pair[0]))
    if len(short.split()) < 2 or len(short) < 10:
        return False
    head = normalise_title(_BREAK.split(raw[:2000], maxsplit=1)[0])
    if head == short:
        return True
    return len(short.split()) >= 4 and long.startswith(short + " ")


def odd_words(one: Sequence[str], two: Sequence[str]) -> list[str]:
    """Words of either title without a counterpart in the other; small words and typing mistakes are forgiven."""
    left, right = _without(one, two), _without(two, one)
    if "".join(left) == "".join(right):
        return []
    for word in list(left):
        twin = next((other for other in right if _alike(word, other)), None)
        if twin is not None:
            left.remove(word)
            right.remove(twin)
    return [word for word in left + right if word not in _STOP]


def _without(words: Sequence[str], others: Sequence[str]) -> list[str]:
    rest = list(others)
    kept = []
    for word in words:
        if word in rest:
            rest.remove(word)
        else:
            kept.append(word)
    return kept


def _alike(one: str, two: str) -> bool:
    """One word with a typing mistake or another ending; never two numbers or short words."""
    if any(c.isdigit() for c in one + two) or min(len(one), len(two)) < 4:
        return False
    return SequenceMatcher(None, one, two, autojunk=False).ratio() >= 0.8


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def authors_agree(want: Sequence[str], found: Sequence[str]) -> bool | None:
    """Whether two author lists are of one work; None where either is not known."""
    mine = [
        family for family in map(family_name, want) if family and family not in {"et al", "others"}
    ]
    theirs = [name for name in map(normalise_title, found) if name]
    if not mine or not theirs:
        return None
    hits = [any(_in_name(family, name) for name in theirs) for family in mine]
    return hits[0] or 2 * sum(hits) >= len(hits)


def family_name(name: str) -> str:
    """The family name in 'LeCun, Yann', 'Yann LeCun', 'LeCun Y.' or 'LeCun', normalised."""
    if "," in name:
        return normalise_title(name.split(",", 1)[0])
    words = normalise_title(name).split()
    while len(words) > 1 and (len(words[-1]) == 1 or words[-1] in {"jr", "sr", "ii", "iii"}):
        words.pop()
    raw = name.split()
    if len(raw) == 2 and re.fullmatch(r"[A-Z]{1,3}\.?", raw[1]):  # 'LeCun YA'
        return normalise_title(raw[0])
    return words[-1] if words else ""


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
