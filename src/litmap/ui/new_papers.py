"""New papers: what the listings that are watched brought, below the reader's own headings, with
his two answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from litmap.ui import candidate_buttons, components, formatting, state

if TYPE_CHECKING:
    from litmap.library import Library
    from litmap.models import Candidate

ABSTRACT_LETTERS = 1500


def page() -> None:
    """Draw the page."""
    library = state.library_without_build()
    st.title("New papers", anchor=False)
    st.markdown("What appeared since, in the listings you watch, below your own headings.")
    found = library.candidates()
    if not found:
        st.info(
            "Nothing new."
            if library.is_watching
            else "No listing is watched: name some below `[watch]` in `litmap.toml`, such as "
            "`arxiv` with categories and `citing = true`."
        )
        return
    if not state.may_change():
        st.caption(state.how_to_change("take or refuse a paper"))
    for heading in dict.fromkeys(c.heading for c in found):
        st.header(formatting.escape(formatting.path(heading)), anchor=False)
        for candidate in (c for c in found if c.heading == heading):
            _card(library, candidate)


def _card(library: Library, candidate: Candidate) -> None:
    """A new paper with why it is here, its abstract and the two buttons."""
    work = candidate.work
    with st.container(border=True, gap="small", key=f"new-{candidate.id}"):
        st.markdown(f"**{formatting.escape(work.title)}**")
        st.caption(formatting.escape(_byline(candidate)))
        for notice in work.notices:
            st.warning(formatting.escape(notice))
        if candidate.why:
            st.markdown(f":material/lightbulb: {formatting.escape(candidate.why)}")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            candidate_buttons.draw(library, candidate)
            for label, url in components.external_links(work):
                st.link_button(
                    formatting.escape(label), url, type="tertiary", icon=":material/open_in_new:"
                )
        if work.abstract:
            with st.expander("Abstract", key=f"new-{candidate.id}-abstract"):
                st.markdown(formatting.escape(formatting.shorten(work.abstract, ABSTRACT_LETTERS)))


def _byline(candidate: Candidate) -> str:
    work = candidate.work
    told = (
        formatting.people(work.authors),
        work.venue,
        candidate.published or str(work.year or ""),
        candidate.listing if candidate.listing != work.venue else "",
    )
    return " · ".join(part for part in told if part)
