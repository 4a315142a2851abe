"""The `citation_*` meta tags of a work's page, and their cousins. Pure: nothing is fetched, nothing
rendered.

https://scholar.google.com/intl/en/scholar/inclusion.html; Dublin Core, PRISM, EPrints and bepress
name the same things.
"""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin

_META = re.compile(rb"<meta\b([^<>]{1,20000})>", re.I)
_ATTRIBUTE = re.compile(
    r"([a-zA-Z:.-]{1,40})\s{0,5}=\s{0,5}"
    r"""(?:"([^"]{0,19000})"|'([^']{0,19000})'|([^\s"'>]{1,2000}))"""
)
_PREFIXES = ("citation_", "bepress_citation_", "eprints.", "dcterms.", "dc.", "prism.")
MAX_BYTES = 800_000
MAX_TAGS = 3000
MAX_PDF_URLS = 5
_FILES = ("pdf_url", "document_url")


def read_tags(body: bytes) -> list[tuple[str, str]]:
    """(name without prefix, content as one line) of the scholarly meta tags in the first 800,000
    bytes of a page.
    """
    tags = []
    for match in _META.finditer(body[:MAX_BYTES]):
        attributes = _attributes(match.group(1).decode("utf-8", "replace"))
        name = (attributes.get("name") or attributes.get("property") or "").lower().strip()
        content = _one_line(html.unescape(attributes.get("content", "")))
        prefix = next((p for p in _PREFIXES if name.startswith(p)), "")
        if prefix and content:
            tags.append((name.removeprefix(prefix), content))
        if len(tags) > MAX_TAGS:
            break
    return tags


def _attributes(tag: str) -> dict[str, str]:
    """The attributes of a tag by lower-case name; the first of a name counts."""
    attributes: dict[str, str] = {}
    for name, *quoted in _ATTRIBUTE.findall(tag):
        attributes.setdefault(name.lower(), next((value for value in quoted if value), ""))
    return attributes


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def pdf_urls(body: bytes, url: str) -> list[str]:
    """Addresses of the PDF that the page at `url` names, made absolute. They are not checked: the
    client does that.
    """
    urls = []
    for name, content in read_tags(body):
        if name in _FILES:
            try:
                urls.append(urljoin(url, content))
            except ValueError:
                continue
    return list(dict.fromkeys(urls))[:MAX_PDF_URLS]
