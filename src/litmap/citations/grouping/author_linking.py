"""Names without an entry beside them tied to the works they mean, by surnames, year and note."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from litmap.citations.model import Sighting
from litmap.citations.note_scan import Reading, work_ties
from litmap.citations.recognisers.author_names import NameMention
from litmap.models import NoteBlock, Reference
from litmap.parsing.person_names import surname_key
from litmap.parsing.title_similarity import normalise_title

_CUE = re.compile(r"(?:^|[.:;(]\s|\b(?:cite|see|cf\.|also|read|e\.g\.,?|and|than) )$")
"""What leads to a work whose author is known from another: 'see Doe 1999'."""


class _Author:
    """A work as its authors and year tell it."""

    __slots__ = ("complete", "note", "sighting", "suffix", "surnames", "year")

    def __init__(self, sighting: Sighting) -> None:
        self.surnames = tuple(surname_key(name) for name in sighting.reference.authors)
        self.year = sighting.reference.year
        self.suffix = sighting.reference.year_suffix
        self.note = sighting.mention.note
        self.sighting = sighting
        self.complete = sighting.listed or sighting.title_known


def tie_names(readings: Sequence[Reading], sightings: Sequence[Sighting]) -> list[Sighting]:
    """The sightings of names in all notes that are tied to a work, or worth a search of their own."""
    known = _Known(sightings)
    added: list[Sighting] = []
    for reading in readings:
        for block, names, sighting in reading.names:
            match = _best(names, known, reading)
            if match is not None:
                sighting.ties = set(match.sighting.ties)
                sighting.reference = replace(
                    sighting.reference, title="", authors=(), year=None, venue="", year_suffix=""
                )
                sighting.title_known = False
                added.append(sighting)
            elif _worth_a_search(names, block, sighting) or (
                names.surnames[0] in known.undated
                and _CUE.search(block.text[max(0, names.start - 20) : names.start])
            ):
                sighting.ties = {_search_key(names)}
                sighting.ties |= work_ties(sighting.reference, title_known=sighting.title_known)
                added.append(sighting)
            elif (
                names.year
                and names.names[0].lower() not in _PLACES_AND_EVENTS
                and len(names.names[0]) > 2
            ):
                sighting.mention = replace(sighting.mention, kind="name")
                sighting.ties = {_search_key(names)}
                added.append(sighting)
    known = _Known([*sightings, *added])
    for reading in readings:
        for bare in reading.bare_names:
            names, mention = bare.names, bare.mention
            match = _best(names, known, reading)
            if match is not None:
                added.append(Sighting(mention, Reference(), False, set(match.sighting.ties)))
            elif bare.beside is not None:
                reference = Reference("", "", names.names, None, names.venue)
                added.append(Sighting(mention, reference, False, set(bare.beside.ties)))
            elif bare.asked and not _CONCEPT.match(bare.block.text, names.end):
                reference = Reference(mention.context, "", names.names)
                key = _search_key(names, reading.note.path)
                added.append(Sighting(replace(mention, kind="name"), reference, False, {key}))
        added += _loose(reading, known)
    return added


def _search_key(names: NameMention, note: str = "") -> str:
    """What mentions of the same people and year share; without a year those of one note only."""
    if not names.year and not names.venue:
        return f"search:{'+'.join(names.surnames)}:{note}"
    return f"search:{'+'.join(names.surnames)}:{names.year or names.venue}{names.suffix}"


def _loose(reading: Reading, known: _Known) -> list[Sighting]:
    """The looser mentions of a note that are tied to a work, or worth asking for; those of its known people are not."""
    kept: list[Sighting] = []
    for _, names, sighting, known_only in reading.loose:
        match = _best(names, known, reading) or _only_work(
            names, known, reading, paper=not known_only
        )
        if match is not None:
            sighting.ties, sighting.reference = set(match.sighting.ties), Reference()
            kept.append(sighting)
        elif (not known_only and (names.year or names.venue)) or names.surnames[
            0
        ] not in known.undated:
            sighting.ties = {_search_key(names, reading.note.path)}
            kept.append(sighting)
    return kept


def _only_work(
    names: NameMention, known: _Known, reading: Reading, *, paper: bool
) -> _Author | None:
    """The only work of the note by the one person named without a year: "Tilman's model".

    Where a `paper` is spoken of, the first author may stand for several.
    """
    if names.year is not None or len(names.surnames) > 1:
        return None
    here = [a for a in known.undated.get(names.surnames[0], []) if a.note == reading.note.path]
    one = next((a for a in here if a.sighting.title_known), here[0] if here else None)
    if one is None or (len(one.surnames) > 1 and not names.et_al and not paper):
        return None
    others = [
        a for a in here if not (a.sighting.ties & one.sighting.ties) and not _same_authors(a, one)
    ]
    return None if others else one


_CONCEPT = re.compile(
    r"['’]?s?[ -](?:models?|equations?|theorems?|lemma|algorithms?|distribution|statistics|process|dynamics|formula|law|effect|"
    r"inequality|conjecture|hypothesis|transform|space|group|number|method|test|criterion|principle|theory|matrix|sampler|score)\b"
)
"""What names together are called after: 'Lotka–Volterra equations'."""


def _worth_a_search(names: NameMention, block: NoteBlock, sighting: Sighting) -> bool:
    """True where names and a year without an entry surely cite: not 'Tokyo 2020', 'June 2014' or 'Windows 95'."""
    if names.strong or sighting.title_known or names.suffix:
        return True
    rest = re.sub(
        r"^(?:ex\.?|e\.g\.?|see|cf\.?|also|read|and)\s+", "", block.text.strip(), flags=re.I
    )
    if len(rest) <= names.end - names.start + 4:
        return True
    if names.names[0].lower() in _PLACES_AND_EVENTS or len(names.names[0]) < 3:
        return False
    if _EVENT.match(block.text, names.end):
        return False
    before = block.text[max(0, names.start - 24) : names.start]
    return bool(_CITING.search(before)) or bool(
        _OPENS.search(before) and _TELLS.match(block.text, names.end)
    )


_CITING = re.compile(
    r"\b(?:cite|citing|see|see also|cf\.|read|reread|re-read|e\.g\.,?|following|contra|unlike|compare|than|w/|vs\.?|versus|per|via|"  # noqa: E501
    r"quoting|due to|and|or)\s$",
    re.I,
)
_EVENT = re.compile(
    r"[)\]]?\s(?:summer|winter|spring|school|workshop|conference|meeting|tutorial|lectures?|course|edition|election|talk|slides)"
)
_OPENS = re.compile(r"(?:^|\s{2}|[.:;(→–—]\s?|--?\s|\b(?:but|also|then|in|from|by|as|that)\s)$")
_TELLS = re.compile(
    r"[)\]]?(?:['’]s\b|,? (?:on|is|was|has|had|shows?|showed|argues?|argued|finds?|found|proves?|proved|gives?|gave|introduces?|introduced|"  # noqa: E501
    r"proposes?|proposed|says?|said|claims?|claimed|reports?|for the|does|did|uses?|used|makes?|made|who|which|why|how|where|what)\b"  # noqa: E501
    r"|[,:;]\s|\s[–—(-]|[.)]|$|\s[a-z]{3,}|\s(?:1[89]|20)\d\d[A-Z])"
)
_PLACES_AND_EVENTS = frozenset(
    "paris london berlin tokyo kyoto vienna rome madrid lisbon barcelona munich zurich geneva oxford cambridge boston chicago "  # noqa: SIM905
    "seattle toronto montreal vancouver beijing shanghai seoul sydney melbourne moscow rio athens sochi amsterdam brussels dublin "  # noqa: E501
    "stockholm oslo copenhagen helsinki prague warsaw budapest istanbul delhi mumbai singapore germany france italy spain japan "
    "china india russia brazil canada australia europe africa asia america american european brexit olympics windows office ios "
    "android matlab ubuntu python java latex excel word fukushima chernobyl katrina covid ebola vintage census election".split()
)


class _Known:
    """Works by first surname, and by year and initial for names with a slip of the pen."""

    def __init__(self, sightings: Sequence[Sighting]) -> None:
        self.by_name: dict[tuple[str, int | None], list[_Author]] = defaultdict(list)
        self.undated: dict[str, list[_Author]] = defaultdict(list)
        self.by_year: dict[tuple[int, str], dict[str, list[_Author]]] = defaultdict(
            lambda: defaultdict(list)
        )
        seen: set[tuple[object, ...]] = set()
        for sighting in sightings:
            if not (sighting.reference.authors and sighting.ties):
                continue
            author = _Author(sighting)
            first = author.surnames[0]
            mark = (
                author.note,
                author.surnames,
                author.year,
                author.suffix,
                tuple(sorted(sighting.ties)),
            )
            if mark in seen or not first:
                continue
            seen.add(mark)
            self.by_name[first, author.year].append(author)
            self.undated[first].append(author)
            if author.year:
                self.by_year[author.year, first[:1]][first].append(author)

    def candidates(self, names: NameMention) -> list[_Author]:
        """Works that the names may mean."""
        first = names.surnames[0]
        if names.year is None:
            return self.undated.get(first, [])[:200]
        years = (names.year, names.year - 1, names.year + 1, None)
        found = [author for year in years for author in self.by_name.get((first, year), [])]
        if not found and len(first) >= 5:
            found = [
                a
                for other, authors in self.by_year.get((names.year, first[:1]), {}).items()
                if is_slip(first, other)
                for a in authors
            ]
        return found[:200]


def _best(names: NameMention, known: _Known, reading: Reading) -> _Author | None:
    candidates = known.candidates(names)
    scored = sorted(
        (
            (score, place, author)
            for place, author in enumerate(candidates)
            if (score := _agreement(names, author, reading)) > 0
        ),
        key=lambda row: (-row[0], row[1]),
    )
    if not scored:
        return None
    best = scored[0]
    rivals = [
        row
        for row in scored[1:]
        if row[0] >= best[0] - 0.01 and not (row[2].sighting.ties & best[2].sighting.ties)
    ]
    rivals = [row for row in rivals if not _same_authors(row[2], best[2])]
    if rivals and (names.year is None or len(names.surnames) == 1) and not names.suffix:
        here = [row for row in [best, *rivals] if row[2].note == reading.note.path]
        return here[0][2] if len(here) == 1 else None
    return best[2]


def _same_authors(one: _Author, two: _Author) -> bool:
    """True for what is most likely one work seen twice: the same names and year, and no two different titles."""
    titles = {
        normalise_title(a.sighting.reference.title) for a in (one, two) if a.sighting.title_known
    }
    return one.surnames[:3] == two.surnames[:3] and one.year == two.year and len(titles - {""}) < 2


def is_slip(a: str, b: str) -> bool:
    """One letter wrong, missing, added, or two exchanged."""
    if abs(len(a) - len(b)) > 1 or len(b) < 5 or a[0] != b[0]:
        return False
    if len(a) == len(b):
        wrong = [i for i in range(len(a)) if a[i] != b[i]]
        return len(wrong) == 1 or (
            len(wrong) == 2 and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]
        )
    short, long = sorted((a, b), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


@lru_cache(maxsize=4096)
def _all_among(names: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """True where all names are among the authors, but for a slip of the pen, and the first is the first of them."""
    if names[0] != theirs[0] and not is_slip(names[0], theirs[0]):
        return False
    return all(name in theirs or any(is_slip(name, other) for other in theirs) for name in names)


def _agreement(names: NameMention, author: _Author, reading: Reading) -> float:
    here = author.note == reading.note.path or author.note in reading.note.uses
    theirs = author.surnames
    if not theirs:
        return 0.0
    if not _all_among(names.surnames, theirs):
        return 0.0
    score = 0.8 + _year_agreement(names, author, here=here)
    if names.year is None and len(names.surnames) < 2 and not (names.et_al and here):
        return 0.0
    if names.suffix and author.suffix:
        score += 0.3 if names.suffix == author.suffix else -0.6
    fewer = len(names.surnames) < len(theirs)
    if (
        not names.et_al
        and fewer
        and not author.sighting.reference.raw.rstrip(" ()0123456789,").endswith(("al", "al."))
    ):
        if names.year is None and len(names.surnames) < 3:
            return 0.0
        score -= 0.25
    elif names.et_al and author.complete and len(theirs) <= len(names.surnames):
        score -= 0.3
    else:
        score += 0.2
    return max(0.0, score + (0.2 if here else 0.0))


def _year_agreement(names: NameMention, author: _Author, *, here: bool) -> float:
    """How well the years fit; very negative where they tell the works apart."""
    if names.year is None:
        return 0.0
    if author.year is None:
        return 0.0 if len(names.surnames) > 1 else -0.4 if author.sighting.listed else -9.0
    gap = abs(names.year - author.year)
    if gap == 0:
        return 0.6
    return 0.1 if gap == 1 and len(names.surnames) >= 2 and here else -9.0
