"""One paper's page: what it says, where the notes cite it, where it is filed, its pages, and which
papers are near.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from litmap.errors import LitmapError, SearchError
from litmap.ui import (
    app_advice,
    components,
    filing_words,
    formatting,
    kept_words,
    links,
    marks,
    moving,
    own_pdf,
    reader,
    readers_labels,
    settling,
    state,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litmap.library import Entry, Library
    from litmap.models import PdfFile, Work


def page() -> None:
    """Draw the page of the work that the address names."""
    library = state.library()
    kept_words.offer_refresh(library)
    wanted = st.query_params.get("work", "")
    try:
        entry = library.work(wanted)
    except SearchError as error:
        st.info(formatting.advice(error.message), icon=":material/help:")
        links.link("papers", "All papers", ":material/arrow_back:")
        return
    _paper(library, entry)


def _paper(library: Library, entry: Entry) -> None:
    work = entry.work
    links.link("papers", "All papers", ":material/arrow_back:")
    st.title(formatting.escape(work.title), anchor=False)
    st.markdown(formatting.escape(formatting.byline(work)))
    _all_authors(work)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        components.status_badge(entry.status)
        for label, url in components.external_links(work):
            st.link_button(
                formatting.escape(label), url, type="tertiary", icon=":material/open_in_new:"
            )
    readers_labels.draw(library, entry)
    components.notices(work)
    components.versions(entry.notices)
    if entry.status != "fetched":
        _why_not(library, entry)
    with st.expander("Wrong work, or wrong fields?", icon=":material/edit:"):
        settling.correct_form(library, entry)
    moving.draw(library, [entry], "paper")
    left, right = st.columns(2, gap="large")
    with left:
        _summary(library, entry)
        marks.what_you_marked(library, entry)
        _my_words(entry)
        _filing(library, entry)
        _near(library, entry)
        _citations(library, entry)
    with right, st.container(key="reading"):
        _read(library, entry)


SHOWN_NEAR = 6
"""Nearest papers that are shown."""
NAMED_AUTHORS = 3
"""Authors that the line below a title names."""


def _all_authors(work: Work) -> None:
    """The authors whom the line below the title leaves out, on demand."""
    if len(work.authors) > NAMED_AUTHORS:
        with st.expander(f"All {len(work.authors)} authors", key="authors"):
            st.markdown(formatting.escape(formatting.people(work.authors, len(work.authors))))


def _why_not(library: Library, entry: Entry) -> None:
    """Why there is no PDF, what was tried, and what a person can do."""
    st.info(
        formatting.advice(_reason(entry)),
        icon=":material/info:",
    )
    if entry.tried:
        with st.expander(f"What was tried ({len(entry.tried)})"):
            for url, outcome in entry.tried:
                st.caption(
                    f"{formatting.escape(formatting.shorten(url, 120))}: "
                    f"{formatting.escape(outcome)}"
                )
    if entry.status in {"unsure", "not-found"}:
        settling.draw(library, entry)
    own_pdf.section(library, entry)


def _reason(entry: Entry) -> str:
    """Why a work has no PDF, as a sentence that sends to what stands below it."""
    told = app_advice.in_app(entry.reason, app_advice.HERE)
    return formatting.sentence(told or "There is no PDF")


def _summary(library: Library, entry: Entry) -> None:
    try:
        view = library.summary(entry.work.id)
    except LitmapError:
        view = None
    if view and view.sentences:
        st.header("Summary", anchor=False)
        components.summary(view, "paper-summary", own=True)
    elif entry.work.abstract:
        st.header("Abstract", anchor=False)
        st.markdown(formatting.escape(entry.work.abstract))


def _my_words(entry: Entry) -> None:
    if not entry.mentions:
        return
    st.header("Where your notes cite it", anchor=False)
    for mention in entry.mentions[:12]:
        with st.container(border=True, gap="small"):
            st.markdown(formatting.escape(formatting.shorten(mention.context or mention.text, 500)))
            where = f"{formatting.place(mention)} · {formatting.path(mention.heading)}"
            st.caption(f":material/edit_note: {formatting.escape(where)}")


def _filing(library: Library, entry: Entry) -> None:
    """Where it stands, and what its text says to that."""
    filings = library.topics().filings if library.build_id else ()
    filing = next((f for f in filings if f.work == entry.work.id), None)
    if filing is None and not entry.placed and not entry.waiting:
        return
    st.header("Filed under", anchor=False)
    moving.stands(library, entry, filing)
    if filing is None:
        return
    if not entry.headings:
        st.markdown(filing_words.suggested(filing))
    if filing.misfit:
        st.caption(f":material/alt_route: {formatting.escape(filing.misfit)}")
    if others := filing_words.others(filing, entry.headings):
        st.caption(others)


def _read(library: Library, entry: Entry) -> None:
    """The pages of the PDF, at the one that a summary's sentence or the address asks for, else the
    first. Of a text without pages some paragraphs.
    """
    pdf = entry.pdf
    if not pdf:
        return
    asked = st.session_state.get("shown")
    asked = asked if asked and asked[0] == entry.work.id else None
    st.header("Read", anchor=False)
    if not pdf.has_pages:
        _paragraphs(pdf, asked)
    elif asked:
        reader.show(library, entry.work, pdf, asked[1], [[asked[1], *r] for r in asked[2]])
    else:
        reader.show(library, entry.work, pdf, _page_in_address(pdf))


def _page_in_address(pdf: PdfFile) -> int:
    """The page that `?page=` names; 1 where it names none."""
    page = st.query_params.get("page", "")
    return min(max(int(page), 1), pdf.pages) if page.isdecimal() and len(page) < 6 else 1


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
        nearest = _nearest(str(library.paths.root), library.build_id, entry.work.id, library)
    except LitmapError:
        return
    known = [library.by_id[work] for work in nearest if work in library.by_id]
    if known:
        st.header("Nearest papers", anchor=False)
        _link_titles(known[:SHOWN_NEAR])


@st.cache_data(show_spinner=False, max_entries=200)
def _nearest(root: str, build: str, work: str, _library: Library) -> list[str]:
    """The works (ids) that are nearest to a work, best first; the page is drawn anew with each
    press, and this is a search. Raises `LitmapError`.
    """
    answer = _library.more_like(work, limit=4 * SHOWN_NEAR)
    found = (hit.entry.work.id for hit in answer.hits if hit.entry)
    return [one for one in dict.fromkeys(found) if one != work]


def _link_titles(entries: Sequence[Entry]) -> None:
    for entry in entries:
        title = formatting.shorten(entry.work.title, 90)
        links.link_work(entry.work, f"{title} ({formatting.cite(entry.work)})")


def _citations(library: Library, entry: Entry) -> None:
    """Which papers of the library cite it, and which it cites."""
    if not library.build_id:
        return
    citing, cited = library.citations_of(entry.work.id)
    _cited_papers(library, "Cited by", citing)
    _cited_papers(library, "Cites", cited)


def _cited_papers(library: Library, title: str, ids: Sequence[str]) -> None:
    """Those of these works that are in the library, under a title that counts them."""
    known = [library.by_id[i] for i in dict.fromkeys(ids) if i in library.by_id]
    if known:
        st.header(f"{title} {len(known)} of your papers", anchor=False)
        _link_titles(known[:15])
