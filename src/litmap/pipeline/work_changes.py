"""What changed of the works since readers were last told of them. Values in, values out.

Told once: that a work came, that its text did, a newer version, its publication, a notice, a
failure. A work that fails, recovers and fails again is told of as it happens, but of each of both
at most once a week.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from litmap.catalogue.entries import Entry
from litmap.catalogue.records import build_record
from litmap.exports.keys import is_preprint, web_address
from litmap.models import Event, EventKind, HeadingPath, Notice, NoticeKind, Work
from litmap.parsing.markup import one_line
from litmap.parsing.person_names import short_authors
from litmap.parsing.sentences import sentence_ends
from litmap.parsing.title_similarity import TitleMatch, match_titles, normalise_title
from litmap.pdfs import PUT_RIGHT

PAUSE = timedelta(days=7)
"""So long nothing more is said of the failures of a work, or of its text, once something was."""
TROUBLED = frozenset({"failed", "not-found", "unsure"})
"""Statuses that a reader, or the next run, has to do something about."""
NEEDS = {
    "failed": "the next refresh tries again",
    "not-found": "correct it there, add its DOI or a link, or say which work it is: "
    "`litmap resolve {id} ID`",
    "unsure": "say which work is meant: `litmap resolve {id} ID`",
    "metadata-only": "a PDF that you have: `litmap add FILE`",
}
"""What ends a trouble, by status."""
MAX_QUOTED = 300
"""Characters of a new sentence of an abstract that are kept."""


@dataclass(frozen=True, slots=True)
class WorkState:
    """What readers were last told of a work, as far as something is compared with it.

    `abstract` holds a digest for each sentence; title, abstract and pages are of `version`;
    `failed_at` and `text_at` are when a failure and a text were last told of. `headings` and
    `notes` are where it stood (None in what earlier versions of litmap kept), `is_gone` tells that
    readers were told that it left.
    """

    title: str
    status: str
    ids: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    abstract: tuple[str, ...] = ()
    pages: int = 0
    version: int = 0
    is_preprint: bool = False
    notices: tuple[str, ...] = ()
    failed_at: str = ""
    text_at: str = ""
    headings: tuple[HeadingPath, ...] | None = None
    notes: tuple[str, ...] = ()
    is_gone: bool = False

    @property
    def is_known(self) -> bool:
        """Whether a source has told what the work is."""
        return self.status in {"fetched", "metadata-only"}


def state_of(entry: Entry) -> WorkState:
    """What there is to tell of a work now."""
    work, pdf = entry.work, entry.pdf
    return WorkState(
        title=work.title,
        status=entry.status,
        ids=work.ids,
        citations=entry.citations,
        abstract=tuple(map(_digest, _sentences(work.abstract))),
        pages=pdf.pages if pdf and pdf.has_pages else 0,
        version=(pdf.version if pdf else None) or work.arxiv_version or 0,
        is_preprint=is_preprint(work) and _appeared_as(entry) is None,
        notices=tuple(_notice_key(notice) for notice in _warnings(entry)),
        headings=entry.headings,
        notes=tuple(dict.fromkeys(mention.note for mention in entry.mentions)),
    )


def _warnings(entry: Entry) -> list[Notice]:
    return [notice for notice in entry.notices if notice.kind.is_warning]


def _notice_key(notice: Notice) -> str:
    """What tells a notice from others of its work: 'corrected 10.1/x'; 'corrected' where only that
    is known.
    """
    named = one_line(notice.text) if notice.kind == NoticeKind.OTHER else notice.doi
    return f"{notice.kind.value} {named}".strip()


def _is_told(notice: Notice, told: Sequence[str]) -> bool:
    """Whether readers know of a notice; one that says no more than its kind tells of any of it."""
    kind = notice.kind.value
    if _notice_key(notice) in told or kind in told:
        return True
    return (
        notice.kind != NoticeKind.OTHER
        and not notice.doi
        and any(key.split(" ")[0] == kind for key in told)
    )


def _appeared_as(entry: Entry) -> Notice | None:
    """What a source tells of the version in a journal or proceedings."""
    return next((n for n in entry.notices if n.kind == NoticeKind.PUBLISHED), None)


@dataclass(frozen=True, slots=True)
class _Change:
    """A work then and now. `headings` are where it is told of, `sentences` what it says."""

    before: WorkState
    entry: Entry
    after: WorkState
    now: str
    sentences: Sequence[Mapping[str, Any]] = ()


Detail = Mapping[str, Any]


def _came(change: _Change) -> Iterator[Detail]:
    if not change.before.status:
        yield {
            "status": change.after.status,
            "reason": change.entry.reason,
            "needs": _needs(change),
            "places": _places(change.entry),
            "is_cited": bool(change.entry.mentions),
            "pages": change.after.pages,
            "sentences": list(change.sentences),
        }


def _text(change: _Change) -> Iterator[Detail]:
    before, after = change.before, change.after
    is_new = before.status and before.status != "fetched" and after.status == "fetched"
    if is_new and not is_recent(before.text_at, change.now):
        yield {"pages": after.pages, "sentences": list(change.sentences)}


def _version(change: _Change) -> Iterator[Detail]:
    """A newer version, here or only known to be out, and what differs as far as it is known."""
    before, after = change.before, change.after
    newest = _newest_version(change)
    if not before.version or newest <= before.version:
        return
    known = set(before.abstract)
    new = [s for s in _sentences(change.entry.work.abstract) if _digest(s) not in known]
    renamed = match_titles(before.title, after.title) != TitleMatch.EQUAL
    is_here = after.version == newest
    changed = {"title": renamed}
    if known and after.abstract:
        changed["abstract"] = set(after.abstract) != known
    if is_here and before.pages:
        changed["number of pages"] = after.pages != before.pages
    yield {
        "version": newest,
        "before": before.version,
        "held": change.entry.pdf is not None,
        "here": 0 if is_here else after.version,
        "same": [] if any(changed.values()) else list(changed),
        "title_before": before.title if renamed else "",
        "abstract_sentences": len(after.abstract),
        "abstract_new": len(new) if known else 0,
        "abstract_quoted": new[0][:MAX_QUOTED] if new and known else "",
        "pages": after.pages,
        "pages_before": before.pages,
    }


def _newest_version(change: _Change) -> int:
    """The newest version that is here or that arXiv told of."""
    told = (n.version or 0 for n in change.entry.notices if n.kind == NoticeKind.VERSION)
    return max(change.after.version, *told, 0)


def _published(change: _Change) -> Iterator[Detail]:
    before, after, work = change.before, change.after, change.entry.work
    appeared = before.is_preprint and not after.is_preprint and after.is_known
    if before.is_known and appeared:
        told = _appeared_as(change.entry)
        if told and is_preprint(work):  # the record is the preprint's still
            yield {"text": told.text, "doi": told.doi}
        else:
            yield {"venue": work.venue, "published": work.year or 0, "doi": work.identifier("doi")}


def _notice(change: _Change) -> Iterator[Detail]:
    told = list(change.before.notices)
    for notice in _warnings(change.entry):
        if not _is_told(notice, told):
            told.append(_notice_key(notice))
            yield {
                "notice": notice.text,
                "kind": notice.kind.value,
                "notice_url": notice.url,
                "places": _places(change.entry),
            }


def _failed(change: _Change) -> Iterator[Detail]:
    """A failure; one of a work that comes is told with its coming."""
    before = change.before
    is_new = before.status and has_failed(before, change.after)
    if is_new and not is_recent(before.failed_at, change.now):
        yield {
            "status": change.after.status,
            "reason": change.entry.reason,
            "needs": _needs(change),
            "places": _places(change.entry),
        }


def _places(entry: Entry) -> list[dict[str, Any]]:
    """Where the notes cite a work, each line once."""
    places = dict.fromkeys((mention.note, mention.line) for mention in entry.mentions)
    return [{"note": note, "line": line} for note, line in places]


def has_failed(before: WorkState, after: WorkState) -> bool:
    """Whether a work is in trouble that was not, or lost its text."""
    is_new = after.status in TROUBLED and before.status not in TROUBLED
    return is_new or (before.status == "fetched" and after.status != "fetched")


DETECTORS: Mapping[EventKind, Callable[[_Change], Iterator[Detail]]] = {
    EventKind.CAME: _came,
    EventKind.TEXT: _text,
    EventKind.VERSION: _version,
    EventKind.PUBLISHED: _published,
    EventKind.NOTICE: _notice,
    EventKind.FAILED: _failed,
}
"""What is looked for, in the order in which it is told."""


@dataclass(frozen=True, slots=True)
class WorkNews:
    """The events of a run, and what readers know once they are told: states by work id."""

    events: tuple[Event, ...]
    states: Mapping[str, Mapping[str, Any]]


def compare_works(
    told: Mapping[str, Mapping[str, Any]],
    entries: Sequence[Entry],
    now: str,
    *,
    headings: Callable[[Entry], tuple[HeadingPath, ...]],
    sentences: Callable[[str], Sequence[Mapping[str, Any]]],
    aliases: Mapping[str, str] | None = None,
) -> WorkNews:
    """What is to be told of the works at `now` (UTC ISO 8601), in their order.

    `told` are the states of the last time by work id; `headings` gives where a work is told of,
    `sentences` what its paper says, by its id. Works not looked up yet are told of when they are.
    A work under a new id, as `aliases` (old id: new) or its citations tell, is the same work.
    """
    states = {work: build_record(WorkState, state) for work, state in told.items()}
    former = _Former(states, {e.work.id for e in entries}, aliases or {})
    events: list[Event] = []
    for entry in entries:
        if entry.status == "pending":
            continue
        before = former.take(entry) or WorkState("", "")
        after = state_of(entry)
        is_new_text = after.status == "fetched" != before.status
        said = sentences(entry.work.id) if is_new_text else ()
        change = _Change(before, entry, after, now, said)
        found = [(kind, d) for kind, detect in DETECTORS.items() for d in detect(change)]
        own = headings(entry)
        events += [_event(entry.work, own, now, kind, detail) for kind, detail in found]
        state = _told_state(change, {kind for kind, _ in found})
        states[entry.work.id] = replace(state, headings=own)
    for work in _left(states, entries, aliases or {}):
        if _has_place(states[work]):
            events.append(_left_event(work, states[work], now))
        states[work] = replace(states[work], is_gone=True)
    return WorkNews(tuple(events), {work: asdict(state) for work, state in states.items()})


def _left(
    states: Mapping[str, WorkState], entries: Sequence[Entry], aliases: Mapping[str, str]
) -> list[str]:
    """The works that are in the library no more, under no id or name, and were until now."""
    current = {e.work.id for e in entries}
    names = {name for e in entries for name in _names(state_of(e))}
    return [
        work
        for work, state in states.items()
        if work not in current and not state.is_gone
        if aliases.get(work) not in current and names.isdisjoint(_names(state))
    ]


def _has_place(state: WorkState) -> bool:
    """Whether it is known where a work stood that a source had told of; a reference that was never
    found leaves when it is corrected.
    """
    return state.is_known and state.headings is not None


def _left_event(work: str, state: WorkState, now: str) -> Event:
    details = {"notes": list(state.notes)}
    title = one_line(state.title) or work
    return Event(EventKind.LEFT, work, title, state.headings or (), now, details)


def baseline(entries: Sequence[Entry]) -> dict[str, Mapping[str, Any]]:
    """The states of a library of which nothing is told yet."""
    return {e.work.id: asdict(state_of(e)) for e in entries}


class _Former:
    """What was told of works, found again under whatever id they have now."""

    def __init__(
        self, states: dict[str, WorkState], current: set[str], aliases: Mapping[str, str]
    ) -> None:
        self._states = states
        self._gone: dict[str, str] = {}
        for work, state in states.items():
            if work not in current:
                for name in _names(state):
                    self._gone.setdefault(name, work)
        self._by_alias = {new: old for old, new in aliases.items() if old in states}

    def take(self, entry: Entry) -> WorkState | None:
        """The state of a work; one kept under a former id is taken from there."""
        if entry.work.id in self._states:
            return self._states[entry.work.id]
        names = _names(state_of(entry))
        found = [self._by_alias.get(entry.work.id), *(self._gone.get(name) for name in names)]
        old = next((work for work in found if work in self._states), None)
        return self._states.pop(old) if old else None


def _names(state: WorkState) -> Iterator[str]:
    """By what a work is known again: its citations, its identifiers, its title."""
    yield from (f"citation {key}" for key in state.citations)
    yield from state.ids
    if title := normalise_title(state.title):
        yield f"title {title}"


def _told_state(change: _Change, kinds: set[EventKind]) -> WorkState:
    """What readers know of a work once they are told of these kinds."""
    before, after = change.before, change.after
    is_told = EventKind.VERSION in kinds
    state = replace(
        after,
        version=max(before.version, _newest_version(change) if is_told else after.version),
        is_preprint=after.is_preprint and (before.is_preprint or not before.is_known),
        notices=tuple(dict.fromkeys([*before.notices, *after.notices])),
        failed_at=change.now if _tells_failure(change, kinds) else before.failed_at,
        text_at=change.now if EventKind.TEXT in kinds else before.text_at,
    )
    if not is_told and (_is_ahead(change) or after.version < before.version):
        state = replace(state, title=before.title, abstract=before.abstract, pages=before.pages)
    is_silent = not kinds & {EventKind.CAME, EventKind.TEXT, EventKind.FAILED}
    is_news = has_failed(before, after) or after.status == "fetched" != before.status
    return replace(state, status=before.status) if is_silent and is_news else state


def _tells_failure(change: _Change, kinds: set[EventKind]) -> bool:
    """Whether a failure is told, be it with the work's coming."""
    came_so = EventKind.CAME in kinds and change.after.status in TROUBLED
    return EventKind.FAILED in kinds or came_so


def _is_ahead(change: _Change) -> bool:
    """Whether the record speaks of a newer version than the file that is here."""
    newest, pdf = change.entry.work.arxiv_version, change.entry.pdf
    is_later = bool(newest and pdf and pdf.version and pdf.version < newest)
    return is_later and bool(change.before.version)


def _event(
    work: Work, headings: tuple[HeadingPath, ...], now: str, kind: EventKind, detail: Detail
) -> Event:
    by = {
        "authors": short_authors(work.authors),
        "year": work.year or 0,
        "url": web_address(work),
    }
    return Event(kind, work.id, one_line(work.title) or work.id, headings, now, {**by, **detail})


def _needs(change: _Change) -> str:
    """What ends a trouble, where its reason does not say it itself."""
    if change.entry.reason.endswith(PUT_RIGHT):
        return ""
    return NEEDS.get(change.after.status, "").format(id=change.entry.work.id)


def is_recent(time: str, now: str) -> bool:
    """Whether so little time passed since that nothing more is said."""
    return bool(time) and time_of(now) - time_of(time) < PAUSE


def time_of(text: str) -> datetime:
    """A time of the catalogue."""
    return datetime.fromisoformat(text)


def _sentences(abstract: str) -> list[str]:
    text = one_line(abstract)
    pairs = pairwise([0, *sentence_ends(text)])
    return [part for a, b in pairs if (part := text[a:b].strip())]


def _digest(sentence: str) -> str:
    """Eight letters that tell a sentence whatever its case, accents and signs."""
    plain = normalise_title(sentence) or sentence
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:8]
