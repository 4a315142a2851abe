"""The Wayback Machine: copies of files whose address is dead.
https://archive.org/help/wayback_api.php
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

from litmap.models import Location, Request
from litmap.works.record import fields, load_json, text

NAME = "the Wayback Machine"
API = "https://archive.org/wayback/available"
_COPY = re.compile(r"https?://web\.archive\.org/web/(\d{1,14})[a-z_]*/(.+)", re.S)


def request_for(url: str) -> Request:
    """Whether there is a copy of what was at an address."""
    return Request(f"{API}?{urlencode({'url': url})}", accept="application/json")


def parse(body: bytes) -> list[Location]:
    """The copy as the file was ('id_': without the archive's frame). Raises `WebError` for what is
    not JSON.
    """
    snapshots = fields(fields(load_json(body, NAME)).get("archived_snapshots"))
    closest = fields(snapshots.get("closest"))
    copy = _COPY.fullmatch(text(closest.get("url")))
    if copy is None or closest.get("available") is not True or closest.get("status") != "200":
        return []
    stamp, original = copy.groups()
    return [Location(f"https://web.archive.org/web/{stamp}id_/{original}", "pdf", NAME, "open")]
