"""Filters of the table of papers: words, status, year, venue, heading, the reader's own labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from litmap.catalogue import ReadingState
from litmap.ui import components, formatting
from litmap.ui.readers_labels import all_tags

if TYPE_CHECKING:
    from litmap.library import Entry

Fits = Callable[["Entry"], bool]
EARLIEST, LATEST = 1400, 2200
"""Years that may be asked for."""


def ask(entries: Sequence[Entry]) -> list[Entry]:
    """Draw the filters; the works that fit all of them."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        tests = [_words(), _status(entries)]
        with st.popover("More filters", icon=":material/tune:"):
            tests += [_years(), _venues(entries), _headings(entries), _reading(), _tags(entries)]
    return [entry for entry in entries if all(fits(entry) for fits in tests)]


def _words() -> Fits:
    words = components.filter_field(
        "Filter",
        "Title, author, heading …",
        ":material/filter_alt:",
        key="papers-filter",
        width=320,
        in_address=True,
    )
    wanted = words.lower().split()
    return lambda entry: holds_words(entry, wanted)


def holds_words(entry: Entry, wanted: Sequence[str]) -> bool:
    """Whether each of these words, in lower case, is in a work's record or in a heading."""
    if not wanted:
        return True
    work = entry.work
    parts = (work.title, *work.authors, work.venue, *work.ids)
    text = " ".join((*parts, *(part for path in entry.headings for part in path))).lower()
    return all(word in text for word in wanted)


def _status(entries: Sequence[Entry]) -> Fits:
    """Statuses without works are not offered."""
    counts = Counter(entry.status for entry in entries)
    chosen = st.pills(
        "Status",
        [status for status in formatting.STATUSES if counts[status]],
        selection_mode="multi",
        label_visibility="collapsed",
        format_func=lambda s: f"{formatting.STATUSES[s][0]} {counts[s]}",
        key="papers-status",
        bind="query-params",
    )
    return lambda entry: not chosen or entry.status in chosen


def _years() -> Fits:
    with st.container(horizontal=True, gap="small"):
        first, last = (
            st.number_input(
                label,
                EARLIEST,
                LATEST,
                None,
                step=1,
                key=f"papers-{key}",
                bind="query-params",
                placeholder="any",
                width=130,
            )
            for label, key in (("From year", "from"), ("To year", "to"))
        )
    return lambda entry: in_years(entry, first, last)


def in_years(entry: Entry, first: int | None, last: int | None) -> bool:
    """Whether a work is of these years, either None where open; one without a year is of none."""
    if first is None and last is None:
        return True
    year = entry.work.year
    return year is not None and (first or EARLIEST) <= year <= (last or LATEST)


def _venues(entries: Sequence[Entry]) -> Fits:
    counts = Counter(entry.work.venue for entry in entries if entry.work.venue)
    chosen = st.multiselect(
        "Venue",
        [venue for venue, _ in counts.most_common()],
        format_func=lambda venue: f"{formatting.shorten(venue, 60)} ({counts[venue]})",
        key="papers-venue",
        placeholder="any",
    )
    return lambda entry: not chosen or entry.work.venue in chosen


def _headings(entries: Sequence[Entry]) -> Fits:
    paths = dict.fromkeys(
        path[:depth]
        for entry in entries
        for path in entry.headings
        for depth in range(1, len(path) + 1)
    )
    named = {formatting.path(path): path for path in paths}
    chosen = st.multiselect("Heading", list(named), key="papers-heading", placeholder="any")
    wanted = [named[name] for name in chosen if name in named]
    return lambda entry: (
        not wanted or any(path[: len(want)] == want for path in entry.headings for want in wanted)
    )


IMPORTANT = "important"


def _reading() -> Fits:
    """How far the reader is; 'important' beside."""
    chosen = st.pills(
        "Reading",
        [*(str(state) for state in ReadingState if state), IMPORTANT],
        selection_mode="multi",
        key="papers-reading",
    )
    states = set(chosen) - {IMPORTANT}
    return lambda entry: (
        (not states or entry.labels.state in states)
        and (IMPORTANT not in chosen or entry.labels.is_important)
    )


def _tags(entries: Sequence[Entry]) -> Fits:
    tags = all_tags(entries)
    chosen = st.multiselect("Tag", tags, key="papers-tag", placeholder="any") if tags else []
    return lambda entry: not chosen or bool(set(chosen) & set(entry.labels.tags))
