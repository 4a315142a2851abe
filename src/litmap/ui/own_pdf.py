"""On the page of a paper without PDF: a place for the reader's own, filed to this paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from litmap.ui import adding, formatting, refresh_process, state

if TYPE_CHECKING:
    from litmap.library import Entry, Library

_ASKED = "own-pdf-asked"
"""Where the session keeps the file of which the reader is asked whether it is this paper's."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A file that may be another paper's, and why."""

    work: str
    name: str
    data: bytes
    doubt: str


def section(library: Library, entry: Entry) -> None:
    """A place to drop the PDF of this paper on, or the question whether the one dropped is its."""
    if not entry.citations:
        return
    with st.expander("Have the PDF? Add it here", icon=":material/upload_file:", key="own-pdf"):
        if not state.may_change():
            st.info(state.how_to_change("add a PDF"), icon=":material/lock:")
            return
        asked: _Asked | None = st.session_state.get(_ASKED)
        if asked is not None and asked.work == entry.work.id:
            _ask(library, asked)
        else:
            st.session_state.pop(_ASKED, None)
            _form(library, entry.work.id)


def _form(library: Library, work: str) -> None:
    with st.form(f"own-pdf-{work}", border=False, clear_on_submit=True):
        given = st.file_uploader(
            "Its PDF (or JATS, HTML, EPUB)",
            adding.KINDS,
            key=f"own-pdf-given-{work}",
            max_upload_size=library.settings.pdf_megabytes,
        )
        st.caption(
            "It is copied into the library's drop folder and filed as this paper; you are asked "
            "first where it shows another one. Nothing leaves this machine."
        )
        pressed = st.form_submit_button("Add", icon=":material/add:", key="own-pdf-go")
    if pressed and given is not None:
        _add(library, work, given.name, given.getvalue(), sure=False)
        st.rerun()


def _ask(library: Library, asked: _Asked) -> None:
    """Whether a file of another title is this paper's all the same."""
    st.warning(
        formatting.escape(f"Not added yet. Of {asked.name} {asked.doubt}."),
        icon=":material/help:",
    )
    with st.container(horizontal=True, gap="small"):
        if st.button("It is this paper", key="own-pdf-sure", icon=":material/check:"):
            del st.session_state[_ASKED]
            _add(library, asked.work, asked.name, asked.data, sure=True)
            st.rerun()
        if st.button("Leave it", key="own-pdf-leave", type="tertiary", icon=":material/close:"):
            del st.session_state[_ASKED]
            st.rerun()


def _add(library: Library, work: str, name: str, data: bytes, *, sure: bool) -> None:
    """Add the file, or remember what is to be asked of it; a toast says what became of it."""
    if not state.may_change():
        return
    if refresh_process.is_running(library.paths.root):
        st.toast("A refresh is running; add it when it is done.", icon=":material/sync:")
        return
    with st.spinner("Reading …", show_time=True):
        done = adding.add_to_work(library.settings, work, name, data, sure=sure)
    if done.doubt:
        st.session_state[_ASKED] = _Asked(work, name, data, done.doubt)
    elif done.work:
        st.toast("The PDF is in the library.", icon=":material/check_circle:")
    else:
        st.toast(formatting.advice(done.told), icon=":material/error:")
