"""News: what happened in the library, by week and heading, read or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

import streamlit as st

from litmap.digests import KIND_LABELS, Item, Line, Section, make_digest
from litmap.digests.markdown import address
from litmap.errors import SearchError
from litmap.models import Candidate, Event, EventKind
from litmap.ui import app_advice, candidate_buttons, formatting, links, state

if TYPE_CHECKING:
    from litmap.digests.wording import Quote
    from litmap.library import Library

ITEMS_PER_PAGE = 20
"""Works shown at once."""
UNREAD, ALL = "unread", "all"
COLOURS = {
    EventKind.NOTICE: "red",
    EventKind.CAME: "green",
    EventKind.TEXT: "green",
    EventKind.VERSION: "blue",
    EventKind.PUBLISHED: "blue",
    EventKind.FAILED: "orange",
    EventKind.CANDIDATE: "violet",
    EventKind.LEFT: "gray",
    EventKind.THIN: "orange",
    EventKind.SUGGESTED: "violet",
}
"""Colours of the kinds' badges."""


@dataclass(frozen=True)
class Row:
    """An item with the week and the heading that it stands under."""

    week: date
    section: Section
    item: Item

    @property
    def events(self) -> list[int]:
        """The ids of its events."""
        return [line.event for line in self.item.lines]

    @property
    def is_read(self) -> bool:
        """Whether the reader has seen all of it."""
        return all(line.is_read for line in self.item.lines)


def page() -> None:
    """Draw the page."""
    library = state.library_without_build()
    st.title("News", anchor=False)
    events = library.news()
    if not events:
        st.info(
            "No news yet. After each refresh but the first, what came, changed or failed stands "
            "here under your headings.",
            icon=":material/newspaper:",
        )
        return
    shown = _filtered(events)
    unread = [event.id for event in shown if not event.is_read]
    if unread:
        _mark_all(library, unread)
    if not shown:
        st.info("You have read all of it.", icon=":material/done_all:")
        return
    _show(library, list(rows_of(library, shown)))


def rows_of(library: Library, events: Sequence[Event]) -> Iterator[Row]:
    """The events as rows: the latest week first, within it by heading in the order of the notes."""
    latest = sorted(events, key=lambda e: week_of(e.time), reverse=True)
    for week, own in groupby(latest, key=lambda e: week_of(e.time)):
        for section in make_digest(list(own), library.heading_order).sections:
            yield from (Row(week, section, item) for item in section.items)


def week_of(time: str) -> date:
    """The Monday of the week of a time (UTC ISO 8601), by this machine's time zone."""
    day = datetime.fromisoformat(time).astimezone().date()
    return day - timedelta(days=day.weekday())


# ── above ─────────────────────────────────────────────────────────────────────────────────────────
def _filtered(events: Sequence[Event]) -> list[Event]:
    """The events that the reader asks for."""
    unread = sum(not event.is_read for event in events)
    labels = {UNREAD: f"Unread {unread}", ALL: f"All {len(events)}"}
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        of = st.segmented_control(
            "News",
            list(labels),
            format_func=labels.__getitem__,
            default=UNREAD,
            required=True,
            key="news-of",
            label_visibility="collapsed",
        )
        found = [event for event in events if of == ALL or not event.is_read]
        counts = Counter(event.kind for event in found)
        kinds = st.pills(
            "Kinds",
            [kind.value for kind in KIND_LABELS if counts[kind]],
            format_func=lambda kind: f"{KIND_LABELS[EventKind(kind)]} {counts[EventKind(kind)]}",
            selection_mode="multi",
            key=f"news-kinds-{of}",
            label_visibility="collapsed",
        )
    return [event for event in found if not kinds or event.kind.value in kinds]


def _mark_all(library: Library, unread: Sequence[int]) -> None:
    """The button that marks what is shown as read."""
    if not state.may_change():
        st.caption(state.how_to_change("mark news as read"))
    elif st.button(
        f"Mark all {len(unread)} as read" if len(unread) > 1 else "Mark as read",
        key="news-mark-all",
        icon=":material/done_all:",
        type="tertiary",
    ):
        _mark(library, unread, is_read=True)
        st.rerun()


def _mark(library: Library, events: Sequence[int], *, is_read: bool) -> None:
    """Keep the reader's word, where the visitor may."""
    from litmap.pipeline.read_news import mark_read

    state.keep_word(lambda: mark_read(library.settings, events, is_read=is_read))


# ── rows ──────────────────────────────────────────────────────────────────────────────────────────
def _show(library: Library, rows: Sequence[Row]) -> None:
    last = -(-len(rows) // ITEMS_PER_PAGE)
    at = st.session_state.get("news-sheet", 1) if last > 1 else 1
    at = min(at, last)
    shown = rows[(at - 1) * ITEMS_PER_PAGE : at * ITEMS_PER_PAGE]
    waiting = _waiting(library, shown)
    for week, own in groupby(shown, key=lambda row: row.week):
        st.header(f"Week of {week.day} {week:%B %Y}", anchor=False)
        for name, rows_here in groupby(own, key=lambda row: row.section.name):
            st.subheader(formatting.escape(name), anchor=False)
            for row in rows_here:
                _row(library, row, waiting)
    if last > 1:
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.pagination(last, key="news-sheet")


def _waiting(library: Library, rows: Sequence[Row]) -> dict[str, Candidate]:
    """The new papers among the rows that wait for the reader's answer, by id, where he may give
    it.
    """
    told = {
        row.item.subject
        for row in rows
        if any(line.kind == EventKind.CANDIDATE for line in row.item.lines)
    }
    if not told or not state.may_change():
        return {}
    return {one.id: one for one in library.candidates() if one.id in told}


def _row(library: Library, row: Row, waiting: Mapping[str, Candidate]) -> None:
    """One work, or the heading itself, with what happened."""
    key = f"news-{'read' if row.is_read else 'new'}-{row.events[0]}"
    with st.container(key=key, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if row.item.title:
                _title(library, row)
                lines = row.item.lines
            else:  # of the heading itself
                _line(library, row, row.item.lines[0])
                lines = row.item.lines[1:]
            _toggle(library, row)
        for line in lines:
            _line(library, row, line)
        if row.item.subject in waiting:
            with st.container(horizontal=True, gap="small"):
                candidate_buttons.draw(library, waiting[row.item.subject])
        if row.item.also:
            st.caption(f"{row.item.under} {formatting.escape('; '.join(row.item.also))}")


def _title(library: Library, row: Row) -> None:
    """The work's title: a link to its page here, else to the web."""
    item = row.item
    with st.container(width="stretch", gap=None):
        if _is_here(library, item.subject):
            links.link("paper", item.title, strong=not row.is_read, work=item.subject)
        elif item.url:
            st.link_button(
                formatting.escape(item.title),
                item.url,
                type="tertiary",
                icon=":material/open_in_new:",
            )
        else:
            st.markdown(f"**{formatting.escape(item.title)}**")
        if item.by:
            st.caption(formatting.escape(item.by))


def _is_here(library: Library, work: str) -> bool:
    try:
        return bool(library.work(work))
    except SearchError:
        return False


def _toggle(library: Library, row: Row) -> None:
    """The button for 'I read it', or its contrary."""
    if not state.may_change():
        return
    said = "Mark as new again" if row.is_read else "Mark as read"
    icon = ":material/undo:" if row.is_read else ":material/done:"
    if st.button(icon, key=f"news-toggle-{row.events[0]}", type="tertiary", help=said):
        _mark(library, row.events, is_read=not row.is_read)
        st.rerun()


def _line(library: Library, row: Row, line: Line) -> None:
    """One event: its kind as a badge, what is said of it, and the paper's own sentences."""
    badge = f":{COLOURS[line.kind]}-badge[{line.label}]"
    link = f" [{formatting.escape(line.link_text)}](<{address(line.url)}>)" if line.url else ""
    st.markdown(f"{badge} {formatting.advice(app_advice.in_app(line.text))}{link}", width="stretch")
    for number, quote in enumerate(line.quotes):
        _quote(library, row, quote, f"news-quote-{line.event}-{number}")


def _quote(library: Library, row: Row, quote: Quote, key: str) -> None:
    """A sentence, with a button that shows its page."""
    with st.container(horizontal=True, vertical_alignment="top", gap="small", wrap=False):
        st.markdown(f"> {formatting.escape(quote.text)}", width="stretch")
        if not quote.place:
            return
        if not quote.page or not _is_here(library, row.item.subject):
            st.caption(formatting.escape(quote.place), width="content")
        elif st.button(
            formatting.escape(quote.place),
            key=key,
            type="tertiary",
            icon=":material/find_in_page:",
        ):
            work = library.work(row.item.subject).work.id
            rects = [list(rect) for rect in quote.rects]
            st.session_state["shown"] = (work, quote.page, rects, quote.text, quote.place, True)
            links.go("paper", work=work)
