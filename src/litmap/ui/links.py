"""Links between the pages, by name, so that no page imports another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from litmap.ui import formatting

if TYPE_CHECKING:
    from litmap.models import Work


PAGES = "litmap-pages"
"""Where the session keeps its pages by name."""


def get(name: str) -> Any:
    """The page of this name."""
    return st.session_state[PAGES][name]


def link(
    name: str, label: str, icon: str | None = None, *, strong: bool = False, **params: str
) -> None:
    """A link to a page; the label is plain text."""
    shown = formatting.escape(label) or "…"
    st.page_link(
        get(name), label=f"**{shown}**" if strong else shown, icon=icon, query_params=params or None
    )


def link_work(work: Work, label: str = "", *, strong: bool = False) -> None:
    """A link to a paper's page."""
    link(
        "paper",
        label or work.title,
        None if strong else ":material/description:",
        strong=strong,
        work=work.id,
    )


def go(name: str, **params: str) -> None:
    """Leave for another page."""
    st.switch_page(get(name), query_params=params)
