"""What can be done with the papers that are ticked in the table or selected on the map: files,
citations, a table, a summary, labels, another heading.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from litmap.errors import LitmapError
from litmap.exports.citations import STYLES, can_cite
from litmap.ui import components, downloads, formatting, links, moving, readers_labels

if TYPE_CHECKING:
    from litmap.library import Entry, Library
    from litmap.library.summary_view import SummaryView

FILES = {".bib": "BibTeX", ".ris": "RIS", ".json": "CSL-JSON", ".csv": "CSV"}
"""Ending of a file, what its format is called."""
MAX_CITED = 300
"""Works written as citations at once: a style takes some milliseconds for each."""
FEW = 3
"""Papers that have links to their pages beside the table."""
MAX_TABLE = 60
"""Papers put into a table at once: some seconds of reading."""
CHOSEN_FOR_TABLE = "table-works"
"""Where the session keeps the works that the page Table shows."""


def draw(library: Library, chosen: Sequence[Entry]) -> None:
    """All that, of these papers."""
    ids = [entry.work.id for entry in chosen]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{formatting.count(len(ids), 'paper')} chosen**", width="content")
        for ending, label in FILES.items():
            downloads.button(
                label,
                partial(library.exported_text, ids, ending),
                words=downloads.name_papers(chosen),
                ending=ending,
                key=f"papers-file{ending}",
            )
        if st.button(
            "As a table",
            icon=":material/table_chart:",
            key="papers-as-table",
            disabled=len(ids) > MAX_TABLE,
            help=f"Papers × questions, for {MAX_TABLE} papers at most",
        ):
            st.session_state[CHOSEN_FOR_TABLE] = ids
            links.go("table")
        is_summary = st.toggle(
            "Summary",
            key="papers-summary",
            disabled=len(ids) > MAX_TABLE,
            help=f"What these papers say together, for {MAX_TABLE} papers at most",
        )
        readers_labels.draw_many(library, ids)
        style = st.selectbox(
            "Citation style",
            list(STYLES),
            index=None,
            format_func=STYLES.__getitem__,
            placeholder="Copy as citations …",
            key="papers-style",
            label_visibility="collapsed",
            width=210,
            disabled=not can_cite(),
        )
        if not can_cite():
            st.caption('Citations as APA, IEEE …: `pip install "litmap[citations]"`')
    if len(chosen) <= FEW:
        for entry in chosen:  # the way by keyboard: a title in the table is pressed by pointer only
            links.link_work(entry.work)
    if style:
        _citations(library, ids, style)
    if is_summary and len(ids) <= MAX_TABLE:
        _summary(library, tuple(ids))
    moving.draw(library, chosen, "chosen")


def _summary(library: Library, ids: tuple[str, ...]) -> None:
    """What the papers say together, and the page that a sentence's button asks for."""
    own = len(ids) == 1
    try:
        with st.spinner("Reading papers …", show_time=False):
            view = _summarise(str(library.paths.root), library.build_id, ids, library)
    except LitmapError as error:
        st.info(formatting.advice(formatting.sentence(error.message)), icon=":material/info:")
        return
    left, right = st.columns([11, 9], gap="large")
    with left:
        components.summary(view, "chosen", own=own)
    with right:
        components.selected_page({work: library.by_id[work] for work in ids})


@st.cache_resource(show_spinner=False, max_entries=8)
def _summarise(root: str, build: str, ids: tuple[str, ...], _library: Library) -> SummaryView:
    return _library.summary_of(ids)


def _citations(library: Library, ids: Sequence[str], style: str) -> None:
    """The citations with a button that copies them all."""
    try:
        cited = library.cited_as(ids[:MAX_CITED], style)
    except LitmapError as error:
        st.info(formatting.advice(error.message), icon=":material/info:")
        return
    st.code("\n".join(cited), language=None, wrap_lines=True)
    if len(ids) > MAX_CITED:
        st.caption(f"The first {MAX_CITED} of {len(ids)}.")
