"""The Open Science Framework (PsyArXiv, SocArXiv, …): where a preprint's file lies, in two steps.
https://developer.osf.io
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from litmap.models import Location, Request
from litmap.works.record import fields, is_web_address, load_json, text

NAME = "OSF"
HOST = "api.osf.io"
API = f"https://{HOST}/v2/preprints"
_PREPRINT = re.compile(r"10\.(?!17605)\d{5}/osf\.io/([a-z\d]{5})")
"""DOIs of the servers of preprints; 10.17605 are projects, which have no one file."""


def can_ask(doi: str) -> bool:
    """Whether a DOI is that of a preprint."""
    return _PREPRINT.fullmatch(doi) is not None


def request_for(doi: str) -> Request:
    """A request for the preprint of a DOI."""
    return _request(f"{API}/{doi.rpartition('/')[2]}/")


def file_request(body: bytes) -> Request | None:
    """The request for what is known of the file of a preprint, from the preprint's answer; None
    where it names none. Raises `WebError` for what is not JSON.
    """
    related = fields(fields(load_json(body, NAME)).get("data")).get("relationships")
    links = fields(fields(fields(related).get("primary_file")).get("links"))
    url = text(fields(links.get("related")).get("href"))
    return _request(url) if urlsplit(url).hostname == HOST else None


def parse(body: bytes) -> list[Location]:
    """Where the file lies, from the file's answer. Raises `WebError` for what is not JSON."""
    data = fields(fields(load_json(body, NAME)).get("data"))
    url = text(fields(data.get("links")).get("download"))
    is_pdf = text(fields(data.get("attributes")).get("name")).lower().endswith(".pdf")
    return [Location(url, "pdf", NAME, "open")] if is_pdf and is_web_address(url) else []


def _request(url: str) -> Request:
    return Request(url, accept="application/vnd.api+json")
