"""Papers: the table of all works with status and reason."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import streamlit as st

from litmap.ui import (
    adding,
    app_advice,
    chosen_papers,
    companion,
    formatting,
    kept_words,
    links,
    paper_filters,
    state,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litmap.library import Entry, Library

OPENED = "papers-open"
"""Where the session keeps which title was pressed, in the run that follows."""


def page() -> None:
    """Draw the table of all works."""
    library = state.library()
    entries = library.works()
    st.title("Papers", anchor=False)
    if not entries:
        st.info(
            "Your notes cite no work yet, or none was found in them. `litmap read NOTE` shows "
            "what is read."
        )
        adding.section(library.settings)
        return
    if waiting := library.to_settle():
        links.link("settle", f"To settle ({len(waiting)})", ":material/rule:")
    kept_words.offer_refresh(library)
    rows = paper_filters.ask(entries)
    companion.say(f"{formatting.count(len(rows), 'work')} in the table")
    above = st.container()
    chosen = _table(library, rows)
    with above:
        if chosen:
            chosen_papers.draw(library, chosen)
        else:
            st.markdown(
                f"{formatting.count(len(rows), 'work')}. Press a title to open the paper; tick "
                "rows to export, cite or compare them."
            )
    adding.section(library.settings)


def _table(library: Library, rows: Sequence[Entry]) -> list[Entry]:
    """The table; the works whose rows are ticked. A title that is pressed opens its paper."""
    picked = st.dataframe(
        _columns_of(library, rows),
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key=f"papers-table-{_digest(rows)}",  # other rows: none of them is ticked
        height=min(36 + 35 * max(len(rows), 1), 640),
        column_config=_columns(),
        alt="All works with status and reason",
    )
    pressed = st.session_state.get(OPENED)
    if pressed is not None and 0 <= pressed["row"] < len(rows):
        links.go("paper", work=rows[pressed["row"]].work.id)
    return [rows[number] for number in picked.selection.rows if number < len(rows)]


def _columns_of(library: Library, entries: Sequence[Entry]) -> Columns:
    """The table's columns; those of all works are made once, as they take most of the page's
    time.
    """
    works = library.works()
    if library not in _MADE:
        rows = [_row(entry) for entry in works]
        _MADE[library] = {name: [row[name] for row in rows] for name in _columns()}
    made = _MADE[library]
    if len(entries) == len(works):
        return made
    number = {entry.work.id: i for i, entry in enumerate(works)}
    numbers = [number[entry.work.id] for entry in entries]
    return {name: [column[i] for i in numbers] for name, column in made.items()}


Columns = dict[str, list[Any]]
_MADE: WeakKeyDictionary[Library, Columns] = WeakKeyDictionary()
"""The table of all works of each library that is open; it is opened anew with each change."""


def _digest(rows: Sequence[Entry]) -> str:
    ids = "\n".join(entry.work.id for entry in rows)
    return hashlib.sha256(ids.encode("utf-8", "replace")).hexdigest()[:16]


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "Title": entry.work.title or entry.work.id,
        "Authors": formatting.people(entry.work.authors),
        "Year": entry.work.year,
        "Status": formatting.STATUSES.get(entry.status, (entry.status,))[0],
        "Why": "" if entry.status == "fetched" else _reason(entry),
        "Reading": _reading(entry),
        "Tags": list(entry.labels.tags),
        "Venue": entry.work.venue,
        "Heading": "; ".join(h[-1] for h in formatting.deepest(entry.headings)),
    }


def _reason(entry: Entry) -> str:
    """Why there is no PDF, and what can be done about it in the app."""
    return formatting.sentence(app_advice.in_app(entry.reason))


def _reading(entry: Entry) -> str:
    """'read, important'."""
    important = "important" if entry.labels.is_important else ""
    return ", ".join(filter(None, (str(entry.labels.state), important)))


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "Title": config.ButtonColumn(width=400, type="tertiary", alignment="left", key=OPENED),
        "Authors": config.TextColumn(width=200),
        "Year": config.NumberColumn(format="%d", width=60),
        "Status": config.TextColumn(width=100),
        "Why": config.TextColumn(width=260),
        "Reading": config.TextColumn(width=100),
        "Tags": config.ListColumn(width=140),
        "Venue": config.TextColumn(width=160),
        "Heading": config.TextColumn(width=200),
    }
