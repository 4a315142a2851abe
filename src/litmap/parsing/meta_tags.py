"""The `citation_*` meta tags of a work's page, and their cousins. Pure: nothing is fetched, nothing rendered.

https://scholar.google.com/intl/en/scholar/inclusion.html; Dublin Core, PRISM, EPrints and bepress name the same things.
"""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin

_META = re.compile(rb"<meta\b([^<>]{1,20000})>", re.I)
_ATTRIBUTE = re.compile(
    r"""([a-zA-Z:.-]{1,40})\s{0,5}=\s{0,5}(?:"([^"]{0,19000})"|'([^']{0,19000})'|([^\s"'>]{1,2000}))"""
)
_PREFIXES = ("citation_", "bepress_citation_", "eprints.", "dcterms.", "dc.", "prism.")
_FILES = ("pdf_url", "document_url")


def read_tags(body: bytes) -> list[tuple[str, str]]:
    """(name without prefix, content as one line) of the scholarly meta tags in the first 800,000 bytes of a page."""
    found = []
    for match in _META.finditer(body[:800_000]):
        pairs: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(match.group(1).decode("utf-8", "replace")):
            pairs.setdefault(name.lower(), next((v for v in values if v), ""))
        name = (pairs.get("name") or pairs.get("property") or "").lower().strip()
        content = " ".join(
            "".join(
                c if c.isprintable() else " " for c in html.unescape(pairs.get("content", ""))
            ).split()
        )
        prefix = next((p for p in _PREFIXES if name.startswith(p)), "")
        if prefix and content:
            found.append((name.removeprefix(prefix), content))
        if len(found) > 3000:
            break
    return found


def pdf_urls(body: bytes, url: str) -> list[str]:
    """Addresses of the PDF that the page at `url` names, made absolute. They are not checked: the client does that."""
    found = []
    for name, content in read_tags(body):
        if name in _FILES:
            try:
                found.append(urljoin(url, content))
            except ValueError:
                continue
    return list(dict.fromkeys(found))[:5]
