"""Records of reference files (BibTeX, RIS, CSL-JSON, …) as references, and the fields of a
block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litmap.citations.recognisers.link_classifier import classify_link, is_non_scholarly_host
from litmap.models import NoteBlock, Reference
from litmap.parsing.identifiers import identifiers_in_field, normalise_id
from litmap.parsing.word_lists import load_words

_NON_SCHOLARLY_TYPES = load_words("non_scholarly_record_types")
_VAGUE_TYPES = frozenset({"misc", "unpublished", "", "document"})
"""Types that say nothing: the addresses tell."""
_PAGE_TYPES = frozenset({"misc", "online", "", "article", "unpublished"})
"""Types that web pages are given."""
_ID_FIELDS = frozenset({"arxiv", "pmid", "pmcid", "openreview"})
_DOI_IN_NOTE = re.compile(r"(?:doi\.org/|doi:\s?)(10\.\d{4,9}/\S+)")


def field(block: NoteBlock, name: str) -> str:
    """The first value of a field, '' where there is none."""
    for key, value in block.fields:
        if key == name:
            return value
    return ""


def record_reference(block: NoteBlock) -> tuple[Reference, bool]:
    """The reference of a reference file's record, and whether it is surely a work."""
    reference = _read_record(block)
    if reference.ids:
        return reference, True
    kind = field(block, "type").lower().replace(" ", "")
    if is_non_scholarly_record(kind, reference.urls) or is_page_record(kind, reference):
        return reference, False
    says_who = bool(reference.authors or reference.year)
    return reference, says_who and bool(reference.title or reference.venue)


def _read_record(block: NoteBlock) -> Reference:
    year = field(block, "year")[:4]
    urls = tuple(dict.fromkeys(value for name, value in block.fields if name == "url"))
    return Reference(
        raw=block.text,
        title=field(block, "title"),
        authors=tuple(value for name, value in block.fields if name == "author"),
        year=int(year) if year.isdigit() else None,
        venue=field(block, "venue"),
        ids=tuple(_record_ids(block, urls)),
        urls=urls,
    )


def _record_ids(block: NoteBlock, urls: tuple[str, ...]) -> list[str]:
    """The identifiers of a record: of its fields, its addresses, its remark."""
    ids = list(dict.fromkeys(_field_ids(block)))
    linked = [identifier for url in urls if (identifier := classify_link(url)[1])]
    ids += [identifier for identifier in linked if identifier not in ids]
    for match in _DOI_IN_NOTE.finditer(field(block, "note")):
        identifier = normalise_id("doi:" + match.group(1).rstrip(".,;"))
        if identifier and identifier not in ids:
            ids.append(identifier)
    return ids


def _field_ids(block: NoteBlock) -> Iterator[str]:
    """The identifiers that a record's fields name, with their kind before them."""
    for name, value in block.fields:
        if name == "doi":
            yield from identifiers_in_field(value)
            continue
        identifier = value if name == "id" else None
        if name in _ID_FIELDS:
            with_kind = value.lower().startswith(name + ":")
            identifier = normalise_id(value if with_kind else f"{name}:{value}")
        if identifier and ":" in identifier and not identifier.startswith("http"):
            yield identifier


def is_non_scholarly_record(kind: str, urls: tuple[str, ...]) -> bool:
    """True for a record of a talk, a page or a program, by its type or, where that is vague, its
    sites.
    """
    if kind in _NON_SCHOLARLY_TYPES:
        return True
    if kind not in _VAGUE_TYPES or not urls:
        return False
    return all(is_non_scholarly_host(url) for url in urls)


def is_page_record(kind: str, reference: Reference) -> bool:
    """True for a record that only an address names, of no scholarly site and no venue."""
    if kind not in _PAGE_TYPES or not reference.urls or reference.venue:
        return False
    return all(classify_link(url)[0] == "plain" for url in reference.urls)
