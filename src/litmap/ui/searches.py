"""The reader's searches: kept under names, and the last ones; for those who may change things."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from litmap.errors import LibraryError
from litmap.pipeline import kept_searches
from litmap.ui import formatting, links, state

if TYPE_CHECKING:
    from litmap.pipeline.kept_searches import Search
    from litmap.settings import Settings

MODES = {"paper": "papers", "answer": "an answer", "quotation": "a quotation"}
"""How a search is answered, said where it is not by passages."""
MAX_SHOWN = 90
_REMEMBERED = "search-remembered"


def remember(fields: Mapping[str, str]) -> None:
    """Put the search that is shown before the last ones, once."""
    kept = dict(fields)
    if state.may_change() and st.session_state.get(_REMEMBERED) != kept:
        st.session_state[_REMEMBERED] = kept
        kept_searches.remember(state.settings(), kept)


def offer_to_keep(fields: Mapping[str, str]) -> None:
    """A small form that keeps the search that is shown under a name."""
    if not state.may_change():
        return
    with st.popover("", icon=":material/bookmark_add:", help="Keep this search", width="content"):
        st.caption(formatting.escape(formatting.shorten(kept_searches.query_of(fields), MAX_SHOWN)))
        with st.form("keep-search", border=False, clear_on_submit=True):
            name = st.text_input("Name", key="keep-search-name", max_chars=kept_searches.MAX_NAME)
            if st.form_submit_button("Keep this search", key="keep-search-go") and name.strip():
                save = partial(kept_searches.save, state.settings(), name, dict(fields))
                if state.keep_word(save):
                    st.toast("Kept. It stands on the first page.", icon=":material/bookmark_added:")


def list_all() -> None:
    """The searches with names and the last ones, each a link; how to change them."""
    if not state.may_change():
        return
    settings = state.settings()
    try:
        saved, last = kept_searches.saved(settings), kept_searches.last(settings)
    except LibraryError as error:
        st.warning(formatting.advice(formatting.sentence(error.message)), icon=":material/error:")
        return
    if saved:
        _list_saved(settings, saved)
    if last:
        _list_last(settings, last)


def _list_saved(settings: Settings, saved: list[Search]) -> None:
    with st.container(gap=None, key="searches-saved"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.header("Your searches", anchor=False)
            with st.popover("Change", type="tertiary", icon=":material/edit:"):
                _change(settings, saved)
        for search in saved:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                _link(search, search.name, ":material/bookmark:")
                st.caption(_told(search))


def _list_last(settings: Settings, last: list[Search]) -> None:
    with st.expander(f"Last searches ({len(last)})", icon=":material/history:"):
        for search in last:
            _link(search, _told(search, escaped=False), None)
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            if st.button("Forget them", icon=":material/delete:", type="tertiary"):
                state.keep_word(partial(kept_searches.forget_last, settings))
                st.rerun()
            st.caption("They stand in the library's folder; `search_history = 0` keeps none.")


def _change(settings: Settings, saved: list[Search]) -> None:
    """Rename or remove one of them."""
    name = st.selectbox("Search", [search.name for search in saved], key="searches-chosen")
    new = st.text_input("New name", key="searches-new-name", max_chars=kept_searches.MAX_NAME)
    with st.container(horizontal=True, gap="small"):
        renames = st.button("Rename", icon=":material/edit:") and bool(new.strip())
        removes = st.button("Remove", icon=":material/delete:")
    change = partial(kept_searches.remove, settings, name)
    if renames:
        change = partial(kept_searches.rename, settings, name, new)
    if (renames or removes) and state.keep_word(change):
        st.rerun()


def _link(search: Search, label: str, icon: str | None) -> None:
    shown = formatting.escape(formatting.shorten(label, MAX_SHOWN))
    st.page_link(links.get("search"), label=shown, icon=icon, query_params=dict(search.fields))


def _told(search: Search, *, escaped: bool = True) -> str:
    """What a search asks: its query, and how it is answered."""
    how = f" ({MODES[search.mode]})" if search.mode in MODES else ""
    text = f"{formatting.shorten(search.query, MAX_SHOWN)}{how}"
    return formatting.escape(text) if escaped else text
