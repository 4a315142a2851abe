"""What may be sent to the services: the setting `lookups`, applied to one citation."""

from __future__ import annotations

from litmap.models import Citation

ALL = "all"
REFERENCES = "references"
IDENTIFIERS = "identifiers"
NONE = "none"
LEVELS = (ALL, REFERENCES, IDENTIFIERS, NONE)
"""What is looked up: all that names a work; references, but no bare titles and names; identifiers
and addresses only; nothing.
"""
SEARCH = "search"
"""The user's word that a citation is to be looked up."""
NOT_LOOKED_UP = (
    "looks like a title, but stands where your own sentences stand: nobody was asked about it"
)


def may_look_up(citation: Citation, lookups: str) -> bool:
    """Whether a citation's identifiers and addresses may be asked about."""
    return lookups != NONE and bool(citation.searched or citation.reference.ids)


def may_search(citation: Citation, lookups: str) -> bool:
    """Whether the title or the people that a note gives may be searched for."""
    if lookups == REFERENCES:
        return citation.sure and citation.searched
    return lookups == ALL and citation.searched
