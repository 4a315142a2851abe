"""The language model of the settings in the app: asked by a button, elsewhere than on this machine
only after consent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from litmap.errors import LitmapError
from litmap.language_models import configured
from litmap.ui import formatting, state

if TYPE_CHECKING:
    from litmap.library import Library
    from litmap.library.asking import AnswerView
    from litmap.web import Endpoint

WRITTEN = "written-answer"
"""Where the session keeps the question that the model is to answer, and its answer."""


def answer(library: Library, question: str, limit: int) -> AnswerView | None:
    """The model's answer to a question for which it was asked for; None where it was not, or where
    it failed, which is said. Draws the buttons.
    """
    if not configured.is_configured(library.settings) or not state.may_change():
        return None
    try:
        where = configured.model_endpoint(library.settings)
    except LitmapError as error:
        st.warning(formatting.advice(error.message), icon=":material/error:")
        return None
    kept = st.session_state.get(WRITTEN)
    if not kept or kept[0] != (question, library.build_id):
        _offer(library, question, where)
        return None
    view = kept[1] or _written(library, question, limit)
    st.session_state[WRITTEN] = (kept[0], view) if view else None
    if view is not None:
        _say_whose(library.settings.llm_model, view)
    return view


def _offer(library: Library, question: str, where: Endpoint) -> None:
    """A button that has the model write, behind one that consents where that is needed."""
    model = formatting.escape(library.settings.llm_model)
    if not configured.has_consent(where):
        sent = configured.WHAT_IS_SENT
        text = (
            f"{model} answers at {formatting.escape(where.origin)}, not on this machine. Asking it"
        )
        st.info(f"{text} sends there {sent}. Nothing was sent yet.", icon=":material/upload:")
        if st.button(f"Let them be sent to {formatting.escape(where.origin)}", key="consent"):
            configured.give_consent(where)
            st.rerun()
        return
    if st.button(f"Let {model} write it", key="write", icon=":material/edit_note:"):
        st.session_state[WRITTEN] = ((question, library.build_id), None)
        st.rerun()


def _written(library: Library, question: str, limit: int) -> AnswerView | None:
    """What the model writes, checked; None where it failed."""
    model = formatting.escape(library.settings.llm_model)
    try:
        with st.spinner(f"{model} writes …", show_time=True), library.writer() as writer:
            return library.ask(question, limit=limit, writer=writer)
    except LitmapError as error:
        st.warning(formatting.advice(error.message), icon=":material/error:")
        return None


def _say_whose(model: str, view: AnswerView) -> None:
    """Who wrote an answer, and how much of it was left out."""
    if not view.answer.parts:
        return
    dropped = view.answer.dropped
    left_out = f" {dropped} more of its sentences were not borne out." if dropped else ""
    name = formatting.escape(model)
    st.caption(f"Written by {name}; each sentence checked against those below it.{left_out}")
