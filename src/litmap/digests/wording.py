"""What is said of an event, as plain text: the words of every format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litmap.models import Event, EventKind, NoticeKind
from litmap.parsing.markup import one_line
from litmap.parsing.sentences import beginning

MAX_SUGGESTIONS = 5
"""Suggestions named under a heading; the others are counted."""
NO_PDF = "No free PDF was found. If you have it: `litmap add FILE`"
"""What is said of a paper that nobody gives away; which hosts were asked, `litmap works` tells."""
_HOSTS = re.compile(r"(no open copy|not fetched) \(.*\)(?=;|$)")
"""How reasons of events of earlier versions name the hosts that were asked."""
MAX_PLACES = 3
"""Notes, and lines of a note, that are named as citing a work; the others are counted."""
KIND_LABELS = {
    EventKind.NOTICE: "Notice",
    EventKind.CAME: "Added from your notes",
    EventKind.TEXT: "Full text",
    EventKind.VERSION: "Newer version",
    EventKind.PUBLISHED: "Published",
    EventKind.FAILED: "Failed",
    EventKind.CANDIDATE: "New paper",
    EventKind.LEFT: "Left the library",
    EventKind.THIN: "Thin heading",
    EventKind.SUGGESTED: "Cited and not in your notes",
}
"""How each kind is called, in the order in which kinds are told."""
NOTICE_LABELS = {
    NoticeKind.RETRACTED: "Retracted",
    NoticeKind.WITHDRAWN: "Withdrawn",
    NoticeKind.CONCERN: "Expression of concern",
    NoticeKind.CORRECTED: "Corrected",
}
"""What a notice is called where its kind says it, the gravest first."""
WARNINGS = frozenset(
    NOTICE_LABELS[kind] for kind in (NoticeKind.RETRACTED, NoticeKind.WITHDRAWN, NoticeKind.CONCERN)
)
"""Labels of what is told above all headings."""
NOT_FOUND = "Not found"
"""What a reference is called that no source knows, be it new or known before."""
ADDED = "Added"
"""What a work is called that came with a file, cited by no note."""
_NOUNS = {"Retracted": "retraction", "Withdrawn": "withdrawal", "Corrected": "correction"}
"""How services call what a label says."""
_TOLD_AT = re.compile(r",? see doi:\S+$")
"""Where a notice is told, at the end of its line."""
_RUNS_ON = re.compile(r"(?:on|in|by|from) ")
"""How a text begins that goes on with its label: 'Retracted on 2026-12-01'."""
_APPEARED = re.compile(r"published(?: in (?P<venue>.+?))?(?:, doi:\S+)?")
"""What services tell of a preprint that was published."""
_YEAR = re.compile(r" ?\((\d{4})\)$")
_UNKNOWN_TO = re.compile(r"not known to ([^:;]+)")
"""The sources that do not know a reference."""
_PAPER_ID = re.compile(r"[a-z]+:[\w./:-]{1,150}", re.ASCII)
"""An id that a command can be given as it stands."""
OF_HEADINGS = frozenset({EventKind.THIN, EventKind.SUGGESTED})
"""Kinds that are told of a heading, not of a work."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a paper and where it stands ('p. 3'); `page` is 0 where it has none, `rects`
    are those of its lines there (x0, y0, x1, y1).
    """

    text: str
    place: str = ""
    page: int = 0
    rects: tuple[tuple[float, ...], ...] = ()


def label_of(event: Event) -> str:
    """How an event is called: 'New', 'Retracted'."""
    kind = str(event.details.get("kind")) if event.kind == EventKind.NOTICE else ""
    named = NOTICE_LABELS.get(NoticeKind(kind)) if kind in set(NoticeKind) else None
    if _is_not_found(event):
        return NOT_FOUND
    if event.kind == EventKind.CAME and event.details.get("is_cited") is False:
        return ADDED
    return named or KIND_LABELS[event.kind]


def _is_not_found(event: Event) -> bool:
    """Whether it tells of a reference that no source knows."""
    is_of_work = event.kind in {EventKind.CAME, EventKind.FAILED}
    return is_of_work and event.details.get("status") == "not-found"


def is_warning(event: Event) -> bool:
    """Whether a reader must hear of it before all else: a retraction, withdrawal or concern."""
    return label_of(event) in WARNINGS


def gravity(event: Event) -> int:
    """How soon an event is told; the gravest has the least."""
    label = label_of(event)
    alike = {NOT_FOUND: KIND_LABELS[EventKind.FAILED], ADDED: KIND_LABELS[EventKind.CAME]}
    return _LABELS.index(alike.get(label, label))


def describe(event: Event) -> str:
    """What is said of an event beside its label; '' where that says it all."""
    describer = _not_found if _is_not_found(event) else _DESCRIBERS[event.kind]
    parts = describer({**event.details, "subject": event.subject})
    text = _without_label("; ".join(filter(None, map(one_line, parts))), label_of(event))
    said = _with_full_stop(text) if _RUNS_ON.match(text) else sentence(text)
    return " ".join(filter(None, (said, *_advice(event))))


def _advice(event: Event) -> Iterator[str]:
    """Where the notes cite a work that is warned of, and what can be done about an event."""
    places = _cited_in(event.details) if event.kind == EventKind.NOTICE else ""
    if places:
        yield f"Cited in {places}."
    if places and is_warning(event):
        yield "To say it there: `litmap notices --patch`."
    if event.kind == EventKind.CANDIDATE and _PAPER_ID.fullmatch(event.subject):
        yield f"Take it: `litmap new --take {event.subject}`."


def notice_address(event: Event) -> str:
    """Where a notice is told, as its service says; '' where it does not, or for another kind."""
    url = event.details.get("notice_url")
    return url if event.kind == EventKind.NOTICE and isinstance(url, str) else ""


def _without_label(text: str, label: str) -> str:
    """'retracted on 2026-05-01', or 'Retraction on 2026-05-01', is 'on 2026-05-01' beside
    'Retracted'.
    """
    for name in filter(None, (label, _NOUNS.get(label))):
        rest = text[len(name) :]
        if text[: len(name)].casefold() == name.casefold() and not rest[:1].isalnum():
            return rest.lstrip(" ,:;.")
    return text


def quotes(event: Event) -> tuple[Quote, ...]:
    """The sentences of the paper that are told with an event."""
    if event.kind == EventKind.CANDIDATE:
        begin = beginning(_text(event.details, "abstract"), 1)
        return (Quote(begin),) if begin else ()
    found = []
    for said in _records(event.details.get("sentences")):
        text = one_line(str(said.get("text") or ""))
        if text:
            place, page = one_line(str(said.get("place") or "")), _number(said.get("page"))
            found.append(Quote(text, place, page, _rects(said.get("rects"))))
    return tuple(found)


def counted(number: int, word: str) -> str:
    """'1 page', '2 pages'."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def sentence(text: str) -> str:
    """With a capital at its beginning and a full stop at its end."""
    return _with_full_stop(f"{text[:1].upper()}{text[1:]}")


def _with_full_stop(text: str) -> str:
    return f"{text}{'' if text[-1:] in '.!?…”' else '.'}" if text else ""


_LABELS = [*NOTICE_LABELS.values(), *KIND_LABELS.values()]


# ── each kind ─────────────────────────────────────────────────────────────────────────────────────
Details = Mapping[str, Any]


def _came(details: Details) -> Iterator[str]:
    status = details.get("status")
    if status == "fetched":
        yield _pages(details)
    else:
        yield from _lack(details)


def _not_found(details: Details) -> Iterator[str]:
    """'in OpenAlex, arXiv or DBLP (notes/rest.md, line 3). Correct it there, …'."""
    asked = _UNKNOWN_TO.match(_text(details, "reason"))
    sources = [part.strip() for part in asked[1].split(",")] if asked else []
    places = _cited_in(details)
    where = f"in {_listed(sources, 'or')}" if sources else ""
    begin = " ".join(filter(None, (where, f"({places})" if places else "")))
    need = _text(details, "needs") or _text(details, "reason")
    yield f"{begin}. {sentence(need)}" if begin else need


def _version(details: Details) -> Iterator[str]:
    """What is new in a version, as far as its own file tells."""
    yield _versions(details)
    if _number(details.get("here")):
        return
    if title := _text(details, "title_before"):
        yield f"its title was “{title}”"
    if new := _number(details.get("abstract_new")):
        sentences = counted(_number(details.get("abstract_sentences")), "sentence")
        yield f"{new} of {sentences} of its abstract {'is' if new == 1 else 'are'} new"
    if quoted := _text(details, "abstract_quoted"):
        yield f"first “{quoted}”"
    if pages := _pages(details):
        was = _number(details.get("pages_before"))
        is_other = was not in {0, _number(details.get("pages"))}
        yield pages + (f" instead of {was}" if is_other else "")
    if same := [one_line(s) for s in _strings(details.get("same"))]:
        yield f"its {_listed(same, 'and')} {'is' if len(same) == 1 else 'are'} as before"
    yield _free_text(details)


def _versions(details: Details) -> str:
    """'version 3 (you had 1)'; 'version 3 is out (you have 1; its file could not be had)'."""
    version, before = _number(details.get("version")), _number(details.get("before"))
    if not version:
        return ""
    if details.get("held") is False:
        return f"version {version} is out (no file of the paper is here)"
    if here := _number(details.get("here")):
        return f"version {version} is out (you have {here}; its file could not be had)"
    return f"version {version}" + (f" (you had {before})" if before else "")


def _published(details: Details) -> Iterator[str]:
    """'in Foundations of Physics: doi:10.9999/1', the year where it is that of the publication."""
    told = _text(details, "text")
    appeared = _APPEARED.fullmatch(told)
    venue, year = _text(details, "venue"), _number(details.get("published"))
    if appeared and not venue:
        venue = _without_year(appeared["venue"] or "", _number(details.get("year")))
    where = ", ".join(part for part in (venue, str(year or "")) if part)
    doi = _text(details, "doi")
    yield ": ".join(filter(None, (f"in {where}" if where else "", f"doi:{doi}" if doi else "")))
    yield "" if appeared else told


def _without_year(venue: str, year: int) -> str:
    """'J. Salt' of 'J. Salt (2021)', where 2021 is the year of the preprint."""
    written = _YEAR.search(venue)
    return venue[: written.start()] if written and written[1] == str(year) else venue


def _failed(details: Details) -> Iterator[str]:
    if details.get("status") == "metadata-only":
        yield f"its text is no longer here. {NO_PDF}"
    else:
        yield from _lack(details)


def _lack(details: Details) -> Iterator[str]:
    """Why a work has no text, and what can be done about it, once."""
    reason, need = _text(details, "reason"), _text(details, "needs")
    if details.get("status") == "metadata-only":
        yield NO_PDF if _HOSTS.match(reason) or not reason else reason
        return
    reason = _HOSTS.sub(r"\1", reason)
    yield reason
    yield need if need not in reason else ""


def _left(details: Details) -> Iterator[str]:
    """'no note cites it any longer; it stood in notes/rest.md'."""
    notes = [one_line(note) for note in _strings(details.get("notes"))]
    yield "no note cites it any longer" if notes else "its file is here no longer"
    yield f"it stood in {_listed(notes, 'and')}" if notes else ""


def _thin(details: Details) -> Iterator[str]:
    before = details.get("before")
    was: Details = before if isinstance(before, Mapping) else {}
    works, texts = _number(details.get("works")), _number(details.get("with_text"))
    works_before, texts_before = _number(was.get("works")), _number(was.get("with_text"))
    if not works:
        yield f"no paper left ({works_before} before)"
    elif (works, works_before) == (texts, texts_before):
        yield f"{counted(works, 'paper')} left ({works_before} before)"
    else:
        yield (
            f"{counted(works, 'paper')}, {texts} with a text; "
            f"before {works_before}, {texts_before} with a text"
        )


def _suggested(details: Details) -> Iterator[str]:
    rows = _records(details.get("suggestions"))
    yield from map(_suggestion, rows[:MAX_SUGGESTIONS])
    if len(rows) > MAX_SUGGESTIONS:
        yield f"and {len(rows) - MAX_SUGGESTIONS} more"


def _suggestion(row: Details) -> str:
    """'“On rest” (Olm, 2021), cited by Ulm, 2022 and Elm, 2023'."""
    by = [_text(row, "authors"), str(_number(row.get("year")) or "")]
    written = ", ".join(part for part in by if part)
    citing, named = _number(row.get("citing")), [one_line(p) for p in _strings(row.get("cited_by"))]
    more = citing - len(named)
    who = [*named, *([f"{more} more"] if more > 0 else [])]
    cited = " and ".join(filter(None, [" · ".join(who[:-1]), *who[-1:]]))
    if not named:
        cited = f"{counted(citing, 'paper')} of the heading"
    return f"“{_text(row, 'title')}”{f' ({written})' if written else ''}, cited by {cited}"


def _notice(details: Details) -> Iterator[str]:
    text = _free_text(details)
    yield _TOLD_AT.sub("", text) if _text(details, "notice_url") else text


def _free_text(details: Details) -> str:
    """What another part of the program says in words of its own."""
    return _text(details, "notice") or _text(details, "text") or _text(details, "why")


_DESCRIBERS: Mapping[EventKind, Callable[[Details], Iterator[str]]] = {
    EventKind.NOTICE: _notice,
    EventKind.CAME: _came,
    EventKind.TEXT: lambda details: iter([_pages(details)]),
    EventKind.VERSION: _version,
    EventKind.PUBLISHED: _published,
    EventKind.FAILED: _failed,
    EventKind.CANDIDATE: lambda details: iter([_free_text(details)]),
    EventKind.LEFT: _left,
    EventKind.THIN: _thin,
    EventKind.SUGGESTED: _suggested,
}


def _cited_in(details: Details) -> str:
    """'notes/rest.md, lines 3 and 8; notes/salt.md, line 1'."""
    lines: dict[str, list[int]] = {}
    for place in _records(details.get("places")):
        if note := _text(place, "note"):
            lines.setdefault(note, []).append(_number(place.get("line")))
    told = [_place(note, sorted({*own} - {0})) for note, own in list(lines.items())[:MAX_PLACES]]
    more = len(lines) - MAX_PLACES
    return "; ".join([*told, *([f"and {counted(more, 'other note')}"] if more > 0 else [])])


def _place(note: str, lines: Sequence[int]) -> str:
    more = len(lines) - MAX_PLACES
    told = [*map(str, lines[:MAX_PLACES]), *([f"{more} more"] if more > 0 else [])]
    return f"{note}, line{'' if len(told) == 1 else 's'} {_listed(told, 'and')}" if told else note


def _listed(names: Sequence[str], word: str) -> str:
    """'a, b and c'."""
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _pages(details: Details) -> str:
    pages = _number(details.get("pages"))
    return counted(pages, "page") if pages else ""


def _text(details: Details, name: str) -> str:
    value = details.get(name)
    return one_line(value) if isinstance(value, str) else ""


def _strings(value: Any) -> list[str]:
    return [part for part in value if isinstance(part, str)] if isinstance(value, list) else []


def _number(value: Any) -> int:
    """A whole number from 0; 0 for anything else."""
    return value if isinstance(value, int) and value > 0 else 0


def _rects(value: Any) -> tuple[tuple[float, ...], ...]:
    """Rectangles of four numbers each; none for anything else."""
    rows = value if isinstance(value, list) else []
    numbers = (int, float)
    return tuple(
        tuple(row)
        for row in rows
        if isinstance(row, list) and len(row) == 4 and all(isinstance(n, numbers) for n in row)
    )


def _records(value: Any) -> Sequence[Mapping[str, Any]]:
    rows = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return [row for row in rows if isinstance(row, Mapping)]
