"""The identifiers in a field of a record that is to hold a DOI, in every way people fill it."""

from __future__ import annotations

import re
from urllib.parse import unquote

from litmap.parsing.identifiers.ids import clean_doi, doi_id, normalise_id
from litmap.parsing.identifiers.urls import identifier_from_url
from litmap.parsing.markup import unescape

_START = (
    r"(?:https?:/|(?:dx\.|www\.)?doi\.org/|info:doi/|urn:doi:|doi\s*[:=]|arxiv:|10\.\d{4,9}[/.%])"
)
_SEPARATOR = re.compile(
    rf"\s*[,;|]\s*(?={_START})|\s+(?:and|&|/|or)\s+(?={_START})|\s+(?={_START})", re.I
)
_LABEL = re.compile(r"^[^\d]*?(?=10\.\d{4,9}(?:\.\d+)*(?:/|%2F))", re.I)
_BLANK_BEHIND_LABEL = re.compile(r"(?<=doi)\s*([:=])\s+|(?<=doi)\s+(?=10\.)", re.I)
MAX_FIELD = 2_000
"""Characters of a field that are looked at."""


def identifiers_in_field(value: str) -> list[str]:
    """The identifiers that a DOI field names, each once: '10.1/x', 'doi: 10.1/x.',
    'https://dx.doi.org/10.1%2Fx', a publisher's address, two of them with a comma between.
    """
    value = _BLANK_BEHIND_LABEL.sub(":", unescape(value[:MAX_FIELD]).strip("<>[](){}\"' \t"))
    found = map(_identifier, _SEPARATOR.split(value))
    return list(dict.fromkeys(filter(None, found)))


def _identifier(text: str) -> str | None:
    """The identifier of one part of a field."""
    text = text.strip()
    if text.lower().startswith(("http", "arxiv:")):
        by_address = identifier_from_url(text) if text[:4].lower() == "http" else normalise_id(text)
        if by_address:
            return by_address
    if _LABEL.match(text) is None:
        return None
    doi = unquote(_LABEL.sub("", text, count=1)).split(maxsplit=1)
    return doi_id(clean_doi(doi[0])) if doi else None
