"""Reference files in XML (Zotero's RDF, EndNote's XML, MODS), read into records as BibTeX is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from litmap.models import BibRecord
from litmap.notes.bibliographies.record import Pairs, add_records, year_in
from litmap.notes.builder import Builder
from litmap.notes.nesting import describe_cut
from litmap.parsing.name_fields import given_name_first
from litmap.parsing.safe_markup import parse_xml

Records = Iterator[tuple[Any, Pairs]]
"""XML elements with the pairs that were read from them."""

_NOT_WORKS = {"attachment", "note", "annotation"}
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_AUTHOR_ROLE = re.compile(r"\baut\b|author|creator", re.I)
_NOT_ELEMENTS = {"style", ""}
"""EndNote's fonts, and comments."""
_WEB = ("http://", "https://")


def read_xml(text: str, builder: Builder) -> None:
    """Reads the records into the builder. Raises ValueError for XML that holds none."""
    root, builder.broken = _parse(text)
    records = _DIALECTS.get(_local(root), _endnote_records)(root)
    add_records(builder, ((pairs, _record(node, dict(pairs))) for node, pairs in records))
    if not builder.blocks and builder.broken:
        raise ValueError(builder.broken)
    if not builder.blocks:
        raise ValueError("XML without references (Zotero's RDF, EndNote's XML and MODS are read)")


def _record(node: Any, values: dict[str, str]) -> BibRecord:
    """The record as it came."""
    key, kind = values.get("key", ""), values.get("type", "")
    return BibRecord("refxml", key, kind, tuple(_leaves(node)), line=node.sourceline or 1)


def _leaves(node: Any) -> Iterator[tuple[str, str]]:
    """The texts of the innermost elements below one, each with its path; fonts are no elements."""
    for child in node.iterdescendants():
        is_innermost = all(_local(inner) in _NOT_ELEMENTS for inner in child)
        if is_innermost and _local(child) not in _NOT_ELEMENTS and (words := _words(child)):
            above = list(child.iterancestors())
            path = [child, *above[: above.index(node)]]
            yield "/".join(map(_local, reversed(path))), words


# ── Elements ─────────────────────────────────────────────────────────────────────────────────────
def _parse(text: str) -> tuple[Any, str]:
    """The root element, and what was not read, '' mostly."""
    # Whatever the declaration says: the text is decoded already.
    root, errors = parse_xml(text.encode("utf-8"), encoding="utf-8", recover=True)
    return root, describe_cut(errors)


def _local(node: Any) -> str:
    """The name of an element without its namespace, '' for a comment."""
    return str(node.tag).rsplit("}", 1)[-1] if isinstance(node.tag, str) else ""


def _all(node: Any, name: str) -> list[Any]:
    """The element and those below it of this name; none below None."""
    return [child for child in node.iter() if _local(child) == name] if node is not None else []


def _first_of(node: Any, name: str, default: Any = None) -> Any:
    return next(iter(_all(node, name)), default)


def _children(node: Any, name: str) -> list[Any]:
    return [child for child in node if _local(child) == name]


def _words(node: Any) -> str:
    """All text in an element, blanks run together."""
    return " ".join("".join(node.itertext()).split())


def _text(node: Any, *names: str) -> str:
    """The text of the first filled element below the node, by the first name that has one."""
    return _first(_words(child) for name in names for child in _all(node, name))


def _first(values: Iterable[str]) -> str:
    """The first that is not empty, else ''."""
    return next(filter(None, values), "")


def _urls(values: Iterable[str]) -> Pairs:
    return [("url", value) for value in values if value.startswith(_WEB)]


def _doi(value: str) -> str:
    match = _DOI.search(value)
    return match.group().rstrip(".,;") if match else ""


# ── Zotero's RDF ─────────────────────────────────────────────────────────────────────────────────
def _zotero_records(root: Any) -> Records:
    journals = {node.get(f"{_RDF}about"): node for node in root if node.get(f"{_RDF}about")}
    for node in root:
        kind = next((child.text or "" for child in _children(node, "itemType")), "")
        if kind and kind.lower() not in _NOT_WORKS:
            hosts = _children(node, "isPartOf")
            hosts = [journals.get(host.get(f"{_RDF}resource"), host) for host in hosts]
            yield node, _zotero_pairs(node, kind, hosts)


def _zotero_pairs(node: Any, kind: str, hosts: list[Any]) -> Pairs:
    """`hosts` are the journals or books that the work is part of."""
    own = {_local(child): _words(child) for child in node if _local(child)}
    people = next(iter(_children(node, "authors")), None)
    identifiers = [_words(child) for place in (node, *hosts) for child in _all(place, "identifier")]
    return [
        ("type", kind),
        ("title", own.get("title", "")),
        *(("author", _zotero_name(person)) for person in _all(people, "Person")),
        ("year", year_in(own.get("date", ""))),
        ("venue", _first(_text(host, "title") for host in hosts) or own.get("publisher", "")),
        ("doi", _first(map(_doi, identifiers))),
        ("abstract", own.get("abstract", "")),
        *_urls(identifiers),
    ]


def _zotero_name(person: Any) -> str:
    return f"{_text(person, 'givenName', 'givenname')} {_text(person, 'surname')}".strip()


# ── EndNote's XML ────────────────────────────────────────────────────────────────────────────────
def _endnote_records(root: Any) -> Records:
    return ((node, endnote_pairs(node)) for node in _all(root, "record"))


def endnote_pairs(node: Any) -> Pairs:
    """What a <record> of EndNote's XML says."""
    kinds = [child.get("name") or "" for child in _all(node, "ref-type")]
    titles = _first_of(node, "titles", node)
    names = map(_words, _all(_first_of(node, "authors"), "author"))
    return [
        ("key", _text(node, "rec-number")),
        ("type", next(iter(kinds), "")),
        ("title", _text(titles, "title")),
        *(("author", given_name_first(name)) for name in names if name),
        ("year", year_in(_text(node, "year") or _text(node, "dates"))),
        ("venue", _endnote_venue(node, titles)),
        ("doi", _doi(_text(node, "electronic-resource-num"))),
        ("abstract", _text(node, "abstract")),
        *_urls(map(_words, _all(node, "url"))),
    ]


def _endnote_venue(node: Any, titles: Any) -> str:
    return (
        _text(titles, "secondary-title")
        or _text(_first_of(node, "periodical", node), "full-title")
        or _text(node, "publisher")
    )


# ── MODS ─────────────────────────────────────────────────────────────────────────────────────────
def _mods_records(root: Any) -> Records:
    return ((node, _mods_pairs(node)) for node in _all(root, "mods"))


def _mods_pairs(node: Any) -> Pairs:
    hosts = [child for child in _children(node, "relatedItem") if child.get("type") == "host"]
    host = next(iter(hosts), None)
    urls = (_text(location, "url") for location in _children(node, "location"))
    return [
        ("key", node.get("ID") or ""),
        ("type", _text(node, "genre")),
        ("title", _mods_title(node)),
        *(("author", _mods_name(name)) for name in _children(node, "name") if _is_author(name)),
        ("year", _mods_year(node) or _mods_year(host)),
        ("venue", _text(node, "publisher") if host is None else _text(host, "title")),
        *filter(None, map(_mods_identifier, _children(node, "identifier"))),
        ("abstract", _text(node, "abstract")),
        *(("url", url) for url in urls if url),
    ]


def _mods_title(node: Any) -> str:
    """The title as it is cited, no translated or abbreviated one, with its subtitle."""
    titles = [child for child in _children(node, "titleInfo") if not child.get("type")]
    if not titles:
        return ""
    title, subtitle = _text(titles[0], "title"), _text(titles[0], "subTitle")
    return f"{title}: {subtitle}" if subtitle else title


def _is_author(name: Any) -> bool:
    """True for a name whose roles hold an author's, or that has no role."""
    roles = " ".join(_text(role, "roleTerm") for role in _all(name, "role"))
    return not roles or bool(_AUTHOR_ROLE.search(roles))


def _mods_name(node: Any) -> str:
    parts = [(part.get("type") or "", _words(part)) for part in _all(node, "namePart")]

    def joined(wanted: str) -> str:
        return " ".join(value for kind, value in parts if kind == wanted)

    return f"{joined('given')} {joined('family')}".strip() or given_name_first(joined(""))


def _mods_year(node: Any) -> str:
    return year_in(_text(node, "dateIssued", "date", "copyrightDate"))


def _mods_identifier(node: Any) -> tuple[str, str] | None:
    kind, value = (node.get("type") or "").lower(), _words(node)
    if kind == "doi":
        return kind, _doi(value)
    if kind in {"arxiv", "pmid"}:
        return kind, value
    return ("url", value) if value.startswith("http") else None


_DIALECTS: dict[str, Callable[[Any], Records]] = {
    "RDF": _zotero_records,
    "modsCollection": _mods_records,
    "mods": _mods_records,
}
"""Name of the outermost element → the reader of its records; all other XML is read as EndNote's."""
