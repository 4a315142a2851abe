"""The user's BibTeX and BibLaTeX records as CSL items.

Fields and types are paired as BibLaTeX's manual and the CSL specification describe them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from litmap.models import BibRecord
from litmap.parsing.latex_text import plain_latex
from litmap.parsing.name_fields import read_people
from litmap.parsing.person_names import PersonName

TYPES = {
    "article": "article-journal",
    "book": "book",
    "mvbook": "book",
    "collection": "book",
    "mvcollection": "book",
    "proceedings": "book",
    "mvproceedings": "book",
    "reference": "book",
    "booklet": "pamphlet",
    "inbook": "chapter",
    "bookinbook": "chapter",
    "suppbook": "chapter",
    "incollection": "chapter",
    "suppcollection": "chapter",
    "inreference": "entry-encyclopedia",
    "inproceedings": "paper-conference",
    "conference": "paper-conference",
    "thesis": "thesis",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "report": "report",
    "techreport": "report",
    "manual": "report",
    "unpublished": "manuscript",
    "online": "webpage",
    "electronic": "webpage",
    "www": "webpage",
    "patent": "patent",
    "dataset": "dataset",
    "software": "software",
    "standard": "standard",
    "periodical": "periodical",
    "suppperiodical": "article-journal",
    "review": "review",
    "video": "motion_picture",
    "movie": "motion_picture",
    "audio": "song",
    "music": "song",
    "image": "graphic",
    "artwork": "graphic",
    "letter": "personal_communication",
    "legislation": "legislation",
    "jurisdiction": "legal_case",
}
"""Type of an entry → type of an item; any other is a 'document'."""
_GENRES = {
    "phdthesis": "PhD thesis",
    "phd": "PhD thesis",
    "mastersthesis": "Master's thesis",
    "mathesis": "Master's thesis",
    "bathesis": "Bachelor's thesis",
    "candthesis": "Candidate thesis",
    "techreport": "Technical report",
    "resreport": "Research report",
}
"""Type of an entry, or BibLaTeX's name in its field `type` → CSL's `genre`."""
FIELDS = {
    "journal": "container-title",
    "journaltitle": "container-title",
    "booktitle": "container-title",
    "series": "collection-title",
    "publisher": "publisher",
    "school": "publisher",
    "institution": "publisher",
    "organization": "publisher",
    "howpublished": "publisher",
    "address": "publisher-place",
    "location": "publisher-place",
    "volume": "volume",
    "volumes": "number-of-volumes",
    "issue": "issue",
    "pages": "page",
    "pagetotal": "number-of-pages",
    "chapter": "chapter-number",
    "edition": "edition",
    "version": "version",
    "type": "genre",
    "doi": "DOI",
    "url": "URL",
    "isbn": "ISBN",
    "issn": "ISSN",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "abstract": "abstract",
    "keywords": "keyword",
    "note": "note",
    "addendum": "note",
    "annote": "annote",
    "annotation": "annote",
    "language": "language",
    "langid": "language",
    "shorttitle": "title-short",
    "shortjournal": "container-title-short",
    "eventtitle": "event-title",
    "venue": "event-place",
    "pubstate": "status",
    "library": "source",
    "eid": "number",
}
"""Field of an entry → field of an item; the first that is filled counts."""
_PEOPLE = {
    "author": "author",
    "editor": "editor",
    "translator": "translator",
    "bookauthor": "container-author",
}
_READ_APART = {
    *_PEOPLE, "title", "subtitle", "number", "year", "month", "date", "urldate", "eprint",
    "archiveprefix", "eprinttype", "crossref",
}  # fmt: skip
_VERBATIM = {"doi", "url"}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""BibTeX's names of the months."""
_NUMBERED_ISSUES = {"article-journal", "periodical", "article-magazine"}
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_YEAR = re.compile(r"\d{4}")
_ESCAPED = re.compile(r"\\([_%&#~])")
_URL_COMMAND = re.compile(r"\\(?:url|href)\s*\{([^{}]*)\}")


def item_of_bibtex(record: BibRecord) -> dict[str, Any]:
    """A record in plain text: LaTeX's letters and commands read, braces taken off."""
    raw = first_values(record)
    kind = TYPES.get(record.type, "document")
    item: dict[str, Any] = {"type": kind, "title": _title(raw)}
    for name, value in raw.items():
        if name in _PEOPLE:
            item[_PEOPLE[name]] = list(map(_in_csl, read_people(value)))
        elif name in FIELDS:
            item.setdefault(FIELDS[name], plain_value(name, value))
        elif name not in _READ_APART:
            item.setdefault("custom", {})[name] = plain_value(name, value)
    if raw.get("number"):
        item.setdefault("issue" if kind in _NUMBERED_ISSUES else "number", _plain(raw["number"]))
    genre = _GENRES.get(raw.get("type", "").lower()) or item.get("genre")
    item |= {"genre": genre or _GENRES.get(record.type, ""), "page": _pages(item.get("page", ""))}
    item |= _dates(raw) | _eprint(raw)
    if item.get("archive") == "arXiv" and kind == "document":
        item["type"] = "article"  # CSL's type of preprints
    return item


def first_values(record: BibRecord) -> dict[str, str]:
    """The fields by name; the first of several values counts."""
    return dict(reversed(record.fields))


def plain_value(name: str, value: str) -> str:
    """The text of a field."""
    if name in _VERBATIM:
        return _ESCAPED.sub(r"\1", value.strip())
    return _plain(_URL_COMMAND.sub(r"\1", value))


def _plain(value: str) -> str:
    return " ".join(plain_latex(value).split())


def _title(raw: Mapping[str, str]) -> str:
    title, subtitle = _plain(raw.get("title", "")), _plain(raw.get("subtitle", ""))
    return f"{title}: {subtitle}" if title and subtitle else title or subtitle


def _pages(value: str) -> str:
    """'11--29', read as '11–29', is '11-29' in CSL."""
    return value.replace("–", "-")


def _dates(raw: Mapping[str, str]) -> dict[str, Any]:
    dates = {}
    if issued := _issued(raw):
        dates["issued"] = issued
    if accessed := _DATE.match(raw.get("urldate", "")):
        dates["accessed"] = {"date-parts": [_numbers(accessed)]}
    return dates


def _issued(raw: Mapping[str, str]) -> dict[str, Any]:
    """'2004', month 'mar' or '3', or '2004-03-02'; other words stand as they are: 'in press'."""
    if date := _DATE.match(raw.get("date", "")):
        return {"date-parts": [_numbers(date)]}
    text = _plain(raw.get("year", "") or raw.get("date", ""))
    if not _YEAR.fullmatch(text):
        return {"literal": text} if text else {}
    month = _plain(raw.get("month", "")).lower()
    number = int(month) if month.isdigit() else _month_number(month)
    return {"date-parts": [[int(text), number] if 1 <= number <= len(MONTHS) else [int(text)]]}


def _month_number(month: str) -> int:
    return MONTHS.index(month[:3]) + 1 if month[:3] in MONTHS else 0


def _numbers(match: re.Match[str]) -> list[int]:
    return [int(part) for part in match.groups() if part and int(part)]


def _eprint(raw: Mapping[str, str]) -> dict[str, str]:
    """The number in an archive, arXiv's where none is named."""
    number = raw.get("eprint", "").strip()
    if not number:
        return {}
    archive = (raw.get("archiveprefix") or raw.get("eprinttype") or "arXiv").strip()
    archive = "arXiv" if archive.lower() == "arxiv" else archive
    return {"archive": archive, "archive_location": re.sub(r"(?i)^arxiv:", "", number)}


def _in_csl(person: PersonName) -> dict[str, str]:
    """A name in CSL's parts; an organisation and 'others' are literals."""
    if person.literal:
        return {"literal": person.family}
    parts = {"family": person.family, "given": person.given, "suffix": person.suffix}
    return {key: part for key, part in parts.items() if part}
