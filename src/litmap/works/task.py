"""One citation on its way to a work: what the note says, what the sources said, and what that amounts to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from litmap.errors import WebError
from litmap.models import Citation, Reference, Resolution, Work
from litmap.parsing.identifiers import identifier_from_url, normalise_id
from litmap.parsing.title_similarity import match_titles, normalise_title
from litmap.works.informal_matching import (
    best_by_people,
    context_of,
    headings_of,
    heads,
    is_nickname,
    judge_beside,
    judge_part,
    people_score,
    speaks_of,
)
from litmap.works.matching import Verdict, authors_agree, best, judge
from litmap.works.merging import combine, from_note, groups, same_work
from litmap.works.record import Record, unique

FEW = 10
"""So few works by people of these names: the one cited most may be meant though nothing tells its subject."""


@dataclass(eq=False)
class Case:
    """A citation being resolved. `named` are records found by an id of the note, `alike` those found by title."""

    citation: Citation
    want: Reference
    named: list[Record] = field(default_factory=list)
    alike: list[Record] = field(default_factory=list)
    more: list[Record] = field(default_factory=list)
    people: list[Record] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    settled: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        """Identifiers the note gives."""
        return self.want.ids

    @property
    def title(self) -> str:
        """The title the note gives; '' where what it gives is too little to search for."""
        words = normalise_title(self.want.title).split()
        return (
            self.want.title
            if len(words) >= 2 or (words and (len(words[0]) >= 8 or self.nickname))
            else ""
        )

    @property
    def nickname(self) -> bool:
        """Whether the note gives a system's name and a year: 'Dryad' of 2007."""
        return (
            bool(self.want.year)
            and self.citation.kind in {"title", "pdf"}
            and is_nickname(self.want.title)
        )

    def take(self, records: Iterable[Record]) -> None:
        """Keep the records that are about this citation, as far as ids and titles tell."""
        for record in records:
            if set(record.ids) & set(self.ids):
                self.named.append(record)
            elif self.verdict(record) != Verdict.OTHER:
                self.alike.append(record)

    def verdict(self, record: Record) -> Verdict:
        """Whether a record found by its title is the one meant, by the whole title or by a part of the note's line."""
        whole = judge(self.want, record) if self.title else Verdict.OTHER
        if whole != Verdict.SAME and self.title and judge_beside(self.want, self.citation, record):
            return Verdict.SAME
        if whole != Verdict.SAME and self.nickname and heads(self.want, record):
            return Verdict.SAME
        if whole == Verdict.SAME or not self.parts:
            return whole
        return max(whole, best(judge_part(part, self.citation, record) for part in self.parts))

    def take_people(self, records: Iterable[Record]) -> None:
        """Keep the records by the people and of the year that the note names."""
        self.take(records)
        context = context_of(self.citation)
        self.people += [r for r in records if people_score(self.want, context, r) > 0]

    def found(self) -> list[Record]:
        """The records of the work this citation is, as far as known now; [] where none or several works agree."""
        if self.named and not self.contradicted():
            group = list(self.named)
            return group + [r for r in self.alike if any(same_work(r, mine) for mine in group)]
        if self.named:
            return []
        options = self.options(Verdict.SAME)
        if options or not self.people:
            return options[0] if len(options) == 1 else []
        found = groups(self.people)
        context, headings = context_of(self.citation), headings_of(self.citation)
        scores = [
            max(people_score(self.want, context, r, headings) for r in group) for group in found
        ]
        exact = [any(r.year == self.want.year for r in group) for group in found]
        subject = f"{context} {headings}"
        cited = [max(r.cited for r in group) for group in found]
        told = len(found) < FEW or any(
            speaks_of(subject, r) for r in found[cited.index(max(cited))]
        )
        chosen = best_by_people(scores, exact, cited if told else ())
        return found[chosen] if chosen >= 0 else []

    def options(self, verdict: Verdict) -> list[list[Record]]:
        """Groups of records by work, each with a member judged at least `verdict`; the nearest title first."""
        found = groups(self.alike)
        good = [group for group in found if best(map(self.verdict, group)) >= verdict]
        if len(good) > 1:
            scores = [max(self._nearness(r) for r in group) for group in good]
            top = max(scores)
            good = [group for group, score in zip(good, scores, strict=True) if score >= top - 0.5]
        return good

    def _nearness(self, record: Record) -> float:
        """A match, lowered by other people and years; differences under .5 do not decide."""
        titles = (record.title, *record.other_titles)
        match = max(
            match_titles(mine, t) for t in titles for mine in (self.want.title, *self.parts)
        )
        agree = authors_agree(self.want.authors, record.authors)
        gap = abs(self.want.year - record.year) if self.want.year and record.year else 0
        return (
            float(match) + (1.0 if agree else -1.0 if agree is False else 0.0) - 0.3 * min(gap, 5)
        )

    def contradicted(self) -> bool:
        """The note's id leads to a work with quite another title by other people: one of the two is a mistake."""
        if len(normalise_title(self.want.title).split()) < 4 or self.citation.kind in {
            "link",
            "author-year",
        }:
            return False
        for record in self.named:
            agree = authors_agree(self.want.authors, record.authors)
            if agree or judge(self.want, record) != Verdict.OTHER:
                return False
            words = set(normalise_title(self.want.title).split())
            for title in (record.title, *record.other_titles):
                shared = words & set(normalise_title(title).split())
                if len(shared) >= (0.5 if agree is None else 0.7) * len(words) or (
                    agree is None and len(shared) >= 2
                ):
                    return False
        return True

    def has(self, kind: str) -> bool:
        """Whether an id of this kind is known of the work."""
        ids = [*self.ids, *(i for r in self.found() for i in r.ids)]
        return any(i.startswith(kind + ":") for i in ids)

    def fail(self, source: str, error: WebError) -> None:
        """Remember that a source did not answer."""
        self.asked[source] = error.message if error.transient else self.asked.get(source, "")

    # ── the end ──
    def resolution(self, now: str) -> Resolution:
        """What all that was asked amounts to."""
        records = self.found()
        if records:
            records = records + [
                r for r in self.more if any(same_work(r, mine) for mine in records)
            ]
            work = combine(records, self.want, now)
            return Resolution(self.citation.key, work, "metadata-only", self._how(records))
        if self.named:
            return self._contradiction(now)
        options = self.options(Verdict.SAME) or (
            self.options(Verdict.MAYBE) if self.citation.sure else []
        )
        options = options or (groups(self.people) if not self.title else [])
        troubles = [f"{source}: {text}" for source, text in self.asked.items() if text]
        if options and (self._stays() or len(options) > 1):
            works = tuple(combine(group, Reference(), now) for group in options[:5])
            return Resolution(self.citation.key, self._own(now), "unsure", _unsure(works), works)
        if not self._stays():
            if troubles:
                return Resolution(self.citation.key, None, "pending", _trouble(troubles))
            return Resolution(
                self.citation.key, None, "not-found", "no source knows it as a scholarly work"
            )
        if troubles:
            return Resolution(self.citation.key, self._own(now), "failed", _trouble(troubles))
        return Resolution(self.citation.key, self._own(now), "not-found", self._nowhere())

    def _stays(self) -> bool:
        """Kept although no source confirms it: said to be a work, a search by people and year, or a paper's file."""
        return self.citation.sure or self.citation.kind in {"author-year", "pdf"}

    def _own(self, now: str) -> Work:
        title = self.want.title or self._named_by_people() or next(iter(self.want.urls), "")
        place = "" if self.ids else self.want.raw[:160]  # 'J. Am. Chem. Soc. 2009, 131, 6050'
        return from_note(self.want, title or place or self.citation.key, now)

    def _named_by_people(self) -> str:
        names = ", ".join(self.want.authors[:3])
        return f"{names} ({self.want.year})" if names and self.want.year else names

    def _how(self, records: list[Record]) -> str:
        sources = ", ".join(unique([r.source for r in records]))
        return f"known to {sources}" + ("" if self.named else ", found by its title")

    def _nowhere(self) -> str:
        if self.citation.kind == "pdf" and self.want.urls:
            return "known by the address of its file only; the file itself will tell what it is"
        asked = ", ".join(self.asked) or "any source"
        return f"not known to {asked}: check the spelling, or add its DOI, arXiv id or a link to the note"

    def _contradiction(self, now: str) -> Resolution:
        works = [combine(self.named, Reference(), now)]
        works += [combine(group, Reference(), now) for group in self.options(Verdict.SAME)[:3]]
        ident = next((i for i in self.ids if any(i in r.ids for r in self.named)), self.ids[0])
        reason = (
            f"the note's {ident} is “{works[0].title}”, not the title beside it: "
            f"correct the note or settle it with `litmap resolve {works[0].id} ID`"
        )
        return Resolution(self.citation.key, works[0], "unsure", reason, tuple(works))


def _unsure(works: tuple[Work, ...]) -> str:
    names = "; ".join(
        f"{w.title} ({', '.join(w.authors[:1]) or '?'} {w.year or '?'}, {w.id})" for w in works[:3]
    )
    what = "one work may be meant" if len(works) == 1 else f"{len(works)} works may be meant"
    return f"{what}: {names}. Settle it with `litmap resolve WORK ID`"


def _trouble(troubles: list[str]) -> str:
    return f"could not be looked up ({'; '.join(troubles)[:300]}); the next refresh tries again"


def title_in_address(url: str) -> str:
    """The title that an address spells out ('…/5656-hidden-technical-debt-in-machine-learning.pdf'), else ''."""
    name = unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    name = re.sub(r"\.(?:pdf|html?|php|aspx?)$", "", name, flags=re.I)
    words = [w for w in re.split(r"[-_+ ]+", name) if w]
    while words and (words[0].isdigit() or words[-1].isdigit()):
        words = words[1:] if words[0].isdigit() else words[:-1]
    plain = len(words) >= 4 and all(re.fullmatch(r"[A-Za-z0-9']{1,25}", w) for w in words)
    return " ".join(words) if plain and sum(w.isalpha() for w in words) >= 4 else ""


def open_case(citation: Citation, settled: str = "") -> Case:
    """A case with the note's ids normalised, or those of its links; a decision of the user replaces them."""
    want = citation.reference
    urls = unique(list(want.urls))
    ids = [normalise_id(i) for i in want.ids] or [identifier_from_url(url) or "" for url in urls]
    if settled:
        ids = [normalise_id(settled)]
    spelt = next((t for t in map(title_in_address, urls) if t), "")
    kept = Reference(
        raw=want.raw,
        title=want.title or spelt,
        authors=want.authors,
        year=want.year,
        venue=want.venue,
        ids=unique(ids),
        urls=urls,
    )
    return Case(citation, kept, settled=bool(settled))
