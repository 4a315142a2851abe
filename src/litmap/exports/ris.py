"""RIS, as reference managers read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from litmap.export_marks import MARKED_LINE
from litmap.exports.csl_items import Item, date_parts, family_of, names_of, text_of, year_of
from litmap.exports.keys import LibraryWork
from litmap.exports.publications import Publication, publications
from litmap.models import Mention
from litmap.parsing.markup import one_line

_TYPE = {
    "article-journal": "JOUR",
    "article-magazine": "MGZN",
    "article-newspaper": "NEWS",
    "article": "UNPB",
    "paper-conference": "CONF",
    "chapter": "CHAP",
    "book": "BOOK",
    "collection": "SER",
    "thesis": "THES",
    "report": "RPRT",
    "manuscript": "MANSCPT",
    "pamphlet": "PAMP",
    "webpage": "ELEC",
    "post": "ELEC",
    "post-weblog": "BLOG",
    "dataset": "DATA",
    "software": "COMP",
    "patent": "PAT",
    "standard": "STAND",
    "periodical": "JFULL",
    "entry-encyclopedia": "ENCYC",
    "entry-dictionary": "DICT",
    "entry": "ENCYC",
    "speech": "SLIDE",
    "motion_picture": "VIDEO",
    "song": "SOUND",
    "musical_score": "MUSIC",
    "map": "MAP",
    "graphic": "ART",
    "figure": "FIGURE",
    "personal_communication": "PCOMM",
    "bill": "BILL",
    "legislation": "STAT",
    "legal_case": "CASE",
    "hearing": "HEAR",
}
"""Type of an item → type of a record; any other is 'GEN'."""
_PEOPLE = (("author", "AU"), ("editor", "A2"), ("collection-editor", "A3"), ("translator", "A4"))
_FIELDS = (
    ("container-title", "T2"),
    ("container-title-short", "J2"),
    ("collection-title", "T3"),
    ("publisher", "PB"),
    ("publisher-place", "CY"),
    ("volume", "VL"),
    ("issue", "IS"),
    ("number", "M1"),
    ("number-of-volumes", "NV"),
    ("edition", "ET"),
    ("chapter-number", "SE"),
    ("genre", "M3"),
    ("title-short", "ST"),
    ("ISBN", "SN"),
    ("ISSN", "SN"),
    ("DOI", "DO"),
    ("URL", "UR"),
    ("language", "LA"),
    ("call-number", "CN"),
    ("abstract", "AB"),
    ("note", "N1"),
    ("annote", "N1"),
)
"""Fields that hold text, in the order in which they go out."""
_LAST = "ER"

Lines = Iterator[tuple[str, str]]
"""Tags and values."""


def to_ris(works: Sequence[LibraryWork]) -> str:
    """One record a work, in the order given.

    The user's own records keep their tags as they are. Keywords are the headings below which the
    reader cites it where the record has none, notes the lines where.
    """
    return MARKED_LINE + "\n".join(map(_record, publications(works, "ris")))


def _record(publication: Publication) -> str:
    record = publication.record
    if record and record.format == "ris" and record.fields[0][0] == "TY":
        own = [(tag, value) for tag, value in record.fields if tag != _LAST]
        if not record.key:
            own.insert(1, ("ID", publication.key))
        lines = [*own, *_item_lines(publication.added)]
    else:
        kind = _TYPE.get(publication.item.get("type", ""), "GEN")
        lines = [("TY", kind), ("ID", publication.key), *_item_lines(publication.item)]
    lines += _mention_lines(publication.mentions)
    values = ((tag, one_line(value)) for tag, value in lines)
    return "".join(f"{tag}  - {value}\n" for tag, value in values if value) + f"{_LAST}  - \n"


def _item_lines(item: Item) -> Lines:
    yield "TI", text_of(item, "title")
    for field, tag in _PEOPLE:
        yield from ((tag, _person(name)) for name in names_of(item, field))
    yield from _dates(item)
    for field, tag in _FIELDS:
        yield tag, text_of(item, field)
    yield from _pages(text_of(item, "page"))
    if archived := text_of(item, "archive_location"):
        yield "AN", ":".join(filter(None, (text_of(item, "archive"), archived)))
    yield "AN", f"PMID:{item['PMID']}" if item.get("PMID") and not archived else ""
    yield from (("KW", word) for word in text_of(item, "keyword").split(", "))
    custom = item.get("custom")
    for name, value in custom.items() if isinstance(custom, dict) else ():
        yield "N1", f"{name}: {value}"


def _dates(item: Item) -> Lines:
    """The year, and the whole date where more of it is known: '2005/03/01/'."""
    yield "PY", str(year_of(item) or "")
    parts = date_parts(item, "issued")
    if len(parts) > 1:
        year, month, day = [f"{part:02d}" for part in parts[:3]] + [""] * (3 - len(parts[:3]))
        yield "DA", f"{year}/{month}/{day}/"


def _pages(pages: str) -> Lines:
    first, _, last = pages.partition("-")
    yield "SP", first
    yield "EP", last


def _mention_lines(mentions: Sequence[Mention]) -> Lines:
    for mention in mentions:
        yield "N1", f"{mention.note}:{mention.line}"


def _person(name: dict[str, str]) -> str:
    """'Family, Given, Suffix'; an organisation as it is; 'et al.' for others."""
    if name.get("literal") == "others":
        return "et al."
    family = family_of(name) or name.get("literal", "")
    return ", ".join(filter(None, (family, name.get("given", ""), name.get("suffix", ""))))
