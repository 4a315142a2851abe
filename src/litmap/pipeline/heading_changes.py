"""What changed of the notes' headings since readers were last told of them: papers that went, and
works that their papers cite and the notes do not. Values in, values out.

Headings are told by their works and never by being new: one that was renamed is no news.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from litmap.catalogue.records import build_record
from litmap.models import Event, EventKind, HeadingPath
from litmap.parsing.markup import one_line
from litmap.parsing.person_names import short_authors
from litmap.parsing.title_similarity import normalise_title
from litmap.pipeline.work_changes import is_recent

MIN_WORKS = 4
"""Of fewer works under a heading half is no share to speak of."""
MAX_THIN = 2
"""So few works are hardly any, as `litmap topics --suggest` has it."""
MIN_CITING = 2
"""So many papers of a heading make a work a suggestion for it."""
MAX_CITING_NAMED = 3
"""Papers that are named as citing a suggestion; the others are counted."""


@dataclass(frozen=True, slots=True)
class HeadingState:
    """What readers were last told of a heading: its works and those with a full text."""

    works: int = 0
    with_text: int = 0
    told_at: str = ""


@dataclass(frozen=True, slots=True)
class HeadingNews:
    """The events of a run, and what readers know once they are told: states by heading, and the
    titles, normalised, of all that was ever suggested.
    """

    events: tuple[Event, ...]
    states: Mapping[str, Mapping[str, Any]]
    suggested: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A work that papers cite and the notes do not; `citing` are those of each heading, by id."""

    title: str
    ids: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    year: int = 0
    citing: Mapping[HeadingPath, tuple[str, ...]] = field(default_factory=dict)

    @property
    def heading(self) -> HeadingPath:
        """The heading most of whose papers cite it; () where it stands under none."""
        return max(self.citing, key=lambda path: len(self.citing[path]), default=())

    @property
    def papers(self) -> tuple[str, ...]:
        """The papers of that heading that cite it."""
        return self.citing.get(self.heading, ())


@dataclass(frozen=True, slots=True)
class Cause:
    """What may make a work a suggestion that was none: papers that `came` since the last telling.

    `former` are the ids and normalised titles of works that are or were in the notes: they are
    never suggested. `names` says by id how papers are called.
    """

    came: Collection[str] = ()
    former: Collection[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def has_thinned(before: HeadingState, after: HeadingState) -> bool:
    """Whether hardly any work is left, or most are without a text now: 5 works → 2, or 4 of 6 with
    a text → 2 of 6.
    """
    few = after.works <= MAX_THIN < before.works
    most_had = before.with_text * 2 >= before.works
    lost = after.works >= MIN_WORKS and after.with_text * 2 < after.works
    return few or (lost and most_had and before.works > 0)


def heading_name(path: HeadingPath) -> str:
    """The subject of a heading's events."""
    return " › ".join(map(one_line, path))


def compare_headings(
    told: Mapping[str, Mapping[str, Any]],
    suggested: Mapping[str, Any],
    held: Mapping[HeadingPath, tuple[int, int]],
    uncited: Sequence[Suggestion],
    now: str,
    cause: Cause,
) -> HeadingNews:
    """What is to be told of the headings at `now`, in their order.

    `held` gives how many works each has and how many of them have a text, `uncited` what papers
    cite and the notes do not; `suggested` are the titles of which readers were told. A suggestion
    is told where a paper that came cites it, or its heading is new and not a renamed one.
    """
    before = {name: build_record(HeadingState, state) for name, state in told.items()}
    events: list[Event] = []
    states = {}
    for path, (works, texts) in held.items():
        name = heading_name(path)
        old, new = before.get(name, HeadingState()), HeadingState(works, texts)
        states[name] = replace(new, told_at=old.told_at)
        if has_thinned(old, new):
            if is_recent(old.told_at, now):
                states[name] = old
            else:
                states[name] = replace(new, told_at=now)
                details = {**_counts(new), "before": _counts(old)}
                events.append(_event(EventKind.THIN, path, now, details))
    found = _suggestions(uncited, cause)
    fresh = set(held) - {path for path in held if heading_name(path) in before}
    if before.keys() - states.keys():  # one that went may be one that came, under its new name
        fresh = set()
    news = [w for key, w in found.items() if key not in suggested and _is_news(w, cause, fresh)]
    for path in held:
        own = sorted((w for w in news if w.heading == path), key=lambda w: -len(w.papers))
        if own:
            details = {"suggestions": [_suggestion(work, cause) for work in own]}
            events.append(_event(EventKind.SUGGESTED, path, now, details))
    known = dict.fromkeys([*suggested, *found], 1)
    return HeadingNews(tuple(events), {n: asdict(s) for n, s in states.items()}, known)


def _counts(state: HeadingState) -> dict[str, int]:
    return {"works": state.works, "with_text": state.with_text}


def _event(kind: EventKind, path: HeadingPath, now: str, details: Mapping[str, Any]) -> Event:
    name = heading_name(path)
    return Event(kind, name, one_line(path[-1]) if path else name, (path,), now, details)


def _suggestions(uncited: Sequence[Suggestion], cause: Cause) -> dict[str, Suggestion]:
    """What enough papers of a heading cite and never was in the notes, by normalised title."""
    best: dict[str, Suggestion] = {}
    for work in uncited:
        key = normalise_title(work.title)
        is_former = any(name in cause.former for name in (key, *work.ids))
        if key and not is_former and len(work.papers) >= MIN_CITING:
            known = best.setdefault(key, work)
            best[key] = max(known, work, key=lambda w: len(w.papers))
    return best


def _is_news(work: Suggestion, cause: Cause, fresh: Collection[HeadingPath]) -> bool:
    """Whether something that happened made it a suggestion, not the list's order alone."""
    return work.heading in fresh or any(paper in cause.came for paper in work.papers)


def _suggestion(work: Suggestion, cause: Cause) -> dict[str, Any]:
    return {
        "title": one_line(work.title),
        "authors": short_authors(work.authors),
        "year": work.year,
        "citing": len(work.papers),
        "cited_by": [cause.names.get(paper, paper) for paper in work.papers[:MAX_CITING_NAMED]],
    }
