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
        ("paper", papers.paper, "Paper", None),
        ("reading", reading.page, "Reading list", ":material/bookmark_add:"),
        ("refreshes", refreshes.page, "Refreshes", ":material/sync:"),
    )
    found = {
        name: st.Page(
            guard(draw),
            title=title,
            icon=icon,
            url_path=name,
            default=name == "search",
            visibility="hidden" if name == "paper" else "visible",
        )
        for name, draw, title, icon in rows
    }
    st.session_state[_KEY] = found
    return list(found.values())


def get(name: str) -> Any:
    """The page of this name."""
    return st.session_state[_KEY][name]


def link(name: str, label: str, icon: str | None = None, *, strong: bool = False, **params: str) -> None:
    """A link to a page; the label is plain text."""
    shown = texts.escape(label) or "…"
    st.page_link(get(name), label=f"**{shown}**" if strong else shown, icon=icon, query_params=params or None)


def link_work(work: Work, label: str = "", *, strong: bool = False) -> None:
    """A link to a paper's page."""
    link("paper", label or work.title, None if strong else ":material/description:", strong=strong, work=work.id)


def go(name: str, **params: str) -> None:
    """Leave for another page."""
    st.switch_page(get(name), query_params=params)
