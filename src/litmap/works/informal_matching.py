"""Citations that do not spell a title out: parts of a line that may be one, and people with a year
and a context.
"""

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
    normalise_title,
)
from litmap.parsing.venues import same_venue
from litmap.parsing.word_lists import load_words
from litmap.works.matching import (
    Titled,
    Verdict,
    all_are_authors,
    authors_agree,
    best_title_match,
    year_gap,
)

_BREAKS = re.compile(r"\s[–—-]{1,3}\s|[:;.]\s|\s\(|\)\s?|,\s|\s(?:by|see|cf\.?|in)\s|[“”\"]")
_STRONG_BREAKS = re.compile(r"\s[–—-]{1,3}\s|[;.]\s|\s\(|\)\s?|[“”\"]")
_LEAD = re.compile(r"^\s*(?:\[\d{1,3}\]|\d{1,3}[.)]|[-*•–]+)\s+")
_SMALL = load_words("subject_stop_words")


WORK_WORD = re.compile(
    r"\b(?:(?:text)?books?|monograph|edition|edn?\b|ch(?:ap(?:ter)?)?\.? ?\d|review|survey|"
    r"papers?|article|thesis|classic|original)",
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
    """Parts of a line that may be the title in it, without the line itself; at most five, long ones
    first.
    """
    text = _LEAD.sub("", text[:600])
    pieces = [p.strip() for p in _BREAKS.split(text)]
    pieces += [p.strip() for p in _STRONG_BREAKS.split(text)]
    spans = pieces + [f"{a}: {b}" for a, b in pairwise(pieces) if f"{a}: {b}" in text]
    parts = {normalise_title(p): p for p in [*spans, text] if len(normalise_title(p).split()) >= 3}
    if len(parts) > 1 and text == _LEAD.sub("", text):
        parts.pop(normalise_title(text), None)
    return sorted(parts.values(), key=len, reverse=True)[:5]


def judge_title_part(part: str, citation: Citation, record: Titled) -> Verdict:
    """Whether part of the note's line is the title of a record: all of it, or with its first author
    named nearby.
    """
    match = best_title_match(part, record)
    if match == TitleMatch.NONE:
        return Verdict.OTHER
    words = len(normalise_title(part).split())
    is_whole = match >= TitleMatch.NEAR and words >= 4 and is_distinctive(part)
    if is_whole or (words >= 3 and is_named_nearby(citation, record)):
        return Verdict.SAME
    return Verdict.OTHER


def matches_adjacent_author(wanted: Reference, citation: Citation, record: Titled) -> bool:
    """Whether a title without people is that of a record whose first author is named beside it."""
    if wanted.authors or (year_gap(wanted.year, record.year) or 0) > 2:
        return False
    match = best_title_match(wanted.title, record)
    if match == TitleMatch.NONE:
        return False
    words = len(normalise_title(wanted.title).split())
    min_words = 2 if match >= TitleMatch.NEAR else 3
    return words >= min_words and is_named_nearby(citation, record)


_NICKNAME = re.compile(r"[A-Z][\w+-]{1,20}|[a-z]{1,3}[A-Z]\w{1,18}")


def is_nickname(title: str) -> bool:
    """One word that may be a system's name: 'Dryad', 'BERT', 'seL4'."""
    return bool(_NICKNAME.fullmatch(title))


def has_system_name(wanted: Reference, record: Titled) -> bool:
    """Whether the system's name stands before the colon of a record's title, and the year is that
    or the next.
    """
    if year_gap(wanted.year, record.year) not in (0, 1):
        return False
    titles = (record.title, *record.other_titles)
    return any(":" in t and t.partition(":")[0].strip() == wanted.title for t in titles)


def context_of(citation: Citation) -> str:
    """Everything the notes say where they cite it."""
    return " ".join(
        [citation.reference.title, *(f"{m.text} {m.context}" for m in citation.mentions[:6])]
    )[:4000]


def is_named_nearby(citation: Citation, record: Titled) -> bool:
    """The first author's family name stands beside the mention."""
    family = family_name(record.authors[0]) if record.authors else ""
    return len(family) >= 3 and f" {family} " in f" {normalise_title(context_of(citation))} "


# ── people and year ──────────────────────────────────────────────────────────────────────────────
def topic_words(text: str) -> list[str]:
    """Words that tell a subject, in order, each once."""
    return list(dict.fromkeys(filter(_tells_subject, normalise_title(text).split())))


def _tells_subject(word: str) -> bool:
    return len(word) > 3 and word not in _SMALL and not word.isdigit()


def headings_of(citation: Citation) -> str:
    """The headings a citation stands under, innermost only."""
    return " ".join({m.heading[-1] for m in citation.mentions[:6] if m.heading})


def people_score(
    wanted: Reference, context: str, record: PeopleRecord, headings: str = ""
) -> float:
    """How well a record fits people, year and context, 0 for not at all.

    All people named must be its authors, the first of them first. Each word that its title or
    abstract shares with the context or the headings counts, the very year does, so does an author
    list that is named completely, and so does the journal. Without a year the journal must agree,
    or a word of the title where all people are named, or three words.
    """
    if not _fits_people_and_year(wanted, context, record):
        return 0.0
    near = _topic_stems(context)
    subject = near | _topic_stems(headings)
    title = [_stem(word) for word in topic_words(record.title)]
    is_complete = 2 <= len(wanted.authors) == len(record.authors)
    in_venue = same_venue(wanted.venue, record.venue)
    if not wanted.year and not in_venue:
        min_shared = _min_shared_words(context, is_complete=is_complete)
        if sum(word in near for word in title) < min_shared:
            return 0.0
    shared = sum(word in subject for word in title)
    abstract = _topic_stems(record.abstract) - set(title)
    is_spelt = _is_title_in_context(record.title, context) or (
        shared >= 2 and shared >= 0.6 * len(title)
    )
    score = 0.2 + (1.2 if is_complete else 0.0)
    score = score + 0.35 * shared + 0.1 * min(5, len(abstract & subject)) + float(is_spelt)
    return score + (0.35 * (wanted.year == record.year) + 0.5 * in_venue)


def _fits_people_and_year(wanted: Reference, context: str, record: PeopleRecord) -> bool:
    """The people are its authors, the first of them first, the year is near, and it is no comment
    on another work.
    """
    if not wanted.authors or not record.authors:
        return False
    if wanted.year and year_gap(wanted.year, record.year) not in (0, 1):
        return False
    if authors_agree(wanted.authors[:1], record.authors[:2]) is not True:
        return False
    if not all_are_authors(wanted, record):
        return False
    return not is_about_another(
        normalise_title(record.title).split(), normalise_title(context).split()
    )


def _min_shared_words(context: str, *, is_complete: bool) -> int:
    """How many words of the title the context must have where neither year nor journal is known."""
    if not is_complete:
        return 3
    return 0 if WORK_WORD.search(context) else 1


def _is_title_in_context(title: str, context: str) -> bool:
    """Whether the context has most of the title's words, three or more."""
    words = {_stem(word) for word in normalise_title(title).split() if len(word) > 3}
    said = {_stem(word) for word in normalise_title(context).split()}
    return len(words) >= 3 and len(words & said) >= 0.7 * len(words)


def _topic_stems(text: str) -> set[str]:
    return {_stem(word) for word in topic_words(text)}


def _stem(word: str) -> str:
    return word.replace("isation", "ization")[:7]


MIN_PEOPLE_SCORE = 0.95
"""What the best of the works by some people must reach to be the one meant."""
MIN_LEAD = 0.3
"""By how much it must lead the second."""
MAX_LABEL_WORDS = 6
"""Words beside names and year up to which they are a label of the work and not a sentence."""


def is_labelled_otherwise(
    wanted: Reference, context: str, records: Sequence[PeopleRecord], headings: str = ""
) -> bool:
    """Whether the few words beside people and year name another subject than a work's title and
    abstract: 'Hochreiter & Schmidhuber (1997) flat minima' is not about long short-term memory.

    Where the headings tell the subject, nothing contradicts.
    """
    names = {word for name in wanted.authors for word in normalise_title(name).split()}
    label = [word for word in topic_words(context) if word not in names]
    if not 0 < len(label) <= MAX_LABEL_WORDS:
        return False
    said = {_stem(word) for word in label} | _topic_stems(headings)
    told = {stem for r in records for stem in _topic_stems(f"{r.title} {r.abstract} {r.venue}")}
    return said.isdisjoint(told)


def best_by_people(scores: Sequence[float], exact: Sequence[bool]) -> int:
    """The index of the one candidate that stands out, or -1; `exact` tells which are of the very
    year.

    A neighbouring year is a preprint's or a proceedings'; where another work of these people is of
    the very year, it takes as good as the whole title to mean the one beside it. The only one of
    the very year needs a little less.
    """
    weighed = _weigh_years(scores, exact)
    ranked = sorted(range(len(weighed)), key=lambda i: -weighed[i])
    if not ranked or weighed[ranked[0]] < MIN_PEOPLE_SCORE:
        return -1
    second = weighed[ranked[1]] if len(ranked) > 1 else 0.0
    return ranked[0] if weighed[ranked[0]] - second >= MIN_LEAD else -1


def _weigh_years(scores: Sequence[float], exact: Sequence[bool]) -> list[float]:
    """The scores, those of another year lowered where one is of the very year, the only such one
    raised.
    """
    alone = sum(exact) == 1
    return [
        score + 0.1 * alone if is_exact else score - 1.0 * any(exact)
        for score, is_exact in zip(scores, exact, strict=True)
    ]
