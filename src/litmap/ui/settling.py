"""To settle: which work an unsure citation means, and fields of a work that are wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from litmap.library.settling import DIFFERS, SAME, agreements
from litmap.models import Choice
from litmap.ui import components, decisions, formatting, kept_words, links, state

if TYPE_CHECKING:
    from litmap.library import Entry, Library
    from litmap.models import Reference, Work

SHOWN = 10
"""Works on one sheet of the page."""
SIDE_BY_SIDE = 3
"""Candidates in one row."""
_ICONS = {SAME: ":green[:material/check:]", DIFFERS: ":orange[:material/close:]"}


def page() -> None:
    """Draw the works that wait for the reader's word."""
    library = state.library()
    links.link("papers", "All papers", ":material/arrow_back:")
    st.title("To settle", anchor=False)
    kept_words.offer_refresh(library)
    waiting, unknown = library.to_settle(), library.unconfirmed()
    if waiting:
        _unsure(library, waiting)
    elif not unknown:
        st.info(
            "Nothing to settle: of each work that your notes cite it is clear which one is meant, "
            "or no source knows it.",
            icon=":material/check_circle:",
        )
    if unknown:
        _unknown(library, unknown)


def _unsure(library: Library, waiting: Sequence[Entry]) -> None:
    """The works of which several may be meant, a sheet of them at a time."""
    st.markdown(f"{_waiting(len(waiting))} Your word wins over every source.")
    if not state.may_change():
        st.info(state.how_to_change("settle a work"), icon=":material/lock:")
    sheets = -(-len(waiting) // SHOWN)
    sheet = st.pagination(sheets, key="settle-sheet", max_visible_pages=7) if sheets > 1 else 1
    for entry in waiting[(sheet - 1) * SHOWN : sheet * SHOWN]:
        with st.container(border=True):
            st.header(formatting.escape(_name(entry)), anchor=False)
            links.link_work(entry.work, "Its page")
            draw(library, entry)


def _unknown(library: Library, unknown: Sequence[Entry]) -> None:
    """What the notes may cite and no source knows, each to be named by an identifier."""
    st.header("Named in your notes, not found", anchor=False)
    st.markdown(
        f"{formatting.count(len(unknown), 'line')} of your notes may name a work that no source "
        "was found to know. Say which one is meant, or that it is none."
    )
    for entry in unknown[:SHOWN]:
        with st.container(border=True):
            draw(library, entry)
    if len(unknown) > SHOWN:
        st.caption(f"And {len(unknown) - SHOWN} more: `litmap works --missing` lists them.")


def _waiting(number: int) -> str:
    """Why so many works wait."""
    why = "and more than one fits, or it is not sure that the one found is meant."
    each = "it" if number == 1 else "each"
    return f"{formatting.count(number, 'work')}: your notes name {each}, {why}"


def _name(entry: Entry) -> str:
    """What the notes call it."""
    called = next((m.text for m in entry.mentions if m.text.strip()), "")
    return formatting.shorten(called or entry.work.title, 120)


def draw(library: Library, entry: Entry) -> None:
    """What the notes say of a work, its candidates side by side, and the reader's answers."""
    references = library.references_of(entry)
    components.note_excerpts(entry.mentions, 3)
    read = "; ".join(dict.fromkeys(filter(None, map(_read_as, references))))
    if read:
        st.caption(formatting.escape(f"Read as: {read}"))
    candidates = entry.candidates
    for start in range(0, len(candidates), SIDE_BY_SIDE):
        row = candidates[start : start + SIDE_BY_SIDE]
        places = st.columns(max(len(row), 2), gap="medium")
        for place, candidate in zip(places, row, strict=False):
            with place, st.container(border=True, gap="small"):
                _candidate(library, entry, candidate, references)
    _other_answers(library, entry, "None of these" if candidates else "It is no scholarly work")


def _read_as(reference: Reference) -> str:
    parts = (formatting.people(reference.authors), str(reference.year or ""), reference.title)
    return " · ".join(filter(None, (*parts, reference.venue)))


def _candidate(
    library: Library, entry: Entry, candidate: Work, references: Sequence[Reference]
) -> None:
    """A candidate with how each of its fields stands to the note."""
    st.markdown(f"**{formatting.escape(candidate.title)}**")
    for row in agreements(references, candidate):
        if row.field == "Title" and row.stands not in _ICONS:
            continue
        value = formatting.people(candidate.authors, 6) if row.field == "Authors" else row.value
        shown = "" if row.field == "Title" else formatting.escape(value or "not known")
        stands = f"{_ICONS.get(row.stands, '')} {row.stands}".strip()
        st.markdown(f"{row.field}: {shown} :small[:gray[{stands}]]")
    with st.container(horizontal=True, gap="small"):
        for label, url in components.external_links(candidate):
            st.link_button(
                formatting.escape(label), url, type="tertiary", icon=":material/open_in_new:"
            )
    st.button(
        "This one",
        key=f"settle-{entry.work.id}-{candidate.id}",
        icon=":material/check:",
        help=formatting.escape(f"Your notes mean “{formatting.shorten(candidate.title, 80)}”"),
        disabled=not state.may_change(),
        on_click=_keep_choice,
        args=(library, entry, candidate.id),
    )


def _other_answers(library: Library, entry: Entry, none: str) -> None:
    """'None of these', and an identifier of the reader's own."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        key = f"settle-id-{entry.work.id}"
        st.text_input(
            "Another work",
            key=key,
            placeholder="DOI, arXiv id or address",
            width=320,
            disabled=not state.may_change(),
        )
        st.button(
            "It is this one",
            key=f"settle-other-{entry.work.id}",
            disabled=not state.may_change(),
            on_click=_keep_identifier,
            args=(library, entry, key),
        )
        st.button(
            none,
            key=f"settle-none-{entry.work.id}",
            type="tertiary",
            icon=":material/block:",
            help="It is no scholarly work: it leaves the library, and is not asked about again",
            disabled=not state.may_change(),
            on_click=_keep_choice,
            args=(library, entry, Choice.NONE.value),
        )


def _keep_identifier(library: Library, entry: Entry, key: str) -> None:
    given = (st.session_state.get(key) or "").strip()
    if given:
        _keep_choice(library, entry, given)
    else:
        st.toast("Give a DOI, an arXiv id or an address first.", icon=":material/edit:")


def _keep_choice(library: Library, entry: Entry, choice: str) -> None:
    from litmap.pipeline.overrides import settle

    named = f"“{formatting.shorten(_name(entry), 60)}”"
    is_none = choice == Choice.NONE
    chosen = next((c.title for c in entry.candidates if c.id == choice), choice)
    told = (
        f"{named} is out of the library."
        if is_none
        else f"{named} is “{formatting.shorten(chosen, 80)}”. Its page takes that back."
    )

    def settled() -> None:
        done = settle(library.settings, entry.work.id, choice)
        if st.query_params.get("work") == entry.work.id and not is_none:
            by_id = {candidate.id for candidate in entry.candidates}
            if done["choice"] in by_id:  # the work goes by this id from now on
                st.query_params["work"] = done["choice"]

    _keep(told, settled)


_FOLLOWS = (
    "The catalogue has it; the next refresh looks up what is missing, fetches the PDF and brings "
    "it into the search."
)


def _keep(told: str, keep: Callable[[], object]) -> None:
    """Keep the reader's word and remember to say so."""
    kept_words.keep(f"{told} {_FOLLOWS}", keep)


# ── corrected fields ──────────────────────────────────────────────────────────────────────────────
def correct_form(library: Library, entry: Entry) -> None:
    """Fields of a work to correct, and what the reader said of it before, to take back."""
    work = entry.work
    if not state.may_change():
        st.info(state.how_to_change("correct a paper"), icon=":material/lock:")
        return
    if entry.citations and entry.status not in {"unsure", "not-found"}:
        _other_answers(library, entry, "It is no scholarly work")
    before = {
        "title": work.title,
        "authors": "; ".join(work.authors),
        "year": str(work.year or ""),
        "venue": work.venue,
        "doi": work.identifier("doi") or "",
    }
    with st.form(f"correct-{work.id}", border=False):
        given = {name: st.text_input(_LABELS[name], value) for name, value in before.items()}
        pressed = st.form_submit_button("Keep", icon=":material/save:", key=f"correct-{work.id}-go")
    if pressed:
        changed = [
            f"{name}={text.strip()}"
            for name, text in given.items()
            if text and text.strip() and text.strip() != before[name]
        ]
        if changed:
            _keep_fields(library, entry, changed)
            st.rerun()
    decisions.draw(library, entry)


_LABELS = {
    "title": "Title",
    "authors": "Authors, parted by ;",
    "year": "Year",
    "venue": "Venue",
    "doi": "DOI",
}


def _keep_fields(library: Library, entry: Entry, changed: Sequence[str]) -> None:
    from litmap.pipeline.overrides import correct

    named = f"“{formatting.shorten(entry.work.title, 60)}”"
    _keep(f"{named} is corrected.", lambda: correct(library.settings, entry.work.id, changed))
