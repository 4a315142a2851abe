"""Names without an entry beside them linked to the works they mean, by surnames, year and note."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from litmap.citations.model import AuthorYearMention, InformalMention, Sighting, UndatedMention
from litmap.citations.note_scan import NoteScan
from litmap.citations.recognisers.author_names import NameMention
from litmap.citations.ties import Tie, reference_ties
from litmap.models import Note, NoteBlock, Reference
from litmap.parsing.languages import is_english
from litmap.parsing.person_names import surname_key
from litmap.parsing.title_similarity import normalise_title
from litmap.parsing.word_lists import load_pattern, load_words

MAX_CANDIDATES = 200
"""Works of one surname that are compared with a mention."""
MIN_SLIP = 5
"""Letters of a name from which one wrong letter is a slip of the pen."""
_CUE = re.compile(r"(?:^|[.:;(]\s|\b(?:cite|see|cf\.|also|read|e\.g\.,?|and|than) )$")
"""What leads to a work whose author is known from another: 'see Doe 1999'."""
_CONCEPT = re.compile(rf"['’]?s?[ -](?:{load_pattern('concepts_named_after_people')})\b")
"""What names together are called after: 'Lotka–Volterra equations'."""
_LEAD = re.compile(r"^(?:ex\.?|e\.g\.?|see|cf\.?|also|read|and)\s+", re.I)
_CITING = re.compile(rf"\b(?:{load_pattern('words_before_citations')})\s$", re.I)
_EVENT = re.compile(rf"[)\]]?\s(?:{load_pattern('dated_events')})")
_OPENS = re.compile(r"(?:^|\s{2}|[.:;(→–—]\s?|--?\s|\b(?:but|also|then|in|from|by|as|that)\s)$")
_TELLS = re.compile(
    rf"[)\]]?(?:['’]s\b|,? (?:{load_pattern('words_after_citations')})\b"
    r"|[,:;]\s|\s[–—(-]|[.)]|$|\s[a-z]{3,}|\s(?:1[89]|20)\d\d[A-Z])"
)
_TWO_WORDS_AND_YEAR = re.compile(r"[^\W\d_]+, [^\W\d_]+ \d{4}")
_PLACES_AND_EVENTS = load_words("places_and_events")


class _AuthoredWork:
    """A sighting as its authors and year tell it."""

    __slots__ = ("complete", "note", "sighting", "suffix", "surnames", "year")

    def __init__(self, sighting: Sighting) -> None:
        self.surnames = tuple(surname_key(name) for name in sighting.reference.authors)
        self.year = sighting.reference.year
        self.suffix = sighting.reference.year_suffix
        self.note = sighting.mention.note
        self.sighting = sighting
        self.complete = sighting.listed or sighting.title_known


def link_mentions(scans: Sequence[NoteScan], sightings: Sequence[Sighting]) -> list[Sighting]:
    """The mentions of all notes that are linked to a work, or worth a search of their own.

    Those with a year come first: they too are works that the others may mean.
    """
    works = _WorksByAuthor(sightings)
    linked = [
        sighting
        for scan in scans
        for mention in scan.author_year
        if (sighting := _link_dated(mention, works, scan.note))
    ]
    works.add(linked)
    for scan in scans:
        linked += filter(
            None, (_link_undated(mention, works, scan.note) for mention in scan.undated)
        )
        linked += filter(
            None, (_link_informal(mention, works, scan.note) for mention in scan.informal)
        )
    return linked


def _link_dated(mention: AuthorYearMention, works: _WorksByAuthor, note: Note) -> Sighting | None:
    """Names with a year: of a work of the notes, to be searched, or perhaps no mention at all."""
    names, sighting = mention.names, mention.sighting
    work = _best_work(names, works, note)
    if work is not None:
        seen = sighting.reference
        reference = Reference(seen.raw, ids=seen.ids, urls=seen.urls, number=seen.number)
        return Sighting(sighting.mention, reference, sighting.sure, work.sighting.ties)
    search = frozenset({_search_tie(names)})
    if _surely_cites(mention) or _follows_known_author(mention, works):
        ties = reference_ties(sighting.reference, title_known=sighting.title_known)
        return replace(sighting, ties=search | ties)
    if names.year and not _is_place_or_event(names):
        return replace(sighting, mention=replace(sighting.mention, kind="name"), ties=search)
    return None


def _link_undated(mention: UndatedMention, works: _WorksByAuthor, note: Note) -> Sighting | None:
    """Names without a year: of a work, of the identifier beside them, or to be searched."""
    names, place = mention.names, mention.mention
    work = _best_work(names, works, note)
    if work is not None:
        return Sighting(place, Reference(), sure=False, ties=work.sighting.ties)
    if mention.adjacent is not None:
        reference = Reference("", "", names.names, None, names.venue)
        return Sighting(place, reference, sure=False, ties=mention.adjacent.ties)
    if mention.searchable and not _CONCEPT.match(mention.block.text, names.end):
        reference = Reference(place.context, "", names.names)
        ties = frozenset({_search_tie(names, note.path)})
        return Sighting(replace(place, kind="name"), reference, sure=False, ties=ties)
    return None


def _link_informal(mention: InformalMention, works: _WorksByAuthor, note: Note) -> Sighting | None:
    """Names in looser words: of a work, or to be searched unless they are of a known author."""
    names, sighting = mention.names, mention.sighting
    work = _best_work(names, works, note) or _only_work(
        names, works, note, is_paper=not mention.known_only
    )
    if work is not None:
        return replace(sighting, ties=work.sighting.ties, reference=Reference())
    if not mention.searchable:
        return None
    told = bool(names.year or names.venue) and not mention.known_only
    if told or names.surnames[0] not in works.by_surname:
        return replace(sighting, ties=frozenset({_search_tie(names, note.path)}))
    return None


def _search_tie(names: NameMention, note: str = "") -> Tie:
    """What mentions of the same people and year share; without a year those of one note only."""
    if not names.year and not names.venue:
        return Tie.search(names.surnames, note)
    return Tie.search(names.surnames, f"{names.year or names.venue}{names.suffix}")


def _only_work(
    names: NameMention, works: _WorksByAuthor, note: Note, *, is_paper: bool
) -> _AuthoredWork | None:
    """The only work of the note by the one person named without a year: "Tilman's model".

    Where a paper is spoken of, the first author may stand for several.
    """
    if names.year is not None or len(names.surnames) > 1:
        return None
    in_note = works.of_note(names.surnames[0], note)
    work = next((work for work in in_note if work.sighting.title_known), None)
    work = work or next(iter(in_note), None)
    if work is None or not _stands_for_all(names, work, is_paper=is_paper):
        return None
    return work if all(_may_be_same(work, other) for other in in_note) else None


def _stands_for_all(names: NameMention, work: _AuthoredWork, *, is_paper: bool) -> bool:
    """True where one name may mean a work: it is its only author, or leads the others."""
    return is_paper or names.et_al or len(work.surnames) < 2


def _may_be_same(one: _AuthoredWork, two: _AuthoredWork) -> bool:
    return bool(one.sighting.ties & two.sighting.ties) or _same_authors(one, two)


# ── mentions that surely cite ────────────────────────────────────────────────────────────────────
def _surely_cites(mention: AuthorYearMention) -> bool:
    """True where names and a year cite: not 'Tokyo 2020', 'June 2014' or 'Windows 95'."""
    names, sighting, block = mention.names, mention.sighting, mention.block
    if any((sighting.title_known, names.suffix)) or _fills(names, block):
        return True
    if names.strong:
        return not (_is_after_a_comma(names, block.text) and not is_english(block.text))
    if _is_place_or_event(names) or _EVENT.match(block.text, names.end):
        return False
    before = block.text[max(0, names.start - 24) : names.start]
    citing = _CITING.search(before)
    if not is_english(block.text):  # nearly any noun may stand there: 'in Halle 2013', 'Kiel 2016'
        return citing is not None and citing.group().strip().lower() != "in"
    if citing:
        return True
    return bool(_OPENS.search(before)) and bool(_TELLS.match(block.text, names.end))


def _is_after_a_comma(names: NameMention, text: str) -> bool:
    """True where a comma alone joins two words before a bare year: 'kein Erfolg, Rostock 2017'."""
    return _TWO_WORDS_AND_YEAR.fullmatch(text, names.start, names.end) is not None


def _fills(names: NameMention, block: NoteBlock) -> bool:
    """True where a block is hardly more than the names: 'see Doe 1999'."""
    return len(_LEAD.sub("", block.text.strip())) <= names.end - names.start + 4


def _is_place_or_event(names: NameMention) -> bool:
    """True for a first name that is of a place, an event or a product, or too short for one."""
    return names.names[0].lower() in _PLACES_AND_EVENTS or len(names.names[0]) < 3


def _follows_known_author(mention: AuthorYearMention, works: _WorksByAuthor) -> bool:
    """True for another work of an author the notes cite, behind a word that leads to one."""
    names = mention.names
    if names.surnames[0] not in works.by_surname:
        return False
    return bool(_CUE.search(mention.block.text[max(0, names.start - 20) : names.start]))


# ── works that names may mean ────────────────────────────────────────────────────────────────────
class _WorksByAuthor:
    """Works by first surname; also by year and initial, for names with a slip of the pen."""

    def __init__(self, sightings: Sequence[Sighting]) -> None:
        self.by_surname: dict[str, list[_AuthoredWork]] = defaultdict(list)
        self._dated: dict[tuple[str, int | None], list[_AuthoredWork]] = defaultdict(list)
        self._by_year: dict[tuple[int, str], dict[str, list[_AuthoredWork]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._seen: set[tuple[object, ...]] = set()
        self.add(sightings)

    def add(self, sightings: Sequence[Sighting]) -> None:
        """Adds the works of sightings that have authors, each once."""
        for sighting in sightings:
            if not sighting.reference.authors or not sighting.ties:
                continue
            work = _AuthoredWork(sighting)
            mark = (work.note, work.surnames, work.year, work.suffix, sighting.ties)
            if work.surnames[0] and mark not in self._seen:
                self._seen.add(mark)
                self._add(work)

    def _add(self, work: _AuthoredWork) -> None:
        first = work.surnames[0]
        self._dated[first, work.year].append(work)
        self.by_surname[first].append(work)
        if work.year:
            self._by_year[work.year, first[:1]][first].append(work)

    def of_note(self, surname: str, note: Note) -> list[_AuthoredWork]:
        """The works of a first author that a note cites."""
        return [work for work in self.by_surname.get(surname, ()) if work.note == note.path]

    def candidates(self, names: NameMention) -> list[_AuthoredWork]:
        """Works that the names may mean."""
        first = names.surnames[0]
        if names.year is None:
            return self.by_surname.get(first, [])[:MAX_CANDIDATES]
        years = (names.year, names.year - 1, names.year + 1, None)
        works = [work for year in years for work in self._dated.get((first, year), [])]
        if not works and len(first) >= MIN_SLIP:
            of_year = self._by_year.get((names.year, first[:1]), {})
            works = [
                work
                for other, others in of_year.items()
                if is_slip(first, other)
                for work in others
            ]
        return works[:MAX_CANDIDATES]


class _Match(NamedTuple):
    """How well a work agrees with a mention."""

    score: float
    work: _AuthoredWork


def _best_work(names: NameMention, works: _WorksByAuthor, note: Note) -> _AuthoredWork | None:
    """The work that names mean; None where several do, unless one alone is of this note."""
    matches = [_Match(_agreement(names, work, note), work) for work in works.candidates(names)]
    matches = sorted(
        (match for match in matches if match.score > 0), key=lambda match: -match.score
    )
    if not matches:
        return None
    best = matches[0]
    rivals = list(_rivals(best, matches[1:]))
    if not rivals or _tells_apart(names):
        return best.work
    in_note = [match.work for match in (best, *rivals) if match.work.note == note.path]
    return in_note[0] if len(in_note) == 1 else None


def _rivals(best: _Match, others: Sequence[_Match]) -> Iterator[_Match]:
    """Other works that agree as well as the best."""
    return (
        match
        for match in others
        if match.score >= best.score - 0.01 and not _may_be_same(match.work, best.work)
    )


def _tells_apart(names: NameMention) -> bool:
    """True for what tells works of the same people apart: a year with 'b' or several names."""
    if names.suffix:
        return True
    return names.year is not None and len(names.surnames) != 1


def _same_authors(one: _AuthoredWork, two: _AuthoredWork) -> bool:
    """True for one work seen twice: the same names and year, and no two different titles."""
    if one.surnames[:3] != two.surnames[:3] or one.year != two.year:
        return False
    titles = {
        normalise_title(w.sighting.reference.title) for w in (one, two) if w.sighting.title_known
    }
    return len(titles - {""}) < 2


def is_slip(a: str, b: str) -> bool:
    """One letter wrong, missing, added, or two exchanged."""
    if abs(len(a) - len(b)) > 1 or len(b) < MIN_SLIP or a[0] != b[0]:
        return False
    if len(a) == len(b):
        return _is_exchange(a, b)
    short, long = sorted((a, b), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def _is_exchange(a: str, b: str) -> bool:
    """One letter wrong or two exchanged, in words of the same length."""
    wrong = [i for i in range(len(a)) if a[i] != b[i]]
    if len(wrong) != 2:
        return len(wrong) == 1
    i, j = wrong
    return a[i] == b[j] and a[j] == b[i]


@lru_cache(maxsize=4096)
def _all_among(names: tuple[str, ...], authors: tuple[str, ...]) -> bool:
    """True where all names are among the authors, but for a slip, and the first is the first."""
    if names[0] != authors[0] and not is_slip(names[0], authors[0]):
        return False
    return all(
        name in authors or any(is_slip(name, author) for author in authors) for name in names
    )


# ── how well names agree with a work ─────────────────────────────────────────────────────────────
def _agreement(names: NameMention, work: _AuthoredWork, note: Note) -> float:
    """How well names agree with a work: 0 for not at all, 0.8 and more for the same people."""
    near = work.note == note.path or work.note in note.uses
    if not _all_among(names.surnames, work.surnames):
        return 0.0
    if names.year is None and _says_too_little(names, work, near=near):
        return 0.0
    score = 0.8 + _year_agreement(names, work, near=near) + _suffix_agreement(names, work)
    return max(0.0, score + _completeness(names, work) + (0.2 if near else 0.0))


def _says_too_little(names: NameMention, work: _AuthoredWork, *, near: bool) -> bool:
    """True for names without a year that may be of others: one name, or two out of more authors."""
    if len(names.surnames) < 2 and not (names.et_al and near):
        return True
    return len(names.surnames) < 3 and _leaves_authors_out(names, work)


def _leaves_authors_out(names: NameMention, work: _AuthoredWork) -> bool:
    """True where a work has more authors than are named, and neither says 'et al.'."""
    if names.et_al or len(names.surnames) >= len(work.surnames):
        return False
    raw = work.sighting.reference.raw.rstrip(" ()0123456789,")
    return not raw.endswith(("al", "al."))


def _completeness(names: NameMention, work: _AuthoredWork) -> float:
    """What it counts that all authors are named, or that 'et al.' says which are not."""
    if _leaves_authors_out(names, work):
        return -0.25
    if names.et_al and work.complete and len(work.surnames) <= len(names.surnames):
        return -0.3
    return 0.2


def _suffix_agreement(names: NameMention, work: _AuthoredWork) -> float:
    """What the letters behind the years count: '1999a' is not '1999b'."""
    if not names.suffix or not work.suffix:
        return 0.0
    return 0.3 if names.suffix == work.suffix else -0.6


def _year_agreement(names: NameMention, work: _AuthoredWork, *, near: bool) -> float:
    """How well the years agree; very negative where they tell the works apart."""
    if names.year is None:
        return 0.0
    if work.year is None:
        return _undated_agreement(names, work)
    gap = abs(names.year - work.year)
    if gap == 0:
        return 0.6
    return 0.1 if gap == 1 and near and len(names.surnames) >= 2 else -9.0


def _undated_agreement(names: NameMention, work: _AuthoredWork) -> float:
    """What a work without a year counts: several names may do without, one hardly."""
    if len(names.surnames) > 1:
        return 0.0
    return -0.4 if work.sighting.listed else -9.0
