"""A work's page on any site: the `citation_*` meta tags that search engines for scholars read, and
their cousins.

https://scholar.google.com/intl/en/scholar/inclusion.html; Dublin Core and bepress name the same
things otherwise.
"""

from __future__ import annotations

import re

from litmap.models import Location, Request
from litmap.parsing.grammar import YEAR_SINCE_1600
from litmap.parsing.identifiers import doi_id, identifier_from_url, normalise_id, valid_arxiv
from litmap.parsing.meta_tags import pdf_urls, read_tags, social_title
from litmap.works.record import Record, identifiers, is_web_address, split_title, text, unique, year

NAME = "the work's page"
_IEEE = re.compile(rb"xplGlobal\.document\.metadata\s{0,3}=\s{0,3}\{")
_BETWEEN_NAMES = re.compile(r",\s*(?:and\s|&\s)?|\s(?:and|&)\s")
_BLANK = re.compile(r"\s")
_NAME_WORD = re.compile(r"[^\W\d_]")
_INITIALS = re.compile(r"(?:[A-Z]\.?-?){1,3}")
Tags = list[tuple[str, str]]
_DOI_NAMES = frozenset({"doi", "identifier", "identifier.doi", "identifier.uri", "id_number"})
_EVIDENCE = frozenset({"author", "authors", "creator", "creators_name", "doi", "pdf_url"})
"""Tags that only a work's page has, so that its title for social media is the work's."""
_NAMES = {
    "abstract": ("abstract", "description.abstract", "description"),
    "title": ("title", "citation_title"),
    "author": (
        "author",
        "authors",
        "creator",
        "creator.personalname",
        "creators_name",
        "contributor.author",
    ),
    "editor": ("editor", "editors", "editors_name"),
    "date": (
        "publication_date",
        "date",
        "online_date",
        "year",
        "cover_date",
        "issued",
        "date.issued",
        "created",
        "date.created",
        "available",
        "date.available",
        "publicationdate",
    ),
    "venue": (
        "journal_title",
        "conference_title",
        "inbook_title",
        "book_title",
        "dissertation_institution",
        "technical_report_institution",
        "publicationname",
        "source",
    ),
}


def request_for(url: str) -> Request:
    """A request for a page."""
    return Request(url, accept="text/html,application/xhtml+xml", limit=5_000_000)


def parse(body: bytes, url: str = "") -> list[Record]:
    """The record that a page's meta tags give, or []. `url` is the page's address, for relative
    links.
    """
    tags = read_tags(body)
    if b"xplGlobal" in body:
        tags += _ieee(body)
    title, marked = split_title(_first(tags, "title") or _social_title(tags, body), NAME)
    if not title:
        return []
    files = filter(is_web_address, pdf_urls(body, url))
    access = "closed" if _is_closed(tags) else "unknown"
    record = Record(
        source=NAME,
        title=title,
        authors=_people(tags, "author") or _people(tags, "editor"),
        year=next(filter(None, map(year, _all(tags, "date"))), None) or _loose_year(tags),
        venue=_first(tags, "venue"),
        abstract=text(_first(tags, "abstract")),
        ids=_ids(tags, url),
        urls=(url,) if url else (),
        locations=tuple(Location(file, "pdf", NAME, access) for file in files),
        notices=marked,
    )
    return [record]


def _ids(tags: Tags, url: str) -> tuple[str, ...]:
    """DOIs, arXiv and PubMed ids of the tags, and what the page's own address names."""
    ids = [_identifier(value) for name, value in tags if name in _DOI_NAMES]
    ids += [valid_arxiv(value) or "" for name, value in tags if name == "arxiv_id"]
    ids += [normalise_id(f"pmid:{v}") for name, v in tags if name == "pmid" and v.isdigit()]
    return identifiers([*ids, (identifier_from_url(url) or "") if url else ""])


def _identifier(value: str) -> str:
    """The DOI of a tag, or what the address in it names; '' for others, such as a shelf mark."""
    doi = doi_id(value)
    if doi is None and is_web_address(value):
        return identifier_from_url(value) or ""
    return doi or ""


def _social_title(tags: Tags, body: bytes) -> str:
    return social_title(body) if any(name in _EVIDENCE for name, _ in tags) else ""


def _people(tags: Tags, role: str) -> tuple[str, ...]:
    """The authors or editors in the order of the page; some sites put all of them into one tag."""
    values = [text(value) for name, value in tags if name in _NAMES[role]]
    return unique([name for value in values for name in split_names(value)])


def split_names(value: str) -> list[str]:
    """The names in one tag: parted by semicolons, by 'and', or by commas where each part is a whole
    name.

    'M. Halvern, J. Ostrick' and 'Halvern, Mara, Ostrick, Jonas' are two, 'Halvern, Mara' and
    'van der Berg, Ada Maria' are one.
    """
    parts = [part.strip() for part in value.split(";")]
    if len(parts) > 1:
        return list(filter(None, parts))
    listed = [part.strip() for part in _BETWEEN_NAMES.split(value)]
    listed = [part for part in listed if part]
    if len(listed) >= 4 and len(listed) % 2 == 0 and not any(map(_BLANK.search, listed)):
        return [f"{family}, {given}" for family, given in zip(*[iter(listed)] * 2, strict=True)]
    return listed if len(listed) > 1 and _are_whole_names(listed, value) else [value]


def _are_whole_names(parts: list[str], value: str) -> bool:
    """Whether each part is a person's whole name: each has initials, or there are too many parts
    for a family name and a given name.
    """
    words = [part.split() for part in parts]
    if not all(2 <= len(names) <= 4 and all(map(_NAME_WORD.match, names)) for names in words):
        return False
    has_initials = all(any(map(_INITIALS.fullmatch, names)) for names in words)
    return has_initials or len(parts) > 2 or "," not in value


def _is_closed(tags: Tags) -> bool:
    return any(name == "access" and value.lower() == "no" for name, value in tags)


def _ieee(body: bytes) -> Tags:
    """What IEEE Xplore keeps in a script instead of tags."""
    match = _IEEE.search(body[:2_000_000])
    part = body[match.start() : match.start() + 200_000].decode("utf-8", "replace") if match else ""
    found = []
    for key, name in (("doi", "doi"), ("title", "title"), ("publicationYear", "date")):
        hit = re.search(rf'"{key}"\s{{0,3}}:\s{{0,3}}"([^"\\]{{2,500}})"', part)
        if hit:
            found.append((name, text(hit.group(1))))
    people = re.search(r'"authors"\s{0,3}:\s{0,3}\[([^\]]{0,20000})\]', part)
    if people:
        found += [
            ("author", text(n))
            for n in re.findall(r'"name"\s{0,3}:\s{0,3}"([^"\\]{2,200})"', people.group(1))
        ]
    return found


def _all(tags: Tags, what: str) -> list[str]:
    return [value for wanted in _NAMES[what] for name, value in tags if name == wanted]


def _first(tags: Tags, what: str) -> str:
    return next(iter(_all(tags, what)), "")


def _loose_year(tags: Tags) -> int | None:
    for value in _all(tags, "date"):
        hit = re.search(rf"\b({YEAR_SINCE_1600})\b", value)
        if hit:
            return int(hit.group(1))
    return None
