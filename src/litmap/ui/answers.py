"""An answer in the papers' own sentences: what is said on the left, the page on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from litmap.library.summary_view import sentence_with_work
from litmap.parsing.places import paragraph_place, sentence_place
from litmap.ui import companion, components, formatting, links

if TYPE_CHECKING:
    from litmap.library.asking import AnswerView
    from litmap.models import AnswerPart, Sentence

CHOSEN = "chosen-source"
"""Where the session keeps which sentence's page is shown."""
MAX_NAME = 45
"""Characters of a paper's name beside a sentence, so that it stands in one line."""
_Key = tuple[int, int]
"""A part of the answer and one of its sources, counted from 0."""


def show(view: AnswerView) -> None:
    """Draw an answer, or why there is none."""
    if view.answer.refused:
        _refusal(view)
        return
    chosen = _chosen(view)
    companion.say(f"Answered in {formatting.count(len(view.answer.parts), 'sentence')}")
    left, right = st.columns([11, 9], gap="large")
    with left:
        for number, part in enumerate(view.answer.parts):
            _part(number, part, view, chosen)
        _notes(view)
    with right, st.container(key="beside"):
        _beside(view.answer.parts[chosen[0]].sources[chosen[1]], view)


def _refusal(view: AnswerView) -> None:
    """Why there is no answer, and what to try."""
    companion.say(view.answer.refused)
    st.info(formatting.escape(view.answer.refused), icon=":material/search_off:")
    st.button("Show the nearest passages", icon=":material/search:", on_click=_to_passages)
    _notes(view)


def _to_passages() -> None:
    st.session_state["mode"] = "passage"


def _chosen(view: AnswerView) -> _Key:
    """The source whose page is shown: the one asked for, else the first."""
    asked: Any = st.session_state.get(CHOSEN)
    parts = view.answer.parts
    if asked and asked[0] < len(parts) and asked[1] < len(parts[asked[0]].sources):
        return asked[0], asked[1]
    return 0, 0


def _part(number: int, part: AnswerPart, view: AnswerView, chosen: _Key) -> None:
    """One thing said, with the papers that say it."""
    with st.container(border=True, gap="small", key=f"said-{number}"):
        is_quoted = part.text == part.sources[0].text
        if not is_quoted:
            st.markdown(formatting.escape(part.text))
        for place, source in enumerate(part.sources):
            _source((number, place), source, view, is_chosen=(number, place) == chosen)


def _source(key: _Key, source: Sentence, view: AnswerView, *, is_chosen: bool) -> None:
    """A sentence of a paper, with a button that shows its page."""
    work = view.entries[source.work].work
    text = source.text
    shown = formatting.mark(text, [(0, len(text))]) if is_chosen else formatting.escape(text)
    st.markdown(shown + formatting.you_marked(source.marked))
    components.notices(work)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        icon = ":material/visibility:" if is_chosen else ":material/find_in_page:"
        label = paragraph_place(source.page) if source.place else sentence_place(source)
        button = f"source-{key[0]}-{key[1]}"
        where = formatting.escape(label or "abstract")
        st.button(where, key=button, icon=icon, on_click=_choose, args=(key,))
        name = formatting.shorten(f"{formatting.cite(work)}: {work.title}", MAX_NAME)
        links.link_work(work, name)


def _choose(key: _Key) -> None:
    st.session_state[CHOSEN] = key


def _beside(source: Sentence, view: AnswerView) -> None:
    """The page of a sentence, marked."""
    entry = view.entries[source.work]
    record = sentence_with_work(source, view.entries)
    pdf = components.file_of(entry, has_pages=not source.place)
    caption = f"{entry.work.title}, {sentence_place(source) or 'abstract'}"
    components.page_picture(pdf, source.page, record["rects"], caption, source.text)
    if entry.mentions:
        st.header("What your notes say of this paper", anchor=False)
        components.note_excerpts(entry.mentions)


def _notes(view: AnswerView) -> None:
    """What the reader's own notes say to the question; no source."""
    if not view.notes:
        return
    st.header("In your notes", anchor=False)
    for hit in view.notes:
        with st.container(border=True, gap="small", key=f"said-note-{hit.row}"):
            st.markdown(formatting.escape(hit.quotation))
            name = hit.note.rsplit("/", 1)[-1]
            st.caption(f":material/edit_note: {formatting.escape(name)}, {hit.place}")
