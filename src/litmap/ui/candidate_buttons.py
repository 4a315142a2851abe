"""The reader's two answers to a new paper, as buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from litmap.ui import formatting, state

if TYPE_CHECKING:
    from litmap.library import Library
    from litmap.models import Candidate
    from litmap.settings import Settings


def draw(library: Library, candidate: Candidate) -> None:
    """'Into my inbox note', where the settings name one, and 'Not this'."""
    from litmap.pipeline.candidate_choices import refuse, take

    note = library.settings.watch_inbox
    if note:
        st.button(
            "Into my inbox note",
            icon=":material/add:",
            key=f"take-{candidate.id}",
            help=formatting.escape(f"Writes one line to the end of {Path(note).name}"),
            on_click=_keep_word,
            args=(take, library.settings, candidate.id),
            disabled=not state.may_change(),
        )
    st.button(
        "Not this",
        icon=":material/close:",
        key=f"refuse-{candidate.id}",
        help="It goes from this list, and what is like it stands lower",
        on_click=_keep_word,
        args=(refuse, library.settings, candidate.id),
        disabled=not state.may_change(),
    )


def _keep_word(
    keep: Callable[[Settings, Sequence[str]], object], settings: Settings, candidate: str
) -> None:
    """Keep the visitor's word, where he may give it."""
    state.keep_word(lambda: keep(settings, [candidate]))
