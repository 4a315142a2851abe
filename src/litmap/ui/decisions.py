"""What the reader said of a work, each word with a button that takes it back and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from litmap.models import Choice
from litmap.ui import formatting, kept_words, state

if TYPE_CHECKING:
    from litmap.library import Entry, Library

    Row = Mapping[str, str]
    """One of `pipeline.overrides.decisions`."""

_CALLED = {
    "": "which work is meant",
    "title": "the title",
    "authors": "the authors",
    "year": "the year",
    "venue": "the venue",
    "doi": "the DOI",
    "heading": "the move",
}
"""What a word is about, by its field."""
_FOLLOWS = {
    "": "It is among those to settle again, at the latest after the next refresh.",
    "doi": "It is again as the sources have it; the next refresh looks for the PDF.",
    "heading": "It stands where your notes have it.",
}
"""What follows where a word is taken back, by its field."""
_AS_THE_SOURCES = "It is again as the sources have it."


def draw(library: Library, entry: Entry) -> None:
    """Each word of the reader about this work, and its button."""
    for number, rows in enumerate(_of_work(library, entry)):
        field, told = rows[0]["field"], describe(rows[0])
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            day = rows[0]["time"][:10]
            st.caption(formatting.escape(f"You said on {day}: {told}"), width="content")
            st.button(
                f"Take back {_CALLED[field]}",
                key=f"unsay-{entry.work.id}-{field}-{number}",
                icon=":material/undo:",
                type="tertiary",
                disabled=not state.may_change(),
                on_click=_take_back,
                args=(library, rows),
            )


def describe(row: Row) -> str:
    """What a word says, as plain text: 'the year is 1997', 'it is arxiv:1611.03530'."""
    field, choice = row["field"], row["choice"]
    if field == "heading":
        return f"it stands under {choice}"
    if field:
        value = json.loads(choice)
        shown = "; ".join(value) if isinstance(value, list) else str(value)
        return f"{_CALLED[field]} {'are' if field == 'authors' else 'is'} {shown}"
    if choice == Choice.NONE:
        return "it is no scholarly work"
    return "it is to be looked up" if choice == Choice.SEARCH else f"it is {choice}"


def _of_work(library: Library, entry: Entry) -> list[list[Row]]:
    """The words about a work, the oldest first; one that was said of several citations at once is
    one word.
    """
    from litmap.pipeline.overrides import decisions

    names = {entry.work.id, *entry.citations}
    words: dict[tuple[str, str], list[Row]] = {}
    for row in decisions(library.settings):
        if names & {row["work"], row["citation"]}:
            words.setdefault((row["field"], row["choice"]), []).append(row)
    return list(words.values())


def _take_back(library: Library, rows: Sequence[Row]) -> None:
    from litmap.pipeline.overrides import subject_of, undo

    def undone() -> None:
        for row in rows:
            undo(library.settings, row["citation"] or row["work"], subject_of(row["field"]))

    field, told = rows[0]["field"], describe(rows[0])
    kept_words.keep(f"Taken back: {told}. {_FOLLOWS.get(field, _AS_THE_SOURCES)}", undone)
