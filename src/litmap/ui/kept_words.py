"""After the reader gave his word: what was kept, and a button for the refresh that goes by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import streamlit as st

from litmap.ui import formatting, links, refresh_process, state

if TYPE_CHECKING:
    from litmap.library import Library

_KEPT = "kept-word"
"""Where the session keeps the last word that the refresh has yet to follow."""


@dataclass(frozen=True, slots=True)
class _Word:
    """What was kept in a sentence or two, whether notes were changed, and on which page: on another
    one it would be read as about that.
    """

    told: str
    in_notes: bool
    place: tuple[str, str]


def keep(told: str, act: Callable[[], object], *, in_notes: bool = False) -> None:
    """Keep the reader's word, and remember to say so (`told` is plain text); with `in_notes` it
    changes notes, which can be put back.
    """

    def kept() -> None:
        act()
        st.session_state[_KEPT] = _Word(told, in_notes, _place())

    state.keep_word(kept)


def _place() -> tuple[str, str]:
    """The page that is drawn, and its paper."""
    return urlsplit(st.context.url or "").path, st.query_params.get("work", "")


def is_told() -> bool:
    """Whether this page says what was kept, with a button for the refresh."""
    return _KEPT in st.session_state


def offer_refresh(library: Library) -> None:
    """What was last kept, with a button for the refresh that brings it in."""
    kept: _Word | None = st.session_state.get(_KEPT)
    if kept is None:
        return
    if kept.place != _place():
        del st.session_state[_KEPT]
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.success(formatting.advice(kept.told), icon=":material/check_circle:")
        refresh_button(library, "kept-word-refresh")
        if kept.in_notes:
            st.button(
                "Put my notes back",
                icon=":material/undo:",
                key="kept-word-back",
                type="tertiary",
                disabled=not state.may_change(),
                on_click=_put_back,
                args=(library,),
            )


def refresh_button(library: Library, key: str) -> None:
    """A button that starts a refresh of the notes that the last one read; a link to one that
    runs.
    """
    if refresh_process.is_running(library.paths.root):
        links.link("refreshes", "A refresh is running", ":material/sync:")
        return
    st.button(
        "Refresh now",
        icon=":material/sync:",
        key=key,
        disabled=not state.may_change(),
        on_click=_refresh,
        args=(library,),
    )


def _refresh(library: Library) -> None:
    if state.may_change():
        refresh_process.start(library.paths.root, [])
        st.session_state.pop(_KEPT, None)
        st.toast("The refresh has started: see Refreshes", icon=":material/sync:")


def _put_back(library: Library) -> None:
    from litmap.pipeline import note_moves

    told = "Your notes are as they were."
    keep(told, lambda: note_moves.undo(library.paths, note_moves.Change.TOPICS))
