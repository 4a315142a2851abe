"""What goes out of each work: the user's own record as it came, and what litmap adds to it.

The user's record is never overwritten. What litmap learned is added only where the record says
nothing of it, and where it cannot contradict the record: no year beside a journal of another year,
no journal on a book. Where the user has no record, all that litmap knows goes out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from litmap.exports.csl_items import Item, all_texts, item_of_record, year_of
from litmap.exports.keys import (
    LibraryWork,
    authors_of,
    citation_keys,
    headings_of,
    kind_of,
    mentioned_key,
    web_address,
)
from litmap.models import BibRecord, Mention, Work
from litmap.parsing.markup import one_line
from litmap.parsing.person_names import split_name
from litmap.parsing.title_similarity import normalise_title

_TYPES = {
    "article": "article-journal",
    "conference": "paper-conference",
    "preprint": "article",
    "thesis": "thesis",
    "report": "report",
    "book": "book",
    "other": "document",
}
"""Kind of a work → type of its item."""
_PUBLISHED_BY = {"thesis", "report", "book"}
"""Kinds of works whose venue is a publisher."""
_IN_A_VENUE = {"article-journal", "paper-conference"}
"""Types that must name what they appeared in."""
_KEYED_FORMATS = ("bibtex", "csl", "ris")
"""Formats whose keys manuscripts cite by, the usual one first."""
_INDEPENDENT = ("DOI", "archive_location", "PMID", "PMCID", "abstract", "keyword")
"""Fields that are right whatever else a record says."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One work as it goes out under its key. `record` is the user's own in the very format of the
    export; `item` all that is known, `added` those of its fields that no record of the user's has.
    """

    key: str
    work: Work
    mentions: Sequence[Mention]
    item: Item
    added: Item
    record: BibRecord | None = None
    other_keys: tuple[str, ...] = field(default=())
    tags: tuple[str, ...] = ()

    @property
    def headings(self) -> list[str]:
        """The headings under which the work is cited, each path in one text."""
        return [" / ".join(heading) for heading in headings_of(self.mentions)]


def publications(works: Sequence[LibraryWork], record_format: str) -> list[Publication]:
    """The works as they go out in the format of this name, in the order given."""
    sources = [_by_format(work, record_format) for work in works]
    own_keys = [_own_keys(work) for work in works]
    keys = citation_keys([work[0] for work in works], [keys[:1] for keys in own_keys])
    return [
        publication_of(key, work, tuple(other for other in others if other != key))
        for key, others, work in zip(keys, own_keys, sources, strict=True)
    ]


def records_of(work: LibraryWork) -> list[BibRecord]:
    """The user's own records of a work."""
    return [record for record in (work[2] if len(work) > 2 else ()) if record.fields]


def tags_of(work: LibraryWork) -> Sequence[str]:
    """The user's own tags of a work."""
    return work[3] if len(work) == 4 else ()


def _by_format(work: LibraryWork, record_format: str) -> LibraryWork:
    """The work with its records, those of this format first."""
    records = sorted(records_of(work), key=lambda record: record.format != record_format)
    return work[0], work[1], records, tags_of(work)


def _own_keys(work: LibraryWork) -> list[str]:
    """The keys by which the user cites a work, those of BibTeX first."""
    records = work[2] if len(work) > 2 else ()
    keys = [
        record.key
        for name in _KEYED_FORMATS
        for record in records
        if record.format == name and record.key
    ]
    return list(dict.fromkeys(keys)) or [key for m in work[1] if (key := mentioned_key(m))][:1]


def publication_of(key: str, work: LibraryWork, other_keys: tuple[str, ...] = ()) -> Publication:
    """A work under a key, as its first record has it and with what litmap adds."""
    records = records_of(work)
    tags = tuple(tags_of(work))
    learned = item_of_work(work[0], work[1], tags)
    if not records:
        return Publication(key, work[0], work[1], learned, learned, None, other_keys, tags)
    own = item_of_record(records[0])
    added = additions(own, learned)
    return Publication(key, work[0], work[1], own | added, added, records[0], other_keys, tags)


def item_of_work(work: Work, mentions: Sequence[Mention], tags: Sequence[str] = ()) -> Item:
    """What litmap knows of a work as a CSL item; its keywords are the headings of the notes and
    the user's tags.
    """
    kind = kind_of(work)
    arxiv = work.identifier("arxiv") or ""
    venue = "publisher" if kind in _PUBLISHED_BY else "container-title"
    fields: Item = {
        "title": work.title,
        "author": [name for author in authors_of(work) if (name := _name(author))],
        "issued": {"date-parts": [[work.year]]} if work.year else "",
        venue: work.venue,
        "DOI": work.identifier("doi") or "",
        "PMID": work.identifier("pmid") or "",
        "PMCID": work.identifier("pmcid") or "",
        "archive": "arXiv" if arxiv else "",
        "archive_location": arxiv,
        "URL": web_address(work),
        "note": "; ".join(work.notices),
        "abstract": work.abstract,
        "keyword": ", ".join(
            keyword.replace(",", ";")
            for keyword in (*(" / ".join(h) for h in headings_of(mentions)), *tags)
        ),
    }
    item = {name: one_line(v) if isinstance(v, str) else v for name, v in fields.items()}
    return {"type": _TYPES[kind]} | {name: value for name, value in item.items() if value}


def _name(author: str) -> dict[str, str]:
    """A person's name in parts, an organisation's as a literal."""
    name = split_name(author)
    if not name.given:
        return {"literal": name.family} if name.family else {}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {key: part for key, part in parts.items() if part}


# ── what is added to the user's record ───────────────────────────────────────────────────────────
def additions(own: Item, learned: Item) -> Item:
    """What litmap learned that the user's record says nothing of and that fits to it."""
    said = " ".join(all_texts(own)).casefold()
    added = {
        name: learned[name]
        for name in _INDEPENDENT
        if name in learned and name not in own and str(learned[name]).casefold() not in said
    }
    if "archive_location" in added:
        added["archive"] = learned["archive"]
    added |= {name: learned[name] for name, fits in _FITS if name in learned and fits(own, learned)}
    if _needs_address(own, learned, said, added):
        added["URL"] = learned["URL"]
    return added | _notices(own, learned, said)


def _names_nobody(own: Item, _: Item) -> bool:
    """True for a record without author and editor."""
    return not own.get("author") and not own.get("editor")


def _lacks_its_year(own: Item, learned: Item) -> bool:
    """True for a record without date whose venue, if it has one, is that of the year learned."""
    return not own.get("issued") and (
        not own.get("container-title") or _is_same_venue(own, learned)
    )


def _lacks_its_venue(own: Item, learned: Item) -> bool:
    """True for an article of no journal, from the year in which the one learned has it."""
    return (
        own.get("type") in _IN_A_VENUE
        and not own.get("container-title")
        and (not own.get("issued") or year_of(own) == year_of(learned))
    )


def _lacks_its_title(own: Item, _: Item) -> bool:
    return not own.get("title")


_FITS: tuple[tuple[str, Callable[[Item, Item], bool]], ...] = (
    ("title", _lacks_its_title),
    ("author", _names_nobody),
    ("issued", _lacks_its_year),
    ("container-title", _lacks_its_venue),
)
"""Fields that must fit to the others of a record, and whether they do."""


def _is_same_venue(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    venues = [normalise_title(str(item.get("container-title", ""))) for item in (one, other)]
    return venues[0] == venues[1]


def _needs_address(own: Item, learned: Item, said: str, added: Item) -> bool:
    """True where nothing else leads to the work."""
    known = any(name in own or name in added for name in ("URL", "DOI"))
    return "URL" in learned and not known and learned["URL"].casefold() not in said


def _notices(own: Item, learned: Item, said: str) -> Item:
    """Retractions: as the note, or beside the user's own note as an annotation."""
    notice = learned.get("note", "")
    if not notice or notice.casefold() in said:
        return {}
    return {"annote" if own.get("note") else "note": notice}
