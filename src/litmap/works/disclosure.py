"""What may be sent to the services: the setting `lookups`, applied to one citation."""

from __future__ import annotations

from litmap.models import Citation, Lookups

NOT_LOOKED_UP = (
    "looks like a title, but stands where your own sentences stand: nobody was asked about it"
)


def may_look_up(citation: Citation, lookups: str) -> bool:
    """Whether a citation's identifiers and addresses may be asked about."""
    return lookups != Lookups.NONE and bool(citation.searched or citation.reference.ids)


def may_search(citation: Citation, lookups: str) -> bool:
    """Whether the title or the people that a note gives may be searched for."""
    if lookups == Lookups.REFERENCES:
        return citation.sure and citation.searched
    return lookups == Lookups.ALL and citation.searched
