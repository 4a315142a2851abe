"""Citations to works: which published thing a note means, confirmed by the services that know
it.
"""

from litmap.works.known_titles import (
    KnownTitle,
    KnownTitles,
    completed,
    may_be_known,
    title_of,
)
from litmap.works.merging import merge
from litmap.works.place_lookups import place_lookups
from litmap.works.planned import planned_searches
from litmap.works.resolver import resolve, with_file_metadata

__all__ = [
    "KnownTitle",
    "KnownTitles",
    "completed",
    "may_be_known",
    "merge",
    "place_lookups",
    "planned_searches",
    "resolve",
    "title_of",
    "with_file_metadata",
]
