"""Search: one box, passages or papers, the page beside them with the passage marked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from litmap.errors import SearchError
from litmap.library.results import place_of
from litmap.ui import (
    address,
    answers,
    companion,
    components,
    first_steps,
    formatting,
    links,
    search_filters,
    searches,
    state,
    tables,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litmap.library import Library
    from litmap.library.results import SearchHit, SearchResults

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
| `venue:neurips` | published there |
| `lang:de` | passages in this language |
| `tag:fluids` | works that you gave this tag |
| `is:important`, `is:toread` | works that you marked so (also `is:reading`, `is:read`) |
| `status:fetched` | works whose full text is here |
| `in:figures`, `in:tables` | figures by their captions, tables by captions and cells |
| `in:marks` | what you marked in PDFs, with your comments |
| `in:notes` | your own notes (also `in:references`, `in:abstracts`) |

A title, an arXiv id or a DOI finds that work.
A pasted quotation finds its page: choose *Where is this from?*
A question is answered in your papers' own sentences, or not at all: choose *Answer*.
"""


def page() -> None:
    """Draw the page."""
    library = state.library()
    search_filters.follow(library, MODES)
    query = _box()
    mode = _mode()
    asked = query if mode == "quotation" else search_filters.draw(library, query)
    search_filters.keep(query)
    searches.remember(search_filters.fields_of(query))
    like = st.session_state.get(search_filters.LIKE, "")
    if like or query.strip():
        components.unseen_title("Search")
    if like:
        _like(library, like, mode)
    elif not query.strip():
        _start(library)
    elif mode == "answer":
        address.name_tab(query)
        _answer(library, asked)
    else:
        address.name_tab(query)
        with st.spinner("Searching …", show_time=False):
            answer = _ask(library, asked, mode)
        if answer is not None:
            _show(answer, mode)


def _box() -> str:
    """The box with its help."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", wrap=False):
        query = st.text_input(
            "Search",
            key=search_filters.QUERY,
            label_visibility="collapsed",
            icon=":material/search:",
            placeholder="Ask in your own words, or paste a quotation, a title, an arXiv id",
            on_change=_forget,
        )
        with st.popover("", icon=":material/help:", help="How to search", width="content"):
            st.markdown(HELP)
        if query and query.strip():
            searches.offer_to_keep(search_filters.fields_of(query))
    return query or ""


def _mode() -> str:
    """What is to be shown, chosen beside the filters."""
    st.session_state.setdefault(search_filters.MODE, "passage")
    chosen = st.segmented_control(
        "Show",
        list(MODES),
        format_func=lambda m: MODES[m],
        required=True,
        key=search_filters.MODE,
        label_visibility="collapsed",
        on_change=_forget_choice,
    )
    return chosen or "passage"


def _forget() -> None:
    """A new query takes the place of 'more like this' and of the page that was shown."""
    st.session_state.pop(search_filters.LIKE, None)
    _forget_choice()


def _forget_choice() -> None:
    st.session_state.pop(search_filters.HIT, None)
    st.session_state.pop(answers.CHOSEN, None)


def _ask(library: Library, query: str, mode: str) -> SearchResults | None:
    try:
        if mode == "quotation":
            return library.locate(query, limit=MAX_RESULTS[mode])
        return library.search(query, limit=MAX_RESULTS[mode], by=mode)
    except SearchError as error:
        st.info(formatting.advice(error.message), icon=":material/help:")
        return None


def _answer(library: Library, question: str) -> None:
    """What the papers say to a question."""
    try:
        view = written.answer(library, question, MAX_RESULTS["answer"])
        if view is None:
            with st.spinner("Reading …", show_time=False):
                view = library.ask(question, limit=MAX_RESULTS["answer"])
    except SearchError as error:
        st.info(formatting.advice(error.message), icon=":material/help:")
        return
    answers.show(view)


def _like(library: Library, names: str, mode: str) -> None:
    """'More like this': from passages (#row), works or headings."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(":material/join_inner: **More like this**")
        st.button("Clear", icon=":material/close:", type="tertiary", on_click=_forget)
    address.name_tab("More like this")
    try:
        _show(library.more_like(*names.split("\n"), limit=MAX_RESULTS["passage"]), mode)
    except SearchError as error:
        st.info(formatting.advice(error.message), icon=":material/help:")


# ── results ───────────────────────────────────────────────────────────────────────────────────────
def _show(answer: SearchResults, mode: str) -> None:
    results = (*answer.hits, *answer.notes)
    found = formatting.count(len(results), "paper" if mode == "paper" else "passage")
    query = formatting.shorten(st.session_state.get(search_filters.QUERY, ""), 80)
    companion.say(f"{found} found: {query}" if results else f"No close match: {query}")
    if answer.message:
        st.info(formatting.advice(answer.message), icon=":material/info:")
    elif not results:
        st.info("No close match in your library.", icon=":material/search_off:")
    if not results:
        return
    chosen = _chosen_hit(answer.hits, results)
    left, right = st.columns([11, 9], gap="large")
    _mark(chosen)
    with left, st.container(key="hits"):
        for hit in answer.hits:
            _result(hit, mode, chosen)
        if answer.notes:
            st.header("In your notes", anchor=False)
            for note in answer.notes:
                _note(note)
    with right, st.container(key="beside"):
        _beside(chosen)


def _chosen_hit(hits: Sequence[SearchHit], results: Sequence[SearchHit]) -> SearchHit:
    """The hit whose page is shown: the one asked for, else the first that has a page."""
    with_page = next((hit for hit in hits if hit.page), results[0])
    row = st.session_state.get(search_filters.HIT)
    return next((hit for hit in results if hit.row == row), with_page)


def _mark(chosen: SearchHit) -> None:
    """Frame the chosen hit; on a narrow screen what follows it stands below its page."""
    card = f"hit-{chosen.rank}"
    components.frame(card)
    later = f".st-key-hits > :is(.st-key-{card}, :has(> .st-key-{card})) ~ * {{ order: 2; }}"
    st.html(f"<style>@media screen and (max-width: 800px) {{ {later} }}</style>")


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
    """What was found: a table as a grid below its caption, anything else as running text; a title
    stands above already.
    """
    if hit.kind == "title":
        st.caption("Only the title of this work is known: neither a PDF nor an abstract is here.")
        return
    caption, rows = tables.read_passage(hit.chunk.text) if hit.chunk.kind == "table" else ("", [])
    if not rows:
        st.markdown(_passage(hit))
        return
    if caption:
        st.markdown(formatting.mark(caption, words=hit.words))
    components.table(rows, hit.words, key=f"{hit.rank}")


def _show_button(hit: SearchHit, *, is_chosen: bool) -> None:
    """The button that brings the hit's page to the right."""
    label = formatting.escape(hit.place) if hit.page else _KINDS.get(hit.kind, hit.kind)
    icon = ":material/visibility:" if is_chosen else ":material/find_in_page:"
    st.button(label, key=f"show-{hit.rank}", icon=icon, on_click=_choose, args=(hit.row,))


_KINDS = {"title": "title only"}
"""What the button of a hit without a page says, where that is not its kind."""


def _choose(row: int) -> None:
    st.session_state[search_filters.HIT] = row


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
    if hit.chunk.kind == "mark" and not hit.page:
        st.caption(f"You marked this {formatting.escape(hit.place)}.")
    else:
        components.page_picture(pdf, hit.page, marks, caption, hit.quotation)
    if entry.mentions:
        st.header("What your notes say", anchor=False)
        components.note_excerpts(entry.mentions)
        components.heading_links(entry.headings)


# ── before the first query ────────────────────────────────────────────────────────────────────────
def _start(library: Library) -> None:
    """What is in the library, and some first questions from its own headings."""
    status = library.status()
    counts = status["by_status"]
    st.space("small")
    first_steps.tell_example(library)
    st.title("What do your papers say?", anchor=False)
    st.markdown(
        f"{formatting.count(status['works'], 'work')} cited in "
        f"{formatting.count(status['notes'], 'note')}, "
        f"{formatting.count(counts.get('fetched', 0), 'paper')} here in full text, "
        f"{formatting.count(status['passages'], 'passage')} to search."
    )
    searches.list_all()
    headings = search_filters.headings_of(library)
    if headings:
        st.caption("Browse by heading:")
        with st.container(horizontal=True, gap="medium"):
            for heading in headings[:10]:
                links.link(
                    "topics", heading[-1], ":material/tag:", heading=formatting.path(heading)
                )
