"""Reference files in XML: Zotero's RDF, EndNote's XML and MODS, read into the same records as BibTeX and RIS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from litmap.models import NoteBlock
from litmap.notes.bibliographies.text_formats import Pairs, record_block, turn_name

_NO_WORK = {"attachment", "note", "annotation"}
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DOI = re.compile(r"10\.\d{4,9}/\S+")


def xml_blocks(text: str) -> list[NoteBlock]:
    """The records of a reference file in XML, each on its line. Raises ValueError for XML that holds none."""
    root = _parse(text)
    name = _local(root)
    if name == "RDF":
        records = _zotero(root)
    elif name in {"modsCollection", "mods"}:
        records = ((node, _mods(node)) for node in _all(root, "mods"))
    else:
        records = ((node, _endnote(node)) for node in _all(root, "record"))
    blocks = [
        record_block([pair for pair in pairs if pair[1]], node.sourceline or 1)
        for node, pairs in records
    ]
    found = [block for block in blocks if block is not None]
    if not found:
        raise ValueError("XML without references (Zotero's RDF, EndNote's XML and MODS are read)")
    return found


def _parse(text: str) -> Any:
    import lxml.etree

    parser = lxml.etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    try:
        root = lxml.etree.fromstring(text.encode("utf-8"), parser=parser)
    except (lxml.etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(f"not valid XML: {str(error).splitlines()[0][:120]}") from error
    if root is None:
        raise ValueError("not valid XML: no element")
    return root


def _local(node: Any) -> str:
    return str(node.tag).rsplit("}", 1)[-1] if isinstance(node.tag, str) else ""


def _all(node: Any, name: str) -> list[Any]:
    return [child for child in node.iter() if _local(child) == name]


def _text(node: Any, *names: str) -> str:
    """The text of the first element of these names below the node, blanks run together."""
    for name in names:
        for child in _all(node, name):
            value = " ".join("".join(child.itertext()).split())
            if value:
                return value
    return ""


def _year(value: str) -> str:
    found = re.search(r"(?:1[4-9]|20)\d\d", value)
    return found.group() if found else ""


def _doi(value: str) -> str:
    found = _DOI.search(value)
    return found.group().rstrip(".,;") if found else ""


# ── Zotero's RDF ─────────────────────────────────────────────────────────────────────────────────────────────────────
def _zotero(root: Any) -> Iterator[tuple[Any, Pairs]]:
    journals = {node.get(f"{_RDF}about"): node for node in root if node.get(f"{_RDF}about")}
    for node in root:
        kind = next((child.text or "" for child in node if _local(child) == "itemType"), "")
        if kind and kind.lower() not in _NO_WORK:
            yield node, _zotero_pairs(node, kind, journals)


def _zotero_pairs(node: Any, kind: str, journals: dict[Any, Any]) -> Pairs:
    own = {
        _local(child): " ".join("".join(child.itertext()).split())
        for child in node
        if isinstance(child.tag, str)
    }
    people = next((child for child in node if _local(child) == "authors"), None)
    pairs: Pairs = [("type", kind), ("title", own.get("title", ""))]
    for person in _all(people, "Person") if people is not None else []:
        pairs.append(
            (
                "author",
                f"{_text(person, 'givenName', 'givenname')} {_text(person, 'surname')}".strip(),
            )
        )
    pairs.append(("year", _year(own.get("date", ""))))
    hosts = [child for child in node if _local(child) == "isPartOf"]
    hosts = [journals.get(host.get(f"{_RDF}resource"), host) for host in hosts]
    pairs.append(
        (
            "venue",
            next((title for host in hosts if (title := _text(host, "title"))), "")
            or own.get("publisher", ""),
        )
    )
    values = [
        " ".join("".join(c.itertext()).split())
        for place in (node, *hosts)
        for c in _all(place, "identifier")
    ]
    pairs.append(("doi", next((doi for value in values if (doi := _doi(value))), "")))
    pairs.append(("abstract", own.get("abstract", "")))
    return pairs + [("url", value) for value in values if value.startswith(("http://", "https://"))]


# ── EndNote's XML ────────────────────────────────────────────────────────────────────────────────────────────────────
def _endnote(node: Any) -> Pairs:
    kind = next((child.get("name") or "" for child in _all(node, "ref-type")), "")
    titles = next(iter(_all(node, "titles")), node)
    people = next(iter(_all(node, "authors")), None)
    pairs: Pairs = [
        ("key", _text(node, "rec-number")),
        ("type", kind),
        ("title", _text(titles, "title")),
    ]
    if people is not None:
        names = [" ".join("".join(author.itertext()).split()) for author in _all(people, "author")]
        pairs += [("author", turn_name(name)) for name in names if name]
    pairs.append(("year", _year(_text(node, "year") or _text(node, "dates"))))
    periodical = next(iter(_all(node, "periodical")), node)
    pairs.append(
        (
            "venue",
            _text(titles, "secondary-title")
            or _text(periodical, "full-title")
            or _text(node, "publisher"),
        )
    )
    pairs.append(("doi", _doi(_text(node, "electronic-resource-num"))))
    pairs.append(("abstract", _text(node, "abstract")))
    urls = [" ".join("".join(url.itertext()).split()) for url in _all(node, "url")]
    return pairs + [("url", url) for url in urls if url.startswith(("http://", "https://"))]


# ── MODS ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _mods(node: Any) -> Pairs:
    direct = [child for child in node if isinstance(child.tag, str)]
    titles = [child for child in direct if _local(child) == "titleInfo" and not child.get("type")]
    title = _text(titles[0], "title") if titles else ""
    if titles and (subtitle := _text(titles[0], "subTitle")):
        title = f"{title}: {subtitle}"
    pairs: Pairs = [("key", node.get("ID") or ""), ("type", _text(node, "genre")), ("title", title)]
    for name in (child for child in direct if _local(child) == "name"):
        roles = " ".join(_text(role, "roleTerm") for role in _all(name, "role"))
        if not roles or re.search(r"\baut\b|author|creator", roles, re.I):
            pairs.append(("author", _mods_name(name)))
    host = next(
        (
            child
            for child in direct
            if _local(child) == "relatedItem" and child.get("type") == "host"
        ),
        None,
    )
    dates = [
        _text(place, "dateIssued", "date", "copyrightDate")
        for place in (node, host)
        if place is not None
    ]
    pairs.append(("year", next((year for value in dates if (year := _year(value))), "")))
    pairs.append(("venue", _text(host, "title") if host is not None else _text(node, "publisher")))
    for child in (c for c in direct if _local(c) == "identifier"):
        value = " ".join("".join(child.itertext()).split())
        kind = (child.get("type") or "").lower()
        if kind in {"doi", "arxiv", "pmid"}:
            pairs.append((kind, _doi(value) if kind == "doi" else value))
        elif value.startswith("http"):
            pairs.append(("url", value))
    pairs.append(("abstract", _text(node, "abstract")))
    return pairs + [
        ("url", url)
        for url in [_text(place, "url") for place in direct if _local(place) == "location"]
        if url
    ]


def _mods_name(node: Any) -> str:
    parts = [
        (part.get("type") or "", " ".join("".join(part.itertext()).split()))
        for part in _all(node, "namePart")
    ]
    given = " ".join(value for kind, value in parts if kind == "given")
    family = " ".join(value for kind, value in parts if kind == "family")
    return f"{given} {family}".strip() or turn_name(
        " ".join(value for kind, value in parts if not kind)
    )
