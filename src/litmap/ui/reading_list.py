"""Reading list and coverage: what the papers cite and the notes do not, and what each heading holds
and lacks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from litmap.parsing.places import page_place
from litmap.ui import components, formatting, links, state

if TYPE_CHECKING:
    from litmap.catalogue.entries import Entry
    from litmap.library import Library


ROWS_PER_PAGE = 20
"""Rows shown at once."""


def page() -> None:
    """Draw the page."""
    library = state.library()
    st.title("Reading list", anchor=False)
    st.markdown(
        "What your papers cite and your notes do not mention, read from the papers' own reference "
        "lists."
    )
    todo, cover = st.tabs(["Not in your notes", "Coverage of your headings"])
    with todo:
        _list(library)
    with cover:
        _coverage(library)


def _list(library: Library) -> None:
    rows = library.reading_list()
    if not rows:
        st.info(
            "Nothing to suggest: no paper cites anything that your notes do not have, or no PDF "
            "was read yet."
        )
        return
    headings = sorted({path for row in rows for path in _headings(row)})
    with st.container(horizontal=True, gap="medium"):
        chosen = st.selectbox(
            "Heading",
            headings,
            index=None,
            placeholder="Cited from any heading",
            format_func=formatting.path,
            label_visibility="collapsed",
            width=320,
        )
    if chosen:  # ranked by the papers of that heading
        rows = sorted(
            (r for r in rows if chosen in _headings(r)), key=lambda r: -_headings(r)[chosen]
        )
    last = -(-len(rows) // ROWS_PER_PAGE)
    at = st.pagination(last, key=f"reading-{chosen}") if last > 1 else 1
    for row in rows[(at - 1) * ROWS_PER_PAGE : at * ROWS_PER_PAGE]:
        _row(library, row, chosen)


def _headings(row: Mapping[str, Any]) -> dict[tuple[str, ...], int]:
    """How many papers of each heading cite it."""
    return {tuple(h["heading"]): int(h.get("count") or 0) for h in row.get("headings") or []}


def _row(library: Library, row: Mapping[str, Any], chosen: tuple[str, ...] | None) -> None:
    """A work that the papers cite, as a card."""
    key = f"reading-{row.get('key')}"
    citing = [library.by_id[w] for w in row.get("cited_by", []) if w in library.by_id]
    with st.container(border=True, gap="small", key=key):
        st.markdown(f"**{formatting.escape(str(row.get('title') or row.get('raw') or ''))}**")
        st.caption(formatting.escape(_byline(row)))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(f"cited by {len(citing)} of your papers", color="gray")
            if chosen:
                st.badge(f"{_headings(row)[chosen]} of this heading", color="gray")
            for label, url in _addresses(row):
                st.link_button(
                    formatting.escape(label), url, type="tertiary", icon=":material/open_in_new:"
                )
        with st.expander("Who cites it, and how", key=f"{key}-who", on_change="rerun") as who:
            if who.open:  # of twenty rows a reader opens one
                _citing(row, citing)


def _byline(row: Mapping[str, Any]) -> str:
    """Authors, year and venue as plain text."""
    authors = formatting.people([str(a) for a in row.get("authors") or []])
    known = (authors, str(row.get("year") or ""), str(row.get("venue") or ""))
    return " · ".join(part for part in known if part)


def _citing(row: Mapping[str, Any], citing: Sequence[Entry]) -> None:
    places_of = {p.get("work"): _place(p) for p in row.get("places") or []}
    for entry in citing[:20]:
        place = places_of.get(entry.work.id)
        where = f", {place}" if place else ""
        links.link_work(entry.work, f"{entry.work.title} ({formatting.cite(entry.work)}{where})")
    for passage in (row.get("passages") or [])[:5]:
        text = passage.get("text", "") if isinstance(passage, Mapping) else str(passage)
        st.markdown(f"> {formatting.escape(formatting.shorten(text, 400))}")


def _place(place: Mapping[str, Any]) -> str:
    """Where a paper cites a work; builds of earlier versions name the page alone."""
    return str(place.get("place") or page_place(place.get("page") or 0))


def _addresses(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    from litmap.models import Work

    ids = tuple(str(i) for i in row.get("ids") or [])
    return components.external_links(Work(id=ids[0] if ids else "", title="", ids=ids))


def _coverage(library: Library) -> None:
    rows = library.coverage()
    if not rows:
        st.info("No heading holds papers yet.")
        return
    table = [_coverage_row(library, row) for row in rows]
    st.dataframe(table, hide_index=True, column_config=_columns(), alt="Coverage of each heading")
    st.caption(
        "*Cohesion*: how similar a heading's papers are (1 = identical, 0 = no more than chance); "
        "*Missing* counts works that its papers cite and your notes do not have."
    )


def _coverage_row(library: Library, row: Mapping[str, Any]) -> dict[str, Any]:
    """A heading's coverage as a row of the table."""
    central = [library.by_id[w].work for w in row.get("central") or [] if w in library.by_id]
    years = row["years"]
    return {
        "Heading": formatting.path(row["heading"]),
        "Papers": row["works"],
        "With PDF": row["with_pdf"] / row["works"] if row["works"] else 0.0,
        "Years": f"{years[0]} to {years[1]}" if years else "",
        "Cohesion": max(0.0, row["tightness"]),
        "Nearest heading": formatting.path(row["nearest"][-1:]) if row["nearest"] else "",
        "Most central papers": "; ".join(formatting.cite(work) for work in central[:3]),
        "Missing": row["missing_count"],
    }


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "Heading": config.TextColumn(width="large"),
        "Papers": config.NumberColumn(width="small"),
        "With PDF": config.ProgressColumn(
            format="percent", min_value=0.0, max_value=1.0, width="small"
        ),
        "Cohesion": config.ProgressColumn(
            format="%.2f", min_value=0.0, max_value=1.0, width="small"
        ),
        "Nearest heading": config.TextColumn(width="medium"),
        "Most central papers": config.TextColumn(width="large"),
        "Missing": config.NumberColumn(width="small"),
    }
