"""People named without a year, told by the works their note cites: 'the Segler paper', "May's
result".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from litmap.models import Citation, Resolution, Work
from litmap.parsing.grammar import ET_AL_WORDS
from litmap.parsing.person_names import family_name
from litmap.works.matching import authors_agree

_SHORTHAND = re.compile(rf"\b(?:papers?|articles?|preprint|stuff|{ET_AL_WORDS})\b", re.I)
"""What tells that the first author alone is named for several."""


class CitedInNote:
    """The works that were surely found, by the notes that cite them."""

    def __init__(self, resolved: Iterable[tuple[Citation, Resolution]]) -> None:
        self.works: dict[str, dict[str, Work]] = defaultdict(dict)
        for citation, resolution in resolved:
            if resolution.work is not None and resolution.status == "metadata-only":
                for note in {mention.note for mention in citation.mentions}:
                    self.works[note][resolution.work.id] = resolution.work

    def meant(self, citation: Citation) -> Work | None:
        """The only work of the note that is by the people named, None where there is none or more
        than one.
        """
        wanted, notes = citation.reference, {mention.note for mention in citation.mentions}
        if not _names_people_only(citation) or len(notes) != 1:
            return None
        is_short = any(_SHORTHAND.search(mention.text) for mention in citation.mentions)
        works = [
            work
            for work in self.works[notes.pop()].values()
            if _is_by(work, wanted.authors, wanted.year, short=is_short)
        ]
        return works[0] if len(works) == 1 else None


def _names_people_only(citation: Citation) -> bool:
    wanted = citation.reference
    is_bare = not wanted.title and not wanted.ids
    return citation.kind == "name" and is_bare and bool(wanted.authors)


def _is_by(work: Work, names: tuple[str, ...], year: int | None, *, short: bool) -> bool:
    """Whether a work is by these people, all of them named unless `short`."""
    if not work.authors or family_name(names[0]) != family_name(work.authors[0]):
        return False
    if year and work.year != year:
        return False
    if len(names) < len(work.authors) and not short:
        return False
    return all(authors_agree([name], work.authors) for name in names)


def resolve_from_note(resolution: Resolution, citation: Citation, cited: CitedInNote) -> Resolution:
    """The resolution of people named without a year, to the work of theirs that the note cites."""
    work = cited.meant(citation) if resolution.work is None else None
    if work is None:
        return resolution
    return Resolution(
        resolution.citation, work, "metadata-only", "the work by these people that the note cites"
    )
