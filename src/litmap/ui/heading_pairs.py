"""Headings that may be one: the reader's word about each pair, kept as themes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from litmap.ui import formatting, state

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from litmap.library import Library
    from litmap.library.topics_view import TopicsView
    from litmap.models import HeadingPath, KeptTheme
    from litmap.topics import ThemeEditor
    from litmap.topics.records import Finding

    Act = Callable[[ThemeEditor], tuple[KeptTheme, ...]]

MAX_SHOWN = 25
"""Pairs that are shown at once; others come up as these are answered."""


def draw(library: Library, view: TopicsView, findings: Sequence[Finding]) -> None:
    """Each pair with what speaks for it, and both answers."""
    st.caption(
        "*Bring together* puts both headings into one theme: they are listed, summed up and drawn "
        "as neighbours. *Not the same* keeps them in two themes and does not ask again. Your notes "
        "stay as they are, and a theme's page takes your word back."
    )
    if not state.may_change():
        st.caption(state.how_to_change("change a theme"))
    ids = {topic.heading: topic.id for topic in view.topics}
    for number, finding in enumerate(findings[:MAX_SHOWN]):
        with st.container(border=True, gap="small"):
            st.markdown(formatting.escape(finding.evidence))
            if finding.heading in ids and finding.proposal in ids:
                _answers(library, number, (finding.heading, finding.proposal), ids)


def _answers(
    library: Library,
    number: int,
    pair: tuple[HeadingPath | None, HeadingPath | None],
    ids: dict[HeadingPath | None, str],
) -> None:
    one, two = (ids[path] for path in pair)
    names = " and ".join(f"“{formatting.path((path or ())[-1:])}”" for path in pair)
    with st.container(horizontal=True, gap="small"):
        for key, label, icon, told, act in (
            ("join", "Bring together", "merge", "are one theme", lambda t: t.join(one, two)),
            ("part", "Not the same", "call_split", "are kept apart", lambda t: t.part(one, two)),
        ):
            st.button(
                label,
                key=f"pair-{key}-{number}",
                icon=f":material/{icon}:",
                disabled=not state.may_change(),
                on_click=partial(_keep, library, act, f"{names} {told}."),
            )


def _keep(library: Library, act: Act, told: str) -> None:
    from litmap.pipeline.theme_words import keep_word

    if state.keep_word(lambda: keep_word(library.settings, act)):
        st.toast(formatting.escape(told), icon=":material/check_circle:")
