"""Events grouped as a reader reads them: by heading, then by work, what is gravest first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from litmap.digests.wording import (
    OF_HEADINGS,
    WARNINGS,
    Quote,
    describe,
    gravity,
    is_warning,
    label_of,
    notice_address,
    quotes,
)
from litmap.models import Event, EventKind, HeadingPath, Note
from litmap.parsing.markup import one_line
from litmap.parsing.person_names import short_authors

WARNED = "Look at these first"
"""What stands above the works that readers are warned of."""
_WEB = re.compile(r"https?://[!-~]+", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    """One event of an item: its kind, how it is called, what is said of it, the paper's sentences,
    and the web address of a notice ('' for none).
    """

    event: int
    kind: EventKind
    label: str
    time: str
    text: str
    quotes: tuple[Quote, ...] = ()
    is_read: bool = False
    url: str = ""

    @property
    def begin(self) -> str:
        """The label with what is between it and the text: 'Full text.', or 'Retracted' where the
        text goes on with 'on 2026-12-01'.
        """
        return self.label if self.text[:1].islower() else f"{self.label}."

    @property
    def link_text(self) -> str:
        """How the address is called: 'doi:10.9999/notice'."""
        host = "https://doi.org/"
        return f"doi:{self.url.removeprefix(host)}" if self.url.startswith(host) else self.url


@dataclass(frozen=True, slots=True)
class Item:
    """What happened to one work (or heading: then `title` is ''). `by` is 'Olm and Elm, 2021',
    `url` an address of the web or '', `also` are the other headings that it stands under, `rank`
    is how soon it is told: the gravest first. All of it is plain text on one line.
    """

    subject: str
    title: str
    by: str
    url: str
    lines: tuple[Line, ...]
    also: tuple[str, ...] = ()
    rank: int = 0

    @property
    def is_warning(self) -> bool:
        """Whether readers are warned of the work."""
        return any(line.label in WARNINGS for line in self.lines)

    @property
    def under(self) -> str:
        """What stands before the headings of `also`."""
        return "Under" if self.is_warning else "Also under"


@dataclass(frozen=True, slots=True)
class Section:
    """What happened under one heading; () for none, or for the works that are warned of, which
    stand above all headings.
    """

    heading: HeadingPath
    items: tuple[Item, ...]
    is_warning: bool = False

    @property
    def name(self) -> str:
        """The heading's path as plain text."""
        return WARNED if self.is_warning else heading_text(self.heading)


@dataclass(frozen=True, slots=True)
class Digest:
    """What happened, from the first to the last time (UTC ISO 8601); '' where nothing did."""

    sections: tuple[Section, ...]
    first: str = ""
    last: str = ""

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in their order."""
        return tuple(item for section in self.sections for item in section.items)

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in their order."""
        return tuple(line for item in self.items for line in item.lines)

    @property
    def day(self) -> str:
        """The day of the last event, UTC."""
        return self.last[:10]

    @property
    def name(self) -> str:
        """'News of 2026-11-03'; 'No news' where nothing happened."""
        return f"News of {self.day}" if self.day else "No news"


def heading_text(path: Sequence[str]) -> str:
    """'Sleep › Salt'."""
    return " › ".join(one_line(part) for part in path if one_line(part)) or "(no heading)"


def heading_order(notes: Sequence[Note]) -> list[HeadingPath]:
    """The headings of the notes in their order, each once."""
    return list(dict.fromkeys(heading.path for note in notes for heading in note.headings))


def make_digest(events: Sequence[Event], order: Sequence[HeadingPath] = ()) -> Digest:
    """The events under their headings, in the `order` of the notes; headings that are not in it
    come behind, what has none last. A work of several headings stands under the first of them,
    one that is warned of with all that is told of it above them all, the gravest first.
    """
    places = {path: number for number, path in enumerate(order)}
    warned = {event.subject for event in events if is_warning(event)}
    warnings: dict[str, list[Event]] = {}
    sections: dict[HeadingPath, dict[str, list[Event]]] = {}
    home: dict[str, HeadingPath] = {}
    for event in sorted(events, key=lambda e: e.id):
        if event.subject in warned:
            warnings.setdefault(event.subject, []).append(event)
            continue
        own = min(event.headings, key=lambda path: places.get(path, len(places)), default=())
        path = home.setdefault(event.subject, own)
        sections.setdefault(path, {}).setdefault(event.subject, []).append(event)
    ordered = sorted(sections, key=lambda path: (not path, places.get(path, len(places))))
    times = sorted(event.time for event in events)
    first = [Section((), _newest_first(warnings), is_warning=True)] if warnings else []
    return Digest(
        (*first, *(Section(path, _items(sections[path], path)) for path in ordered)),
        times[0] if times else "",
        times[-1] if times else "",
    )


def _items(by_subject: dict[str, list[Event]], path: HeadingPath) -> tuple[Item, ...]:
    items = (make_item(events, path) for events in by_subject.values())
    return tuple(sorted(items, key=lambda item: item.rank))


def _newest_first(by_subject: dict[str, list[Event]]) -> tuple[Item, ...]:
    """The works that are warned of, the gravest first, of those alike the newest."""
    items = (make_item(events) for events in by_subject.values())
    return tuple(sorted(items, key=lambda item: (item.rank, -item.lines[0].event)))


def make_item(events: Sequence[Event], path: HeadingPath = ()) -> Item:
    """The events of one work or heading as an item below a heading."""
    newest = events[-1]
    of_heading = newest.kind in OF_HEADINGS
    lines = map(_line, sorted(events, key=lambda event: (gravity(event), event.id)))
    others = dict.fromkeys(h for event in events for h in event.headings if h != path)
    return Item(
        newest.subject,
        "" if of_heading else one_line(newest.title) or one_line(newest.subject) or "(no title)",
        _by(newest),
        web_address(newest),
        tuple(lines),
        tuple(heading_text(other) for other in others),
        min(map(gravity, events)),
    )


def _line(event: Event) -> Line:
    said, quoted = describe(event), quotes(event)
    url = _as_web_address(notice_address(event))
    return Line(event.id, event.kind, label_of(event), event.time, said, quoted, event.is_read, url)


def _by(event: Event) -> str:
    authors, year = event.details.get("authors"), event.details.get("year")
    if isinstance(authors, list):
        authors = short_authors([str(author) for author in authors])
    known = (authors if isinstance(authors, str) else "", str(year) if year else "")
    return one_line(", ".join(part for part in known if part))


def web_address(event: Event) -> str:
    """The event's address where it is one of the web and holds nothing else; '' otherwise."""
    return _as_web_address(event.details.get("url"))


def _as_web_address(url: object) -> str:
    return url if isinstance(url, str) and _WEB.fullmatch(url) else ""


def as_json(digest: Digest) -> dict[str, Any]:
    """The form of `litmap digest --json`."""
    return {
        "first": digest.first,
        "last": digest.last,
        "sections": [
            {
                "heading": list(section.heading),
                "is_warning": section.is_warning,
                "items": [_item_json(i) for i in section.items],
            }
            for section in digest.sections
        ],
    }


def _item_json(item: Item) -> dict[str, Any]:
    return {name: value for name, value in asdict(item).items() if name != "rank"}
