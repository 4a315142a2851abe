"""Table: papers down, questions across, the page of a cell beside them with its sentence marked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from litmap.errors import LitmapError
from litmap.library.summary_view import sentence_as_json
from litmap.ui import app_advice, components, downloads, formatting, links, state
from litmap.ui.chosen_papers import CHOSEN_FOR_TABLE

if TYPE_CHECKING:
    from litmap.library import Library
    from litmap.library.table import Cell, Row, Table

CHOSEN = "chosen papers"
"""What a table of ticked papers is called in its files."""
OWN = "Your own"
PRESETS = {"Standard": "standard", "PICO": "pico", OWN: ""}
"""Choices of columns, and the preset each stands for."""
MAX_PAPERS = 20
"""Papers that a query chooses."""
FILES = {"csv": "CSV", "xlsx": "Excel"}
"""Format of a file, what it is called."""
COLUMNS_HELP = """
Parted by commas: words of your own (`which optimiser?`), known ones (`limits`, `sample size`),
`NAME=WORDS` for a head of its own, `:number` behind it to draw the number out.
"""


def page() -> None:
    """Draw the page."""
    library = state.library()
    st.title("Table", anchor=False)
    st.markdown(
        "Your papers down, your questions across. Each cell is one sentence of the paper, word for "
        "word; it stays empty where the paper does not say it."
    )
    works = _chosen(library)
    subject = CHOSEN if works else _subject(library)
    columns = _columns()
    if not subject or not columns:
        return
    try:
        with st.spinner("Reading papers …", show_time=False):
            made = _make(
                str(library.paths.root), library.build_id, subject, columns, works, library
            )
    except LitmapError as error:
        st.info(formatting.advice(error.message), icon=":material/help:")
        return
    if not made.rows:
        st.info("No paper is close to this.", icon=":material/search_off:")
        return
    _show(made, subject.rpartition(formatting.BETWEEN_HEADINGS)[2])


@st.cache_resource(show_spinner=False, max_entries=8)
def _make(
    root: str, build: str, subject: str, columns: str, works: tuple[str, ...], _library: Library
) -> Table:
    return _library.table(subject, columns, limit=MAX_PAPERS, works=works)


# ── what is asked ─────────────────────────────────────────────────────────────────────────────────
def _chosen(library: Library) -> tuple[str, ...]:
    """The papers that were ticked on the page Papers, with a button that forgets them."""
    kept = st.session_state.get(CHOSEN_FOR_TABLE, ())
    works = tuple(work for work in kept if work in library.by_id)
    if works:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{formatting.count(len(works), 'chosen paper')}**", width="content")
            st.button(
                "Choose by heading or query",
                key="table-forget",
                type="tertiary",
                icon=":material/close:",
                on_click=lambda: st.session_state.pop(CHOSEN_FOR_TABLE, None),
            )
    return works


def _subject(library: Library) -> str:
    """The heading or query; '' for what is not said yet. It stands in the address."""
    headings = [formatting.path(t.heading) for t in library.topics().topics if t.heading]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        heading = st.selectbox(
            "Papers of a heading",
            headings,
            index=None,
            placeholder="Choose a heading",
            key="table-heading",
            bind="query-params",
            width=340,
        )
        query = st.text_input(
            "or those that answer a query",
            key="table-query",
            bind="query-params",
            placeholder="In your own words",
            disabled=heading is not None,
            width=340,
        )
    return heading or (query or "").strip()


def _columns() -> str:
    """The columns; '' for what is not said yet. They stand in the address."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        preset = st.segmented_control(
            "Columns",
            list(PRESETS),
            default="Standard",
            required=True,
            key="table-preset",
            bind="query-params",
        )
        if preset != OWN:
            return PRESETS.get(preset or "", "standard")
        columns = st.text_input(
            "Your columns",
            key="table-columns",
            bind="query-params",
            placeholder="limits, which optimiser?, batch size:number",
            help=COLUMNS_HELP,
            width=460,
        )
    return (columns or "").strip()


# ── the grid ──────────────────────────────────────────────────────────────────────────────────────
def _show(made: Table, words: str) -> None:
    _downloads(made, words)
    entries = {row.entry.work.id: row.entry for row in made.rows}
    asked = st.session_state.get("shown")
    is_open = bool(asked and asked[0] in entries)
    left, right = st.columns([11, 9], gap="large") if is_open else (st.container(), None)
    with left:
        _grid(made)
    if right is not None:
        with right, st.container(key="beside"):
            components.selected_page(entries)
            if st.button("Close the page", icon=":material/close:", type="tertiary"):
                st.session_state.pop("shown", None)
                st.rerun()


def _downloads(made: Table, words: str) -> None:
    from litmap.library.table_formats import FORMATS

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(formatting.count(len(made.rows), "paper"), width="content")
        for form, label in FILES.items():
            downloads.button(
                label,
                partial(FORMATS[form], made),
                words=f"{words}, table",
                ending=f".{form}",
                type="tertiary",
                key=f"table-{form}-file",
            )


def _grid(made: Table) -> None:
    """The head, then a row a paper; a wide grid scrolls in its own frame."""
    shares = [3, *[4] * len(made.columns)]
    with st.container(key="grid", gap="small"):
        with st.container(key="grid-head"):
            head = st.columns(shares, gap="small")
            for place, name in zip(head, ["", *(c.name for c in made.columns)], strict=True):
                place.markdown(f"**{formatting.escape(name)}**" if name else "")
        for number, row in enumerate(made.rows):
            with st.container(key=f"grid-row-{number}"):
                places = st.columns(shares, gap="small")
                with places[0]:
                    _paper(row)
                for at, cell in enumerate(row.cells if not row.why else ()):
                    with places[at + 1]:
                        _cell(made.columns[at].name, cell, f"{number}-{at}")


def _paper(row: Row) -> None:
    work = row.entry.work
    links.link_work(work, formatting.cite(work), strong=True)
    st.caption(formatting.escape(formatting.shorten(work.title, 90)))
    components.notices(work)
    if row.why:
        st.caption(formatting.advice(formatting.sentence(app_advice.in_app(row.why))))


def _cell(column: str, cell: Cell | None, key: str) -> None:
    """A cell: its sentence with a button for its page, the number before it."""
    with st.container(key=f"cell-{key}", gap=None):
        st.caption(formatting.escape(column))
        if cell is None:
            st.markdown(":gray[not said]")
            return
        drawn = f"**{formatting.escape(cell.number.text)}** " if cell.number else ""
        st.markdown(drawn + formatting.escape(cell.sentence.text))
        told: dict[str, Any] = sentence_as_json(cell.sentence)
        page = cell.sentence.page
        if not page:
            st.caption(formatting.escape(cell.place))
        elif st.button(
            formatting.escape(cell.place),
            key=f"cited-table-{key}",
            type="tertiary",
            icon=":material/find_in_page:",
        ):
            is_paged = not cell.sentence.place
            st.session_state["shown"] = (
                cell.sentence.work, page, told["rects"], told["text"], cell.place, is_paged,
            )  # fmt: skip
            st.rerun()
