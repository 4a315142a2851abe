"""The pages by name, so that any page can link to any other without importing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from litmap.ui import texts

if TYPE_CHECKING:
    from litmap.models import Work

Draw = Callable[[], None]
_KEY = "litmap-pages"


def make(guard: Callable[[Draw], Draw]) -> list[Any]:
    """All pages, in the order of the navigation, each within the guard."""
    from litmap.ui import papers, reading, refreshes, search, topics

    rows = (
        ("search", search.page, "Search", ":material/search:"),
        ("topics", topics.page, "Topics", ":material/scatter_plot:"),
        ("papers", papers.page, "Papers", ":material/description:"),
        ("reading", reading.page, "Reading list", ":material/bookmark_add:"),
        ("refreshes", refreshes.page, "Refreshes", ":material/sync:"),
    )
    found = {
        name: st.Page(guard(draw), title=title, icon=icon, url_path=name, default=name == "search")
        for name, draw, title, icon in rows
    }
    st.session_state[_KEY] = found
    return list(found.values())


def get(name: str) -> Any:
    """The page of this name."""
    return st.session_state[_KEY][name]


def link(name: str, label: str, icon: str | None = None, **params: str) -> None:
    """A link to a page; the label is plain text."""
    st.page_link(get(name), label=texts.escape(label), icon=icon, query_params=params or None)


def link_work(work: Work, label: str = "", icon: str | None = None) -> None:
    """A link to a paper's page."""
    link("papers", label or work.title, icon, work=work.id)


def go(name: str, **params: str) -> None:
    """Leave for another page."""
    st.switch_page(get(name), query_params=params)
