"""Records of one work made into one work; citations that turn out to be one work joined."""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from litmap.models import Fact, Location, Reference, Resolution, Work
from litmap.parsing.person_names import family_name
from litmap.parsing.title_similarity import (
    TitleMatch,
    is_distinctive,
    match_titles,
    normalise_title,
)
from litmap.works.matching import same_people, year_gap
from litmap.works.record import Record, unique

logger = logging.getLogger(__name__)

T = TypeVar("T")
MAX_OTHER_TITLES = 8
ID_KIND_ORDER = (
    "arxiv", "doi", "openreview", "pmlr", "neurips", "iclr", "mlsys", "jmlr", "acl", "pmid",
    "pmcid", "hal",
    "econstor", "inspire", "ads", "iacr", "openalex", "s2", "dblp", "ieee", "acm", "pii", "jstor",
    "philpapers", "citeseerx",
)  # fmt: skip
"""Kinds of identifiers, the surest first."""
_SOURCE_TRUST = (
    "arXiv",
    "Crossref",
    "OpenReview",
    "the work's page",
    "Europe PMC",
    "OpenAlex",
    "DBLP",
    "Semantic Scholar",
    "HAL",
    "bioRxiv",
    "CORE",
    "Unpaywall",
)


def ident_rank(ident: str) -> int:
    """Place of an id's kind in `ID_KIND_ORDER`."""
    kind = ident.partition(":")[0]
    return ID_KIND_ORDER.index(kind) if kind in ID_KIND_ORDER else len(ID_KIND_ORDER)


def same_work(one: Record | Work, two: Record | Work) -> bool:
    """Whether two records or works are one work: an id in common, or title and people with years
    that can be.

    Two different arXiv ids are two works whatever the titles say.
    """
    if _clash(one.ids, two.ids):
        return False
    if set(_sure(one.ids)) & set(_sure(two.ids)):
        return True
    match = match_titles(one.title, two.title)
    if match < TitleMatch.NEAR or same_people(one.authors, two.authors) is not True:
        return False
    is_telling = match == TitleMatch.EQUAL and is_distinctive(one.title)
    return (year_gap(one.year, two.year) or 0) <= (8 if is_telling else 2)


def _clash(one: Iterable[str], two: Iterable[str]) -> bool:
    """Whether both have arXiv ids, and none in common."""
    first = {i for i in one if i.startswith("arxiv:")}
    second = {i for i in two if i.startswith("arxiv:")}
    return bool(first and second and not first & second)


def _sure(ids: Iterable[str]) -> list[str]:
    return [i for i in ids if not i.startswith("title:")]


def group_by_work(records: Sequence[Record]) -> list[list[Record]]:
    """Records sorted into works, in the order of their first record."""
    groups: list[list[Record]] = []
    for record in records:
        home = next((g for g in groups if any(same_work(record, other) for other in g)), None)
        if home is None:
            groups.append([record])
        else:
            home.append(record)
    return groups


def work_id(ids: Sequence[str], title: str, authors: Sequence[str]) -> str:
    """The surest of the ids, or one made of title and first author."""
    sure = sorted(_sure(ids), key=ident_rank)
    if sure:
        return sure[0]
    text = f"{normalise_title(title)}|{family_name(authors[0]) if authors else ''}"
    return f"title:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def combine(records: Sequence[Record], wanted: Reference, now: str) -> Work:
    """One work out of its records, the most trusted source first for each field.

    What the note says (`wanted`) fills the rest; `now` dates the facts.
    """
    ranked = sorted(records, key=_source_rank)
    ids = _ids(ranked, wanted)
    title = ranked[0].title
    leads = _leading_records(ranked)
    people, dated, placed = leads["authors"], leads["year"], leads["venue"]
    told = leads["abstract"]
    return Work(
        id=work_id(ids, title, people.authors if people else ()),
        title=title,
        authors=people.authors if people else wanted.authors,
        year=dated.year if dated else wanted.year,
        venue=placed.venue if placed else wanted.venue,
        abstract=told.abstract if told else "",
        ids=ids,
        urls=unique([*wanted.urls, *(url for r in ranked for url in r.urls)]),
        locations=_locations(ranked),
        other_titles=_other_titles(ranked, wanted, title),
        arxiv_version=_first(r.arxiv_version for r in ranked),
        notices=unique([notice for r in ranked for notice in r.notices]),
        facts=(*_field_facts(leads, now), *_id_facts(ids, ranked, now)),
    )


def _source_rank(record: Record) -> int:
    source = record.source
    return _SOURCE_TRUST.index(source) if source in _SOURCE_TRUST else len(_SOURCE_TRUST)


def _leading_records(ranked: Sequence[Record]) -> dict[str, Record | None]:
    """For each field the record that gives it; a preprint's year and venue only where no other has
    them.
    """
    return {
        "title": ranked[0],
        "authors": _first_with(ranked, "authors"),
        "year": _first_with(_published(ranked), "year") or _first_with(ranked, "year"),
        "venue": _leading_in_venue(ranked),
        "abstract": _first_with(ranked, "abstract"),
    }


def _published(records: Sequence[Record]) -> list[Record]:
    return [record for record in records if record.source != "arXiv"]


def _leading_in_venue(ranked: Sequence[Record]) -> Record | None:
    journals = [record for record in ranked if record.venue != "arXiv"]
    return _first_with(journals, "venue") or _first_with(ranked, "venue")


def _first_with(records: Sequence[Record], name: str) -> Record | None:
    """The first record that has the field."""
    return next((record for record in records if getattr(record, name)), None)


def _first(values: Iterable[T | None]) -> T | None:
    """The first that is not empty."""
    return next((value for value in values if value), None)


def _other_titles(ranked: Sequence[Record], wanted: Reference, title: str) -> tuple[str, ...]:
    """The titles that differ from the work's own, in their last spelling, the note's at the end."""
    titles = {normalise_title(t): t for r in ranked for t in (r.title, *r.other_titles)}
    titles.setdefault(normalise_title(wanted.title), wanted.title)
    for known in ("", normalise_title(title)):
        titles.pop(known, None)
    return tuple(titles.values())[:MAX_OTHER_TITLES]


def _field_facts(leads: Mapping[str, Record | None], now: str) -> list[Fact]:
    """Where each field was learned from."""
    return [
        Fact(name, _shown(record, name), record.source, now)
        for name, record in leads.items()
        if record is not None
    ]


def _id_facts(ids: Iterable[str], ranked: Sequence[Record], now: str) -> list[Fact]:
    """Where each id was learned from."""
    return [
        Fact("id", i, next((r.source for r in ranked if i in r.ids), "the note"), now) for i in ids
    ]


def _shown(record: Record, name: str) -> str:
    value = getattr(record, name)
    text = "; ".join(value) if isinstance(value, tuple) else str(value)
    return text if name != "abstract" else f"{len(text)} letters"


def _ids(records: Sequence[Record], wanted: Reference) -> tuple[str, ...]:
    """All ids; of several arXiv ids only those of the first record that has one."""
    arxiv: list[str] = []
    others: list[str] = []
    for ids in [wanted.ids, *(r.ids for r in records)]:
        mine = [i for i in ids if i.startswith("arxiv:")]
        arxiv = arxiv or mine
        others += [i for i in ids if not i.startswith("arxiv:")]
    return unique(sorted([*arxiv[:1], *others], key=ident_rank))


def _locations(records: Sequence[Record]) -> tuple[Location, ...]:
    """The locations, of each kind and address the first that is open."""
    places: dict[tuple[str, str], Location] = {}
    for place in (place for record in records for place in record.locations):
        known = places.get((place.kind, place.url))
        if known is None or (known.access != "open" and place.access == "open"):
            places[place.kind, place.url] = place
    return tuple(places.values())


def work_from_note(wanted: Reference, title: str, now: str) -> Work:
    """A work known only from the note."""
    ids = unique(sorted(wanted.ids, key=ident_rank))
    return Work(
        id=work_id(
            ids or [f"url:{u}" for u in wanted.urls[:1] if not title], title, wanted.authors
        ),
        title=title,
        authors=wanted.authors,
        year=wanted.year,
        venue=wanted.venue,
        ids=ids,
        urls=wanted.urls,
        facts=(Fact("title", title, "the note", now),) if title else (),
    )


# ── across citations ─────────────────────────────────────────────────────────────────────────────
def merge(resolutions: Sequence[Resolution]) -> list[Resolution]:
    """The same resolutions in the same order, with one `Work` where several citations turned out to
    be one work.

    Joined are works with an id in common, or with one title and the same people; two different
    arXiv ids stay two.
    """
    sets = _WorkSets({i: r.work for i, r in enumerate(resolutions) if r.work is not None})
    for first, *others in _neighbours(sets.works).values():
        for other in others:
            sets.unite_if_same(first, other)
    joined = {root: join_works(works) for root, works in sets.members.items()}
    return [
        r if r.work is None else replace(r, work=joined[sets.root(i)])
        for i, r in enumerate(resolutions)
    ]


class _WorkSets:
    """Works by index in disjoint sets, each set one work (union-find)."""

    def __init__(self, works: Mapping[int, Work]) -> None:
        self.works = works
        self.members = {index: [work] for index, work in works.items()}
        self._parent = {index: index for index in works}

    def root(self, index: int) -> int:
        """The index that stands for the set of `index`."""
        while self._parent[index] != index:
            self._parent[index] = self._parent[self._parent[index]]
            index = self._parent[index]
        return index

    def unite_if_same(self, first: int, second: int) -> None:
        """Make the sets of two works one where any two of their works are one and no arXiv ids
        clash.
        """
        one, two = self.root(first), self.root(second)
        if one == two or not self._are_same(one, two):
            return
        one, two = sorted((one, two))
        self._parent[two] = one
        self.members[one] += self.members.pop(two)
        logger.debug("joined %s with %s", self.works[one].id, self.works[two].id)

    def _are_same(self, one: int, two: int) -> bool:
        mine, others = self.members[one], self.members[two]
        if not any(same_work(a, b) or _may_be_same(a, b) for a in mine for b in others):
            return False
        return not _clash([i for w in mine for i in w.ids], [i for w in others for i in w.ids])


def _may_be_same(one: Work, two: Work) -> bool:
    """One of them is known only from a note, and it says nothing against being the other."""
    if (one.ids and two.ids) or not one.title or not two.title:
        return False
    people = same_people(one.authors, two.authors)
    if match_titles(one.title, two.title) < TitleMatch.NEAR or people is False:
        return False
    is_near = (year_gap(one.year, two.year) or 0) <= 3
    return is_near and (is_distinctive(one.title) or people is True)


def _neighbours(works: Mapping[int, Work]) -> dict[str, list[int]]:
    """The indices of works that share an id, or the first or last words of a title: only these are
    compared.
    """
    by_key: dict[str, list[int]] = defaultdict(list)
    for index, work in works.items():
        keys = {work.id, *work.ids}
        for title in (work.title, *work.other_titles):
            words = normalise_title(title).split()
            if words:
                keys |= {"start " + " ".join(words[:3]), "end " + " ".join(words[-3:])}
        for key in keys:
            by_key[key].append(index)
    return by_key


def join_works(works: Sequence[Work]) -> Work:
    """One work out of several; the one with the surest id leads."""
    if len(works) == 1:
        return works[0]
    ranked = sorted(works, key=lambda work: (ident_rank(work.id), work.id))
    lead = ranked[0]
    journals = [work.venue for work in ranked if work.venue != "arXiv"]
    return replace(
        lead,
        authors=_first_of(ranked, "authors") or (),
        year=_first_of(ranked, "year"),
        venue=_first(journals) or lead.venue,
        abstract=_first_of(ranked, "abstract") or "",
        ids=_joined_ids(ranked),
        urls=unique([url for work in ranked for url in work.urls]),
        locations=_joined_locations(ranked),
        other_titles=_joined_titles(ranked),
        arxiv_version=_first_of(ranked, "arxiv_version"),
        notices=unique([notice for work in ranked for notice in work.notices]),
        facts=tuple(dict.fromkeys(fact for work in ranked for fact in work.facts)),
    )


def _first_of(works: Sequence[Work], name: str) -> Any:
    """The field of the first work that has it."""
    return _first(getattr(work, name) for work in works)


def _joined_ids(ranked: Sequence[Work]) -> tuple[str, ...]:
    """All ids, one of arXiv first."""
    ids = unique(sorted((i for w in ranked for i in w.ids), key=ident_rank))
    arxiv = [i for i in ids if i.startswith("arxiv:")]
    return (*arxiv[:1], *(i for i in ids if i not in arxiv))


def _joined_titles(ranked: Sequence[Work]) -> tuple[str, ...]:
    """The titles that differ from the first one."""
    own = normalise_title(ranked[0].title)
    titles = unique([t for w in ranked for t in (w.title, *w.other_titles)])
    return tuple(t for t in titles if normalise_title(t) != own)[:MAX_OTHER_TITLES]


def _joined_locations(ranked: Sequence[Work]) -> tuple[Location, ...]:
    """The locations, the first of each kind and address."""
    places: dict[tuple[str, str], Location] = {}
    for work in ranked:
        for place in work.locations:
            places.setdefault((place.kind, place.url), place)
    return tuple(places.values())
