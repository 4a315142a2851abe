"""The user's tables, Zotero's own items and records in XML as CSL items."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from litmap.exports.ris_records import read_name
from litmap.models import BibRecord
from litmap.parsing.grammar import YEAR_SINCE_1400

ZOTERO_TYPES = {
    "journalarticle": "article-journal",
    "magazinearticle": "article-magazine",
    "newspaperarticle": "article-newspaper",
    "preprint": "article",
    "book": "book",
    "booksection": "chapter",
    "conferencepaper": "paper-conference",
    "thesis": "thesis",
    "report": "report",
    "manuscript": "manuscript",
    "webpage": "webpage",
    "blogpost": "post-weblog",
    "dataset": "dataset",
    "computerprogram": "software",
    "patent": "patent",
    "standard": "standard",
    "encyclopediaarticle": "entry-encyclopedia",
    "dictionaryentry": "entry-dictionary",
    "presentation": "speech",
    "film": "motion_picture",
    "map": "map",
    "artwork": "graphic",
    "letter": "personal_communication",
    "interview": "interview",
    "article": "article-journal",
    "article-journal": "article-journal",
    "conference": "paper-conference",
    "proceedings": "paper-conference",
    "chapter": "chapter",
}
"""Zotero's and EndNote's types without blanks, in lower case → type of an item."""
_FIELDS = {
    "title": "title",
    "publicationtitle": "container-title",
    "proceedingstitle": "container-title",
    "booktitle": "container-title",
    "journal": "container-title",
    "venue": "container-title",
    "publisher": "publisher",
    "university": "publisher",
    "institution": "publisher",
    "place": "publisher-place",
    "volume": "volume",
    "issue": "issue",
    "number": "number",
    "reportnumber": "number",
    "pages": "page",
    "numpages": "number-of-pages",
    "series": "collection-title",
    "edition": "edition",
    "thesistype": "genre",
    "type": "genre",
    "doi": "DOI",
    "url": "URL",
    "link": "URL",
    "isbn": "ISBN",
    "issn": "ISSN",
    "abstract": "abstract",
    "abstractnote": "abstract",
    "keywords": "keyword",
    "manualtags": "keyword",
    "language": "language",
    "extra": "note",
    "notes": "note",
    "shorttitle": "title-short",
    "conferencename": "event-title",
    "date": "issued",
    "year": "issued",
    "publicationyear": "issued",
    "arxiv": "archive_location",
}
"""A heading or name without blanks, in lower case → field of an item."""
_PEOPLE = {"author": "author", "authors": "author", "editor": "editor", "editors": "editor"}
_LEFT_OUT = {"key", "id", "itemtype", "citationkey", "headings", "mentions", "notices"}
_BETWEEN_NAMES = re.compile(r";| and ")
_YEAR = re.compile(YEAR_SINCE_1400)
_XML_FIELDS = {
    "title": ("titles/title", "titleInfo/title", "title"),
    "container-title": ("titles/secondary-title", "periodical/full-title"),
    "publisher": ("publisher", "originInfo/publisher"),
    "publisher-place": ("pub-location", "originInfo/place/placeTerm"),
    "volume": ("volume",),
    "issue": ("number",),
    "page": ("pages",),
    "edition": ("edition",),
    "ISBN": ("isbn",),
    "abstract": ("abstract",),
    "DOI": ("electronic-resource-num",),
    "URL": ("urls/related-urls/url",),
    "issued": ("dates/year", "originInfo/dateIssued", "date"),
    "language": ("language",),
}
"""Field of an item → ends of the paths of EndNote's, MODS' and Zotero's elements that hold it."""
_XML_AUTHORS = ("authors/author", "authors/author/style")


def item_of_table(record: BibRecord) -> dict[str, Any]:
    """A row of a table."""
    item: dict[str, Any] = {"type": _type(record.type)}
    for heading, value in record.fields:
        _fill(item, _normal(heading), heading, value)
    return item


def item_of_zotero(fields: Mapping[str, Any]) -> dict[str, Any]:
    """An item of Zotero's own JSON."""
    item: dict[str, Any] = {"type": _type(str(fields.get("itemType", "")))}
    for name, value in fields.items():
        if isinstance(value, (str, int)):
            _fill(item, _normal(name), name, str(value))
    for creator in _objects(fields.get("creators")):
        kind = str(creator.get("creatorType", "author"))
        field = kind if kind in {"editor", "translator"} else "author"
        item.setdefault(field, []).append(_creator(creator))
    tags = [str(tag.get("tag", "")) for tag in _objects(fields.get("tags"))]
    return item | ({"keyword": ", ".join(tags)} if tags else {})


def _objects(value: Any) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _creator(creator: Mapping[str, Any]) -> dict[str, str]:
    parts = (("family", "lastName"), ("given", "firstName"), ("literal", "name"))
    return {key: str(creator[name]) for key, name in parts if creator.get(name)}


def item_of_xml(record: BibRecord) -> dict[str, Any]:
    """A record of EndNote, MODS or Zotero's RDF, as far as its fields are known."""
    item: dict[str, Any] = {"type": _type(record.type)}
    for field, ends in _XML_FIELDS.items():
        if value := next(_values(record, ends), ""):
            item[field] = _issued(value) if field == "issued" else value
    item["author"] = [read_name(name) for name in _values(record, _XML_AUTHORS)]
    return item


def _values(record: BibRecord, ends: Iterable[str]) -> Any:
    for end in ends:
        for path, value in record.fields:
            if path == end or path.endswith("/" + end) or path.endswith(end + "/style"):
                yield value


def _fill(item: dict[str, Any], name: str, heading: str, value: str) -> None:
    """Puts a value where CSL has a field for it, else under `custom`."""
    if not value.strip() or name in _LEFT_OUT:
        return
    if name in _PEOPLE:
        names = (part.strip() for part in _BETWEEN_NAMES.split(value) if part.strip())
        item.setdefault(_PEOPLE[name], [read_name(part) for part in names])
    elif name in _FIELDS:
        field = _FIELDS[name]
        item.setdefault(field, _issued(value) if field == "issued" else value.strip())
        if name == "arxiv":
            item["archive"] = "arXiv"
    else:
        item.setdefault("custom", {})[heading] = value.strip()


def _issued(value: str) -> dict[str, Any]:
    match = _YEAR.search(value)
    return {"date-parts": [[int(match[0])]]} if match else {"literal": value.strip()}


def _normal(name: str) -> str:
    """'Publication Title' and 'publicationTitle' alike."""
    return re.sub(r"[\s_-]", "", name).lower()


def _type(name: str) -> str:
    return ZOTERO_TYPES.get(_normal(name), ZOTERO_TYPES.get(name.lower(), "document"))
