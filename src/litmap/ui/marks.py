"""What the reader marked in a paper's PDF, on the paper's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from litmap.parsing.colours import colour_name
from litmap.ui import formatting

if TYPE_CHECKING:
    from litmap.library import Entry, Library
    from litmap.models import Mark

MOST = 30
"""Marks that are shown at once; the others on request."""
KINDS = {
    "highlight": "highlighted",
    "underline": "underlined",
    "squiggly": "underlined",
    "strikeout": "struck through",
    "note": "note",
}


def what_you_marked(library: Library, entry: Entry) -> None:
    """The marks of a paper in their order, each with its page; nothing where there are none."""
    marks = library.all_marks.get(entry.work.id, [])
    if not marks:
        return
    st.header("What you marked", anchor=False)
    with st.container(key="marks", gap="small"):
        for number, mark in enumerate(marks[:MOST]):
            _mark(entry, mark, number)
    if len(marks) > MOST:
        with st.expander(f"{formatting.count(len(marks) - MOST, 'more mark')}"):
            for number, mark in enumerate(marks[MOST:], MOST):
                _mark(entry, mark, number)


def _mark(entry: Entry, mark: Mark, number: int) -> None:
    """One mark: its words in its colour, the comment, and a button that shows its page."""
    with st.container(key=f"mark-{number}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="top", gap="small", wrap=False):
            st.markdown(_words(mark), width="stretch")
            if not mark.earlier and st.button(
                f"p. {mark.page}",
                key=f"mark-page-{number}",
                type="tertiary",
                icon=":material/find_in_page:",
                width=70,
            ):
                st.session_state["shown"] = (
                    entry.work.id,
                    mark.page,
                    [rect[1:] for rect in mark.rects if rect[0] == mark.page],
                    mark.text or mark.comment,
                    f"p. {mark.page}",
                    True,
                )
        st.caption(_about(mark))


def _words(mark: Mark) -> str:
    """Markdown of the marked words on a ground of their colour, and of the comment below."""
    text = formatting.escape(mark.text)
    colour = colour_name(mark.colour) or "gray"
    lines = [f":{colour}-background[{text}]"] if text else []
    lines += [f":material/comment: {formatting.escape(mark.comment)}"] if mark.comment else []
    return "  \n".join(lines)


def _about(mark: Mark) -> str:
    """How it is marked, by whom and when; where an earlier version has it, so much."""
    parts = [KINDS.get(mark.kind, mark.kind), colour_name(mark.colour), mark.author, mark.time[:10]]
    if mark.earlier:
        parts.append(f"in an earlier version, p. {mark.page}")
    return formatting.escape(" · ".join(filter(None, parts)))
