"""The filters of a search: drawn, said in the query's own language, and kept in the address."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import TYPE_CHECKING, TypeVar, cast

import streamlit as st

from litmap.catalogue import ReadingState
from litmap.pipeline.kept_searches import query_of
from litmap.search.query import IMPORTANT
from litmap.ui import address, formatting
from litmap.ui.readers_labels import all_tags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litmap.library import Library
    from litmap.models import HeadingPath

QUERY, MODE, LIKE, HIT = "q", "mode", "like", "chosen"
HEADING, YEARS, VENUE, LANGUAGE = "in-heading", "years", "in-venue", "in-language"
TAG, LABEL = "of-tag", "of-label"
"""Where the session keeps them."""
_PAGE = "search"


def headings_of(library: Library) -> list[HeadingPath]:
    """The headings that hold papers, in the order of the notes."""
    if not library.build_id:
        return []
    return [t.heading for t in library.topics().topics if t.heading and t.works]


def _years_of(library: Library) -> list[int]:
    return sorted({e.work.year for e in library.works() if e.work.year})


def _venues_of(library: Library) -> list[str]:
    """The venues, those of most works first."""
    counts: dict[str, int] = {}
    for entry in library.works():
        if entry.work.venue:
            counts[entry.work.venue] = counts.get(entry.work.venue, 0) + 1
    return sorted(counts, key=lambda venue: (-counts[venue], venue))


def labels_of(library: Library) -> list[str]:
    """The labels other than tags that some paper bears: 'important', 'to read' …"""
    labels = [entry.labels for entry in library.works()]
    important = [IMPORTANT] * any(label.is_important for label in labels)
    return important + [s for s in ReadingState if s and any(label.state == s for label in labels)]


# ── the address ───────────────────────────────────────────────────────────────────────────────────
def follow(library: Library, modes: Container[str]) -> None:
    """Take the search from the address where the browser brought one."""
    given = address.arrived(_PAGE, QUERY)
    if given is None:
        return
    kept, mode, years = st.session_state, given.get("by"), _years_of(library)
    kept[QUERY] = given.get("q", "")
    kept[MODE] = mode if mode in modes else "passage"
    by_path = {formatting.path(heading): heading for heading in headings_of(library)}
    kept[HEADING] = by_path.get(given.get("heading", ""))
    kept[VENUE] = given.get("venue") if given.get("venue") in _venues_of(library) else None
    kept[LANGUAGE] = given.get("lang") if given.get("lang") in library.languages() else None
    kept[TAG] = given.get("tag") if given.get("tag") in all_tags(library.works()) else None
    kept[LABEL] = given.get("is") if given.get("is") in labels_of(library) else None
    if len(years) > 1:
        kept[YEARS] = _read_span(given.get("years", ""), years[0], years[-1])
    kept[LIKE] = given.get("like", "")
    kept[HIT] = int(given["hit"]) if given.get("hit", "").isdecimal() else None


def _read_span(text: str, first: int, last: int) -> tuple[int, int]:
    """The years that '2015..2018' names, within those of the library."""
    match = re.fullmatch(r"(\d{4})\.\.(\d{4})", text)
    if match is None:
        return first, last
    low, high = sorted(min(max(int(year), first), last) for year in match.groups())
    return low, high


def fields_of(query: str) -> dict[str, str]:
    """The search that is shown, as `litmap.pipeline.kept_searches` keeps it."""
    kept = st.session_state
    mode, heading, years = kept.get(MODE), kept.get(HEADING), kept.get(YEARS)
    span = f"{years[0]}..{years[1]}" if years and years != kept.get(_ALL_YEARS) else ""
    fields = {
        "q": query,
        "by": "" if mode == "passage" else mode or "",
        "heading": formatting.path(heading) if heading else "",
        "years": span,
        "venue": kept.get(VENUE) or "",
        "lang": kept.get(LANGUAGE) or "",
        "tag": kept.get(TAG) or "",
        "is": kept.get(LABEL) or "",
    }
    return {name: value for name, value in fields.items() if value}


def keep(query: str) -> None:
    """Write the search into the address."""
    hit = st.session_state.get(HIT)
    shown = {"like": st.session_state.get(LIKE) or "", "hit": "" if hit is None else str(hit)}
    address.keep(_PAGE, {**fields_of(query), **shown})


# ── on the page ───────────────────────────────────────────────────────────────────────────────────
_ALL_YEARS = "all-years"
_Option = TypeVar("_Option", str, "HeadingPath")


def draw(library: Library, query: str) -> str:
    """Draw the filters; the query with what they say, in its own language."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        heading = _chosen("Heading", "Any heading", headings_of(library), HEADING, 260)
        venue = _chosen("Venue", "Any venue", _venues_of(library), VENUE, 200)
        language = _chosen("Language", "Any language", library.languages(), LANGUAGE, 150)
        tag = _chosen("Tag", "Any tag", all_tags(library.works()), TAG, 150, fewest=1)
        label = _chosen("Label", "Read or not", labels_of(library), LABEL, 150, fewest=1)
        span = _draw_years(_years_of(library))
    return query_of(
        {
            "q": query,
            "heading": " › ".join(heading or ()),
            "venue": venue or "",
            "lang": language or "",
            "tag": tag or "",
            "is": label or "",
            "years": f"{span[0]}..{span[1]}" if span else "",
        }
    )


def _chosen(
    label: str, none: str, options: Sequence[_Option], key: str, width: int, *, fewest: int = 2
) -> _Option | None:
    """What the reader chose; fewer options than `fewest` are no choice and are not drawn."""
    if len(options) < fewest:
        return None
    return st.selectbox(
        label,
        options,
        index=None,
        placeholder=none,
        label_visibility="collapsed",
        key=key,
        format_func=lambda o: o if isinstance(o, str) else formatting.path(o[-2:]),
        width=width,
    )


def _draw_years(years: Sequence[int]) -> tuple[int, int] | None:
    """The span of years; None where it is all of them."""
    if len(years) < 2:
        return None
    every = (years[0], years[-1])
    st.session_state[_ALL_YEARS] = every
    first, last = st.session_state.get(YEARS) or every
    label = "Any year" if (first, last) == every else f"{first} to {last}"
    with st.popover(label, type="tertiary", icon=":material/calendar_month:"):
        default = None if YEARS in st.session_state else every  # both are refused
        span = cast("tuple[int, int]", st.slider("Years", *every, default, key=YEARS))
    return None if span == every else span
