"""Identifiers and URLs of scholarly works: found in text, normalised, compared."""

from litmap.parsing.identifiers.fields import identifiers_in_field
from litmap.parsing.identifiers.find import Found, find_identifiers, find_urls, trim_url
from litmap.parsing.identifiers.ids import (
    arxiv_version,
    clean_doi,
    doi_id,
    normalise_id,
    valid_arxiv,
)
from litmap.parsing.identifiers.urls import host_of, identifier_from_url, unwrap_url, url_key

__all__ = [
    "Found",
    "arxiv_version",
    "clean_doi",
    "doi_id",
    "find_identifiers",
    "find_urls",
    "host_of",
    "identifier_from_url",
    "identifiers_in_field",
    "normalise_id",
    "trim_url",
    "unwrap_url",
    "url_key",
    "valid_arxiv",
]
