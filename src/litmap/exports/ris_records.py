"""The user's RIS and nbib records as CSL items; tags as in Reference Manager's definition."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from litmap.models import BibRecord

TYPES = {
    "JOUR": "article-journal",
    "EJOUR": "article-journal",
    "JFULL": "periodical",
    "MGZN": "article-magazine",
    "NEWS": "article-newspaper",
    "INPR": "article-journal",
    "ABST": "article-journal",
    "BOOK": "book",
    "EBOOK": "book",
    "EDBOOK": "book",
    "CHAP": "chapter",
    "ECHAP": "chapter",
    "CONF": "paper-conference",
    "CPAPER": "paper-conference",
    "THES": "thesis",
    "RPRT": "report",
    "GOVDOC": "report",
    "UNPB": "article",
    "MANSCPT": "manuscript",
    "ELEC": "webpage",
    "ICOMM": "webpage",
    "BLOG": "post-weblog",
    "DATA": "dataset",
    "COMP": "software",
    "PAT": "patent",
    "STAND": "standard",
    "ENCYC": "entry-encyclopedia",
    "DICT": "entry-dictionary",
    "PAMP": "pamphlet",
    "SLIDE": "speech",
    "VIDEO": "motion_picture",
    "MPCT": "motion_picture",
    "SOUND": "song",
    "MUSIC": "musical_score",
    "MAP": "map",
    "ART": "graphic",
    "FIGURE": "figure",
    "PCOMM": "personal_communication",
    "BILL": "bill",
    "STAT": "legislation",
    "CASE": "legal_case",
    "HEAR": "hearing",
    "SER": "collection",
}
"""Type of a record → type of an item; any other is a 'document'."""
FIELDS = {
    "title": ("TI", "T1", "CT", "BT"),
    "container-title": ("T2", "JO", "JF", "JT", "BT", "JA", "J2", "TA"),
    "collection-title": ("T3",),
    "title-short": ("ST",),
    "container-title-short": ("J2", "JA", "TA"),
    "publisher": ("PB",),
    "publisher-place": ("CY", "PP"),
    "volume": ("VL", "VI"),
    "issue": ("IS", "IP"),
    "edition": ("ET",),
    "number-of-volumes": ("NV",),
    "chapter-number": ("SE",),
    "DOI": ("DO",),
    "URL": ("UR",),
    "abstract": ("AB", "N2"),
    "language": ("LA",),
    "PMID": ("PMID",),
    "PMCID": ("PMC",),
    "genre": ("M3",),
    "number": ("M1",),
    "source": ("DP", "DB"),
    "call-number": ("CN",),
}
"""Field of an item → tags that hold it; the first that is filled counts."""
_PEOPLE = {
    "author": ("FAU", "AU", "A1"),
    "editor": ("A2", "ED", "FED"),
    "collection-editor": ("A3",),
    "translator": ("A4",),
}
_MANY = {"keyword": ("KW", "OT", "MH"), "note": ("N1", "RN")}
_DATES = ("PY", "Y1", "DA", "DP", "YR")
_OTHERS = {"et al", "et al.", "others"}
_READ_APART = {"TY", "ID", "ER", "SP", "EP", "PG", "SN", "AU", *_DATES}
_BOOKS = {"BOOK", "EBOOK", "EDBOOK", "CHAP", "ECHAP", "CONF", "CPAPER"}
_DATE = re.compile(r"(\d{4})(?:[/-](\d{1,2})(?:[/-](\d{1,2}))?)?")


def item_of_ris(record: BibRecord) -> dict[str, Any]:
    """A record's tags in CSL's fields."""
    tags: dict[str, list[str]] = {}
    for tag, value in record.fields:
        if value.strip():
            tags.setdefault(tag, []).append(value.strip())
    item: dict[str, Any] = {"type": _type(record, tags)}
    read = set(_READ_APART)
    for field, names in FIELDS.items():
        taken = next((tag for tag in names if tag in tags and tag not in read), None)
        if taken:
            item[field] = tags[taken][0]
            read.add(taken)
    for field, names in _PEOPLE.items():
        taken = next((tag for tag in names if tag in tags), None)
        if taken:
            item[field] = [read_name(value) for value in tags[taken]]
        read.update(names)
    for field, names in _MANY.items():
        joiner = ", " if field == "keyword" else "; "
        item[field] = joiner.join(value for tag in names for value in tags.get(tag, ()))
        read.update(names)
    item |= _numbers(record, tags) | _issued(tags)
    item["custom"] = {
        tag: "; ".join(values) for tag, values in tags.items() if tag not in read and tag != "AID"
    }
    return item


def read_name(name: str) -> dict[str, str]:
    """'Family, Given, Suffix', or an organisation."""
    family, *rest = (part.strip() for part in name.split(","))
    if family.lower() in _OTHERS:
        return {"literal": "others"}
    if not rest or not rest[0]:
        return {"literal": family}
    parts = {"family": family, "given": rest[0], "suffix": ", ".join(rest[1:])}
    return {key: part for key, part in parts.items() if part}


def _type(record: BibRecord, tags: Mapping[str, list[str]]) -> str:
    """PubMed's records are articles of journals."""
    return "article-journal" if "PMID" in tags else TYPES.get(record.type.upper(), "document")


def _numbers(record: BibRecord, tags: Mapping[str, list[str]]) -> dict[str, str]:
    """Pages, and ISBN, ISSN or a report's number, which share a tag."""
    numbers = {}
    ends = [tags[tag][0] for tag in ("SP", "EP") if tag in tags]
    if pages := "-".join(dict.fromkeys(ends)) or tags.get("PG", [""])[0]:
        numbers["page"] = pages
    if serial := tags.get("SN", [""])[0]:
        kind = record.type.upper()
        field = "ISBN" if kind in _BOOKS else "number" if kind == "RPRT" else "ISSN"
        numbers[field] = serial
    return numbers


def _issued(tags: Mapping[str, list[str]]) -> dict[str, Any]:
    """The date with the most parts: '2005/03/01/' rather than '2005'."""
    found = [match for tag in _DATES if tag in tags and (match := _DATE.match(tags[tag][0]))]
    if not found:
        text = next((tags[tag][0] for tag in _DATES if tag in tags), "")
        return {"issued": {"literal": text}} if text else {}
    best = max(found, key=lambda match: sum(part is not None for part in match.groups()))
    parts = [int(part) for part in best.groups() if part and int(part)]
    return {"issued": {"date-parts": [parts]}}
