"""Search: one box, passages or papers, the page beside them with the passage marked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import streamlit as st

from litmap.errors import SearchError
from litmap.library.results import place_of
from litmap.ui import answers, components, formatting, links, state, tables, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litmap.library import Library
    from litmap.library.results import SearchHit, SearchResults
    from litmap.models import HeadingPath

MODES = {
    "passage": "Passages",
    "paper": "Papers",
    "answer": "Answer",
    "quotation": "Where is this from?",
}
MAX_RESULTS = {"passage": 10, "paper": 8, "answer": 5, "quotation": 5}

HELP = r"""
**In your own words**, or by exact terms; meaning and words count together.

| write | to get |
| --- | --- |
| `"flat minima"` | the exact phrase |
| `-convolution` | nothing with this word |
| `author:doe` | works of this author |
| `year:2015..2018` | published in these years (`2015`, `2015..`, `..2018` too) |
| `heading:"Loss surfaces"` | works you filed there |
| `note:theory` | works of this note |
| `in:figures`, `in:tables` | figures by their captions, tables by captions and cells |
| `in:notes` | your own notes (also `in:references`, `in:abstracts`) |

A title, an arXiv id or a DOI finds that work.
A pasted quotation finds its page: choose *Where is this from?*
A question is answered in your papers' own sentences, or not at all: choose *Answer*.
"""


def page() -> None:
    """Draw the page."""
    library = state.library()
    query = _box()
    mode = st.session_state.get("mode") or "passage"
    asked = _with_filters(query, library, mode)
    like = st.query_params.get("like", "")
    if like:
        _like(library, like, mode)
    elif not query.strip():
        _start(library)
    elif mode == "answer":
        _answer(library, asked)
    else:
        with st.spinner("Searching …", show_time=False):
            answer = _ask(library, asked, mode)
        if answer is not None:
            _show(answer, mode)


def _box() -> str:
    """The box with its help; the query stands in the address, so that a search can be
    bookmarked.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", wrap=False):
        query = st.text_input(
            "Search",
            key="q",
            bind="query-params",
            label_visibility="collapsed",
            icon=":material/search:",
            placeholder="Ask in your own words, or paste a quotation, a title, an arXiv id",
            on_change=_forget,
        )
        with st.popover("", icon=":material/help:", help="How to search", width="content"):
            st.markdown(HELP)
    return query or ""


def _forget() -> None:
    """A new query takes the place of 'more like this' and of the page that was shown."""
    st.query_params.pop("like", None)
    st.session_state.pop("chosen", None)
    st.session_state.pop(answers.CHOSEN, None)


def _with_filters(query: str, library: Library, mode: str) -> str:
    """The query with what the filters say, in the query's own language."""
    headings = _headings(library)
    years = sorted({e.work.year for e in library.works() if e.work.year})
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.segmented_control(
            "Show",
            list(MODES),
            format_func=lambda m: MODES[m],
            default="passage",
            required=True,
            key="mode",
            label_visibility="collapsed",
            on_change=_forget,
        )
        if mode == "quotation":
            return query
        heading = st.selectbox(
            "Heading",
            headings,
            index=None,
            placeholder="Any heading",
            label_visibility="collapsed",
            key="in-heading",
            format_func=lambda h: formatting.path(h[-2:]),
            width=260,
        )
        span = None
        if len(years) > 1:
            with st.popover(_years_label(years), type="tertiary", icon=":material/calendar_month:"):
                span = st.slider("Years", years[0], years[-1], (years[0], years[-1]), key="years")
    if heading:
        query += f' heading:"{" › ".join(heading)}"'.replace("\n", " ")
    if span and span != (years[0], years[-1]):
        query += f" year:{span[0]}..{span[1]}"
    return query


def _years_label(years: list[int]) -> str:
    first, last = st.session_state.get("years", (years[0], years[-1]))
    return "Any year" if (first, last) == (years[0], years[-1]) else f"{first} to {last}"


def _ask(library: Library, query: str, mode: str) -> SearchResults | None:
    try:
        if mode == "quotation":
            return library.locate(query, limit=MAX_RESULTS[mode])
        return library.search(query, limit=MAX_RESULTS[mode], by=mode)
    except SearchError as error:
        st.info(formatting.escape(error.message), icon=":material/help:")
        return None


def _answer(library: Library, question: str) -> None:
    """What the papers say to a question."""
    try:
        view = written.answer(library, question, MAX_RESULTS["answer"])
        if view is None:
            with st.spinner("Reading …", show_time=False):
                view = library.ask(question, limit=MAX_RESULTS["answer"])
    except SearchError as error:
        st.info(formatting.escape(error.message), icon=":material/help:")
        return
    answers.show(view)


def _like(library: Library, names: str, mode: str) -> None:
    """'More like this': from passages (#row), works or headings."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(":material/join_inner: **More like this**")
        if st.button("Clear", icon=":material/close:", type="tertiary"):
            _forget()
            st.rerun()
    try:
        _show(library.more_like(*names.split("\n"), limit=MAX_RESULTS["passage"]), mode)
    except SearchError as error:
        st.info(formatting.escape(error.message), icon=":material/help:")


# ── results ───────────────────────────────────────────────────────────────────────────────────────
def _show(answer: SearchResults, mode: str) -> None:
    results = (*answer.hits, *answer.notes)
    if answer.message:
        st.info(formatting.escape(answer.message), icon=":material/info:")
    elif not results:
        st.info("No close match in your library.", icon=":material/search_off:")
    if not results:
        return
    chosen = _chosen_hit(answer.hits, results)
    left, right = st.columns([11, 9], gap="large")
    with left:
        for hit in answer.hits:
            _result(hit, mode, chosen)
        if answer.notes:
            st.markdown("##### In your notes")
            for note in answer.notes:
                _note(note)
    with right, st.container(key="beside"):
        _beside(chosen)


def _chosen_hit(hits: Sequence[SearchHit], results: Sequence[SearchHit]) -> SearchHit:
    """The hit whose page is shown: the one asked for, else the first that has a page."""
    with_page = next((hit for hit in hits if hit.page), results[0])
    row = st.session_state.get("chosen")
    return next((hit for hit in results if hit.row == row), with_page)


def _result(hit: SearchHit, mode: str, chosen: SearchHit) -> None:
    """One passage or paper as a card."""
    entry = hit.entry
    with st.container(border=True, gap="small", key=f"hit-{hit.rank}"):
        if entry is not None:
            links.link_work(entry.work, strong=True)
            st.caption(formatting.escape(formatting.byline(entry.work)))
            components.notices(entry.work)
        _text(hit)
        if mode == "paper":
            for other in hit.also[:2]:
                text = formatting.escape(formatting.shorten(other.chunk.text, 160))
                st.caption(f"{formatting.escape(place_of(other.chunk))}  {text}")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _show_button(hit, is_chosen=hit.row == chosen.row)
            links.link("search", "More like this", ":material/join_inner:", like=f"#{hit.row}")
            st.caption(_why(hit))


def _text(hit: SearchHit) -> None:
    """What was found: a table as a grid below its caption, anything else as running text."""
    caption, rows = tables.read_passage(hit.chunk.text) if hit.chunk.kind == "table" else ("", [])
    if not rows:
        st.markdown(_passage(hit))
        return
    if caption:
        st.markdown(formatting.mark(caption, words=hit.words))
    components.table(rows, hit.words, key=f"{hit.rank}")


def _show_button(hit: SearchHit, *, is_chosen: bool) -> None:
    """The button that brings the hit's page to the right."""
    label = formatting.escape(hit.place) if hit.page else hit.chunk.kind
    icon = ":material/visibility:" if is_chosen else ":material/find_in_page:"
    kind: Literal["primary", "secondary"] = "primary" if is_chosen else "secondary"
    if st.button(label, key=f"show-{hit.rank}", icon=icon, type=kind):
        st.session_state["chosen"] = hit.row
        st.rerun()


def _passage(hit: SearchHit) -> str:
    """The passage around its best sentence, which is tinted; words of the query in bold."""
    text, (start, end) = hit.chunk.text, hit.sentence
    if not 0 <= start < end <= len(text):
        start, end = 0, 0
    first = _word(text, max(0, start - 160))
    last = _word(text, min(len(text), max(end + 200, first + 420)))
    lead = "" if first == 0 else "… "
    tail = "" if last == len(text) else " …"
    span = (start - first, end - first)
    return lead + formatting.mark(text[first:last], [span], hit.words) + tail


def _word(text: str, at: int) -> int:
    """The nearest place before `at` where a word begins or the text ends."""
    return at if at in (0, len(text)) else text.rfind(" ", 0, at) + 1


def _why(hit: SearchHit) -> str:
    """Why it matched: its words and the similarity."""
    reasons: list[str] = []
    if hit.words:
        unlike = dict.fromkeys(w.lower() for w in hit.words)
        reasons.append("matched: " + ", ".join(formatting.escape(w) for w in list(unlike)[:6]))
    if not math.isnan(hit.similarity):
        reasons.append(f"similarity {hit.similarity:.2f}")
    return " · ".join(reasons)


def _note(hit: SearchHit) -> None:
    """A passage of the reader's own notes."""
    with st.container(border=True, gap="small", key=f"note-{hit.rank}"):
        st.markdown(_passage(hit))
        st.caption(
            f":material/edit_note: {formatting.escape(hit.note.rsplit('/', 1)[-1])}, line "
            f"{hit.line}"
            f" · {formatting.escape(hit.chunk.section or '')}"
        )


def _beside(hit: SearchHit) -> None:
    """The page with the passage marked, and what the notes say of the paper."""
    entry = hit.entry
    if entry is None:
        st.caption("This passage is from your own notes.")
        return
    marks = hit.marks or hit.rects
    pdf = components.file_of(entry, has_pages=not hit.chunk.has_paragraphs)
    where = f"page {hit.page}" if hit.has_page else hit.place
    caption = f"{formatting.cite(entry.work)}, {where}"
    if hit.chunk.kind in ("figure", "table"):
        components.cutout(pdf, hit.page, marks, f"The {hit.chunk.kind} as printed")
    components.page_picture(pdf, hit.page, marks, caption, hit.quotation)
    if entry.mentions:
        st.markdown("###### What your notes say")
        components.note_excerpts(entry.mentions)
        components.heading_links(entry.headings)


# ── before the first query ────────────────────────────────────────────────────────────────────────
def _start(library: Library) -> None:
    """What is in the library, and some first questions from its own headings."""
    status = library.status()
    counts = status["by_status"]
    st.space("small")
    st.title("What do your papers say?", anchor=False)
    st.markdown(
        f"{formatting.count(status['works'], 'work')} cited in "
        f"{formatting.count(status['notes'], 'note')}, "
        f"{formatting.count(counts.get('fetched', 0), 'paper')} here in full text, "
        f"{formatting.count(status['passages'], 'passage')} to search."
    )
    headings = _headings(library)
    if headings:
        st.caption("Browse by heading:")
        with st.container(horizontal=True, gap="medium"):
            for heading in headings[:10]:
                links.link(
                    "topics", heading[-1], ":material/tag:", heading=formatting.path(heading)
                )


def _headings(library: Library) -> list[HeadingPath]:
    """The headings that hold papers, in the order of the notes."""
    return (
        [t.heading for t in library.topics().topics if t.heading and t.works]
        if library.build_id
        else []
    )
