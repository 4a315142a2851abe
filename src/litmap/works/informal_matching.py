"""Citations that do not spell a title out: parts of a line that may be one, and people with a year and a context."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

from litmap.models import Citation, Reference
from litmap.parsing.person_names import family_name
from litmap.parsing.title_similarity import (
    TitleMatch,
    is_about_another,
    is_distinctive,
    match_titles,
    normalise_title,
)
from litmap.parsing.venues import same_venue
from litmap.parsing.word_lists import load_words
from litmap.works.matching import Titled, Verdict, authors_agree

_BREAKS = re.compile(r"\s[–—-]{1,3}\s|[:;.]\s|\s\(|\)\s?|,\s|\s(?:by|see|cf\.?|in)\s|[“”\"]")
_STRONG_BREAKS = re.compile(r"\s[–—-]{1,3}\s|[;.]\s|\s\(|\)\s?|[“”\"]")
_LEAD = re.compile(r"^\s*(?:\[\d{1,3}\]|\d{1,3}[.)]|[-*•–]+)\s+")
_SMALL = load_words("subject_stop_words")


WORK_WORD = re.compile(
    r"\b(?:(?:text)?books?|monograph|edition|edn?\b|ch(?:ap(?:ter)?)?\.? ?\d|review|survey|papers?|article|thesis|classic|original)",  # noqa: E501
    re.I,
)
"""What tells that people stand for a work of theirs."""


class PeopleRecord(Titled, Protocol):
    """A record with an abstract."""

    @property
    def abstract(self) -> str: ...  # noqa: D102

    @property
    def venue(self) -> str: ...  # noqa: D102


def title_parts(text: str) -> list[str]:
    """Parts of a line that may be the title in it, without the line itself; at most five, long ones first."""
    text = _LEAD.sub("", text[:600])
    whole = normalise_title(text)
    pieces = [p.strip() for p in _BREAKS.split(text)]
    pieces += [p.strip() for p in _STRONG_BREAKS.split(text)]
    spans = pieces + [f"{a}: {b}" for a, b in pairwise(pieces) if f"{a}: {b}" in text]
    found = {normalise_title(p): p for p in [*spans, text] if len(normalise_title(p).split()) >= 3}
    if text == _LEAD.sub("", text) and whole in found and len(found) > 1:
        found.pop(whole, None)
    return sorted(found.values(), key=len, reverse=True)[:5]


def judge_part(part: str, citation: Citation, found: Titled) -> Verdict:
    """Whether part of the note's line is the title of `found`: all of it, or with its first author named nearby."""
    match = max(match_titles(part, title) for title in (found.title, *found.other_titles))
    if match == TitleMatch.NONE:
        return Verdict.OTHER
    words = len(normalise_title(part).split())
    if match >= TitleMatch.NEAR and words >= 4 and is_distinctive(part):
        return Verdict.SAME
    if words >= 3 and named_nearby(citation, found):
        return Verdict.SAME
    return Verdict.OTHER


def judge_beside(want: Reference, citation: Citation, found: Titled) -> bool:
    """Whether a title without people is the one of `found`, whose first author is named beside it."""
    if want.authors or (want.year and found.year and abs(want.year - found.year) > 2):
        return False
    words = len(normalise_title(want.title).split())
    match = max(match_titles(want.title, title) for title in (found.title, *found.other_titles))
    enough = 2 if match >= TitleMatch.NEAR else 3
    return match > TitleMatch.NONE and words >= enough and named_nearby(citation, found)


_NICKNAME = re.compile(r"[A-Z][\w+-]{1,20}|[a-z]{1,3}[A-Z]\w{1,18}")


def is_nickname(title: str) -> bool:
    """One word that may be a system's name: 'Dryad', 'BERT', 'seL4'."""
    return bool(_NICKNAME.fullmatch(title))


def heads(want: Reference, found: Titled) -> bool:
    """Whether a system's name stands before the colon of the title of `found`, which is of the year or the next."""
    gap = abs(want.year - found.year) if want.year and found.year else 9
    return gap <= 1 and any(
        title.partition(":")[0].strip() == want.title and ":" in title
        for title in (found.title, *found.other_titles)
    )


def context_of(citation: Citation) -> str:
    """Everything the notes say where they cite it."""
    return " ".join(
        [citation.reference.title, *(f"{m.text} {m.context}" for m in citation.mentions[:6])]
    )[:4000]


def named_nearby(citation: Citation, found: Titled) -> bool:
    """The first author's family name stands beside the mention."""
    family = family_name(found.authors[0]) if found.authors else ""
    return len(family) >= 3 and f" {family} " in f" {normalise_title(context_of(citation))} "


# ── people and year ──────────────────────────────────────────────────────────────────────────────────────────────────
def words_of(text: str) -> list[str]:
    """Words that tell a subject, in order, each once."""
    words = (
        w
        for w in normalise_title(text).split()
        if len(w) > 3 and w not in _SMALL and not w.isdigit()
    )
    return list(dict.fromkeys(words))


def headings_of(citation: Citation) -> str:
    """The headings a citation stands under, innermost only."""
    return " ".join({m.heading[-1] for m in citation.mentions[:6] if m.heading})


def speaks_of(context: str, found: PeopleRecord) -> bool:
    """Whether title or abstract share a word with the context."""
    there = {_stem(w) for w in words_of(context)}
    return any(_stem(word) in there for word in words_of(f"{found.title} {found.abstract}"))


def people_score(want: Reference, context: str, found: PeopleRecord, headings: str = "") -> float:
    """How well a record fits people, year and context, 0 for not at all.

    All people named must be its authors, the first of them first. Each word that its title or abstract shares with
    the context or the headings counts, the very year does, so does an author list that is named completely, and so does the journal.
    Without a year the journal must agree, or a word of the title where all people are named, or three words.
    """  # noqa: E501
    in_venue = same_venue(want.venue, found.venue)
    if not want.authors or not found.authors:
        return 0.0
    if want.year and (not found.year or abs(want.year - found.year) > 1):
        return 0.0
    if authors_agree(want.authors[:1], found.authors[:2]) is not True:
        return 0.0
    if not all(authors_agree([name], found.authors) for name in want.authors):
        return 0.0
    if is_about_another(normalise_title(found.title).split(), normalise_title(context).split()):
        return 0.0
    near = {_stem(w) for w in words_of(context)}
    there = near | {_stem(w) for w in words_of(headings)}
    title = [_stem(word) for word in words_of(found.title)]
    told = {_stem(word) for word in words_of(found.abstract)} - set(title)
    shared = sum(word in there for word in title)
    complete = 1.2 if 2 <= len(want.authors) == len(found.authors) else 0.0
    if not (want.year or in_venue) and sum(word in near for word in title) < (
        0 if complete and WORK_WORD.search(context) else 1 if complete else 3
    ):
        return 0.0
    whole = {_stem(w) for w in normalise_title(found.title).split() if len(w) > 3}
    said = {_stem(w) for w in normalise_title(context).split()}
    nearly_all = len(whole) >= 3 and len(whole & said) >= 0.7 * len(whole)
    spelt = 1.0 if nearly_all or (shared >= 2 and shared >= 0.6 * len(title)) else 0.0
    same = 0.35 * (want.year == found.year) + 0.5 * in_venue
    return 0.2 + complete + 0.35 * shared + 0.1 * min(5, len(told & there)) + spelt + same


def _stem(word: str) -> str:
    return word.replace("isation", "ization")[:7]


def best_by_people(
    scores: Sequence[float], exact: Sequence[bool], cited: Sequence[int] = ()
) -> int:
    """The index of the one candidate that stands out, or -1; `exact` tells which are of the very year.

    `cited` is how often each is cited: of an author's works the one cited five times as often as any other is meant.

    A neighbouring year is a preprint's or a proceedings'; where another work of these people is of the very year, it
    takes as good as the whole title to mean the one beside it. The only one of the very year needs a little less.
    """
    alone = sum(exact) == 1
    weighed = [
        s + 0.1 * alone if e else s - 1.0 * any(exact) for s, e in zip(scores, exact, strict=True)
    ]
    if (most := _favourite(exact, cited)) >= 0:
        weighed[most] += 0.4
    ranked = sorted(range(len(weighed)), key=lambda i: -weighed[i])
    if not ranked or weighed[ranked[0]] < 0.95:
        return -1
    second = weighed[ranked[1]] if len(ranked) > 1 else 0.0
    return ranked[0] if weighed[ranked[0]] - second >= 0.3 else -1


def _favourite(exact: Sequence[bool], cited: Sequence[int]) -> int:
    """The one of the very year (of all, where none is) that is cited by far the most, or -1."""
    asked = [i for i in range(len(cited)) if exact[i] or not any(exact)]
    ranked = sorted(asked, key=lambda i: -cited[i])
    if not ranked or cited[ranked[0]] < 50:
        return -1
    return ranked[0] if len(ranked) == 1 or cited[ranked[0]] >= 5 * cited[ranked[1]] else -1
