"""One citation on its way to a work: what the note says, what the sources said, and what that amounts to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from litmap.errors import WebError
from litmap.identifiers import identifier_from_url, normalise_id, normalise_title
from litmap.models import Citation, Reference, Resolution, Work
from litmap.works.matching import Verdict, authors_agree, best, judge, title_likeness
from litmap.works.merging import combine, from_note, groups, same_work
from litmap.works.records import Record, unique


@dataclass
class Case:
    """A citation being resolved. `named` are records found by an id of the note, `alike` those found by title."""

    citation: Citation
    want: Reference
    named: list[Record] = field(default_factory=list)
    alike: list[Record] = field(default_factory=list)
    more: list[Record] = field(default_factory=list)
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
        return self.want.title if len(words) >= 2 or (words and len(words[0]) >= 8) else ""

    def take(self, records: Iterable[Record]) -> None:
        """Keep the records that are about this citation, as far as ids and titles tell."""
        for record in records:
            if set(record.ids) & set(self.ids):
                self.named.append(record)
            elif self.title and judge(self.want, record) != Verdict.OTHER:
                self.alike.append(record)

    def found(self) -> list[Record]:
        """The records of the work this citation is, as far as known now; [] where none or several works agree."""
        if self.named and not self.contradicted():
            group = list(self.named)
            return group + [r for r in self.alike if any(same_work(r, mine) for mine in group)]
        if self.named:
            return []
        options = self.options(Verdict.SAME)
        return options[0] if len(options) == 1 else []

    def options(self, verdict: Verdict) -> list[list[Record]]:
        """Groups of records by work, each with a member judged at least `verdict`; the nearest title first."""
        found = groups(self.alike)
        good = [group for group in found if best(judge(self.want, r) for r in group) >= verdict]
        if len(good) > 1:
            scores = [max(self._nearness(r) for r in group) for group in good]
            top = max(scores)
            good = [group for group, score in zip(good, scores, strict=True) if score >= top - 0.5]
        return good

    def _nearness(self, record: Record) -> float:
        """A likeness, lowered by other people and years; differences under .5 do not decide."""
        likeness = max(title_likeness(self.want.title, t) for t in (record.title, *record.other_titles))
        agree = authors_agree(self.want.authors, record.authors)
        gap = abs(self.want.year - record.year) if self.want.year and record.year else 0
        return float(likeness) + (1.0 if agree else -1.0 if agree is False else 0.0) - 0.3 * min(gap, 5)

    def contradicted(self) -> bool:
        """The note's id leads to a work with quite another title by other people: one of the two is a mistake."""
        if len(normalise_title(self.want.title).split()) < 4 or self.citation.kind in {"link", "author-year"}:
            return False
        for record in self.named:
            agree = authors_agree(self.want.authors, record.authors)
            if agree or judge(self.want, record) != Verdict.OTHER:
                return False
            words = set(normalise_title(self.want.title).split())
            for title in (record.title, *record.other_titles):
                shared = words & set(normalise_title(title).split())
                if len(shared) >= (0.5 if agree is None else 0.7) * len(words) or (agree is None and len(shared) >= 2):
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
            records = records + [r for r in self.more if any(same_work(r, mine) for mine in records)]
            work = combine(records, self.want, now)
            return Resolution(self.citation.key, work, "metadata-only", self._how(records))
        if self.named:
            return self._contradiction(now)
        options = self.options(Verdict.SAME) or (self.options(Verdict.MAYBE) if self.citation.sure else [])
        troubles = [f"{source}: {text}" for source, text in self.asked.items() if text]
        if options and (self.citation.sure or len(options) > 1):
            works = tuple(combine(group, Reference(), now) for group in options[:5])
            return Resolution(self.citation.key, self._own(now), "unsure", _unsure(works), works)
        if not self.citation.sure and self.citation.kind != "author-year":
            if troubles:
                return Resolution(self.citation.key, None, "pending", _trouble(troubles))
            return Resolution(self.citation.key, None, "not-found", "no source knows it as a scholarly work")
        if troubles:
            return Resolution(self.citation.key, self._own(now), "failed", _trouble(troubles))
        return Resolution(self.citation.key, self._own(now), "not-found", self._nowhere())

    def _own(self, now: str) -> Work:
        title = self.want.title or self._named_by_people() or next(iter(self.want.urls), "") or self.citation.key
        return from_note(self.want, title, now)

    def _named_by_people(self) -> str:
        names = ", ".join(self.want.authors[:3])
        return f"{names} ({self.want.year})" if names and self.want.year else names

    def _how(self, records: list[Record]) -> str:
        sources = ", ".join(unique([r.source for r in records]))
        return f"known to {sources}" + ("" if self.named else ", found by its title")

    def _nowhere(self) -> str:
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
    names = "; ".join(f"{w.title} ({', '.join(w.authors[:1]) or '?'} {w.year or '?'}, {w.id})" for w in works[:3])
    what = "one work may be meant" if len(works) == 1 else f"{len(works)} works may be meant"
    return f"{what}: {names}. Settle it with `litmap resolve WORK ID`"


def _trouble(troubles: list[str]) -> str:
    return f"could not be looked up ({'; '.join(troubles)[:300]}); the next refresh tries again"


def open_case(citation: Citation, settled: str = "") -> Case:
    """A case with the note's ids normalised, or those of its links; a decision of the user replaces them."""
    want = citation.reference
    urls = unique(list(want.urls))
    ids = [normalise_id(i) for i in want.ids] or [identifier_from_url(url) or "" for url in urls]
    if settled:
        ids = [normalise_id(settled)]
    kept = Reference(
        raw=want.raw,
        title=want.title,
        authors=want.authors,
        year=want.year,
        venue=want.venue,
        ids=unique(ids),
        urls=urls,
    )
    return Case(citation, kept, settled=bool(settled))
