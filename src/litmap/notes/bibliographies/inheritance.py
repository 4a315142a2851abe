"""What an entry of BibTeX has from the entries it names in `crossref` and `xdata`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from litmap.notes.bibliographies.bibtex_syntax import BibEntry

Fields = dict[str, str]

_OWN = frozenset(
    {
        "abstract", "annotation", "archiveprefix", "crossref", "doi", "entryset", "eprint",
        "eprinttype", "file", "ids", "isbn", "keywords", "label", "note", "options", "pages",
        "pmid", "primaryclass", "shorttitle", "subtitle", "title", "url", "xdata", "xref",
    }
)  # fmt: skip
"""Fields that tell a work itself: a paper does not have them from its proceedings."""
_WRITTEN_BY_ONE = {"book", "mvbook"}
_CHAPTERS = {"inbook", "bookinbook", "suppbook"}
MAX_GENERATIONS = 4
"""Entries one above the other that are looked at; some name each other in a circle."""


def inherited_fields(entries: Sequence[BibEntry]) -> list[Fields]:
    """For each entry its fields (the first of several values counts) with those it has from others.

    BibLaTeX's rules (its manual, appendix B) for what becomes of a title: that of the proceedings
    is the `booktitle` of the paper. Keys are compared without case, as BibTeX does.
    """
    by_key: dict[str, BibEntry] = {}
    for entry in entries:
        by_key.setdefault(entry.key.lower(), entry)
    return [_fields(entry, by_key, MAX_GENERATIONS) for entry in entries]


def _fields(entry: BibEntry, by_key: Mapping[str, BibEntry], generations: int) -> Fields:
    fields = dict(reversed(entry.fields))
    if not generations:
        return fields
    for name in ("xdata", "crossref"):
        for key in fields.get(name, "").split(","):
            source = by_key.get(key.strip().lower())
            if source is None or source is entry:
                continue
            given = _fields(source, by_key, generations - 1)
            if name == "crossref":
                given = _given_to(entry.type, source.type, given)
            fields = {**given, **fields}
    return fields


def _given_to(child: str, parent: str, fields: Fields) -> Fields:
    """What an entry of type `parent` gives to one of type `child` that names it."""
    given = {name: value for name, value in fields.items() if name not in _OWN}
    if not (parent in _WRITTEN_BY_ONE and child in _CHAPTERS):
        given.pop("author", None)
    title = _title_name(child, parent)
    if fields.get("title"):
        given.setdefault(title, fields["title"])
    return given


def _title_name(child: str, parent: str) -> str:
    """The field of the child in which the parent's title stands."""
    if parent == "periodical" or child == "article":
        return "journaltitle"
    return "maintitle" if parent.startswith("mv") else "booktitle"
