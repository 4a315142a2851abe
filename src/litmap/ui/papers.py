"""Papers: the table of all works with status and reason, and one paper's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from litmap.errors import LitmapError, SearchError
from litmap.ui import components, formatting, links, state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litmap.library import Entry, Library
    from litmap.models import Filing, PdfFile


def page() -> None:
    """Draw the table of all works."""
    _table(state.library())


def paper() -> None:
    """Draw the page of the work that the address names."""
    library = state.library()
    wanted = st.query_params.get("work", "")
    try:
        entry = library.work(wanted)
    except SearchError as error:
        st.info(formatting.escape(error.message), icon=":material/help:")
        links.link("papers", "All papers", ":material/arrow_back:")
        return
    _paper(library, entry)


# ── the table ─────────────────────────────────────────────────────────────────────────────────────
def _table(library: Library) -> None:
    entries = library.works()
    st.title("Papers", anchor=False)
    if not entries:
        st.info(
            "Your notes cite no work yet, or none was found in them. `litmap read NOTE` shows "
            "what is read."
        )
        return
    words, statuses = _table_filters(entries)
    rows = [e for e in entries if (not statuses or e.status in statuses) and _fits(e, words)]
    picked = st.dataframe(
        [_row(e) for e in rows],
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="papers-table",
        height=min(36 + 35 * max(len(rows), 1), 640),
        column_config=_columns(),
        alt="All works with status and reason",
    )
    chosen = picked.selection.rows
    if chosen and chosen[0] < len(rows):
        st.session_state.pop("papers-table", None)
        links.go("paper", work=rows[chosen[0]].work.id)
    st.caption(
        f"{formatting.count(len(rows), 'work')}. Tick a row to open the paper. "
        "If you have a missing PDF, put it into the library's `papers` folder or run `litmap add "
        "FILE`."
    )


def _table_filters(entries: Sequence[Entry]) -> tuple[str, list[str]]:
    """The words and the statuses that the reader asks for; statuses without works are not
    offered.
    """
    counts = {s: sum(e.status == s for e in entries) for s in formatting.STATUSES}
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        words = st.text_input(
            "Filter",
            placeholder="Title, author, heading …",
            icon=":material/filter_alt:",
            key="papers-filter",
            label_visibility="collapsed",
            width=320,
        )
        statuses = st.pills(
            "Status",
            [s for s, n in counts.items() if n],
            selection_mode="multi",
            label_visibility="collapsed",
            format_func=lambda s: f"{formatting.STATUSES[s][0]} {counts[s]}",
            key="papers-status",
        )
    return words or "", list(statuses or [])


def _fits(entry: Entry, words: str) -> bool:
    work = entry.work
    text = " ".join(
        (work.title, *work.authors, work.venue, *work.ids, *(p for h in entry.headings for p in h))
    ).lower()
    return all(word in text for word in words.lower().split())


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "Title": entry.work.title,
        "Authors": formatting.people(entry.work.authors),
        "Year": entry.work.year,
        "Status": formatting.STATUSES.get(entry.status, (entry.status,))[0],
        "Why": "" if entry.status == "fetched" else formatting.sentence(entry.reason),
        "Heading": "; ".join(h[-1] for h in formatting.deepest(entry.headings)),
    }


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "Title": config.TextColumn(width=400),
        "Authors": config.TextColumn(width=200),
        "Year": config.NumberColumn(format="%d", width=60),
        "Status": config.TextColumn(width=100),
        "Why": config.TextColumn(width=260),
        "Heading": config.TextColumn(width=200),
    }


# ── one paper ─────────────────────────────────────────────────────────────────────────────────────
def _paper(library: Library, entry: Entry) -> None:
    work = entry.work
    links.link("papers", "All papers", ":material/arrow_back:")
    st.title(formatting.escape(work.title), anchor=False)
    st.markdown(formatting.escape(formatting.byline(work)))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        components.status_badge(entry.status)
        for label, url in components.external_links(work):
            st.link_button(
                formatting.escape(label), url, type="tertiary", icon=":material/open_in_new:"
            )
    components.notices(work)
    if entry.status != "fetched":
        _why_not(library, entry)
    left, right = st.columns([11, 9], gap="large")
    with left:
        _summary(library, entry)
        _my_words(entry)
        _filing(library, entry)
    with right:
        _pages(entry)
        _near(library, entry)
        _citations(library, entry)


def _why_not(library: Library, entry: Entry) -> None:
    """Why there is no PDF, what was tried, and what a person can do."""
    st.info(
        formatting.escape(formatting.sentence(entry.reason or "There is no PDF")),
        icon=":material/info:",
    )
    if entry.tried:
        with st.expander(f"What was tried ({len(entry.tried)})"):
            for url, outcome in entry.tried:
                st.caption(
                    f"{formatting.escape(formatting.shorten(url, 120))}: "
                    f"{formatting.escape(outcome)}"
                )
    for candidate in entry.candidates:
        st.markdown(
            f"- {formatting.escape(candidate.title)} "
            f"({formatting.escape(formatting.byline(candidate))})"
        )
        st.code(f"litmap resolve {_shell(entry.work.id)} {_shell(candidate.id)}", language="sh")
    if entry.status in {"unsure", "metadata-only", "not-found", "failed"}:
        folder = library.paths.papers
        st.caption(f"Have the PDF? Put it into {formatting.escape(str(folder))} and refresh.")


def _shell(text: str) -> str:
    """Quoted for a shell, on one line."""
    import shlex

    return shlex.quote(" ".join(text.split()))


def _summary(library: Library, entry: Entry) -> None:
    try:
        view = library.summary(entry.work.id)
    except LitmapError:
        view = None
    if view and view.sentences:
        st.subheader("Summary", anchor=False)
        components.summary(view, "paper-summary", own=True)
    elif entry.work.abstract:
        st.subheader("Abstract", anchor=False)
        st.markdown(formatting.escape(entry.work.abstract))


def _my_words(entry: Entry) -> None:
    if not entry.mentions:
        return
    st.subheader("Where your notes cite it", anchor=False)
    for mention in entry.mentions[:12]:
        with st.container(border=True, gap="small"):
            st.markdown(formatting.escape(formatting.shorten(mention.context or mention.text, 500)))
            where = f"{formatting.place(mention)} · {formatting.path(mention.heading)}"
            st.caption(f":material/edit_note: {formatting.escape(where)}")


def _filing(library: Library, entry: Entry) -> None:
    """Where it is filed, and what its text says to that."""
    if not library.build_id:
        return
    filing = next((f for f in library.topics().filings if f.work == entry.work.id), None)
    if filing is None:
        return
    st.subheader("Filed under", anchor=False)
    if filing.noted:
        components.heading_links(filing.noted)
    else:
        st.markdown(_suggested_place(filing))
    if filing.misfit:
        st.caption(f":material/alt_route: {formatting.escape(filing.misfit)}")
    others = [
        a for a in filing.alternatives if a.confidence >= 0.05 and a.heading not in filing.noted
    ][:3]
    if others:
        near = ", ".join(f"{formatting.path(a.heading[-1:])} {a.confidence:.0%}" for a in others)
        st.caption(f"Also near: {formatting.escape(near)}")


def _suggested_place(filing: Filing) -> str:
    """Markdown that says where a paper belongs by its text."""
    sure = f"{filing.confidence:.0%} sure"
    if filing.suggested is None:
        return f"Fits none of your headings ({sure})."
    return f"By its text: **{formatting.escape(formatting.path(filing.suggested))}** ({sure})"


def _pages(entry: Entry) -> None:
    """A page of the PDF: the one a summary's sentence asked for, else the first; and the others.
    Of a text without pages some paragraphs.
    """
    if not entry.pdf:
        return
    asked = st.session_state.get("shown")
    if not entry.pdf.has_pages:
        _paragraphs(entry.pdf, asked if asked and asked[0] == entry.work.id else None)
        return
    page, rects = (asked[1], asked[2]) if asked and asked[0] == entry.work.id else (1, [])
    if entry.pdf.pages > 1:
        chosen = st.pagination(
            entry.pdf.pages, default=page, key=f"leaf-{entry.work.id}-{page}", max_visible_pages=7
        )
        page, rects = (page, rects) if chosen == page else (chosen, [])
    components.page_picture(entry.pdf, page, rects, f"Page {page} of {entry.pdf.pages}")


PARAGRAPHS = 12
"""Paragraphs shown at once."""


def _paragraphs(pdf: PdfFile, asked: Sequence[Any] | None) -> None:
    """Some paragraphs of a text without pages: those that a summary's sentence asked for, else the
    first; and the others.
    """
    number, passage = (asked[1], asked[3]) if asked else (1, "")
    sheet, sheets = (max(number, 1) - 1) // PARAGRAPHS + 1, -(-pdf.pages // PARAGRAPHS)
    if sheets > 1:
        key = f"leaf-{pdf.sha256[:12]}-{sheet}"
        sheet = st.pagination(sheets, default=min(sheet, sheets), key=key, max_visible_pages=7)
    last = sheet * PARAGRAPHS
    components.paragraphs(pdf, last - PARAGRAPHS + 1, last, passage)
    st.caption(f"Paragraphs {last - PARAGRAPHS + 1} to {min(last, pdf.pages)} of {pdf.pages}")


def _near(library: Library, entry: Entry) -> None:
    try:
        answer = library.more_like(entry.work.id, limit=24)
    except LitmapError:
        return
    nearest: dict[str, Entry] = {}
    for hit in answer.hits:
        if hit.entry and hit.entry.work.id != entry.work.id:
            nearest.setdefault(hit.entry.work.id, hit.entry)
    if nearest:
        st.subheader("Nearest papers", anchor=False)
        _link_titles(list(nearest.values())[:6])


def _link_titles(entries: Sequence[Entry]) -> None:
    for entry in entries:
        title = formatting.shorten(entry.work.title, 90)
        links.link_work(entry.work, f"{title} ({formatting.cite(entry.work)})")


def _citations(library: Library, entry: Entry) -> None:
    """Which papers of the library cite it, and which it cites."""
    if not library.build_id:
        return
    pairs = library.citations_between()
    work = entry.work.id
    _cited_papers(library, "Cited by", [citing for citing, cited in pairs if cited == work])
    _cited_papers(library, "Cites", [cited for citing, cited in pairs if citing == work])


def _cited_papers(library: Library, title: str, ids: Sequence[str]) -> None:
    """Those of these works that are in the library, under a title that counts them."""
    known = [library.by_id[i] for i in dict.fromkeys(ids) if i in library.by_id]
    if known:
        st.subheader(f"{title} {len(known)} of your papers", anchor=False)
        _link_titles(known[:15])
