"""Bytes of full texts in XML and HTML → trees of bounded depth, in the encoding they are in."""

from __future__ import annotations

import codecs
import re
from typing import Any

from litmap.errors import PdfError
from litmap.parsing import safe_markup
from litmap.parsing.markup import unescape
from litmap.parsing.word_lists import load_words

MAX_BYTES = 60 << 20
"""Bytes of a file of markup; the longest articles have a few million."""
MAX_DEPTH = 200
"""Elements in each other; articles have some thirty, formulas included."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([\w.:-]{1,40})|"""
    rb"""<meta[^>]{0,400}?\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})""",
    re.I,
)
_DECLARATION = re.compile(r"^\s*<\?xml.{0,300}?\?>", re.S)
_ENCODINGS = load_words("encodings", "litmap.text")
"""What a file may declare; everything else is read as UTF-8."""


def decode(content: bytes) -> str:
    """The text of a file: by its mark, else as UTF-8 where it is, else as it declares, else as
    Windows-1252. Raises `PdfError` where it is too long.
    """
    if len(content) > MAX_BYTES:
        raise PdfError(f"the file is larger than {MAX_BYTES >> 20} MiB")
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content.decode(encoding, "replace").removeprefix("\ufeff")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(_declared(content) or "cp1252", "replace")


def _declared(content: bytes) -> str:
    """The encoding that a file declares, '' for none or one that is not taken."""
    match = _DECLARED.search(content[:4096])
    if match is None:
        return ""
    try:
        name = codecs.lookup((match[1] or match[2]).decode()).name
    except LookupError:
        return ""
    return name if name in _ENCODINGS else ""


def parse_xml(text: str) -> Any:
    """The root of well-formed XML. Raises `PdfError` for what is not, for entities of its own and
    for elements nested too deeply.
    """
    try:
        root = safe_markup.parse_xml(_bytes(text), encoding="utf-8").root
    except ValueError as error:
        raise PdfError(str(error)) from error
    return _not_too_deep(root)


def parse_html(text: str) -> Any:
    """The root of a page. Raises `PdfError` where there is none or it is nested too deeply."""
    try:
        root = safe_markup.parse_html(_bytes(text)).root
    except ValueError as error:
        raise PdfError("there is no page in the file") from error
    return _not_too_deep(root)


def _bytes(text: str) -> bytes:
    """The text in UTF-8, without a declaration that may say otherwise."""
    text = _DECLARATION.sub("", text, count=1)
    return text.replace("\x00", " ").encode("utf-8", "replace")


def _not_too_deep(root: Any) -> Any:
    depth = 0
    element = root
    while element is not None:
        if depth > MAX_DEPTH:
            raise PdfError(f"its elements are nested more than {MAX_DEPTH} deep")
        below = next(element.iterchildren(), None)
        if below is not None:
            element, depth = below, depth + 1
            continue
        while element is not None and element is not root and element.getnext() is None:
            element, depth = element.getparent(), depth - 1
        element = None if element is root or element is None else element.getnext()
    return root


def local_name(element: Any) -> str:
    """An element's name in lower case without its namespace, '' for what is no element."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def text_of_entity(node: Any) -> str:
    """What a reference to an entity of HTML or JATS prints: '&nbsp;' a blank; '' for other nodes
    that are no elements.
    """
    text = str(node.text or "")
    if not text.startswith("&"):
        return ""
    plain = unescape(text)
    return "" if plain == text else plain
