"""Bytes of XML and HTML → trees of lxml, without anything that a hostile file may ask for: the one
home of this question.

Nothing is opened that a file names (entities, schemas, DTDs), no entity is replaced, and one that
declares its own is refused; libxml2's limits on depth and length hold.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

_ENTITY = re.compile(rb"<!ENTITY\b", re.I)


class DeclaresEntities(ValueError):
    """The file declares entities of its own: a few lines of them are enough for gigabytes."""


class Tree(NamedTuple):
    """The root of what was read, and libxml2's list of what it found broken."""

    root: Any
    errors: Any


def parse_xml(data: bytes, *, encoding: str | None = None, recover: bool = False) -> Tree:
    """The XML, comments and processing instructions left out; `encoding` goes before what the file
    declares, `recover` goes on behind what is broken.

    Raises `DeclaresEntities`, and ValueError for what is no XML or nests deeper than libxml2 reads.
    """
    import lxml.etree

    # UTF-16 has a zero beside each of these letters.
    if _ENTITY.search(data.replace(b"\0", b"")):
        raise _entities()
    parser = lxml.etree.XMLParser(
        encoding=encoding,
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = lxml.etree.fromstring(data, parser)
    except (lxml.etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise ValueError(f"the XML is damaged: {_reason(error)}") from error
    if root is None:
        raise ValueError("the XML is damaged: there is no element in it")
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(dtd.iterentities(), None) is not None:  # in yet another encoding
        raise _entities()
    return Tree(root, parser.error_log)


def parse_html(data: bytes) -> Tree:
    """The page, in UTF-8, whatever is broken in it. Raises ValueError where there is no element."""
    import lxml.etree
    import lxml.html

    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = lxml.html.document_fromstring(data, parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(f"there is no HTML in it: {_reason(error)}") from error
    return Tree(root, parser.error_log)


def _entities() -> DeclaresEntities:
    return DeclaresEntities("the XML declares entities of its own, which are not read")


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or ["empty"])[0][:200]
