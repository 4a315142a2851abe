"""Filters of the table of papers: words, status, year, venue, heading, the reader's own labels.
They stand in the address, and each that is in force above the table, to take off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from litmap.catalogue import ReadingState
from litmap.ui import address, components, formatting
from litmap.ui.readers_labels import all_tags

if TYPE_CHECKING:
    from litmap.library import Entry
    from litmap.models import HeadingPath

Fits = Callable[["Entry"], bool]
EARLIEST, LATEST = 1400, 2200
"""Years that may be asked for."""
IMPORTANT = "important"
_PAGE = "papers"
WORDS, STATUS, FIRST, LAST = "papers-filter", "papers-status", "papers-from", "papers-to"
VENUE, HEADING, READING, TAG = "papers-venue", "papers-heading", "papers-reading", "papers-tag"
"""Where the session keeps them."""
_LISTS = {STATUS: "status", VENUE: "venue", HEADING: "heading", READING: "is", TAG: "tag"}
"""Filters of which several are chosen, with their names in the address, a value a line."""
_YEARS = {FIRST: "from", LAST: "to"}
_LABELS = {
    STATUS: "Status", VENUE: "Venue", HEADING: "Heading", READING: "Reading", TAG: "Tag",
    FIRST: "From year", LAST: "To year",
}  # fmt: skip
"""What the fields are called."""


def ask(entries: Sequence[Entry]) -> list[Entry]:
    """Draw the filters and those in force; the works that fit all of them."""
    headings = _headings_of(entries)
    _follow(_options(entries, headings))
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        tests = [_words(), _status(entries)]
        with st.popover("More filters", icon=":material/tune:"):
            tests += [_years(), _venues(entries), _headings(headings), _reading(), _tags(entries)]
    _draw_chips()
    address.keep(_PAGE, _in_address())
    return [entry for entry in entries if all(fits(entry) for fits in tests)]


# ── the address ───────────────────────────────────────────────────────────────────────────────────
def _follow(options: Mapping[str, Iterable[str]]) -> None:
    """Take the filters from the address where the browser brought one."""
    given = address.arrived(_PAGE, WORDS)
    if given is None:
        return
    kept = st.session_state
    kept[WORDS] = given.get("q", "")
    for key, name in _LISTS.items():
        wanted = given.get(name, "").split("\n")
        kept[key] = [value for value in dict.fromkeys(wanted) if value in options[key]]
    for key, name in _YEARS.items():
        kept[key] = read_year(given.get(name, ""))


def read_year(text: str) -> int | None:
    """A year that may be asked for; None for anything else."""
    if not (text.isascii() and text.isdecimal() and len(text) == 4):
        return None
    return int(text) if EARLIEST <= int(text) <= LATEST else None


def _options(
    entries: Sequence[Entry], headings: Mapping[str, HeadingPath]
) -> dict[str, Iterable[str]]:
    """What can be chosen of each filter with several values."""
    return {
        STATUS: {entry.status for entry in entries},
        VENUE: {entry.work.venue for entry in entries if entry.work.venue},
        HEADING: headings,
        READING: _reading_options(),
        TAG: all_tags(entries),
    }


def _in_address() -> dict[str, str]:
    kept = st.session_state
    given = {"q": (kept.get(WORDS) or "").strip()}
    given |= {name: "\n".join(kept.get(key) or ()) for key, name in _LISTS.items()}
    return given | {name: str(kept.get(key) or "") for key, name in _YEARS.items()}


# ── those in force ────────────────────────────────────────────────────────────────────────────────
def _draw_chips() -> None:
    """Each filter in force with what it asks for, to take off; the words stand in their field."""
    chosen = [(key, value) for key in _LISTS for value in st.session_state.get(key) or ()]
    chosen += [(key, year) for key in _YEARS if (year := st.session_state.get(key)) is not None]
    if not chosen:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filters"):
        for number, (key, value) in enumerate(chosen):
            st.button(
                formatting.escape(f"{_LABELS[key]}: {_shown(key, value)}"),
                key=f"filter-off-{number}",
                icon=":material/close:",
                icon_position="right",
                help="Take this filter off",
                on_click=_take_off,
                args=(key, value),
            )
        if len(chosen) > 1:
            st.button("Take all off", key="filters-off", type="tertiary", on_click=_take_all_off)


def _shown(key: str, value: object) -> str:
    text = formatting.STATUSES[str(value)][0] if key == STATUS else str(value)
    return formatting.shorten(text, 60)


def _take_off(key: str, value: object) -> None:
    if key in _YEARS:
        st.session_state[key] = None
    else:
        st.session_state[key] = [one for one in st.session_state[key] if one != value]


def _take_all_off() -> None:
    for key in _LISTS:
        st.session_state[key] = []
    for key in _YEARS:
        st.session_state[key] = None


# ── the fields ────────────────────────────────────────────────────────────────────────────────────
def _words() -> Fits:
    words = components.filter_field(
        "Filter", "Title, author, heading …", ":material/filter_alt:", key=WORDS, width=320
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
        _LABELS[STATUS],
        [status for status in formatting.STATUSES if counts[status]],
        selection_mode="multi",
        label_visibility="collapsed",
        format_func=lambda s: f"{formatting.STATUSES[s][0]} {counts[s]}",
        key=STATUS,
    )
    return lambda entry: not chosen or entry.status in chosen


def _years() -> Fits:
    with st.container(horizontal=True, gap="small"):
        first, last = (
            st.number_input(
                _LABELS[key],
                EARLIEST,
                LATEST,
                None,
                step=1,
                key=key,
                placeholder="any",
                width=130,
            )
            for key in _YEARS
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
        _LABELS[VENUE],
        [venue for venue, _ in counts.most_common()],
        format_func=lambda venue: f"{formatting.shorten(venue, 60)} ({counts[venue]})",
        key=VENUE,
        placeholder="any",
    )
    return lambda entry: not chosen or entry.work.venue in chosen


def _headings_of(entries: Sequence[Entry]) -> dict[str, HeadingPath]:
    """The headings that works stand under, or below, by their paths as text."""
    paths = dict.fromkeys(
        path[:depth]
        for entry in entries
        for path in entry.headings
        for depth in range(1, len(path) + 1)
    )
    return {formatting.path(path): path for path in paths}


def _headings(named: Mapping[str, HeadingPath]) -> Fits:
    chosen = st.multiselect(_LABELS[HEADING], list(named), key=HEADING, placeholder="any")
    wanted = [named[name] for name in chosen if name in named]
    return lambda entry: (
        not wanted or any(path[: len(want)] == want for path in entry.headings for want in wanted)
    )


def _reading_options() -> list[str]:
    return [*(str(state) for state in ReadingState if state), IMPORTANT]


def _reading() -> Fits:
    """How far the reader is; 'important' beside."""
    chosen = st.pills(_LABELS[READING], _reading_options(), selection_mode="multi", key=READING)
    states = set(chosen) - {IMPORTANT}
    return lambda entry: (
        (not states or entry.labels.state in states)
        and (IMPORTANT not in chosen or entry.labels.is_important)
    )


def _tags(entries: Sequence[Entry]) -> Fits:
    tags = all_tags(entries)
    chosen = st.multiselect(_LABELS[TAG], tags, key=TAG, placeholder="any") if tags else []
    return lambda entry: not chosen or bool(set(chosen) & set(entry.labels.tags))
