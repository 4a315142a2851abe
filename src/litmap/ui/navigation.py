"""The pages and their order; the one module that imports them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from litmap.ui import links

Draw = Callable[[], None]


def make_pages(guard: Callable[[Draw], Draw]) -> list[Any]:
    """All pages, in the order of the navigation, each within the guard."""
    from litmap.ui import (
        check,
        first_steps,
        new_papers,
        news,
        paper,
        paper_table,
        papers,
        reading_list,
        refreshes,
        search,
        settings_page,
        settling,
        topics,
    )

    rows = (
        ("search", search.page, "Search", ":material/search:"),
        ("topics", topics.page, "Topics", ":material/scatter_plot:"),
        ("papers", papers.page, "Papers", ":material/description:"),
        ("paper", paper.page, "Paper", None),
        ("settle", settling.page, "To settle", None),
        ("check", check.page, "Check", ":material/fact_check:"),
        ("table", paper_table.page, "Table", ":material/table_chart:"),
        ("news", news.page, "News", ":material/newspaper:"),
        ("new", new_papers.page, "New papers", ":material/new_releases:"),
        ("reading", reading_list.page, "Reading list", ":material/bookmark_add:"),
        ("start", first_steps.page, "Start", None),
        ("refreshes", refreshes.page, "Refreshes", ":material/sync:"),
        ("settings", settings_page.page, "Settings", ":material/settings:"),
    )
    pages = {
        name: st.Page(
            guard(draw),
            title=title,
            icon=icon,
            url_path=name,
            default=name == "search",
            visibility="visible" if icon else "hidden",
        )
        for name, draw, title, icon in rows
    }
    st.session_state[links.PAGES] = pages
    return list(pages.values())
