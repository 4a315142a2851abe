"""One theme: the papers of all its headings, and the reader's word about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from litmap.ui import components, downloads, formatting, links, state
from litmap.ui.outline import name_of

if TYPE_CHECKING:
    from litmap.library import Library
    from litmap.library.topics_view import TopicsView
    from litmap.models import KeptTheme, Theme, Topic
    from litmap.topics import ThemeEditor

    Act = Callable[[ThemeEditor], tuple[KeptTheme, ...]]


MAX_SHOWN = 20
"""Papers of each heading that are drawn before more are asked for."""


def draw(library: Library, view: TopicsView, theme: Theme) -> None:
    """The theme's page."""
    topics = {topic.id: topic for topic in view.topics}
    own = [topics[one] for one in theme.topics]
    works = view.works_of(theme)
    st.title(formatting.escape(theme.label), anchor=False)
    notes = {note for topic in own for note in topic.notes}
    said = "as you have it" if theme.kept else "suggested"
    parts = (
        formatting.count(len(works), "paper"),
        formatting.count(len(own), "heading"),
        formatting.count(len(notes), "note"),
    )
    st.caption(f"{' · '.join(parts)} · {said}")
    with st.container(horizontal=True, gap="small"):
        _confirm(library, theme)
        with st.popover("Change", icon=":material/edit:", disabled=not state.may_change()):
            _change(library, view, theme, own)
        downloads.button(
            "Download .bib",
            partial(library.exported_text, works, ".bib"),
            words=theme.label,
            ending=".bib",
            key=f"theme-bib-{theme.id}",
            disabled=not works,
        )
    if not state.may_change():
        st.caption(state.how_to_change("change a theme"))
    for topic in own:
        _heading(view, topic)


def _heading(view: TopicsView, topic: Topic) -> None:
    """One heading of the theme with its papers."""
    links.link("topics", name_of(topic), ":material/tag:", strong=True, heading=name_of(topic))
    shown = [work for work in topic.works if work in view.entries]
    if not shown:
        st.caption("No paper stands here yet.")
    first, more = components.some(shown, f"theme-all-{topic.id}", MAX_SHOWN)
    for work in first:
        entry = view.entries[work].work
        with st.container(gap="xxsmall"):
            links.link_work(entry)
            st.caption(formatting.escape(formatting.byline(entry)))
    more()


def _confirm(library: Library, theme: Theme) -> None:
    """'Keep as it is', or taking the word back."""
    if theme.kept:
        key, label, icon = "theme-forget", "Suggest anew", ":material/undo:"
        told = "Takes your word about this theme back"
    else:
        key, label, icon = "theme-confirm", "Keep as it is", ":material/check:"
        told = "These headings stay together under this name"

    def act(themes: ThemeEditor) -> tuple[KeptTheme, ...]:
        return themes.forget(theme.id) if theme.kept else themes.confirm(theme.id)

    st.button(
        label,
        icon=icon,
        key=key,
        help=told,
        on_click=_keep,
        args=(library, act),
        disabled=not state.may_change(),
    )


def _change(library: Library, view: TopicsView, theme: Theme, own: list[Topic]) -> None:
    """Rename, bring another heading or theme in, make a heading a theme of its own."""
    name = st.text_input("Name", theme.label, key=f"theme-name-{theme.id}", max_chars=200)
    if st.button("Rename", key="theme-rename") and name and name != theme.label:
        _act(library, lambda themes: themes.rename(theme.id, name))
    others = {t.id: f"Theme: {t.label}" for t in view.themes if t.id != theme.id}
    mine = set(theme.topics)
    others |= {t.id: name_of(t) for t in view.topics if t.heading and t.id not in mine}
    picked = st.selectbox(
        "Bring in a heading or another theme",
        list(others),
        index=None,
        format_func=lambda one: others[one],
        key=f"theme-other-{theme.id}",
    )
    if st.button("Bring in", key="theme-bring", disabled=picked is None) and picked:
        _act(library, lambda themes: _bring(themes, picked, theme.id))
    names = {t.id: name_of(t) for t in own}
    out = st.selectbox(
        "Split a heading out",
        list(names),
        index=None,
        format_func=lambda one: names[one],
        key=f"theme-out-{theme.id}",
    )
    is_split = st.button("Split out", key="theme-split", disabled=out is None or len(own) < 2)
    if is_split and out:
        _act(library, lambda themes: themes.split(out))


def _bring(themes: ThemeEditor, one: str, theme: str) -> tuple[KeptTheme, ...]:
    """A theme or a heading, by id, into a theme."""
    if any(other.id == one for other in themes.themes):
        return themes.merge(theme, one)
    return themes.move(one, theme)


def _keep(library: Library, act: Act) -> None:
    """Keep the visitor's word, where he may give it."""
    from litmap.pipeline.theme_words import keep_word

    state.keep_word(lambda: keep_word(library.settings, act))


def _act(library: Library, act: Act) -> None:
    """Keep the word, and show the page as it is then."""
    _keep(library, act)
    st.rerun()
