"""The reader's own labels of papers, to set on a paper's page and for papers that are ticked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from litmap.catalogue import ReadingState
from litmap.ui import state

if TYPE_CHECKING:
    from litmap.library import Entry, Library

STATES = [state for state in ReadingState if state]


def _label(told: ReadingState) -> str:
    return told.value.capitalize()


def draw(library: Library, entry: Entry) -> None:
    """To read, reading, read; important; tags: of one paper."""
    work, may = entry.work.id, state.may_change()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.segmented_control(
            "Reading",
            STATES,
            default=entry.labels.state or None,
            format_func=_label,
            key=f"label-state-{work}",
            label_visibility="collapsed",
            on_change=_keep_state,
            args=(library, work),
            disabled=not may,
        )
        st.checkbox(
            "Important",
            entry.labels.is_important,
            key=f"label-important-{work}",
            on_change=_keep_important,
            args=(library, work),
            disabled=not may,
        )
        st.multiselect(
            "Tags: type one, then press Enter",
            all_tags(library.works()),
            list(entry.labels.tags),
            key=f"label-tags-{work}",
            placeholder="Your tags",
            accept_new_options=True,
            on_change=_keep_tags,
            args=(library, work),
            width=320,
            disabled=not may,
        )


def draw_many(library: Library, works: Sequence[str]) -> None:
    """One answer for all papers that are ticked: how far they are read, and a tag more."""
    from litmap.pipeline.readers_labels import add_tags, set_state

    may = state.may_change()
    with st.popover("Label", icon=":material/label:", disabled=not may):
        for told in STATES:
            if st.button(_label(told), key=f"label-many-{told}", width="stretch"):
                state.keep_word(partial(set_state, library.settings, works, told))
                st.rerun()
        with st.form("label-many-tag", border=False, clear_on_submit=True):
            tag = st.text_input("Tag", placeholder="A tag for all of them", key="label-many-given")
            if st.form_submit_button("Add the tag", key="label-many-go") and tag.strip():
                state.keep_word(lambda: add_tags(library.settings, works, [tag]))
                st.rerun()


def all_tags(entries: Sequence[Entry]) -> list[str]:
    """All tags of these papers, in the order of the alphabet."""
    return sorted({tag for entry in entries for tag in entry.labels.tags})


def _keep_state(library: Library, work: str) -> None:
    from litmap.pipeline.readers_labels import set_state

    told = st.session_state.get(f"label-state-{work}") or ReadingState.UNTOLD
    state.keep_word(lambda: set_state(library.settings, [work], ReadingState(told)))


def _keep_important(library: Library, work: str) -> None:
    from litmap.pipeline.readers_labels import set_important

    chosen = bool(st.session_state.get(f"label-important-{work}"))
    state.keep_word(lambda: set_important(library.settings, [work], is_important=chosen))


def _keep_tags(library: Library, work: str) -> None:
    from litmap.pipeline.readers_labels import set_tags

    tags = st.session_state.get(f"label-tags-{work}") or []
    state.keep_word(lambda: set_tags(library.settings, [work], tags))
