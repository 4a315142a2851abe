"""Records of one work made into one work; citations that turn out to be one work joined."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from litmap.models import Fact, Location, Reference, Resolution, Work
from litmap.parsing.person_names import family_name
from litmap.parsing.title_similarity import (
    TitleMatch,
    is_distinctive,
    match_titles,
    normalise_title,
)
from litmap.works.matching import same_people
from litmap.works.record import Record, unique

ORDER = (
    "arxiv", "doi", "openreview", "pmlr", "neurips", "jmlr", "acl", "pmid", "pmcid", "hal", "inspire", "ads", "iacr",
    "openalex", "s2", "dblp", "ieee", "acm", "pii", "jstor", "philpapers", "citeseerx",
)  # fmt: skip
"""Kinds of identifiers, the surest first."""
_TRUST = (
    "arXiv",
    "Crossref",
    "OpenReview",
    "the work's page",
    "OpenAlex",
    "DBLP",
    "Semantic Scholar",
    "Unpaywall",
)


def ident_rank(ident: str) -> int:
    """Place of an id's kind in `ORDER`."""
    kind = ident.partition(":")[0]
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def same_work(one: Record | Work, two: Record | Work) -> bool:
    """Whether two records or works are one work: an id in common, or title and people with years that can be.

    Two different arXiv ids are two works whatever the titles say.
    """
    if _clash(one.ids, two.ids):
        return False
    if set(_sure(one.ids)) & set(_sure(two.ids)):
        return True
    match = match_titles(one.title, two.title)
    if match < TitleMatch.NEAR or same_people(one.authors, two.authors) is not True:
        return False
    gap = abs(one.year - two.year) if one.year and two.year else 0
    if match == TitleMatch.EQUAL and is_distinctive(one.title):
        return gap <= 8
    return gap <= 2


def _clash(one: Iterable[str], two: Iterable[str]) -> bool:
    mine = {i for i in one if i.startswith("arxiv:")}
    theirs = {i for i in two if i.startswith("arxiv:")}
    return bool(mine and theirs and not mine & theirs)


def _sure(ids: Iterable[str]) -> list[str]:
    return [i for i in ids if not i.startswith("title:")]


def groups(records: Sequence[Record]) -> list[list[Record]]:
    """Records sorted into works, in the order of their first record."""
    found: list[list[Record]] = []
    for record in records:
        home = next(
            (group for group in found if any(same_work(record, other) for other in group)), None
        )
        if home is None:
            found.append([record])
        else:
            home.append(record)
    return found


def work_id(ids: Sequence[str], title: str, authors: Sequence[str]) -> str:
    """The surest of the ids, or one made of title and first author."""
    sure = sorted(_sure(ids), key=ident_rank)
    if sure:
        return sure[0]
    text = f"{normalise_title(title)}|{family_name(authors[0]) if authors else ''}"
    return f"title:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def combine(records: Sequence[Record], want: Reference, now: str) -> Work:
    """One work out of its records, the most trusted source first for each field; what the note says fills the rest."""
    ranked = sorted(
        records, key=lambda r: _TRUST.index(r.source) if r.source in _TRUST else len(_TRUST)
    )
    ids = _ids(ranked, want)
    title = ranked[0].title
    others = {normalise_title(t): t for r in ranked for t in (r.title, *r.other_titles)}
    others.setdefault(normalise_title(want.title), want.title)
    for known in ("", normalise_title(title)):
        others.pop(known, None)
    printed = next((r for r in ranked if r.source != "arXiv" and r.year), None)
    dated = printed or next((r for r in ranked if r.year), None)
    placed = next((r for r in ranked if r.venue and r.venue != "arXiv"), None) or next(
        (r for r in ranked if r.venue), None
    )
    told = next((r for r in ranked if r.abstract), None)
    people = next((r for r in ranked if r.authors), None)
    chosen = (
        ("title", ranked[0]),
        ("authors", people),
        ("year", dated),
        ("venue", placed),
        ("abstract", told),
    )
    facts = [
        Fact(name, _shown(record, name), record.source, now)
        for name, record in chosen
        if record is not None
    ]
    facts += [
        Fact("id", i, next((r.source for r in ranked if i in r.ids), "the note"), now) for i in ids
    ]
    return Work(
        id=work_id(ids, title, people.authors if people else ()),
        title=title,
        authors=people.authors if people else want.authors,
        year=dated.year if dated else want.year,
        venue=placed.venue if placed else want.venue,
        abstract=told.abstract if told else "",
        ids=ids,
        urls=unique([*want.urls, *(u for r in ranked for u in r.urls)]),
        locations=_locations(ranked),
        other_titles=tuple(others.values())[:8],
        arxiv_version=next((r.arxiv_version for r in ranked if r.arxiv_version), None),
        notices=unique([n for r in ranked for n in r.notices]),
        facts=tuple(facts),
    )


def _shown(record: Record, name: str) -> str:
    value = getattr(record, name)
    text = "; ".join(value) if isinstance(value, tuple) else str(value)
    return text if name != "abstract" else f"{len(text)} letters"


def _ids(records: Sequence[Record], want: Reference) -> tuple[str, ...]:
    """All ids; of several arXiv ids only those of the first record that has one."""
    arxiv: list[str] = []
    found: list[str] = []
    for ids in [want.ids, *(r.ids for r in records)]:
        mine = [i for i in ids if i.startswith("arxiv:")]
        arxiv = arxiv or mine
        found += [i for i in ids if not i.startswith("arxiv:")]
    return unique(sorted([*arxiv[:1], *found], key=ident_rank))


def _locations(records: Sequence[Record]) -> tuple[Location, ...]:
    seen: dict[tuple[str, str], Location] = {}
    for record in records:
        for spot in record.locations:
            known = seen.get((spot.kind, spot.url))
            if known is None or (known.access != "open" and spot.access == "open"):
                seen[spot.kind, spot.url] = spot
    return tuple(seen.values())


def from_note(want: Reference, title: str, now: str) -> Work:
    """A work known only from the note."""
    ids = unique(sorted(want.ids, key=ident_rank))
    return Work(
        id=work_id(ids or [f"url:{u}" for u in want.urls[:1] if not title], title, want.authors),
        title=title,
        authors=want.authors,
        year=want.year,
        venue=want.venue,
        ids=ids,
        urls=want.urls,
        facts=(Fact("title", title, "the note", now),) if title else (),
    )


# ── across citations ─────────────────────────────────────────────────────────────────────────────────────────────────
def merge(resolutions: Sequence[Resolution]) -> list[Resolution]:
    """The same resolutions in the same order, with one `Work` where several citations turned out to be one work.

    Joined are works with an id in common, or with one title and the same people; two different arXiv ids stay two.
    """
    works = [(index, r.work) for index, r in enumerate(resolutions) if r.work is not None]
    parent = {index: index for index, _ in works}
    members = {index: [work] for index, work in works}

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for key in _neighbours(works).values():
        for index, _ in key[1:]:
            one, two = root(key[0][0]), root(index)
            if one != two and any(
                same_work(a, b) or _alike(a, b) for a in members[one] for b in members[two]
            ):
                if _clash(
                    [i for w in members[one] for i in w.ids],
                    [i for w in members[two] for i in w.ids],
                ):
                    continue
                one, two = min(one, two), max(one, two)
                parent[two] = one
                members[one] += members.pop(two)
    joined = {
        index: join(found) if len(found) > 1 else found[0] for index, found in members.items()
    }
    return [
        r if r.work is None else replace(r, work=joined[root(i)]) for i, r in enumerate(resolutions)
    ]


def _alike(one: Work, two: Work) -> bool:
    """One of them is known only from a note, and it says nothing against being the other."""
    if all(work.ids for work in (one, two)) or one.title == "" or two.title == "":
        return False
    if (
        match_titles(one.title, two.title) < TitleMatch.NEAR
        or same_people(one.authors, two.authors) is False
    ):
        return False
    gap = abs(one.year - two.year) if one.year and two.year else 0
    return gap <= 3 and (is_distinctive(one.title) or same_people(one.authors, two.authors) is True)


def _neighbours(works: Sequence[tuple[int, Work]]) -> dict[str, list[tuple[int, Work]]]:
    """Works that share an id, or the first words of a title: only these are compared."""
    found: dict[str, list[tuple[int, Work]]] = defaultdict(list)
    for index, work in works:
        keys = {work.id, *work.ids}
        for title in (work.title, *work.other_titles):
            words = normalise_title(title).split()
            if words:
                keys |= {"start " + " ".join(words[:3]), "end " + " ".join(words[-3:])}
        for key in keys:
            found[key].append((index, work))
    return found


def join(works: Sequence[Work]) -> Work:
    """One work out of several; the one with the surest id leads."""
    ranked = sorted(works, key=lambda w: (ident_rank(w.id), w.id))
    lead = ranked[0]
    ids = unique(sorted((i for w in ranked for i in w.ids), key=ident_rank))
    arxiv = [i for i in ids if i.startswith("arxiv:")][:1]
    titles = unique([t for w in ranked for t in (w.title, *w.other_titles)])
    known = {normalise_title(lead.title)}
    spots: dict[tuple[str, str], Location] = {}
    for work in ranked:
        for spot in work.locations:
            spots.setdefault((spot.kind, spot.url), spot)
    return replace(
        lead,
        authors=next((w.authors for w in ranked if w.authors), ()),
        year=next((w.year for w in ranked if w.year), None),
        venue=next((w.venue for w in ranked if w.venue and w.venue != "arXiv"), lead.venue),
        abstract=next((w.abstract for w in ranked if w.abstract), ""),
        ids=tuple(arxiv + [i for i in ids if not i.startswith("arxiv:")]),
        urls=unique([u for w in ranked for u in w.urls]),
        locations=tuple(spots.values()),
        other_titles=tuple(t for t in titles if normalise_title(t) not in known)[:8],
        arxiv_version=next((w.arxiv_version for w in ranked if w.arxiv_version), None),
        notices=unique([n for w in ranked for n in w.notices]),
        facts=tuple(dict.fromkeys(f for w in ranked for f in w.facts)),
    )
