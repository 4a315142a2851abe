"""EPUB 2 and 3 → an article: its chapters in the order of reading.

https://www.w3.org/TR/epub-33/: a zip whose `META-INF/container.xml` names the package file, which
lists title, people, files (manifest) and their order (spine).
"""

from __future__ import annotations

import lzma
import posixpath
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from litmap.errors import PdfError
from litmap.parsing.identifiers import normalise_id
from litmap.text.marked_up.article import Article, year_in
from litmap.text.marked_up.safe_parsing import (
    MAX_BYTES,
    decode,
    local_name,
    parse_html,
    parse_xml,
)
from litmap.text.marked_up.web_pages import read_body

MAX_ENTRIES = 20_000
"""Files in the zip."""
MAX_CHAPTERS = 2_000
MAX_TOTAL = 200 << 20
"""Bytes of all chapters, unpacked."""
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,  # fields cut short
    EOFError,
    NotImplementedError,  # an unknown version or compression
    OSError,
    ValueError,  # a name that is no text
)
"""What zipfile raises for a damaged file."""


def read_epub(path: Path, article: Article) -> None:
    """Reads a book. Raises `PdfError` where it is damaged, locked, or too large when unpacked."""
    try:
        with zipfile.ZipFile(path) as book:
            _read(book, article)
    except DAMAGE as error:
        raise PdfError(f"the EPUB is damaged: {str(error)[:200]}") from error


def is_epub(path: Path) -> bool:
    """Whether a zip is an EPUB."""
    try:
        with zipfile.ZipFile(path) as book:
            return "META-INF/container.xml" in book.namelist()
    except DAMAGE:
        return False


def _read(book: zipfile.ZipFile, article: Article) -> None:
    if len(book.infolist()) > MAX_ENTRIES:
        raise PdfError(f"the EPUB holds more than {MAX_ENTRIES} files")
    package_path = _package_path(parse_xml(decode(_member(book, "META-INF/container.xml"))))
    package = parse_xml(decode(_member(book, package_path)))
    _read_metadata(package, article)
    folder = posixpath.dirname(package_path)
    total = 0
    for name in _chapters(package, folder)[:MAX_CHAPTERS]:
        content = _member(book, name)
        total += len(content)
        if total > MAX_TOTAL:
            raise PdfError(f"the EPUB unpacks to more than {MAX_TOTAL >> 20} MiB")
        root = parse_html(decode(content))
        body = root.find(".//body")
        article.section = ""
        read_body(body if body is not None else root, article)
    if not article.words("body"):
        raise PdfError("the EPUB holds no text")


def _member(book: zipfile.ZipFile, name: str) -> bytes:
    """A file of the zip, never more of it than the limit."""
    try:
        entry = book.getinfo(name)
    except KeyError:
        raise PdfError(f"the EPUB lacks its file {name[:100]}") from None
    if entry.flag_bits & 0x1:
        raise PdfError("the EPUB is locked")
    with book.open(entry) as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise PdfError(f"a file of the EPUB unpacks to more than {MAX_BYTES >> 20} MiB")
    return content


def _package_path(container: Any) -> str:
    for element in container.iter():
        if local_name(element) == "rootfile" and element.get("full-path"):
            return str(element.get("full-path"))
    raise PdfError("the EPUB names no package file")


def _read_metadata(package: Any, article: Article) -> None:
    for element in package.iter():
        name = local_name(element)
        text = " ".join("".join(element.itertext()).split()) if name else ""
        if name == "metadata" or not text:
            continue
        if name == "title" and not article.title:
            article.title = text
        elif name == "creator":
            article.authors.append(text)
        elif name == "date":
            article.year = article.year or year_in(text)
        elif name == "identifier" and (doi := _doi(text)):
            article.ids.append(doi)


def _doi(identifier: str) -> str:
    """'urn:doi:10.1000/x' and 'https://doi.org/10.1000/x' → 'doi:10.1000/x'; '' for no DOI."""
    at = identifier.find("10.")
    found = normalise_id(f"doi:{identifier[at:]}") if at >= 0 and "/" in identifier[at:] else ""
    is_named = at == 0 or "doi" in identifier[:at].lower()
    return found if is_named else ""


def _chapters(package: Any, folder: str) -> list[str]:
    """The names of the chapters in the order of reading, without the table of contents."""
    items = {e.get("id"): e for e in package.iter() if local_name(e) == "item"}
    names = []
    for element in package.iter():
        item = items.get(element.get("idref")) if local_name(element) == "itemref" else None
        if item is None or element.get("linear") == "no" or item.get("media-type") not in _PAGES:
            continue
        if "nav" not in (item.get("properties") or "").split():
            names.append(
                posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
            )
    return names
