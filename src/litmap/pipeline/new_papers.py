"""New papers under the reader's headings: the listings that are watched are asked, what comes is
filed, the best of the week are told.

What is filed goes into the catalogue some hundreds at a time; which listings were asked and what is
told of them in one transaction after that. Nothing is told twice or lost, whatever is killed when;
the next run asks again, and files only what was not filed yet.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from litmap import topics
from litmap.catalogue import Catalogue, Lookup, WatchedListing
from litmap.catalogue.entries import Entry
from litmap.errors import LitmapError
from litmap.models import (
    Candidate,
    CandidateState,
    Event,
    EventKind,
    HeadingPath,
    Lookups,
    Problem,
    Work,
)
from litmap.parsing.markup import one_line
from litmap.parsing.person_names import short_authors
from litmap.parsing.title_similarity import TitleMatch, match_titles, normalise_title, squash_title
from litmap.pipeline.analysis import text_for_filing
from litmap.pipeline.context import RunContext
from litmap.pipeline.inputs import BuildInputs
from litmap.pipeline.listings import Listing, listings
from litmap.settings import api_keys
from litmap.works.listings import NewPaper
from litmap.works.sources import openalex

if TYPE_CHECKING:
    from litmap.models import Vectors
    from litmap.protocols import Client

logger = logging.getLogger(__name__)

KEPT_DAYS = 90
"""Days for which the identifier of a candidate that was dropped is remembered: longer than any
listing gives it.
"""
WAITING_DAYS = 14
"""Days for which a candidate that others were better than may still be shown."""
WEEK_DAYS = 7
MAX_NEW = 6000
"""New papers that are filed in one run."""
AT_ONCE = 500
"""New papers that are filed and kept together: the work that an interruption costs at most."""
MIN_DUPLICATE_COSINE = 0.75
"""Least likeness of title and abstract from which two titles are compared word by word."""
MAX_NAMED = 3
"""Works of the reader that are named as cited."""
_CITES = "cites "
UNSURE = "fits no heading of yours well"
"""What is said of a paper that is shown for what it cites, or for who wrote it, alone."""


@dataclass(frozen=True)
class Found:
    """A new paper, the listing it came from, and who of those that the reader watches wrote it
    ('' for nobody).
    """

    paper: NewPaper
    listing: str
    person: str = ""


def keep_new_papers(catalogue: Catalogue, context: RunContext, inputs: BuildInputs) -> None:
    """Ask the listings that are due, file what is new under the headings of the notes, and keep the
    best of the week as events. A listing that fails costs itself and is asked again by the next
    run.
    """
    if not inputs.entries:
        return  # nothing to file by: the listings are looked through once there is
    known = catalogue.candidates()
    asked, listed = _ask_all(catalogue, context, inputs.entries)
    people = context.settings.watch_authors
    found = [_with_person(one, people) for one in each_once(listed)]
    numbers = _works_by_number(inputs.entries, catalogue.lookups())
    new = _without_known(found, inputs.entries, known, catalogue, numbers)
    fresh = _at_most(new, context)
    logger.info("watch: %d papers in %d listings, %d are new", len(listed), len(asked), len(fresh))
    known, changed = _with_new_citations(known, found, numbers, inputs.entries)
    filed = _file_all(catalogue, fresh, inputs, known, numbers, context)
    waiting = [*known, *filed]
    shown = choose_shown(waiting, context.settings.watch_per_week, context.now)
    with catalogue.write():
        catalogue.put_candidates([*changed, *shown])
        catalogue.put_events([event_of(candidate) for candidate in shown])
        waited = _days_before(context.now, WAITING_DAYS)
        catalogue.drop_candidates(_outdated(known, waited), waited, with_reason=True)
        catalogue.forget_dropped_candidates(_days_before(context.now, KEPT_DAYS))
        for listing in asked:
            catalogue.put_listing(WatchedListing(listing.name, context.now[:10], context.now))
    context.report.counts["new_papers"] = len(shown)
    context.report.counts["looked_through"] = len(fresh)


def _at_most(fresh: Sequence[Found], context: RunContext) -> Sequence[Found]:
    """The papers, cut at `MAX_NEW`, which is told."""
    if len(fresh) > MAX_NEW:
        why = f"{MAX_NEW} of {len(fresh)} were filed, the others are left out: watch less"
        context.report.problems.append(Problem("new papers", why))
    return fresh[:MAX_NEW]


# ── asking ────────────────────────────────────────────────────────────────────────────────────────
def _ask_all(
    catalogue: Catalogue, context: RunContext, entries: Sequence[Entry]
) -> tuple[list[Listing], list[Found]]:
    """The listings that answered, and their papers."""
    settings, today = context.settings, date.fromisoformat(context.now[:10])
    answered: list[Listing] = []
    found: list[Found] = []
    last = catalogue.listings()
    due = [w for w in listings(settings, (), None) if w.is_due(last.get(w.name), today)]
    if not due:
        return answered, found
    with context.open_client("watch") as client:
        cited = _cited_ids(catalogue, context, client, entries)
        names = {listing.name for listing in due}
        due = [w for w in listings(settings, cited, api_keys()) if w.name in names]
        for done, listing in enumerate(due, 1):
            context.progress("watch", done, len(due), listing.name)
            try:
                papers = list(listing.papers(client, last.get(listing.name), today))
            except LitmapError as error:
                logger.warning("%s: %s", listing.name, error)
                context.report.problems.append(
                    Problem(listing.name, f"could not be looked through: {error.message}")
                )
                continue
            found += [Found(paper, listing.name, listing.person) for paper in papers]
            answered.append(listing)
    return answered, found


def _cited_ids(
    catalogue: Catalogue, context: RunContext, client: Client, entries: Sequence[Entry]
) -> list[str]:
    """The library's works at OpenAlex. Those whose number is not known are asked for by DOI, many
    in one request, and remembered.
    """
    settings = context.settings
    if not settings.watch_citing or settings.lookups == Lookups.NONE:
        return []
    lookups = catalogue.lookups()
    own = {e.work.id: number_at_openalex(e.work, lookups) for e in entries}
    wanted = {
        ident: e.work.id
        for e in entries
        if not own[e.work.id] and _lookup_key(e.work.id) not in lookups
        if (ident := _asked_by(e.work))
    }
    try:
        _look_up_numbers(catalogue, context, client, wanted)
    except LitmapError as error:
        context.report.problems.append(
            Problem("works that cite yours", f"some could not be asked for: {error.message}")
        )
    lookups = catalogue.lookups()
    return [n for e in entries if (n := number_at_openalex(e.work, lookups))]


def _look_up_numbers(
    catalogue: Catalogue, context: RunContext, client: Client, wanted: Mapping[str, str]
) -> None:
    """Ask for the numbers of works, {identifier: work id}, and keep what is answered."""
    idents = list(wanted)
    for start in range(0, len(idents), openalex.AT_ONCE):
        part = idents[start : start + openalex.AT_ONCE]
        answer = client.get(openalex.request_for("doi", [_doi(i) for i in part], api_keys()))
        numbers = {
            ident: number
            for record in openalex.parse(answer.body)
            if (number := _number(record.ids))
            for ident in record.ids
        }
        kept = [
            Lookup(_lookup_key(wanted[i]), (numbers[i],) if i in numbers else (), context.now)
            for i in part
        ]
        with catalogue.write():
            catalogue.put_lookups(kept)


def _lookup_key(work: str) -> str:
    return f"openalex of {work}"


def number_at_openalex(work: Work, lookups: Mapping[str, Lookup]) -> str:
    """'openalex:W1' of a work; '' where it is not known."""
    looked_up = lookups.get(_lookup_key(work.id))
    return _number((*work.ids, *(looked_up.ids if looked_up else ())))


def _number(ids: Iterable[str]) -> str:
    return next((ident for ident in ids if ident.startswith("openalex:")), "")


def _asked_by(work: Work) -> str:
    """The identifier that a work is asked for by, which has a DOI; '' where there is none."""
    named = (i for i in work.ids if i.startswith(("doi:", "arxiv:")))
    return next((i for i in named if openalex.can_ask(f"doi:{_doi(i)}")), "")


def _doi(ident: str) -> str:
    """The DOI of 'doi:10.1000/1'; that of an arXiv paper is made of its number."""
    kind, _, value = ident.partition(":")
    return f"10.48550/arXiv.{value}" if kind == "arxiv" else value


# ── what is new ───────────────────────────────────────────────────────────────────────────────────
def each_once(listed: Sequence[Found]) -> list[Found]:
    """Each paper that has a title once, as its first listing tells of it, with all that any of them
    knows it to cite. Papers are one by an identifier or the title.
    """
    found: list[Found] = []
    places: dict[str, int] = {}
    for one in listed:
        if not squash_title(one.paper.record.title):
            continue
        names = _names(one.paper.record.ids, one.paper.record.title)
        at = next((places[name] for name in names if name in places), len(found))
        if at == len(found):
            found.append(one)
        else:
            found[at] = _with_citations(found[at], one)
        places |= dict.fromkeys(names, at)
    return found


def _with_citations(one: Found, other: Found) -> Found:
    """The paper, with what another listing knows of it."""
    together = tuple(dict.fromkeys([*one.paper.cites, *other.paper.cites]))
    paper = replace(one.paper, cites=together)
    return replace(one, paper=paper, person=one.person or other.person)


def _with_person(one: Found, people: Sequence[str]) -> Found:
    """The paper with who of these people wrote it: whoever's listing told of it, else whose whole
    name stands among its authors.
    """
    authors = {normalise_title(author) for author in one.paper.record.authors}
    named = (person for person in people if normalise_title(person) in authors)
    return replace(one, person=one.person or next(named, ""))


def _names(ids: Iterable[str], *titles: str) -> list[str]:
    """What a paper is known again by: its identifiers, and its titles, which hold no colon then."""
    return [*ids, *filter(None, map(squash_title, titles))]


def _names_of_work(work: Work) -> list[str]:
    return _names((work.id, *work.ids), work.title, *work.other_titles)


def _without_known(
    found: Sequence[Found],
    entries: Sequence[Entry],
    known: Sequence[Candidate],
    catalogue: Catalogue,
    numbers: Mapping[str, str],
) -> list[Found]:
    """The papers without those that the library or an earlier day has by identifier or title, or
    that were dropped, whose identifiers alone are known: of these come again, once, those of
    which a listing tells by now that they cite the reader's works or are by somebody watched.
    """
    works = [*(e.work for e in entries), *(c.work for c in known)]
    names = {name for work in works for name in _names_of_work(work)}
    dropped = catalogue.dropped_candidates()
    judged = catalogue.dropped_candidates(with_reason=True)
    fresh = []
    for one in found:
        own = _names_of_work(work_of(one.paper))
        done = judged if has_reason(one, numbers) else dropped
        if names.isdisjoint(own) and done.isdisjoint(own):
            fresh.append(one)
    return fresh


def has_reason(one: Found, numbers: Mapping[str, str]) -> bool:
    """Whether a paper is shown even where it fits no heading: it cites a work of the reader's, or
    is by somebody who is watched.
    """
    return bool(one.person or _cited_works(one.paper, numbers))


def _with_new_citations(
    known: Sequence[Candidate],
    found: Sequence[Found],
    numbers: Mapping[str, str],
    entries: Sequence[Entry],
) -> tuple[list[Candidate], list[Candidate]]:
    """The candidates of earlier days, each saying what a listing knows by now that it cites, and
    those among them that changed. OpenAlex often hears of a paper after arXiv's list.
    """
    by_id = {e.work.id: e.work for e in entries}
    cited = {
        name: works
        for one in found
        if (works := _cited_works(one.paper, numbers))
        for name in _names(one.paper.record.ids, one.paper.record.title)
    }
    changed: dict[str, Candidate] = {}
    for candidate in known:
        works = next((cited[n] for n in _names_of_work(candidate.work) if n in cited), [])
        told = says_cited(candidate.why, works, by_id)
        if candidate.state == CandidateState.NEW and told != candidate.why:
            changed[candidate.id] = replace(candidate, why=told)
    return [changed.get(candidate.id, candidate) for candidate in known], list(changed.values())


def _cited_works(paper: NewPaper, numbers: Mapping[str, str]) -> list[str]:
    """The reader's works that a paper cites, by id."""
    return list(dict.fromkeys(numbers[c] for c in paper.cites if c in numbers))


def work_of(paper: NewPaper) -> Work:
    """A new paper as a work."""
    record = paper.record
    digest = sha256(normalise_title(record.title).encode()).hexdigest()[:16]
    return Work(
        id=record.ids[0] if record.ids else f"title:{digest}",
        title=record.title,
        authors=record.authors,
        year=record.year,
        venue=record.venue,
        abstract=record.abstract,
        ids=record.ids,
        urls=record.urls,
        locations=record.locations,
        arxiv_version=record.arxiv_version,
        notices=record.notices,
    )


# ── filing ────────────────────────────────────────────────────────────────────────────────────────
def _file_all(
    catalogue: Catalogue,
    fresh: Sequence[Found],
    inputs: BuildInputs,
    known: Sequence[Candidate],
    numbers: Mapping[str, str],
    context: RunContext,
) -> list[Candidate]:
    """The new papers that fit a heading. They are kept as they are filed, the others as dropped."""
    if not fresh:
        return []
    library = _filed_library(inputs)
    refused = _encoded(inputs, [c.work for c in known if c.state == CandidateState.REFUSED])
    filed: list[Candidate] = []
    for start in range(0, len(fresh), AT_ONCE):
        context.progress("watch", start, len(fresh), "filing new papers")
        part = fresh[start : start + AT_ONCE]
        fitting = _file(part, inputs, library, refused, numbers, context.now)
        ids = {candidate.id for candidate in fitting}
        others = [one for one in part if work_of(one.paper).id not in ids]
        judged = [work_of(one.paper).id for one in others if has_reason(one, numbers)]
        with catalogue.write():
            catalogue.put_candidates(fitting)
            catalogue.drop_candidates([work_of(one.paper).id for one in others], context.now)
            catalogue.drop_candidates(judged, context.now, with_reason=True)
        filed += fitting
    return filed


def _file(
    fresh: Sequence[Found],
    inputs: BuildInputs,
    library: topics.FiledLibrary,
    refused: Vectors,
    numbers: Mapping[str, str],
    now: str,
) -> list[Candidate]:
    """Those of the new papers that fit a heading, and those that have a reason to be shown all the
    same, without those that nearly are works of the library.
    """
    works = [work_of(one.paper) for one in fresh]
    vectors = _encoded(inputs, works)
    cited = [_cited_works(one.paper, numbers) for one in fresh]
    placements = topics.place(
        library,
        [topics.PaperText(w.id, w.title, w.abstract) for w in works],
        vectors,
        inputs.encoder,
        cites=[(w.id, c) for w, found in zip(works, cited, strict=True) for c in found],
        refused=refused,
        wanted={w.id for w, one in zip(works, fresh, strict=True) if has_reason(one, numbers)},
    )
    by_id = {e.work.id: e.work for e in inputs.entries}
    near = _near_duplicates(works, vectors, [e.work for e in inputs.entries], library.vectors)
    return [
        Candidate(
            works[i],
            fresh[i].paper.day,
            fresh[i].listing,
            placed.heading,
            placed.score,
            why(placed, cited[i], by_id, fresh[i].person),
            now,
            is_sure=placed.is_sure,
        )
        for i, placed in enumerate(placements)
        if placed.heading and i not in near
    ]


def _encoded(inputs: BuildInputs, works: Sequence[Work]) -> Vectors:
    """(n, d) of title and abstract, unit rows."""
    return inputs.encoder.encode([f"{w.title}. {w.abstract}".strip() for w in works])


def _filed_library(inputs: BuildInputs) -> topics.FiledLibrary:
    papers = [text_for_filing(inputs, e) for e in inputs.entries]
    heads = [[f"{p.title}. {p.abstract}".strip(), p.title] for p in papers]
    inputs.embedder.ensure(heads)
    vectors = np.array([inputs.embedder.vectors(h)[0] for h in heads], np.float32)
    return topics.FiledLibrary(
        papers,
        {n.path: n.headings for n in inputs.notes},
        {e.work.id: e.headings for e in inputs.entries},
        vectors.reshape(-1, inputs.encoder.dim),
    )


def _works_by_number(entries: Sequence[Entry], lookups: Mapping[str, Lookup]) -> dict[str, str]:
    """The library's works, by id, by their numbers at OpenAlex."""
    pairs = ((number_at_openalex(e.work, lookups), e.work.id) for e in entries)
    return {number: work for number, work in pairs if number}


def _near_duplicates(
    works: Sequence[Work], vectors: Vectors, own: Sequence[Work], own_vectors: Vectors
) -> set[int]:
    """Which of these works nearly are works of the library, by number."""
    cosines = vectors @ own_vectors.T
    pairs = zip(*np.nonzero(cosines >= MIN_DUPLICATE_COSINE), strict=True)
    return {
        int(i) for i, j in pairs if match_titles(works[i].title, own[j].title) >= TitleMatch.NEAR
    }


def why(
    placed: topics.Placement, cited: Sequence[str], by_id: Mapping[str, Work], person: str = ""
) -> str:
    """Why a new paper stands under its heading, in words: 'by Ada Olm, whom you watch; like these
    two of yours: Keskar et al. 2016, Dinh et al. 2017; cites Hochreiter and Schmidhuber 1997'.
    """
    by = f"by {one_line(person)}, whom you watch" if person else ""
    like = [name_of(by_id[w]) for w in placed.like if w in by_id] if placed.is_sure else []
    start = "like this one" if len(like) == 1 else "like these two"
    fits = f"{start} of yours: {', '.join(like)}" if like else ""
    fits = fits if placed.is_sure else UNSURE
    return says_cited("; ".join(filter(None, (by, fits))), cited, by_id)


def says_cited(told: str, cited: Sequence[str], by_id: Mapping[str, Work]) -> str:
    """Why a new paper stands under its heading, with the works of the reader that it cites in the
    place of those that it was said to cite; as it is where it cites none.
    """
    named = [name_of(by_id[w]) for w in cited[:MAX_NAMED] if w in by_id]
    if not named:
        return told
    more = f" and {len(cited) - MAX_NAMED} more" if len(cited) > MAX_NAMED else ""
    like = "" if told.startswith(_CITES) else told.partition(f"; {_CITES}")[0]
    return "; ".join(filter(None, (like, f"{_CITES}{', '.join(named)}{more}")))


def name_of(work: Work) -> str:
    """A work as a sentence names it: 'Keskar et al. 2016', its title where nobody is known."""
    who = short_authors(work.authors) or work.title
    return f"{who} {work.year}" if work.year else who


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────
def choose_shown(candidates: Sequence[Candidate], per_week: int, now: str) -> list[Candidate]:
    """Those to show now: the best of each heading that were not shown, as many as its week has room
    for, with the time in `shown`.
    """
    week, oldest = _days_before(now, WEEK_DAYS), _days_before(now, WAITING_DAYS)
    room: dict[HeadingPath, int] = {}
    for candidate in candidates:
        room.setdefault(candidate.heading, per_week)
        room[candidate.heading] -= week < candidate.shown <= now
    waiting = [c for c in candidates if is_waiting(c) and c.time > oldest]
    shown = []
    for candidate in sorted(waiting, key=lambda c: (not c.is_sure, -c.score, c.id)):
        if room[candidate.heading] > 0:
            room[candidate.heading] -= 1
            shown.append(replace(candidate, shown=now))
    return shown


def is_waiting(candidate: Candidate) -> bool:
    """Whether it fits a heading and was not shown yet."""
    return candidate.state == CandidateState.NEW and not candidate.shown


def _days_before(now: str, days: int) -> str:
    return f"{date.fromisoformat(now[:10]) - timedelta(days)}{now[10:]}"


def _outdated(candidates: Sequence[Candidate], oldest: str) -> Iterator[str]:
    """Candidates that others were better than for so long, since a time, that they are shown no
    more.
    """
    return (c.id for c in candidates if is_waiting(c) and c.time <= oldest)


def event_of(candidate: Candidate) -> Event:
    """What is told of a candidate that is shown."""
    work = candidate.work
    details = {
        "why": candidate.why,
        "authors": list(work.authors),
        "year": work.year,
        "venue": work.venue,
        "url": candidate.url,
        "listing": candidate.listing,
        "published": candidate.published,
        "abstract": work.abstract,
    }
    headings = (candidate.heading,)
    return Event(EventKind.CANDIDATE, candidate.id, work.title, headings, candidate.shown, details)
