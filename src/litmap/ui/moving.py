"""Papers to another heading: by the reader's word, or as a change to the notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from litmap.errors import LitmapError
from litmap.ui import components, formatting, kept_words, state

if TYPE_CHECKING:
    from litmap.library import Entry, Library
    from litmap.library.moved_notes import MovedNotes
    from litmap.models import Filing, HeadingPath

SHOWN_LINES, SHOWN_LEFT = 80, 8
"""Lines of a patch, and places that stay, that are shown."""


def draw(library: Library, entries: Sequence[Entry], key: str) -> None:
    """'Move to another heading …': the headings to choose from, what would change in the notes, and
    both ways.
    """
    label = "Move to another heading …"
    with st.expander(label, icon=":material/drive_file_move:", key=f"moving-{key}"):
        if not state.may_change():
            st.info(state.how_to_change("move a paper"), icon=":material/lock:")
            return
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            to = st.selectbox(
                "Heading",
                library.places,
                index=None,
                format_func=formatting.path,
                placeholder="Type to filter",
                key=f"move-to-{key}",
                width=460,
            )
            left = _choose_left(entries, key)
        if to:
            _both_ways(library, entries, to, left, key)


def _choose_left(entries: Sequence[Entry], key: str) -> HeadingPath | None:
    """The one heading that a paper leaves, where it stands under several; None for all."""
    headings = entries[0].headings
    if len(entries) > 1 or len(headings) < 2:
        return None
    return st.selectbox(
        "It leaves",
        headings,
        index=None,
        format_func=formatting.path,
        placeholder="All its headings",
        key=f"move-from-{key}",
        width=340,
    )


def _both_ways(
    library: Library,
    entries: Sequence[Entry],
    to: HeadingPath,
    left: HeadingPath | None,
    key: str,
) -> None:
    works = [entry.work.id for entry in entries]
    named = formatting.count(len(works), "paper") if len(works) > 1 else _short(entries[0])
    where = f"“{formatting.path(to)}”"
    if st.button(
        "Keep as my word",
        icon=":material/check:",
        key=f"move-word-{key}",
        help="Your notes stay as they are; your word holds until you take it back",
        on_click=_keep_word,
        args=(library, works, to, left, f"{named} → {where}.", f"move-to-{key}"),
    ):
        st.rerun()  # all of the page, where this is drawn in a part of it
    try:
        notes = library.moved_notes(works, to, left)
    except LitmapError as error:
        st.caption(f"Your notes cannot be changed now: {formatting.advice(error.message)}.")
        return
    _preview(notes)
    if st.button(
        "Change my notes",
        icon=":material/edit_note:",
        key=f"move-notes-{key}",
        help="Moves these lines; a backup is kept, and they can be put back",
        disabled=not notes.new,
        on_click=_change_notes,
        args=(library, works, to, notes, f"{named} → {where}.", f"move-to-{key}"),
    ):
        st.rerun()


def _preview(notes: MovedNotes) -> None:
    """What would change in the notes, and what stays there, with why."""
    if notes.new:
        st.caption("This would change in your notes:")
        lines = notes.patch().decode("utf-8", "replace").splitlines()
        more = f"\n… and {len(lines) - SHOWN_LINES} more lines" if len(lines) > SHOWN_LINES else ""
        st.code("\n".join(lines[:SHOWN_LINES]) + more, language="diff", wrap_lines=True)
    elif not notes.left:
        st.caption("No note cites it elsewhere, so there is no line to move.")
    for place in notes.left[:SHOWN_LEFT]:
        st.caption(f"{formatting.escape(formatting.place(place.mention))} stays: {place.why}.")
    if len(notes.left) > SHOWN_LEFT:
        st.caption(f"and {formatting.count(len(notes.left) - SHOWN_LEFT, 'more place')}")


def _short(entry: Entry) -> str:
    return f"“{formatting.shorten(entry.work.title, 60)}”"


def _keep_word(
    library: Library,
    works: Sequence[str],
    to: HeadingPath,
    left: HeadingPath | None,
    told: str,
    asked: str,
) -> None:
    from litmap.pipeline import kept_places

    kept_words.keep(
        f"{told} Lists, filters and exports have it; topics, summaries and the map from the next "
        "refresh on.",
        lambda: kept_places.move(library.settings, works, to, left),
    )
    st.session_state[asked] = None


def _change_notes(
    library: Library,
    works: Sequence[str],
    to: HeadingPath,
    notes: MovedNotes,
    told: str,
    asked: str,
) -> None:
    from litmap.pipeline import kept_places

    kept_words.keep(
        f"{told} Your notes are changed; the library has it from the next refresh on.",
        lambda: kept_places.move_in_notes(library.settings, works, to, notes.old, notes.new),
        in_notes=True,
    )
    st.session_state[asked] = None


# ── on a paper's page ─────────────────────────────────────────────────────────────────────────────
def stands(library: Library, entry: Entry, filing: Filing | None) -> None:
    """The headings of a paper, whose word that is, and whether the topics have it yet."""
    components.heading_links(entry.headings)
    said = (*entry.placed, *entry.waiting)
    if said:
        gone = "; ".join(formatting.path(path) for path in entry.waiting)
        if gone:
            st.info(
                f"You moved it to {formatting.escape(gone)}, which your notes no longer have; your "
                "word waits.",
                icon=":material/hourglass_empty:",
            )
        if entry.placed:
            st.caption(formatting.escape(f"By your word{_noted(entry)}"))
        st.button(
            "Take back the move",
            key=f"move-back-{entry.work.id}",
            icon=":material/undo:",
            type="tertiary",
            disabled=not state.may_change(),
            on_click=_take_back,
            args=(library, entry),
        )
    if filing is not None and filing.noted != entry.headings:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption("Topics, summaries and the map have it from the next refresh on.")
            if not kept_words.is_told():
                kept_words.refresh_button(library, "moved-refresh")


def _noted(entry: Entry) -> str:
    paths = formatting.deepest(entry.noted)
    return f"; your notes have it under {'; '.join(map(formatting.path, paths))}" if paths else ""


def _take_back(library: Library, entry: Entry) -> None:
    from litmap.pipeline import kept_places

    kept_words.keep(
        f"{_short(entry)} stands where your notes have it.",
        lambda: kept_places.take_back(library.settings, [entry.work.id]),
    )
