"""The meta tags by which search engines for scholars read a work's page, and the other ways in
which a page or its headers name a file. Pure: nothing is fetched, nothing rendered.

https://scholar.google.com/intl/en/scholar/inclusion.html; Dublin Core, PRISM, EPrints, bepress and
HighWire name the same things. https://signposting.org for links of type application/pdf.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from litmap.parsing.identifiers import host_of
from litmap.parsing.markup import one_line, unescape

_ATTRIBUTE = re.compile(
    rb"[\s/]{0,200}([a-zA-Z][\w:.-]{0,40})(?:\s{0,5}=\s{0,5}"
    rb"""(?:"([^"]{0,19000})"|'([^']{0,19000})'|([^\s"'<>]{1,2000})))?"""
)
_PREFIX = re.compile(
    r"(?:bepress_citation|citation|wkhealth|eprints|dcterms|dc|prism)[_.:-](?=\w)|publication_(?=doi$)"
)
MAX_BYTES = 800_000
MAX_TAGS = 3000
MAX_PDF_URLS = 5
_FILES = frozenset({"pdf_url", "document_url"})
_IDENTIFIERS = frozenset({"identifier", "identifier.uri", "identifier.url"})
_LINK = re.compile(
    r"\s{0,20}<([^<>]{1,2000})>((?:\s{0,20};\s{0,20}[^;,\"=]{1,60}(?:=\s{0,5}(?:\"[^\"]{0,500}\"|[^;,\"]{0,200}))?)*)"
)
_PDF_TYPE = re.compile(r";\s*type\s*=\s*\"?\s*application/pdf\b", re.I)
_PDF = re.compile(r"\s*application/pdf\b", re.I)
_REPEC = re.compile(r"(?:^|\.)repec\.org$")


def read_tags(body: bytes) -> list[tuple[str, str]]:
    """(name without prefix, content as one line) of the scholarly meta tags in the first 800,000
    bytes of a page. 'DC.Title', 'dc:title' and 'citation_title' are all `title`.
    """
    tags = []
    for _, attributes in _elements(body, b"meta"):
        name = (attributes.get("name") or attributes.get("property") or "").lower().strip()
        content = one_line(unescape(attributes.get("content", "")))
        prefix = _PREFIX.match(name)
        if prefix and content:
            tags.append((name[prefix.end() :].replace(":", "."), content))
    return tags


def social_title(body: bytes) -> str:
    """The title that a page gives to social media (`og:title`), '' for none. It may be that of the
    site.
    """
    for _, attributes in _elements(body, b"meta"):
        name = attributes.get("property") or attributes.get("name") or ""
        if name.lower() in {"og:title", "twitter:title"} and attributes.get("content"):
            return one_line(unescape(attributes["content"]))
    return ""


def _elements(body: bytes, names: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Name and attributes of the elements of some names (alternatives of an expression), the first
    3,000 of a page. A sign '>' within quotes ends no tag.
    """
    part = body[:MAX_BYTES]
    opening = re.compile(rb"<(" + names + rb")(?=[\s/])", re.I)
    at = 0
    for _ in range(MAX_TAGS):
        match = opening.search(part, at)
        if match is None:
            return
        attributes, at = _attributes(part, match.end())
        yield match.group(1).decode().lower(), attributes


def _attributes(part: bytes, at: int) -> tuple[dict[str, str], int]:
    """The attributes from a place on by lower-case name, the first of each; and their end."""
    attributes: dict[str, str] = {}
    while match := _ATTRIBUTE.match(part, at):
        name, *quoted = match.groups()
        value = next((value for value in quoted if value), b"")
        attributes.setdefault(name.decode().lower(), value.decode("utf-8", "replace"))
        at = match.end()
    return attributes, at


def pdf_urls(body: bytes, url: str) -> list[str]:
    """Addresses of the PDF that the page at `url` names, made absolute: in meta tags, in links of
    type application/pdf, in the fields of RePEc's forms. They are not checked:
    the client does that.
    """
    named = [content for name, content in read_tags(body) if _is_file_tag(name, content)]
    for element, attributes in _elements(body, b"link|input"):
        if element == "link" and _PDF.match(attributes.get("type", "")):
            named.append(unescape(attributes.get("href", "")))
        if element == "input" and _is_file_field(attributes, url):
            named.append(unescape(attributes["value"]))
    return _absolute(named, _base(body, url))


def _base(body: bytes, url: str) -> str:
    """The address that a page's links start from: that of its `base`, else its own."""
    bases = (attributes.get("href", "") for _, attributes in _elements(body, b"base"))
    base = unescape(next(filter(None, bases), ""))
    return next(iter(_absolute([base], url)), url)


def _is_file_tag(name: str, content: str) -> bool:
    """Whether a tag names a file: its own, or an identifier that is the address of a PDF."""
    if name in _FILES:
        return True
    return name in _IDENTIFIERS and _is_web_pdf(content)


def _is_file_field(attributes: dict[str, str], url: str) -> bool:
    """Whether a field of a form holds a file's address, as on the pages of RePEc."""
    value = attributes.get("value", "")
    if attributes.get("name", "").lower() != "url" or not value.startswith(("http://", "https://")):
        return False
    return _is_web_pdf(value) or _REPEC.search(host_of(url)) is not None


def _is_web_pdf(address: str) -> bool:
    is_web = address.startswith(("http://", "https://"))
    return is_web and address.partition("?")[0].lower().endswith(".pdf")


def pdf_urls_in_header(header: str, url: str) -> list[str]:
    """Addresses of type application/pdf in a `Link` header (RFC 8288) of the answer for `url`, made
    absolute.
    """
    links = _LINK.findall(header[:20_000])
    return _absolute([target for target, about in links if _PDF_TYPE.search(about)], url)


def _absolute(addresses: list[str], url: str) -> list[str]:
    """The addresses against that of the page, each once, the first few."""
    urls = []
    for address in filter(None, addresses):
        try:
            urls.append(urljoin(url, address))
        except ValueError:
            continue
    return list(dict.fromkeys(urls))[:MAX_PDF_URLS]
