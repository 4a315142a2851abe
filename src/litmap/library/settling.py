"""What a note says of a work beside what a candidate is, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from litmap.models import Reference, Work
from litmap.parsing.title_similarity import TitleMatch
from litmap.parsing.venues import same_venue
from litmap.works.matching import authors_agree, best_title_match, year_gap


@dataclass(frozen=True, slots=True)
class Agreement:
    """How one field of a candidate stands to the note: 'same', 'differs', or 'not in your notes'
    where they do not say it. `value` is the candidate's, '' where it has none.
    """

    field: str
    value: str
    stands: str


SAME, DIFFERS, UNSAID = "same", "differs", "not in your notes"


def agreements(references: Sequence[Reference], candidate: Work) -> tuple[Agreement, ...]:
    """Title, authors, year and venue of a candidate beside what the notes say of the work: 'same'
    where one of the references has it so.
    """
    rows = (
        ("Title", candidate.title, [_title(r, candidate) for r in references]),
        (
            "Authors",
            ", ".join(candidate.authors),
            [authors_agree(r.authors, candidate.authors) for r in references],
        ),
        ("Year", str(candidate.year or ""), [_year(r, candidate) for r in references]),
        ("Venue", candidate.venue, [_venue(r, candidate) for r in references]),
    )
    return tuple(Agreement(field, value, _stands(told)) for field, value, told in rows)


def _stands(told: Sequence[bool | None]) -> str:
    known = [one for one in told if one is not None]
    if not known:
        return UNSAID
    return SAME if any(known) else DIFFERS


def _title(reference: Reference, candidate: Work) -> bool | None:
    if not reference.title:
        return None
    return best_title_match(reference.title, candidate) != TitleMatch.NONE


def _year(reference: Reference, candidate: Work) -> bool | None:
    gap = year_gap(reference.year, candidate.year)
    return None if gap is None else gap == 0


def _venue(reference: Reference, candidate: Work) -> bool | None:
    if not reference.venue or not candidate.venue:
        return None
    return same_venue(reference.venue, candidate.venue)
