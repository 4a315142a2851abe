"""Citations of which some source did not answer the last time: only that source is asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from litmap.models import Work
from litmap.works.record import Record

GENERAL_SOURCES = ("arXiv", "Crossref", "OpenAlex")
"""Sources of all fields: where one of them did not answer, nobody can say that a work is not known.
All others are optional.
"""


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """What an earlier run learned of a citation: its work, if any, the sources that did not answer,
    and when the others did.
    """

    work: Work | None
    unanswered: tuple[str, ...]
    time: str = ""


def record_of(work: Work) -> Record:
    """A work that is known as the record it was made from, under the source of its title."""
    source = next((fact.source for fact in work.facts if fact.name == "title"), "")
    return Record(
        source=source,
        title=work.title,
        authors=work.authors,
        year=work.year,
        venue=work.venue,
        abstract=work.abstract,
        ids=work.ids,
        urls=work.urls,
        locations=work.locations,
        other_titles=work.other_titles,
        arxiv_version=work.arxiv_version,
        notices=work.notices,
    )


def is_optional_trouble(troubles: Mapping[str, str]) -> bool:
    """Whether only optional sources did not answer: the others' word that a work is not known
    counts.
    """
    return not any(troubles.get(source) for source in GENERAL_SOURCES)
