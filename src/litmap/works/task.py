"""One citation on its way to a work: what the note says, what the sources said, and what that
amounts to.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from litmap.errors import Challenged, TooLarge, Unsafe, WebError
from litmap.models import Choice, Citation, Lookups, Reference, Resolution, Work
from litmap.parsing.identifiers import identifier_from_url, normalise_id
from litmap.parsing.title_similarity import normalise_title
from litmap.works.disclosure import NOT_LOOKED_UP, may_look_up, may_search
from litmap.works.informal_matching import (
    best_by_people,
    context_of,
    has_system_name,
    headings_of,
    is_labelled_otherwise,
    is_nickname,
    judge_title_part,
    matches_adjacent_author,
    people_score,
)
from litmap.works.matching import (
    Verdict,
    authors_agree,
    best,
    best_title_match,
    judge,
    year_gap,
)
from litmap.works.merging import combine, group_by_work, same_work, work_from_note
from litmap.works.record import Record, unique
from litmap.works.resume import EarlierAnswer, is_optional_trouble, record_of
from litmap.works.sources import landing

logger = logging.getLogger(__name__)

MAX_CANDIDATES = 5
"""Works that are shown where several may be meant, those that fit best first."""
_KINDS_KEPT = frozenset({"author-year", "pdf"})
"""Kinds of citations that are kept although no source confirms them."""
_KINDS_WITHOUT_TITLE = frozenset({"link", "author-year"})
"""Kinds of citations whose title is not the note's own: it contradicts no id."""


@dataclass(eq=False)
class ResolutionTask:
    """A citation being resolved: what is wanted, and the records that the sources gave.

    `by_id` are records found by an id of the note, `by_title` those found by title, `by_people` by
    people and year; `supplements` add to a work already found. `asked` holds the sources asked,
    with the trouble they had or '', `unanswered` those that did not answer. `chosen_by_user`: the
    id is the user's decision. `only` names the sources to ask, all where None: those that did not
    answer an earlier run, which `is_resumed` with the work that it found. `lookups` is what may be
    asked about (`works.disclosure`).
    """

    citation: Citation
    wanted: Reference
    by_id: list[Record] = field(default_factory=list)
    by_title: list[Record] = field(default_factory=list)
    supplements: list[Record] = field(default_factory=list)
    by_people: list[Record] = field(default_factory=list)
    title_parts: list[str] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    unanswered: dict[str, None] = field(default_factory=dict)
    chosen_by_user: bool = False
    only: frozenset[str] | None = None
    is_resumed: bool = False
    lookups: str = Lookups.ALL

    @property
    def ids(self) -> tuple[str, ...]:
        """Identifiers the note gives."""
        return self.wanted.ids

    @property
    def title(self) -> str:
        """The title the note gives; '' where what it gives is too little to search for."""
        words = normalise_title(self.wanted.title).split()
        is_telling_word = len(words) == 1 and (len(words[0]) >= 8 or self.is_system_name)
        return self.wanted.title if len(words) >= 2 or is_telling_word else ""

    @property
    def is_system_name(self) -> bool:
        """Whether the note gives a system's name and a year: 'Dryad' of 2007."""
        return (
            bool(self.wanted.year)
            and self.citation.kind in {"title", "pdf"}
            and is_nickname(self.wanted.title)
        )

    # ── records come in ──
    def add_matching(self, records: Iterable[Record]) -> None:
        """Keep the records that are about this citation, as far as ids and titles tell."""
        for record in records:
            if set(record.ids) & set(self.ids):
                self.by_id.append(record)
            elif self.verdict(record) != Verdict.OTHER:
                self.by_title.append(record)
            else:
                logger.debug("%s: %s is another work", self.citation.key, record.ids[:1])

    def add_by_people(self, records: Iterable[Record]) -> None:
        """Keep the records by the people and of the year that the note names."""
        records = list(records)
        self.add_matching(records)
        context = context_of(self.citation)
        self.by_people += [r for r in records if people_score(self.wanted, context, r) > 0]

    def add_supplements(self, records: Iterable[Record]) -> None:
        """Keep the records that are of the work found so far."""
        found = self.records()
        for record in records:
            if self._shares_id(record) or any(same_work(record, other) for other in found):
                self.supplements.append(record)

    def _shares_id(self, record: Record) -> bool:
        """Whether a record has an id of one that was added before."""
        return any(set(record.ids) & set(other.ids) for other in self.supplements)

    def verdict(self, record: Record) -> Verdict:
        """Whether a record found by its title is the one meant, by the whole title or by a part of
        the note's line.
        """
        whole = judge(self.wanted, record) if self.title else Verdict.OTHER
        if whole == Verdict.SAME or self._is_told_by_context(record):
            return Verdict.SAME
        parts = (judge_title_part(part, self.citation, record) for part in self.title_parts)
        return max(whole, best(parts))

    def _is_told_by_context(self, record: Record) -> bool:
        """The first author is named beside the title, or the title is a system's name."""
        if self.title and matches_adjacent_author(self.wanted, self.citation, record):
            return True
        return self.is_system_name and has_system_name(self.wanted, record)

    def fail(self, source: str, error: WebError) -> None:
        """Remember that a source did not answer."""
        is_silent = error.transient or _is_cut_off(source, error)
        self.asked[source] = error.message if is_silent else self.asked.get(source, "")
        if is_silent or isinstance(error, Challenged):
            self.unanswered[source] = None

    @property
    def may_look_up(self) -> bool:
        """Whether anything of this citation may be sent; what the user chose may."""
        return self.chosen_by_user or may_look_up(self.citation, self.lookups)

    def may_search(self) -> bool:
        """Whether title and people may be sent: the note's own where it names a work, those of a
        record that was found by an identifier always.
        """
        return may_search(self.citation, self.lookups) or (self.may_look_up and bool(self.by_id))

    def may_ask(self, source: str) -> bool:
        """Whether a source is to be asked in this run: all of them about a work that was found only
        now, as none could be asked for its title before.
        """
        if self.only is None or source in self.only:
            return True
        return not self.is_resumed and bool(self.records())

    # ── what they amount to ──
    def records(self) -> list[Record]:
        """The records of the work this citation is, as far as known now; [] where none or several
        works agree.
        """
        if self.by_id:
            return [] if self.is_contradicted() else self._with_same_work(self.by_id, self.by_title)
        candidates = self.candidates(Verdict.SAME)
        if candidates:
            return candidates[0] if len(candidates) == 1 else []
        return self._records_by_people() if self.by_people else []

    def known_records(self) -> list[Record]:
        """The records of the work found, with those that add to it."""
        return [*self.records(), *self.supplements]

    def _with_same_work(self, records: list[Record], others: Iterable[Record]) -> list[Record]:
        """The records, and those of the others that are of the same work."""
        return records + [r for r in others if any(same_work(r, record) for record in records)]

    def _records_by_people(self) -> list[Record]:
        """The work by the people named that stands out; [] where none does."""
        groups = group_by_work(self.by_people)
        context, headings = context_of(self.citation), headings_of(self.citation)
        scores = [
            max(people_score(self.wanted, context, r, headings) for r in group) for group in groups
        ]
        exact = [any(r.year == self.wanted.year for r in group) for group in groups]
        chosen = best_by_people(scores, exact)
        if chosen < 0 or is_labelled_otherwise(self.wanted, context, groups[chosen], headings):
            return []
        return groups[chosen]

    def candidates(self, verdict: Verdict) -> list[list[Record]]:
        """Groups of records by work, each with a member judged at least `verdict`; the nearest
        title first.
        """
        groups = group_by_work(self.by_title)
        good = [group for group in groups if best(map(self.verdict, group)) >= verdict]
        if len(good) > 1:
            scores = [max(self._nearness(r) for r in group) for group in good]
            top = max(scores)
            good = [group for group, score in zip(good, scores, strict=True) if score >= top - 0.5]
        return good

    def _nearness(self, record: Record) -> float:
        """A match, lowered by other people and years; differences under .5 do not decide."""
        match = max(
            best_title_match(title, record) for title in (self.wanted.title, *self.title_parts)
        )
        agree = authors_agree(self.wanted.authors, record.authors)
        gap = year_gap(self.wanted.year, record.year) or 0
        return float(match) + _AGREEMENT[agree] - 0.3 * min(gap, 5)

    def is_contradicted(self) -> bool:
        """The note's id leads to a work with quite another title by other people: one of the two is
        a mistake.
        """
        words = normalise_title(self.wanted.title).split()
        if len(words) < 4 or self.citation.kind in _KINDS_WITHOUT_TITLE:
            return False
        return not any(self._may_be(record, set(words)) for record in self.by_id)

    def _may_be(self, record: Record, words: set[str]) -> bool:
        """Whether a record's people, or some words of its title, are those of the note."""
        agree = authors_agree(self.wanted.authors, record.authors)
        if agree or judge(self.wanted, record) != Verdict.OTHER:
            return True
        titles = (record.title, *record.other_titles)
        shared = max(len(words & set(normalise_title(title).split())) for title in titles)
        if agree is None:
            return shared >= 2 or shared >= 0.5 * len(words)
        return shared >= 0.7 * len(words)

    def has(self, kind: str) -> bool:
        """Whether an id of this kind is known of the work."""
        ids = [*self.ids, *(i for r in self.records() for i in r.ids)]
        return any(i.startswith(kind + ":") for i in ids)

    # ── the end ──
    def resolution(self, now: str) -> Resolution:
        """What all that was asked amounts to; `now` dates the facts."""
        resolution = replace(self._resolution(now), unanswered=tuple(self.unanswered))
        logger.debug("%s: %s, %s", self.citation.key, resolution.status, sorted(self.asked))
        return resolution

    def _resolution(self, now: str) -> Resolution:
        key = self.citation.key
        records = self.records()
        if records:
            records = [*records, *self.supplements]
            work = combine(records, self.wanted, now)
            return Resolution(key, work, "metadata-only", self._sources_told(records))
        if self.by_id:
            return self._contradiction(now)
        candidates = self._last_candidates()
        if candidates and (self._is_kept() or len(candidates) > 1):
            works = tuple(combine(g, Reference(), now) for g in candidates[:MAX_CANDIDATES])
            return Resolution(key, self._own_work(now), "unsure", _unsure(works), works)
        return self._unconfirmed(now)

    def _last_candidates(self) -> list[list[Record]]:
        """Works that may be meant: sure matches, else possible ones, else those by the people
        named.
        """
        candidates = self.candidates(Verdict.SAME)
        if not candidates and self.citation.sure:
            candidates = self.candidates(Verdict.MAYBE)
        if not candidates and not self.title:
            candidates = self._groups_by_people()
        return candidates

    def _groups_by_people(self) -> list[list[Record]]:
        """The works by the people named, those that fit best first."""
        context, headings = context_of(self.citation), headings_of(self.citation)

        def fit(group: list[Record]) -> float:
            return max(people_score(self.wanted, context, r, headings) for r in group)

        return sorted(group_by_work(self.by_people), key=fit, reverse=True)

    def _unconfirmed(self, now: str) -> Resolution:
        """No source knows it, or some could not be asked."""
        key = self.citation.key
        troubles = [f"{source}: {text}" for source, text in self.asked.items() if text]
        if self._is_kept():
            work = self._own_work(now)
            if troubles and not is_optional_trouble(self.asked):
                return Resolution(key, work, "failed", _trouble(troubles))
            return Resolution(key, work, "not-found", self._nowhere())
        if troubles and not is_optional_trouble(self.asked):
            return Resolution(key, None, "pending", _trouble(troubles))
        if not self.may_search():
            return Resolution(key, None, "not-found", NOT_LOOKED_UP)
        return Resolution(key, None, "not-found", "no source knows it as a scholarly work")

    def _is_kept(self) -> bool:
        """Kept although no source confirms it: said to be a work, a search by people and year, or a
        paper's file.
        """
        return self.citation.sure or self.citation.kind in _KINDS_KEPT

    def _own_work(self, now: str) -> Work:
        """The work as the note has it."""
        wanted = self.wanted
        title = wanted.title or self._people_and_year() or next(iter(wanted.urls), "")
        place = "" if self.ids else wanted.raw[:160]  # 'J. Am. Chem. Soc. 2009, 131, 6050'
        return work_from_note(wanted, title or place or self.citation.key, now)

    def _people_and_year(self) -> str:
        names = ", ".join(self.wanted.authors[:3])
        return f"{names} ({self.wanted.year})" if names and self.wanted.year else names

    def _sources_told(self, records: list[Record]) -> str:
        sources = ", ".join(unique([r.source for r in records]))
        return f"known to {sources}" + ("" if self.by_id else ", found by its title")

    def _nowhere(self) -> str:
        if self.citation.kind == "pdf" and self.wanted.urls:
            return "known by the address of its file only; the file itself will tell what it is"
        asked = ", ".join(s for s in self.asked if s not in self.unanswered) or "any source"
        return (
            f"not known to {asked}: check the spelling, "
            "or add its DOI, arXiv id or a link to the note"
        )

    def _contradiction(self, now: str) -> Resolution:
        works = [combine(self.by_id, Reference(), now)]
        works += [combine(group, Reference(), now) for group in self.candidates(Verdict.SAME)[:3]]
        ident = next((i for i in self.ids if any(i in r.ids for r in self.by_id)), self.ids[0])
        reason = (
            f"the note's {ident} is “{works[0].title}”, not the title beside it: "
            f"correct the note or settle it with `litmap resolve {works[0].id} ID`"
        )
        logger.warning("%s: its title contradicts %s", self.citation.key, ident)
        return Resolution(self.citation.key, works[0], "unsure", reason, tuple(works))


_AGREEMENT = {True: 1.0, False: -1.0, None: 0.0}
"""What agreeing people add to the nearness of a record."""


def _unsure(works: tuple[Work, ...]) -> str:
    names = "; ".join(
        f"{w.title} ({', '.join(w.authors[:1]) or '?'} {w.year or '?'}, {w.id})" for w in works
    )
    what = "one work may be meant" if len(works) == 1 else f"{len(works)} works may be meant"
    return f"{what}: {names}. Settle it with `litmap resolve WORK ID`"


def _trouble(troubles: list[str]) -> str:
    return f"could not be looked up ({'; '.join(troubles)[:300]}); the next refresh tries again"


_FILE_ENDING = re.compile(r"\.(?:pdf|html?|php|aspx?)$", re.I)
_WORD_SEPARATOR = re.compile(r"[-_+ ]+")
_PLAIN_WORD = re.compile(r"[A-Za-z0-9']{1,25}")


def _is_cut_off(source: str, error: WebError) -> bool:
    """Whether a service was not reached at all: 'its certificate is not valid' where this
    machine's clock is wrong, 'an internal address' in a network that asks for a login first. A
    work's own page may be so for ever.
    """
    is_refused = isinstance(error, Unsafe) and not isinstance(error, TooLarge)
    return is_refused and source != landing.NAME


def title_in_address(url: str) -> str:
    """The title that an address spells out
    ('…/5656-hidden-technical-debt-in-machine-learning.pdf'), else ''.
    """
    name = _FILE_ENDING.sub("", unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2]))
    words = _without_outer_numbers([word for word in _WORD_SEPARATOR.split(name) if word])
    is_plain = len(words) >= 4 and all(map(_PLAIN_WORD.fullmatch, words))
    return " ".join(words) if is_plain and sum(map(str.isalpha, words)) >= 4 else ""


def _without_outer_numbers(words: list[str]) -> list[str]:
    while words and words[0].isdigit():
        words = words[1:]
    while words and words[-1].isdigit():
        words = words[:-1]
    return words


def open_task(
    citation: Citation,
    chosen_id: str = "",
    earlier: EarlierAnswer | None = None,
    lookups: str = Lookups.ALL,
) -> ResolutionTask:
    """A task with the note's ids normalised, or those of its links; an id that the user chose
    replaces them, 'search' as his choice lets the citation be looked up whatever it looks like.
    With what is known from `earlier` only the sources are asked that did not answer then.
    """
    reference = citation.reference
    is_to_be_searched = chosen_id == Choice.SEARCH
    chosen_id = "" if is_to_be_searched else chosen_id
    urls = unique(list(reference.urls))
    ids = [normalise_id(i) for i in reference.ids]
    ids = ids or [identifier_from_url(url) or "" for url in urls]
    wanted = Reference(
        raw=reference.raw,
        title=reference.title or next(filter(None, map(title_in_address, urls)), ""),
        authors=reference.authors,
        year=reference.year,
        venue=reference.venue,
        ids=unique([normalise_id(chosen_id)] if chosen_id else ids),
        urls=urls,
    )
    task = ResolutionTask(citation, wanted, chosen_by_user=bool(chosen_id), lookups=lookups)
    if is_to_be_searched:  # the user said so: whatever it looks like
        task.citation, task.lookups = replace(citation, searched=True), Lookups.ALL
    if earlier is not None:
        task.only = frozenset(earlier.unanswered)
        task.is_resumed = earlier.work is not None
        task.by_id += [record_of(earlier.work)] if earlier.work is not None else []
    return task
