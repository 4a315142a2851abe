"""Sightings of one work brought together across all notes, and made into citations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from litmap.citations.grouping.author_linking import is_slip, tie_names
from litmap.citations.model import Sighting
from litmap.citations.note_scan import Reading
from litmap.models import Citation, Mention, Reference
from litmap.parsing.title_similarity import normalise_title, title_similarity

_KINDS = (
    "identifier",
    "link",
    "reference",
    "citekey",
    "number",
    "author-year",
    "pdf",
    "title",
    "name",
)
_ID_ORDER = (
    "arxiv",
    "doi",
    "openreview",
    "pmlr",
    "neurips",
    "jmlr",
    "acl",
    "pmid",
    "pmcid",
    "ieee",
    "acm",
    "s2",
    "ads",
    "inspire",
    "hal",
)


class _Union:
    """Union-find over sightings; a merge by title only is refused where the two surely are different works."""

    def __init__(self, sightings: Sequence[Sighting]) -> None:
        self.sightings = sightings
        self.parent = list(range(len(sightings)))
        self.ids: list[set[str]] = [set(s.reference.ids) for s in sightings]
        self.years: list[set[int]] = [
            {s.reference.year} if s.reference.year and s.title_known else set() for s in sightings
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
        if a == b or (by_title and self._apart(a, b)):
            return
        if b < a:
            a, b = b, a
        self.parent[b] = a
        self.ids[a] |= self.ids[b]
        self.years[a] |= self.years[b]

    def _apart(self, a: int, b: int) -> bool:
        for kind in ("arxiv:", "openreview:", "pmid:"):
            one = {i for i in self.ids[a] if i.startswith(kind)}
            two = {i for i in self.ids[b] if i.startswith(kind)}
            if one and two and not one & two:
                return True
        one = {i for i in self.ids[a] if i.startswith("doi:") and not _preprint(i)}
        two = {i for i in self.ids[b] if i.startswith("doi:") and not _preprint(i)}
        if one and two and not one & two:
            return True
        years_a, years_b = self.years[a], self.years[b]
        return (
            bool(years_a and years_b)
            and min(abs(x - y) for x in years_a for y in years_b) > 4
            and not (self.ids[a] & self.ids[b])
        )


def _preprint(identifier: str) -> bool:
    return identifier.startswith(
        (
            "doi:10.1101/",
            "doi:10.31234/",
            "doi:10.2139/ssrn",
            "doi:10.3386/",
            "doi:10.21203/",
            "doi:10.20944/",
        )
    )


def group(readings: Sequence[Reading]) -> list[Citation]:
    """All citations of the notes, in the order of their first mention."""
    sightings = [s for reading in readings for s in reading.state.sightings]
    sightings += tie_names(readings, sightings)
    union = _Union(sightings)
    by_tie: dict[str, list[int]] = defaultdict(list)
    for index, sighting in enumerate(sightings):
        for tie in sorted(sighting.ties):
            by_tie[tie].append(index)
    for weak in (False, True):
        for tie, members in by_tie.items():
            if tie.startswith("title:") == weak:
                for other in members[1:]:
                    union.join(members[0], other, by_title=weak)
    _join_near_titles(sightings, union)
    groups: dict[int, list[Sighting]] = defaultdict(list)
    for index, sighting in enumerate(sightings):
        groups[union.find(index)].append(sighting)
    citations = [
        citation for members in groups.values() if (citation := _citation(members)) is not None
    ]
    order = {reading.note.path: place for place, reading in enumerate(readings)}
    citations.sort(key=lambda c: (order.get(c.mentions[0].note, 0), c.mentions[0].line))
    return _unique_keys(citations)


def _join_near_titles(sightings: Sequence[Sighting], union: _Union) -> None:
    """Joins titles that differ by a slip of the pen; only those that begin or end alike are compared."""
    buckets: dict[str, list[tuple[str, int]]] = defaultdict(list)
    seen: set[str] = set()
    for index, sighting in enumerate(sightings):
        if not sighting.title_known:
            continue
        title = normalise_title(sighting.reference.title)
        words = title.split()
        if len(words) < 4 or title in seen:
            continue
        seen.add(title)
        for bucket in ("^" + " ".join(words[:3]), "$" + " ".join(words[-3:])):
            if len(buckets[bucket]) < 40:
                buckets[bucket].append((title, index))
    for members in buckets.values():
        for i, (title, index) in enumerate(members):
            for other, second in members[i + 1 :]:
                if union.find(index) != union.find(second) and _slips_only(title, other):
                    union.join(index, second, by_title=True)


def _slips_only(a: str, b: str) -> bool:
    """True where two normalised titles differ in the spelling of words only, no word more or less."""
    one, two = a.split(), b.split()
    if len(one) != len(two):
        return False
    odd = [(x, y) for x, y in zip(one, two, strict=True) if x != y]
    return len(odd) <= 2 and all(
        not any(map(str.isdigit, x + y)) and (is_slip(x, y) or title_similarity(x, y) >= 0.8)
        for x, y in odd
    )


# ── citations made ───────────────────────────────────────────────────────────────────────────────────────────────────
def _citation(members: list[Sighting]) -> Citation | None:
    if all(s.silent for s in members):
        return None
    shown = [s for s in members if not s.silent]
    mentions = _mentions(shown)
    if not mentions:
        return None
    reference = _merge(members)
    told = any(s.sure and (s.title_known or s.reference.ids or s.reference.venue) for s in members)
    sure = told or (bool(reference.ids) and any(s.sure for s in members))
    kind = min((m.kind for m in mentions), key=lambda k: _KINDS.index(k) if k in _KINDS else 99)
    return Citation(_key(reference, members, kind), kind, reference, mentions, sure)


def _mentions(shown: Iterable[Sighting]) -> tuple[Mention, ...]:
    ordered = sorted(shown, key=lambda s: (s.mention.note, s.mention.line))
    topics: dict[str, tuple[str, ...]] = {}
    for s in ordered:
        if not s.listed and s.mention.heading and s.mention.note not in topics:
            topics[s.mention.note] = s.mention.heading
    found: dict[tuple[str, int, str], Mention] = {}
    for s in ordered:
        mention = s.mention
        if s.listed and mention.note in topics:
            mention = replace(mention, heading=topics[mention.note])
        found.setdefault((mention.note, mention.line, mention.text), mention)
    first_note = next((s.mention.note for s in shown), "")
    return tuple(sorted(found.values(), key=lambda m: (m.note != first_note, m.note, m.line)))


def _merge(members: Sequence[Sighting]) -> Reference:
    if len(members) == 1:
        return _alone(members[0])
    ranked = sorted(
        members,
        key=lambda s: (not (s.title_known and s.listed), not s.title_known, not s.reference.ids),
    )
    titles = [s.reference.title for s in ranked if s.title_known and s.reference.title]
    authors: tuple[str, ...] = ()
    for s in ranked:
        if len(s.reference.authors) > len(authors):
            authors = s.reference.authors
    years = Counter(s.reference.year for s in ranked if s.reference.year)
    listed_year = next((s.reference.year for s in ranked if s.listed and s.reference.year), None)
    ids = dict.fromkeys(i for s in ranked for i in s.reference.ids)
    ordered = sorted(ids, key=_rank)
    urls = tuple(dict.fromkeys(u for s in ranked for u in s.reference.urls))
    venue = next((s.reference.venue for s in ranked if s.reference.venue), "")
    raw = next((s.reference.raw for s in ranked if s.reference.raw), "")
    suffix = next((s.reference.year_suffix for s in ranked if s.reference.year_suffix), "")
    number = next((s.reference.number for s in ranked if s.reference.number), "")
    year = listed_year or (years.most_common(1)[0][0] if years else None)
    return Reference(
        raw,
        titles[0] if titles else "",
        authors,
        year,
        venue,
        tuple(ordered),
        urls,
        0,
        number,
        suffix,
    )


def _alone(sighting: Sighting) -> Reference:
    """What one sighting says of its work; most works are seen once."""
    reference = sighting.reference
    ids, urls = (
        tuple(sorted(dict.fromkeys(reference.ids), key=_rank)),
        tuple(dict.fromkeys(reference.urls)),
    )
    title = reference.title if sighting.title_known else ""
    if (title, ids, urls, reference.page) == (
        reference.title,
        reference.ids,
        reference.urls,
        0,
    ) and reference.year != 0:
        return reference
    return replace(reference, title=title, ids=ids, urls=urls, page=0, year=reference.year or None)


def _rank(identifier: str) -> int:
    kind = identifier.split(":", maxsplit=1)[0]
    return _ID_ORDER.index(kind) if kind in _ID_ORDER else 99


def _key(reference: Reference, members: Sequence[Sighting], kind: str) -> str:
    if reference.ids:
        return reference.ids[0]
    if reference.title:
        return "title:" + normalise_title(reference.title)[:200]
    ties = sorted(
        tie
        for s in members
        for tie in s.ties
        if tie.startswith(("place:", "url:", "search:", "citekey:"))
    )
    return ties[0][:300] if ties else f"{kind}:{normalise_title(members[0].mention.text)[:200]}"


def _unique_keys(citations: list[Citation]) -> list[Citation]:
    seen: Counter[str] = Counter()
    unique = []
    for citation in citations:
        seen[citation.key] += 1
        count = seen[citation.key]
        unique.append(citation if count == 1 else replace(citation, key=f"{citation.key}#{count}"))
    return unique
