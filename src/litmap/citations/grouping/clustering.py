"""Sightings of one work brought together across all notes, and made into citations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, combinations
from operator import attrgetter

from litmap.citations.grouping.author_linking import is_slip, link_mentions
from litmap.citations.model import Sighting
from litmap.citations.note_scan import NoteScan
from litmap.citations.ties import Tie
from litmap.models import Citation, HeadingPath, Mention, Reference
from litmap.parsing.title_similarity import normalise_title, title_similarity

_KINDS = (
    "identifier", "link", "reference", "citekey", "number", "author-year", "pdf", "title", "name",
)  # fmt: skip
"""Kinds of mentions, the strongest first."""
_ID_ORDER = (
    "arxiv", "doi", "openreview", "pmlr", "neurips", "iclr", "mlsys", "jmlr", "acl", "pmid",
    "pmcid", "ieee", "acm", "s2", "ads", "inspire", "hal",
)  # fmt: skip
"""Kinds of identifiers, the one that gives a work its key first."""
_UNIQUE_IDS = ("arxiv:", "openreview:", "pmid:")
"""Kinds of which a work has one."""
_PREPRINT_DOIS = (
    "doi:10.1101/", "doi:10.64898/", "doi:10.31234/", "doi:10.2139/ssrn", "doi:10.3386/",
    "doi:10.21203/", "doi:10.20944/",
)  # fmt: skip
"""DOIs that a work may have beside its journal's."""
_KEY_TIES = frozenset({"place", "url", "search", "citekey"})
"""Kinds of ties that may name a citation without identifier and title."""
MAX_YEARS_APART = 4
"""Most years between editions that a title alone may join."""
MAX_ALIKE = 40
"""Titles that begin or end alike and are compared with each other."""


class _UnionFind:
    """Groups of sightings; a merge by title is refused where they surely are different works."""

    def __init__(self, sightings: Sequence[Sighting]) -> None:
        self.parent = list(range(len(sightings)))
        self.ids: list[set[str]] = [set(sighting.reference.ids) for sighting in sightings]
        self.years: list[set[int]] = [
            {sighting.reference.year} if sighting.reference.year and sighting.title_known else set()
            for sighting in sightings
        ]

    def find(self, index: int) -> int:
        """The root of a sighting's group."""
        while self.parent[index] != index:
            self.parent[index] = self.parent[self.parent[index]]
            index = self.parent[index]
        return index

    def join(self, a: int, b: int, *, by_title: bool = False) -> None:
        """Merges two groups."""
        a, b = self.find(a), self.find(b)
        if a == b or (by_title and self._are_different(a, b)):
            return
        self.parent[b] = a
        self.ids[a] |= self.ids[b]
        self.years[a] |= self.years[b]

    def _are_different(self, a: int, b: int) -> bool:
        """True where identifiers, or years far apart, tell two groups of one title apart."""
        if _ids_differ(self.ids[a], self.ids[b]):
            return True
        if not self.ids[a].isdisjoint(self.ids[b]):
            return False
        gaps = [abs(one - two) for one in self.years[a] for two in self.years[b]]
        return bool(gaps) and min(gaps) > MAX_YEARS_APART


def _ids_differ(one: set[str], two: set[str]) -> bool:
    """True where both have an identifier of a kind that a work has once, and not the same."""
    for kind in _UNIQUE_IDS:
        if _disjoint(_of_kind(one, kind), _of_kind(two, kind)):
            return True
    return _disjoint(_journal_dois(one), _journal_dois(two))


def _disjoint(one: set[str], two: set[str]) -> bool:
    """True for two sets that both have members, and none in common."""
    return bool(one) and bool(two) and one.isdisjoint(two)


def _of_kind(ids: set[str], kind: str) -> set[str]:
    return {identifier for identifier in ids if identifier.startswith(kind)}


def _journal_dois(ids: set[str]) -> set[str]:
    return {doi for doi in _of_kind(ids, "doi:") if not doi.startswith(_PREPRINT_DOIS)}


# ── groups ───────────────────────────────────────────────────────────────────────────────────────
def group(scans: Sequence[NoteScan]) -> list[Citation]:
    """All citations of the notes, in the order of their first mention."""
    sightings = [sighting for scan in scans for sighting in scan.sightings]
    sightings += link_mentions(scans, sightings)
    citations = [
        citation for members in _groups(sightings) if (citation := _citation(members)) is not None
    ]
    order = {scan.path: place for place, scan in enumerate(scans)}
    citations.sort(key=lambda c: (order.get(c.mentions[0].note, 0), c.mentions[0].line))
    return _with_unique_keys(citations)


def _groups(sightings: Sequence[Sighting]) -> list[list[Sighting]]:
    """The sightings of each work: joined by sure ties, then by titles, then by similar titles."""
    groups = _UnionFind(sightings)
    members_of: dict[Tie, list[int]] = defaultdict(list)
    for index, sighting in enumerate(sightings):
        for tie in sorted(sighting.ties):
            members_of[tie].append(index)
    for by_title in (False, True):
        for tie, members in members_of.items():
            if (tie.kind == "title") is by_title:
                for other in members[1:]:
                    groups.join(members[0], other, by_title=by_title)
    _join_similar_titles(sightings, groups)
    grouped: dict[int, list[Sighting]] = defaultdict(list)
    for index, sighting in enumerate(sightings):
        grouped[groups.find(index)].append(sighting)
    return list(grouped.values())


def _join_similar_titles(sightings: Sequence[Sighting], groups: _UnionFind) -> None:
    """Joins titles that differ by slips of the pen."""
    for members in _alike(sightings):
        for (title, index), (other, second) in combinations(members, 2):
            if groups.find(index) != groups.find(second) and _slips_only(title, other):
                groups.join(index, second, by_title=True)


def _alike(sightings: Sequence[Sighting]) -> Iterator[list[tuple[str, int]]]:
    """Titles in normal form that begin or end alike, each with the index of its sighting."""
    alike: dict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    seen: set[str] = set()
    for index, sighting in enumerate(sightings):
        title = normalise_title(sighting.reference.title) if sighting.title_known else ""
        words = title.split()
        if len(words) < 4 or title in seen:
            continue
        seen.add(title)
        for border in (("^", *words[:3]), ("$", *words[-3:])):
            if len(alike[border]) < MAX_ALIKE:
                alike[border].append((title, index))
    yield from alike.values()


def _slips_only(a: str, b: str) -> bool:
    """True where normalised titles differ in the spelling of words only, no word more or less."""
    one, two = a.split(), b.split()
    if len(one) != len(two):
        return False
    odd = [(x, y) for x, y in zip(one, two, strict=True) if x != y]
    return len(odd) <= 2 and all(_is_misspelling(x, y) for x, y in odd)


def _is_misspelling(x: str, y: str) -> bool:
    """True for one word spelt in two ways; figures are not spelt."""
    if any(map(str.isdigit, x + y)):
        return False
    return is_slip(x, y) or title_similarity(x, y) >= 0.8


# ── citations made ───────────────────────────────────────────────────────────────────────────────
def _citation(members: Sequence[Sighting]) -> Citation | None:
    """The citation of a work; None where only files that were read for their keys have it."""
    shown = [sighting for sighting in members if not sighting.silent]
    if not shown:
        return None
    mentions = _mentions(shown)
    reference = _merge(members)
    kind = min((mention.kind for mention in mentions), key=_strength)
    key = _key(reference, members, kind)
    records = tuple(sighting.record for sighting in members if sighting.record)
    sure = _is_sure(reference, members)
    return Citation(key, kind, reference, mentions, sure, records=records)


def _is_sure(reference: Reference, members: Sequence[Sighting]) -> bool:
    """True where a sure sighting tells the work, or where the work has an identifier."""
    return any(sighting.sure and (reference.ids or _tells(sighting)) for sighting in members)


def _tells(sighting: Sighting) -> bool:
    """True for a sighting that names its work, by a title or a journal."""
    return sighting.title_known or bool(sighting.reference.venue)


def _strength(kind: str) -> int:
    return _KINDS.index(kind) if kind in _KINDS else len(_KINDS)


def _mentions(shown: Sequence[Sighting]) -> tuple[Mention, ...]:
    """The mentions of a work, those of its first note first, each once."""
    ordered = sorted(shown, key=lambda sighting: (sighting.mention.note, sighting.mention.line))
    topics = _topics(ordered)
    mentions: dict[tuple[str, int, str], Mention] = {}
    for sighting in ordered:
        mention = sighting.mention
        if sighting.listed and mention.note in topics:
            mention = replace(mention, heading=topics[mention.note])
        mentions.setdefault((mention.note, mention.line, mention.text), mention)
    first_note = shown[0].mention.note
    return tuple(sorted(mentions.values(), key=lambda m: (m.note != first_note, m.note, m.line)))


def _topics(ordered: Iterable[Sighting]) -> dict[str, HeadingPath]:
    """The heading of each note under which its text first cites a work."""
    topics: dict[str, HeadingPath] = {}
    for sighting in ordered:
        if not sighting.listed and sighting.mention.heading:
            topics.setdefault(sighting.mention.note, sighting.mention.heading)
    return topics


def _merge(members: Sequence[Sighting]) -> Reference:
    """All that the sightings of a work say of it; titled entries of lists are believed first."""
    if len(members) == 1:
        return _alone(members[0])
    ranked = sorted(members, key=_credibility)
    references = [sighting.reference for sighting in ranked]
    return Reference(
        raw=_first("raw", references),
        title=_first("title", [s.reference for s in ranked if s.title_known]),
        authors=max((reference.authors for reference in references), key=len),
        year=_year(ranked),
        venue=_first("venue", references),
        ids=_sorted_ids(chain.from_iterable(reference.ids for reference in references)),
        urls=_unique(chain.from_iterable(reference.urls for reference in references)),
        number=_first("number", references),
        year_suffix=_first("year_suffix", references),
    )


def _credibility(sighting: Sighting) -> tuple[bool, bool, bool]:
    """A sort key: titled entries of lists first, then titles, then identifiers."""
    titled = sighting.title_known
    return not (titled and sighting.listed), not titled, not sighting.reference.ids


def _first(name: str, references: Iterable[Reference]) -> str:
    """The first value of a field that is not empty, else ''."""
    values = map(attrgetter(name), references)
    return next(filter(None, values), "")


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    """Each value once, in the order of first appearance."""
    return tuple(dict.fromkeys(values))


def _year(ranked: Sequence[Sighting]) -> int | None:
    """The year of an entry of a list, or the one that most sightings have."""
    listed = (s.reference.year for s in ranked if s.listed)
    if year := next(filter(None, listed), None):
        return year
    years = Counter(s.reference.year for s in ranked if s.reference.year)
    return years.most_common(1)[0][0] if years else None


def _alone(sighting: Sighting) -> Reference:
    """What one sighting says of its work; most works are seen once."""
    reference = sighting.reference
    title = reference.title if sighting.title_known else ""
    several = len(reference.ids) > 1 or len(reference.urls) > 1
    if title == reference.title and not several and not reference.page and reference.year != 0:
        return reference
    return Reference(
        raw=reference.raw,
        title=title,
        authors=reference.authors,
        year=reference.year or None,
        venue=reference.venue,
        ids=_sorted_ids(reference.ids),
        urls=_unique(reference.urls),
        number=reference.number,
        year_suffix=reference.year_suffix,
    )


def _sorted_ids(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(_unique(ids), key=_rank))


def _rank(identifier: str) -> int:
    kind = identifier.split(":", maxsplit=1)[0]
    return _ID_ORDER.index(kind) if kind in _ID_ORDER else len(_ID_ORDER)


def _key(reference: Reference, members: Sequence[Sighting], kind: str) -> str:
    """A citation's key: its identifier, title, or a tie; else its mention's text."""
    if reference.ids:
        return reference.ids[0]
    if reference.title:
        return "title:" + normalise_title(reference.title)[:200]
    ties = (tie for sighting in members for tie in sighting.ties if tie.kind in _KEY_TIES)
    first = min(map(str, ties), default="")
    return first[:300] or f"{kind}:{normalise_title(members[0].mention.text)[:200]}"


def _with_unique_keys(citations: Sequence[Citation]) -> list[Citation]:
    """The citations with '#2' and so on behind keys that were given before."""
    seen: Counter[str] = Counter()
    unique = []
    for citation in citations:
        seen[citation.key] += 1
        count = seen[citation.key]
        unique.append(citation if count == 1 else replace(citation, key=f"{citation.key}#{count}"))
    return unique
