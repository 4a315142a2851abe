"""A library that is not there yet: choose the folder of the notes, see what would be read, start
the first refresh; or have the example built.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import streamlit as st

from litmap.errors import LitmapError, UsageError
from litmap.paths import LibraryPaths
from litmap.settings_file import FileChange, plan_change
from litmap.ui import (
    configuration,
    file_changes,
    folders,
    formatting,
    links,
    refresh_process,
    state,
)

if TYPE_CHECKING:
    from litmap.library import Library
    from litmap.ui.folders import Contents, Folder

TYPED, CHOSEN = "start-folder", "start-chosen"
"""Where the session keeps the folder that is looked at, and the one that was chosen."""
MAX_PROBLEMS = 50
MAX_SHORT, LIST_HEIGHT = 8, 320
"""So many folders are shown without scrolling, more in a list of this height in pixels."""


def page() -> None:
    """Draw the page: other notes for a library that may be there."""
    root = state.settings().library
    st.title("Choose your notes", anchor=False)
    if refresh_process.is_running(root):
        refresh_process.watch(root)
        return
    refresh_process.tell_failure(root)
    _steps(root)


def welcome() -> None:
    """What a newcomer sees: there is no library yet, and how to get one."""
    root = state.settings().library
    if refresh_process.is_running(root):
        st.title("The library is being built", anchor=False)
        st.write(
            "The first refresh is under way. This page shows the library as soon as there is "
            "something to show."
        )
        refresh_process.watch(root)
        return
    st.title("No library here yet", anchor=False)
    st.write(
        "litmap reads your notes, fetches the papers they cite and makes them searchable. Where "
        "are they?"
    )
    refresh_process.tell_failure(root)
    _steps(root)


def is_example(library: Library) -> bool:
    """Whether the library holds the example's notes alone."""
    from litmap.examples import NOTES

    notes = [Path(note.path) for note in library.notes]
    return bool(notes) and all(path.is_relative_to(NOTES) for path in notes)


def tell_example(library: Library) -> None:
    """Say that this is the example, and where one's own library begins."""
    if is_example(library):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption("This is the example library: its notes and papers are made up.")
            links.link("start", "Choose your own notes", ":material/folder_open:")


def _steps(root: Path) -> None:
    """What this visitor may do: choose on this machine, name a path elsewhere, or read how."""
    if not state.may_change():
        st.info(state.how_to_change("choose the folder of your notes"), icon=":material/lock:")
    elif state.may_choose_folders():
        if CHOSEN in st.session_state:
            _look(root, st.session_state[CHOSEN])
            return
        _choose()
        _offer_example(root)
    else:
        refresh_process.start_form(root)
        _offer_example(root)
    st.caption("Or in a terminal:")
    st.code(f"litmap refresh ~/notes{state.command()[len('litmap') :]}", language="sh")


# ── the folder ────────────────────────────────────────────────────────────────────────────────────
def _choose() -> None:
    """The path of a folder, typed or found among those below the home folder."""
    st.session_state.setdefault(TYPED, _first_folder())
    with st.container(border=True, key="start-choose"):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            typed = st.text_input("Folder of your notes", key=TYPED, placeholder="~/notes")
            st.button("Use this folder", type="primary", icon=":material/check:", on_click=_take)
        try:
            _list(folders.as_path(typed or ""))
        except UsageError as error:
            st.warning(formatting.advice(error.message), icon=":material/folder_off:")


def _first_folder() -> str:
    """The notes that the settings name, or the home folder."""
    chosen = state.settings().notes
    return chosen[0] if chosen else "~"


def _take() -> None:
    st.session_state[CHOSEN] = st.session_state.get(TYPED) or ""


def _list(folder: Path) -> None:
    """The folders in a folder below the home folder, each a button that leads into it."""
    home = Path.home()
    if folder != home and home not in folder.parents:
        st.caption("Folders below your home folder are listed here; any other can be typed.")
        return
    own, inner = _folder_itself(str(folder)), _subfolders(str(folder))
    height: int | Literal["content"] = LIST_HEIGHT if len(inner) > MAX_SHORT else "content"
    with st.container(height=height, border=False, gap=None, key="start-folders"):
        if folder != home:
            _folder_button(folder.parent, "One up", ":material/arrow_upward:")
        if own.notes:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                where = "in this folder and those below" if inner else "in this folder"
                st.markdown(f"**{_count(own)}** {where}", width="content")
                st.button("Use them", key="start-use", icon=":material/check:", on_click=_take)
        for one in inner:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                _folder_button(one.path, one.path.name, ":material/folder:")
                st.caption(_count(one))
        if not inner:
            st.caption(
                "No other folder is in it." if own.notes else "It holds no notes and no folders."
            )


@st.cache_data(show_spinner="Counting notes …", ttl=60, max_entries=50)
def _subfolders(folder: str) -> list[Folder]:
    return folders.subfolders(Path(folder))


@st.cache_data(show_spinner="Counting notes …", ttl=60, max_entries=50)
def _folder_itself(folder: str) -> Folder:
    return folders.counted(Path(folder))


def _folder_button(path: Path, label: str, icon: str) -> None:
    st.button(
        formatting.escape(formatting.shorten(label, 60)) or "…",
        key=f"start-into-{path}",
        icon=icon,
        type="tertiary",
        on_click=_go_into,
        args=(path,),
    )


def _go_into(path: Path) -> None:
    st.session_state[TYPED] = _shown(path)


def _count(folder: Folder) -> str:
    """'12 notes', '500 notes or more', 'no notes'."""
    if not folder.notes:
        return "no notes" if folder.is_all else "no notes found in a short look"
    return formatting.count(folder.notes, "note") + ("" if folder.is_all else " or more")


def _shown(path: Path) -> str:
    """A path as it is typed: below the home folder with `~`."""
    home = Path.home()
    below = path.is_relative_to(home)
    return str(Path("~") / path.relative_to(home)) if below else str(path)


# ── what would be read, and the start ─────────────────────────────────────────────────────────────
def _look(root: Path, typed: str) -> None:
    """What is in the chosen folder, what is kept, and the button that starts."""
    st.button(
        "Another folder", icon=":material/arrow_back:", type="tertiary", on_click=_choose_again
    )
    try:
        with st.spinner("Reading your notes …", show_time=True):
            contents = folders.look_into(folders.as_path(typed))
    except UsageError as error:
        st.warning(
            f"**Nothing to start with.** {formatting.advice(formatting.sentence(error.message))}",
            icon=":material/folder_off:",
        )
        return
    _show_contents(contents)
    _start(root, contents.path)


def _choose_again() -> None:
    st.session_state[TYPED] = st.session_state.pop(CHOSEN, None) or "~"


def _show_contents(contents: Contents) -> None:
    """How many notes of which formats, and what is not read."""
    kinds = ", ".join(
        f"{formatting.escape(name)} {number}" for name, number in contents.formats.items()
    )
    if contents.is_read:
        told = (
            f"**{formatting.count(contents.notes, 'note')}** with "
            f"{formatting.count(contents.headings, 'heading')}"
        )
    else:
        told = f"**{formatting.count(contents.notes, 'file')}** that may be notes"
    st.markdown(f"In {formatting.escape(_shown(contents.path))}: {told} ({kinds}).")
    if contents.problems:
        with st.expander(f"Not read ({len(contents.problems)})", icon=":material/warning:"):
            for problem in contents.problems[:MAX_PROBLEMS]:
                subject = formatting.escape(formatting.shorten(problem.subject, 120))
                st.markdown(f"- **{subject}** {formatting.advice(problem.reason)}")


def _start(root: Path, notes: Path) -> None:
    """What the first refresh needs to know, where it is kept, and the button."""
    chosen = state.settings()
    contact = st.text_input(
        "Your e-mail address (may stay empty)",
        chosen.contact,
        key="start-contact",
        help="Sent to the scholarly services with each request: Unpaywall and NCBI answer nobody "
        "without one, others answer sooner.",
    ).strip()
    offline = refresh_process.offline_box()
    kept = st.checkbox(
        "Keep this in the settings file",
        _stands_beside(configuration.file_in_use(), root),
        key="start-keep",
        help="litmap reads this file for each library that is used from its folder.",
    )
    change = _plan(notes, contact, chosen.contact) if kept else None
    st.caption(
        f"The library goes to {formatting.escape(str(root.absolute()))}. Of your notes nothing "
        f"leaves this machine but what names a work."
    )
    has_library = LibraryPaths(root).has_catalogue()
    label = "Read these notes" if has_library else "Start the first refresh"
    if st.button(label, type="primary", icon=":material/sync:"):
        if kept and (change is None or not file_changes.keep(change)):
            return
        refresh_process.start(root, [str(notes)], offline=offline)
        del st.session_state[CHOSEN]
        st.rerun()


def _stands_beside(file: Path, library: Path) -> bool:
    """Whether a settings file lies in the folder of the library's folder, and so is meant for it: a
    library elsewhere may be one of several that are used with this file.
    """
    return file.absolute().parent == library.absolute().parent


def _plan(notes: Path, contact: str, before: str) -> FileChange | None:
    """The change of the settings file, shown; None where it cannot be made."""
    values: dict[str, object] = {"notes": [_shown(notes)]}
    if contact != before:
        values["contact"] = contact or None
    try:
        change = plan_change(configuration.file_in_use(), values)
        origin = configuration.current_sources()["notes"]
    except LitmapError as error:
        st.warning(formatting.advice(formatting.sentence(error.message)), icon=":material/error:")
        return None
    file_changes.show(change)
    if origin.overrides_file:
        st.caption(f"The {origin.value} names other notes now, which count more than the file.")
    return change


# ── the example ───────────────────────────────────────────────────────────────────────────────────
def _offer_example(root: Path) -> None:
    with st.container(border=True, key="start-example"):
        st.markdown("**Or look at the example first**")
        st.caption(
            "Notes and papers that are made up, with everything litmap does. It is built on this "
            "machine in about a minute and asks no network; your own notes can follow any time."
        )
        st.button(
            "Build the example library",
            icon=":material/science:",
            on_click=refresh_process.build_example,
            args=(root,),
        )
