"""A file of marked-up text → `Document`: which format it is, and its reader."""

from __future__ import annotations

import re
from pathlib import Path

from litmap.errors import PdfError
from litmap.models import Document
from litmap.text.marked_up.article import Article
from litmap.text.marked_up.epub import is_epub, read_epub
from litmap.text.marked_up.jats import ROOTS, read_jats
from litmap.text.marked_up.safe_parsing import MAX_BYTES, decode, local_name, parse_html, parse_xml
from litmap.text.marked_up.web_pages import read_page

ENDINGS = {"pdf": ".pdf", "jats": ".xml", "html": ".html", "epub": ".epub"}
"""For a format the ending of its files."""
_HEAD = 4096
_FIRST_ELEMENT = re.compile(
    r"\s*(?:<\?.{0,1000}?\?>\s*|<!--.{0,2000}?-->\s*|<!DOCTYPE\b[^<>\[]{0,1000}(?:\[.{0,3000}?\]\s*)?>\s*){0,20}"
    r"<(?:[\w.-]{1,30}:)?([A-Za-z][\w.-]{0,40})",
    re.S | re.I,
)
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.I)
_PAGE_TYPE = re.compile(r"<!doctype\s+html\b", re.I)


def kind_of_file(path: Path) -> str:
    """'jats', 'html' or 'epub' by a file's content, '' for anything else."""
    kind = _kind(path)
    return "" if kind == "pdf" else kind


def _kind(path: Path) -> str:
    """One of `ENDINGS` by a file's content, '' for anything else."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return ""
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "epub" if is_epub(path) else ""
    return _kind_of_markup(decode(head))


def ending_of_file(path: Path) -> str:
    """The ending that fits a paper's file by its content: '.pdf', '.xml', '.html', '.epub'; '' for
    anything else.
    """
    return ENDINGS.get(_kind(path), "")


def _kind_of_markup(head: str) -> str:
    first = _FIRST_ELEMENT.match(head)
    name = first[1].lower() if first else ""
    if name in ROOTS and not _PAGE_TYPE.search(head):
        return "jats"
    return "html" if name == "html" or _PAGE.search(head) else ""


def read_article(path: Path, kind: str) -> Article:
    """The article of a file of this kind (`kind_of_file`), in the calling process. Raises
    `PdfError`.
    """
    article = Article()
    try:
        if kind == "epub":
            read_epub(path, article)
        else:
            _read_markup(path, kind, article)
    except RecursionError as error:
        raise PdfError("its elements are nested too deeply", subject=str(path)) from error
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or error}"
        raise PdfError(message, subject=str(path)) from error
    return article


def _read_markup(path: Path, kind: str, article: Article) -> None:
    if path.stat().st_size > MAX_BYTES:
        raise PdfError(f"the file is larger than {MAX_BYTES >> 20} MiB", subject=str(path))
    content = path.read_bytes()
    text = decode(content)
    if kind == "html":
        read_page(parse_html(text), article, text.encode("utf-8", "replace"))
        return
    root = parse_xml(text)
    if local_name(root) not in ROOTS:
        raise PdfError("this is no JATS", subject=str(path))
    read_jats(root, article)


def read_marked_up(path: Path, kind: str, sha256: str) -> Document:
    """The text of a JATS, HTML or EPUB file, in the calling process. Raises `PdfError`."""
    return read_article(path, kind).document(sha256)
