"""The pages and their order; the one module that imports them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from litmap.ui import links

if TYPE_CHECKING:
    pass

Draw = Callable[[], None]


def make_pages(guard: Callable[[Draw], Draw]) -> list[Any]:
    """All pages, in the order of the navigation, each within the guard."""
    from litmap.ui import check, paper_table, papers, reading_list, refreshes, search, topics

    rows = (
        ("search", search.page, "Search", ":material/search:"),
        ("topics", topics.page, "Topics", ":material/scatter_plot:"),
        ("papers", papers.page, "Papers", ":material/description:"),
        ("paper", papers.paper, "Paper", None),
        ("check", check.page, "Check", ":material/fact_check:"),
        ("table", paper_table.page, "Table", ":material/table_chart:"),
        ("reading", reading_list.page, "Reading list", ":material/bookmark_add:"),
        ("refreshes", refreshes.page, "Refreshes", ":material/sync:"),
    )
    pages = {
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
    st.session_state[links.PAGES] = pages
    return list(pages.values())
