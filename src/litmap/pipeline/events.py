"""What is told at the end of a refresh: events are made from what changed since the last telling,
and kept in one transaction with what they were made from. So a run that is killed before tells
nothing, and the next one all of it.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from litmap import builds
from litmap.catalogue.entries import entries
from litmap.catalogue.records import build_record
from litmap.errors import NoLibrary
from litmap.models import EventKind, Filing, Summary, Topic
from litmap.parsing.markup import one_line
from litmap.parsing.person_names import short_authors
from litmap.parsing.places import sentence_place
from litmap.parsing.sentence_roles import roles_said
from litmap.parsing.title_similarity import normalise_title
from litmap.pipeline.heading_changes import Cause, Suggestion, compare_headings
from litmap.pipeline.work_changes import baseline, compare_works

if TYPE_CHECKING:
    from litmap.catalogue import Catalogue
    from litmap.catalogue.entries import Entry
    from litmap.models import Candidate, Event, HeadingPath, Sentence
    from litmap.paths import LibraryPaths

LIBRARY, WORKS, HEADINGS, SUGGESTED = "library", "works", "headings", "suggested"
"""Parts of what was told: the library itself, states of works and headings, and titles that were
suggested."""
COMING = frozenset({EventKind.CAME, EventKind.TEXT, EventKind.VERSION})
"""Kinds that tell of a paper that came, with what it cites."""
SENTENCES = 2
"""Sentences of a paper that are told of it."""
TOLD_ROLES = ("findings", "approach", "question")
"""What matters most of what a paper says, the best first; its first sentences stand for it."""


@dataclass(frozen=True)
class _Built:
    """The parts of a build that are told of."""

    topics: Sequence[Topic] = ()
    filings: Mapping[str, Filing] = field(default_factory=dict)
    reading: Sequence[Mapping[str, Any]] = ()
    summaries: Callable[[], Mapping[str, Any]] = dict

    def headings(self, entry: Entry) -> tuple[HeadingPath, ...]:
        """Where a work stands: the reader's own headings, else the suggested one."""
        filing = self.filings.get(entry.work.id)
        if filing is None:
            return entry.headings
        suggested = (filing.suggested,) if filing.suggested else ()
        return filing.noted or suggested or entry.headings

    def held(self, with_text: frozenset[str]) -> dict[HeadingPath, tuple[int, int]]:
        """How many works each heading has, and how many of them have a text."""
        works = {t.heading: set(t.works) for t in self.topics if t.heading}
        return {path: (len(own), len(own & with_text)) for path, own in works.items()}

    def uncited(self) -> list[Suggestion]:
        """What the papers of the headings cite and the notes do not: the reading list."""
        headings = {t.heading: set(t.works) for t in self.topics if t.heading}
        return [
            Suggestion(
                str(row["title"]),
                tuple(row["ids"]),
                tuple(row["authors"]),
                row["year"] or 0,
                {
                    path: tuple(w for w in row["cited_by"] if w in headings.get(path, ()))
                    for path in (tuple(h["heading"]) for h in row["headings"])
                },
            )
            for row in self.reading
        ]

    def sentences(self, work: str) -> list[dict[str, Any]]:
        """The sentences of a paper that matter most, in the order of its summary."""
        stored = self.summaries().get(work)
        if not stored:
            return []
        chosen = choose_sentences(build_record(Summary, stored).sentences)
        return [_sentence(s) for s in chosen]


def choose_sentences(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Of a paper's summary what is told of it: what it found and what it did, else its question,
    by the part of a sentence or, in an abstract, by its words; in the order given.
    """
    firsts = (next((s for s in sentences if _plays(s, role)), None) for role in TOLD_ROLES)
    best = list(dict.fromkeys([*filter(None, firsts), *sentences]))[:SENTENCES]
    return [s for s in sentences if s in best]


def _plays(sentence: Sentence, role: str) -> bool:
    return role == sentence.part or (
        sentence.part == "abstract" and role in roles_said(sentence.text)
    )


def _sentence(sentence: Sentence) -> dict[str, Any]:
    page = 0 if sentence.place else sentence.page
    rects = [list(rect) for at, *rect in sentence.rects if at == page]
    return {"text": sentence.text, "place": sentence_place(sentence), "page": page, "rects": rects}


def tell(catalogue: Catalogue, paths: LibraryPaths, now: str) -> int | None:
    """Keep what happened since the last telling, at the time `now`, and return how much it is.

    None where nothing was told before: from then on it is.
    """
    with _built(paths) as built:
        current = entries(catalogue)
        with_text = frozenset(e.work.id for e in current if e.pdfs)
        library = catalogue.told(LIBRARY)
        works, headings = catalogue.told(WORKS), catalogue.told(HEADINGS)
        suggested = catalogue.told(SUGGESTED)
        of_works = compare_works(
            works,
            current,
            now,
            headings=built.headings,
            sentences=built.sentences,
            aliases=catalogue.aliases(),
        )
        cause = Cause(
            {e.subject for e in of_works.events if e.kind in COMING},
            _former(catalogue, of_works.states),
            {e.work.id: _short_name(e) for e in current},
        )
        held, uncited = built.held(with_text), built.uncited()
        of_headings = compare_headings(headings, suggested, held, uncited, now, cause)
    of_works_new = _without_told(of_works.events, catalogue.candidates(), current)
    events = [*of_works_new, *of_headings.events] if library else []
    states: dict[str, Mapping[str, Any]] = {
        WORKS: of_works.states if library else baseline(current),
        HEADINGS: of_headings.states,
        SUGGESTED: of_headings.suggested,
        LIBRARY: library or {LIBRARY: {"id": str(uuid.uuid4()), "since": now}},
    }
    with catalogue.write():
        catalogue.put_events(events)
        for part, state in states.items():
            catalogue.put_told(part, state)
    return len(events) if library else None


def _without_told(
    events: Sequence[Event], candidates: Sequence[Candidate], current: Sequence[Entry]
) -> list[Event]:
    """The events without the coming of works of which readers were told as new papers; where such
    a work has its text, that is what is told.
    """
    told = {name for c in candidates if c.shown for name in (c.id, *c.work.ids)}
    known = {e.work.id for e in current if not told.isdisjoint((e.work.id, *e.work.ids))}
    kept = []
    for event in events:
        is_told = event.kind == EventKind.CAME and event.subject in known
        status = event.details.get("status") if is_told else ""
        if status == "fetched":
            kept.append(replace(event, kind=EventKind.TEXT))
        elif status != "metadata-only":
            kept.append(event)
    return kept


def _former(catalogue: Catalogue, told: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The identifiers and normalised titles of all works that are or were in the notes."""
    works = catalogue.works().values()
    titles = [t for work in works for t in (work.title, *work.other_titles)]
    titles += [str(state["title"]) for state in told.values()]
    names = {normalise_title(title) for title in titles}
    return names.union(*(work.ids for work in works), *(s.get("ids", ()) for s in told.values()))


def _short_name(entry: Entry) -> str:
    """'Olm and Elm, 2021'; its title where no author is known."""
    work = entry.work
    authors = short_authors(work.authors)
    if not authors:
        return f"“{one_line(work.title) or work.id}”"
    return one_line(f"{authors}, {work.year}" if work.year else authors)


@contextmanager
def _built(paths: LibraryPaths) -> Iterator[_Built]:
    """What the published build tells; nothing where there is none."""
    try:
        build = builds.open_build(paths)
    except NoLibrary:
        yield _Built()
        return
    with build:
        filed = build.read_json("topics") or {}
        filings = (build_record(Filing, f) for f in filed.get("filings", ()))
        yield _Built(
            tuple(build_record(Topic, t) for t in filed.get("topics", ())),
            {f.work: f for f in filings},
            build.read_json("reading") or (),
            functools.cache(lambda: build.read_json("summaries") or {}),
        )
