"""Zenodo: the files of a record. https://developers.zenodo.org"""

from __future__ import annotations

import re
from typing import Any

from litmap.models import Location, Request
from litmap.works.record import fields, is_web_address, items, load_json, text

NAME = "Zenodo"
API = "https://zenodo.org/api/records"
_DOI = re.compile(r"10\.5281/zenodo\.(\d+)")


def can_ask(doi: str) -> bool:
    """Whether a DOI is that of a record."""
    return _DOI.fullmatch(doi) is not None


def request_for(doi: str) -> Request:
    """A request for the record of a DOI."""
    return Request(f"{API}/{doi.rpartition('.')[2]}", accept="application/json")


def files(body: bytes) -> list[dict[str, Any]]:
    """What the record says of its files. Raises `WebError` for what is not JSON."""
    return [fields(file) for file in items(fields(load_json(body, NAME)).get("files"), 50)]


def parse(body: bytes) -> list[Location]:
    """The record's PDFs. Raises `WebError` for what is not JSON."""
    urls = [
        text(fields(file.get("links")).get("self"))
        for file in files(body)
        if text(file.get("key")).lower().endswith(".pdf")
    ]
    return [Location(url, "pdf", NAME, "open") for url in urls if is_web_address(url)]
